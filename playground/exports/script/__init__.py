"""A run as a standalone PyTorch script: readable, with the parts that this run uses, and the same numbers.

Only torch and NumPy are needed to run it. `reference.py` is the whole script, with every part that a run can have;
`blocks.py` takes a run's parts of it, `facts.py` says which those are, `formula_code.py` writes typed formulas. Its
random streams, its initial weights and the order of its operations are the Trainer's, so its losses are too, up to
rounding. Nothing here imports torch.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from playground.config import DECAYS, POINT_DATASETS, SETTINGS, RunConfig
from playground.config.naming import spoken
from playground.data.image_table import IMAGE_DATASETS
from playground.data.own_images import OWN_IMAGES
from playground.exports.script import facts
from playground.exports.script.blocks import LINE_LENGTH, MARKER, filled, kept, settings_of, used, written
from playground.exports.script.facts import ScriptError
from playground.methods import GAN

__all__ = ["Changes", "ScriptError", "script"]

Changes = Sequence[tuple[int, Mapping[str, Any]]]
"""(step, what changed before it: the new values by name)."""

REFERENCE = Path(__file__).with_name("reference.py").read_text("utf-8")
WHERE = {
    "digits": "digits.npz, which the run page exports beside this script ('Digits data')",
    "own_images": "the .npz file of your own images, as you uploaded it",
}
RATES = DECAYS["rates_since"] | {"beta1", "beta2"}


def script(
    start: RunConfig,
    *,
    steps: int,
    changes: Changes = (),
    shape: tuple[int, int] | None = None,
    classes: int | None = None,
    title: str = "",
    note: str = "",
) -> str:
    """The text of a Python file that trains this run.

    start: the settings at step 0. changes: (step, new values by name), in order. shape, classes: height and width of
    the images and how many classes they have, needed for one's own. title, note: for the head.
    Raises ScriptError for a run that can't be written so.
    """
    changes = [(step, fields) for step, fields in changes if step < steps]
    configs = [start]
    for _, fields in changes:
        configs.append(configs[-1].replace(**fields))
    _refuse_unknown(configs)
    if start.stacked:
        raise ScriptError("A script can't be written for stacked images: it knows no colours.")
    if start.on_images:
        row = IMAGE_DATASETS[start.dataset]
        if shape is None and start.dataset == OWN_IMAGES:
            raise ScriptError("A script for your own images needs a run that has begun: it says how large they are.")
        shape = shape or (row.side, row.side)
        classes = len(row.classes) if classes is None else classes
    else:
        shape = None
    values = facts.constants(start, configs[-1], shape, (classes or 0) if start.conditional else 0)
    values["STEPS"] = written(steps)
    names, losses = facts.loss_rows(configs)
    values["LOSSES"] = facts.losses(losses)
    values["PENALTIES"] = facts.penalties(
        dict.fromkeys(config.penalty for config in configs if "penalised" in facts.has(config))
    )
    text = _cut(configs, values, set())
    renamed = [
        (step, {**fields, "loss": name} if name != before else fields)
        for (step, fields), before, name in zip(changes, names, names[1:], strict=False)
    ]
    live = _live(renamed, settings_of(text))
    if live:
        retuned = set()
        if any(RATES & fields.keys() for _, fields in live):
            retuned = {"retuned"} | {f"retuned_{part}" for part in start.learning.parts}
        one_a_line = written(live, column=LINE_LENGTH)
        text = _cut(configs, values | {"CHANGES": one_a_line}, {"changes"} | retuned)
    return _head(configs[0], title, note, len(live)) + _named(text, start)


def _named(text: str, start: RunConfig) -> str:
    """The script in the words of the run's method: what a GAN calls its generator is a decoder elsewhere."""
    row = start.learning
    for ours, theirs in (("generator", row.maker), ("discriminator", row.judge)):
        if theirs.startswith("the "):
            text = re.sub(rf"\b(move_)?{ours}\b", rf"\1{theirs.removeprefix('the ')}", text)
    return spoken(text, start.method).replace('"""the ', '"""The ')


