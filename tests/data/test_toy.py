"""Every row of the table: density, cell masses, samples and strata have to describe one distribution."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import dblquad, quad, trapezoid
from scipy.stats import chi2

from playground.data import DATASETS, PARAMETER_BOUNDS, Distribution, Floats, Modes, make
from playground.data.distribution import apportion
from playground.data.toy import ARRANGEMENTS, DEFAULTS

MODE_COUNTS = {
    "ring8": 8,
    "grid25": 25,
    "two_gaussians": 2,
    "imbalanced_ring": 8,
    "gaussians": 5,
    "disjoint3": 3,
    "normal_1d": 1,
    "two_normals_1d": 2,
    "three_normals_1d": 3,
}
WITH_DENSITY = [name for name in DATASETS if make(name).sigma > 0]
"""All but the single point, of which tests/data/test_point.py takes care."""
every_dataset = pytest.mark.parametrize("name", WITH_DENSITY)
every_scalable = pytest.mark.parametrize("name", [name for name in WITH_DENSITY if name != "gaussians"])
NOTICED = {"checkerboard": 2.0}
"""How much larger a sigma has to be to be seen in 20,000 points: that of a board shows at its edges only."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def grid_edges(distribution: Distribution) -> Floats:
    low, high = distribution.extent
    return np.linspace(low, high, math.ceil((high - low) / distribution.cell) + 1)


def chi_square_p(distribution: Distribution, samples: Floats) -> float:
    """The p-value of Pearson's test of samples against the cell masses; cells that expect fewer than 20 are one."""
    edges = grid_edges(distribution)
    counts, _ = np.histogramdd(samples, bins=[edges] * distribution.dim)
    expected = len(samples) * distribution.cell_masses(edges)
    large = expected >= 20
    observed = np.append(counts[large], len(samples) - counts[large].sum())
    wanted = np.append(expected[large], len(samples) - expected[large].sum())
    statistic = ((observed - wanted) ** 2 / np.maximum(wanted, 1)).sum()
    return float(chi2.sf(statistic, len(observed) - 1))


@every_dataset
def test_extent_holds_practically_all_mass_in_cells_of_a_sigma_or_two(name: str) -> None:
    distribution = make(name)
    low, high = distribution.extent
    masses = distribution.cell_masses(grid_edges(distribution))
    assert masses.ndim == distribution.dim
    assert masses.min() >= 0
    assert masses.sum() == pytest.approx(1, abs=1e-6)
    assert -low == high
    assert 1 <= distribution.cell / distribution.sigma <= 2.5


@every_dataset
def test_density_integrates_to_one(name: str) -> None:
    """The trapezoid rule with a step of one sigma is exact to exp(-2 pi^2) for Gaussians."""
    distribution = make(name)
    low, high = distribution.extent
    axis = np.linspace(low, high, math.ceil((high - low) / distribution.sigma) + 1)
    points = np.stack(np.meshgrid(*[axis] * distribution.dim, indexing="ij"), axis=-1)
    heights = distribution.density(points.reshape(-1, distribution.dim)).reshape(points.shape[:-1])
    for _ in range(distribution.dim):
        heights = trapezoid(heights, axis, axis=0)
    assert float(heights) == pytest.approx(1, abs=1e-6)


@every_dataset
def test_cell_mass_is_the_integral_of_the_density_over_the_cell(name: str) -> None:
    distribution = make(name)
    edges = grid_edges(distribution)
    masses = distribution.cell_masses(edges)
    place = np.unravel_index(masses.argmax(), masses.shape)
    sides = [(edges[i], edges[i + 1]) for i in place]
    if distribution.dim == 1:
        integral, _ = quad(lambda x: distribution.density(np.array([[x]]))[0], *sides[0])
    else:
        height = lambda y, x: distribution.density(np.array([[x, y]]))[0]  # noqa: E731
        integral, _ = dblquad(height, *sides[0], *sides[1], epsabs=1e-7)
    assert masses[place] == pytest.approx(integral, abs=1e-6)


def test_cells_are_indexed_x_first() -> None:
    """The first Gaussian of the pair, at (-1, 0.75), lies left of the centre and above it."""
    masses = make("two_gaussians").cell_masses(np.array([-10.0, 0.0, 10.0]))
    assert masses[0, 1] > 0.4 > 0.1 > masses[0, 0]


@every_dataset
@pytest.mark.parametrize("draw", ["sample", "stratified"])
def test_draws_are_decided_by_the_generator(name: str, draw: str) -> None:
    distribution = make(name)
    first, again, other = (getattr(distribution, draw)(rng(seed), 101) for seed in (1, 1, 2))
    assert first.shape == (101, distribution.dim)
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any(axis=1).all()


