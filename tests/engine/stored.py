"""A server's process of its own for tests that kill it: `python -m tests.engine.stored FOLDER [RUN]`.

It trains a run (a new one, or one that is recorded) and prints `run ID` and then, for every row, `row STEP SECONDS`.
"""

import sys
import threading
from pathlib import Path
from typing import Any

from playground.config import RunConfig
from playground.engine.server.engine import Engine
from playground.runs.store import RunStore

QUICK: dict[str, Any] = {
    "g_width": 8,
    "d_width": 8,
    "batch_size": 16,
    "jsd_samples": 500,
    "emd_samples": 50,
    "mode_samples": 100,
    "measure_every": 20,
}


def main() -> None:
    folder, *known = sys.argv[1:]
    engine = Engine(workers=1, store=RunStore(Path(folder)))
    run = engine.run(known[0] if known else engine.start("me", RunConfig(**QUICK)), "me")
    news = threading.Event()
    engine.watch(run, news.set)
    print("run", run.id, flush=True)
    engine.play(run, True)
    told = -1
    while True:
        news.wait()
        news.clear()
        with engine.lock:
            rows = [run.history.row(index) for index, step in enumerate(run.history.steps) if step > told]
        for row in rows:
            print("row", row.step, row.seconds, flush=True)
            told = row.step


if __name__ == "__main__":
    main()
