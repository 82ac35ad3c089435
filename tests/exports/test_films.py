"""Pictures outside the browser: what stands where, in which colour, and how much of it."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from playground.exports import films, pictures
from playground.exports.pictures import FAKE_FIELD, REAL_FIELD, Painter, round_number
from playground.frame import Frame, Scene
from playground.runs.store import RunStore, StoreError
from tests.exports.conftest import Record

SCENE = Scene("points", 1, 2, (-2.0, 2.0), 4, [[1.0, 1.0]], [[1.0, 1.0]])


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def close(found: Any, expected: tuple[int, ...], by: int = 12) -> bool:
    return bool(np.abs(np.subtract(found[:3], expected)).max() <= by)


def test_points_stand_where_the_data_say() -> None:
    """y goes up: real at the upper right, generated at the lower left; D says fake on the left, real on the right."""
    logits = np.tile(np.array([-50.0, -50.0, 50.0, 50.0], np.float32), (4, 1))
    fake = np.array([[-1.0, -1.0], [np.nan, 0.0], [9.0, 0.0]], np.float32)
    picture = Painter(SCENE, 200).draw(Frame({"log_odds": True}, {"fake": fake, "discriminator": logits}))
    assert picture.size == (200, 200)
    at = {name: np.array(picture)[y, x] for name, (x, y) in PLACES.items()}
    assert close(at["upper left"], FAKE_FIELD) and close(at["lower right"], REAL_FIELD)
    assert at["real"][2] > at["real"][0] + 60 and at["fake"][0] > at["fake"][2] + 100


PLACES = {"upper left": (30, 60), "lower right": (170, 140), "real": (150, 50), "fake": (50, 150)}


def test_a_critics_map_spans_its_own_range_and_follows_it_slowly() -> None:
    painter = Painter(SCENE, 60, smoothing=0.15)

    def corner(scale: float) -> Any:
        logits = scale * np.tile(np.linspace(-1, 1, 4, dtype=np.float32), (4, 1))
        frame = Frame({"log_odds": False}, {"fake": np.zeros((1, 2), np.float32), "discriminator": logits})
        return np.array(painter.draw(frame))[30, 2]

    assert close(corner(1.0), FAKE_FIELD, 20) and close(corner(1000.0), FAKE_FIELD, 20)
    later = corner(1.0)  # the range of the large picture still holds: this one is near the middle
    assert later.min() > 240


def test_nan_is_paper() -> None:
    logits = np.full((4, 4), np.nan, np.float32)
    arrays = {"fake": np.full((3, 2), np.nan, np.float32), "discriminator": logits}
    for odds in (True, False):
        picture = Painter(SCENE, 100).draw(Frame({"log_odds": odds}, arrays))
        assert close(picture.getpixel((20, 60)), (255, 255, 255), 0)


def test_a_game_of_two_numbers_is_drawn_with_its_way_and_its_arrows() -> None:
    """θ to the right, ψ upwards: from the upper right to the lower left; arrows point right, where there are any."""
    field = np.full((4, 4, 2), np.nan, np.float32)
    field[0, 3] = 0.1, 0.0  # low ψ, high θ
    path = np.array([[1.0, 1.0], [np.nan, 1.0], [1.0, 0.6], [-1.0, 0.6], [-1.0, -1.0]], np.float32)
    frame = Frame({"log_odds": True}, {"path": path, "field": field})
    painter = Painter(Scene("phase", 1, 2, (-2.0, 2.0), 4, [[0.0, 0.0]]), 200)
    pixels = np.array(painter.draw(frame)).astype(int)
    orange = pixels[..., 0] - pixels[..., 2] > 100
    assert orange[150, 50] and orange[100:140, 48:52].any(axis=1).all() and not orange[20:68].any()
    assert pixels[70, 60:140, 2].max() < pixels[66, 60:140, 2].min()  # the way from the right to the left
    assert pixels[170:180, 160:190].min() < 200 and pixels[110:140, 110:140].min() == 255  # only one arrow is known
    ring = pixels[97:104, 90:110]
    assert (ring[..., 2] - ring[..., 0] > 100).any()
    assert painter.target() is None


def test_images_lie_in_a_grid_under_their_caption() -> None:
    scene = Scene("images", 1, image=(4, 4), grid_side=2)
    images = np.zeros((4, 4, 4), np.uint8)
    images[1] = 255
    picture = Painter(scene, 110).draw(Frame({}, {"images": images}), "step 5")
    pixels = np.array(picture.convert("L"))
    top = picture.height - 110
    assert picture.width == 110 and top > 15
    assert pixels[top + 30, 82] > 250 and pixels[top + 82, 82] < 5 and pixels[top + 30, 28] < 5
    assert pixels[: top - 2].min() < 100  # the caption's ink is above the images


@pytest.mark.parametrize(
    ("step", "text"), [(0, "0"), (999, "999"), (5000, "5k"), (12_500, "12.5k"), (2_000_000, "2M"), (1234, "1,234")]
)
def test_steps_are_written_as_on_slides(step: int, text: str) -> None:
    assert round_number(step) == text


@pytest.mark.parametrize(
    ("steps", "chosen"),
    [
        ([0], [0]),
        ([0, 3, 7], [0, 3, 7]),
        (list(range(0, 25_001, 200)), [0, 5000, 10_000, 15_000, 20_000, 25_000]),
        (list(range(0, 40_001, 1000)) + [40_300], [0, 10_000, 20_000, 30_000, 40_000, 40_300]),
        ([120, *range(200, 2001, 50)], [120, 500, 1000, 1500, 2000]),
    ],
)
def test_a_strip_shows_round_steps(steps: list[int], chosen: list[int]) -> None:
    assert films.panel_steps(steps) == chosen


def test_an_animation_is_bounded_and_ends_with_the_newest(store: RunStore, record: Record) -> None:
    run = record(steps=130, every=1, measured_every=1000)
    film = opened(films.animation(store, run, side=60))
    frames = list(ImageSequence.Iterator(film))
    assert film.format == "GIF" and film.size == (60, 60) and film.info["loop"] == 0
    assert 2 <= len(frames) <= films.MAX_PICTURES  # like pictures in a row become one
    assert frames[-1].info["duration"] == films.LAST_MS


def test_an_animation_too_large_is_made_with_fewer_pictures(
    store: RunStore, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = record(steps=20, every=1, measured_every=1000)
    whole = films.animation(store, run, side=60)
    monkeypatch.setattr(films, "MAX_BYTES", len(whole) // 2)
    smaller = films.animation(store, run, side=60)
    assert len(smaller) < len(whole) and getattr(opened(smaller), "n_frames", 0) < 20


@pytest.mark.parametrize("dataset", ["ring8", "two_normals_1d"])
def test_a_filmstrip_of_points(store: RunStore, record: Record, dataset: str) -> None:
    run = record(steps=20, every=10, dataset=dataset)
    strip = opened(films.filmstrip(store, run, side=90))
    panels = 3 + (dataset == "ring8")  # and the data
    assert strip.format == "PNG" and strip.size == (panels * 93 - 3, 90)


def test_a_run_without_pictures_says_so(store: RunStore) -> None:
    from playground.config import RunConfig

    store.create("empty", "ada", RunConfig())
    for make in (films.animation, films.filmstrip):
        with pytest.raises(StoreError, match="No picture of this run has been recorded yet"):
            make(store, "empty")


def test_captions_are_drawn() -> None:
    blank = Image.new("RGB", (100, 100), (0, 0, 0))
    assert np.array(pictures.labelled(blank.copy(), "step 5"))[:20, :40].max() == 255
    assert np.array(pictures.labelled(blank.copy(), "")).max() == 0
