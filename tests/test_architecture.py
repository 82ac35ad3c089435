"""Who may import whom: only downwards. Streamlit stays in the pages, torch in the workers."""

import ast
import functools
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from playground.engine.server.engine import Engine
from playground.runs.reader import RunReader
from playground.runs.store import RunStore

ROOT = Path(__file__).parents[1]
UI = ROOT / "playground" / "ui"

ORDER: list[set[str]] = [
    {"elementwise", "errors", "lock", "version"},
    {"formulas"},
    {"data", "lessons", "methods", "objectives", "palette", "papers", "setting"},
    {"config"},
    {"checkpoint_file", "frame", "metrics", "models"},
    {"files", "layers", "runs", "training"},
    {"observer", "recipes"},
    {"reading"},
    {"engine"},
    {"exports", "figures", "headless"},
    {"feed", "sweeps"},
    {"reproduce"},
    {"cli"},
    {"__main__", "ui"},
    {"pages"},
    {"app"},
]
"""From the bottom up. A room imports from the rooms below it and from itself, never from one beside or above it."""

WITHOUT_TORCH = {
    "app",
    "checkpoint_file",
    "config",
    "data",
    "elementwise",
    "exports",
    "feed",
    "figures",
    "formulas",
    "frame",
    "layers",
    "lessons",
    "methods",
    "metrics",
    "objectives",
    "pages",
    "palette",
    "reading",
    "recipes",
    "runs",
    "ui",
    "version",
}
WITH_STREAMLIT = {"ui", "pages", "app"}
SCRIPTS_BELOW: dict[str, set[str]] = {
    "stage/common": set(),
    "stage/bar": {"stage/common"},
    "stage/charts": {"stage/common"},
    "stage/images": {"stage/common"},
    "stage/picture": {"stage/common", "stage/images"},
    "stage": {"stage/common", "stage/bar", "stage/charts", "stage/images", "stage/picture"},
    "compare": {"stage/common", "stage/charts", "stage/picture"},
    "drawing": {"stage/common"},
    "gallery": {"stage/common"},
    "lessons": {"stage/common", "stage/charts"},
    "replay": {"stage/common", "stage", "compare"},
    "sweeps": {"stage/common"},
}
"""The folders of the browser's scripts below ui/, and what each may import from."""
SERVER = [
    "playground.config",
    "playground.recipes",
    "playground.figures.live",
    "playground.engine.server.engine",
    "playground.engine.server.shared",
    "playground.sweeps.outcomes",
    "playground.sweeps.processes",
    "playground.exports.kinds",
    "playground.feed.export",
    "playground.feed.routes",
    "playground.reading",
    "playground.reproduce.tables",
    "playground.runs.store",
    "playground.ui.page_session",
]
"""What the server's process loads: none of it may bring torch in."""

READ_AS_TEXT = ROOT / "playground" / "exports" / "script" / "reference.py"
"""The script that exported ones are parts of. It imports torch, as they do; nothing may import it: it is a program."""

SOURCES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "playground").rglob("*.py")])
every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())


def room_of(module: str) -> str:
    """playground.engine.worker -> engine; pages.train -> pages; playground alone is no room."""
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "") if parts[0] == "playground" else parts[0]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file names in an import, wherever in the file it stands."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names]
            case ast.ImportFrom(module=str(module), level=0, names=names):
                # `from playground import config` names the module playground.config
                found += [f"{module}.{name.name}" if module == "playground" else module for name in names]
            case ast.ImportFrom():
                raise AssertionError(f"{path}: relative imports hide which room is meant")
    return tuple(found)


def level(room: str) -> int:
    for index, rooms in enumerate(ORDER):
        if room in rooms:
            return index
    raise AssertionError(f"The room '{room}' has no place in ORDER yet.")


@every_source
def test_rooms_import_only_downwards(path: Path) -> None:
    room = room_of(module_of(path))
    if not room:
        return
    ours = {room_of(module) for module in imports(path) if module.split(".")[0] in ("playground", "pages", "app")}
    upwards = [other for other in sorted(ours - {room, ""}) if level(other) >= level(room)]
    assert upwards == [], f"{room} imports {upwards}, which do not lie below it"


@every_source
def test_streamlit_stays_in_the_pages(path: Path) -> None:
    if room_of(module_of(path)) not in WITH_STREAMLIT:
        assert not [module for module in imports(path) if module.split(".")[0] == "streamlit"]


@every_source
def test_torch_stays_in_the_workers(path: Path) -> None:
    if room_of(module_of(path)) in WITHOUT_TORCH and path != READ_AS_TEXT:
        assert not [module for module in imports(path) if module.split(".")[0] == "torch"]


def test_the_script_that_is_read_as_text_stands_alone() -> None:
    """It imports nothing of ours, and nothing of ours imports it."""
    assert "torch" in imports(READ_AS_TEXT)
    assert not [module for module in imports(READ_AS_TEXT) if module.split(".")[0] in ("playground", "pages", "app")]
    sentence = re.compile(r"import\b.*\breference\b|from \S*\breference import")
    assert not [path for path in SOURCES if sentence.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", sorted(UI.glob("**/*.js")), ids=lambda path: path.relative_to(UI).as_posix())
def test_scripts_import_only_downwards(path: Path) -> None:
    folder = path.parent.relative_to(UI).as_posix()
    sources = re.findall(r'^import [^;]* from "(.+)";$', path.read_text(encoding="utf-8"), re.MULTILINE)
    folders = {(path.parent / source).resolve().parent.relative_to(UI).as_posix() for source in sources}
    assert folders - {folder} <= SCRIPTS_BELOW[folder]


@every_source
def test_the_two_sides_of_the_engine_know_only_their_messages(path: Path) -> None:
    sides = {
        "playground.engine.server": "playground.engine.worker",
        "playground.engine.worker": "playground.engine.server",
    }
    for side, other in sides.items():
        if module_of(path).startswith(side):
            assert not [module for module in imports(path) if module.startswith(other)]


@every_source
def test_only_the_engine_and_the_command_line_write_to_the_store(path: Path) -> None:
    """Pages, feeds and exports get the half of it that reads: see `Engine.store`."""
    if room_of(module_of(path)) in {"exports", "feed", "ui"}:
        assert "RunStore" not in path.read_text(encoding="utf-8")


def test_the_engine_gives_out_only_the_half_of_the_store_that_reads() -> None:
    assert inspect.get_annotations(vars(Engine)["store"].fget, eval_str=True)["return"] == RunReader | None
    writing = {"create", "write", "rename", "annotate", "adopt", "delete", "undelete", "purge", "forget", "close"}
    assert writing <= set(dir(RunStore)) and not writing & set(dir(RunReader))


def test_the_rules_see_an_import_that_breaks_them(tmp_path: Path) -> None:
    """Guards the tests above."""
    path = tmp_path / "x.py"
    path.write_text("def late():\n    from playground import observer\n    import torch.nn\n")
    assert imports(path) == ("playground.observer", "torch.nn")
    assert room_of("playground.observer") == "observer"
    assert level("observer") > level("config")
    assert {room_of(module_of(source)) for source in SOURCES} >= {"app", "pages", "ui", "engine", "config"}


def test_the_servers_process_never_loads_torch() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {SERVER!r}:\n"
        "    importlib.import_module(name)\n"
        "    if 'torch' in sys.modules: sys.exit(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"torch came in with {done.stderr.strip().splitlines()[-1]}"
