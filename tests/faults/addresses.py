"""Addresses and query strings that nobody means: every page answers, without a traceback."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, quote, urlencode, urlparse

from playwright.sync_api import Error

from playground.engine.server import shared
from playground.feed.browser_cookie import COOKIE
from playground.feed.export import KINDS
from playground.feed.routes import assets, feed_of, prefix_of
from playground.feed.scripts import SCRIPTS
from playground.recipes import RECIPES
from tests.benchmarks.page import chromium
from tests.engine.running import PATIENCE
from tests.faults.damage import NASTY, mangled
from tests.faults.outcome import Outcome
from tests.faults.pages import PAGES, opened
from tests.faults.reference import ID, WHOSE, beside, served

PATHS = ("/", "/points", "/images", "/compare", "/runs")
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS")


def without_a_browser(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """Half of them as query strings of the pages' scripts, in this process; half as requests to a real server."""
    try:
        with beside(outcome, shared.engine()) as run:
            for _ in range(count // 2):
                page, query = rng.choice(PAGES), rng.choice(_queries(run.id))
                opened(outcome, page, _spoilt(query, rng))
                outcome.tried += 1
    finally:
        shared.close()
    with served(outcome, folder) as (address, _):
        for _ in range(count - count // 2):
            requested(outcome, urlparse(address).netloc, rng.choice(METHODS), _target(rng), WHOSE)


def in_chromium(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """As a browser opens them: no page shows or reports an error, and none stays without its parts."""
    with served(outcome, folder) as (address, _), chromium() as browser:
        for _ in range(count):
            query = urlencode(_spoilt(rng.choice(_queries(ID)), rng))
            where = f"{address}{rng.choice(PATHS)}?{query[:3000]}"
            context = browser.new_context()
            page = context.new_page()
            page.on("pageerror", lambda error: outcome.tracebacks.append(f"A script's: {error}"))
            try:
                page.goto(where)
                page.wait_for_selector("[data-test-script-state=notRunning]", timeout=1e3 * PATIENCE)
                page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]", timeout=1e3 * PATIENCE)
                if shown := page.query_selector("[data-testid=stException]"):
                    outcome.tracebacks.append(f"{where:.300} shows {shown.inner_text()!r:.300}")
            except Error as error:
                outcome.broken.append(f"{where:.300} did not come: {error.message:.300}")
            context.close()
            outcome.tried += 1


def _queries(run: str) -> list[dict[str, str]]:
    """Such as links have."""
    views = {"hide": "data,noise", "layers": "real,d,push", "speed": "10"}
    named: list[dict[str, str]] = [{"run": run}, {"look": run}, {"runs": f"{run},{run}"}, {"runs": run} | views]
    return [*named, *(recipe.config.to_query() | views for recipe in RECIPES.values())]


def _spoilt(query: dict[str, str], rng: Random) -> dict[str, str]:
    """With parameters mangled, left out, or put in, or all of it mangled as one string."""
    if rng.random() < 0.2:
        return dict(parse_qsl(mangled(urlencode(query), rng), keep_blank_values=True))
    spoilt = dict(query)
    for name in rng.sample(sorted(query), min(len(query), rng.randint(1, 3))):
        match rng.randrange(4):
            case 0:
                spoilt[mangled(name, rng)] = spoilt.pop(name)
            case 1:
                spoilt[name] = rng.choice(NASTY)
            case 2:
                spoilt[name] = mangled(spoilt[name], rng)
            case _:
                spoilt[mangled(name, rng)] = rng.choice(NASTY)
    return spoilt


def known() -> Iterator[str]:
    """Addresses that there are."""
    yield from PATHS
    yield from (f"{prefix_of('')}/export/{ID}/{kind}" for kind in KINDS)
    yield from (f"{assets('')['assets']}{name}" for name in SCRIPTS)
    yield from (feed_of("", ID), assets("")["plotly"], "/_stcore/health", "/_stcore/host-config", "/_stcore/stream")
    yield from ("/media/x.png", "/component/x/index.html", "/static/index.html", "/app/static/x", "/favicon.png")


def _target(rng: Random) -> str:
    path = mangled(rng.choice(list(known())), rng) if rng.random() < 0.9 else rng.choice(list(known()))
    query = urlencode(_spoilt(rng.choice(_queries(ID)), rng)) if rng.random() < 0.3 else ""
    return quote("/" + path.removeprefix("/"), safe="/%?#&=:;@,+.\\~") + (f"?{query}" if query else "")


def requested(outcome: Outcome, host: str, method: str, target: str, cookie: str) -> None:
    """Ask the server for it: the answer is no error of its own, and no traceback."""
    outcome.tried += 1
    with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as connection:
        try:
            connection.request(method, target, headers={"Cookie": f"{COOKIE}={cookie}"})
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
        except (http.client.HTTPException, OSError) as error:
            outcome.broken.append(f"{method} {target:.300} was not answered: {error!r}")
            return
    outcome.judge(f"{method} {target:.300}", body)
    if answer.status >= 500:
        outcome.broken.append(f"{method} {target:.300} was answered with {answer.status}.")
