"""Runs that last: recorded as they train, found again by the next engine, forked, and started alike."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.config import RunConfig
from playground.engine.server import returning, shared
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.limits import MAX_RUNS_PER_OWNER
from playground.engine.server.run import Run
from playground.frame import decode
from playground.runs.record import Batch, RunBatch
from playground.runs.store import RunStore
from playground.training.checkpoint import pack, restored, unpack
from playground.training.trainer import Trainer
from tests.engine.running import PATIENCE, pid_of, quick, refusals, until
from tests.training.test_resume import differences

Begin = Callable[..., Run]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunStore]:
    store = RunStore(tmp_path_factory.mktemp("runs"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def recording(store: RunStore) -> Iterator[Engine]:
    engine = Engine(workers=1, store=store)
    yield engine
    engine.close()


@pytest.fixture
def begin(recording: Engine) -> Iterator[Begin]:
    """Start a run and train it to a step, if one is given; it stands paused there, recorded."""
    started: list[Run] = []

    def begin(config: RunConfig | None = None, steps: int = 0, owner: str = "me") -> Run:
        run = recording.run(recording.start(owner, config or quick()), owner)
        started.append(run)
        until(recording, run, lambda: run.status == "paused" and len(run.history) > 0)
        return train(recording, run, steps) if steps else run

    yield begin
    for run in started:
        recording.stop(run)


def train(engine: Engine, run: Run, steps: int) -> Run:
    """To exactly this step, and pause there."""
    engine.until(run, steps)
    engine.play(run, True)
    until(engine, run, lambda: run.steps == steps)
    engine.play(run, False)
    engine.until(run, None)
    until(engine, run, lambda: run.status == "paused" and steps in run.checkpoints and run.kept is not None)
    return run


def state(run: Run) -> dict[str, Any]:
    """What the run's newest checkpoint holds, without the clock."""
    assert run.kept is not None
    return {name: value for name, value in unpack(run.kept[1]).items() if name != "seconds"}


# Recorded --------------------------------------------------------------------------------------------------------


def test_a_run_that_was_only_looked_at_leaves_nothing(recording: Engine, store: RunStore, begin: Begin) -> None:
    run = begin()
    recording.want(run)
    until(recording, run, lambda: run.frame is not None)
    recording._recorder.flush()  # type: ignore[union-attr]
    assert run.record is None and run.id not in [record.id for record in store.records()]


def test_a_run_is_recorded_from_its_first_step_on(recording: Engine, store: RunStore, begin: Begin) -> None:
    run = begin(quick(seeds=2), steps=60)
    assert run.record is not None and run.keyframes[0] == 0 and run.keyframes[-1] == 60
    assert run.checkpoints[0] == 0 and store.rows(run.id)[0].step == 0
    assert [row.step for row in store.rows(run.id)] == [0, 20, 40, 60]
    last = store.rows(run.id)[-1]
    assert last.d_updates == 60 and last.seconds > store.rows(run.id)[1].seconds > 0
    step, data = recording.keyframe(run, 59)
    assert step < 60
    frame = decode(recording.keyframe(run, 60)[1])
    assert frame.values["step"] == 60 and frame.values["lane"] == 0
    assert frame.arrays["fake"].shape == (1000, 2) and frame.arrays["lanes"].shape == (2, 256, 2)
    record = store.record(run.id)
    assert (record.owner, record.config, record.status) == ("me", run.config, "paused")


def test_a_new_start_begins_the_record_again_once_the_run_trains(
    recording: Engine, store: RunStore, begin: Begin
) -> None:
    run = begin(steps=40)
    name = store.record(run.id).name
    recording.restart(run, quick(k=2))
    until(recording, run, lambda: run.generation == 2 and run.status == "paused")
    assert run.keyframes == () and store.record(run.id).steps == 40  # nothing is lost by a look
    train(recording, run, 20)
    record = store.record(run.id)
    assert (record.steps, record.start_config.k, record.name) == (20, 2, name)
    assert [row.step for row in store.rows(run.id)] == [0, 20]


def test_a_full_disk_is_said_once_and_the_run_trains_on(tmp_path: Path) -> None:
    store = RunStore(tmp_path, quota=1 << 20)
    engine = Engine(workers=1, store=store)
    try:
        run = engine.run(engine.start("me", quick(g_width=256, d_width=256, g_depth=4)), "me")
        engine.play(run, True)
        until(engine, run, lambda: bool(refusals(run)))
        assert "is not being recorded" in refusals(run)[0] and "GAN_PLAYGROUND_QUOTA" in refusals(run)[0]
        assert engine.problem in refusals(run)[0]
        stood = run.steps
        until(engine, run, lambda: run.steps > stood + 20)
        assert len(refusals(run)) == 1
    finally:
        engine.close()
        store.close()


