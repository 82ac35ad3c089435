"""One run inside a worker: its learner, how fast it may go, and what it has to report."""

import time
from collections import deque
from contextlib import AbstractContextManager, nullcontext

from playground.config import ConfigError, RunConfig
from playground.engine.messages import (
    Answer,
    Ask,
    Measured,
    Open,
    Part,
    Picture,
    Report,
    State,
    Status,
)
from playground.engine.worker.background import Background
from playground.engine.worker.keeping import Keeping
from playground.frame import Frame, Layer, encode
from playground.observer import ImageObserver, observe
from playground.training import learners
from playground.training.checkpoint import restored, unpack
from playground.training.compiling import Compiler
from playground.training.learner import Diverged

RATE_WINDOW = 1.0
"""Seconds over which steps per second are measured."""
MICROSCOPE_SPEED = 2.0
"""Steps per second up to which a step can be followed by eye, and is watched where somebody wants to."""
SLOW_ROW = 0.4
"""Seconds after which a run held back by a speed limit is measured, whatever its step."""
NO_HALVES = "Both players move together here: a step has no halves."


class HostedRun:
    """A run that a worker trains in slices. What it has to say collects in `reports`."""

    def __init__(self, run: str, device: str) -> None:
        """The run is hosted, and has still to be opened."""
        self.run = run
        self.reports: list[Report] = []
        self.playing = False
        self.speed: float | None = None
        self.until: int | None = None
        self.goal: int | None = None
        """The step at which it pauses."""
        self.due = 0.0
        self.awaited: int | None = None
        """The seed whose picture somebody waits for."""
        self.layers: frozenset[Layer] = frozenset()
        self._lane = 0
        self._device = device

    def open(self, command: Open) -> None:
        """Start at step 0 with this config, or go on from a checkpoint. The speed limit stays.

        Raises DataError where the data are missing, CheckpointError, and ConfigError if the config is another run's.
        """
        seconds = 0.0
        if command.state is None:
            self.learner = learners.fresh(command.config, self._device, command.folder)
        else:
            self.learner = restored(command.state, self._device, command.folder)
            self.learner.apply(command.config)
            seconds = float(unpack(command.state).get("seconds", 0.0))
        self.observer = observe(self.learner)
        self.playing = command.playing
        self.due = time.perf_counter()
        self._status: Status = "playing" if command.playing else "paused"
        self._message = command.message
        self._measured_at = -1.0
        self._measured: tuple[int, int] | None = None
        self._pictured: tuple[object, ...] | None = None
        self._ticks: deque[tuple[float, int]] = deque()
        self._keeping = Keeping(self.run, self.learner, self.observer, seconds)
        self._background = Background(self.run, self.observer)
        self._compiler = Compiler(self.learner, command.folder)
        self.reports += self._keeping.opened(self._lane, resumed=command.state is not None)
        self.measure()
        self.say()

    def apply(self, config: RunConfig) -> None:
        """Train on with these live settings. Raises ConfigError if one of them needs a restart."""
        self.learner.apply(config)
        self._keeping.remember()
        self._keeping.changed()
        self._leave_behind()
        self.say()

    def play(self, playing: bool, to: int | None = None) -> None:
        """Train on, to a step if given, or pause: the state at a pause is measured and kept."""
        self.goal = to if playing else None
        if playing == self.playing:
            return
        self.playing = playing
        self.due = time.perf_counter()
        self._status, self._message = ("playing" if playing else "paused"), ""
        self._ticks.clear()
        self._keeping.play()
        if not playing:
            self.measure()
            self._leave_behind()
        self.say()

    def limit(self, steps_per_second: float | None) -> None:
        """Train at most so fast from now on; None is as fast as it goes."""
        self.speed, self.due = steps_per_second, time.perf_counter()
        self.say()

    def step(self, part: Part) -> None:
        """One step, or one half of it, by hand; a playing run pauses first. Raises ConfigError without halves."""
        if part != "both" and part not in self.learner.halves:
            raise ConfigError(f"A step of method={self.learner.config.method} has no halves.")
        self.playing, self.goal, self._status, self._message = False, None, "paused", ""
        if part != "both" and self.learner.config.updates != "alternating":
            self._message = NO_HALVES
        else:
            with self._looking():
                self._advance(part)
        self.measure()
        self._leave_behind()
        self.say()

    @property
    def ready(self) -> bool:
        """Whether the run trains: it plays, and has not come to where it shall wait."""
        return self.playing and (self.until is None or self.learner.steps < self.until)

    def slice(self, seconds: float) -> None:
        """Train for about this long, or as far as the speed limit lets it."""
        end = time.perf_counter() + seconds
        while self.ready:
            with self._looking():
                self._advance("both")
            if self.learner.steps % self.learner.config.measure_every == 0:
                self.measure()
            if self.playing:
                self.reports += self._keeping.look(self._lane)
            if self.goal is not None and self.learner.steps >= self.goal:
                self.play(False)
            now = time.perf_counter()
            if self.speed is not None:
                # A run that fell behind does not race to catch up later.
                self.due = max(self.due + 1 / self.speed, now - 1 / self.speed)
                if now - self._measured_at > SLOW_ROW:
                    self.measure()
                if self.due > now:
                    break
            if now >= end:
                break
        self._ticks.append((time.perf_counter(), self.learner.steps))

    def measure(self) -> None:
        """Report a row for the present state, once."""
        moment = self.learner.moment
        if moment == self._measured or self._status == "diverged":
            return
        self.reports.append(Measured(self.run, self._keeping.row(self.observer.measure())))
        self._measured, self._measured_at = moment, time.perf_counter()
        self._keeping.remember()

    def picture(self) -> None:
        """Report the picture that somebody waits for, if anything has changed since the last one."""
        if self.awaited is None:
            return
        learner = self.learner
        stand = (learner.steps, learner.d_updates, learner.config, self._status)
        moment = (id(learner), *stand, self.awaited, self.layers)
        if moment == self._pictured:
            return
        self._lane = self.awaited
        frame = self.observer.picture(min(self._lane, len(learner.seeds) - 1), self.layers)
        frame = Frame(dict(frame.values) | {"steps_per_second": round(self.rate(), 1)}, frame.arrays)
        self.reports.append(Picture(self.run, frame.values["lane"], encode(frame)))
        self._pictured, self.awaited = moment, None

    @property
    def has_background(self) -> bool:
        """Whether work is left to do beside the training."""
        return self._background.pending

    def background(self, seconds: float) -> None:
        """Some of it. A run whose measures have just been prepared is measured (again) at once."""
        prepared = self.observer.prepared
        self.reports += self._background.step(seconds)
        if self.observer.prepared and not prepared:
            self._measured = None
            self.measure()

    def answer(self, question: Ask) -> None:
        """Report what was asked of the picture's images. Raises ConfigError where there are none."""
        if not isinstance(self.observer, ImageObserver):
            raise ConfigError("Only runs on images can be asked about images.")
        lane = min(self._lane, len(self.learner.seeds) - 1)
        labels, distances, of = None, None, question.of
        match question.kind:
            case "neighbours":
                images, labels, distances = self.observer.neighbours(lane, *of)
                text = "The nearest training images: class · distance of pixels."
            case "walk":
                images = self.observer.walk(lane, *of)
                text = "Images on the straight line between the two latents."
            case "arithmetic":
                images = self.observer.arithmetic(lane, *of)
                text = "a, b, c, and the image of the latent a − b + c."
        self.reports.append(
            Answer(
                self.run,
                question.id,
                question.kind,
                images,
                None if labels is None else tuple(labels),
                None if distances is None else tuple(distances),
                text,
            )
        )

    def rate(self) -> float:
        """Steps per second over the last moment of training."""
        while len(self._ticks) > 2 and self._ticks[0][0] < self._ticks[-1][0] - RATE_WINDOW:
            self._ticks.popleft()
        if not self.playing or len(self._ticks) < 2:
            return 0.0
        (start, before), (end, after) = self._ticks[0], self._ticks[-1]
        return (after - before) / max(end - start, 1e-9)

    def say(self) -> None:
        """Report how the run stands."""
        self.reports.append(self._state())

    def failed(self, why: str) -> State:
        """What is left to say of the run after an error, in a sentence."""
        self._status, self._message = "failed", why
        return self._state()

    def _state(self) -> State:
        return self._keeping.state(self._status, self._message, self.speed)

    def close(self) -> None:
        """Leave the last checkpoint behind."""
        self._leave_behind()

    def _looking(self) -> AbstractContextManager[None]:
        """A step by hand, or of a slow run, may be watched under the microscope."""
        slow = not self.playing or (self.speed is not None and self.speed <= MICROSCOPE_SPEED)
        return self.observer.closely() if slow and "microscope" in self.layers else nullcontext()

    def _advance(self, part: Part) -> None:
        made = self.learner.step if part == "both" else self.learner.halves[part]
        self.reports += self._keeping.begin(self._lane)
        before = self._told()
        self._compiler.look()
        start = time.perf_counter()
        try:
            made()
        except Diverged as reason:
            self._stop(str(reason))
        else:
            self.reports += self._keeping.stepped(time.perf_counter() - start, self._lane)
            if self._told() != before:
                self.say()

    def _told(self) -> tuple[list[int | None], int | None]:
        """What is said when it changes: the seeds that were lost, and since when the step is a compiled one."""
        return list(self.learner.diverged), self.learner.compiled_since

    def _leave_behind(self) -> None:
        """A checkpoint and a picture of a run that has trained: it stays as it is, perhaps for long."""
        if self._keeping.begun:
            self.reports += self._keeping.keep(self._lane)

    def _stop(self, reason: str) -> None:
        """The run has diverged: stop, and stand again where it was last known to be good."""
        self._message = f"{self._keeping.fall_back(reason)}: change a setting and play on, or reset."
        self.playing, self._status = False, "diverged"
        self._leave_behind()
        self.say()