@every_dataset
def test_samples_agree_with_the_cell_masses(name: str) -> None:
    distribution = make(name)
    assert 1e-3 < chi_square_p(distribution, distribution.sample(rng(3), 20_000))
    # Strata have the right mean counts but less variance: they must fit, and may fit too well.
    assert 1e-3 < chi_square_p(distribution, distribution.stratified(rng(3), 20_000))


@every_scalable
def test_that_agreement_notices_a_sigma_ten_percent_too_large(name: str) -> None:
    assert chi_square_p(make(name), make(name, sigma_scale=NOTICED.get(name, 1.1)).sample(rng(3), 20_000)) < 1e-6


@every_dataset
def test_scale_is_the_root_mean_square_coordinate(name: str) -> None:
    distribution = make(name)
    seen = distribution.sample(rng(), 20_000) / distribution.scale
    assert (seen**2).mean() == pytest.approx(1, abs=0.03)


@every_dataset
def test_modes_are_given_where_the_data_are_a_mixture(name: str) -> None:
    modes = make(name).modes
    assert (None if modes is None else len(modes.centres)) == MODE_COUNTS.get(name)
    if modes is not None:
        assert modes.centres.shape == (len(modes.weights), make(name).dim)
        assert modes.sigma == make(name).sigma


@every_dataset
def test_tabled_densities_are_exact_and_say_so(name: str) -> None:
    assert make(name).bandwidth is None
    assert not make(name).estimated


@every_scalable
def test_sigma_scale_multiplies_sigma(name: str) -> None:
    plain, double = make(name), make(name, sigma_scale=2)
    assert double.sigma == pytest.approx(2 * plain.sigma)
    assert double.cell == pytest.approx(2 * plain.cell)
    # The same draws around the same places: the noise is what doubles.
    middle, near, far = (make(name, sigma_scale=s).sample(rng(), 50) for s in (1, 2, 3))
    np.testing.assert_allclose(far - middle, 2 * (near - middle), atol=1e-9)
    spread = math.sqrt((0.5**2 + 0.5**2 + 0.25**2 + 1) / 4) if name == "ganlab_gaussians" else plain.sigma
    assert np.std(near - middle) == pytest.approx(spread, rel=0.3)


@pytest.mark.parametrize("name", MODE_COUNTS)
@pytest.mark.parametrize("n", [1, 7, 64, 512, 1001])
def test_strata_give_each_mode_its_share(name: str, n: int) -> None:
    distribution = make(name, sigma_scale=0.1, gaussian_sigma=0.02)
    modes = distribution.modes
    assert modes is not None
    points = distribution.stratified(rng(), n)
    nearest = np.linalg.norm(points[:, None] - modes.centres, axis=2).argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(modes.weights))
    assert counts.sum() == n
    assert np.abs(counts - n * modes.weights).max() < 1


def test_ties_between_modes_are_broken_by_the_generator() -> None:
    extra = np.stack([apportion(np.full(8, 1 / 8), 12, rng(seed)) for seed in range(100)])
    assert set(np.unique(extra)) == {1, 2}
    assert 25 < (extra == 2).sum(axis=0).min() <= (extra == 2).sum(axis=0).max() < 75


def test_largest_remainder_by_hand() -> None:
    """11 points over (0.2, 0.5, 0.3) are 2.2, 5.5 and 3.3: the one left over goes to the second."""
    assert apportion(np.array([0.2, 0.5, 0.3]), 11, rng()).tolist() == [2, 6, 3]


def test_ring_has_eight_modes_45_degrees_apart() -> None:
    """An endpoint-inclusive linspace would give 7: the bug of a public implementation."""
    modes = make("ring8").modes
    assert modes is not None
    angles = np.degrees(np.arctan2(modes.centres[:, 1], modes.centres[:, 0])) % 360
    np.testing.assert_allclose(np.sort(angles), np.arange(0, 360, 45), atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(modes.centres, axis=1), 2)
    assert modes.sigma == 0.02


def test_ring_takes_another_number_and_radius() -> None:
    modes = make("ring8", ring_modes=5, ring_radius=3).modes
    assert modes is not None
    np.testing.assert_allclose(modes.centres[1], [3 * math.cos(math.radians(72)), 3 * math.sin(math.radians(72))])
    assert len(modes.weights) == 5


