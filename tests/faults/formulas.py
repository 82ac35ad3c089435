"""Formulas that nobody means: each is read or refused in one sentence, at once, and none of it is ever run."""

import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from playground import config as settings
from playground import elementwise, formulas
from playground.config import ConfigError
from playground.engine.server import shared
from tests.faults.damage import NASTY, mangled
from tests.faults.outcome import Outcome
from tests.faults.pages import PAGES, opened

FIELDS = ("own_real", "own_fake", "own_generator")
MOST_SECONDS = 2.0
"""For one formula. Reading takes less than a thousandth of it."""
ONE_IN = 500
"""So many formulas are opened in a page as well, which takes a thousand times as long."""
TELLING = ("exec", "compile", "import", "open", "os.", "subprocess.", "ctypes.", "socket.", "shutil.")
"""Beginnings of what Python's own audit would report of code that acts."""
CODE = (
    "__import__('os').system('true')", "d.__class__.__mro__[1]", "(lambda: d)()", "[d for d in ()]", "exec('d')",
    "open('x')", "d if d else d", "f'{d}'", "d;d", "d := 1", "torch.load(d)", "d.numpy()", "eval(d)", "@d", "d[0]",
    "(" * 500, "-" * 500 + "d", "d^" * 99 + "d", "exp(" * 60, "9^" * 60 + "9*d", "1" * 199 + "d", "((((d))))" * 25,
)  # fmt: skip
LEAVES = ("d", "d", "d", "1", "0.5", "2e3", "e", "pi", "log2", "1e-40")
SIGNS = ("+", "-", "*", "/", "^", "−", "·", "×", " + ")


def every_formula(outcome: Outcome, folder: Path, rng: Random, count: int) -> None:
    """As a setting of a run; now and then in a page. folder: of no use here."""
    acted: list[str] = []
    listening, here = False, threading.get_ident()

    def hear(event: str, _: tuple[Any, ...]) -> None:
        # The app's own threads accept their workers meanwhile.
        if listening and threading.get_ident() == here and event.startswith(TELLING):
            acted.append(event)

    good = 0
    settings.read_text({"loss": "own", "own_real": "softplus(1 - d)"})  # what is imported late is imported now
    sys.addaudithook(hear)
    try:
        for number in range(count):
            text, field = spoilt(rng), rng.choice(FIELDS)
            began = time.monotonic()
            listening = True
            try:
                settings.read_text({"loss": "own", field: text})
                good += 1
                with np.errstate(all="ignore"):
                    formulas.read(text)(np.linspace(-10, 10, 21), elementwise)
            except ConfigError as error:
                if not str(error).endswith(".") or "\n" in str(error) or len(str(error)) > 300:
                    outcome.broken.append(f"This is no sentence: {str(error)!r:.300}")
            except Exception as error:
                outcome.tracebacks.append(f"{type(error).__name__}: {error} for {text!r:.200}")
            finally:
                listening = False
            if time.monotonic() - began > MOST_SECONDS:
                outcome.broken.append(f"{time.monotonic() - began:.1f} s for {text!r:.200}")
            if number % ONE_IN == 0:
                opened(outcome, PAGES[0], {"loss": "own", field: text})
            outcome.tried += 1
    finally:
        shared.close()
    outcome.broken += [f"Something was run: {event}" for event in acted]
    outcome.notes.append(f"{good:,} of the formulas could be trained with")


def any_formula(rng: Random, deep: int) -> str:
    """A text of the grammar, at most so deep; it need not be finite."""
    if deep == 0:
        return rng.choice(LEAVES)
    match rng.randrange(6):
        case 0 | 1:
            return any_formula(rng, deep - 1) + rng.choice(SIGNS) + any_formula(rng, rng.randrange(deep))
        case 2:
            return f"({any_formula(rng, deep - 1)})"
        case 3:
            return f"-{any_formula(rng, deep - 1)}"
        case _:
            name = rng.choice(list(formulas.FUNCTIONS))
            wanted = formulas.FUNCTIONS[name].arguments
            return f"{name}({','.join(any_formula(rng, rng.randrange(deep)) for _ in range(wanted))})"


def spoilt(rng: Random) -> str:
    """A formula as it is, or mangled, or code, or bytes."""
    match rng.randrange(8):
        case 0:
            return rng.randbytes(rng.randrange(40)).decode("latin-1")
        case 1:
            return rng.choice((*CODE, *NASTY))
        case 2:
            return mangled(rng.choice(CODE), rng)
        case 3 | 4:
            return any_formula(rng, rng.randint(1, 5))
        case _:
            return mangled(any_formula(rng, rng.randint(1, 4)), rng)
