"""Recipes over seeds: what is measured, how it is told, and that nobody shows the numbers of other settings."""

import json
from pathlib import Path

import pytest

from playground.cli import main
from playground.metrics.evaluation import METRICS
from playground.recipes import RECIPES, Recipe
from playground.recipes import measured as cards
from playground.recipes.measured import Measured, measured
from playground.reproduce import names, page, reproduce

QUICK = Recipe("Quick", {"g_width": 8, "d_width": 8, "batch_size": 32}, "nobody", "Little.", steps=20)


def test_every_recipe_on_points_can_be_reproduced_and_makes_a_claim() -> None:
    points = [name for name, recipe in RECIPES.items() if not recipe.config.on_images]
    assert names() == points and len(points) >= 15
    assert all(RECIPES[name].claim.endswith(".") for name in points)


@pytest.mark.parametrize("name", names())
def test_the_numbers_on_a_card_are_those_of_the_recipes_present_settings(name: str) -> None:
    row = measured()[name]
    assert dict(row.changes) == dict(RECIPES[name].changes), "run `python -m playground reproduce --write` again"
    assert row.steps == RECIPES[name].steps and row.seeds >= 8


def test_the_page_of_recipes_is_the_one_that_the_numbers_make() -> None:
    written = Path(__file__).parents[1] / "docs" / "recipes.md"
    assert written.read_text(encoding="utf-8") == page(measured())


def test_an_untrained_generator_has_collapsed_and_a_quick_run_moves() -> None:
    row = reproduce(QUICK, seeds=2)
    assert row.modes == 8 and row.collapsed == 1.0 and row.diverged == 0.0
    assert list(row.start) == list(row.end) == list(METRICS)
    median, low, high = row.end["emd"]
    assert low <= median <= high
    assert row.start["emd"] != row.end["emd"]
    assert row.told().startswith("2 seeds, 20 steps · JSD 0.6")
    assert row.told().endswith("2 of 2 collapsed")


def test_the_same_seeds_give_the_same_outcome() -> None:
    assert reproduce(QUICK, seeds=2) == reproduce(QUICK, seeds=2)


def test_seeds_that_diverge_are_counted_and_not_averaged() -> None:
    wild = Recipe(
        "Wild", {"loss": "wasserstein", "optimizer": "sgd", "lr_d": 1.0, "lr_g": 1.0}, "nobody", "Bang.", steps=400
    )
    row = reproduce(wild, seeds=2)
    assert row.diverged == 1.0 and not row.end
    assert row.told() == "2 seeds, 400 steps · 2 of 2 diverged"


def test_data_without_modes_have_none_to_collapse_to() -> None:
    row = reproduce(Recipe("Moons", {"dataset": "moons"}, "nobody", "Little.", steps=1), seeds=1)
    assert row.modes == 0 and row.collapsed == 0.0
    assert "modes" not in row.told()


def test_rows_are_kept_beside_those_that_were_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "FILE", tmp_path / "measured.json")
    measured.cache_clear()
    row = Measured({"k": 5}, 3, 10, {"emd": (1.0, 0.5, 2.0)}, {"emd": (0.5, 0.25, 1.0)}, 8, 1 / 3, 0.0)
    try:
        assert measured() == {}
        cards.write({"one": row})
        cards.write({"two": row})
        assert measured() == {"one": row, "two": row}
    finally:
        measured.cache_clear()


def test_the_command_tells_the_outcome_and_the_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(RECIPES, "quick", QUICK)
    assert main(["reproduce", "quick", "--seeds", "2"]) == 0
    assert "Quick: 2 seeds, 20 steps" in capsys.readouterr().out
    assert main(["reproduce", "quick", "--seeds", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["quick"]["seeds"] == 2


@pytest.mark.parametrize(
    ("arguments", "named"), [(["lecture"], "lecture"), (["nothing"], "nothing"), (["--seeds", "0"], "seeds")]
)
def test_recipes_that_cannot_be_reproduced_are_told_in_one_sentence(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", *arguments]) == 2
    told = capsys.readouterr().err
    assert named in told and told.count("\n") == 1
