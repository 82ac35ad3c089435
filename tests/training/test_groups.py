"""A game in which D judges examples in groups: what it is shown, told, and asked for its slope."""

from typing import Any

import pytest
import torch
from torch import Tensor

from playground.config import RunConfig
from playground.objectives import LOSSES, PENALTIES
from playground.training.penalties import interpolates, slope_penalty
from playground.training.trainer import Trainer

SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 8, "lr_g": 1e-4}


def small(**changes: Any) -> RunConfig:
    return RunConfig(**(SMALL | changes))


def seen(trainer: Trainer, moment: str) -> dict[str, Tensor]:
    """What the game told of this moment of the next update of D."""
    kept: dict[str, Tensor] = {}

    wanted = moment

    def witness(moment: str, **tensors: Tensor) -> None:
        if moment == wanted:
            kept.update(tensors)

    trainer.game.witness = witness
    trainer.update_discriminator()
    trainer.game.witness = None
    return kept


@pytest.mark.parametrize("groups", [{"pack": 2}, {"minibatch": "discrimination"}, {"minibatch": "deviation"}])
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_and_penalty_can_be_played_in_groups(loss: str, penalty: str, groups: dict[str, Any]) -> None:
    trainer = Trainer(small(loss=loss, penalty=penalty, instance_noise=0.1, seeds=2, **groups))
    for _ in range(2):
        trainer.step()
    assert trainer.finite_lanes() == [True, True]
    assert trainer.d_loss.isfinite().all() and trainer.g_loss.isfinite().all()


@pytest.mark.parametrize("groups", [{"pack": 2}, {"minibatch": "discrimination"}, {"minibatch": "deviation"}])
@pytest.mark.parametrize(
    "moves",
    [{"updates": "simultaneous", "consensus": 1.0}, {"updates": "extragradient"}, {"top_k": 0.5}, {"unroll": 2}],
)
def test_players_move_by_every_rule_in_groups(moves: dict[str, Any], groups: dict[str, Any]) -> None:
    trainer = Trainer(small(penalty="r1", seeds=2, **moves, **groups))
    for _ in range(2):
        trainer.step()
    assert trainer.finite_lanes() == [True, True]
    assert trainer.d_loss.isfinite().all() and trainer.g_loss.isfinite().all()


@pytest.mark.parametrize("network", ["mlp", "lecture", "dcgan"])
@pytest.mark.parametrize("minibatch", ["none", "discrimination", "deviation"])
@pytest.mark.parametrize("conditional", [True, False])
def test_every_network_can_be_played_in_packs(network: str, minibatch: str, conditional: bool) -> None:
    config = small(
        dataset="digits",
        network=network,
        minibatch=minibatch,
        conditional=conditional,
        pack=2,
        penalty="r1_r2",
        label_smoothing=0.1,
    )
    trainer = Trainer(config)
    for _ in range(2):
        trainer.step()
    assert trainer.finite_lanes() == [True]


def test_there_are_as_many_examples_as_before_and_a_verdict_for_each_pack() -> None:
    told = seen(Trainer(small(pack=4, seeds=3)), "discriminator")
    assert told["real"].shape == told["fake"].shape == (3, 8, 2)
    assert told["real_logits"].shape == told["fake_logits"].shape == (3, 2)


def test_the_data_are_those_of_a_game_without_packs() -> None:
    alone, packs = (seen(Trainer(small(pack=pack, instance_noise=0.1)), "discriminator") for pack in (1, 2))
    assert torch.equal(alone["real"], packs["real"]) and torch.equal(alone["fake"], packs["fake"])


@pytest.mark.parametrize("minibatch", ["discrimination", "deviation"])
def test_real_examples_are_judged_without_a_look_at_the_generated_ones(minibatch: str) -> None:
    game = Trainer(small(minibatch=minibatch)).game
    (real, _), (fake, _) = game.real(), game.fakes("d")
    both = [game.judge(torch.cat([real, other], dim=1), batches=2)[:, :8] for other in (fake, fake + 5)]
    assert torch.equal(both[0], both[1])
    torch.testing.assert_close(both[0], game.judge(real))
    assert not torch.allclose(game.judge(torch.cat([real, fake + 5], dim=1))[:, :8], both[0])


@pytest.mark.parametrize("pack", [1, 2, 4])
def test_a_pack_has_one_label(pack: int) -> None:
    told = seen(Trainer(small(pack=pack, label_flip=0.5)), "labels")
    assert told["flipped"].shape == (1, 16 // pack)


def test_interpolates_lie_on_the_line_from_one_pack_to_another() -> None:
    told = seen(trainer := Trainer(small(pack=4, penalty="gradient_penalty")), "penalty")
    twin = Trainer(small(pack=4))
    (real, _), (fake, _) = twin.game.real(), twin.game.fakes("d")
    share = (told["interpolates"] - real) / (fake - real)
    for pack in share.reshape(2, 8):
        torch.testing.assert_close(pack, pack[:1].expand(8), rtol=1e-3, atol=1e-4)
    assert abs(share[0, 0, 0] - share[0, 4, 0]) > 1e-3
    assert trainer.game.streams["mix"].state()["used"] == 2


def test_a_mix_for_each_pack_is_shared_by_its_examples() -> None:
    real, fake, mix = torch.zeros(1, 4, 2), torch.ones(1, 4, 2), torch.tensor([[[0.25], [0.75]]])
    assert interpolates(real, fake, mix)[0, :, 0].tolist() == [0.25, 0.25, 0.75, 0.75]


W = torch.tensor([[3.0, 4.0], [0.0, 12.0]])
"""A D of packs of two: d = w₁ · x₁ + w₂ · x₂. Its slope in the pack is 13, in the examples 5 and 12."""


@pytest.mark.parametrize(("name", "wanted"), [("gradient_penalty", 144.0), ("r1", 84.5), ("r1_r2", 169.0)])
def test_the_slope_is_that_in_the_whole_pack(name: str, wanted: float) -> None:
    """(13 − 1)², ½ · 13² and twice that: a pack is one input of D."""
    points = {kind: torch.randn(1, 6, 2) for kind in ("real", "fake", "interpolates")}
    penalty = slope_penalty(PENALTIES[name], lambda x: (x.reshape(1, -1, 2, 2) * W).sum((2, 3)), points)
    assert penalty.tolist() == pytest.approx([wanted])


def test_the_batch_can_change_live_to_another_whole_number_of_packs() -> None:
    trainer = Trainer(small(pack=4, minibatch="discrimination"))
    trainer.step()
    trainer.apply(trainer.config.replace(batch_size=12))
    trainer.step()
    assert seen(trainer, "discriminator")["real_logits"].shape == (1, 3)


def test_a_collapsed_generator_is_told_by_its_lack_of_variety() -> None:
    """G makes the likeliest of the data's points and no other. A D of single points that is so narrow is at a loss
    (2 log 2); one that sees the batch is soon sure: 0.2 and less with the seeds 0 to 2."""

    def after(minibatch: str) -> float:
        trainer = Trainer(small(dataset="normal_1d", batch_size=64, minibatch=minibatch, lr_d=0.01))
        fixed = torch.full((1, 64, 1), 4.0)
        for _ in range(200):
            trainer.update_discriminator((fixed, None))
        return trainer.d_loss.item()

    alone, deviation, discrimination = after("none"), after("deviation"), after("discrimination")
    assert alone > 1.3 and deviation < 0.6 and discrimination < 0.6
