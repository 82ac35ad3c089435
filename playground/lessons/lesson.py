"""What a lesson is: a question, and parts that answer it. Its words stand in a Markdown file beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.lessons.track import Claim


@dataclass(frozen=True)
class Text:
    """Sentences and formulas. key: of its section in the lesson's file, and in a link."""

    key: str


@dataclass(frozen=True)
class Touch(Text):
    """A figure that follows sliders; `playground/figures/lessons` has it under the lesson's name and this key."""


@dataclass(frozen=True)
class Worksheet(Text):
    """Numbers that one edits, and what follows from them; `playground/ui/lessons` draws it."""


@dataclass(frozen=True)
class Experiment(Text):
    """A run whose claim is tried in the page, after a guess.

    recipe: whose settings it has. changes: what differs from them. steps: by which the claim should have been seen.
    claim: of one seed's rows. controls: the settings whose sliders stand beside it. charts: the ids of those that
    matter, in their order. layers: of the picture, which are those that it offers; None for those shown at first.
    beside: the recipe of a second run, which trains on a stage of its own; its numbers are columns of the claim's rows,
    see `Track.beside`.
    """

    recipe: str
    changes: Mapping[str, Any]
    steps: int
    claim: Claim
    controls: tuple[str, ...] = ()
    charts: tuple[str, ...] = ("similarity",)
    layers: tuple[str, ...] | None = None
    beside: str = ""


@dataclass(frozen=True)
class Lesson:
    """title: as a page heads it. question: the one that it answers. minutes: to read and try all of it. sources: as
    (what, link). numbers: at its opening values, plain values for the command line."""

    title: str
    question: str
    minutes: int
    sources: tuple[tuple[str, str], ...]
    parts: tuple[Text, ...]
    numbers: Callable[[], dict[str, Any]] | None = field(default=None, compare=False)

    def experiments(self) -> list[Experiment]:
        """Its parts that train."""
        return [part for part in self.parts if isinstance(part, Experiment)]
