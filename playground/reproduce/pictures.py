"""The small pictures of the recipes' gallery: what a run with seed 0 looks like at its end."""

from pathlib import Path

from PIL import Image

from playground.recipes import RECIPES, Recipe
from playground.recipes.gallery import picture_of
from playground.reproduce.training import Show

SIDE = 144
"""Pixels."""
MOST_STEPS = 2000
"""By then a run looks as it will, if not as sharp."""
DOTS = 2.2


def write(name: str, show: Show) -> Path:
    """Train a recipe and keep its picture where the gallery looks for it."""
    file = picture_of(name)
    file.parent.mkdir(exist_ok=True)
    draw(RECIPES[name], show).save(file, quality=80, method=6)
    return file


def draw(recipe: Recipe, show: Show) -> Image.Image:
    """The picture of seed 0, (SIDE, SIDE), at the step at which the recipe is judged or a little before; of a run that
    diverges, the last good one."""
    from playground.exports.pictures import Painter
    from playground.observer import observe
    from playground.training import learners
    from playground.training.learner import Diverged

    learner, steps = learners.fresh(recipe.config), min(recipe.steps or MOST_STEPS, MOST_STEPS)
    observer = observe(learner)
    try:
        while learner.steps < steps:
            learner.step()
            if learner.steps % 100 == 0:
                show(learner.steps / steps, f"{recipe.label}, {learner.steps:,} of {steps:,} steps")
    except Diverged:
        pass  # the networks stand at their last good state
    if not recipe.config.on_images:
        return Painter(observer.scene(), SIDE, dots=DOTS).draw(observer.picture())
    whole = Painter(observer.scene(), 2 * SIDE).draw(observer.picture())
    return whole.crop((0, 0, SIDE, SIDE))  # a quarter of the grid: its digits can be read
