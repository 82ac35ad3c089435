"""What is in a checkpoint, read without torch: the weights, the config, and whether the two fit.

A checkpoint is a safetensors file: the length of a header (uint64, little endian), the header as JSON (dtype, shape and
place of every tensor, and `__metadata__`), then the tensors. training/checkpoint.py says what is in the metadata.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.runs.record import StoreError

FORMAT = "gan-playground checkpoint"
NETWORKS = ("generator", "discriminator", "average")
Shapes = dict[str, tuple[str, tuple[int, ...]]]
"""Name -> (dtype as safetensors calls it, shape)."""

DAMAGED = "These bytes are no checkpoint, or a damaged one."


def read_weights(data: bytes) -> dict[str, np.ndarray]:
    """The networks' weights and buffers by name, such as generator.hidden.0.weight, each (S, …). Raises StoreError.

    `average` is the running average of the generator's, which is shown and measured where the setting `ema` is on.
    """
    try:
        tensors = safetensors.numpy.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, MemoryError):
        raise StoreError(DAMAGED) from None
    return {name: array for name, array in tensors.items() if _is_weight(name)}


def weight_shapes(data: bytes) -> Shapes:
    """What `read_weights` would give, without reading it. Raises StoreError."""
    try:
        return {
            name: (str(entry["dtype"]), tuple(map(int, entry["shape"])))
            for name, entry in _header(data).items()
            if _is_weight(name)
        }
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise StoreError(DAMAGED) from None


def read_config(data: bytes) -> RunConfig:
    """The config that the checkpoint was taken with. Raises StoreError."""
    return settings_of(_state(data))


def read_steps(data: bytes) -> int:
    """At which step the checkpoint was taken. Raises StoreError."""
    steps = _state(data).get("steps")
    if type(steps) is not int or steps < 0:
        raise StoreError(DAMAGED)
    return steps


def settings_of(state: Mapping[str, Any]) -> RunConfig:
    """The config in a state. Raises StoreError."""
    try:
        return settings.read(state["config"])
    except (KeyError, TypeError, ValueError, ConfigError):
        raise StoreError("The settings in this checkpoint don't fit this version.") from None


def check_fits(data: bytes, config: RunConfig, step: int) -> None:
    """Whether a run with this config can have had this checkpoint at this step. Raises StoreError."""
    if read_steps(data) != step:
        raise StoreError(f"The checkpoint of step {step:,} was taken at step {read_steps(data):,}.")
    if fixed := settings.difference(config, read_config(data)).fixed:
        raise StoreError(f"The checkpoint of step {step:,} does not fit its config: {', '.join(fixed)} differ.")
    shapes = weight_shapes(data)
    for network in NETWORKS:
        if not any(name.startswith(f"{network}.") for name in shapes):
            raise StoreError(f"The checkpoint of step {step:,} does not fit its config: it has no {network}.")
    for name, (_, shape) in shapes.items():
        if problem := _misfit(name, shape, config):
            raise StoreError(f"The checkpoint of step {step:,} does not fit its config: {name} {problem}.")


def _misfit(name: str, shape: tuple[int, ...], config: RunConfig) -> str:
    """What is wrong with a weight's shape, as far as the settings alone say it; empty where nothing is."""
    lanes = shape[0] if shape else config.seeds  # a mere number belongs to no lane
    # Convolutions hold the channels of all lanes side by side.
    if lanes % config.seeds if config.on_images else lanes != config.seeds:
        return f"has {lanes:,} lanes, not {config.seeds:,}"
    found = re.fullmatch(r"(\w+)\.hidden\.(\d+)\.weight", name, re.ASCII)
    if found is None or config.on_images:
        return ""
    width = config.d_width if found[1] == "discriminator" else config.g_width
    if len(shape) != 3 or shape[2] != width:
        return f"has not {width:,} units"
    if found[1] != "discriminator" and shape[1] != (config.latent_dim if found[2] == "0" else width):
        return f"has {shape[1]:,} inputs"
    return ""


def _is_weight(name: str) -> bool:
    return name.split(".", 1)[0] in NETWORKS and "." in name


def _header(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise StoreError(DAMAGED)
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError):
        raise StoreError(DAMAGED) from None
    if not isinstance(header, dict):
        raise StoreError(DAMAGED)
    return header


def _state(data: bytes) -> dict[str, Any]:
    """The plain part of the state: tensors are named, not held."""
    metadata = _header(data).get("__metadata__")
    try:
        state = json.loads(metadata[FORMAT].partition("\n")[2])  # type: ignore[index]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreError(DAMAGED) from None
    if not isinstance(state, dict):
        raise StoreError(DAMAGED)
    return state
