"""The live line to a browser: one WebSocket per stage.

Pictures go out newest-first, one at a time: the next leaves when the browser says that it has drawn the last.
A slow browser gets fewer pictures and never a queue. Rows and the run's state go out as they change.
"""

import asyncio
import base64
import bisect
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.engine.engine import Engine, EngineError
from playground.engine.messages import Answer, Film, Progress, Refused
from playground.engine.run import Run
from playground.feed import commands
from playground.feed.commands import CommandError, read_command
from playground.feed.past import Past, shown
from playground.feed.session import owner
from playground.feed.words import Reader
from playground.frame import Row

ROWS_EVERY = 0.22
"""Seconds between two batches of rows: charts are redrawn four to five times a second."""
CHART_ROWS = 1000
"""The most rows that a browser is given of a run's past."""
NOT_YOURS, FOREIGN_ORIGIN = 4404, 4403


def is_same_origin(websocket: WebSocket, allowed: frozenset[str]) -> bool:
    """Whether the page that opened the socket came from this server (or from an allowed origin).

    A socket without an Origin is refused: every browser sends one.
    """
    origin = websocket.headers.get("origin")
    if not origin:
        return False
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return netloc == websocket.headers.get("host") or origin in allowed


class Feed:
    """One WebSocket endpoint, `serve`. `engine` is asked for when a socket opens, not before."""

    def __init__(self, engine: Callable[[], Engine], allowed_origins: frozenset[str] = frozenset()) -> None:
        self._engine = engine
        self._allowed_origins = allowed_origins

    async def serve(self, websocket: WebSocket) -> None:
        if not is_same_origin(websocket, self._allowed_origins):
            await websocket.close(FOREIGN_ORIGIN)
            return
        await websocket.accept()
        engine = self._engine()
        try:
            run = await asyncio.to_thread(engine.run, websocket.path_params["run"], owner(websocket))
        except EngineError as error:
            await websocket.send_json({"type": "error", "text": str(error)})
            await websocket.close(NOT_YOURS)
            return
        line = _Line(websocket, engine, run)
        with contextlib.suppress(WebSocketDisconnect):
            await line.serve()


