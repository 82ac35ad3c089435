"""The charts beside the stage, as empty figures: what to draw, not the numbers.

Each trace says in its `meta` where its numbers come from, and the browser fills them in as rows arrive:
`column` is a measure over the steps, `band` the range between two columns (smallest and largest over seeds),
`floor` a measure's noise floor, `latest` an array of the newest row. So a new chart is a new row here, no script.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

import plotly.graph_objects as go

from playground.config import RunConfig
from playground.data.distribution import Distribution
from playground.metrics.evaluation import METRICS
from playground.objectives import LOSSES

# Okabe and Ito's palette: told apart by colour-blind readers, on white and on black.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7F7F7F"


@dataclass(frozen=True)
class Chip:
    """A number of the newest row, shown above its chart. form: .3f, percent or count (`of` how many)."""

    column: str
    label: str
    form: str
    tip: str = ""
    of: int | None = None

    def described(self) -> dict[str, Any]:
        return {"column": self.column, "label": self.label, "format": self.form, "tip": self.tip, "of": self.of}


@dataclass(frozen=True)
class Chart:
    """One chart of the Train page. height: its share of the column of charts."""

    id: str
    title: str
    height: float
    chips: tuple[Chip, ...]
    figure: go.Figure

    def described(self) -> Mapping[str, Any]:
        """Plain values for the browser."""
        return {
            "id": self.id,
            "title": self.title,
            "height": self.height,
            "caption": [chip.described() for chip in self.chips],
            "figure": self.figure.to_plotly_json() | {"frames": []},
        }


def charts(config: RunConfig) -> list[Chart]:
    """The Train page's charts for a run with this config."""
    data = config.distribution()
    shown = [similarity(config, data), losses(config)]
    if data.modes is not None:
        shown.append(modes(config, data.modes.weights.tolist()))
    return shown


def similarity(config: RunConfig, data: Distribution) -> Chart:
    """JSD over EMD on one step axis, each with its noise floor; D's own opinion of the JSD beside the measured one."""
    figure = _figure(rows=2)
    _line(figure, "jsd", "JSD", BLUE, axis="y2")
    if LOSSES[config.loss].log_odds:
        _line(figure, "jsd_implied", "implied by D", PURPLE, axis="y2", dash="dot")
    _floor(figure, "jsd", BLUE, axis="y2")
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="y2", y0=log(2), y1=log(2), line=_thin(GREY))
    figure.add_annotation(
        xref="paper", x=1, yref="y2", y=log(2), text="log 2", showarrow=False, xanchor="right", yanchor="bottom"
    )
    _line(figure, "emd", "EMD", ORANGE, axis="y")
    _floor(figure, "emd", ORANGE, axis="y")
    figure.update_layout(
        yaxis={"title": {"text": "EMD"}, "rangemode": "tozero", "domain": [0, 0.46]},
        yaxis2={"title": {"text": "JSD (nats)"}, "range": [0, 0.78], "domain": [0.54, 1]},
    )
    jsd_tip = f"{METRICS['jsd'].help} {config.jsd_samples:,} samples, cells of {data.cell:.3g}."
    chips = [
        Chip("jsd", "JSD", ".3f", jsd_tip),
        Chip("emd", "EMD", ".3f", f"{METRICS['emd'].help} {config.emd_samples:,} points on each side."),
    ]
    if LOSSES[config.loss].log_odds:
        tip = "(V + 2 log 2) / 2, D's lower bound on the JSD: the gap is how far D is from the optimal discriminator."
        chips.insert(1, Chip("jsd_implied", "implied by D", ".3f", tip))
    return Chart("similarity", "JSD against EMD", 1.7, tuple(chips), figure)


def losses(config: RunConfig) -> Chart:
    """Both players' losses, and what D thinks of real and generated points."""
    figure = _figure()
    _line(figure, "d_loss", "D's loss", GREEN)
    _line(figure, "g_loss", "G's loss", ORANGE)
    score, form = ("D", "percent") if LOSSES[config.loss].log_odds else ("d", ".3f")
    chips = (
        Chip("d_loss", "D", ".3f", "The discriminator's loss on its last batch, without the penalty."),
        Chip("g_loss", "G", ".3f", "The generator's loss on its last batch."),
        Chip("d_real", f"{score}(real)", form, "D's mean verdict on 512 fresh real points, without noise."),
        Chip("d_fake", f"{score}(fake)", form, "D's mean verdict on 512 fresh generated points, without noise."),
        Chip("x_gradient", "‖∂L/∂x‖", ".3f", "Mean gradient of G's loss at its points: near 0, D teaches G nothing."),
    )
    return Chart("losses", "Losses", 1.0, chips, figure)


def modes(config: RunConfig, weights: list[float]) -> Chart:
    """Share of the samples at each mode, against the mode's true weight."""
    count = len(weights)
    figure = _figure()
    figure.add_bar(
        x=list(range(1, count + 1)), y=[], name="share", marker={"color": ORANGE}, meta={"latest": "mode_histogram"}
    )
    figure.add_scatter(
        x=list(range(1, count + 1)),
        y=weights,
        mode="markers",
        name="true weight",
        marker={"symbol": "line-ew", "size": 180 / count, "line": {"color": BLUE, "width": 2}},
    )
    figure.update_layout(
        xaxis={"title": {"text": "mode"}, "dtick": 1 if count <= 12 else 4, "range": [0.4, count + 0.6]},
        yaxis={"title": {"text": "share"}, "rangemode": "tozero", "range": [0, max(0.5, 1.5 * max(weights))]},
        showlegend=False,
    )
    told = f" {config.mode_samples:,} samples."
    chips = (
        Chip("modes", "captured", "count", METRICS["modes"].help + told, of=count),
        Chip("high_quality", "high quality", "percent", METRICS["high_quality"].help + told),
        Chip("reverse_kl", "reverse KL", ".3f", METRICS["reverse_kl"].help + told),
    )
    return Chart("modes", "Modes", 1.0, chips, figure)


def columns(figures: Iterable[Chart]) -> set[str]:
    """The columns that these charts draw or tell."""
    drawn = {chip.column for chart in figures for chip in chart.chips}
    for chart in figures:
        drawn |= {trace.meta["column"] for trace in chart.figure.data if "column" in (trace.meta or {})}
    return drawn


def _figure(rows: int = 1) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template="none",
        margin={"l": 48, "r": 8, "t": 4, "b": 30},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": {"text": "step"}, "rangemode": "tozero", "anchor": "y"},
        hovermode="x",
    )
    if rows == 2:
        figure.update_layout(yaxis2={"anchor": "x"})
    return figure


def _line(figure: go.Figure, column: str, name: str, colour: str, axis: str = "y", dash: str = "solid") -> None:
    """A measure over the steps, with the range over seeds behind it."""
    figure.add_scatter(
        x=[],
        y=[],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=_transparent(colour, 0.2),
        hoverinfo="skip",
        showlegend=False,
        yaxis=axis,
        meta={"band": [f"{column}_lo", f"{column}_hi"]},
    )
    figure.add_scatter(
        x=[],
        y=[],
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.8, "dash": dash},
        yaxis=axis,
        meta={"column": column},
    )


def _floor(figure: go.Figure, measure: str, colour: str, axis: str) -> None:
    figure.add_scatter(
        x=[],
        y=[],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=_transparent(colour, 0.3),
        name=f"{METRICS[measure].label} noise floor",
        hoverinfo="skip",
        showlegend=False,
        yaxis=axis,
        meta={"floor": measure},
    )


def _thin(colour: str) -> dict[str, Any]:
    return {"color": colour, "width": 1, "dash": "dash"}


def _transparent(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
