"""What the stage of a page is given: where its feed is, what is wanted, and which charts to draw."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground.config.naming import words
from playground.engine.server.run import Run
from playground.engine.server.shared import engine
from playground.feed.routes import assets, feed_of
from playground.feed.scripts import labels
from playground.figures import live
from playground.palette import RUN_COLOURS
from playground.recipes import run_names
from playground.runs.record import Record, StoreError
from playground.ui import run_actions, stage
from playground.ui.escaping import plain
from playground.ui.page_session import PageSession

ACTIONS: dict[stage.Trigger, Callable[[PageSession], None]] = {
    "new_seed": run_actions.new_seed,
    "restart": run_actions.restart,
    "reset": run_actions.reset,
    "fork": run_actions.fork,
    "same_start": run_actions.same_start,
    "rename": run_actions.rename,
    "apply": run_actions.follow_suggestion,
    "present": run_actions.present,
}
"""What the stage's triggers do."""


def show(page: PageSession, only: Sequence[str] = (), layers: Sequence[str] | None = None) -> None:
    """The stage with the page's run on it; without a run only the sentence that says why.

    only: the ids of the charts that matter in a lesson, in their order, where the stage is small; without them all.
    layers: that a lesson offers and shows, instead of those that the session's view asks for.
    """
    run = page.run
    if run is None:
        st.error(plain(page.notice))
        return
    base = st.get_option("server.baseUrlPath")
    contents: dict[str, Any] = {
        **assets(base),
        "feed": feed_of(base, run.id),
        "wanted": words(page.state.wanted.model_dump()),
        "labels": labels(),
        "charts": _chosen(live.described(run.wanted), only),
        "notice": page.notice,
        "missing": page.missing != "",
        "images": run.wanted.on_images,
        "about": about(run),
        "layers": page.state.view.layers if layers is None else layers,
        "present": page.state.view.present,
        "lesson": bool(only),
    }
    stage.show(page.key("stage"), contents, {trigger: partial(act, page) for trigger, act in ACTIONS.items()})


def _chosen(charts: list[Mapping[str, Any]], only: Sequence[str]) -> list[Mapping[str, Any]]:
    """The charts of these ids, in their order, and all of them shown; all charts where none is named."""
    found = {chart["id"]: {**chart, "shown": True} for chart in charts}
    return [found[id] for id in only if id in found] or charts


def about(run: Run) -> dict[str, Any]:
    """What the stage tells of a run beside its settings: its name, where it comes from, what to compare it with.

    Nothing is recorded before the first step: then it has no name that could be changed.
    """
    record, parent = _recorded(run.id), _recorded(run.record.parent if run.record else run.lineage.parent)
    origin = record or run.lineage
    base = st.get_option("server.baseUrlPath").strip("/")
    compare = f"{'/' + base if base else ''}/compare?runs={parent.id},{run.id}" if parent is not None else ""
    return {
        "run": run.id,
        "name": run_names.title_of(record) if record is not None else run_names.title("", run.wanted),
        "lineage": run_names.lineage(origin.relation, origin.parent_step, parent),
        "compare": compare,
        "colour": RUN_COLOURS[record.colour % len(RUN_COLOURS)] if record is not None else None,
        "recorded": record is not None,
        "mine": run.mine and record is not None,
    }


def _recorded(run_id: str | None) -> Record | None:
    store = engine().store
    if store is None or not run_id:
        return None
    try:
        return store.record(run_id)
    except StoreError:
        return None
