"""A run leaves one store and comes into another unchanged; whatever else an archive may be is refused in a sentence."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.config import RunConfig
from playground.data import own_images, own_points
from playground.data.errors import DataError
from playground.runs import archive_reader, own_data
from playground.runs.archive import export_run, import_run
from playground.runs.store import FilmFrame, RunStore, StoreError
from playground.training.checkpoint import pack, restored
from playground.training.trainer import Trainer
from tests.runs.making import CONFIG, SCENE, batch, checkpoint, frame, recorded, row

ROWS = "rows/0.arrow.zst"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "here")
    yield store
    store.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "there")
    yield store
    store.close()


def fill(store: RunStore) -> None:
    store.create("a", "me", CONFIG, name="Ring", scene=SCENE)
    film = [FilmFrame(0.5, 10, np.arange(32, dtype=np.uint8).reshape(2, 4, 4))]
    store.write(recorded("a", 0, 10, 20, floors={"emd": (0.1, 0.2)}, film=film))
    store.write(batch("a", config=CONFIG.replace(k=2), changes=((15, {"k": [1, 2]}),), status="recording"))
    store.annotate("a", "Look at step 10.")


def packed(store: RunStore) -> bytes:
    file = io.BytesIO()
    export_run(store, "a", file)
    return file.getvalue()


def changed(data: bytes, edit: Callable[[dict[str, bytes]], None], honest: bool = True) -> bytes:
    """The archive with other files; honest: the manifest's sizes and sums are those of the files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    edit(files)
    if honest:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if name != "manifest.json"
        }
        files["manifest.json"] = json.dumps(manifest).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def refused(store: RunStore, path: Path, data: bytes) -> str:
    """The sentence with which an archive is refused; the store is as it was."""
    path.write_bytes(data)
    before = store.records(), store.records(deleted=True)
    with pytest.raises(StoreError) as refusal:
        import_run(store, path, "you")
    assert (store.records(), store.records(deleted=True)) == before
    checkpoints = store.folder / "checkpoints"
    assert not checkpoints.exists() or list(checkpoints.iterdir()) == []
    assert "\n" not in str(refusal.value) and str(refusal.value).endswith(".")
    return str(refusal.value)


def test_a_run_comes_through_unchanged(here: RunStore, there: RunStore, tmp_path: Path) -> None:
    fill(here)
    path = tmp_path / "run.zip"
    export_run(here, "a", path)
    id = import_run(there, path, "you")
    old, new = here.record("a"), there.record(id)
    assert (new.name, new.note, new.owner, new.status, new.steps) == ("Ring", "Look at step 10.", "you", "paused", 20)
    assert (new.config, new.start_config, new.changes) == (old.config, old.start_config, old.changes)
    assert there.rows(id) == here.rows("a") == [row(0), row(10), row(20)]
    assert there.scene(id) == SCENE and there.floors(id) == here.floors("a")
    assert there.keyframe_steps(id) == [0, 10, 20] == there.checkpoint_steps(id)
    for step in (0, 10, 20):
        assert there.keyframe(id, step) == here.keyframe("a", step)
        assert there.checkpoint(id, step) == here.checkpoint("a", step)
    np.testing.assert_array_equal(there.film(id)[0].images, here.film("a")[0].images)
    assert there.film(id)[0].epoch == 0.5
    assert new.summary == old.summary and new.sparkline == old.sparkline
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    assert there.records(deleted=True) == []
    assert import_run(there, path, "you") != id, "the same archive again is another run"


def test_a_run_that_nobody_named_gets_the_next_number_where_it_comes_to(
    here: RunStore, there: RunStore, tmp_path: Path
) -> None:
    here.create("a", "me", CONFIG)
    here.create("b", "me", CONFIG, name="Run 1 again")
    names = []
    for id in "ab":
        export_run(here, id, tmp_path / f"{id}.zip")
        names += [store.record(import_run(store, tmp_path / f"{id}.zip", "you")).name for store in (here, there)]
    assert names == ["Run 3", "Run 1", "Run 1 again", "Run 1 again"]


