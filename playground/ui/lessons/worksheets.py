"""The parts of lessons with numbers that one edits, and what follows from them."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from playground.figures.lessons.fits import LABELS
from playground.lessons import bits, by_hand, divergences, exercise
from playground.lessons.texts import FOLDER
from playground.ui.lessons import sheet

OUTCOMES = ("sun", "cloud", "rain", "snow")
LONGEST_WORD, MOST_STEPS = 12, 2000
"""Digits of a code word; steps of the worked example."""


@st.fragment
def weather() -> None:
    """Two distributions over four outcomes, and their bits."""
    given = {"Weather": OUTCOMES, "Q": _texts(bits.WEATHER_Q), "P": _texts(bits.WEATHER_P)}
    cells = sheet.typed("lesson_weather", given, ("Q", "P"))

    def follow() -> dict[str, float]:
        q, p = (_shares(cells[name], name) for name in "QP")
        return {
            "H(Q)": bits.entropy(q),
            "H(P)": bits.entropy(p),
            "H(P, Q)": bits.cross_entropy(p, q),
            "KL(P ‖ Q)": bits.kl(p, q),
            "KL(Q ‖ P)": bits.kl(q, p),
        }

    found = sheet.kept("lesson_weather", follow)
    if found is None:
        return
    _told({name: f"{_number(value, 5)} bits" for name, value in found.items()})
    if any(value == float("inf") for value in found.values()):
        st.caption("∞: something that is said to never happen would take infinitely many bits when it does.")


def _shares(cells: list[str], name: str) -> list[float]:
    """A column's probabilities. Raises ValueError where they are none, or do not sum to 1."""
    shares = [sheet.number(cell, f"{name} of {row}", 0, 1) for cell, row in zip(cells, OUTCOMES, strict=True)]
    if abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"The column {name} must sum to 1 (it sums to {sum(shares):.6g}).")
    return shares


@st.fragment
def tables() -> None:
    """Code words for the four outcomes, whether they can be read back, and Huffman's beside them."""
    q = bits.WEATHER_Q
    best = bits.huffman(q)
    first, second = bits.WEATHER_CODES
    given = {"Weather": OUTCOMES, "Q": _texts(q), "first": first, "second": second, "Huffman": best}
    cells = sheet.typed("lesson_tables", given, ("first", "second"))

    def follow() -> dict[str, list[str]]:
        rows: dict[str, list[str]] = {
            name: [] for name in ("code", "average length", "Kraft sum", "can be read back", "such as")
        }
        for name in ("first", "second", "Huffman"):
            for word, row in zip(cells[name], OUTCOMES, strict=True):
                if not word or set(word) - {"0", "1"} or len(word) > LONGEST_WORD:
                    raise ValueError(
                        f"The {name} code's word for {row} must be 1 to {LONGEST_WORD} digits, each 0 or 1 "
                        f"(got '{word[:20]}')."
                    )
            rows["code"].append(name)
            rows["average length"].append(f"{_number(bits.average_length(q, cells[name]), 2)} bits")
            rows["Kraft sum"].append(_number(bits.kraft(cells[name]), 3))
            both = bits.two_readings(cells[name])
            rows["can be read back"].append("yes" if both is None else "no")
            told = "" if both is None else " or ".join(" + ".join(OUTCOMES[i] for i in one) for one in both[1:])
            rows["such as"].append("" if both is None else f"{both[0]}: {told}")
        return rows

    found = sheet.kept("lesson_tables", follow)
    if found is not None:
        sheet.table(found)
    st.caption(
        f"The entropy of Q is {_number(bits.entropy(q), 4)} bits: no code that can be read back is shorter on average."
    )


@st.fragment
def update() -> None:
    """The lecture's update with every number editable, each term, and V over as many steps as one takes."""
    opening = {"a": by_hand.A, "b": by_hand.B, "learning rate": by_hand.RATE, "steps": 1}
    fields = {
        name: sheet.field(column, name, f"{value:g}", f"lesson_hand_{name}")
        for column, (name, value) in zip(st.columns(4), opening.items(), strict=True)
    }
    points = {
        "kind": ["real"] * len(by_hand.REAL) + ["generated"] * len(by_hand.FAKE),
        "x₁": [f"{x:g}" for x, _ in by_hand.REAL + by_hand.FAKE],
        "x₂": [f"{y:g}" for _, y in by_hand.REAL + by_hand.FAKE],
    }
    cells = sheet.typed("lesson_hand_points", points, ("x₁", "x₂"))

    def follow() -> tuple[by_hand.Update, by_hand.Update, list[float]]:
        given = np.array(
            [
                [sheet.number(cell, f"{name} of point {row}", -1000, 1000) for row, cell in enumerate(cells[name], 1)]
                for name in ("x₁", "x₂")
            ]
        ).T
        real, fake = given[: len(by_hand.REAL)], given[len(by_hand.REAL) :]
        a, b = (sheet.number(fields[name], name, -100, 100) for name in "ab")
        rate = sheet.number(fields["learning rate"], "The learning rate", 0, 10)
        steps = sheet.whole(fields["steps"], "The number of steps", 1, MOST_STEPS)
        done = first = by_hand.update(a, b, real, fake, rate)
        values = [first.value]
        for _ in range(steps - 1):
            done = by_hand.update(*done.updated, real, fake, rate)
            values.append(done.value)
        return first, done, [*values, by_hand.update(*done.updated, real, fake, rate).value]

    found = sheet.kept("lesson_hand", follow)
    if found is None:
        return
    first, done, values = found
    taken = len(values) - 1
    terms = [*first.d_log_d_da, *first.d_log_not_d_da], [*first.d_log_d_db, *first.d_log_not_d_db]
    sheet.table(
        {
            "kind": points["kind"],
            "D": [_number(value, 6) for value in (*first.d_real, *first.d_fake)],
            "term of ∂V/∂a": [_number(value, 6) for value in terms[0]],
            "term of ∂V/∂b": [_number(value, 6) for value in terms[1]],
        }
    )
    _told(
        {
            "V": _number(first.value, 6),
            "∂V/∂a": _number(first.gradient[0], 6),
            "∂V/∂b": _number(first.gradient[1], 6),
            f"a after {taken}": _number(done.updated[0], 6),
            f"b after {taken}": _number(done.updated[1], 6),
            f"V after {taken}": _number(values[-1], 6),
        }
    )
    st.line_chart({"step": list(range(len(values))), "V": values}, x="step", y="V", height=220)


