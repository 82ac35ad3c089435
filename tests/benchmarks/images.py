"""Training on images: the lecture's network against plain loops, and what measuring and convolutions cost."""

import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from playground.config import RunConfig
from playground.data import image_data
from playground.data.image_data import Images
from playground.observer import ImageObserver
from playground.recipes import RECIPES
from playground.training.classifier import CACHE_VARIABLE
from playground.training.trainer import Trainer
from tests.benchmarks.compiled import swift
from tests.benchmarks.timing import medians, repeated, table
from tests.data.serving import real_mnist

EPOCH = 60_000
CONVOLUTIONS = 10
"""Steps of the DCGAN in each round."""


class FloatImages(Dataset[Tensor]):
    """The train split as people prepare it: floats in [−1, 1], one image at a time."""

    def __init__(self, real: Images) -> None:
        self.pixels = torch.from_numpy(real.images.reshape(len(real.images), -1).astype(np.float32) / 127.5 - 1)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        return self.pixels[index]


class PlainLecture:
    """The lecture's GAN as people write it in PyTorch: DataLoader, nn.Sequential, two passes of D, losses read back.

    As in the lecture G moves first, and D sees the same fakes.
    """

    def __init__(self, real: Images, batch: int) -> None:
        pixels = real.pixels
        self.generator = nn.Sequential(
            nn.Linear(20, 100, bias=False), nn.LeakyReLU(0.3), nn.Linear(100, pixels), nn.Tanh()
        )
        self.discriminator = nn.Sequential(
            nn.Linear(pixels, 100), nn.LeakyReLU(0.3), nn.Dropout(0.5), nn.Linear(100, 1)
        )
        self.g_optimizer = torch.optim.Adam(self.generator.parameters(), lr=1e-3)
        self.d_optimizer = torch.optim.Adam(self.discriminator.parameters(), lr=1e-3)
        self.criterion = nn.BCEWithLogitsLoss()
        self.batch = batch
        self.rng = torch.Generator().manual_seed(0)
        self.loader = DataLoader(FloatImages(real), batch, shuffle=True, drop_last=True, generator=self.rng)
        self.batches: Iterator[Tensor] = iter(())
        self.losses: list[tuple[float, float]] = []

    def real(self) -> Tensor:
        batch = next(self.batches, None)
        if batch is None:
            self.batches = iter(self.loader)
            batch = next(self.batches)
        return batch

    def step(self) -> None:
        ones, zeros = torch.ones(self.batch, 1), torch.zeros(self.batch, 1)
        fake = self.generator(2 * torch.rand(self.batch, 20, generator=self.rng) - 1)
        self.g_optimizer.zero_grad()
        g_loss = self.criterion(self.discriminator(fake), ones)
        g_loss.backward()
        self.g_optimizer.step()
        self.d_optimizer.zero_grad()
        d_loss = self.criterion(self.discriminator(self.real()), ones)
        d_loss = d_loss + self.criterion(self.discriminator(fake.detach()), zeros)
        d_loss.backward()
        self.d_optimizer.step()
        self.losses.append((d_loss.item(), g_loss.item()))


def keras_lecture(real: Images, batch: int) -> Callable[[], None] | None:
    """A step of the lecture's own kind of loop, two `train_on_batch` calls, where Keras is installed."""
    if not importlib.util.find_spec("keras"):
        return None
    keras: Any = importlib.import_module("keras")
    dense, leaky = keras.layers.Dense, keras.layers.LeakyReLU
    latent = keras.Input((20,))
    generator = keras.Sequential([latent, dense(100, use_bias=False), leaky(), dense(real.pixels, activation="tanh")])
    flat = keras.Input((real.pixels,))
    discriminator = keras.Sequential(
        [flat, dense(100), leaky(), keras.layers.Dropout(0.5), dense(1, activation="sigmoid")]
    )
    discriminator.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(1e-3))
    discriminator.trainable = False
    both = keras.Sequential([generator, discriminator])
    both.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(1e-3))
    pixels = real.images.reshape(len(real.images), -1).astype(np.float32) / 127.5 - 1
    rng = np.random.default_rng(0)

    def step() -> None:
        z = rng.uniform(-1, 1, (batch, 20)).astype(np.float32)
        fake = generator(z)
        both.train_on_batch(z, np.ones((batch, 1)))
        discriminator.train_on_batch(pixels[rng.integers(0, len(pixels), batch)], np.ones((batch, 1)))
        discriminator.train_on_batch(np.asarray(fake), np.zeros((batch, 1)))

    return step


