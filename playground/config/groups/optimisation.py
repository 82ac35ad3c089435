"""Optimisation: how gradients become updates."""

from typing import Literal

from playground.config.groups.group import Group
from playground.setting import setting

Optimizer = Literal["adam", "rmsprop", "sgd"]

OPTIMIZER_LABELS: dict[str, str] = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}


class Optimisation(Group):
    """How gradients become updates."""

    optimizer: Optimizer = setting(
        "adam",
        "Optimiser",
        "Optimisation",
        "The rule that turns gradients into updates, for both players.",
        labels=OPTIMIZER_LABELS,
        bare=True,
    )
    beta1: float = setting(
        0.5,
        "β₁",
        "Optimisation",
        "Adam's memory of the gradient; SGD's momentum. DCGAN uses 0.5 (Radford et al. 2015).",
        ge=0,
        le=0.999,
        live=True,
        step=0.05,
        when=lambda config: config.optimizer != "rmsprop",
    )
    beta2: float = setting(
        0.999,
        "β₂",
        "Optimisation",
        "Adam's memory of the squared gradient; RMSprop's α.",
        ge=0,
        le=0.9999,
        live=True,
        step=0.001,
        when=lambda config: config.optimizer != "sgd",
    )
    batch_size: int = setting(
        256,
        "Batch size",
        "Optimisation",
        "Real points, and as many fakes, in each update.",
        ge=1,
        le=2048,
        live=True,
        log="binary",
    )