def _cut(configs: Sequence[RunConfig], values: Mapping[str, str], more: set[str]) -> str:
    """What the reference is for this run, without its head. more: what the run has beside what its configs say."""
    states = [facts.has(config) | more for config in configs]

    def held(name: str) -> set[bool]:
        whole = facts.DETAIL_OF.get(name)
        return {name in state for state in states if whole is None or whole in state} or {False}

    body = REFERENCE.split('"""', 2)[2]
    return used(filled("\n".join(kept(body.splitlines(), held)), values))


def _live(changes: Changes, settings: set[str]) -> list[tuple[int, dict[str, Any]]]:
    """The live changes of the settings that the script has."""
    found = []
    for step, fields in changes:
        since = {name: step for name, decaying in DECAYS.items() if decaying & fields.keys()}
        known = {name: new for name, new in {**fields, **since}.items() if name in settings}
        if known.keys() - since.keys():
            found.append((step, known))
    return found


def known_settings() -> set[str]:
    """The settings that the reference knows, by name; those of the data and of measuring are looked after otherwise."""
    markers = {marker[2] for line in REFERENCE.splitlines() if (marker := MARKER.search(line))}
    constants = {name.lower() for name in re.findall(r"\b[A-Z_]{2,}\b", REFERENCE)}
    return (
        markers
        | constants
        | settings_of(REFERENCE)
        | {"g_width", "g_depth", "d_width", "d_depth", "data_units", "d_input_divisor"}
        | {"own_real", "own_fake", "own_generator"}
    )


def _refuse_unknown(configs: Sequence[RunConfig]) -> None:
    """Raises ScriptError where the reference would not know one of the settings."""
    known, default = known_settings(), RunConfig()
    for name, row in SETTINGS.items():
        if row.group in ("Method", "Data", "Measuring") or name in known:
            continue
        if any(getattr(config, name) != getattr(default, name) for config in configs):
            raise ScriptError(f"A script can't be written for a run with {name} set: it knows no such part.")


def _head(config: RunConfig, title: str, note: str, changes: int) -> str:
    """The script's docstring: what it trains, and how it is started. changes: how many moments CHANGES has."""
    changed = [f"{name}={value}" for name, value in config.to_query().items() if name not in ("seed", "seeds")]
    data = IMAGE_DATASETS[config.dataset] if config.on_images else None
    label = data.label if data else POINT_DATASETS[config.dataset]
    paragraphs = [
        "The run's settings" + " at its start" * bool(changes) + ": " + (", ".join(changed) or "the defaults") + "."
        " What was changed on the way is in CHANGES." * bool(changes),
        "Needs torch and numpy, nothing else. It repeats the run of the playground: the same random numbers, the "
        "same initial weights, the same updates in the same order. The losses agree up to rounding, which grows in "
        "the course of a long run, as it does between two machines.",
        _plain(note),
    ]
    if data:
        files = f"the folder with {' and '.join(data.files[:2])} of {label}, gzipped or not"
        paragraphs.append(f"--data: {WHERE.get(config.dataset, files)}.")
    if config.seeds > 1:
        paragraphs.append(
            f"The run trained the seeds {config.seed} to {config.seed + config.seeds - 1} side by side; --seed picks "
            "one of them. Side by side the sums are rounded differently from the first step on, so the losses drift "
            "apart sooner than those of a run of one seed, often within a hundred steps."
        )
    what = f"a {config.learning.label}" if config.method == GAN else config.learning.label
    begin = f"{_plain(title)}: {what}" if title else what[0].upper() + what[1:]
    first = f"{begin} on {label}, from the GAN playground ({date.today()})."
    usage = "python script.py" + (" --data PATH" if data else "") + " [--seed N] [--steps N] [--every N]"
    told = [first, *(textwrap.fill(paragraph, 100) for paragraph in paragraphs if paragraph), f"    {usage}"]
    return '"""' + "\n\n".join(told) + '\n"""\n\n'


def _plain(text: str) -> str:
    """Words that can stand in a docstring."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())
