"""Browser sessions that speak the feed's protocol without drawing: their browsers would run on other machines."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

from websockets.asyncio.client import ClientConnection, connect

from playground.feed import routes
from playground.feed.browser_cookie import COOKIE

Wish = Callable[[], dict[str, Any] | None]
WISH_EVERY = 0.5


def feed_of(address: str, run: str, cookie: str) -> dict[str, Any]:
    """What `connect` of websockets needs for a run's feed, as the page at this address with this cookie asks for it."""
    host = urlparse(address).netloc
    headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": f"http://{host}"}
    return {
        "uri": f"ws://{host}{routes.feed_of('', run)}",
        "additional_headers": headers,
        "max_size": None,
        "proxy": None,
    }


class Crowd(threading.Thread):
    """Sessions that play their runs and acknowledge every picture, as a browser does that draws at once.

    names: of the runs, and of the cookies that they belong to. speed: steps per second that they are held to.
    wish: what a session says every half second; None leaves and comes back.
    """

    def __init__(self, address: str, names: list[str], speed: float | None = None, wish: Wish | None = None) -> None:
        super().__init__(daemon=True)
        self.pictures = 0
        self.errors: list[str] = []
        """What the sessions were told in the feed's errors, and why one of them ended."""
        self.ready = threading.Event()
        self._address = address
        self._names = names
        self._speed = speed
        self._wish = wish
        self._waiting = set(names)
        self._over = asyncio.Event()
        self._loop = asyncio.new_event_loop()

    def run(self) -> None:
        self._loop.run_until_complete(self._all())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self.join(timeout=10)

    async def _all(self) -> None:
        watchers = [asyncio.create_task(self._come_and_go(name)) for name in self._names]
        await self._over.wait()
        for watcher in watchers:
            watcher.cancel()
        for ended in await asyncio.gather(*watchers, return_exceptions=True):
            if isinstance(ended, Exception):
                self.errors.append(f"A session ended: {ended!r}")

    async def _come_and_go(self, name: str) -> None:
        while True:
            async with connect(**feed_of(self._address, name, name)) as socket:
                await socket.send(json.dumps({"do": "speed", "steps_per_second": self._speed}))
                await socket.send(json.dumps({"do": "play"}))
                await self._watch(name, socket)

    async def _watch(self, name: str, socket: ClientConnection) -> None:
        due = self._loop.time() + WISH_EVERY
        while True:
            try:
                message = await asyncio.wait_for(socket.recv(), WISH_EVERY)
            except TimeoutError:
                message = "{}"
            if isinstance(message, bytes):
                await socket.send(json.dumps({"do": "ack"}))
                self.pictures += 1
                self._waiting.discard(name)
                if not self._waiting:
                    self.ready.set()
            elif '"error"' in message[:30]:
                self.errors.append(json.loads(message)["text"])
            if self._wish is not None and self._loop.time() >= due:
                due = self._loop.time() + WISH_EVERY
                wish = self._wish()
                if wish is None:
                    return
                await socket.send(json.dumps(wish))
