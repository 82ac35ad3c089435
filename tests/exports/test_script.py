"""The standalone script trains the run of the Trainer: its losses, its live changes, its samples."""

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import cycle, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.config import SETTINGS, RunConfig, belongs, choices
from playground.data import own_points
from playground.data.image_table import IMAGE_DATASETS
from playground.data.toy import DATASETS
from playground.exports import script as module
from playground.exports.script import ScriptError, facts, script
from playground.exports.script.blocks import MARKER, filled, kept, names_of, used, written
from playground.objectives import LOSSES, PENALTIES, Loss, Penalty
from playground.recipes import RECIPES
from playground.training import learners
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


def run_here(
    text: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
    *arguments: str,
    space: dict[str, Any] | None = None,
) -> str:
    """The same in this process, which has torch loaded already. space: where the script's names go."""
    monkeypatch.setattr(sys, "argv", ["script.py", "--every", "1", "--out", str(folder / "samples.npy"), *arguments])
    capsys.readouterr()
    exec(compile(text, "script.py", "exec"), {} if space is None else space)
    return str(capsys.readouterr().out)


def losses_of(printed: str) -> np.ndarray:
    """(steps, losses): all losses after each step, in the order of the learner's."""
    found = re.findall(r"^step (\d+)((?:  \w+ \S+)+)$", printed, re.MULTILINE)
    assert [int(step) for step, _ in found] == list(range(1, len(found) + 1))
    return np.array([[float(value) for value in told.split()[1::2]] for _, told in found])


def trained(
    config: RunConfig, steps: int, changes: Changes = (), lane: int = 0, folder: Path | None = None
) -> tuple[np.ndarray, Any]:
    """The learner's losses after each step, (steps, losses), and the learner."""
    trainer = learners.fresh(config, folder=folder)
    rows = []
    for step in range(steps):
        for at, fields in changes:
            if at == step:
                trainer.apply(trainer.config.replace(**fields))
        trainer.step()
        rows.append([loss[lane].item() for loss in trainer.losses.values()])
    return np.array(rows), trainer


