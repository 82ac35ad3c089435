"""What can be done with chosen runs: opened, compared, forked, named, exported, deleted, and taken in from a file."""

import re
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from playground.engine.server.engine import EngineError
from playground.engine.server.shared import engine
from playground.feed.export import KINDS
from playground.feed.replay_compared import FEWEST, MOST
from playground.feed.routes import export_of
from playground.recipes.run_names import title_of
from playground.runs.place import in_words
from playground.runs.reader import RunReader
from playground.runs.record import Record, StoreError
from playground.runs.store import MAX_NAME, MAX_NOTE
from playground.ui import runs_table as table
from playground.ui.escaping import plain
from playground.ui.link import LOOK, RUN
from playground.ui.memory import forget, is_mine, keep, owner, recall
from playground.ui.sweeps import around

MOST_MB = 500
"""Size of an archive that is taken in."""
LINKS_STYLE = """<style>
.runs-exports.runs-exports { list-style: none; margin: 0; padding: 0; }
.runs-exports li { margin: 0 0 0.5rem 0; padding: 0; }
.runs-exports a { color: inherit; }
.runs-exports span { display: block; font-size: 0.8rem; opacity: 0.75; }
.runs-exports code { padding: 0; background: none; color: inherit; white-space: nowrap; }
</style>"""
COMMAND = re.compile("`([^`]+)`")
"""What somebody types, in a text: it is never broken at its hyphens."""
DELETED, ORDER, TURN = "runs_deleted", "runs_order", "runs_turn"
"""What the session remembers: the ids of the last deletion, the list's order, how often one was deleted or imported."""


def show(store: RunReader, chosen: Sequence[Record]) -> None:
    """The row of buttons above the list."""
    one = chosen[0] if len(chosen) == 1 else None
    mine = all(map(is_mine, chosen))
    if st.button("Open", disabled=one is None, icon=":material/open_in_full:", type="primary") and one:
        _open(one)
    few = not FEWEST <= len(chosen) <= MOST
    if st.button("Compare", disabled=few, icon=":material/compare:", help=f"{FEWEST} to {MOST} runs, side by side."):
        forget("compare")
        st.switch_page("compare.py", query_params={"runs": ",".join(record.id for record in chosen)})
    tip = "A new run that goes on from this one's newest saved state."
    if st.button("Fork", disabled=one is None, icon=":material/fork_right:", help=tip) and one:
        _fork(store, one)
    around.button("runs_around", one.config if one and not one.problem else None)
    turn = recall(TURN, 0)  # other menus after each action: the old would stay open
    with st.popover(
        "Name and note", disabled=one is None or not mine, icon=":material/edit:", key=f"runs_words_menu_{turn}"
    ):
        if one and mine:
            _words(one)
    with st.popover("Export", disabled=one is None, icon=":material/download:"):
        if one:
            _exports(one)
    shut = f"runs_delete_menu_{turn}"
    with st.popover("Delete", disabled=not chosen or not mine, icon=":material/delete:", key=shut):
        if chosen and mine:
            _delete(chosen)
    take_in()
    st.button("Refresh", icon=":material/refresh:", on_click=lambda: keep(ORDER, (None,)))
    if not chosen:
        st.caption("Tick rows to choose runs.")
    elif not mine:
        st.caption("Runs of another browser can be opened, compared, forked and exported, not changed.")


def take_in() -> None:
    """The menu that imports an archive."""
    turn = recall(TURN, 0)  # another menu after each import: the old would stay open, with the file still in it
    with st.popover("Import", icon=":material/upload:", key=f"runs_import_menu_{turn}"):
        label = "A run that was exported as an archive (.zip)"
        file = st.file_uploader(label, type="zip", key=f"runs_import_{turn}", max_upload_size=MOST_MB)
        # The button names its file: while a second one is still on its way, a click would take in the first.
        if file is None or not st.button(f"Import {plain(file.name)}", type="primary"):
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.zip"
            path.write_bytes(file.getbuffer())
            try:
                taken = engine().take_in(path, owner())
            except EngineError as error:
                st.error(
                    plain(str(error).replace(str(path), file.name))
                )  # the file's own name, not that of the temporary copy
                return
    store = engine().store
    name = f" as {plain(title_of(store.record(taken)))}" if store is not None else ""
    st.toast(f"The run is imported{name}, paused where it was.", icon=":material/check:")
    keep(TURN, turn + 1)
    st.rerun()


