"""Runs that last: rewound, forked, listed, and found again by a server that was started anew."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Visit
from tests.browser.serving import press, run_of, running_app, stage, tick, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser

CANVAS = "() => document.querySelector('.gp-canvas').toDataURL()"
QUICK = "/?measure_every=20"


def train(page: Page, steps: int) -> None:
    """Train at least so many steps more, then pause and wait until the newest state can be forked."""
    until = int(stage(page, "step")) + steps
    press(page, "play")
    wait_for_stage(page, f"Number(s.step) >= {until}")
    press(page, "play")
    wait_for_stage(page, "s.status === 'paused' && Number(s.keyframes) > 2")


def rewind(page: Page, places: int) -> int:
    """Move the slider back with the arrow keys; the recorded step that is shown then."""
    for _ in range(places):
        page.locator(".gp-slider").press("ArrowLeft")
    wait_for_stage(page, "s.rewound !== ''")
    step = stage(page, "rewound")
    page.locator(".gp-recorded").get_by_text(f"recorded · step {int(step):,} of ").wait_for()
    return int(step)


def test_rewinding_shows_a_recorded_picture_and_its_numbers(visit: Visit) -> None:
    page = visit(QUICK)
    train(page, 100)
    newest, drawn = stage(page, "step"), page.evaluate(CANVAS)
    step = rewind(page, 3)
    assert 0 <= step < int(newest)
    page.wait_for_function(f"before => ({CANVAS})() !== before", arg=drawn)
    recorded = page.evaluate(CANVAS)
    assert stage(page, "step") == newest, "the run itself has not moved"
    page.locator(".gp-words").get_by_text("Newest state · ").wait_for()  # what the words are about
    press(page, "live")
    wait_for_stage(page, "s.rewound === ''")
    page.locator(".gp-words").get_by_text("Newest state · ").wait_for(state="detached")
    page.wait_for_function(f"before => ({CANVAS})() !== before", arg=recorded)

    rewind(page, 2)
    press(page, "play")
    wait_for_stage(page, f"s.rewound === '' && s.status === 'playing' && Number(s.step) > {newest}")


def test_a_fork_at_a_recorded_step_with_k_changed(visit: Visit) -> None:
    page = visit(QUICK)
    train(page, 60)
    parent = run_of(page)
    rewind(page, 1)
    page.locator("[data-testid='stSidebar']").get_by_role("slider", name="k, D updates per G update").press(
        "ArrowRight"
    )
    page.locator(".gp-pending").get_by_text("k 1 → 2: waits for a fork").wait_for()
    assert json.loads(stage(page, "config"))["k"] == 1
    press(page, "fork")
    wait_for_stage(page, f"s.parent === '{parent}' && JSON.parse(s.config).k === 2")
    page.locator(".gp-lineage").get_by_text("forked from Non-saturating baseline").wait_for()
    page.wait_for_function(f"() => !location.search.includes('{parent}')")
    child, at = run_of(page), int(stage(page, "step"))
    link = page.locator(".gp-compare").get_attribute("href")
    assert link and link.endswith(f"/compare?runs={parent},{child}")
    press(page, "play")
    wait_for_stage(page, f"Number(s.step) > {at + 10}")

    page.goto(page.url.split("?")[0] + f"?run={parent}")
    wait_until_live(page)
    assert json.loads(stage(page, "config"))["k"] == 1, "the parent went on as it was"


def test_several_seeds_are_shown_beside_each_other(visit: Visit) -> None:
    page = visit(f"{QUICK}&seeds=4")
    train(page, 40)
    press(page, "all-seeds")
    wait_for_stage(page, "s.lanes === '4'")
    page.locator(".gp-outcome").get_by_text("of 4 seeds").wait_for()
    page.locator("[data-band=quartiles]").click()
    page.locator("[data-band=quartiles][aria-pressed=true]").wait_for()
    page.locator(".gp-lanes").click(position={"x": 60, "y": 60})
    wait_for_stage(page, "s.lanes === ''")


def test_a_server_that_was_started_anew_finds_everything_again(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    context = new_context()
    page = context.new_page()
    with running_app(tmp_path) as (address, _):
        page.goto(f"{address}{QUICK}&k=3")
        wait_until_live(page)
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
        page.goto(f"{address}/runs")
        page.get_by_text("1 run", exact=True).wait_for()
        tick(page, 0)
        page.get_by_test_id("stBaseButton-primary").filter(has_text="Open").click()
        wait_until_live(page)
        assert run_of(page) == run and stage(page, "step") == step and json.loads(stage(page, "config"))["k"] == 3
        wait_for_stage(page, "Number(s.keyframes) > 3 && Number(s.rows) > 2")  # of round steps, fewer as a run grows
        page.locator(".gp-name").get_by_text("For the lecture").wait_for()
        assert rewind(page, 3) < int(step)
        press(page, "play")
        wait_for_stage(page, f"Number(s.step) > {int(step) + 10}")


def test_names_are_shown_as_they_are(visit: Visit, tmp_path: Path) -> None:
    """Neither Markdown nor what Streamlit adds to it makes anything of them, and no picture is fetched."""
    name = (
        "1. ![x](evil.png) **b** `c` ~~d~~ [l](evil) :smile: :red[r] $x$ www.evil.example a@evil.example - -- &lt;.zip"
    )
    page = visit(QUICK)
    page.goto(f"{page.url.split('/?')[0]}/runs")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/zip", "buffer": b"no zip"})
    button = page.get_by_role("button", name="Import 1. !")
    button.wait_for()
    assert button.inner_text().replace("\u2060", "") == f"Import {name}"
    button.click()
    alert = page.get_by_test_id("stAlert")
    alert.wait_for()
    assert name in alert.inner_text().replace("\u2060", "")
    assert not alert.locator("a, img, code, strong, del").count() + button.locator("a, img, code, strong, del").count()
    assert not [address for address in fetched if "evil.png" in address]


def test_an_exported_run_is_imported_and_goes_on(visit: Visit, tmp_path: Path) -> None:
    page = visit(QUICK)
    train(page, 60)
    run, step = run_of(page), stage(page, "step")
    origin = page.url.split("/?")[0]
    page.goto(f"{origin}/runs")
    page.get_by_text("1 run", exact=True).wait_for()
    sent = page.context.request.get(f"{origin}/playground/export/{run}/run")
    archive, foreign = tmp_path / "run.zip", tmp_path / "foreign.zip"
    archive.write_bytes(sent.body())
    with zipfile.ZipFile(foreign, "w") as made:
        made.writestr("../climbs.txt", "out")

    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("input[type=file]").set_input_files(foreign)
    page.get_by_role("button", name="Import foreign.zip").click()
    page.get_by_test_id("stAlert").wait_for()
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Import run.zip").click()
    page.get_by_text("2 runs", exact=True).wait_for()
    page.locator("input[type=file]").wait_for(state="detached")  # the menu has shut
    tick(page, 0)
    page.get_by_test_id("stBaseButton-primary").filter(has_text="Open").click()
    wait_until_live(page)
    assert run_of(page) != run and stage(page, "step") == step
    press(page, "play")
    wait_for_stage(page, f"Number(s.step) > {int(step) + 10}")
