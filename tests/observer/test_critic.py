"""The W1 that a critic implies, measured on networks that are known."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.config import RunConfig
from playground.observer import PointObserver
from playground.training.trainer import Trainer

SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "jsd_samples": 500, "emd_samples": 50, "mode_samples": 100}


class Linear(nn.Module):
    """d(x) = slope · x."""

    def __init__(self, *slope: float) -> None:
        super().__init__()
        self.slope = torch.tensor(slope)

    def forward(self, x: Tensor) -> Tensor:
        return (x * self.slope).sum(-1, keepdim=True)


class Constant(nn.Module):
    """G puts everything at one point."""

    def __init__(self, *point: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(point))

    def forward(self, z: Tensor) -> Tensor:
        return self.weight + 0 * z[..., :1]


@pytest.mark.parametrize("steepness", [0.1, 7.0])
def test_a_linear_critic_implies_the_shift_between_the_means(steepness: float) -> None:
    """The ring's mean is 0, so points at (−3, 4) have to be shifted by 5; the critic looks along the shift."""
    trainer = Trainer(RunConfig(loss="wasserstein", seeds=2, **SMALL))
    trainer.game.generator = Constant(-3.0, 4.0)
    trainer.game.discriminator = Linear(0.6 * steepness, -0.8 * steepness)
    row = PointObserver(trainer).measure()
    # 512 real points on a circle of radius 2: their mean is off by 1.41 / √512 = 0.06 along any direction.
    assert row.values["critic_w"] == pytest.approx((5.0, 5.0), abs=0.25)


def test_other_losses_imply_no_emd() -> None:
    row = PointObserver(Trainer(RunConfig(**SMALL))).measure()
    assert math.isnan(row.values["critic_w"][0])


def test_the_best_critic_on_a_line_leads_from_the_samples_to_the_data() -> None:
    """Data around −2 and 2, every sample at 3: up from 3 to 2, on to −2, and so everywhere left of the samples."""
    trainer = Trainer(RunConfig(loss="wasserstein", dataset="two_normals_1d", **SMALL))
    trainer.game.generator = Constant(3.0)
    trainer.game.discriminator = Linear(0.5)
    observer = PointObserver(trainer)
    frame = observer.picture(layers={"optimal"})
    best, axis = frame.arrays["optimal"], np.linspace(*observer.scene().extent, observer.scene().grid)
    slopes = np.diff(best) / np.diff(axis)
    assert "optimal" not in frame.values["without"] and frame.values["optimal"]["critic"]
    between = (axis[1:] > -2) & (axis[1:] < 2.5)
    np.testing.assert_allclose(slopes[between], -0.5, rtol=1e-3)
    assert best.mean() == pytest.approx(frame.arrays["discriminator"].mean(), abs=1e-5)
    assert np.abs(slopes).max() <= 0.5 * (1 + 1e-3)


def test_clipped_weights_are_counted_and_their_spread_is_drawn() -> None:
    trainer = Trainer(RunConfig(loss="wasserstein", clip=0.01, seeds=2, **SMALL))
    for _ in range(3):
        trainer.step()
    observer = PointObserver(trainer)
    with torch.no_grad():
        trainer.d.weights.vector.copy_(torch.linspace(-0.01, 0.01, len(trainer.d.weights.vector)))
        trainer.d.weights.parts[0][0, 0, 0] = 0.01
    bars = observer.picture(layers={"weights"}).values["bars"]["weights"]
    assert sum(bars["y"]) == pytest.approx(1) and bars["x"] == pytest.approx([-x for x in reversed(bars["x"])])
    assert 0 < observer.measure().values["at_clip"][0] < 0.2
    assert math.isnan(PointObserver(Trainer(RunConfig(**SMALL))).measure().values["at_clip"][0])
