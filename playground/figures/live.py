"""The charts beside the stage, as empty figures: what to draw, not the numbers (see parts.py)."""

from collections.abc import Mapping
from functools import lru_cache
from math import log
from typing import Any

from playground.config import RunConfig
from playground.data.distribution import Distribution
from playground.figures import images
from playground.figures.parts import BLUE, GREEN, GREY, ORANGE, PURPLE, Chart, Chip, figure_of, floor, line, thin
from playground.metrics.evaluation import METRICS
from playground.objectives import LOSSES

CHART_FIELDS = (
    "dataset",
    "ring_modes",
    "ring_radius",
    "sigma_scale",
    "loss",
    "jsd_samples",
    "emd_samples",
    "mode_samples",
    "image_samples",
)
"""The settings that the charts depend on."""


def described(config: RunConfig) -> list[Mapping[str, Any]]:
    """The charts as plain values for the browser; not to be changed. Making figures takes most of a page's time, so
    they are made anew only when a setting changes that they depend on."""
    return _described(RunConfig().replace(**{name: getattr(config, name) for name in CHART_FIELDS}))


@lru_cache(maxsize=32)
def _described(config: RunConfig) -> list[Mapping[str, Any]]:
    return [chart.described() for chart in charts(config)]


def charts(config: RunConfig) -> list[Chart]:
    """The charts for a run with this config, by the kind of its data."""
    if config.on_images:
        return images.charts(config)
    data = config.distribution()
    shown = [similarity(config, data), losses(config)]
    if data.modes is not None:
        shown.append(modes(config, data.modes.weights.tolist()))
    return shown


def similarity(config: RunConfig, data: Distribution) -> Chart:
    """JSD over EMD on one step axis, each with its noise floor; D's own opinion of the JSD beside the measured one."""
    figure = figure_of(rows=2)
    line(figure, "jsd", "JSD", BLUE, axis="y2")
    if LOSSES[config.loss].log_odds:
        line(figure, "jsd_implied", "implied by D", PURPLE, axis="y2", dash="dot")
    floor(figure, "jsd", BLUE, axis="y2")
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="y2", y0=log(2), y1=log(2), line=thin(GREY))
    figure.add_annotation(
        xref="paper", x=1, yref="y2", y=log(2), text="log 2", showarrow=False, xanchor="right", yanchor="bottom"
    )
    line(figure, "emd", "EMD", ORANGE, axis="y")
    floor(figure, "emd", ORANGE, axis="y")
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
    figure = figure_of()
    line(figure, "d_loss", "D's loss", GREEN)
    line(figure, "g_loss", "G's loss", ORANGE)
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
    figure = figure_of()
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
