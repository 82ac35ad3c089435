"""Every cell once and none lost, whatever is killed meanwhile."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from playground.sweeps.axis import SweepError
from playground.sweeps.cell import Done, Outcome
from playground.sweeps.driver import drive
from playground.sweeps.executors import EXECUTORS, TRIES, Executor, executor
from playground.sweeps.executors.local import LocalPool
from playground.sweeps.folder import SweepFolder, parcel, read_cells
from playground.sweeps.sweep import Sweep
from playground.sweeps.task import Failed
from tests.sweeps.cells import TINY, Here, tiny

RAY = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: requirements-ray.txt has it")
pytestmark = pytest.mark.slow
PATIENCE = 120.0
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


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
        if len(outcomes) == 1:
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
    sweep = tiny(rates=2)
    with SweepFolder(tmp_path, sweep, resume=False) as folder:
        drive(folder, Here(), stopped=lambda: len(folder.ended) >= 2)
        before = sorted(folder.ended)
    assert len(before) == 2
    with SweepFolder(tmp_path, None, resume=True) as folder:
        drive(folder, Here())
    assert [line["index"] for line in read_cells(tmp_path)][:2] == before
    assert whole(tmp_path, sweep)


def command(folder: Path, kind: str, *more: str) -> list[str]:
    axes = ["--grid", "k=1,2", "--grid", "lr_d=1e-4..1e-2:log:3"]
    sizes = [word for name, value in TINY.items() for word in ("--set", f"{name}={value}")]
    made = [*axes, *sizes, "--seeds", "2", "--steps", "400", "--executor", kind, *more]
    return [sys.executable, "-m", "playground", "sweep", "--out", str(folder), *made, "--json"]


@pytest.mark.parametrize("kind", ["local", pytest.param("ray", marks=RAY)])
def test_a_killed_driver_is_followed_by_one_that_goes_on(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """With Ray the first trains in a cluster that runs already, the other one in its own."""
    there = ["--address", request.getfixturevalue("cluster").address] if kind == "ray" else ["--workers", "1"]
    first = subprocess.Popen(command(tmp_path, kind, *there), stdout=subprocess.DEVNULL)
    until(lambda: (tmp_path / "cells.jsonl").exists() and b"\n" in (tmp_path / "cells.jsonl").read_bytes())
    started = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    first.wait()
    had = [line["index"] for line in read_cells(tmp_path)]
    assert 0 < len(had) < 6
    resumed = command(tmp_path, kind, "--workers", "1", "--resume")
    again = subprocess.run(resumed, capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout.splitlines()[-1])
    assert [line["index"] for line in read_cells(tmp_path)][: len(had)] == had
    assert len(told["cells"]) == 6 and told["executor"] == kind
    assert all(len(values) == 2 for cell in told["cells"] for values in cell["metrics"].values())
    assert {parcel(tmp_path, index).exists() for index in range(6)} == {True}
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in started))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """A Ray cluster with a token: a head with one core of this machine, started once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        told = {"AUTH_MODE": "token", "AUTH_TOKEN": secrets.token_hex(32), "USAGE_STATS_ENABLED": "0"}
        often = {"period_ms": "1000", "initial_delay_ms": "1000", "timeout_ms": "2000"}  # else a node is missed late
        for name, value in (told | {f"health_check_{name}": value for name, value in often.items()}).items():
            patch.setenv(f"RAY_{name}", value)
        from ray.cluster_utils import Cluster

        started = Cluster(initialize_head=True, head_node_args=NODE | {"include_dashboard": False})
        yield started
        started.shutdown()


def ray_workers() -> list[psutil.Process]:
    """The processes of the cluster that train now."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "ray::_perform" in " ".join(child.cmdline()):
                found.append(child)
    return found


@RAY
def test_a_killed_process_and_a_removed_node_cost_no_cell_and_another_version_says_so(cluster: Any) -> None:
    node = cluster.add_node(**NODE)
    cells = tiny(rates=4, steps=500).cells
    outcomes: list[Outcome] = []
    other = replace(cells[0], index=len(cells), version="0.1")
    for outcome in executor("ray", address=cluster.address).run([*cells, other], lambda: False):
        outcomes.append(outcome)
        if len(outcomes) == 1:
            until(ray_workers)
            ray_workers()[0].kill()
        if len(outcomes) == 2:
            cluster.remove_node(node, allow_graceful=False)
    found = {outcome.index: outcome for outcome in outcomes}
    assert sorted(each.index for each in outcomes) == [*range(len(cells) + 1)]
    last = found.pop(other.index)
    assert isinstance(last, Failed) and "version 0.1" in last.reason
    assert all(isinstance(each, Done) for each in found.values())


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
