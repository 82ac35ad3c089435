"""Settings and pages changed for minutes, in a real browser: the memory of the server and of the page stays flat."""

import time
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median

import psutil
from playwright.sync_api import CDPSession, Error, Page, TimeoutError

from tests.benchmarks.page import chromium
from tests.browser.serving import wait_until_live
from tests.engine.running import PATIENCE
from tests.faults.outcome import Outcome
from tests.faults.reference import served

PLACES = ("Points", "Images", "Compare", "Runs")
STAGES = ("Points", "Images")
BUTTONS = ("play", "step", "restart", "reset")
SAMPLES = 30
GROWTH, SLACK_MB = 0.10, 20.0
"""How much the last third may lie above the middle one: a share, and what a short time makes of chance."""


def flat(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """For so many seconds. What is measured: the server, its workers, and the page's scripts after a collection."""
    with served(outcome, folder) as (address, server), chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(1e3 * PATIENCE)
        page.on("pageerror", lambda error: outcome.tracebacks.append(f"A script's: {error}"))
        page.goto(address)
        wait_until_live(page)
        measuring = page.context.new_cdp_session(page)
        measured: list[tuple[float, float, float]] = []
        began, place = time.monotonic(), PLACES[0]
        while (passed := time.monotonic() - began) < count or outcome.tried < 2:
            try:
                place = _act(page, rng, place)
            except Error as error:
                outcome.broken.append(f"On {place}: {error.message:.300}")
            outcome.tried += 1
            if page.query_selector("[data-testid=stException]"):
                outcome.tracebacks.append(f"{place} shows an exception.")
            if passed > len(measured) * count / SAMPLES:
                measured.append(_megabytes(server, measuring))
        _judge(outcome, measured)


def _judge(outcome: Outcome, measured: list[tuple[float, float, float]]) -> None:
    third = len(measured) // 3
    for who, values in zip(("server", "workers", "page's scripts"), zip(*measured, strict=True), strict=True):
        early, late = median(values[third : 2 * third] or values), median(values[2 * third :])
        outcome.notes.append(f"Memory of the {who}: {early:.0f} MB in the middle, {late:.0f} MB at the end.")
        if late > early * (1 + GROWTH) + SLACK_MB:
            outcome.broken.append(f"The memory of the {who} grew from {early:.0f} to {late:.0f} MB.")


def _act(page: Page, rng: Random, place: str) -> str:
    """Change something or go somewhere. The page that it leads to."""
    if place not in STAGES or rng.random() < 0.15:
        place = rng.choice([other for other in PLACES if other != place])
        page.get_by_test_id("stTopNavLink").filter(has_text=place).first.click()
    elif rng.random() < 0.3:
        buttons = page.locator(", ".join(f".gp-root [data-do={each}]:visible:enabled" for each in BUTTONS))
        with suppress(TimeoutError):  # it may hide while it is chosen
            buttons.nth(rng.randrange(max(1, buttons.count()))).click(timeout=5000)
    else:
        sliders = page.get_by_test_id("stSidebar").get_by_role("slider")
        sliders.first.wait_for()
        sliders.nth(rng.randrange(sliders.count())).press(rng.choice(("ArrowLeft", "ArrowRight")))
    page.wait_for_selector("[data-test-script-state=notRunning]")
    if place in STAGES:
        wait_until_live(page)
    return place


def _megabytes(server: psutil.Process, measuring: CDPSession) -> tuple[float, float, float]:
    workers = [child for child in server.children(recursive=True) if "playground.engine.worker" in child.cmdline()]
    measuring.send("HeapProfiler.collectGarbage")
    heap = measuring.send("Runtime.getHeapUsage")["usedSize"]
    resident = [server.memory_info().rss, sum(worker.memory_info().rss for worker in workers)]
    return resident[0] / 1e6, resident[1] / 1e6, heap / 1e6
