"""What a page makes of its link: the right part of it counts, and one sentence says what did not."""

import pytest

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.ui.link import read_link
from playground.ui.view import View

BASE = RunConfig(lr_g=0.01)


def test_a_link_is_settings_a_view_and_a_run() -> None:
    link = read_link({"k": "5", "layers": "real,fake", "speed": "10", "run": "abc"})
    assert (link.run, link.look, link.problem) == ("abc", False, "")
    assert link.view == View(layers=("real", "fake"), speed="10")
    assert link.config(BASE, on_images=False) == (BASE.replace(k=5), "")


def test_to_look_at_somebody_elses_run_comes_before_a_run_of_ones_own() -> None:
    link = read_link({"look": "theirs", "run": "mine"})
    assert (link.run, link.look) == ("theirs", True)
    assert read_link({"look": "", "run": "mine"}).run == "mine"


@pytest.mark.parametrize(
    ("query", "config", "named"),
    [
        ({"k": "0", "lr_d": "0.02"}, BASE.replace(lr_d=0.02), "from 1 to 10 (got '0'); k stays 1."),
        ({"nonsense": "1", "k": "3"}, BASE.replace(k=3), "'nonsense' is not a setting"),
        ({"k": "no", "seed": "no", "loss": "hinge"}, BASE.replace(loss="hinge"), "k stays 1; seed must be"),
        ({"dataset": "normal1d"}, BASE, "there is no dataset=normal1d, near it: normal_1d"),
        ({"dataset": "mnist", "k": "2"}, BASE.replace(k=2), "dataset=mnist is one of images: the Images page has it."),
        ({"loss": "wasserstein", "label_flip": "0.1"}, BASE, "label_flip and label_smoothing must be 0"),
        ({"method": "vae", "loss": "hinge"}, BASE.by("vae"), "loss means nothing to method=vae, so left out."),
        ({"method": "vae", "k": "5", "pack": "2", "vae_beta": "4"}, BASE.by("vae").replace(vae_beta=4), "k, pack mean"),
        ({"method": "density", "dataset": "dirac"}, RunConfig(method="density"), "dataset=dirac needs method=gan"),
    ],
)
def test_what_cannot_be_is_named_and_the_rest_counts(query: dict[str, str], config: RunConfig, named: str) -> None:
    found, problem = read_link(query).config(BASE, on_images=False)
    assert found == config
    assert problem.startswith("The link could not be followed in full: ") and named in problem


def test_points_are_not_for_the_page_of_images() -> None:
    start = RunConfig(dataset="digits", network="lecture")
    found, problem = read_link({"dataset": "ring8", "k": "2"}).config(start, on_images=True)
    assert found == start.replace(k=2) and problem.endswith("dataset=ring8 is one of points: the Points page has it.")


def test_a_view_that_cannot_be_leaves_the_page_as_it_is() -> None:
    link = read_link({"hide": "everything", "k": "3"})
    assert link.view == View() and "hide may list method, data, game" in link.problem
    assert link.config(BASE, on_images=False) == (BASE.replace(k=3), "")


def test_a_link_may_start_from_a_recipe() -> None:
    hopping = RECIPES["mode_hopping"].config
    assert read_link({"recipe": "mode_hopping", "k": "5"}).config(RunConfig(), False) == (hopping.replace(k=5), "")
    base, problem = read_link({"recipe": "mode_hoping"}).config(RunConfig(), False)
    assert base == RunConfig() and "mode_hopping" in problem
    assert "recipe must be one of those on this page" in read_link({"recipe": "dcgan"}).config(RunConfig(), False)[1]
