"""A running app and a page on it, for browser tests and benchmarks."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


ROW_HEIGHT, HEAD_HEIGHT = 35, 35
"""Pixels of a table's head and of each of its rows."""


@contextmanager
def running_app(
    folder: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[str, psutil.Process]]:
    """The app on a free port of this machine: its address and its process. It is ended with Ctrl-C.

    folder: where it keeps its runs; a new one, gone afterwards, if none is named. settings: more environment variables.
    """
    if folder is None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as made, running_app(Path(made), settings) as running:
            yield running
        return
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    kept = {"GAN_PLAYGROUND_RUNS": str(folder / "runs"), "GAN_PLAYGROUND_POINTS": str(folder / "points")}
    kept |= {"GAN_PLAYGROUND_IMAGES": str(folder / "images")}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT,
        env={**os.environ, **kept, **(settings or {})},
    )
    address = f"http://localhost:{port}"
    try:
        _wait_until_up(f"{address}/_stcore/health", process)
        yield address, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def _wait_until_up(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up within a minute")


SIZES = [(1280, 720), (1366, 768), (1400, 900), (1920, 1080), (800, 900), (390, 844)]
"""Windows that everything has to fit into: laptops, a projector, half a screen, a telephone."""


def cut_off(page: Page) -> list[str]:
    """What does not fit into each of those windows: the page, where it may not be scrolled, or a row of the stage."""
    told: list[str] = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("width => document.documentElement.clientWidth === width", arg=width)
        found: list[str] = page.evaluate(
            """tall => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
                const main = document.querySelector('[data-testid=stMain]');
                const over = (box, down) =>
                    box.scrollWidth > box.clientWidth + 1 || (down && box.scrollHeight > box.clientHeight + 1);
                const rows = [...document.querySelectorAll('.gp-legend, .gp-chart-head, .gp-chips, .gp-rewind')];
                const cut = rows.filter(row => over(row, true)).map(row => row.className);
                done(over(main, !tall) ? ['page', ...cut] : cut);
            })))""",
            width < 900 or page.locator(".gp-comparison").count() > 0,
        )
        told += [f"{width} × {height}: {what}" for what in found]
    return told


def wait_until_live(page: Page) -> None:
    """The stage is connected and has drawn the run's present picture."""
    page.wait_for_function(
        "() => { const s = document.querySelector('.gp-root')?.dataset;"
        " return s?.connected === 'true' && Number(s.pictures) > 0 && s.config }"
    )


def stage(page: Page, name: str) -> str:
    """One of the facts that the stage tells about itself: step, status, pictures, rows, config."""
    value: str = page.eval_on_selector(".gp-root", f"root => root.dataset.{name}")
    return value


def wait_for_stage(page: Page, condition: str) -> None:
    """Wait for a condition on the stage's facts, such as "Number(s.step) > 500"."""
    page.wait_for_function(f"() => {{ const s = document.querySelector('.gp-root').dataset; return {condition} }}")


def listen(page: Page) -> None:
    """From now on `window.heard` holds each picture's time in milliseconds and its step."""
    page.evaluate(
        """() => {
            const root = document.querySelector('.gp-root'), heard = window.heard = [];
            let pictures = root.dataset.pictures;
            new MutationObserver(() => {
                if (root.dataset.pictures === pictures) return;
                pictures = root.dataset.pictures;
                heard.push([performance.now(), Number(root.dataset.step)]);
            }).observe(root, { attributes: true });
        }"""
    )


def press(page: Page, what: str) -> None:
    page.click(f".gp-root [data-do='{what}']")


def choose(page: Page, menu: str, option: str) -> None:
    """Choose from a menu as a person does who types what they look for: it holds only the rows that are in view."""
    box = page.get_by_role("combobox", name=menu)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def run_of(page: Page) -> str:
    """The run's name in the page's address."""
    page.wait_for_function("() => location.search.includes('run=')")
    found = re.search(r"run=([\w-]+)", page.url)
    assert found
    return found[1]


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


def tick(page: Page, row: int) -> None:
    """Choose a row of the list: its boxes are drawn on a canvas."""
    # While the page is made anew, the old list may stand beside the new one.
    page.wait_for_function(
        "() => document.querySelector('[data-test-script-state=notRunning]')"
        " && document.querySelectorAll('[data-testid=stDataFrame]').length === 1"
    )
    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + HEAD_HEIGHT + (row + 0.5) * ROW_HEIGHT)