def test_unequal_ring_falls_tenfold_by_equal_factors() -> None:
    modes = make("imbalanced_ring").modes
    assert modes is not None
    assert modes.weights[0] / modes.weights[-1] == pytest.approx(10)
    np.testing.assert_allclose(modes.weights[:-1] / modes.weights[1:], 10 ** (1 / 7))
    even = make("imbalanced_ring", imbalance=1).modes
    assert even is not None
    np.testing.assert_allclose(even.weights, 1 / 8)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@pytest.mark.parametrize("count", [1, 2, 5, 9, 64])
def test_free_gaussians_stand_apart_within_their_radius(arrangement: str, count: int) -> None:
    data = make("gaussians", gaussians=count, arrangement=arrangement, ring_radius=3, gaussian_sigma=0.05)
    modes = data.modes
    assert modes is not None and data.sigma == 0.05
    assert modes.centres.shape == (count, 2)
    assert np.abs(modes.centres).max() <= 3 + 1e-9
    gaps = np.linalg.norm(modes.centres[:, None] - modes.centres, axis=2)[~np.eye(count, dtype=bool)]
    assert gaps.min(initial=9) > 0.09
    again = make("gaussians", gaussians=count, arrangement=arrangement, ring_radius=3, gaussian_sigma=0.06).modes
    assert again is not None
    np.testing.assert_array_equal(modes.centres, again.centres)


def test_four_gaussians_in_a_grid_are_its_corners() -> None:
    modes = make("gaussians", gaussians=4, arrangement="grid", ring_radius=1).modes
    assert modes is not None
    assert modes.centres.tolist() == [[-1, -1], [1, -1], [-1, 1], [1, 1]]


def test_checkerboard_fills_every_other_square_evenly() -> None:
    """In the middle of a square, far from its soft edges, the density is 1 / (8 squares of area 4)."""
    board = make("checkerboard", sigma_scale=0.5)
    squares = [(x, y) for x in range(-3, 4, 2) for y in range(-3, 4, 2)]
    heights = board.density(np.array(squares, dtype=float)).reshape(4, 4)
    dark = (np.add.outer(range(4), range(4)) % 2) == 0
    np.testing.assert_allclose(heights[dark], 1 / 32, rtol=1e-9)
    assert heights[~dark].max() < 1e-12
    # Half way over an edge that is not a corner the density is half.
    assert board.density(np.array([[-4.0, -3.0]]))[0] == pytest.approx(1 / 64)


@pytest.mark.parametrize("x, y", [(-1.0, 0.75), (1.0, -0.75), (1.3, 1.2), (0.0, 0.0), (1.0, -4.0)])
def test_ganlab_gaussians_density_is_the_textbooks(x: float, y: float) -> None:
    def height(at: float, mean: float, sigma: float) -> float:
        return math.exp(-(((at - mean) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))

    wanted = 0.5 * height(x, -1, 0.5) * height(y, 0.75, 0.5) + 0.5 * height(x, 1, 0.25) * height(y, -0.75, 1)
    assert make("ganlab_gaussians").density(np.array([[x, y]]))[0] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    "name, distance",
    [
        ("ring", lambda p: np.abs(np.linalg.norm(p, axis=1) - 1.5)),
        ("circles", lambda p: np.abs(np.abs(np.linalg.norm(p, axis=1) - 0.75) - 0.25)),
        ("line", lambda p: np.abs(p @ [0.3714, 0.9285])),  # across: GAN Lab's line falls by 0.3 on 0.75
        ("parallel_lines", lambda p: np.abs(p[:, 0])),
    ],
)
def test_points_lie_on_their_curve(name: str, distance: Callable[[Floats], Floats]) -> None:
    data = make(name, sigma_scale=0.1)
    assert distance(data.sample(rng(), 1000)).max() < 5 * data.sigma + 1e-3


