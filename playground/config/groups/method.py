"""Method: in which way the distribution is learned, and what belongs to one way alone."""

from typing import Annotated, Literal

from playground import methods
from playground.config.groups.group import Group
from playground.methods import DENSITY, GAN, LIKELIHOOD, METHODS, VAE
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

    vae_beta: float = setting(
        1.0,
        "Weight β of the KL",
        "Method",
        "What it costs that a code says something of its example. 1 is the VAE, whose loss is minus the bound on "
        "log p; with more of it fewer numbers of the code are used, and what they say is told apart (β-VAE, Higgins "
        "et al. 2017); with 0 nothing keeps the codes near the prior.",
        ge=0,
        le=20,
        live=True,
        step=0.1,
        symbol="KL β",
        part=VAE,
    )
    decoder: Literal["gaussian", "bernoulli"] = setting(
        "gaussian",
        "What the decoder says",
        "Method",
        "Gaussian: the decoder says each number's mean; one standard deviation for all of them is learned with the "
        "weights (Rybkin et al. 2021). Bernoulli: it says how white each pixel is, a probability from 0 to 1.",
        labels={"gaussian": "Gaussian, σ learned", "bernoulli": "Bernoulli"},
        symbol="decoder",
        part=VAE,
        when=lambda config: config.on_images,
    )

    @property
    def learning(self) -> methods.Method:
        """The row of the method."""
        return METHODS[self.method]
