"""The W1 that a critic implies, measured on networks that are known."""

import math
from typing import Any

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
