"""What a run leaves behind as it trains: pictures worth keeping, and checkpoints from which it can go on."""

import time
from dataclasses import replace

import numpy as np

from playground.engine.messages import Checkpoint, Keyframe, Report
from playground.frame import Frame, Row, encode
from playground.observer import Observer
from playground.runs.keyframes import MAX_CHECKPOINTS, MAX_KEYFRAMES, belongs, stride_for, strides
from playground.training.checkpoint import pack
from playground.training.trainer import Trainer

CHECKPOINT_EVERY, CHECKPOINT_AT_LATEST = 0.7, 1.1
"""Seconds between two checkpoints of a playing run; the second where they are dear. A death costs no more than this."""
SHARE = 0.01
"""Share of the training time that pictures, and that checkpoints at round steps, may take, counted in processor time:
a busy machine must not make a run forget more."""
FREE = 0.1
"""Seconds that a young run's pictures may take regardless: the beginning is what people go back to."""
LANE_POINTS, LANE_IMAGES = 256, 16
"""Examples of each seed in a keyframe."""


class Cadence:
    """Round steps at which something is made: further apart as the run grows, and where making it is dear."""

    def __init__(self, first: int, most: int, free: float = 0.0) -> None:
        """first: the step that the run begins at; most: how many the store keeps; free: seconds not counted."""
        self._first = first
        self._most = most
        self._free = free
        self._spent = 0.0
        self._cost = 0.0

    def due(self, step: int, seconds_per_step: float) -> bool:
        """Whether one belongs to this step."""
        stride = stride_for(self._first, step, self._most)
        if self._spent >= self._free and seconds_per_step > 0:
            apart = self._cost / (SHARE * seconds_per_step)
            stride = next(wide for wide in strides() if wide >= max(stride, apart))
        return belongs(step, stride)

    def affordable(self, seconds: float) -> bool:
        """Whether one out of turn stays within the share of the training so far."""
        return self._spent + self._cost <= self._free + SHARE * seconds

    def made(self, seconds: float) -> None:
        """One was made, and took so long."""
        self._spent += seconds
        self._cost = seconds if self._cost == 0 else 0.7 * self._cost + 0.3 * seconds


class Keeping:
    """Takes a run's keyframes and checkpoints at the right moments. What it has made is for the caller to report.

    Nothing is made of a run that has not trained: `begin` is called before its first step.
    """

    def __init__(self, run: str, trainer: Trainer, observer: Observer, seconds: float = 0.0) -> None:
        """seconds: of training before, where the run comes from a checkpoint."""
        self._run = run
        self._trainer = trainer
        self._observer = observer
        self.seconds = self._seconds_at_start = seconds
        self._steps_at_start = trainer.steps
        self._keyframes = Cadence(trainer.steps, MAX_KEYFRAMES, FREE)
        self._checkpoints = Cadence(trainer.steps, MAX_CHECKPOINTS)
        self.begun = False
        self._kept: tuple[int, int] | None = None
        self._pictured: tuple[int, int] | None = None
        self._at = time.perf_counter()
        self._pack_seconds = 0.0
        self.good = trainer.state()

    def began(self) -> bool:
        """Whether the first step is behind; from then on True."""
        before, self.begun = self.begun, True
        return before

    def row(self, row: Row) -> Row:
        """The row with what only the run's host knows."""
        return replace(row, d_updates=self._trainer.d_updates, seconds=self.seconds)

    def play(self) -> None:
        """Time that a run stood still does not count as time since the last checkpoint."""
        self._at = time.perf_counter()

    def look(self, lane: int) -> list[Report]:
        """After a step: whatever is due now."""
        steps, now = self._trainer.steps, time.perf_counter()
        each = (self.seconds - self._seconds_at_start) / max(1, steps - self._steps_at_start)
        late = now - self._at >= min(max(CHECKPOINT_EVERY, self._pack_seconds / SHARE), CHECKPOINT_AT_LATEST)
        if late or self._checkpoints.due(steps, each):
            return self.keep(lane, picture=self._keyframes.affordable(self.seconds - self._seconds_at_start))
        if self._keyframes.due(steps, each):
            return self._picture(lane)
        return []

    def keep(self, lane: int, *, picture: bool = True) -> list[Report]:
        """A checkpoint of the present state, if it is a healthy one, and its picture. Nothing that is kept already."""
        trainer = self._trainer
        moment = (trainer.steps, trainer.d_updates)
        self._at, start = time.perf_counter(), time.thread_time()
        reports: list[Report] = []
        if moment != self._kept and trainer.healthy():
            self.good = trainer.state()
            reports.append(Checkpoint(self._run, trainer.steps, pack(self.good | {"seconds": self.seconds})))
            self._kept = moment
            self._pack_seconds = time.thread_time() - start
            self._checkpoints.made(self._pack_seconds)
        return reports + (self._picture(lane) if picture else [])

    def remember(self) -> None:
        """Take the present state for `good`, the last one known to be so, if its weights are finite."""
        if self._trainer.healthy():
            self.good = self._trainer.state()

    def changed(self) -> None:
        """The settings have changed: the next checkpoint differs, though the step may be the same."""
        self._kept = None

    def _picture(self, lane: int) -> list[Report]:
        trainer = self._trainer
        moment = (trainer.steps, trainer.d_updates)
        if moment == self._pictured:
            return []
        start = time.thread_time()
        lane = min(lane, len(trainer.seeds) - 1)
        frame = self._observer.picture(lane)
        arrays = dict(frame.arrays)
        if len(trainer.seeds) > 1:
            arrays["lanes"] = self._lanes()
        values = dict(frame.values) | {"version": 0, "steps_per_second": 0.0}
        self._pictured = moment
        report = Keyframe(self._run, trainer.steps, encode(Frame(values, arrays)))
        self._keyframes.made(time.thread_time() - start)
        return [report]

    def _lanes(self) -> np.ndarray:
        """Examples of every seed, always of the same latents: points (S, n, dim), or images (S, n, pixels) as bytes."""
        images = self._trainer.config.on_images
        rngs = [np.random.default_rng([seed, *b"lanes"]) for seed in self._trainer.seeds]
        samples = self._observer.samples(rngs, LANE_IMAGES if images else LANE_POINTS)
        if not images:
            return samples
        shown: np.ndarray = np.nan_to_num((samples + 1) * 127.5, nan=0.0).clip(0, 255).round().astype(np.uint8)
        return shown
