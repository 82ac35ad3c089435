"""Getting image files: downloaded, from a folder of the visitor's, or the visitor's own."""

import streamlit as st

from playground.config import RunConfig
from playground.data import images
from playground.data.download import download
from playground.data.images import IMAGE_DATASETS, DataError
from playground.ui.session import PageSession

OWN = "own_images"


def offer(page: PageSession, config: RunConfig) -> None:
    """What can be done about wanted images that are not on this machine; nothing where they are."""
    if config.dataset == OWN:
        _take_own(page)
    if not page.missing_data(config):
        return
    row = IMAGE_DATASETS[config.dataset]
    with st.container(border=True):
        if config.dataset == OWN:
            st.caption("Choose a file above. Until then the run goes on with the images it has.")
            return
        st.markdown(f"**{row.label}** is not on this machine yet. Until it is, the run goes on with the images it has.")
        if st.button(f"Download {row.size / 1e6:.0f} MB", key=page.key("download"), width="stretch"):
            _download(page, config.dataset)
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
        st.error(str(error))
        return
    page.restart()
    st.rerun()


def _take_own(page: PageSession) -> None:
    file = st.file_uploader(
        "Your images (.npz)",
        type="npz",
        key=page.key("own"),
        help="With `images` (n, h, w) uint8 and optional `labels`; h and w multiples of 4 up to 32.",
    )
    if file is None:
        return
    try:
        own = images.register_own(file)
    except DataError as error:
        st.error(str(error))
        return
    height, width = own.shape
    st.caption(f"{len(own.images):,} images of {height} × {width} to train on, {len(own.test_images):,} held out.")
