"""`make bench`: every table of TABLES, or those named: python -m tests.benchmarks training page."""

import platform
import sys

import torch

from tests.benchmarks import compiled, images, laboratory, lecture, page, runs, sweeps, training

TABLES = {
    "training": training.steps_per_second,
    "penalties": training.penalties,
    "compiled": compiled.change_over,
    "products": compiled.matrix_products,
    "metrics": training.metrics,
    "images": images.training,
    "page": page.live_pages,
    "runs": runs.runs,
    "laboratory": laboratory.laboratory,
    "sweeps": sweeps.sweeps,
    "lecture": lecture.outcomes,
}

ASKED_FOR = {"hour": laboratory.hour, "agreement": compiled.agreement}
"""Made only when named."""


def main() -> None:
    torch.set_num_threads(1)
    print(
        f"Python {platform.python_version()}, torch {torch.__version__}, {platform.machine()}. Ratios are the result."
    )
    for name in sys.argv[1:] or TABLES:
        (TABLES | ASKED_FOR)[name]()


if __name__ == "__main__":
    main()
