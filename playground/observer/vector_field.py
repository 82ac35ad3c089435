"""Where one step of a game of two numbers leads, from everywhere: the arrows of the Dirac-GAN's phase portrait.

It is the Trainer itself that steps: one of its lanes stands at each place, with the run's present settings. So whatever
a setting does to training, it does to the arrows.
"""

from contextlib import suppress

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from playground.config import RunConfig
from playground.data.distribution import Floats
from playground.training.learner import Diverged
from playground.training.streams import LaneStream
from playground.training.trainer import Trainer

BATCH = 256
"""Examples in the step: they differ by the noise only."""


class VectorField:
    """The moves of one step from these places (n, 2), θ and ψ each. They are made anew when a setting has changed."""

    def __init__(self, trainer: Trainer, places: Floats) -> None:
        self._trainer = trainer
        self._places = torch.from_numpy(places.astype(np.float32))
        self._made: RunConfig | None = None
        self._moves = np.zeros_like(places)

    def moves(self) -> Floats:
        """What a step adds to θ and to ψ at each place, (n, 2); NaN where it is not finite."""
        config = settled(self._trainer)
        if config != self._made:
            self._made, self._moves = config, one_step(config, self._places, self._trainer.device)
        return self._moves


def settled(trainer: Trainer) -> RunConfig:
    """The run's settings as they act at its present step, with plain gradient descent, which has no memory.

    Noise that decays is given as it is now, in whole hundredths: arrows that hardly differ are not made anew. Learning
    rates that decay together only shorten all arrows alike.
    """
    flip, smoothing = trainer.game.label_noise
    present = {
        "instance_noise": round(trainer.game.noise_sigma, 2),
        "label_flip": round(flip, 2),
        "label_smoothing": round(smoothing, 2),
    }
    lasting = dict.fromkeys(("noise_decay", "label_decay", "lr_decay"), 0)
    plain = {"optimizer": "sgd", "d_optimizer": "same", "beta1": 0.0, "ema": 0.0, "batch_size": BATCH}
    return trainer.config.model_copy(update=present | lasting | plain)


def one_step(config: RunConfig, places: Tensor, device: torch.device) -> Floats:
    """What one step adds to θ and to ψ from each of the places (n, 2)."""
    lanes = len(places)
    one = Trainer(config.model_copy(update={"seeds": 1}), str(device))
    # No visitor may ask for so many lanes: hence a copy that is not validated.
    trainer = Trainer(config.model_copy(update={"seeds": lanes}), str(device))
    trainer.game.streams = {name: _Shared(stream, lanes) for name, stream in one.game.streams.items()}
    numbers = [*trainer.generator.parameters(), *trainer.discriminator.parameters()]
    with torch.no_grad():
        for number, start in zip(numbers, places.T, strict=True):
            number.copy_(start.reshape(number.shape))
    with suppress(Diverged):
        trainer.step()
    after = torch.stack([number.detach().cpu().flatten() for number in numbers], dim=1)
    moves: Floats = (after - places).double().numpy()
    return moves


class _Shared(LaneStream):
    """One seed's random numbers for every lane, so that neighbouring arrows differ by their places alone."""

    def __init__(self, stream: LaneStream, lanes: int) -> None:
        self._stream = stream
        self._lanes = lanes

    @override
    def take(self, n: int) -> Tensor:
        return self._stream.take(n).expand(self._lanes, -1, -1)
