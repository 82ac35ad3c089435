"""The Compare page as a person uses it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PATIENCE_MS
from tests.browser.serving import cut_off, wait_until_live

pytestmark = pytest.mark.browser

FACTS = """() => ({
    ...document.querySelector('.gp-comparison').dataset,
    panels: [...document.querySelectorAll('.gp-c-panel')].map(panel => ({ ...panel.dataset })),
    lines: [...document.querySelectorAll('.gp-c-cursor')]
        .map(line => line.hidden ? null : line.getBoundingClientRect().left),
    pixels: [...document.querySelectorAll('.gp-c-panel .gp-canvas')].map(canvas => canvas.toDataURL()),
})"""
CHARTS = 5
HOSTILE = "<b>Bold</b> %{x} &lt; <a href=y>"
"""Tags, an entity and a template of Plotly's, in fewer letters than a chart shows of a name."""


def facts(page: Page) -> dict[str, Any]:
    """What the comparison tells about itself and its panels, where the cursor's lines are, and the pictures."""
    found: dict[str, Any] = page.evaluate(FACTS)
    return found


def wait_for(page: Page, condition: str) -> None:
    """Wait for a condition on the comparison's facts `s` and its panels' facts `p`."""
    page.wait_for_function(
        f"""() => {{
            const root = document.querySelector('.gp-comparison');
            if (!root) return false;
            const s = root.dataset, p = [...root.querySelectorAll('.gp-c-panel')].map(panel => panel.dataset);
            return {condition};
        }}""",
        timeout=2 * PATIENCE_MS,
    )


Open = Callable[..., Page]


@pytest.fixture
def open_compare(server: str, new_context: Callable[..., BrowserContext]) -> Iterator[Open]:
    """Open the page, each time in a browser of its own. No script may have failed afterwards."""
    errors: list[str] = []

    def open_page(path: str = "/compare", width: int = 1400) -> Page:
        page = new_context(width=width).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path if path.startswith("http") else server + path)
        return page

    yield open_page
    assert errors == []


LINES = "[...root.querySelectorAll('.gp-c-chart')].every(c => Number(c.dataset.cursor || NaN) === Number(s.cursor))"
"""Every chart's line stands where the slider is: charts are drawn in turn, so it may take them a moment."""


def begin(page: Page, label: str = "Baseline and D too strong") -> None:
    """Start two recipes at once."""
    page.get_by_role("button", name=label, exact=True).click()


def drag_slider(page: Page, share: float) -> None:
    """Drag the shared slider's thumb from where it is to a share of its way, as a person does."""
    slider = page.locator(".gp-c-time .gp-slider")
    box = slider.bounding_box()
    assert box
    at = int(slider.input_value()) / int(slider.get_attribute("max") or 1)
    y = box["y"] + box["height"] / 2
    inner = box["width"] - 16  # the thumb stays within the slider
    page.mouse.move(box["x"] + 8 + at * inner, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + share * inner, y, steps=5)
    page.mouse.up()


