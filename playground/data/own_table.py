"""Points from a table: a CSV file with two columns of numbers, from anybody."""

import csv
import io
import re

import numpy as np

from playground.data.distribution import Floats
from playground.data.errors import DataError
from playground.data.kernel import bandwidth, merged
from playground.data.own_points import MAX_COORDINATE, OwnPoints

MAX_BYTES = 10_000_000
MAX_ROWS = 100_000
MIN_ROWS = 10
MAX_SIZE = 1e12
"""The largest number, without its sign."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")  # what float() takes is more: 1_000, infinity
_NOT_FINITE = {"nan", "na", "n/a", "null", "none", "inf", "infinity", "-inf", "+inf", "-infinity", ""}
_EXPECTED = "a CSV file has two columns of numbers, separated by comma, semicolon or tab"


def read(content: bytes) -> OwnPoints:
    """The points of a CSV file, with or without headings. Decimal commas are read where `;` or a tab separates.

    Each column is moved to mean 0 and divided by its standard deviation; a column that is always the same is only
    moved. Raises DataError.
    """
    points = _parsed(content)
    means, deviations = points.mean(axis=0), points.std(axis=0)
    constant = np.ptp(points, axis=0) == 0
    if constant.all():
        raise DataError("Every row of the file is the same point; at least two different ones are needed.")
    deviations[constant] = 1.0
    placed = np.where(constant, 0.0, (points - means) / deviations)
    farthest = float(np.abs(placed).max())
    if farthest > MAX_COORDINATE:
        row = int(np.abs(placed).max(axis=1).argmax()) + 1
        raise DataError(
            f"Point {row:,} of the file lies {farthest:.0f} standard deviations from the mean; "
            f"at most {MAX_COORDINATE:g} are allowed: leave such outliers out."
        )
    h = bandwidth(placed)
    centres, weights = merged(placed, h)
    (x, y), (dx, dy) = means, deviations
    note = f"1 in the picture is {dx:.4g} in x and {dy:.4g} in y, and its middle is ({x:.4g}, {y:.4g}).".replace(
        "-", "−"
    )
    rule = "the width under which each point is likeliest given the others"
    return OwnPoints(centres, weights, h, "table", len(points), rule, note)


def _parsed(content: bytes) -> Floats:
    """The numbers of the file, (n, 2)."""
    lines = _text(content).splitlines()
    begun = next((line for line in lines if line.strip()), None)
    if begun is None:
        raise DataError(f"The file is empty: {_EXPECTED}.")
    delimiter = next((mark for mark in "\t;," if mark in begun), None)
    if delimiter is None:
        raise DataError(f"The file has one column: {_EXPECTED}.")
    points: list[tuple[float, float]] = []
    heading_may_come = True
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if len(cells) != 2:
                columns = f"{len(cells)} column{'s' if len(cells) != 1 else ''}"
                raise DataError(f"Row {number:,} of the file has {columns}: {_EXPECTED}.")
            if heading_may_come and all(_is_heading(cell) for cell in cells):
                heading_may_come = False
                continue
            heading_may_come = False
            if len(points) == MAX_ROWS:
                raise DataError(
                    f"The file has more than {MAX_ROWS:,} rows: leave some out, or take a random part of them."
                )
            points.append((_number(cells[0], delimiter, number), _number(cells[1], delimiter, number)))
    except csv.Error:
        raise DataError(
            f"The file is not a table that can be read; a quotation mark may be left open: {_EXPECTED}."
        ) from None
    if len(points) < MIN_ROWS:
        raise DataError(f"The file has {len(points)} rows of numbers; at least {MIN_ROWS} are needed.")
    return np.array(points)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise DataError(f"The file has {len(content) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DataError("The file is not text in UTF-8: save the table as “CSV UTF-8” and upload it again.")
    return io.StringIO(text, newline=None).read()


def _is_heading(cell: str) -> bool:
    return (
        bool(cell)
        and cell[0] not in "=@"
        and not _NUMBER.fullmatch(cell.replace(",", "."))
        and cell.lower() not in _NOT_FINITE
    )


def _number(cell: str, delimiter: str, row: int) -> float:
    """A cell's number; `row` counts the file's lines from 1. Raises DataError."""
    text = cell.replace("\N{MINUS SIGN}", "-")
    if delimiter != "," and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    told = f"{cell[:20]!r}"
    if text[:1] in ("=", "@"):
        raise DataError(f"Row {row:,} of the file holds the formula {told}; only plain numbers are read.")
    if text.lower() in _NOT_FINITE:
        missing = "an empty cell" if not text else told
        raise DataError(f"Row {row:,} of the file holds {missing}; every cell must be a finite number.")
    if not _NUMBER.fullmatch(text):
        raise DataError(f"Row {row:,} of the file holds {told} where a number should be.")
    value = float(text)
    if not abs(value) <= MAX_SIZE:
        raise DataError(f"Row {row:,} of the file holds {told}; numbers must lie between ±1e12.")
    return value
