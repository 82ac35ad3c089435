"""The evaluation as a whole: perfect, partial, broken and tiny sets of samples, and the floors."""

import math
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from playground.data import DATASETS, Distribution, Floats, make
from playground.metrics.evaluation import METRICS, Evaluation, Evaluator, FloorEstimate, floors

WITH_DENSITY = [name for name in DATASETS if make(name).sigma > 0]
"""All but the single point: tests/data/test_point.py."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_table_names_the_fields_of_an_evaluation() -> None:
    assert [*METRICS, "mode_histogram"] == [field.name for field in fields(Evaluation)]
    assert all(metric.label and metric.help.endswith(".") for metric in METRICS.values())


@pytest.mark.parametrize("name", WITH_DENSITY)
def test_perfect_samples_lie_inside_their_own_floors(name: str) -> None:
    """One draw leaves a 5-95 % band one time in ten; the median of nine practically never does."""
    evaluator = Evaluator(make(name), n_jsd=2000, n_emd=128, n_modes=1000)
    bands = floors(evaluator, rng(1), repetitions=40)
    draws = [evaluator.evaluate(make(name).sample(rng(seed), evaluator.n), rng(seed + 50)) for seed in range(2, 11)]
    assert set(bands) == {key for key, metric in METRICS.items() if make(name).modes or not metric.needs_modes}
    for metric, (low, high) in bands.items():
        median = np.median([draw.values()[metric] for draw in draws])
        assert low <= median <= high, metric
        assert low < high or metric in ("modes", "reverse_kl"), metric


@pytest.mark.parametrize("metric", ["jsd", "emd", "high_quality", "reverse_kl"])
def test_a_generator_with_too_wide_modes_or_shares_leaves_the_floor(metric: str) -> None:
    """The band can tell: sigma 30 % too large, and one mode of eight with half its share."""
    evaluator = Evaluator(make("ring8"))
    low, high = floors(evaluator, rng(), repetitions=20)[metric]
    wide = make("ring8", sigma_scale=1.3).stratified(rng(1), 11_200)
    samples = rng(2).permutation(np.delete(wide, slice(0, 1200), axis=0))
    value = evaluator.evaluate(samples, rng(3)).values()[metric]
    assert value < low if METRICS[metric].better == "higher" else value > high


def every_other_mode(ring: Distribution, n: int) -> Floats:
    """n points in the modes 0, 2, 4 and 6 of the ring, in equal numbers among each four consecutive ones."""
    assert ring.modes is not None
    centres = ring.modes.centres[[0, 2, 4, 6]]
    return np.tile(centres, (n // 4, 1)) + ring.sigma * rng(4).standard_normal((n, 2))


def test_every_other_mode_by_hand() -> None:
    """Half the mass moves to a neighbouring mode, 4 sin(pi / 8) = 1.5307 away: an EMD of 0.7654.

    JSD: p = 1/8 on eight, q = 1/4 on four, m = 3/16 and 1/16; 1/2 (1/2 log 2/3 + 1/2 log 2 + log 4/3) = 0.2158.
    """
    ring = make("ring8", sigma_scale=0.1)  # narrow, because the best plan gains a little by moving the outer points
    result = Evaluator(ring).evaluate(every_other_mode(ring, 10_000), rng())
    assert result.modes == 4
    assert result.reverse_kl == pytest.approx(math.log(2), abs=1e-12)
    assert result.emd == pytest.approx(0.7654, abs=0.003)
    assert 0.2158 < result.jsd < 0.2158 + 0.004
    assert result.high_quality == pytest.approx(0.9889, abs=0.008)
    assert result.mode_histogram is not None
    np.testing.assert_allclose(result.mode_histogram, [0.25, 0] * 4)


def test_each_metric_takes_its_own_first_samples() -> None:
    evaluator = Evaluator(make("ring8"), n_jsd=300, n_emd=100, n_modes=200)
    for broken, wanted in ((299, {"jsd"}), (199, {"jsd", "modes", "high_quality", "reverse_kl"}), (0, set(METRICS))):
        samples = make("ring8").sample(rng(), 400)
        samples[broken] = math.nan
        result = evaluator.evaluate(samples, rng())
        assert {name for name, value in result.values().items() if math.isnan(value)} == wanted
    assert result.mode_histogram is not None and np.isnan(result.mode_histogram).all()


def test_counts_say_how_many_samples_were_used() -> None:
    evaluator = Evaluator(make("ring8"))
    assert evaluator.n == 10_000
    full = {"jsd": 10_000, "emd": 512, "modes": 2500, "high_quality": 2500, "reverse_kl": 2500}
    assert evaluator.counts(20_000) == full
    assert evaluator.counts(600) == {**dict.fromkeys(METRICS, 600), "emd": 512}


@pytest.mark.parametrize("name", WITH_DENSITY)
@pytest.mark.parametrize("n", [1, 3])
def test_tiny_files_are_evaluated(name: str, n: int) -> None:
    evaluator = Evaluator(make(name))
    result = evaluator.evaluate(make(name).sample(rng(), n), rng(1))
    assert np.isfinite(list(result.values().values())).all()
    assert 0 < result.jsd <= math.log(2) + 1e-12
    assert (result.modes is None) == (make(name).modes is None) == (result.mode_histogram is None)


def test_result_is_decided_by_the_samples_and_the_generator() -> None:
    evaluator = Evaluator(make("moons"))
    samples = make("moons").sample(rng(), 1000)
    first, again, other = (evaluator.evaluate(samples, rng(seed)) for seed in (1, 1, 2))
    assert first.values() == again.values()
    assert first.jsd == other.jsd and first.emd != other.emd


def test_floor_in_slices_is_the_floor_in_one_go() -> None:
    evaluator = Evaluator(make("grid25"), n_jsd=500, n_emd=50, n_modes=200)
    estimate = FloorEstimate(evaluator, rng(), repetitions=3)
    assert estimate.bands() == {} and estimate.completed == 0
    for completed in (1, 2, 3, 3):  # the fourth step does nothing
        assert estimate.done == (estimate.completed == 3)
        estimate.step()
        assert estimate.completed == completed
        assert set(estimate.bands()) == set(METRICS)
    assert estimate.done
    assert estimate.bands() == floors(evaluator, rng(), repetitions=3)


def test_floor_of_fewer_samples_is_higher() -> None:
    evaluator = Evaluator(make("ring8"))
    few, many = (floors(evaluator, rng(), repetitions=8, n=n)["jsd"] for n in (100, 50_000))
    assert FloorEstimate(evaluator, rng(), n=50_000).n == evaluator.n
    assert few[0] > 10 * many[1]


@pytest.mark.parametrize("shape", [(0, 2), (5, 1), (5,)])
def test_samples_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"samples of shape \(n, 2\)"):
        Evaluator(make("ring8")).evaluate(np.zeros(shape), rng())


def test_empty_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one sample"):
        Evaluator(make("ring8"), n_emd=0)
    with pytest.raises(ValueError, match="at least one repetition"):
        FloorEstimate(Evaluator(make("ring8")), rng(), repetitions=0)


def test_importing_the_table_loads_no_torch() -> None:
    """Pages show METRICS, and must load where torch takes seconds or is missing."""
    code = "import sys, playground.metrics.evaluation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
