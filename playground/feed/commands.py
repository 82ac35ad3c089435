"""What a browser may say over the socket. Anything else gets one sentence back."""

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from playground.engine.messages import ASKED_OF, Kind, Part
from playground.errors import PlaygroundError
from playground.frame import Layer

SPEEDS = ("1", "10", "100", "max")
"""Steps per second that the bar offers, and a link may ask for."""
MAX_MESSAGE = 1000
"""Characters of a message; every real one is shorter."""
LONGEST = 40
"""Characters of a field's name that are told back."""

GRID = 100
"""Images in a picture."""

WholeStep = Annotated[int, Field(ge=0, le=2**53)]
"""A step's number; a browser counts larger ones wrongly."""


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ack(_Command):
    """The last frame is done with: drawn, passed over for a newer scene, or impossible to draw. The next may come."""

    do: Literal["ack"]


class Play(_Command):
    """Train; to a step if given, and pause there. wait: where too many runs train already, begin when there is room."""

    do: Literal["play"]
    to: WholeStep | None = None
    wait: bool = False


class Pause(_Command):
    """Stop training."""

    do: Literal["pause"]


class Step(_Command):
    """Train one step, or one player's half of it, and stop."""

    do: Literal["step"]
    part: Part = "both"


class Speed(_Command):
    """Train at most so many steps per second; null is as fast as it goes."""

    do: Literal["speed"]
    steps_per_second: Annotated[float, Field(ge=0.1, le=100_000)] | None


class Until(_Command):
    """Train no further than this step, for now: how runs that are compared keep in step."""

    do: Literal["until"]
    step: WholeStep | None


class Rewind(_Command):
    """Show the keyframe nearest to this step; null is live again."""

    do: Literal["rewind"]
    step: WholeStep | None


class Lane(_Command):
    """Show this seed, counted from 0."""

    do: Literal["lane"]
    lane: Annotated[int, Field(ge=0)]


class Layers(_Command):
    """What the picture is to hold beside points and D's map."""

    do: Literal["layers"]
    on: Annotated[frozenset[Layer], Field(max_length=len(get_args(Layer)))]


class Ask(_Command):
    """A question about images of the picture, by their places in it."""

    do: Literal["ask"]
    id: int
    kind: Kind
    of: Annotated[tuple[Annotated[int, Field(ge=0, lt=GRID)], ...], Field(max_length=3)]

    @model_validator(mode="after")
    def _as_many_as_the_question_needs(self) -> Self:
        if len(self.of) != ASKED_OF[self.kind]:
            raise ValueError(f"of must name {ASKED_OF[self.kind]} images for {self.kind} (got {len(self.of)})")
        return self


BrowserCommand = Ack | Play | Pause | Step | Speed | Until | Rewind | Lane | Layers | Ask
_ADAPTER: TypeAdapter[BrowserCommand] = TypeAdapter(Annotated[BrowserCommand, Field(discriminator="do")])


def _names() -> list[str]:
    return [get_args(each.model_fields["do"].annotation)[0] for each in get_args(BrowserCommand)]


ALLOWED = {
    "do": f"must be one of {', '.join(_names())}",
    "steps_per_second": "must be a number from 0.1 to 100,000, or null for no limit",
    "step": "must be a whole number from 0, or null for none",
    "to": "must be a whole number from 0, or null for none",
    "on": f"must be a list of any of {', '.join(get_args(Layer))}",
}


class CommandError(PlaygroundError):
    """A message that is no command, in one sentence."""


def read_command(text: str) -> BrowserCommand:
    """The command in a socket's message. Raises CommandError."""
    if len(text) > MAX_MESSAGE:
        raise CommandError(f"A message may have at most {MAX_MESSAGE} characters (got {len(text):,}).")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        otherwise = "do" if first["type"].startswith("union_tag") else "message"
        field = ".".join(str(part) for part in first["loc"][1:] if part != "constrained-float")[:LONGEST] or otherwise
        whole = field.partition(".")[0]  # on.0 is told as on
        raise CommandError(f"{whole if whole in ALLOWED else field}: {ALLOWED.get(whole, first['msg'])}.") from None
