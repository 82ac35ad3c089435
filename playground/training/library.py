"""Compiled steps on the disk: which runs can have one, what it is called, and how it is taken from there.

Steps that do the same operations are one file, whatever the numbers are that they do them with. Taking it costs a
hundredth of a second, and imports no compiler.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from playground.config import DIRAC, ConfigError, RunConfig
from playground.methods import GAN
from playground.training.classifier import cache_folder
from playground.training.compiled import FADING, CompiledStep, Plan, Run, pattern

if TYPE_CHECKING:
    from playground.training.learner import Learner

SWITCH = "GAN_PLAYGROUND_COMPILE"
"""An environment variable: where it is 0 nothing is compiled, and nothing that was compiled is used."""
AGAIN_AFTER = 3600.0
"""Seconds after which a step that could not be compiled is tried again."""
CODE, PLAN, WHY = "step.pt2", "plan.json", "failed.txt"
"""The files in a step's folder: two, or the last one alone."""

NOT_COMPILED: dict[str, Callable[[RunConfig], bool]] = {
    "another method than a GAN: its step is short already": lambda config: config.method != GAN,
    "replay: what D is shown again is a ring that grows": lambda config: config.replay > 0,
    "the Dirac-GAN: two numbers, which are watched at every step": lambda config: config.dataset == DIRAC,
}
"""What has no compiled step, and why."""
SAME_FOR_ALL = (
    *("seed", "measure_every", "jsd_samples", "emd_samples", "mode_samples", "image_samples"),
    *("lr_decay", "noise_decay", "label_decay", "init", "init_gain", "last_gain"),
)
"""Settings that the operations of a step do not depend on."""
NUMBERS: dict[str, float] = {
    **dict.fromkeys(("lr_g", "lr_d"), 1e-3),
    **dict.fromkeys(("beta1", "consensus", "auxiliary"), 0.5),
    **dict.fromkeys(("beta2", "ema"), 0.9),
    **dict.fromkeys(("clip", *FADING), 0.1),
    "penalty_weight": 1.0,
}
"""Settings of which only matters whether they are 0, and what stands for the others: a step is given their values."""
TRACED = ("training", "models", "objectives.py", "elementwise.py", "formulas.py")
"""The sources that a step is made of."""


def on() -> bool:
    """Whether steps may be compiled at all."""
    return os.environ.get(SWITCH) != "0"


def folder() -> Path:
    """Where compiled steps are kept."""
    return cache_folder() / "compiled"


def why_not(config: RunConfig) -> str:
    """Why there is no compiled step with these settings; empty where there can be one."""
    return next((why for why, which in NOT_COMPILED.items() if which(config)), "")


def same_step(learner: Learner) -> RunConfig | None:
    """Settings with which a step does the same operations as the learner's next one, and of many the same ones.

    None where no step can be compiled.
    """
    config = learner.config
    if why_not(config):
        return None
    plain = RunConfig()
    changes: dict[str, Any] = {name: getattr(plain, name) for name in SAME_FOR_ALL}
    changes |= {name: 0 for name, there in zip(FADING, pattern(learner), strict=True) if not there}
    changes |= {name: value for name, value in NUMBERS.items() if changes.get(name, getattr(config, name))}
    try:
        return config.replace(**changes)
    except ConfigError:
        return None


def key_of(learner: Learner) -> str:
    """What the learner's step is called on the disk; empty where it can't be compiled."""
    config = same_step(learner)
    if config is None:
        return ""
    dtypes = sorted({str(player.weights.vector.dtype) for player in learner.players.values()})
    about = [config.model_dump(), dtypes, learner.device.type, _machine(), _sources()]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:24]


def find(learner: Learner, key: str | None = None) -> CompiledStep | None:
    """The learner's compiled step, if there is one. key: it has to be this one."""
    own = key_of(learner) if on() else ""
    if not own or key not in (None, own):
        return None
    try:
        return step_in(folder() / own, learner)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError):
        return None  # there is none, or not one that works here


def failed(key: str) -> bool:
    """Whether this step was tried not long ago, and could not be compiled."""
    try:
        return time.time() - (folder() / key / WHY).stat().st_mtime < AGAIN_AFTER
    except OSError:
        return False


def step_in(place: Path, learner: Learner) -> CompiledStep:
    """The step in this folder, for this learner. The code is read once in a process. Raises OSError and others."""
    stamp = (place / CODE).stat().st_mtime_ns
    os.utime(place)  # the last used ones stay
    plan, run = _read(place, stamp, learner.device.index if learner.device.type == "cuda" else -1)
    return CompiledStep(learner, plan, run, place.name)


@functools.lru_cache(maxsize=32)
def _read(place: Path, stamp: int, device: int | None) -> tuple[Plan, Run]:
    # Not torch._inductor.aoti_load_package: it does this too, but imports the compiler, which takes seconds.
    from torch._C._aoti import AOTIModelPackageLoader

    plan = Plan.read(json.loads((place / PLAN).read_text()))
    run: Run = AOTIModelPackageLoader(str(place / CODE), "model", True, 1, -1 if device is None else device).boxed_run
    return plan, run


@functools.cache
def _machine() -> list[str]:
    """What compiled code is made for."""
    try:
        flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
    except (OSError, StopIteration):
        flags = platform.processor()
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return [torch.__version__, platform.system(), platform.machine(), flags, gpu]


@functools.cache
def _sources() -> str:
    """A sum over the sources that a step is made of."""
    home = Path(__file__).parents[1]
    places = [home / name for name in TRACED]
    files = sorted(file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place]))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
