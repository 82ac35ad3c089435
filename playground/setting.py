"""What a setting is: its place, its words and its widget, beside pydantic's type and bounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Setting:
    """What a field needs besides its type and bounds to be shown, explained and changed.

    symbol: a shorter label, where room is scarce.
    live: may change while the run trains; otherwise the run starts anew with it.
    log: the values span magnitudes, so a slider moves by factors: 1, 2, 5, 10 … or powers of two.
    step: how far a slider moves; for a log slider whose range begins at 0, its smallest value above 0.
    labels: what the values of a menu are called.
    form: what a text may be, in words.
    zero: what 0 means, where it is not the least of something: "never".
    bare: its value speaks for itself: "Wasserstein", not "loss Wasserstein".
    by_hand: has a widget of its own; otherwise something else on the page sets it.
    part: for which methods it is: those that have this part, or the one of this name; "" for all of them. None: as its
    group says. For the other methods it is neither shown nor accepted.
    when: whether the setting has any effect in a config (None: always). It stays valid where it has none.
    """

    label: str
    group: str
    live: bool
    symbol: str = ""
    unit: str = ""
    log: Literal["", "decimal", "binary"] = ""
    step: float | None = None
    labels: Mapping[str, str] | None = None
    form: str = ""
    zero: str = ""
    bare: bool = False
    part: str | None = None
    when: Callable[[Any], bool] | None = None
    by_hand: bool = True


def setting(default: Any, label: str, group: str, help: str, *, live: bool = False, **extra: Any) -> Any:
    """A pydantic field that carries its Setting; bounds (ge, le) go to pydantic."""
    bounds = {name: extra.pop(name) for name in ("ge", "le") if name in extra}
    info: FieldInfo = Field(default, description=help, **bounds)
    info.metadata.append(Setting(label, group, live, **extra))
    return info


def one_of(table: Mapping[str, Any]) -> AfterValidator:
    """Accepts the keys of a table, in one sentence."""

    def check(value: str) -> str:
        if value not in table:
            raise ValueError(f"must be one of {', '.join(table)}")
        return value

    return AfterValidator(check)


def labels_of(table: Mapping[str, Any]) -> dict[str, str]:
    """Name -> label, of a table whose rows have labels."""
    return {name: row.label for name, row in table.items()}
