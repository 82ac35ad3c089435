"""The playground's training as one script. By itself it trains the default run; an exported script is a part of it.

The exporter reads this file as text. `# [if x]` behind an `if` settles its test: a branch that the run never takes
goes, and so does a test that always comes out the same. `# [with x]` keeps its line, and what is indented below it,
only where the run has x at some time. Constants and settings get the run's values. What nothing refers to then, goes.
"""

import argparse
import base64
import copy
import gzip
import math
import typing
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as f

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], np.ndarray]

SEED = 0
STEPS = 1000  # training steps
DIM = 2  # numbers in an example
G_SCALE = 1.4143549766589716  # what G gives is multiplied by this, the data's root mean square coordinate
D_SCALE = 1.4143549766589716  # and what D sees is divided by this
HEIGHT = 8  # of an image, in pixels
WIDTH = 8
CLASSES = 10  # an example ends with the one-hot of its class
LATENT_DIM = 2  # numbers in z
G_INPUTS = 2  # numbers that G is given
D_PLANES = 1  # planes that D is given
PACK = 1  # examples that D judges at once, side by side
KERNELS, KERNEL_SIZE = 5, 3  # B and C of minibatch discrimination
FEATURES = 0  # numbers about its batch that D is told beside its last hidden layer
D_UNITS = 64  # units of that layer
VERDICT = 1  # numbers that D says of an example: a logit, and those of the classes where it names them
AUXILIARY = 0.0  # weight of the cross-entropy of those
G_SIZES = [2, 64, 64, 2]  # units of G's layers, from its input to its output
D_SIZES = [2, 64, 64, 1]
G_ACTIVATION = "relu"
D_ACTIVATION = "leaky_relu"
INIT_GAIN = 1.0  # multiplies all initial weights
LAST_GAIN = 0.5  # and those of the last layers: G starts as a cloud within the data, D undecided
SPECTRAL_NORM = False
OPTIMIZER = "adam"  # of G
D_OPTIMIZER = "adam"
THETA = 1.0  # where G starts
PSI = 1.0  # D's slope at the start
SCALE = 1.4143549766589716  # the data's root mean square coordinate
LOW = -3.0  # where the stage begins and ends, along each axis
HIGH = 3.0
TOP = 1.0  # what D says is a share of this density
NEIGHBOUR = 8  # the distances to which neighbour tell the entropy
TRIES = 16  # proposals for each point that is drawn by rejection
LOWEST = -6.0  # log sigma of the decoder falls no further
SAMPLES = 10000  # to generate at the end

METHOD, DECODER, OUTPUT, SLOPES = "gan", "gaussian", "sigmoid", False
DATASET, KIND, IMAGES, CONDITIONAL = "ring8", "mixture", False, False
NETWORK, SHIFTED, PRIOR, INIT = "mlp", False, "normal", "he"
MINIBATCH, APART = "none", False


@dataclass
class Settings:
    """Settings that may change while the run trains."""

    batch_size: int = 256
    trains: str = "both"  # or one of discriminator and generator, while the other is held
    updates: str = "alternating"
    consensus: float = 0.0  # weight of |field|^2 / 2
    k: int = 1  # updates of D for each one of G
    unroll: int = 0  # steps of D that G looks ahead
    g_first: bool = False  # G moves before D, which then sees the same fakes
    loss: str = "non_saturating"
    lr_d: float = 0.001  # learning rate of D
    lr_g: float = 0.001  # learning rate of G
    beta1: float = 0.5
    beta2: float = 0.999
    lr_decay: int = 0  # updates of G in which both learning rates fall to 0; 0: they stay
    rates_since: int = 0
    clip: float = 0.0  # D's weights are cut to [-clip, clip]
    penalty: str = "none"  # on D's slope
    penalty_weight: float = 1.0
    feature_matching: bool = False  # G matches the means of D's last hidden layer instead of its loss
    top_k: float = 1.0  # share of the fakes that G learns from: those with D's highest logits
    replay: float = 0.0  # share of D's fakes that come from earlier batches
    replay_batches: int = 20  # how many batches are kept for that
    instance_noise: float = 0.0  # standard deviation of the noise on what D sees
    noise_decay: int = 0  # updates of G in which that noise falls to 0; 0: it stays
    noise_since: int = 0
    label_flip: float = 0.0  # probability that D is told a wrong label
    label_smoothing: float = 0.0  # real examples have the label 1 - this
    label_decay: int = 0  # updates of G in which both fall to 0; 0: they stay
    labels_since: int = 0
    entropy: float = 0.0  # weight of the entropy of G
    vae_beta: float = 1.0  # weight of the KL
    ema: float = 0.0  # decay of the averaged generator


s = Settings()

CHANGES: list[tuple[int, dict[str, object]]] = []


def whole(text: str, least: int = 1) -> int:
    """Reads an argument: a whole number from `least` up."""
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} up (got {text!r})")
    return int(text)


parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=lambda text: whole(text, 0), default=SEED)
parser.add_argument("--steps", type=whole, default=STEPS, help="training steps")
parser.add_argument("--every", type=whole, default=100, help="print the losses every so many steps")
parser.add_argument("--out", default="samples.npy", help="where generated examples go at the end")
if IMAGES:  # [if images]
    parser.add_argument("--data", required=True, help="see the head of this file")
arguments = parser.parse_args()
SEED, STEPS = arguments.seed, arguments.steps


def generator_for(purpose: str) -> np.random.Generator:
    """A source of random numbers for each purpose: more draws for one never shift those of another."""
    return np.random.default_rng([SEED, *purpose.encode()])


