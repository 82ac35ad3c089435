"""Noise: what blurs D's view, on its inputs and on its labels."""

from typing import ClassVar

from playground.config.groups.game import Game
from playground.config.groups.group import Group
from playground.objectives import objective
from playground.setting import setting


def _uses_labels(config: Game) -> bool:
    return objective(config).labels


class Noise(Group):
    """What blurs D's view: noise on its inputs and on its labels."""

    part: ClassVar[str] = "game"

    instance_noise: float = setting(
        0.0,
        "Input noise σ",
        "Noise",
        "Gaussian noise on what D sees, real and fake, in the data's units (Sønderby et al. 2016).",
        ge=0,
        le=2,
        live=True,
        step=0.05,
        symbol="noise σ",
    )
    noise_decay: int = setting(
        0,
        "Input noise decays over",
        "Noise",
        "Steps over which σ falls to 0 in a straight line, from the step at which it was set; 0 keeps it.",
        ge=0,
        le=100_000,
        live=True,
        unit="steps",
        zero="never",
        log="decimal",
        step=100,
        when=lambda config: config.instance_noise > 0,
        symbol="noise decay",
    )
    label_flip: float = setting(
        0.0,
        "Label flips",
        "Noise",
        "Probability that a label shown to D is the wrong one.",
        ge=0,
        le=0.5,
        live=True,
        step=0.01,
        when=_uses_labels,
    )
    label_smoothing: float = setting(
        0.0,
        "One-sided label smoothing",
        "Noise",
        "D is told 1 − s for real points instead of 1 (Salimans et al. 2016).",
        ge=0,
        le=0.5,
        live=True,
        step=0.01,
        when=_uses_labels,
    )
    label_decay: int = setting(
        0,
        "Label noise decays over",
        "Noise",
        "Steps over which flips and smoothing fall to 0 in a straight line, from the step they were set; 0 keeps them.",
        ge=0,
        le=100_000,
        live=True,
        unit="steps",
        zero="never",
        log="decimal",
        step=100,
        when=lambda config: config.label_flip > 0 or config.label_smoothing > 0,
    )
