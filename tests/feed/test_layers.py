"""Layers through the feed and a real engine: made while somebody looks at them, told wrong ones in one sentence."""

from typing import get_args

import pytest

from playground.frame import Frame, Layer, decode
from tests.feed.conftest import Browser, Server


def draw(browser: Browser) -> Frame:
    """Take the next picture and say that it was drawn."""
    frame = decode(browser.until_picture())
    browser.say(do="ack")
    return frame


def test_a_paused_run_is_drawn_again_when_its_layers_change(running_server: Server, run_id: str) -> None:
    with running_server.open(run_id) as browser:
        assert set(draw(browser).arrays) == {"fake", "discriminator"}
        browser.say(do="layers", on=["gradients", "optimal"])
        assert {"push", "optimal", "p_generated"} < set(draw(browser).arrays)
        browser.say(do="layers", on=[])
        assert set(draw(browser).arrays) == {"fake", "discriminator"}


def test_each_browser_gets_what_any_of_them_looks_at_until_it_has_gone(running_server: Server, run_id: str) -> None:
    with running_server.open(run_id) as mine:
        draw(mine)
        with running_server.open(run_id) as other:
            draw(other)
            other.say(do="layers", on=["manifold"])
            draw(other)
            assert "manifold" in draw(mine).arrays
        mine.say(do="layers", on=["gradients"])
        frame = draw(mine)
        while "manifold" in frame.arrays:  # the server may notice only now that the other has gone
            mine.say(do="step")
            frame = draw(mine)
        assert "push" in frame.arrays


def test_a_step_by_hand_comes_with_its_insight(running_server: Server, run_id: str) -> None:
    with running_server.open(run_id) as browser:
        draw(browser)
        browser.say(do="layers", on=["microscope"])
        browser.say(do="step", part="both")
        frame = draw(browser)
        while frame.values["step"] == 0:
            frame = draw(browser)
        assert set(frame.values["insight"]) == {"first", "updates", "discriminator", "generator"}
        browser.say(do="play")
        while frame.values["step"] < 5:  # at full speed nobody can follow, and nothing is looked at closely
            frame = draw(browser)
        assert "insight" not in frame.values


@pytest.mark.parametrize("on", [["sparkles"], "optimal", None])
def test_layers_that_there_are_not_get_one_sentence(running_server: Server, run_id: str, on: object) -> None:
    with running_server.open(run_id) as browser:
        draw(browser)
        browser.say(do="layers", on=on)
        (*_, error) = browser.until("error")
        assert error["text"] == f"on: must be a list of any of {', '.join(get_args(Layer))}."
