"""Data: which distribution G has to learn, and the numbers that shape it."""

import math
from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints

from playground.config.groups.group import Group
from playground.data import own_points, toy
from playground.data.distribution import Distribution
from playground.data.image_table import IMAGE_DATASETS
from playground.data.kept_files import ID_DIGITS
from playground.data.own_images import OWN_IMAGES
from playground.data.own_points import OWN_POINTS
from playground.data.toy import ARRANGEMENTS, DATASETS
from playground.setting import labels_of, one_of, setting

POINT_DATASETS: dict[str, str] = labels_of(DATASETS) | {OWN_POINTS: "Your own points"}
"""Every dataset of points with its label: the table's, and one's own."""
SHIFTED = "parallel_lines"
"""The dataset whose generator is one number, G(z) = (θ, z): Arjovsky et al. 2017, example 1."""
DIRAC = "dirac"
"""The dataset whose networks are one number each, G(z) = θ and D(x) = ψ·x: Mescheder et al. 2018, definition 2.1."""

Id = Annotated[str, StringConstraints(pattern=rf"^([0-9a-f]{{{ID_DIGITS}}})?$")]
"""Names data of somebody's own; "" where there are none yet."""
ID_FORM = f"empty or {ID_DIGITS} hexadecimal digits"


def _shapes(parameter: str) -> Callable[["Data"], bool]:
    """Whether the dataset of a config has this parameter."""
    return lambda config: config.dataset in DATASETS and parameter in DATASETS[config.dataset].parameters


class Data(Group):
    """Which distribution G has to learn, and what shapes it."""

    dataset: Annotated[str, one_of(POINT_DATASETS | labels_of(IMAGE_DATASETS))] = setting(
        "ring8",
        "Dataset",
        "Data",
        "The distribution that G has to learn. Points of your own can be drawn, or come from a CSV file or a picture.",
        labels=POINT_DATASETS | labels_of(IMAGE_DATASETS),
        bare=True,
    )
    ring_modes: int = setting(
        8,
        "Gaussians on the ring",
        "Data",
        "How many Gaussians stand on the ring. The ring of the literature has 8 (Metz et al. 2016).",
        ge=2,
        le=16,
        when=_shapes("ring_modes"),
    )
    gaussians: int = setting(
        5,
        "Number of Gaussians",
        "Data",
        "How many Gaussians there are, all equally likely.",
        ge=1,
        le=64,
        when=_shapes("gaussians"),
    )
    arrangement: Annotated[str, one_of(ARRANGEMENTS)] = setting(
        "ring",
        "Arrangement",
        "Data",
        "How the Gaussians stand; random places are the same ones every time.",
        labels=ARRANGEMENTS,
        when=_shapes("arrangement"),
    )
    ring_radius: float = setting(
        2.0,
        "Radius",
        "Data",
        "How far from the middle the Gaussians reach. The ring of the literature has 2.",
        ge=0.5,
        le=4,
        step=0.25,
        when=_shapes("ring_radius"),
        symbol="radius",
    )
    gaussian_sigma: float = setting(
        0.2,
        "σ of each Gaussian",
        "Data",
        "Standard deviation of each Gaussian, in the data's units.",
        ge=0.01,
        le=1,
        log="decimal",
        when=_shapes("gaussian_sigma"),
        symbol="data σ",
    )
    imbalance: float = setting(
        10.0,
        "Imbalance",
        "Data",
        "How many times as likely the first Gaussian is as the last; in between it falls by equal factors. 1 is even.",
        ge=1,
        le=100,
        unit="×",
        log="decimal",
        when=_shapes("imbalance"),
    )
    theta: float = setting(
        1.0,
        "θ at the start",
        "Data",
        "Where the generator starts, and θ is all it learns: the line (θ, z) beside the parallel line (Arjovsky et al. "
        "2017, example 1), the point θ in the Dirac-GAN. There seeds other than 0 start elsewhere: see ψ.",
        ge=-1.25,
        le=1.25,
        step=0.05,
        when=lambda config: config.dataset in (SHIFTED, DIRAC),
        symbol="θ",
    )
    psi: float = setting(
        1.0,
        "ψ at the start",
        "Data",
        "The slope that the discriminator starts with: D(x) = ψ·x, and ψ is all it learns (Mescheder et al. 2018). "
        "Seed 0 starts at (θ, ψ); seed n starts n × 137.5° further on, on the same circle around (0, 0).",
        ge=-1.25,
        le=1.25,
        step=0.05,
        when=lambda config: config.dataset == DIRAC,
        symbol="ψ",
    )
    sigma_scale: float = setting(
        1.0,
        "Spread of the data",
        "Data",
        "Multiplies the dataset's own standard deviation. Above 1 the modes widen until they touch.",
        ge=0.5,
        le=10,
        unit="×",
        step=0.5,
        when=_shapes("sigma_scale"),
        symbol="spread",
    )
    points_id: Id = setting(
        "",
        "Your points",
        "Data",
        "Names the points that were drawn or uploaded; they are kept on the machine that runs the playground.",
        form=ID_FORM,
        by_hand=False,
        when=lambda config: config.dataset == OWN_POINTS,
        symbol="points",
    )
    images_id: Id = setting(
        "",
        "Your images",
        "Data",
        "Names the images that were uploaded; they are kept on the machine that runs the playground.",
        form=ID_FORM,
        by_hand=False,
        when=lambda config: config.dataset == OWN_IMAGES,
        symbol="images",
    )

    @property
    def on_images(self) -> bool:
        """Whether the data are images, not points."""
        return self.dataset in IMAGE_DATASETS

    @property
    def stacked(self) -> bool:
        """Whether they are stacks of three images, with colours for channels."""
        return self.on_images and bool(IMAGE_DATASETS[self.dataset].single)

    def start(self, seed: int) -> tuple[float, float]:
        """θ and ψ with which a seed of the Dirac-GAN starts: all on one circle, spread round it whatever their count.

        From one seed to the next it is the golden angle, which leaves no large gap for any count.
        """
        turn = seed * math.pi * (3 - math.sqrt(5))
        cos, sin = (math.cos(turn), math.sin(turn)) if seed else (1.0, 0.0)
        return cos * self.theta - sin * self.psi, sin * self.theta + cos * self.psi

    def distribution(self) -> Distribution:
        """The distribution of points that G has to learn. Raises DataError where one's own points are not here."""
        if self.dataset == OWN_POINTS:
            return own_points.load(self.points_id).distribution
        return toy.make(self.dataset, **{name: getattr(self, name) for name in toy.DEFAULTS})
