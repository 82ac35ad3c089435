"""Runs that come back from the store, and new ones that begin where a recorded one stood."""

import secrets

from playground.checkpoint_file import CheckpointError, read, read_header, write
from playground.config import Difference, RunConfig, difference
from playground.engine.messages import Film
from playground.engine.server.history import History
from playground.engine.server.limits import EngineError, is_room
from playground.engine.server.locks import unlocked
from playground.engine.server.run import Run
from playground.runs.reader import RunReader
from playground.runs.record import Batch, Changes, Record, RunBatch, StoreError
from playground.runs.store import RunStore

NONE_SUCH = "There is no such run in this browser session."
INTERRUPTED = "Interrupted at step {step:,}: press Play to go on."


def new_id() -> str:
    """A name for a run that nobody can guess."""
    return secrets.token_urlsafe(16)


def owned_by(owner: str, other: str) -> bool:
    """Whether these two names are one owner's. Two empty names are not: nobody owns such a run."""
    return owner != "" and secrets.compare_digest(owner.encode(), other.encode())


def from_store(store: RunStore, run_id: str, owner: str) -> Run:
    """A recorded run as it can go on: at its newest checkpoint, paused, in no worker. Raises EngineError.

    A run without an owner, from the command line, belongs to the first browser that opens it; in a room to nobody.
    """
    record = _record(store, run_id)
    try:
        if not record.owner:
            adopt(store, run_id, owner)
    except StoreError as error:
        raise EngineError(str(error)) from None
    return as_recorded(store, run_id, owner)


def adopt(store: RunStore, run_id: str, owner: str) -> None:
    """A run without an owner, from the command line, is whose who first does something with it; in a room nobody's."""
    if owner and store.writable and not is_room():
        store.adopt(run_id, owner)


def as_recorded(store: RunReader, run_id: str, owner: str = "") -> Run:
    """The same, as it is: nobody becomes its owner. Raises EngineError."""
    assert unlocked()
    record = _record(store, run_id)
    try:
        checkpoints, keyframes = store.checkpoint_steps(run_id), store.keyframe_steps(run_id)
        stands = checkpoints[-1] if checkpoints else 0
        history = History.of(store.columns(run_id))
        frame = store.keyframe(run_id, stands)[1] if keyframes else None
        film = [Film(run_id, each.epoch, each.step, each.images) for each in store.film(run_id) if each.step <= stands]
        compiled = store.compiled_since(run_id)
        scene, floors, config = store.scene(run_id), dict(store.floors(run_id)), record.config
    except StoreError as error:
        raise EngineError(str(error)) from None
    history.take_back(stands)
    history.rewinds = 0
    return Run(
        run_id,
        record.owner,
        config,
        config,
        worker=-1,
        status="diverged" if record.status == "diverged" else "paused",
        message=INTERRUPTED.format(step=stands) if record.status == "interrupted" else record.message,
        steps=stands,
        changes=record.changes,
        diverged=(None,) * config.seeds,
        compiled=compiled,
        scene=scene,
        generation=1,
        history=history,
        floors=floors,
        frame=frame,
        version=0 if frame is None else 1,
        film=film,
        begun=True,
        hosted=False,
        unread=True,
        mine=owned_by(record.owner, owner),
        record=record,
        keyframes=tuple(keyframes),
        checkpoints=tuple(checkpoints),
    )


def newest_checkpoint(store: RunStore, run_id: str) -> tuple[int, bytes] | None:
    """What a run goes on from, with its step; None if it left nothing. Raises EngineError if it can't be read."""
    assert unlocked()
    try:
        steps = store.checkpoint_steps(run_id)
        return (steps[-1], store.checkpoint(run_id, steps[-1])) if steps else None
    except StoreError as error:
        raise EngineError(str(error)) from None


def fork(store: RunStore, owner: str, source_id: str, step: int, config: RunConfig | None) -> str:
    """Record a run that goes on from a checkpoint of another one. Its settings: as they were there, unless given.

    Returns its id. Raises EngineError where there is no checkpoint at exactly this step, and where a setting differs
    that can't change without a restart.
    """
    assert unlocked()
    source = _record(store, source_id)
    try:
        checkpoints = store.checkpoint_steps(source_id)
        if step not in checkpoints:
            near = f"the nearest are at {nearest(checkpoints, step)}" if checkpoints else "there is none at all"
            raise EngineError(f"Step {step:,} of this run has no checkpoint to fork from; {near}.")
        before = config_at(source.start_config, source.changes, step)
        config = config or before
        changed = difference(before, config)
        if changed.fixed:
            raise EngineError(
                f"{', '.join(changed.fixed)} can't change in a fork, which goes on with the same networks and data: "
                "start from step 0 with the same seed instead."
            )
        child = new_id()
        scene = store.scene(source_id)
        store.create(child, owner, config, parent=source_id, parent_step=step, relation="fork", scene=scene)
        store.write(Batch({child: _inherited(store, source, step, config, changed)}))
    except StoreError as error:
        raise EngineError(str(error)) from None
    return child


def config_at(start: RunConfig, changes: Changes, step: int) -> RunConfig:
    """The settings with which a run's checkpoint at this step was made: as it started, with the live changes since."""
    return start.replace(**{name: after for at, fields in changes if at <= step for name, (_, after) in fields.items()})


def nearest(steps: list[int], step: int) -> str:
    """The steps around one, in words."""
    below = [each for each in steps if each < step][-1:]
    above = [each for each in steps if each > step][:1]
    return " and ".join(f"step {each:,}" for each in below + above)


def _inherited(store: RunStore, source: Record, step: int, config: RunConfig, changed: Difference) -> RunBatch:
    """What a fork begins with: the parent's state at that step, and what it looked like."""
    changes = tuple(change for change in source.changes if change[0] <= step)
    frame = store.keyframe(source.id, step)
    return RunBatch(
        status="paused",
        message="",
        steps=step,
        config=config,
        changes=(*changes, (step, changed.pairs)) if changed else changes,
        floors=store.floors(source.id),
        rows=[row for row in store.rows(source.id, step - 1) if row.step == step],
        keyframes=[frame] if frame[0] == step else [],
        checkpoints=[(step, beginning(store, source.id, step))],
        film=[each for each in store.film(source.id) if each.step <= step],
    )


def beginning(store: RunStore, source: str, step: int) -> bytes:
    """The checkpoint of a run at a step, told at which later steps that run trained another way: a fork does so too."""
    data = store.checkpoint(source, step)
    try:
        newest, _ = read_header(store.checkpoint(source, store.checkpoint_steps(source)[-1]))
        ahead = [way for way in newest.get("ways", []) if way[0] > step]
        if not ahead:
            return data
        plain, tensors = read(data)
    except CheckpointError:
        return data  # whoever opens it says what is wrong with it
    return write(plain | {"ahead": ahead}, tensors)


def _record(store: RunReader, run_id: str) -> Record:
    try:
        record = store.record(run_id)
    except StoreError:
        raise EngineError(NONE_SUCH) from None
    if record.deleted:
        raise EngineError(NONE_SUCH)
    if record.problem:
        raise EngineError(record.problem)
    return record
