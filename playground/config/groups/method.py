"""Method: in which way the distribution is learned, and what belongs to one way alone."""

from typing import Annotated, Literal

from playground import methods
from playground.config.groups.group import Group
from playground.methods import DENSITY, GAN, LIKELIHOOD, METHODS
from playground.setting import labels_of, one_of, setting


class Method(Group):
    """In which way the distribution is learned."""

    method: Annotated[str, one_of(METHODS)] = setting(
        GAN,
        "Method",
        "Method",
        "How the distribution is learned: what is trained, and what it minimises.",
        labels=labels_of(METHODS),
        bare=True,
    )

    entropy: float = setting(
        0.0,
        "Weight β of the entropy",
        "Method",
        "What G's points gain by being spread out: with 0 all of them run to the highest peak of the density, with 1 "
        "G minimises KL(p_G ‖ p_data). The entropy is that of z plus the mean of log |det ∂G/∂z| where G maps z to as "
        "many numbers, else an estimate from the distances to near neighbours in the batch.",
        ge=0,
        le=10,
        live=True,
        step=0.1,
        symbol="β",
        part=LIKELIHOOD,
    )

    density_output: Literal["sigmoid", "softplus"] = setting(
        "sigmoid",
        "Output p̂",
        "Method",
        "What makes a density of the network's output: a sigmoid, times 1.25 times the highest density of the data, or "
        "a softplus, times as much, which has no upper end.",
        labels={"sigmoid": "sigmoid", "softplus": "softplus"},
        symbol="output",
        part=DENSITY,
    )

    @property
    def learning(self) -> methods.Method:
        """The row of the method."""
        return METHODS[self.method]
