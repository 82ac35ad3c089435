"""The two networks as text, with the sizes of this run written out."""

from playground.config import SHIFTED, Activation, RunConfig
from playground.exports.script.network_texts import CONVOLUTIONS, GLOROT, LINEAR, MLP, SHIFTED_LINE, SPECTRAL
from playground.exports.script.plan import Plan

ACTIVATIONS: dict[Activation, tuple[str, str]] = {
    "relu": ("functional.relu({x})", "2**0.5"),
    "leaky_relu": ("functional.leaky_relu({x}, 0.2)", "(2 / 1.04) ** 0.5"),
    "tanh": ("torch.tanh({x})", "5 / 3"),
    "elu": ("functional.elu({x})", "1.0"),
    "silu": ("functional.silu({x})", "2**0.5"),
}
"""Name -> (the function, and its gain, as text); the numbers are those of models/mlp.py."""

_MAPS = "        maps = x.view(len(x), 1, {height}, {width})"
_MAPS_AND_CLASSES = """        pixels, classes = x[:, :{pixels}], x[:, {pixels}:]
        planes = classes[:, :, None, None].expand(-1, -1, {height}, {width})  # each class as a constant map
        maps = torch.cat([pixels.view(len(x), 1, {height}, {width}), planes], dim=1)"""


def network_classes(plan: Plan, shape: tuple[int, int] | None, classes: int) -> str:
    """Both classes. shape: height and width of the images, or None; classes: one-hots that follow z and x."""
    config = plan.start
    if shape is None or config.network == "mlp":
        return _mlps(plan, shape, classes)
    height, width = shape
    pixels = height * width
    sizes = {
        "inputs": config.latent_dim,
        "pixels": pixels,
        "g_inputs": config.latent_dim + classes,
        "d_inputs": pixels + classes,
        "classes": f" and {classes} one-hots of the class" if classes else "",
    }
    if config.network == "lecture":
        return GLOROT.format(**sizes)
    maps = (_MAPS_AND_CLASSES if classes else _MAPS).format(pixels=pixels, height=height, width=width)
    small = {"small_h": height // 4, "small_w": width // 4, "size": 32 * (height // 4) * (width // 4)}
    return CONVOLUTIONS.format(**sizes, **small, channels=1 + classes, maps=maps)


def _mlps(plan: Plan, shape: tuple[int, int] | None, classes: int) -> str:
    config = plan.start
    dim, scale = _sizes(plan, shape)
    if config.dataset == SHIFTED:
        return (
            LINEAR + (SPECTRAL if config.spectral_norm else "") + _shifted_line(config) + _judge(plan, shape, classes)
        )
    made, told = "an image" if shape else "a point", ", given its class" if classes else ""
    generator = _mlp(
        "Generator",
        f"z ({config.latent_dim} numbers) -> {made}{told}.",
        config.g_activation,
        (config.latent_dim + classes, config.g_width, config.g_depth, dim),
        last="torch.tanh(self.last(x))" if shape else _scaled(scale),
    )
    return LINEAR + (SPECTRAL if config.spectral_norm else "") + generator + _judge(plan, shape, classes)


def _judge(plan: Plan, shape: tuple[int, int] | None, classes: int) -> str:
    """The discriminator among the perceptrons."""
    config = plan.start
    dim, scale = _sizes(plan, shape)
    return _mlp(
        "Discriminator",
        f"{'An image' if shape else 'A point'}{' and its class' * bool(classes)} -> a logit: higher means more real.",
        config.d_activation,
        (dim + classes, config.d_width, config.d_depth, 1),
        layer="SpectralLinear" if config.spectral_norm else "Linear",
        scaled=scale != 1,
    )


def _shifted_line(config: RunConfig) -> str:
    uniform, wide = config.prior == "uniform", config.latent_dim > 1
    width = f"{config.distribution().sigma!r}"
    spread = "torch.special.ndtri(share[:, 1].clamp(1e-6, 1 - 1e-6))" if uniform else "z[:, 1]"
    return SHIFTED_LINE.format(
        theta=repr(float(config.theta)),
        share="(z + 1) / 2" if uniform else "(1 + torch.erf(z / math.sqrt(2))) / 2",
        second=", the second makes the line as wide as the data's" if wide else "",
        normal=f" + {width} * {spread}" if wide else "",
    )


def _sizes(plan: Plan, shape: tuple[int, int] | None) -> tuple[int, float]:
    if shape is not None:
        return shape[0] * shape[1], 1.0
    assert plan.data is not None
    return plan.data.dim, plan.data.scale


def _scaled(scale: float) -> str:
    return "self.last(x)" if scale == 1 else "self.last(x, outer=SCALE)"


def _mlp(
    name: str,
    what: str,
    activation: Activation,
    sizes: tuple[int, int, int, int],
    *,
    layer: str = "Linear",
    scaled: bool = False,
    last: str = "self.last(x)",
) -> str:
    """sizes: inputs, width, depth, outputs."""
    inputs, width, depth, outputs = sizes
    function, gain = ACTIVATIONS[activation]
    hidden = f"{layer}(rng, {inputs}, {width}, gain)"
    if depth > 2:
        hidden += f"] + [{layer}(rng, {width}, {width}, gain) for _ in range({depth - 1})"
    elif depth == 2:
        hidden += f", {layer}(rng, {width}, {width}, gain)"
    return MLP.format(
        name=name,
        what=what,
        gain=gain,
        hidden=hidden,
        layer=layer,
        width=width,
        outputs=outputs,
        hidden_pass=_hidden_pass(function, scaled, depth),
        last=last,
    )


def _hidden_pass(function: str, scaled: bool, depth: int) -> str:
    """The hidden layers; a scaled input is divided by SCALE, so that the weights see numbers of order one."""
    each = f"            x = {function.format(x='layer(x)')}\n"
    if not scaled:
        return f"        for layer in self.hidden:\n{each}"
    first = function.format(x="self.hidden[0](x, inner=1 / SCALE)")
    text = f"        # The weights see numbers of order one, whatever the data's unit is.\n        x = {first}\n"
    return text + (f"        for layer in self.hidden[1:]:\n{each}" if depth > 1 else "")


def parameters(config: RunConfig) -> str:
    """How the two optimisers are made."""
    options = {
        "adam": "Adam({network}.parameters(), lr=s.{lr}, betas=(s.beta1, s.beta2), fused=True)",
        "rmsprop": "RMSprop({network}.parameters(), lr=s.{lr}, alpha=s.beta2, foreach=True)",
        "sgd": "SGD({network}.parameters(), lr=s.{lr}, momentum=s.beta1, fused=True)",
    }[config.optimizer]
    d, g = (
        options.format(network=network, lr=lr) for network, lr in (("discriminator", "lr_d"), ("generator", "lr_g"))
    )
    way = "foreach" if config.optimizer == "rmsprop" else "fused"
    why = f"# {way}: all weights at once, rounded as in the playground."
    return f"{why}\nd_optimizer = torch.optim.{d}\ng_optimizer = torch.optim.{g}"


TUNES: dict[str, str] = {
    "adam": "betas=(s.beta1, s.beta2)",
    "rmsprop": "alpha=s.beta2",
    "sgd": "momentum=s.beta1",
}
"""What a live change tells a running optimiser besides its learning rate."""
