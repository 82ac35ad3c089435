"""The programs that the checks need beside Python: `python -m tests.programs node npm` finds them, or installs them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """What a program is called, what apt-get is told to install it, and what is said where it is missing."""

    names: tuple[str, ...]
    install: tuple[str, ...]
    missing: str
    places: tuple[str, ...] = ()
    """Where it may be outside of PATH."""
    variable: str = ""
    """An environment variable that may name it."""


NO_NODE = (
    "The checks of the browser's scripts need Node.js 18 or newer with npm: install both so that they are in PATH."
)
PROGRAMS = {
    "chromium": Program(
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
        ("chromium",),
        "The browser tests need Chromium or Chrome, and there is none: install one so that it is in PATH, "
        "or set CHROMIUM to its program.",
        (
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
        ),
        "CHROMIUM",
    ),
    "node": Program(("node",), ("nodejs",), NO_NODE),
    "npm": Program(("npm",), ("--no-install-recommends", "npm"), NO_NODE),
}


def find(name: str) -> str:
    """The program: what its variable names, else the first found in PATH or in a usual place. Raises LookupError."""
    program = PROGRAMS[name]
    chosen = os.environ.get(program.variable)
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise LookupError(f"{program.variable} is set to '{chosen}', which is no program that can be run.")
        return found
    for candidate in (*program.names, *program.places):
        found = shutil.which(candidate)
        if found is not None:
            return found
    raise LookupError(program.missing)


def install(program: Program) -> None:
    """Debian's package, where we may install it: as root, with apt-get. Elsewhere nothing happens."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", *program.install]):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)  # what failed shows on stderr


def find_or_install(name: str) -> str:
    """The program, installed first where that is possible. Raises LookupError."""
    try:
        return find(name)
    except LookupError:
        if os.environ.get(PROGRAMS[name].variable):
            raise
        install(PROGRAMS[name])
        return find(name)


def main() -> int:
    """Print each program that the arguments name."""
    try:
        for name in sys.argv[1:]:
            print(find_or_install(name))
    except LookupError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
