"""What the live charts are made of.

Each trace says in its `meta` where its numbers come from, and the browser fills them in as rows arrive:
`column` is a measure over the steps, `band` the range of a measure over the seeds, `floor` a measure's noise floor,
`latest` an array of the newest row, `shares` such arrays over the steps, `phase` one measure against another.
A figure that `settles` shows what comes after a far beginning, and says where that was.
A measure that is a probability under some losses and not under others is a `verdict`: the browser draws it from the
last change between the two kinds on.
So a new chart is a new row, and no script.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from math import log
from typing import Any

import plotly.graph_objects as go

from playground.config import RunConfig
from playground.objectives import LOSSES, objective
from playground.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, rgb

RADIUS = (
    "√(θ² + ψ²), how far the game is from (0, 0), where neither player has anything to gain: it stays on a circle, "
    "grows on a way out and falls on a way in (Mescheder et al. 2018, 1801.04406)."
)


@dataclass(frozen=True)
class Chip:
    """A number of the newest row, shown above its chart. form: .3f, percent or count (`of` how many)."""

    column: str
    label: str
    form: str
    tip: str = ""
    of: int | None = None

    def described(self) -> dict[str, Any]:
        """Plain values for the browser."""
        return {"column": self.column, "label": self.label, "format": self.form, "tip": self.tip, "of": self.of}


@dataclass(frozen=True)
class Chart:
    """One chart of the Train page.

    height: how tall, beside the others. shown: before a visitor hides or shows it. needs: "classes" where it says
    nothing about data without. choices: the (column, label) that its two axes can show, for a phase portrait.
    """

    id: str
    title: str
    height: float
    chips: tuple[Chip, ...]
    figure: go.Figure
    shown: bool = True
    needs: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def described(self) -> Mapping[str, Any]:
        """Plain values for the browser."""
        return {
            "id": self.id,
            "title": self.title,
            "height": self.height,
            "shown": self.shown,
            "needs": self.needs,
            "choices": [list(choice) for choice in self.choices],
            "caption": [chip.described() for chip in self.chips],
            "figure": self.figure.to_plotly_json() | {"frames": []},
        }


def figure_of(rows: int = 1) -> go.Figure:
    """An empty figure over the steps: of one panel, or of two on one step axis (`y` below, `y2` above)."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        margin={"l": 48, "r": 8},
        xaxis={"title": {"text": "step"}, "rangemode": "tozero", "anchor": "y"},
        hovermode="x",
        hoverdistance=-1,  # wherever the pointer is along a curve
        meta={"steps": True},
    )
    if rows == 2:
        figure.update_layout(yaxis2={"anchor": "x"})
    return figure


def line(
    figure: go.Figure,
    column: str,
    name: str,
    colour: str,
    axis: str = "y",
    dash: str = "solid",
    verdict: bool = False,
) -> None:
    """A measure over the steps, with the range over seeds behind it."""
    kind = {"verdict": True} if verdict else {}
    _area(figure, transparent(colour, 0.2), axis, {"band": column} | kind)
    figure.add_scatter(
        x=[],
        y=[],
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.8, "dash": dash},
        yaxis=axis,
        hovertemplate=f"step %{{x:,}}: %{{y:.4g}}<extra>{name}</extra>",
        meta={"column": column} | kind,
    )


def score_of(config: RunConfig) -> str:
    """D where what D says is a probability; d, its plain output, under any other loss."""
    return "D" if objective(config).log_odds else "d"


def verdict_lines(figure: go.Figure, names: Mapping[str, str], config: RunConfig) -> bool:
    """What D thinks of real and of generated examples, by the names of the two; whether it is a probability."""
    probable = objective(config).log_odds
    line(figure, "d_real", names["d_real"], BLUE, verdict=True)
    line(figure, "d_fake", names["d_fake"], ORANGE, verdict=True)
    if probable:
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="y", y0=0.5, y1=0.5, line=thin(GREY))
        figure.update_layout(yaxis={"range": [0, 1], "tickvals": [0, 0.5, 1], "ticktext": ["0", "½", "1"]})
    figure.update_layout(meta={"steps": True, "probable": [name for name, row in LOSSES.items() if row.log_odds]})
    return probable


def asked(config: RunConfig, most: int, noun: str) -> str:
    """On which examples D's mean verdict is measured, in words: at most so many."""
    packs = f" in packs of {config.pack}" if config.pack > 1 else ""
    return f"D's mean verdict on {config.judged_at_once(most)} fresh {noun}{packs}, without noise"


def d_loss_tip(config: RunConfig) -> str:
    """What the number of D's loss is."""
    told = "The discriminator's loss on its last batch, without the penalty."
    bounds = objective(config).bounds
    if not bounds or config.minibatch != "none":
        return told
    packs = f", between packs of {config.pack}" if config.pack > 1 else ""
    return f"{told} Its negative is D's lower bound on {bounds}{packs}."


def floor(figure: go.Figure, measure: str, colour: str, axis: str) -> None:
    """The band of a measure's noise floor, along all steps."""
    _area(figure, transparent(colour, 0.3), axis, {"floor": measure})


