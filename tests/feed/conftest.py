"""The feed behind a real server on a free port, with an engine that only notes what it is asked for."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, cast

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from websockets.sync.client import ClientConnection, connect

from playground.config import RunConfig
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from playground.feed.browser_cookie import COOKIE, BrowserSession
from playground.feed.routes import routes
from playground.frame import Frame, Row, Scene, encode

PATIENCE = 120.0
OWNER = "ada"
NOW_AND_THEN = {"reading", "summary"}
"""Messages that come at most once a second, whatever else is said."""
SCENE = Scene("points", 1, 2, (-2.5, 2.5), 64, [[0.0, 0.0]], [[2.0, 0.0]])


class FakeEngine:
    """Holds runs and notes wishes; a test says itself what happens to a run."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.runs: dict[str, Run] = {}
        self.wishes: list[tuple[Any, ...]] = []
        self.heard = threading.Condition()

    def add(self, run_id: str = "run", seeds: int = 1) -> Run:
        """A run that stands paused at step 0, and has been announced."""
        config = RunConfig(seeds=seeds)
        run = Run(run_id, OWNER, config, config, worker=0, status="paused", scene=SCENE, generation=1)
        self.runs[run_id] = run
        return run

    def tell(self, run: Run, **changes: Any) -> None:
        """News of a run."""
        with self.lock:
            for name, value in changes.items():
                setattr(run, name, value)
            watchers = list(run.watchers)
        for notify in watchers:
            notify()

    def row(self, run: Run, step: int, *jsd: float) -> None:
        with self.lock:
            run.history.append(Row(step, {"jsd": jsd or (0.5,)}, ((0.25, 0.75),)))
        self.tell(run, steps=step)

    def picture(self, run: Run, step: int) -> bytes:
        data = encode(Frame({"step": step}))
        self.tell(run, frame=data, version=run.version + 1)
        return data

    def wait_for(self, *wish: Any, times: int = 1) -> None:
        with self.heard:
            heard = self.heard.wait_for(lambda: self.wishes.count(wish) >= times, PATIENCE)
            assert heard, f"{wish} is not {times} times in {self.wishes}"

    # What the feed calls.

    def run(self, run_id: str, owner: str) -> Run:
        run = self.runs.get(run_id)
        if run is None or run.owner != owner:
            raise EngineError("There is no such run in this browser session.")
        return run

    def watch(self, run: Run, notify: Callable[[], None]) -> Callable[[], None]:
        run.watchers.add(notify)
        self._note("watch")

        def unwatch() -> None:
            run.watchers.discard(notify)
            self._note("unwatch")

        return unwatch

    def want(self, run: Run) -> None:
        self._note("want")

    def play(self, run: Run, playing: bool, to: int | None = None, *, wait: bool = False) -> None:
        self._note("play", playing, *([] if to is None else [to]), *(["wait"] if wait else []))

    def step(self, run: Run, part: str) -> None:
        self._note("step", part)

    def limit(self, run: Run, steps_per_second: float | None) -> None:
        self._note("limit", steps_per_second)

    def until(self, run: Run, step: int | None) -> None:
        self._note("until", step)

    def keyframe(self, run: Run, step: int) -> tuple[int, bytes]:
        kept = [each for each in run.keyframes if each <= step] or list(run.keyframes[:1])
        if not kept:
            raise EngineError("No pictures of this run are recorded yet.")
        return kept[-1], encode(Frame({"step": kept[-1]}))

    def summary(self, run: Run) -> tuple[dict[str, float | None], str]:
        latest = run.history.latest
        return {"steps": float(latest.step) if latest else None}, "All is well."

    def look_at(self, run: Run, lane: int) -> None:
        if lane >= run.config.seeds:
            raise EngineError(f"lane must be a whole number from 0 to {run.config.seeds - 1} (got {lane}).")
        self._note("lane", lane)

    def _note(self, *wish: Any) -> None:
        with self.heard:
            self.wishes.append(wish)
            self.heard.notify_all()


class Browser:
    """One open socket, as the stage's script holds it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def receive(self, *besides: str) -> Any:
        """The next message: parsed JSON, or the bytes of a picture. What is said now and then comes only if named."""
        while True:
            message = self.socket.recv(timeout=PATIENCE)
            if isinstance(message, bytes):
                return message
            parsed = json.loads(message)
            if parsed["type"] in besides or parsed["type"] not in NOW_AND_THEN:
                return parsed

    def until(self, kind: str) -> list[Any]:
        """All messages up to the first of this type, that one the last."""
        messages = [self.receive(kind)]
        while isinstance(messages[-1], bytes) or messages[-1]["type"] != kind:
            messages.append(self.receive(kind))
        return messages

    def until_picture(self) -> bytes:
        while not isinstance(message := self.receive(), bytes):
            pass
        return message

    def say(self, **command: Any) -> None:
        self.socket.send(json.dumps(command))


class Server:
    """A real server for an app on a free port of this machine. Each test gives it its engine."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        app = Starlette(
            routes=[
                Route("/", page),
                Route("/data", data),
                *routes(lambda: cast(Engine, self.engine), "", frozenset({"https://allowed.example"})),
            ],
            middleware=[Middleware(BrowserSession)],
        )
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()

    def open(
        self, run: str = "run", *, owner: str | None = OWNER, origin: str | None = "same"
    ) -> AbstractContextManager[Browser]:
        """A socket to a run's feed."""

        @contextlib.contextmanager
        def opened() -> Iterator[Browser]:
            headers = {"Cookie": f"{COOKIE}={owner}"} if owner is not None else {}
            if origin is not None:
                headers["Origin"] = f"http://{self.host}" if origin == "same" else origin
            address = f"ws://{self.host}/playground/feed/{run}"
            with connect(address, additional_headers=headers, open_timeout=PATIENCE, proxy=None) as connection:
                yield Browser(connection)

        return opened()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()


async def page(_: Request) -> Response:
    return Response("<p>page</p>", media_type="text/html")


async def data(_: Request) -> Response:
    return PlainTextResponse("data")


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="package")
def running_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(running_server: Server, fake: FakeEngine) -> Server:
    """The server, in front of this test's own engine."""
    running_server.engine = cast(Engine, fake)
    return running_server


CONFIG = RunConfig(g_width=8, d_width=8, batch_size=16, jsd_samples=500, emd_samples=50, mode_samples=100)
"""A run that a real engine trains quickly."""


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    engine = Engine(workers=1)
    yield engine
    engine.close()


@pytest.fixture
def run_id(engine: Engine, running_server: Server) -> Iterator[str]:
    running_server.engine = engine
    run_id = engine.start(OWNER, CONFIG)
    yield run_id
    engine.stop(engine.run(run_id, OWNER))
