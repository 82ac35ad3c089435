"""What a line tells of a run's past: which steps are recorded, a keyframe of one of them, and what it all comes to."""

import asyncio
import math
import time
from typing import Any

from playground.engine.server.engine import Engine
from playground.engine.server.run import Run
from playground.feed.messages import Keyframe, Keyframes, Latest, Message, Record, Summary
from playground.frame import Row
from playground.palette import RUN_COLOURS
from playground.recipes import run_names

STEPS_EVERY = 0.5
"""Seconds between two lists of recorded steps."""
SUMMARY_EVERY = 1.0
"""Seconds between two summaries; longer where making one takes long."""
SUMMARY_SHARE = 0.05


class Past:
    """The past of one run, for one browser."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self._engine = engine
        self._run = run
        self.rewound = False
        """The browser looks at a keyframe, and is sent no live pictures."""
        self._asked: int | None = None
        self._steps: tuple[tuple[int, ...], tuple[int, ...]] = (), ()
        self._steps_at = self._summary_at = 0.0
        self._summarised: tuple[object, ...] = ()
        self._record: Record | None = None

    def rewind(self, step: int | None) -> None:
        """Show the keyframe of this step next, or live pictures again. Only the last wish counts."""
        self._asked, self.rewound = step, step is not None

    def begin(self) -> Record:
        """The run has started, perhaps anew: forget what was told of it. Returns its record for the greeting."""
        self.rewind(None)
        self._steps = (), ()
        self._steps_at = self._summary_at = 0.0
        self._summarised = ()
        self._record = record_of(self._run)
        return self._record

    def due_in(self) -> float | None:
        """How many seconds from now something that was held back may be said; None if nothing was."""
        now = time.monotonic()
        waits = [self._steps_at] * (self._kept() != self._steps) + [self._summary_at] * self._unsummarised()
        return max(0.0, min(waits) - now) if waits else None

    def messages(self) -> list[Message]:
        """What has changed, under the engine's lock."""
        messages: list[Message] = []
        record, now = record_of(self._run), time.monotonic()
        if record != self._record:
            self._record = record
            messages.append(record)
        if self._kept() != self._steps and now >= self._steps_at:
            self._steps, self._steps_at = self._kept(), now + STEPS_EVERY
            messages.append(Keyframes(*self._steps))
        return messages

    async def summary(self) -> list[Message]:
        """The summary, if there is a new one and it is time."""
        start = time.monotonic()
        if not self._unsummarised() or start < self._summary_at:
            return []
        self._summarised = self._state()
        values, sentence = await asyncio.to_thread(self._engine.summary, self._run)
        now = time.monotonic()
        self._summary_at = now + max(SUMMARY_EVERY, (now - start) / SUMMARY_SHARE)
        return [Summary(values, sentence)]

    async def keyframe(self) -> tuple[Keyframe, bytes] | None:
        """The recorded frame that was asked for, with the message that goes before it; None if none was.

        Raises EngineError where there is none. Live pictures still wait until the browser asks for them.
        """
        if self._asked is None:
            return None
        asked, self._asked = self._asked, None
        step, frame = await asyncio.to_thread(self._engine.keyframe, self._run, asked)
        with self._engine.lock:
            return Keyframe(asked, step, shown(self._run.history.at(step), self._run.lane)), frame

    def _kept(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self._run.keyframes, self._run.checkpoints

    def _state(self) -> tuple[object, ...]:
        return self._run.history.latest, len(self._run.floors)

    def _unsummarised(self) -> bool:
        latest, floors = self._state()
        return latest is not None and (
            not self._summarised or latest is not self._summarised[0] or floors != self._summarised[1]
        )


def record_of(run: Run) -> Record:
    """What a page shows of the run's record; of one that is not recorded (yet), what it will say."""
    found, born = run.record, run.lineage
    if found is None:
        title = run_names.title(born.name, run.config)
        origin = born.parent, born.parent_step, born.relation
        return Record(run.id, born.name, title, "", *origin, None, run.mine)
    origin = found.parent, found.parent_step, found.relation
    colour = RUN_COLOURS[found.colour % len(RUN_COLOURS)]
    return Record(run.id, found.name, run_names.title_of(found), found.note, *origin, colour, run.mine)


def shown(row: Row | None, lane: int) -> Latest:
    """A row as a browser shows it: the shown seed's value of each measure, and its mode histogram."""
    if row is None:
        return {}
    values: dict[str, Any] = {"step": row.step} | {name: _finite(lanes[lane]) for name, lanes in row.values.items()}
    if row.mode_histogram is not None:
        values["mode_histogram"] = [_finite(share) for share in row.mode_histogram[lane]]
    return values


def _finite(value: float) -> float | None:
    """The number, or None where it is not finite: JSON has no word for that."""
    return value if math.isfinite(value) else None
