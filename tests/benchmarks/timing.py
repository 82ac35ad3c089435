"""Ratios measured side by side: every contender in turn, several rounds, medians."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5
STEPS = 150
"""Steps in a round."""


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each contender. They take turns, so a slow moment of the machine hits all alike.

    Every contender runs once before the first counted round.
    """
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def repeated(step: Callable[[], object], times: int = STEPS) -> Callable[[], None]:
    def run() -> None:
        for _ in range(times):
            step()

    return run


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table in Markdown."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |", flush=True)
