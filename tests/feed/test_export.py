"""The export route: files with safe names, one sentence for everything that can't be exported."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message

from playground.config import RunConfig
from playground.exports import kinds
from playground.feed import export
from playground.frame import Frame, Row, Scene, encode
from playground.runs.store import Batch, RunBatch, RunStore

SCENE = Scene("points", 1, 2, (-2.5, 2.5), 2, [[0.0, 0.0]], [[2.0, 0.0]])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path)
    yield opened
    opened.close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


class Client:
    """Asks the route without a server between."""

    def __init__(self, store: RunStore | None) -> None:
        engine = cast(Any, SimpleNamespace(store=store))
        self._app = Starlette(routes=[Route("/playground/export/{run}/{kind}", export.exporting(lambda: engine))])

    def get(self, path: str) -> Answer:
        return asyncio.run(self.ask(path))

    async def ask(self, path: str) -> Answer:
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": f"/playground/export/{path}", "headers": []}
        scope |= {"query_string": b"", "http_version": "1.1", "scheme": "http", "server": ("test", 80)}
        await self._app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return Answer(told[0]["status"], headers, b"".join(part.get("body", b"") for part in told[1:]).decode())


@pytest.fixture
def client(store: RunStore) -> Client:
    return Client(store)


def recorded(store: RunStore, name: str = "A run", rows: bool = True) -> None:
    store.create("a-run", "ada", RunConfig(), name=name, scene=SCENE)
    part = RunBatch(steps=5, status="paused")
    if rows:
        part.rows.append(Row(5, {"jsd": (0.5,)}, ((1.0,),), 5, 0.1))
        part.keyframes.append((5, encode(Frame({"step": 5}, {"fake": SPOTS, "discriminator": SPOTS}))))
    batch = Batch()
    batch.runs["a-run"] = part
    store.write(batch)


SPOTS = np.zeros((2, 2), np.float32)


def test_a_file_comes_with_a_safe_name(client: Client, store: RunStore) -> None:
    recorded(store, name='Über "k=5"; ../x\r\nSet-Cookie: a=b')
    answer = client.get("a-run/csv")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="uber-k-5-x-set-cookie-a-b-metrics.csv"'
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.splitlines()[0] == "step,seed,d_updates,seconds,jsd,mode_1"
    assert "set-cookie" not in answer.headers


def test_a_name_without_plain_letters_will_do(client: Client, store: RunStore) -> None:
    recorded(store, name="环 🎯")
    answer = client.get("a-run/script")
    assert answer.headers["content-disposition"] == 'attachment; filename="run-script.py"'
    assert "环 🎯" in answer.text.splitlines()[0]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("nobodys/csv", 404, "There is no such recorded run."),
        ("a-run/everything", 404, "There is no such export; there are script, config"),
        ("a-run/generator", 400, "No checkpoint of this run has been recorded yet"),
        ("a-run/animation", 400, "No picture of this run has been recorded yet"),
        ("a-run/data", 400, "this run has none"),
        ("../runs/csv", 404, ""),
    ],
)
def test_what_there_is_not_is_one_sentence(client: Client, store: RunStore, path: str, status: int, said: str) -> None:
    recorded(store, rows=False)
    answer = client.get(f"{path}")
    assert answer.status == status and said in answer.text
    assert answer.text.count("\n") == 0 and answer.headers["content-type"].startswith("text/plain")


def test_a_deleted_run_is_not_handed_out(client: Client, store: RunStore) -> None:
    recorded(store)
    store.delete("a-run")
    assert client.get("a-run/csv").status == 404


def test_a_server_that_records_nothing_says_so() -> None:
    answer = Client(None).get("a-run/csv")
    assert answer.status == 404 and "not recorded on this server" in answer.text


def test_few_are_made_at_once(client: Client, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(store)
    busy, most, lock = 0, 0, threading.Lock()
    gate = threading.Event()

    def slow(*_: object) -> bytes:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        gate.wait(0.2)
        with lock:
            busy -= 1
        return b""

    row = kinds.Export("Slow", "", "slow.txt", "text/plain", slow)
    monkeypatch.setitem(export.KINDS, "slow", row)

    async def all_at_once() -> list[Answer]:
        return await asyncio.gather(*(client.ask("a-run/slow") for _ in range(5)))

    assert [answer.status for answer in asyncio.run(all_at_once())] == [200] * 5
    assert most == export.AT_ONCE
