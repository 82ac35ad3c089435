"""The charts beside the stage, as empty figures: what to draw, not the numbers (see parts.py)."""

from collections.abc import Mapping
from functools import lru_cache
from math import log
from typing import Any

import plotly.graph_objects as go

from playground.config import DATA_FIELDS, DIRAC, RunConfig
from playground.data.distribution import Distribution
from playground.figures import image_charts
from playground.figures.parts import (
    RADIUS,
    Chart,
    Chip,
    asked,
    d_loss_tip,
    figure_of,
    floor,
    gradients,
    histogram,
    jsd_axis,
    line,
    of_method,
    own_choices,
    phase,
    score_of,
    thin,
    verdict_lines,
)
from playground.metrics.evaluation import METRICS
from playground.objectives import objective
from playground.palette import BLUE, GREEN, GREY, ORANGE, PURPLE

CHART_FIELDS = (
    *DATA_FIELDS,
    "method",
    "loss",
    "batch_size",
    "pack",
    "minibatch",
    "jsd_samples",
    "emd_samples",
    "mode_samples",
    "image_samples",
)
"""The settings that the charts depend on."""

CRITICS = ("wasserstein",)
"""The losses whose D estimates the EMD."""


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
        return image_charts.charts(config)
    data = config.distribution()
    method = config.learning
    shown = [radius()] if config.dataset == DIRAC else []
    if method.generates:
        shown.append(similarity(config, data))
    shown.append(losses(config) if method.plays else of_method(config))
    if method.generates and data.modes is not None:
        shown.append(modes(config, data.modes.weights.tolist()))
    if method.plays:
        shown.append(gradients())
    if config.loss in CRITICS and config.dataset != DIRAC:
        shown.append(weights())
    return [*shown, portrait(config, data.modes is not None)]


def similarity(config: RunConfig, data: Distribution) -> Chart:
    """JSD over EMD on one step axis, each with its noise floor; beside the measured one D's own opinion, of the JSD or
    of the EMD, whichever its loss is about."""
    figure = figure_of(rows=2)
    line(figure, "jsd", "JSD", BLUE, axis="y2")
    implied = config.learning.plays and objective(config).log_odds and config.judges_alone
    if implied:
        line(figure, "jsd_implied", "implied by D", PURPLE, axis="y2", dash="dot")
    floor(figure, "jsd", BLUE, axis="y2")
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="y2", y0=log(2), y1=log(2), line=thin(GREY))
    line(figure, "emd", "EMD", ORANGE, axis="y")
    if config.loss in CRITICS and config.judges_alone:
        line(figure, "critic_w", "implied by the critic", PURPLE, axis="y", dash="dot")
    floor(figure, "emd", ORANGE, axis="y")
    figure.update_layout(
        yaxis={"title": {"text": "EMD"}, "rangemode": "tozero", "domain": [0, 0.46]},
        yaxis2=jsd_axis("JSD (nats)") | {"domain": [0.54, 1]},
    )
    jsd_tip = f"{METRICS['jsd'].help} {config.jsd_samples:,} samples, cells of {data.cell:.3g}."
    if data.estimated:
        jsd_tip += f" The data's density is estimated: each point is blurred by a Gaussian of {data.bandwidth:.3g}."
    chips = [
        Chip("jsd", "JSD", ".3f", jsd_tip),
        Chip("emd", "EMD", ".3f", f"{METRICS['emd'].help} {config.emd_samples:,} points on each side."),
    ]
    if implied:
        tip = "(V + 2 log 2) / 2, D's lower bound on the JSD: the gap is how far D is from the optimal discriminator."
        chips.insert(1, Chip("jsd_implied", "implied by D", ".3f", tip))
    if config.loss in CRITICS and config.judges_alone:
        tip = (
            "(E d(x) − E d(G)) divided by the steepest slope of d that was found on the grid and at samples: the EMD "
            "as the critic sees it, at most the true one. The gap is how far the critic is from the best one."
        )
        chips.append(Chip("critic_w", "by the critic", ".3f", tip))
    return Chart("similarity", "JSD against EMD", 1.7, tuple(chips), figure)


def radius() -> Chart:
    """How far a game of two numbers is from its place of rest, over the two numbers."""
    figure = figure_of(rows=2)
    line(figure, "radius", "radius", GREEN, axis="y2")
    line(figure, "theta", "θ", ORANGE, axis="y")
    line(figure, "psi", "ψ", PURPLE, axis="y")
    figure.update_layout(
        yaxis={"title": {"text": "θ, ψ"}, "domain": [0, 0.46], "nticks": 5},
        yaxis2={"title": {"text": "radius"}, "rangemode": "tozero", "domain": [0.54, 1], "nticks": 5},
    )
    chips = (
        Chip("radius", "radius", ".3f", RADIUS),
        Chip("theta", "θ", ".3f", "Where G puts its point, as it is trained: G(z) = θ. The data are the point 0."),
        Chip("psi", "ψ", ".3f", "D's slope: D(x) = ψ·x, so with ψ = 0 D tells nothing apart."),
    )
    return Chart("radius", "Radius", 1.5, chips, figure)


