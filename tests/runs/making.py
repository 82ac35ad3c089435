"""Made-up recordings for the tests of the store: rows, pictures, checkpoints without a trainer."""

from typing import Any

import numpy as np

from playground import checkpoint_file
from playground.config import RunConfig
from playground.frame import Frame, Row, Scene, encode
from playground.runs.store import Batch, RunBatch

CONFIG = RunConfig(g_width=4, d_width=4)
SCENE = Scene(kind="points", seeds=1, dim=2, extent=(-3.0, 3.0), grid=4, real=[[0.5, 1.5]], modes=[[0.0, 2.0]])


def row(step: int, seeds: int = 1, modes: float = 8.0, **values: float) -> Row:
    measured = {"jsd": 0.1, "emd": 1 / (1 + step), "modes": modes} | values
    columns = {name: tuple(value + lane for lane in range(seeds)) for name, value in measured.items()}
    shares = tuple((0.25, 0.75) for _ in range(seeds))
    return Row(step, columns, shares, d_updates=2 * step, seconds=step / 1000)


def frame(step: int, points: int = 20) -> bytes:
    rng = np.random.default_rng(step)
    arrays: dict[str, np.ndarray] = {
        "fake": rng.normal(size=(points, 2)).astype(np.float16).astype(np.float32),
        "images": rng.integers(0, 256, (2, 4, 4), dtype=np.uint8),
    }
    return encode(Frame({"step": step, "lane": 0}, arrays))


def checkpoint(step: int, config: RunConfig = CONFIG, extra: int = 0) -> bytes:
    """A checkpoint as far as it can be told without torch. extra: bytes that make it larger."""
    seeds = config.seeds
    tensors: dict[str, np.ndarray] = {
        f"{network}.{name}": np.full(shape, step, np.float32)
        for network, inputs, width, outputs in (
            ("generator", config.latent_dim, config.g_width, 2),
            ("average", config.latent_dim, config.g_width, 2),
            ("discriminator", 2, config.d_width, 1),
        )
        for name, shape in {
            "hidden.0.weight": (seeds, inputs, width),
            "hidden.1.weight": (seeds, width, width),
            "hidden.0.bias": (seeds, 1, width),
            "last.weight": (seeds, width, outputs),
        }.items()
    }
    tensors["g_optimizer.state.0.step"] = np.array(step, np.float32)
    tensors["extra"] = np.zeros(extra, np.uint8)
    return checkpoint_file.write({"config": config.model_dump(), "steps": step}, tensors)


def batch(run: str, **parts: Any) -> Batch:
    return Batch({run: RunBatch(**parts)})


def recorded(run: str, *steps: int, **parts: Any) -> Batch:
    """A row, a keyframe and a checkpoint at each of these steps, as a recording thread hands them in."""
    return batch(
        run,
        steps=steps[-1],
        rows=[row(step) for step in steps],
        keyframes=[(step, frame(step)) for step in steps],
        checkpoints=[(step, checkpoint(step)) for step in steps],
        **parts,
    )
