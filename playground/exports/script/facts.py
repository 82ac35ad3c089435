"""What the reference script has to know of a run: what it has, and the values of its constants."""

import ast
import base64
import inspect
import re
import textwrap
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from playground.config import SHIFTED, RunConfig, belongs
from playground.data.distribution import Curve, Distribution, GaussianSum, Mixture, NoisyCurve
from playground.data.peak import HEADROOM, highest
from playground.data.point import Point
from playground.data.shapes import Ellipses, SmoothedPoints, SoftBoxes
from playground.errors import PlaygroundError
from playground.exports.script.blocks import written
from playground.exports.script.formula_code import code_of
from playground.formulas import Formula
from playground.methods import DENSITY, LIKELIHOOD, VAE
from playground.objectives import PENALTIES, Loss, Term, objective

NUMBERS_WRITTEN_OUT = 160
"""An array of more numbers is packed: nobody reads them one by one."""

FEATURES = {"none": 0, "discrimination": 5, "deviation": 1}
"""Numbers about its batch that D is told, by the setting minibatch."""


NOT_IN_F = re.compile(r"\bf\.(exp|log|sqrt|tanh|sigmoid|abs)\b")
"""The functions that a script has from torch, not from torch.nn.functional as f."""


APART = ("decoder",)
"""Settings whose values are also those of another, as a Gaussian decoder and Gaussian weights."""


class ScriptError(PlaygroundError):
    """A run that can't be written as a script: one sentence that says why."""


def has(config: RunConfig) -> set[str]:
    """What the markers of the reference can name: settings that are on, choices by their value, and what follows."""
    settings = {name: value for name, value in config.model_dump().items() if belongs(name, config.method)}
    on = {value if isinstance(value, str) else name for name, value in settings.items() if value and name not in APART}
    on |= {*config.optimizers, f"d_{config.optimizers[0]}"}
    on |= set() if config.on_images else {_sampler(config.distribution())[0]}
    penalty = PENALTIES[config.penalty]
    fades = bool(config.instance_noise and config.noise_decay)
    labels = bool(config.label_flip or config.label_smoothing)
    more = {
        **dict.fromkeys(config.learning.parts, True),
        "bernoulli": config.decoder == "bernoulli",
        "gaussian_decoder": config.method == VAE and config.decoder == "gaussian",
        "slopes": config.method == LIKELIHOOD and config.latent_dim == _dim(config),
        "images": config.on_images,
        "points": not config.on_images,
        "told": config.conditional and config.auxiliary == 0,
        "shifted": config.dataset == SHIFTED,
        "only_d": config.trains == "discriminator",
        "only_g": config.trains == "generator",
        "at_once": config.updates != "alternating",
        "plane": config.latent_dim > 1,
        "relative": objective(config).relative,
        "label_noise": labels,
        "fading": fades or bool(labels and config.label_decay) or config.lr_decay > 0,
        "packed": config.pack > 1,
        "features": config.minibatch != "none",
        "apart": config.network == "dcgan" or config.minibatch != "none",
        "penalised": bool(penalty.points and config.penalty_weight),
        "interpolates": "interpolates" in penalty.points,
        "zero_slope": penalty.slope == 0,
        "choosing": config.top_k < 1,
        "forgetting": config.replay == 0,
    }
    return on | {name for name, true in more.items() if true}


DETAIL_OF = {
    "consensus": "at_once",
    "g_first": "alternating",
    "noise_decay": "instance_noise",
    "label_decay": "label_noise",
    "interpolates": "penalised",
    "zero_slope": "penalised",
}
"""What says nothing about a run at the times when it has not the other thing."""


