"""`app`: how Streamlit is started, for this machine or for a room."""

import importlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from playground.cli import main
from playground.engine.server.limits import FOR_A_CLASS, ROOM, Limits
from playground.version import VERSION

ROOT = Path(__file__).parents[2]
cli_app = importlib.import_module("playground.cli.app")  # the package has a Typer of this name


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be started: the options by name, and the environment."""
    found: list[Any] = []

    def execve(_: str, command: list[str], environment: dict[str, str]) -> None:
        options = dict(part.removeprefix("--").split("=", 1) for part in command if part.startswith("--"))
        found[:] = [options, environment, command]

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(cli_app, "_own_address", lambda: "192.168.1.5")
    monkeypatch.delenv(ROOM, raising=False)
    return found


def test_alone_it_listens_to_this_machine_only(started: list[Any]) -> None:
    assert main(["app", "--port", "8600"]) == 0
    options, environment, command = started
    assert options["server.address"] == "localhost" and options["server.port"] == "8600"
    assert options["global.minCachedMessageSize"] == "1000000000.0"  # the project's own settings, from any folder
    assert "browser.serverAddress" not in options and ROOM not in environment
    assert command[4].endswith("app.py")


def test_for_a_room_it_listens_everywhere_and_says_what_others_open(
    started: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", "--room", "--server.baseUrlPath=gan"]) == 0
    options, environment, _ = started
    assert options["server.address"] == "0.0.0.0" and options["server.baseUrlPath"] == "gan"
    assert options["browser.serverAddress"] == "192.168.1.5" and environment[ROOM] == "1"
    assert FOR_A_CLASS.told() in capsys.readouterr().out


def test_behind_a_proxy_it_listens_to_that_alone(started: list[Any]) -> None:
    assert main(["app", "--room", "--listen", "127.0.0.1"]) == 0
    options = started[0]
    assert options["server.address"] == "127.0.0.1" and "browser.serverAddress" not in options


def test_a_machine_without_a_network_is_told(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_app, "_own_address", lambda: "")
    assert main(["app", "--room"]) == 2 and not started
    assert "--address names one" in capsys.readouterr().err
    assert main(["app", "--room", "--address", "gan.local"]) == 0
    assert started[0]["browser.serverAddress"] == "gan.local"


def test_a_class_has_its_own_limits_unless_others_are_asked_for() -> None:
    assert Limits.of({ROOM: "1"}) == FOR_A_CLASS and Limits.of({}) == Limits()
    assert Limits.of({ROOM: "1", "GAN_PLAYGROUND_RUNS_PER_SESSION": "1"}).per_session == 1
    assert "60 runs" in FOR_A_CLASS.told() and "2 of each visitor" in FOR_A_CLASS.told()


def test_the_version_is_told_alike_everywhere() -> None:
    assert f"version: {VERSION}" in (ROOT / "CITATION.cff").read_text("utf-8").splitlines()
    newest = re.search(r"^## (\S+)$", (ROOT / "docs" / "changelog.md").read_text("utf-8"), re.MULTILINE)
    assert newest and newest[1] == VERSION


def test_an_installation_has_every_kind_of_file_that_the_package_needs() -> None:
    """Files of a kind that is not named in pyproject.toml are missing from a wheel, and nobody notices here."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = {Path(pattern).suffix for pattern in settings["tool"]["setuptools"]["package-data"]["playground"]}
    found = {
        path.suffix for path in (ROOT / "playground").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    assert found - {".py", ".ts"} <= named
    script = importlib.import_module("playground.__main__")
    assert settings["project"]["scripts"]["gan-playground"] == f"{script.__name__}:{script.installed.__name__}"
