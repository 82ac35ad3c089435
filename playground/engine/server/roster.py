"""The runs that the server holds in memory, and who knows them by which name."""

import time
from collections.abc import Iterator

from playground.engine.server.limits import MAX_RUNS, MAX_RUNS_PER_OWNER, EngineError
from playground.engine.server.returning import owned_by
from playground.engine.server.run import Run


class Roster:
    """Every owner's runs, and the recorded ones of others that somebody looks at. Used under the engine's lock."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._visited: dict[tuple[str, str], Run] = {}
        """Recorded runs as others see them, by id and visitor."""

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs.values())

    def __contains__(self, run: Run) -> bool:
        """Whether this very run is its owner's; a visitor's view of it is not."""
        return self._runs.get(run.id) is run

    def get(self, run_id: str) -> Run | None:
        """The run that workers report on by this name."""
        return self._runs.get(run_id)

    def known(self, run_id: str, owner: str) -> Run | None:
        """The run that this owner or visitor knows by that name."""
        run = self._runs.get(run_id)
        if run is None or not owned_by(run.owner, owner):
            run = self._visited.get((run_id, owner))
        if run is not None:
            run.touched = time.monotonic()
        return run

    def add(self, run: Run) -> None:
        """An owner's run is held from now on."""
        self._runs[run.id] = run

    def visit(self, run: Run, visitor: str) -> None:
        """Somebody looks at another's recorded run; those looked at longest ago are forgotten."""
        self._visited[run.id, visitor] = run
        for key, seen in list(self._visited.items())[:-MAX_RUNS]:
            if not seen.watchers:
                del self._visited[key]

    def remove(self, run: Run) -> bool:
        """Forget a run, or a view of one. Whether it was its owner's."""
        self._visited = {key: seen for key, seen in self._visited.items() if seen is not run}
        if run not in self:
            return False
        del self._runs[run.id]
        return True

    def hand_over(self, before: str, after: str) -> list[Run]:
        """An owner's runs are somebody else's from now on, who perhaps looked at some as a visitor; those runs."""
        moved = [run for run in self if run.owner == before]
        for run in moved:
            run.owner = after
        self._visited = {
            key: seen for key, seen in self._visited.items() if not (key[1] == after and seen.owner == before)
        }
        return moved

    def clear(self) -> None:
        """Forget all runs: the engine closes."""
        self._runs.clear()
        self._visited.clear()

    def in_the_way(self, owner: str) -> Iterator[Run]:
        """The longest-unwatched idle runs beyond the limits, if this owner is to have one more.

        To be stopped as they come. Raises EngineError if all are in use.
        """
        for limit, whose, among in (
            (MAX_RUNS_PER_OWNER, "this browser session", lambda run: run.owner == owner),
            (MAX_RUNS, "this server", lambda run: True),
        ):
            runs = [run for run in self if among(run)]
            if len(runs) < limit:
                continue
            idle = [run for run in runs if not run.watchers and not run.trains]
            if not idle:
                raise EngineError(f"All {limit} runs that {whose} may hold are in use: close or pause one first.")
            yield min(idle, key=lambda run: run.touched)