def histogram(names: list[str] | list[int], title: str, full: float) -> go.Figure:
    """Shares by mode or class: a heat map over the steps, where rotation shows, and bars of the newest row beside it.

    names: what the shares are of; empty where only the run knows. full: the share that gets the full colour.
    """
    figure = figure_of()
    figure.add_heatmap(
        x=[],
        y=names,
        z=[],
        zmin=0,
        zmax=full,
        showscale=False,
        hovertemplate=f"step %{{x}}, {title} %{{y}}: %{{z:.3f}}<extra></extra>",
        meta={"shares": "mode_"},
    )
    figure.add_bar(
        x=[],
        y=names,
        orientation="h",
        name="share",
        marker={"color": ORANGE},
        xaxis="x2",
        hovertemplate=f"{title} %{{y}}: %{{x:.3f}}<extra></extra>",
        meta={"latest": "mode_histogram"},
    )
    figure.update_layout(
        xaxis={"domain": [0, 0.68], "autorangeoptions": {"clipmin": 0}},  # a cell reaches to both sides of its step
        xaxis2={"domain": [0.76, 1], "rangemode": "tozero", "nticks": 3, "anchor": "y", "tickformat": ".0%"},
        yaxis={"title": {"text": title}, "autorange": "reversed", "showgrid": False},
        hovermode="closest",
        showlegend=False,
    )
    return figure


def gradients() -> Chart:
    """How strongly D pushes G: at G's points, and after G's own layers, at its weights."""
    figure = figure_of()
    line(figure, "x_gradient", "at G's output", BLUE)
    line(figure, "g_gradient", "at G's weights", PURPLE)
    figure.update_layout(yaxis={"title": {"text": "gradient"}, "type": "log"})
    chips = (
        Chip(
            "x_gradient",
            "‖∂L/∂x‖",
            ".3g",
            "Gradient of G's loss at its own output, the mean over fresh samples: near 0, D teaches G nothing.",
        ),
        Chip("g_gradient", "‖∂L/∂θ‖", ".3g", "Norm of the gradient of G's loss in all of G's weights."),
    )
    return Chart("gradients", "Gradients", 1.2, chips, figure, shown=False)


def of_method(config: RunConfig) -> Chart:
    """A method's own numbers, in the panels that its row gives them."""
    numbers = config.learning.measured(config.on_images)
    curves = {column: number for column, number in numbers.items() if number.panel is not None}
    panels = sorted({number.panel for number in curves.values() if number.panel is not None})
    figure = figure_of(rows=len(panels))
    for (column, number), colour in zip(curves.items(), cycle((GREEN, PURPLE, ORANGE, BLUE)), strict=False):
        line(figure, column, number.label, colour, axis="y" if number.panel == panels[-1] else "y2")
    units = {n: next((row.unit for row in curves.values() if row.panel == n), "") for n in panels}
    figure.update_layout(
        yaxis={"title": {"text": units[panels[-1]]}, "nticks": 4}, meta={"steps": True, "settles": True}
    )
    if len(panels) == 2:
        figure.update_layout(
            yaxis={"domain": [0, 0.46]}, yaxis2={"title": {"text": units[panels[0]]}, "domain": [0.54, 1], "nticks": 4}
        )
    chips = tuple(Chip(column, row.label, row.form, row.help) for column, row in numbers.items())
    return Chart("method", config.learning.label, 1.5, chips, figure)


def own_choices(config: RunConfig) -> list[tuple[str, str]]:
    """A method's own numbers as axes of a phase portrait."""
    return [(column, number.label) for column, number in config.learning.measured(config.on_images).items()]


def phase(choices: tuple[tuple[str, str], ...]) -> Chart:
    """One measure against another, coloured by time: what circles in it does so in training.

    choices: (column, label) of what both axes can show: at first D's verdict on fakes and the EMD, else the first two.
    """
    first = [name for name in ("d_fake", "emd") if name in dict(choices)]
    x, y = (first + [name for name, _ in choices if name not in first])[:2]
    figure = go.Figure()
    figure.add_scatter(x=[], y=[], mode="lines+markers", hoverinfo="text", meta={"phase": [x, y]})
    figure.update_layout(
        template="none",
        margin={"l": 48, "r": 12, "t": 4, "b": 30},
        xaxis={"title": {"text": dict(choices)[x]}, "showgrid": True},
        yaxis={"title": {"text": dict(choices)[y]}},
        hovermode="closest",
    )
    return Chart("phase", "Phase portrait", 1.6, (), figure, shown=False, choices=choices)


def _area(figure: go.Figure, colour: str, axis: str, meta: dict[str, Any]) -> None:
    """A filled band that the browser lays out; it has no outline, no legend and nothing to hover."""
    figure.add_scatter(
        x=[],
        y=[],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=colour,
        hoverinfo="skip",
        showlegend=False,
        yaxis=axis,
        meta=meta,
    )


def jsd_axis(title: str) -> dict[str, Any]:
    """The axis of a JSD, with its greatest value by name among the ticks: there it lies on no curve."""
    ticks = {0.0: "0", 0.2: "0.2", 0.4: "0.4", log(2): "log 2"}
    return {"title": {"text": title}, "range": [0, 0.78], "tickvals": list(ticks), "ticktext": list(ticks.values())}


def thin(colour: str) -> dict[str, Any]:
    """How Plotly draws a thin dashed line."""
    return {"color": colour, "width": 1, "dash": "dash"}


def transparent(colour: str, opacity: float) -> str:
    """A colour such as "#0072B2" with an opacity from 0 to 1, for Plotly."""
    return f"rgba({','.join(map(str, rgb(colour)))},{opacity})"
