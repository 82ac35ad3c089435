"""A table that one types into, read strictly: what can't be read is told, and what followed before stays."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.ui.escaping import plain
from playground.ui.memory import keep, recall

Found = TypeVar("Found")


def typed(key: str, given: Mapping[str, Sequence[str]], open_columns: Sequence[str]) -> dict[str, list[str]]:
    """A table of texts of which some columns can be changed. Cells are texts even where they mean numbers: a number's
    cell bends what it does not understand without a word."""
    if printed():
        st.table({name: list(column) for name, column in given.items()})
        return {name: list(column) for name, column in given.items()}
    edited = st.data_editor(
        {name: list(column) for name, column in given.items()},
        key=key,
        hide_index=True,
        disabled=[name for name in given if name not in open_columns],
        column_config={name: st.column_config.TextColumn() for name in open_columns},
    )
    return {name: ["" if cell is None else str(cell).strip() for cell in edited[name]] for name in given}


def table(columns: Mapping[str, Sequence[str]]) -> None:
    """Numbers beside each other, to be read."""
    shown = {name: list(column) for name, column in columns.items()}
    if printed():
        st.table(shown)
    else:
        st.dataframe(shown, hide_index=True, height="content")


def printed() -> bool:
    """Whether this is for paper: a grid that scrolls would be cut off there."""
    return st.query_params.get("lesson") == "all"


def field(column: DeltaGenerator, label: str, value: str, key: str) -> str:
    """What stands in a field for one number, as typed."""
    return str(column.text_input(label, value, key=key)).strip()


def kept(key: str, follow: Callable[[], Found]) -> Found | None:
    """What follows from what was typed; where that is refused (ValueError), the sentence that says why, and what
    followed last. None where there is nothing yet."""
    before: Any = recall(f"{key}_last", None)
    try:
        found = follow()
    except ValueError as error:
        still = " Below is still what followed before." if before is not None else ""
        st.error(plain(f"{error}{still}"))
        return before  # type: ignore[no-any-return]
    keep(f"{key}_last", found)
    return found


def number(text: str, what: str, low: float = -math.inf, high: float = math.inf) -> float:
    """The number that a cell says, with a point or a comma. what: whose it is, for the sentence where it is none or is
    not allowed (ValueError)."""
    allowed = "a number" if math.isinf(low) else f"a number from {low:g} to {high:g}"
    try:
        value = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{what} must be {allowed} (got '{text[:20]}').")
    return value


def whole(text: str, what: str, low: int, high: int) -> int:
    """As `number`, and a whole one."""
    value = number(text, what, low, high)
    if value != int(value):
        raise ValueError(f"{what} must be a whole number from {low} to {high} (got '{text[:20]}').")
    return int(value)
