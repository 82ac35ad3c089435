"""The standalone script trains the run of the Trainer: its losses, its live changes, its samples."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground import config as settings
from playground.config import SETTINGS, RunConfig
from playground.data import own_points
from playground.data.image_table import IMAGE_DATASETS
from playground.data.toy import DATASETS
from playground.exports import script as module
from playground.exports.script import ScriptError, networks, plan, script
from playground.exports.script.expressions import formula
from playground.exports.script.samplers import sampler
from playground.models import mlp
from playground.objectives import LOSSES
from playground.recipes import RECIPES
from playground.training import streams
from playground.training.trainer import Trainer
from tests.data.serving import small_mnist, write

STEPS = 50
ALONE_RECIPES = ("non_saturating", "wgan_clipping", "wgan_gp")
DIGITS = Path(sys.modules["playground.data.toy"].__file__ or "").with_name("digits.npz")
Changes = tuple[tuple[int, Mapping[str, Any]], ...]


def of(recipe: str = "non_saturating", **changes: Any) -> RunConfig:
    return RECIPES[recipe].config.replace(**changes)


ALONE = """
import runpy, sys
for path in sys.argv[1:]:
    folder = path.rpartition("/")[0]
    sys.argv = [path, "--every", "1", "--out", folder + "/samples.npy"]
    runpy.run_path(path, run_name="__main__")
    print("end")
assert "playground" not in sys.modules
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Path]]:
    """What the scripts of three recipes print in a process of their own, far from this package, and their folders."""
    folders = {recipe: tmp_path_factory.mktemp(recipe) for recipe in ALONE_RECIPES}
    for recipe, folder in folders.items():
        (folder / "script.py").write_text(script(of(recipe), steps=STEPS, title="A run"), encoding="utf-8")
    paths = [(folder / "script.py").as_posix() for folder in folders.values()]
    command = [sys.executable, "-I", "-c", ALONE, *paths]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(folders, zip(done.stdout.split("end\n"), folders.values(), strict=False), strict=False))


def run_here(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, *arguments: str) -> str:
    """The same in this process, which has torch loaded already."""
    monkeypatch.setattr(sys, "argv", ["script.py", "--every", "1", "--out", str(folder / "samples.npy"), *arguments])
    capsys.readouterr()
    exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return str(capsys.readouterr().out)


def losses_of(printed: str) -> np.ndarray:
    """(steps, 2): both losses after each step."""
    found = re.findall(r"^step (\d+)  d_loss (\S+)  g_loss (\S+)$", printed, re.MULTILINE)
    assert [int(step) for step, _, _ in found] == list(range(1, len(found) + 1))
    return np.array([[float(d), float(g)] for _, d, g in found])


def trained(
    config: RunConfig, steps: int, changes: Changes = (), lane: int = 0, folder: Path | None = None
) -> tuple[np.ndarray, Trainer]:
    """The Trainer's losses after each step, (steps, 2)."""
    trainer = Trainer(config, folder=folder)
    rows = []
    for step in range(steps):
        for at, fields in changes:
            if at == step:
                trainer.apply(trainer.config.replace(**fields))
        trainer.step()
        rows.append([trainer.d_loss[lane].item(), trainer.g_loss[lane].item()])
    return np.array(rows), trainer


def assert_agree(found: np.ndarray, expected: np.ndarray, limit: float = 1e-5) -> None:
    """To float rounding, over all steps: 1e-5 of the losses' own size. (Measured: 1e-9 where D is not
    spectral, which is what nine printed digits leave; else up to 1e-6.)
    """
    assert found.shape == expected.shape
    size = np.abs(expected).mean(axis=0)
    difference = np.abs(found - expected).max(axis=0) / size
    print(f"largest relative difference: D {difference[0]:.1e}, G {difference[1]:.1e}")
    assert (difference < limit).all(), difference


# Whole recipes, as a stranger runs them


@pytest.mark.parametrize("recipe", ALONE_RECIPES)
def test_a_recipes_script_trains_the_same_run_by_itself(recipe: str, alone: dict[str, tuple[str, Path]]) -> None:
    config, (printed, folder) = of(recipe), alone[recipe]
    expected, trainer = trained(config, STEPS)
    assert_agree(losses_of(printed), expected)
    samples = np.load(folder / "samples.npy")
    assert samples.shape == (10_000, 2) and np.isfinite(samples).all()
    rng = np.random.default_rng([config.seed, STEPS, *b"samples"])
    with torch.no_grad():
        z = torch.from_numpy(rng.standard_normal((10_000, 2), dtype=np.float32))
        again = trainer.generator(z[None])[0].numpy()
    np.testing.assert_allclose(samples, again, atol=1e-6)


