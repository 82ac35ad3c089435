"""What the live charts are made of.

Each trace says in its `meta` where its numbers come from, and the browser fills them in as rows arrive:
`column` is a measure over the steps, `band` the range between two columns (smallest and largest over seeds),
`floor` a measure's noise floor, `latest` an array of the newest row. So a new chart is a new row, and no script.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

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


def figure_of(rows: int = 1) -> go.Figure:
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


def line(figure: go.Figure, column: str, name: str, colour: str, axis: str = "y", dash: str = "solid") -> None:
    """A measure over the steps, with the range over seeds behind it."""
    _area(figure, transparent(colour, 0.2), axis, {"band": [f"{column}_lo", f"{column}_hi"]})
    figure.add_scatter(
        x=[],
        y=[],
        mode="lines",
        name=name,
        line={"color": colour, "width": 1.8, "dash": dash},
        yaxis=axis,
        meta={"column": column},
    )


def floor(figure: go.Figure, measure: str, colour: str, axis: str) -> None:
    """The band of a measure's noise floor, along all steps."""
    _area(figure, transparent(colour, 0.3), axis, {"floor": measure})


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


def thin(colour: str) -> dict[str, Any]:
    return {"color": colour, "width": 1, "dash": "dash"}


def transparent(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
