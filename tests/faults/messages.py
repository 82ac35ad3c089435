"""Messages over the feed's WebSocket that no page would send: each gets one sentence, and nothing else changes."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from playground.config import RunConfig
from playground.feed.commands import MAX_MESSAGE, CommandError, read_command
from playground.runs.store import RunStore
from tests.benchmarks.crowd import feed_of
from tests.engine.running import PATIENCE, quick
from tests.faults.damage import NASTY, damaged, mangled
from tests.faults.outcome import Outcome
from tests.faults.reference import served

TARGET = "target"
PER_SOCKET = 100
GOOD: tuple[dict[str, Any], ...] = (
    {"do": "play"},
    {"do": "pause"},
    {"do": "step", "part": "generator"},
    {"do": "speed", "steps_per_second": 10},
    {"do": "speed", "steps_per_second": None},
    {"do": "until", "step": 40},
    {"do": "until", "step": None},
    {"do": "rewind", "step": 0},
    {"do": "rewind", "step": None},
    {"do": "lane", "lane": 0},
    {"do": "layers", "on": ["optimal", "gradients"]},
    {"do": "ask", "id": 1, "kind": "walk", "of": [0, 1]},
    {"do": "ack"},
)
VALUES: tuple[Any, ...] = (*NASTY, None, True, -1, 2**53, 2**64, 1e308, 0.5, [], {}, [[0]], {"do": "play"})


def everything(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """So many messages, a hundred on a socket before the first answer is looked at."""
    config = quick()

    def prepare(store: RunStore) -> None:
        store.create(TARGET, TARGET, config)

    with served(outcome, folder, prepare) as (address, _):
        while outcome.tried < count:
            _socketful(outcome, address, list(_some(rng, min(PER_SOCKET, count - outcome.tried))), rng.random() < 0.1)
        _changed_nothing(outcome, address, config)


def _some(rng: Random, count: int) -> Iterator[str | bytes]:
    """Most are mutated commands; one socket in ten gets a flood of good ones."""
    if rng.random() < 0.1:
        yield from (json.dumps(rng.choice(GOOD)) for _ in range(count))
        return
    for _ in range(count):
        good = dict(rng.choice(GOOD))
        text = json.dumps(good)
        kind = rng.randrange(20)
        if kind < 8:
            yield mangled(text, rng)
        elif kind < 12:
            good[rng.choice([*good, rng.choice(NASTY)])] = rng.choice(VALUES)
            yield json.dumps(good)
        elif kind < 15:
            yield rng.randbytes(rng.choice((0, 1, 100, 10_000)))
        elif kind < 18:
            yield damaged(text.encode(), rng)
        elif kind == 18:
            deep = rng.choice((10, 400, 5000))
            yield rng.choice(("[" * deep, "[" * deep + "]" * deep, '{"do":' * deep))
        else:
            yield text[:-1] + " " * rng.choice((MAX_MESSAGE, 200_000)) + "}"


def _socketful(outcome: Outcome, address: str, messages: list[str | bytes], leave: bool) -> None:
    """Send them all, then leave, or read: as many are refused as are no commands, and the socket still answers."""
    with connect(**feed_of(address, TARGET, TARGET), open_timeout=PATIENCE, max_queue=None) as socket:
        try:
            for message in messages:
                socket.send(message)
            outcome.tried += len(messages)
            if leave:
                return
            last = f"lane{outcome.tried}"  # told back in the answer, which is therefore the last
            socket.send(json.dumps({"do": "pause", last: 0}))
            refused = _errors_until(outcome, socket, last)
        except (ConnectionClosed, TimeoutError) as error:
            outcome.broken.append(f"A socket was lost or silent: {error!r}; it was sent {messages[-3:]!r:.300}")
            return
    expected = sum(map(_is_wrong, messages))
    if len(refused) < expected:
        outcome.broken.append(f"Of {expected} messages that are no commands {len(refused)} were refused.")


def _is_wrong(message: str | bytes) -> bool:
    if isinstance(message, bytes):
        return True
    try:
        read_command(message)
    except CommandError:
        return True
    return False


def _errors_until(outcome: Outcome, socket: ClientConnection, last: str) -> list[str]:
    """What is said of wrong messages, up to the one that names `last`."""
    told: list[str] = []
    while True:
        message = socket.recv(timeout=PATIENCE)
        if isinstance(message, bytes):
            continue
        outcome.judge("the feed", message)
        said = json.loads(message)
        if said["type"] != "error":
            continue
        if last in said["text"]:
            return told
        told.append(said["text"])
        if not 3 < len(said["text"]) < 500:
            outcome.broken.append(f"This is no sentence: {said['text']!r:.200}")


def _changed_nothing(outcome: Outcome, address: str, config: RunConfig) -> None:
    with connect(**feed_of(address, TARGET, TARGET), open_timeout=PATIENCE) as socket:
        while True:
            message = socket.recv(timeout=PATIENCE)
            if isinstance(message, str) and (said := json.loads(message))["type"] == "state":
                if RunConfig(**said["config"]) != config:
                    outcome.disturbed.append(f"The run that was spoken to now has {said['config']}.")
                return
