"""Every attempt to break the app, one row each, and how one is made in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from tests.faults import addresses, cookies, damaged, disks, forks, formulas, kills, memory, messages, sessions, uploads
from tests.faults.outcome import Outcome

Make = Callable[[Outcome, Path, Random, int], None]
"""(what comes of it, a folder of its own, its seed, how many) -> when it has been made."""
LIMIT_S = 300.0
"""Seconds after which the short form of an attempt counts as one that hangs; the full form has six times as long."""


@dataclass(frozen=True)
class Attempt:
    """A row. full, short: how many, of what `what` says. browser: it needs Chromium."""

    what: str
    make: Make
    full: int
    short: int
    browser: bool = False


ATTEMPTS: dict[str, Attempt] = {
    "addresses": Attempt("mutated addresses and query strings", addresses.without_a_browser, 1960, 40),
    "chromium": Attempt("mutated addresses in Chromium", addresses.in_chromium, 40, 4, browser=True),
    "messages": Attempt("messages over the WebSocket", messages.everything, 10_000, 400),
    "uploads": Attempt("damaged uploads, of each kind", uploads.every_kind, 500, 8),
    "formulas": Attempt("formulas that nobody means", formulas.every_formula, 20_000, 1000),
    "damaged": Attempt("damages to recorded files", damaged.each_in_turn, 100, 2),
    "full_disk": Attempt("times the disk was full", disks.full, 5, 1),
    "read_only_disk": Attempt("times the disk was read-only", disks.read_only, 5, 1),
    "killed_worker": Attempt("kill -9 of a worker that records", kills.worker, 20, 1),
    "killed_server": Attempt("kill -9 of a server that records", kills.server, 20, 1),
    "sessions": Attempt("seconds with 30 sessions", sessions.thirty, 120, 4),
    "cookies": Attempt("another browser's cookie on every route", cookies.every_route, 20, 1),
    "memory": Attempt("changes of settings and pages, for minutes", memory.flat, 600, 10, browser=True),
    "forks": Attempt("forks of 1 MB while others train", forks.many, 400, 6),
}


def tried(name: str, short: bool) -> Outcome:
    """What comes of an attempt in a new process with a data folder of its own; all that it starts ends with it.

    Whatever one of its processes writes to standard error is looked through for tracebacks.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        places = {f"GAN_PLAYGROUND_{each}": str(folder / each.lower()) for each in ("RUNS", "POINTS", "CACHE")}
        places["STREAMLIT_LOGGER_LEVEL"] = "error"  # a page without a browser warns of it again and again
        attempt = ATTEMPTS[name]
        count, limit = (attempt.short, LIMIT_S) if short else (attempt.full, 6 * LIMIT_S)
        command = [sys.executable, "-m", "tests.faults", "--here", name, str(count), made]
        with (folder / "stdout").open("w+") as out, (folder / "stderr").open("w+", errors="replace") as errors:
            process = subprocess.Popen(
                command, stdout=out, stderr=errors, env=os.environ | places, start_new_session=True
            )
            late = ""
            try:
                process.wait(limit)
            except subprocess.TimeoutExpired:
                late = f"Nothing came of it within {limit:.0f} s: something hangs."
            finally:
                ended(process.pid)
                process.wait()
            out.seek(0)
            errors.seek(0)
            lines, complaints = out.read().splitlines(), errors.read()
        outcome = Outcome(**json.loads(lines[-1])) if process.returncode == 0 and lines else Outcome()
        outcome.judge("standard error", complaints)
        if late or process.returncode:
            outcome.broken.append(late or f"The attempt itself ended: {complaints.strip().splitlines()[-1:]}")
        if outcome.tracebacks:
            print(complaints, file=sys.stderr)
        return outcome


def ended(group: int) -> None:
    """Kill what is left of a group of processes that was started here."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def here(name: str, count: int, folder: Path) -> None:
    """Make an attempt in this process, and print what came of it."""
    outcome = Outcome()
    try:
        ATTEMPTS[name].make(outcome, folder, Random(name), count)
    except AssertionError as error:  # something did not come that was waited for
        outcome.broken.append(f"After {outcome.tried:,} it did not go on: {error}")
    print(json.dumps(asdict(outcome)), flush=True)
