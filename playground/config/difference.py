"""What changed between two configs, and whether a run may change so while it trains."""

from dataclasses import dataclass
from typing import Any

from playground.config.fields import Fields, is_live


@dataclass(frozen=True)
class Difference:
    """The settings in which two configs differ, in their order; false where there are none.

    values: what they are afterwards.
    """

    before: Fields
    values: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def live(self) -> dict[str, Any]:
        """Those that act while the run trains, with their new values."""
        return {name: value for name, value in self.values.items() if is_live(name)}

    @property
    def fixed(self) -> list[str]:
        """Those that need a new start, by name."""
        return [name for name in self.values if not is_live(name)]

    @property
    def pairs(self) -> dict[str, list[Any]]:
        """Each with its value before and after, as a run's changes are recorded."""
        return {name: [getattr(self.before, name), value] for name, value in self.values.items()}


def difference(before: Fields, after: Fields) -> Difference:
    """What changed from one config to another."""
    values = {name: value for name, value in after.model_dump().items() if value != getattr(before, name)}
    return Difference(before, values)
