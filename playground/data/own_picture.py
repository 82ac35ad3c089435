"""Points from a picture: the darker a place, the likelier. Light paper counts as white, transparency too."""

import io
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

from playground.data.distribution import Floats
from playground.data.errors import DataError
from playground.data.own_points import OwnPoints

MAX_BYTES = 20_000_000
MAX_PIXELS = 25_000_000
"""Of the picture as it is uploaded."""
SIDE = 80
"""Pixels along the longer side that the picture is reduced to."""
SPAN = 4.0
"""Length of that side, in data units: from -2 to 2."""

_PAPER = 0.1  # darkness, from 0 to 1, that still counts as paper: a scan is never quite white
_BLANK = 0.5  # pixels' worth of darkness that a picture needs at least
_BLUR = 0.6  # of a pixel: the Gaussians of equal pixels then add up to an even surface, to 0.2 %
_EXPECTED = "a picture is a PNG or JPEG file"
_BROKEN = (OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError, OverflowError, MemoryError, IndexError)


def read(content: bytes) -> OwnPoints:
    """The dark pixels of a PNG or JPEG file, reduced to at most 80 along the longer side. Raises DataError."""
    darkness = _darkness(content)
    darkness = np.where(darkness > _PAPER, darkness, 0.0)
    if darkness.sum() < _BLANK:
        raise DataError("The picture is blank: there is nothing dark in it on light ground.")
    rows, columns = np.nonzero(darkness)
    height, width = darkness.shape
    pixel = SPAN / max(height, width)
    centres = pixel * np.stack([columns - (width - 1) / 2, (height - 1) / 2 - rows], axis=1)
    weights = darkness[rows, columns]
    rule = f"{_BLUR:g} of a pixel, at {width} × {height} pixels"
    return OwnPoints(centres, weights / weights.sum(), _BLUR * pixel, "picture", len(weights), rule)


def _darkness(content: bytes) -> Floats:
    """(h, w), from 0 (white) to 1 (black), the longer side at most SIDE."""
    if not content:
        raise DataError(f"The file is empty: {_EXPECTED}.")
    if len(content) > MAX_BYTES:
        raise DataError(f"The file has {len(content) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.")
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as file:
            if file.width * file.height > MAX_PIXELS:
                raise DataError(
                    f"The picture has {file.width:,} × {file.height:,} pixels; "
                    f"at most {MAX_PIXELS / 1e6:.0f} million are read."
                )
            file.draft("RGB", (8 * SIDE, 8 * SIDE))  # a JPEG can be read at an eighth of its size
            return _reduced(file)
    except Image.DecompressionBombError:
        raise DataError(f"The picture is too large; at most {MAX_PIXELS / 1e6:.0f} million pixels are read.") from None
    except _BROKEN:
        raise DataError(f"The file is damaged or no picture: {_EXPECTED}.") from None


def _reduced(file: Image.Image) -> Floats:
    picture: Image.Image = file
    if picture.mode.startswith(("I", "F")):  # 16 bits of grey, which convert() would cut off instead of scaling
        grey = np.asarray(picture, dtype=float) / 65535
        picture = Image.fromarray((255 * grey.clip(0, 1)).astype(np.uint8))
    has_alpha = picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info
    picture = ImageOps.exif_transpose(picture).convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    values = np.asarray(picture, dtype=float) / 255
    light = values[..., :3] @ np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as everywhere in Pillow
    darkness: Floats = 1 - light
    if has_alpha:
        darkness = darkness * values[..., 3]
    return darkness.clip(0, 1)
