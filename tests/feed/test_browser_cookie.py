"""The browser's cookie: one per browser, unreadable for scripts, given with the first page."""

from http.client import HTTPConnection

import pytest

from playground.feed.browser_cookie import COOKIE
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
def test_a_browser_that_has_one_keeps_it(server: Server, cookie: str) -> None:
    assert get(server, "/", cookie)[1] == []


def test_another_cookie_is_none_of_ours(server: Server) -> None:
    assert len(get(server, "/", "other=1")[1]) == 1
