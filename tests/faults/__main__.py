"""`make fault`: every attempt, or those named: python -m tests.faults messages forks [--short]."""

import argparse
import sys
import time
from pathlib import Path

from tests.benchmarks.timing import table
from tests.faults.attempts import ATTEMPTS, here, tried
from tests.faults.outcome import HEADER


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ATTEMPTS)}; all if none is named")
    parser.add_argument("--short", action="store_true", help="a small share of each")
    parser.add_argument("--here", nargs=3, metavar=("NAME", "COUNT", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        name, count, folder = asked.here
        here(name, int(count), Path(folder))
        return
    if unknown := set(asked.names) - set(ATTEMPTS):
        parser.error(f"there is no attempt {', '.join(sorted(unknown))}")
    outcomes = {}
    for name in asked.names or ATTEMPTS:
        began = time.monotonic()
        outcomes[name] = tried(name, asked.short)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    table("Attempts to break the app", HEADER, [each.row(ATTEMPTS[name].what) for name, each in outcomes.items()])
    for name, outcome in outcomes.items():
        for line in outcome.told():
            print(f"{name}: {line}")
    sys.exit(any(outcome.problems for outcome in outcomes.values()))


if __name__ == "__main__":
    main()
