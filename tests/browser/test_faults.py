"""A training process that dies under a page that watches it."""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

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
        wait_for_stage(page, "Number(s.keyframes) > 5 && Number(s.rows) > 2")
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
