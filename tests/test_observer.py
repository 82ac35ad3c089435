"""The observer: its numbers against independent ones, its pictures the right way up, and no trace of its looking."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.config import RunConfig
from playground.data.toy import DATASETS
from playground.frame import Row
from playground.objectives import LOSSES
from playground.observer.grid import grid_axis
from playground.observer.point_observer import PointObserver, scene
from playground.training import elementwise
from playground.training.trainer import Trainer

QUICK: dict[str, Any] = {
    "g_width": 8,
    "d_width": 8,
    "batch_size": 16,
    "jsd_samples": 500,
    "emd_samples": 50,
    "mode_samples": 100,
}


def quick(**changes: Any) -> RunConfig:
    return RunConfig(**(QUICK | changes))


def trained(config: RunConfig, steps: int) -> Trainer:
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.step()
    return trainer


class Known(nn.Module):
    """A discriminator whose logit is w · x."""

    def __init__(self, *w: float) -> None:
        super().__init__()
        self.w = torch.tensor(w)

    def forward(self, x: Tensor) -> Tensor:
        return (x * self.w).sum(-1, keepdim=True)


def watch(trainer: Trainer, *discriminator: float) -> PointObserver:
    """An observer of this trainer, with a known discriminator in place of its own if given."""
    if discriminator:
        trainer.game.discriminator = Known(*discriminator)
    return PointObserver(trainer)


def same_row(a: Row, b: Row) -> bool:
    equal = a.values.keys() == b.values.keys() and a.mode_histogram == b.mode_histogram and a.step == b.step
    return equal and all(np.array_equal(a.values[name], b.values[name], equal_nan=True) for name in a.values)


# Pictures -------------------------------------------------------------------------------------------------------


def test_the_map_of_d_has_x_along_its_columns_and_y_along_its_rows() -> None:
    axis = grid_axis(Trainer(quick()).data)
    by_x = watch(Trainer(quick()), 1, 0).picture().arrays["discriminator"]
    by_y = watch(Trainer(quick()), 0, 1).picture().arrays["discriminator"]
    np.testing.assert_allclose(by_x, np.tile(axis, (64, 1)), atol=1e-6)
    np.testing.assert_allclose(by_y, np.tile(axis[:, None], (1, 64)), atol=1e-6)


def test_the_map_of_d_in_one_dimension_is_a_line() -> None:
    trainer = Trainer(quick(dataset="normal_1d"))
    picture = watch(trainer, 2.0).picture()
    np.testing.assert_allclose(picture.arrays["discriminator"], 2 * grid_axis(trainer.data), atol=1e-5)
    assert picture.arrays["fake"].shape == (1000, 1)


def test_a_picture_shows_the_networks_of_its_lane() -> None:
    trainer = trained(quick(seeds=3), 5)
    observer = PointObserver(trainer)
    alone = trained(quick(seed=1), 5)
    for name, array in PointObserver(alone).picture().arrays.items():
        np.testing.assert_allclose(observer.picture(lane=1).arrays[name], array, rtol=1e-3, atol=1e-4)
        assert not np.allclose(observer.picture(lane=2).arrays[name], array, rtol=1e-3, atol=1e-4)
    assert observer.picture(lane=1).values["lane"] == 1


def test_the_map_is_in_logits_of_the_real_networks() -> None:
    trainer = trained(quick(), 3)
    x, y = grid_axis(trainer.data)[[10, 50]]
    with torch.no_grad():
        logit = trainer.discriminator(torch.tensor([[[x, y]]], dtype=torch.float32)).item()
    assert PointObserver(trainer).picture().arrays["discriminator"][50, 10] == pytest.approx(logit, abs=1e-5)


def test_points_keep_their_latents_from_picture_to_picture() -> None:
    trainer = trained(quick(), 3)
    observer = PointObserver(trainer)
    first = observer.picture().arrays["fake"]
    trainer.update_discriminator()
    np.testing.assert_array_equal(observer.picture().arrays["fake"], first)
    trainer.update_generator()
    moved = np.abs(observer.picture().arrays["fake"] - first)
    assert 0 < moved.max() < 0.5  # one small step: the same points, a little further


def test_a_picture_says_where_the_run_stands() -> None:
    trainer = trained(quick(instance_noise=0.5, noise_decay=10, k=2), 4)
    values = PointObserver(trainer).picture().values
    assert values["step"] == 4 and values["d_updates"] == 8
    assert values["noise_sigma"] == pytest.approx(0.3)
    assert values["log_odds"] is True


def test_pictures_and_samples_show_the_average_where_there_is_one() -> None:
    trainer = trained(quick(ema=0.9), 10)
    observer = PointObserver(trainer)
    averaged = observer.picture().arrays["fake"]
    trainer.apply(trainer.config.replace(ema=0.0))
    assert not np.allclose(observer.picture().arrays["fake"], averaged)


# Rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["non_saturating", "wasserstein", "relativistic"])
def test_a_rows_numbers_do_not_depend_on_who_looked_before(loss: str) -> None:
    config = quick(loss=loss, seeds=2)
    often, once = Trainer(config), trained(config, 9)
    observer = PointObserver(often)
    for _ in range(9):
        often.step()
        observer.picture()
        observer.measure()
    assert same_row(observer.measure(), PointObserver(once).measure())
    assert same_row(observer.measure(), observer.measure())


def test_the_shares_alone_are_those_of_a_row() -> None:
    observer = PointObserver(trained(quick(seeds=2), 3))
    shares = observer.shares()
    assert shares is not None
    assert tuple(map(tuple, shares.tolist())) == observer.measure().mode_histogram
    assert PointObserver(Trainer(quick(dataset="moons"))).shares() is None


def test_another_step_is_measured_with_other_samples() -> None:
    trainer = trained(quick(), 3)
    observer = PointObserver(trainer)
    first = observer.measure()
    trainer.game.steps += 1  # the same networks, said to stand one step later
    assert observer.measure().values["emd"] != first.values["emd"]


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_row_has_one_number_per_seed_in_every_column(seeds: int) -> None:
    row = PointObserver(trained(quick(seeds=seeds), 2)).measure()
    assert {len(column) for column in row.values.values()} == {seeds}
    assert {type(value) for column in row.values.values() for value in column} <= {int, float}  # plain, as JSON needs
    assert row.mode_histogram is not None and len(row.mode_histogram) == seeds
    for histogram in row.mode_histogram:
        assert len(histogram) == 8 and sum(histogram) == pytest.approx(1)


def test_a_lanes_numbers_are_those_of_its_seed_alone() -> None:
    together = PointObserver(trained(quick(seeds=3), 5)).measure()
    alone = PointObserver(trained(quick(seed=2), 5)).measure()
    for name, column in alone.values.items():
        assert together.values[name][2] == pytest.approx(column[0], rel=1e-2, abs=1e-3, nan_ok=True), name


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_can_be_observed(dataset: str) -> None:
    trainer = trained(quick(dataset=dataset, sigma_scale=3.0), 2)
    row, picture = PointObserver(trainer).measure(), PointObserver(trainer).picture()
    modes = trainer.data.modes
    assert (row.mode_histogram is None) == (modes is None)
    assert ("modes" in row.values) == (modes is not None)
    assert 0 <= row.values["jsd"][0] <= math.log(2) + 1e-9
    assert row.values["emd"][0] > 0
    assert picture.arrays["fake"].shape == (1000, trainer.data.dim)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_implied_jsd_is_given_exactly_where_it_means_something(loss: str) -> None:
    row = PointObserver(trained(quick(loss=loss), 2)).measure()
    assert math.isfinite(row.values["jsd_implied"][0]) == LOSSES[loss].log_odds


def test_a_discriminator_that_knows_nothing_scores_one_half_and_implies_no_divergence() -> None:
    row = watch(Trainer(quick()), 0, 0).measure()
    assert row.values["d_real"] == row.values["d_fake"] == (0.5,)
    assert row.values["jsd_implied"][0] == pytest.approx(0, abs=1e-12)


def test_a_critics_score_is_not_squeezed_into_a_probability() -> None:
    row = watch(Trainer(quick(loss="wasserstein", dataset="normal_1d")), 10.0).measure()
    assert row.values["d_real"][0] == pytest.approx(40, rel=0.02)  # the mean of the data is 4


def test_losses_in_a_row_are_the_trainers_own() -> None:
    trainer = trained(quick(seeds=2), 4)
    row = PointObserver(trainer).measure()
    assert row.values["d_loss"] == tuple(trainer.d_loss.tolist())
    assert row.values["g_loss"] == tuple(trainer.g_loss.tolist())


def test_sample_sizes_can_change_live() -> None:
    trainer = trained(quick(), 2)
    observer = PointObserver(trainer)
    before = observer.measure()
    trainer.apply(trainer.config.replace(jsd_samples=2000))
    assert observer.evaluator().n == 2000
    assert observer.measure().values["jsd"] != before.values["jsd"]
    unchanged = observer.evaluator()
    trainer.apply(trainer.config.replace(k=2))
    assert observer.evaluator() is unchanged


def test_a_diverged_lane_is_measured_as_nan_and_the_other_as_it_is() -> None:
    trainer = trained(quick(seeds=2), 2)
    healthy = PointObserver(trained(quick(seeds=2), 2)).measure()
    with torch.no_grad():
        for parameter in trainer.generator.parameters():
            parameter[0] = torch.nan
    row = PointObserver(trainer).measure()
    for name in ("jsd", "emd", "g_gradient"):
        assert math.isnan(row.values[name][0])
        assert row.values[name][1] == healthy.values[name][1]


# Gradients ------------------------------------------------------------------------------------------------------


def test_the_gradient_at_a_point_of_a_linear_critic_is_its_slope() -> None:
    """G's loss is −d(x) at each point, so every point's gradient has the norm of w."""
    row = watch(Trainer(quick(loss="wasserstein", seeds=2)), 3, 4).measure()
    assert row.values["x_gradient"] == pytest.approx((5.0, 5.0), rel=1e-5)


def test_points_that_g_does_not_learn_from_have_no_gradient() -> None:
    row = watch(Trainer(quick(loss="wasserstein", top_k=0.25)), 3, 4).measure()
    assert row.values["x_gradient"] == pytest.approx((5.0 / 4,), rel=1e-5)


@pytest.mark.parametrize("loss", ["non_saturating", "minimax", "least_squares", "hinge"])
def test_gradients_agree_with_finite_differences(loss: str) -> None:
    """The generator's last layer and the points are nudged in double precision; nothing of the observer is used."""
    trainer = trained(quick(loss=loss, d_activation="tanh", g_activation="tanh"), 20)
    latents: list[Tensor] = []
    hook = trainer.generator.register_forward_pre_hook(lambda _, inputs: latents.append(inputs[0].detach()))
    row = PointObserver(trainer).measure()
    hook.remove()
    generator, discriminator = trainer.generator.double(), trainer.discriminator.double()
    z = latents[-1].double()

    def losses(x: Tensor) -> Tensor:
        at_points: Tensor = LOSSES[loss].generator(discriminator(x).squeeze(-1), elementwise)
        return at_points

    with torch.no_grad():
        x = generator(z)
        nudge = 1e-5
        slopes = []
        for axis in torch.eye(2, dtype=torch.float64):
            slopes.append((losses(x + nudge * axis) - losses(x - nudge * axis)) / (2 * nudge))
        by_point = torch.stack(slopes).norm(dim=0).mean().item()
        square = 0.0
        for parameter in generator.parameters():
            flat = parameter.view(-1)
            for i in range(flat.numel()):
                flat[i] += nudge
                high = losses(generator(z)).mean()
                flat[i] -= 2 * nudge
                low = losses(generator(z)).mean()
                flat[i] += nudge
                square += ((high - low) / (2 * nudge)).item() ** 2
    assert row.values["x_gradient"][0] == pytest.approx(by_point, rel=1e-3)
    assert row.values["g_gradient"][0] == pytest.approx(square**0.5, rel=1e-3)


