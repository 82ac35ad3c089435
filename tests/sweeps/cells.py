"""Small sweeps for tests."""

from playground.sweeps.axis import read_axis
from playground.sweeps.sweep import Sweep

TINY = {"g_width": 4, "d_width": 4, "batch_size": 16, "emd_samples": 50, "jsd_samples": 1000, "mode_samples": 100}


def tiny(rates: int = 3, steps: int = 20, seeds: int = 2) -> Sweep:
    """A grid of 2 × rates cells that are trained in a moment."""
    axes = (read_axis("k=1,2"), read_axis(f"lr_d=1e-4..1e-2:log:{rates}"))
    return Sweep(axes, TINY, seeds=seeds, steps=steps, looks=2)
