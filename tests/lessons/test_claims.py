"""Claims as predicates: true on rows that show them, false on others, and never before their stretch is over."""

from collections.abc import Sequence

import numpy as np
import pytest

from playground.lessons import claims
from playground.lessons.track import Claim, Track

STEPS = range(0, 1001, 100)


def track(last: int = 1000, shares: Sequence[Sequence[float]] | None = None, **columns: Sequence[float]) -> Track:
    rows = [
        (step, {name: values[i] for name, values in columns.items()}, shares[i] if shares else None)
        for i, step in enumerate(STEPS)
        if step <= last
    ]
    return Track.of(rows)


FLAT, FALLING = [0.69] * 11, [1.0 - 0.08 * i for i in range(11)]


def test_a_measure_is_stuck_while_another_one_falls() -> None:
    claim = claims.stuck("jsd", "JSD", 0.68, 0, 1000, falls="emd", by=0.5)
    assert claim(track(jsd=FLAT, emd=FALLING)) == (
        "From step 0 to 1,000 the JSD stayed above 0.68, while the EMD fell from 1.00 to 0.20."
    )
    assert not claim(track(900, jsd=FLAT, emd=FALLING))
    assert not claim(track(jsd=FLAT, emd=FLAT))
    assert not claim(track(jsd=[0.69] * 10 + [0.5], emd=FALLING))
    assert not claim(track(jsd=[float("nan")] * 11, emd=FALLING))


def test_what_stands_still_comes_near_falls_or_ends_somewhere() -> None:
    assert claims.stands_still("emd", "EMD", 0.8, 1000)(track(emd=FLAT))
    assert not claims.stands_still("emd", "EMD", 0.8, 1000)(track(emd=FALLING))
    near = claims.near("a", "b", ("first", "second"), 0.1, 1000)
    assert near(track(a=FALLING, b=[0.5] * 11)) == "At step 600 the first was 0.520 and the second 0.500."
    assert not near(track(a=FLAT, b=[0.5] * 11))
    assert claims.reaches("emd", "EMD", 0.5, 1000)(track(emd=FALLING)) == "At step 700 the EMD was 0.440."
    assert not claims.reaches("emd", "EMD", 0.5, 600)(track(emd=FALLING))
    assert claims.ends("emd", "EMD", 0.1, 0.3, 1000)(track(emd=FALLING))
    assert not claims.ends("emd", "EMD", 0.1, 0.3, 1000)(track(700, emd=FALLING))


def test_one_measure_stays_below_another() -> None:
    claim = claims.below("a", "b", ("one", "the other"), 200, 1000)
    assert claim(track(a=FALLING, b=[0.9] * 11)) == (
        "From step 200 to 1,000 one stayed below the other: at last 0.20 against 0.90."
    )
    assert not claim(track(900, a=FALLING, b=FLAT)) and not claim(track(a=FALLING, b=[0.8] * 11))


def test_a_gap_closes() -> None:
    claim = claims.closes("a", "b", ("D(x)", "D(G(z))"), 200, 1000, 0.5)
    low = [0.1] * 11
    assert claim(track(a=FALLING, b=low)) == (
        "D(x) was 0.84 and D(G(z)) 0.10 at step 200; D(x) was 0.20 and D(G(z)) 0.10 at step 1,000."
    )
    assert not claim(track(900, a=FALLING, b=low)) and not claim(track(a=FLAT, b=low))
    assert not claim(track(a=low, b=FALLING))


def test_modes_hop_stay_few_or_are_all_served() -> None:
    turns = [[float(place == i % 4) for place in range(4)] for i in range(11)]
    same, even = [[0.6, 0.4, 0.0, 0.0]] * 11, [[0.25] * 4] * 11
    hops, few, everything = (
        claims.hops(200, 1000, 100, 0.8),
        claims.keeps_few(200, 1000, 2),
        claims.serves_all(200, 1000),
    )
    seen = {
        name: [bool(claim(track(shares=rows))) for rows in (turns, same, even)]
        for name, claim in {"hops": hops, "few": few, "all": everything}.items()
    }
    assert seen == {"hops": [True, False, False], "few": [False, True, False], "all": [False, False, True]}
    assert not any(claim(track(900, shares=rows)) for claim in (hops, few, everything) for rows in (turns, same, even))
    assert not any(claim(track(emd=FALLING)) for claim in (hops, few, everything))


@pytest.mark.parametrize("claim", [claims.stuck("jsd", "JSD", 0.1, 0, 100), claims.reaches("jsd", "JSD", 9, 100)])
def test_nothing_measured_is_nothing_seen(claim: Claim) -> None:
    assert claim(Track.of([])) == ""
    assert np.isnan(Track.of([(0, {"emd": 1.0}, None)])["jsd"]).all()


def test_two_runs_are_judged_side_by_side_at_the_steps_that_both_have() -> None:
    here = Track.of([(0, {"sharpness": 0.1}, None), (50, {"sharpness": 0.7}, None), (100, {"sharpness": 0.8}, None)])
    there = Track.of([(0, {"sharpness": 2.0}, None), (100, {"sharpness": 0.95}, None)])
    both = here.beside(there)
    assert both.steps.tolist() == [0, 100] and both["beside sharpness"].tolist() == [2.0, 0.95]
    claim = claims.blurred("sharpness", ("one", "the other"), 0.85, 0.9, 100)
    assert claim(both) == "At step 100 one was 80 % and the other 95 %."
    assert claim(both.between(0, 50)) == "" and claim(there.beside(here)) == ""
