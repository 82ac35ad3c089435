"""What luck has to do with the differences on the Compare page: medians over seeds, and how far they can be trusted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from playground.engine.server.shared import engine
from playground.metrics.bootstrap import FEWEST as FEWEST_SEEDS
from playground.metrics.bootstrap import Difference, difference_of_medians
from playground.ui.comparison_entrants import Entrant, admit
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall
from playground.ui.runs_actions import FEWEST

ROUND_S = 2.0
"""Seconds between two looks at the difference of medians."""

MEASURES = {
    False: {"jsd": "JSD", "emd": "EMD", "modes": "Modes captured"},
    True: {"fid": "Fréchet distance", "emd": "EMD in features", "classes": "Classes covered"},
}
"""Whose medians are compared, by whether the runs are on images."""


@st.fragment(run_every=ROUND_S)
def show(ids: tuple[str, ...]) -> None:
    """How far differences go beyond the luck of seeds; looked at anew every moment, beside the pictures' path."""
    entrants, _ = admit(ids)
    seen = [(entrant.run.id, entrant.name, entrant.colour) for entrant in entrants]
    if recall("compare_seen", seen) != seen:  # such as a run that has just got its record, and with it its colour
        keep("compare_seen", seen)
        st.rerun()
    keep("compare_seen", seen)
    if len(entrants) < FEWEST:
        return
    if not any(entrant.run.config.seeds > 1 for entrant in entrants):
        st.caption(
            "One seed each: a difference may be luck. With “Seeds at once” above 1 every curve gets a band, and the "
            "difference of medians its interval."
        )
        return
    step, rows = differences(entrants)
    st.markdown(
        f"**Difference of medians over seeds** at step {step:,}, the newest that all have. "
        f"A is *{plain(entrants[0].name)}*."
    )
    if not rows:
        st.caption(f"An interval needs {FEWEST_SEEDS} seeds or more in both runs.")
        return
    st.dataframe(rows, hide_index=True)
    st.caption(
        "95 % of the differences lie in the interval when both runs' seeds are drawn anew with replacement 5,000 times "
        "(percentile bootstrap). Where 0 lies outside, luck of the seeds alone hardly explains the difference."
    )


def differences(entrants: Sequence[Entrant]) -> tuple[int, list[dict[str, Any]]]:
    """The newest step that all have, and for each measure how every other run's median differs from the first's."""
    with engine().lock:
        histories = [entrant.run.history for entrant in entrants]
        step = min((history.steps[-1] if len(history) else 0) for history in histories)
        rows = [history.at(step) for history in histories]
    table = []
    for other, row in list(zip(entrants, rows, strict=True))[1:]:
        for name, label in MEASURES[entrants[0].run.config.on_images].items():
            if row is None or rows[0] is None or name not in row.values or name not in rows[0].values:
                continue
            found = difference_of_medians(rows[0].values[name], row.values[name], np.random.default_rng(0))
            if found is not None:
                table.append(_told(label, other, found))
    return step, table


def _told(label: str, other: Entrant, found: Difference) -> dict[str, Any]:
    return {
        "Measure": label,
        "B": other.name,
        "Median of A": f"{found.first:.3g}",
        "Median of B": f"{found.second:.3g}",
        "B − A": f"{found.value:+.3g}".replace("-", "−"),
        "95 % interval": f"{found.low:+.3g} to {found.high:+.3g}".replace("-", "−"),
        "Seeds": f"{found.seeds[0]} and {found.seeds[1]}",
        "Beyond luck": "yes" if found.is_clear else "not shown",
    }
