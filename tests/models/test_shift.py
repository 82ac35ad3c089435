"""The generator of one number: where its line stands, how wide it is, and that a critic moves it."""

import numpy as np
import pytest
import torch

from playground.config import RunConfig
from playground.models.shift import ShiftedLine
from playground.training.trainer import Trainer


@pytest.mark.parametrize("uniform", [False, True])
def test_points_are_the_data_moved_by_theta(uniform: bool) -> None:
    data = RunConfig(dataset="parallel_lines").distribution()
    rng = torch.Generator().manual_seed(0)
    z = torch.randn(2, 20_000, 2, generator=rng)
    if uniform:
        z = torch.rand(2, 20_000, 2, generator=rng) * 2 - 1
    points = ShiftedLine(2, 0.7, data.sigma, uniform=uniform)(z).detach().numpy()
    assert points.shape == (2, 20_000, 2)
    np.testing.assert_allclose(points[..., 0].mean(axis=1), 0.7, atol=1e-3)
    np.testing.assert_allclose(points[..., 0].std(axis=1), data.sigma, rtol=0.03)
    quartiles = np.quantile(points[..., 1], [0.25, 0.5, 0.75], axis=1)
    np.testing.assert_allclose(quartiles, [[0.25] * 2, [0.5] * 2, [0.75] * 2], atol=0.02)


def test_with_a_single_latent_the_line_has_no_width() -> None:
    points = ShiftedLine(1, -0.5, 0.02, uniform=False)(torch.randn(1, 100, 1))
    assert (points[..., 0] == -0.5).all()


def test_a_bounded_critic_moves_every_seeds_line_to_the_data() -> None:
    config = RunConfig(
        dataset="parallel_lines",
        loss="wasserstein",
        penalty="gradient_penalty",
        penalty_weight=0.1,
        k=3,
        lr_g=5e-3,
        theta=0.5,
        batch_size=64,
        seeds=2,
    )
    trainer = Trainer(config)
    (theta,) = trainer.generator.parameters()
    assert theta.tolist() == [[[0.5]], [[0.5]]]
    for _ in range(150):
        trainer.step()
    assert all(abs(value) < 0.2 for value in theta.flatten().tolist())
    assert theta[0] != theta[1]  # each seed learns its own
