"""What luck has to do with the differences on the Compare page: medians over seeds, and how far they can be trusted."""

from collections.abc import Sequence

import streamlit as st

from playground.config import DATA_FIELDS, applies
from playground.engine.server.shared import engine
from playground.exports import differences
from playground.feed.replay_compared import FEWEST
from playground.metrics.differences import FEWEST_PAIRS
from playground.ui.comparison_entrants import Entrant, admit
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall

IN_STEP = 1.1
"""Runs that train together are a few steps apart; more than this factor, and they are told to be."""
ROUND_S = 2.0
"""Seconds between two looks at the difference of medians."""


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
    _say_what_is_unlike(entrants)
    if not any(entrant.run.config.seeds > 1 for entrant in entrants):
        st.caption(
            f"One seed each: a difference may be luck. With {FEWEST_PAIRS} “Seeds at once” or more every curve gets a "
            "band, and every difference an interval."
        )
        return
    step, rows = compared(entrants)
    if step is None:
        st.caption("These runs have no step at which all of them were measured yet.")
        return
    if not rows:
        st.caption("Whether the runs differ beyond the luck of their seeds can be said where both have several seeds.")
        return
    st.markdown(
        f"**Differences over seeds** at step {step:,}, the newest at which all were measured. "
        f"A is *{plain(entrants[0].name)}*."
    )
    st.dataframe(rows, hide_index=True)
    st.caption(differences.METHOD)


def _say_what_is_unlike(entrants: Sequence[Entrant]) -> None:
    """Where the numbers above are no comparison."""
    configs = [entrant.run.config for entrant in entrants]
    if len({tuple(getattr(config, name) for name in DATA_FIELDS if applies(name, config)) for config in configs}) > 1:
        st.caption("These runs learn from different data: their distances have different scales and floors.")
    if len({config.loss for config in configs if config.learning.plays}) > 1:
        st.caption("Their losses are different functions: shapes of these curves can be compared, heights cannot.")
    steps = [entrant.run.steps for entrant in entrants]
    if max(steps) > IN_STEP * min(steps):
        st.caption("They have trained for different numbers of steps: *now* and *best* above are not of the same ones.")


def compared(entrants: Sequence[Entrant]) -> tuple[int | None, list[dict[str, str]]]:
    """The newest step at which all were measured, and there, for each metric, how every other run differs from the
    first."""
    with engine().lock:  # they may be training just now
        runs = [(entrant.run.config, entrant.run.history.stored()) for entrant in entrants]
    step, found = differences.between(runs)
    return step, [
        differences.in_words(runs[0][0], other.name, measure, difference)
        for other, by_measure in zip(entrants[1:], found, strict=False)
        for measure, difference in by_measure.items()
    ]
