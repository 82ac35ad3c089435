"""What trains a run: one class for each method."""

from pathlib import Path
from typing import Any

from playground import config as settings
from playground.config import RunConfig
from playground.methods import AUTOENCODER, DENSITY, GAN, LIKELIHOOD, VAE
from playground.training.autoencoder import Autoencoder
from playground.training.density import Density
from playground.training.learner import Learner
from playground.training.likelihood import Likelihood
from playground.training.trainer import Trainer
from playground.training.vae import Vae

LEARNERS: dict[str, type[Learner]] = {
    GAN: Trainer,
    LIKELIHOOD: Likelihood,
    DENSITY: Density,
    AUTOENCODER: Autoencoder,
    VAE: Vae,
}
"""By the method's name."""


def fresh(config: RunConfig, device: str = "cpu", folder: Path | None = None) -> Learner:
    """A run at step 0. folder: where image files are looked for first. Raises DataError where they are not found."""
    return LEARNERS[config.method](config, device, folder)


def restored(state: dict[str, Any], device: str = "cpu", folder: Path | None = None) -> Learner:
    """The run that `state` was taken from."""
    return LEARNERS[settings.read(state["config"]).method].restored(state, device, folder)
