"""The link that is shared, and its QR code."""

from urllib.parse import parse_qs, urlsplit

import pytest

from playground.config import RunConfig, read_text
from playground.recipes import RECIPES, for_images
from playground.ui.link import read_link
from playground.ui.share import for_others, link, link_to_run, qr_code
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


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_shared_by_its_name(name: str) -> None:
    start = RunConfig(dataset="digits", network="lecture") if for_images(RECIPES[name]) else RunConfig()
    for config in (RECIPES[name].config, RECIPES[name].config.replace(seed=7)):
        address = link(ADDRESS, config, start, View())
        assert len(urlsplit(address).query) <= len(f"recipe={name}&seed=7")
        assert read_link(opened(address)).config(start, start.on_images) == (config, "")


def test_the_qr_code_is_a_picture_and_grows_with_the_text() -> None:
    short, long = qr_code("http://localhost"), qr_code("http://localhost/?" + "k=5&" * 100)
    assert short.startswith("data:image/svg+xml") and len(long) > len(short)


def test_a_text_too_long_for_a_qr_code_is_told_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="share the link itself"):
        qr_code("x" * 5000)


@pytest.mark.parametrize(
    ("page", "server", "others"),
    [
        ("http://localhost:8501/gan/images", "192.168.1.5", "http://192.168.1.5:8501/gan/images"),
        ("http://127.0.0.1/", "192.168.1.5", "http://192.168.1.5/"),
        ("http://localhost:8501/", "localhost", "http://localhost:8501/"),
        ("https://gan.example.org/lab/", "192.168.1.5", "https://gan.example.org/lab/"),  # behind a proxy
    ],
)
def test_others_get_the_address_that_they_can_open(page: str, server: str, others: str) -> None:
    assert for_others(page, server) == others


def test_a_link_to_a_run_names_it_to_be_looked_at_and_no_settings() -> None:
    address = link_to_run(ADDRESS, "a-run", View(present=True))
    assert address.startswith("http://localhost:8501/base/points?")
    asked = read_link(opened(address))
    assert asked.run == "a-run" and asked.look and asked.view.present and not asked.settings
