"""RunConfig: every setting of a run, declared once.

Widgets, URL parameters, `--set key=value` and JSON are all derived from the fields below; nothing else
lists the settings. A config is frozen: a change makes a new one, and the worker says which one trains.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from playground.data import own_points, toy
from playground.data.distribution import Distribution
from playground.data.image_table import IMAGE_DATASETS
from playground.data.own_points import ID_DIGITS, OWN_POINTS
from playground.data.toy import ARRANGEMENTS, DATASETS
from playground.objectives import LOSSES, PENALTIES
from playground.setting import Setting, labels_of, one_of, setting

Activation = Literal["relu", "leaky_relu", "tanh", "elu", "silu"]
Prior = Literal["normal", "uniform"]
Optimizer = Literal["adam", "rmsprop", "sgd"]
NetworkName = Literal["mlp", "lecture", "dcgan"]

NETWORK_LABELS: dict[str, str] = {
    "mlp": "Multilayer perceptron",
    "lecture": "The lecture's perceptron",
    "dcgan": "Small DCGAN",
}

MAX_SAMPLES_PER_STEP = 32_768
"""seeds × batch_size: what one discriminator pass may hold."""
MAX_PARAMETERS = 8_000_000
"""Weights of G and D together, over all seeds: with optimiser state this stays near 100 MB."""

MAX_PIXELS = 32 * 32
"""Of the largest images that are taken."""

POINT_DATASETS: dict[str, str] = labels_of(DATASETS) | {OWN_POINTS: "Your own points"}
"""Every dataset of points with its label: the table's, and one's own."""
SHIFTED = "parallel_lines"
"""The dataset whose generator is one number, G(z) = (θ, z): Arjovsky et al. 2017, example 1."""


def _uses_labels(config: "RunConfig") -> bool:
    return LOSSES[config.loss].labels


def _on_points(config: "RunConfig") -> bool:
    return not config.on_images


def _on_images(config: "RunConfig") -> bool:
    return config.on_images


def _free_size(config: "RunConfig") -> bool:
    return config.network == "mlp"


def _free_generator(config: "RunConfig") -> bool:
    return config.dataset != SHIFTED


def _free_generator_size(config: "RunConfig") -> bool:
    return _free_generator(config) and _free_size(config)


def _shapes(parameter: str) -> Callable[["RunConfig"], bool]:
    """Whether the dataset of a config has this parameter."""
    return lambda config: config.dataset in DATASETS and parameter in DATASETS[config.dataset].parameters


class RunConfig(BaseModel):
    """Everything that decides a run, up to the machine's rounding. Equal configs (and live changes) give equal runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=False)

    # Data
    dataset: Annotated[str, one_of(POINT_DATASETS | labels_of(IMAGE_DATASETS))] = setting(
        "ring8",
        "Dataset",
        "Data",
        "The distribution that G has to learn. Points of your own can be drawn, or come from a CSV file or a picture.",
        labels=POINT_DATASETS | labels_of(IMAGE_DATASETS),
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
        "How the Gaussians stand; at places drawn by lot they stand the same way every time.",
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
        "Where the generator's line starts: G(z) = (θ, z), and θ is all it learns (Arjovsky et al. 2017, example 1).",
        ge=-1.25,
        le=1.25,
        step=0.05,
        when=lambda config: config.dataset == SHIFTED,
        symbol="θ",
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
    points_id: Annotated[str, StringConstraints(pattern=rf"^([0-9a-f]{{{ID_DIGITS}}})?$")] = setting(
        "",
        "Your points",
        "Data",
        "Names the points that were drawn or uploaded; they are kept on the machine that runs the playground.",
        by_hand=False,
        when=lambda config: config.dataset == OWN_POINTS,
        symbol="points",
    )

    # Game
    loss: Annotated[str, one_of(LOSSES)] = setting(
        "non_saturating",
        "Loss",
        "Game",
        "What the two players minimise. Minimax and non-saturating differ in G's half only.",
        live=True,
        labels=labels_of(LOSSES),
    )
    k: int = setting(
        1,
        "k, D updates per G update",
        "Game",
        "Discriminator updates before each generator update (Goodfellow et al. 2014, Algorithm 1).",
        ge=1,
        le=10,
        live=True,
        symbol="k",
    )
    g_first: bool = setting(
        False,
        "G moves first",
        "Game",
        "G's update comes before D's, which then sees the same fakes, as in the lecture's code. "
        "Otherwise D moves first, as in Algorithm 1.",
        live=True,
    )
    lr_g: float = setting(
        1e-3,
        "Learning rate of G",
        "Game",
        "Step size of the generator.",
        ge=1e-6,
        le=1,
        live=True,
        log="decimal",
        symbol="lr G",
    )
    lr_d: float = setting(
        1e-3,
        "Learning rate of D",
        "Game",
        "Step size of the discriminator.",
        ge=1e-6,
        le=1,
        live=True,
        log="decimal",
        symbol="lr D",
    )
    clip: float = setting(
        0.0,
        "Weight clipping c",
        "Game",
        "After each D update every weight of D is cut to [−c, c]; 0 is off. WGAN uses 0.01 (Arjovsky et al. 2017).",
        ge=0,
        le=1,
        live=True,
        log="decimal",
        step=0.001,
        symbol="clip",
    )
    penalty: Annotated[str, one_of(PENALTIES)] = setting(
        "none",
        "Penalty on D's slope",
        "Game",
        "Gradient penalty pulls ‖∇d‖ to 1 between real and fake points (Gulrajani et al. 2017); "
        "R1 pulls it to 0 at real points, R2 at fakes (Mescheder et al. 2018).",
        live=True,
        labels=labels_of(PENALTIES),
        symbol="penalty",
    )
    penalty_weight: float = setting(
        1.0,
        "Weight of the penalty",
        "Game",
        "λ of the gradient penalty, γ of R1 and R2 (which carry a ½).",
        ge=0,
        le=100,
        live=True,
        log="decimal",
        step=0.01,
        when=lambda config: config.penalty != "none",
        symbol="weight",
    )

    # Noise
    instance_noise: float = setting(
        0.0,
        "Input noise σ",
        "Noise",
        "Gaussian noise on what D sees, real and fake, in the data's units (Sønderby et al. 2016).",
        ge=0,
        le=2,
        live=True,
        step=0.05,
        symbol="noise σ",
    )
    noise_decay: int = setting(
        0,
        "Input noise decays over",
        "Noise",
        "Steps over which σ falls to 0 in a straight line, from the step at which it was set; 0 keeps it.",
        ge=0,
        le=100_000,
        live=True,
        unit="steps",
        log="decimal",
        step=100,
        when=lambda config: config.instance_noise > 0,
        symbol="noise decay",
    )
    label_flip: float = setting(
        0.0,
        "Label flips",
        "Noise",
        "Probability that a label shown to D is the wrong one.",
        ge=0,
        le=0.5,
        live=True,
        step=0.01,
        when=_uses_labels,
    )
    label_smoothing: float = setting(
        0.0,
        "One-sided label smoothing",
        "Noise",
        "D is told 1 − s for real points instead of 1 (Salimans et al. 2016).",
        ge=0,
        le=0.5,
        live=True,
        step=0.01,
        when=_uses_labels,
    )
    label_decay: int = setting(
        0,
        "Label noise decays over",
        "Noise",
        "Steps over which flips and smoothing fall to 0 in a straight line, from the step they were set; 0 keeps them.",
        ge=0,
        le=100_000,
        live=True,
        unit="steps",
        log="decimal",
        step=100,
        when=lambda config: config.label_flip > 0 or config.label_smoothing > 0,
    )

    # Networks
    network: NetworkName = setting(
        "mlp",
        "Networks",
        "Networks",
        "The lecture's perceptron has one hidden layer of 100 and dropout in D; the DCGAN is convolutional "
        "(Radford et al. 2015). Points always use the multilayer perceptron, whose size is free.",
        labels=NETWORK_LABELS,
        when=_on_images,
    )
    conditional: bool = setting(
        False,
        "Class-conditional",
        "Networks",
        "G is told which class to draw and D which class it should be (Mirza and Osindero 2014).",
        when=_on_images,
    )
    latent_dim: int = setting(
        2, "Latent dimension", "Networks", "Numbers in G's input z.", ge=1, le=256, log="binary", when=_free_generator
    )
    prior: Prior = setting(
        "normal",
        "Prior of z",
        "Networks",
        "z is drawn from N(0, 1) or from U(−1, 1), each number on its own.",
        symbol="latent",
        when=_free_generator,
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
    )
    g_depth: int = setting(
        2, "Depth of G", "Networks", "Hidden layers of the generator.", ge=1, le=6, when=_free_generator
    )
    g_activation: Activation = setting(
        "relu",
        "Activation of G",
        "Networks",
        "After each hidden layer of the generator.",
        when=_free_generator_size,
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
    )
    d_depth: int = setting(2, "Depth of D", "Networks", "Hidden layers of the discriminator.", ge=1, le=6)
    d_activation: Activation = setting(
        "leaky_relu",
        "Activation of D",
        "Networks",
        "After each hidden layer of the discriminator.",
        when=_free_size,
    )
    spectral_norm: bool = setting(
        False,
        "Spectral normalisation of D",
        "Networks",
        "Divides each weight matrix of D by its largest singular value (Miyato et al. 2018).",
        when=_free_size,
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
    )

    # Optimisation
    optimizer: Optimizer = setting(
        "adam", "Optimizer", "Optimisation", "The rule that turns gradients into updates, for both players."
    )
    beta1: float = setting(
        0.5,
        "β₁",
        "Optimisation",
        "Adam's memory of the gradient; SGD's momentum. DCGAN uses 0.5 (Radford et al. 2015).",
        ge=0,
        le=0.999,
        live=True,
        step=0.05,
        when=lambda config: config.optimizer != "rmsprop",
    )
    beta2: float = setting(
        0.999,
        "β₂",
        "Optimisation",
        "Adam's memory of the squared gradient; RMSprop's α.",
        ge=0,
        le=0.9999,
        live=True,
        step=0.001,
        when=lambda config: config.optimizer != "sgd",
    )
    batch_size: int = setting(
        256,
        "Batch size",
        "Optimisation",
        "Real points, and as many fakes, in each update.",
        ge=1,
        le=2048,
        live=True,
        log="binary",
    )

    # Measuring
    seed: int = setting(
        0, "Seed", "Measuring", "Decides the initial weights and every random draw of the run.", ge=0, le=2_147_483_647
    )
    seeds: int = setting(
        1,
        "Seeds at once",
        "Measuring",
        "Trains this many runs side by side, with seeds seed, seed + 1, …: one lucky run proves nothing.",
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
    )

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        for problem in _impossible(self):
            raise ValueError(problem)
        return self

    @property
    def on_images(self) -> bool:
        """Whether the data are images, not points."""
        return self.dataset in IMAGE_DATASETS

    def distribution(self) -> Distribution:
        """The distribution of points that G has to learn. Raises DataError where one's own points are not here."""
        if self.dataset == OWN_POINTS:
            return own_points.load(self.points_id).distribution
        return toy.make(self.dataset, **{name: getattr(self, name) for name in toy.DEFAULTS})

    def replace(self, **changes: Any) -> "RunConfig":
        """The config with some fields changed, validated anew. Raises ConfigError."""
        return read(self.model_dump() | changes)

    def to_query(self, base: "RunConfig | None" = None) -> dict[str, str]:
        """URL parameters: what differs from `base` (the defaults), as text. `read_text` is the way back."""
        return {name: _as_text(value) for name, value in changes_between(base or RunConfig(), self).items()}


class ConfigError(ValueError):
    """Settings that can't be: one sentence that names the field and what is allowed.

    field: the one setting that is at fault, or None where it is a combination.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


def read(values: Mapping[str, Any]) -> RunConfig:
    """A RunConfig from plain values (JSON, widgets). Raises ConfigError."""
    try:
        return RunConfig.model_validate(dict(values))
    except ValidationError as error:
        raise _problem(error) from None


def read_text(values: Mapping[str, str], base: RunConfig | None = None) -> RunConfig:
    """A RunConfig from text values (URL, --set), changing `base` (the defaults). Raises ConfigError."""
    return read((base or RunConfig()).model_dump() | dict(values))


def read_assignments(assignments: Iterable[str], base: RunConfig | None = None) -> RunConfig:
    """A RunConfig from `key=value` texts. Raises ConfigError."""
    values: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator:
            raise ConfigError(f"{assignment[:40]!r} is not of the form key=value, such as k=5.")
        values[name.strip()] = value.strip()
    return read_text(values, base)


def changes_between(before: RunConfig, after: RunConfig) -> dict[str, Any]:
    """The fields that differ, with their values afterwards."""
    return {name: value for name, value in after.model_dump().items() if value != getattr(before, name)}


def is_live(name: str) -> bool:
    """Whether a setting may change while the run trains."""
    return SETTINGS[name].live


def choices(name: str) -> tuple[str, ...] | None:
    """The allowed values of a field with a menu, or None."""
    info = RunConfig.model_fields[name]
    if get_origin(info.annotation) is Literal:
        return get_args(info.annotation)
    labels = SETTINGS[name].labels
    return tuple(labels) if labels else None


def bounds(name: str) -> tuple[float, float] | None:
    """The smallest and the largest allowed value of a number, or None."""
    metadata = RunConfig.model_fields[name].metadata
    low = [item.ge for item in metadata if hasattr(item, "ge")]
    high = [item.le for item in metadata if hasattr(item, "le")]
    return (low[0], high[0]) if low and high else None


SETTINGS: dict[str, Setting] = {
    name: next(item for item in info.metadata if isinstance(item, Setting))
    for name, info in RunConfig.model_fields.items()
}


DATA_FIELDS: tuple[str, ...] = tuple(name for name, row in SETTINGS.items() if row.group == "Data")
"""The settings that decide the data."""


def _impossible(config: RunConfig) -> Iterable[str]:
    """One sentence for each combination that can't train, or that would not do what it says."""
    if config.seeds * config.batch_size > MAX_SAMPLES_PER_STEP:
        yield f"seeds × batch_size must be at most {MAX_SAMPLES_PER_STEP:,} (got {config.seeds * config.batch_size:,})."
    pixels = MAX_PIXELS if config.on_images else 2
    weights = config.seeds * sum(
        width * (width + 1) * (depth - 1) + width * (inputs + outputs + 2)
        for width, depth, inputs, outputs in (
            (config.g_width, config.g_depth, config.latent_dim, pixels),
            (config.d_width, config.d_depth, pixels, 1),
        )
    )
    if weights > MAX_PARAMETERS:
        yield (
            f"seeds, g_width, g_depth, d_width and d_depth make {weights:,} weights; "
            f"at most {MAX_PARAMETERS:,} are allowed."
        )
    if config.network != "mlp" and not config.on_images:
        yield f"network must be mlp for dataset={config.dataset}: the others are made for images."
    if config.conditional and not config.on_images:
        yield f"conditional must be false for dataset={config.dataset}, which has no classes."
    if config.spectral_norm and config.network != "mlp":
        yield f"spectral_norm must be false for network={config.network}: only the multilayer perceptron has it."
    if config.clip > 0 and config.penalty != "none":
        yield "clip and penalty both bound D's slope: set clip to 0 or penalty to none."
    if config.clip > 0 and config.spectral_norm:
        yield "clip has no effect under spectral_norm, which rescales D's weights: set clip to 0 or spectral_norm off."
    if not LOSSES[config.loss].labels and (config.label_flip > 0 or config.label_smoothing > 0):
        yield f"label_flip and label_smoothing must be 0 for loss={config.loss}, whose D is shown no labels."


def _problem(error: ValidationError) -> ConfigError:
    """The first problem that pydantic found, as a sentence that names the field and what is allowed."""
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return ConfigError(str(first["ctx"]["error"]))
    name = str(first["loc"][0])
    if name not in SETTINGS:
        return ConfigError(f"{name[:40]!r} is not a setting; the settings are {', '.join(SETTINGS)}.", name)
    return ConfigError(f"{name} must be {allowed(name)} (got {str(first['input'])[:40]!r}).", name)


def allowed(name: str) -> str:
    """What a field may be, in words."""
    options = choices(name)
    if options:
        return f"one of {', '.join(options)}"
    limits = bounds(name)
    if RunConfig.model_fields[name].annotation is str:
        return f"empty or {ID_DIGITS} hexadecimal digits"
    if limits is None:
        return "true or false"
    kind = "a whole number" if RunConfig.model_fields[name].annotation is int else "a number"
    low, high = (f"{limit:,}" if isinstance(limit, int) else f"{limit:g}" for limit in limits)
    return f"{kind} from {low} to {high}"


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
