"""Sweeps: the executors against processes driven by hand, and a live page beside one. A part of it trains by itself."""

import pickle  # noqa: TID251  (between a process and its own child)
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from playground.engine.server.worker_process import started
from playground.engine.worker.entering import enter
from playground.sweeps.axis import read_axis
from playground.sweeps.driver import drive
from playground.sweeps.executors import Executor, executor
from playground.sweeps.folder import SweepFolder, parcel
from playground.sweeps.processes import Processes
from playground.sweeps.sweep import Sweep
from playground.sweeps.task import perform
from tests.benchmarks.many_cells import MANY
from tests.benchmarks.page import SECONDS as WATCHED
from tests.benchmarks.page import chromium, counts, open_page
from tests.benchmarks.timing import ROUNDS, table
from tests.browser.serving import press, running_app, wait_for_stage

TIMES = 3
"""Rounds of a sweep of a minute."""
WORKERS = 2
SMALL = {"g_width": 16, "d_width": 16}
SWEEP = Sweep((read_axis("k=1,2,3,4"), read_axis("lr_d=1e-4..1e-2:log:6")), SMALL, seeds=4, steps=1000)
BOARD = "canvas.gps-board"
LONG = Sweep((read_axis("k=1,2,3,4"), read_axis("lr_d=1e-4..1e-2:log:6")), SMALL, seeds=4, steps=100_000)


def sweeps() -> None:
    """All of it."""
    table("Sweeps", ["what", "value", "aim"], [*executors(), beside_a_page(), *many_cells()])


def executors() -> list[list[str]]:
    """A sweep by the local pool and by Ray against two processes that have half of the cells each, in turn."""
    cells = f"{len(SWEEP.cells)} cells × {SWEEP.seeds} seeds × {SWEEP.steps:,} steps"
    contenders: dict[str, Callable[[], float]] = {"hand": by_hand, "local": lambda: driven(executor("local", WORKERS))}
    if find_spec("ray"):
        contenders["ray"] = on_a_cluster
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(TIMES):
        for name, run in contenders.items():
            seconds[name].append(run())
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    rows = [
        [f"two processes by hand, {cells}", f"{middle['hand']:.1f} s", ""],
        ["… the local pool, as fast as that", _ratio(seconds["hand"], seconds["local"]), "≥ 0.95"],
    ]
    if "ray" in seconds:
        return [
            *rows,
            ["… Ray without its start, as fast as the pool", _ratio(seconds["local"], seconds["ray"]), "≥ 0.9"],
        ]
    return [*rows, ["… Ray", "not installed", "≥ 0.9"]]


def _ratio(base: list[float], other: list[float]) -> str:
    """Of each round by itself, since the machine may be slower in another."""
    return f"{statistics.median(a / b for a, b in zip(base, other, strict=True)):.2f}"


def by_hand() -> float:
    """Seconds of two processes that train every other cell, started and all."""
    start = time.perf_counter()
    processes = [started("tests.benchmarks.sweeps", str(place), stdout=subprocess.DEVNULL) for place in range(WORKERS)]
    assert [process.wait() for process in processes] == [0] * WORKERS
    return time.perf_counter() - start


def driven(who: Executor) -> float:
    """Seconds of the sweep by an executor, in a folder."""
    place = Path(mkdtemp())
    start = time.perf_counter()
    with SweepFolder(place / "sweep", SWEEP, resume=False) as folder:
        end = drive(folder, who)
    seconds = time.perf_counter() - start
    assert end.ended == len(SWEEP.cells) and all(parcel(place / "sweep", cell.index).exists() for cell in SWEEP.cells)
    shutil.rmtree(place)
    return seconds


def on_a_cluster() -> float:
    """Seconds of the sweep on a Ray cluster of this machine that runs already."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": WORKERS, "object_store_memory": 200 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    try:
        return driven(executor("ray", address=cluster.address))
    finally:
        cluster.shutdown()


def beside_a_page() -> list[str]:
    """Pictures per second of a run at the defaults on a page, while this machine trains a sweep as that page would."""
    rates, processes, place = [], Processes(), Path(mkdtemp())
    with running_app() as (address, server), chromium() as browser:
        page = open_page(browser, address)
        press(page, "play")
        wait_for_stage(page, "Number(s.step) > 200")
        processes.begin(place / "sweep", LONG)
        try:
            time.sleep(WATCHED)  # until its processes have started
            for _ in range(ROUNDS):
                drawn, _, _, start = counts(page, server)
                time.sleep(WATCHED)
                drawn_after, _, _, end = counts(page, server)
                rates.append((drawn_after - drawn) / (end - start))
            assert processes.runs(place / "sweep")
        finally:
            processes.close()
            shutil.rmtree(place)
        page.context.close()
    return ["pictures drawn per second on a page beside a local sweep", f"{statistics.median(rates):.0f}", "≥ 25"]


def many_cells() -> list[list[str]]:
    """A sweep of 10,000 cells that end at once: the driver's memory, and the page that shows them."""
    place = Path(mkdtemp())
    driver = started("tests.benchmarks.many_cells", str(place / "many"), stdout=subprocess.PIPE)
    told, _ = driver.communicate()
    opening: list[float] = []
    again: list[float] = []
    small: list[float] = []
    pointing: list[float] = []
    settings = {"GAN_PLAYGROUND_SWEEPS": str(place)}
    with running_app(settings=settings) as (address, _), chromium() as browser:
        open_page(browser, address).context.close()  # the server's first page loads everything
        for _ in range(ROUNDS):
            page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
            for seconds, name in ((opening, "many"), (small, "1-lr-d-and-k"), (again, "many")):
                start = time.perf_counter()
                page.goto(f"{address}/sweeps?sweep={name}")
                page.wait_for_selector(BOARD)
                seconds.append(time.perf_counter() - start)
            box = page.locator(BOARD).first.bounding_box()
            assert box is not None
            start = time.perf_counter()
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            pointing.append(time.perf_counter() - start)
            page.context.close()
    shutil.rmtree(place)
    return [
        [f"{len(MANY.cells):,} cells that end at once: the driver's memory", f"{int(told)} MB", "< 500 MB"],
        ["… the page, from its address to the map", f"{statistics.median(again):.2f} s", "< 1 s"],
        ["… of a sweep of 36 cells", f"{statistics.median(small):.2f} s", ""],
        ["… in a browser that has never been here", f"{statistics.median(opening):.2f} s", ""],
        ["… pointing at a cell to the second repainting", f"{1000 * statistics.median(pointing):.0f} ms", "at once"],
    ]


if __name__ == "__main__":
    enter()
    for cell in SWEEP.cells[int(sys.argv[1]) :: WORKERS]:
        assert len(pickle.dumps(perform(cell))) > 10_000
