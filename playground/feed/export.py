"""The route that hands out exports of recorded runs as files."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from playground.engine.server.engine import Engine
from playground.exports.kinds import EXPORTS, Export, export
from playground.feed.replay import replay
from playground.feed.replay_compared import MOST, replay_compared
from playground.runs.record import StoreError

AT_ONCE = 2
"""Exports that are made at the same time; others wait their turn, and the pages stay quick."""
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

KINDS: dict[str, Export] = EXPORTS | {
    "replay": Export(
        "Take it home (HTML)",
        "One file that any browser plays, without a server: the pictures, the charts, the settings, the reading.",
        "replay.html",
        "text/html",
        replay,
        together=replay_compared,
    )
}
"""Everything that a run can be exported as, for the page's menu, the route and the command line."""

Endpoint = Callable[[Request], Awaitable[Response]]


def exporting(engine: Callable[[], Engine]) -> Endpoint:
    """The endpoint of /export/{run}/{kind}, where {run} may be several ids with commas between them. Whoever knows a
    recorded run's unguessable id may read it.

    A file, or one sentence: 404 where there is no such run or kind, 400 where there is nothing to export yet.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def endpoint(request: Request) -> Response:
        run, kind = request.path_params["run"], request.path_params["kind"]
        if kind not in KINDS:
            return _sentence(f"There is no such export; there are {', '.join(KINDS)}.", 404)
        store = engine().store
        if store is None:
            return _sentence("Runs are not recorded on this server, so there is nothing to export.", 404)
        try:
            records = [await run_in_threadpool(store.record, each) for each in run.split(",")[: MOST + 1]]
            if any(record.deleted for record in records):
                return _sentence("This run has been deleted.", 404)
        except StoreError:
            return _sentence("There is no such recorded run. A run is recorded once it has trained a step.", 404)
        try:
            async with turns:
                name, media_type, content = await run_in_threadpool(export, store, run, kind, KINDS)
        except StoreError as error:
            return _sentence(str(error), 400)
        # The name is made of plain letters: see kinds.file_name.
        headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=headers)

    return endpoint


def _sentence(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, headers=HEADERS)
