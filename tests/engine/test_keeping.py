"""What a run leaves behind: a checkpoint as long as every seed that has not diverged can be trained on."""

import math
from typing import Any

import pytest

from playground.engine.messages import Checkpoint
from playground.engine.worker.keeping import Cadence, Keeping
from playground.observer import observe
from playground.runs.thinning import MAX_CHECKPOINTS, belongs, stride_for
from playground.training.checkpoint import restored
from playground.training.trainer import Trainer
from tests.engine.running import quick

NETWORKS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "dcgan": {"dataset": "digits", "network": "dcgan", "image_samples": 100},
}
"""Weights as (S, inputs, outputs), and as (S · channels, …)."""
every_network = pytest.mark.parametrize("network", NETWORKS)


def kept(trainer: Trainer) -> list[Checkpoint]:
    reports = Keeping("run", trainer, observe(trainer)).keep(0, picture=False)
    return [report for report in reports if isinstance(report, Checkpoint)]


def lose(trainer: Trainer, lane: int) -> None:
    """All weights of one seed are no numbers any more."""
    lanes = len(trainer.seeds)
    for weight in [*trainer.generator.parameters(), *trainer.discriminator.parameters()]:
        weight.data.chunk(lanes)[lane].fill_(math.nan)


@every_network
def test_a_seed_that_has_diverged_does_not_cost_the_others_their_checkpoints(network: str) -> None:
    trainer = Trainer(quick(seeds=2, **NETWORKS[network]))
    lose(trainer, 0)
    assert kept(trainer) == []  # nobody has noticed yet: this state is not to be gone back to
    trainer.diverged[0] = trainer.steps
    [checkpoint] = kept(trainer)
    assert restored(checkpoint.data).diverged == [0, None]


def test_a_seed_that_is_lost_in_part_is_not_kept() -> None:
    trainer = Trainer(quick(**NETWORKS["dcgan"]))
    [_] = kept(trainer)
    trainer.generator.get_parameter("norms.0.weight").data[5:] = math.nan  # 27 of 32 channels
    assert kept(trainer) == []


def test_what_is_due_is_what_the_store_keeps_also_after_a_fall_back() -> None:
    cadence = Cadence(0, MAX_CHECKPOINTS)
    for step in [*range(3000), *range(700, 900)]:
        assert cadence.due(step, 0.0) == belongs(step, stride_for(0, step, MAX_CHECKPOINTS))
