"""Who is compared on the Compare page: runs that can be held next to each other, each with a colour of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.engine.server.engine import EngineError
from playground.engine.server.returning import NONE_SUCH
from playground.engine.server.run import Run
from playground.engine.server.shared import engine
from playground.feed.replay_compared import MOST
from playground.palette import distinct
from playground.recipes import run_names
from playground.ui.memory import owner

GONE = "A run in this comparison is not in this folder (any more): it was left out."


@dataclass(frozen=True)
class Entrant:
    """A run of the comparison. colour: its place in RUN_COLOURS."""

    run: Run
    name: str
    colour: int


def admit(ids: Sequence[str]) -> tuple[list[Entrant], str]:
    """The runs of these ids that can be compared with each other, and one sentence about those that can't."""
    found: list[Run] = []
    problem = ""
    for id in dict.fromkeys(ids):
        try:
            run = engine().run(id, owner())
        except EngineError as error:
            problem = problem or (GONE if str(error) == NONE_SUCH else str(error))
            continue
        if len(found) == MOST:
            problem = problem or f"At most {MOST} runs can be compared at once: the first {MOST} are shown."
        elif found and run.config.on_images != found[0].config.on_images:
            kinds = ("images", "points") if run.config.on_images else ("points", "images")
            problem = problem or (
                f"Runs on {kinds[0]} and on {kinds[1]} are measured differently and can't be compared: "
                f"those on {kinds[0]} were left out."
            )
        else:
            found.append(run)
    colours = distinct([run.record.colour if run.record else None for run in found])
    return [Entrant(run, name_of(run), colour) for run, colour in zip(found, colours, strict=True)], problem


def name_of(run: Run) -> str:
    """What a run is called; one that has not trained a step has no name of its own yet."""
    return run_names.title_of(run.record) if run.record else run_names.title(run.lineage.name, run.config)
