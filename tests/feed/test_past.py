"""The past over the line: recorded steps, their pictures with their numbers, the record and the summary."""

from typing import Any

import pytest

from playground.engine.server.run import Lineage
from playground.feed import news as news_module
from playground.feed import past as past_module
from playground.frame import decode
from playground.palette import RUN_COLOURS
from playground.runs.record import Record
from tests.feed.conftest import OWNER, Browser, FakeEngine, Server


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "ROWS_EVERY", 0.01)
    monkeypatch.setattr(past_module, "STEPS_EVERY", 0.01)
    monkeypatch.setattr(past_module, "SUMMARY_EVERY", 0.01)
    monkeypatch.setattr(past_module, "SUMMARY_SHARE", 1.0)


def keyframe(browser: Browser) -> tuple[dict[str, Any], int]:
    """What is said of the next keyframe, and the step of the frame after it."""
    told = browser.until("keyframe")[-1]
    step: int = decode(browser.until_picture()).values["step"]
    return told, step


def test_recorded_steps_are_told_at_first_and_when_they_change(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.keyframes, run.checkpoints = (0, 100), (0,)
    with server.open() as browser:
        assert browser.until("keyframes")[-1] == {"type": "keyframes", "steps": [0, 100], "checkpoints": [0]}
        fake.tell(run, keyframes=(0, 100, 200), checkpoints=(0, 200))
        assert browser.until("keyframes")[-1] == {"type": "keyframes", "steps": [0, 100, 200], "checkpoints": [0, 200]}
        fake.tell(run, message="something else")
        assert [message["type"] for message in browser.until("state")] == ["state"]


def test_a_rewound_browser_sees_the_recorded_picture_with_the_numbers_of_that_step(
    server: Server, fake: FakeEngine
) -> None:
    run = fake.add()
    run.keyframes = (0, 100, 200)
    for step in (0, 90, 150):
        fake.row(run, step, step / 1000)
    with server.open() as browser:
        browser.until("keyframes")
        browser.say(do="rewind", step=170)
        told, step = keyframe(browser)
    numbers = {"step": 90, "jsd": 0.09, "mode_histogram": [0.25, 0.75]}
    assert told == {"type": "keyframe", "asked": 170, "step": 100, "latest": numbers}
    assert step == 100


def test_live_pictures_wait_while_a_browser_is_rewound_and_come_back(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.keyframes = (0,)
    with server.open() as browser, server.open() as other:
        browser.until("keyframes")
        browser.say(do="rewind", step=0)
        assert keyframe(browser)[1] == 0
        browser.say(do="ack")
        live = fake.picture(run, 500)
        assert other.until_picture() == live  # the other browser is not rewound
        fake.tell(run, message="first")
        assert not any(isinstance(message, bytes) for message in browser.until("state"))
        browser.say(do="rewind", step=None)
        assert browser.until_picture() == live


def test_only_the_newest_of_many_wishes_is_shown(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.keyframes = tuple(range(0, 1000, 10))
    with server.open() as browser:
        browser.until("keyframes")
        browser.say(do="rewind", step=0)
        keyframe(browser)
        for step in range(10, 500, 10):  # the slider is dragged while the browser still draws
            browser.say(do="rewind", step=step)
        browser.say(do="ack")
        told, _ = keyframe(browser)
    assert told["step"] == 490


def test_a_keyframe_that_is_not_there_is_told_and_nothing_takes_its_place_unasked(
    server: Server, fake: FakeEngine
) -> None:
    """A live picture would be taken for the recorded one that the page speaks of."""
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        browser.say(do="rewind", step=10)
        assert browser.until("error")[-1]["text"] == "No pictures of this run are recorded yet."
        picture = fake.picture(run, 20)
        fake.tell(run, message="something else")
        assert not any(isinstance(message, bytes) for message in browser.until("state"))
        browser.say(do="rewind", step=None)
        assert browser.until_picture() == picture


def test_the_greeting_carries_the_record_and_a_change_of_it_is_told(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.lineage = Lineage("k is 5", "parent", 500, "fork")
    with server.open() as browser:
        [hello] = browser.until("hello")
        unrecorded = {"type": "record", "id": "run", "name": "k is 5", "title": "k is 5", "note": "", "colour": None}
        origin = {"parent": "parent", "parent_step": 500, "relation": "fork", "mine": True}
        assert hello["record"] == unrecorded | origin
        browser.until("state")
        fake.tell(run, record=record_named("Sunday"))
        told = browser.until("record")[-1]
        assert (told["title"], told["colour"], told["relation"]) == ("Sunday", list(RUN_COLOURS[3]), "")
        fake.tell(run, record=record_named("Run 12"))
        told = browser.until("record")[-1]
        assert (told["name"], told["title"]) == ("Run 12", "Non-saturating baseline · run 12")


def test_the_summary_follows_the_rows(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as browser:
        fake.row(run, 0)
        assert browser.until("summary")[-1] == {"type": "summary", "values": {"steps": 0}, "outcome": "All is well."}
        fake.row(run, 100)
        while browser.until("summary")[-1]["values"] != {"steps": 100}:
            pass


def test_a_line_that_ends_lets_the_run_go_on(server: Server, fake: FakeEngine) -> None:
    fake.add()
    with server.open() as browser:
        browser.say(do="until", step=100)
        fake.wait_for("until", 100)
    fake.wait_for("until", None)


def record_named(name: str) -> Record:
    texts = ("{}", "{}", "[]", "{}", "[]")
    return Record("run", OWNER, name, "", None, None, "", "paused", "", 0, 0.0, 0.0, 3, 0, False, *texts)
