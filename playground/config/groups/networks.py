"""Networks: how G and D are built, and what G is fed."""

from typing import Any, Literal

from playground.config.groups.data import DIRAC, SHIFTED, Data
from playground.config.groups.group import Group
from playground.setting import setting

Activation = Literal["relu", "leaky_relu", "tanh", "elu", "silu"]
Prior = Literal["normal", "uniform"]
Initialisation = Literal["he", "glorot", "orthogonal", "gaussian"]
NetworkName = Literal["mlp", "lecture", "dcgan"]
Minibatch = Literal["none", "discrimination", "deviation"]

ACTIVATION_LABELS: dict[str, str] = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "tanh": "tanh",
    "elu": "ELU",
    "silu": "SiLU",
}
PRIOR_LABELS: dict[str, str] = {"normal": "N(0, 1)", "uniform": "U(−1, 1)"}
INITIALISATION_LABELS: dict[str, str] = {
    "he": "He",
    "glorot": "Glorot",
    "orthogonal": "orthogonal",
    "gaussian": "N(0, gain²)",
}
NETWORK_LABELS: dict[str, str] = {
    "mlp": "Multilayer perceptron",
    "lecture": "Small perceptron",
    "dcgan": "Small DCGAN",
}
MINIBATCH_LABELS: dict[str, str] = {
    "none": "none",
    "discrimination": "discrimination",
    "deviation": "deviation",
}


def _on_images(config: Data) -> bool:
    return config.on_images


def _on_points(config: Data) -> bool:
    return not config.on_images and _has_layers(config)


def _has_layers(config: Data) -> bool:
    return config.dataset != DIRAC


def _free_size(config: Any) -> bool:
    return config.network == "mlp" and _has_layers(config)


def _free_generator(config: Data) -> bool:
    return config.dataset not in (SHIFTED, DIRAC)


def _free_generator_size(config: Any) -> bool:
    return _free_generator(config) and _free_size(config)


