"""How runs differ beyond the luck of their seeds, in words: for the Compare page, the command line and a file."""

from collections.abc import Mapping, Sequence

from playground.config import RunConfig
from playground.metrics.differences import FEWEST_PAIRS, Difference, Measured, common_step, differences, verdict
from playground.metrics.evaluation import METRICS, Metric
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.runs.record import StoredColumns

METHOD = (
    "Runs that share seeds are compared seed by seed: B − A is the median of those pairs' differences, which is not "
    f"the difference of the medians, and its interval is the sign test's, which needs {FEWEST_PAIRS} pairs. Between "
    "runs that share no seeds it is the median over all pairs of a seed of A and one of B, with Mann and Whitney's "
    "interval. Both intervals are exact for few seeds. Of runs that do not differ, one interval in twenty leaves out 0 "
    "by luck; of tables with five measures, up to one in four has such an interval."
)
"""How the intervals are made."""


def between(runs: Sequence[tuple[RunConfig, StoredColumns]]) -> tuple[int | None, list[dict[str, Difference]]]:
    """The newest step at which all were measured, if there is one, and how each run but the first differs from the
    first there, by metric; what seeds are too few for is left out."""
    measured = [
        Measured(range(config.seed, config.seed + config.seeds), rows.steps, rows.values) for config, rows in runs
    ]
    step = common_step(measured)
    if step is None:
        return None, []
    names = list(_metrics(runs[0][0]))
    return step, [differences(measured[0], run, step, names) for run in measured[1:]]


def in_words(config: RunConfig, other: str, measure: str, found: Difference) -> dict[str, str]:
    """A difference from the run A, of these settings, as a row of a table. other: what the run B is called."""
    pairs = f"{found.seeds[0]} pairs: B higher in {found.up}, lower in {found.down}"
    return {
        "Measure": _metrics(config)[measure].label,
        "B": other,
        "Median of A": f"{found.first:.3g}",
        "Median of B": f"{found.second:.3g}",
        "B − A": f"{found.value:+.3g}".replace("-", "−"),
        "95 % interval": "–" if found.low is None else f"{found.low:+.3g} to {found.high:+.3g}".replace("-", "−"),
        "Seeds": f"{found.seeds[0]} and {found.seeds[1]}" if found.up is None else pairs,
        "Beyond luck": verdict(found, _metrics(config)[measure].better),
    }


def _metrics(config: RunConfig) -> Mapping[str, Metric]:
    return IMAGE_METRICS if config.on_images else METRICS
