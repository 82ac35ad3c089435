"""What belongs to each method when a run is looked at: a class for points, and one for images."""

from playground.methods import AUTOENCODER, DENSITY, GAN, LIKELIHOOD, VAE
from playground.observer.aspects.aspect import Aspect
from playground.observer.aspects.codes import CodesAspect, VaeAspect
from playground.observer.aspects.density import DensityAspect
from playground.observer.aspects.game import GameAspect
from playground.observer.aspects.game_on_points import GameOnPoints
from playground.observer.aspects.likelihood import LikelihoodAspect

_ON_BOTH: dict[str, type[Aspect]] = {AUTOENCODER: CodesAspect, VAE: VaeAspect}
ON_POINTS = _ON_BOTH | {GAN: GameOnPoints, LIKELIHOOD: LikelihoodAspect, DENSITY: DensityAspect}
ON_IMAGES = _ON_BOTH | {GAN: GameAspect}

__all__ = ["ON_IMAGES", "ON_POINTS", "Aspect"]
