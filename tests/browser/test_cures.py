"""The Cures page as a person uses it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from playground.recipes.techniques import TECHNIQUES
from playground.ui import cures_table as table
from tests.browser.conftest import PATIENCE_MS

pytestmark = pytest.mark.browser

ROW_PX = 36


def test_a_row_that_is_chosen_opens_as_a_comparison(server: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto(f"{server}/cures")
    rows = page.get_by_test_id("stDataFrame").first
    rows.wait_for(timeout=PATIENCE_MS)
    place = table.matching().index("five_critic_updates")
    assert place < 10  # else it would have to be scrolled to
    rows.click(position={"x": 150, "y": ROW_PX * (place + 1) + ROW_PX / 2})
    page.get_by_text(TECHNIQUES["five_critic_updates"].why).wait_for()
    page.get_by_role("button", name="Train both on Hopping").click()
    page.wait_for_selector(".gp-c-panel", timeout=PATIENCE_MS)
    page.wait_for_function("document.querySelectorAll('.gp-c-panel').length === 2", timeout=PATIENCE_MS)
    assert "/compare?runs=" in page.url
