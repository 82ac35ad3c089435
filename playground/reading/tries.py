"""What to try in each case: settings that have helped others, with their source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.config import ConfigError, RunConfig, difference
from playground.config.naming import change
from playground.reading.rules import Case


@dataclass(frozen=True)
class Try:
    """A suggestion. changes: the settings that it alters. restarts: whether one of them needs a new start."""

    label: str
    changes: Mapping[str, Any]
    why: str
    restarts: bool


def _lower(value: float, times: float) -> float:
    return float(f"{value / times:.2g}")


def _faster_critic(c: RunConfig) -> tuple[dict[str, Any], str]:
    return {"k": min(10, c.k + 2)}, "More D updates for each of G's let D's map follow G's samples."


def _slower_critic(c: RunConfig) -> tuple[dict[str, Any], str]:
    if c.k > 1:
        return {"k": 1}, "Fewer D updates for each of G's keep D unsure enough to teach."
    return {"lr_d": _lower(c.lr_d, 3)}, "Shorter D steps keep D unsure enough to teach."


def _slower_generator(c: RunConfig) -> tuple[dict[str, Any], str]:
    return {"lr_g": _lower(c.lr_g, 3)}, "Shorter G steps let D's map keep up with G's samples."


def _longer_critic_steps(c: RunConfig) -> tuple[dict[str, Any], str]:
    return {"lr_d": min(1.0, max(1e-3, float(f"{3 * c.lr_d:.2g}")))}, "Longer D steps: D has to learn before G can."


def _slower_both(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {"lr_g": _lower(c.lr_g, 3), "lr_d": _lower(c.lr_d, 3)}
    return changes, "Shorter steps stay where the other player's answer is still valid."


def _much_slower(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {"lr_g": _lower(c.lr_g, 10), "lr_d": _lower(c.lr_d, 10)}
    return changes, "Ten times shorter steps, from the last good state."


def _non_saturating(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {"loss": "non_saturating"} if c.loss == "minimax" else {}
    return changes, "The non-saturating loss keeps G's gradient where D is sure (Goodfellow et al. 2014)."


def _noise(c: RunConfig) -> tuple[dict[str, Any], str]:
    sigma = 0.3 if c.on_images else round(max(0.05, 0.15 * c.distribution().scale) * 20) / 20
    changes = {"instance_noise": sigma} if c.instance_noise == 0 else {}
    return changes, "Noise on what D sees makes real and generated samples overlap (Sønderby et al. 2016)."


def _damped(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {"penalty": "r1", "penalty_weight": 0.1, "clip": 0.0} if c.penalty == "none" else {}
    return changes, "R1 flattens D at the data, which damps the circling (Mescheder et al. 2018)."


def _wasserstein(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {
        "loss": "wasserstein",
        "penalty": "gradient_penalty",
        "penalty_weight": 0.1,
        "k": 5,
        "clip": 0.0,
        "label_flip": 0.0,
        "label_smoothing": 0.0,
    }
    told = "A critic with a gradient penalty has a slope everywhere, towards missing modes too (Gulrajani et al. 2017)."
    return changes, told


def _averaged(c: RunConfig) -> tuple[dict[str, Any], str]:
    return {"ema": 0.995} if c.ema == 0 else {}, "An average of G's weights sits in the middle of the circle."


def _wider(c: RunConfig) -> tuple[dict[str, Any], str]:
    return {"g_width": min(512, 2 * c.g_width)}, "A larger G can bend its latents to more places."


def _less_momentum(c: RunConfig) -> tuple[dict[str, Any], str]:
    changes = {"beta1": 0.0} if set(c.optimizers) != {"rmsprop"} and c.beta1 >= 0.5 else {}
    return changes, "Momentum keeps players going in a direction that the other has already answered."


Idea = Callable[[RunConfig], tuple[dict[str, Any], str]]

IDEAS: dict[Case, tuple[Idea, ...]] = {
    "early": (),
    "diverged": (_much_slower, _damped),
    "generator_won": (_longer_critic_steps, _faster_critic, _slower_generator),
    "diverging": (_slower_generator, _less_momentum, _damped),
    "discriminator_won": (_non_saturating, _slower_critic, _noise, _damped),
    "rotating": (_slower_generator, _faster_critic, _damped, _wasserstein),
    "collapsed": (_noise, _wasserstein, _slower_generator, _wider),
    "converged": (),
    "oscillating": (_damped, _slower_both, _less_momentum, _averaged),
    "converging": (),
    "standing": (_slower_both, _noise, _wider),
}
"""What to try in each case, the most likely help first."""

MOST_TRIES = 3


def tries(case: Case, config: RunConfig) -> tuple[Try, ...]:
    """The first few ideas for a case that can be had with this config and change something in it."""
    found: list[Try] = []
    for idea in IDEAS[case]:
        changes, why = idea(config)
        try:
            changed = difference(config, config.replace(**changes))
        except ConfigError:
            continue
        if changed and len(found) < MOST_TRIES:
            label = ", ".join(change(name, before, after) for name, (before, after) in changed.pairs.items())
            found.append(Try(label, changed.values, why, restarts=bool(changed.fixed)))
    return tuple(found)
