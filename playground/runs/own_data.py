"""Points or images that somebody has given: they go into the archive of a run that learns them."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from playground.config import RunConfig
from playground.data import own_images, own_points
from playground.data.errors import DataError
from playground.runs.archive_reader import ArchiveReader
from playground.runs.record import Record, StoreError

MAX_BYTES = 64 << 20
"""Larger ones do not travel along; a run then says that they are missing."""


@dataclass(frozen=True)
class _Own:
    """A dataset that somebody has given. id: the setting that names it. content: its file, by its id.

    keep: keeps a file's content where runs look for it. Raises DataError where it is not of that id.
    """

    dataset: str
    id: str
    content: Callable[[str], bytes]
    keep: Callable[[bytes, str], object]


_OWN_DATA: dict[str, _Own] = {
    "points.npz": _Own(
        own_points.OWN_POINTS, "points_id", lambda id: own_points.load(id).to_bytes(), own_points.register_bytes
    ),
    "images.npz": _Own(
        own_images.OWN_IMAGES,
        "images_id",
        own_images.content,
        lambda content, id: own_images.register(io.BytesIO(content), id),
    ),
}
"""By the name of the file in the archive."""


def travelling(record: Record) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the points or images that the run learns, if they are here and not too large."""
    for name, row in _OWN_DATA.items():
        if record.settings.get("dataset") == row.dataset:
            with suppress(DataError):
                content = row.content(str(record.settings.get(row.id, "")))
                if len(content) <= MAX_BYTES:
                    yield name, content


def take(archive: ArchiveReader, config: RunConfig) -> None:
    """Keep the archive's points or images where runs look for them."""
    for name, row in _OWN_DATA.items():
        if not archive.has(name):
            continue
        what = name.removesuffix(".npz")
        id: str = getattr(config, row.id)
        if config.dataset != row.dataset or not id:
            raise archive.damaged(f"its config names no {what} of one's own, yet it holds some")
        try:
            row.keep(archive.read(name), id)
        except DataError as error:
            raise StoreError(f"The {what} in this archive can't be used: {error}") from None