def losses(config: RunConfig) -> Chart:
    """Both players' losses, over what D thinks of real and of generated points."""
    figure = figure_of(rows=2)
    line(figure, "d_loss", "D's loss", GREEN, axis="y2")
    line(figure, "g_loss", "G's loss", PURPLE, axis="y2")
    score = score_of(config)
    probable = verdict_lines(figure, {"d_real": f"{score}(real)", "d_fake": f"{score}(fake)"}, config)
    figure.update_layout(
        yaxis={"title": {"text": "verdict"}, "domain": [0, 0.46]},
        yaxis2={"title": {"text": "loss"}, "domain": [0.54, 1], "nticks": 4},
    )
    form = "percent" if probable else ".2f"
    chips = (
        Chip("d_loss", "D", ".2f", d_loss_tip(config)),
        Chip("g_loss", "G", ".2f", "The generator's loss on its last batch."),
        Chip("d_real", f"{score}(real)", form, f"{asked(config, 512, 'real points')}."),
        Chip("d_fake", f"{score}(fake)", form, f"{asked(config, 512, 'generated points')}."),
    )
    return Chart("losses", f"Losses, {score}(x)", 1.5, chips, figure)


def modes(config: RunConfig, weights: list[float]) -> Chart:
    """Share of the samples at each mode, over the steps and now, against the mode's true weight."""
    count = len(weights)
    names = list(range(1, count + 1))
    figure = histogram(names, "mode", 3 * max(weights))
    figure.add_scatter(
        x=weights,
        y=names,
        mode="markers",
        name="true weight",
        xaxis="x2",
        marker={"symbol": "line-ns", "size": 100 / count, "line": {"color": BLUE, "width": 2}},
    )
    figure.update_layout(
        yaxis={
            "dtick": 1 if count <= 10 else 4 if count <= 32 else 8,
            "tick0": 1,
            "autorange": False,
            "range": [count + 0.5, 0.5],
        },
        # Steady while all modes are served; further where one has more.
        xaxis2={"autorangeoptions": {"include": min(1.0, max(0.5, 1.5 * max(weights))), "clipmax": 1.05}},
    )
    told = f" {config.mode_samples:,} samples."
    chips = (
        Chip("modes", "captured", "count", METRICS["modes"].help + told, of=count),
        Chip("high_quality", "high quality", "percent", METRICS["high_quality"].help + told),
        Chip("reverse_kl", "reverse KL", ".3f", METRICS["reverse_kl"].help + told),
    )
    return Chart("modes", "Modes", 1.2, chips, figure)


def weights() -> Chart:
    """How D's weights are spread in the newest picture: clipping leaves most of them at its two ends."""
    figure = go.Figure()
    figure.add_bar(
        x=[],
        y=[],
        name="share",
        marker={"color": PURPLE},
        hovertemplate="near %{x:.3g}: %{y:.1%}<extra></extra>",
        meta={"bars": "weights"},
    )
    figure.update_layout(
        template="none",
        margin={"l": 48, "r": 8},
        xaxis={"title": {"text": "weight"}, "anchor": "y"},
        yaxis={"title": {"text": "share of D's"}, "rangemode": "tozero", "tickformat": ".0%"},
        bargap=0.05,
        showlegend=False,
    )
    tip = "Share of D's weights and biases that stand at −c or c, where clipping cuts them off."
    return Chart("weights", "D's weights", 1.2, (Chip("at_clip", "at ±c", "percent", tip),), figure, shown=False)


def portrait(config: RunConfig, modes: bool) -> Chart:
    """A phase portrait of any two measures."""
    score = score_of(config)
    choices = [("theta", "θ"), ("psi", "ψ"), ("radius", "radius")] if config.dataset == DIRAC else []
    if config.learning.plays:
        choices += [("d_fake", f"{score}(fake)"), ("d_real", f"{score}(real)")]
    if config.learning.generates:
        choices += [("emd", "EMD"), ("jsd", "JSD")]
    choices += own_choices(config)
    if config.learning.plays:
        choices += [("d_loss", "D's loss"), ("g_loss", "G's loss"), ("x_gradient", "gradient at G's points")]
    if modes and config.learning.generates:
        choices += [("modes", "modes captured"), ("high_quality", "high quality")]
    return phase(tuple(choices))
