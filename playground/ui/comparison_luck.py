"""What luck has to do with the differences on the Compare page: medians over seeds, and how far they can be trusted."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.config import DATA_FIELDS, applies
from playground.engine.server.shared import engine
from playground.metrics.differences import FEWEST_PAIRS, Difference, Measured, common_step, differences, verdict
from playground.metrics.evaluation import METRICS, Metric
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.ui.comparison_entrants import Entrant, admit
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall
from playground.ui.runs_actions import FEWEST

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
    st.caption(
        "Runs that share seeds are compared seed by seed: the difference is the median of those pairs, and its "
        f"interval the sign test's, for which {FEWEST_PAIRS} pairs are the fewest. Otherwise it is the median over all "
        "pairs of a seed of A and one of B, with Mann and Whitney's interval. Both are exact for few seeds. Where the "
        "runs do not differ, luck puts 0 outside the interval in at most one comparison of twenty; in a table of five "
        "measures it may do so somewhere in up to one of four."
    )


def _say_what_is_unlike(entrants: Sequence[Entrant]) -> None:
    """Where the numbers above are no comparison."""
    configs = [entrant.run.config for entrant in entrants]
    if len({tuple(getattr(config, name) for name in DATA_FIELDS if applies(name, config)) for config in configs}) > 1:
        st.caption("These runs learn from different data: their distances have different scales and floors.")
    steps = [entrant.run.steps for entrant in entrants]
    if max(steps) > IN_STEP * min(steps):
        st.caption("They have trained for different numbers of steps: *now* and *best* above are not of the same ones.")


def compared(entrants: Sequence[Entrant]) -> tuple[int | None, list[dict[str, Any]]]:
    """The newest step at which all were measured, and there, for each metric, how every other run differs from the
    first."""
    runs = [_measured(entrant) for entrant in entrants]
    step = common_step(runs)
    if step is None:
        return None, []
    table = IMAGE_METRICS if entrants[0].run.config.on_images else METRICS
    rows = []
    for other, measured in list(zip(entrants, runs, strict=True))[1:]:
        found = differences(runs[0], measured, step, list(table))
        rows += [_told(table[name], other, difference) for name, difference in found.items()]
    return step, rows


def _measured(entrant: Entrant) -> Measured:
    """The rows of a run that may be training just now."""
    with engine().lock:
        rows = entrant.run.history.stored()
    first = entrant.run.config.seed
    return Measured(range(first, first + entrant.run.config.seeds), rows.steps, rows.values)


def _told(metric: Metric, other: Entrant, found: Difference) -> dict[str, Any]:
    pairs = f"{found.seeds[0]} pairs: B higher in {found.up}, lower in {found.down}"
    return {
        "Measure": metric.label,
        "B": other.name,
        "Median of A": f"{found.first:.3g}",
        "Median of B": f"{found.second:.3g}",
        "B − A": f"{found.value:+.3g}".replace("-", "−"),
        "95 % interval": "–" if found.low is None else f"{found.low:+.3g} to {found.high:+.3g}".replace("-", "−"),
        "Seeds": f"{found.seeds[0]} and {found.seeds[1]}" if found.up is None else pairs,
        "Beyond luck": verdict(found, metric.better),
    }