def deleted(store: RunReader) -> None:
    """The way back from the last deletions: they keep their space until the server ends or somebody frees it."""
    gone = store.records(owner=owner(), deleted=True)
    if not gone:
        return
    last: list[str] = recall(DELETED, [])
    back = [record for record in gone if record.id in last] or gone
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{_runs(len(gone))} deleted, {in_words(sum(record.size for record in gone))}.")
        if st.button(f"Undo: bring back {_runs(len(back))}", icon=":material/undo:", key="runs_undo"):
            if _done(*(partial(engine().undelete, record.id, owner()) for record in back)):
                keep(DELETED, [])
                st.rerun()
        if st.button("Free the space", key="runs_purge", help="Then they can't be brought back."):
            if _done(partial(engine().purge, owner())):
                st.rerun()


def _done(*changes: Callable[[], None]) -> bool:
    """Whether all of these could be done; the page says what could not be done."""
    try:
        for change in changes:
            change()
    except EngineError as error:
        st.error(plain(error))
        return False
    return True


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _open(record: Record) -> None:
    if record.problem:
        st.error(plain(record.problem))
    else:
        _show(record, RUN if is_mine(record) else LOOK, record.id)


def _fork(store: RunReader, record: Record) -> None:
    try:
        steps = store.checkpoint_steps(record.id)
        if not steps:
            st.error(f"{plain(title_of(record))} has no saved state to fork from.")
            return
        child = engine().fork(owner(), record.id, steps[-1], record.config)
    except (EngineError, StoreError) as error:
        st.error(plain(error))
        return
    _show(record, RUN, child)


def _show(record: Record, parameter: str, id: str) -> None:
    """The page of the record's kind, with a run on it."""
    page = "images" if table.on_images(record) else "train"
    forget(page)
    st.switch_page(f"{page}.py", query_params={parameter: id})


def _words(record: Record) -> None:
    with st.form(f"runs_words_{record.id}", border=False):
        name = st.text_input("Name", title_of(record), max_chars=MAX_NAME)
        note = st.text_area("Note", record.note, max_chars=MAX_NOTE)
        if not st.form_submit_button("Save"):
            return
        changes = [partial(engine().annotate, record.id, owner(), note)]
        if name.strip() != title_of(record):
            changes.insert(0, partial(engine().rename, record.id, owner(), name))
        if _done(*changes):
            keep(TURN, recall(TURN, 0) + 1)
            st.rerun()


def _exports(record: Record) -> None:
    if record.problem:
        st.caption(plain(record.problem))
        return
    base = st.get_option("server.baseUrlPath")
    lines = [
        f'<li><a href="{escape(export_of(base, record.id, kind))}" download>{escape(row.label)}</a>'
        f"<span>{_told(row.help)}</span></li>"
        for kind, row in KINDS.items()
        if row.offered(record)
    ]
    st.html(f"{LINKS_STYLE}<ul class='runs-exports'>{''.join(lines)}</ul>", width=420)


def _told(help: str) -> str:
    """A text as HTML, what somebody types in it as code."""
    return COMMAND.sub(r"<code>\1</code>", escape(help))


def _delete(chosen: Sequence[Record]) -> None:
    what = "this run" if len(chosen) == 1 else f"these {len(chosen)} runs"
    st.markdown(f"Delete {what}? You can undo it until the server ends.")
    for record in chosen[:8]:
        st.caption(f"{plain(title_of(record))} · {record.steps:,} steps · {in_words(record.size)}")
    if not st.button(f"Delete {what}", type="primary", key="runs_delete"):
        return
    _done(*(partial(engine().delete, record.id, owner()) for record in chosen))
    keep(DELETED, [record.id for record in chosen])
    keep(TURN, recall(TURN, 0) + 1)
    st.rerun()
