"""The laboratory under load: GAN Lab's default, every layer at once, thirty sessions, an hour of training."""

import statistics
import time

import psutil
from playwright.sync_api import Browser, Page

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.runs.store import RunStore
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.page import SECONDS, chromium, counts, open_page, slider_to_confirmation
from tests.benchmarks.recorded import add, playground_folder, trained
from tests.benchmarks.timing import ROUNDS, table
from tests.browser.serving import press, running_app, stage, wait_for_stage

GAN_LAB = 32
"""Steps per second of GAN Lab itself with the same settings, in the same kind of browser on two cores."""
SESSIONS = 30
RERUNS = 30
HOUR, EVERY = 3600.0, 300.0


def laboratory() -> None:
    """Everything but the hour."""
    with chromium() as browser:
        rows = [gan_lab(browser), layers(browser), *sessions(browser)]
    table(f"The laboratory, medians of {ROUNDS}", ["what", "value", "aim"], rows)


def gan_lab(browser: Browser) -> list[str]:
    """GAN Lab's default in the page, watched, from the first step on."""
    query = "&".join(f"{name}={value}" for name, value in RECIPES["gan_lab"].config.to_query().items())
    with running_app() as (address, server):
        page = open_page(browser, f"{address}/?{query}")
        press(page, "play")
        wait_for_stage(page, "Number(s.step) > 500")
        rates = [rates_of(page, server)[1] for _ in range(ROUNDS)]
        page.context.close()
    rate = statistics.median(rates)
    told = f"{rate:,.0f} steps/s, {rate / GAN_LAB:.0f} × GAN Lab's {GAN_LAB}"
    return ["GAN Lab's default, end to end in the page", told, "≥ 20 ×"]


def layers(browser: Browser) -> list[str]:
    """Pictures per second with every layer on."""
    with running_app() as (address, server):
        page = open_page(browser, f"{address}/?layers=real,fake,d,optimal,gap,push,manifold,contours,trail")
        press(page, "play")
        wait_for_stage(page, "Number(s.step) > 200")
        rates = [rates_of(page, server)[0] for _ in range(ROUNDS)]
        page.context.close()
    return ["pictures drawn per second with every layer on", f"{statistics.median(rates):.0f}", "≥ 30"]


def rates_of(page: Page, server: psutil.Process) -> tuple[float, float]:
    """Pictures and steps per second."""
    pictures, steps, _, start = counts(page, server)
    time.sleep(SECONDS)
    pictures_after, steps_after, _, end = counts(page, server)
    return (pictures_after - pictures) / (end - start), (steps_after - steps) / (end - start)


def sessions(browser: Browser) -> list[list[str]]:
    """Thirty browser sessions, each watching a run of its own that trains, while one of them moves a slider.

    Twenty-nine speak the feed's protocol without drawing: their browsers would run on other machines.
    """
    one = trained(RunConfig(), 400)
    names = [f"watcher-{index}" for index in range(SESSIONS - 1)]
    with playground_folder() as folder:
        store = RunStore(folder / "runs")
        for name in names:
            add(store, name, name, one)
        store.close()
        with running_app(folder) as (address, server):
            page = open_page(browser, address)
            press(page, "play")
            wait_for_stage(page, "Number(s.step) > 50")
            crowd = Crowd(address, names)
            crowd.start()
            crowd.ready.wait(60)
            drawn, _, used, start = counts(page, server)
            received = crowd.pictures
            waits = [slider_to_confirmation(page, "ArrowLeft" if n % 2 else "ArrowRight") for n in range(RERUNS)]
            drawn_after, _, used_after, end = counts(page, server)
            received = crowd.pictures - received
            crowd.stop()
            page.context.close()
    seconds = end - start
    p95 = statistics.quantiles(waits, n=20)[-1]
    return [
        [
            f"{SESSIONS} sessions that train and watch: the server's own CPU",
            f"{100 * (used_after - used) / seconds:.0f} %",
            "",
        ],
        ["… a slider to the first step with it, p95", f"{p95:.0f} ms", "usable"],
        ["… pictures per second, the page", f"{(drawn_after - drawn) / seconds:.1f}", ""],
        ["… pictures per second, each of the others", f"{received / seconds / len(names):.1f}", ""],
    ]


def hour() -> None:
    """Memory of the server, the worker and the page while one run trains for an hour, watched."""
    rows = []
    with running_app() as (address, server), chromium() as browser:
        page = open_page(browser, address)
        press(page, "play")
        start = time.perf_counter()
        while (now := time.perf_counter() - start) < HOUR + 1:
            rows.append([f"{now / 60:.0f} min", f"{int(stage(page, 'step')):,}", *memory(server, page)])
            print(rows[-1], flush=True)
            time.sleep(EVERY)
        page.context.close()
    table("An hour of training, watched: memory in MB", ["after", "step", "server", "worker", "page's scripts"], rows)


def memory(server: psutil.Process, page: Page) -> list[str]:
    """Megabytes of the server and of its workers (resident), and of the page's JavaScript heap."""
    workers = [child for child in server.children(recursive=True) if "worker" in " ".join(child.cmdline())]
    heap = page.evaluate("() => performance.memory.usedJSHeapSize")
    sizes = (server.memory_info().rss, sum(worker.memory_info().rss for worker in workers), heap)
    return [f"{size / 1e6:,.0f}" for size in sizes]
