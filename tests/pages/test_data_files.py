"""One's own images on the Images page: two visitors with different ones, links, files from before there were ids."""

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.data import own_images
from playground.engine.server import shared
from playground.engine.server.run import Run
from playground.ui import page_session

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWN = {"dataset": "own_images"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where images are looked for. The engine is this test's own, with no other images than the test's."""
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GAN_PLAYGROUND_DATA", str(tmp_path / "data"))
    monkeypatch.setenv(own_images.KEPT.variable, str(tmp_path / "kept"))
    yield tmp_path / "data"
    shared.close()


def npz(count: int) -> bytes:
    file = BytesIO()
    np.savez(file, images=np.random.default_rng(count).integers(0, 256, (count, 8, 8), dtype=np.uint8))
    return file.getvalue()


class Visitor:
    """A browser with the Images page open."""

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch, **query: str) -> None:
        self.name, self._monkeypatch = name, monkeypatch
        self.page = AppTest.from_file(str(MAIN), default_timeout=120)
        for key, value in query.items():
            self.page.query_params[key] = value
        self.page.switch_page("images.py")
        self.run()

    def run(self) -> None:
        self._monkeypatch.setattr(page_session, "owner", lambda: self.name)
        self.page.run()
        assert not self.page.exception

    def upload(self, content: bytes) -> None:
        self.page.file_uploader(key="images_own").upload("mine.npz", content, "application/zip")
        self.run()

    @property
    def query(self) -> dict[str, str]:
        return {name: value if isinstance(value, str) else value[0] for name, value in self.page.query_params.items()}

    @property
    def trained(self) -> Run:
        return shared.engine().run(self.query["run"], self.name)

    @property
    def told(self) -> str:
        return re.sub(r"\\(.)", r"\1", " ".join(caption.value for caption in self.page.caption))


def test_two_visitors_train_on_their_own_images(monkeypatch: pytest.MonkeyPatch) -> None:
    visitors = [Visitor("one", monkeypatch, **OWN), Visitor("two", monkeypatch, **OWN)]
    assert "There are no images of your own yet" in visitors[0].told
    for visitor, count in zip(visitors, (20, 35), strict=True):
        visitor.upload(npz(count))
    for visitor, count in zip(visitors, (20, 35), strict=True):
        visitor.run()
        config = visitor.trained.wanted
        assert config.dataset == "own_images" and visitor.query["images_id"] == config.images_id
        images = own_images.load(config.images_id)
        assert len(images.images) + len(images.test_images) == count
        assert f"{len(images.images)} images of 8 × 8 to train on" in visitor.told
    link = {name: value for name, value in visitors[0].query.items() if name != "run"}
    third = Visitor("three", monkeypatch, **link)
    assert third.trained.wanted == visitors[0].trained.wanted


def test_a_file_that_can_not_be_used_is_told_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor("one", monkeypatch, **OWN)
    visitor.upload(npz(20))
    before = visitor.query
    notices: list[str] = []
    monkeypatch.setattr("playground.ui.stage.show", lambda key, contents, on: notices.append(contents["notice"]))
    visitor.upload(b"nonsense")
    assert notices[-1].startswith("The file is damaged or no .npz file; expected is") and visitor.query == before


def test_images_that_are_gone_are_told_and_the_run_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor("one", monkeypatch, **OWN, images_id="0" * 24)
    assert f"The images '{'0' * 24}' are not on this machine" in visitor.told
    assert "Until then the run goes on with the images it has." in visitor.told
    assert visitor.trained.wanted.dataset == "digits"


def test_what_is_said_of_missing_images_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[str] = []
    monkeypatch.setattr("playground.ui.stage.show", lambda key, contents, on: notices.append(contents["notice"]))
    visitor = Visitor("one", monkeypatch, **OWN, images_id="0" * 24)
    assert "not on this machine yet" in notices[-1]
    visitor.upload(npz(20))
    assert notices[-1] == ""


def test_a_link_from_before_ids_opens_the_file_and_names_its_content(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "own_images").mkdir(parents=True)
    (folder / "own_images" / "own_images.npz").write_bytes(npz(20))
    visitor = Visitor("one", monkeypatch, **OWN)
    config = visitor.trained.wanted
    assert len(own_images.load(config.images_id).images) == 18 and visitor.query["images_id"] == config.images_id
    shutil.rmtree(folder)
    visitor.run()
    assert visitor.trained.wanted == config and "18 images of 8 × 8 to train on" in visitor.told


def test_a_run_from_before_ids_goes_on_with_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "own_images").mkdir(parents=True)
    (folder / "own_images" / "own_images.npz").write_bytes(npz(20))
    old = Visitor("one", monkeypatch).trained.wanted.replace(dataset="own_images")
    run = shared.engine().start("one", old)
    visitor = Visitor("one", monkeypatch, run=run)
    assert visitor.query["run"] == run and visitor.trained.wanted == old and visitor.trained.wanted.images_id == ""
    assert "18 images of 8 × 8 to train on" in visitor.told
