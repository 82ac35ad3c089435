"""A recorded run over the line: opened from the disk, it shows its picture and takes what the browser says of it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.cli import main
from playground.engine.server.engine import Engine
from playground.feed.commands import Ack
from playground.frame import decode
from playground.runs.store import RunStore
from tests.cli.asking import SMALL
from tests.feed.conftest import Browser, Server

OLD = Path(__file__).parents[1] / "runs" / "old" / "runs.zip"


@pytest.fixture(params=["version 1", "today"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """A folder with a run that a command recorded."""
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path))
    if request.param == "version 1":
        with zipfile.ZipFile(OLD) as held:
            held.extractall(tmp_path)
    else:
        assert main(["train", "--steps", "20", "--record", "--name", "By command", *SMALL]) == 0
    store = RunStore(tmp_path)
    yield store
    store.close()


def shown(browser: Browser) -> dict[str, Any]:
    """The values of the next picture, which is acknowledged with what an acknowledgement has to name of it."""
    values = dict(decode(browser.until_picture()).values)
    browser.say(do="ack", **{name: values[name] for name in Ack.model_fields if name != "do"})
    return values


def test_a_run_of_the_command_line_shows_its_picture_live_and_rewound(recorded: RunStore, server: Server) -> None:
    run = next(record.id for record in recorded.records() if record.name == "By command")
    server.engine = engine = Engine(workers=1, store=recorded)
    try:
        with server.open(run) as browser:
            assert shown(browser)["step"] == 20
            browser.say(do="rewind", step=0)
            assert browser.until("keyframe")[-1]["step"] == 0
            assert shown(browser)["step"] == 0
            browser.say(do="rewind", step=None)
            assert shown(browser)["step"] == 20
    finally:
        engine.close()


@pytest.mark.parametrize("owner", [None, ""])
def test_a_client_without_a_cookie_may_look_at_a_run_without_an_owner_and_not_command_it(
    recorded: RunStore, server: Server, owner: str | None
) -> None:
    run = next(record.id for record in recorded.records() if record.name == "By command")
    server.engine = engine = Engine(workers=1, store=recorded)
    try:
        with server.open(run, owner=owner) as browser:
            [*_, hello] = browser.until("hello")
            assert hello["record"]["mine"] is False
            for command in ({"do": "play"}, {"do": "step", "part": "both"}):
                browser.say(**command)
                [*_, error] = browser.until("error")
                assert "belongs to another browser session" in error["text"]
        assert recorded.record(run).owner == ""
    finally:
        engine.close()
