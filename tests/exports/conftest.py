"""Recorded runs to export: trained for a few steps, measured, and kept as the engine keeps them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from playground.config import RunConfig
from playground.frame import encode
from playground.observer import observe
from playground.runs.store import Batch, RunBatch, RunStore
from playground.training.checkpoint import pack
from playground.training.trainer import Trainer

SMALL = {"g_width": 8, "d_width": 8, "batch_size": 16, "jsd_samples": 500, "emd_samples": 50, "mode_samples": 100}
Record = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path / "runs")
    yield opened
    opened.close()


@pytest.fixture
def record(store: RunStore) -> Record:
    """Trains and records a run: every `every` steps a picture and a checkpoint."""

    def made(
        id: str = "a-run",
        steps: int = 20,
        every: int = 10,
        measured_every: int = 10,
        changes: Mapping[int, Mapping[str, Any]] | None = None,
        owner: str = "ada",
        name: str = "A run",
        prepare: bool = False,
        **settings: Any,
    ) -> str:
        trainer = Trainer(RunConfig().replace(**({} if "network" in settings else SMALL) | settings))
        observer = observe(trainer)
        while prepare and not observer.prepared:
            observer.prepare(0.1)
        store.create(id, owner, trainer.config, name=name, scene=observer.scene())
        part = RunBatch()
        while True:
            if trainer.steps in (changes or {}):
                trainer.apply(trainer.config.replace(**(changes or {})[trainer.steps]))
            if trainer.steps % measured_every == 0 or trainer.steps == steps:
                part.rows.append(replace(observer.measure(), d_updates=trainer.d_updates, seconds=trainer.steps / 100))
            if trainer.steps % every == 0 or trainer.steps == steps:
                part.keyframes.append((trainer.steps, encode(observer.picture())))
                part.checkpoints.append((trainer.steps, pack(trainer.state())))
            if trainer.steps == steps:
                break
            trainer.step()
        part.config, part.steps, part.status = trainer.config, trainer.steps, "paused"
        part.changes = tuple((step, dict(fields)) for step, fields in trainer.changes)
        batch = Batch()
        batch.runs[id] = part
        store.write(batch)
        return id

    return made
