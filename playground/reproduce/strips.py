"""Recorded films of the hopping run beside its cures, for the lesson on mode collapse."""

import numpy as np

from playground.lessons import strips
from playground.recipes.cures import treated
from playground.reproduce.training import Show


def write(show: Show) -> None:
    """Train the hopping run of seed 0 as it is and with each cure, and keep where G's samples were on the way."""
    from playground.observer import observe
    from playground.training import learners

    found: dict[str, np.ndarray] = {}
    for name, label in strips.CURES.items():
        config = treated("hopping", name)
        assert config is not None, "every cure of the strips changes something"
        learner = learners.fresh(config)
        observer = observe(learner)
        points, shares = [], []
        for step in strips.STEPS:
            while learner.steps < step:
                learner.step()
            looked = observer.shares()
            assert looked is not None, "the ring has modes"
            points.append(observer.picture().arrays["fake"][: strips.POINTS])
            shares.append(looked[0])
            show(step / strips.STEPS[-1], f"{label}, step {step:,}")
        found |= {f"{name} points": np.array(points, np.float16), f"{name} shares": np.array(shares, np.float16)}
    np.savez_compressed(strips.FILE, allow_pickle=False, **found)
