"""The page: the list of sweeps, one of them as it is being trained, and each cell as a recorded run."""

import os
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import streamlit as st

from playground.config import ConfigError
from playground.config.naming import told as setting_told
from playground.engine.server.engine import EngineError
from playground.engine.server.limits import is_room
from playground.engine.server.shared import engine
from playground.runs.place import sweeps_folder
from playground.sweeps.axis import SweepError, told
from playground.sweeps.driver import Progress
from playground.sweeps.folder import EndedCell, Reader, parcel, read_sweep
from playground.sweeps.outcomes import measures, values
from playground.sweeps.processes import Processes
from playground.sweeps.sweep import Sweep
from playground.ui import sweeps
from playground.ui.escaping import plain
from playground.ui.link import RUN
from playground.ui.memory import forget, keep, owner, recall
from playground.ui.sweeps import design

SWEEP = "sweep"
"""The parameter of the address that names one."""
EVERY_S = 2.0
OPENED = "sweeps_opened"
"""Which cells this session has opened: (folder, index) -> the run that came of it."""


@st.cache_resource
def processes() -> Processes:
    """Of this server: they end with it."""
    return Processes()


def show() -> None:
    """The whole page."""
    folders = _folders()
    chosen = st.query_params.get(SWEEP, "")
    st.markdown(
        "**One run is luck.** A sweep trains the same game over several settings, with several seeds each, and shows "
        "where it works and where it collapses."
    )
    if not is_room():
        with st.expander("A new sweep", icon=":material/add:", expanded=not folders):
            _design()
    if not folders:
        st.info("There are no sweeps yet." if not is_room() else "There are no sweeps here.")
        return
    names = list(folders)
    picked = st.selectbox(
        "Sweep", names, index=names.index(chosen) if chosen in names else 0, format_func=lambda id: _title(folders[id])
    )
    if chosen and chosen not in names:
        st.warning("The sweep of this link is not on this machine.")
    if picked != chosen:
        st.query_params[SWEEP] = picked
    _sweep(folders[picked])


def _folders() -> dict[str, Path]:
    """By their names in links, the newest first."""
    try:
        found = [path for path in sweeps_folder().iterdir() if (path / "sweep.json").exists()]
    except OSError:
        return {}
    return {path.name: path for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)}


def _title(folder: Path) -> str:
    try:
        sweep = read_sweep(folder)
    except SweepError:
        return f"{folder.name} (can't be read)"
    when = datetime.fromtimestamp((folder / "sweep.json").stat().st_mtime).strftime("%d %b, %H:%M")
    return f"{sweep.name or design.axes_of(sweep)} · {when}"


def _design() -> None:
    try:
        sweep = design.form()
    except (SweepError, ConfigError) as error:
        st.error(plain(error))
        return
    if sweep.impossible:
        index, reason = next(iter(sweep.impossible.items()))
        place = ", ".join(f"{name}={told(value)}" for name, value in sweep.places[index].items())
        st.caption(
            plain(f"{len(sweep.impossible):,} of {sweep.size:,} cells are impossible and left out. {place}: {reason}")
        )
    workers = max(1, (os.cpu_count() or 2) - 1)
    st.caption(plain(design.cost(sweep, workers)))
    if st.button("Start", type="primary", icon=":material/play_arrow:", disabled=not sweep.cells, key="sweeps_start"):
        folder = sweeps_folder() / f"{datetime.now():%Y%m%d-%H%M%S}-{token_hex(3)}"
        try:
            processes().begin(folder, sweep)
        except SweepError as error:
            st.error(plain(error))
            return
        st.query_params[SWEEP] = folder.name
        st.rerun()


def _sweep(folder: Path) -> None:
    try:
        sweep = read_sweep(folder)
    except SweepError as error:
        st.error(plain(error))
        return
    reader: Reader = recall(f"sweeps_reader_{folder}", None) or Reader(folder)
    keep(f"sweeps_reader_{folder}", reader)
    busy = _busy(reader)
    st.fragment(_watched, run_every=EVERY_S if busy else None)(sweep, reader, busy)


