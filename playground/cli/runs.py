"""`runs`: what has been recorded, listed, shown, compared, exported and imported.

Reading works while a server records into the same folder; importing needs the folder for itself.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from playground.cli import run_differences, run_texts
from playground.cli.common import AsJson, DataDir, table
from playground.cli.torch_exports import TORCH_EXPORTS
from playground.config import RunConfig
from playground.exports.kinds import export, file_name
from playground.feed.export import KINDS
from playground.feed.replay_compared import FEWEST, MOST
from playground.files import BadInput, finite
from playground.recipes.run_names import changed, title_of
from playground.runs import inbox
from playground.runs.archive import import_run
from playground.runs.place import default_folder, default_quota, in_words
from playground.runs.record import Record
from playground.runs.store import RunStore
from playground.runs.summary import outcome

EVERY_KIND = [*KINDS, *TORCH_EXPORTS]

runs = typer.Typer(
    add_completion=False, rich_markup_mode=None, invoke_without_command=True, help="Recorded runs: list, show, export …"
)

BY_ID = {"ignore_unknown_options": True}
"""An id may begin with a dash."""

Folder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where runs are recorded; else $GAN_PLAYGROUND_RUNS, else the user's data folder."
    ),
]
Named = Annotated[
    str, typer.Argument(metavar="RUN", help="An id, the beginning of one, or a whole name, such as 'run 21'.")
]


@runs.callback()
def overview(context: typer.Context) -> None:
    """Recorded runs: list, show, compare, export, import."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@runs.command("list")
