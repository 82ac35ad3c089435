"""What a worker process does: trains its runs in fair time slices, looks at them, and reports."""

import time
from multiprocessing.connection import Connection

from playground.config import ConfigError, RunConfig
from playground.engine.messages import Apply, Ask, Close, Command, Open, Play, Refused, Speed, State, Step, Until, Want
from playground.engine.worker.hosted import HostedRun
from playground.errors import PlaygroundError
from playground.training import learners
from playground.training.compiling import Compiler

OVER = "This run is over; reset it to start anew."
SLICE = 0.003
"""Seconds that a run trains before the next one's turn, and before pictures and commands; a picture lasts 17 ms."""
IDLE = 30.0
"""Seconds without anything to do after which the step of a run at the defaults is compiled, for the first who plays."""
BACKGROUND_SHARE = 0.2
"""Share of the time that preparing and the noise floors may take while something trains."""


class Worker:
    """Commands in, reports out, training in between."""

    def __init__(self, engine: Connection, device: str) -> None:
        self._engine = engine
        self._device = device
        self._runs: dict[str, HostedRun] = {}
        self._background_due = 0.0
        self._prepared = False

    def serve(self) -> None:
        """Work until the engine hangs up."""
        while True:
            timeout = self._idle_seconds()
            told = False
            while self._engine.poll(timeout):
                self._obey(self._engine.recv())
                told, timeout = True, 0.0
            if timeout == IDLE and not told:
                self._prepare()
            for run in list(self._runs.values()):
                self._guarded(run)
            self._background()
            self._report()

    def _idle_seconds(self) -> float | None:
        """How long nothing needs to be done but listen; None is until the next command. IDLE: it has been so long idle
        for the first time."""
        if any(run.has_background for run in self._runs.values()):
            return 0.0
        now = time.perf_counter()
        waits = [max(0.0, run.due - now) if run.speed else 0.0 for run in self._runs.values() if run.ready]
        return min(waits, default=None if self._prepared else IDLE)

    def _prepare(self) -> None:
        """Have the step of a run at the defaults compiled, if it is not there yet."""
        self._prepared = True
        Compiler(learners.fresh(RunConfig(), self._device)).ask()

    def _obey(self, command: Command) -> None:
        if isinstance(command, Open):
            self._open(command)
            return
        run = self._runs.get(command.run)
        if run is None:
            if not isinstance(command, Want | Close):  # a run that failed has no next picture, and can be let go of
                self._engine.send(Refused(command.run, OVER))
            return
        try:
            self._carry_out(run, command)
        except ConfigError as error:
            self._engine.send(Refused(command.run, str(error)))
        except Exception as error:  # the process's edge: one run fails, the others go on
            self._fail(run, error)

    def _open(self, command: Open) -> None:
        hosted = self._runs.pop(command.run, None) or HostedRun(command.run, self._device)
        try:
            hosted.open(command)
        except Exception as error:  # the process's edge: one run fails, the others go on
            failed = State(command.run, "failed", _why(error), 0, command.config, (), None, ())
            self._engine.send(failed)
        else:
            self._runs[command.run] = hosted

    def _carry_out(self, run: HostedRun, command: Command) -> None:
        match command:
            case Apply(_, config):
                run.apply(config)
            case Play(_, playing, to):
                run.play(playing, to)
            case Step(_, part):
                run.step(part)
            case Speed(_, steps_per_second):
                run.limit(steps_per_second)
            case Until(_, step):
                run.until = step
            case Want(_, lane, layers):
                run.awaited, run.layers = lane, layers
            case Ask():
                run.answer(command)
            case Close():
                run.close()
                self._report()
                del self._runs[run.run]

    def _guarded(self, run: HostedRun) -> None:
        """A run's turn."""
        try:
            if run.ready and (run.speed is None or run.due <= time.perf_counter()):
                run.slice(SLICE)
            run.picture()
        except Exception as error:  # the process's edge: one run fails, the others go on
            self._fail(run, error)

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
            self._fail(run, error)
        if any(other.ready for other in self._runs.values()):
            self._background_due = now + (time.perf_counter() - now) / BACKGROUND_SHARE

    def _report(self) -> None:
        for run in self._runs.values():
            for report in run.reports:
                self._engine.send(report)
            run.reports.clear()

    def _fail(self, run: HostedRun, error: Exception) -> None:
        """The run is over where it stands; what it had to say before is said."""
        self._report()
        del self._runs[run.run]
        self._engine.send(run.failed(_why(error)))


def _why(error: Exception) -> str:
    """A sentence of ours as it is; an error that nobody foresaw with its kind."""
    if isinstance(error, PlaygroundError):
        return str(error)
    return f"The run stopped on an error: {type(error).__name__}: {error}"
