"""How the command line starts: its listings, its help, its threads."""

import os
import subprocess
import sys

import pytest

from playground import config as settings
from playground.cli import main
from playground.config import RunConfig
from playground.data import DATASETS
from playground.data.image_table import IMAGE_DATASETS
from playground.recipes import RECIPES
from tests.cli.asking import Capture, answer, complaint


def test_listings_name_every_row(capsys: Capture) -> None:
    assert [row["name"] for row in answer(capsys, "recipes", "--json")] == list(RECIPES)
    rows = answer(capsys, "datasets", "--json")
    assert [row["name"] for row in rows if row["kind"] == "points"] == list(DATASETS)
    assert [row["name"] for row in rows if row["kind"] == "images"] == list(IMAGE_DATASETS)
    ring = next(row for row in rows if row["name"] == "ring8")
    assert ring["dim"] == 2 and ring["modes"] == 8 and "ring_radius" in ring["parameters"]
    for command, table in (("recipes", RECIPES), ("datasets", DATASETS | IMAGE_DATASETS)):
        assert main([command]) == 0
        printed = capsys.readouterr().out
        assert all(name in printed for name in table)


def test_recipes_print_what_set_understands(capsys: Capture) -> None:
    assert main(["recipes"]) == 0
    words = capsys.readouterr().out.split()
    for recipe in RECIPES.values():
        changes = [f"{name}={value}" for name, value in recipe.config.to_query().items()]
        assert set(changes) <= set(words)
        assert settings.read_assignments(changes) == recipe.config


def test_no_arguments_is_help(capsys: Capture) -> None:
    assert main([]) == 0
    assert "Usage: python -m playground" in capsys.readouterr().out
    assert "unknown" in complaint(capsys, "unknown")


def test_help_and_listings_load_no_torch() -> None:
    code = (
        "import sys; from playground.cli import main\n"
        "assert [main([name]) for name in ('--help', 'recipes', 'datasets')] == [0, 0, 0]\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_train_starts_from_the_defaults() -> None:
    assert RECIPES["non_saturating"].config == RunConfig()


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, {"OMP": "1", "OPENBLAS": "1", "MKL": "1"}),
        ({"OPENBLAS": "3"}, {"OMP": "1", "OPENBLAS": "3", "MKL": "1"}),
        ({"OMP": "2"}, {"OMP": "2", "OPENBLAS": "2", "MKL": "2"}),
    ],
)
def test_one_thread_unless_others_are_named(named: dict[str, str], expected: dict[str, str]) -> None:
    """More threads than cores took a Fréchet distance from 1 to 400 ms. It must be set before NumPy is loaded."""
    others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    code = (
        "import os, runpy, sys, types\n"
        "def main(*_):\n"
        "    found = {name: os.environ[name + '_NUM_THREADS'] for name in ('OMP', 'OPENBLAS', 'MKL')}\n"
        f"    return int(found != {expected!r} or 'numpy' in sys.modules)\n"
        "sys.modules['playground.cli'] = types.SimpleNamespace(main=main)\n"
        "runpy.run_module('playground', run_name='__main__')"
    )
    environment = others | {f"{name}_NUM_THREADS": value for name, value in named.items()}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60)
    assert done.returncode == 0
