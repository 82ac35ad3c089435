"""`python -m playground`: the command line; installed, the command `gan-playground`."""

import os
import sys


def main(name: str = "python -m playground") -> int:
    """The command line, under the name that its help calls it by."""
    # Read when NumPy is loaded. More threads only cost time on matrices this small: on a busy machine a Fréchet
    # distance took 446 ms with them and 1.3 ms without.
    threads = os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", threads)
    os.environ.setdefault("MKL_NUM_THREADS", threads)

    from playground import cli

    given = sys.argv[1:]
    return cli.main(["app"] if name == INSTALLED and not given else given, name)


INSTALLED = "gan-playground"


def installed() -> int:
    """The command that an installation gives: alone it opens the pages."""
    return main(INSTALLED)


if __name__ == "__main__":
    sys.exit(main())
