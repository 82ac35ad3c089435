"""Random configs: values that are each allowed, derived from the declarations."""

from collections.abc import Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from playground import config as settings
from playground.config import SETTINGS, ConfigError, RunConfig
from playground.config.groups.data import ID_FORM
from playground.config.groups.game import FORM

TEXTS = {ID_FORM: ["", "0123456789abcdef01234567"], FORM: ["softplus(-d)", "d", "0.5 · (1 − d)^2", "min(exp(-d), 3)"]}
"""Some of the values of a text, by what it may be."""


def values_of(name: str, caps: Mapping[str, tuple[int, int]]) -> st.SearchStrategy[Any]:
    """Every value that a field allows by itself, derived from its declaration."""
    options, limits = settings.choices(name), settings.bounds(name)
    if options:
        return st.sampled_from(options)
    if SETTINGS[name].form:
        return st.sampled_from(TEXTS[SETTINGS[name].form])
    if limits is None:
        return st.booleans()
    if RunConfig.model_fields[name].annotation is int:
        low, high = caps.get(name, limits)
        return st.integers(int(low), int(high))
    return st.sampled_from(limits) | st.floats(*limits)


def drafts(
    caps: Mapping[str, tuple[int, int]] | None = None, most: int | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Some fields with values that are each allowed; together they may be impossible."""
    fields = st.lists(st.sampled_from(list(SETTINGS)), unique=True, max_size=most)
    return fields.flatmap(lambda names: st.fixed_dictionaries({name: values_of(name, caps or {}) for name in names}))


@st.composite
def valid_configs(draw: st.DrawFn) -> RunConfig:
    try:
        return settings.read(draw(drafts(most=8)))
    except ConfigError:
        assume(False)
        raise


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 1500
