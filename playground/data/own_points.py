"""Points of somebody's own: drawn, from a table or from a picture, kept as files that are named by their content.

Nothing is ever unpickled, and a file whose content does not fit its name is not used.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, get_args

import numpy as np

from playground.data import npz
from playground.data.distribution import Floats, Modes
from playground.data.errors import DataError
from playground.data.kept_files import ID_DIGITS, KeptFiles
from playground.data.kernel import MAX_COMPONENTS
from playground.data.shapes import SmoothedPoints

OWN_POINTS = "own_points"
"""What the dataset is called in a run's settings."""
KEPT = KeptFiles(
    "points",
    "GAN_PLAYGROUND_POINTS",
    "drawn or uploaded",
    "There are no points of your own yet: draw some, or upload a table or a picture.",
    max_files=1000,
    max_bytes=1 << 30,
)
MAX_COORDINATE = 20.0
"""The parsers bring everything to about this playground's scale, -2 to 2; outliers may lie further out."""

Origin = Literal["drawing", "table", "picture"]

_CELL_SIGMAS = 2.0
_MAX_BYTES = 24 * MAX_COMPONENTS + 20_000
_WORDS = 400


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """centres: (K, 2), where the Gaussians stand. weights: (K,), summing to 1. bandwidth: their standard deviation.

    origin: what they were made from. count: the points, pixels or strokes that were given.
    rule: how the bandwidth was chosen, in words. note: what was done to the coordinates, one sentence or "".
    Raises DataError where these do not fit together.
    """

    centres: Floats
    weights: Floats
    bandwidth: float
    origin: Origin
    count: int
    rule: str
    note: str = ""

    def __post_init__(self) -> None:
        centres, weights = (np.array(array, dtype="<f8") for array in (self.centres, self.weights))
        fits = (
            centres.ndim == 2
            and centres.shape[1:] == (2,)
            and weights.shape == centres.shape[:1]
            and 1 <= len(weights) <= MAX_COMPONENTS
            and bool((np.abs(centres) <= MAX_COORDINATE).all())  # written so that NaN fails
            and bool((weights > 0).all())
            and abs(float(weights.sum()) - 1) < 1e-9
            and 1e-3 <= self.bandwidth <= 10
            and self.origin in get_args(Origin)
            and self.count >= 1
            and max(len(self.rule), len(self.note)) <= _WORDS
        )
        if not fits:
            raise DataError(
                f"Points of one's own must be 1 to {MAX_COMPONENTS:,} finite places within ±{MAX_COORDINATE:g}."
            )
        for name, array in (("centres", centres), ("weights", weights)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @cached_property
    def id(self) -> str:
        """Names the content: 24 hexadecimal digits of its SHA-256."""
        summed = hashlib.sha256(json.dumps(self._facts(), sort_keys=True).encode())
        summed.update(self.centres.tobytes())
        summed.update(self.weights.tobytes())
        return summed.hexdigest()[:ID_DIGITS]

    @cached_property
    def distribution(self) -> SmoothedPoints:
        """What is trained on: each point blurred by the bandwidth."""
        return SmoothedPoints(Modes(self.centres, self.weights, self.bandwidth), cell_sigmas=_CELL_SIGMAS)

    def described(self) -> str:
        """What these points are and how their density comes about, in two or three sentences."""
        what = {"drawing": "stroke", "table": "point", "picture": "dark pixel"}[self.origin]
        where = {"drawing": "drawn", "table": "from a table", "picture": "of a picture"}[self.origin]
        return " ".join(
            filter(
                None,
                (
                    f"{self.count:,} {what}{'s' if self.count != 1 else ''} {where}.",
                    self.note,
                    f"G learns them blurred by a Gaussian of σ = {self.bandwidth:.3g} ({self.rule}): the density, and "
                    "with it the JSD and D*, is that estimate.",
                ),
            )
        )

    def _facts(self) -> dict[str, Any]:
        return {
            "bandwidth": self.bandwidth,
            "origin": self.origin,
            "count": self.count,
            "rule": self.rule,
            "note": self.note,
        }

    def to_bytes(self) -> bytes:
        """The content of an .npz file, not compressed."""
        buffer = io.BytesIO()
        facts = np.frombuffer(json.dumps(self._facts(), sort_keys=True).encode(), np.uint8)
        points = np.column_stack([self.centres, self.weights])
        np.savez(buffer, allow_pickle=False, points=points, about=facts)
        return buffer.getvalue()

    @staticmethod
    def from_bytes(content: bytes) -> "OwnPoints":
        """The way back. Raises DataError for anything that `to_bytes` would not have written."""
        if len(content) > _MAX_BYTES:
            raise DataError(f"A file of points may have at most {_MAX_BYTES:,} bytes.")
        arrays = npz.read_plain(content, ("points", "about"))
        points, about = arrays["points"], arrays["about"]
        if points.dtype != np.dtype("<f8") or points.ndim != 2 or points.shape[1] != 3 or about.dtype != np.uint8:
            raise DataError("The file of points does not hold what this playground writes.")
        try:
            facts = json.loads(about.tobytes())
            return OwnPoints(
                points[:, :2],
                points[:, 2],
                float(facts["bandwidth"]),
                facts["origin"],
                int(facts["count"]),
                str(facts["rule"]),
                str(facts["note"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            raise DataError("The file of points does not hold what this playground writes.") from None


def register(own: OwnPoints) -> str:
    """Keeps points where `load` finds them; returns their id. Raises DataError where that fails."""
    KEPT.write(own.id, lambda file: file.write(own.to_bytes()))
    return own.id


def register_bytes(content: bytes, id: str) -> None:
    """Keeps what `to_bytes` has written, if these are the points of that id. Raises DataError."""
    own = OwnPoints.from_bytes(content)
    if own.id != id:
        raise DataError(f"The file holds other points than '{id}'.")
    register(own)


def available(id: str) -> bool:
    """Whether the points of that id are on this machine."""
    try:
        return KEPT.has(id) and load(id) is not None
    except DataError:
        return False


@lru_cache(maxsize=16)
def load(id: str) -> OwnPoints:
    """The points of that id; a second call returns the same object. Raises DataError where they are not here."""
    path = KEPT.path(id)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(f"'{path}' is not a file of points that this playground wrote.")
        own = OwnPoints.from_bytes(path.read_bytes())
    except OSError as error:
        raise DataError(f"'{path}' can't be read: {error.strerror or error}.") from None
    if own.id != id:
        raise KEPT.changed(id)
    return own
