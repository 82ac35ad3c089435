"""Looking at runs: what to show and what to measure, by the kind of data."""

from playground.observer.base import Observer
from playground.observer.points import PointObserver
from playground.training.trainer import Trainer


def observe(trainer: Trainer) -> Observer:
    """The observer that fits the trainer's data."""
    return PointObserver(trainer)


__all__ = ["Observer", "PointObserver", "observe"]
