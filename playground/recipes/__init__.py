"""Named settings worth trying: where they come from, what their source says, and what was measured here."""

from contextlib import suppress
from typing import Any

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.recipes.bridge import BRIDGE_RECIPES
from playground.recipes.coded import CODED_RECIPES
from playground.recipes.on_images import IMAGE_RECIPES
from playground.recipes.on_one_number import ONE_NUMBER_RECIPES
from playground.recipes.on_points import POINT_RECIPES
from playground.recipes.on_two_numbers import DIRAC_RECIPES
from playground.recipes.recipe import Recipe

__all__ = ["RECIPES", "Recipe", "for_images", "kept_by", "named"]

RECIPES: dict[str, Recipe] = (
    POINT_RECIPES | ONE_NUMBER_RECIPES | BRIDGE_RECIPES | DIRAC_RECIPES | IMAGE_RECIPES | CODED_RECIPES
)


def for_images(recipe: Recipe) -> bool:
    """Whether a recipe trains on images, not on points."""
    return recipe.config.on_images


def kept_by(recipe: Recipe, config: RunConfig) -> dict[str, Any]:
    """What a recipe leaves as it is: the seeds, the way of measuring, and which images are trained on."""
    kept = {
        name: getattr(config, name)
        for name, row in settings.SETTINGS.items()
        if row.group == "Measuring" and settings.belongs(name, recipe.config.method)
    }
    if for_images(recipe) and config.on_images:
        images = {"dataset": config.dataset, "images_id": config.images_id}
        with suppress(ConfigError):  # a recipe that these images do not go with brings its own
            recipe.config.replace(**images)
            kept |= images
    return kept


def named(config: RunConfig) -> str | None:
    """The recipe that a config follows, whatever its seeds and its way of measuring."""
    matching = (name for name, row in RECIPES.items() if row.config.replace(**kept_by(row, config)) == config)
    return next(matching, None)
