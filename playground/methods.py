"""The ways to learn a distribution: one row each, with what the rest of the playground has to know of a method."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Part = Literal["maker", "judge"]
"""What a network does in a method: it makes examples from z, or looks at examples."""


@dataclass(frozen=True)
class Number:
    """What a method measures of its own. form: as a chip above a chart shows it. panel: of the method's chart, from
    the top; numbers of one panel share an axis."""

    label: str
    help: str
    form: str = ".3f"
    unit: str = ""
    panel: int = 0


@dataclass(frozen=True)
class Method:
    """A row.

    trains: which networks learn, in words. minimises: the formula. parts: what it has of that which
    settings and layers belong to: "maker" and "judge" for these networks, "game" for what two players have beside them,
    "push" for a slope that examples follow. What belongs to one method alone names that.
    points, images: the data that it can learn. of_the_data: whether it has the networks that belong to a dataset, such
    as the Dirac-GAN's. exact: whether it is told the data's density. networks: what a checkpoint holds, by name, each
    built with the settings of that part. generates: whether it makes examples from z. plays: whether it has two halves
    that can be stepped one by one. numbers: columns of its rows beside everybody's; the losses are among them.
    """

    label: str
    source: str
    trains: str
    minimises: str
    parts: frozenset[str]
    networks: Mapping[str, Part]
    points: bool = True
    images: bool = False
    of_the_data: bool = False
    exact: bool = False
    generates: bool = True
    plays: bool = False
    maker: str = "G"
    judge: str = "D"
    numbers: Mapping[str, Number] = field(default_factory=dict)


GAN = "gan"

METHODS: dict[str, Method] = {
    GAN: Method(
        "GAN",
        "Goodfellow et al. 2014 (arXiv 1406.2661)",
        trains="a generator G, and a discriminator D that tells G's examples from the data",
        minimises="the two losses of a game",
        parts=frozenset({"maker", "judge", "game", "push"}),
        networks={"generator": "maker", "discriminator": "judge", "average": "maker"},
        images=True,
        of_the_data=True,
        plays=True,
    ),
}


def fits(method: str, on_images: bool) -> bool:
    """Whether a method can learn this kind of data."""
    row = METHODS[method]
    return row.images if on_images else row.points
