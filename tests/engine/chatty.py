"""A worker process for tests that is always sending: `python -m tests.engine.chatty ADDRESS`, its key on stdin.

Between two large reports it takes in what there is, and says so of each run that it is to open from a checkpoint.
"""

import sys
from multiprocessing.connection import Client

from playground.engine.messages import Open, Picture, Refused

LARGE = bytes(1 << 20)


def main() -> None:
    key = bytes.fromhex(sys.stdin.readline())
    with Client(sys.argv[1], authkey=key) as connection:
        while True:
            connection.send(Picture("chatty", 0, LARGE))
            while connection.poll():
                command = connection.recv()
                if isinstance(command, Open) and command.state is not None:
                    connection.send(Refused(command.run, f"opened from {len(command.state):,} bytes"))


if __name__ == "__main__":
    main()