def assert_agree(found: np.ndarray, expected: np.ndarray, limit: float = 1e-5) -> None:
    """To float rounding, over all steps: 1e-5 of the losses' own size. (Measured: 1e-9 where D is not
    spectral, which is what nine printed digits leave; else up to 1e-6.)
    """
    assert found.shape == expected.shape
    size = np.abs(expected).mean(axis=0)
    difference = np.abs(found - expected).max(axis=0) / size
    print(f"largest relative differences: {difference}")
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
    "top k": (of(top_k=0.3, loss="relativistic", batch_size=64), ()),
    "two optimisers": (of(optimizer="optimistic_adam", d_optimizer="rmsprop", lr_d=5e-4), ((5, {"lr_g": 5e-4}),)),
    "learning rates that fall": (
        of(lr_decay=60, d_optimizer="sgd", g_first=True),
        ((20, {"beta1": 0.1}), (30, {"lr_d": 2e-3}), (40, {"lr_decay": 0, "g_first": False})),
    ),
    "feature matching": (
        of("instance_noise", feature_matching=True, k=2),
        ((20, {"feature_matching": False}),),
    ),
    "both at once": (of(updates="simultaneous", loss="relativistic", penalty="r1_r2", instance_noise=0.1), ()),
    "consensus": (of(updates="simultaneous", consensus=2.0, penalty="r1_r2", d_activation="tanh"), ()),
    "looking ahead": (of(updates="extragradient", loss="wasserstein", clip=0.05, ema=0.9, lr_decay=80), ()),
    "unrolled": (of(unroll=3, penalty="r1", label_smoothing=0.1, instance_noise=0.1, spectral_norm=True), ()),
    "unrolled, rmsprop": (of(unroll=2, optimizer="rmsprop", clip=0.1, loss="wasserstein", k=2), ()),
    "unrolled, features": (of(unroll=2, feature_matching=True, spectral_norm=True, batch_size=32), ()),
    "unrolled, packs": (of(unroll=2, pack=2, minibatch="discrimination", batch_size=32), ()),
    "one at a time": (
        of(k=2, instance_noise=0.3, noise_decay=50, lr_decay=80),
        ((15, {"trains": "generator"}), (30, {"trains": "discriminator"})),
    ),
    "both at once, packs": (of(updates="simultaneous", pack=2, minibatch="deviation", batch_size=32), ()),
    "unrolled, sgd": (of(unroll=2, d_optimizer="sgd", lr_d=0.05, updates="simultaneous"), ((20, {"unroll": 0}),)),
    "unrolled, optimistic": (
        of(unroll=1, optimizer="optimistic_adam", updates="extragradient", loss="relativistic"),
        (),
    ),
    "every rule in turn": (
        of(optimizer="optimistic_adam"),
        (
            (10, {"updates": "simultaneous", "consensus": 0.5}),
            (20, {"updates": "extragradient", "consensus": 0.0}),
            (30, {"updates": "alternating", "k": 2}),
            (40, {"updates": "simultaneous", "k": 1}),
        ),
    ),
    "feature matching, minibatch features": (of(feature_matching=True, minibatch="deviation", batch_size=32), ()),
    "unrolled, feature matching and replay": (
        of(feature_matching=True, replay=0.5, unroll=2, batch_size=32, g_width=16, d_width=16),
        ((20, {"feature_matching": False, "unroll": 1}), (30, {"updates": "simultaneous"})),
    ),
    "replay under every rule": (
        of(replay=0.5, updates="simultaneous", consensus=0.5, batch_size=32),
        ((25, {"consensus": 0.0, "updates": "extragradient"}),),
    ),
    "replay": (of("instance_noise", replay=0.5, replay_batches=4, k=2, batch_size=64), ()),
    "replay, live": (
        of(batch_size=32, g_first=True),
        (
            (5, {"replay": 0.3}),
            (20, {"batch_size": 48}),
            (30, {"replay_batches": 3}),
            (40, {"replay": 0.0}),
            (45, {"replay": 0.9}),
        ),
    ),
    "odd batches": (of(batch_size=150, dataset="three_normals_1d", k=2), ()),
    "own, and others of one's own": (
        of(loss="own", own_real="max(1 - d, 0)^2", own_fake="log(1 + exp(d)) − log2", own_generator="-tanh(d/2)"),
        (
            (4, {"own_generator": "min(softplus(-d), 3) + 0.1 * exp(-d)"}),
            (8, {"loss": "fgan_jeffrey", "own_real": "2^-d"}),
            (12, {"loss": "own"}),
            (16, {"own_real": "max(1 - d, 0)^2"}),
        ),
    ),
    "live": (
        of(noise_decay=20),
        (
            (5, {"k": 3, "lr_d": 5e-4}),
            (9, {"loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 0.2}),
            (15, {"instance_noise": 0.3}),
            (20, {"loss": "relativistic", "penalty": "none", "g_first": True, "ema": 0.9}),
            (
                30,
                {
                    "loss": "non_saturating",
                    "top_k": 0.4,
                    "clip": 0.1,
                    "batch_size": 64,
                    "beta1": 0.0,
                    "measure_every": 10,
                },
            ),
            (35, {"label_flip": 0.2, "g_first": False}),
            (40, {"label_flip": 0.0, "loss": "relativistic"}),
        ),
    ),
}


def by(method: str, **changes: Any) -> RunConfig:
    """Another method on points, with small networks."""
    sizes = {name: 16 for name in ("g_width", "d_width") if belongs(name, method)}
    return RunConfig(method=method).replace(batch_size=32, **(sizes | changes))


CASES |= {
    "told the density": (by("likelihood"), ((20, {"beta1": 0.9, "lr_g": 5e-4}),)),
    "told the density, by slopes": (
        by("likelihood", entropy=1.0, prior="uniform", ema=0.9, lr_decay=60, optimizer="rmsprop", lr_g=1e-3),
        ((20, {"entropy": 0.0}), (30, {"entropy": 0.5, "lr_decay": 0})),
    ),
    "told the density, by neighbours": (
        by("likelihood", entropy=1.0, latent_dim=1, dataset="checkerboard", seed=3),
        ((25, {"batch_size": 20}),),
    ),
    # Short steps: with lr_g = 1e-3 it agrees to the last bit for 15 steps and then drifts by rounding, as the learner
    # itself does from a twin whose weights are one bit off (7e-4 of the loss after 45 steps): p is so narrow a curve.
    "told a curve's density, by slopes": (
        by("likelihood", entropy=0.3, dataset="swiss_roll", init="orthogonal", lr_g=1e-4),
        (),
    ),
    "told the density of ellipses": (by("likelihood", entropy=1.0, latent_dim=4, dataset="ganlab_gaussians"), ()),
    "the density": (by("density", lr_decay=80), ((20, {"lr_d": 5e-3}),)),
    "the density by a softplus": (
        by("density", density_output="softplus", dataset="two_normals_1d", optimizer="sgd", lr_d=0.1, init="gaussian"),
        (),
    ),
    "an autoencoder": (
        by("autoencoder", latent_dim=1, prior="uniform", lr_decay=70),
        ((10, {"lr_g": 1e-4, "ema": 0.5}),),
    ),
    "a vae": (
        by("vae", latent_dim=3, dataset="moons", optimizer="optimistic_adam", init="gaussian", init_gain=0.3),
        ((15, {"vae_beta": 4.0}), (30, {"lr_d": 2e-3, "ema": 0.9})),
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


IMAGES: dict[str, tuple[RunConfig, Changes]] = {
    "lecture": (of("lecture", batch_size=32), ()),
    "dcgan": (of("dcgan", batch_size=32), ()),
    "conditional, with a penalty and noise": (
        of("conditional_dcgan", batch_size=16, penalty="r1", instance_noise=0.1, ema=0.9),
        ((20, {"instance_noise": 0.05, "noise_decay": 20, "lr_d": 1e-4}),),
    ),
    "dcgan, both at once": (of("dcgan", batch_size=16, updates="simultaneous"), ((20, {"updates": "extragradient"}),)),
    "dcgan, unrolled": (of("conditional_dcgan", batch_size=8, unroll=1, image_samples=100), ()),
    "lecture, unrolled": (of("lecture", batch_size=16, unroll=2, k=2), ()),
    "lecture, both at once": (of("lecture", batch_size=16, g_first=False, updates="simultaneous", consensus=0.1), ()),
    "conditional, wgan-gp": (
        of("conditional_dcgan", batch_size=16, loss="wasserstein", penalty="gradient_penalty", instance_noise=0.1),
        ((20, {"penalty_weight": 5.0, "instance_noise": 0.0, "g_first": True}), (30, {"ema": 0.9})),
    ),
    "lecture, all that D is told": (
        of("lecture", batch_size=32, conditional=True, feature_matching=True, minibatch="deviation"),
        ((20, {"feature_matching": False}),),
    ),
    "dcgan, naming classes in batches": (
        of("conditional_dcgan", batch_size=16, auxiliary=1.0, minibatch="discrimination"),
        (),
    ),
    "mlp, naming classes ahead": (
        of("lecture", network="mlp", batch_size=16, conditional=True, auxiliary=1.0, unroll=2, d_width=16),
        (),
    ),
    "lecture, naming classes": (
        of("lecture", batch_size=32, conditional=True, auxiliary=0.5, top_k=0.5, instance_noise=0.1),
        ((20, {"loss": "hinge"}),),
    ),
    "dcgan, naming classes": (
        of("conditional_dcgan", batch_size=16, auxiliary=1.0, penalty="gradient_penalty", loss="relativistic"),
        (),
    ),
    "mlp, naming classes": (
        of("lecture", network="mlp", batch_size=32, conditional=True, auxiliary=2.0, g_first=True, replay=0.4),
        ((30, {"replay": 0.0}),),
    ),
    "an autoencoder": (RunConfig(method="autoencoder", dataset="digits", batch_size=32, ema=0.9), ()),
    "a vae, Bernoulli": (
        RunConfig(method="vae", dataset="digits", decoder="bernoulli", batch_size=32, latent_dim=5),
        ((20, {"vae_beta": 2.0, "beta1": 0.9}),),
    ),
    "a vae, Gaussian": (RunConfig(method="vae", dataset="digits", batch_size=32, lr_decay=100), ()),
    "conditional, replay": (of("conditional_dcgan", batch_size=16, replay=0.5, penalty="zero_centred"), ()),
    "lecture, feature matching": (of("lecture", batch_size=32, feature_matching=True), ()),
    "conditional, feature matching": (of("conditional_dcgan", batch_size=16, feature_matching=True), ()),
    "mlp, conditional": (
        of("lecture", network="mlp", conditional=True, batch_size=32, loss="relativistic", spectral_norm=True),
        ((20, {"loss": "hinge", "label_flip": 0.1}),),
    ),
}


@pytest.mark.parametrize("name", IMAGES)
def test_images_too(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    config, changes = IMAGES[name][0].replace(image_samples=100), IMAGES[name][1]
    text = script(config, steps=STEPS, changes=changes)
    printed = run_here(text, tmp_path, monkeypatch, capsys, "--data", str(DIGITS))
    assert_agree(losses_of(printed), trained(config, STEPS, changes)[0])
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
    with pytest.raises(ScriptError, match="knows no colours"):
        script(of("lecture", dataset="stacked_digits"), steps=10)
    text = script(config, steps=10, shape=(12, 8), classes=3 if labelled else 0)
    printed = run_here(text, tmp_path, monkeypatch, capsys, "--data", str(file))
    assert_agree(losses_of(printed), trained(config, 10, folder=tmp_path)[0])


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_is_drawn_alike(
    dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The script's sampler gives the very numbers of the distribution, bit for bit."""
    config = of(dataset=dataset, sigma_scale=1.5, g_width=8, d_width=8, batch_size=32)
    space: dict[str, Any] = {}
    printed = run_here(script(config, steps=5), tmp_path, monkeypatch, capsys, space=space)
    assert_agree(losses_of(printed), trained(config, 5)[0])
    drawn = space["sample"](np.random.default_rng(3), 500)
    np.testing.assert_array_equal(drawn, config.distribution().sample(np.random.default_rng(3), 500))


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


@pytest.mark.parametrize("seed", [0, 3])
def test_two_numbers_learn_alike_from_every_seeds_start(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config = of(dataset="dirac", optimizer="sgd", lr_g=0.1, lr_d=0.1, seed=1, seeds=4, theta=0.5, instance_noise=0.1)
    printed = run_here(script(config, steps=20), tmp_path, monkeypatch, capsys, "--seed", str(seed))
    assert_agree(losses_of(printed), trained(config.replace(seed=seed, seeds=1), 20)[0])


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


# All of the tables


GROUPS: dict[str, tuple[RunConfig, Changes]] = {
    "pack 2, wgan-gp": (of(pack=2, batch_size=32, loss="wasserstein", penalty="gradient_penalty"), ()),
    "pack 3 and discrimination, r1 and r2": (
        of(pack=3, minibatch="discrimination", batch_size=24, penalty="r1_r2", label_flip=0.2, d_depth=1),
        ((10, {"batch_size": 36, "loss": "relativistic", "label_flip": 0.0}),),
    ),
    "discrimination, spectral norm": (
        of(minibatch="discrimination", batch_size=32, spectral_norm=True, init="orthogonal", init_gain=0.8),
        ((10, {"g_first": True}),),
    ),
    "deviation, gradient penalty and noise": (
        of(minibatch="deviation", batch_size=32, penalty="gradient_penalty", instance_noise=0.1),
        (),
    ),
    "lecture, pack 4": (of("lecture", pack=4, batch_size=32), ()),
    "lecture, pack 2 and discrimination": (of("lecture", pack=2, minibatch="discrimination", batch_size=32), ()),
    "dcgan, pack 2 and r1": (of("dcgan", pack=2, batch_size=16, penalty="r1"), ()),
    "dcgan, discrimination": (of("dcgan", minibatch="discrimination", batch_size=16), ()),
    "conditional dcgan, pack 2 and deviation": (
        of("conditional_dcgan", pack=2, minibatch="deviation", batch_size=16, penalty="gradient_penalty"),
        (),
    ),
    "pack 2 and discrimination, unrolled": (
        of(pack=2, minibatch="discrimination", batch_size=24, unroll=2, d_activation="tanh"),
        (),
    ),
    "dcgan, r1 and r2": (of("dcgan", batch_size=16, penalty="r1_r2"), ()),
}
"""What D sees in groups, on every pair of networks."""


@pytest.mark.parametrize("name", GROUPS)
def test_groups_are_repeated(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    config, changes = GROUPS[name]
    data = ("--data", str(DIGITS)) if config.on_images else ()
    text = script(config, steps=20, changes=changes)
    printed = run_here(text, tmp_path, monkeypatch, capsys, *data)
    assert_agree(losses_of(printed), trained(config, 20, changes)[0])


PAIRS = [*zip(LOSSES, cycle(PENALTIES), strict=False), *product(("minimax", "wasserstein", "relativistic"), PENALTIES)]


@pytest.mark.parametrize(("loss", "penalty"), dict.fromkeys(PAIRS))
def test_every_loss_and_penalty_is_repeated(
    loss: str, penalty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config = of(loss=loss, penalty=penalty, penalty_weight=0.5, batch_size=32, g_width=16, d_width=16)
    printed = run_here(script(config, steps=20), tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, 20)[0])


@pytest.mark.parametrize("optimizer", choices("optimizer") or ())
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "elu", "silu"])
def test_every_activation_and_optimiser_is_repeated(
    activation: str, optimizer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    config = of(g_activation=activation, d_activation="elu", optimizer=optimizer, batch_size=32, lr_d=0.002)
    changes = ((7, {"lr_g": 5e-4, "beta1": 0.3, "beta2": 0.9}),)
    printed = run_here(script(config, steps=20, changes=changes), tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, 20, changes)[0])


@pytest.mark.parametrize("init", choices("init") or ())
def test_every_start_is_repeated(init: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    units: dict[str, Any] = {"data_units": False, "d_input_divisor": 4.0}
    config = of(init=init, init_gain=0.8, last_gain=0.1, batch_size=32, spectral_norm=init == "glorot", **units)
    printed = run_here(script(config, steps=20), tmp_path, monkeypatch, capsys)
    assert_agree(losses_of(printed), trained(config, 20)[0])


def test_a_new_loss_and_a_new_penalty_need_a_row_each_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    loss = Loss(
        "Soft hinge",
        "nobody, never",
        real=lambda d, f: f.softplus(1 - d),
        fake=lambda d, f: f.softplus(1 + d) + 0.1 * d**2,
        generator=lambda d, f: (
            -d  # a term over several lines
            + 0 * f.relu(d)
        ),
    )
    config = of(loss="hinge", penalty="r1", batch_size=32)  # the two names that the settings allow
    monkeypatch.setitem(LOSSES, "hinge", loss)
    monkeypatch.setitem(PENALTIES, "r1", Penalty("Both", "nobody", points=("fake", "interpolates"), slope=0.5))
    text = script(config, steps=20)
    assert "real=lambda d: f.softplus(1 - d),\n        fake=lambda d: f.softplus(1 + d) + 0.1 * d**2," in text
    assert_agree(losses_of(run_here(text, tmp_path, monkeypatch, capsys)), trained(config, 20)[0])


def test_a_loss_whose_formula_can_not_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = LOSSES["hinge"]
    terms: list[Any] = [abs, lambda x, functions: -x, [lambda d, f: d, lambda d, f: -d][1]]
    for term in terms:
        monkeypatch.setitem(LOSSES, "hinge", Loss(row.label, row.source, row.real, row.fake, generator=term))
        with pytest.raises(ScriptError, match="no lambda d, f on a line of its own"):
            script(of(loss="hinge"), steps=1)


# The reference


def test_the_reference_trains_the_default_run_by_itself(tmp_path: Path) -> None:
    path = Path(module.__file__).with_name("reference.py")
    command = [sys.executable, "-I", str(path), "--every", "1", "--steps", str(STEPS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert_agree(losses_of(done.stdout), trained(RunConfig(), STEPS)[0])
    assert np.load(tmp_path / "samples.npy").shape == (10_000, 2)


LIVE: Changes = ((3, {"loss": "relativistic", "penalty": "r1_r2", "lr_d": 5e-4}), (6, {"g_first": True, "ema": 0.9}))
EVERYTHING: dict[str, tuple[RunConfig, Changes]] = {
    **{f"recipe {name}": (recipe.config, ()) for name, recipe in RECIPES.items() if not recipe.config.stacked},
    **{f"points {name}": case for name, case in CASES.items()},
    **{f"images {name}": case for name, case in IMAGES.items()},
    **{f"groups {name}": case for name, case in GROUPS.items()},
    **{f"loss {name}": (of(loss=name), ()) for name in LOSSES},
    **{f"penalty {name}": (of(penalty=name), LIVE) for name in PENALTIES},
    **{f"dataset {name}": (of(dataset=name), ()) for name in DATASETS},
    **{f"files {name}": (of("lecture", dataset=name), ()) for name, row in IMAGE_DATASETS.items() if not row.single},
    **{
        f"mlp {name}": (of("lecture", network="mlp", spectral_norm=name == "spectral", d_activation="silu"), ())
        for name in ("plain", "spectral")
    },
    **{f"init {name}": (of(init=name, init_gain=0.8, last_gain=0.1), ()) for name in choices("init") or ()},
    "units": (of(data_units=False, d_input_divisor=4.0), ()),
    "elu": (of(g_activation="elu"), ()),
    "sgd": (of(optimizer="sgd"), ((5, {"beta1": 0.2}),)),
    "rmsprop": (of(optimizer="rmsprop", clip=0.01), ((5, {"beta2": 0.2}),)),
}


@pytest.fixture(scope="module")
def everything() -> dict[str, str]:
    """Scripts over all tables."""
    return {
        name: script(config, steps=100, changes=changes, shape=(8, 8) if config.dataset == "own_images" else None)
        for name, (config, changes) in EVERYTHING.items()
    }


def test_exported_scripts_are_formatted_and_have_nothing_idle(everything: dict[str, str], tmp_path: Path) -> None:
    """By the project's own tool and rules: no name that is missing, no import and no variable without use."""
    for name, text in everything.items():
        (tmp_path / f"{name.replace(' ', '_').replace(',', '')}.py").write_text(text, encoding="utf-8")
    settings = Path(module.__file__).parents[3] / "pyproject.toml"
    for command in (["format", "--check"], ["check", "--extend-select", "ARG"]):
        ruff = [sys.executable, "-m", "ruff", *command[:1], "--no-cache", "--config", str(settings), *command[1:], "."]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-500:]


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_script_holds_what_the_run_uses_and_no_more(name: str, everything: dict[str, str]) -> None:
    config, changes = EVERYTHING[name]
    text = everything[name]
    tree = ast.parse(text)
    assert "# [" not in text
    assert "playground" not in {module.split(".")[0] for module in imported(tree)} <= ALLOWED
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    referred = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert defined - referred - {"__init__", "forward", "take", "iterate", "replayed"} == set()
    at_the_margin = {part.id for node in tree.body if isinstance(node, ast.Assign) for part in named(node)}
    assert at_the_margin - referred - {"labels"} == set()
    configs = course(config, changes)

    def ever(test: Any) -> bool:
        return any(map(test, configs))

    traces = {
        "def noisy": ever(lambda c: c.instance_noise > 0),
        "clamp_": ever(lambda c: c.clip > 0),
        "clip: float": ever(lambda c: c.clip > 0),
        "slope_penalty": ever(lambda c: c.penalty != "none" and c.penalty_weight > 0),
        "average = ": ever(lambda c: c.ema > 0),
        "label_flip": ever(lambda c: c.label_flip > 0 or c.label_smoothing > 0),
        "g_updates": ever(lambda c: c.instance_noise * c.noise_decay + c.label_flip * c.label_decay + c.lr_decay > 0),
        "find_gradients": ever(lambda c: c.updates != "alternating"),
        "update_by_looking_ahead": ever(lambda c: c.updates == "extragradient"),
        "look_ahead": ever(lambda c: c.unroll > 0),
        "functional_call": ever(lambda c: c.unroll > 0),
        "def damped": ever(lambda c: c.consensus > 0),
        "class OptimisticAdam": ever(lambda c: "optimistic_adam" in c.optimizers),
        "fade_rates": ever(lambda c: c.lr_decay > 0),
        "draw_real(), fake if i == 0": ever(lambda c: c.g_first),
        "relative": ever(lambda c: LOSSES[c.loss].relative),
        "CLASSES": config.conditional,
        "Spectral": config.spectral_norm,
        "CHANGES": bool(changes),
        "--data": config.on_images,
        "pixels": config.on_images,
        "BatchNorm": config.network == "dcgan",
        "class_error": config.auxiliary > 0,
        "Dropout": config.network == "lecture",
        "SCALE": (not config.on_images and config.dataset != "dirac")
        or (config.method == "vae" and config.decoder == "gaussian"),
        "PACK": config.pack > 1,
        "Discrimination": config.minibatch == "discrimination",
        "Deviation": config.minibatch == "deviation",
        **{f'"{name}": Loss': ever(lambda c, name=name: c.learning.plays and c.loss == name) for name in LOSSES},
        **{f'"{name}": Penalty': ever(lambda c, name=name: c.penalty == name) for name in PENALTIES if name != "none"},
    }
    body = text.split('"""', 2)[2]
    assert {trace: trace in body for trace in traces} == traces


def course(config: RunConfig, changes: Changes) -> list[RunConfig]:
    """The settings of a run, one after the other."""
    configs = [config]
    for _, fields in changes:
        configs.append(configs[-1].replace(**fields))
    return configs


def named(node: ast.Assign) -> list[ast.Name]:
    return [part for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)]


ALLOWED = {"argparse", "base64", "collections", "copy", "dataclasses", "gzip", "math", "pathlib", "typing", "zlib"}
ALLOWED |= {"numpy", "torch"}


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found


def test_every_marker_names_something_that_runs_can_have_and_lack() -> None:
    """Over the scripts above: each is kept in one of them and dropped in another."""
    markers = {found[2] for line in module.REFERENCE.splitlines() if (found := MARKER.search(line))}
    states = []
    for case in EVERYTHING.values():
        states += [facts.has(config) for config in course(*case)]
    states.append(
        {"smoothed", "changes", "retuned", "retuned_judge", "retuned_maker"}
    )  # one's own points, and what a live change is told by
    assert {name for name in markers if not any(name in state for state in states)} == set()
    assert {name for name in markers if all(name in state for state in states)} == set()
    assert module.REFERENCE.count("# [") == sum(bool(MARKER.search(line)) for line in module.REFERENCE.splitlines()) + 2


def test_no_local_name_hides_one_of_the_margin() -> None:
    """Else what nothing refers to could not be told by its name."""
    tree = ast.parse(module.REFERENCE)
    margin = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    margin |= {name for node in tree.body for name in names_of(node) if name.isupper()}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)):
        local = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        local |= {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        assert local & margin == set(), ast.unparse(function)[:60]


def test_what_a_marker_keeps() -> None:
    lines = """
a = 1  # [with x]
if a:  # [if x]
    b(  # [with y]
        1,
    )
    c()
elif d:  # [if y]
    e()
else:
    g()
h()
""".strip().splitlines()

    def cut(**answers: set[bool]) -> str:
        return "\n".join(kept(lines, lambda name: answers[name]))

    assert cut(x={True}, y={False}) == "a = 1\nc()\nh()"
    assert cut(x={False}, y={True}) == "e()\nh()"
    assert cut(x={False}, y={False}) == "g()\nh()"
    assert cut(x={False}, y={True, False}) == "if d:\n    e()\nelse:\n    g()\nh()"
    assert cut(x={True}, y={True}) == "a = 1\nb(\n    1,\n)\nc()\nh()"


def test_values_are_filled_in_and_what_is_idle_goes() -> None:
    text = (
        "import math\n\nA: list[int] = [\n    1,\n]  # why\nB = 2\n\n\n@math.no\ndef f():\n    return B\n\n\nprint(A)"
    )
    assert used(filled(text, {"A": "7"})) == "A: list[int] = 7  # why\n\n\nprint(A)\n"


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1e-05, "b": [True, None, "x"], "c": (1,), "d": []},
        [{"name": "x" * 30, "others": tuple(range(20)), "more": ["y" * 30] * 3}] * 2,
    ],
)
def test_a_value_is_written_so_that_it_reads_back(value: Any) -> None:
    text = written(value)
    assert ast.literal_eval(text) == value and max(map(len, text.splitlines())) <= 120


def test_a_runs_name_can_not_break_out_of_the_head() -> None:
    text = script(of(), steps=1, title='"""\nimport os\n\\')
    head = ast.get_docstring(ast.parse(text))
    assert head is not None and "import os" in head and "os" not in imported(ast.parse(text))


def test_every_setting_is_known_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = {row.group for row in SETTINGS.values()}
    unnamed = {"Method", "Data", "Measuring"}  # those that the reference need not name
    assert unnamed < groups
    for name, row in SETTINGS.items():
        if row.group not in unnamed:
            assert name in module.known_settings(), name
    monkeypatch.setattr(module, "REFERENCE", module.REFERENCE.replace("clip", "cut"))
    with pytest.raises(ScriptError, match="with clip set: it knows no such part"):
        script(of(clip=0.1), steps=1)
    script(of(), steps=1)
