"""The recipes: valid settings, told apart, and recognised whatever the seeds."""

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from playground.config import SETTINGS, ConfigError, RunConfig, bounds, read, read_text
from playground.recipes import RECIPES, named
from playground.recipes.gallery import GROUPS, shelves
from playground.recipes.techniques import TECHNIQUES

every_recipe = pytest.mark.parametrize("name", RECIPES)


def test_the_recipes_that_the_course_needs_are_there() -> None:
    wanted = {
        "non_saturating",
        "minimax",
        "wgan_clipping",
        "wgan_gp",
        "instance_noise",
        "strong_discriminator",
    }
    assert wanted <= set(RECIPES)


@every_recipe
def test_a_recipe_is_valid_and_changes_only_what_differs_from_the_defaults(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.config == read(recipe.changes)
    redundant = {field for field, value in recipe.changes.items() if value == getattr(RunConfig(), field)}
    assert redundant <= {"penalty_weight"}  # worth saying although it is the default


@every_recipe
def test_a_recipe_explains_itself(name: str) -> None:
    recipe = RECIPES[name]
    assert recipe.label and recipe.source
    assert recipe.expect.endswith(".")


def test_no_two_recipes_are_the_same_settings_or_have_the_same_label() -> None:
    assert len({recipe.config for recipe in RECIPES.values()}) == len(RECIPES)
    assert len({recipe.label for recipe in RECIPES.values()}) == len(RECIPES)


@every_recipe
def test_a_recipe_leaves_seeds_and_measuring_to_the_user(name: str) -> None:
    assert not [field for field in RECIPES[name].changes if SETTINGS[field].group == "Measuring"]


@every_recipe
def test_a_recipe_is_recognised_after_a_round_trip_through_the_url(name: str) -> None:
    assert named(read_text(RECIPES[name].config.to_query())) == name


@every_recipe
def test_a_recipe_with_one_setting_changed_is_the_users_own(name: str) -> None:
    assert named(RECIPES[name].config.replace(batch_size=44)) is None


@pytest.mark.parametrize(
    ("recipe", "field", "value"),
    [
        ("minimax", "loss", "minimax"),
        ("wgan_clipping", "loss", "wasserstein"),
        ("wgan_gp", "penalty", "gradient_penalty"),
        ("strong_discriminator", "loss", "minimax"),
    ],
)
def test_recipes_do_what_their_names_say(recipe: str, field: str, value: str) -> None:
    assert getattr(RECIPES[recipe].config, field) == value


def test_recipes_that_rest_on_a_strength_have_one() -> None:
    assert RECIPES["wgan_clipping"].config.clip > 0
    assert RECIPES["wgan_gp"].config.clip == 0
    noise = RECIPES["instance_noise"].config
    assert noise.instance_noise > 0 and noise.noise_decay > 0
    strong = RECIPES["strong_discriminator"].config
    assert strong.lr_d > strong.lr_g and strong.k > 1


@given(st.data())
@settings(deadline=None)
def test_a_recipe_keeps_its_name_whatever_is_measured_and_with_which_seeds(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(RECIPES)))
    changes = {}
    for field, row in SETTINGS.items():
        if row.group == "Measuring":
            low, high = bounds(field) or (0, 0)
            changes[field] = data.draw(st.integers(int(low), int(high)))
    try:
        config = RECIPES[name].config.replace(**changes)
    except ConfigError:  # its networks are too large for so many seeds
        reject()
    assert named(config) == name


@pytest.mark.parametrize(
    ("technique", "changes", "there"),
    [
        ("wider", {}, True),
        ("wider", {"dataset": "dirac"}, False),
        ("wider", {"dataset": "digits", "network": "lecture"}, False),
        ("smooth_discriminator", {"dataset": "dirac"}, False),
        ("damped", {"dataset": "dirac"}, True),
    ],
)
def test_a_technique_is_offered_only_where_what_it_changes_has_an_effect(
    technique: str, changes: dict[str, object], there: bool
) -> None:
    assert (TECHNIQUES[technique].on(read(changes)) is not None) == there


def test_the_gallery_has_every_recipe_once_under_a_title_of_its_own() -> None:
    rows = [card for on_images in (False, True) for _, row in shelves(on_images) for card in row]
    assert sorted(name for name, _, _ in rows) == sorted(RECIPES)
    assert len({seen for _, seen, _ in rows}) == len(rows)
    assert {name for group in GROUPS.values() for name in group} <= set(RECIPES)
