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
}


def named(config: RunConfig) -> str | None:
    """The recipe that a config follows, whatever its seeds and its way of measuring."""
    free = {name: getattr(config, name) for name, setting in settings.SETTINGS.items() if setting.group == "Measuring"}
    matching = (name for name, recipe in RECIPES.items() if recipe.config.replace(**free) == config)
    return next(matching, None)