def list_runs(
    search: Annotated[str, typer.Option(help="Only runs with this in their name, dataset, loss or status.")] = "",
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List the recorded runs, the newest first."""
    with _reading(folder) as store:
        found = [record for record in _newest(store) if _matches(record, search)]
        coming, where = len(inbox.waiting(store.folder)), store.folder
    if as_json:
        print(json.dumps([run_texts.described(record) for record in found], allow_nan=False))
    elif not found:
        print(f"No runs are recorded in '{where}'." if not search else f"No recorded run has '{search[:40]}' in it.")
    else:
        head = [
            "id",
            "name",
            "status",
            "steps",
            "dataset",
            "loss or method",
            "seeds",
            "JSD/Fréchet",
            "EMD",
            "modes",
            "changed",
        ]
        print(table(head, [run_texts.line(record) for record in found]))
    if coming and not as_json:
        runs_are = "run is" if coming == 1 else "runs are"
        print(f"{coming} {runs_are} still being recorded by a command, and listed here afterwards.")


@runs.command(context_settings=BY_ID)
def show(name: Named, folder: Folder = None, as_json: AsJson = False) -> None:
    """Show one run: its settings, what was changed, what came of it, and what is kept of it."""
    with _reading(folder) as store:
        record = _one(store, name)
        kept = {
            "rows": len(store.columns(record.id, ())),
            "keyframes": store.keyframe_steps(record.id),
            "checkpoints": store.checkpoint_steps(record.id),
        }
        floors = store.floors(record.id)
        compiled = store.compiled_since(record.id)
    if as_json:
        floor = {measure: [finite(end) for end in band] for measure, band in floors.items()}
        changes = [[step, fields] for step, fields in record.changes]
        told = run_texts.described(record) | {"note": record.note, "changes": changes, "floors": floor} | kept
        told |= {"compiled": compiled}
        print(json.dumps(told, allow_nan=False))
        return
    print(run_texts.paragraphs(record, kept, compiled))


@runs.command(context_settings=BY_ID)
def compare(
    names: Annotated[list[str], typer.Argument(metavar="RUN …", help="Two to six runs.")],
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the comparison as a new HTML file.")] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Hold runs next to each other: the settings that differ, what came of each, and what luck has to do with it."""
    with _reading(folder) as store:
        records = [_one(store, name) for name in names]
        if not FEWEST <= len(records) <= MOST:
            raise BadInput(f"RUN must name from {FEWEST} to {MOST} runs (got {len(records)}).")
        if len({record.id for record in records}) < len(records):
            raise BadInput("RUN must name different runs; one is named twice.")
        columns = [store.columns(record.id) for record in records]
        compiled = [store.compiled_since(record.id) for record in records]
        if html is not None:
            content = export(store, ",".join(record.id for record in records), "replay", KINDS)[2]
            _write(html, content)
            print(f"'{html}' ({in_words(len(content))}).", file=sys.stderr)
    differing = [
        name for name in RunConfig.model_fields if len({repr(record.settings.get(name)) for record in records}) > 1
    ]
    if as_json:
        told = {"differing": differing, "runs": [run_texts.described(record) for record in records]}
        told |= run_differences.as_json(records, columns)
        print(json.dumps(told, allow_nan=False))
        return
    rows: list[list[object]] = [["id", *(record.id[: run_texts.ID_SHOWN] for record in records)]]
    rows += [[name, *(run_texts.setting(record.settings.get(name)) for record in records)] for name in differing]
    rows.append(["steps", *(f"{record.steps:,}" for record in records)])
    if len(set(compiled)) > 1:  # from there on runs that are alike differ by rounding, which training makes grow
        rows.append(["compiled from step", *("-" if step is None else f"{step:,}" for step in compiled)])
    measured = dict.fromkeys(
        key
        for record in records
        for key, value in record.summary.items()
        if value is not None and key not in run_texts.ABOVE
    )
    rows += [[key, *(run_texts.number(record.summary.get(key)) for record in records)] for key in measured]
    print(table(["", *(run_texts.short_title(record) for record in records)], rows))
    print()
    for record in records:
        on_the_way = changed(record)
        more = f" Changed on the way: {on_the_way}." if on_the_way else ""
        print(f"{title_of(record)}: {outcome(record.summary)}{more}")
    print()
    print(run_differences.told(records, columns))


@runs.command("export", context_settings=BY_ID)
def export_one(
    name: Named,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(EVERY_KIND)}.")],
    out: Annotated[Path | None, typer.Option(help="The new file; else it is named after the run.")] = None,
    folder: Folder = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a run in another form to a new file."""
    if kind not in EVERY_KIND:
        raise BadInput(f"KIND must be one of {', '.join(EVERY_KIND)} (got '{kind[:40]}').")
    with _reading(folder) as store:
        record = _one(store, name)
        if kind in KINDS:
            default, _, content = export(store, record.id, kind, KINDS)
        else:
            default = file_name(record, TORCH_EXPORTS[kind].ending)
            content = TORCH_EXPORTS[kind].make(store, record.id, data_dir)
    path = out or Path(default)
    _write(path, content)
    if as_json:
        print(json.dumps({"run": record.id, "kind": kind, "file": str(path), "bytes": len(content)}))
    else:
        print(f"'{path}' ({in_words(len(content))}): {title_of(record)}.")


@runs.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.zip …", help="What `runs export RUN run` wrote.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Take runs from another playground into this folder. No server may be recording into it meanwhile."""
    with _opened(lambda: RunStore(folder or default_folder(), quota=default_quota())) as store:
        imported = []
        for file in files:
            if not file.is_file():
                raise BadInput(f"FILE must be a run's .zip; there is no file '{file}'.")
            imported.append(store.record(import_run(store, file, "")))
            if not as_json:
                record = imported[-1]
                print(f"{title_of(record)} ({record.id[: run_texts.ID_SHOWN]}), {record.steps:,} steps.")
    if as_json:
        print(json.dumps([run_texts.names_of(record) | {"steps": record.steps} for record in imported]))


@contextmanager
def _reading(folder: Path | None) -> Iterator[RunStore]:
    place = folder or default_folder()
    inbox.take_in_if_free(place, default_quota())
    with _opened(lambda: RunStore(place, writable=False)) as store:
        yield store


@contextmanager
def _opened(make: Callable[[], RunStore]) -> Iterator[RunStore]:
    store = make()
    try:
        yield store
    finally:
        store.close()


def _newest(store: RunStore) -> list[Record]:
    return sorted(store.records(), key=lambda record: record.updated, reverse=True)


def _one(store: RunStore, name: str) -> Record:
    """The run that is meant: by its id, else as it is written, else in any case.

    Raises BadInput where no run, or more than one, answers to it.
    """
    records = store.records()
    found = (
        [record for record in records if record.id == name]
        or [record for record in records if name in _called(record) or (len(name) >= 4 and record.id.startswith(name))]
        or [record for record in records if name.lower() in map(str.lower, _called(record))]
    )
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(f"RUN must be an id, the beginning of one, or a name; there is no recorded run '{name[:70]}'.")
    some = ", ".join(record.id[: max(run_texts.ID_SHOWN, len(name) + 4)] for record in found[:5])
    raise BadInput(f"RUN must name one run; '{name[:70]}' may be {some}: name one by its id.")


def _called(record: Record) -> tuple[str, str]:
    """What a run may be called: its stored name, and the title that the pages show."""
    return record.name, title_of(record)


def _matches(record: Record, search: str) -> bool:
    given = (str(record.settings.get(key)) for key in ("dataset", "loss"))
    told = (*_called(record), record.note, record.status, *given)
    return any(search.lower() in text.lower() for text in told)


def _write(path: Path, content: bytes) -> None:
    """A new file, whole or not at all. Raises BadInput."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(f"--out must be a new file; there is '{path}' already.") from None
    except OSError as error:
        raise BadInput(f"--out must be a file that can be written; '{path}' can't be: {error.strerror}.") from None
