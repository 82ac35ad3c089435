"""A run that is watched while its step is compiled and taken over: nothing stands still, falls back or is lost."""

import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from playground.runs.store import RunStore
from playground.training.classifier import CACHE_VARIABLE
from playground.training.compiling import ASKED_AT, EVERY, FIRST, compiler_there
from playground.training.library import CODE, SWITCH, WHY
from tests.browser.serving import listen, press, run_of, running_app, stage, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser

SMALL = "g_width=8&d_width=8&batch_size=32&emd_samples=50&jsd_samples=500&mode_samples=100"


def test_a_watched_run_goes_over_to_its_compiled_step(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    if not compiler_there():
        pytest.skip("There is no C++ compiler here.")
    cache = tmp_path / "cache"
    page = new_context().new_page()
    with running_app(tmp_path, {SWITCH: "1", CACHE_VARIABLE: str(cache)}) as (address, _):
        page.goto(f"{address}/?{SMALL}")
        wait_until_live(page)
        listen(page)
        press(page, "play")
        wait_for_stage(page, f"Number(s.step) > {ASKED_AT}")
        while not list(cache.glob(f"compiled/*/{CODE}")):
            assert not [
                path.read_text() for path in cache.glob(f"compiled/*/{WHY}") if "not end" not in path.read_text()
            ]
            wait_for_stage(page, f"Number(s.step) > {int(stage(page, 'step')) + 200}")  # it trains meanwhile
        there = int(stage(page, "step"))
        wait_for_stage(page, f"Number(s.step) > {there + 2 * EVERY}")
        told = page.locator(".gp-rate").get_attribute("title")
        press(page, "play")
        wait_for_stage(page, "s.status === 'paused'")
        steps = [step for _, step in page.evaluate("() => window.heard")]
        run, end = run_of(page), int(stage(page, "step"))
    assert all(before <= after for before, after in itertools.pairwise(steps)) and steps[-1] <= end
    with closing(RunStore(tmp_path / "runs")) as store:
        since, every = store.compiled_since(run), store.record(run).config.measure_every
        measured = [row.step for row in store.rows(run)]
    assert since is not None and since % EVERY == 0 and FIRST <= since < end
    assert told is not None and f"since step {since:,} compiled" in told
    regular = [step for step in measured if step % every == 0]
    assert regular == list(range(0, regular[-1] + 1, every)) and regular[-1] > since
