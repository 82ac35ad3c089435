"""The programs that checks need: found, else installed where that is possible, else told in one sentence."""

import os
from pathlib import Path

import pytest

from tests.programs import find, find_or_install, main

APT_GET = """#!/bin/sh
case "$*" in
*nodejs*) printf '#!/bin/sh' > "${0%/*}/node" && /bin/chmod +x "${0%/*}/node" ;;
esac
"""
"""Installs an empty program where Debian's package is asked for, beside itself."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def program(path: Path, text: str = "#!/bin/sh\n") -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_a_program_is_found_in_the_path(folder: Path) -> None:
    program(folder / "node")
    assert find("node") == str(folder / "node")


def test_a_missing_program_is_installed_by_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(folder / "apt-get", APT_GET)
    assert find_or_install("node") == str(folder / "node")
    with pytest.raises(LookupError):
        find_or_install("npm")  # its package came without it


@pytest.mark.parametrize("root", [True, False])
def test_what_cannot_be_installed_is_told_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], root: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    if not root:
        program(folder / "apt-get", APT_GET)  # not for us
    monkeypatch.setattr("sys.argv", ["programs", "node", "npm"])
    assert main() == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1 and "Node.js 18" in told.err
    assert not (folder / "node").exists()


def test_a_variable_that_names_no_program_is_not_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(folder / "chromium")
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    with pytest.raises(LookupError, match="no-such-browser"):
        find_or_install("chromium")
