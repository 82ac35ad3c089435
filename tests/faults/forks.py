"""Forks of a large checkpoint, one after the other, while other runs train: nothing hangs."""

from pathlib import Path
from random import Random

from tests.engine.running import quick, until
from tests.faults.outcome import Outcome
from tests.faults.reference import recording

LARGE = quick(seeds=8, g_width=104, d_width=104)
MEGABYTE = 1_000_000
OWNERS = 4
AT_ONCE = 8
"""Forks that are still being opened when the next is made."""


def many(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """So many, of several owners, each trained for a step and asked for a picture, while a run as large trains too."""
    with recording(outcome, folder / "runs", workers=2) as (engine, store, _):
        source, busy = (engine.run(engine.start("me", LARGE), "me") for _ in range(2))
        engine.watch(busy, lambda: None)  # it would be paused after some minutes
        engine.play(busy, True)
        engine.play(source, True)
        until(engine, source, lambda: any(step > 20 for step in source.checkpoints))
        engine.play(source, False)
        until(engine, source, lambda: source.status == "paused" and source.checkpoints[-1] == source.steps)
        steps = store.checkpoint_steps(source.id)
        assert min(len(store.checkpoint(source.id, step)) for step in steps) > MEGABYTE
        for index in range(count):
            owner, step = f"forker {index % OWNERS}", rng.choice(steps)
            child = engine.run(engine.fork(owner, source.id, step), owner)
            engine.step(child, "both")
            engine.want(child)
            outcome.tried += 1
            if outcome.tried % AT_ONCE == 0 or outcome.tried == count:
                until(engine, child, lambda: child.steps == step + 1 and child.frame is not None)  # noqa: B023
        if busy.status != "playing":
            outcome.disturbed.append(f"The other run is {busy.status}: {busy.message!r}")
