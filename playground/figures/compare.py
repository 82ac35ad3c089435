"""The charts of runs held next to each other, as empty figures: what to draw, not the numbers (see parts.py).

Here a trace's `meta` also says whose numbers it draws: `run` is a place in the comparison. The browser fills in the
run's colour, and the axis along which the runs are held next to each other.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from typing import Any

import plotly.graph_objects as go

from playground.config import DIRAC, RunConfig
from playground.figures.image_charts import SHARPNESS
from playground.figures.parts import RADIUS, Chart, Chip, figure_of, floor, jsd_axis, line, thin
from playground.methods import GAN, METHODS
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.palette import GREY, RUN_COLOURS

LOG_2 = log(2)
WITH_FLOOR = {"jsd", "emd", "fid"}
"""The measures of which it is known what perfect samples come to."""
OWN = {name for method in METHODS.values() for name in method.numbers}
SIGNED = OWN | {"d_loss", "g_loss", "d_real", "d_fake", "critic_w", "jsd_implied", "theta", "psi"}
"""The measures whose axis need not begin at 0."""
LOGARITHMIC = {"x_gradient", "g_gradient"}
COUNTED = {"modes", "classes", "clear_classes"}

Rows = Mapping[str, tuple[str, str]]
"""Column -> title and what it is."""
LOSSES: Rows = {
    "d_loss": ("D's loss", "The discriminator's loss on its last batch, without the penalty."),
    "g_loss": ("G's loss", "The generator's loss on its last batch."),
}
GAME: Rows = {
    **LOSSES,
    "d_real": ("D(real)", "D's mean verdict on fresh real examples, without noise."),
    "d_fake": ("D(fake)", "D's mean verdict on fresh generated examples, without noise."),
    "x_gradient": ("Gradient at G's output", "Gradient of G's loss at its own output, the mean over fresh samples."),
    "g_gradient": ("Gradient at G's weights", "Norm of the gradient of G's loss in all of G's weights."),
}
"""What every run has beside its metrics. Different losses have different scales: their shapes can be compared, not
their heights."""
IMPLIED: Rows = {
    "jsd_implied": ("JSD implied by D", "(V + 2 log 2) / 2, D's lower bound on the JSD."),
    "critic_w": ("EMD implied by the critic", "(E d(x) − E d(G)) divided by the steepest slope of d that was found."),
}
TWO_NUMBERS: Rows = {
    "radius": ("Radius", RADIUS),
    "theta": ("θ", "Where G puts its point."),
    "psi": ("ψ", "D's slope."),
}


def described(colours: Sequence[int], configs: Sequence[RunConfig]) -> list[Mapping[str, Any]]:
    """The charts as plain values for the browser; not to be changed. colours: of the runs, places in RUN_COLOURS.
    configs: theirs, the first of which says what the data have."""
    first, methods = configs[0], tuple(sorted({config.method for config in configs}))
    return _described(tuple(colours), first.on_images, first.dataset == DIRAC, methods)


@lru_cache(maxsize=32)
def _described(
    colours: tuple[int, ...], on_images: bool, on_two_numbers: bool, methods: tuple[str, ...]
) -> list[Mapping[str, Any]]:
    return [chart.described() for chart in charts(colours, on_images, on_two_numbers, methods)]


def charts(
    colours: Sequence[int], on_images: bool, on_two_numbers: bool = False, methods: Sequence[str] = (GAN,)
) -> list[Chart]:
    """A chart for every measure: at first those of distances, of what is covered or, of a game of two numbers, of how
    far it is from its place of rest, and of both losses or, where methods differ, of how clear samples are; the others
    wait to be chosen."""
    table = IMAGE_METRICS if on_images else METRICS
    first = ["fid", "emd", "classes"] if on_images else ["jsd", "emd", "radius" if on_two_numbers else "modes"]
    rows: Rows = {name: (metric.label, metric.help) for name, metric in table.items()}
    plays = [METHODS[method].plays for method in methods]
    for method in methods:
        own = METHODS[method].measured(on_images)
        rows = {
            **rows,
            **{name: (number.label[:1].upper() + number.label[1:], number.help) for name, number in own.items()},
        }
    if any(plays):
        rows = {**rows, **GAME, **({} if on_images else TWO_NUMBERS if on_two_numbers else IMPLIED)}
    if on_images:
        more = {"emd": ("EMD in features", table["emd"].help), "classes": ("Classes covered", table["classes"].help)}
        more |= {"sharpness": ("Sharpness", SHARPNESS)}
        rows = {**rows, **more}
    usual = [*first, *(LOSSES if all(plays) else ["sharpness", "low_confidence"] if on_images else ["high_quality"])]
    order = [*usual, *(name for name in rows if name not in usual)]
    return [overlaid(name, rows[name], colours, shown=name in usual) for name in order]


def overlaid(column: str, row: tuple[str, str], colours: Sequence[int], *, shown: bool) -> Chart:
    """One measure of all runs over each other: bands at the back, lines in front. shown: before anybody chooses."""
    title, tip = row
    figure = figure_of()
    for place, colour in enumerate(colours):
        on_white = RUN_COLOURS[colour][0]
        if column in WITH_FLOOR:
            floor(figure, column, on_white, axis="y")
            figure.data[-1].meta = {"run": place, "floor": column}
        line(figure, column, "", on_white)
        figure.data[-2].meta = {"run": place, "band": column}
        figure.data[-1].meta = {"run": place, "column": column}
    figure.data = sorted(figure.data, key=_depth)
    if column == "jsd":
        figure.update_layout(yaxis=jsd_axis("nats"))
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=LOG_2, y1=LOG_2, line=thin(GREY))
    elif column in LOGARITHMIC:
        figure.update_layout(yaxis={"type": "log"})
    elif column not in SIGNED:
        figure.update_layout(yaxis={"rangemode": "tozero"})
    form = "count" if column in COUNTED else ".3f"
    return Chart(column, title, 1.0, (Chip(column, title, form, tip),), figure, shown=shown)


def _depth(trace: go.Scatter) -> int:
    return ["floor", "band", "column"].index(next(kind for kind in ("floor", "band", "column") if kind in trace.meta))
