"""The routes beside the pages: the live feed, and the files that the pages' own parts need."""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from playground.engine.server.engine import Engine
from playground.feed.export import exporting
from playground.feed.scripts import SCRIPTS, VERSION
from playground.feed.server import Feed
from playground.figures.lessons import FIGURES

ROOT = "playground"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""The address of an asset changes with its content."""


def routes(engine: Callable[[], Engine], base: str, allowed_origins: frozenset[str]) -> list[BaseRoute]:
    """All routes, below the server's base path."""
    prefix = prefix_of(base)
    return [
        WebSocketRoute(f"{prefix}/feed/{{run}}", Feed(engine, allowed_origins).serve),
        Route(f"{prefix}/export/{{run}}/{{kind}}", exporting(engine)),
        Route(f"{prefix}/assets/scripts/{VERSION}/{{name:path}}", script),
        Route(f"{prefix}/assets/plotly-{plotly.__version__}.js", plotly_script),
        Route(f"{prefix}/assets/touch/{{lesson}}/{{key}}", touch_figure),
    ]


def feed_of(base: str, run: str) -> str:
    """Where a page finds the feed of a run."""
    return f"{prefix_of(base)}/feed/{run}"


def export_of(base: str, run: str, kind: str) -> str:
    """Where a page finds a run, or several by commas, in another form."""
    return f"{prefix_of(base)}/export/{run}/{kind}"


def assets(base: str) -> dict[str, str]:
    """Where a page finds the scripts (`assets`, the script's name follows) and Plotly."""
    prefix = prefix_of(base)
    return {
        "assets": f"{prefix}/assets/scripts/{VERSION}/",
        "plotly": f"{prefix}/assets/plotly-{plotly.__version__}.js",
    }


def touch_address(base: str, lesson: str, key: str) -> str:
    """Where a page finds a lesson's figure to touch."""
    return f"{prefix_of(base)}/assets/touch/{lesson}/{key}"


def prefix_of(base: str) -> str:
    """Where all of these routes lie, below the server's base path."""
    path = base.strip("/")
    return f"/{path}/{ROOT}" if path else f"/{ROOT}"


async def script(request: Request) -> Response:
    """A script of the pages by its place below ui/; 404 where there is none."""
    path = SCRIPTS.get(request.path_params["name"])
    if path is None:
        return Response("There is no such script.", 404)
    return FileResponse(path, media_type="text/javascript", headers=FOREVER)


async def plotly_script(_: Request) -> Response:
    """Plotly, in the version that the figures are made with."""
    return FileResponse(PLOTLY, media_type="text/javascript", headers=FOREVER)


def touch_figure(request: Request) -> Response:
    """A lesson's figure with all its places, compressed; 404 where there is none. Not a coroutine: the first time it
    is worked out, which takes a while."""
    lesson, key = request.path_params["lesson"], request.path_params["key"]
    if (lesson, key) not in FIGURES:
        return Response("There is no such figure.", 404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "no-cache", "ETag": f'"{_touch_tag(lesson, key)}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(_touch_bytes(lesson, key), media_type="application/octet-stream", headers=headers)


@lru_cache
def _touch_bytes(lesson: str, key: str) -> bytes:
    return gzip.compress(FIGURES[lesson, key]().encoded(), mtime=0)


@lru_cache
def _touch_tag(lesson: str, key: str) -> str:
    return hashlib.sha256(_touch_bytes(lesson, key)).hexdigest()[:16]
