"""A real server and a real Chromium for the tests in this folder."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.serving import CHROMIUM_FLAGS, running_app, wait_until_live
from tests.programs import find

PATIENCE_MS = 60_000
"""How long a condition may take on a slow machine."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running app."""
    # Pages are closed while their runs train: those must not slow down the tests that follow.
    with running_app(settings={"GAN_PLAYGROUND_UNWATCHED_SECONDS": "5"}) as (address, _):
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browser sessions that share nothing: each has its own cookies."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1400, height: int = 900, **options: object) -> BrowserContext:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visit(server: str, new_context: Callable[..., BrowserContext]) -> Iterator[Visit]:
    """Open a page of the app and wait until the stage is live. After the test, no page may have reported an error."""
    errors: list[str] = []

    def console(message: ConsoleMessage) -> None:
        # Below another page's path Streamlit first looks for its own endpoints there, and is told they are not.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            errors.append(message.text)

    def open_page(path: str = "/", context: BrowserContext | None = None, **options: object) -> Page:
        page = (context or new_context(**options)).new_page()
        page.on("console", console)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server + path)
        wait_until_live(page)
        return page

    yield open_page
    assert errors == []