def test_an_imported_run_goes_on_as_the_exported_one_does(here: RunStore, there: RunStore, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG.replace(batch_size=8, seeds=2, spectral_norm=True, ema=0.9))
    here.create("a", "me", trainer.config)
    for _ in range(20):
        trainer.step()
    here.write(batch("a", steps=20, checkpoints=[(20, pack(trainer.state()))], rows=[row(20, seeds=2)]))
    export_run(here, "a", tmp_path / "run.zip")
    second = restored(there.checkpoint(import_run(there, tmp_path / "run.zip", "you"), 20))
    for one in (trainer, second):
        for _ in range(20):
            one.step()
    assert pack(second.state()) == pack(trainer.state())


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": "normal_1d"},
        {"dataset": "digits", "network": "lecture"},
        {"dataset": "digits", "network": "dcgan", "conditional": True, "seeds": 2},
        {"dataset": "digits", "conditional": True, "seeds": 2},
        {"g_depth": 1, "d_depth": 3, "seeds": 2},
    ],
)
def test_checkpoints_of_real_runs_fit_their_configs(
    changes: dict[str, Any], here: RunStore, there: RunStore, tmp_path: Path
) -> None:
    trainer = Trainer(RunConfig(**({"g_width": 4, "d_width": 6, "latent_dim": 3, "batch_size": 8} | changes)))
    here.create("a", "me", trainer.config)
    here.write(batch("a", checkpoints=[(0, pack(trainer.state()))]))
    export_run(here, "a", tmp_path / "run.zip")
    assert there.checkpoint_steps(import_run(there, tmp_path / "run.zip", "you")) == [0]


def test_a_parent_that_is_here_too_stays_the_parent(here: RunStore, tmp_path: Path) -> None:
    fill(here)
    here.create("child", "me", CONFIG, parent="a", parent_step=10, relation="fork")
    here.write(recorded("child", 10, 30))
    export_run(here, "child", tmp_path / "run.zip")
    record = here.record(import_run(here, tmp_path / "run.zip", "me"))
    assert (record.parent, record.parent_step, record.relation) == ("a", 10, "fork")


def test_an_orphan_has_no_parent(here: RunStore, there: RunStore, tmp_path: Path) -> None:
    fill(here)
    here.create("child", "me", CONFIG, parent="a", parent_step=10, relation="fork")
    export_run(here, "child", tmp_path / "run.zip")
    record = there.record(import_run(there, tmp_path / "run.zip", "me"))
    assert (record.parent, record.parent_step, record.relation) == (None, None, "")


def test_points_of_ones_own_travel_along(
    here: RunStore, there: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(own_points.KEPT.variable, str(tmp_path / "here-points"))
    own = own_points.OwnPoints(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0.25, 0.75]), 0.1, "drawing", 2, "by hand")
    config = CONFIG.replace(dataset=own_points.OWN_POINTS, points_id=own_points.register(own))
    here.create("a", "me", config)
    here.write(batch("a", rows=[row(0)], checkpoints=[(0, checkpoint(0, config))]))
    export_run(here, "a", tmp_path / "run.zip")
    other = changed(packed(here), lambda files: files.update({"points.npz": b"nonsense"}))

    monkeypatch.setenv(own_points.KEPT.variable, str(tmp_path / "there-points"))
    own_points.load.cache_clear()
    assert "The points in this archive can't be used" in refused(there, tmp_path / "bad.zip", other)
    assert not own_points.available(own.id)
    assert there.record(import_run(there, tmp_path / "run.zip", "me")).config == config
    assert own_points.available(own.id)
    own_points.load.cache_clear()


