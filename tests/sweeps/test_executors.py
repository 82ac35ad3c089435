"""Every cell once and none lost, whatever is killed meanwhile."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from playground.sweeps.axis import SweepError
from playground.sweeps.cell import Done, Outcome
from playground.sweeps.driver import drive
from playground.sweeps.executors import EXECUTORS, TRIES, Executor, executor
from playground.sweeps.executors.local import LocalPool
from playground.sweeps.folder import SweepFolder, parcel, read_cells
from playground.sweeps.sweep import Sweep
from tests.sweeps.cells import tiny

RAY = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: requirements-ray.txt has it")
pytestmark = pytest.mark.slow
PATIENCE = 120.0


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def whole(folder: Path, sweep: Sweep) -> bool:
    """Every cell of the sweep is in the folder once, with its parcel."""
    lines = [json.loads(line) for line in (folder / "cells.jsonl").read_text().splitlines()]
    there = [line["index"] for line in lines if "failed" not in line]
    assert len(there) == len(set(there))
    return sorted(there) == [cell.index for cell in sweep.cells] and all(parcel(folder, one).exists() for one in there)


def test_a_killed_process_costs_no_cell_and_the_others_go_on() -> None:
    sweep, pool = tiny(rates=4, steps=200), LocalPool(2)
    outcomes: list[Outcome] = []
    for outcome in pool.run(sweep.cells, lambda: False):
        outcomes.append(outcome)
        if len(outcomes) in (1, 4):
            os.kill(pool.pids[0], signal.SIGKILL)
    assert sorted(each.index for each in outcomes) == [cell.index for cell in sweep.cells]
    assert all(isinstance(each, Done) for each in outcomes)
    assert pool.pids == []


def test_a_cell_whose_process_dies_every_time_fails_alone() -> None:
    pool, killed = LocalPool(1), 0
    over = threading.Event()

    def kill() -> None:
        nonlocal killed
        while not over.wait(0.01):
            for pid in pool.pids:
                with contextlib.suppress(psutil.Error):
                    psutil.Process(pid).kill()
                    killed += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        (outcome,) = pool.run(tiny().cells[:1], lambda: False)
    finally:
        over.set()
        thread.join()
    assert not isinstance(outcome, Done) and f"{TRIES} times" in outcome.reason
    assert killed >= TRIES


def test_what_is_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    sweep = tiny(rates=2, steps=100)
    with SweepFolder(tmp_path, sweep, resume=False) as folder:
        drive(folder, LocalPool(1), stopped=lambda: len(folder.ended) >= 2)
        before = sorted(folder.ended)
    assert len(before) == 2
    with SweepFolder(tmp_path, None, resume=True) as folder:
        drive(folder, LocalPool(1))
    assert [line["index"] for line in read_cells(tmp_path)][:2] == before
    assert whole(tmp_path, sweep)


def command(folder: Path, kind: str) -> list[str]:
    axes = ["--grid", "k=1,2", "--grid", "lr_d=1e-4..1e-2:log:3"]
    sizes = [word for name in ("g_width", "d_width") for word in ("--set", f"{name}=4")]
    made = [*axes, *sizes, "--seeds", "2", "--steps", "400", "--workers", "2", "--executor", kind]
    return [sys.executable, "-m", "playground", "sweep", "--out", str(folder), *made, "--json"]


@pytest.mark.parametrize("kind", ["local", pytest.param("ray", marks=RAY)])
def test_a_killed_driver_is_followed_by_one_that_goes_on(tmp_path: Path, kind: str) -> None:
    first = subprocess.Popen(command(tmp_path, kind), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    children = psutil.Process(first.pid)
    until(lambda: (tmp_path / "cells.jsonl").exists() and (tmp_path / "cells.jsonl").read_bytes().count(b"\n") >= 2)
    started = children.children(recursive=True)
    first.kill()
    first.communicate()
    had = [line["index"] for line in read_cells(tmp_path)]
    assert len(had) < 6
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in started))
    again = subprocess.run([*command(tmp_path, kind), "--resume"], capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout.splitlines()[-1])
    assert [line["index"] for line in read_cells(tmp_path)][: len(had)] == had
    assert len(told["cells"]) == 6 and told["executor"] == kind
    assert all(len(values) == 2 for cell in told["cells"] for values in cell["metrics"].values())
    assert {parcel(tmp_path, index).exists() for index in range(6)} == {True}


@RAY
def test_a_node_that_is_removed_costs_no_cell(tmp_path: Path) -> None:
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=small)
    node = cluster.add_node(num_cpus=1, object_store_memory=80 * 2**20)
    sweep = tiny(rates=4, steps=500)
    removed = False
    try:
        with SweepFolder(tmp_path, sweep, resume=False) as folder:

            def show(*_: object) -> None:
                nonlocal removed
                if len(folder.ended) >= 2 and not removed:
                    cluster.remove_node(node, allow_graceful=False)
                    removed = True

            drive(folder, executor("ray", address=cluster.address), show=show)
    finally:
        cluster.shutdown()
    assert removed and whole(tmp_path, sweep)


def test_executors_that_cannot_be() -> None:
    with pytest.raises(SweepError, match="executor must be one of local, ray"):
        executor("slurm")
    with pytest.raises(SweepError, match="--address"):
        executor("local", address="10.0.0.1:6379")


@RAY
@pytest.mark.parametrize("address, said", [("127.0.0.1:1", "can't be reached"), ("mycluster", "HOST:PORT")])
def test_a_cluster_that_cannot_be_reached_is_said_in_a_sentence(address: str, said: str) -> None:
    ray: Executor = executor("ray", address=address)
    with pytest.raises(SweepError, match=said):
        next(iter(ray.run(tiny().cells, lambda: False)))


def test_every_executor_has_its_words() -> None:
    assert all(kind.label for kind in EXECUTORS.values())