CASES: dict[str, tuple[RunConfig, Changes]] = {
    "noise": (of("instance_noise", noise_decay=40), ()),
    "label noise": (of(label_flip=0.1, label_smoothing=0.2, label_decay=30, seed=4), ()),
    "r1": (of(penalty="r1", penalty_weight=2.0, loss="minimax"), ()),
    "r1 and r2, relativistic": (of(penalty="r1_r2", loss="relativistic", instance_noise=0.1), ()),
    "spectral norm and hinge": (of(spectral_norm=True, loss="hinge", g_activation="tanh", g_depth=1), ()),
    "averaged": (of(ema=0.99, d_activation="silu", d_depth=3, latent_dim=5, prior="uniform"), ()),
    "sgd, least squares, G first": (of(optimizer="sgd", loss="least_squares", g_first=True, k=3, lr_d=0.01), ()),
    "G first under noise that fades": (of("instance_noise", noise_decay=30, g_first=True, label_flip=0.1), ()),
    "odd batches": (of(batch_size=150, dataset="three_normals_1d", k=2), ()),
    "live": (
        of(noise_decay=20),
        (
            (5, {"k": 3, "lr_d": 5e-4}),
            (9, {"loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 0.2}),
            (15, {"instance_noise": 0.3}),
            (20, {"loss": "relativistic", "penalty": "none", "g_first": True, "ema": 0.9}),
            (30, {"loss": "non_saturating", "clip": 0.1, "batch_size": 64, "beta1": 0.0, "measure_every": 10}),
            (35, {"label_flip": 0.2, "g_first": False}),
            (40, {"label_flip": 0.0, "loss": "relativistic"}),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_part_of_the_game_is_repeated(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config, changes = CASES[name]
    text = script(config, steps=STEPS, changes=changes)
    printed = run_here(text, tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, STEPS, changes)[0])


IMAGES = {
    "lecture": of("lecture", batch_size=32),
    "dcgan": of("dcgan", batch_size=32),
    "conditional, with a penalty and noise": of(
        "conditional_dcgan", batch_size=16, penalty="r1", instance_noise=0.1, ema=0.9
    ),
    "mlp, conditional": of("lecture", network="mlp", conditional=True, batch_size=32, loss="relativistic"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_images_too(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    config = IMAGES[name].replace(image_samples=100)
    printed = run_here(script(config, steps=STEPS), tmp_path, monkeypatch, capsys, "--data", str(DIGITS))
    assert_agree(losses_of(printed), trained(config, STEPS)[0])
    samples = np.load(tmp_path / "samples.npy")
    assert samples.shape == (100, 8, 8) and samples.dtype == np.uint8


def test_mnists_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    folder = write(tmp_path / "mnist", small_mnist())
    config = of("lecture", dataset="mnist", batch_size=32, conditional=True, image_samples=100)
    printed = run_here(script(config, steps=20), tmp_path, monkeypatch, capsys, "--data", str(folder))
    assert_agree(losses_of(printed), trained(config, 20, folder=tmp_path)[0])


@pytest.mark.parametrize("labelled", [True, False])
def test_ones_own_images_are_split_alike(
    labelled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    rng = np.random.default_rng(0)
    arrays = {"images": rng.integers(0, 256, (60, 12, 8), dtype=np.uint8)}
    if labelled:
        arrays["labels"] = rng.choice([3, 7, 20], 60)
    (tmp_path / "own_images").mkdir()
    file = tmp_path / "own_images" / "own_images.npz"
    np.savez(file, allow_pickle=False, **arrays)
    config = of("lecture", dataset="own_images", batch_size=16, conditional=labelled, image_samples=100)
    with pytest.raises(ScriptError, match="how large they are"):
        script(config, steps=10)
    text = script(config, steps=10, shape=(12, 8), classes=3 if labelled else 0)
    printed = run_here(text, tmp_path, monkeypatch, capsys, "--data", str(file))
    assert_agree(losses_of(printed), trained(config, 10, folder=tmp_path)[0])


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_is_drawn_alike(dataset: str) -> None:
    """The sampler's text gives the very numbers of the distribution, bit for bit."""
    distribution = settings.read({"dataset": dataset, "sigma_scale": 1.5}).distribution()
    text = sampler(distribution)
    space: dict[str, Any] = {}
    exec("import base64, math, zlib\nimport numpy as np\n" + text, space)
    drawn = space["sample"](np.random.default_rng(3), 500)
    np.testing.assert_array_equal(drawn, distribution.sample(np.random.default_rng(3), 500))


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_script_of_every_dataset_runs(
    dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config = of(dataset=dataset, g_width=8, d_width=8, batch_size=32)
    printed = run_here(script(config, steps=5), tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, 5)[0])


def test_ones_own_points_go_into_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Nothing else has to be sent along: few points are written out, many are packed."""
    monkeypatch.setenv(own_points.KEPT.variable, str(tmp_path / "points"))
    for count in (20, 300):
        rng = np.random.default_rng(count)
        weights = rng.random(count)
        centres = rng.uniform(-2, 2, (count, 2))
        own = own_points.OwnPoints(centres, weights / weights.sum(), 0.05, "drawing", count, "by hand")
        config = of(dataset="own_points", points_id=own_points.register(own), batch_size=32)
        text = script(config, steps=5)
        assert ("b64decode" in text) == (count == 300)
        assert_agree(losses_of(run_here(text, tmp_path, monkeypatch, capsys)), trained(config, 5)[0])


@pytest.mark.parametrize("prior", ["normal", "uniform"])
@pytest.mark.parametrize("latents", [1, 2])
def test_the_shifted_line_learns_alike(
    prior: str, latents: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config = of(dataset="parallel_lines", prior=prior, latent_dim=latents, theta=-0.5, spectral_norm=True)
    printed = run_here(script(config, steps=20), tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, 20)[0])


def test_a_seed_of_several_is_picked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    config = of(seeds=3, seed=7)
    text = script(config, steps=STEPS)
    head = " ".join(text.split('"""')[1].split())
    assert "7 to 9 side by side" in head and "drift apart sooner than those of a run of one seed" in head
    assert "side by side" not in script(of(seed=7), steps=STEPS)
    printed = run_here(text, tmp_path, monkeypatch, capsys, "--seed", "9")
    assert_agree(losses_of(printed), trained(config, STEPS, lane=2)[0], 1e-4)


@pytest.mark.parametrize(
    ("option", "value", "least"),
    [("--steps", "-4", 1), ("--steps", "0", 1), ("--steps", "2.5", 1), ("--every", "0", 1), ("--seed", "-1", 0)],
)
def test_a_number_that_is_none_is_refused_in_a_sentence(
    option: str, value: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    with pytest.raises(SystemExit) as end:
        run_here(script(of(), steps=5), tmp_path, monkeypatch, capsys, option, value)
    assert end.value.code == 2 and list(tmp_path.iterdir()) == []
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.endswith(f"argument {option}: must be a whole number from {least} up (got '{value}')")


# What the text is like


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_script_holds_what_the_run_uses_and_no_more(recipe: str) -> None:
    config = of(recipe)
    text = script(config, steps=100)
    tree = ast.parse(text)
    assert not [line for line in text.splitlines() if len(line) > 120]
    assert "playground" not in {name.split(".")[0] for name in imported(tree)} <= ALLOWED
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    methods = {"__init__", "forward", "take", "iterate"}
    assert defined - used - methods == set()
    names = {alias for alias in imported(tree) if "." not in alias}
    assert all(re.search(rf"\b{name}\.", text.split('"""', 2)[2]) for name in names - {"numpy", "pathlib", "types"})
    assert ("def noisy" in text) == (config.instance_noise > 0)
    assert ("clamp_" in text) == (config.clip > 0)
    assert ("def gradient_penalty" in text) == (config.penalty == "gradient_penalty")


ALLOWED = {"argparse", "base64", "copy", "gzip", "math", "zlib", "pathlib", "types", "numpy", "torch"}


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found


def test_a_runs_name_can_not_break_out_of_the_head() -> None:
    text = script(of(), steps=1, title='"""\nimport os\n\\')
    head = ast.get_docstring(ast.parse(text))
    assert head is not None and "import os" in head and "os" not in imported(ast.parse(text))


def test_every_setting_is_known_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known = plan.WRITTEN_OUT | plan.TURNED | plan.MEASURING
    assert [name for name, row in SETTINGS.items() if row.group != "Data" and name not in known] == []
    monkeypatch.setattr(plan, "TURNED", plan.TURNED - {"clip"})
    with pytest.raises(ScriptError, match="clip"):
        script(of(clip=0.1), steps=1)
    script(of(), steps=1)


def test_the_copied_numbers_are_the_trainers() -> None:
    for dim in (1, 2, 20, 64, 200):
        stream = streams.LaneStream([0], "x", streams.normals(dim), torch.device("cpu"))
        assert stream._rows == module._rows(dim)
    assert set(networks.ACTIVATIONS) == set(mlp.ACTIVATIONS)
    for name, (text, gain) in networks.ACTIVATIONS.items():
        function, number = mlp.ACTIVATIONS[name]
        x = torch.linspace(-2, 2, 9)
        space = {"torch": torch, "functional": torch.nn.functional, "x": x}
        assert torch.equal(eval(text.format(x="x"), space), function(x)) and eval(gain) == number
    assert {"digits", "mnist", "fashion_mnist", "kmnist", "own_images"} == set(IMAGE_DATASETS)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("part", ["real", "fake", "generator"])
def test_a_formula_says_what_the_row_does(name: str, part: str) -> None:
    term = getattr(LOSSES[name], part)
    d = torch.linspace(-3, 3, 13)
    text = formula(term, "d")
    assert torch.equal(eval(text, {"functional": torch.nn.functional, "d": d}), term(d, torch.nn.functional)), text


def test_brackets_stand_where_they_are_needed() -> None:
    assert formula(lambda d, f: 2 * (d - 1) ** 2 / (1 - d) - (d - (3 - d)), "d") == (
        "2 * (d - 1) ** 2 / (1 - d) - (d - (3 - d))"
    )
    assert formula(lambda d, f: -(d**2) + f.relu(-d) * -1, "d") == "-d ** 2 + functional.relu(-d) * -1"