class Networks(Group):
    """How G and D are built, and what G is fed."""

    network: NetworkName = setting(
        "mlp",
        "Networks",
        "Networks",
        "The small perceptron has one hidden layer of 100 in each player and dropout in D; the DCGAN is convolutional "
        "(Radford et al. 2015). Points always use the multilayer perceptron, whose size is free.",
        labels=NETWORK_LABELS,
        bare=True,
        when=_on_images,
        part="game",
    )
    conditional: bool = setting(
        False,
        "Class-conditional",
        "Networks",
        "G is told which class to draw and D which class it should be (Mirza and Osindero 2014).",
        when=_on_images,
        part="game",
    )
    auxiliary: float = setting(
        0.0,
        "Auxiliary classifier",
        "Networks",
        "D is not told the classes but names them: both losses gain this times the cross-entropy, D's for real and for "
        "generated images (Odena et al. 2017); 0 is off.",
        ge=0,
        le=10,
        step=0.1,
        symbol="auxiliary",
        when=lambda config: config.on_images and config.conditional,
        part="game",
    )
    latent_dim: int = setting(
        2,
        "Latent dimension",
        "Networks",
        "Numbers in G's input z.",
        ge=1,
        le=256,
        log="binary",
        when=_free_generator,
        part="maker",
    )
    prior: Prior = setting(
        "normal",
        "Prior of z",
        "Networks",
        "z is drawn from N(0, 1) or from U(−1, 1), each number on its own.",
        labels=PRIOR_LABELS,
        symbol="prior",
        when=_free_generator,
        part="prior",
    )
    g_width: int = setting(
        64,
        "Width of G",
        "Networks",
        "Units in each hidden layer of the generator.",
        ge=1,
        le=512,
        log="binary",
        symbol="G width",
        when=_free_generator_size,
        part="maker",
    )
    g_depth: int = setting(
        2,
        "Depth of G",
        "Networks",
        "Hidden layers of the generator.",
        ge=1,
        le=6,
        when=_free_generator,
        part="maker",
    )
    g_activation: Activation = setting(
        "relu",
        "Activation of G",
        "Networks",
        "After each hidden layer of the generator.",
        labels=ACTIVATION_LABELS,
        symbol="G activation",
        when=_free_generator_size,
        part="maker",
    )
    d_width: int = setting(
        64,
        "Width of D",
        "Networks",
        "Units in each hidden layer of the discriminator.",
        ge=1,
        le=512,
        log="binary",
        symbol="D width",
        when=_free_size,
        part="judge",
    )
    d_depth: int = setting(
        2,
        "Depth of D",
        "Networks",
        "Hidden layers of the discriminator.",
        ge=1,
        le=6,
        when=_has_layers,
        part="judge",
    )
    d_activation: Activation = setting(
        "leaky_relu",
        "Activation of D",
        "Networks",
        "After each hidden layer of the discriminator.",
        labels=ACTIVATION_LABELS,
        symbol="D activation",
        when=_free_size,
        part="judge",
    )
    spectral_norm: bool = setting(
        False,
        "Spectral normalisation of D",
        "Networks",
        "Divides each weight matrix of D by its largest singular value (Miyato et al. 2018).",
        when=_free_size,
        part="game",
    )
    pack: int = setting(
        1,
        "Packing: examples that D sees at once",
        "Networks",
        "D sees packs of m examples side by side, all real or all generated, and gives one verdict for each pack: what "
        "G lacks in variety shows in a pack (PacGAN, Lin et al. 2018). A batch holds as many examples as before, so it "
        "must be a multiple of m. D's map then shows each place beside generated points.",
        ge=1,
        le=4,
        symbol="pack",
        when=_has_layers,
        part="game",
    )
    minibatch: Minibatch = setting(
        "none",
        "Minibatch features: what D sees of its batch",
        "Networks",
        "Numbers about the whole batch, beside D's last hidden layer. Discrimination: how near to the others an "
        "example is (Salimans et al. 2016, section 3.2). Deviation: the mean standard deviation of the layer's units "
        "over the batch (Karras et al. 2018, section 3). D's map then shows each place in a batch of generated points.",
        labels=MINIBATCH_LABELS,
        symbol="minibatch",
        when=_has_layers,
        part="game",
    )
    init: Initialisation = setting(
        "he",
        "Initial weights",
        "Networks",
        "He keeps the signal's variance through a layer (He et al. 2015), Glorot that of signal and gradient "
        "(Glorot and Bengio 2010); orthogonal weights are those of Metz et al. 2016, N(0, gain²) those of DCGAN.",
        labels=INITIALISATION_LABELS,
        symbol="initial weights",
        when=_free_size,
    )
    init_gain: float = setting(
        1.0,
        "Gain of the initial weights",
        "Networks",
        "Multiplies them in every layer of both networks. Smaller weights learn more slowly at the same learning rate.",
        ge=0.01,
        le=10,
        log="decimal",
        symbol="gain",
        when=_free_size,
    )
    last_gain: float = setting(
        0.5,
        "Gain of the last layers",
        "Networks",
        "Multiplies the initial weights of both output layers besides: how large G's first cloud is, and how sure D is "
        "at first.",
        ge=0.01,
        le=10,
        log="decimal",
        symbol="last gain",
        when=_free_size,
    )
    data_units: bool = setting(
        True,
        "In units of the data",
        "Networks",
        "D's inputs are divided and G's outputs multiplied by the size of the data, so that the networks see numbers "
        "of order one whatever the data are. Papers that do not do so, as Metz et al. 2016, switch it off.",
        symbol="units of the data",
        when=_on_points,
    )
    d_input_divisor: float = setting(
        1.0,
        "D's input divided by",
        "Networks",
        "What D sees is divided by this number too, beside the size of the data; 4 in Metz et al. 2016. With a larger "
        "one D learns more slowly.",
        ge=0.1,
        le=100,
        log="decimal",
        symbol="D input ÷",
        when=_on_points,
        part="judge",
    )
    ema: float = setting(
        0.0,
        "Averaged G, decay",
        "Networks",
        "Shows and measures a running average of G's weights, w ← decay · w + (1 − decay) · new; 0 is off.",
        ge=0,
        le=0.9999,
        live=True,
        step=0.001,
        part="maker",
    )

    @property
    def judges_alone(self) -> bool:
        """Whether D judges each example by itself: no packs, and nothing of its batch."""
        return self.pack == 1 and self.minibatch == "none"
