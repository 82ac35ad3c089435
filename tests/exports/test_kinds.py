"""Every kind of export of a recorded run, read back by what it is for."""

import io
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import safetensors.numpy
import torch
from PIL import Image

from playground import config as settings
from playground.config import RunConfig
from playground.exports import kinds, links
from playground.exports.kinds import EXPORTS, export
from playground.exports.story import story
from playground.recipes import RECIPES
from playground.runs.archive import import_run
from playground.runs.store import Batch, RunBatch, RunStore, StoreError
from playground.training.checkpoint import restored
from tests.exports.conftest import Record
from tests.exports.test_script import losses_of, run_here

CHANGES = {5: {"k": 3}, 12: {"lr_d": 5e-4, "instance_noise": 0.2}, 15: {"k": 1}}


@pytest.mark.parametrize("kind", EXPORTS)
def test_every_kind_is_made_of_a_run(store: RunStore, record: Record, kind: str) -> None:
    run = record(changes=CHANGES, name="Ring, k = 5!", ema=0.9)
    if kind == "data":
        with pytest.raises(StoreError, match="this run has none"):
            export(store, run, kind)
        return
    name, media_type, content = export(store, run, kind)
    assert name == f"ring-k-5-{EXPORTS[kind].ending}" and "/" in media_type and content


