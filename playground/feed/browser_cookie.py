"""Which browser a request comes from.

Every browser gets a cookie with a random name of its own, which no script can read. Runs belong to that name:
a reload finds them again, and nobody else does.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "playground_session"


class BrowserSession:
    """ASGI middleware that gives a browser its cookie with the first page it loads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or COOKIE in HTTPConnection(scope).cookies:
            await self._app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{secure}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_page(message: Message) -> bool:
    """Only pages set the cookie: assets load in parallel, and each would bring another one."""
    headers = MutableHeaders(scope=message)
    return headers.get("content-type", "").startswith("text/html")


def owner(connection: HTTPConnection) -> str:
    """The browser's name, or "" if it sends none."""
    return connection.cookies.get(COOKIE, "")