def test_a_server_whose_store_cannot_be_opened_runs_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = RunStore(tmp_path)
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path))
    shared.close()
    try:
        engine = shared.engine()
        assert engine.store is None
        assert shared.store_problem().startswith("Another server is recording its runs in")
        run = engine.run(engine.start("me", quick()), "me")
        with pytest.raises(EngineError, match="not recorded here"):
            engine.fork("me", run.id, 0)
    finally:
        shared.close()
        first.close()


# Back from disk ---------------------------------------------------------------------------------------------------


def test_the_next_engine_finds_a_run_as_it_stood_and_plays_on(store: RunStore, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    first = Engine(workers=1, store=store)
    run = first.run(first.start("me", quick()), "me")
    until(first, run, lambda: run.status == "paused" and bool(run.floors))
    first.play(run, True)
    until(first, run, lambda: run.steps > 20)
    first.change(run, run.config.replace(k=2))
    until(first, run, lambda: run.config.k == 2)
    first.close()  # while it plays: it leaves a last checkpoint
    store.close()

    store = RunStore(tmp_path)
    second = Engine(workers=1, store=store)
    try:
        back = second.run(run.id, "me")
        assert second.run(run.id, "me") is back
        assert (back.status, back.mine, back.hosted) == ("paused", True, False)
        assert back.config == run.config and back.changes == run.changes and back.floors == run.floors
        assert back.scene == run.scene and back.steps == back.checkpoints[-1] == back.history.steps[-1]
        assert list(back.history.steps) == [step for step in run.history.steps if step <= back.steps]
        assert back.frame is not None and decode(back.frame).values["step"] == back.steps
        second.want(back)  # what is there is the newest: no worker is bothered
        assert not back.hosted
        stood, seconds = back.steps, back.history.latest.seconds  # type: ignore[union-attr]
        second.play(back, True)
        until(second, back, lambda: back.steps > stood + 20)
        assert back.generation == 1 and back.history.latest.seconds > seconds  # type: ignore[union-attr]
        assert back.config.k == 2
    finally:
        second.close()
        store.close()


def test_somebody_elses_recorded_run_can_be_looked_at_and_forked_only(recording: Engine, begin: Begin) -> None:
    run = begin(steps=40, owner="ada")
    seen = recording.run(run.id, "bob")
    assert seen is not run and not seen.mine and seen.steps == 40 and list(seen.history.steps) == [0, 20, 40]
    assert recording.keyframe(seen, 40)[0] == 40
    commands: list[Callable[[], None]] = [
        lambda: recording.play(seen, True),
        lambda: recording.step(seen, "both"),
        lambda: recording.restart(seen),
        lambda: recording.change(seen, seen.config.replace(k=5)),
        lambda: recording.delete(run.id, "bob"),
    ]
    for command in commands:
        with pytest.raises(EngineError, match="belongs to another browser session"):
            command()
    recording.want(seen)
    assert run.status == "paused" and run.steps == 40
    child = recording.run(recording.fork("bob", run.id, 40), "bob")
    assert child.mine and child.owner == "bob"
    with pytest.raises(EngineError, match="no such run"):
        recording.run("nobody-knows", "bob")


def test_an_unrecorded_run_is_nobody_elses_business(recording: Engine, begin: Begin) -> None:
    run = begin(owner="ada")
    with pytest.raises(EngineError, match="no such run"):
        recording.run(run.id, "bob")


def test_a_deleted_run_is_gone_until_the_store_takes_that_back(
    recording: Engine, store: RunStore, begin: Begin
) -> None:
    run = begin(steps=20)
    recording.delete(run.id, "me")
    with pytest.raises(EngineError, match="no such run"):
        recording.run(run.id, "me")
    store.undelete(run.id)
    assert recording.run(run.id, "me").steps == 20


def test_a_new_start_whose_worker_dies_is_not_the_old_one_again(recording: Engine, begin: Begin) -> None:
    run = begin(steps=40)
    recording.restart(run, quick(k=2))
    until(recording, run, lambda: run.generation == 2 and run.status == "paused")
    os.kill(pid_of(recording, run), signal.SIGKILL)
    until(recording, run, lambda: "it goes on from step 0 (nothing is lost)" in run.message and run.status == "paused")
    assert (run.steps, list(run.history.steps), run.config) == (0, [0], quick(k=2))


def test_a_run_whose_checkpoint_is_gone_says_so_and_stands(tmp_path: Path) -> None:
    """It must not begin at step 0 instead: that would take the place of what is recorded."""
    store = RunStore(tmp_path)
    first = Engine(workers=1, store=store)
    run = first.run(first.start("me", quick()), "me")
    train(first, run, 20)
    first.close()
    second = Engine(workers=1, store=store)
    try:
        back = second.run(run.id, "me")
        for file in (tmp_path / "checkpoints" / run.id).iterdir():
            file.unlink()
        commands: list[Callable[[], None]] = [
            lambda: second.play(back, True),
            lambda: second.step(back, "both"),
            lambda: second.change(back, back.config.replace(k=3)),
        ]
        for command in commands:
            with pytest.raises(EngineError, match="step 20"):
                command()
        assert (back.hosted, back.starting, back.wanted) == (False, False, back.config)
        assert [row.step for row in store.rows(run.id)] == [0, 20]
    finally:
        second.close()
        store.close()


def test_deleting_a_run_opens_none_and_closes_no_other(recording: Engine, store: RunStore, begin: Begin) -> None:
    """It used to be read from the disk and to take a place among the open ones, whose oldest then had to go."""
    gone = begin(steps=20)
    recording.stop(gone)
    others = [begin() for _ in range(MAX_RUNS_PER_OWNER)]
    recording.delete(gone.id, "me")
    assert store.record(gone.id).deleted
    assert all(recording.run(other.id, "me") is other for other in others)


# Fork and same start ----------------------------------------------------------------------------------------------


def test_a_fork_without_a_change_is_its_parent_bit_for_bit_for_100_steps(recording: Engine, begin: Begin) -> None:
    parent = begin(quick(instance_noise=0.2, noise_decay=100, label_smoothing=0.1, ema=0.9), steps=60)
    child = recording.run(recording.fork("me", parent.id, 60), "me")
    assert (child.steps, child.status, child.config, child.changes) == (60, "paused", parent.config, ())
    assert child.record is not None and child.record.parent == parent.id and child.record.parent_step == 60
    assert child.frame is not None and decode(child.frame).values["step"] == 60
    train(recording, parent, 160)
    train(recording, child, 160)
    assert differences(state(parent), state(child)) == []
    a, b = parent.history.columns(), child.history.columns()
    for name in a.keys() - {"seconds"}:
        assert a[name][-6:] == b[name][-6:], name
    assert list(child.history.steps) == [60, 80, 100, 120, 140, 160]


def test_a_fork_is_told_at_which_later_steps_its_parent_trained_another_way(store: RunStore) -> None:
    state = Trainer(quick()).state()
    later = state | {"steps": 20, "ways": [[10, "compiled"], [15, ""]]}
    store.create("parent", "me", quick())
    store.write(Batch({"parent": RunBatch(checkpoints=[(0, pack(state)), (12, pack(later)), (20, pack(later))])}))
    ahead = {step: restored(returning.beginning(store, "parent", step)).ahead for step in (0, 12, 20)}
    assert ahead == {0: [(10, "compiled"), (15, "")], 12: [(15, "")], 20: []}


def test_a_trainer_from_a_checkpoint_is_its_parent_bit_for_bit_for_100_steps(
    recording: Engine, store: RunStore, begin: Begin
) -> None:
    run = begin(steps=40)
    parent = restored(store.checkpoint(run.id, 40))
    child = restored(store.checkpoint(run.id, 40))
    for _ in range(100):
        parent.step()
        child.step()
    train(recording, run, 140)
    assert differences(parent.state(), child.state()) == []
    assert differences(parent.state(), state(run)) == []


def test_a_fork_with_a_live_setting_changed_goes_on_with_it(recording: Engine, begin: Begin) -> None:
    parent = begin(steps=40)
    child = recording.run(recording.fork("me", parent.id, 40, parent.config.replace(k=5)), "me")
    train(recording, child, 60)
    assert child.config.k == 5 and [(step, dict(fields)) for step, fields in child.changes] == [(40, {"k": [1, 5]})]
    assert child.history.latest is not None and child.history.latest.d_updates == 40 + 5 * 20
    assert parent.config.k == 1 and parent.steps == 40


def test_a_fork_that_cannot_be_is_refused_with_what_can(recording: Engine, begin: Begin) -> None:
    parent = begin(steps=40)
    with pytest.raises(EngineError, match=r"^g_width, dataset can't change in a fork|^dataset, g_width can't change"):
        recording.fork("me", parent.id, 40, parent.config.replace(dataset="grid25", g_width=16))
    with pytest.raises(EngineError, match=r"^Step 1,000 of this run has no checkpoint to fork from; .* step 40\.$"):
        recording.fork("me", parent.id, 1000)
    with pytest.raises(EngineError, match="no such run"):
        recording.fork("me", "nobody-knows", 0)


def test_the_same_start_has_the_same_weights_and_data(recording: Engine, store: RunStore, begin: Begin) -> None:
    source = begin(quick(seed=7), steps=20)
    twin_id = recording.same_start("me", source.id, source.config.replace(loss="hinge", seed=99))
    twin = recording.run(twin_id, "me")
    until(recording, twin, lambda: twin.status == "paused")
    train(recording, twin, 20)
    assert twin.record is not None and (twin.record.parent, twin.record.relation) == (source.id, "same start")
    assert (twin.config.seed, twin.config.loss) == (7, "hinge")
    a, b = unpack(store.checkpoint(source.id, 0)), unpack(store.checkpoint(twin.id, 0))
    assert all(torch.equal(a["generator"][name], b["generator"][name]) for name in a["generator"])
    assert differences(a["streams"], b["streams"]) == []
    assert not np.array_equal(state(source)["g_loss"], state(twin)["g_loss"])
    recording.stop(twin)


def test_watchers_hear_of_recorded_steps(recording: Engine, begin: Begin) -> None:
    run = begin()
    heard = threading.Event()
    unwatch = recording.watch(run, lambda: heard.set() if run.keyframes else None)
    recording.step(run, "both")
    assert heard.wait(PATIENCE)
    unwatch()
    assert run.keyframes == (0, 1) == run.checkpoints


def test_a_new_name_reaches_the_page_that_shows_the_run(recording: Engine, store: RunStore, begin: Begin) -> None:
    run = begin(steps=20)
    heard = threading.Event()
    unwatch = recording.watch(run, heard.set)
    recording.rename(run.id, "me", "Sunday")
    unwatch()
    assert heard.is_set() and run.record is not None and run.record.name == "Sunday"


def test_a_name_and_a_note_are_their_owners_alone(recording: Engine, store: RunStore, begin: Begin) -> None:
    run = begin(steps=20, owner="ada")
    recording.rename(run.id, "ada", "Ring")
    recording.annotate(run.id, "ada", "Look at step 10.")
    for owner in ("bob", ""):
        for change in (recording.rename, recording.annotate):
            with pytest.raises(EngineError, match="belongs to another browser session"):
                change(run.id, owner, "Mine")
    with pytest.raises(EngineError, match="from 1 to 100 characters"):
        recording.rename(run.id, "ada", "")
    with pytest.raises(EngineError, match="no such recorded run"):
        recording.rename("nobody-knows", "ada", "Ring")
    record = store.record(run.id)
    assert (record.name, record.note) == ("Ring", "Look at step 10.")


def test_who_has_no_name_commands_no_run_without_an_owner(recording: Engine, store: RunStore) -> None:
    """A run of the command line has no owner; a client without a cookie is not its owner for that."""
    store.create("of-the-command-line", "", quick())
    seen = recording.run("of-the-command-line", "")
    assert not seen.mine
    commands: list[Callable[[], None]] = [
        lambda: recording.play(seen, True),
        lambda: recording.restart(seen),
        lambda: recording.delete(seen.id, ""),
        lambda: recording.rename(seen.id, "", "Mine"),
    ]
    for command in commands:
        with pytest.raises(EngineError, match="belongs to another browser session"):
            command()


def test_runs_of_a_browser_become_a_persons_while_they_train(recording: Engine, begin: Begin, store: RunStore) -> None:
    run, others = begin(steps=20, owner="a browser"), begin(steps=20, owner="another")
    until(recording, run, lambda: run.record is not None)
    assert not recording.run(run.id, "a person").mine  # who looked at it before
    assert recording.hand_over("a browser", "a person") == 1
    assert recording.run(run.id, "a person") is run
    assert not recording.run(run.id, "a browser").mine
    train(recording, run, 40)
    recording.rename(run.id, "a person", "Mine")
    assert run.record is not None and (run.record.owner, run.record.name) == ("a person", "Mine")
    assert (store.record(run.id).owner, store.record(others.id).owner) == ("a person", "another")
    assert recording.hand_over("a browser", "a person") == 0
