"""What a browser may say over the socket. Anything else gets one sentence back."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from playground.engine.messages import Part

ALLOWED = {"steps_per_second": "must be a number from 0.1 to 100,000, or null for no limit"}
MAX_MESSAGE = 1000
"""Characters of a message; every real one is shorter."""


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


BrowserCommand = Ack | Play | Pause | Step | Speed | Reset | Lane
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
