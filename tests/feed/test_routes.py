"""The files beside the feed: the pages' scripts and Plotly, at addresses that change with their content."""

from http.client import HTTPConnection, HTTPResponse

import pytest
from starlette.routing import Route, WebSocketRoute

from playground.engine.server.engine import Engine
from playground.feed.routes import assets, feed_of, prefix_of, routes
from playground.feed.scripts import SCRIPTS, scripts
from tests.feed.conftest import Server


def get(server: Server, path: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(server.host, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_served_as_javascript_that_may_be_kept(server: Server, name: str) -> None:
    response, body = get(server, assets("")["assets"] + name)
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert body == SCRIPTS[name].read_bytes()


def test_plotly_is_served_from_here(server: Server) -> None:
    response, body = get(server, assets("")["plotly"])
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert len(body) > 1_000_000 and b"plotly.js" in body[:500]


@pytest.mark.parametrize(
    "name",
    [
        "stage/nothing.js",
        "stage.js",
        "stage/__init__.py",
        "stage/..%2fsession.py",
        "stage/%2e%2e/session.py",
        "../session.py",
        "stage/stage.css%00",
        "stage/stage.js/",
    ],
)
def test_nothing_else_is_served(server: Server, name: str) -> None:
    response, _ = get(server, assets("")["assets"] + name)
    assert response.status == 404


@pytest.mark.parametrize(
    ("base", "prefix"),
    [("", "/playground"), ("/", "/playground"), ("lab", "/lab/playground"), ("/a/b/", "/a/b/playground")],
)
def test_everything_lies_below_the_servers_base_path(base: str, prefix: str) -> None:
    assert prefix_of(base) == prefix
    assert all(address.startswith(f"{prefix}/") for address in (*assets(base).values(), feed_of(base, "run")))

    def never() -> Engine:
        raise AssertionError("routes need no engine until a socket opens")

    paths = [route.path for route in routes(never, base, frozenset()) if isinstance(route, Route | WebSocketRoute)]
    assert len(paths) == 5 and all(path.startswith(f"{prefix}/") for path in paths)


def test_a_page_knows_all_scripts_that_it_will_need() -> None:
    found = scripts("stage/stage.js")["modules"]
    assert found[0] == "stage/stage.js" and len(found) == len(set(found)) and set(found) <= SCRIPTS.keys()
    others = {name for name in SCRIPTS if name.startswith("stage/")} - set(found)
    assert others == {"stage/common/entry.js"}, "it is the one that loads them"
