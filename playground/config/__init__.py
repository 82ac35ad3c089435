"""RunConfig: every setting of a run, declared once.

Widgets, URL parameters, `--set key=value` and JSON are all derived from the fields in `groups/`; nothing else
lists the settings. A config is frozen: a change makes a new one, and the worker says which one trains.

- `groups/`: the settings, one file for each group of the page
- `fields.py`: all of them in order; what a setting may be, and whether it is live
- `difference.py`: what changed between two configs, and whether it may while a run trains
- `impossible.py`: combinations that can't train
- `naming.py`: a setting and its value in words
- `errors.py`: ConfigError, and its sentences
- `run_config.py`: RunConfig, and how it is read
"""

from playground.config.difference import Difference, difference
from playground.config.errors import ConfigError
from playground.config.fields import DATA_FIELDS, DECAYS, SETTINGS, allowed, applies, belongs, bounds, choices, is_live
from playground.config.groups.data import DIRAC, POINT_DATASETS, SHIFTED
from playground.config.groups.game import Trains, Updates
from playground.config.groups.networks import NETWORK_LABELS, Activation, Initialisation, Minibatch, NetworkName, Prior
from playground.config.groups.optimisation import Optimizer
from playground.config.impossible import MAX_PARAMETERS, weights_of
from playground.config.run_config import RunConfig, read, read_assignments, read_text, read_value

__all__ = [
    "DATA_FIELDS",
    "DECAYS",
    "DIRAC",
    "MAX_PARAMETERS",
    "NETWORK_LABELS",
    "POINT_DATASETS",
    "SETTINGS",
    "SHIFTED",
    "Activation",
    "ConfigError",
    "Initialisation",
    "Difference",
    "Minibatch",
    "NetworkName",
    "Optimizer",
    "Prior",
    "RunConfig",
    "Trains",
    "Updates",
    "allowed",
    "applies",
    "belongs",
    "bounds",
    "choices",
    "difference",
    "is_live",
    "read",
    "read_assignments",
    "read_text",
    "read_value",
    "weights_of",
]
