"""The bytes of a checkpoint: a safetensors file, read and written here without torch.

Every tensor stands under a dotted path (`generator.hidden.0.weight`); everything plain is JSON in the file's metadata,
where a tensor is named by its path. The metadata's one entry is the format's version, a checksum of everything, and
that JSON: "1 89abcdef", a line break, {"config": …}. training/checkpoint.py turns a learner's state into these parts
and back; runs/weights.py takes the weights and the settings out of them.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from playground.errors import PlaygroundError

FORMAT = "gan-playground checkpoint"
VERSION = 1
MAX_BYTES = 1 << 30
"""Of a checkpoint. The largest networks that are allowed make about an eighth of it."""

Shapes = dict[str, tuple[str, tuple[int, ...]]]
"""Name -> (dtype as safetensors calls it, shape)."""


class CheckpointError(PlaygroundError):
    """A checkpoint that can't be used, in one sentence."""


def write(plain: Any, tensors: Mapping[str, np.ndarray]) -> bytes:
    """A checkpoint's bytes. Raises TypeError and ValueError for what JSON has no form for."""
    text = json.dumps(plain, allow_nan=False, separators=(",", ":"))
    # One entry only: safetensors writes several in random order, and equal states must give equal bytes.
    return safetensors.numpy.save(dict(tensors), {FORMAT: f"{VERSION} {_checksum(text, tensors)}\n{text}"})


def read(data: bytes) -> tuple[Any, dict[str, np.ndarray]]:
    """What `write` was given, its checksum verified. Raises CheckpointError."""
    try:
        checksum, text, _ = _header(data)
        tensors = safetensors.numpy.load(data)
        plain = json.loads(text)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, OverflowError, RecursionError, MemoryError):
        raise damaged(data) from None
    if checksum != _checksum(text, tensors):
        raise CheckpointError("This checkpoint is damaged: its checksum is wrong.")
    return plain, tensors


def read_header(data: bytes) -> tuple[Any, Shapes]:
    """What is plain in a checkpoint, and the tensors' shapes: quick, and unverified. Raises CheckpointError."""
    try:
        _, text, entries = _header(data)
        shapes = {name: (str(entry["dtype"]), tuple(map(int, entry["shape"]))) for name, entry in entries.items()}
        return json.loads(text), shapes
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise damaged(data) from None


def damaged(data: bytes) -> CheckpointError:
    """The error for bytes that are not what they should be."""
    return CheckpointError(f"These {len(data):,} bytes are no checkpoint, or a damaged one.")


def _header(data: bytes) -> tuple[str, str, dict[str, Any]]:
    """The checksum, the plain part as text, and safetensors' entry for each tensor.

    Raises CheckpointError where the file says itself that it is something else, and ValueError, TypeError or
    AttributeError where it is damaged.
    """
    if len(data) > MAX_BYTES:
        raise CheckpointError(f"A checkpoint may have at most {MAX_BYTES:,} bytes; this one has {len(data):,}.")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise damaged(data)
    entries = json.loads(data[8 : 8 + length])
    metadata = entries.pop("__metadata__", {})
    if FORMAT not in metadata:
        raise CheckpointError("This is no checkpoint of the GAN playground.")
    head, _, text = metadata[FORMAT].partition("\n")
    version, _, checksum = head.partition(" ")
    if version != str(VERSION):
        raise CheckpointError(f"This checkpoint has format {version[:20]}; this version reads format {VERSION}.")
    return checksum, text, entries


def _checksum(text: str, tensors: Mapping[str, np.ndarray]) -> str:
    total = zlib.crc32(text.encode())
    for name in sorted(tensors):
        array = tensors[name]
        total = zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return f"{total:08x}"


def compiled_since(ways: Sequence[Sequence[Any]]) -> int | None:
    """The step from which on a run has trained by compiled steps without a break, by its state's `ways`; None where it
    does not now."""
    found = None
    for step, key in reversed(ways):
        if not key:
            break
        found = int(step)
    return found
