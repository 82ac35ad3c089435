"""What a line tells of a run's past: which steps are recorded, a picture of one of them, and what it all comes to."""

import asyncio
import time
from typing import Any

from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.run import Run
from playground.frame import Frame, Row, decode, encode

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
        """The browser looks at a recorded picture; the live ones are not for it."""
        self._asked: int | None = None
        self._steps: tuple[tuple[int, ...], tuple[int, ...]] = (), ()
        self._steps_at = self._summary_at = 0.0
        self._summarised: tuple[object, ...] = ()
        self._record: dict[str, Any] = {}

    def rewind(self, step: int | None) -> None:
        """Show the recorded picture of this step next, or live ones again. Only the last wish counts."""
        self._asked, self.rewound = step, step is not None

    def begin(self) -> dict[str, Any]:
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

    def messages(self) -> list[dict[str, Any]]:
        """What has changed, under the engine's lock."""
        messages: list[dict[str, Any]] = []
        record, now = record_of(self._run), time.monotonic()
        if record != self._record:
            self._record = record
            messages.append({"type": "record", "record": record})
        if self._kept() != self._steps and now >= self._steps_at:
            self._steps, self._steps_at = self._kept(), now + STEPS_EVERY
            keyframes, checkpoints = self._steps
            messages.append({"type": "keyframes", "steps": keyframes, "checkpoints": checkpoints})
        return messages

    async def summary(self) -> list[dict[str, Any]]:
        """The summary, if there is a new one and it is time."""
        start = time.monotonic()
        if not self._unsummarised() or start < self._summary_at:
            return []
        self._summarised = self._state()
        values, sentence = await asyncio.to_thread(self._engine.summary, self._run)
        now = time.monotonic()
        self._summary_at = now + max(SUMMARY_EVERY, (now - start) / SUMMARY_SHARE)
        return [{"type": "summary", "values": dict(values), "outcome": sentence}]

    async def picture(self) -> tuple[dict[str, Any], bytes] | None:
        """The recorded picture that was asked for, with the message that goes before it; None if none was.

        Raises EngineError where there is none, and then the live ones come again.
        """
        if self._asked is None:
            return None
        asked, self._asked = self._asked, None
        try:
            return await asyncio.to_thread(self._read, asked)
        except EngineError:
            self.rewound = False
            raise

    def _read(self, asked: int) -> tuple[dict[str, Any], bytes]:
        step, data = self._engine.keyframe(self._run, asked)
        frame = decode(data)
        with self._engine.lock:
            row, lane, version = self._run.history.at(step), self._run.lane, self._run.version
        values = dict(frame.values) | {"recorded": True, "version": version}
        moment = {"type": "moment", "step": step, "latest": shown(row, lane)}
        return moment, encode(Frame(values, frame.arrays))

    def _kept(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self._run.keyframes, self._run.checkpoints

    def _state(self) -> tuple[object, ...]:
        return self._run.history.latest, len(self._run.floors)

    def _unsummarised(self) -> bool:
        latest, floors = self._state()
        return latest is not None and (
            not self._summarised or latest is not self._summarised[0] or floors != self._summarised[1]
        )


def record_of(run: Run) -> dict[str, Any]:
    """What a page shows of the run's record; of one that is not recorded (yet), what it will say."""
    found, born = run.record, run.lineage
    return {
        "id": run.id,
        "name": found.name if found else born.name,
        "note": found.note if found else "",
        "parent": found.parent if found else born.parent,
        "parent_step": found.parent_step if found else born.parent_step,
        "relation": found.relation if found else born.relation,
        "colour": found.colour if found else None,
        "mine": run.mine,
    }


def shown(row: Row | None, lane: int) -> dict[str, Any]:
    """A row as a browser shows it: the shown seed's value of each measure, and its mode histogram."""
    if row is None:
        return {}
    values: dict[str, Any] = {"step": row.step}
    for name, lanes in row.values.items():
        value = lanes[lane]
        values[name] = value if value == value and abs(value) != float("inf") else None
    if row.mode_histogram is not None:
        values["mode_histogram"] = row.mode_histogram[lane]
    return values