def test_two_recipes_train_in_lockstep_under_one_slider(open_compare: Open) -> None:
    page = open_compare()
    begin(page)
    wait_for(
        page, "s.playing === 'true' && p.length === 2 && p.every(r => Number(r.live) > 60 && Number(r.keyframes) > 5)"
    )
    apart = page.evaluate(
        """async () => {
            const panels = [...document.querySelectorAll('.gp-c-panel')];
            let most = 0;
            for (let i = 0; i < 20; i += 1) {
                await new Promise(done => setTimeout(done, 50));
                const [a, b] = panels.map(panel => Number(panel.dataset.live));
                most = Math.max(most, Math.abs(a - b) / Math.max(a, b));
            }
            return most;
        }"""
    )
    assert apart < 0.5  # by themselves one is several times as fast as the other
    page.click(".gp-comparison [data-do=play]")
    wait_for(page, "s.playing === 'false' && p.every(r => r.status === 'paused' && Number(r.rows) > 1)")
    live = facts(page)
    assert live["cursor"] == "" and live["lines"] == [None] * CHARTS

    drag_slider(page, 0.7)
    wait_for(page, f"s.cursor !== '' && p.every(r => r.recorded === 'true' && r.step === r.wanted) && {LINES}")
    far = facts(page)
    assert [panel["recorded"] for panel in far["panels"]] == ["true", "true"]
    assert all(int(panel["step"]) <= float(far["cursor"]) for panel in far["panels"])
    assert all(before != now for before, now in zip(live["pixels"], far["pixels"], strict=True))
    assert len(far["lines"]) == CHARTS and None not in far["lines"]

    drag_slider(page, 0.2)
    steps = json.dumps([int(panel["step"]) for panel in far["panels"]])
    wait_for(page, f"p.every((r, i) => r.step === r.wanted && Number(r.step) < {steps}[i]) && {LINES}")
    near = facts(page)
    assert float(near["cursor"]) < float(far["cursor"])
    assert all(before != now for before, now in zip(far["pixels"], near["pixels"], strict=True))
    assert all(now < before for before, now in zip(far["lines"], near["lines"], strict=True))

    page.get_by_role("button", name="Newest").click()
    wait_for(page, "s.cursor === '' && p.every(r => r.recorded === 'false' && r.step === r.live)")
    page.get_by_role("button", name="Replay").click()
    wait_for(page, "s.replaying === 'true' && s.cursor !== ''")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Escape")
    wait_for(page, "s.replaying === 'false' && s.cursor === ''")
    page.keyboard.press("ArrowLeft")
    wait_for(page, "s.cursor !== ''")
    drag_slider(page, 0.5)
    page.click(".gp-comparison [data-do=play]")
    wait_for(page, f"s.cursor === '' && p.every((r, i) => Number(r.step) > {live['panels'][0]['live']})")
    page.click(".gp-comparison [data-do=play]")

    elsewhere = open_compare(page.url)
    wait_for(elsewhere, "s.connected === '2' && p.every(r => Number(r.pictures) > 0 && Number(r.rows) > 1)")
    assert [panel["run"] for panel in facts(elsewhere)["panels"]] == [panel["run"] for panel in live["panels"]]
    assert elsewhere.locator(".gp-comparison [data-do=play]").is_disabled()  # somebody else's runs


def test_the_table_of_settings_shows_differences_first(open_compare: Open) -> None:
    page = open_compare()
    begin(page)
    page.locator("[data-setting=loss]").wait_for()
    rows = "() => [...document.querySelectorAll('.gp-c-settings [data-setting]')].map(row => row.dataset.setting)"
    differing = page.evaluate(rows)
    assert set(differing) == {"loss", "k", "lr_g", "lr_d", "d_width"}
    page.click("[data-do=all-settings]")
    assert page.evaluate(rows)[: len(differing)] == differing
    assert "batch_size" in page.evaluate(rows)


def test_a_runs_name_leads_to_its_own_page_where_any_name_can_be_given(open_compare: Open) -> None:
    page = open_compare()
    begin(page)
    wait_for(page, "p.length === 2 && p.every(r => Number(r.rows) > 3)")
    comparison = page.url
    page.goto(page.locator(".gp-c-name").first.evaluate("link => link.href"))
    wait_until_live(page)
    page.click(".gp-name:not([disabled])")  # a page that is not found lies below a dialog that says so
    page.locator(".gp-rename").fill(HOSTILE)
    page.locator(".gp-rename").press("Enter")
    page.locator(".gp-name").get_by_text(HOSTILE).wait_for()

    page.goto(comparison)
    page.locator(".gp-c-name").get_by_text(HOSTILE).wait_for()
    wait_for(page, "p.length === 2 && p.every(r => Number(r.rows) > 3)")
    curves = page.locator(".gp-c-chart .nsewdrag").first
    curves.scroll_into_view_if_needed()
    box = curves.bounding_box()
    assert box
    told = page.locator(".gp-c-chart .hoverlayer .hovertext").filter(has_text=HOSTILE)
    for place in range(20):  # a value box needs the pointer near a point of the curve
        page.mouse.move(box["x"] + box["width"] * (0.5 + place / 50), box["y"] + box["height"] / 2)
        if told.count():
            break
    told.first.wait_for()


def test_a_bad_link_gets_one_sentence(open_compare: Open) -> None:
    page = open_compare("/compare?runs=nobody")
    page.get_by_text("is not in this folder (any more)").wait_for()
    page.get_by_role("button", name="Baseline and D too strong", exact=True).wait_for()


def test_the_page_fits_its_window(open_compare: Open) -> None:
    page = open_compare()
    begin(page)
    wait_for(page, "p.length === 2 && p.every(r => Number(r.pictures) > 0)")
    assert cut_off(page) == []