def test_the_script_of_a_changed_run_trains_it_again(
    store: RunStore, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    run = record(changes=CHANGES)
    _, _, content = export(store, run, "script")
    printed = run_here(content.decode(), tmp_path, monkeypatch, capsys)
    newest = restored(store.checkpoint(run, 20))
    np.testing.assert_allclose(
        losses_of(printed)[-1], [newest.losses["d_loss"].item(), newest.losses["g_loss"].item()], rtol=1e-5
    )
    assert "stepped by hand" not in content.decode()


def test_a_run_that_was_stepped_by_hand_says_so(store: RunStore, record: Record) -> None:
    run = record()
    batch = Batch()
    row = store.rows(run)[-1]
    batch.runs[run] = RunBatch(rows=[type(row)(row.step, row.values, row.mode_histogram, row.d_updates + 2)])
    store.write(batch)
    text = export(store, run, "script")[2].decode()
    assert "by step 20 D had had 22 updates, where its settings make 20" in " ".join(text.split())


def test_the_script_of_a_fork_begins_at_its_parents_first_step(store: RunStore, record: Record) -> None:
    """Whether the child's record holds the parent's changes too, or its own alone."""
    parent = record(changes=CHANGES)
    inherited = store.record(parent)
    trainer = restored(store.checkpoint(parent, 10))
    trainer.apply(trainer.config.replace(k=7, loss="hinge"))
    own = tuple((step, dict(fields)) for step, fields in trainer.changes)
    for id, changes in (("whole", own), ("own", own[1:])):
        store.create(id, "ada", trainer.config, parent=parent, parent_step=10, relation="fork")
        batch = Batch()
        batch.runs[id] = RunBatch(steps=30, config=trainer.config, changes=changes)
        store.write(batch)
        told = story(store, store.record(id))
        assert told.start == inherited.start_config and told.steps == 30
        assert told.changes == ((5, {"k": 3}), (10, {"k": 7, "loss": "hinge"}))
        assert told.d_updates(30) == 5 * 1 + 5 * 3 + 20 * 7


def test_changes_that_do_not_fit_are_refused(store: RunStore) -> None:
    store.create("odd", "ada", RunConfig())
    batch = Batch()
    batch.runs["odd"] = RunBatch(steps=5, changes=((2, {"k": [1, 4]}),), config=RunConfig())
    store.write(batch)
    with pytest.raises(StoreError, match="do not fit its settings"):
        export(store, "odd", "config")


def test_config_tells_all_and_its_link_leads_back(store: RunStore, record: Record) -> None:
    run = record(changes=CHANGES)
    told = json.loads(export(store, run, "config")[2])
    config = store.record(run).config
    assert settings.read(told["config"]) == config and told["start"]["k"] == 1 and told["steps"] == 20
    assert told["changes"] == [[step, fields] for step, fields in CHANGES.items()]
    assert read_back(told["link"], RunConfig()) == config


@pytest.mark.parametrize("recipe", RECIPES)
def test_links_lead_to_the_same_settings_from_any_start(recipe: str) -> None:
    """The page of images begins with a recipe, so what stands at its default has to be said too."""
    config = RECIPES[recipe].config.replace(seed=3)
    address = links.link(config)
    assert urlsplit(address).path == ("/images" if config.on_images else "/")
    start = RECIPES["lecture"].config.replace(measure_every=300) if config.on_images else RunConfig()
    found = read_back(address, start)
    inert = {name for name in settings.SETTINGS if not settings.applies(name, config)}
    assert set(settings.difference(config, found).values) <= inert


def read_back(address: str, start: RunConfig) -> RunConfig:
    return settings.read_text(dict(parse_qsl(urlsplit(address).query)), start)


def test_weights_are_the_networks_own(store: RunStore, record: Record) -> None:
    run = record(seeds=2, ema=0.9)
    newest = restored(store.checkpoint(run, 20))
    for kind, network in (
        ("generator", newest.networks["generator"]),
        ("discriminator", newest.networks["discriminator"]),
        ("average", newest.average),
    ):
        content = export(store, run, kind)[2]
        held = safetensors.numpy.load(content)
        expected = {name: value for name, value in network.state_dict().items() if isinstance(value, torch.Tensor)}
        assert held.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_array_equal(held[name], value.numpy())
        length = int.from_bytes(content[:8], "little")
        told = json.loads(content[8 : 8 + length])["__metadata__"]
        assert told["step"] == "20" and settings.read(json.loads(told["config"])) == newest.config


def test_a_game_of_two_numbers_has_films_and_no_samples(store: RunStore, record: Record) -> None:
    run = record(dataset="dirac", seeds=2)
    for kind in ("animation", "filmstrip", "script", "csv", "generator", "discriminator", "run"):
        assert len(export(store, run, kind)[2]) > 100, kind
    assert "theta" in export(store, run, "csv")[2].decode().splitlines()[0]
    with pytest.raises(StoreError, match=r"Samples \(.npy\): this run has none."):
        export(store, run, "samples")


def test_samples_are_those_of_the_newest_picture(store: RunStore, record: Record) -> None:
    run = record()
    found = np.load(io.BytesIO(export(store, run, "samples")[2]), allow_pickle=False)
    assert found.shape == (1000, 2) and np.isfinite(found).all()


def test_a_run_of_digits_brings_its_data_and_pictures(store: RunStore, record: Record) -> None:
    run = record(**RECIPES["lecture"].config.model_dump() | {"batch_size": 16, "image_samples": 100})
    images = np.load(io.BytesIO(export(store, run, "data")[2]))["images"]
    assert images.shape == (1797, 8, 8)
    assert np.load(io.BytesIO(export(store, run, "samples")[2])).shape == (100, 8, 8)
    assert Image.open(io.BytesIO(export(store, run, "filmstrip")[2])).width > 900
    assert b"--data" in export(store, run, "script")[2]


def test_the_archive_opens_elsewhere_and_goes_on(store: RunStore, record: Record, tmp_path: Path) -> None:
    run = record(changes=CHANGES)
    (tmp_path / "run.zip").write_bytes(export(store, run, "run")[2])
    other = RunStore(tmp_path / "elsewhere")
    try:
        came = import_run(other, tmp_path / "run.zip", "bob")
        assert other.record(came).name == "A run" and other.checkpoint(came, 20) == store.checkpoint(run, 20)
        straight, resumed = restored(store.checkpoint(run, 20)), restored(other.checkpoint(came, 20))
        for trainer in (straight, resumed):
            trainer.step()
        assert straight.losses["d_loss"].item() == resumed.losses["d_loss"].item()
        assert export(other, came, "csv")[2] == export(store, run, "csv")[2]
        assert story(other, other.record(came)) == story(store, store.record(run))
    finally:
        other.close()


def test_what_there_is_not_is_one_sentence(store: RunStore) -> None:
    with pytest.raises(StoreError, match="no kind of export; they are script"):
        export(store, "nobody", "everything")
    with pytest.raises(StoreError):
        export(store, "nobody", "csv")
    store.create("empty", "ada", RunConfig())
    for kind in ("samples", "generator", "animation"):
        with pytest.raises(StoreError, match="recorded yet: train it first"):
            export(store, "empty", kind)
    assert export(store, "empty", "csv")[2].startswith(b"step,seed")
    assert b"STEPS" in export(store, "empty", "script")[2]


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Größe → 5", "groe-5"), ("../../etc", "etc"), ("🎯", "run"), ("a" * 90, "a" * 60), ('x"; y', "x-y")],
)
def test_file_names_are_plain(store: RunStore, name: str, plain: str) -> None:
    made = store.create("a-run", "ada", RunConfig(), name=name)
    assert kinds.file_name(made, "metrics.csv") == f"{plain}-metrics.csv"


def test_exports_load_no_torch() -> None:
    code = "import sys, playground.exports.kinds, playground.feed.export; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_trainers_losses_are_numbers(record: Record, store: RunStore) -> None:
    """Guards the tests above: what they compare is there."""
    run = record(steps=5, every=5)
    trainer = restored(store.checkpoint(run, 5))
    assert math.isfinite(trainer.losses["d_loss"].item()) and trainer.steps == 5
    assert zipfile.is_zipfile(io.BytesIO(export(store, run, "tensorboard")[2]))
