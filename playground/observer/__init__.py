"""Looking at runs: what to show and what to measure, by the kind of data."""

from playground.config import DIRAC
from playground.observer.base import Observer
from playground.observer.image_observer import ImageObserver
from playground.observer.phase_observer import PhaseObserver
from playground.observer.point_observer import PointObserver
from playground.training.trainer import Trainer


def observe(trainer: Trainer) -> Observer:
    """The observer that fits the trainer's data."""
    if trainer.config.dataset == DIRAC:
        return PhaseObserver(trainer)
    return ImageObserver(trainer) if trainer.config.on_images else PointObserver(trainer)


__all__ = ["ImageObserver", "Observer", "PhaseObserver", "PointObserver", "observe"]
