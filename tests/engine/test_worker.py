"""The worker's side by itself, in this process: what it makes of errors and of runs that it does not hold."""

from collections.abc import Callable
from multiprocessing import Pipe
from typing import Any

import pytest

from playground.engine.messages import Apply, Ask, Close, Command, Open, Play, Refused, Report, Speed, State, Step, Want
from playground.engine.worker import worker as worker_module
from playground.engine.worker.hosted import HostedRun
from playground.engine.worker.worker import Worker
from playground.training.checkpoint import pack
from playground.training.trainer import Trainer
from tests.engine.running import quick

Obey = Callable[[Command], list[Report]]


@pytest.fixture
def obey() -> Obey:
    """Give a worker a command; what it then says."""
    ours, its = Pipe()
    worker = Worker(its, "cpu")

    def obey(command: Command) -> list[Report]:
        worker._obey(command)
        worker._report()
        said = []
        while ours.poll():
            said.append(ours.recv())
        return said

    return obey


def states(said: list[Report]) -> list[State]:
    return [report for report in said if isinstance(report, State)]


COMMANDS: list[tuple[Command, str]] = [
    (Apply("run", quick(k=2)), "apply"),
    (Play("run", True), "play"),
    (Step("run", "both"), "step"),
    (Speed("run", 50), "limit"),
    (Ask("run", 1, "walk", (0, 1)), "answer"),
    (Close("run"), "close"),
]


@pytest.mark.parametrize(("command", "does"), COMMANDS, ids=[does for _, does in COMMANDS])
def test_an_error_of_our_own_is_told_as_what_it_is_and_costs_one_run(
    obey: Obey, monkeypatch: pytest.MonkeyPatch, command: Command, does: str
) -> None:
    obey(Open("run", quick()))
    obey(Open("other", quick()))

    def fails(*_: Any) -> None:
        raise KeyError("generator")

    with monkeypatch.context() as patch:
        patch.setattr(HostedRun, does, fails)
        said = obey(command)
    [state] = states(said)
    assert (state.run, state.status) == ("run", "failed")
    assert state.message == "The run stopped on an error: KeyError: 'generator'"
    assert not [report for report in said if isinstance(report, Refused)]
    assert obey(Step("run", "both")) == [Refused("run", worker_module.OVER)]
    assert [state.status for state in states(obey(Play("other", True)))] == ["playing"]


def test_a_run_trains_to_a_step_and_pauses_there(obey: Obey) -> None:
    run = HostedRun("run", "cpu")
    run.open(Open("run", quick()))
    run.play(True, 7)
    run.reports.clear()
    run.slice(60)
    assert (run.learner.steps, run.playing) == (7, False)
    assert [state.status for state in states(run.reports)] == ["paused"]
    run.play(True)  # and from there without an end
    run.slice(0.0)
    assert run.learner.steps == 8 and run.playing


def test_a_run_that_is_not_here_is_over(obey: Obey) -> None:
    for command, _ in COMMANDS[:-1]:
        assert obey(command) == [Refused("run", worker_module.OVER)]
    assert obey(Want("run", 0)) == obey(Close("run")) == []


def test_a_checkpoint_of_other_settings_fails_the_run_in_a_sentence(obey: Obey) -> None:
    """It must not say nothing: the page would show the run as opening for ever."""
    data = pack(Trainer(quick()).state())
    [state] = states(obey(Open("run", quick(g_width=16), state=data)))
    assert (state.status, state.message) == ("failed", "g_width can't change while the run trains: restart it.")
    assert obey(Play("run", True)) == [Refused("run", worker_module.OVER)]
