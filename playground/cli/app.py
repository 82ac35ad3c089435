"""`app`: the pages in a browser, for this machine alone or for a room."""

import os
import socket
import sys
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from playground.engine.server.limits import ROOM, Limits
from playground.files import BadInput

PLACES = [Path(__file__).parents[2] / "gan_playground", Path(__file__).parents[2]]
"""Where app.py and the pages are: beside the package as it is installed, or in the project's folder."""
EVERYWHERE = "0.0.0.0"
ELSEWHERE = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): nothing is sent, the system only says by which of ours it would go there."""


def app(
    context: typer.Context,
    room: Annotated[bool, typer.Option("--room", help="Listen on the network, for everybody who reaches it.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where to listen.")] = 8501,
    listen: Annotated[str, typer.Option(metavar="ADDRESS", help="On which address; in a room on all of them.")] = "",
    address: Annotated[str, typer.Option(metavar="HOST", help="What others open, where it is not found.")] = "",
) -> None:
    """Open the pages in a browser. Further options go to Streamlit, such as --server.baseUrlPath=gan."""
    command = command_line(room, port, listen, address, tuple(context.args))
    environment = dict(os.environ) | ({ROOM: "1"} if room else {})
    if room:
        print(f"For a room. {Limits.of(environment).told()}", flush=True)
    os.execve(sys.executable, command, environment)


def command_line(room: bool, port: int, listen: str, address: str, more: tuple[str, ...]) -> list[str]:
    """How Streamlit is started. Raises BadInput where nobody else could reach it."""
    place = next((place for place in PLACES if (place / "app.py").is_file()), None)
    if place is None:
        raise BadInput(f"The pages are not installed: there is no app.py in {' or '.join(map(str, PLACES))}.")
    listen = listen or (EVERYWHERE if room else "localhost")
    told = _own_settings(place) | {"server.port": port, "server.address": listen}
    if room:
        told["server.headless"] = "true"
        if found := address or (_own_address() if listen == EVERYWHERE else ""):
            told["browser.serverAddress"] = found  # printed by Streamlit, and in links to share
        elif listen == EVERYWHERE:
            raise BadInput("This machine has no address on a network; --address names one that others can open.")
    options = [f"--{name}={value}" for name, value in told.items()]
    return [sys.executable, "-m", "streamlit", "run", str(place / "app.py"), *options, *more]


def _own_settings(place: Path) -> dict[str, object]:
    """Streamlit's settings as the project has them; from another folder it would not find them."""
    read = tomllib.loads((place / ".streamlit" / "config.toml").read_text("utf-8"))
    return {
        f"{section}.{name}": str(value).lower() if isinstance(value, bool) else value
        for section, values in read.items()
        for name, value in values.items()
    }


def _own_address() -> str:
    """This machine's address on its network, "" where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return ""
        found: str = probe.getsockname()[0]
        return found
