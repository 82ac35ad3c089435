"""Looking at runs: what to show and what to measure, by the kind of data."""

from playground.config import DIRAC
from playground.observer.base import Observer
from playground.observer.image_observer import ImageObserver
from playground.observer.phase_observer import PhaseObserver
from playground.observer.point_observer import PointObserver
from playground.training.learner import Learner
from playground.training.trainer import Trainer


def observe(learner: Learner) -> Observer:
    """The observer that fits the learner's data."""
    if learner.config.dataset == DIRAC and isinstance(learner, Trainer):
        return PhaseObserver(learner)
    return ImageObserver(learner) if learner.config.on_images else PointObserver(learner)


__all__ = ["ImageObserver", "Observer", "PhaseObserver", "PointObserver", "observe"]
