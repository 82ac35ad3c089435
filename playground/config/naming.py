"""Settings in words: what the pages, the readings and the names of runs call one and its value."""

import re
from collections.abc import Mapping
from typing import Any

from playground.config.fields import SETTINGS, belongs
from playground.methods import GAN, METHODS


def short(name: str, method: str = GAN) -> str:
    """A setting's shortest label in a method's words, such as "k", "lr G" or "lr decoder"."""
    label = SETTINGS[name].symbol or SETTINGS[name].label
    told = spoken(label, method)
    return label if told == label else told.replace("the ", "").removeprefix("The ")


def spoken(text: str, method: str) -> str:
    """A setting's label or help in a method's words: what a GAN calls G and D is a decoder and an encoder elsewhere."""
    row = METHODS[method]
    for names, ours, theirs in (("G|the generator", row.maker, "G"), ("D|the discriminator", row.judge, "D")):
        if ours != theirs:
            text = re.sub(rf"\b({names})\b", ours, text)
            text = re.sub(rf"^{ours}", ours.capitalize(), text)
    return text


def value_in_words(name: str, value: Any) -> str:
    """A setting's value, such as "Leaky ReLU", "on" or "10,000"."""
    labels = SETTINGS[name].labels
    if labels:
        return labels.get(value, str(value))
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")  # 0.00005 rather than 5e-05
    return str(value)


def with_unit(name: str, value: Any) -> str:
    """A setting's value with its unit, such as "1,000 steps"."""
    unit = SETTINGS[name].unit
    return f"{value_in_words(name, value)} {unit}" if unit else value_in_words(name, value)


def words(values: Mapping[str, Any]) -> dict[str, str]:
    """The value of every setting that means something to the method, as the browser shows it, by their names."""
    method = values.get("method", GAN)
    return {
        name: with_unit(name, value) for name, value in values.items() if name in SETTINGS and belongs(name, method)
    }


def told(name: str, value: Any, method: str = GAN) -> str:
    """A setting with its value within a sentence, such as "k 5", "SGD", "no penalty" or "no spectral norm"."""
    row, label = SETTINGS[name], short(name, method)
    if not row.symbol:
        label = label[:1].lower() + label[1:]
    if value is False or value == "none":
        return f"no {label}"
    if value is True:
        return label
    return value_in_words(name, value) if row.bare else f"{label} {value_in_words(name, value)}"


def change(name: str, before: Any, after: Any, method: str = GAN) -> str:
    """A change of a setting, such as "k 1 → 5"."""
    return f"{short(name, method)} {with_unit(name, before)} → {with_unit(name, after)}"
