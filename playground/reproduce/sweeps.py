"""The sweeps that come with the project: what each of them trains, and what it shows; docs/sweeps.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playground import config as settings
from playground.config import RunConfig
from playground.data.toy import DATASETS
from playground.recipes import RECIPES
from playground.sweeps import gallery
from playground.sweeps.axis import read_axis, told
from playground.sweeps.gallery import Shipped, read_shipped
from playground.sweeps.outcomes import measures, values
from playground.sweeps.sweep import Sweep

QUICK = {"emd_samples": 256, "jsd_samples": 5000, "mode_samples": 1000}
"""Measured with fewer samples than a run on the page: a map tells settings apart, not the third digit."""
DOCUMENT = "sweeps.md"


@dataclass(frozen=True)
class Row:
    """says: what it shows, and where the literature says otherwise. measure, statistic: of the map that it opens with,
    over its two axes."""

    says: tuple[str, str]
    measure: str
    statistic: str
    sweep: Sweep

    @property
    def shows(self) -> dict[str, str]:
        """How the page opens it."""
        x, y = (axis.name for axis in self.sweep.axes)
        return {"measure": self.measure, "statistic": self.statistic, "x": x, "y": y}


def _sweep(title: str, recipe: str, axes: tuple[str, str], steps: int, **changes: object) -> Sweep:
    config = RECIPES[recipe].config.replace(**(QUICK | changes))
    base = dict(settings.difference(RunConfig(), config).values)
    return Sweep(tuple(read_axis(axis) for axis in axes), base, seeds=8, steps=steps, looks=10, name=title)


SHIPPED: dict[str, Row] = {
    "1-lr-d-and-k": Row(
        (
            "What decides is k times D's rate: where it is at most 0.0001, 7 or 8 of 8 seeds end with half of the "
            "modes or fewer, from 0.0004 on none does, and near 0.001 the points are sharpest (median high quality "
            "0.74 to 0.77, against 0.45 at 0.016).",
            "Metz et al. 2016 unroll D to cure such a ring, and Arjovsky and Bottou 2017 expect a D near its optimum "
            "to leave G without a gradient: here a D that is merely quicker cures it; at 0.016 it costs sharpness, and "
            "the median EMD has doubled (0.58, against 0.28 to 0.30 near 0.001).",
        ),
        "collapsed",
        "share",
        _sweep(
            "Learning rate of D and k",
            "mode_hopping",
            ("lr_d=1.6e-5,4e-5,1e-4,2.5e-4,6.3e-4,1.6e-3", "k=1,2,3,4,6,10"),
            3000,
            g_width=64,
            d_width=64,
        ),
    ),
    "2-noise-and-its-decay": Row(
        (
            "Noise finds lost modes where it is broad, but not too broad, and is not gone too soon: a σ of 0.5 that "
            "fades over 2,000 steps or more or never, and one of 1 that fades over 2,000 or 4,000, leave 0 or 1 of 8 "
            "seeds with half of the modes or fewer; up to 0.2 (twice the modes' width) 7 or 8 do, and so do 1 and 2 "
            "that never fade. The noise that is left blurs the points (median high quality 0.31 to 0.61).",
            "Arjovsky and Bottou 2017 add noise so that data and samples overlap, and Sønderby et al. 2016 let it "
            "fade: here noise as wide as the modes changes nothing, and noise that is gone after 1,000 of the 1,500 "
            "steps leaves 4 to 8 of 8 seeds collapsed.",
        ),
        "collapsed",
        "share",
        _sweep(
            "Input noise and how long it fades",
            "lost_modes",
            ("instance_noise=0.03,0.1,0.2,0.5,1,2", "noise_decay=0,250,500,1000,2000,4000"),
            1500,
            g_width=32,
            d_width=64,
        ),
    ),
    "3-clipping-and-lr": Row(
        (
            "Clipping and rate belong together: the lowest EMD (median 0.36 to 0.41) lies on a diagonal, from c = 0.01 "
            "at a rate of 0.00005 to 0.3 at 0.00079; a c of 0.003 leaves 0.83 or more at every rate, and a c of 1 at "
            "the smallest rate 1.54 (1.05 to 2.82).",
            "Arjovsky et al. 2017 take 0.01 at 0.00005 and say that a larger c makes the critic slow and a smaller one "
            "lets its gradients vanish: both is seen here, but a quicker critic makes up for a larger c, and none of "
            "these points is sharp (median high quality at most 0.09).",
        ),
        "emd",
        "median",
        _sweep(
            "WGAN: clipping and the critic's learning rate",
            "wgan_clipping",
            ("clip=0.003,0.01,0.03,0.1,0.3,1", "lr_d=5e-5..5e-3:log:6"),
            1500,
            g_width=32,
            d_width=32,
            batch_size=128,
        ),
    ),
    "4-r1-and-lr": Row(
        (
            "The slower D is, the more it needs of R1, and it cannot be slow: at a rate of 0.00063 γ = 2.5 is best "
            "(median EMD 0.30, against 0.83 at 0.01 and 0.92 at 100), from 0.0016 on γ up to 0.4 is as good or better "
            "(0.26 to 0.32 but for one of 0.42), and at 0.00025, a quarter of G's, no seed finds more than half of the "
            "modes whatever γ is.",
            "Mescheder et al. 2018 take γ = 10 on images: on this ring the points are two to six times as often sharp "
            "with 0.063 as with 2.5 and 16 (median high quality 0.41, 0.19 and 0.07 at a rate of 0.0016).",
        ),
        "emd",
        "median",
        _sweep(
            "R1's γ and D's learning rate",
            "r1",
            ("penalty_weight=0.01..100:log:6", "lr_d=1e-4..1e-2:log:6"),
            2000,
            g_width=32,
            d_width=32,
            batch_size=128,
        ),
    ),
    "5-width-and-depth": Row(
        (
            "Width helps, and depth helps where width is missing: of width 8 and 16 the median EMD falls from 1.20 and "
            "0.72 with one hidden layer to 0.45 and 0.31 with three, of width 32 or more all 48 seeds with one or two "
            "layers find more than half of the modes (two: 0.25 to 0.29), and the wider G is, the sooner more layers "
            "harm it, up to six of 128, where 1 of 8 seeds does (2.39, 0.51 to 2.63).",
            "Brock et al. 2019 gain by width rather than by mere depth, and Radford et al. 2015 need batch "
            "normalisation for deep networks: without it, and at one learning rate for all, a wide G of many layers "
            "is not richer but harder to train.",
        ),
        "emd",
        "median",
        _sweep(
            "Width and depth of G",
            "non_saturating",
            ("g_width=4,8,16,32,64,128", "g_depth=1,2,3,4,5,6"),
            3000,
            d_width=32,
            batch_size=128,
        ),
    ),
    "6-latent-and-sigma": Row(
        (
            "Two numbers are enough for points in a plane (median EMD 0.25 to 0.29 at every spread; 1 is a σ of 0.02) "
            "and one is too few (0.38 to 0.49; at the two smallest spreads no seed finds more than half of the modes), "
            "while many harm where modes are narrow: with 128 it is 0.28 at a spread of 10, 1.30 (0.46 to 1.96) at 1 "
            "and 0.97 at 0.5.",
            "Arjovsky and Bottou 2017 ask G for as many numbers as the data have dimensions, which does here; Metz et "
            "al. 2016 give a ring of σ = 0.02 as many as 256, where with 128 here 2 of 8 seeds find more than half of "
            "the modes.",
        ),
        "emd",
        "median",
        _sweep(
            "Latent dimension and the width of the modes",
            "non_saturating",
            ("latent_dim=1,2,4,8,32,128", "sigma_scale=0.5,1,2,4,7,10"),
            3000,
            g_width=32,
            d_width=32,
            batch_size=128,
        ),
    ),
}

CHECKED_SWEEP = "1-lr-d-and-k"
CHECKED: dict[tuple[float, int], int] = {
    (4e-5, 2): 8,
    (1e-4, 1): 8,
    (1.6e-5, 10): 4,
    (1e-4, 2): 7,
    (4e-5, 6): 2,
    (2.5e-4, 1): 7,
    (1e-4, 3): 1,
    (2.5e-4, 2): 0,
    (1e-4, 6): 0,
    (6.3e-4, 1): 0,
}
"""Of cells (D's learning rate, k) of the first sweep: how many of 8 single runs with seeds 100 to 107 collapse. Each
had the sweep's settings and steps, `seeds=1` and its `seed`."""


def ship(name: str, folder: Path) -> None:
    """Keep what a finished sweep's folder tells where the page looks for it. Raises SweepError."""
    row = SHIPPED[name]
    gallery.SHIPPED.mkdir(exist_ok=True)
    gallery.save(folder, gallery.SHIPPED / f"{name}.json", row.sweep.name, row.says, row.shows)


def page() -> str:
    """docs/sweeps.md: the map of each shipped sweep, and what it shows."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Sweeps, measured"
    yield ""
    yield (
        "How the outcome of many runs changes along two settings. The page *Sweeps* shows these maps too, with every "
        "cell's points and seeds. `python -m playground reproduce --sweeps --write` trains them and writes this page: "
        "each cell is 8 seeds, told as a median with the smallest and the largest, or as how many of them. Papers "
        "measure other things with other networks: hold the tendency against them, not the digits."
    )
    for name, path in gallery.shipped().items():
        yield from _map(read_shipped(path))
        if name == CHECKED_SWEEP:
            yield from _checked(read_shipped(path))


def _checked(one: Shipped) -> Iterator[str]:
    """Cells of the first map beside single runs."""
    yield ""
    yield (
        "The map was checked by single runs, each a Trainer of its own, with seeds that it has not seen: 100 to 107 "
        f"instead of 0 to {one.sweep.seeds - 1}. Collapsed, of 8:"
    )
    yield ""
    yield "| Learning rate of D | k | k times it | seeds side by side | single runs, other seeds |"
    yield "|---|---|---|---|---|"
    for (rate, k), single in sorted(CHECKED.items(), key=lambda item: item[0][0] * item[0][1]):
        (line,) = (line for line in one.cells if one.sweep.places[line["index"]] == {"lr_d": rate, "k": k})
        seeds = values(line)["collapsed"]
        yield f"| {told(rate)} | {k} | {rate * k:.2g} | {sum(map(bool, seeds))} | {single} |"


def _map(one: Shipped) -> Iterator[str]:
    x, y = (next(axis for axis in one.sweep.axes if axis.name == one.shows[name]) for name in ("x", "y"))
    there = {
        (one.sweep.places[line["index"]][x.name], one.sweep.places[line["index"]][y.name]): line for line in one.cells
    }
    measure = measures(one.cells)[one.shows["measure"]]
    base = ", ".join(f"`{name}={told(value)}`" for name, value in one.sweep.base.items())
    yield ""
    yield f"## {one.title}"
    yield ""
    yield " ".join(one.says)
    yield ""
    data = DATASETS[settings.read(one.sweep.base).dataset].label
    yield f"*{measure.label}*; {data}, {one.sweep.seeds} seeds, {one.sweep.steps:,} steps, {base}, else the defaults."
    yield ""
    yield f"| {y.label} ↓, {x.label} → | {' | '.join(told(value) for value in x.values)} |"
    yield "|---" * (len(x.values) + 1) + "|"
    for down in reversed(y.values):
        cells = [_cell(there.get((across, down)), one.shows) for across in x.values]
        yield f"| {told(down)} | {' | '.join(cells)} |"


def _cell(line: Mapping[str, object] | None, shows: Mapping[str, str]) -> str:
    if line is None:
        return "impossible"
    seeds = values(line)[shows["measure"]]
    there = [value for value in seeds if value is not None]
    if shows["statistic"] == "share":
        return f"{sum(map(bool, there))} of {len(seeds)}"
    if not there:
        return "–"
    few = "" if len(there) == len(seeds) else f", {len(there)} of {len(seeds)}"
    return f"{median(there):.2g} ({min(there):.2g}–{max(there):.2g}{few})"