def test_parallel_lines_run_from_0_to_1() -> None:
    points = make("parallel_lines", sigma_scale=0.1).sample(rng(), 5000)
    np.testing.assert_allclose(np.quantile(points[:, 1], [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.02)


def test_spiral_arms_are_mirror_images() -> None:
    data = make("spiral")
    points = data.sample(rng(), 200)
    np.testing.assert_allclose(data.density(points), data.density(-points), rtol=1e-9)


def test_grid_has_every_pair_of_its_line() -> None:
    modes = make("grid25").modes
    assert modes is not None
    assert {tuple(centre) for centre in modes.centres} == {(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)}


def test_swiss_roll_turns_at_one_radian_per_unit_of_radius() -> None:
    points = 7.5 * make("swiss_roll", sigma_scale=0.1).sample(rng(), 500)
    radius, angle = np.linalg.norm(points, axis=1), np.arctan2(points[:, 1], points[:, 0])
    assert radius.min() == pytest.approx(1.5 * math.pi, abs=0.1)
    assert radius.max() == pytest.approx(4.5 * math.pi, abs=0.1)
    turn = np.angle(np.exp(1j * (radius - angle)))
    assert np.abs(turn).max() < 0.15


def test_moons_strata_lie_half_on_each_moon() -> None:
    points = make("moons", sigma_scale=0.1).stratified(rng(), 100)
    upper = (np.abs(np.linalg.norm(points + [0.5, 0.25], axis=1) - 1) < 0.05) & (points[:, 1] > -0.3)
    lower = (np.abs(np.linalg.norm(points - [0.5, 0.25], axis=1) - 1) < 0.05) & (points[:, 1] < 0.3)
    assert (upper.sum(), lower.sum(), (upper ^ lower).sum()) == (50, 50, 100)


@pytest.mark.parametrize("x, y", [(0.5, -0.25), (-0.5, 0.75), (-1.5, -0.3), (0.53, -0.2), (0.0, 0.0)])
def test_moons_density_against_adaptive_quadrature(x: float, y: float) -> None:
    """scikit-learn's own formula for the two half circles, integrated independently; ends and gap included."""

    def kernel(angle: float, sign: float) -> float:
        gap = math.hypot(x - sign * (math.cos(angle) - 0.5), y - sign * (math.sin(angle) - 0.25))
        return math.exp(-((gap / 0.05) ** 2) / 2) / (2 * math.pi * 0.05**2) / (2 * math.pi)

    cuts = np.linspace(0, math.pi, 41)
    wanted = sum(quad(kernel, a, b, (s,))[0] for s in (1.0, -1.0) for a, b in zip(cuts, cuts[1:], strict=False))
    assert make("moons").density(np.array([[x, y]]))[0] == pytest.approx(wanted, rel=1e-7, abs=1e-12)


def test_density_by_hand() -> None:
    """At a centre of the ring: one eighth of 1 / (2 pi 0.02^2) = 397.887."""
    heights = make("ring8").density(np.array([[2.0, 0.0], [0.0, 0.0], [math.nan, 0.0]]))
    assert heights[0] == pytest.approx(397.8873577 / 8, rel=1e-8)
    assert heights[1] == 0
    assert math.isnan(heights[2])


def test_density_refuses_points_of_another_dimension() -> None:
    with pytest.raises(ValueError, match=r"shape \(m, 2\)"):
        make("ring8").density(np.zeros((3, 1)))


def test_equal_arguments_share_one_read_only_object() -> None:
    assert make("grid25", ring_radius=3) is make("grid25")
    assert make("ring8", ring_radius=3) is not make("ring8")
    modes = make("ring8").modes
    assert modes is not None
    with pytest.raises(ValueError, match="read-only"):
        modes.centres[0] = 0


def test_unknown_name_says_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="no dataset 'ring9'; choose one of ring8, grid25"):
        make("ring9")


@pytest.mark.parametrize("parameter", PARAMETER_BOUNDS)
@pytest.mark.parametrize("value", [-1, 0, 1000, math.nan])
def test_arguments_out_of_bounds_are_refused(parameter: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{parameter} must lie between"):
        make("ring8", **{parameter: value})


def test_an_unknown_parameter_or_arrangement_is_refused() -> None:
    with pytest.raises(TypeError, match="make\\(\\) has no parameter radius; it takes sigma_scale"):
        make("ring8", radius=3)
    with pytest.raises(ValueError, match="arrangement must be one of ring, grid, line, random, got 'star'"):
        make("gaussians", arrangement="star")


@pytest.mark.parametrize("name", DATASETS)
def test_row_says_what_it_is(name: str) -> None:
    row = DATASETS[name]
    assert row.label and row.source
    assert row.description.endswith(".")
    assert set(row.parameters) <= set(DEFAULTS)
    assert set(PARAMETER_BOUNDS) | {"arrangement"} == set(DEFAULTS)


@pytest.mark.parametrize(
    "centres, weights, sigma",
    [([[0.0]], [0.9], 1.0), ([[0.0], [1.0]], [1.5, -0.5], 1.0), ([[0.0]], [1.0], 0.0), ([0.0], [1.0], 1.0)],
)
def test_modes_that_do_not_fit_together_are_refused(
    centres: list[list[float]], weights: list[float], sigma: float
) -> None:
    with pytest.raises(ValueError, match=r"[Mm]ode"):
        Modes(np.array(centres), np.array(weights), sigma)
