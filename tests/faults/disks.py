"""A disk that is full, or read-only: runs train on, the page is told, and afterwards they are recorded again."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

from playground.engine.server import shared
from playground.runs.place import FOLDER_VARIABLE
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.store import RunStore
from tests.engine.running import quick, until
from tests.faults.outcome import Outcome
from tests.faults.pages import opened
from tests.faults.reference import FURTHER, came, check_checkpoints, newest, recording, rows_of

SIZE = "16m"
FREE = resource.RLIM_INFINITY


def full(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """Fill the disk again and again while the reference is recorded on it."""
    with small_disk(outcome) as (disk, mounted):
        with recording(outcome, disk / "runs", workers=1) as (engine, store, run):
            for _ in range(count):
                expect(outcome, "the reference is recorded", lambda: newest(store, run.id) > 0)
                before = rows_of(store, run.id)
                stood, had = run.steps, run.letters.posted
                fill(disk, mounted)
                expect(outcome, "the reason is told", lambda: "not being recorded" in str(run.letters.since(had)))  # noqa: B023
                until(engine, run, lambda: run.steps > stood + FURTHER)  # noqa: B023
                make_room(disk)
                stood = run.steps
                expect(outcome, "it is recorded again", lambda: newest(store, run.id) > stood)  # noqa: B023
                outcome.tried += 1
                all_there(outcome, store, run.id, before)


def expect(outcome: Outcome, what: str, condition: Callable[[], bool]) -> None:
    if not came(condition):
        outcome.broken.append(f"It did not come that {what}.")


def read_only(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """A server that starts on a read-only disk trains, says that it does not record, and what is there can be read."""
    with small_disk(outcome) as (disk, mounted):
        place = disk / "runs"
        os.environ[FOLDER_VARIABLE] = str(place)
        id = ""
        for _ in range(count):
            id = _further(id)
            with closing(RunStore(place, writable=False)) as store:
                before = rows_of(store, id)
            if not lock(disk, mounted):
                outcome.notes.append("Not tried: nothing can be mounted here, and for this user nothing is read-only.")
                return
            try:
                run = shared.engine().run(shared.engine().start("me", quick()), "me")
                shared.engine().play(run, True)
                until(shared.engine(), run, lambda: run.steps > FURTHER)  # noqa: B023
                if "can't be" not in shared.store_problem():
                    outcome.broken.append(f"The reason given is {shared.store_problem()!r}.")
                opened(outcome, "runs.py", {})
                with closing(RunStore(place, writable=False)) as store:
                    all_there(outcome, store, id, before)
            except StoreError as error:
                outcome.lost.append(f"What was recorded can't be read on a read-only disk: {error}")
            finally:
                shared.close()
                unlock(disk, mounted)
            outcome.tried += 1
            with closing(RunStore(place, writable=False)) as store:
                all_there(outcome, store, id, before)


def _further(id: str) -> str:
    """Let a run train a little and be recorded: a new one, or one that is there. Its id."""
    engine = shared.engine()
    run = engine.run(id or engine.start("me", quick()), "me")
    stood = run.steps
    engine.play(run, True)
    until(engine, run, lambda: run.steps > stood + FURTHER and run.record is not None)
    shared.close()
    return run.id


def lock(disk: Path, mounted: bool) -> bool:
    """Make the disk read-only, or all folders and files on it. Whether it is now."""
    if mounted:
        return not subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True).returncode
    for path in [*disk.rglob("*"), disk]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return not os.access(disk, os.W_OK)


def unlock(disk: Path, mounted: bool) -> None:
    if mounted:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        return
    for path in [disk, *disk.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def fill(disk: Path, mounted: bool) -> None:
    if not mounted:
        largest = max(path.stat().st_size for path in disk.rglob("*") if path.is_file())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, FREE))
        return
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def make_room(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FREE, FREE))


def all_there(outcome: Outcome, store: RunReader, id: str, before: dict[int, str]) -> None:
    """What was recorded can still be read, and everything that is listed."""
    after = rows_of(store, id)
    outcome.lost += [f"The row of step {step:,} is gone." for step in before if after.get(step) != before[step]]
    check_checkpoints(outcome, store, id)
    for step in store.keyframe_steps(id):
        store.keyframe(id, step)


@contextmanager
def small_disk(outcome: Outcome) -> Iterator[tuple[Path, bool]]:
    """A small disk of its own where one may be mounted, else a folder; and which."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", made]
        mounted = shutil.which("mount") is not None and not subprocess.run(mount, capture_output=True).returncode
        how = f"a tmpfs of {SIZE}" if mounted else "a folder: limits on the size of files and permissions stand for it"
        outcome.notes.append(f"The disk is {how}.")
        try:
            yield Path(made), mounted
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", made], check=True)
