"""The command line asked by a test: what it prints, and how it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.cli import main

Capture = pytest.CaptureFixture[str]
SMALL = [
    f"--set={change}" for change in ("g_width=8", "d_width=8", "batch_size=16", "jsd_samples=500", "emd_samples=50")
]


def said(capsys: Capture, *arguments: object, code: int = 0) -> str:
    """What a command prints on standard output."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == code
    return capsys.readouterr().out


def answer(capsys: Capture, *arguments: object, code: int = 0) -> Any:
    """The last line that a command prints, as strict JSON."""
    return json.loads(said(capsys, *arguments, code=code).splitlines()[-1], parse_constant=pytest.fail)


def evaluated(capsys: Capture, tmp_path: Path, points: Any, *arguments: object, dataset: str = "ring8") -> Any:
    """What `evaluate` says of these samples."""
    np.save(tmp_path / "points.npy", points)
    return answer(capsys, "evaluate", "--dataset", dataset, "--samples", tmp_path / "points.npy", "--json", *arguments)


def complaint(capsys: Capture, *arguments: object) -> str:
    """The one line with which a command refuses its input."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("Error: ") and len(line) < 1000
    return line


def flat(state: Any, name: str = "") -> dict[str, Any]:
    """A nested state as one dictionary, for comparing two of them bit for bit."""
    if isinstance(state, torch.Tensor):
        return {name: (str(state.dtype), state.numpy().tobytes())}
    if isinstance(state, dict | list | tuple):
        pairs = state.items() if isinstance(state, dict) else enumerate(state)
        return {key: value for part, inner in pairs for key, value in flat(inner, f"{name}/{part}").items()}
    return {name: state}
