"""The layers of a picture against closed forms: D*, the push on generated points, G's manifold, contours."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from torch import Tensor, nn

from playground.config import RunConfig
from playground.data.toy import DATASETS, make
from playground.frame import Frame, Layer
from playground.metrics.transport import wasserstein_1
from playground.models.lanes import in_lane
from playground.models.mlp import Mlp
from playground.objectives import LOSSES
from playground.observer.aspects.game_layers import ARROWS, NO_OPTIMUM, GameLayers
from playground.observer.draws import Draws
from playground.observer.grid import grid_axis
from playground.observer.layers import CONTOURS, EDGE, Layers, contour_levels
from playground.observer.point_observer import PointObserver
from playground.observer.seen import Seen
from playground.training import elementwise
from playground.training.trainer import Trainer

QUICK: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 16}
ALL: tuple[Layer, ...] = ("optimal", "gradients", "plan", "manifold", "density", "microscope")


def trained(steps: int = 3, **changes: Any) -> Trainer:
    trainer = Trainer(RunConfig(**(QUICK | changes)))
    for _ in range(steps):
        trainer.step()
    return trainer


class Known(nn.Module):
    """A network that does what it is told, in every lane."""

    def __init__(self, does: Any) -> None:
        super().__init__()
        self.does = does

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.does(x)
        return made


def picture(trainer: Trainer, *layers: Layer, lane: int = 0) -> Frame:
    return PointObserver(trainer).picture(lane, layers)


def grid(trainer: Trainer) -> np.ndarray:
    axis = grid_axis(trainer.data)
    return np.stack(np.meshgrid(*[axis] * trainer.data.dim), axis=-1)


# D* -------------------------------------------------------------------------------------------------------------


def test_optimal_d_against_a_known_generator_is_the_ratio_of_the_two_densities() -> None:
    """p_G is N((1, 0.5), 0.5²); p and q are evaluated here with SciPy, through the same Gaussian blur."""
    trainer = trained(0, sigma_scale=10.0)  # σ = 0.2
    trainer.game.generator = Known(lambda z: 0.5 * z + torch.tensor([1.0, 0.5]))
    shown = picture(trainer, "optimal")
    blur = shown.values["optimal"]["bandwidth"]
    assert blur == pytest.approx(trainer.data.cell)
    points, modes = grid(trainer), trainer.data.modes
    assert modes is not None
    # A cell of the grid adds the variance of a uniform of its width.
    axis = grid_axis(trainer.data)
    more = blur**2 + (axis[1] - axis[0]) ** 2 / 12
    p = sum(
        w * multivariate_normal(c, 0.2**2 + more).pdf(points) for c, w in zip(modes.centres, modes.weights, strict=True)
    )
    q = multivariate_normal([1.0, 0.5], 0.5**2 + more).pdf(points)
    wanted, found = p / (p + q), shown.arrays["optimal"]
    sure = p + q > 0.05  # elsewhere 4,096 samples say little about q
    assert np.isfinite(found[sure]).all()
    np.testing.assert_allclose(found[sure], wanted[sure], atol=0.12)
    assert np.abs(found - wanted)[sure].mean() < 0.02
    np.testing.assert_allclose(shown.arrays["p_generated"], q, atol=0.08 * q.max())


def test_optimal_d_is_one_half_where_the_generator_is_right() -> None:
    trainer = trained(0, sigma_scale=10.0)
    real = torch.from_numpy(trainer.data.stratified(np.random.default_rng(1), 4096).astype(np.float32))
    trainer.game.generator = Known(lambda z: real.expand(len(z), -1, -1) if z.shape[1] == 4096 else z)
    shown = picture(trainer, "optimal").arrays
    heavy = shown["p_generated"] > 0.3 * shown["p_generated"].max()
    np.testing.assert_allclose(shown["optimal"][heavy], 0.5, atol=0.03)


def test_optimal_d_says_where_nobody_is() -> None:
    trainer = trained(0)
    trainer.game.generator = Known(lambda z: 0.0 * z)
    optimal = picture(trainer, "optimal").arrays["optimal"]
    assert optimal[32, 32] < 0.01  # all of G, none of the data
    assert math.isnan(optimal[0, 0])  # nobody
    row, column = 32, int(np.abs(grid_axis(trainer.data) - 2).argmin())
    assert optimal[row, column] > 0.99  # the mode at (2, 0)


def test_x_runs_along_the_columns_of_the_densities() -> None:
    trainer = trained(0)
    trainer.game.generator = Known(lambda z: 0 * z + torch.tensor([2.0, -1.0]))
    shown = picture(trainer, "optimal", "density").arrays
    axis = grid_axis(trainer.data)
    row, column = np.unravel_index(shown["p_generated"].argmax(), (64, 64))
    assert axis[column] == pytest.approx(2, abs=0.06) and axis[row] == pytest.approx(-1, abs=0.06)


def test_samples_outside_the_stage_or_not_finite_count_for_nothing() -> None:
    trainer = trained(0)
    seen = Seen(trainer.data, grid_axis(trainer.data))
    points = np.array([[0.0, 0.0], [99.0, 0.0], [math.nan, 0.0], [math.inf, -math.inf]])
    assert seen.cell_shares(points).sum() == pytest.approx(0.25)


def test_densities_of_the_whole_stage_integrate_to_one() -> None:
    trainer = trained(0)
    axis = grid_axis(trainer.data)
    p = Seen(trainer.data, axis).data
    assert p.sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=0.01)


def test_optimal_d_on_a_line() -> None:
    """Two known normals: their ratio is a logistic curve."""
    trainer = trained(0, dataset="normal_1d")  # N(4, 0.5²)
    trainer.game.generator = Known(lambda z: 3.5 + 0.5 * z[..., :1])
    shown = picture(trainer, "optimal")
    axis = grid_axis(trainer.data)
    blur = math.hypot(0.5, shown.values["optimal"]["bandwidth"])
    p, q = norm(4, blur).pdf(axis), norm(3.5, blur).pdf(axis)
    sure = (axis > 2.8) & (axis < 4.7)
    np.testing.assert_allclose(shown.arrays["optimal"][sure], (p / (p + q))[sure], atol=0.05)


def test_the_gap_is_nothing_for_the_best_d_and_one_half_for_one_that_is_sure_and_wrong_half_the_time() -> None:
    trainer = trained(0, sigma_scale=10.0)
    layers = GameLayers(trainer, Draws(trainer), grid_axis(trainer.data))
    q = Seen(trainer.data, grid_axis(trainer.data)).data
    best = layers.optimal(q)
    assert layers.gap(np.zeros((64, 64), np.float32), best, q) == {"gap": pytest.approx(0, abs=1e-6)}
    assert layers.gap(np.full((64, 64), 40, np.float32), best, q) == {"gap": pytest.approx(0.5, abs=1e-6)}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_without_a_best_d_says_why(loss: str) -> None:
    shown = picture(trained(1, loss=loss), "optimal")
    if loss in NO_OPTIMUM:
        assert shown.values["without"]["optimal"] == NO_OPTIMUM[loss] and "optimal" not in shown.arrays
    else:
        assert "optimal" not in shown.values["without"] and shown.arrays["optimal"].shape == (64, 64)


def test_least_squares_trains_the_output_itself_towards_the_ratio() -> None:
    """The minimum of p ½(d − 1)² + q ½d² over d is p / (p + q)."""
    trainer = trained(0, loss="least_squares")
    layers = GameLayers(trainer, Draws(trainer), np.linspace(-3, 3, 64))
    np.testing.assert_allclose(layers.judged(np.array([0.25])), [0.25])
    trainer = trained(0)
    layers = GameLayers(trainer, Draws(trainer), np.linspace(-3, 3, 64))
    np.testing.assert_allclose(layers.judged(np.array([0.0])), [0.5])


# Where the loss pushes ------------------------------------------------------------------------------------------


def test_a_linear_critic_pushes_every_point_along_its_slope() -> None:
    trainer = trained(0, loss="wasserstein")
    trainer.game.discriminator = Known(lambda x: (x * torch.tensor([3.0, 4.0])).sum(-1, keepdim=True))
    push = picture(trainer, "gradients").arrays["push"]
    np.testing.assert_allclose(push, np.tile([3.0, 4.0], (ARROWS, 1)), rtol=1e-5)


def test_a_linear_d_pushes_by_the_sigmoid_of_its_doubt() -> None:
    """softplus(−d) has the slope −sigmoid(−d), so the push is sigmoid(−d(x)) w."""
    trainer = trained(0)
    w = torch.tensor([3.0, 4.0])
    trainer.game.discriminator = Known(lambda x: (x * w).sum(-1, keepdim=True))
    shown = picture(trainer, "gradients").arrays
    doubt = 1 / (1 + np.exp(shown["fake"][:ARROWS] @ w.numpy()))
    np.testing.assert_allclose(shown["push"], doubt[:, None] * w.numpy(), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("loss", [name for name, row in LOSSES.items() if not row.relative])
def test_the_push_agrees_with_finite_differences_of_the_loss(loss: str) -> None:
    trainer = trained(20, loss=loss, d_activation="tanh")
    shown = picture(trainer, "gradients").arrays
    discriminator = trainer.discriminator.double()

    def losses(x: Tensor) -> Tensor:
        at_points: Tensor = LOSSES[loss].generator(discriminator(x).squeeze(-1), elementwise)
        return at_points

    x, nudge = torch.from_numpy(shown["fake"][None, :ARROWS]).double(), 1e-5
    with torch.no_grad():
        slopes = [
            (losses(x + nudge * axis) - losses(x - nudge * axis)) / (2 * nudge)
            for axis in torch.eye(2, dtype=torch.float64)
        ]
    np.testing.assert_allclose(shown["push"], -torch.stack(slopes, -1)[0].numpy(), rtol=1e-3, atol=1e-5)


def test_a_relativistic_loss_pushes_against_the_mean_over_real_points() -> None:
    """For a linear d the push is E_real[sigmoid(d(x) − d(G))] w: shorter the more real a point looks."""
    trainer = trained(0, loss="relativistic")
    w = np.array([3.0, 4.0])
    trainer.game.discriminator = Known(lambda x: (x * torch.tensor(w, dtype=torch.float32)).sum(-1, keepdim=True))
    shown = picture(trainer, "gradients").arrays
    real = trainer.data.sample(np.random.default_rng(0), 20_000)
    fake = shown["fake"][:ARROWS].astype(float)
    share = (1 / (1 + np.exp(-(real @ w)[:, None] + (fake @ w)))).mean(axis=0)
    np.testing.assert_allclose(shown["push"], share[:, None] * w, atol=0.05 * 5)


def test_points_that_g_does_not_learn_from_are_not_pushed() -> None:
    """Of all the points of the picture, not only of those that get an arrow."""
    trainer = trained(0, loss="wasserstein", top_k=0.25)
    w = torch.tensor([3.0, 4.0])
    trainer.game.discriminator = Known(lambda x: (x * w).sum(-1, keepdim=True))
    shown = picture(trainer, "gradients").arrays
    scores = shown["fake"] @ w.numpy()
    learned = scores >= np.sort(scores)[-len(scores) // 4]
    np.testing.assert_allclose(shown["push"], learned[:ARROWS, None] * w.numpy(), rtol=1e-5)


def test_under_feature_matching_a_point_is_pushed_by_its_own_part_of_the_distance() -> None:
    """By finite differences of the distance between the means, in double precision, at a few points."""
    trainer = trained(5, feature_matching=True, d_activation="tanh")
    shown = picture(trainer, "gradients").arrays
    layers = GameLayers(trainer, Draws(trainer), grid_axis(trainer.data))
    discriminator = trainer.discriminator.double()
    assert isinstance(discriminator, Mlp)
    x, nudge = torch.from_numpy(shown["fake"][None]).double(), 1e-5
    with torch.no_grad():
        real = discriminator.features(layers._relative_points.double()).mean(1)
        for i in (0, 7, ARROWS - 1):
            for axis in range(2):
                ends = []
                for way in (nudge, -nudge):
                    moved = x.clone()
                    moved[0, i, axis] += way
                    ends.append((real - discriminator.features(moved).mean(1)).square().sum().item())
                slope = (ends[0] - ends[1]) / (2 * nudge)
                assert shown["push"][i, axis] == pytest.approx(-slope * x.shape[1], rel=1e-3, abs=1e-6)


def test_a_flat_d_pushes_nowhere() -> None:
    trainer = trained(0)
    trainer.game.discriminator = Known(lambda x: 0 * x[..., :1])
    assert not picture(trainer, "gradients").arrays["push"].any()


# The plan -------------------------------------------------------------------------------------------------------


def test_the_plan_leads_each_generated_point_to_a_real_one_of_its_own_and_costs_the_distance() -> None:
    trainer = trained()
    shown = picture(trainer, "plan")
    pairs = shown.arrays["plan"].astype(float)
    assert pairs.shape == (256, 4)
    np.testing.assert_allclose(pairs[:, :2], shown.arrays["fake"][:256], rtol=1e-6)
    assert len(np.unique(pairs[:, 2:], axis=0)) == 256
    assert shown.values["plan"] == pytest.approx(wasserstein_1(pairs[:, :2], pairs[:, 2:]), rel=1e-6)
    assert "plan" not in picture(trainer).arrays


def test_points_that_are_not_finite_have_no_pair() -> None:
    layers = Layers(trained(), np.linspace(-3, 3, 5))
    fake = np.array([[0.0, 1.0], [np.nan, 0.0], [np.inf, 2.0], [1.0, 1.0]])
    assert layers.plan(fake)[:, :2].tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert layers.arrays(0, ["plan"], fake[1:3])[0]["plan"] is None


# The manifold ---------------------------------------------------------------------------------------------------


def at(trainer: Trainer, z: list[float]) -> np.ndarray:
    with torch.no_grad():
        made: np.ndarray = trainer.generator(torch.tensor([[z]], dtype=torch.float32))[0, 0].numpy()
    return made


@pytest.mark.parametrize("prior, edge", [("normal", norm.ppf(EDGE)), ("uniform", 2 * EDGE - 1)])
def test_the_manifolds_corners_are_g_of_the_latents_corners(prior: str, edge: float) -> None:
    trainer = trained(prior=prior)
    shown = picture(trainer, "manifold").arrays
    assert shown["manifold"].shape == shown["manifold_latents"].shape == (25, 25, 2)
    for row, y in ((0, edge), (-1, -edge)):
        for column, x in ((0, edge), (-1, -edge)):
            np.testing.assert_allclose(shown["manifold_latents"][row, column], [x, y], rtol=1e-6)
            np.testing.assert_allclose(shown["manifold"][row, column], at(trainer, [x, y]), rtol=1e-4, atol=1e-5)


def test_the_manifolds_cells_hold_equal_prior_mass() -> None:
    z = picture(trained(), "manifold").arrays["manifold_latents"]
    mass = np.diff(norm.cdf(z[0, :, 0]))
    np.testing.assert_allclose(mass, (1 - 2 * EDGE) / 24, rtol=1e-5)


def test_one_latent_number_gives_a_line() -> None:
    trainer = trained(latent_dim=1)
    shown = picture(trainer, "manifold").arrays
    assert shown["manifold"].shape == (1, 401, 2)
    z = shown["manifold_latents"][0, 7]
    np.testing.assert_allclose(shown["manifold"][0, 7], at(trainer, [float(z[0])]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("latent_dim", [1, 3])
def test_on_a_line_g_maps_places_of_z_to_places_of_the_data(latent_dim: int) -> None:
    trainer = trained(dataset="two_normals_1d", latent_dim=latent_dim)
    shown = picture(trainer, "manifold")
    z, made = shown.arrays["manifold_latents"], shown.arrays["manifold"]
    assert z.shape == made.shape == (41, 1) and "figure 1" in shown.values["manifold"]
    np.testing.assert_allclose(norm.cdf(z[:, 0]), np.linspace(EDGE, 1 - EDGE, 41))  # equal shares of the prior
    first = [float(z[7, 0]), *[0.0] * (latent_dim - 1)]
    np.testing.assert_allclose(made[7], at(trainer, first), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_many_latent_numbers_give_a_plane_through_the_middle(prior: str) -> None:
    trainer = trained(latent_dim=16, prior=prior)
    shown = picture(trainer, "manifold")
    assert "16 dimensions" in shown.values["manifold"]
    np.testing.assert_allclose(shown.arrays["manifold"][12, 12], at(trainer, [0.0] * 16), rtol=1e-4, atol=1e-5)
    z, _ = Layers(trainer, grid_axis(trainer.data))._manifold_latents
    assert np.linalg.matrix_rank(z.numpy(), tol=1e-3) == 2
    if prior == "uniform":
        assert z.abs().max() <= 1
    else:  # an isometry: distances in the plane are those of the grid
        np.testing.assert_allclose(z[0].norm(), math.hypot(*shown.arrays["manifold_latents"][0, 0]), rtol=1e-5)


# Contours -------------------------------------------------------------------------------------------------------


def test_contours_of_a_gaussian_enclose_their_share() -> None:
    """In the plane the smallest area with share m has the density (1 − m) times the peak's."""
    trainer = trained(0)  # modes so far apart that they do not overlap
    modes = trainer.data.modes
    assert modes is not None
    peak = modes.weights.max() / (2 * math.pi * modes.sigma**2)
    np.testing.assert_allclose(contour_levels(trainer.data), [(1 - share) * peak for share in CONTOURS], rtol=0.1)