def constants(start: RunConfig, last: RunConfig, shape: tuple[int, int] | None, classes: int) -> dict[str, str]:
    """The reference's constants and settings, as text. Raises ScriptError.

    start, last: the run's settings at both ends. shape: height and width of images. classes: 0 where there are none.
    """
    told, verdict = (0, 1 + classes) if start.auxiliary > 0 else (classes, 1)
    values: dict[str, Any] = start.model_dump(exclude={"d_optimizer"}) | {  # a variable of the script is called so
        "SEED": start.seed,
        "CLASSES": classes,
        "D_PLANES": start.pack * (1 + told),
        "PACK": start.pack,
        "FEATURES": FEATURES[start.minibatch],
        "VERDICT": verdict,
        "AUXILIARY": start.auxiliary,
        "LATENT_DIM": start.latent_dim,
        "G_INPUTS": start.latent_dim + classes,
        "G_ACTIVATION": start.g_activation,
        "D_ACTIVATION": start.d_activation,
        "OPTIMIZER": start.optimizer,
        "D_OPTIMIZER": start.optimizers[0],
        "SPECTRAL_NORM": start.spectral_norm,
        "INIT_GAIN": start.init_gain,
        "LAST_GAIN": start.last_gain,
        "THETA": start.theta,
        "PSI": start.psi,
    }
    if start.learning.per_code:
        verdict = start.learning.per_code * start.latent_dim
    if shape:
        values |= {"SCALE": 1.0}
        values |= {"HEIGHT": shape[0], "WIDTH": shape[1], "DIM": shape[0] * shape[1], "SAMPLES": last.image_samples}
        sampler = {}
    else:
        data = start.distribution()
        unit = data.scale if start.data_units else 1.0
        values |= {"DIM": data.dim, "G_SCALE": unit, "D_SCALE": unit * start.d_input_divisor}
        values["SAMPLES"] = max(last.jsd_samples, last.emd_samples, last.mode_samples)
        sampler = _exact(data, start) if start.learning.exact else _sampler(data)[1](data)
        values |= {"SCALE": data.scale}
    values["G_SIZES"] = [start.latent_dim + classes, *[start.g_width] * start.g_depth, values["DIM"]]
    values["D_SIZES"] = [start.pack * (values["DIM"] + told), *[start.d_width] * start.d_depth, verdict]
    units = {"mlp": start.d_width, "lecture": 100, "dcgan": 2 * values["DIM"]}  # 32 maps of a quarter of each side
    values["D_UNITS"] = units[start.network]
    return {name: written(value) for name, value in values.items()} | sampler


def loss_rows(configs: Iterable[RunConfig]) -> tuple[list[str], dict[str, Loss]]:
    """What the script calls the loss of each of a run's settings, and these losses: one's own can be several."""
    names: list[str] = []
    rows: dict[str, Loss] = {}
    for config in configs:
        row = objective(config)
        new = config.loss if config.loss not in rows else f"{config.loss}_{len(rows) + 1}"
        names.append(next((name for name, known in rows.items() if known == row), new))
        rows[names[-1]] = row
    return names, rows


def losses(rows: Mapping[str, Loss]) -> str:
    """The losses as rows of the script's table, by the names that it has for them."""
    table = []
    for name, row in rows.items():
        terms = {part: f"lambda d: {formula(getattr(row, part))}" for part in ("real", "fake", "generator")}
        terms |= {"relative": "True"} if row.relative else {}
        listed = "".join(f"        {part}={text},\n" for part, text in terms.items())
        table.append(f'    # {row.label}: {row.source}\n    "{name}": Loss(\n{listed}    ),\n')
    return "{\n" + "".join(table) + "}"


def penalties(names: Iterable[str]) -> str:
    """The penalties as rows of the script's table."""
    rows = []
    for name in names:
        row = PENALTIES[name]
        made = f"Penalty(points={written(row.points)}, slope={row.slope!r}, factor={row.factor!r})"
        rows.append(f'    # {row.label}: {row.source}\n    "{name}": {made},\n')
    return "{\n" + "".join(rows) + "}"


@lru_cache(maxsize=8)
def _lambdas(file: str) -> tuple[str, list[ast.Lambda]]:
    """A module's text, and the lambdas in it."""
    text = Path(file).read_text("utf-8")
    return text, [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda)]