def training() -> None:
    """The lecture's network, ours with and without rows, against plain loops; then the convolutional networks."""
    real, folder, told = find_images()
    config = RECIPES["lecture"].config.replace(dataset="mnist", measure_every=300)
    batch = config.batch_size
    observer = prepared(config, real, folder)
    rows = config.measure_every
    contenders: dict[str, Callable[[], object]] = {
        "plain PyTorch, DataLoader": repeated(PlainLecture(real, batch).step, rows),
        "ours": repeated(trainer(config, real, folder).step, rows),
        f"ours, a row every {rows} steps": lambda: (repeated(observer._learner.step, rows)(), observer.measure()),
        "ours, 4 seeds": repeated(trainer(config.replace(seeds=4), real, folder).step, rows),
    }
    compiled = swift(lambda: trainer(config, real, folder))
    if isinstance(compiled, Trainer):
        measured, step = ready(compiled), repeated(compiled.step, rows)
        contenders["ours, compiled"] = step
        contenders[f"ours, compiled, a row every {rows} steps"] = lambda: (step(), measured.measure())
    keras_step = keras_lecture(real, batch)
    if keras_step:
        contenders["Keras, train_on_batch"] = repeated(keras_step, rows)
    seconds = medians(contenders)
    plain = seconds["plain PyTorch, DataLoader"]
    seeds = {"ours, 4 seeds": 4}
    table(
        f"The lecture's network, batch {batch}, {told} (one thread each{'' if keras_step else '; no Keras here'})",
        ["what", "seed-steps/s", f"seconds per epoch of {EPOCH:,}, each seed", "against plain PyTorch"],
        [
            [
                name,
                f"{seeds.get(name, 1) * rows / value:,.0f}",
                f"{EPOCH / batch / rows * value / seeds.get(name, 1):.2f}",
                f"{seeds.get(name, 1) * plain / value:.2f}×",
            ]
            for name, value in seconds.items()
        ],
    )
    measuring(observer)
    convolutions(real, folder, told)


def measuring(observer: ImageObserver) -> None:
    """What a row and a picture cost at the defaults."""
    config = observer._learner.config
    rngs = [np.random.default_rng(0)]
    samples = observer.samples(rngs, config.image_samples)[0].reshape(-1, *observer._images.shape)
    evaluator = observer.evaluator()
    assert evaluator is not None
    features, probabilities = observer._preparation.features((samples + 1) / 2)
    name = f"training, {config.measure_every} steps"
    seconds = medians(
        {
            name: repeated(observer._learner.step, config.measure_every),
            "a whole row": observer.measure,
            f"samples, {len(samples):,} images of G": lambda: observer.samples(rngs, len(samples)),
            "the classifier on them": lambda: observer._preparation.features((samples + 1) / 2),
            "classes, Fréchet distance, EMD": lambda: evaluator.evaluate(features, probabilities, rngs[0]),
            "a picture, 100 images": lambda: observer.picture(),
            "the 5 nearest neighbours of one": lambda: observer.neighbours(0, 0),
        },
        rounds=9,
    )
    table(
        f"Measuring images at the defaults (a row every {config.measure_every} steps of the lecture's network)",
        ["what", "ms", "share of training time"],
        [[what, f"{1e3 * value:.2f}", f"{100 * value / seconds[name]:.0f} %"] for what, value in seconds.items()],
    )


def convolutions(real: Images, folder: Path | None, told: str) -> None:
    """The small DCGAN, alone, told the classes, and several seeds at once."""
    base = RECIPES["dcgan"].config.replace(dataset="mnist")
    variants = {
        "DCGAN": base,
        "DCGAN, 4 seeds": base.replace(seeds=4),
        "conditional DCGAN": RECIPES["conditional_dcgan"].config.replace(dataset="mnist"),
    }
    steps = CONVOLUTIONS
    contenders = {name: repeated(trainer(config, real, folder).step, steps) for name, config in variants.items()}
    compiled = swift(lambda: trainer(base, real, folder))
    if compiled:
        contenders["DCGAN, compiled"], variants["DCGAN, compiled"] = repeated(compiled.step, steps), base
    seconds = medians(contenders, rounds=3)
    table(
        f"The small DCGAN, batch {base.batch_size}, {told} (one thread)",
        ["what", "steps/s", "seed-steps/s", f"seconds per epoch of {EPOCH:,}, each seed"],
        [
            [
                name,
                f"{steps / value:.1f}",
                f"{variants[name].seeds * steps / value:.1f}",
                f"{EPOCH / base.batch_size / steps * value / variants[name].seeds:.0f}",
            ]
            for name, value in seconds.items()
        ],
    )


def find_images() -> tuple[Images, Path | None, str]:
    """The real MNIST where there is one; else as many random images of its size, which train as fast."""
    folder = real_mnist()
    if folder is not None:
        return image_data.load("mnist", folder), folder, "the real MNIST"
    os.environ[CACHE_VARIABLE] = tempfile.mkdtemp()  # nobody needs a classifier of noise
    rng = np.random.default_rng(0)
    splits = [
        (rng.integers(0, 256, (count, 28, 28), dtype=np.uint8), rng.integers(0, 10, count, dtype=np.uint8))
        for count in (EPOCH, 10_000)
    ]
    made = Images.of("mnist", splits[0], splits[1], tuple("0123456789"))
    return made, None, "60,000 random images: there is no MNIST here"


def trainer(config: RunConfig, real: Images, folder: Path | None) -> Trainer:
    """A trainer on these images, wherever they come from."""
    if folder is not None:
        return Trainer(config, folder=folder)
    load, image_data.load = image_data.load, lambda name, folder=None, own="": real
    try:
        return Trainer(config)
    finally:
        image_data.load = load


def prepared(config: RunConfig, real: Images, folder: Path | None) -> ImageObserver:
    """An observer of a new run on these images, whose classifier is there."""
    return ready(trainer(config, real, folder))


def ready(trained: Trainer) -> ImageObserver:
    """An observer whose classifier is there."""
    observer = ImageObserver(trained)
    while not observer.prepared:
        observer.prepare(1.0)
    return observer
