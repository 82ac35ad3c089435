"""Runs that were made to show each case, and what following a suggestion did to them, over seeds.

`python -m playground reproduce --table readings --write` trains them and writes docs/readings.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground import config as settings
from playground.config import RunConfig, difference
from playground.reading.rules import Case
from playground.recipes import RECIPES
from playground.recipes.cures import UNTREATED
from playground.recipes.measured import Measured, kept_in
from playground.recipes.techniques import ALL

FILE = Path(__file__).with_name("readings.json")


@dataclass(frozen=True)
class Made:
    """A run. case: that it shows after `steps`. label: what it is called. techniques: what is tried on it.

    anew: every one of them from step 0; else those that can change live are put on the run as it stands, which then
    trains `more` steps, as many again where that is 0. measure: that should become smaller by it. every: how many steps
    apart it is measured.
    """

    case: Case
    label: str
    changes: Mapping[str, Any]
    steps: int
    techniques: tuple[str, ...] = ()
    anew: bool = False
    measure: str = "emd"
    more: int = 0
    every: int = 100

    def ends(self, technique: str) -> int:
        """The step at which a technique's outcome is read."""
        on = 0 if self.restarts(technique) or not self.techniques else self.more or self.steps
        return self.steps + on

    @property
    def config(self) -> RunConfig:
        """All settings."""
        return settings.read(self.changes)

    def treated(self, technique: str) -> RunConfig | None:
        """The settings with a technique; None where it has nothing to change there, or can't be had."""
        return self.config if technique == UNTREATED else ALL[technique].on(self.config)

    def restarts(self, technique: str) -> bool:
        """Whether a technique was tried from step 0 on."""
        treated = self.treated(technique)
        return self.anew or treated is None or bool(difference(self.config, treated).fixed)


def _recipe(case: Case, name: str, *techniques: str, steps: int = 0, **more: Any) -> Made:
    row = RECIPES[name]
    return Made(case, row.label, row.changes, steps or row.steps, techniques, **more)


_WILD: dict[str, Any] = {"loss": "least_squares", "optimizer": "sgd", "lr_g": 1.0, "lr_d": 1.0}
_TAME = ("much_slower", "slower_both", "damped", "less_momentum", "spectral_norm", "rmsprop")
_TWO_BLOBS: dict[str, Any] = {"dataset": "two_gaussians"}
_SURE = ("non_saturating", "slower_critic", "noise", "damped", "wasserstein", "spectral_norm")
_CIRCLING = (
    "damped",
    "slower_both",
    "less_momentum",
    "averaged",
    "optimistic_adam",
    "extragradient",
    "consensus",
    "wasserstein",
)
_FINER = ("averaged", "slower_both", "fading_steps", "hinge", "damped", "less_momentum", "faster_critic")

MADE: dict[str, Made] = {
    "diverged": Made("diverged", "Least squares by SGD, rates of 1", _WILD, 1000, _TAME, anew=True),
    "diverged_later": Made(
        "diverged",
        "Least squares by SGD, rates of 0.3",
        _WILD | {"lr_g": 0.3, "lr_d": 0.3},
        1000,
        _TAME,
        anew=True,
    ),
    "generator_won": Made(
        "generator_won",
        "A D of four units that hardly learns",
        {"lr_d": 1e-6, "d_width": 4, "d_depth": 1},
        2000,
        ("longer_critic_steps", "faster_critic", "five_critic_updates", "slower_generator", "damped"),
    ),
    "diverging": Made(
        "diverging",
        "A critic without a bound, β₁ = 0.99",
        _TWO_BLOBS | {"loss": "wasserstein", "beta1": 0.99},
        700,
        ("slower_generator", "slower_both", "less_momentum", "damped", "wasserstein", "spectral_norm"),
        more=800,
    ),
    "strong_discriminator": _recipe("discriminator_won", "strong_discriminator", *_SURE, steps=2000, more=1000),
    "parallel_lines_js": _recipe("discriminator_won", "parallel_lines_js", *_SURE, steps=800, more=1200),
    "oscillating": Made(
        "oscillating",
        "Two blobs, long steps, β₁ = 0.9",
        _TWO_BLOBS | {"lr_g": 3e-3, "lr_d": 3e-3, "beta1": 0.9},
        1200,
        _CIRCLING,
    ),
    "dirac": _recipe("oscillating", "dirac", *_CIRCLING, steps=3000),
    "bilinear": _recipe("oscillating", "bilinear", *_CIRCLING, steps=2500),
    "finer": _recipe("blurred", "non_saturating", *_FINER, steps=12_000, more=4000, every=200, measure="jsd"),
    "baseline": _recipe("blurred", "non_saturating", steps=20_000, every=200),
    "young": _recipe("converging", "non_saturating", steps=1400, every=200),
    "two_blobs": Made(
        "converged",
        "Two blobs, WGAN-GP",
        _TWO_BLOBS
        | {
            "loss": "wasserstein",
            "penalty": "gradient_penalty",
            "penalty_weight": 0.1,
            "k": 3,
            "lr_d": 2e-3,
            "beta2": 0.9,
        },
        3000,
    ),
    "vae": _recipe("blurred", "vae"),
    "vae_ring": _recipe("blurred", "vae_ring"),
    "autoencoder": _recipe("off_prior", "autoencoder", "as_vae", steps=2000),
    "autoencoder_ring": _recipe("off_prior", "autoencoder_ring", "as_vae", steps=3000),
    "vae_beta4": _recipe("posterior_collapsed", "vae_beta4", "weaker_kl", steps=1500),
    "vae_beta4_ring": _recipe("posterior_collapsed", "vae_beta4_ring", "weaker_kl", steps=2000, anew=True),
    "attempt_3": _recipe("piled_up", "attempt_3", "with_entropy", anew=True),
    "mode_hopping": _recipe("rotating", "mode_hopping", steps=3000),
    "lost_modes": _recipe("collapsed", "lost_modes"),
}
"""By name. Techniques for what the table of cures has are tried there."""

CURED: dict[Case, str] = {"rotating": "hopping", "collapsed": "lost"}
"""The cases that are illnesses of the table of cures: what helped there was found there, from step 0 on."""


def readings() -> Mapping[str, Measured]:
    """By job. One that nobody has measured is not there."""
    return kept_in(FILE)


def job_name(run: str, technique: str) -> str:
    """The name of an outcome in the file."""
    return f"{run}/{technique}"
