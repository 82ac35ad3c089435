"""The Cures page: what every technique did to the same illnesses, and each row as a comparison."""

from collections.abc import Sequence

import streamlit as st

from playground.engine.server.engine import EngineError
from playground.recipes.cures import ILLNESSES, UNTREATED, cures, treated
from playground.recipes.techniques import TECHNIQUES
from playground.ui import comparison
from playground.ui import cures_table as table
from playground.ui.escaping import plain

OVERVIEW = "Overview"
ROW_PX, HIGHEST_PX, WELL_PX = 36, 700, 130


def show() -> None:
    """The whole page."""
    st.markdown(
        "**What helps?** Each technique was put on two illnesses and on a healthy run, one change each, with the same "
        "seeds and as many steps. Sort by a column; choose a row to see it train beside the illness as it is."
    )
    if not cures():
        st.info("Nothing has been measured here yet: `python -m playground reproduce --table cures --write` does it.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        views = {OVERVIEW: "", **{row.label: illness for illness, row in ILLNESSES.items()}}
        view = st.segmented_control("Table", list(views), default=OVERVIEW, key="cures_view", required=True)
        kinds = st.multiselect("Kinds", sorted({row.kind for row in TECHNIQUES.values()}), key="cures_kinds")
        text = st.text_input("Search", key="cures_text", placeholder="such as penalty, or Metz")
    illness = views[view or OVERVIEW]
    rows = table.matching(text, kinds)
    chosen = _table(illness, rows)
    st.caption(_explained(illness))
    if chosen is not None:
        _row(chosen)


def _table(illness: str, rows: Sequence[str]) -> str | None:
    """The table, and the row that is chosen in it, if any."""
    columns = table.on_illness(illness, rows) if illness else table.overview(rows)
    shapes = {
        name: st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=WELL_PX)
        if name.lower().endswith("well")
        else st.column_config.NumberColumn(format="%.2f")
        for name in columns
        if name not in ("Technique", "Kind")
    }
    event = st.dataframe(
        columns,
        key=f"cures_table_{hash((illness, *rows))}",  # other rows, no selection
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        placeholder="",
        height=min(ROW_PX * (len(rows) + 1), HIGHEST_PX),
        column_config={
            "Technique": st.column_config.TextColumn(width=230),
            "Kind": st.column_config.TextColumn(width=100),
            **shapes,
        },
    )
    return next((rows[row] for row in event.selection.rows if row < len(rows)), None)


def _explained(illness: str) -> str:
    """What the columns mean."""
    what = f"*{ILLNESSES[illness].row.label}*: {ILLNESSES[illness].told}. " if illness else ""
    seeds = sorted({row.seeds for row in cures().values()})
    return (
        f"{what}Medians over {' or '.join(map(str, seeds))} seeds. A seed is well when it ends with more than half of "
        "the modes served (each with at least a quarter of its fair share), less than 15 % of the samples change modes "
        "between two looks 100 steps apart (the turnover), and half of them or more lie within 3 σ of a mode. Times "
        "are those of a step beside the untreated one's. A cell is empty where the technique changes nothing or "
        "can't be had, or was not measured."
    )


def _row(name: str) -> None:
    """One technique: what it is, its numbers with their ranges, and its comparisons."""
    with st.container(border=True):
        st.markdown(f"**{plain(table.label(name))}**" + (f": {TECHNIQUES[name].why}" if name != UNTREATED else ""))
        st.dataframe(table.ranges(name), hide_index=True)
        if name == UNTREATED:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            for illness, row in ILLNESSES.items():
                if treated(illness, name) is not None and st.button(
                    f"{row.label}: without and with it",
                    key=f"cures_compare_{illness}",
                    icon=":material/compare:",
                    help="Starts two runs with the same seed and plays them beside each other.",
                ):
                    _compare(illness, name)


def _compare(illness: str, name: str) -> None:
    configs = [config for config in (treated(illness, UNTREATED), treated(illness, name)) if config is not None]
    try:
        comparison.open_with(configs)
    except EngineError as error:
        st.error(plain(error))