class Stream:
    """Random rows, drawn in long blocks (one call of NumPy costs more than a layer) and handed out in slices."""

    def __init__(self, purpose: str, draw: Draw, dim: int) -> None:
        """draw: makes rows of `dim` numbers."""
        self.rng, self.draw, self.rows = generator_for(purpose), draw, max(2048, 65_536 // dim)
        self.block, self.used = torch.empty(0), 0

    def take(self, n: int) -> Tensor:
        """The next n rows; what is left of a block that is too short for them is dropped."""
        if self.used + n > len(self.block):
            self.block, self.used = torch.from_numpy(self.draw(self.rng, self.rows).astype(np.float32)), 0
        self.used += n
        return self.block[self.used - n : self.used]


def uniform(rng: np.random.Generator, n: int) -> np.ndarray:
    """n numbers from U(0, 1), as a column."""
    return rng.random((n, 1), dtype=np.float32)


def unpacked(*lines: str) -> Floats:
    """Numbers that are too many to be read one by one."""
    return np.frombuffer(zlib.decompress(base64.b64decode("".join(lines))), "<f8")


CENTRES = 2.0 * np.stack([place(2 * math.pi * np.arange(8) / 8) for place in (np.cos, np.sin)], axis=1)
WEIGHTS = np.full(8, 1 / 8)
SIDE = 2.0
SIGMA = 0.02
SIGMAS = np.full((8, 2), 0.02)


def curve(u: Floats) -> Floats:
    """The unit circle."""
    return np.stack([np.cos(2 * math.pi * u), np.sin(2 * math.pi * u)], axis=1)


def sample(rng: np.random.Generator, n: int) -> Floats:
    """n points of the data, (n, DIM)."""
    if KIND == "curve":  # [if curve]
        return curve(rng.random(n)) + SIGMA * rng.standard_normal((n, DIM))
    elif KIND == "squares":  # [if squares]
        corners = CENTRES[rng.choice(len(CENTRES), size=n)]
        return corners + SIDE * rng.random((n, DIM)) + SIGMA * rng.standard_normal((n, DIM))
    elif KIND == "smoothed":  # [if smoothed]
        chosen = np.searchsorted(np.cumsum(WEIGHTS), rng.random(n), side="right")
        return CENTRES[np.minimum(chosen, len(WEIGHTS) - 1)] + SIGMA * rng.standard_normal((n, DIM))
    elif KIND == "ellipses":  # [if ellipses]
        chosen = rng.choice(len(WEIGHTS), size=n, p=WEIGHTS)
        return CENTRES[chosen] + SIGMAS[chosen] * rng.standard_normal((n, DIM))
    else:
        chosen = rng.choice(len(WEIGHTS), size=n, p=WEIGHTS)
        return CENTRES[chosen] + SIGMA * rng.standard_normal((n, DIM))


def log_density(x: Tensor) -> Tensor:
    """log p of points (n, DIM), (n,): of the data's own density."""
    if KIND == "squares":  # [if squares]
        middle = (x[:, None] - torch.tensor(CENTRES, dtype=x.dtype) - SIDE / 2).abs() / SIGMA
        far, near = SIDE / (2 * SIGMA) - middle, -SIDE / (2 * SIGMA) - middle
        above, below = torch.special.log_ndtr(far), torch.special.log_ndtr(near)
        inside = above + torch.log1p(-torch.exp(below - above))
        return torch.logsumexp(inside.sum(-1), dim=-1) - math.log(len(CENTRES) * SIDE**2)
    else:
        centres, sigmas, weights = (torch.tensor(part, dtype=x.dtype) for part in (CENTRES, SIGMAS, WEIGHTS))
        heights = weights.log() - sigmas.log().sum(-1) - 0.5 * DIM * math.log(2 * math.pi)
        return torch.logsumexp(heights - 0.5 * ((x[:, None] - centres) / sigmas).square().sum(-1), dim=-1)


def draw_places(rng: np.random.Generator, n: int) -> np.ndarray:
    """n places, even over the stage, each with the data's density there as a share of TOP: (n, DIM + 1)."""
    x = LOW + (HIGH - LOW) * rng.random((n, DIM))
    return np.concatenate([x, log_density(torch.from_numpy(x)).exp()[:, None] / TOP], axis=1)


def read_idx(folder: str, name: str, *shape: int) -> np.ndarray:
    """An array of MNIST's format, gzipped or not: four bytes, a 32-bit number for each axis, then the values."""
    path = Path(folder, name)
    content = (path if path.exists() else path.with_suffix("")).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_images(place: str) -> tuple[np.ndarray, np.ndarray | None]:
    """The training images, (n, h, w), and their labels, (n,), if they have any."""
    if DATASET == "digits":  # [if digits]
        with np.load(place) as file:
            return file["images"][:1500], file["labels"][:1500]  # the others are for testing
    elif DATASET == "own_images":  # [if own_images]
        with np.load(place) as file:
            images, labels = file["images"], file["labels"] if "labels" in file else None
        order = np.random.default_rng(0).permutation(len(images))  # one image in seven is held out for testing
        if labels is not None:
            _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
            order = np.concatenate([order[~np.isin(order, first)], first])  # each class keeps its first image
        train = np.ones(len(images), bool)
        train[order[: max(1, len(images) // 7)]] = False
        return images[train], None if labels is None else labels[train]
    else:
        labels = read_idx(place, "train-labels-idx1-ubyte.gz", -1)
        return read_idx(place, "train-images-idx3-ubyte.gz", len(labels), HEIGHT, WIDTH), labels


def in_random_order(rng: np.random.Generator, _: int) -> np.ndarray:
    """Indices of at least 2048 images, as a column: whole epochs, each in a new order."""
    return np.concatenate([rng.permutation(len(pixels)) for _ in range(0, 2048, len(pixels))])[:, None]


if IMAGES:  # [if images]
    images, labels = read_images(arguments.data)
    pixels = torch.from_numpy(images.reshape(len(images), -1).copy())
    classes_of = torch.from_numpy(np.asarray(labels, dtype=np.int64))  # [with conditional]
    data = Stream("data", in_random_order, 1)
else:
    data = Stream("data", sample, DIM)


class Linear(nn.Module):
    """x W + b, where the weights start as given and the biases as 0."""

    inner = outer = 1.0  # [with points]

    def __init__(self, weight: np.ndarray) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weight.astype(np.float32)))
        self.bias = nn.Parameter(torch.zeros(weight.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs) -> (n, outputs)."""
        if IMAGES:  # [if images]
            return torch.addmm(self.bias, x, self.weight)
        else:
            # outer * (inner * x W + b) in one call, so that even its rounding is the playground's.
            return torch.addmm(self.bias, x, self.weight, beta=self.outer, alpha=self.inner * self.outer)


class SpectralLinear(Linear):
    """A Linear whose weights are divided by their largest singular value (Miyato et al. 2018, Algorithm 1).

    One power iteration a pass keeps the estimate of that value close.
    """

    def __init__(self, weight: np.ndarray, rng: np.random.Generator) -> None:
        super().__init__(weight)
        left = torch.from_numpy(rng.standard_normal((1, len(weight))).astype(np.float32))
        self.register_buffer("left", f.normalize(left, dim=-1))
        self.left: Tensor
        for _ in range(10):  # a cold start would divide the first steps by a value far too small
            self.iterate()

    @torch.no_grad()
    def iterate(self) -> Tensor:
        """Betters the left singular vector; returns the right one."""
        right = f.normalize(self.left @ self.weight, dim=-1)
        self.left = f.normalize(right @ self.weight.T, dim=-1)
        return f.normalize(self.left @ self.weight, dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs) -> (n, outputs)."""
        right = self.iterate()
        weight = self.weight / (self.left @ self.weight @ right.T)
        if IMAGES:  # [if images]
            return torch.addmm(self.bias, x, weight)
        else:
            return torch.addmm(self.bias, x, weight, beta=self.outer, alpha=self.inner * self.outer)


ACTIVATIONS: dict[str, tuple[nn.Module, float]] = {  # each with the gain that keeps the variance through a layer
    "relu": (nn.ReLU(), 2**0.5),  # [with relu]
    "leaky_relu": (nn.LeakyReLU(0.2), (2 / 1.04) ** 0.5),  # [with leaky_relu]
    "tanh": (nn.Tanh(), 5 / 3),  # [with tanh]
    "elu": (nn.ELU(), 1.0),  # [with elu]
    "silu": (nn.SiLU(), 2**0.5),  # [with silu]
}


def start(rng: np.random.Generator, inputs: int, outputs: int, gain: float) -> np.ndarray:
    """Initial weights, (inputs, outputs)."""
    if INIT == "glorot":  # [if glorot]
        # N(0, gain^2 * 2 / (inputs + outputs)) (Glorot and Bengio 2010)
        return rng.standard_normal((inputs, outputs)) * (gain * (2 / (inputs + outputs)) ** 0.5)
    elif INIT == "orthogonal":  # [if orthogonal]
        # Orthonormal rows or columns, whichever are fewer, times gain (Saxe et al. 2013)
        q, r = np.linalg.qr(rng.standard_normal((max(inputs, outputs), min(inputs, outputs))))
        q *= np.sign(np.diag(r))  # without it some rotations would be likelier than others
        return gain * (q if inputs >= outputs else q.T)
    elif INIT == "gaussian":  # [if gaussian]
        # N(0, gain^2), whatever the layer's size
        return rng.standard_normal((inputs, outputs)) * gain
    else:
        # N(0, gain^2 / inputs) (He et al. 2015)
        return rng.standard_normal((inputs, outputs)) * (gain / inputs**0.5)


def perceptron(
    rng: np.random.Generator,
    sizes: list[int],
    activation: str,
    inner: float = 1.0,  # [with points]
    outer: float = 1.0,  # [with points]
    spectral: bool = False,  # [with spectral_norm]
    features: int = 0,  # [with features]
) -> nn.Sequential:
    """Layers of these sizes, the last one linear."""
    function, keeping = ACTIVATIONS[activation]
    inputs = sizes[:-1]
    inputs[-1] += features  # [with features]
    if INIT == "he":  # [if he]
        gains = [INIT_GAIN * keeping] * (len(sizes) - 2) + [INIT_GAIN * LAST_GAIN]
    else:
        gains = [INIT_GAIN] * (len(sizes) - 2) + [INIT_GAIN * LAST_GAIN]
    weights = (start(rng, a, b, gain) for a, b, gain in zip(inputs, sizes[1:], gains, strict=True))
    if spectral:  # [with spectral_norm]
        layers: list[Linear] = [SpectralLinear(weight, rng) for weight in weights]
    else:
        layers = [Linear(weight) for weight in weights]
    layers[0].inner, layers[-1].outer = inner, outer  # [with points]
    return nn.Sequential(*[part for layer in layers for part in (layer, function)][:-1])


class Discrimination(nn.Module):
    """Tells D how near to the others of its batch each example is (Salimans et al. 2016, section 3.2)."""

    def __init__(self, kernels: Linear) -> None:
        super().__init__()
        self.kernels = kernels
        kernels.bias.requires_grad_(False)

    def forward(self, h: Tensor) -> Tensor:
        """(n, units) -> (n, units + KERNELS)."""
        rows = self.kernels(h).T.reshape(KERNELS, KERNEL_SIZE, -1).unbind(1)
        distance = torch.stack([(row[:, :, None] - row[:, None]).abs() for row in rows]).sum(0)
        near = torch.exp(-distance).sum(-1) - 1  # without itself
        return torch.cat([h, near.T / (len(h) - 1)], dim=-1)


class Deviation(nn.Module):
    """Tells D the standard deviation of each unit over the batch, averaged (Karras et al. 2018, section 3)."""

    def forward(self, h: Tensor) -> Tensor:
        """(n, units) -> (n, units + 1)."""
        mean = (h.var(0, correction=0) + 1e-8).sqrt().mean()
        return torch.cat([h, mean.expand(len(h), 1)], dim=-1)


class ShiftedLine(nn.Module):
    """The line x = theta, and theta is all that it learns (Arjovsky et al. 2017, example 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(THETA))

    def forward(self, z: Tensor) -> Tensor:
        """z -> points, (n, 2)."""
        if PRIOR == "uniform":  # [if uniform]
            share = (z + 1) / 2
            across = torch.special.ndtri(share[:, 1].clamp(1e-6, 1 - 1e-6))  # [with plane]
        else:
            share = (1 + torch.erf(z / math.sqrt(2))) / 2
            across = z[:, 1]  # [with plane]
        x = self.theta.expand(len(z))
        x = x + SIGMA * across  # z's second number makes the line as wide as the data's  # [with plane]
        return torch.stack([x, share[:, 0]], dim=1)  # z's first number, made uniform, is the place on the line


def dirac_start() -> tuple[float, float]:
    """theta and psi of this seed: (THETA, PSI) turned about (0, 0), seed times the golden angle."""
    turn = SEED * math.pi * (3 - math.sqrt(5))
    cos, sin = (math.cos(turn), math.sin(turn)) if SEED else (1.0, 0.0)
    return cos * THETA - sin * PSI, sin * THETA + cos * PSI


class Place(nn.Module):
    """The point theta, and theta is all that G learns (Mescheder et al. 2018)."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(dirac_start()[0]))

    def forward(self, z: Tensor) -> Tensor:
        """z -> points, (n, 1)."""
        return self.theta.expand(len(z), 1)


class Slope(nn.Module):
    """D(x) = psi * x, and psi is all that D learns."""

    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(dirac_start()[1]))

    def forward(self, x: Tensor) -> Tensor:
        """Points (n, 1) -> logits, (n, 1)."""
        return self.psi * x


def glorot(rng: np.random.Generator, inputs: int, outputs: int) -> Linear:
    """A layer as Keras starts it: weights U(-a, a) with a = sqrt(6 / (inputs + outputs))."""
    limit = (6 / (inputs + outputs)) ** 0.5
    return Linear(rng.uniform(-limit, limit, (inputs, outputs)))


class Dropout(nn.Module):
    """Puts half of the units to 0; its masks come from the network's own generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.rng = rng

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, half of it 0 and the rest doubled."""
        return x * torch.from_numpy(self.rng.random(tuple(x.shape), dtype=np.float32) >= 0.5) / 0.5


def normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Weights N(0, 0.02^2), as Radford et al. (2015) advise."""
    return 0.02 * rng.standard_normal(shape)


@torch.no_grad()
def started(layer: nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d, weight: np.ndarray) -> nn.Module:
    """The layer with these weights, and biases 0."""
    layer.weight.copy_(torch.from_numpy(weight))
    if layer.bias is not None:
        layer.bias.zero_()
    return layer


class Planes(nn.Module):
    """An image and the one-hot of its class -> the image, and a constant plane for each class."""

    def forward(self, x: Tensor) -> Tensor:
        """(n, DIM + CLASSES) -> (n, 1 + CLASSES, HEIGHT, WIDTH)."""
        x = x.reshape(-1, DIM + CLASSES)  # the examples of a pack one by one  # [with packed]
        classes = x[:, DIM:, None, None].expand(-1, -1, HEIGHT, WIDTH)
        planes = torch.cat([x[:, :DIM].reshape(-1, 1, HEIGHT, WIDTH), classes], dim=1)
        planes = planes.reshape(-1, D_PLANES, HEIGHT, WIDTH)  # [with packed]
        return planes


def dcgan_generator(rng: np.random.Generator) -> nn.Sequential:
    """z -> 32 maps of a quarter of the image's size -> 16 of half of it -> the image, in (-1, 1)."""
    small = (32, HEIGHT // 4, WIDTH // 4)
    first = Linear(normal(rng, G_INPUTS, math.prod(small)))
    first.bias.requires_grad_(False)
    norms = [started(nn.BatchNorm2d(channels), 1 + normal(rng, channels)) for channels in (32, 16)]
    middle = started(nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), normal(rng, 32, 16, 4, 4))
    last = started(nn.ConvTranspose2d(16, 1, 4, 2, 1), normal(rng, 16, 1, 4, 4))
    relu, tanh = nn.ReLU(), nn.Tanh()
    return nn.Sequential(
        first, nn.Unflatten(1, small), norms[0], relu, middle, norms[1], relu, last, tanh, nn.Flatten()
    )


def dcgan_discriminator(rng: np.random.Generator) -> nn.Sequential:
    """The image -> 16 maps of half its size -> 32 of a quarter -> its verdict."""
    first = started(nn.Conv2d(D_PLANES, 16, 4, 2, 1), normal(rng, 16, D_PLANES, 4, 4))
    middle = started(nn.Conv2d(16, 32, 4, 2, 1, bias=False), normal(rng, 32, 16, 4, 4))
    norm = started(nn.BatchNorm2d(32), 1 + normal(rng, 32))
    size = 32 * (HEIGHT // 4) * (WIDTH // 4)
    size += FEATURES  # [with features]
    last = Linear(normal(rng, size, VERDICT))
    if D_PLANES > PACK:  # [if told]
        planes: nn.Module = Planes()
    else:
        planes = nn.Unflatten(1, (D_PLANES, HEIGHT, WIDTH))
    return nn.Sequential(planes, first, nn.LeakyReLU(0.2), middle, norm, nn.LeakyReLU(0.2), nn.Flatten(), last)


class Loss(NamedTuple):
    """What the players minimise, in d, the output of D: higher means more real.

    Where D(x) = sigmoid(d) is a probability, softplus(-d) is -log D(x), and softplus(d) is -log(1 - D(x)).
    """

    real: Callable[[Tensor], Tensor]
    fake: Callable[[Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    relative: bool = False  # d is the difference of the logits of a real and a generated example  # [with relative]


LOSSES = {
    "non_saturating": Loss(
        real=lambda d: f.softplus(-d),
        fake=lambda d: f.softplus(d),
        generator=lambda d: f.softplus(-d),
    ),
}


class Penalty(NamedTuple):
    """factor * E(|grad d(x)| - slope)^2, summed over the kinds of points x."""

    points: tuple[str, ...]
    slope: float
    factor: float


PENALTIES: dict[str, Penalty] = {}


def slope_penalty(real: Tensor, fake: Tensor) -> Tensor:
    """The penalty on the slope of D, at examples that it has just seen or on lines between them."""
    row = PENALTIES[s.penalty]
    points = {"real": real, "fake": fake}
    if "interpolates" in row.points:  # [if interpolates]
        if PACK > 1:  # [if packed]
            share = mix.take(len(real) // PACK).repeat_interleave(PACK, dim=0)  # the same for all of a pack
        else:
            share = mix.take(len(real))
        points["interpolates"] = real + share * (fake - real)
        if CONDITIONAL:  # [if conditional]
            points["interpolates"][:, DIM:] = real[:, DIM:]  # of the real example's class
    x = torch.cat([points[kind] for kind in row.points]).requires_grad_()  # where the slope is looked at
    if APART:  # [if apart]
        logits = torch.cat([judge(batch) for batch in x.chunk(len(row.points))])
    else:
        logits = judge(x)
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    if CONDITIONAL:  # [if conditional]
        gradient = gradient[:, :DIM]  # the slope in the examples, not in their classes
    gradient = gradient.reshape(-1, PACK * DIM)  # and in a whole pack  # [with packed]
    if row.slope == 0:  # [if zero_slope]
        excess = gradient.square().sum(-1)  # without the square root, whose gradient at 0 is infinite
    else:
        excess = (gradient.norm(dim=-1) - row.slope).square()
    return row.factor * len(row.points) * excess.mean()


def remaining(over: int, since: int) -> float:
    """What is left of what falls in a straight line to 0 over `over` updates of G from number `since`."""
    return max(0.0, 1.0 - (g_updates - since) / over)


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """D's loss from its logits of real and of generated examples, (n,) each."""
    row = LOSSES[s.loss]
    if row.relative:  # [if relative]
        return row.real(real - fake).mean()
    else:
        if s.label_flip > 0 or s.label_smoothing > 0:  # [if label_noise]
            return loss_of_noisy_labels(row, real, fake)
        else:
            return row.real(real).mean() + row.fake(fake).mean()


def loss_of_noisy_labels(row: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """The same where D is told labels y in [0, 1], which weigh the two terms (smoothing: Salimans et al. 2016)."""
    flip, smoothing = s.label_flip, s.label_smoothing
    if s.label_decay > 0:  # [if label_decay]
        left = remaining(s.label_decay, s.labels_since)
        if left == 0:
            return row.real(real).mean() + row.fake(fake).mean()
        flip, smoothing = flip * left, smoothing * left
    d = torch.cat([real, fake])
    flipped = torch.cat([flips.take(len(real)), flips.take(len(fake))]).squeeze(-1) < flip
    is_real = torch.arange(len(d)) < len(real)
    y = (is_real ^ flipped) * (1.0 - smoothing)
    return 2 * (y * row.real(d) + (1 - y) * row.fake(d)).mean()


def draw_real() -> Tensor:
    """A batch of real examples, one a row."""
    if IMAGES:  # [if images]
        index = data.take(s.batch_size).squeeze(-1).long()
        x = pixels[index].float() / 127.5 - 1.0
        if CONDITIONAL:  # [if conditional]
            return torch.cat([x, f.one_hot(classes_of[index], CLASSES).float()], dim=-1)  # behind it, its class
        else:
            return x
    else:
        return data.take(s.batch_size)


def draw_latents(rng: np.random.Generator, n: int) -> np.ndarray:
    """n times z, (n, LATENT_DIM)."""
    if PRIOR == "uniform":  # [if uniform]
        return -1.0 + 2.0 * rng.random((n, LATENT_DIM), dtype=np.float32)
    else:
        return rng.standard_normal((n, LATENT_DIM), dtype=np.float32)


def draw_fake(player: str) -> Tensor:
    """A batch of G's, for one player's update: the two never share latents."""
    z = latents[player].take(s.batch_size)
    if CONDITIONAL:  # [if conditional]
        picked = (class_draws[player].take(s.batch_size).squeeze(-1) * CLASSES).long()
        classes = f.one_hot(picked, CLASSES).float()
        return torch.cat([generator(torch.cat([z, classes], dim=-1)), classes], dim=-1)
    else:
        return generator(z)


class Replay:
    """The last fakes that G has made for D, the oldest first (Shrivastava et al. 2017)."""

    def __init__(self) -> None:
        self.rows = torch.empty(0)

    def replayed(self, fake: Tensor) -> Tensor:
        """What D is shown of a fresh batch: a share of it gives way to earlier fakes, which it then joins."""
        if s.replay == 0:  # [if forgetting]
            self.rows = torch.empty(0)
            return fake
        shown = fake
        if len(self.rows):
            again = self.rows[(replays.take(len(fake))[: round(s.replay * len(fake)), 0] * len(self.rows)).long()]
            shown = torch.cat([again, fake[len(again) :]])
        self.rows = torch.cat([self.rows, fake.detach()])[-s.replay_batches * s.batch_size :]
        return shown


def noisy(x: Tensor) -> Tensor:
    """What D sees of x: real and generated examples get the same noise (Sonderby et al. 2016)."""
    sigma = s.instance_noise
    if s.noise_decay > 0:  # [if noise_decay]
        sigma *= remaining(s.noise_decay, s.noise_since)
    if sigma == 0:
        return x
    added = sigma * noise.take(len(x))
    if CONDITIONAL:  # [if conditional]
        added = f.pad(added, (0, CLASSES))  # the classes stay as they are
    return x + added


ahead: dict[str, Tensor] = {}  # D's weights some of its own steps from now, while G is judged by them


def verdict(x: Tensor) -> Tensor:
    """What D says of examples, VERDICT numbers a row, or of packs of them."""
    x = x[:, :DIM]  # it is not told the classes  # [with auxiliary]
    x = x.reshape(len(x) // PACK, -1)  # PacGAN (Lin et al. 2018)  # [with packed]
    if s.unroll > 0:  # [if unroll]
        return torch.func.functional_call(discriminator, ahead, (x,))
    else:
        return discriminator(x)


def class_error(said: Tensor, x: Tensor) -> Tensor:
    """Cross-entropy of the classes that D names with those that the examples have, (n,) (Odena et al. 2017)."""
    return f.cross_entropy(said[:, 1:], x[:, DIM:], reduction="none")


def judge(x: Tensor) -> Tensor:
    """D's logits of examples, one a row, or of packs of them."""
    return verdict(x)[:, 0]


def last_hidden(x: Tensor) -> Tensor:
    """D's last hidden layer at examples, (n, units)."""
    above = 1
    above += 1  # the dropout  # [with lecture]
    above += 1  # what D is told of its batch  # [with features]
    layers = discriminator[:-above]
    if s.unroll > 0:  # [if unroll]
        own = layers.state_dict().keys()
        held = {name: value for name, value in ahead.items() if name in own}
        found = torch.func.functional_call(layers, held, (x,))
        ahead.update(held)  # what a pass changes in them, such as spectral norm's vectors
        return found
    else:
        return layers(x)


def judged(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """D's loss on a batch of real and a batch of generated examples, and what D descends: with its penalty."""
    real, fake = noisy(real), noisy(fake)  # [with instance_noise]
    if APART:  # [if apart]
        # Two passes: what D takes from a batch must not mix real and generated examples.
        of_real, of_fake = verdict(real), verdict(fake)
    else:
        of_real, of_fake = verdict(torch.cat([real, fake])).chunk(2)
    loss = discriminator_loss(of_real[:, 0], of_fake[:, 0])
    loss = loss + AUXILIARY * (class_error(of_real, real) + class_error(of_fake, fake)).mean()  # [with auxiliary]
    if s.penalty in PENALTIES and s.penalty_weight > 0:  # [if penalised]
        return loss, loss + s.penalty_weight * slope_penalty(real, fake)
    else:
        return loss, loss


def generator_loss(fake: Tensor) -> Tensor:
    """G's loss on a batch of its own examples."""
    if s.unroll > 0:  # [if unroll]
        look_ahead(draw_real(), fake)
    fake = noisy(fake)  # [with instance_noise]
    if s.feature_matching:  # [if feature_matching]
        seen = last_hidden(fake).mean(0)
        real = draw_real()
        real = noisy(real)  # [with instance_noise]
        loss = (last_hidden(real).mean(0) - seen).square().sum()  # Salimans et al. 2016, section 3.1
    else:
        said = verdict(fake)
        logits = said[:, 0]
        if s.top_k < 1:  # [if choosing]
            chosen = logits.topk(max(1, round(s.top_k * len(logits)))).indices  # Sinha et al. 2020
        if LOSSES[s.loss].relative:  # [if relative]
            real = draw_real()
            real = noisy(real)  # [with instance_noise]
            logits = logits - judge(real)
        terms = LOSSES[s.loss].generator(logits)
        terms = terms + AUXILIARY * class_error(said, fake)  # [with auxiliary]
        if s.top_k < 1:  # [if choosing]
            terms = terms[chosen]
        loss = terms.mean()
    ahead.clear()  # [with unroll]
    return loss


def look_ahead(real: Tensor, fake: Tensor) -> None:
    """Takes s.unroll steps of D in thought, as a function of G's examples (Metz et al. 2017)."""
    ahead.update({name: kept.clone() for name, kept in discriminator.named_buffers()})
    names = [name for name, _ in discriminator.named_parameters()]
    weights: list[Tensor] = [weight.detach().requires_grad_() for weight in discriminator.parameters()]
    memories = [d_optimizer.state.get(weight, {}) for weight in discriminator.parameters()]
    for _ in range(s.unroll):
        ahead.update(zip(names, weights, strict=True))
        _, total = judged(real, fake)
        gradients = torch.autograd.grad(total, weights, create_graph=True)
        for i, gradient in enumerate(gradients):
            weights[i], memories[i] = stepped(weights[i], gradient, memories[i])
            if s.clip > 0:  # [if clip]
                weights[i] = weights[i].clamp(-s.clip, s.clip)
    ahead.update(zip(names, weights, strict=True))


def stepped(weight: Tensor, gradient: Tensor, memory: dict[str, typing.Any]) -> tuple[Tensor, dict[str, typing.Any]]:
    """One step of D's optimiser as a formula: the next weight, and what the optimiser then remembers."""
    group = d_optimizer.param_groups[0]
    if D_OPTIMIZER == "sgd":  # [if d_sgd]
        before = memory.get("momentum_buffer")
        velocity = gradient if before is None else group["momentum"] * before + gradient
        return weight - group["lr"] * velocity, {"momentum_buffer": velocity}
    elif D_OPTIMIZER == "rmsprop":  # [if d_rmsprop]
        square = group["alpha"] * memory.get("square_avg", 0.0) + (1 - group["alpha"]) * gradient.square()
        return weight - group["lr"] * gradient / (root(square) + 1e-8), {"square_avg": square}
    elif D_OPTIMIZER == "optimistic_adam":  # [if d_optimistic_adam]
        direction, after = adam_direction(gradient, memory, group)
        return weight - group["lr"] * (2 * direction - memory.get("last", 0.0)), after | {"last": direction}
    else:
        direction, after = adam_direction(gradient, memory, group)
        return weight - group["lr"] * direction, after


def adam_direction(
    gradient: Tensor, memory: dict[str, typing.Any], group: dict[str, typing.Any]
) -> tuple[Tensor, dict[str, typing.Any]]:
    """Where Adam goes, for a learning rate of 1 (Kingma and Ba 2015, algorithm 1), and what it then remembers."""
    beta1, beta2 = group["betas"]
    step = float(memory.get("step", 0)) + 1
    mean = beta1 * memory.get("exp_avg", 0.0) + (1 - beta1) * gradient
    square = beta2 * memory.get("exp_avg_sq", 0.0) + (1 - beta2) * gradient.square()
    direction = (mean / (1 - beta1**step)) / (root(square / (1 - beta2**step)) + 1e-8)
    return direction, {"step": step, "exp_avg": mean, "exp_avg_sq": square}


def root(square: Tensor) -> Tensor:
    """The square root, whose slope at 0 is taken as 0: the weight has never had a gradient."""
    known = square > 0
    return torch.where(known, torch.where(known, square, 1.0).sqrt(), 0.0)


def move_discriminator() -> None:
    """D follows its gradient."""
    d_optimizer.step()
    if s.clip > 0:  # [if clip]
        with torch.no_grad():
            for weight in discriminator.parameters():
                weight.clamp_(-s.clip, s.clip)  # weight clipping (Arjovsky et al. 2017)


def move_generator() -> None:
    """G follows its gradient."""
    g_optimizer.step()
    with torch.no_grad():  # [with ema]
        for held, new in zip(average.parameters(), generator.parameters(), strict=True):
            held.lerp_(new, 1 - s.ema)  # the average follows: w <- ema * w + (1 - ema) * new
        for kept, now in zip(average.buffers(), generator.buffers(), strict=True):  # [with dcgan]
            kept.copy_(now)  # batch norm's statistics are averages already
    count()  # [with fading]


def count() -> None:
    """A step is done: what fades has less left."""
    global g_updates
    g_updates += 1
    if s.lr_decay > 0:  # [if lr_decay]
        fade_rates()


def update_discriminator(real: Tensor, fake: Tensor) -> float:
    """One step of D on a batch of real and a batch of generated examples."""
    fake = fake.detach()  # this step leaves G alone
    fake = past.replayed(fake)  # [with replay]
    loss, total = judged(real, fake)
    discriminator.zero_grad()
    total.backward()
    move_discriminator()
    return loss.item()


def update_generator(fake: Tensor) -> float:
    """One step of G on a batch of its own examples."""
    loss = generator_loss(fake)
    generator.zero_grad()
    loss.backward()
    move_generator()
    return loss.item()


def trained(network: nn.Module) -> list[nn.Parameter]:
    """Those of a network's weights that learn."""
    return [weight for weight in network.parameters() if weight.requires_grad]


def find_gradients() -> tuple[float, float]:
    """Gives both networks their gradients at the same weights, on the same fakes. Returns D's loss and G's."""
    d_weights, g_weights = trained(discriminator), trained(generator)
    fake = draw_fake("g")
    g_loss = generator_loss(fake)
    if s.consensus > 0:  # [if consensus]
        fake = past.replayed(fake)  # [with replay]
        d_loss, total = judged(draw_real(), fake)
        d_field = torch.autograd.grad(total, d_weights, create_graph=True)
        g_field = torch.autograd.grad(g_loss, g_weights, create_graph=True)
        field = damped([*d_field, *g_field], [*d_weights, *g_weights])
    else:
        fake = fake.detach()
        fake = past.replayed(fake)  # [with replay]
        d_loss, total = judged(draw_real(), fake)
        field = [*torch.autograd.grad(total, d_weights), *torch.autograd.grad(g_loss, g_weights)]
    for weight, gradient in zip([*d_weights, *g_weights], field, strict=True):
        weight.grad = gradient.contiguous()  # in memory order, on which fused optimisers rely
    return d_loss.item(), g_loss.item()


def damped(field: list[Tensor], weights: list[nn.Parameter]) -> list[Tensor]:
    """Both players' gradients, and those of consensus / 2 * |field|^2 (Mescheder et al. 2017, algorithm 2)."""
    energy = 0.5 * torch.stack([part.square().sum() for part in field]).sum()
    slopes = torch.autograd.grad(energy, weights, materialize_grads=True)
    return [part.detach() + s.consensus * slope for part, slope in zip(field, slopes, strict=True)]


def update_both() -> tuple[float, float]:
    """One step of both players at once (Mescheder et al. 2017, algorithm 1). Returns D's loss and G's."""
    losses = find_gradients()
    move_discriminator()
    move_generator()
    return losses


def update_by_looking_ahead() -> tuple[float, float]:
    """One step of both by the gradients one step ahead; with Adam: ExtraAdam (Gidel et al. 2019, algorithm 4)."""
    weights = [*trained(discriminator), *trained(generator)]
    here = [weight.detach().clone() for weight in weights]
    losses = find_gradients()
    move_discriminator()
    g_optimizer.step()
    find_gradients()
    with torch.no_grad():
        for weight, before in zip(weights, here, strict=True):
            weight.copy_(before)
    move_discriminator()
    move_generator()
    return losses


def descend(loss: Tensor) -> float:
    """One step of all networks down a loss that they share."""
    discriminator.zero_grad()  # [with judge]
    generator.zero_grad()  # [with maker]
    loss.backward()
    move_discriminator()  # [with judge]
    move_generator()  # [with maker]
    return loss.item()


def update_likelihood() -> float:
    """One step of G down -E log p(G(z)) - entropy * H(G)."""
    z = latents["g"].take(s.batch_size)
    if s.entropy > 0:  # [if entropy]
        x, entropy = with_entropy(z)
        return descend(-log_density(x).mean() - s.entropy * entropy)
    else:
        return descend(-log_density(generator(z)).mean())


def with_entropy(z: Tensor) -> tuple[Tensor, Tensor]:
    """G's points of z, and their entropy in nats."""
    if SLOPES:  # [if slopes]
        # That of z and the mean of log |det dG/dz|.
        z = z.detach().requires_grad_()
        x: Tensor = generator(z)
        rows = [torch.autograd.grad(x[:, i].sum(), z, create_graph=True)[0] for i in range(DIM)]
        if PRIOR == "uniform":  # [if uniform]
            of_z = math.log(2)
        else:
            of_z = 0.5 * math.log(2 * math.pi * math.e)
        return x, LATENT_DIM * of_z + torch.linalg.slogdet(torch.stack(rows, dim=-2)).logabsdet.mean()
    else:
        # By the distance of each to its k-th neighbour (Kozachenko and Leonenko 1987; Kraskov et al. 2004).
        x = generator(z)
        n, k = len(x), min(NEIGHBOUR, len(x) - 1)
        squares = (x[:, None] - x).square().sum(-1)
        kth = squares.kthvalue(k + 1, dim=1).values.clamp(min=(1e-6 * SCALE) ** 2)  # the first is the point itself
        ball = 0.5 * DIM * math.log(math.pi) - math.lgamma(0.5 * DIM + 1)
        return x, 0.5 * DIM * kth.log().mean() + ball + sum(1 / i for i in range(k, n))


def modelled(x: Tensor) -> Tensor:
    """The density that D says of places (n, DIM), as a share of TOP: (n,)."""
    if OUTPUT == "softplus":  # [if softplus]
        return f.softplus(discriminator(x)[:, 0])
    else:
        return torch.sigmoid(discriminator(x)[:, 0])


def update_density() -> float:
    """One step of D down the mean of (modelled - p / TOP)^2."""
    rows = places.take(s.batch_size)
    loss = descend((modelled(rows[:, :-1]) - rows[:, -1]).square().mean())
    count()  # [with fading]
    return loss


@torch.no_grad()
def drawn_by_rejection(rng: np.random.Generator, n: int) -> np.ndarray:
    """n points of what D says: of each one's proposals the first that lies below it, NaN where none does."""
    proposed = torch.from_numpy(rng.random((n, TRIES * (DIM + 1)), dtype=np.float32)).reshape(-1, DIM + 1)
    axis = torch.linspace(LOW, HIGH, 64)
    highest = modelled(torch.stack(torch.meshgrid(*[axis] * DIM, indexing="xy"), dim=-1).reshape(-1, DIM)).max()
    x = LOW + (HIGH - LOW) * proposed[:, :DIM]
    below = (proposed[:, DIM] * highest < modelled(x)).reshape(n, TRIES)
    first = below.int().argmax(1)
    kept = x.reshape(n, TRIES, DIM)[torch.arange(n), first]
    return torch.where(below.any(1)[:, None], kept, torch.nan).numpy()


def update_autoencoder() -> float:
    """One step of both networks down |x - decoded(code(x))|^2."""
    x = draw_real()
    return descend((generator(discriminator(x)) - x).square().sum(-1).mean())


def update_vae() -> tuple[float, float, float]:
    """One step of both networks down -E log p(x | z) + vae_beta * KL, z = mu + sigma * epsilon. Also both halves."""
    x = draw_real()
    mu, log_sigma = discriminator(x).chunk(2, dim=-1)
    kl = 0.5 * (mu.square() + (2 * log_sigma).exp() - 1 - 2 * log_sigma).sum(-1).mean()
    z = mu + log_sigma.exp() * epsilon.take(s.batch_size)
    if DECODER == "bernoulli":  # [if bernoulli]
        # sigmoid(2a) = (1 + tanh a) / 2: the picture is the probability of white.
        white = (x + 1) / 2
        reconstruction = f.binary_cross_entropy_with_logits(2 * generator[0](z), white, reduction="none").sum(-1).mean()
    else:
        width = spread(generator)
        off = (x - generator(z)) * (-width).exp()
        log_p = -0.5 * off.square().sum(-1) - DIM * (width.squeeze(-1) + 0.5 * math.log(2 * math.pi))
        reconstruction = -log_p.mean()
    return descend(reconstruction + s.vae_beta * kl), reconstruction.item(), kl.item()


def spread(network: nn.Module) -> Tensor:
    """log sigma of what the decoder says, in the data's units."""
    learned = network.get_parameter("log_sigma")
    return LOWEST + f.softplus(learned - LOWEST) + math.log(SCALE)


class OptimisticAdam(torch.optim.Optimizer):
    """Adam that goes twice its step and takes back the last one (Daskalakis et al. 2018, algorithm 1)."""

    def __init__(self, weights: list[nn.Parameter], lr: float) -> None:
        super().__init__(weights, {"lr": lr, "betas": (s.beta1, s.beta2)})

    @torch.no_grad()
    def step(self, closure: object = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Moves every weight by its gradient."""
        group = self.param_groups[0]
        for weight in group["params"]:
            if weight.grad is not None:
                direction, after = adam_direction(weight.grad, self.state[weight], group)
                weight -= group["lr"] * (2 * direction - self.state[weight].get("last", 0.0))
                self.state[weight] = after | {"last": direction}


# All weights at once (fused, foreach), so that even the rounding is the playground's.
OPTIMIZERS: dict[str, Callable[[list[nn.Parameter], float], torch.optim.Optimizer]] = {
    "adam": lambda w, lr: torch.optim.Adam(w, lr=lr, betas=(s.beta1, s.beta2), fused=True),  # [with adam]
    "optimistic_adam": OptimisticAdam,  # [with optimistic_adam]
    "rmsprop": lambda w, lr: torch.optim.RMSprop(w, lr=lr, alpha=s.beta2, foreach=True),  # [with rmsprop]
    "sgd": lambda w, lr: torch.optim.SGD(w, lr=lr, momentum=s.beta1, fused=True),  # [with sgd]
}


def fade_rates() -> None:
    """Gives the optimisers what is left of their learning rates."""
    left = remaining(s.lr_decay, s.rates_since)
    d_optimizer.param_groups[0]["lr"] = s.lr_d * left  # [with judge]
    g_optimizer.param_groups[0]["lr"] = s.lr_g * left  # [with maker]


torch.set_num_threads(1)  # the networks are small: more threads only cost time
if METHOD == "gan":  # [if gan]
    g_rng = generator_for("generator")
    d_rng = generator_for("discriminator")
elif METHOD == "likelihood":  # [if likelihood]
    g_rng = generator_for("generator")
elif METHOD == "density":  # [if density]
    d_rng = generator_for("density")
else:
    g_rng = generator_for("decoder")
    d_rng = generator_for("encoder")
if DATASET == "dirac":  # [if dirac]
    generator, discriminator = nn.Sequential(Place()), nn.Sequential(Slope())
elif NETWORK == "dcgan":  # [if dcgan]
    generator, discriminator = dcgan_generator(g_rng), dcgan_discriminator(d_rng)
elif NETWORK == "lecture":  # [if lecture]
    hidden = glorot(g_rng, G_SIZES[0], 100)
    hidden.bias.requires_grad_(False)
    generator = nn.Sequential(hidden, nn.LeakyReLU(0.3), glorot(g_rng, 100, DIM), nn.Tanh())
    units = 100
    first = glorot(d_rng, D_SIZES[0], units)
    units += FEATURES  # [with features]
    layers = [first, nn.LeakyReLU(0.3), Dropout(d_rng), glorot(d_rng, units, VERDICT)]
    discriminator = nn.Sequential(*layers)
else:
    if SHIFTED:  # [if shifted]
        generator = nn.Sequential(ShiftedLine())
    elif IMAGES:  # [if images]
        generator = nn.Sequential(perceptron(g_rng, G_SIZES, G_ACTIVATION), nn.Tanh())
    else:
        generator = perceptron(g_rng, G_SIZES, G_ACTIVATION, outer=G_SCALE)  # [with maker]
    discriminator = perceptron(  # [with judge]
        d_rng,
        D_SIZES,
        D_ACTIVATION,
        inner=1 / D_SCALE,  # [with points]
        spectral=SPECTRAL_NORM,  # [with spectral_norm]
        features=FEATURES,  # [with features]
    )
if MINIBATCH != "none":  # [if features]
    if MINIBATCH == "deviation":  # [if deviation]
        told: nn.Module = Deviation()
    elif NETWORK == "dcgan":  # [if dcgan]
        told = Discrimination(Linear(normal(d_rng, D_UNITS, KERNELS * KERNEL_SIZE)))
    elif NETWORK == "lecture":  # [if lecture]
        told = Discrimination(glorot(d_rng, D_UNITS, KERNELS * KERNEL_SIZE))
    elif SPECTRAL_NORM:  # [if spectral_norm]
        told = Discrimination(SpectralLinear(start(d_rng, D_UNITS, KERNELS * KERNEL_SIZE, INIT_GAIN), d_rng))
    else:
        told = Discrimination(Linear(start(d_rng, D_UNITS, KERNELS * KERNEL_SIZE, INIT_GAIN)))
    if NETWORK == "lecture":  # [if lecture]
        discriminator.insert(2, told)  # before the dropout
    else:
        discriminator.insert(len(discriminator) - 1, told)  # before the last layer
if METHOD == "vae" and DECODER == "gaussian":  # [if gaussian_decoder]
    generator.register_parameter("log_sigma", nn.Parameter(torch.full((1, 1), -1.0)))  # one for all numbers
average = copy.deepcopy(generator)
d_optimizer = OPTIMIZERS[D_OPTIMIZER](list(discriminator.parameters()), s.lr_d)
g_optimizer = OPTIMIZERS[OPTIMIZER](list(generator.parameters()), s.lr_g)

latents = {player: Stream(f"latent_{player}", draw_latents, LATENT_DIM) for player in ("d", "g")}
class_draws = {player: Stream(f"classes_{player}", uniform, 1) for player in ("d", "g")}
noise = Stream("noise", lambda rng, n: rng.standard_normal((n, DIM), dtype=np.float32), DIM)
flips = Stream("labels", uniform, 1)
mix = Stream("mix", uniform, 1)
replays = Stream("replay", uniform, 1)
past = Replay()
places = Stream("places", draw_places, DIM + 1)
epsilon = Stream("posterior", draw_latents, LATENT_DIM)

# Goodfellow et al. 2014, algorithm 1: one update of G a step, and those of D that belong to it.  # [with gan]
d_loss = g_loss = 0.0  # of a player that has not moved yet
g_updates = 0
for step in range(STEPS):
    for at, changes in CHANGES:  # [with changes]
        if at == step:  # what was changed before this step
            vars(s).update(changes)
            # The optimisers get the new numbers; what they remember of past gradients stays.  # [with retuned]
            new_d = OPTIMIZERS[D_OPTIMIZER](list(discriminator.parameters()), s.lr_d)  # [with retuned_judge]
            new_g = OPTIMIZERS[OPTIMIZER](list(generator.parameters()), s.lr_g)  # [with retuned_maker]
            d_optimizer.param_groups[0].update(new_d.defaults)  # [with retuned_judge]
            g_optimizer.param_groups[0].update(new_g.defaults)  # [with retuned_maker]
            if s.lr_decay > 0:  # [if lr_decay]
                fade_rates()
    if METHOD == "gan":  # [if gan]
        if s.trains == "discriminator":  # [if only_d]
            for _ in range(s.k):
                d_loss = update_discriminator(draw_real(), draw_fake("d"))
            count()  # [with fading]
        elif s.trains == "generator":  # [if only_g]
            g_loss = update_generator(draw_fake("g"))
        elif s.updates == "simultaneous":  # [if simultaneous]
            d_loss, g_loss = update_both()
        elif s.updates == "extragradient":  # [if extragradient]
            d_loss, g_loss = update_by_looking_ahead()
        elif s.g_first:  # [if g_first]
            fake = draw_fake("g")
            g_loss = update_generator(fake)
            for i in range(s.k):
                d_loss = update_discriminator(draw_real(), fake if i == 0 else draw_fake("d"))
        else:
            for _ in range(s.k):
                d_loss = update_discriminator(draw_real(), draw_fake("d"))
            g_loss = update_generator(draw_fake("g"))
        losses = {"d_loss": d_loss, "g_loss": g_loss}
    elif METHOD == "likelihood":  # [if likelihood]
        losses = {"loss": update_likelihood()}
    elif METHOD == "density":  # [if density]
        losses = {"loss": update_density()}
    elif METHOD == "autoencoder":  # [if autoencoder]
        losses = {"loss": update_autoencoder()}
    else:
        losses = dict(zip(("loss", "reconstruction", "kl"), update_vae(), strict=True))
    if (step + 1) % arguments.every == 0 or step + 1 == STEPS:
        shown = "  ".join(f"{name} {value:.9g}" for name, value in losses.items())
        print(f"step {step + 1}  {shown}", flush=True)
    if not all(map(math.isfinite, losses.values())):
        raise SystemExit(f"At step {step + 1} a loss was no longer a finite number.")


# Generated examples, from the same latents as the playground's own export at this step.
rng = np.random.default_rng([SEED, STEPS, *b"samples"])
if METHOD == "density":  # [if density]
    samples = drawn_by_rejection(rng, SAMPLES)
elif METHOD == "vae":  # [if vae]
    if s.ema > 0:  # [if ema]
        maker = average
    else:
        maker = generator
    with torch.no_grad():
        if IMAGES:  # [if images]
            samples = maker(torch.from_numpy(draw_latents(rng, SAMPLES))).numpy()
        else:
            # Points come with the noise that the decoder says.
            drawn = torch.from_numpy(rng.standard_normal((SAMPLES, LATENT_DIM + DIM), dtype=np.float32))
            made = maker(drawn[:, :LATENT_DIM])
            samples = (made + spread(maker).exp() * drawn[:, LATENT_DIM:]).numpy()
else:
    z = torch.from_numpy(draw_latents(rng, SAMPLES))
    if CONDITIONAL:  # [if conditional]
        picked = torch.from_numpy(rng.random(SAMPLES, dtype=np.float32) * CLASSES).long()
        z = torch.cat([z, f.one_hot(picked, CLASSES).float()], dim=-1)
    with torch.no_grad():
        if s.ema > 0:  # [if ema]
            samples = average.eval()(z).numpy()
        else:
            samples = generator.eval()(z).numpy()
if IMAGES:  # [if images]
    samples = ((samples + 1) * 127.5).round().astype(np.uint8).reshape(-1, HEIGHT, WIDTH)
np.save(arguments.out, samples)
print(f"{len(samples)} generated examples are in {arguments.out}.")
