"""The charts of a run on images."""

import plotly.graph_objects as go

from playground.config import RunConfig
from playground.data.image_table import IMAGE_DATASETS
from playground.figures.parts import (
    Chart,
    Chip,
    asked,
    d_loss_tip,
    figure_of,
    floor,
    gradients,
    histogram,
    line,
    of_method,
    own_choices,
    phase,
    score_of,
    verdict_lines,
)
from playground.metrics.image_evaluation import IMAGE_METRICS
from playground.palette import BLUE, GREEN, ORANGE, PURPLE

SHARPNESS = (
    "How much neighbouring pixels differ in the generated images, as a share of how much they differ in the data's: "
    "less than 100 % is blurred. Noise makes it large, so it says nothing by itself."
)


def charts(config: RunConfig) -> list[Chart]:
    """The charts of a run on images, in their order."""
    method = config.learning
    told = [verdicts(config), losses(config)] if method.plays else [of_method(config)]
    shown = [distances(config), *told, classes(config)]
    return [*shown, gradients(), portrait(config)] if method.plays else [*shown, portrait(config)]


def distances(config: RunConfig) -> Chart:
    """Fréchet distance and EMD in the features, each with its noise floor: two different scales on one step axis."""
    figure = _two_scales(("fid", "Fréchet distance", "Fréchet", BLUE), ("emd", "EMD", "EMD", ORANGE))
    told = f" {config.image_samples:,} images."
    chips = (
        Chip("fid", "Fréchet", ".3f", IMAGE_METRICS["fid"].help + told),
        Chip("emd", "EMD", ".3f", IMAGE_METRICS["emd"].help + " 500 images on each side."),
        Chip("sharpness", "sharpness", "percent", SHARPNESS),
    )
    return Chart("distances", "Distance in features", 1.5, chips, figure)


def verdicts(config: RunConfig) -> Chart:
    """What D thinks of real and of generated images, with the ½ at which it can't tell them apart."""
    figure = figure_of()
    score = score_of(config)
    probable = verdict_lines(figure, {"d_real": f"{score}(x)", "d_fake": f"{score}(G(z))"}, config)
    if probable:
        figure.update_layout(yaxis={"title": {"text": "D"}})
    form = ".2f" if probable else ".3f"
    chips = (
        Chip("d_real", f"{score}(x)", form, f"{asked(config, 256, 'real images')} and dropout."),
        Chip("d_fake", f"{score}(G(z))", form, f"{asked(config, 256, 'generated images')} and dropout."),
    )
    return Chart("verdicts", "D's verdict", 0.9, chips, figure)


def losses(config: RunConfig) -> Chart:
    """Both players' losses, D's as the sum of its two halves."""
    figure = figure_of()
    line(figure, "d_loss", "D", GREEN)
    line(figure, "g_loss", "G", PURPLE)
    named = " The auxiliary classifier's cross-entropy is in it." if config.auxiliary > 0 else ""
    chips = (
        Chip("d_loss", "D", ".3f", d_loss_tip(config) + named),
        Chip("g_loss", "G", ".3f", "The generator's loss on its last batch." + named),
    )
    return Chart("losses", "Losses", 0.9, chips, figure)


def classes(config: RunConfig) -> Chart:
    """Which classes the classifier sees in the generated images. A user's own images name theirs, if they have any."""
    names = list(IMAGE_DATASETS[config.dataset].classes)
    if config.stacked:
        return _many_classes(config, len(names))
    figure = histogram(names, "class", 3 / max(len(names), 10))
    figure.update_layout(yaxis={"type": "category"})
    told = f" {config.image_samples:,} images."
    chips = (
        Chip("classes", "captured", "count", IMAGE_METRICS["classes"].help + told, of=len(names) or None),
        Chip("clear_classes", "clear", "count", IMAGE_METRICS["clear_classes"].help + told, of=len(names) or None),
        Chip("class_jsd", "JSD", ".3f", IMAGE_METRICS["class_jsd"].help + told),
        Chip("low_confidence", "unsure", "percent", IMAGE_METRICS["low_confidence"].help + told),
    )
    return Chart("classes", "Classes", 1.2, chips, figure, needs="classes")


def _many_classes(config: RunConfig, count: int) -> Chart:
    """How many of very many classes there are, and how unevenly: there is no room for their shares."""
    figure = _two_scales(("classes", "captured", "classes", GREEN), ("class_kl", "reverse KL", "KL (nats)", ORANGE))
    told = f" {config.image_samples:,} images, the class of each channel by the classifier of single ones."
    chips = (
        Chip("classes", "captured", "count", IMAGE_METRICS["classes"].help + told, of=count),
        Chip("class_kl", "reverse KL", ".3f", IMAGE_METRICS["class_kl"].help + told),
        Chip("low_confidence", "unsure", "percent", IMAGE_METRICS["low_confidence"].help + told),
    )
    return Chart("classes", "Classes", 1.2, chips, figure)


def _two_scales(above: tuple[str, str, str, str], below: tuple[str, str, str, str]) -> go.Figure:
    """Two measures with their floors, each on a scale of its own: column, name, the axis' title, colour."""
    figure = figure_of(rows=2)
    for (column, name, _, colour), axis in ((above, "y2"), (below, "y")):
        line(figure, column, name, colour, axis=axis)
        floor(figure, column, colour, axis=axis)
    figure.update_layout(
        yaxis={"title": {"text": below[2]}, "rangemode": "tozero", "domain": [0, 0.46]},
        yaxis2={"title": {"text": above[2]}, "rangemode": "tozero", "domain": [0.54, 1]},
    )
    return figure


def portrait(config: RunConfig) -> Chart:
    """A phase portrait of any two measures."""
    method, score = config.learning, score_of(config)
    verdicts = [("d_fake", f"{score}(G(z))"), ("d_real", f"{score}(x)")] if method.plays else []
    choices = [*verdicts, ("emd", "EMD"), ("fid", "Fréchet distance"), *own_choices(config)]
    if method.plays:
        choices += [("d_loss", "D's loss"), ("g_loss", "G's loss"), ("x_gradient", "gradient at G's output")]
    return phase(tuple(choices))
