"""The live line: who may listen, what is said in which order, and that a slow browser never has a queue."""

import asyncio
import json
import math
from dataclasses import fields
from typing import Any, cast, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.types import Message as AsgiMessage
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed

from playground.config import RunConfig
from playground.config.naming import words
from playground.engine import messages as engine
from playground.engine.messages import Refused
from playground.engine.server.engine import Engine
from playground.engine.server.history import History
from playground.engine.server.run import Run
from playground.feed import news as news_module
from playground.feed.browser_cookie import COOKIE
from playground.feed.messages import Floors, Message, as_json, type_of
from playground.feed.server import Feed
from playground.frame import Row
from playground.runs.record import Record
from tests.feed.conftest import OWNER, PATIENCE, Browser, FakeEngine, Server


@pytest.fixture(autouse=True)
def rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "ROWS_EVERY", 0.01)


# Who may listen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:1",
        "127.0.0.1",
        "http://[broken",
        "https://x\\@{host}",
    ],
)
def test_a_page_from_elsewhere_is_told_why_it_gets_no_pictures(
    server: Server, fake: FakeEngine, origin: str | None
) -> None:
    """The socket opens first: of one that is refused before, a browser's script learns nothing and asks for ever."""
    fake.add()
    origin = origin and origin.replace("{host}", server.host)
    with server.open(origin=origin) as browser:
        error = browser.receive()
        with pytest.raises(ConnectionClosed) as caught:
            browser.receive()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 4403
    named = [origin, server.host, "corsAllowedOrigins"] if origin else ["no Origin"]
    assert error["type"] == "error" and all(each in error["text"] for each in named)
    assert fake.wishes == []


@pytest.mark.parametrize("origin", ["same", "https://allowed.example"])
def test_a_page_from_here_or_from_an_allowed_origin_is_served(server: Server, fake: FakeEngine, origin: str) -> None:
    fake.add()
    with server.open(origin=origin) as browser:
        assert browser.receive()["type"] == "hello"


@pytest.mark.parametrize(("run", "owner"), [("run", "bob"), ("run", ""), ("run", None), ("other", OWNER)])
def test_somebody_elses_run_is_refused_in_a_sentence(
    server: Server, fake: FakeEngine, run: str, owner: str | None
) -> None:
    fake.add()
    with server.open(run, owner=owner) as browser:
        assert browser.receive() == {"type": "error", "text": "There is no such run in this browser session."}
        with pytest.raises(ConnectionClosed) as caught:
            browser.receive()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 4404
    assert fake.wishes == []


# What is said ---------------------------------------------------------------------------------------------------


