"""The live page in a real Chromium while a run trains at full speed."""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from playground.config import RunConfig
from playground.engine.server.engine import Engine
from playground.recipes import RECIPES
from playground.runs.store import RunStore
from playground.training import learners
from playground.training.classifier import CACHE_VARIABLE
from playground.training.compiling import ASKED_AT, EVERY, FIRST, compiler_there
from playground.training.library import CODE, SWITCH
from tests.benchmarks.compiled import swift
from tests.benchmarks.timing import ROUNDS, table
from tests.browser.serving import CHROMIUM_FLAGS, listen, press, running_app, stage, wait_for_stage, wait_until_live
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
    """Both pages, and the moment at which a run goes over to its compiled step."""
    live_page("points", "/", RunConfig())
    live_page("images (embedded digits)", "/images", RECIPES["lecture"].config.replace(measure_every=300))
    through_the_change()


def live_page(what: str, path: str, config: RunConfig) -> None:
    """Pictures and steps per second with the page open, against the same run that nobody watches. Where steps can be
    compiled, they are from before the measuring on; the same beside it by a server that compiles nothing."""
    can = swift(lambda: learners.fresh(config)) is not None
    ways: dict[str, dict[str, str]] = (
        {"compiled": {}, "operation by operation": {SWITCH: "0"}} if can else {"operation by operation": {}}
    )
    begun = FIRST + 200 if can else 200
    told: dict[str, list[Round]] = {way: [] for way in ways}
    with ExitStack() as open_, chromium() as browser:
        apps = {way: open_.enter_context(running_app(settings=settings)) for way, settings in ways.items()}
        for _ in range(ROUNDS):
            for way, settings in ways.items():
                with patch.dict(os.environ, settings):
                    told[way].append(visit(browser, *apps[way], path, config, begun))
    columns = {way: Facts(rounds) for way, rounds in told.items()}
    lines: dict[str, tuple[Callable[[Facts], str], str]] = {
        "pictures drawn per second while training at full speed": (lambda of: f"{of('pictures'):.0f}", "≥ 40"),
        "steps/s while watched (of unwatched)": (
            lambda of: f"{of('watched'):,.0f} ({100 * of('watched', 'alone'):.0f} %)",
            "≥ 60 %",
        ),
        "steps/s unwatched": (lambda of: f"{of('alone'):,.0f}", ""),
        "the server's own CPU (without the worker)": (lambda of: f"{100 * of('cpu'):.0f} %", ""),
        "Play to the next picture": (lambda of: f"{of('first'):.0f} ms", "≤ 500 ms"),
        "slider to the first step with it (a page's first change)": (
            lambda of: f"{of('next'):.0f} ms ({of('change'):.0f} ms)",
            "≤ 250 ms",
        ),
    }
    table(
        f"The live page on {what}, defaults, 1400 × 900, medians of {ROUNDS}",
        ["what", *columns, "aim"],
        [[line, *(tell(facts) for facts in columns.values()), aim] for line, (tell, aim) in lines.items()],
    )
    if can:
        compiled, plain = (told[way] for way in ways)
        faster = statistics.median(a["watched"] / b["watched"] for a, b in zip(compiled, plain, strict=True))
        print(f"\nWatched, the compiled step makes {faster:.2f} times as many steps (aim: at least 1.8).")


Round = dict[str, float]
"""What one visit of a page found."""


class Facts:
    """Medians over the rounds, or those of one fact's ratio to another."""

    def __init__(self, rounds: list[Round]) -> None:
        self._rounds = rounds

    def __call__(self, name: str, over: str = "") -> float:
        return statistics.median(found[name] / (found[over] if over else 1.0) for found in self._rounds)


def visit(browser: Browser, address: str, server: psutil.Process, path: str, config: RunConfig, begun: int) -> Round:
    """A page's run from a step on, and the same one unwatched before that."""
    found = {"alone": unwatched_rate(config, begun=begun)}
    page = open_page(browser, address + path)
    found["first"] = page.evaluate(WATCH, ["pictures", "[data-do=play]"])
    wait_for_stage(page, f"Number(s.step) > {begun}")
    before = counts(page, server)
    time.sleep(SECONDS)
    after = counts(page, server)
    *grown, seconds = (b - a for a, b in zip(before, after, strict=True))
    found |= {name: count / seconds for name, count in zip(("pictures", "watched", "cpu"), grown, strict=True)}
    found["change"] = slider_to_confirmation(page)
    found["next"] = statistics.median(slider_to_confirmation(page) for _ in range(3))
    press(page, "play")
    wait_for_stage(page, "s.status === 'paused'")
    page.context.close()
    return found


def through_the_change() -> None:
    """A page on which a run at the defaults asks for its compiled step, waits for it and goes over to it, and then one
    that finds it on the disk: how long the picture stands still at most, and the steps per second on the way."""
    if not compiler_there():
        return
    rows = []
    with tempfile.TemporaryDirectory() as cold, running_app(settings={CACHE_VARIABLE: cold}) as (address, _):
        with chromium() as browser:
            for _ in range(2):
                asked, over = ASKED_AT, FIRST
                page = open_page(browser, address)
                listen(page)
                press(page, "play")
                while not list(Path(cold).glob(f"compiled/*/{CODE}")):
                    time.sleep(0.05)
                    over = (int(stage(page, "step")) // EVERY + 1) * EVERY
                wait_for_stage(page, f"Number(s.step) > {over + AFTER}")
                heard = page.evaluate("() => window.heard")
                press(page, "play")
                wait_for_stage(page, "s.status === 'paused'")
                page.context.close()
                rows += [
                    part("before it is asked for", heard, 0, asked),
                    part("while it is compiled" if over > FIRST else "while it lies on the disk", heard, asked, over),
                    part("the change-over itself", heard, over - AROUND, over + AROUND),
                    part("after it", heard, over + AROUND, over + AFTER),
                ]
    table(
        "A page's run at the defaults goes over to its compiled step: the first run, and another one",
        ["when", "steps", "steps/s", "pictures/s", "longest between two", "counter falls"],
        rows,
    )


AROUND, AFTER = 60, 4000
"""Steps that are looked at about the change-over, and behind it."""


def part(when: str, heard: list[list[float]], start: int, end: int) -> list[str]:
    """A row about the pictures of some steps."""
    within = [(at, step) for at, step in heard if start <= step <= end]
    pairs = list(itertools.pairwise(within))
    seconds = (within[-1][0] - within[0][0]) / 1000
    longest = max(after - before for (before, _), (after, _) in pairs)
    falls = sum(after < before for (_, before), (_, after) in pairs)
    rate = (within[-1][1] - within[0][1]) / seconds
    steps = f"{start:,} to {end:,}"
    return [when, steps, f"{rate:,.0f}", f"{len(pairs) / seconds:.0f}", f"{longest:.0f} ms", f"{falls} times"]


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
