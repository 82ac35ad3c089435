"""Tables, pictures and drawings from anybody: read as they were meant, or refused in one sentence."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from playground.data import own_drawing, own_picture, own_table
from playground.data.errors import DataError
from playground.data.own_points import OwnPoints


def refused(error: pytest.ExceptionInfo[DataError], words: str) -> bool:
    text = str(error.value)
    return words in text and text.endswith(".") and "\n" not in text and len(text) < 250


def spread(own: OwnPoints) -> np.ndarray:
    """Standard deviation of the places along each axis."""
    mean = own.weights @ own.centres
    return np.sqrt(own.weights @ (own.centres - mean) ** 2)


# Tables ---------------------------------------------------------------------------------------------------------

ROWS = [(float(i), float((7 * i) % 11)) for i in range(22)]


def table(row: str = "{:g},{:g}", heading: str = "", end: str = "\n") -> bytes:
    return (heading + end.join(row.format(x, y) for x, y in ROWS)).encode()


@pytest.mark.parametrize(
    "content",
    [
        table(),
        table(heading="x,y\n"),
        table("{:.3f}, {:+.2e}", end="\r\n"),
        table('"{:g}";"{:g}"', heading='"length in mm";"width, in mm"\n'),
        table("{:g}\t{:g}", heading="\n\n"),
        b"\xef\xbb\xbf" + table(heading="größe,höhe\n"),
        table().decode().encode("utf-16"),
        table().replace(b"\n", b"\n\n"),
        "\n".join(f"{x:.2f};{y:.2f}".replace(".", ",") for x, y in ROWS).encode(),
    ],
)
def test_a_table_is_read_in_whatever_way_it_is_written(content: bytes) -> None:
    own = own_table.read(content)
    assert (own.count, own.origin) == (22, "table")
    np.testing.assert_allclose(own.weights @ own.centres, 0, atol=1e-9)
    np.testing.assert_allclose(spread(own), 1, rtol=1e-9)
    assert own.id == own_table.read(table()).id
    assert "1 in the picture is 6.344 in x and 3.162 in y, and its middle is (10.5, 5)." in own.described()
    assert f"σ = {own.bandwidth:.3g}" in own.described()


def test_a_constant_column_is_a_line() -> None:
    own = own_table.read("\n".join(f"5,{i}" for i in range(20)).encode())
    assert own.centres[:, 0].tolist() == [0.0] * 20
    assert spread(own)[1] == pytest.approx(1)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"1\n2\n3\n", "The file has one column"),
        (b"1,2,3\n" * 20, "Row 1 of the file has 3 columns"),
        (b"1,2\n" * 12 + b"3\n", "Row 13 of the file has 1 column"),
        (table() + b"\nsmall,3", "Row 23 of the file holds 'small' where a number should be"),
        (b"x,y\nu,v\n" + table(), "Row 2 of the file holds 'u' where a number should be"),
        (table() + b"\nnan,3", "Row 23 of the file holds 'nan'; every cell must be a finite number"),
        (table() + b"\n3,-inf", "Row 23 of the file holds '-inf'; every cell must be a finite number"),
        (table() + b"\n3,", "Row 23 of the file holds an empty cell"),
        (table() + b"\n3,1e99", "between ±1e12"),
        (table() + b"\n3,1_0", "'1_0' where a number should be"),
        (table() + b"\n=1+1,3", "Row 23 of the file holds the formula '=1+1'"),
        (b"=1+1,=2+2\n" + table(), "Row 1 of the file holds the formula '=1+1'"),
        (b"1,2\n3,4\n", "The file has 2 rows of numbers; at least 10 are needed"),
        (b"1,2\n" * 20, "at least two different ones are needed"),
        (b"1,2\n2,3\n" * 50_001, "The file has more than 100,000 rows"),
        (b"1,2\n" * 2_600_000, "at most 10 MB are read"),
        ("größe,höhe\n".encode("latin1") + table(), "The file is not text in UTF-8"),
        (bytes(range(256)), "The file is not text in UTF-8"),
        (b'"1,2\n' + table(), "a quotation mark may be left open"),
        (b"0,1\n1,0\n" * 1000 + b"1e6,0", "Point 2,001 of the file lies 45 standard deviations from the mean"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        own_table.read(content)
    assert refused(caught, words), str(caught.value)


# Pictures -------------------------------------------------------------------------------------------------------


def saved(picture: Image.Image, format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format)
    return buffer.getvalue()


def bar() -> Image.Image:
    """200 by 100 white pixels whose left fifth is black and whose right fifth is grey, half as dark."""
    picture = Image.new("L", (200, 100), 255)
    ImageDraw.Draw(picture).rectangle((0, 0, 39, 99), fill=0)
    ImageDraw.Draw(picture).rectangle((160, 0, 199, 99), fill=128)
    return picture


def see_through() -> Image.Image:
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 40, 100))
    picture.paste((0, 0, 0, 127), (160, 0, 200, 100))
    return picture


@pytest.mark.parametrize(
    "content",
    [
        saved(bar()),
        saved(bar().convert("RGB")),
        saved(bar().convert("P")),
        saved(Image.fromarray(np.asarray(bar()).astype(np.uint16) * 257)),
        saved(see_through()),
        saved(bar(), "JPEG"),
    ],
    ids=["grey", "colour", "palette", "16 bit", "transparent", "jpeg"],
)
def test_the_darker_the_likelier(content: bytes) -> None:
    own = own_picture.read(content)
    left = own.centres[:, 0] < -1.2 + 1e-9
    right = own.centres[:, 0] > 1.2 - 1e-9
    assert own.weights[left].sum() == pytest.approx(2 / 3, abs=0.01)
    assert own.weights[right].sum() == pytest.approx(1 / 3, abs=0.01)
    assert np.abs(own.centres).max(axis=0) == pytest.approx([1.975, 0.975], abs=0.03)
    assert own.bandwidth == pytest.approx(0.03) and own.origin == "picture"


def test_up_is_up() -> None:
    picture = Image.new("L", (50, 50), 255)
    ImageDraw.Draw(picture).rectangle((20, 0, 29, 9), fill=0)
    assert own_picture.read(saved(picture)).centres[:, 1].min() > 1


def test_an_even_surface_stays_even_between_its_pixels() -> None:
    data = own_picture.read(saved(Image.new("L", (80, 80), 0))).distribution
    line = np.stack([np.linspace(-1, 1, 400), np.zeros(400)], axis=1)
    np.testing.assert_allclose(data.density(line), 1 / 16, rtol=0.01)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "The file is empty"),
        (b"no picture at all", "damaged or no picture"),
        (saved(bar())[:150], "damaged or no picture"),
        (saved(bar(), "GIF"), "damaged or no picture: a picture is a PNG or JPEG file"),
        (saved(Image.new("L", (30, 30), 255)), "The picture is blank"),
        (saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0))), "The picture is blank"),
        (saved(Image.new("L", (30, 30), 240)), "The picture is blank"),
        (saved(Image.new("1", (6000, 6000), 0)), "The picture has 6,000 × 6,000 pixels; at most 25 million are read"),
        (saved(Image.new("1", (15000, 15000), 0)), "The picture is too large; at most 25 million pixels are read"),
        (b"\0" * 20_000_001, "at most 20 MB are read"),
    ],
)
def test_a_bad_picture_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        own_picture.read(content)
    assert refused(caught, words), str(caught.value)


# Drawings -------------------------------------------------------------------------------------------------------


def test_strokes_are_even_along_their_length() -> None:
    """A long stroke to the right and one a third as long upwards, in the canvas's units."""
    own = own_drawing.read(
        {"brush": "fine", "strokes": [[[0.1, 0.5], [0.4, 0.5], [0.7, 0.5]], [[0.9, 0.9], [0.9, 0.7]]]}
    )
    first = own.centres[:, 0] < 1
    assert own.weights[first].sum() == pytest.approx(0.75)
    np.testing.assert_allclose(own.centres[first, 1], 0, atol=1e-9)
    assert own.centres[first, 0].min() == pytest.approx(-1.6, abs=0.02)
    assert own.centres[first, 0].max() == pytest.approx(0.8, abs=0.02)
    np.testing.assert_allclose(own.centres[~first, 0], 1.6)
    assert own.centres[~first, 1].max() == pytest.approx(-0.8, abs=0.02)  # the canvas counts downwards
    assert (own.bandwidth, own.count, own.origin) == (0.04, 2, "drawing")


