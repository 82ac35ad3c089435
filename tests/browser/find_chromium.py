"""The Chromium that the browser tests drive: `python -m tests.browser.find_chromium` finds it, or installs it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    "The browser tests need Chromium or Chrome, and there is none: install one so that it is in PATH, "
    "or set CHROMIUM to its program."
)


def find_chromium() -> str:
    """The program: what CHROMIUM names, else the first found in PATH or in a usual place. Raises LookupError."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise LookupError(f"CHROMIUM is set to '{chosen}', which is no program that can be run.")
        return found
    for candidate in (*NAMES, *PLACES):
        found = shutil.which(candidate)
        if found is not None:
            return found
    raise LookupError(MISSING)


def install_chromium() -> None:
    """Debian's package, where we may install it: as root, with apt-get. Elsewhere nothing happens."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "chromium"]):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)  # what failed shows on stderr


def main() -> int:
    """Print the program, installed first where that is possible."""
    try:
        try:
            print(find_chromium())
        except LookupError:
            if os.environ.get("CHROMIUM"):
                raise
            install_chromium()
            print(find_chromium())
    except LookupError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
