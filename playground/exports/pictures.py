"""A recorded picture drawn outside the browser: the real and the generated points over D's map, the grid of digits, or
the way of a game of two numbers over its arrows.

The colours are those of the page in its light theme (Okabe and Ito's, which a colour-blind person can tell apart).
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from playground.frame import Frame, Scene
from playground.palette import BETWEEN_IMAGES, LIGHT, rgb

REAL, FAKE, REAL_FIELD, FAKE_FIELD = (rgb(LIGHT[name]) for name in ("real", "fake", "realField", "fakeField"))
BARS = (230, 158, 102)
PAPER, INK, LINE, GAP = (255, 255, 255), (49, 51, 63), (190, 192, 199), rgb(BETWEEN_IMAGES)
ARROW = (140, 142, 150)
_OVER = 3  # circles are drawn so many times larger and then scaled down: Pillow draws no smooth ones
_BINS = 80
_HEADROOM = 2.0

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Values = NDArray[Any]


@dataclass
class Painter:
    """Draws the pictures of one run, one after the other. side: of the square picture, in pixels.

    smoothing: how fast the colours follow the range of a critic, whose values have no unit; 1 is at once.
    dots: how many times larger than usual points are drawn, for a picture that is seen small.
    """

    scene: Scene
    side: int = 320
    smoothing: float = 1.0
    dots: float = 1.0
    _range: tuple[float, float] | None = field(default=None, init=False)

    def draw(self, frame: Frame, caption: str = "") -> Image.Image:
        """The picture of a frame, (side, side), with a caption in its corner, or above images."""
        if self.scene.kind == "images":
            return _titled(_grid(frame.arrays["images"], self.scene.grid_side or 10, self.side), caption)
        if self.scene.kind == "phase":
            picture = self._phase(frame)
        elif self.scene.dim == 1:
            picture = self._line(frame)
        else:
            picture = self._plane(frame)
        return labelled(picture, caption)

    def target(self) -> Image.Image | None:
        """The real points alone, as the last panel of a filmstrip; None where there are none to see."""
        if self.scene.kind != "points" or not self.scene.real or self.scene.dim == 1:
            return None
        picture = Image.new("RGB", (self.side, self.side), PAPER)
        self._dots(picture, np.array(self.scene.real), REAL, 1.0, 230)
        return labelled(_bordered(picture), "data")

    def _plane(self, frame: Frame) -> Image.Image:
        picture = Image.new("RGB", (self.side, self.side), PAPER)
        if "discriminator" in frame.arrays:
            colours = _coloured(self._unit(frame)[::-1])  # rows come from low y to high y
            # The outer grid points lie on the border, hence the half pixel.
            rows, columns = colours.shape[:2]
            box = (0.5, 0.5, columns - 0.5, rows - 0.5)
            picture = Image.fromarray(colours).resize((self.side, self.side), Image.Resampling.BILINEAR, box=box)
        self._dots(picture, np.array(self.scene.real).reshape(-1, 2), REAL, 0.9, 150)
        self._dots(picture, frame.arrays["fake"], FAKE, 1.3, 255)
        return _bordered(picture)

    def _dots(self, picture: Image.Image, points: Values, colour: Colour, radius: float, opacity: int) -> None:
        """Points (n, 2) as dots; what lies outside, or is not finite, is not drawn. radius: at 320 pixels."""
        low, high = self.scene.extent
        unit = (points.astype(float) - low) / (high - low)
        inside = unit[((unit >= 0) & (unit <= 1)).all(axis=1)]  # NaN is not
        side, size = self.side * _OVER, radius * self.dots * self.side / 320 * _OVER
        mask = Image.new("L", (side, side), 0)
        pen = ImageDraw.Draw(mask)
        for x, y in zip(inside[:, 0] * side, (1 - inside[:, 1]) * side, strict=True):
            pen.ellipse((x - size, y - size, x + size, y + size), fill=opacity)
        picture.paste(colour, mask=mask.reduce(_OVER))

    def _line(self, frame: Frame) -> Image.Image:
        """The densities of real (line) and generated values (bars), and D's curve over D's map."""
        low, high = self.scene.extent
        side = self.side
        picture = Image.new("RGB", (side, side), PAPER)
        curve: Values | None = None
        if "discriminator" in frame.arrays:
            curve = self._unit(frame).reshape(-1)
            strip = Image.fromarray(_coloured(curve[None])).resize((side, side), Image.Resampling.BILINEAR)
            picture = Image.blend(picture, strip, 0.5)
        pen = ImageDraw.Draw(picture)
        real = np.array(self.scene.density or _heights(np.array(self.scene.real).reshape(-1), low, high))
        top = _HEADROOM * max(float(real.max()), 1e-9)
        heights = np.minimum(_heights(frame.arrays["fake"].reshape(-1), low, high) / top, 1)
        for place, height in enumerate(heights):
            if height > 0:
                left, right = place / _BINS * side, (place + 1) / _BINS * side - 1
                pen.rectangle((left, side * (1 - height), max(left, right), side), fill=BARS)
        _trace(pen, np.minimum(real / top, 1), side, REAL)
        if curve is not None:
            _trace(pen, curve, side, INK)
        return _bordered(picture)

    def _phase(self, frame: Frame) -> Image.Image:
        """The way of a game of two numbers, the older the fainter, over the arrows of single steps."""
        low, high = self.scene.extent
        side = self.side * _OVER
        scale = side / (high - low)
        picture = Image.new("RGB", (side, side), PAPER)
        pen = ImageDraw.Draw(picture)

        def at(places: Values) -> Values:
            """(n, 2) in the plane -> pixels, y downwards."""
            return np.stack([places[:, 0] - low, high - places[:, 1]], axis=1) * scale

        width = max(2, side // 300)
        middle = -low * scale
        pen.line((middle, 0, middle, side), LINE, width)
        pen.line((0, middle, side, middle), LINE, width)
        field = frame.arrays["field"].astype(float)
        ticks = low + (high - low) * (np.arange(len(field)) + 0.5) / len(field)
        places, moves = at(np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)), field.reshape(-1, 2) * (1, -1)
        sizes = np.hypot(*moves.T)
        most = max(float(np.max(sizes, where=np.isfinite(sizes), initial=0.0)), 1e-30)
        for place, move, size in zip(places, moves, sizes, strict=True):
            if size > 1e-6 * most:  # NaN is not
                _arrow(pen, place, move / size * side / len(field) * (0.22 + 0.64 * np.sqrt(size / most)), width)
        for real in at(np.array(self.scene.real)):
            pen.circle(tuple(real), side / 60, outline=REAL, width=2 * width)
        way = at(frame.arrays["path"].astype(float))
        for age, (start, end) in enumerate(zip(way, way[1:], strict=False), start=1):
            if np.isfinite([start, end]).all() and np.abs([start, end]).max() < 10 * side:
                pen.line((*start, *end), _mixed(FAKE, 0.1 + 0.85 * age / len(way)), 2 * width, "curve")
        if np.isfinite(way[-1]).all():
            pen.circle(tuple(way[-1]), side / 55, fill=FAKE, outline=PAPER, width=width)
        return _bordered(picture.reduce(_OVER))

    def _unit(self, frame: Frame) -> NDArray[np.float64]:
        """Values of D from 0 (fake) to 1 (real): probabilities; a critic's between its own low and high. NaN stays."""
        values = frame.arrays["discriminator"].astype(float)
        if frame.values.get("log_odds", True):
            return 0.5 * (1 + np.tanh(0.5 * values))
        finite = values[np.isfinite(values)]
        if not finite.size:
            return values
        low, high = float(finite.min()), float(finite.max())
        if self._range is not None:
            before = self._range
            low, high = before[0] + self.smoothing * (low - before[0]), before[1] + self.smoothing * (high - before[1])
        self._range = low, high
        return np.clip((values - low) / max(high - low, 1e-12), 0, 1)


