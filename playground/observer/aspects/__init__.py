"""What belongs to each method when a run is looked at: a class for points, and one for images."""

from playground.methods import DENSITY, GAN, LIKELIHOOD
from playground.observer.aspects.aspect import Aspect
from playground.observer.aspects.density import DensityAspect
from playground.observer.aspects.game import GameAspect
from playground.observer.aspects.game_on_points import GameOnPoints
from playground.observer.aspects.likelihood import LikelihoodAspect

ON_POINTS: dict[str, type[Aspect]] = {GAN: GameOnPoints, LIKELIHOOD: LikelihoodAspect, DENSITY: DensityAspect}
ON_IMAGES: dict[str, type[Aspect]] = {GAN: GameAspect}

__all__ = ["ON_IMAGES", "ON_POINTS", "Aspect"]
