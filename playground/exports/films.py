"""A run's training as one file: an animated GIF, or a filmstrip as lecture slides show it."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from playground.exports.pictures import (
    BARS,
    FAKE,
    FAKE_FIELD,
    GAP,
    INK,
    LINE,
    PAPER,
    REAL,
    REAL_FIELD,
    Colour,
    Painter,
    round_number,
)
from playground.frame import decode
from playground.runs.reader import RunReader
from playground.runs.record import StoreError
from playground.runs.thinning import strides

MAX_PICTURES = 100
"""In an animation."""
MAX_BYTES = 8 << 20
"""Of an animation: a larger one is made again with half as many pictures."""
GIF_SIDE, PANEL_SIDE = 360, 300
PICTURE_MS, LAST_MS = 100, 2000
SMOOTHING = 0.5
"""Of a critic's colours from picture to picture, so that an animation does not flicker."""
MAX_PANELS = 8


def animation(store: RunReader, run: str, side: int = GIF_SIDE) -> bytes:
    """The recorded pictures as an endless GIF, at most MAX_PICTURES and about MAX_BYTES. Raises StoreError."""
    steps = _steps(store, run)
    chosen = thinned(steps, MAX_PICTURES)
    content = _gif(store, run, chosen, side)
    while len(content) > MAX_BYTES and len(chosen) > 2:
        chosen = thinned(chosen, max(2, len(chosen) // 2))
        content = _gif(store, run, chosen, side)
    return content


def filmstrip(store: RunReader, run: str, side: int = PANEL_SIDE) -> bytes:
    """A PNG: pictures of round steps (0, 5k, 10k …) side by side, captioned; then the data. Raises StoreError."""
    steps = _steps(store, run)
    scene = store.scene(run)
    if scene is None:
        raise StoreError(_NOTHING)
    painter = Painter(scene, side)
    panels: list[Image.Image] = []
    for step in panel_steps(steps):
        frame = decode(store.keyframe(run, step)[1])
        panels.append(painter.draw(frame, f"step {round_number(step)}" if not panels else round_number(step)))
    target = painter.target()
    if target is not None:
        panels.append(target)
    gap = side // 30
    strip = Image.new("RGB", (len(panels) * (side + gap) - gap, panels[0].height), PAPER)
    for place, panel in enumerate(panels):
        strip.paste(panel, (place * (side + gap), 0))
    out = io.BytesIO()
    strip.save(out, "PNG", optimize=True)
    return out.getvalue()


def panel_steps(steps: Sequence[int]) -> list[int]:
    """Those of the recorded steps that a strip shows: multiples of the smallest round stride that fits.

    The first and the last step are shown too where there is room.
    """
    if len(steps) <= MAX_PANELS:
        return list(steps)
    for stride in strides():
        # A long run has not recorded every multiple: of the multiples only those count that are recorded.
        chosen = [step for step in steps if step % stride == 0]
        if len(chosen) <= MAX_PANELS:
            break
    chosen = sorted({steps[0], *chosen})
    if len(chosen) < MAX_PANELS:
        chosen = sorted({*chosen, steps[-1]})
    return chosen[:MAX_PANELS]


def thinned(steps: Sequence[int], most: int) -> list[int]:
    """At most so many of the steps, evenly; the first and the last always."""
    if len(steps) <= most:
        return list(steps)
    return [steps[round(place)] for place in np.linspace(0, len(steps) - 1, most)]


_NOTHING = "No picture of this run has been recorded yet: train it first."


def _steps(store: RunReader, run: str) -> list[int]:
    steps = store.keyframe_steps(run)
    if not steps or store.scene(run) is None:
        raise StoreError(_NOTHING)
    return steps


def _gif(store: RunReader, run: str, steps: Sequence[int], side: int) -> bytes:
    scene = store.scene(run)
    if scene is None:
        raise StoreError(_NOTHING)
    painter, palette = Painter(scene, side, SMOOTHING), _palette()
    pictures = []
    for step in steps:
        frame = decode(store.keyframe(run, step)[1])
        picture, images = painter.draw(frame, f"step {step:,}"), frame.arrays.get("images")
        stacks = images is not None and images.ndim == 4  # their colours are not the page's: each picture has its own
        pictures.append(picture.quantize(palette=None if stacks else palette, dither=Image.Dither.NONE))
    out = io.BytesIO()
    times = [PICTURE_MS] * (len(pictures) - 1) + [LAST_MS]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


def _palette() -> Image.Image:
    """256 colours for all pictures of an animation: D's map in 2 × 40 steps, each mixed with the dots', and greys."""

    def blend(start: Colour, end: Colour, count: int) -> list[list[int]]:
        shares = np.linspace(0, 1, count)[:, None]
        mixed = np.round(np.array(start) + shares * (np.array(end) - np.array(start)))
        return [[int(value) for value in colour] for colour in mixed]

    colours = [*blend(FAKE_FIELD, PAPER, 40), *blend(PAPER, REAL_FIELD, 40)]
    for field in (FAKE_FIELD, PAPER, REAL_FIELD):
        colours += [*blend(field, REAL, 14), *blend(field, FAKE, 14)]
    colours += [*blend((0, 0, 0), PAPER, 70), *blend(INK, PAPER, 8), *blend(BARS, REAL, 4), *blend(BARS, INK, 4)]
    colours += [list(LINE), list(GAP)]
    flat = [value for colour in colours[:256] for value in colour]
    image = Image.new("P", (1, 1))
    image.putpalette(flat + [255] * (768 - len(flat)))
    return image