def divergence_table() -> None:
    """Trained by one divergence, tested by another."""
    found = divergences.table()
    columns: dict[str, list[str]] = {"best by": [LABELS[name] for name in found]}
    for tested in found:
        columns[LABELS[tested]] = [_number(found[trained][tested], 3) for trained in found]
    sheet.table(columns)


@st.fragment
def lines() -> None:
    """Both networks of the exercise, line by line, with sizes that one changes."""
    opening = {"latent": exercise.LATENT, "hidden": exercise.HIDDEN, "pixels": exercise.PIXELS, "batch": exercise.BATCH}
    fields = {
        name: sheet.field(column, name, str(value), f"lesson_lines_{name}")
        for column, (name, value) in zip(st.columns(4), opening.items(), strict=True)
    }

    def follow() -> list[exercise.Line]:
        return exercise.lines(**{name: sheet.whole(text, name, 1, 10_000) for name, text in fields.items()})

    rows = sheet.kept("lesson_lines", follow)
    if rows is None:
        return
    sheet.table(
        {
            "network": [row.network for row in rows],
            "line": [row.code for row in rows],
            "what comes out": [f"{row.shape[0]:,} × {row.shape[1]:,}" for row in rows],
            "weights": [f"{row.weights:,}" for row in rows],
            "biases": [f"{row.biases:,}" for row in rows],
            "parameters": [f"{row.parameters:,}" for row in rows],
        }
    )
    _told({f"parameters of {network}": f"{exercise.parameters(network, rows):,}" for network in "GD"})


def epochs() -> None:
    """What each epoch of the exercise came to, and the strip of its digits."""
    rows = exercise.epochs()
    names = {
        "g_loss": "G's loss",
        "d_loss": "D's loss",
        "d_real": "D(x)",
        "d_fake": "D(G(z))",
        "classes": "digits of 10",
    }
    table: dict[str, list[str]] = {"epoch": [str(row.epoch) if row.epoch else "first step" for row in rows]}
    for name, label in names.items():
        table[label] = [_spread(row.values[name]) if name in row.values else "" for row in rows]
    sheet.table(table)
    told = exercise.strip()
    st.image(
        str(exercise.PICTURE),
        width=2 * 280,
        alt=f"Ten generated digits after each of the epochs {', '.join(map(str, told))}: grey grain at "
        "first, then blobs that are alike, and from epoch 10 on digits of different kinds that one can read.",
    )
    st.caption(f"Seed 0, the same ten z: from top to bottom after epochs {', '.join(map(str, told))}.")


def hopping_strip() -> None:
    """The hopping run over a long time: made by `train --recipe mode_hopping --steps 25000 --record` and `runs export
    RUN filmstrip`."""
    st.image(
        str(FOLDER.parent / "hopping.webp"),
        alt="Seven pictures in a row: the samples of one run at steps 0, 5,000, 10,000, 15,000, 20,000 and "
        "25,000, after the first a clump at one of the eight modes or on its way to another, and at last the data, "
        "eight spots on a ring.",
    )
    st.caption("One run at steps 0, 5,000 … 25,000, and at the right what we want: the data.")


def _spread(values: tuple[float, float, float]) -> str:
    """A median, with its range where there is one."""
    median, low, high = (f"{value:.3g}" for value in values)
    return median if low == high else f"{median} ({low} – {high})"


def _told(numbers: dict[str, str]) -> None:
    """Numbers beside each other, each below its name."""
    with st.container(horizontal=True):
        for name, value in numbers.items():
            st.metric(name, value, width="content")


def _texts(values: Sequence[float]) -> list[str]:
    return [f"{value:.2f}" for value in values]


def _number(value: float, digits: int) -> str:
    return "∞" if value == float("inf") else f"{value:.{digits}f}".replace("-", "−")


WORKSHEETS: dict[tuple[str, str], Callable[[], None]] = {
    ("bits", "weather"): weather,
    ("bits", "tables"): tables,
    ("by-hand", "update"): update,
    ("divergences", "table"): divergence_table,
    ("collapse", "reality"): hopping_strip,
    ("exercise", "lines"): lines,
    ("exercise", "epochs"): epochs,
}
"""By lesson and part."""