class _Line:
    """One browser watching one run."""

    def __init__(self, websocket: WebSocket, engine: Engine, run: Run) -> None:
        self._websocket = websocket
        self._engine = engine
        self._run = run
        self._news = asyncio.Event()
        self._notify: Callable[[], None] = self._news.set
        self._drawn = True
        self._shown = 0
        self._generation = 0
        self._latest: Row | None = None
        self._last_step = -1
        self._rewinds = 0
        self._rows_at = 0.0
        self._state: dict[str, Any] = {}
        self._floors: dict[str, Any] = {}
        self._film = 0
        self._progress: Progress | None = None
        self._letters = run.letters.posted
        self._reader = Reader()
        self._past = Past(engine, run)
        self._holds = False
        """This line has told the run how far it may train."""
        self._lane = run.lane

    async def serve(self) -> None:
        """Talk until the browser goes."""
        loop = asyncio.get_running_loop()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the server is shutting down
                loop.call_soon_threadsafe(self._news.set)

        self._notify = notify
        unwatch = self._engine.watch(self._run, notify)
        listening = asyncio.create_task(self._listen())
        try:
            self._engine.want(self._run)
            self._news.set()
            while not listening.done():
                wake = asyncio.create_task(self._news.wait())
                await asyncio.wait({wake, listening}, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED)
                wake.cancel()
                self._news.clear()
                await self._tell()
            await listening
        finally:
            unwatch()
            if self._holds:
                self._engine.until(self._run, None)
            listening.cancel()

    def _patience(self) -> float | None:
        """How long to wait for news: what was held back is due at a known time."""
        if not self._generation:
            return None  # nothing is held back before the greeting; waiting 0 s over and over starves the worker
        waits = [self._reader.due_in(self._run), self._past.due_in()]
        latest = self._run.history.latest
        if latest is not None and latest is not self._latest:
            waits.append(max(0.0, self._rows_at + ROWS_EVERY - time.monotonic()))
        return min((wait for wait in waits if wait is not None), default=None)

    async def _tell(self) -> None:
        """Send whatever is new."""
        run = self._run
        with self._engine.lock:
            messages = self._messages()
            fresh = self._drawn and not self._past.rewound and run.version > self._shown
            frame = run.frame if fresh and self._generation else None
            version = run.version
        messages += await self._past.summary() if self._generation else []
        for message in messages:
            await self._websocket.send_text(json.dumps(message, allow_nan=False))
        if frame is not None:
            self._drawn, self._shown = False, version
            await self._websocket.send_bytes(frame)
            self._engine.want(run)
        elif self._drawn:
            await self._tell_of_the_past()

    async def _tell_of_the_past(self) -> None:
        """Send the recorded picture that the browser asked for, if it did."""
        try:
            found = await self._past.picture()
        except EngineError as error:
            await self._say_error(error)
            self._show_live()
            return
        if found is not None:
            moment, picture = found
            self._drawn = False
            await self._websocket.send_text(json.dumps(moment, allow_nan=False))
            await self._websocket.send_bytes(picture)

    def _show_live(self) -> None:
        """Send the newest picture, though it may have been sent before, and then what follows."""
        self._shown = -1
        self._engine.want(self._run)
        self._news.set()

    def _messages(self) -> list[dict[str, Any]]:
        run = self._run
        messages: list[dict[str, Any]] = []
        if run.scene is not None and run.generation != self._generation:
            self._generation, self._last_step, self._rewinds, self._rows_at = run.generation, -1, 0, 0.0
            self._floors, self._film = {}, 0
            self._engine.want(run)  # a picture of the old start may have been dropped
            scene = asdict(run.scene) | {"lane": run.lane}
            hello = {"type": "hello", "run": run.id, "scene": scene, "config": run.config.model_dump()}
            messages.append(hello | {"record": self._past.begin()})
        state = _state(run)
        if state != self._state:
            self._state = state
            messages.append({"type": "state", "steps": run.steps} | state)
        messages += self._new_rows()
        messages += self._reader.news(run) if self._generation else []
        messages += self._past.messages() if self._generation else []
        if run.floors and run.floors != self._floors:
            self._floors = dict(run.floors)
            messages.append({"type": "floors", "bands": self._floors})
        if len(run.film) > self._film:
            entries = [_film(entry) for entry in run.film[self._film :]]
            messages.append({"type": "film", "entries": entries, "replace": self._film == 0})
            self._film = len(run.film)
        if run.progress is not None and run.progress is not self._progress:
            self._progress = run.progress
            messages.append({"type": "progress", "what": run.progress.what, "fraction": run.progress.fraction})
        messages += [_letter(letter) for letter in run.letters.since(self._letters)]
        self._letters = run.letters.posted
        return messages

    def _new_rows(self) -> list[dict[str, Any]]:
        history, now = self._run.history, time.monotonic()
        if self._lane != self._run.lane:  # another seed's modes and newest numbers
            self._lane, self._latest, self._last_step = self._run.lane, None, -1
        if history.latest is None or history.latest is self._latest or now < self._rows_at + ROWS_EVERY:
            return []
        if history.rewinds != self._rewinds:
            self._last_step, self._rewinds = -1, history.rewinds
        # The last row sent goes out again: half a step measures anew without moving the step.
        since = bisect.bisect_left(history.steps, self._last_step)
        modes = history.mode_columns(min(self._lane, self._run.config.seeds - 1), since, CHART_ROWS)
        columns = history.columns(since, CHART_ROWS) | modes
        message = {
            "type": "rows",
            "columns": columns,
            "latest": latest(self._run),
            "replace": self._last_step < 0,
        }
        self._latest, self._last_step, self._rows_at = history.latest, history.steps[-1], now
        return [message]

    async def _listen(self) -> None:
        while True:
            try:
                command = read_command(await self._websocket.receive_text())
                match command:
                    case commands.Ack():
                        self._drawn = True
                        self._news.set()
                    case commands.Rewind(step=step):
                        self._past.rewind(step)
                        self._show_live() if step is None else self._news.set()
                    case _:  # a run that came back from the disk may have to be read from it
                        await asyncio.to_thread(self._obey, command)
            except (CommandError, EngineError) as error:
                await self._say_error(error)
            except KeyError:  # starlette's word for a binary message
                await self._say_error("message: must be text.")

    async def _say_error(self, error: Exception | str) -> None:
        await self._websocket.send_text(json.dumps({"type": "error", "text": str(error)}))

    def _obey(self, command: commands.BrowserCommand) -> None:
        engine, run = self._engine, self._run
        match command:
            case commands.Play():
                engine.play(run, True)
            case commands.Pause():
                engine.play(run, False)
            case commands.Step(part=part):
                engine.step(run, part)
            case commands.Speed(steps_per_second=limit):
                engine.limit(run, limit)
            case commands.Until(step=step):
                self._holds = step is not None
                engine.until(run, step)
            case commands.Lane(lane=lane):
                engine.look_at(run, lane)
            case commands.Layers(on=layers):
                engine.show(run, self._notify, layers)
            case commands.Ask(id=question, kind=kind, of=of):
                engine.ask(run, question, kind, of)


def _state(run: Run) -> dict[str, Any]:
    return {
        "status": run.status,
        "message": run.message,
        "config": run.config.model_dump(),
        "changes": [{"step": step, "fields": fields} for step, fields in run.changes],
        "speed": run.speed,
        "diverged": run.diverged,
    }


def _film(entry: Film) -> dict[str, Any]:
    return {"epoch": entry.epoch, "step": entry.step, **_images(entry.images)}


def _letter(letter: Refused | Answer) -> dict[str, Any]:
    if isinstance(letter, Refused):
        return {"type": "error", "text": letter.sentence}
    return {
        "type": "answer",
        "id": letter.id,
        "kind": letter.kind,
        "labels": letter.labels,
        "distances": letter.distances,
        "text": letter.text,
        **_images(letter.images),
    }


def _images(images: np.ndarray) -> dict[str, Any]:
    """Images (n, h, w) uint8 for a message in text."""
    return {"images": base64.b64encode(images.tobytes()).decode(), "shape": images.shape}


def latest(run: Run) -> dict[str, Any]:
    """The newest row as a browser shows it: the shown seed's value of each measure, and its mode histogram."""
    return shown(run.history.latest, run.lane)
