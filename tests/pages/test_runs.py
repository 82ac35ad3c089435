"""The Runs page without a browser: the list as values, and what its buttons do to a store."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.config import RunConfig
from playground.engine.server import pool
from playground.engine.server.engine import Engine, EngineError
from playground.engine.server.limits import ROOM
from playground.recipes.run_names import lineage
from playground.runs.archive import export_run
from playground.runs.reader import RunReader
from playground.runs.record import Batch, Record, RunBatch
from playground.runs.store import RunStore, StoreError
from playground.ui import memory, page_session, runs, runs_actions
from playground.ui import runs_table as table
from playground.ui.escaping import plain
from playground.ui.runs_table import Wish

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"


# The list as values ------------------------------------------------------------------------------------------------


def record(id: str, config: RunConfig | None = None, **changes: Any) -> Record:
    """A record as the store makes them."""
    text = (config or RunConfig()).model_dump_json()
    summary = json.dumps(changes.pop("summary", {}))
    plain: dict[str, Any] = {
        "id": id, "owner": OWNER, "name": f"Run {id}", "note": "", "parent": None, "parent_step": None,
        "relation": "", "status": "paused", "message": "", "steps": 0, "created": 0.0, "updated": 0.0, "colour": 0,
        "size": 0, "deleted": False, "config_json": text, "start_json": text, "changes_json": "[]",
        "summary_json": summary, "sparkline_json": "[]",
    }  # fmt: skip
    return Record(**(plain | changes))


def ids(found: list[Record]) -> str:
    return "".join(record.id for record in found)


RECORDS = [
    record("1", RunConfig(k=5), created=1, steps=100, summary={"emd_final": 0.5}),
    record("2", RunConfig(loss="hinge", seeds=4), created=2, steps=300, status="diverged", note="for Monday"),
    record("3", RunConfig(dataset="moons"), created=3, steps=200, summary={"emd_final": 0.1}, size=5_000),
]


@pytest.mark.parametrize(
    "wish, found",
    [
        (Wish(), "321"),
        (Wish(descending=False), "123"),
        (Wish(sort="Steps"), "231"),
        (Wish(sort="EMD"), "132"),
        (Wish(sort="EMD", descending=False), "312"),
        (Wish(sort="Name", descending=False), "213"),
        (Wish(loss="hinge"), "2"),
        (Wish(dataset="ring8"), "21"),
        (Wish(status="diverged"), "2"),
        (Wish(dataset="moons", status="diverged"), ""),
        (Wish(text="MONDAY"), "2"),
        (Wish(text="k 5"), "1"),
        (Wish(text="moons"), "3"),
        (Wish(text="nothing like it"), ""),
    ],
)
def test_filters_and_sorting(wish: Wish, found: str) -> None:
    """Runs without a value come last whichever way the list is sorted."""
    assert ids(table.matching(RECORDS, wish)) == found


@pytest.mark.parametrize("sort", table.SORTS)
def test_every_sorting_works_on_runs_that_have_no_rows_yet(sort: str) -> None:
    assert len(table.matching(RECORDS, Wish(sort=sort))) == 3


def test_a_run_whose_settings_were_changed_on_the_way_says_so() -> None:
    changes = [[0, {"k": [1, 5]}], [300, {"loss": ["minimax", "wasserstein"], "lr_g": [0.001, 0.002]}]]
    mixed = record("5", RunConfig(loss="wasserstein", lr_g=0.002, k=5), changes_json=json.dumps(changes))
    columns = table.columns([mixed], {}, now=0.0, mine=OWNER)
    assert columns["Loss"] == ["Minimax (saturating) → Wasserstein"]
    assert columns["Changed on the way"] == ["Loss Minimax (saturating) → Wasserstein, lr G 0.001 → 0.002 at step 300"]
    assert all(ids(table.matching([mixed], Wish(loss=loss))) == "5" for loss in ("minimax", "wasserstein"))


def test_columns_tell_a_run_in_words() -> None:
    child = record(
        "4",
        RunConfig(seeds=2),
        parent="1",
        relation="fork",
        steps=1200,
        created=1000.0,
        size=3_400_000,
        sparkline_json="[0.3, 0.2]",
        summary={"emd_final": 0.2, "modes_final": 7.0, "modes_total": 8.0},
    )
    columns = table.columns([child], {"1": "Parent"}, now=1000.0 + 3 * 3600, mine=OWNER)
    told = {name: values[0] for name, values in columns.items()}
    assert told == {
        "Name": "Non-saturating baseline, seeds 2 · run 4",
        "Status": "paused",
        "EMD curve": [0.3, 0.2],
        "EMD": 0.2,
        "Modes": "7 of 8",
        "Steps": 1200,
        "Dataset": "Ring of 8 Gaussians",
        "Loss": "Non-saturating",
        "Seeds": 2,
        "Parent": "Parent",
        "Age": "3 h",
        "Size": "3.4 MB",
    }


def test_a_run_of_another_version_is_listed() -> None:
    """Its settings can't be read here; the list must not break on it."""
    foreign = dataclasses.replace(record("5"), start_json='{"warp": 9}', config_json='{"warp": 9, "dataset": "x"}')
    assert table.columns([foreign], {}, 0.0, OWNER)["Name"] == ["Run 5"]
    assert ids(table.matching([foreign], Wish(text="run 5"))) == "5"


