"""The Cures page: what every technique, and every GAN hack, did to the same illnesses; each row as a comparison."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.config import RunConfig
from playground.engine.server.engine import EngineError
from playground.papers import linked
from playground.recipes.cures import ILLNESSES, UNTREATED, cures, treated
from playground.recipes.hacks import HACKS
from playground.recipes.techniques import TECHNIQUES
from playground.reproduce.cures import FOUND
from playground.ui import comparison, hacks_table
from playground.ui import cures_table as table
from playground.ui.escaping import plain
from playground.ui.memory import recall

OVERVIEW, HACKS_VIEW = "Overview", "GAN hacks"
ROW_PX, HIGHEST_PX, WELL_PX, SERVED_PX, NUMBER_PX = 36, 430, 115, 110, 80
BESIDE_CARD_PX = 250
"""The table's height where a row of it is chosen, whose card has to be seen below it."""
COMPARED_SEEDS = 6
"""Of each run of a comparison from here: the fewest from which a difference can be told from luck."""


def show() -> None:
    """The whole page."""
    st.markdown(
        "**What helps?** Each technique was put on three runs on the ring of eight Gaussians, one change each, with "
        "the same seeds and steps: *Hopping*, whose G leaves one mode for the next, round and round; *Lost modes*, "
        "whose G settles on a few for good; and a *Healthy* one. *Well*: how many seeds end with most modes, kept and "
        "sharp. *Served*: how many of the eight modes get samples, in the median seed. Click a row for its numbers, "
        "and to train it beside the run as it is."
    )
    if not cures():
        st.info("Nothing has been measured here yet: `python -m playground reproduce --table cures --write` does it.")
        return
    with st.expander("What was found", icon=":material/lightbulb:"):
        st.markdown("\n".join(f"- {linked(sentence)}" for sentence in FOUND))
    views = {OVERVIEW: "", **{row.label: illness for illness, row in ILLNESSES.items()}, HACKS_VIEW: ""}
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "Table", list(views), default=OVERVIEW, key="cures_view", required=True, label_visibility="collapsed"
        )
        if view != HACKS_VIEW:
            kinds = st.multiselect(
                "Kinds",
                sorted({row.kind for row in TECHNIQUES.values()}),
                key="cures_kinds",
                placeholder="All kinds",
                label_visibility="collapsed",
            )
            text = st.text_input(
                "Search", key="cures_text", placeholder="Search: penalty, Metz …", label_visibility="collapsed"
            )
    if view == HACKS_VIEW:
        _hacks()
        return
    illness = views[view or OVERVIEW]
    rows = table.matching(text, kinds, illness)
    if rows == [UNTREATED]:
        st.caption("No technique of these kinds has all of these words.")
    columns = table.on_illness(illness, rows) if illness else table.overview(rows)
    chosen = _table("cures", columns, rows, {name: _shape(name) for name in columns})
    if chosen is not None:
        _row(chosen)
    st.caption(_explained(illness))


def _shape(name: str) -> Any:
    if name in ("Technique", "Kind"):
        return st.column_config.TextColumn(width=200 if name == "Technique" else 100)
    if name.lower().endswith("well"):
        seeds = max(row.seeds for row in cures().values())
        return st.column_config.ProgressColumn(
            format=f"%d of {seeds}", min_value=0, max_value=seeds, width=WELL_PX, help="Seeds that end well, see below."
        )
    if name.lower().endswith(("served", "captured")):
        return st.column_config.NumberColumn(format="%g", width=SERVED_PX, help="Modes of the eight, the median seed.")
    form = "× %.2g" if name == table.OF_STEP else "%.2f"
    return st.column_config.NumberColumn(format=form, width=NUMBER_PX)


def _table(key: str, columns: table.Columns, rows: Sequence[str], shapes: dict[str, Any]) -> str | None:
    """A table, and the row that is chosen in it, if any: by its box or by a click on any of its cells."""
    name = f"{key}_table_{hash((*columns, *rows))}"  # other rows, no selection
    before = recall(name, None)
    highest = BESIDE_CARD_PX if before and (before.selection.rows or before.selection.cells) else HIGHEST_PX
    event = st.dataframe(
        columns,
        key=name,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        hide_index=True,
        placeholder="",
        height=min(ROW_PX * (len(rows) + 1), highest),
        column_config=shapes,
    )
    chosen = [*event.selection.rows, *(row for row, _ in event.selection.cells)]
    return next((rows[row] for row in chosen if row < len(rows)), None)


def _explained(illness: str) -> str:
    """What the columns mean."""
    what = f"*{ILLNESSES[illness].row.label}*: {ILLNESSES[illness].told}. " if illness else ""
    seeds = sorted({row.seeds for row in cures().values()})
    return (
        f"{what}Medians over {' or '.join(map(str, seeds))} seeds. A seed is well when it ends with more than half of "
        "the modes served (each with at least a quarter of its fair share), less than 15 % of the samples change modes "
        "within 100 steps (the turnover), and half of them or more lie within 3 σ of a mode. The time "
        f"of a step is told beside the untreated one's{'' if illness else ', in the healthy game'}. A cell is empty "
        "where the technique changes nothing, can't be had, or was not measured: its row says which. Ranges of all of "
        "it: docs/cures.md."
    )


def _row(name: str) -> None:
    """One technique: what it is, its numbers with their ranges, and its comparisons."""
    with st.container(border=True):
        st.markdown(
            f"**{plain(table.label(name))}**" + (f": {linked(TECHNIQUES[name].why)}" if name != UNTREATED else "")
        )
        st.dataframe(table.ranges(name), hide_index=True)
        if name == UNTREATED:
            return
        for sentence in table.absent(name):
            st.caption(plain(sentence))
        pairs = {illness: (treated(illness, UNTREATED), treated(illness, name)) for illness in ILLNESSES}
        _comparisons({ILLNESSES[illness].label: pair for illness, pair in pairs.items()})


def _hacks() -> None:
    """The seventeen hacks: what the list claims, and what was measured."""
    columns, names = hacks_table.overview(), list(HACKS)
    shapes = {
        "": st.column_config.NumberColumn(width=40),
        "Hack": st.column_config.TextColumn(width=220),
        "The list claims": st.column_config.TextColumn(width=400),
    }
    chosen = _table("hacks", columns, names, shapes)
    if chosen is not None:
        hack = HACKS[chosen]
        with st.container(border=True):
            st.markdown(f"**{hack.number}. {plain(hack.label)}.** {linked(plain(f'{hack.claim} {hack.note}'))}")
            if hack.recipes:
                st.dataframe(hacks_table.ranges(chosen), hide_index=True)
            _comparisons(hacks_table.pairs(chosen))
    st.caption(linked(hacks_table.EXPLAINED))


def _comparisons(pairs: dict[str, tuple[RunConfig | None, RunConfig | None]]) -> None:
    """A button for each pair of settings that can be had: both as runs beside each other."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, (without, with_it) in pairs.items():
            if without is None or with_it is None:
                continue
            if st.button(
                f"Train both on {label}",
                key=f"cures_compare_{label}",
                icon=":material/compare:",
                help=f"Starts two runs of the same {COMPARED_SEEDS} seeds, without and with it, beside each other.",
            ):
                _compare([config.replace(seeds=COMPARED_SEEDS) for config in (without, with_it)])


def _compare(configs: Sequence[RunConfig]) -> None:
    try:
        comparison.open_with(configs)
    except EngineError as error:
        st.error(plain(error))
