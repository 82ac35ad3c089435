"""What recording costs, and how quickly recorded runs are found, opened and compared."""

import statistics
import time
from urllib.parse import urlparse

from playwright.sync_api import Browser, BrowserContext

from playground.config import RunConfig
from playground.feed.browser_cookie import COOKIE
from playground.recipes import RECIPES
from playground.runs.store import RunStore
from tests.benchmarks.page import SECONDS, chromium, open_page, unwatched_rate
from tests.benchmarks.recorded import OWNER, Trained, add, playground_folder, trained
from tests.benchmarks.timing import ROUNDS, table
from tests.browser.serving import press, run_of, running_app, tick, wait_for_stage

LISTED = 5000
LONG = 100_000
COMPARED = ("non_saturating", "minimax", "instance_noise", "r1")
PANELS = "() => [...document.querySelectorAll('[data-run][data-pictures]')].map(p => Number(p.dataset.pictures))"


def runs() -> None:
    """All of it."""
    one = trained(RunConfig(), 2000)
    rows = [recording(RunConfig(), "points, defaults"), recording(RECIPES["lecture"].config, "the lecture's network")]
    rows += listing(one)
    with chromium() as browser:
        rows += opening(one, browser)
        rows.append(comparing(browser))
    table(f"Runs on disk and side by side, medians of {ROUNDS}", ["what", "value", "aim"], rows)


def recording(config: RunConfig, what: str) -> list[str]:
    """Steps per second with and without a store, in turn."""
    shares = []
    for _ in range(ROUNDS):
        alone = unwatched_rate(config)
        with playground_folder() as folder:
            store = RunStore(folder)
            shares.append(1 - unwatched_rate(config, store) / alone)
            store.close()
    return [f"recording, share of the training time ({what})", f"{100 * statistics.median(shares):.1f} %", "≤ 3 %"]


def listing(one: Trained) -> list[list[str]]:
    """All records of a folder with thousands of runs."""
    with playground_folder() as folder:
        store = RunStore(folder)
        small = Trained(one.config, one.scene, one.rows[:3], [], one.checkpoint)
        for index in range(LISTED):
            add(store, f"r{index}", OWNER, small, pictures=False)
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            found = store.records()
            shown = [(record.name, record.sparkline, record.summary, record.settings["loss"]) for record in found]
            seconds.append(time.perf_counter() - start)
            assert len(shown) == LISTED
        store.close()
    return [[f"listing {LISTED:,} runs", f"{1e3 * statistics.median(seconds):.0f} ms", "< 300 ms"]]


def opening(one: Trained, browser: Browser) -> list[list[str]]:
    """From the page's address to the first picture of a long recorded run, and without a run beside it."""
    with playground_folder() as folder:
        store = RunStore(folder / "runs")
        add(store, "long", OWNER, one, length=LONG)
        store.close()
        with running_app(folder) as (address, _):
            open_page(browser, address).context.close()  # the server's first page loads everything
            long = [first_picture(browser, f"{address}/?run=long") for _ in range(ROUNDS)]
            fresh = [first_picture(browser, address) for _ in range(ROUNDS)]
            listed = [from_the_list(browser, address) for _ in range(ROUNDS)]
    return [
        [f"opening a run of {LONG:,} steps from the list, Open to first picture", _seconds(listed), "< 1 s"],
        ["… from its address, in a browser that has nothing loaded yet", _seconds(long), ""],
        ["… and the page with a new run in such a browser, for comparison", _seconds(fresh), ""],
    ]


def _seconds(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s"


def from_the_list(browser: Browser, address: str) -> float:
    """In a browser that has been on the Points page before: that is where its runs come from."""
    context = known(browser, address)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("() => Number(document.querySelector('.gp-root')?.dataset.pictures) > 0")
    page.goto(f"{address}/runs")
    tick(page, 0)
    button = page.get_by_test_id("stBaseButton-primary").filter(has_text="Open")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.wait_for_function("() => Number(document.querySelector('.gp-root')?.dataset.pictures) > 0")
    seconds = time.perf_counter() - start
    context.close()
    return seconds


def first_picture(browser: Browser, address: str) -> float:
    context = known(browser, address)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function("() => Number(document.querySelector('.gp-root')?.dataset.pictures) > 0")
    seconds = time.perf_counter() - start
    context.close()
    return seconds


def known(browser: Browser, address: str) -> BrowserContext:
    """A browser session that owns the benchmarks' runs."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": OWNER, "domain": urlparse(address).hostname or "", "path": "/"}])
    return context


def comparing(browser: Browser) -> list[str]:
    """Four runs that train at once on the Compare page: pictures per second of each."""
    rates = []
    with running_app() as (address, _):
        context = known(browser, address)
        ids = []
        for recipe in COMPARED:
            page = context.new_page()
            query = "&".join(f"{name}={value}" for name, value in RECIPES[recipe].config.to_query().items())
            page.goto(f"{address}/?{query}")
            page.wait_for_function("() => Number(document.querySelector('.gp-root')?.dataset.pictures) > 0")
            press(page, "play")
            wait_for_stage(page, "Number(s.step) > 20")
            press(page, "play")
            wait_for_stage(page, "s.status === 'paused'")
            ids.append(run_of(page))
            page.close()
        page = context.new_page()
        page.goto(f"{address}/compare?runs={','.join(ids)}")
        page.wait_for_function(f"() => {{ const p = ({PANELS})(); return p.length === 4 && p.every(n => n > 0) }}")
        page.click("[data-do=play]")
        page.wait_for_function(f"() => ({PANELS})().every(n => n > 20)")
        for _ in range(ROUNDS):
            before, start = page.evaluate(PANELS), time.perf_counter()
            time.sleep(SECONDS)
            after, seconds = page.evaluate(PANELS), time.perf_counter() - start
            rates.append(min((b - a) / seconds for a, b in zip(before, after, strict=True)))
        context.close()
    value = f"{statistics.median(rates):.0f}"
    return ["Compare with 4 live runs, pictures per second of the slowest stage", value, "≥ 15"]
