"""Where runs are kept, and how much room they may take: both can be set in the environment."""

import os
import re
from pathlib import Path

import platformdirs

from playground.runs.record import StoreError

FOLDER_VARIABLE = "GAN_PLAYGROUND_RUNS"
SWEEPS_VARIABLE = "GAN_PLAYGROUND_SWEEPS"
QUOTA_VARIABLE = "GAN_PLAYGROUND_QUOTA"
DEFAULT_QUOTA = 4_000_000_000
SMALLEST_QUOTA = 1_000_000
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def default_folder() -> Path:
    """The folder of recorded runs: GAN_PLAYGROUND_RUNS, or the user's data folder."""
    chosen = os.environ.get(FOLDER_VARIABLE, "").strip()
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("gan-playground")) / "runs"


def sweeps_folder() -> Path:
    """The folder of the page's sweeps: GAN_PLAYGROUND_SWEEPS, or beside that of recorded runs."""
    chosen = os.environ.get(SWEEPS_VARIABLE, "").strip()
    return Path(chosen).expanduser() if chosen else default_folder().with_name("sweeps")


def default_quota() -> int:
    """How many bytes recorded runs may take: GAN_PLAYGROUND_QUOTA, or 4 GB. Raises StoreError."""
    chosen = os.environ.get(QUOTA_VARIABLE, "").strip()
    return read_quota(chosen) if chosen else DEFAULT_QUOTA


def read_quota(text: str) -> int:
    """Bytes, from texts such as 500000000, 500MB or 2.5 GB (1 GB = 10⁹ bytes). Raises StoreError."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,3})?)\s*([KMGT]?B?)", text.strip().upper(), re.ASCII)
    unit = found[2] if found else "?"
    unit += "B" if unit in ("K", "M", "G", "T") else ""
    quota = int(float(found[1]) * UNITS[unit]) if found else 0
    if quota < SMALLEST_QUOTA:
        raise StoreError(
            f"{QUOTA_VARIABLE} must be a number of bytes, or a size such as 500MB or 2GB, from 1MB (got {text[:40]!r})."
        )
    return quota


def in_words(size: float) -> str:
    """A number of bytes for people, such as "3.4 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
