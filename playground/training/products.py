"""Large matrix products of a compiled step, by the library that uses the whole processor.

PyTorch multiplies by MKL, which on AMD's processors leaves AVX-512 alone; oneDNN, which comes with PyTorch too, uses it
there, and is up to twice as fast where a product is large (`python -m tests.benchmarks products`).
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

LARGE, LARGE_TURNED = 2**21, 2**22
"""Multiplications from which on oneDNN is faster, and where its left factor has first to be turned round in memory."""


def table() -> dict[Any, Callable[..., Any]]:
    """What stands for products while a step is traced, by operation; nothing where MKL does as well."""
    return {torch.ops.aten.bmm.default: bmm, torch.ops.aten.baddbmm.default: baddbmm} if helps() else {}


@functools.cache
def helps() -> bool:
    """Whether this is a processor on which MKL leaves much undone. Compiled code is kept for one kind of processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return False
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    vendor = next((line for line in lines if line.startswith("vendor_id")), "")
    return "AuthenticAMD" in vendor and "avx512f" in flags and torch._C._has_mkldnn


def bmm(left: Tensor, right: Tensor) -> Tensor:
    """(S, n, m) with (S, m, p) -> (S, n, p)."""
    return by_lanes(left, right, None) if _is_large(left, right) else NotImplemented


def baddbmm(added: Tensor, left: Tensor, right: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """The same and a row for each lane, (S, 1, p)."""
    row = added.shape == (len(left), 1, right.shape[2]) and beta == alpha == 1
    return by_lanes(left, right, added) if row and _is_large(left, right) else NotImplemented


def by_lanes(left: Tensor, right: Tensor, added: Tensor | None) -> Tensor:
    """A product of oneDNN for each lane."""
    rows = [None] * len(left) if added is None else [row.reshape(-1) for row in added.unbind(0)]
    made = [
        torch.ops.mkldnn._linear_pointwise(one, other.t(), row, "none", [], "")
        for one, other, row in zip(left.unbind(0), right.unbind(0), rows, strict=True)
    ]
    return torch.stack(made) if len(made) > 1 else made[0].unsqueeze(0)


@contextmanager
def compiled() -> Iterator[None]:
    """Within, the compiler takes this operation as it is: its own rule for it wants weights that never change."""
    from torch._inductor.ir import TensorBox
    from torch._inductor.lowering import lowerings
    from torch._inductor.mkldnn_ir import LinearUnary

    def lower(*arguments: Any) -> Any:
        product: Any = LinearUnary
        return TensorBox.create(product.create(*arguments))

    with patch.dict(lowerings, {torch.ops.mkldnn._linear_pointwise.default: lower} if helps() else {}):
        yield


def _is_large(left: Tensor, right: Tensor) -> bool:
    turned = left.stride(2) != 1
    size = left.shape[1] * left.shape[2] * right.shape[2]
    return left.dtype == torch.float32 and left.device.type == "cpu" and size >= (LARGE_TURNED if turned else LARGE)
