"""A lecturer's link, opened in a browser that has never been here; the keys, and the hints of a first visit."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.serving import run_of, stage, wait_for_stage

pytestmark = pytest.mark.browser


def test_a_shared_link_opens_elsewhere_with_its_settings_and_its_view_and_a_run_of_its_own(visit: Visit) -> None:
    page = visit("/?k=3&loss=hinge")
    mine = run_of(page)
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Hide groups of settings").click()
    page.get_by_role("option", name="Networks").click()
    page.keyboard.press("Escape")
    dialog.get_by_text("Choose the layers of the picture").click()
    dialog.get_by_role("combobox", name="Layers").click()
    page.get_by_role("option", name="contours of the data").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("radio", name="10", exact=True).click()
    code = dialog.get_by_test_id("stCode").locator("code")
    expect(code).to_contain_text("speed=10")
    expect(dialog.get_by_role("img")).to_be_visible()
    address = code.inner_text().strip()
    assert mine not in address

    other = visit(address.replace(page.url.split("/?")[0], ""))
    config = json.loads(stage(other, "config"))
    assert config["k"] == 3 and config["loss"] == "hinge"
    assert json.loads(stage(other, "layers")) == ["real", "fake", "d", "contours"]
    assert run_of(other) != mine
    expect(other.get_by_text("Networks", exact=True)).to_have_count(0)
    expect(other.locator(".gp-speed")).to_have_value("10")
    other.get_by_role("button", name="Show all settings").click()
    expect(other.get_by_text("Networks", exact=True)).to_be_visible()


def test_a_link_with_an_impossible_view_says_so_and_opens(visit: Visit) -> None:
    page = visit("/?k=2&layers=real,nonsense")
    expect(page.locator(".gp-message")).to_contain_text("layers may list real, fake")
    assert json.loads(stage(page, "config"))["k"] == 2


def keys(page: Page) -> None:
    """Away from any widget, as a reader's focus is."""
    page.evaluate("() => document.activeElement?.blur()")


def test_the_keys_are_listed_and_step_each_player(visit: Visit) -> None:
    page = visit()
    keys(page)
    page.keyboard.press("?")
    listed = page.get_by_role("region", name="Keys")
    expect(listed).to_be_visible()
    expect(listed).to_contain_text("Back and forth through the recorded pictures")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    keys(page)
    page.keyboard.press("g")
    wait_for_stage(page, "Number(s.step) === 1")
    page.keyboard.press("d")
    page.keyboard.press("s")
    wait_for_stage(page, "Number(s.step) === 2")
    page.keyboard.press(" ")
    wait_for_stage(page, "s.status === 'playing' && Number(s.keyframes) > 3")
    page.keyboard.press(" ")
    wait_for_stage(page, "s.status === 'paused'")
    page.keyboard.press("ArrowLeft")
    wait_for_stage(page, "s.rewound !== '' && Number(s.rewound) < Number(s.step)")
    page.keyboard.press("ArrowRight")
    wait_for_stage(page, "s.rewound === ''")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_for_stage(page, "s.rewound !== ''")
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")  # what lies on top comes first
    expect(listed).to_be_hidden()
    assert stage(page, "rewound") != ""
    keys(page)
    page.keyboard.press("Escape")
    wait_for_stage(page, "s.rewound === ''")
    page.keyboard.press("p")
    expect(page.locator(".gp-chart")).to_have_count(2)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".gp-chart")).to_have_count(3)
    expect(page.get_by_test_id("stHeader")).to_be_visible()


def test_the_hints_come_once_and_go_for_good(visit: Visit) -> None:
    page = visit()
    hints = page.locator(".gp-hints")
    expect(hints).to_contain_text("1 of 3")
    hints.get_by_role("button", name="Next").click()
    expect(hints).to_contain_text("while it trains")
    hints.get_by_role("button", name="Next").click()
    hints.get_by_role("button", name="Got it").click()
    expect(hints).to_have_count(0)
    again = visit(context=page.context)
    again.click("[data-layer=contours]")
    again.keyboard.press(" ")  # the chip has the focus because it was clicked: the space bar plays all the same
    wait_for_stage(again, "Number(s.step) > 0 && JSON.parse(s.layers).includes('contours')")
    expect(again.locator(".gp-hints")).to_have_count(0)