def test_a_browser_hears_hello_state_rows_floors_and_sees_the_picture(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.floors = {"jsd": (0.01, 0.02)}
    fake.row(run, 0, 0.7)
    picture = fake.picture(run, 0)
    with server.open() as browser:
        hello, state, rows, floors, frame = (browser.receive() for _ in range(5))
    assert (hello["type"], hello["run"]) == ("hello", "run")
    assert hello["config"] == run.config.model_dump()
    assert hello["scene"]["extent"] == [-2.5, 2.5] and hello["scene"]["modes"] == [[2.0, 0.0]]
    assert hello["lane"] == 0
    assert state == {
        "type": "state",
        "steps": 0,
        "goal": None,
        "status": "paused",
        "message": "",
        "config": run.config.model_dump(),
        "words": words(run.config.model_dump()),
        "changes": [],
        "speed": None,
        "diverged": [],
        "updates": [0, 0],
        "queued": False,
        "compiled": None,
    }
    assert rows["type"] == "rows" and rows["replace"] is True
    plain = {"step": [0], "d_updates": [0], "seconds": [0], "jsd": [0.7]}
    assert rows["columns"] == plain | {"mode_1": [0.25], "mode_2": [0.75]}
    assert rows["latest"] == {"step": 0, "jsd": 0.7, "mode_histogram": [0.25, 0.75]}
    assert floors == {"type": "floors", "bands": {"jsd": [0.01, 0.02]}}
    assert frame == picture


def test_a_run_that_is_still_opening_says_hello_when_it_stands(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    scene, run.scene, run.generation, run.status = run.scene, None, 0, "opening"
    with server.open() as browser:
        assert browser.receive()["status"] == "opening"
        fake.picture(run, 0)
        fake.tell(run, scene=scene, generation=1, status="paused")
        kinds = [message["type"] for message in browser.until("state")]
        assert kinds == ["hello", "state"]
        assert isinstance(browser.receive(), bytes)


def test_a_state_is_sent_when_it_changes_and_only_then(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        fake.tell(run)
        fake.tell(run, status="playing", steps=7, changes=((5, {"k": [1, 2]}),), diverged=(None,))
        state = browser.receive()
        assert (state["status"], state["steps"]) == ("playing", 7)
        assert state["changes"] == [{"step": 5, "fields": {"k": [1, 2]}, "words": {"k": ["1", "2"]}}]
        fake.tell(run)
        fake.tell(run, status="failed", message="It broke.")
        assert browser.receive()["message"] == "It broke."


def test_a_refusal_of_the_worker_is_passed_on_once_and_old_ones_are_not(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.letters.post(Refused("run", "An old one."))
    with server.open() as browser:
        browser.until("state")
        run.letters.post(Refused("run", "Not possible."))
        fake.tell(run)
        assert browser.receive() == {"type": "error", "text": "Not possible."}
        fake.tell(run, status="playing")
        assert browser.receive()["type"] == "state"


def test_the_newest_row_is_the_shown_seeds_with_gaps_for_what_json_has_not(server: Server, fake: FakeEngine) -> None:
    run = fake.add(seeds=2)
    run.lane = 1
    run.history.append(Row(3, {"jsd": (0.1, 0.2), "emd": (1.0, math.nan), "x": (1.0, math.inf)}, ((1.0,), (0.5,))))
    with server.open() as browser:
        latest = browser.until("rows")[-1]["latest"]
    assert latest == {"step": 3, "jsd": 0.2, "emd": None, "x": None, "mode_histogram": [0.5]}


def test_a_line_that_ends_stops_watching(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        assert len(run.watchers) == 1
    fake.wait_for("unwatch")
    assert not run.watchers


# Pictures -------------------------------------------------------------------------------------------------------


def no_picture_before(browser: Browser, fake: FakeEngine, run: Run) -> bool:
    """Whether the line stays silent: a change of state is heard next, and after it the change back."""
    messages = []
    for text in ("first", "second"):
        fake.tell(run, message=text)
        messages += browser.until("state")
    return not any(isinstance(message, bytes) for message in messages)


def test_a_second_picture_waits_until_the_first_is_drawn(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        first = fake.picture(run, 1)
        assert browser.receive() == first
        fake.picture(run, 2)
        newest = fake.picture(run, 3)
        assert no_picture_before(browser, fake, run)
        browser.say(do="ack")
        assert browser.until_picture() == newest  # never the one that is out of date
        browser.say(do="ack")
        assert no_picture_before(browser, fake, run)  # nothing new, so nothing is sent again


def test_the_next_picture_is_asked_for_when_one_leaves(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        fake.wait_for("want")
        fake.picture(run, 1)
        browser.until_picture()
        fake.wait_for("want", times=2)


def test_a_slow_browser_does_not_hold_up_another(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    with server.open() as slow, server.open() as fast:
        slow.until("state")
        fast.until("state")
        for step in range(1, 6):
            picture = fake.picture(run, step)
            assert fast.until_picture() == picture
            fast.say(do="ack")
        first = slow.until_picture()
        slow.say(do="ack")
        assert first != slow.until_picture() == picture


# Rows and restarts ----------------------------------------------------------------------------------------------


class Chart:
    """What the browser's script keeps of the rows it is sent."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {}

    def take(self, message: dict[str, Any]) -> None:
        columns = message["columns"]
        if message["replace"]:
            self.columns = {name: list(column) for name, column in columns.items()}
            return
        first = columns["step"][0]
        keep = sum(step < first for step in self.columns["step"])
        self.columns = {name: column[:keep] + columns[name] for name, column in self.columns.items()}

    def shows(self, run: Run) -> bool:
        """Whether these are the run's rows."""
        columns = run.history.columns()
        return {name: self.columns.get(name) for name in columns} == columns


def test_new_rows_follow_the_ones_already_sent(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    fake.row(run, 0, 0.7)
    with server.open() as browser:
        chart = Chart()
        chart.take(browser.until("rows")[-1])
        for step in (100, 200, 300):
            fake.row(run, step, step / 1000)
            message = browser.receive()
            assert message["replace"] is False and len(message["columns"]["step"]) <= 2
            chart.take(message)
    assert chart.columns["step"] == [0, 100, 200, 300] and chart.columns["jsd"] == [0.7, 0.1, 0.2, 0.3]


@given(st.lists(st.integers(-2, 3), min_size=1, max_size=12))
@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_browsers_rows_are_the_runs_whatever_happens_to_them(
    server: Server, fake: FakeEngine, moves: list[int]
) -> None:
    """Half steps replace the last row, a rollback takes rows away, and a batch may hold several of these."""
    run = fake.add()
    fake.row(run, 0, 0.0)
    with server.open() as browser:
        chart, value = Chart(), 0
        chart.take(browser.until("rows")[-1])
        for i, move in enumerate(moves):
            with fake.lock:
                for step in (max(0, run.history.steps[-1] + 10 * move), run.history.steps[-1] + 10 * move + 30):
                    value += 1
                    run.history.append(Row(max(0, step), {"jsd": (float(value),)}, None))
            if i % 2:
                fake.tell(run)
                chart.take(browser.until("rows")[-1])
        fake.tell(run)
        while not chart.shows(run):
            chart.take(browser.until("rows")[-1])


def test_a_reconnecting_browser_gets_the_whole_past_thinned_to_what_a_chart_shows(
    server: Server, fake: FakeEngine
) -> None:
    run = fake.add()
    with fake.lock:
        for step in range(0, 50_000, 10):
            run.history.append(Row(step, {"jsd": (step / 1e5,)}, None))
    with server.open() as browser:
        rows = browser.until("rows")[-1]
        steps = rows["columns"]["step"]
        assert rows["replace"] is True
        assert 900 <= len(steps) <= 1000
        assert (steps[0], steps[-1]) == (0, 49_990)
        assert rows["columns"]["jsd"][-1] == rows["latest"]["jsd"] == 0.4999
        fake.row(run, 50_000)
        assert browser.receive()["columns"]["step"] == [49_990, 50_000]


def restart(run: Run) -> None:
    """What the engine does when a worker reports that the run was opened."""
    run.history, run.floors, run.frame = History(), {}, None
    run.generation += 1
    run.steps = 0


def test_a_new_start_says_hello_again_and_begins_the_rows_anew(server: Server, fake: FakeEngine) -> None:
    run = fake.add()
    run.floors = {"jsd": (0.01, 0.02)}
    for step in (0, 100, 200):
        fake.row(run, step)
    with server.open() as browser:
        browser.until("floors")
        with fake.lock:
            restart(run)
            run.history.append(Row(0, {"jsd": (0.9,)}, None))
            run.floors = {"jsd": (0.01, 0.02)}
        fake.tell(run)
        hello, rows, floors = (browser.receive() for _ in range(3))
        assert (hello["type"], rows["type"], floors["type"]) == ("hello", "rows", "floors")
        assert rows["replace"] is True and rows["columns"]["jsd"] == [0.9]
        picture = fake.picture(run, 0)
        assert browser.until_picture() == picture


def test_a_new_start_whose_first_row_is_still_to_come_keeps_the_line_open(server: Server, fake: FakeEngine) -> None:
    """The worker's reports come one by one: the run is open before it is measured."""
    run = fake.add()
    fake.row(run, 500)
    with server.open() as browser:
        browser.until("rows")
        with fake.lock:
            restart(run)
        fake.tell(run)
        assert browser.until("hello")
        fake.row(run, 0, 0.9)
        rows = browser.until("rows")[-1]
        assert rows["replace"] is True and rows["columns"]["step"] == [0]


def test_a_new_start_asks_for_the_new_runs_first_picture(server: Server, fake: FakeEngine) -> None:
    """The engine drops a picture of the old run that was made but not yet sent: another one must be asked for."""
    run = fake.add()
    with server.open() as browser:
        browser.until("state")
        fake.picture(run, 500)
        browser.until_picture()
        fake.wait_for("want", times=2)  # one when the line opened, one when the picture left
        fake.picture(run, 501)  # made ahead; the browser is still drawing the last one
        with fake.lock:
            restart(run)
        fake.tell(run)
        assert browser.until("hello")
        browser.say(do="ack")
        fake.wait_for("want", times=3)


# What a browser may say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "wish"),
    [
        ({"do": "play"}, ("play", True)),
        ({"do": "pause"}, ("play", False)),
        ({"do": "step"}, ("step", "both")),
        ({"do": "step", "part": "discriminator"}, ("step", "discriminator")),
        ({"do": "step", "part": "generator"}, ("step", "generator")),
        ({"do": "speed", "steps_per_second": 10}, ("limit", 10.0)),
        ({"do": "speed", "steps_per_second": None}, ("limit", None)),
        ({"do": "until", "step": 500}, ("until", 500)),
        ({"do": "until", "step": None}, ("until", None)),
        ({"do": "lane", "lane": 1}, ("lane", 1)),
    ],
)
def test_a_browsers_wish_reaches_the_engine(
    server: Server, fake: FakeEngine, command: dict[str, Any], wish: tuple[Any, ...]
) -> None:
    fake.add(seeds=2)
    with server.open() as browser:
        browser.say(**command)
        fake.wait_for(*wish)


@pytest.mark.parametrize(
    ("message", "named"),
    [
        (b"\x00\x01", "message"),
        (b'{"do": "play"}', "message"),
        ("", "message"),
        ("play", "message"),
        ("{", "message"),
        ("[]", "message"),
        ("null", "message"),
        ("\U0001f600", "message"),
        ("{}", "do"),
        ('{"do": "dance"}', "do"),
        ('{"do": "reset"}', "do"),  # a recorded run can't be wiped from here
        ('{"do": ["play"]}', "do"),
        ('{"do": "play", "extra": 1}', "extra"),
        ('{"do": "ack", "version": 1}', "version"),
        ('{"do": "step", "part": "both halves"}', "part"),
        ('{"do": "speed"}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": 0}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": -10}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": 1e99}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": NaN}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": Infinity}', "steps_per_second"),
        ('{"do": "speed", "steps_per_second": "fast"}', "steps_per_second"),
        ('{"do": "until"}', "step"),
        ('{"do": "until", "step": 1.5}', "step"),
        ('{"do": "rewind", "step": -1}', "step"),
        ('{"do": "rewind", "step": 1' + "0" * 30 + "}", "step"),
        ('{"do": "rewind", "step": "first"}', "step"),
        ('{"do": "lane", "lane": -1}', "lane"),
        ('{"do": "lane", "lane": 5}', "lane"),
        ('{"do": "lane", "lane": 1.5}', "lane"),
        ('{"do": "lane", "lane": 1' + "0" * 30 + "}", "lane"),
        ('{"do": "play", "x": "' + "y" * 500_000 + '"}', "message"),
        ("[" * 999, "message"),
        ('{"do": "' + "9" * 900 + '"}', "do: must be one of ack, play, pause"),
        ('{"do": "play", "' + "x" * 900 + '": 1}', "xxx"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_is_no_command_gets_one_sentence_and_the_line_stays_open(
    server: Server, fake: FakeEngine, message: str | bytes, named: str
) -> None:
    fake.add()
    with server.open() as browser:
        browser.until("state")
        browser.socket.send(message)
        error = browser.receive()
        assert error["type"] == "error"
        sentence = error["text"]
        assert named in sentence
        assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400
        browser.say(do="play")
        fake.wait_for("play", True)
    assert {wish[0] for wish in fake.wishes} <= {"watch", "want", "play", "unwatch"}


@pytest.mark.parametrize("speed", [0, 1e6])
def test_a_speed_out_of_range_is_told_the_allowed_range(server: Server, fake: FakeEngine, speed: float) -> None:
    fake.add()
    with server.open() as browser:
        browser.until("state")
        browser.say(do="speed", steps_per_second=speed)
        sentence = browser.receive()["text"]
    assert "0.1" in sentence and "100000" in sentence.replace(",", "")


# Every message -------------------------------------------------------------------------------------------------


def test_every_kind_of_message_is_sent_as_its_dataclass_has_it_in_strict_json(server: Server, fake: FakeEngine) -> None:
    """One run with news of every kind, numbers that are not finite among them."""
    kinds = {type_of(kind): kind for kind in get_args(Message)}
    run = fake.add()
    run.config = RunConfig(k=2)
    run.changes = ((5, {"k": [1, 2]}),)
    run.floors = {"jsd": (0.01, 0.02)}
    run.keyframes, run.checkpoints = (0,), (0,)
    run.progress = engine.Progress("run", "Training the classifier", 0.5)
    images = np.zeros((1, 2, 3), np.uint8)
    run.film.append(engine.Film("run", 0.1, 5, images))
    run.history.append(Row(0, {"jsd": (math.nan,), "emd": (math.inf,)}, ((0.5, math.nan),)))
    seen: dict[str, Any] = {}
    with server.open() as browser:
        browser.until("state")
        browser.say(do="rewind", step=0)
        browser.say(do="dance")
        fake.tell(run, record=RECORD)
        run.letters.post(engine.Answer("run", 1, "neighbours", images, ("7",), (0.5,), "The nearest."))
        fake.tell(run)
        while seen.keys() != kinds.keys() - {"hello", "state"}:
            text = browser.socket.recv(timeout=PATIENCE)
            if isinstance(text, str):
                told = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
                seen[told["type"]] = told
        seen |= {each["type"]: each for each in browser_greeting(server)}
    for name, told in seen.items():
        assert list(told) == ["type", *(field.name for field in fields(kinds[name]))], name


def browser_greeting(server: Server) -> list[Any]:
    """What a browser hears first: hello and state."""
    with server.open() as browser:
        return [browser.receive(), browser.receive()]


RECORD = Record("run", OWNER, "Run 3", "", None, None, "", "paused", "", 0, 0.0, 0.0, 3, 0, False, *["{}"] * 5)


def test_a_number_that_is_not_finite_is_never_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json(Floors({"jsd": (math.nan, 1.0)}))


def test_a_browser_that_goes_while_it_is_told_two_things_at_once_leaves_no_error(fake: FakeEngine) -> None:
    fake.add()
    asyncio.run(_gone_while_told(Feed(lambda: cast(Engine, fake))))
    assert fake.wishes[-1] == ("unwatch",)


async def _gone_while_told(feed: Feed) -> None:
    """The hello is on its way when the answer to a wrong command finds nobody there any more."""
    told, gone = asyncio.Event(), asyncio.Event()
    commands = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "wrong"}])

    async def receive() -> AsgiMessage:
        command = next(commands)
        if command["type"] == "websocket.receive":
            await told.wait()
        return command

    async def send(message: AsgiMessage) -> None:
        if message["type"] == "websocket.accept":
            return
        if told.is_set():
            gone.set()
            raise OSError
        told.set()
        await gone.wait()

    headers = [(b"host", b"here"), (b"origin", b"http://here"), (b"cookie", f"{COOKIE}={OWNER}".encode())]
    scope = {"type": "websocket", "path": "/", "headers": headers, "path_params": {"run": "run"}, "query_string": b""}
    await feed.serve(WebSocket(scope, receive, send))
