"""Where runs are kept and how much room they have: from the environment, or refused in one sentence."""

from pathlib import Path

import pytest

from playground.runs.place import DEFAULT_QUOTA, default_folder, default_quota, in_words, read_quota
from playground.runs.record import StoreError


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "here"))
    monkeypatch.setenv("GAN_PLAYGROUND_QUOTA", "2GB")
    assert default_folder() == tmp_path / "here"
    assert default_quota() == 2_000_000_000
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", " ")
    monkeypatch.delenv("GAN_PLAYGROUND_QUOTA")
    assert default_folder().parts[-2:] == ("gan-playground", "runs")
    assert default_quota() == DEFAULT_QUOTA == 4_000_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5000000", 5_000_000), ("1MB", 10**6), (" 2.5 gb ", 2_500_000_000), ("3g", 3 * 10**9), ("1TB", 10**12)],
)
def test_sizes_are_read(text: str, expected: int) -> None:
    assert read_quota(text) == expected


@pytest.mark.parametrize("text", ["", "lots", "-1GB", "10", "1e9", "0GB", "1 000 000", "9" * 40, "١GB", "2GB2"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(StoreError, match="GAN_PLAYGROUND_QUOTA must be a number of bytes, or a size such as"):
        read_quota(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(12, "12 B"), (3_400, "3.4 kB"), (20_000, "20.0 kB"), (240e6, "240 MB"), (4e9, "4.0 GB"), (5e12, "5,000.0 GB")],
)
def test_sizes_are_said(size: float, text: str) -> None:
    assert in_words(size) == text
