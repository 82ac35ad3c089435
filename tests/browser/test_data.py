"""One's own data on the Points page, as a person gives them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Visit
from tests.browser.serving import choose, press, stage, wait_for_stage

pytestmark = pytest.mark.browser

TABLE = "x,y\n" + "\n".join(f"{i % 10},{i // 10}" for i in range(100))


def config(page: Page) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(stage(page, "config"))
    return values


def open_board(page: Page) -> None:
    """Choose one's own points in the sidebar, as a person does."""
    page.locator("[data-testid='stSidebar'] summary").filter(has_text="Data").click()
    choose(page, "Dataset", "Your own points")
    page.locator(".gpd-canvas").wait_for()


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the board, from 0 to 1, is in the window, once it has come to rest there."""
    page.locator(".gpd-canvas").hover(trial=True)
    box = page.locator(".gpd-canvas").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw(page: Page, *places: tuple[float, float]) -> None:
    """One stroke with the mouse."""
    page.mouse.move(*place(page, *places[0]))
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(*place(page, x, y), steps=5)
    page.mouse.up()


def test_a_drawing_is_trained_on_and_its_link_opens_elsewhere(
    visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    page = visit()
    open_board(page)
    count = page.locator(".gpd-count")
    expect(count).to_have_text("Nothing drawn yet.")  # its script has come
    page.get_by_role("button", name="Train on this drawing").click()
    page.get_by_text("Nothing drawn yet: draw something first.").wait_for()

    draw(page, (0.2, 0.2), (0.5, 0.8), (0.8, 0.2))
    draw(page, (0.1, 0.9), (0.9, 0.9))
    assert count.inner_text().startswith("2 strokes, ")
    page.get_by_role("button", name="Undo").click()
    assert count.inner_text().startswith("1 stroke, ")
    page.get_by_role("button", name="Train on this drawing").click()
    wait_for_stage(page, "JSON.parse(s.config).dataset === 'own_points' && Number(s.step) > 20")
    assert stage(page, "status") == "playing"
    page.get_by_text("1 stroke drawn. G learns them blurred by a Gaussian of σ = 0.08").wait_for()
    points = config(page)["points_id"]

    page.wait_for_function(f"() => location.search.includes('{points}')")
    elsewhere = visit(f"/?dataset=own_points&points_id={points}", context=new_context())
    assert config(elsewhere)["points_id"] == points


def test_a_finger_draws_too(visit: Visit) -> None:
    page = visit("/?dataset=own_points", has_touch=True)
    page.locator(".gpd-canvas").wait_for()  # where data have to be given, their group is open
    page.touchscreen.tap(*place(page, 0.5, 0.5))
    page.get_by_text("1 stroke, 1 point,").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Nothing drawn yet.").wait_for()


def test_a_table_is_trained_on_and_a_bad_one_is_refused(visit: Visit) -> None:
    page = visit()
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    open_board(page)
    page.locator("[data-testid='stSidebar']").get_by_role("radio", name="CSV").click()
    upload = page.get_by_label("A table of two columns", exact=True).locator("input[type=file]")

    upload.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"1,2\n=1+1,3\n"})
    page.get_by_text("Row 2 of the file holds the formula '=1+1'; only plain numbers are read.").wait_for()
    assert config(page)["dataset"] == "ring8" and stage(page, "step") == "1"

    upload.set_input_files({"name": "good.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_text("100 points found.").wait_for()
    page.get_by_role("button", name="Train on these points").click()
    wait_for_stage(page, "JSON.parse(s.config).dataset === 'own_points' && Number(s.step) > 20")
    page.get_by_text("1 in the picture is 2.872 in x and 2.872 in y").wait_for()


def test_a_link_to_points_that_are_not_here_says_so(visit: Visit) -> None:
    page = visit(f"/?dataset=own_points&points_id={'0' * 24}")
    assert config(page)["dataset"] == "ring8"
    page.locator("[data-testid='stSidebar'] summary").filter(has_text="Data").click()
    page.get_by_text("are not on this machine: they are kept where they were drawn or uploaded.").wait_for()
