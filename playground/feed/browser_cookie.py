"""Which browser a request comes from.

Every browser gets a cookie with a random name of its own, which no script can read. Runs belong to that name:
a reload finds them again, and nobody else does. Every page renews it, so it ends a month after the last visit.
"""

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "playground_session"
LASTS_S = 30 * 86_400

_SENT = re.compile(rf"(?:^|;)[ \t]*{COOKIE}[ \t]*=[^;]*")
_OURS = re.compile(r"[\w-]{1,100}", re.ASCII)  # what may be written into a header, as every name that was given may


class BrowserSession:
    """ASGI middleware that gives a browser its cookie, valid below the server's base path, with every page it loads."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._path = f"/{base.strip('/')}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the browser's name in its cookies, and set that cookie with the page in answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["headers"] = [(name, _first(value) if name == b"cookie" else value) for name, value in scope["headers"]]
        value = owner(HTTPConnection(scope)) or secrets.token_urlsafe(32)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={value}; Path={self._path}; HttpOnly; SameSite=Lax; Max-Age={LASTS_S}{secure}"

        wants_page = "text/html" in HTTPConnection(scope).headers.get("accept", "")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message, wants_page) and _OURS.fullmatch(value):
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _first(sent: bytes) -> bytes:
    """A cookie header with our cookie in it once.

    A browser sends the one with the longest path first, and behind it the one of a playground at "/" of the same host.
    """
    text = sent.decode("latin-1")
    found = _SENT.search(text)
    return sent if found is None else (text[: found.end()] + _SENT.sub("", text[found.end() :])).encode("latin-1")


def _is_page(message: Message, wanted: bool) -> bool:
    """Only pages set the cookie: assets load in parallel, and each would bring another one.

    A page that the browser has kept is answered with 304, without its type: a cookie that has ended comes back with it.
    """
    if message["status"] == 304:
        return wanted
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/html")


def owner(connection: HTTPConnection) -> str:
    """The browser's name, or "" if it sends none."""
    return connection.cookies.get(COOKIE, "")