# The scene ------------------------------------------------------------------------------------------------------


def test_the_scene_of_the_ring_has_its_modes_and_real_points() -> None:
    trainer = Trainer(quick(seeds=2))
    shown = scene(trainer.data, trainer.config)
    assert (shown.dim, shown.seeds, shown.grid, shown.density) == (2, 2, 64, None)
    assert shown.extent == trainer.data.extent
    centres = np.array(shown.modes)
    np.testing.assert_allclose(np.hypot(*centres.T), 2, atol=1e-5)
    distance = np.linalg.norm(np.array(shown.real)[:, None] - centres, axis=-1).min(axis=1)
    assert len(shown.real) == 1000 and distance.max() < 0.02 * 6


def test_the_scene_of_a_line_has_its_density_on_the_grid() -> None:
    trainer = Trainer(quick(dataset="normal_1d"))
    shown = scene(trainer.data, trainer.config)
    axis = grid_axis(trainer.data)
    wanted = np.exp(-((axis - 4) ** 2) / (2 * 0.25)) / math.sqrt(2 * math.pi * 0.25)
    assert shown.grid == len(axis) and shown.density is not None
    np.testing.assert_allclose(shown.density, wanted, atol=1e-5)


def test_a_curve_has_no_modes_to_show() -> None:
    trainer = Trainer(quick(dataset="swiss_roll"))
    assert scene(trainer.data, trainer.config).modes is None
