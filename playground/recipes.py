"""Named settings worth trying: where they come from, and what to expect of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground import config as settings
from playground.config import RunConfig


@dataclass(frozen=True)
class Recipe:
    """changes: the settings that differ from the defaults. expect: what a run should show, in a sentence or two."""

    label: str
    changes: Mapping[str, Any]
    source: str
    expect: str

    @property
    def config(self) -> RunConfig:
        return settings.read(self.changes)


LECTURE: dict[str, Any] = {
    "dataset": "digits",
    "network": "lecture",
    "latent_dim": 20,
    "prior": "uniform",
    "batch_size": 64,
    "beta1": 0.9,
    "g_first": True,
}

RECIPES: dict[str, Recipe] = {
    "non_saturating": Recipe(
        "Non-saturating baseline",
        {},
        "Goodfellow et al. 2014",
        "All eight modes within about 2,000 steps, then the points sharpen slowly: the EMD comes near 0.2 early, "
        "the JSD falls to about 0.35 by step 4,000.",
    ),
    "minimax": Recipe(
        "Minimax",
        {"loss": "minimax"},
        "Goodfellow et al. 2014, equation 1",
        "The same game with G's saturating loss. As long as D is unsure it keeps up with the baseline; make D "
        "stronger and G's gradient vanishes.",
    ),
    "wgan_clipping": Recipe(
        "WGAN with clipping",
        {
            "loss": "wasserstein",
            "clip": 0.03,
            "k": 5,
            "optimizer": "rmsprop",
            "lr_g": 5e-4,
            "lr_d": 5e-4,
            "beta2": 0.99,
        },
        "Arjovsky et al. 2017",
        "The EMD falls to about 0.2 by step 4,000. Clipping makes the critic simple: it reads hardly more than 0, "
        "and the points stay a little off the modes.",
    ),
    "wgan_gp": Recipe(
        "WGAN with gradient penalty",
        {
            "loss": "wasserstein",
            "penalty": "gradient_penalty",
            "penalty_weight": 0.1,
            "k": 5,
            "lr_d": 2e-3,
            "beta2": 0.9,
        },
        "Gulrajani et al. 2017; λ = 0.1 as in their code for toys",
        "The EMD falls from the first steps and the modes' shares are even by step 500 (reverse KL below 0.01); "
        "the points stay a little off the modes, so the JSD follows late.",
    ),
    "instance_noise": Recipe(
        "Decaying input noise",
        {"instance_noise": 0.5, "noise_decay": 5000},
        "Sønderby et al. 2016; Arjovsky and Bottou 2017",
        "Noise lets the two distributions overlap, so D teaches from the start: even shares by step 1,000. As it "
        "fades, the points sharpen.",
    ),
    "strong_discriminator": Recipe(
        "D too strong",
        {"loss": "minimax", "k": 5, "lr_d": 3e-3, "lr_g": 3e-4, "d_width": 128},
        "Arjovsky and Bottou 2017",
        "D wins within a few hundred steps: its loss is near 0.1 and the JSD that it implies near log 2, while the "
        "EMD stays above 1 and G holds on to three to five modes.",
    ),
    "lecture": Recipe(
        "The lecture's perceptron",
        LECTURE,
        "The lecture's MLP GAN on MNIST",
        "On MNIST: smudges for four epochs, blurred digits by the seventh, nine or more classes from about the "
        "tenth; D's verdicts stay well apart from ½.",
    ),
    "dcgan": Recipe(
        "Small DCGAN",
        {
            "dataset": "digits",
            "network": "dcgan",
            "latent_dim": 64,
            "prior": "uniform",
            "batch_size": 64,
            "lr_g": 2e-4,
            "lr_d": 2e-4,
        },
        "Radford et al. 2015",
        "On MNIST: clean strokes within an epoch, nine or more classes within three.",
    ),
    "conditional_dcgan": Recipe(
        "Class-conditional DCGAN",
        {
            "dataset": "digits",
            "network": "dcgan",
            "conditional": True,
            "latent_dim": 64,
            "prior": "uniform",
            "batch_size": 64,
            "lr_g": 2e-4,
            "lr_d": 2e-4,
        },
        "Mirza and Osindero 2014; Radford et al. 2015",
        "Each column of the grid is told its digit: all ten classes, because G is told which to draw.",
    ),
}


def for_images(recipe: Recipe) -> bool:
    return recipe.config.on_images


def kept_by(recipe: Recipe, config: RunConfig) -> dict[str, Any]:
    """What a recipe leaves as it is: the seeds, the way of measuring, and which images are trained on."""
    kept = {name: getattr(config, name) for name, row in settings.SETTINGS.items() if row.group == "Measuring"}
    if for_images(recipe) and config.on_images:
        kept["dataset"] = config.dataset
    return kept


def named(config: RunConfig) -> str | None:
    """The recipe that a config follows, whatever its seeds and its way of measuring."""
    matching = (name for name, row in RECIPES.items() if row.config.replace(**kept_by(row, config)) == config)
    return next(matching, None)
