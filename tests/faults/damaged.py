"""Every file that is recorded, damaged in turn: what is wrong is told in a sentence, and all else is still there."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

from playground.engine.server import shared
from playground.engine.server.engine import Engine, EngineError
from playground.exports.kinds import EXPORTS, export
from playground.runs import inbox
from playground.runs.place import FOLDER_VARIABLE
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from tests.engine.running import quick, until
from tests.faults.damage import damaged
from tests.faults.outcome import Outcome
from tests.faults.pages import PAGES, opened
from tests.faults.reference import rows_of
from tests.runs.making import CONFIG, recorded

Spoil = Callable[[Path, Random], None]


def _folder(path: Path, _: Random) -> None:
    path.unlink()
    path.mkdir()


KINDS: dict[str, Spoil] = {
    "damaged": lambda path, rng: _put(path, damaged(path.read_bytes(), rng)),
    "damaged again": lambda path, rng: _put(path, damaged(path.read_bytes(), rng)),
    "cut off": lambda path, _: _put(path, path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path, _: _put(path, b""),
    "zeros": lambda path, _: _put(path, bytes(path.stat().st_size)),
    "a text": lambda path, _: _put(path, b"hello " * 1000),
    "gone": lambda path, _: path.unlink(),
    "a folder": _folder,
}


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def each_in_turn(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """So many in all, by turns of KINDS, to the files of a folder with a run and its fork, copied while it was open."""
    whole = folder / "whole"
    ids, before = _recorded(whole)
    files = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    outcome.notes.append(f"{len(files)} files: {', '.join(sorted({path.suffix or path.name for path in files}))}")
    for file in rng.sample(files, min(count, len(files))):
        for kind in rng.sample(sorted(KINDS), min(len(KINDS), max(1, count // len(files)))):
            place = folder / "spoilt"
            shutil.copytree(whole, place)
            KINDS[kind](place / file, rng)
            _looked_through(outcome, place, f"{file.suffix or file.name} {kind}", ids, before, file)
            shutil.rmtree(place)
            outcome.tried += 1


def _recorded(whole: Path) -> tuple[list[str], dict[str, dict[int, str]]]:
    """Two runs, with the log of a database that is open, and one of a command; ids and rows of the two."""
    original = whole.with_name("original")
    store = RunStore(original)
    engine = Engine(workers=1, store=store)
    try:
        first = engine.run(engine.start("me", quick()), "me")
        engine.play(first, True)
        until(engine, first, lambda: len(first.checkpoints) > 2)
        engine.play(first, False)
        until(engine, first, lambda: first.status == "paused" and first.checkpoints[-1] == first.steps)
        second = engine.run(engine.fork("me", first.id, first.checkpoints[-1], quick(k=2)), "me")
        engine.step(second, "both")
        until(engine, second, lambda: second.steps > first.steps and second.checkpoints[-1:] == (second.steps,))
        shutil.copytree(original, whole)
        with closing(RunStore(inbox.place(whole, "command"))) as small:
            small.create("command", "me", CONFIG)
            small.write(recorded("command", 0, 10, status="paused"))
    finally:
        engine.close()
        store.close()
    with closing(RunStore(whole, writable=False)) as reading:
        ids = [first.id, second.id]
        return ids, {id: rows_of(reading, id) for id in ids}


def _looked_through(
    outcome: Outcome, place: Path, what: str, ids: list[str], before: dict[str, dict[int, str]], file: Path
) -> None:
    """Open the folder as the app does, look at everything in it, and train each run on."""
    os.environ[FOLDER_VARIABLE] = str(place)
    in_database = file.name.startswith("runs.sqlite") and file.parent == Path()
    engine = shared.engine()
    try:
        store = engine.store
        if store is None:
            if not in_database and file.name != "lock":
                outcome.lost.append(f"{what}: no run can be opened. {shared.store_problem()}")
        else:
            for id in ids:
                try:
                    _read(store, id)
                except StoreError as error:
                    if file.parent.name != id and not in_database:
                        outcome.lost.append(f"{what}: another file can't be read: {error}")
                if not in_database and rows_of(store, id) != before[id]:
                    outcome.lost.append(f"{what}: rows of a run are gone.")
        for page in PAGES:
            opened(outcome, page, {"runs": ",".join(ids)} if page == "compare.py" else {"run": ids[0]})
        for id in ids:
            told = _trained(engine, id)
            if told and file.parent.name != id and not in_database and file.name != "lock":
                outcome.disturbed.append(f"{what}: another run can't train. {told}")
            if told and not told.endswith("."):
                outcome.broken.append(f"{what}: this is no sentence: {told!r}")
    except (StoreError, EngineError) as error:
        if not in_database:
            outcome.lost.append(f"{what}: {error}")
    except Exception as error:
        outcome.tracebacks.append(f"{what}: {type(error).__name__}: {error}")
    finally:
        try:
            shared.close()
        except Exception as error:
            outcome.tracebacks.append(f"{what}: the server's end: {type(error).__name__}: {error}")


def _read(store: RunReader, id: str) -> None:
    """All that is kept of a run, in every way out. Raises StoreError for the first that can't be read, at the end."""
    offered = [kind for kind, row in EXPORTS.items() if row.offered(store.record(id))]
    ways: list[Callable[[], object]] = [partial(store.columns, id), partial(store.film, id)]
    ways += [partial(store.keyframe, id, step) for step in store.keyframe_steps(id)]
    ways += [partial(store.checkpoint, id, step) for step in store.checkpoint_steps(id)]
    ways += [partial(export, store, id, kind) for kind in offered]
    problems = []
    for way in ways:
        try:
            way()
        except StoreError as error:
            problems.append(error)
    if problems:
        raise problems[0]


def _trained(engine: Engine, id: str) -> str:
    """Train the run a little further. Why that can't be, or ""."""
    try:
        run = engine.run(id, "me")
        stood = run.steps
        engine.play(run, True)
        until(engine, run, lambda: run.steps > stood or run.status == "failed")
        engine.play(run, False)
        return run.message if run.status == "failed" else ""
    except EngineError as error:
        return str(error)
