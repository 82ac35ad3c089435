"""All numbers of a sweep as a table, one row for each cell, seed and measured step, as CSV or Parquet."""

import pyarrow as pa  # type: ignore[import-untyped]

from playground.exports import tables
from playground.sweeps.outcomes import Results, steps, values


def table(results: Results) -> tables.Table:
    """cell, the axes by name, seed, step, then every measure; the sweep goes along in the metadata.

    At the end there are the numbers that are known there only. What a seed lacks is null.
    """
    sweep, ended = results.sweep, results.ended
    names = list(results.measures)
    rows = []
    looks = dict(results.looks())
    for index, cell in sorted(ended.items()):
        place = sweep.places[index]
        first = int((dict(sweep.base) | place).get("seed", 0))
        known = [(step, values(cell, looks[index], step)) for step in steps(sweep)[:-1] if index in looks]
        for step, found in [*known, (sweep.steps, values(cell))]:
            if step > cell["steps"] and step != sweep.steps:
                continue
            for lane in range(sweep.seeds):
                numbers = {name: _of_lane(found.get(name, ()), lane) for name in names}
                rows.append(
                    {"cell": index} | place | {"seed": first + lane, "step": min(step, cell["steps"])} | numbers
                )
    made = pa.Table.from_pylist(rows)
    return made.replace_schema_metadata({"sweep": sweep.as_json(), "name": results.name})


def _of_lane(column: object, lane: int) -> float | None:
    """One alone is of all seeds together."""
    assert isinstance(column, list | tuple)
    return (column[lane] if len(column) > 1 else column[0]) if column else None


def as_csv(results: Results) -> bytes:
    """With a header line, UTF-8; what is lacking is empty."""
    return tables.as_csv(table(results))


def as_parquet(results: Results) -> bytes:
    """For pandas, Polars, DuckDB …"""
    return tables.as_parquet(table(results))
