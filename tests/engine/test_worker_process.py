"""The line to a worker: whoever talks to one never waits for it, whatever it is busy with."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.config import RunConfig
from playground.engine.messages import Ask, Close, Command, Open, Play, Speed, Step, Until, Want
from playground.engine.server import outbox as outbox_module
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.outbox import Outbox
from tests.engine.running import PATIENCE, pid_of, quick, refusals, until

CHATTY = f"cd {Path(__file__).parents[2]} && exec {sys.executable} -m tests.engine.chatty $3"
"""A worker that is always sending, instead of ours."""
OPENS = 300


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let workers run something else: a line of shell that finds the address in $3."""
    shell = tmp_path / "python"

    def runs(line: str) -> None:
        shell.write_text(f"#!/bin/sh\n{line}\n")
        shell.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(shell))

    return runs


@pytest.fixture
def chatty(program: Callable[[str], None]) -> Iterator[Engine]:
    """An engine whose worker is always sending."""
    program(CHATTY)
    engine = Engine(workers=1)
    process = engine._pool.workers[0]._process
    yield engine
    process.kill()  # whoever still writes to it gets an error then
    engine.close()


def test_opening_runs_in_a_worker_that_is_busy_sending_hangs_nobody(chatty: Engine) -> None:
    """A large Open does not fit into the pipe while the worker does not read; it reads when it has been read."""
    run = chatty.run(chatty.start("me", quick()), "me")
    with chatty.lock:
        chatty._pool.open(run, state=b"small")
    until(chatty, run, lambda: run.letters.posted == 1)  # it has called
    done: list[int] = []

    def opens() -> None:
        for number in range(OPENS):
            with chatty.lock:
                chatty._pool.open(run, state=bytes(1 << 20))
            done.append(number)

    opening = threading.Thread(target=opens, daemon=True)
    opening.start()
    opening.join(PATIENCE)
    assert not opening.is_alive(), f"it hangs after {len(done)} opens"
    until(chatty, run, lambda: run.letters.posted == 1 + OPENS)  # none is lost
    assert set(refusals(run)) == {"opened from 1,048,576 bytes"}  # those that are kept


def test_a_worker_that_does_not_listen_is_said_to_and_holds_nothing_up(program: Callable[[str], None]) -> None:
    program("read key; exec sleep 1000")
    engine = Engine(workers=1)
    try:
        run = engine.run(engine.start("me", quick()), "me")
        for _ in range(outbox_module.FULL + 10):  # a browser that pulls a slider back and forth
            engine.limit(run, 50)
            engine.until(run, 100)
        for _ in range(outbox_module.FULL - 3):  # beside Open, Speed and Until
            engine.ask(run, 1, "walk", (0, 1))
        with pytest.raises(EngineError, match="not listening"):
            engine.play(run, True)
        assert not run.starting
        engine.limit(run, None)
        engine.until(run, None)
        engine.stop(run)
    finally:
        engine.close()


def test_a_worker_that_dies_with_a_full_line_leaves_no_thread_behind(program: Callable[[str], None]) -> None:
    """Its writer gets an error, its listener brings the runs back in a new one."""
    program(CHATTY)
    before = set(threading.enumerate())
    engine = Engine(workers=1)
    try:
        run = engine.run(engine.start("me", quick()), "me")
        for _ in range(3):
            had, pid = run.letters.posted, pid_of(engine, run)
            with engine.lock:
                for _ in range(20):
                    engine._pool.open(run, state=bytes(1 << 20))
            until(engine, run, lambda: run.letters.posted > had)  # noqa: B023
            os.kill(pid, signal.SIGKILL)
            until(engine, run, lambda: pid_of(engine, run) != pid)  # noqa: B023
        assert len(set(threading.enumerate()) - before) <= 4  # the listener of the last but one may still be leaving
    finally:
        engine.close()
    assert set(threading.enumerate()) - before == set()


# The order of what waits -----------------------------------------------------------------------------------------


def taken(outbox: Outbox, *commands: Command) -> list[Command]:
    """What comes out of an outbox into which these were put."""
    for command in commands:
        outbox.put(command)
    found: list[Command] = []
    while outbox._waiting:
        next_one = outbox.take()
        assert next_one is not None
        found.append(next_one)
    return found


def test_commands_come_out_in_the_order_in_which_they_were_put_in() -> None:
    commands: list[Command] = [Open("a", RunConfig()), Speed("a", 50), Play("a", True), Want("b", 0), Close("a")]
    outbox = Outbox()
    assert taken(outbox, *commands) == commands
    assert taken(outbox, *commands) == commands


def test_of_what_only_the_newest_counts_one_waits_for_each_run() -> None:
    speeds: list[Command] = [
        Speed("a", 1),
        Speed("b", 2),
        Until("a", 9),
        Speed("a", 3),
        Until("a", None),
        Speed("b", 4),
    ]
    assert taken(Outbox(), *speeds) == [Speed("a", 3), Speed("b", 4), Until("a", None)]


def test_what_is_said_in_between_keeps_its_place() -> None:
    """A run that was closed and opened again knows nothing of what was said before."""
    commands: list[Command] = [Until("a", 5), Step("a", "both"), Until("a", 9), Speed("a", 1), Close("a")]
    commands += [Open("a", RunConfig()), Speed("a", 2)]
    assert taken(Outbox(), *commands) == commands


def test_a_closed_outbox_takes_nothing_and_wakes_whoever_waits() -> None:
    outbox = Outbox()
    woken: list[Command | None] = []
    waiting = threading.Thread(target=lambda: woken.append(outbox.take()))
    waiting.start()
    outbox.close()
    waiting.join(PATIENCE)
    assert woken == [None]
    outbox.put(Ask("a", 1, "walk", (0, 1)))
    assert not outbox._waiting and outbox.take() is None
