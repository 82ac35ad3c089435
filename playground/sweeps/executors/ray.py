"""Tasks in a Ray cluster: this machine's cores, or a cluster that runs already."""

import os
import secrets
import socket
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playground.engine.server.worker_process import ONE_THREAD
from playground.sweeps.axis import SweepError
from playground.sweeps.executors import DIED, TRIES, Stopped
from playground.sweeps.task import Failed, Result, Task, perform

POLL_S = 0.2
AT_ONCE = 4
"""Tasks for each core of the cluster that wait in its queue: enough to keep it busy, few enough to forget."""
FETCHED = 50
"""Tasks whose outcomes are fetched at once: asking costs as much as there are tasks under way."""
ANSWERS_S = 5.0
"""Until which a head answers, if there is one."""
OPTIONS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns of a default to come
    "RAY_NUM_REDIS_GET_RETRIES": "3",  # how often a head is asked that answers, but refuses
}
OBJECTS = 200 * 2**20
"""Bytes of shared memory for a cluster that is started here; a parcel takes at most a few MB."""


class RayTasks:
    """address: of a cluster, such as "10.0.0.5:6379"; "" starts one of this machine with `workers` cores."""

    def __init__(self, workers: int | None = None, address: str = "", **options: Any) -> None:
        self._workers, self._address, self._options = workers, address, options

    def run(self, tasks: Sequence[Task[Result]], stopped: Stopped) -> Generator[Result | Failed, None, None]:
        """See `Executor`. Raises SweepError where the cluster can't be reached."""
        ray = self._joined()
        try:
            remote = ray.remote(num_cpus=1, max_retries=TRIES - 1, scheduling_strategy="SPREAD")(_perform)
            waiting = list(reversed(tasks))
            under_way: dict[Any, Task[Result]] = {}
            most = max(1, AT_ONCE * int(ray.cluster_resources().get("CPU", 1)))
            while waiting or under_way:
                while waiting and len(under_way) < most:
                    task = waiting.pop()
                    under_way[remote.remote(task)] = task
                ready, _ = ray.wait(list(under_way), num_returns=min(FETCHED, len(under_way)), timeout=POLL_S)
                if stopped():
                    return
                for reference in ready:
                    yield _outcome(ray, reference, under_way.pop(reference))
        finally:
            ray.shutdown()  # its tasks end with the driver

    def _joined(self) -> Any:
        for name, value in OPTIONS.items():
            os.environ.setdefault(name, value)
        if not self._address:  # whoever else is on this machine has no part in it
            os.environ.setdefault("RAY_AUTH_MODE", "token")
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        import ray

        if self._address:
            _must_answer(self._address)
        here = {"num_cpus": self._workers, "include_dashboard": False, "object_store_memory": OBJECTS}
        path = os.pathsep.join(filter(None, [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH")]))
        try:
            with _silence():
                ray.init(
                    address=self._address or "local",
                    logging_level="ERROR",
                    log_to_driver=False,
                    runtime_env={"env_vars": ONE_THREAD | ({} if self._address else {"PYTHONPATH": path})},
                    **({} if self._address else here),
                    **self._options,
                )
        except Exception as error:
            told = " ".join(str(error).split())[:200]
            if not self._address:
                raise SweepError(f"A Ray cluster can't be started here: {told}") from None
            raise SweepError(
                f"The Ray cluster at {self._address} takes no sweep from here: its token must be in RAY_AUTH_TOKEN, "
                f"with RAY_AUTH_MODE=token, and its version of Ray must be {ray.__version__} ({told})."
            ) from None
        return ray


@contextmanager
def _silence() -> Iterator[None]:
    """Ray's core warns on standard error of what is told in one sentence."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _must_answer(address: str) -> None:
    """Ray itself would try for minutes. Raises SweepError."""
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdigit() or not host:
        raise SweepError(f"--address must be HOST:PORT of a Ray head, such as 10.0.0.5:6379 (got {address[:60]!r}).")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWERS_S):
            pass
    except (OSError, OverflowError) as error:
        raise SweepError(f"A Ray cluster at {address} can't be reached: {error}") from None


def _perform(task: Task[Result]) -> Result | Failed:
    """In a process of Ray's, which imports torch at its first task."""
    _enter()
    return perform(task)


@cache
def _enter() -> None:
    """Once for each process, which does many tasks."""
    from playground.engine.worker.entering import enter

    enter()


def _outcome(ray: Any, reference: Any, task: Task[Result]) -> Result | Failed:
    try:
        outcome: Result | Failed = ray.get(reference)
    except Exception as error:  # a task's own errors are outcomes: this is Ray's
        if isinstance(error, ray.exceptions.RayTaskError):
            return Failed(task.index, f"The node can't train it: {' '.join(str(error).split())[-200:]}")
        return Failed(task.index, DIED)
    return outcome