@pytest.mark.parametrize("dataset", [name for name in DATASETS if make(name).dim == 2])
def test_the_density_for_contours_holds_all_of_the_data(dataset: str) -> None:
    trainer = trained(0, dataset=dataset)
    shown = picture(trainer, "density")
    p = shown.arrays["p_data"]
    low, high = trainer.data.extent
    assert p.sum() * ((high - low) / (len(p) - 1)) ** 2 == pytest.approx(1, abs=0.02)
    assert shown.values["density"]["shares"] == CONTOURS
    x, y = np.linspace(low, high, len(p))[[len(p) // 3, len(p) // 2]]
    assert p[len(p) // 2, len(p) // 3] == pytest.approx(
        trainer.data.density(np.array([[x, y]]))[0], rel=1e-6, abs=1e-12
    )


# All together ---------------------------------------------------------------------------------------------------


def test_nothing_is_made_that_nobody_looks_at() -> None:
    assert set(picture(trained()).arrays) == {"fake", "discriminator"}
    assert "push" in picture(trained(), "gradients").arrays and "optimal" not in picture(trained(), "gradients").arrays


@pytest.mark.parametrize("dataset", [name for name in DATASETS if make(name).sigma > 0])
def test_every_dataset_has_its_layers(dataset: str) -> None:
    shown = picture(trained(1, dataset=dataset), *ALL)
    assert np.isfinite(shown.arrays["p_generated"]).all()
    flat = make(dataset).dim == 1
    assert ("push" in shown.arrays) == ("p_data" in shown.arrays) == (not flat) and "manifold" in shown.arrays
    assert ("gradients" in shown.values["without"]) == flat


def test_the_layers_of_a_lane_are_those_of_its_seed_alone() -> None:
    together, alone = trained(5, seeds=3), trained(5, seed=1)
    shown, wanted = picture(together, *ALL, lane=1), picture(alone, *ALL)
    for name in ("push", "manifold", "p_generated"):
        np.testing.assert_allclose(shown.arrays[name], wanted.arrays[name], rtol=1e-2, atol=2e-3)


@pytest.mark.parametrize("changes", [{}, {"spectral_norm": True}, {"loss": "relativistic", "seeds": 2}, {"ema": 0.9}])
def test_looking_leaves_no_trace_in_training(changes: dict[str, Any]) -> None:
    watched, alone = trained(0, **changes), trained(6, **changes)
    observer = PointObserver(watched)
    for _ in range(6):
        watched.step()
        observer.picture(0, ALL)
    for found, wanted in zip(watched.generator.parameters(), alone.generator.parameters(), strict=True):
        assert torch.equal(found, wanted)


def test_one_lane_alone_gives_what_it_gives_among_others() -> None:
    trainer = trained(2, seeds=3)
    x = torch.randn(3, 5, 2, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        all_lanes = trainer.generator(x)
        for lane in range(3):
            found = in_lane(trainer.generator, lane, x[lane : lane + 1])
            torch.testing.assert_close(found[0], all_lanes[lane], rtol=1e-5, atol=1e-6)


def test_a_diverged_generator_has_no_layers_and_breaks_none() -> None:
    trainer = trained(1)
    with torch.no_grad():
        for parameter in trainer.generator.parameters():
            parameter.fill_(math.nan)
    shown = picture(trainer, *ALL)
    assert not shown.arrays["p_generated"].any() and np.isnan(shown.arrays["push"]).all()
