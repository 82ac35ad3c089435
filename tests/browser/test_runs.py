"""Runs that last: rewound, forked and listed; test_sweeps.py finds them again with a server that was started anew."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.serving import press, rewind, run_of, stage, tick, train, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser

CANVAS = "() => document.querySelector('.gp-canvas').toDataURL()"
QUICK = "/?measure_every=20"


def _look_at_all_seeds(page: Page) -> None:
    press(page, "all-seeds")
    wait_for_stage(page, "s.lanes === '4'")
    page.locator(".gp-outcome").get_by_text("of 4 seeds").wait_for()
    page.locator("[data-band=quartiles]").click()
    page.locator("[data-band=quartiles][aria-pressed=true]").wait_for()
    page.locator(".gp-lanes").click(position={"x": 60, "y": 60})
    wait_for_stage(page, "s.lanes === ''")


def test_rewinding_shows_a_recorded_picture_and_its_numbers_and_seeds_stand_beside_each_other(visit: Visit) -> None:
    page = visit(f"{QUICK}&seeds=4")
    train(page, 100)
    _look_at_all_seeds(page)
    # The canvas has been drawn again, else its first drawing is taken for the recorded picture's.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
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
    page.locator(".gp-pending").get_by_text("k 1 → 2: acts in a fork").wait_for()
    assert json.loads(stage(page, "config"))["k"] == 1
    press(page, "fork")
    wait_for_stage(page, f"s.parent === '{parent}' && JSON.parse(s.config).k === 2")
    page.locator(".gp-lineage").get_by_text("forked from run ").wait_for()
    page.wait_for_function(f"() => !location.search.includes('{parent}')")
    child, at = run_of(page), int(stage(page, "step"))
    link = page.locator(".gp-compare").get_attribute("href")
    assert link and link.endswith(f"/compare?runs={parent},{child}")
    press(page, "play")
    wait_for_stage(page, f"Number(s.step) > {at + 10}")

    page.goto(page.url.split("?")[0] + f"?run={parent}")
    wait_until_live(page)
    assert json.loads(stage(page, "config"))["k"] == 1, "the parent went on as it was"


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
