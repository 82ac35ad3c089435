"""What runs are told by their owners."""

from collections.abc import Callable

from playground.config import RunConfig, difference
from playground.engine.messages import Apply, Ask, Command, Kind, Part, Play, Speed, Step, Until, Want
from playground.engine.server import returning
from playground.engine.server.limits import EngineError, Limits, NoRoom
from playground.engine.server.locks import EngineLock
from playground.engine.server.pool import Pool
from playground.engine.server.recorder import Recorder
from playground.engine.server.roster import Roster
from playground.engine.server.run import Run
from playground.frame import Layer

NOT_MINE = "This run belongs to another browser session: it can be looked at, compared and forked."
CLOSED = "This run is no longer open here: reload the page to open it again."


class Commands:
    """Passes an owner's wishes on to the worker that holds the run; one that came back from the disk is opened in one.

    Each raises EngineError, in one sentence, where the run is another's, is no longer open, or can't be opened.
    """

    _lock: EngineLock
    _runs: Roster
    _recorder: Recorder | None
    _pool: Pool
    _limits: Limits

    def change(self, run: Run, config: RunConfig) -> None:
        """Bring the run to these settings as far as that disturbs nothing; the worker confirms.

        Live settings act at once. Those that need a restart wait for `restart`, unless the run has not begun.
        """
        if not difference(run.wanted, config):
            return
        self._fetch(run)
        with self._lock:
            changed = difference(run.wanted, config)
            pristine = not run.begun and not run.changes
            if changed.fixed and pristine:
                self.restart(run, config)
            elif changed.live:
                self._may(run)
                wanted = run.wanted.replace(**changed.live)
                self._pool.host(run)  # with the settings that its checkpoint may have been made with
                self._send(run, Apply(run.id, wanted))
                run.wanted = wanted

    def restart(self, run: Run, config: RunConfig | None = None, *, playing: bool = False) -> None:
        """Start the run anew at step 0, with other settings if given, and play on if told to."""
        with self._lock:
            self._may(run, playing)
            run.status, run.message, run.steps, run.begun = "opening", "", 0, playing
            run.wanted, run.falls, run.starting, run.goal = config or run.wanted, 0, playing, None
            run.queued = 0
            run.kept, run.unread = None, False
            self._pool.open(run, playing=playing)

    def play(self, run: Run, playing: bool, to: int | None = None, *, wait: bool = False) -> None:
        """Train on, to a step if given, or pause. wait: where too many runs train already, begin when there is room.

        Raises EngineError where too many do and the run is not to wait, and where it has come to that step."""
        if playing:
            self._fetch(run)
        with self._lock:
            try:
                self._may(run, playing)
            except NoRoom:
                if not wait:
                    raise
                run.queued, run.goal = run.queued or 1 + max(other.queued for other in self._runs), to
                queued = True
            else:
                run.queued, queued = 0, False
            if not queued and (playing or run.hosted):
                if to is not None and to <= run.steps:
                    raise EngineError(f"This run is at step {run.steps:,} already: name a later one.")
                run.goal = to if playing else None
                self._send(run, Play(run.id, playing, run.goal))
                run.begun |= playing
                run.starting = playing and run.status != "playing"
        if queued or not playing:
            self._tell(run)

    def start_queued(self) -> None:
        """Begin the runs that wait for room, in the order in which they came, as far as there is some."""
        with self._lock:
            for run in sorted((run for run in self._runs if run.queued), key=lambda run: run.queued):
                try:
                    self.play(run, True, run.goal)
                except NoRoom:
                    continue  # of this owner perhaps: another's may begin
                except EngineError as error:
                    run.queued, run.message = 0, str(error)

    def step(self, run: Run, part: Part) -> None:
        """Make one step by hand, or one player's half of it; a playing run pauses. Raises EngineError."""
        self._fetch(run)
        with self._lock:
            self._may(run)
            self._send(run, Step(run.id, part))
            run.begun, run.starting = True, False

    def limit(self, run: Run, steps_per_second: float | None) -> None:
        """Train at most so fast from now on; None is as fast as it goes."""
        with self._lock:
            run.limit = steps_per_second
            if run.hosted:
                self._send(run, Speed(run.id, steps_per_second))

    def until(self, run: Run, step: int | None) -> None:
        """Train no further than this step, playing on when that is lifted or moved: how runs keep in step."""
        with self._lock:
            run.until = step
            if run.hosted and run.mine:
                self._send(run, Until(run.id, step))

    def want(self, run: Run) -> None:
        """Ask for the next picture. One is made at a time, however many ask."""
        if run.wanting or not run.mine or (not run.hosted and run.frame is not None):
            return  # what is there is the newest
        self._fetch(run)
        with self._lock:
            if not run.wanting:  # else somebody was quicker
                self._want(run)

    def look_at(self, run: Run, lane: int) -> None:
        """Show another seed of the run. Raises EngineError if it has no such seed."""
        if not 0 <= lane < run.config.seeds:
            raise EngineError(f"lane must be a whole number from 0 to {run.config.seeds - 1} (got {lane}).")
        self._fetch(run)
        with self._lock:
            run.lane = lane
            if run.mine:
                self._want(run)

    def show(self, run: Run, watcher: Callable[[], None], layers: frozenset[Layer]) -> None:
        """From the next picture on, this watcher of the run wants these layers in it."""
        if layers:
            self._fetch(run)
        with self._lock:
            run.layers[watcher] = layers
            if run.hosted or (layers and run.mine):
                self._want(run)

    def ask(self, run: Run, question: int, kind: Kind, of: tuple[int, ...]) -> None:
        """Ask about images of the picture; the answer comes as a letter with the question's number."""
        self._fetch(run)
        with self._lock:
            self._send(run, Ask(run.id, question, kind, of))

    def _tell(self, run: Run) -> None:
        """Wake whoever watches."""
        raise NotImplementedError

    def _may(self, run: Run, train: bool = False) -> None:
        """Raises EngineError where the run is not the asker's, or may not train beside those that do."""
        if not run.mine:
            raise EngineError(NOT_MINE)
        if run not in self._runs:
            raise EngineError(CLOSED)
        self._pool.check()
        if train:
            self._limits.check(run, self._runs)

    def _fetch(self, run: Run) -> None:
        """Read what a run from the disk goes on from: before the lock under which it is opened in a worker.

        Raises EngineError if it can't be read.
        """
        if run.unread and run.mine and self._recorder is not None:
            kept = returning.newest_checkpoint(self._recorder.store, run.id)
            with self._lock:
                if run.unread:  # else somebody was quicker
                    run.kept, run.unread = kept, False

    def _want(self, run: Run) -> None:
        """Ask the worker for a picture as the watchers want it now."""
        self._send(run, Want(run.id, run.lane, run.wanted_layers))
        run.wanting = True

    def _send(self, run: Run, command: Command) -> None:
        """To the run's worker. Raises EngineError where the run is not the asker's."""
        if not run.mine:
            raise EngineError(NOT_MINE)
        self._pool.send(run, command)
