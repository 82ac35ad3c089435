"""Who a request comes from.

Every browser gets a cookie with a random name of its own, which no script can read. Runs belong to that name:
a reload finds them again, and nobody else does. Every page renews it, so it ends a month after the last visit.
Where somebody is signed in, runs belong to the person instead, whichever browser they use.
"""

import re
import secrets
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "playground_session"
PERSON = "playground_person"
"""Stands among a request's cookies, beside the browser's, where somebody is signed in; no browser is believed it."""
LASTS_S = 30 * 86_400

_GIVEN = re.compile(r"[\w-]{1,100}", re.ASCII)
"""The names that browsers are given. None of them is a person's, see `PERSON_MARK`."""
PERSON_MARK = "person:"
"""How the name of whoever is signed in begins: a browser that sends such a name as its own is not believed."""


class BrowserSession:
    """ASGI middleware that gives a browser its cookie, valid below the server's base path, with every page it loads."""

    def __init__(
        self, app: ASGIApp, base: str = "", person: Callable[[Mapping[str, str]], str] = lambda cookies: ""
    ) -> None:
        """person: whose the cookies of a request are, a name that begins with PERSON_MARK, or "" if nobody's."""
        self._app = app
        self._path = f"/{base.strip('/')}"
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with who it comes from in its cookies, and set the browser's with the page in answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _cookies(headers)
        browser = cookies.pop(COOKIE, "")
        if not _GIVEN.fullmatch(browser):
            browser = ""
        person = self._person(cookies)
        known = {name: value for name, value in ((COOKIE, browser), (PERSON, person)) if value}
        told = "; ".join(f"{name}={value}" for name, value in (cookies | known).items())
        others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        scope["headers"] = [*others, *([(b"cookie", told.encode("latin-1"))] if told else [])]
        value = browser or secrets.token_urlsafe(32)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={value}; Path={self._path}; HttpOnly; SameSite=Lax; Max-Age={LASTS_S}{secure}"

        wants_page = "text/html" in headers.get("accept", "")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message, wants_page):
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _cookies(headers: Headers) -> dict[str, str]:
    """A request's cookies as they were sent, each name once.

    A browser sends the one with the longest path first, and behind it the one of a playground at "/" of the same host.
    """
    found: dict[str, str] = {}
    for part in "; ".join(headers.getlist("cookie")).split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip(), value.strip())
    found.pop(PERSON, None)
    return found


def _is_page(message: Message, wanted: bool) -> bool:
    """Only pages set the cookie: assets load in parallel, and each would bring another one.

    A page that the browser has kept is answered with 304, without its type: a cookie that has ended comes back with it.
    """
    if message["status"] == 304:
        return wanted
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/html")


def owner_of(cookies: Mapping[str, str]) -> str:
    """The name that the runs of whoever sends these cookies belong to: the person's, the browser's, or ""."""
    return cookies.get(PERSON) or cookies.get(COOKIE, "")


def owner(connection: HTTPConnection) -> str:
    """The same of a request that has passed the middleware."""
    return owner_of(connection.cookies)
