"""The ways to learn a distribution: one row each, with what the rest of the playground has to know of a method."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Part = Literal["maker", "judge"]
"""What a network does in a method: it makes examples from z, or looks at examples."""


@dataclass(frozen=True)
class Number:
    """What a method measures of its own. form: as a chip above a chart shows it. panel: of the method's chart, from
    the top; numbers of one panel share an axis; None where it is no curve. images: whether images have it too."""

    label: str
    help: str
    form: str = ".3f"
    unit: str = ""
    panel: int | None = 0
    images: bool = True


@dataclass(frozen=True)
class Method:
    """A row.

    trains: which networks learn, in words. minimises: the formula. parts: what it has of that which
    settings and layers belong to: "maker" and "judge" for these networks, "game" for what two players have beside them,
    "prior" where z may be drawn in several ways, "code" where the judge writes what the maker reads, "push" for a slope
    that examples follow. What belongs to one method alone names that.
    points, images: the data that it can learn. of_the_data: whether it has the networks that belong to a dataset, such
    as the Dirac-GAN's. exact: whether it is told the data's density. networks: what a checkpoint holds, by name, each
    built with the settings of that part. generates: whether it makes examples from z. plays: whether it has two halves
    that can be stepped one by one. rates: what the group of settings is called in which a GAN's game is. per_code:
    numbers that the judge says for each number of a code. numbers: columns of its rows beside everybody's; the losses
    are among them.
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
    rates: str = "Learning rates"
    per_code: int = 0
    numbers: Mapping[str, Number] = field(default_factory=dict)

    def measured(self, on_images: bool) -> dict[str, Number]:
        """Its own numbers on this kind of data."""
        return {column: number for column, number in self.numbers.items() if number.images or not on_images}


GAN, LIKELIHOOD, DENSITY, AUTOENCODER, VAE = "gan", "likelihood", "density", "autoencoder", "vae"

_PRIOR_GAP = Number(
    "codes off the prior",
    "How far the codes of fresh data are from the z that examples are made of: KL from a normal with the codes' mean "
    "and covariance to one with the prior's, in nats. 0 where they match; where it is large the decoder is fed what it "
    "has never seen. What as many codes of the prior would measure by chance is taken off.",
    ".3g",
    panel=None,
)

