"""What the store keeps and gives back, what it refuses, and that refusing changes nothing."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.config import RunConfig
from playground.frame import decode
from playground.runs import rows as packing
from playground.runs.record import COLOURS
from playground.runs.store import Batch, FilmFrame, RunStore, StoreError
from tests.runs.making import CONFIG, SCENE, batch, checkpoint, frame, recorded, row


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with_runs = RunStore(tmp_path)
    yield with_runs
    with_runs.close()


def files(store: RunStore, run: str) -> list[str]:
    folder = store.folder / "checkpoints" / run
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# What is kept ---------------------------------------------------------------------------------------------------


def test_a_recorded_run_is_found_again_by_the_next_server(tmp_path: Path) -> None:
    changed = CONFIG.replace(k=3)
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG, name="First try", scene=SCENE)
    store.write(recorded("a", 0, 100, 200, floors={"jsd": (0.01, 0.02)}))
    store.write(batch("a", status="paused", steps=250, config=changed, changes=((150, {"k": [1, 3]}),), message="hm"))
    store.annotate("a", " A note. ")
    store.close()

    store = RunStore(tmp_path)
    record = store.record("a")
    assert (record.id, record.owner, record.name, record.note) == ("a", "me", "First try", "A note.")
    assert (record.status, record.message, record.steps) == ("paused", "hm", 250)
    assert record.config == changed and record.start_config == CONFIG and record.problem == ""
    assert record.changes == ((150, {"k": [1, 3]}),)
    assert record.summary["modes_final"] == 8.0 and record.sparkline[0] == 1.0
    assert record.size > 3 * len(checkpoint(0))
    assert store.scene("a") == SCENE
    assert store.floors("a") == {"jsd": (0.01, 0.02)}
    assert store.rows("a") == [row(0), row(100), row(200)]
    assert store.rows("a", since=100) == [row(200)]
    assert store.columns("a").values["emd"].tolist() == [[1.0, 1 / 101, 1 / 201]]
    assert store.keyframe_steps("a") == [0, 100, 200] == store.checkpoint_steps("a")
    assert store.checkpoint("a", 100) == checkpoint(100)
    assert [one.id for one in store.records()] == ["a"]
    store.close()


def test_the_nearest_keyframe_is_the_last_one_before(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    store.write(batch("a", keyframes=[(step, frame(step)) for step in (10, 20, 30)]))
    found = [store.keyframe("a", step) for step in (5, 10, 29, 30, 9999)]
    assert [step for step, _ in found] == [10, 10, 20, 30, 30]
    assert [decode(data).values["step"] for _, data in found] == [10, 10, 20, 30, 30]
    assert decode(found[0][1]).arrays["fake"].tolist() == decode(frame(10)).arrays["fake"].tolist()


def test_film_frames_come_back_in_order(store: RunStore) -> None:
    images = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    store.create("a", "me", CONFIG)
    store.write(batch("a", film=[FilmFrame(0.0, 0, images), FilmFrame(1.5, 70, images + 1)]))
    found = store.film("a")
    assert [(one.epoch, one.step) for one in found] == [(0.0, 0), (1.5, 70)]
    np.testing.assert_array_equal(found[1].images, images + 1)


def test_a_row_takes_the_place_of_those_from_its_step_on(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    store.write(batch("a", rows=[row(step) for step in range(0, 50, 10)]))
    store.write(batch("a", rows=[row(25, emd=9.0), row(30, emd=8.0)]))
    assert store.rows("a") == [row(0), row(10), row(20), row(25, emd=9.0), row(30, emd=8.0)]
    store.write(batch("a", rows=[row(40), row(40, emd=1.0), row(35, emd=2.0)]))
    assert store.rows("a")[-2:] == [row(30, emd=8.0), row(35, emd=2.0)]


def test_rows_in_many_chunks_are_the_rows_that_were_written(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "CHUNK_BYTES", 500)
    store.create("a", "me", CONFIG.replace(seeds=2))
    expected = [row(step, seeds=2, **({"fid": 1.0} if step > 40 else {})) for step in range(60)]
    for begin in range(0, 60, 7):
        store.write(batch("a", rows=expected[begin : begin + 7]))
    assert store.rows("a") == expected
    assert store.columns("a").steps.tolist() == list(range(60))
    store.write(batch("a", truncate_after=33))
    assert store.rows("a") == expected[:34]


def test_standing_at_an_earlier_step_again_takes_back_what_came_after(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    store.write(recorded("a", 0, 10, 20, 30))
    again = recorded("a", 20, truncate_after=10)
    again.of("a").film = [FilmFrame(0.1, 10, np.zeros((1, 4, 4), np.uint8))]
    store.write(again)
    assert store.rows("a") == [row(0), row(10), row(20)]
    assert store.keyframe_steps("a") == [0, 10, 20] == store.checkpoint_steps("a")
    assert files(store, "a") == ["0.safetensors", "10.safetensors", "20.safetensors"]


def test_a_new_start_keeps_the_record_and_nothing_of_the_old_one(store: RunStore) -> None:
    store.create("p", "me", CONFIG)
    made = store.create("a", "me", CONFIG, name="Mine", parent="p", parent_step=20, relation="fork", scene=SCENE)
    store.write(
        recorded("a", 20, 30, floors={"emd": (0.0, 1.0)}, film=[FilmFrame(0.1, 20, np.zeros((1, 4, 4), np.uint8))])
    )
    store.begin_again("a", CONFIG.replace(seed=5))
    record = store.record("a")
    assert (record.name, record.colour, record.steps, record.relation) == ("Mine", made.colour, 0, "")
    assert record.start_config.seed == record.config.seed == 5
    assert not (record.parent or record.summary or record.sparkline or store.scene("a") or store.floors("a"))
    assert not (store.rows("a") or store.keyframe_steps("a") or store.checkpoint_steps("a") or store.film("a"))
    assert files(store, "a") == []


def test_a_growing_run_keeps_a_bounded_number_of_pictures_and_checkpoints(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    for begin in range(0, 2000, 50):
        steps = range(begin, begin + 50, 5)
        store.write(
            batch(
                "a",
                keyframes=[(step, frame(step, points=2)) for step in steps],
                checkpoints=[(steps[-1], checkpoint(steps[-1])), (begin, checkpoint(begin))],
            )
        )
    kept = store.keyframe_steps("a")
    assert len(kept) <= 200 and {0, 500, 1000, 1995} <= set(kept)
    checkpoints = store.checkpoint_steps("a")
    assert len(checkpoints) <= 40 and {0, 500, 1000, 1995} <= set(checkpoints)
    assert files(store, "a") == sorted(f"{step}.safetensors" for step in checkpoints)


def test_large_checkpoints_are_few_and_the_newest_is_always_there(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.runs.thinning.thinned_by_size.__defaults__", (40, 50_000))
    store.create("a", "me", CONFIG)
    for step in range(0, 100, 10):
        store.write(batch("a", checkpoints=[(step, checkpoint(step, extra=20_000))]))
        assert store.checkpoint_steps("a")[-1] == step
    kept = store.checkpoint_steps("a")
    assert sum(len(store.checkpoint("a", step)) for step in kept[:-1]) <= 50_000 and len(kept) >= 2


def test_names_colours_and_relations(store: RunStore) -> None:
    made = [store.create(f"r{i}", "me", CONFIG) for i in range(COLOURS + 1)]
    assert [one.name for one in made[:3]] == ["Run 1", "Run 2", "Run 3"]
    assert [one.colour for one in made] == [*range(COLOURS), 0]
    child = store.create("child", "me", CONFIG, parent="r1", parent_step=40, relation="fork")
    assert (child.parent, child.parent_step, child.relation) == ("r1", 40, "fork")
    assert child.colour != made[1].colour, "a fork looks different from its parent"
    store.rename("child", "  k = 5\nfrom 40 ")
    assert store.record("child").name == "k = 5 from 40"


def test_the_list_is_of_an_owner_newest_first_and_without_deleted_runs(store: RunStore) -> None:
    for i, owner in enumerate(["me", "you", "me"]):
        store.create(f"r{i}", owner, CONFIG)
        time.sleep(0.002)
    store.write(batch("r0", steps=5))
    assert [one.id for one in store.records()] == ["r0", "r2", "r1"]
    assert [one.id for one in store.records(owner="me")] == ["r0", "r2"]
    store.delete("r2")
    assert [one.id for one in store.records(owner="me")] == ["r0"]
    assert [one.id for one in store.records(deleted=True)] == ["r2"] and store.record("r2").deleted
    store.undelete("r2")
    assert [one.id for one in store.records()] == ["r0", "r2", "r1"]


def test_a_deleted_run_goes_with_its_files_when_the_store_closes(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    for run in ("a", "b"):
        store.create(run, "me", CONFIG)
        store.write(recorded(run, 0, 10))
    before = store.usage()[0]
    store.delete("a")
    assert files(store, "a") and store.checkpoint("a", 10) == checkpoint(10)
    store.close()
    store = RunStore(tmp_path)
    assert [one.id for one in store.records()] == ["b"] and store.records(deleted=True) == []
    assert files(store, "a") == [] and len(files(store, "b")) == 2
    assert store.usage()[0] < before
    with pytest.raises(StoreError, match="no such recorded run"):
        store.record("a")
    store.close()


def test_settings_of_a_newer_version_are_listed_and_explained(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    with sqlite3.connect(store.path) as db:
        newer = CONFIG.model_dump() | {"quantum": True}
        db.execute("UPDATE runs SET config = ?", (json.dumps(newer),))
    db.close()
    (record,) = store.records()
    assert record.settings["quantum"] is True and record.settings["dataset"] == "ring8"
    assert "quantum" in record.problem
    with pytest.raises(StoreError, match=r"'Run 1' don't fit this version: 'quantum' is not a setting"):
        _ = record.config
    with pytest.raises(StoreError, match="don't fit this version"):
        store.write(batch("a", rows=[row(0)]))


# What is refused ------------------------------------------------------------------------------------------------


def test_two_servers_on_one_folder_refuse_politely(tmp_path: Path, store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    with pytest.raises(StoreError, match=r"Another server is recording its runs in '.*': stop it, or choose"):
        RunStore(tmp_path)
    looking = RunStore(tmp_path, writable=False)
    assert [one.id for one in looking.records()] == ["a"]
    store.write(batch("a", steps=7))
    assert looking.record("a").steps == 7
    with pytest.raises(StoreError, match="reading only"):
        looking.rename("a", "b")
    looking.close()
    store.close()
    RunStore(tmp_path).close()


def test_reading_an_empty_folder_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No runs are recorded in"):
        RunStore(tmp_path / "new", writable=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello, this is no database at all" * 100, "is damaged, or no database of recorded runs"),
        (b"short", "is damaged, or no database"),
    ],
)
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "runs.sqlite").write_bytes(content)
    for writable in (True, False):
        with pytest.raises(StoreError, match=sentence):
            RunStore(tmp_path, writable=writable)
    assert (tmp_path / "runs.sqlite").read_bytes() == content


def test_a_database_whose_making_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").touch()
    with pytest.raises(StoreError, match="No runs are recorded"):
        RunStore(tmp_path, writable=False)
    store = RunStore(tmp_path)
    assert store.records() == []
    store.close()


def test_a_foreign_or_newer_or_broken_database_is_left_alone(tmp_path: Path) -> None:
    def refused(folder: str, *statements: str) -> str:
        path = tmp_path / folder / "runs.sqlite"
        if folder != "foreign":
            RunStore(path.parent).close()
        path.parent.mkdir(exist_ok=True)
        db = sqlite3.connect(path)
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()
        before = path.read_bytes()
        with pytest.raises(StoreError) as refusal:
            RunStore(path.parent)
        assert path.read_bytes() == before
        return str(refusal.value)

    assert "database of something else" in refused("foreign", "CREATE TABLE runs (id TEXT)")
    assert "newer version" in refused("newer", "PRAGMA user_version = 99")
    assert "lacks film" in refused("broken", "DROP TABLE film")


def test_a_damaged_page_is_one_sentence_when_it_is_read(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.create("a", "me", CONFIG)
    store.write(batch("a", rows=[row(step) for step in range(3000)]))
    store.close()
    path = tmp_path / "runs.sqlite"
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes([0xA5]) * (len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        with_damage = RunStore(tmp_path, writable=False)
        try:
            with_damage.columns("a")
        finally:
            with_damage.close()


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"Runs can't be recorded in '.*file': .*\."):
        RunStore(tmp_path / "file")
    with pytest.raises(StoreError, match="can't be recorded"):
        RunStore(tmp_path / "file" / "below")
    (tmp_path / "odd" / "runs.sqlite").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"runs.sqlite' can't be used: it can't be opened or made\."):
        RunStore(tmp_path / "odd")


def test_the_quota_is_never_passed_and_says_so(tmp_path: Path) -> None:
    store = RunStore(tmp_path, quota=300_000)
    store.create("a", "me", CONFIG)
    written = 0
    with pytest.raises(StoreError, match="until runs are deleted or GAN_PLAYGROUND_QUOTA is raised") as refusal:
        for step in range(100):
            store.write(batch("a", rows=[row(step)], checkpoints=[(step, checkpoint(step, extra=30_000))]))
            written += 1
            assert store.usage()[0] <= 300_000
    assert 2 <= written < 20 and len(store.rows("a")) == written
    assert "kB" in str(refusal.value)
    store.write(batch("a", status="paused", steps=written))  # that much is always possible
    assert store.record("a").status == "paused"
    store.delete("a")
    store.create("b", "me", CONFIG)
    with pytest.raises(StoreError, match="1 deleted run among them"):
        store.write(batch("b", checkpoints=[(0, checkpoint(0, extra=30_000))]))
    store.purge()
    store.write(batch("b", checkpoints=[(0, checkpoint(0, extra=30_000))]))
    store.close()


def test_a_batch_that_fails_leaves_nothing_behind(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create("a", "me", CONFIG)
    store.write(recorded("a", 0))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(StoreError, match="can't be used: No space left on device"):
        store.write(recorded("a", 10))
    monkeypatch.undo()
    assert store.rows("a") == [row(0)] and store.checkpoint_steps("a") == [0]
    assert files(store, "a") == ["0.safetensors"]
    store.write(recorded("a", 10))
    assert store.checkpoint_steps("a") == [0, 10]


def test_a_checkpoint_that_is_not_there_names_the_nearest(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    with pytest.raises(StoreError, match="No checkpoint of this run is recorded"):
        store.checkpoint("a", 5)
    store.write(recorded("a", 0, 1000, 2000))
    with pytest.raises(StoreError, match=r"no checkpoint at step 1,500; the nearest are at 1,000 and 2,000\."):
        store.checkpoint("a", 1500)
    with pytest.raises(StoreError, match=r"the nearest is at 2,000\."):
        store.checkpoint("a", 3000)
    with pytest.raises(StoreError, match="No picture"):
        store.keyframe("nobody", 0)


def test_bad_names_notes_and_ids(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: store.rename("a", "  \n "), "from 1 to 100 characters"),
        (lambda: store.rename("a", "x" * 101), "from 1 to 100 characters"),
        (lambda: store.annotate("a", "x" * 5000), "at most 4,000 characters"),
        (lambda: store.rename("b", "x"), "no such recorded run"),
        (lambda: store.delete("b"), "no such recorded run"),
        (lambda: store.begin_again("b", CONFIG), "no such recorded run"),
        (lambda: store.create("a", "me", CONFIG), "recorded already"),
        (lambda: store.create("../../x", "me", CONFIG), "letters, digits"),
    ]
    for ask, sentence in refused:
        with pytest.raises(StoreError, match=sentence):
            ask()
    assert store.record("a").name == "Run 1"


def test_what_comes_for_unknown_runs_is_dropped_and_the_others_are_kept(store: RunStore) -> None:
    store.create("a", "me", CONFIG)
    both = recorded("a", 5)
    both.runs |= recorded("gone", 5).runs
    store.write(both)
    store.write(Batch())
    assert [one.id for one in store.records()] == ["a"] and store.rows("gone") == []
    assert files(store, "gone") == []


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.records()
    with pytest.raises(StoreError, match="closed"):
        store.write(batch("a", steps=1))


# Many threads, many runs ----------------------------------------------------------------------------------------


def test_readers_in_other_threads_see_whole_batches_only(store: RunStore) -> None:
    store.create("a", "me", RunConfig())
    problems: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                steps = [one.step for one in store.rows("a")]
                assert len(steps) % 5 == 0 and steps == list(range(len(steps)))
                for step in store.checkpoint_steps("a")[-1:]:
                    assert store.keyframe("a", step)[0] >= step
            except Exception as error:  # what a thread raises would be lost
                problems.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for begin in range(0, 60, 5):
        store.write(recorded("a", *range(begin, begin + 5)))
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(store.rows("a")) == 60