def _watched(sweep: Sweep, reader: Reader, was_busy: bool) -> None:
    """What is made anew as cells end."""
    busy = _busy(reader)
    reader.refresh()
    if was_busy and not busy:
        st.rerun()
    cells = list(reader.cells.values())
    _progress(sweep, reader, cells, busy)
    ended = [cell for cell in cells if "failed" not in cell]
    if not ended:
        st.caption(
            "The first cells are being trained: the map appears with the first that ends."
            if busy
            else "No cell has ended yet."
        )
        return
    key = f"sweeps_map_{reader.folder.name}"
    chosen = recall(f"{key}_chosen", None)
    sweeps.show(key, sweep, cells, chosen, on_choose=lambda: _choose(key))
    if chosen in reader.cells:
        _cell(sweep, reader.folder, reader.cells[chosen])
    else:
        st.caption("Point at a cell to read its seeds; click it to see more and to open it as a run.")


def _busy(reader: Reader) -> bool:
    """Whether it is being trained, by whomever, or is about to be."""
    return processes().runs(reader.folder) or reader.busy()


def _choose(key: str) -> None:
    event: Any = recall(key, None)
    if event is not None and event.choose is not None:
        keep(f"{key}_chosen", int(event.choose))


def _progress(sweep: Sweep, reader: Reader, cells: list[EndedCell], busy: bool) -> None:
    total, done = len(sweep.cells), sum("failed" not in cell for cell in cells)
    failed = [cell for cell in cells if "failed" in cell]
    fixed = ", ".join(setting_told(name, value) for name, value in sweep.base.items()) or "the defaults"
    with st.container(horizontal=True, vertical_alignment="center"):
        state = "being trained" if busy else "complete" if done == total else "stopped"
        far = Progress(done, total, 0.0, None).told()
        st.markdown(plain(f"{far}, {state} · {sweep.seeds} seeds, {sweep.steps:,} steps · {fixed}"))
        if busy and processes().runs(reader.folder):
            if st.button("Stop", icon=":material/stop:", key="sweeps_stop", help="What has ended stays; it can go on."):
                processes().stop(reader.folder)
                st.rerun()
        elif not busy and done < total and not is_room():
            if st.button("Go on", icon=":material/play_arrow:", key="sweeps_go_on"):
                try:
                    processes().go_on(reader.folder)
                except SweepError as error:
                    st.error(plain(error))
                st.rerun()
    if busy:
        st.progress(done / max(1, total))
    if failed:
        st.warning(plain(f"{len(failed):,} of {total:,} cells could not be trained. {failed[0]['failed']}"))


def _cell(sweep: Sweep, folder: Path, cell: EndedCell) -> None:
    """One cell: its settings, its numbers, and the way to its run."""
    index = int(cell["index"])
    place = sweep.places[index]
    with st.container(border=True):
        st.markdown("**" + plain(" · ".join(setting_told(name, value) for name, value in place.items())) + "**")
        if "failed" in cell:
            st.error(plain(str(cell["failed"])))
            return
        known = measures([cell])
        found = {name: column for name, column in values(cell).items() if name in known and len(column) == sweep.seeds}
        table = {"Seed": list(range(sweep.seeds))} | {known[name].label: column for name, column in found.items()}
        st.dataframe(table, hide_index=True)
        if st.button("Open this cell as a run", icon=":material/open_in_full:", type="primary", key="sweeps_open"):
            _open(sweep, folder, index)
        st.caption("It opens as a recorded run, with its film: it can be forked, compared and exported.")


def _open(sweep: Sweep, folder: Path, index: int) -> None:
    opened: dict[tuple[str, int], str] = recall(OPENED, {})
    id = opened.get((folder.name, index), "")
    try:
        store = engine().store
        if not id or store is None or not store.has(id):
            id = engine().take_in(parcel(folder, index), owner())
    except EngineError as error:
        st.error(plain(error))
        return
    keep(OPENED, opened | {(folder.name, index): id})
    config = next(cell for cell in sweep.cells if cell.index == index).config
    page = "images" if config.on_images else "train"
    forget(page)
    st.switch_page(f"{page}.py", query_params={RUN: id})
