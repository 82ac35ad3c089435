"""Measuring: over which seeds, how often, and with how many samples."""

from playground.config.groups.data import Data
from playground.config.groups.group import Group
from playground.setting import setting


def _on_points(config: Data) -> bool:
    return not config.on_images


def _on_images(config: Data) -> bool:
    return config.on_images


class Measuring(Group):
    """Over which seeds and how often a run is measured, and with how many samples."""

    seed: int = setting(
        0, "Seed", "Measuring", "Decides the initial weights and every random draw of the run.", ge=0, le=2_147_483_647
    )
    seeds: int = setting(
        1,
        "Seeds at once",
        "Measuring",
        "Trains this many runs side by side, with seeds seed, seed + 1, …: one lucky run proves nothing. Each is its "
        "seed's own run up to rounding, which grows as it trains.",
        ge=1,
        le=32,
        log="binary",
        symbol="seeds",
    )
    measure_every: int = setting(
        200,
        "Measure every",
        "Measuring",
        "Generator steps between two rows of the charts.",
        ge=1,
        le=10_000,
        live=True,
        unit="steps",
        log="decimal",
    )
    jsd_samples: int = setting(
        10_000,
        "Samples for the JSD",
        "Measuring",
        "Generated points in the JSD's histogram. More points, lower noise floor.",
        ge=500,
        le=100_000,
        live=True,
        log="decimal",
        when=_on_points,
        part="maker",
    )
    emd_samples: int = setting(
        512,
        "Samples for the EMD",
        "Measuring",
        "Points on each side of the exact transport plan. Its cost grows with the cube.",
        ge=50,
        le=2000,
        live=True,
        log="decimal",
        when=_on_points,
        part="maker",
    )
    mode_samples: int = setting(
        2500,
        "Samples for the modes",
        "Measuring",
        "Generated points that are sorted to modes. The literature uses 2,500.",
        ge=100,
        le=100_000,
        live=True,
        log="decimal",
        when=_on_points,
        part="maker",
    )
    image_samples: int = setting(
        1000,
        "Samples for images",
        "Measuring",
        "Generated images that the classifier looks at, for the classes and the Fréchet distance.",
        ge=100,
        le=5000,
        live=True,
        log="decimal",
        when=_on_images,
        part="maker",
    )
