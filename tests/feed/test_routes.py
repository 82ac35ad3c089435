"""The files beside the feed: the pages' scripts and Plotly, at addresses that change with their content."""

import posixpath
import re
from http.client import HTTPConnection, HTTPResponse

import pytest
from starlette.routing import Route, WebSocketRoute

from playground.engine.server.engine import Engine
from playground.feed.routes import SCRIPTS, addresses, prefix_of, routes
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
    response, body = get(server, addresses("", "run")["assets"] + name)
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    assert body == SCRIPTS[name].read_bytes()


IMPORT = re.compile(r"""^import .* from "([^"]+)";$""", re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_imports_is_there_and_exports_it(name: str) -> None:
    """A browser would find out only when somebody opens the page."""
    text = SCRIPTS[name].read_text(encoding="utf-8")
    assert text.count("\nimport ") + text.startswith("import ") == len(IMPORT.findall(text))
    for names, source in re.findall(r"""^import \{ (.*) \} from "([^"]+)";$""", text, re.MULTILINE):
        exported = SCRIPTS[posixpath.normpath(posixpath.join(posixpath.dirname(name), source))].read_text("utf-8")
        for imported in names.split(", "):
            assert re.search(rf"^export (async )?(function|const|class) {imported.split(' as ')[0]}\b", exported, re.M)


def test_plotly_is_served_from_here(server: Server) -> None:
    response, body = get(server, addresses("", "run")["plotly"])
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
    response, _ = get(server, addresses("", "run")["assets"] + name)
    assert response.status == 404


@pytest.mark.parametrize(
    ("base", "prefix"),
    [("", "/playground"), ("/", "/playground"), ("lab", "/lab/playground"), ("/a/b/", "/a/b/playground")],
)
def test_everything_lies_below_the_servers_base_path(base: str, prefix: str) -> None:
    assert prefix_of(base) == prefix
    assert all(address.startswith(f"{prefix}/") for address in addresses(base, "run").values())

    def never() -> Engine:
        raise AssertionError("routes need no engine until a socket opens")

    paths = [route.path for route in routes(never, base, frozenset()) if isinstance(route, Route | WebSocketRoute)]
    assert len(paths) == 4 and all(path.startswith(f"{prefix}/") for path in paths)
