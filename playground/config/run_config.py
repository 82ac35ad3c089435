"""RunConfig, and how it is read: from plain values, from the address, from `key=value`."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import ConfigDict, ValidationError, model_validator

from playground.config.difference import difference
from playground.config.errors import ConfigError, first_problem
from playground.config.fields import SETTINGS, Fields, belongs
from playground.config.impossible import impossible
from playground.methods import METHODS


class RunConfig(Fields):
    """Everything that decides a run, up to the machine's rounding. Equal configs (and live changes) give equal runs."""

    model_config = ConfigDict(defer_build=False)

    @model_validator(mode="after")
    def _combinations(self) -> Self:
        for problem in impossible(self):
            raise ValueError(problem)
        return self

    def replace(self, **changes: Any) -> "RunConfig":
        """The config with some fields changed, validated anew. Raises ConfigError."""
        return read(self.model_dump() | changes)

    def by(self, method: str) -> "RunConfig":
        """The config with another method; what means nothing to that goes to its default. Raises ConfigError."""
        return read(self._of(method))

    def _of(self, method: str) -> dict[str, Any]:
        """The values of `by`, which may be impossible together."""
        foreign = {name: Fields.model_fields[name].default for name in SETTINGS if not belongs(name, method)}
        return self.model_dump() | foreign | {"method": method}

    def judged_at_once(self, most: int) -> int:
        """How many examples D is asked about where `most` could be: whole packs, or a batch where it sees its batch."""
        count = most if self.minibatch == "none" else min(most, self.batch_size)
        return count - count % self.pack

    def to_query(self, base: "RunConfig | None" = None) -> dict[str, str]:
        """URL parameters: what differs from `base` (the defaults), as text. `read_text` is the way back."""
        return {name: _as_text(value) for name, value in difference(base or RunConfig(), self).values.items()}


def read(values: Mapping[str, Any]) -> RunConfig:
    """A RunConfig from plain values (JSON, widgets). Raises ConfigError."""
    try:
        return RunConfig.model_validate(dict(values))
    except ValidationError as error:
        raise first_problem(error) from None


def read_value(name: str, value: Any) -> Any:
    """One setting's value, as it would be in a config, whatever it may go together with. Raises ConfigError."""
    try:
        return getattr(Fields.model_validate({name: value}), name)
    except ValidationError as error:
        raise first_problem(error) from None


def read_text(values: Mapping[str, str], base: RunConfig | None = None) -> RunConfig:
    """A RunConfig from text values (URL, --set), changing `base` (the defaults). Raises ConfigError.

    Another method takes of `base` only what means something to it.
    """
    base, method = base or RunConfig(), values.get("method")
    if method in METHODS and method != base.method:
        return read(base._of(method) | dict(values))
    return read(base.model_dump() | dict(values))


def read_assignments(assignments: Iterable[str], base: RunConfig | None = None) -> RunConfig:
    """A RunConfig from `key=value` texts. Raises ConfigError."""
    values: dict[str, str] = {}
    for assignment in assignments:
        name, separator, value = assignment.partition("=")
        if not separator:
            raise ConfigError(f"{assignment[:40]!r} is not of the form key=value, such as k=5.")
        values[name.strip()] = value.strip()
    return read_text(values, base)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
