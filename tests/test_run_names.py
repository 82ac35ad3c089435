"""What a run is called: the name somebody gave it, else one made from its settings."""

from pathlib import Path

import pytest

from playground.config import RunConfig
from playground.recipes import RECIPES, run_names
from playground.runs.store import Batch, RunBatch, RunStore


@pytest.mark.parametrize(
    "config, name",
    [
        (RunConfig(), "Non-saturating baseline"),
        (RunConfig(k=5), "Non-saturating baseline, k 5"),
        (RunConfig(measure_every=500, emd_samples=100), "Non-saturating baseline"),
        (RunConfig(loss="hinge"), "Hinge"),
        (RunConfig(loss="wasserstein", penalty="gradient_penalty"), "Wasserstein, Gradient penalty"),
        (RECIPES["mode_hopping"].config.replace(loss="least_squares"), "Mode hopping, Least squares"),
        (RunConfig(optimizer="sgd"), "Non-saturating baseline, SGD"),
        (RECIPES["wgan_clipping"].config.replace(k=3, seed=7), "WGAN with clipping, k 3, seed 7"),
        (RECIPES["dcgan"].config.replace(dataset="mnist"), "Small DCGAN, MNIST"),
        (
            RunConfig(k=2, lr_g=1e-4, lr_d=1e-4, g_width=128, d_width=128),
            "Non-saturating baseline, k 2, lr G 0.0001, lr D 0.0001, 2 more",
        ),
    ],
)
def test_a_name_tells_the_nearest_recipe_and_what_differs(config: RunConfig, name: str) -> None:
    assert run_names.name_of(config) == name


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_names_itself(name: str) -> None:
    assert run_names.name_of(RECIPES[name].config) == RECIPES[name].label


def test_a_name_that_somebody_gave_stays() -> None:
    assert run_names.title("My run", RunConfig(k=5)) == "My run"
    assert run_names.title("Run 12", RunConfig(k=5)) == "Non-saturating baseline, k 5 · run 12"
    assert run_names.title("Run 12", None) == "Run 12"


def test_a_recorded_run_is_called_after_the_settings_that_it_started_with(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create("a", "ada", RunConfig(k=5))
    store.write(Batch({"a": RunBatch(config=RunConfig(k=2), changes=((10, {"k": [5, 2]}),))}))
    assert run_names.title_of(store.record("a")) == "Non-saturating baseline, k 5 · run 1"
    changed = ((0, {"loss": ["non_saturating", "hinge"]}), (10, {"k": [5, 2]}))
    store.write(Batch({"a": RunBatch(changes=changed)}))
    assert run_names.title_of(store.record("a")) == "Hinge, k 5 · run 1"
    store.rename("a", "For the lecture")
    assert run_names.title_of(store.record("a")) == "For the lecture"
    store.close()