def labelled(picture: Image.Image, caption: str) -> Image.Image:
    """The picture with a caption on paper in its upper left corner."""
    if not caption:
        return picture
    pen, size = ImageDraw.Draw(picture), max(11, picture.width // 20)
    font = _font(size)
    _, _, right, bottom = pen.textbbox((0, 0), caption, font=font)
    pad = size // 3
    pen.rectangle((0, 0, right + 2 * pad, bottom + 2 * pad), fill=PAPER, outline=LINE)
    pen.text((pad, pad), caption, INK, font)
    return picture


def _titled(picture: Image.Image, caption: str) -> Image.Image:
    """The picture with a caption above it."""
    size = max(11, picture.width // 20)
    taller = Image.new("RGB", (picture.width, picture.height + 2 * size), PAPER)
    taller.paste(picture, (0, 2 * size))
    ImageDraw.Draw(taller).text((size // 3, size // 3), caption, INK, _font(size))
    return taller


def round_number(step: int) -> str:
    """0, 500, 5k, 12.5k, 2M: a step as lecture slides write it."""
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if step >= size and (step * 10) % size == 0:
            return f"{step / size:g}{letter}"
    return f"{step:,}"


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _grid(images: Pixels, columns: int, side: int) -> Image.Image:
    """Images (n, h, w) or (n, h, w, 3) in rows of so many, a gap between them, as large as fits into a square of that
    side."""
    count, height, width = images.shape[:3]
    rows = -(-count // columns)
    sheet = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1, 3), GAP, np.uint8)
    for place, image in enumerate(images):
        y, x = place // columns * (height + 1) + 1, place % columns * (width + 1) + 1
        sheet[y : y + height, x : x + width] = image.reshape(height, width, -1)
    scale = side / max(sheet.shape[:2])
    size = (max(1, round(sheet.shape[1] * scale)), max(1, round(sheet.shape[0] * scale)))
    way = Image.Resampling.NEAREST if scale >= 5 else Image.Resampling.LANCZOS
    picture = Image.new("RGB", (side, side), PAPER)
    picture.paste(Image.fromarray(sheet).resize(size, way), ((side - size[0]) // 2, (side - size[1]) // 2))
    return picture


def _coloured(unit: NDArray[np.float64]) -> Pixels:
    """Values from 0 to 1 as colours: fake, paper at one half, real. NaN is paper. (h, w) -> (h, w, 3)."""
    place = 2 * np.nan_to_num(unit, nan=0.5) - 1
    ends = np.where((place < 0)[..., None], np.array(FAKE_FIELD), np.array(REAL_FIELD)) - np.array(PAPER)
    colours: Pixels = (np.array(PAPER) + ends * np.abs(place)[..., None]).round().astype(np.uint8)
    return colours


def _heights(values: Values, low: float, high: float) -> NDArray[np.float64]:
    """The density of values in equal bins over the extent, (_BINS,)."""
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(finite, bins=_BINS, range=(low, high))
    return np.asarray(counts / ((high - low) / _BINS * max(len(values), 1)))


def _trace(pen: ImageDraw.ImageDraw, shares: Values, side: int, colour: Colour) -> None:
    """A curve of shares from 0 (bottom) to 1 (top), evenly over the width; broken where it is not finite."""
    x = np.linspace(0, side - 1, len(shares))
    width = max(2, side // 160)
    for begin in range(len(shares) - 1):
        pair = [(float(x[i]), float((1 - shares[i]) * (side - 1))) for i in (begin, begin + 1)]
        if np.isfinite(pair).all():
            pen.line(pair, colour, width)


def _arrow(pen: ImageDraw.ImageDraw, place: Values, move: Values, width: int) -> None:
    """An arrow of this length, in pixels, centred at a place."""
    tip, across = place + move / 2, np.array([-move[1], move[0]])
    pen.line((*(place - move / 2), *tip), ARROW, width)
    for side in (-1, 1):
        pen.line((*tip, *(tip - 0.3 * move + side * 0.18 * across)), ARROW, width)


def _mixed(colour: Colour, share: float) -> Colour:
    """So much of a colour, the rest paper."""
    red, green, blue = (round(paper + share * (part - paper)) for part, paper in zip(colour, PAPER, strict=True))
    return red, green, blue


def _bordered(picture: Image.Image) -> Image.Image:
    ImageDraw.Draw(picture).rectangle((0, 0, picture.width - 1, picture.height - 1), outline=LINE)
    return picture