METHODS: dict[str, Method] = {
    GAN: Method(
        "GAN",
        "Goodfellow et al. 2014 (arXiv 1406.2661)",
        trains="a generator G, and a discriminator D that tells G's examples from the data",
        minimises="the two losses of a game",
        parts=frozenset({"maker", "judge", "game", "prior", "push"}),
        networks={"generator": "maker", "discriminator": "judge", "average": "maker"},
        images=True,
        of_the_data=True,
        plays=True,
        rates="Game",
    ),
    LIKELIHOOD: Method(
        "Follow the density",
        "KL(p_G ‖ p_data) where β = 1: Nowozin et al. 2016 (arXiv 1606.00709), table 1",
        trains="a generator G alone, which is told how dense the data are wherever it puts a point",
        minimises="−E log p(G(z)) − β H(G)",
        parts=frozenset({"maker", "prior", "push"}),
        networks={"generator": "maker", "average": "maker"},
        exact=True,
        numbers={
            "loss": Number("loss", "−E log p(G(z)) − β H(G) on the last batch, in nats.", unit="nats"),
            "log_p": Number(
                "log p",
                "The mean of log p at fresh points of G, p being the data's exact density, in nats. As much as it can "
                "be where all points are at the highest peak.",
                unit="nats",
            ),
            "entropy": Number(
                "entropy of G",
                "How spread out G's points are, H(G) in nats: from the distances between neighbours among fresh points "
                "(Kozachenko and Leonenko 1987).",
                unit="nats",
            ),
            "spread": Number(
                "spread at the modes",
                "The standard deviation of G's points around the nearest mode, in units of the mode's own, from the "
                "median distance: 1 for perfect samples, 0 where the points are at the peaks. Few points are on the "
                "way from one mode to the next; they don't count.",
                unit="spread in σ",
                panel=1,
            ),
        },
    ),
    DENSITY: Method(
        "Model the density",
        "The lecture's first attempt: for every x, model p(x)",
        trains="one network, which says of every place x how dense the data are there",
        minimises="E (p̂(x) − p(x))², over places x drawn evenly from the stage",
        parts=frozenset({"judge"}),
        networks={"density": "judge"},
        exact=True,
        generates=False,
        judge="the network",
        numbers={
            "loss": Number(
                "loss",
                "The mean of (p̂ − p)² on the last batch, both as shares of 1.25 times the highest density, which "
                "is what an output of 1 stands for.",
                ".2g",
                panel=None,
            ),
            "error": Number(
                "error",
                "How far p̂ is from p: √(∫ (p̂ − p)² / ∫ p²) over the stage. 0 is exact, 1 is as bad as saying 0 "
                "everywhere.",
                ".3f",
                "error",
            ),
            "integral": Number(
                "∫ p̂",
                "The integral of p̂ over the stage. That of a density is 1; nothing makes that of p̂ so.",
                unit="∫ p̂",
                panel=1,
            ),
            "rejected": Number(
                "rejected",
                "Share of even proposals over the stage that rejection throws away to draw one point of p̂.",
                "percent",
                panel=None,
            ),
        },
    ),
    AUTOENCODER: Method(
        "Autoencoder",
        "The slides' three dense layers; Hinton and Salakhutdinov 2006 (10.1126/science.1127647)",
        trains="an encoder, which writes a code for each example, and a decoder, which reads examples from codes",
        minimises="E ‖x − x̂‖², x̂ being what the decoder reads from the code of x. Examples are made of random codes",
        parts=frozenset({"maker", "judge", "prior", "code"}),
        networks={"encoder": "judge", "decoder": "maker", "average": "maker"},
        images=True,
        maker="the decoder",
        judge="the encoder",
        per_code=1,
        numbers={
            "loss": Number("loss", "‖x − x̂‖² of the last batch, summed over an example's numbers.", unit="error"),
            "test_error": Number(
                "on fresh data",
                "The same on fresh points, or on test images, which were never trained on.",
                unit="error",
            ),
            "prior_gap": _PRIOR_GAP,
        },
    ),
    VAE: Method(
        "Variational autoencoder",
        "Kingma and Welling 2013 (arXiv 1312.6114), equation 10; β: Higgins et al. 2017",
        trains="an encoder, which says for each example where its code may be, μ ± σ, and a decoder, which says for "
        "each code which examples it may be the code of",
        minimises="−E log p(x | z) + β · ½ Σ (μ² + σ² − 1 − log σ²), with z = μ + σ ε. Both halves are made small, so "
        "the KL has a plus (with a minus, as the slides have it by a slip of the sign, codes would be rewarded for "
        "leaving the prior); the bound on log p(x) is minus their sum",
        parts=frozenset({"maker", "judge", "code"}),
        networks={"encoder": "judge", "decoder": "maker", "average": "maker"},
        images=True,
        maker="the decoder",
        judge="the encoder",
        per_code=2,
        numbers={
            "reconstruction": Number(
                "−log p(x | z)",
                "The first half of the loss, on the examples of the bound, in nats: how badly an example is rebuilt. "
                "Of points it is a density's, so it may be below 0.",
                unit="nats",
            ),
            "kl": Number(
                "+ KL",
                "The second half, without β: ½ Σ (μ² + σ² − 1 − log σ²), on the same examples. 0 where every "
                "example has the same code, N(0, 1), which then says nothing.",
                unit="nats",
            ),
            "bound": Number(
                "bound",
                "E log p(x | z) − KL on fresh points, or on up to 1,000 test images, in nats, whatever β is: the "
                "model's log p(x) is at least as much, so higher is better. Grey pixels count as shares of white.",
                unit="nats",
                panel=1,
            ),
            "exact": Number(
                "log p of the data",
                "The mean of the data's own log p at the same points, in nats: what the bound comes to where the model "
                "is the data's distribution and the posterior is exact, but for the chance of the draw. The bound is "
                "one on the model's log p.",
                unit="nats",
                panel=1,
                images=False,
            ),
            "active_units": Number(
                "active",
                "Numbers of the code that say something of the example: those whose μ varies over fresh data by more "
                "than 0.01 (variance; Burda et al. 2016). The others have collapsed to the prior.",
                ".3g",
                panel=None,
            ),
            "prior_gap": _PRIOR_GAP,
        },
    ),
}


def fits(method: str, on_images: bool) -> bool:
    """Whether a method can learn this kind of data."""
    row = METHODS[method]
    return row.images if on_images else row.points


def has(method: str, part: str) -> bool:
    """Whether what belongs to a part of some methods, or to one of them by its name, belongs to this one; "" does."""
    return not part or part == method or part in METHODS[method].parts