def test_a_dot_is_a_blob() -> None:
    own = own_drawing.read({"brush": "broad", "strokes": [[[0.5, 0.25]]]})
    assert own.centres.tolist() == [[0, 1]] and own.bandwidth == 0.16


def test_the_longest_drawing_still_fits() -> None:
    scribble = [[(i % 2) * 1.0, (i % 97) / 97] for i in range(2000)]
    own = own_drawing.read({"brush": "fine", "strokes": [scribble] * 25})
    assert own.distribution.scale > 1


@pytest.mark.parametrize(
    "drawing, words",
    [
        ({"brush": "fine", "strokes": []}, "The drawing has no stroke yet"),
        ({"brush": "fine", "strokes": [[[0.5, 0.5]]] * 501}, "at most 500 are allowed"),
        ({"brush": "fine", "strokes": [[[0.5, 0.5]] * 50_001]}, "at most 50,000 places"),
        (None, "could not be read"),
        ([], "could not be read"),
        ({}, "could not be read"),
        ({"brush": "huge", "strokes": [[[0.5, 0.5]]]}, "could not be read"),
        ({"brush": ["fine"], "strokes": [[[0.5, 0.5]]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[[0.5, 1.5]]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[[0.5, float("nan")]]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[[0.5, "x"]]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[[0.5], [0.5, 0.5]]]}, "could not be read"),
        ({"brush": "fine", "strokes": [[[10**400, 0]]]}, "could not be read"),
        ({"brush": "fine", "strokes": ["stroke"]}, "could not be read"),
    ],
)
def test_a_bad_drawing_is_refused_in_one_sentence(drawing: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        own_drawing.read(drawing)
    assert refused(caught, words)
