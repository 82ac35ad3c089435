"""Another browser's cookie, none at all, or a foreign page's Origin, on every route: nobody's run is touched."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlparse

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from playground.engine.server import shared
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from tests.benchmarks.crowd import feed_of
from tests.engine.running import PATIENCE, quick, until
from tests.faults.addresses import known, requested
from tests.faults.damage import LETTERS
from tests.faults.messages import GOOD
from tests.faults.outcome import Outcome
from tests.faults.pages import PAGES, opened
from tests.faults.reference import CONFIG, ID, WHOSE, beside, served

THEIRS = "another"
CALLS: dict[str, Callable[[Engine, Run], object]] = {
    "play": lambda engine, run: engine.play(run, True),
    "pause": lambda engine, run: engine.play(run, False),
    "step": lambda engine, run: engine.step(run, "both"),
    "change": lambda engine, run: engine.change(run, quick(k=5)),
    "restart": lambda engine, run: engine.restart(run, quick(k=5)),
    "limit": lambda engine, run: engine.limit(run, 1.0),
    "until": lambda engine, run: engine.until(run, 1),
    "want": lambda engine, run: engine.want(run),
    "look_at": lambda engine, run: engine.look_at(run, 0),
    "ask": lambda engine, run: engine.ask(run, 1, "walk", (0, 1)),
    "rename": lambda engine, run: engine.rename(run.id, THEIRS, "Mine now"),
    "annotate": lambda engine, run: engine.annotate(run.id, THEIRS, "Mine now"),
    "delete": lambda engine, run: engine.delete(run.id, THEIRS),
    "stop": lambda engine, run: engine.stop(run),
}
"""What could be done to a run, by somebody who may only look at it."""
NAMING = ("run", "look", "runs")
"""The parameters of an address that name runs; the short form tries one of them on each page."""
COMMANDS = [command for command in GOOD if command["do"] in ("play", "pause", "step", "ask")]
"""What gets a refusal over the feed; the rest concerns the visitor's own view."""


def every_route(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """So many cookies on each route of a real server; then on the pages and on the engine, in this process."""
    with served(outcome, folder) as (address, _):
        host = urlparse(address).netloc
        for _ in range(count):
            cookie = rng.choice(("", THEIRS, "x" * 3000, "".join(rng.choices(LETTERS[:20], k=30)), WHOSE[:-1]))
            for path in known():
                for method in ("GET", "POST", "PUT", "DELETE"):
                    requested(outcome, host, method, path, cookie)
            for command in GOOD:
                _over_the_feed(outcome, address, cookie, command)
            _from_elsewhere(outcome, address, rng.choice(("http://evil.example", "null", f"http://{host}.evil", "")))
    try:
        with beside(outcome, shared.engine()) as run:
            until(shared.engine(), run, lambda: run.record is not None)
            for page in PAGES:
                for name in NAMING if count > 1 else rng.sample(NAMING, 1):
                    _on_the_page(outcome, page, {name: run.id})
            for call in CALLS.values():
                outcome.tried += 1
                with suppress(EngineError):
                    call(shared.engine(), shared.engine().run(run.id, THEIRS))
            store = shared.engine().store
            assert store is not None and run.record is not None
            record = store.record(run.id)
            if (record.name, record.note, record.deleted, record.config) != (run.record.name, "", False, CONFIG):
                outcome.disturbed.append(f"Another browser changed the record: {record!r:.300}")
    finally:
        shared.close()


def _over_the_feed(outcome: Outcome, address: str, cookie: str, command: dict[str, Any]) -> None:
    """A command to the reference; the answer to a last, wrong one tells that it has been seen."""
    outcome.tried += 1
    asked = feed_of(address, ID, cookie)
    try:
        with connect(**asked, open_timeout=PATIENCE) as socket:
            socket.send(json.dumps(command))
            socket.send(json.dumps({"do": "pause", "last": 0}))
            told: list[str] = []
            while not any(text.startswith("last") for text in told):
                message = socket.recv(timeout=PATIENCE)
                if isinstance(message, str):
                    outcome.judge("the feed", message)
                    told += [said["text"]] if (said := json.loads(message))["type"] == "error" else []
            if command in COMMANDS and len(told) < 2:
                outcome.broken.append(f"{command} from another browser is not refused.")
    except (ConnectionClosed, TimeoutError) as error:
        outcome.broken.append(f"The feed of another's run ended at {command}: {error!r}")


def _from_elsewhere(outcome: Outcome, address: str, origin: str) -> None:
    """A page of another site with the owner's cookie is told nothing."""
    outcome.tried += 1
    asked = feed_of(address, ID, WHOSE)
    asked["additional_headers"]["Origin"] = origin
    with suppress(ConnectionClosed, InvalidStatus), connect(**asked, open_timeout=PATIENCE) as socket:
        socket.send(json.dumps({"do": "pause"}))
        while True:
            message = socket.recv(timeout=PATIENCE)
            if isinstance(message, bytes) or json.loads(message)["type"] != "error":
                outcome.broken.append(f"A page from {origin!r} is told {message[:100]!r}.")
                return


def _on_the_page(outcome: Outcome, page: str, query: dict[str, str]) -> None:
    """Open the page, and press everything that it offers, each on a page of its own."""
    offered = len(opened(outcome, page, query, THEIRS).button)
    for index in range(offered):
        outcome.tried += 1
        opened(outcome, page, query, THEIRS, press=index)
