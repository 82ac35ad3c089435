"""The feed in front of a real engine: what a browser sees of play, a new start and a worker's death."""

import os
import signal
import threading
from typing import Any

import pytest

from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from playground.frame import decode
from tests.feed.conftest import OWNER, PATIENCE, Browser, Server


def until_state(browser: Browser, **wanted: Any) -> dict[str, Any]:
    while True:
        state: dict[str, Any] = browser.until("state")[-1]
        if all(state[name] == value for name, value in wanted.items()):
            return state


def wait_for_the_next(engine: Engine, run: Run, frame: bytes) -> None:
    """Until the run has a newer frame than this one."""
    news = threading.Event()
    unwatch = engine.watch(run, news.set)
    while run.frame == frame:
        assert news.wait(PATIENCE), "no picture was made"
        news.clear()
    unwatch()


def draw(browser: Browser) -> int:
    """Take the next picture, say that it was drawn, and return its step."""
    values = decode(browser.until_picture()).values
    browser.say(do="ack")
    step: int = values["step"]
    return step


def test_play_makes_pictures_move_and_pause_stops_them(running_server: Server, run_id: str) -> None:
    with running_server.open(run_id) as browser:
        assert draw(browser) == 0
        browser.say(do="play")
        steps = [draw(browser) for _ in range(10)]
        assert steps == sorted(steps) and steps[-1] > steps[0]
        browser.say(do="pause")
        until_state(browser, status="paused")


def test_the_first_picture_comes_to_a_paused_run_again_after_a_reload(running_server: Server, run_id: str) -> None:
    for _ in range(2):
        with running_server.open(run_id) as browser:
            assert browser.until("hello")
            assert draw(browser) == 0


@pytest.mark.parametrize("ahead", [False, True], ids=["drawn", "still drawing"])
def test_a_new_start_shows_the_new_beginning_and_then_plays_on(
    running_server: Server, engine: Engine, run_id: str, ahead: bool
) -> None:
    """Also when the next picture of the old run had been made already, and the browser was still drawing the last."""
    run = engine.run(run_id, OWNER)
    with running_server.open(run_id) as browser:
        browser.say(do="play")
        while draw(browser) == 0:
            pass
        last = browser.until_picture()
        if ahead:
            wait_for_the_next(engine, run, last)
        engine.restart(run)
        assert browser.until("hello")
        browser.say(do="ack")
        assert draw(browser) == 0
        browser.say(do="play")
        assert draw(browser) >= 0 and draw(browser) > 0


def test_after_a_workers_death_the_pictures_come_back_and_the_page_is_told(
    running_server: Server, engine: Engine, run_id: str
) -> None:
    run = engine.run(run_id, OWNER)
    with running_server.open(run_id) as browser:
        draw(browser)
        browser.say(do="play")
        while draw(browser) < 30:
            pass
        os.kill(engine._pool.workers[run.worker]._process.pid, signal.SIGKILL)
        state: dict[str, Any] = {"status": "", "message": ""}
        while not (state["status"] == "playing" and "died; it goes on from step" in state["message"]):
            message = browser.receive()
            if isinstance(message, bytes):
                browser.say(do="ack")
            elif message["type"] == "state":
                state = message
            assert isinstance(message, bytes) or message["type"] != "hello"  # charts and film stay
        back = draw(browser)
        assert draw(browser) >= back > 0