def formula(term: Term) -> str:
    """A term of a loss as code in d, torch and f. Raises ScriptError where it is neither typed nor a lambda d, f."""
    if isinstance(term, Formula):
        return code_of(term.tree)
    code = term.__code__ if isinstance(term, FunctionType) else None
    text, lambdas = _lambdas(code.co_filename) if code else ("", [])
    found = [node for node in lambdas if code and node.lineno == code.co_firstlineno]
    if len(found) != 1 or [argument.arg for argument in found[0].args.args] != ["d", "f"]:
        raise ScriptError("A script can't be written for this loss: a term is no lambda d, f on a line of its own.")
    return NOT_IN_F.sub(r"torch.\1", str(ast.get_source_segment(text, found[0].body)))


def _modes(modes: Any) -> dict[str, str]:
    count = len(modes.weights)
    weights = f"np.full({count}, 1 / {count})" if (modes.weights == 1 / count).all() else array(modes.weights)
    return {"CENTRES": array(modes.centres), "WEIGHTS": weights}


def _curve(curve: Curve) -> str:
    """The text of a curve's function, which may use math and np only. Raises ScriptError."""
    refers = inspect.getclosurevars(curve)
    if not isinstance(curve, FunctionType) or refers.nonlocals or not refers.globals.keys() <= {"math", "np"}:
        raise ScriptError("A script can't be written for this dataset: its curve needs more than math and NumPy.")
    return inspect.getsource(curve).replace(f"def {curve.__name__}(", "def curve(").rstrip()


SAMPLERS: dict[type[Distribution], tuple[str, Callable[[Any], dict[str, str]]]] = {
    Mixture: ("mixture", lambda data: _modes(data.components) | {"SIGMA": written(data.sigma)}),
    NoisyCurve: ("curve", lambda data: {"curve": _curve(data.curve), "SIGMA": written(data.sigma)}),
    SoftBoxes: (
        "squares",
        lambda data: {"CENTRES": array(data.corners), "SIDE": written(data.side), "SIGMA": written(data.noise)},
    ),
    Ellipses: ("ellipses", lambda data: _modes(data) | {"SIGMAS": array(data.sigmas)}),
    Point: ("mixture", lambda _: {"CENTRES": "np.zeros((1, 1))", "WEIGHTS": "np.ones(1)", "SIGMA": "0.0"}),
    SmoothedPoints: ("smoothed", lambda data: _modes(data.components) | {"SIGMA": written(data.sigma)}),
}
"""Kind of distribution -> its name in the reference's markers, and the constants that its sampler reads."""


def _sampler(distribution: Distribution) -> tuple[str, Callable[[Any], dict[str, str]]]:
    if type(distribution) not in SAMPLERS:
        raise ScriptError("A script can't be written for this dataset: it has no sampler for its kind.")
    return SAMPLERS[type(distribution)]


def _dim(config: RunConfig) -> int:
    """Numbers in a point."""
    return 0 if config.on_images else config.distribution().dim


def _exact(data: Distribution, config: RunConfig) -> dict[str, str]:
    """The constants from which the script works out the data's density: it draws nothing from them."""
    low, high = data.extent
    top = HEADROOM * highest(data) if config.method == DENSITY else 1.0
    stage = {"LOW": written(float(low)), "HIGH": written(float(high)), "TOP": written(float(top))}
    if isinstance(data, SoftBoxes | Ellipses):
        return stage | _sampler(data)[1](data)
    assert isinstance(data, GaussianSum), "the others are refused beside such a method"
    shape = data.components.centres.shape
    return stage | _modes(data.components) | {"SIGMAS": f"np.full({shape}, {data.sigma!r})"}


def array(values: np.ndarray) -> str:
    """An array as an expression that gives back exactly these numbers; packed where they are many."""
    if values.size <= NUMBERS_WRITTEN_OUT:
        return written(values, column=len("CENTRES = "))
    packed = base64.b64encode(zlib.compress(values.astype("<f8").tobytes(), 9)).decode()
    lines = "".join(f'    "{line}",\n' for line in textwrap.wrap(packed, 100))
    return f"unpacked(\n{lines})" + (".reshape(-1, 2)" if values.ndim == 2 else "")