@pytest.mark.parametrize(
    "seconds, words", [(5, "now"), (240, "4 min"), (10_000, "3 h"), (86_400, "1 day"), (1_000_000, "12 days")]
)
def test_ages(seconds: float, words: str) -> None:
    assert table.age(seconds) == words


@pytest.mark.parametrize("count, pages", [(0, 1), (200, 1), (201, 2), (5000, 25)])
def test_a_long_list_comes_in_pages(count: int, pages: int) -> None:
    assert table.pages(count) == pages


def test_lineage_names_the_parent_and_the_step() -> None:
    assert lineage("fork", 1200, RECORDS[1]) == "forked from run 2 at step 1,200"
    assert lineage("same start", 0, RECORDS[1]) == "same start as run 2"
    assert lineage("fork", 10, None) == "forked from a run that is gone at step 10"
    assert lineage("", None, None) == ""


# The page ----------------------------------------------------------------------------------------------------------


class NoProcess:
    """A worker that is never started: nothing on this page trains."""

    def __init__(self, *_: object) -> None: ...

    def send(self, command: object) -> None:
        raise AssertionError(f"nothing should be told to a worker, but {command} was")

    def close(self) -> None: ...


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture
def engine(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(pool, "WorkerProcess", NoProcess)
    engine = Engine(workers=1, store=store)
    yield engine
    engine.close()


Show = Callable[..., AppTest]


@pytest.fixture
def show(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Open the page. `tick` chooses rows by their runs: AppTest has no pointer to tick them with."""
    for module in (runs, runs_actions):
        monkeypatch.setattr(module, "owner", lambda: OWNER)
        monkeypatch.setattr(module, "engine", lambda: engine)
    for module in (memory, page_session):
        monkeypatch.setattr(module, "owner", lambda: OWNER)
    drawn = runs._table

    def open_page(*tick: str, everybody: bool = False) -> AppTest:
        def table_of(store: RunReader, shown: list[Record]) -> list[Record]:
            drawn(store, shown)
            return [record for record in shown if record.id in tick]

        monkeypatch.setattr(runs, "_table", table_of)
        page = AppTest.from_file(str(MAIN), default_timeout=120)
        page.session_state[runs.EVERYBODY] = everybody
        page.switch_page("runs.py")
        page.run()
        assert not page.exception
        return page

    return open_page


def names(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["Name"])


def button(page: AppTest, label: str) -> Any:
    return next(button for button in page.button if button.label == label)


def test_an_empty_list_says_what_to_do(show: Show) -> None:
    page = show()
    assert "Press Play on the Points or the Images page" in page.markdown[0].value
    assert not page.dataframe


def test_the_list_shows_this_browsers_runs_and_with_the_toggle_all(show: Show, store: RunStore) -> None:
    store.create("a", OWNER, RunConfig(k=5))
    store.create("b", "another", RunConfig(loss="hinge"))
    assert names(show()) == ["Non-saturating baseline, k 5 · run 1"]
    page = show(everybody=True)
    assert sorted(zip(names(page), page.dataframe[0].value["Recorded by"], strict=True)) == [
        ("Hinge · run 2", "another browser"),
        ("Non-saturating baseline, k 5 · run 1", ""),
    ]


def test_in_a_room_nobody_finds_the_runs_of_others_or_changes_the_command_lines(
    show: Show, store: RunStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOM, "1")
    store.create("a", OWNER, RunConfig(k=5))
    store.create("b", "another", RunConfig(loss="hinge"))
    store.create("c", "", RunConfig(loss="wasserstein"))
    page = show(everybody=True)
    assert names(page) == ["Non-saturating baseline, k 5 · run 1"]
    assert not [each for each in page.toggle if each.key == runs.EVERYBODY]
    assert not engine.run("c", OWNER).mine  # whoever has its link looks at it; it stays nobody's
    with pytest.raises(EngineError):
        engine.rename("c", OWNER, "Mine now")
    assert store.record("c").owner == ""
    monkeypatch.delenv(ROOM)
    engine.rename("c", OWNER, "Mine now")
    assert store.record("c").owner == OWNER


def test_filters_narrow_the_list(show: Show, store: RunStore) -> None:
    store.create("a", OWNER, RunConfig(k=5))
    store.create("b", OWNER, RunConfig(loss="hinge"))
    page = show()
    page.selectbox(key="runs_loss").set_value("hinge").run()
    assert names(page) == ["Hinge · run 2"]
    page.text_input(key="runs_text").set_value("nothing like it").run()
    assert not page.dataframe and page.info[0].value == "No run fits these filters."


def test_the_order_stays_while_runs_train_on(show: Show, store: RunStore) -> None:
    for id in "ab":
        store.create(id, OWNER, RunConfig(), name=id)
    page = show()
    page.selectbox(key="runs_sort").set_value("Last trained").run()
    before = names(page)
    store.write(Batch({before[-1]: RunBatch(steps=5)}))
    page.run()
    assert names(page) == before
    button(page, "Refresh").click().run()
    assert names(page) == before[::-1]


def test_buttons_wait_for_the_right_number_of_runs(show: Show, store: RunStore) -> None:
    for id in "abcdefg":
        store.create(id, OWNER, RunConfig())
    enabled = {
        count: {label for label in ("Open", "Compare", "Fork") if not button(show(*"abcdefg"[:count]), label).disabled}
        for count in (0, 1, 2, 6, 7)
    }
    assert enabled == {0: set(), 1: {"Open", "Fork"}, 2: {"Compare"}, 6: {"Compare"}, 7: set()}


def test_a_deleted_run_goes_and_can_come_back(show: Show, store: RunStore) -> None:
    for id in "ab":
        store.create(id, OWNER, RunConfig(), name=id)
    page = show("a")
    page.button(key="runs_delete").click().run()
    assert names(page) == ["b"]
    page.button(key="runs_undo").click().run()
    assert sorted(names(page)) == ["a", "b"]
    assert not [each for each in page.button if each.key == "runs_undo"]


def test_undo_brings_back_the_last_deletion_only(show: Show, store: RunStore) -> None:
    for id in "abc":
        store.create(id, OWNER, RunConfig(), name=id)
    page = show("a")
    page.button(key="runs_delete").click().run()
    page = show("b")
    page.button(key="runs_delete").click().run()
    page.button(key="runs_undo").click().run()
    assert sorted(names(page)) == ["b", "c"]
    page.button(key="runs_undo").click().run()
    assert sorted(names(page)) == ["a", "b", "c"]


def test_the_space_of_deleted_runs_is_freed_on_demand(show: Show, store: RunStore) -> None:
    for id in "ab":
        store.create(id, OWNER, RunConfig(), name=id)
    page = show("a")
    page.button(key="runs_delete").click().run()
    page.button(key="runs_purge").click().run()
    assert not [each for each in page.button if each.key == "runs_undo"]
    with pytest.raises(StoreError):
        store.record("a")


def test_another_browsers_run_is_not_changed(show: Show, store: RunStore) -> None:
    store.create("a", "another", RunConfig())
    page = show("a", everybody=True)
    assert not [each for each in page.button if each.key == "runs_delete"]
    assert any("not changed" in caption.value for caption in page.caption)


def test_a_run_is_renamed_and_noted(show: Show, store: RunStore) -> None:
    store.create("a", OWNER, RunConfig())
    page = show("a")
    next(each for each in page.text_input if each.label == "Name").set_value("For the lecture")
    page.text_area[0].set_value("k is 1")
    button(page, "Save").click().run()
    assert (store.record("a").name, store.record("a").note) == ("For the lecture", "k is 1")
    assert names(page) == ["For the lecture"]


def test_whoever_looks_at_somebody_elses_run_changes_nothing(store: RunStore, engine: Engine) -> None:
    """A disabled button is no lock: the engine refuses what the page should not have asked for."""
    store.create("a", "another", RunConfig(), name="Theirs")
    store.annotate("a", "as it was")
    theirs = store.record("a")
    changes: list[Callable[[], None]] = [
        lambda: engine.rename("a", OWNER, "Mine"),
        lambda: engine.annotate("a", OWNER, "mine"),
        lambda: engine.delete("a", OWNER),
        lambda: engine.undelete("a", OWNER),
    ]
    for change in changes:
        with pytest.raises(EngineError, match="belongs to another browser session"):
            change()
    assert store.record("a") == theirs


def test_a_run_of_the_command_line_is_in_everybodys_list_and_belongs_to_who_first_changes_it(
    show: Show, store: RunStore, engine: Engine
) -> None:
    store.create("a", "", RunConfig(), name="By command")
    store.create("b", "another", RunConfig(), name="Theirs")
    shown = show().dataframe[0].value
    assert list(shown["Name"]) == ["By command"] and list(shown["Recorded by"]) == ["the command line"]
    engine.annotate("a", OWNER, "looked at")
    assert store.record("a").owner == OWNER
    with pytest.raises(EngineError, match="belongs to another browser session"):
        engine.rename("a", "another", "taken")


def test_freeing_space_leaves_others_their_way_back(show: Show, store: RunStore) -> None:
    for id, owner in (("a", OWNER), ("b", "another")):
        store.create(id, owner, RunConfig())
        store.delete(id)
    show().button(key="runs_purge").click().run()
    assert [record.id for record in store.records(deleted=True)] == ["b"]


def test_an_exported_run_is_taken_in(show: Show, store: RunStore, tmp_path: Path) -> None:
    store.create("a", "another", RunConfig(), name="Theirs")
    export_run(store, "a", tmp_path / "run.zip")
    page = show()
    page.file_uploader(key="runs_import_0").upload("run.zip", (tmp_path / "run.zip").read_bytes(), "application/zip")
    page.run()
    next(each for each in page.button if each.label.startswith("Import ")).click().run()
    assert not page.error
    assert [(record.name, record.owner) for record in store.records(owner=OWNER)] == [("Theirs", OWNER)]


def test_a_run_without_a_saved_state_is_not_forked(show: Show, store: RunStore) -> None:
    store.create("a", OWNER, RunConfig(), name="Young")
    page = show("a")
    button(page, "Fork").click().run()
    assert page.error[0].value == "Young has no saved state to fork from."


def test_a_store_that_cannot_be_read_is_one_sentence(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> list[Record]:
        raise StoreError("The database is damaged.")

    monkeypatch.setattr(RunStore, "records", broken)
    assert [error.value for error in show().error] == [plain("The database is damaged.")]


def test_a_server_without_a_store_says_why(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show()
    monkeypatch.setattr(runs, "engine", lambda: SimpleNamespace(store=None))
    monkeypatch.setattr(runs, "store_problem", lambda: "Another server records in this folder.")
    page.run()
    assert [error.value for error in page.error] == [
        f"Runs are not being recorded. {plain('Another server records in this folder.')}"
    ]


def test_five_thousand_runs_are_found_and_sorted_at_once() -> None:
    many = [record(str(i), RunConfig(k=1 + i % 10, seed=i), created=i) for i in range(5000)]
    started = time.thread_time()
    first = table.matching(many, Wish(loss="non_saturating"))[: table.ROWS]
    columns = table.columns(first, {}, 0.0, OWNER)
    assert len(columns["Name"]) == table.ROWS and first[0].id == "4999"
    assert time.thread_time() - started < 1.0  # it takes 0.1 s
