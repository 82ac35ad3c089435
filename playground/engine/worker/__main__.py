"""The worker process: `python -m playground.engine.worker ADDRESS`, with the connection's key on standard input.

It ends when the engine does: the connection then breaks.
"""

import sys
from multiprocessing.connection import Client

import torch

from playground.engine.worker.entering import enter
from playground.engine.worker.worker import Worker


def main() -> None:
    """Call the engine and work for it until it hangs up."""
    enter()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    key = bytes.fromhex(sys.stdin.readline())
    connection = Client(sys.argv[1], authkey=key)
    try:
        Worker(connection, device).serve()
    except (EOFError, ConnectionError):
        pass  # the engine has gone


if __name__ == "__main__":
    main()
