"""Sweeps as a person uses them: designed, watched, stopped, a cell opened and forked, and gone on with by a server that
was started anew, which finds everything else again too."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.serving import (
    choose,
    press,
    rewind,
    run_of,
    running_app,
    stage,
    train,
    wait_for_stage,
    wait_until_live,
)

pytestmark = pytest.mark.browser

SMALL = "g_width=4 d_width=4 batch_size=16 emd_samples=50 jsd_samples=500 mode_samples=100"
STEPS = 1000
"""The first cells take less than a second; those with more updates of D give time to stop."""


def type_into(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Enter")


def far(page: Page, told: str) -> None:
    page.get_by_text(re.compile(told)).first.wait_for()


def test_a_sweep_is_designed_watched_and_stopped_and_goes_on_with_another_server(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    context = new_context()
    page = context.new_page()
    with running_app(tmp_path) as (address, _):
        page.goto(f"{address}/sweeps")
        page.get_by_text("New sweep", exact=True).click()
        type_into(page, "Changed in all cells", SMALL)
        type_into(page, "Values of axis 1", "1e-2..1e-4:3")
        far(page, "must run upwards")
        page.wait_for_function("() => document.querySelector('[data-test-script-state=notRunning]')")
        choose(page, "Axis 1", "k, D updates per G update (k)")
        expect(page.get_by_label("Values of axis 1", exact=True)).to_have_value("1,2,5")  # around the recipe's own
        type_into(page, "Values of axis 1", "1,10")
        page.wait_for_function("() => document.querySelector('[data-test-script-state=notRunning]')")
        choose(page, "Axis 2", "Learning rate of D (lr_d)")
        expect(page.get_by_label("Values of axis 2", exact=True)).to_have_value("0.0001,0.0003,0.001,0.003,0.01")
        type_into(page, "Values of axis 2", "1e-3,1e-2")
        type_into(page, "Steps", str(STEPS))
        far(page, f"4 cells × 4 seeds × {STEPS:,} steps: about")
        page.get_by_role("button", name="Start").click()
        far(page, "of 4 cells.*being trained")
        board = page.locator(".gps-board").first
        board.wait_for()  # the first cell has ended
        page.get_by_role("button", name="Stop", exact=True).click()
        far(page, "[1-3] of 4 cells, stopped")
        board.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_function("() => location.search.includes('cell=')")
        swept = page.url
        page.get_by_role("button", name="Open this cell as a run").click()
        wait_until_live(page)
        parent = run_of(page)
        assert int(stage(page, "step")) == STEPS and json.loads(stage(page, "config"))["g_width"] == 4
        press(page, "fork")
        wait_for_stage(page, f"s.parent === '{parent}'")
        train(page, 60)
        run = run_of(page)
        page.locator(".gp-name").click()
        page.locator(".gp-rename").fill("For the lecture")
        page.locator(".gp-rename").press("Enter")
        page.locator('.gp-name[title^="For the lecture"]').wait_for()  # its text is the browser's own wish until then
        step = stage(page, "step")  # by now the picture of the step that it paused at has come, too
        page.close()
    page = context.new_page()
    with running_app(tmp_path) as (address, _):
        page.goto(re.sub(r"http://[^/]+", address, swept))
        page.get_by_role("button", name="Go on").click()
        watched = page
        page = context.new_page()
        page.goto(f"{address}/runs")
        page.get_by_text("2 runs", exact=True).wait_for()
        page.goto(f"{address}/?run={run}")
        wait_until_live(page)
        assert run_of(page) == run and stage(page, "step") == step
        wait_for_stage(page, "Number(s.keyframes) > 1 && Number(s.rows) > 0")  # how many depends on how far it came
        page.locator(".gp-name").get_by_text("For the lecture").wait_for()
        assert rewind(page, 1) < int(step)
        press(page, "play")
        wait_for_stage(page, f"Number(s.step) > {int(step) + 10}")
        press(page, "play")
        far(watched, "4 of 4 cells, complete")
        expect(watched.locator(".gps-card")).to_contain_text("Learning rate of D")
