"""The link that is shared, and its QR code."""

from urllib.parse import parse_qs, urlsplit

import pytest

from playground.config import RunConfig, read_text
from playground.ui.share import link, qr_code
from playground.ui.view import View, read_view, without_view

ADDRESS = "http://localhost:8501/base/points?run=secret&k=2#top"


def opened(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def test_a_shared_link_opens_with_the_settings_and_the_view() -> None:
    config, view = RunConfig(loss="wasserstein", k=5, clip=0.01), View(("Networks",), ("real", "fake"), "10")
    address = link(ADDRESS, config, RunConfig(), view)
    query = opened(address)
    assert read_view(query) == view
    assert read_text(without_view(query)) == config


def test_a_shared_link_never_carries_the_run() -> None:
    address = link(ADDRESS, RunConfig(), RunConfig(), View())
    assert address == "http://localhost:8501/base/points"


def test_a_pages_own_start_is_left_out() -> None:
    start = RunConfig(dataset="digits", network="lecture", latent_dim=20)
    assert "dataset" not in link(ADDRESS, start.replace(k=3), start, View())


def test_the_qr_code_is_a_picture_and_grows_with_the_text() -> None:
    short, long = qr_code("http://localhost"), qr_code("http://localhost/?" + "k=5&" * 100)
    assert short.startswith("data:image/svg+xml") and len(long) > len(short)


def test_a_text_too_long_for_a_qr_code_is_told_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="share the link itself"):
        qr_code("x" * 5000)
