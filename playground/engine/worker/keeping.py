"""What a run leaves behind as it trains: pictures worth keeping, a filmstrip, checkpoints from which it can go on.

A worker and a command that records both let this decide, so their runs are recorded alike.
"""

import time
from dataclasses import replace

from playground.engine.messages import Checkpoint, Film, Keyframe, Opened, Report, State, Status
from playground.frame import Frame, Row, encode
from playground.observer import ImageObserver, Observer
from playground.runs.thinning import MAX_CHECKPOINTS, MAX_KEYFRAMES, belongs, stride_for, strides
from playground.training.checkpoint import pack
from playground.training.learner import Learner

CHECKPOINT_EVERY, CHECKPOINT_AT_LATEST = 0.7, 1.1
"""Seconds between two checkpoints of a playing run; the second where making one takes long. A death costs that."""
SHARE = 0.01
"""Share of the training time that pictures, and that checkpoints at round steps, may take, counted in processor time:
a busy machine must not make a run forget more."""
FREE = 0.1
"""Seconds that a young run's pictures may take regardless: the beginning is what people go back to."""
FILM_EPOCHS = (0, 1, 2, 4, 10, 20, 50, 100, 200, 500, 1000)
"""After which epochs the filmstrip gets a frame; the lecture shows 1, 2, 4, 10, 50 and 100."""


class Cadence:
    """Round steps at which something is made: further apart as the run grows, and where making it takes long."""

    def __init__(self, first: int, most: int, free: float = 0.0) -> None:
        """first: the step that the run begins at; most: how many the store keeps; free: seconds not counted."""
        self._first = first
        self._most = most
        self._free = free
        self._spent = 0.0
        self._cost = 0.0
        self._newest, self._stride = first, 1

    def due(self, step: int, seconds_per_step: float) -> bool:
        """Whether one belongs to this step."""
        if step < self._newest:
            self._stride = 1
        self._newest = step
        if not belongs(step, self._stride):
            return False  # strides only widen, and a wider one keeps nothing that a narrower one does not
        self._stride = stride = stride_for(self._first, step, self._most)
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
    """Takes a run's keyframes, film and checkpoints at the right moments. What it has made is for the caller to report.

    Of a run that has not trained only the film's first frame is made: `begin` is called before every step.
    """

    def __init__(self, run: str, learner: Learner, observer: Observer, seconds: float = 0.0) -> None:
        """seconds: of training before, where the run comes from a checkpoint."""
        self._run = run
        self._learner = learner
        self._observer = observer
        self.seconds = self._seconds_at_start = seconds
        self._steps_at_start = learner.steps
        self._film_epochs = self._epochs_to_come()
        self._keyframes = Cadence(learner.steps, MAX_KEYFRAMES, FREE)
        self._checkpoints = Cadence(learner.steps, MAX_CHECKPOINTS)
        self.begun = False
        self._kept: tuple[int, int] | None = None
        self._pictured: tuple[int, int] | None = None
        self._at = time.perf_counter()
        self._pack_seconds = 0.0
        self.good = learner.state()

    def opened(self, lane: int, resumed: bool) -> list[Report]:
        """What there is to say of a run that stands ready. resumed: it goes on from a checkpoint."""
        scene = self._observer.scene()
        return [Opened(self._run, scene, self._learner.steps if resumed else None), *self._film(lane)]

    def state(self, status: Status, message: str = "", speed: float | None = None) -> State:
        """How the run stands. speed: the limit in steps per second, if there is one."""
        learner = self._learner
        changes, diverged = tuple(learner.changes), tuple(learner.diverged)
        said = status, message, learner.steps, learner.config, changes, speed, diverged, learner.updates
        return State(self._run, *said, learner.compiled_since)

    def begin(self, lane: int) -> list[Report]:
        """Before a step: where it all starts, before the first one."""
        before, self.begun = self.begun, True
        return [] if before else self.keep(lane)

    def stepped(self, seconds: float, lane: int) -> list[Report]:
        """After a step that took so long: a frame for the filmstrip, if its epoch has come."""
        self.seconds += seconds
        return self._film(lane)

    def fall_back(self, reason: str) -> str:
        """The run has diverged: it stands again where it was last known to be good. Returns what there is to say."""
        self._learner.load(self.good)
        return f"{reason} The run stands at its last good state, step {self._learner.steps:,}"

    def row(self, row: Row) -> Row:
        """The row with what only the run's host knows."""
        return replace(row, d_updates=self._learner.d_updates, seconds=self.seconds)

    def play(self) -> None:
        """Time that a run stood still does not count as time since the last checkpoint."""
        self._at = time.perf_counter()

    def look(self, lane: int) -> list[Report]:
        """After a step: whatever is due now."""
        steps, now = self._learner.steps, time.perf_counter()
        each = (self.seconds - self._seconds_at_start) / max(1, steps - self._steps_at_start)
        late = now - self._at >= min(max(CHECKPOINT_EVERY, self._pack_seconds / SHARE), CHECKPOINT_AT_LATEST)
        if late or self._checkpoints.due(steps, each):
            return self.keep(lane, picture=self._keyframes.affordable(self.seconds - self._seconds_at_start))
        if self._keyframes.due(steps, each):
            return self._picture(lane)
        return []

    def keep(self, lane: int, *, picture: bool = True) -> list[Report]:
        """A checkpoint of the present state, if it is a healthy one, and its picture. Nothing that is kept already."""
        learner = self._learner
        moment = learner.moment
        self._at, start = time.perf_counter(), time.thread_time()
        reports: list[Report] = []
        if moment != self._kept and learner.healthy():
            self.good = learner.state()
            reports.append(Checkpoint(self._run, learner.steps, pack(self.good | {"seconds": self.seconds})))
            self._kept = moment
            self._pack_seconds = time.thread_time() - start
            self._checkpoints.made(self._pack_seconds)
        return reports + (self._picture(lane) if picture else [])

    def remember(self) -> None:
        """Take the present state for `good`, the last one known to be so, if its weights are finite."""
        if self._learner.healthy():
            self.good = self._learner.state()

    def changed(self) -> None:
        """The settings have changed: the next checkpoint differs, though the step may be the same."""
        self._kept = None

    def _epochs_to_come(self) -> list[int]:
        """The epochs whose frames the filmstrip has not got yet."""
        if not isinstance(self._observer, ImageObserver):
            return []
        seen = self._observer.epoch
        return [epoch for epoch in FILM_EPOCHS if self._learner.steps == 0 or epoch > seen]

    def _film(self, lane: int) -> list[Report]:
        observer = self._observer
        if not self._film_epochs or not isinstance(observer, ImageObserver) or observer.epoch < self._film_epochs[0]:
            return []
        images = observer.film(min(lane, len(self._learner.seeds) - 1))
        return [Film(self._run, self._film_epochs.pop(0), self._learner.steps, images)]

    def _picture(self, lane: int) -> list[Report]:
        learner = self._learner
        moment = learner.moment
        if moment == self._pictured:
            return []
        start = time.thread_time()
        lane = min(lane, len(learner.seeds) - 1)
        frame = self._observer.picture(lane)
        arrays = dict(frame.arrays)
        if len(learner.seeds) > 1:
            arrays["lanes"] = self._observer.lanes()
        values = dict(frame.values) | {"steps_per_second": 0.0}
        self._pictured = moment
        report = Keyframe(self._run, learner.steps, encode(Frame(values, arrays)))
        self._keyframes.made(time.thread_time() - start)
        return [report]
