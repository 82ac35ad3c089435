"""What a browser may say over the socket. Anything else gets one sentence back."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from playground.engine.messages import ASKED_OF, Kind, Part

ALLOWED = {"steps_per_second": "must be a number from 0.1 to 100,000, or null for no limit"}
MAX_MESSAGE = 1000
"""Characters of a message; every real one is shorter."""

GRID = 100
"""Images in a picture."""


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ack(_Command):
    """The picture with this number has been drawn."""

    do: Literal["ack"]
    version: int


class Play(_Command):
    do: Literal["play"]


class Pause(_Command):
    do: Literal["pause"]


class Step(_Command):
    do: Literal["step"]
    part: Part = "both"


class Speed(_Command):
    do: Literal["speed"]
    steps_per_second: Annotated[float, Field(ge=0.1, le=100_000)] | None


class Reset(_Command):
    do: Literal["reset"]


class Lane(_Command):
    do: Literal["lane"]
    lane: Annotated[int, Field(ge=0)]


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


BrowserCommand = Ack | Play | Pause | Step | Speed | Reset | Lane | Ask
_ADAPTER: TypeAdapter[BrowserCommand] = TypeAdapter(Annotated[BrowserCommand, Field(discriminator="do")])


class CommandError(ValueError):
    """A message that is no command, in one sentence."""


def read_command(text: str) -> BrowserCommand:
    """The command in a socket's message. Raises CommandError."""
    if len(text) > MAX_MESSAGE:
        raise CommandError(f"A message may have at most {MAX_MESSAGE} characters (got {len(text):,}).")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"][1:] if part != "constrained-float") or "message"
        raise CommandError(f"{field}: {ALLOWED.get(field, first['msg'])}.") from None
