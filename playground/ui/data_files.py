"""Getting data that the playground does not bring along: image files, and points of the visitor's own."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import streamlit as st

from playground.config import RunConfig
from playground.data import image_data, own_drawing, own_images, own_picture, own_points, own_table
from playground.data.download import download
from playground.data.image_data import IMAGE_DATASETS, DataError, source_of
from playground.data.own_images import OWN_IMAGES
from playground.data.own_points import OWN_POINTS, OwnPoints
from playground.ui import drawing, run_actions
from playground.ui.escaping import plain
from playground.ui.page_session import PageSession

Reader = Callable[[bytes], OwnPoints]

UPLOADS: dict[str, tuple[Reader, str, list[str], str]] = {
    "CSV": (
        own_table.read,
        "A table of two columns",
        ["csv", "tsv", "txt"],
        f"Numbers, with or without headings, from {own_table.MIN_ROWS} to {own_table.MAX_ROWS:,} rows.",
    ),
    "Picture": (
        own_picture.read,
        "A dark shape on light ground",
        ["png", "jpg", "jpeg"],
        "PNG or JPEG. The darker a place, the more points there; transparency counts as white.",
    ),
}
"""Beside drawing: how points can be uploaded, with reader, label, endings and help."""
PREVIEW_CELLS = 96


def offer(page: PageSession, config: RunConfig) -> None:
    """What can be done about wanted images that are not on this machine; nothing where they are."""
    if config.dataset == OWN_IMAGES:
        _offer_own(page, config)
        return
    if page.has_data(config):
        return
    name = source_of(config.dataset)
    row = IMAGE_DATASETS[name]
    with st.container(border=True):
        st.markdown(f"**{row.label}** is not on this machine yet. Until it is, the run goes on with the images it has.")
        if st.button(f"Download {row.size / 1e6:.0f} MB", key=page.key("download"), width="stretch"):
            _download(page, name)
        st.text_input(
            "or name a folder",
            key=page.key("folder"),
            placeholder="/path/to/folder",
            help=f"A folder with {', '.join(row.files)}, gzipped or not.",
        )
        if page.folder is not None:
            st.caption(f"That folder has no {row.label}: it needs {', '.join(row.files)}.")


def _download(page: PageSession, name: str) -> None:
    bar = st.progress(0.0, text="Connecting…")

    def show(done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0), text=f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    try:
        download(name, None, show)
    except DataError as error:
        bar.empty()
        st.error(plain(error))
        return
    run_actions.restart(page)
    st.rerun()


def _offer_own(page: PageSession, config: RunConfig) -> None:
    """A way to upload images of one's own, and what the present ones are."""
    st.file_uploader(
        "Your images (.npz)",
        type="npz",
        key=page.key("own"),
        help="With `images` (n, h, w) uint8 and optional `labels`; h and w multiples of 4 up to 32.",
        on_change=lambda: _take_own(page),
    )
    try:
        own = image_data.load(config.dataset, page.folder, config.images_id)
    except DataError as error:
        st.caption(f"{plain(error)} Until then the run goes on with the images it has.")
        return
    height, width = own.shape
    st.caption(f"{len(own.images):,} images of {height} × {width} to train on, {len(own.test_images):,} held out.")


def _take_own(page: PageSession) -> None:
    file = st.session_state.get(page.key("own"))
    if file is None:
        return
    try:
        page.want(page.take_widgets().replace(images_id=own_images.register(file)))
    except DataError as error:
        page.say(str(error))


def offer_points(page: PageSession, config: RunConfig) -> None:
    """Where the dataset is the visitor's own points: ways to give some, and what the present ones are."""
    if config.dataset != OWN_POINTS:
        return
    ways = ["Draw", *UPLOADS]
    way = st.segmented_control(
        "How to give your points",
        ways,
        default="Draw",
        required=True,
        key=page.key("way"),
        label_visibility="collapsed",
    )
    if way in UPLOADS:
        _take_upload(page, way)
    else:
        drawing.show(page.key("drawing"), on_train=lambda: _take_drawing(page))
    try:
        st.caption(f"**Your points:** {plain(own_points.load(config.points_id).described())}")
    except DataError as error:
        st.caption(f"{plain(error)} Until then the run goes on with the data it has.")


def _take_drawing(page: PageSession) -> None:
    try:
        run_actions.train_on(page, own_points.register(own_drawing.read(page.sent("drawing", "train"))))
    except DataError as error:
        page.say(str(error))


def _take_upload(page: PageSession, way: str) -> None:
    read, label, endings, help = UPLOADS[way]
    file = st.file_uploader(label, type=endings, key=page.key(way.lower()), help=help)
    if file is None:
        return
    try:
        own = _read(read, file.getvalue())
    except DataError as error:
        st.error(plain(error))
        return
    st.image(_preview(own), width="stretch")
    st.caption(f"{own.count:,} {'points' if own.origin == 'table' else 'dark pixels'} found.")
    st.button(
        "Train on these points",
        key=page.key(f"train_on_{way.lower()}"),
        on_click=_take,
        args=(page, own),
        type="primary",
        width="stretch",
    )


def _take(page: PageSession, own: OwnPoints) -> None:
    try:
        run_actions.train_on(page, own_points.register(own))
    except DataError as error:
        page.say(str(error))


@lru_cache(maxsize=4)
def _read(read: Reader, content: bytes) -> OwnPoints:
    """A file's points; a rerun of the page reads nothing again."""
    return read(content)


def _preview(own: OwnPoints) -> np.ndarray:
    """The distribution as it will stand on the stage, dark on white: (h, w) uint8."""
    data = own.distribution
    masses = data.cell_masses(np.linspace(*data.extent, PREVIEW_CELLS + 1)).T[::-1]
    # Square root: a lonely point would not be seen beside a heap.
    shade: np.ndarray = 255 - (255 * np.sqrt(masses / masses.max())).astype(np.uint8)
    return shade
