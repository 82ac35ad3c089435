"""What goes wrong under a page that watches: a training process, a picture on the way, the line itself."""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.browser.serving import press, running_app, stage, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser


def test_a_killed_worker_comes_back_with_its_run_and_says_what_was_lost(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context().new_page()
    with running_app() as (address, server):
        page.goto(address)
        wait_until_live(page)
        press(page, "play")
        wait_for_stage(page, "Number(s.keyframes) > 5 && Number(s.rows) > 4")
        before = int(stage(page, "step"))
        for worker in server.children(recursive=True):
            if "playground.engine.worker" in " ".join(worker.cmdline()):
                worker.send_signal(signal.SIGKILL)
        message = page.locator(".gp-message")
        expect(message).to_contain_text("The process that trained this run died; it goes on from step")
        found = re.search(r"from step ([\d,]+)", message.inner_text())
        assert found and int(found[1].replace(",", "")) > 0
        wait_for_stage(page, f"s.status === 'playing' && Number(s.step) > {before + 50}")
        assert int(stage(page, "rows")) > 2  # what was measured before is still there


FEED = re.compile("/playground/feed/")


def test_pictures_that_cannot_be_read_are_told_once_and_those_that_follow_are_drawn(
    server: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    damaged = [4, 6]
    frames = 0

    def damage(socket: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            nonlocal frames
            frames += isinstance(message, bytes)
            cut = isinstance(message, bytes) and frames in damaged
            socket.send(message[:100] if cut else message)

        socket.connect_to_server().on_message(pass_on)

    page.route_web_socket(FEED, damage)
    page.goto(server)
    wait_until_live(page)
    press(page, "play")
    message = page.locator(".gp-message")
    expect(message).to_contain_text("A picture of this run can't be read: ")
    press(page, "dismiss")
    wait_for_stage(page, "Number(s.pictures) > 20")
    assert frames > 20 and "can't be read" not in message.inner_text()


def test_a_line_that_is_refused_says_why_on_the_page_and_is_not_asked_for_again(
    server: str, new_context: Callable[..., BrowserContext]
) -> None:
    """As behind a proxy that changes the Host: what the page's origin is, the server does not know."""
    page = new_context().new_page()
    opened: list[str] = []

    def from_elsewhere(socket: WebSocketRoute) -> None:
        opened.append(socket.url)
        try:
            with connect(socket.url, origin=Origin("http://gan.example")) as line:
                while True:
                    socket.send(line.recv())
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            socket.close(code=closed.rcvd.code)

    page.route_web_socket(FEED, from_elsewhere)
    page.goto(server)
    expect(page.locator(".gp-message")).to_contain_text("This page comes from http://gan.example")
    expect(page.locator(".gp-message")).to_contain_text("server.corsAllowedOrigins")
    expect(page.locator(".gp-badge")).to_have_text("not connected")
    assert len(opened) == 1
