"""Names, notes, files and messages from anybody are shown as they are on every page: nothing in them is interpreted."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.data import own_points
from playground.engine.server import pool
from playground.engine.server.engine import Engine, EngineError
from playground.frame import Row
from playground.papers import PAPERS
from playground.runs import archive
from playground.runs.record import Batch, RunBatch
from playground.runs.store import RunStore
from playground.ui import (
    compare,
    comparison,
    comparison_entrants,
    comparison_luck,
    memory,
    page_session,
    runs,
    runs_actions,
)
from playground.ui.escaping import plain
from tests.pages.test_runs import NoProcess

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
NAME = "![x](https://evil.example/p.png) <b>b</b> **s** :smile: $x$ www.evil.example"
OWNER = "a browser"
AS_TYPED = {"default", "value", "options", "raw_values", "id", "key", "page", "url", "element_id", "form_id"}
"""Fields of Streamlit's elements that are no Markdown."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture(autouse=True)
def engine(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(pool, "WorkerProcess", NoProcess)
    engine = Engine(workers=1, store=store)
    for module in (runs, runs_actions, comparison, comparison_entrants, comparison_luck, memory, page_session):
        for name, given in (("owner", lambda: OWNER), ("engine", lambda: engine)):
            monkeypatch.setattr(module, name, given, raising=False)
    monkeypatch.setattr(compare, "show", lambda data, **_: None)
    monkeypatch.setattr(runs, "_table", lambda store, shown: list(shown))
    yield engine
    engine.close()


def opened(page: str, **query: str) -> AppTest:
    test = AppTest.from_file(str(MAIN), default_timeout=120)
    test.query_params.update(query)
    test.switch_page(page)
    test.run()
    assert not test.exception
    return test


def texts(message: Message) -> Iterator[str]:
    """Every text of an element that may be read as Markdown."""
    for field, value in message.ListFields():
        if field.name in AS_TYPED:
            continue
        for each in [value] if isinstance(value, str | Message) else value if field.is_repeated else []:
            if isinstance(each, str):
                yield each
            elif isinstance(each, Message):
                yield from texts(each)


def told(page: AppTest) -> str:
    """All that a page says in Markdown. What stands in it as it is typed, without a backslash, would be interpreted."""

    def nodes(block: Any) -> Iterator[Any]:
        for node in block.children.values():
            yield node
            if hasattr(node, "children"):
                yield from nodes(node)

    found = "\n".join(text for node in nodes(page._tree) if node.proto is not None for text in texts(node.proto))
    for address in PAPERS.values():
        found = found.replace(f"]({address})", "")
    bare = re.sub(r"\\.", "", found.replace(":\u2060", ""))
    for mark in ("![", "](http", "<b>", "**s**", ":smile:", "$x$", "www."):
        assert mark not in bare, next(line for line in found.split("\n") if mark in line)
    return found


def test_the_runs_page(store: RunStore) -> None:
    """The menus above the list have their contents on the page, Delete's list of names too."""
    store.create("a", OWNER, RunConfig(), name=NAME)
    store.annotate("a", NAME)
    page = opened("runs.py")
    assert f"{plain(NAME)} · 0 steps" in told(page)
    next(button for button in page.button if button.label == "Fork").click().run()
    assert f"{plain(NAME)} has no saved state to fork from." in told(page)


def test_an_imported_run(store: RunStore, tmp_path: Path) -> None:
    """Whose name, note and message come from somebody else, and its file's name too."""
    store.create("a", "another", RunConfig(), name=NAME)
    store.write(Batch({"a": RunBatch(status="diverged", message=NAME)}))
    archive.export_run(store, "a", tmp_path / "run.zip")
    page = opened("runs.py")
    for content in (b"nonsense", (tmp_path / "run.zip").read_bytes()):
        page.file_uploader(key="runs_import_0").upload(f"{NAME}.zip", content, "application/zip").run()
        button = next(button for button in page.button if button.label.startswith("Import "))
        assert button.label == f"Import {plain(f'{NAME}.zip')}"
        told(page)
        button.click().run()
        told(page)
    assert [record.message for record in store.records(owner=OWNER)] == [NAME]


def test_a_record_that_can_not_be_read(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create("a", OWNER, RunConfig(), name=NAME)
    monkeypatch.setattr("playground.runs.record.Record.problem", NAME)
    page = opened("runs.py")
    next(button for button in page.button if button.label == "Open").click().run()
    assert told(page).count(plain(NAME)) >= 2


def test_the_compare_page(store: RunStore) -> None:
    for id in "ab":
        store.create(id, OWNER, RunConfig(seeds=3), name=NAME)
        row = Row(0, {"jsd": (0.1, 0.2, 0.3), "emd": (0.1, 0.2, 0.3), "modes": (1.0, 2.0, 3.0)}, None)
        store.write(Batch({id: RunBatch(rows=[row])}))
    assert plain(NAME) in told(opened("compare.py", runs="a"))
    assert f"A is *{plain(NAME)}*" in told(opened("compare.py", runs="a,b"))
    told(opened("compare.py", runs=f"{NAME},a"))


@pytest.mark.parametrize("page", ["train.py", "images.py"])
def test_a_link_to_anything(page: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "start", lambda *_: (_ for _ in ()).throw(EngineError(NAME)))
    for query in ({"run": NAME}, {"dataset": NAME}, {NAME: NAME}, {"hide": NAME}):
        assert plain(NAME) in told(opened(page, **query))


def test_points_and_images_from_anybody(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    monkeypatch.setattr(engine, "start", lambda *_: (_ for _ in ()).throw(EngineError("No room.")))
    own = own_points.OwnPoints(np.zeros((1, 2)), np.ones(1), 0.1, "table", 1, NAME, NAME)
    points = opened("train.py", dataset="own_points", points_id=own_points.register(own))
    assert told(points).count(plain(NAME)) == 2
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        written.writestr(f"{NAME.replace('/', '|')}.npy", b"")
    images = opened("images.py", dataset="own_images")
    images.file_uploader(key="images_own").upload("x.npz", file.getvalue(), "application/zip").run()
    told(images)


def test_this_file_would_see_a_name_that_is_interpreted(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.create("a", OWNER, RunConfig(), name=NAME)
    monkeypatch.setattr(runs_actions, "plain", str)
    with pytest.raises(AssertionError):
        told(opened("runs.py"))
