"""The toy distributions: samples, exact densities and exact cell masses. NumPy and SciPy only; no torch in here."""

from playground.data.distribution import Distribution, Floats, Modes
from playground.data.toy import DATASETS, PARAMETER_BOUNDS, Dataset, make

__all__ = ["DATASETS", "PARAMETER_BOUNDS", "Dataset", "Distribution", "Floats", "Modes", "make"]
