"""What is in a checkpoint, read without torch: the weights, the config, and whether the two fit."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from playground import checkpoint_file
from playground import config as settings
from playground.checkpoint_file import CheckpointError, Shapes
from playground.config import ConfigError, RunConfig
from playground.methods import METHODS
from playground.runs.record import StoreError

NETWORKS = {name for method in METHODS.values() for name in method.networks}
"""All that a checkpoint may hold the weights of."""


def read_weights(data: bytes) -> dict[str, np.ndarray]:
    """The networks' weights and buffers by name, such as generator.hidden.0.weight, each (S, …). Raises StoreError.

    `average` is the running average of the generator's, which is shown and measured where the setting `ema` is on.
    """
    try:
        _, tensors = checkpoint_file.read(data)
    except CheckpointError as error:
        raise StoreError(str(error)) from None
    return {name: array for name, array in tensors.items() if _is_weight(name)}


def weight_shapes(data: bytes) -> Shapes:
    """What `read_weights` would give, without reading it. Raises StoreError."""
    return {name: entry for name, entry in _header(data)[1].items() if _is_weight(name)}


def read_config(data: bytes) -> RunConfig:
    """The config that the checkpoint was taken with. Raises StoreError."""
    return settings_of(_header(data)[0])


def read_steps(data: bytes) -> int:
    """At which step the checkpoint was taken. Raises StoreError."""
    steps = _header(data)[0].get("steps")
    if type(steps) is not int or steps < 0:
        raise StoreError(str(checkpoint_file.damaged(data)))
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
    for network in config.learning.networks:
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
    maker = config.learning.networks.get(found[1]) == "maker"
    width = config.g_width if maker else config.d_width
    if len(shape) != 3 or shape[2] != width:
        return f"does not have {width:,} units"
    if maker and shape[1] != (config.latent_dim if found[2] == "0" else width):
        return f"has {shape[1]:,} inputs"
    return ""


def _is_weight(name: str) -> bool:
    return name.split(".", 1)[0] in NETWORKS and "." in name


def _header(data: bytes) -> tuple[dict[str, Any], Shapes]:
    """The plain part of the state, where tensors are named and not held, and all tensors' shapes."""
    try:
        state, shapes = checkpoint_file.read_header(data)
    except CheckpointError as error:
        raise StoreError(str(error)) from None
    if not isinstance(state, dict):
        raise StoreError(str(checkpoint_file.damaged(data)))
    return state, shapes
