"""A learner's state as a checkpoint's bytes and back, bit for bit, without pickled code; see checkpoint_file.py."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground import checkpoint_file
from playground.checkpoint_file import CheckpointError
from playground.data.errors import DataError
from playground.training import learners
from playground.training.learner import Learner

__all__ = ["CheckpointError", "pack", "restored", "unpack"]

DTYPES: dict[str, torch.dtype] = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
"""What a state's tensors may be made of, by safetensors' names."""

_PLAIN = (str, bool, int, type(None))


def pack(state: Mapping[str, Any]) -> bytes:
    """A `Learner.state()` as bytes. Raises TypeError for what is neither plain nor a tensor."""
    tensors: dict[str, np.ndarray] = {}
    return checkpoint_file.write(_written(state, "", tensors), tensors)


def unpack(data: bytes) -> dict[str, Any]:
    """The state that `pack` made into these bytes, on the CPU. Raises CheckpointError."""
    plain, tensors = checkpoint_file.read(data)
    try:
        state = _read(plain, tensors)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, MemoryError):
        raise checkpoint_file.damaged(data) from None
    if not isinstance(state, dict):
        raise CheckpointError("This checkpoint is damaged: it holds no state.")
    return state


def restored(data: bytes, device: str = "cpu", folder: Path | None = None) -> Learner:
    """The run that a checkpoint was made of. Raises CheckpointError, also where it does not fit its own config."""
    state = unpack(data)
    try:
        return learners.restored(state, device, folder)
    except DataError:
        raise  # the images are missing, the checkpoint is not at fault
    except (KeyError, ValueError, TypeError, RuntimeError, AttributeError, IndexError, OverflowError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise CheckpointError(f"This checkpoint does not fit its config: {reason.rstrip('.:')}.") from None


def _written(value: Any, path: str, tensors: dict[str, np.ndarray]) -> Any:
    """The value as plain JSON; what JSON has no form for becomes an object with one key that begins with $."""
    if isinstance(value, Tensor):
        return {"$tensor": _put(value, path, tensors)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list):
        return [_written(item, f"{path}.{i}", tensors) for i, item in enumerate(value)]
    if isinstance(value, tuple):
        return {"$tuple": [_written(item, f"{path}.{i}", tensors) for i, item in enumerate(value)]}
    if isinstance(value, Mapping):
        items = [(key, _written(item, f"{path}.{key}", tensors)) for key, item in value.items()]
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return dict(items)
        return {"$dict": [[_written(key, path, tensors), item] for key, item in items]}
    raise TypeError(f"A checkpoint holds plain values and tensors; {path.lstrip('.')} is a {type(value).__name__}.")


def _put(tensor: Tensor, path: str, tensors: dict[str, np.ndarray]) -> str:
    """Lay the tensor's numbers down under its path, and say under which name."""
    if tensor.dtype not in DTYPES.values():
        raise TypeError(f"A checkpoint can't hold {tensor.dtype}, which {path.lstrip('.')} is made of.")
    name = path.lstrip(".") or "state"
    while name in tensors:
        name += "'"
    tensors[name] = np.ascontiguousarray(tensor.detach().cpu().numpy()).reshape(tuple(tensor.shape))
    return name


def _read(value: Any, tensors: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_read(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"$tensor": name}:
            return torch.from_numpy(tensors[name].copy()).reshape(tensors[name].shape)
        case {"$float": text}:
            return float(text)
        case {"$tuple": items}:
            return tuple(_read(item, tensors) for item in items)
        case {"$dict": items}:
            return {_read(key, tensors): _read(item, tensors) for key, item in items}
    return {key: _read(item, tensors) for key, item in value.items()}
