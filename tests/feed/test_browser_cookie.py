"""The browser's cookie: one per browser, unreadable for scripts, given with the first page."""

import asyncio
import re
from http.client import HTTPConnection

import pytest
from starlette.requests import HTTPConnection as HTTPRequest
from starlette.types import Message, Receive, Scope, Send

from playground.feed.browser_cookie import COOKIE, PERSON, BrowserSession, owner, owner_of
from tests.feed.conftest import Server


def get(server: Server, path: str, cookie: str = "") -> tuple[int, list[str]]:
    """Status and set-cookie headers of a request."""
    connection = HTTPConnection(server.host, timeout=20)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers.get_all("set-cookie") or []


def test_the_first_page_brings_a_cookie_that_scripts_cannot_read(server: Server) -> None:
    status, [cookie] = get(server, "/")
    assert status == 200
    value, *attributes = [part.strip() for part in cookie.split(";")]
    assert value.startswith(f"{COOKIE}=") and len(value) > len(COOKIE) + 30
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    assert "Secure" not in attributes  # plain http on localhost would not send it back


def test_every_browser_gets_its_own(server: Server) -> None:
    assert get(server, "/")[1] != get(server, "/")[1]


@pytest.mark.parametrize("path", ["/data", "/playground/assets/nothing.js"])
def test_what_is_no_page_sets_no_cookie(server: Server, path: str) -> None:
    assert get(server, path)[1] == []


@pytest.mark.parametrize("cookie", [f"{COOKIE}=known", f"other=1; {COOKIE}=known; more=2"])
def test_a_browser_that_has_one_keeps_it_for_another_month(server: Server, cookie: str) -> None:
    _, [renewed] = get(server, "/", cookie)
    assert renewed.startswith(f"{COOKIE}=known; ") and "Max-Age=2592000" in renewed


def test_a_page_that_the_browser_has_kept_brings_a_cookie_that_has_ended_back() -> None:
    async def unchanged(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"1"')]})

    def given(accept: bytes) -> list[bytes]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept", accept)]}
        asyncio.run(BrowserSession(unchanged)(scope, None, send))  # type: ignore[arg-type]
        return [value for name, value in sent[0]["headers"] if name == b"set-cookie"]

    assert len(given(b"text/html,*/*;q=0.8")) == 1
    assert given(b"*/*") == []  # a script or a picture


def test_another_cookie_is_none_of_ours(server: Server) -> None:
    assert len(get(server, "/", "other=1")[1]) == 1


@pytest.mark.parametrize("value", ["a b", '"a\\012b"', "a,b", "ä", "x" * 101, "person:a"])
def test_a_name_that_was_never_given_is_none(server: Server, value: str) -> None:
    _, [cookie] = get(server, "/", f"{COOKIE}={value}")
    assert re.match(rf"{COOKIE}=[\w-]{{40,50}}; ", cookie)


# Below a base path: the middleware by itself


class Browser:
    """Keeps one cookie for each path, and sends those that a page lies below, the longest path first."""

    def __init__(self, kept: dict[str, str] | None = None) -> None:
        self.kept = kept or {}

    def load(self, page: str, base: str, kind: str = "http") -> str:
        """The name that the server knows the browser by."""
        below = [path for path in self.kept if f"{page}/".startswith(f"{path.rstrip('/')}/")]
        sent = "; ".join(f"{COOKIE}={self.kept[path]}" for path in sorted(below, key=len, reverse=True))
        known = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            known.append(owner(HTTPRequest(scope)))
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})

        async def keep(message: Message) -> None:
            for name, value in message["headers"]:
                if name == b"set-cookie":
                    path = value.decode().split("Path=")[1].split(";")[0]
                    self.kept[path] = value.decode().split(";")[0].removeprefix(f"{COOKIE}=")

        async def receive() -> Message:
            raise AssertionError("there is nothing to be received")

        scope = {"type": kind, "path": page, "headers": [(b"cookie", b"x=1; " + sent.encode() + b"; y=2")]}
        asyncio.run(BrowserSession(app, base)(scope, receive, keep))
        return known[0]


def test_the_cookie_is_valid_below_the_base_path_only() -> None:
    for base, path in (("", "/"), ("a", "/a"), ("/a/b/", "/a/b")):
        browser = Browser()
        browser.load(path, base)
        assert set(browser.kept) == {path}


def test_playgrounds_of_one_host_do_not_take_each_others_cookies() -> None:
    browser = Browser()
    names: dict[str, str] = {}
    for base in ("a", "b", "", "a", "b", ""):  # the one at "/" comes after the others: all of them are sent its cookie
        browser.load(f"/{base}", base)
        for kind in ("http", "websocket"):
            assert names.setdefault(base, browser.kept[f"/{base}"]) == browser.load(f"/{base}", base, kind)
    assert len(set(names.values())) == 3


def test_a_cookie_from_before_keeps_its_name_below_a_base_path() -> None:
    browser = Browser({"/": "from-before"})
    assert browser.load("/a", "a") == "from-before"
    assert browser.kept == {"/": "from-before", "/a": "from-before"}


# Somebody is signed in


def known_by(cookie: str, person: str = "") -> dict[str, str]:
    """The cookies that the app sees of a request that sends these; person: who the library says is signed in."""
    seen: list[dict[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(dict(HTTPRequest(scope).cookies))

    async def nothing() -> Message:
        raise AssertionError("there is nothing to be received")

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    scope = {"type": "websocket", "headers": [(b"cookie", part.encode()) for part in cookie.split("\n")]}
    asyncio.run(BrowserSession(app, person=lambda cookies: person)(scope, nothing, send))
    return seen[0]


def test_runs_belong_to_a_person_before_they_belong_to_a_browser() -> None:
    seen = known_by(f"{COOKIE}=b", "person:a")
    assert seen == {COOKIE: "b", PERSON: "person:a"} and owner_of(seen) == "person:a"
    assert owner_of(known_by("", "person:a")) == "person:a"


@pytest.mark.parametrize(
    "cookie",
    [
        f"{PERSON}=person:a",
        f"{COOKIE}=person:a",
        f'{COOKIE}="person\\072a"',
        f"x=1;\xa0{PERSON} = person:a",
        f"x=1\n{PERSON}=person:a",
        f"x=1; ;=;{PERSON}; {PERSON}=person:a; {PERSON}=person:a",
    ],
)
def test_nobody_is_a_person_by_saying_so(cookie: str) -> None:
    assert owner_of(known_by(cookie)) == ""


def test_other_cookies_pass_once_each() -> None:
    """The first is that of the longest path; `&` and dots are what signed values are made of."""
    assert known_by('a=1.x&y; b="2"; a=3') == {"a": "1.x&y", "b": "2"}
