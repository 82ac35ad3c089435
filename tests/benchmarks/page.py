"""The live page in a real Chromium while a run trains at full speed."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from playground.config import RunConfig
from playground.engine.server.engine import Engine
from playground.recipes import RECIPES
from playground.runs.store import RunStore
from playground.training import learners
from playground.training.compiling import FIRST
from tests.benchmarks.compiled import swift
from tests.benchmarks.timing import ROUNDS, table
from tests.browser.serving import CHROMIUM_FLAGS, press, running_app, stage, wait_for_stage, wait_until_live
from tests.programs import find

SECONDS = 6.0
WATCH = """([attribute, act]) => new Promise(done => {
    const root = document.querySelector('.gp-root'), before = root.dataset[attribute], start = performance.now();
    new MutationObserver((_, observer) => {
        if (root.dataset[attribute] === before) return;
        observer.disconnect();
        done(performance.now() - start);
    }).observe(root, { attributes: true });
    if (act) document.querySelector(act).click();
})"""
"""Milliseconds until one of the stage's facts changes, from a click (or from now on)."""


def live_pages() -> None:
    """Both pages."""
    live_page("points", "/", RunConfig())
    live_page("images (embedded digits)", "/images", RECIPES["lecture"].config.replace(measure_every=300))


def live_page(what: str, path: str, config: RunConfig) -> None:
    """Pictures and steps per second with the page open, against the same run that nobody watches; both once they have
    gone over to the compiled step, where there can be one."""
    begun = FIRST + 200 if swift(lambda: learners.fresh(config)) else 200
    pictures, watched, alone, cpu, first, change, next_ones = [], [], [], [], [], [], []
    with running_app() as (address, server), chromium() as browser:
        for _ in range(ROUNDS):
            alone.append(unwatched_rate(config, begun=begun))
            page = open_page(browser, address + path)
            first.append(page.evaluate(WATCH, ["pictures", "[data-do=play]"]))
            wait_for_stage(page, f"Number(s.step) > {begun}")
            drawn, steps, used, start = counts(page, server)
            time.sleep(SECONDS)
            drawn_after, steps_after, used_after, end = counts(page, server)
            pictures.append((drawn_after - drawn) / (end - start))
            watched.append((steps_after - steps) / (end - start))
            cpu.append((used_after - used) / (end - start))
            change.append(slider_to_confirmation(page))
            next_ones += [slider_to_confirmation(page) for _ in range(3)]
            press(page, "play")
            wait_for_stage(page, "s.status === 'paused'")
            page.context.close()
    share = statistics.median(w / a for w, a in zip(watched, alone, strict=True))
    table(
        f"The live page on {what}, defaults, 1400 × 900, medians of {ROUNDS}",
        ["what", "value", "aim"],
        [
            ["pictures drawn per second while training at full speed", f"{statistics.median(pictures):.0f}", "≥ 40"],
            [
                "steps/s while watched",
                f"{statistics.median(watched):,.0f} ({100 * share:.0f} % of unwatched)",
                "≥ 60 %",
            ],
            ["steps/s unwatched", f"{statistics.median(alone):,.0f}", ""],
            ["the server's own CPU (without the worker)", f"{100 * statistics.median(cpu):.0f} %", ""],
            ["Play to the next picture", f"{statistics.median(first):.0f} ms", "≤ 500 ms"],
            [
                "slider to the first step with it (a page's first change)",
                f"{statistics.median(next_ones):.0f} ms ({statistics.median(change):.0f} ms)",
                "≤ 250 ms",
            ],
        ],
    )


def unwatched_rate(config: RunConfig, store: RunStore | None = None, begun: int = 200) -> float:
    """Steps per second of such a run from a step on, in a worker with no page open, metrics on; recorded if there is a
    store."""
    engine = Engine(workers=1, store=store)
    try:
        run = engine.run(engine.start("bench", config), "bench")
        engine.play(run, True)
        while run.steps < begun:
            time.sleep(0.01)
        steps, start = run.steps, time.perf_counter()
        time.sleep(SECONDS)
        return (run.steps - steps) / (time.perf_counter() - start)
    finally:
        engine.close()


def slider_to_confirmation(page: Page, key: str = "ArrowRight") -> float:
    """Milliseconds from a key press on the slider of k until the worker trains with the new value."""
    slider = page.get_by_role("slider", name="k, D updates per G update")
    slider.focus()
    page.evaluate(f"() => {{ window.confirmed = ({WATCH})(['config', null]) }}")
    slider.press(key)
    waited: float = page.evaluate("() => window.confirmed")
    return waited


def counts(page: Page, server: psutil.Process) -> tuple[int, int, float, float]:
    """Pictures, steps, the server's CPU seconds, and the time."""
    used = server.cpu_times()
    return int(stage(page, "pictures")), int(stage(page, "step")), used.user + used.system, time.perf_counter()


def open_page(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(address)
    wait_until_live(page)
    page.wait_for_selector(".js-plotly-plot")
    return page


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