def test_images_of_ones_own_travel_along(
    here: RunStore, there: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def file(seed: int) -> io.BytesIO:
        out = io.BytesIO()
        np.savez(out, images=np.random.default_rng(seed).integers(0, 256, (20, 8, 8), dtype=np.uint8))
        out.seek(0)
        return out

    monkeypatch.setenv(own_images.KEPT.variable, str(tmp_path / "here-images"))
    config = CONFIG.replace(dataset=own_images.OWN_IMAGES, images_id=own_images.register(file(1)))
    here.create("a", "me", config)
    here.write(batch("a", rows=[row(0)], checkpoints=[(0, checkpoint(0, config))]))
    export_run(here, "a", tmp_path / "run.zip")
    digest = own_images.load(config.images_id).digest
    bad = {
        "others": changed(packed(here), lambda files: files.update({"images.npz": file(2).getvalue()})),
        "nonsense": changed(packed(here), lambda files: files.update({"images.npz": b"nonsense"})),
    }
    monkeypatch.setattr(own_data, "MAX_BYTES", 100)
    export_run(here, "a", tmp_path / "without.zip")

    monkeypatch.setenv(own_images.KEPT.variable, str(tmp_path / "there-images"))
    for name, data in bad.items():
        assert "The images in this archive can't be used" in refused(there, tmp_path / f"{name}.zip", data)
    assert there.record(import_run(there, tmp_path / "without.zip", "me")).config == config
    with pytest.raises(DataError, match="are not on this machine"):
        own_images.load(config.images_id)
    assert there.record(import_run(there, tmp_path / "run.zip", "me")).config == config
    assert own_images.load(config.images_id).digest == digest


def test_exporting_overwrites_nothing(here: RunStore, tmp_path: Path) -> None:
    fill(here)
    path = tmp_path / "run.zip"
    path.write_text("precious")
    with pytest.raises(StoreError, match="There is a file '.*run.zip' already"):
        export_run(here, "a", path)
    assert path.read_text() == "precious"
    with pytest.raises(StoreError, match=r"can't be written: No such file or directory\."):
        export_run(here, "a", tmp_path / "nowhere" / "run.zip")
    with pytest.raises(StoreError, match="no such recorded run"):
        export_run(here, "b", tmp_path / "b.zip")


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil", "a/../../evil", "..\\evil", "C:evil", "keyframes/../x.bin"]
)
def test_paths_that_climb_out_are_refused(name: str, here: RunStore, there: RunStore, tmp_path: Path) -> None:
    fill(here)
    data = changed(packed(here), lambda files: files.update({name: b"x"}))
    assert "leads out of the archive" in refused(there, tmp_path / "run.zip", data)
    assert not (tmp_path / "evil.json").exists()


def edit_json(name: str, **values: Any) -> Callable[[dict[str, bytes]], None]:
    def edit(files: dict[str, bytes]) -> None:
        files[name] = json.dumps(json.loads(files[name]) | values).encode()

    return edit


WIDER = RunConfig(g_width=5, d_width=4).model_dump()
DISHONEST = [
    (lambda files: files.update({ROWS: files[ROWS][:-8]}), f"size of {ROWS}"),
    (lambda files: files.update({"floors.json": files["floors.json"][:-1] + b" "}), "SHA-256 of floors.json"),
    (lambda files: files.update({"keyframes/30.bin": b""}), "keyframes/30.bin is not in its manifest"),
    (lambda files: files.pop("checkpoints/10.bin"), "lacks 'checkpoints/10.bin'"),
    (lambda files: files.update({"manifest.json": b"[" * 5000}), "manifest.json is no JSON"),
    (lambda files: files.update({"manifest.json": b"[]"}), "no JSON object"),
    (lambda files: files.pop("manifest.json"), "it has no manifest.json"),
    (edit_json("manifest.json", format="something"), "no recorded run of the GAN playground"),
    (edit_json("manifest.json", version=3), "has format 3, from a newer version"),
    (edit_json("manifest.json", version="1"), "names no version"),
    (edit_json("manifest.json", files=3), "lists no files"),
    (edit_json("manifest.json", files={"config.json": 7}), "not in its manifest"),
]
HONEST = [
    (lambda files: files.update({"readme.txt": b"hi"}), "'readme.txt', which is no part of a recorded run"),
    (lambda files: files.pop("config.json"), "it has no config.json"),
    (edit_json("config.json", config={"dataset": "ring8", "quantum": 1}), "'quantum' is not a setting"),
    (edit_json("config.json", config=WIDER), "g_width changed while it trained"),
    (edit_json("config.json", config=WIDER, start=WIDER), "does not fit its config: g_width differ"),
    (edit_json("config.json", changes=[3]), "config.json is not what a recorded run has"),
    (lambda files: files.update({"checkpoints/10.bin": files["checkpoints/20.bin"]}), "taken at step 20"),
    (lambda files: files.update({"checkpoints/10.bin": b"nonsense"}), "no checkpoint"),
    (lambda files: files.update({"checkpoints/10.bin": wrong_shapes()}), "does not fit its config: average.hidden"),
    (edit_json("manifest.json", weights={}), "not those of its manifest"),
    (lambda files: files.update({"rows/1.arrow.zst": files[ROWS]}), "steps of its metrics don't rise"),
    (lambda files: files.update({ROWS: b"\xff\xff\xff\x7f1"}), "metrics are damaged"),
    (lambda files: files.update({"keyframes/10.bin": b"nonsense"}), "picture is damaged"),
    (lambda files: files.update({"film/10.bin": files["keyframes/10.bin"]}), "film at step 10 names no epoch"),
    (lambda files: files.update({"floors.json": b'{"emd": 3}'}), "floors.json is not what"),
    (lambda files: files.update({"scene.json": b'{"kind": 3}'}), "scene is damaged"),
    (edit_json("manifest.json", run={"steps": -1}), "an impossible step"),
    (edit_json("manifest.json", run=[]), "says nothing of the run"),
]


