"""The live line to a browser: one WebSocket per stage.

Frames go out newest-first, one at a time: the next leaves when the browser says that it is done with the last.
A slow browser gets fewer pictures and never a queue. Rows and the run's state go out as they change.
"""

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from playground.feed import commands
from playground.feed.browser_cookie import owner
from playground.feed.commands import CommandError, read_command
from playground.feed.messages import Error, Message, as_json
from playground.feed.news import News
from playground.feed.past import Past

NOT_YOURS, FOREIGN_ORIGIN = 4404, 4403
"""Close codes: the browser need not ask again."""
MOST_SHOWN = 100
"""Characters of a header that a sentence repeats."""


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
        """Tell one browser of one run until it goes; a page from elsewhere, or whose run it is not, is told why not."""
        await websocket.accept()  # a browser hears nothing of why an opening was refused
        if not is_same_origin(websocket, self._allowed_origins):
            await _refuse(websocket, FOREIGN_ORIGIN, _foreign(websocket))
            return
        engine = self._engine()
        try:
            run = await asyncio.to_thread(engine.run, websocket.path_params["run"], owner(websocket))
        except EngineError as error:
            await _refuse(websocket, NOT_YOURS, str(error))
            return
        line = _Line(websocket, engine, run)
        # Two tasks send: the second to notice that the browser has gone gets starlette's other word for it.
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await line.serve()


async def _refuse(websocket: WebSocket, code: int, sentence: str) -> None:
    """Say why, and close with a code after which no browser asks again.

    The sentence goes as a message: a close frame's reason has room for 123 bytes only.
    """
    with contextlib.suppress(WebSocketDisconnect):
        await websocket.send_text(as_json(Error(sentence)))
        await websocket.close(code)


def _foreign(websocket: WebSocket) -> str:
    """Why a page's Origin is refused, and what to do about it."""
    origin, host = (websocket.headers.get(name, "")[:MOST_SHOWN] for name in ("origin", "host"))
    if not origin:
        return "This connection names no Origin, as every browser does: live pictures are sent to pages only."
    return (
        f"This page comes from {origin}, but the server was asked as {host}, so it sends no live pictures: let the "
        f"proxy pass on the Host header, or add {origin} to server.corsAllowedOrigins."
    )


class _Line:
    """One browser watching one run."""

    def __init__(self, websocket: WebSocket, engine: Engine, run: Run) -> None:
        self._websocket = websocket
        self._engine = engine
        self._run = run
        self._woken = asyncio.Event()
        self._notify: Callable[[], None] = self._woken.set
        self._past = Past(engine, run)
        self._news = News(run, self._past)
        self._drawn = True
        """The browser is done with the last frame that was sent."""
        self._shown = 0
        """Which of the run's frames that was: `Run.version`."""
        self._holds = False
        """This line has told the run how far it may train."""

    async def serve(self) -> None:
        """Talk until the browser goes."""
        loop = asyncio.get_running_loop()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the server is shutting down
                loop.call_soon_threadsafe(self._woken.set)

        self._notify = notify
        unwatch = self._engine.watch(self._run, notify)
        listening = asyncio.create_task(self._listen())
        try:
            await asyncio.to_thread(self._engine.want, self._run)  # it may have to be read from the disk
            self._woken.set()
            while not listening.done():
                wake = asyncio.create_task(self._woken.wait())
                await asyncio.wait({wake, listening}, timeout=self._news.due_in(), return_when=asyncio.FIRST_COMPLETED)
                wake.cancel()
                self._woken.clear()
                await self._tell()
            await listening
        finally:
            unwatch()
            if self._holds:
                self._engine.until(self._run, None)
            listening.cancel()

    async def _tell(self) -> None:
        """Send whatever is new."""
        run = self._run
        with self._engine.lock:
            greeted = self._news.generation
            messages = self._news.messages()
            fresh = self._drawn and not self._past.rewound and run.version > self._shown
            frame = run.frame if fresh and self._news.generation else None
            version = run.version
        if self._news.generation != greeted:
            self._engine.want(run)  # a frame of the old start may have been dropped
        messages += await self._past.summary() if self._news.generation else []
        for message in messages:
            await self._say(message)
        if frame is not None:
            self._drawn, self._shown = False, version
            await self._websocket.send_bytes(frame)
            self._engine.want(run)
        elif self._drawn:
            await self._tell_of_the_past()

    async def _tell_of_the_past(self) -> None:
        """Send the keyframe that the browser asked for, if it did."""
        try:
            found = await self._past.keyframe()
        except EngineError as error:
            await self._say(Error(str(error)))
            return
        if found is not None:
            keyframe, frame = found
            self._drawn = False
            await self._say(keyframe)
            await self._websocket.send_bytes(frame)

    def _show_live(self) -> None:
        """Send the newest frame, though it may have been sent before, and then what follows."""
        self._shown = -1
        self._engine.want(self._run)
        self._woken.set()

    async def _listen(self) -> None:
        while True:
            try:
                command = read_command(await self._websocket.receive_text())
                match command:
                    case commands.Ack():
                        self._drawn = True
                        self._woken.set()
                    case commands.Rewind(step=step):
                        self._past.rewind(step)
                        self._show_live() if step is None else self._woken.set()
                    case _:  # a run that came back from the disk may have to be read from it
                        await asyncio.to_thread(self._obey, command)
            except (CommandError, EngineError) as error:
                await self._say(Error(str(error)))
            except KeyError:  # starlette's word for a binary message
                await self._say(Error("message: must be text."))

    async def _say(self, message: Message) -> None:
        await self._websocket.send_text(as_json(message))

    def _obey(self, command: commands.BrowserCommand) -> None:
        engine, run = self._engine, self._run
        match command:
            case commands.Play(to=step, wait=wait):
                engine.play(run, True, step, wait=wait)
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
