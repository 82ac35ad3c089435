"""Every method as a person chooses, plays, rewinds and compares it: on one page, one after the other."""

import pytest
from playwright.sync_api import expect

from playground.methods import METHODS
from tests.browser.conftest import Visit
from tests.browser.serving import choose, press, run_of, stage, wait_for_stage

pytestmark = pytest.mark.browser


def test_each_method_is_chosen_played_rewound_and_compared(visit: Visit) -> None:
    page = visit("/?dataset=two_normals_1d&emd_samples=64&measure_every=20")
    restart = page.get_by_role("button", name="Restart with new settings")
    runs: list[str] = []
    for method in reversed(METHODS):
        choose(page, "Method", METHODS[method].label)
        if runs:
            restart.click()
        wait_for_stage(page, f"JSON.parse(s.config).method === '{method}'")
        expect(restart).to_have_count(0)  # it is not the next method's yet
        if stage(page, "status") != "playing":
            press(page, "play")
        wait_for_stage(
            page, "s.status === 'playing' && Number(s.step) > 20 && Number(s.rows) > 1 && Number(s.keyframes) > 1"
        )
        press(page, "play")
        wait_for_stage(page, "s.status === 'paused'")
        if method == "vae":
            page.click("[data-layer=codes]")
            wait_for_stage(page, "JSON.parse(s.layers).includes('codes')")
        page.locator(".gp-slider").press("Home")
        wait_for_stage(page, "s.rewound === '0'")
        press(page, "live")
        wait_for_stage(page, "s.rewound === ''")
        page.wait_for_function(f"() => !{runs}.some(run => location.search.includes(run))")
        runs.append(run_of(page))
    assert len(set(runs)) == len(METHODS)
    page.goto(page.url.split("/?")[0] + f"/compare?runs={runs[0]},{runs[-1]}")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.gp-c-panel')].filter(p => Number(p.dataset.rows) > 1).length === 2"
    )
    page.locator(".gp-comparison").get_by_text("Variational autoencoder", exact=True).first.wait_for()