def wrong_shapes() -> bytes:
    """A checkpoint of wider networks that claims to have the run's config."""
    wider = checkpoint(10, RunConfig(g_width=5, d_width=4))
    return wider.replace(b'\\"g_width\\":5', b'\\"g_width\\":4')


@pytest.mark.parametrize(("edit", "sentence"), DISHONEST, ids=[sentence for _, sentence in DISHONEST])
def test_an_archive_that_is_not_what_its_manifest_says_is_refused(
    edit: Callable[[dict[str, bytes]], None], sentence: str, here: RunStore, there: RunStore, tmp_path: Path
) -> None:
    fill(here)
    assert sentence in refused(there, tmp_path / "run.zip", changed(packed(here), edit, honest=False))


@pytest.mark.parametrize(("edit", "sentence"), HONEST, ids=[sentence for _, sentence in HONEST])
def test_an_archive_whose_parts_are_wrong_is_refused(
    edit: Callable[[dict[str, bytes]], None], sentence: str, here: RunStore, there: RunStore, tmp_path: Path
) -> None:
    fill(here)
    assert sentence in refused(there, tmp_path / "run.zip", changed(packed(here), edit))


def test_too_large_archives_are_refused_before_they_are_unpacked(
    here: RunStore, there: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(here)
    bomb = changed(packed(here), lambda files: files.update({"keyframes/10.bin": bytes(5_000_000)}))
    assert len(bomb) < 100_000
    monkeypatch.setattr(archive_reader, "MAX_BYTES", 1_000_000)
    assert "is too large" in refused(there, tmp_path / "run.zip", bomb)
    monkeypatch.undo()
    monkeypatch.setattr(archive_reader, "MAX_FILES", 5)
    assert "is too large" in refused(there, tmp_path / "run.zip", packed(here))
    monkeypatch.undo()
    monkeypatch.setattr(archive_reader, "_MAX_DIRECTORY", 100)
    assert "table of contents alone" in refused(there, tmp_path / "run.zip", packed(here))


def test_a_size_that_lies_does_not_unpack_more(here: RunStore, there: RunStore, tmp_path: Path) -> None:
    fill(here)
    bomb = bytearray(changed(packed(here), lambda files: files.update({"keyframes/10.bin": bytes(5_000_000)})))
    claimed = (5_000_000).to_bytes(4, "little")
    assert bomb.count(claimed) >= 2
    sentence = refused(there, tmp_path / "run.zip", bytes(bomb.replace(claimed, (1000).to_bytes(4, "little"))))
    assert "damaged" in sentence


def test_an_archive_that_the_quota_has_no_room_for_leaves_nothing(here: RunStore, tmp_path: Path) -> None:
    fill(here)
    empty = RunStore(tmp_path / "small")
    used, _ = empty.usage()
    empty.close()
    store = RunStore(tmp_path / "small", quota=used + 6_000)
    assert "GAN_PLAYGROUND_QUOTA" in refused(store, tmp_path / "run.zip", packed(here))
    store.close()


def test_what_is_no_archive_is_refused(there: RunStore, tmp_path: Path) -> None:
    assert "no .zip archive" in refused(there, tmp_path / "x", b"hello")
    assert "no .zip archive" in refused(there, tmp_path / "x", b"")
    with pytest.raises(StoreError, match=r"can't be read: No such file or directory\."):
        import_run(there, tmp_path / "nowhere.zip", "me")
    with pytest.raises(StoreError, match="can't be read"):
        import_run(there, tmp_path, "me")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    store = RunStore(tmp_path_factory.mktemp("whole"))
    fill(store)
    data = packed(store)
    store.close()
    return data


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_archives_are_refused_or_harmless(
    whole: bytes, there: RunStore, tmp_path: Path, data: st.DataObject
) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "run.zip"
    path.write_bytes(damaged[: data.draw(st.sampled_from([len(whole), len(whole), len(whole) // 2]))])
    try:
        id = import_run(there, path, "you")
    except StoreError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
    else:  # a byte that nothing depends on, such as a date
        assert there.rows(id) == [row(0), row(10), row(20)]
        assert there.keyframe(id, 10) == (10, frame(10))
