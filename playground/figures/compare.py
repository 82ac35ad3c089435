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
from playground.figures.parts import RADIUS, Chart, Chip, figure_of, floor, jsd_axis, line, thin
from playground.metrics.evaluation import METRICS
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.palette import GREY, RUN_COLOURS

LOG_2 = log(2)
WITH_FLOOR = {"jsd", "emd", "fid"}
"""The measures of which it is known what perfect samples come to."""
D_LOSS, G_LOSS = (
    "The discriminator's loss on its last batch, without the penalty.",
    "The generator's loss on its last batch.",
)


def described(colours: Sequence[int], config: RunConfig) -> list[Mapping[str, Any]]:
    """The charts as plain values for the browser; not to be changed. colours: of the runs, places in RUN_COLOURS.
    config: of one of them, for what its data have."""
    return _described(tuple(colours), config.on_images, config.dataset == DIRAC)


@lru_cache(maxsize=32)
def _described(colours: tuple[int, ...], on_images: bool, on_two_numbers: bool) -> list[Mapping[str, Any]]:
    return [chart.described() for chart in charts(colours, on_images, on_two_numbers)]


def charts(colours: Sequence[int], on_images: bool, on_two_numbers: bool = False) -> list[Chart]:
    """What is compared: distances with their noise floors, what is covered or, of a game of two numbers, how far it is
    from its place of rest, and both losses."""
    if on_images:
        return [
            overlaid("fid", "Fréchet distance", colours, ".3f", IMAGE_METRICS["fid"].help, zero=True),
            overlaid("emd", "EMD in features", colours, ".3f", IMAGE_METRICS["emd"].help, zero=True),
            overlaid("classes", "Classes covered", colours, "count", IMAGE_METRICS["classes"].help, zero=True),
            *losses(colours),
        ]
    jsd = overlaid("jsd", "JSD", colours, ".3f", METRICS["jsd"].help)
    jsd.figure.update_layout(yaxis=jsd_axis("nats"))
    jsd.figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=LOG_2, y1=LOG_2, line=thin(GREY))
    return [
        jsd,
        overlaid("emd", "EMD", colours, ".3f", METRICS["emd"].help, zero=True),
        overlaid("radius", "Radius", colours, ".3f", RADIUS, zero=True)
        if on_two_numbers
        else overlaid("modes", "Modes captured", colours, "count", METRICS["modes"].help, zero=True),
        *losses(colours),
    ]


def losses(colours: Sequence[int]) -> list[Chart]:
    """Both players' losses. Different losses have different scales: their shapes can be compared, not their heights."""
    return [
        overlaid("d_loss", "D's loss", colours, ".3f", D_LOSS),
        overlaid("g_loss", "G's loss", colours, ".3f", G_LOSS),
    ]


def overlaid(column: str, title: str, colours: Sequence[int], form: str, tip: str, *, zero: bool = False) -> Chart:
    """One measure of all runs over each other: bands at the back, lines in front. zero: the axis begins there."""
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
    if zero:
        figure.update_layout(yaxis={"rangemode": "tozero"})
    return Chart(column, title, 1.0, (Chip(column, title, form, tip),), figure)


def _depth(trace: go.Scatter) -> int:
    return ["floor", "band", "column"].index(next(kind for kind in ("floor", "band", "column") if kind in trace.meta))
