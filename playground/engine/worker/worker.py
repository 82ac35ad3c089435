"""What a worker process does: trains its runs in fair time slices, looks at them, and reports."""

import time
from multiprocessing.connection import Connection

from playground.config import ConfigError
from playground.data.errors import DataError
from playground.engine.messages import Apply, Ask, Close, Command, Open, Play, Refused, Speed, State, Step, Until, Want
from playground.engine.worker.hosted import HostedRun
from playground.training.checkpoint import CheckpointError

SLICE = 0.003
"""Seconds that a run trains before the next one's turn, and before pictures and commands; a picture lasts 17 ms."""
BACKGROUND_SHARE = 0.2
"""Share of the time that preparing and the noise floors may take while something trains."""


class Worker:
    """Commands in, reports out, training in between."""

    def __init__(self, engine: Connection, device: str) -> None:
        self._engine = engine
        self._device = device
        self._runs: dict[str, HostedRun] = {}
        self._background_due = 0.0

    def serve(self) -> None:
        """Work until the engine hangs up."""
        while True:
            timeout = self._idle_seconds()
            while self._engine.poll(timeout):
                self._obey(self._engine.recv())
                timeout = 0.0
            for run in list(self._runs.values()):
                self._guarded(run)
            self._background()
            self._report()

    def _idle_seconds(self) -> float | None:
        """How long nothing needs to be done but listen; None is until the next command."""
        if any(run.has_background for run in self._runs.values()):
            return 0.0
        now = time.perf_counter()
        waits = [max(0.0, run.due - now) if run.speed else 0.0 for run in self._runs.values() if run.ready]
        return min(waits, default=None)

    def _obey(self, command: Command) -> None:
        try:
            match command:
                case Open(run):
                    hosted = self._runs.pop(run, None) or HostedRun(run, self._device)
                    hosted.open(command)
                    self._runs[run] = hosted
                case Apply(run, config):
                    self._runs[run].apply(config)
                case Play(run, playing):
                    self._runs[run].play(playing)
                case Step(run, part):
                    self._runs[run].step(part)
                case Speed(run, steps_per_second):
                    self._runs[run].speed = steps_per_second
                    self._runs[run].due = time.perf_counter()
                    self._runs[run].say()
                case Until(run, step):
                    self._runs[run].until = step
                case Want(run, lane, layers):
                    if run in self._runs:  # a run that failed has no next picture
                        self._runs[run].wanted, self._runs[run].layers = lane, layers
                case Ask(run):
                    self._runs[run].answer(command)
                case Close(run):
                    self._report()
                    if run in self._runs:
                        self._runs[run].close()
                        self._report()
                        del self._runs[run]
        except (DataError, CheckpointError) as error:
            self._fail(command.run, str(error), command)
        except ConfigError as error:
            self._engine.send(Refused(command.run, str(error)))
        except KeyError:
            self._engine.send(Refused(command.run, "This run is over; reset it to start anew."))
        except Exception as error:  # the process's edge: one run fails, the others go on
            self._fail(command.run, error, command)

    def _guarded(self, run: HostedRun) -> None:
        """A run's turn."""
        try:
            if run.ready and (run.speed is None or run.due <= time.perf_counter()):
                run.slice(SLICE)
            run.picture()
        except Exception as error:  # the process's edge: one run fails, the others go on
            self._fail(run.run, error)

    def _background(self) -> None:
        """Prepare measures and estimate floors: a share of the time while something trains, else all of it."""
        now = time.perf_counter()
        if now < self._background_due:
            return
        run = next((run for run in self._runs.values() if run.has_background), None)
        if run is None:
            return
        try:
            run.background(SLICE)
        except Exception as error:  # the process's edge: one run fails, the others go on
            self._fail(run.run, error)
        if any(other.ready for other in self._runs.values()):
            self._background_due = now + (time.perf_counter() - now) / BACKGROUND_SHARE

    def _report(self) -> None:
        for run in self._runs.values():
            for report in run.reports:
                self._engine.send(report)
            run.reports.clear()

    def _fail(self, run: str, error: Exception | str, command: Command | None = None) -> None:
        hosted = self._runs.pop(run, None)
        sentence = error if isinstance(error, str) else f"The run stopped on an error: {type(error).__name__}: {error}"
        if hosted is None:
            self._engine.send(
                State(run, "failed", sentence, 0, command.config, (), None, ())
                if isinstance(command, Open)
                else Refused(run, sentence)
            )
            return
        trainer = hosted.trainer
        self._engine.send(
            State(run, "failed", sentence, trainer.steps, trainer.config, tuple(trainer.changes), hosted.speed, ())
        )
