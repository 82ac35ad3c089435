"""Optimisation: how gradients become updates."""

from typing import Literal

from playground.config.groups.group import Group
from playground.setting import setting

Optimizer = Literal["adam", "optimistic_adam", "rmsprop", "sgd"]

OPTIMIZER_LABELS: dict[str, str] = {
    "adam": "Adam",
    "optimistic_adam": "Optimistic Adam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
}


class Optimisation(Group):
    """How gradients become updates."""

    optimizer: Optimizer = setting(
        "adam",
        "Optimiser",
        "Optimisation",
        "The rule that turns gradients into updates. Optimistic Adam takes twice Adam's step and takes back its last "
        "one, which damps the circles of a game (Daskalakis et al. 2018).",
        labels=OPTIMIZER_LABELS,
        bare=True,
    )
    d_optimizer: Literal["same", "adam", "optimistic_adam", "rmsprop", "sgd"] = setting(
        "same",
        "Optimiser of D",
        "Optimisation",
        "The discriminator's rule, where it is not the generator's.",
        labels={"same": "the same as G's"} | OPTIMIZER_LABELS,
        symbol="D's optimiser",
        part="game",
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
        when=lambda config: set(config.optimizers) != {"rmsprop"},
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
        when=lambda config: set(config.optimizers) != {"sgd"},
    )
    lr_decay: int = setting(
        0,
        "Learning rates decay over",
        "Optimisation",
        "Steps over which both learning rates fall to 0 in a straight line, from the step at which one of them was "
        "set; 0 keeps them.",
        ge=0,
        le=100_000,
        live=True,
        unit="steps",
        zero="never",
        log="decimal",
        step=100,
        symbol="lr decay",
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

    @property
    def optimizers(self) -> tuple[Optimizer, Optimizer]:
        """The rules of D and of G."""
        return self.optimizer if self.d_optimizer == "same" else self.d_optimizer, self.optimizer
