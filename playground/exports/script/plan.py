"""What a run uses over its whole length, so that its script contains that and nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playground.config import SETTINGS, RunConfig
from playground.data.distribution import Distribution
from playground.errors import PlaygroundError
from playground.objectives import LOSSES, PENALTIES, Loss

Changes = Sequence[tuple[int, Mapping[str, Any]]]
"""(step, what changed before it: the new values by name)."""

MEASURING = {name for name, row in SETTINGS.items() if row.group == "Measuring"}
"""Nothing of these reaches the training but the seed."""
WRITTEN_OUT = {
    "network",
    "conditional",
    "latent_dim",
    "prior",
    "g_width",
    "g_depth",
    "g_activation",
    "d_width",
    "d_depth",
    "d_activation",
    "spectral_norm",
    "optimizer",
}
"""Settings that stay the same in a run and stand in the script's text."""
TURNED = {
    "loss",
    "k",
    "g_first",
    "lr_g",
    "lr_d",
    "clip",
    "penalty",
    "penalty_weight",
    "instance_noise",
    "noise_decay",
    "label_flip",
    "label_smoothing",
    "label_decay",
    "ema",
    "beta1",
    "beta2",
    "batch_size",
}
"""Settings that may change while the run trains."""


class ScriptError(PlaygroundError):
    """A run that can't be written as a script: one sentence that says why."""


@dataclass(frozen=True)
class Plan:
    """The configs of a run in their order: the first, and after each live change."""

    configs: tuple[RunConfig, ...]
    changes: tuple[tuple[int, dict[str, Any]], ...]
    steps: int

    @staticmethod
    def of(start: RunConfig, changes: Changes, steps: int) -> "Plan":
        """Raises ScriptError where the script would not know one of the settings."""
        known = WRITTEN_OUT | TURNED | MEASURING
        strange = [name for name, row in SETTINGS.items() if row.group != "Data" and name not in known]
        default = RunConfig()
        configs, kept = [start], []
        for step, fields in changes:
            if step < steps:
                configs.append(configs[-1].replace(**fields))
                kept.append((step, dict(fields)))
        for name in strange:
            if any(getattr(config, name) != getattr(default, name) for config in configs):
                raise ScriptError(f"A script can't be written for a run with {name} set: it knows no such part.")
        return Plan(tuple(configs), tuple(kept), steps)

    @property
    def start(self) -> RunConfig:
        return self.configs[0]

    def any(self, holds: Callable[[RunConfig], object]) -> bool:
        """Whether something holds at any time of the run."""
        return any(holds(config) for config in self.configs)

    def ever(self, name: str) -> tuple[Any, ...]:
        """The values that a setting has, each once, in order."""
        return tuple(dict.fromkeys(getattr(config, name) for config in self.configs))

    @cached_property
    def data(self) -> Distribution | None:
        """The distribution of points, or None for images."""
        return None if self.start.on_images else self.start.distribution()

    @property
    def losses(self) -> dict[str, Loss]:
        return {name: LOSSES[name] for name in self.ever("loss")}

    @property
    def penalties(self) -> tuple[str, ...]:
        """The penalties in use, by name."""
        used = (config.penalty for config in self.configs if config.penalty_weight > 0)
        return tuple(dict.fromkeys(name for name in used if PENALTIES[name].points))

    @property
    def relative(self) -> bool:
        return any(row.relative for row in self.losses.values())

    @property
    def noise(self) -> bool:
        return self.any(lambda config: config.instance_noise > 0)

    @property
    def labels(self) -> bool:
        return self.any(lambda config: config.label_flip > 0 or config.label_smoothing > 0)

    @property
    def fixed_labels(self) -> bool:
        """Whether label noise comes and goes: the plain loss is then needed too."""
        return self.labels and self.any(lambda config: config.label_flip == 0 and config.label_smoothing == 0)

    @property
    def averaged(self) -> bool:
        return self.any(lambda config: config.ema > 0)

    @property
    def clipped(self) -> bool:
        return self.any(lambda config: config.clip > 0)

    @property
    def conditional(self) -> bool:
        return self.start.conditional

    @property
    def one_pass(self) -> bool:
        """Batch norm needs its statistics of real and fake examples apart."""
        return self.start.network != "dcgan"

    def turned(self) -> dict[str, Any]:
        """The settings that the script's training reads, with their values at the start."""
        config = self.start
        used: dict[str, bool] = {
            "batch_size": True,
            "k": True,
            "g_first": self.any(lambda c: c.g_first),
            "lr_d": True,
            "lr_g": True,
            "beta1": config.optimizer != "rmsprop",
            "beta2": config.optimizer != "sgd",
            "loss": len(self.losses) > 1,
            "clip": self.clipped,
            "penalty": self.switches_penalty,
            "penalty_weight": bool(self.penalties),
            "instance_noise": self.noise,
            "noise_decay": self.noise,
            "label_flip": self.labels,
            "label_smoothing": self.labels,
            "label_decay": self.labels,
            "ema": self.averaged,
        }
        return {name: getattr(config, name) for name, in_use in used.items() if in_use}

    @property
    def switches_penalty(self) -> bool:
        """Whether the kind of penalty changes, or comes and goes, while the run trains."""
        return bool(self.penalties) and len(self.ever("penalty")) > 1

    def live(self) -> list[tuple[int, dict[str, Any]]]:
        """The live changes of settings that the training reads."""
        used = self.turned()
        relevant = (
            (step, {name: new for name, new in fields.items() if name in used}) for step, fields in self.changes
        )
        return [(step, fields) for step, fields in relevant if fields]


def lines(*parts: str | Iterable[str]) -> str:
    """Text blocks under one another; an empty one leaves no gap."""
    flat = [part for given in parts for part in ([given] if isinstance(given, str) else given)]
    return "\n".join(part for part in flat if part)
