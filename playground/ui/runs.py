"""The Runs page: every recorded run, found by filters."""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from playground.engine.server.limits import Limits, is_room
from playground.engine.server.shared import engine, store_problem
from playground.objectives import LOSSES
from playground.recipes.run_names import title_of
from playground.runs.place import in_words
from playground.runs.reader import RunReader
from playground.runs.record import Record, StoreError
from playground.ui import runs_actions as actions
from playground.ui import runs_table as table
from playground.ui.escaping import plain
from playground.ui.memory import is_mine, keep, may_find, owner, recall
from playground.ui.runs_table import ROWS, SORTS, STATUS, Wish

EVERYBODY = "runs_everybody"
ROW_PX, HIGHEST_PX = 36, 560
NEARLY_FULL = 0.9


def show() -> None:
    """The whole page."""
    everybody = bool(recall(EVERYBODY, False))
    try:
        store = engine().store
        if store is None:
            st.error(f"Runs are not being recorded. {plain(store_problem())}")
            return
        records = [record for record in store.records() if is_mine(record) or (everybody and may_find(record))]
        _usage(store)
        if records or everybody:
            _list(store, records)
        else:
            _empty(store)
        actions.deleted(store)
    except StoreError as error:
        st.error(plain(error))


def _list(store: RunReader, records: Sequence[Record]) -> None:
    found = _in_order(records, _wishes(records))
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    chosen = _table(store, _one_page(found))
    with bar:
        actions.show(store, chosen)


def _usage(store: RunReader) -> None:
    used, quota = store.usage()
    share = used / quota if quota else 1.0
    text = f"Recorded runs take {in_words(used)} of {in_words(quota)}."
    if share > NEARLY_FULL:
        text += " **Nearly full: delete runs, or recording stops.**"
    if is_room():
        text += f" {Limits.of().told()}"
    st.progress(min(share, 1.0), text=text)


def _empty(store: RunReader) -> None:
    with st.container(border=True):
        st.markdown(
            "**No runs yet.** Press Play on the Points or the Images page: every run is kept here from its first step, "
            "with its curves, pictures and weights. Or import a run that somebody exported."
        )
        if others := sum(map(may_find, store.records())):
            recorded = "1 run that another browser recorded" if others == 1 else f"{others:,} runs of other browsers"
            st.markdown(f"This folder holds {recorded}: *All in the folder* lists them.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("train.py", label="Points", icon=":material/scatter_plot:")
            st.page_link("images.py", label="Images", icon=":material/image:")
            actions.take_in()
            _toggle()


def _toggle() -> None:
    if is_room():
        return
    st.toggle(
        "All in the folder",
        key=EVERYBODY,
        help="Also runs that other browsers recorded in this folder: to open, compare, fork and export.",
    )


def _wishes(records: Sequence[Record]) -> Wish:
    """The row of filters."""
    datasets = sorted({table.dataset(record) for record in records}, key=lambda name: table.label("dataset", name))
    losses = [name for name in LOSSES if any(name in table.losses(record) for record in records)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input("Find", key="runs_text", placeholder="Name, note, dataset, loss …", width=240)
        dataset = _menu("Dataset", datasets, lambda name: table.label("dataset", name))
        loss = _menu("Loss", losses, lambda name: table.label("loss", name))
        status = _menu("Status", list(STATUS), lambda name: STATUS[name])
        sort = st.selectbox("Sort by", list(SORTS), key="runs_sort", width=130)
        upwards = st.toggle("Ascending", key="runs_upwards", help="The smallest, the oldest or the first letter first.")
        _toggle()
    return Wish(text or "", dataset, loss, status, sort, not upwards)


def _menu(label: str, options: Sequence[str], name: Callable[[str], str]) -> str:
    return st.selectbox(
        label,
        ["", *options],
        key=f"runs_{label.lower()}",
        format_func=lambda option: name(option) if option else "All",
        width=170,
    )


def _in_order(records: Sequence[Record], wish: Wish) -> list[Record]:
    """What the wish asks for. The order stays until the wish or the set of runs changes: a run that trains on while
    somebody chooses must not slip away from under the pointer."""
    by_id = {record.id: record for record in records}
    key = (wish, frozenset(by_id))
    if recall(actions.ORDER, (None,))[0] != key:
        keep(actions.ORDER, (key, [record.id for record in table.matching(records, wish)]))
    return [by_id[id] for id in recall(actions.ORDER, None)[1]]


def _one_page(found: Sequence[Record]) -> Sequence[Record]:
    count = table.pages(len(found))
    if count == 1:
        st.caption(f"{len(found):,} {'run' if len(found) == 1 else 'runs'}")
        return found
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.number_input("Page", 1, count, key="runs_page", width=130)
        first = (number - 1) * ROWS
        st.caption(f"{first + 1:,} to {min(first + ROWS, len(found)):,} of {len(found):,} runs")
    return found[first : first + ROWS]


def _table(store: RunReader, shown: Sequence[Record]) -> list[Record]:
    """The rows, and the chosen ones."""
    if not shown:
        st.info("No run fits these filters.")
        return []
    columns = table.columns(shown, _names_of_parents(store, shown), time.time(), owner())
    number = st.column_config.NumberColumn
    event = st.dataframe(
        columns,
        key=f"runs_table_{hash(tuple(record.id for record in shown))}",  # other rows, no selection
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        placeholder="",
        height=min(ROW_PX * (len(shown) + 1), HIGHEST_PX),
        column_config={
            "Name": st.column_config.TextColumn(width=290),
            "EMD curve": st.column_config.LineChartColumn(width="small", y_min=0),
            "EMD": number(format="%.3f"),
            "JSD": number(format="%.3f"),
            "Fréchet": number(
                format="%.3f", help="The Fréchet distance of features: not to be held against published FIDs."
            ),
            "Steps": number(format="localized"),
        },
    )
    return [shown[row] for row in event.selection.rows if row < len(shown)]


def _names_of_parents(store: RunReader, shown: Sequence[Record]) -> dict[str, str]:
    names = {}
    for id in {record.parent for record in shown if record.parent}:
        try:
            names[id] = title_of(store.record(id))
        except StoreError:
            names[id] = "deleted"
    return names
