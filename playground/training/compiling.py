"""When a run's step is compiled, and the process that does it: `python -m playground.training.compiling`.

It is a process of its own, at the lowest priority where nobody waits for it, and one at a time on a machine.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import torch

from playground import config as settings
from playground.lock import FolderLock
from playground.training import learners, library, products
from playground.training.learner import Learner
from playground.training.library import CODE, PLAN, WHY

ASKED_AT = 1000
"""The step at which a run asks for its compiled step: most that are started are not trained for so long."""
EVERY, FIRST = 1000, 2000
"""A run goes over to its compiled step at a multiple of the first, from the second on. At a round step, so that runs
with the same settings and seed do so together and stay the same, wherever the step has been compiled before."""
WORTH = 10_000
"""Steps from which on a command waits for its compiled step at FIRST: so what it trains does not depend on how long
the compiler takes."""
KEPT = 64
"""Compiled steps that stay on the disk, the last used ones; each takes 2 MB."""
LOCK = "lock"
"""A file that whoever compiles holds."""
TRIED, NEAR = 5, 0.02
"""Steps that compiled code makes beside the step itself before it is kept, and how near both have to end."""
LONGEST = 1800.0
"""Seconds after which the compiler is ended."""


@dataclass(frozen=True)
class Request:
    """A step to compile: settings, the kind of device, and where image files are looked for first. awaited: somebody
    does nothing else meanwhile."""

    key: str
    config: settings.RunConfig
    device: str
    folder: Path | None
    awaited: bool = False

    def plain(self) -> str:
        """For a pipe."""
        where = None if self.folder is None else str(self.folder)
        return json.dumps([self.key, self.config.model_dump(), self.device, where, self.awaited])

    @classmethod
    def read(cls, plain: str) -> "Request":
        """What `plain` was made of."""
        key, values, device, where, awaited = json.loads(plain)
        return cls(key, settings.read(values), device, None if where is None else Path(where), awaited)


class Compiler:
    """Sees to it that one run goes over to its compiled step. Ask `look` before each step."""

    def __init__(self, learner: Learner, folder: Path | None = None, wait: bool = False) -> None:
        """folder: where image files are looked for first. wait: at FIRST until the compiler is done."""
        self._learner = learner
        self._folder = folder
        self._wait = wait
        self._asked: tuple[str, subprocess.Popen[str]] | None = None

    @property
    def waits(self) -> bool:
        """Whether `look` is going to wait for the compiler."""
        due = self._wait and self._learner.steps >= FIRST and self._learner.steps % EVERY == 0
        return due and self._asked is not None and self._asked[1].poll() is None

    def look(self) -> bool:
        """Whether it goes over now. It asks for its step at ASKED_AT; a fork goes over where its parent did."""
        learner = self._learner
        if learner.ahead:
            return self._follow()
        if learner.steps % EVERY or learner.steps < ASKED_AT or learner.compiled or not library.on():
            return False
        if learner.steps >= FIRST:
            if self._wait and self._asked:
                self._asked[1].wait()
            found = library.find(learner)
            if found:
                learner.go(found)
                return True
        self.ask()
        return False

    def _follow(self) -> bool:
        learner = self._learner
        step, key = learner.ahead[0]
        if learner.steps < step:
            return False
        del learner.ahead[0]
        before = learner.way
        learner.go(library.find(learner, key) if key else None)
        return learner.way != before

    def ask(self) -> None:
        """Have the run's step compiled, unless it is there, or can't be, or another one is being compiled."""
        learner = self._learner
        if not library.on() or not compiler_there() or (busy() and not self._wait):
            return
        key, config = library.key_of(learner), library.same_step(learner)
        if not key or config is None or library.failed(key) or (library.folder() / key / CODE).exists():
            return
        if self._asked and (self._asked[0] == key or self._asked[1].poll() is None):
            return
        self._asked = key, start(Request(key, config, learner.device.type, self._folder, self._wait))


def compiler_there() -> bool:
    """Whether this machine has a C++ compiler."""
    return shutil.which(os.environ.get("CXX") or ("clang++" if sys.platform == "darwin" else "g++")) is not None


def busy() -> bool:
    """Whether a step is being compiled on this machine."""
    try:
        FolderLock(library.folder() / LOCK).release()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def start(request: Request) -> subprocess.Popen[str]:
    """A process that carries a request out. Raises nothing: a process that fails leaves no step."""
    command = [sys.executable, "-m", __spec__.name]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, text=True)
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(request.plain())
        process.stdin.close()
    return process


def compiled(make: Callable[[], Learner], place: Path) -> None:
    """Compile the step of a learner that is made for it into a folder. Raises whatever a compiler may, and ValueError
    where the code does not do what the step does."""
    from torch._inductor import aoti_compile_and_package, config

    from playground.training.tracing import traced

    found = traced(make())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler's own sources
        program = torch.export.export(found.graph, found.examples, strict=False)
        # Its headers in a form that is read quickly would be made in many seconds and stay on the disk, 300 MB of them.
        with products.compiled(), config.patch({"aot_inductor.precompile_headers": False}):
            aoti_compile_and_package(program, package_path=str(place / CODE))
    (place / PLAN).write_text(json.dumps(found.plan.plain()))
    pair = [make(), make()]
    for learner in pair:
        learner.move()
    step = library.step_in(place, pair[1])
    for _ in range(TRIED):
        pair[0].move()
        step()
    for name, loss in pair[0].losses.items():
        if not torch.allclose(pair[1].losses[name], loss, rtol=NEAR, atol=NEAR, equal_nan=True):
            raise ValueError(f"{name} is {pair[1].losses[name].tolist()}, and should be {loss.tolist()}")


def keep(key: str, make: Callable[[], Learner]) -> None:
    """Put the compiled step of a learner that is made for it into the library, unless it is there; what fails leaves a
    note why."""
    target = library.folder() / key
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent / LOCK):
        if (target / CODE).exists() or library.failed(key):
            return
        target.mkdir(exist_ok=True)
        (target / WHY).write_text("It did not end.\n")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as made:
            place = Path(made) / "step"
            place.mkdir()
            try:
                with patch.dict(os.environ, {"TORCHINDUCTOR_CACHE_DIR": str(Path(made) / "work")}):  # it goes with it
                    compiled(make, place)
            except Exception as error:  # the process's edge: whatever a compiler may raise
                shutil.rmtree(place)
                place.mkdir()
                (place / WHY).write_text(f"{type(error).__name__}: {error}\n")
            shutil.rmtree(target, ignore_errors=True)
            place.rename(target)
        _thin(target.parent)


def _thin(where: Path) -> None:
    """Remove all but the steps used last, and what was being made by a process that was killed."""
    places = sorted((place for place in where.iterdir() if place.is_dir()), key=lambda place: -place.stat().st_mtime)
    for place in places[KEPT:] + [place for place in places if place.name.startswith("making-")]:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process of this machine is here at a time; the others wait."""
    while True:
        try:
            lock = FolderLock(path)
            break
        except OSError:
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.release()


def main() -> None:
    """Carry out the request on standard input."""
    request = Request.read(sys.stdin.read())
    if not request.awaited:
        with contextlib.suppress(AttributeError, OSError):
            os.nice(19)
    with contextlib.suppress(AttributeError, ValueError):
        import signal

        signal.alarm(round(LONGEST))
    torch.set_num_threads(1)
    keep(request.key, lambda: learners.fresh(request.config, request.device, request.folder))


if __name__ == "__main__":
    main()
