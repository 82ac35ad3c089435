"""The commands that train the page's sweeps: each a process of its own, which ends with the one that started it."""

import subprocess
from pathlib import Path

from playground.engine.server.worker_process import started
from playground.sweeps.axis import SweepError
from playground.sweeps.folder import SweepFolder
from playground.sweeps.sweep import Sweep


class Processes:
    """Starts and stops them. Nothing is lost by stopping: what has ended stays, and `go_on` trains the rest."""

    def __init__(self) -> None:
        self._running: dict[Path, subprocess.Popen[bytes]] = {}

    def begin(self, folder: Path, sweep: Sweep) -> None:
        """Make the sweep's folder and train it. Raises SweepError."""
        with SweepFolder(folder, sweep, resume=False):
            pass
        self.go_on(folder)

    def go_on(self, folder: Path) -> None:
        """Train what a sweep lacks. Raises SweepError where that is being done already."""
        if self.runs(folder):
            raise SweepError("This sweep is being trained already.")
        arguments = ["sweep", "--out", str(folder), "--resume", "--tied", "--yes"]
        self._running[folder] = started("playground", *arguments, stdout=subprocess.DEVNULL)

    def runs(self, folder: Path) -> bool:
        """Whether a process of ours trains it."""
        process = self._running.get(folder)
        return process is not None and process.poll() is None

    def stop(self, folder: Path) -> None:
        """End it; cells that are under way are trained again when it goes on."""
        process = self._running.pop(folder, None)
        if process is not None:
            _end(process)

    def close(self) -> None:
        """End all of them."""
        for folder in [*self._running]:
            self.stop(folder)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Its standard input is closed, so it ends by itself; it is killed where it does not."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
