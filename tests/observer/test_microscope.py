"""The microscope: what it says of a step is what the step used, and a watched step is the step it would have been."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from playground.config import RunConfig
from playground.frame import Frame
from playground.models.mlp import Mlp
from playground.objectives import LOSSES
from playground.observer.microscope import BINS, weight_bins
from playground.observer.point_observer import PointObserver
from playground.training import elementwise
from playground.training.source import Batch
from playground.training.trainer import Trainer

QUICK: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 32}

GAMES: list[dict[str, Any]] = [
    {},
    {"k": 3},
    {"g_first": True},
    {"seeds": 2, "loss": "relativistic", "penalty": "r1_r2"},
    {"loss": "wasserstein", "clip": 0.05, "optimizer": "rmsprop"},
    {"loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10},
    {"instance_noise": 0.3, "label_flip": 0.2, "label_smoothing": 0.1},
    {"spectral_norm": True, "loss": "hinge"},
    {"updates": "simultaneous", "consensus": 0.5, "penalty": "r1"},
    {"unroll": 2, "penalty": "r1", "label_flip": 0.1},
    {"updates": "extragradient", "clip": 0.2, "label_flip": 0.1},
    {"ema": 0.9, "dataset": "two_normals_1d"},
    {"top_k": 0.5},
    {"feature_matching": True},
    {"replay": 0.5},
]
every_game = pytest.mark.parametrize("changes", GAMES, ids=str)


def observed(**changes: Any) -> tuple[Trainer, PointObserver]:
    trainer = Trainer(RunConfig(**(QUICK | changes)))
    return trainer, PointObserver(trainer)


def watched(trainer: Trainer, observer: PointObserver, part: str = "both") -> Frame:
    with observer.closely():
        {
            "both": trainer.step,
            "discriminator": trainer.update_discriminator,
            "generator": trainer.update_generator,
        }[part]()
    return observer.picture(0, {"microscope"})


@every_game
def test_a_watched_step_is_the_step_that_would_have_been(changes: dict[str, Any]) -> None:
    trainer, observer = observed(**changes)
    alone = Trainer(trainer.config)
    for _ in range(4):
        watched(trainer, observer)
        alone.step()
    for network in ("generator", "discriminator", "average"):
        found, wanted = getattr(trainer, network).state_dict(), getattr(alone, network).state_dict()
        assert all(torch.equal(found[name], wanted[name]) for name in wanted)


@every_game
def test_a_step_tells_of_both_halves_in_their_order(changes: dict[str, Any]) -> None:
    trainer, observer = observed(**changes)
    shown = watched(trainer, observer)
    insight = shown.values["insight"]
    g_first = changes.get("g_first") or "updates" in changes
    assert insight["first"] == ("generator" if g_first else "discriminator")
    assert insight["discriminator"]["loss"] == pytest.approx(trainer.d_loss[0].item(), abs=1e-6)
    assert insight["generator"]["loss"] == pytest.approx(trainer.g_loss[0].item(), abs=1e-6)
    assert insight["updates"] == trainer.config.updates
    assert insight["discriminator"]["update"] == insight["discriminator"]["of"] == trainer.config.k
    assert shown.arrays["seen_real"].shape == shown.arrays["pushed"].shape == (32, trainer.data.dim)
    assert shown.arrays["before_discriminator"].shape == shown.arrays["discriminator"].shape
    assert not np.array_equal(shown.arrays["before_discriminator"], shown.arrays["discriminator"])
    assert not np.array_equal(shown.arrays["before_fake"], shown.arrays["fake"])


def test_half_a_step_tells_of_that_half_alone() -> None:
    trainer, observer = observed(k=5)
    shown = watched(trainer, observer, "discriminator")
    assert "generator" not in shown.values["insight"] and shown.values["insight"]["discriminator"]["of"] == 1
    shown = watched(trainer, observer, "generator")
    assert "discriminator" not in shown.values["insight"] and "pushes" in shown.arrays


def test_nothing_is_told_unless_asked_and_nothing_that_is_over() -> None:
    trainer, observer = observed()
    watched(trainer, observer)
    assert "insight" not in observer.picture(0).values
    trainer.step()
    assert "insight" not in observer.picture(0, {"microscope"}).values
    assert trainer.game.witness is None


def test_the_points_are_those_that_d_sees_noise_and_all() -> None:
    trainer, observer = observed(instance_noise=0.5)
    clean, plain = observed()
    noisy, real = watched(trainer, observer).arrays["seen_real"], watched(clean, plain).arrays["seen_real"]
    spread = (noisy - real).std()  # the same real points: noise has a stream of its own
    assert spread == pytest.approx(0.5, rel=0.3)


def test_the_loss_follows_from_what_is_shown() -> None:
    trainer, observer = observed()
    alone = Trainer(trainer.config)
    shown = watched(trainer, observer)
    with torch.no_grad():
        real, fake = (
            alone.game.judge(torch.from_numpy(shown.arrays[name])[None])[0] for name in ("seen_real", "seen_fake")
        )
    row = LOSSES["non_saturating"]
    loss = row.real(real, elementwise).mean() + row.fake(fake, elementwise).mean()
    told = shown.values["insight"]["discriminator"]
    assert told["loss"] == pytest.approx(loss.item(), rel=1e-5)
    assert told["real"] == pytest.approx(torch.sigmoid(real).mean().item(), rel=1e-5)
    with torch.no_grad():  # D has not moved since its own update
        after = torch.sigmoid(trainer.game.judge(torch.from_numpy(shown.arrays["seen_fake"])[None])).mean().item()
    assert told["fake_after"] == pytest.approx(after, rel=1e-5)


def test_flipped_labels_are_counted_and_marked() -> None:
    trainer, observer = observed(label_flip=0.4, batch_size=128)
    shown = watched(trainer, observer)
    assert shown.arrays["flipped"].shape == (256,)
    assert shown.values["insight"]["discriminator"]["flipped"] == shown.arrays["flipped"].sum()
    assert 0.2 < shown.arrays["flipped"].mean() < 0.6


def test_the_penaltys_interpolates_lie_between_the_points_and_its_value_is_told() -> None:
    trainer, observer = observed(loss="wasserstein", penalty="gradient_penalty", penalty_weight=10)
    shown = watched(trainer, observer)
    real, fake, between = (shown.arrays[name] for name in ("seen_real", "seen_fake", "interpolates"))
    along = ((between - real) * (fake - real)).sum(1) / ((fake - real) ** 2).sum(1)
    np.testing.assert_allclose(between, real + along[:, None] * (fake - real), atol=1e-5)
    assert 0 <= along.min() and along.max() <= 1
    assert shown.values["insight"]["discriminator"]["penalty"] > 0


def test_the_histogram_of_clipped_weights_shows_them_at_the_borders() -> None:
    trainer, observer = observed(loss="wasserstein", clip=0.01)
    shown = watched(trainer, observer)
    told = shown.values["insight"]["discriminator"]
    before, after = shown.arrays["weights_histogram"]
    assert before.sum() == after.sum() == told["weights"]
    assert told["clipped"] > 0.5 * told["weights"] and told["reach"] > 0.01
    assert (after > 0).sum() <= 2 < (before > 0).sum()


def test_the_push_under_the_microscope_is_minus_the_slope_of_gs_loss() -> None:
    trainer, observer = observed(loss="wasserstein", clip=0.1)
    shown = watched(trainer, observer)
    x = torch.from_numpy(shown.arrays["pushed"])[None].requires_grad_()
    (slope,) = torch.autograd.grad(trainer.game.judge(x).sum(), x)  # −∂(−d)/∂x, and D has not moved since
    np.testing.assert_allclose(shown.arrays["pushes"], slope[0].numpy(), rtol=1e-4, atol=1e-7)


def test_the_points_that_g_does_not_learn_from_are_not_pushed_and_the_others_as_by_themselves() -> None:
    trainer, observer = observed(loss="wasserstein", top_k=0.25)
    shown = watched(trainer, observer)
    x = torch.from_numpy(shown.arrays["pushed"])[None].requires_grad_()
    scores = trainer.game.judge(x)
    (slope,) = torch.autograd.grad(scores.sum(), x)
    learned = np.zeros((32, 1), bool)
    learned[scores[0].topk(8).indices] = True
    np.testing.assert_allclose(shown.arrays["pushes"], slope[0].numpy() * learned, rtol=1e-4, atol=1e-7)
    told = shown.values["insight"]["generator"]
    assert (told["learned"], told["batch"]) == (8, 32)
    norms = slope[0].norm(dim=-1)[torch.from_numpy(learned[:, 0])]
    assert told["push"] == pytest.approx(norms.median().item(), rel=1e-4)


@pytest.mark.parametrize("updates", ["simultaneous", "extragradient"])
def test_where_both_move_at_once_the_step_is_told_from_where_both_stood(updates: str) -> None:
    """G was judged by the D of before, and D moves from there to where it stands now."""
    trainer, observer = observed(updates=updates)
    alone = Trainer(trainer.config)
    shown = watched(trainer, observer)
    told = shown.values["insight"]["discriminator"]
    with torch.no_grad():
        seen = alone.game.judge(torch.from_numpy(shown.arrays["seen_fake"])[None])
    assert told["fake"] == pytest.approx(torch.sigmoid(seen).mean().item(), rel=1e-5)
    moved = (trainer.d.weights.vector - alone.d.weights.vector).norm().item()
    assert told["moved"] == pytest.approx(moved, rel=1e-5)
    x = torch.from_numpy(shown.arrays["pushed"])[None].requires_grad_()
    (slope,) = torch.autograd.grad(functional.softplus(-alone.game.judge(x)).sum(), x)
    np.testing.assert_allclose(shown.arrays["pushes"], -slope[0].numpy(), rtol=1e-4, atol=1e-7)


def test_under_feature_matching_the_push_is_a_points_own_part_of_the_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, observer = observed(feature_matching=True)
    drawn: list[torch.Tensor] = []
    real = trainer.game.real

    def recorded() -> Batch:
        drawn.append(real()[0])
        return drawn[-1], None

    monkeypatch.setattr(trainer.game, "real", recorded)
    shown = watched(trainer, observer)
    discriminator = trainer.discriminator
    assert isinstance(discriminator, Mlp) and len(drawn) == 2  # D's batch, then G's; D has not moved since
    x = torch.from_numpy(shown.arrays["pushed"])[None].requires_grad_()
    distance = (discriminator.features(drawn[1]).mean(1) - discriminator.features(x).mean(1)).square().sum()
    (slope,) = torch.autograd.grad(distance, x)
    np.testing.assert_allclose(shown.arrays["pushes"], -32 * slope[0].numpy(), rtol=1e-4, atol=1e-6)
    told = shown.values["insight"]["generator"]
    assert told["matching"] is True and told["loss"] == pytest.approx(distance.item(), rel=1e-4)


def test_points_of_earlier_batches_are_among_those_that_d_sees_and_are_counted() -> None:
    trainer, observer = observed(replay=0.25)
    first, second = watched(trainer, observer), watched(trainer, observer)
    assert [shown.values["insight"]["discriminator"]["replayed"] for shown in (first, second)] == [0, 8]
    before = {tuple(point) for point in first.arrays["seen_fake"]}
    assert [tuple(point) in before for point in second.arrays["seen_fake"]] == [True] * 8 + [False] * 24


def test_weights_are_binned_layer_by_layer() -> None:
    trainer = Trainer(RunConfig(seeds=2, g_depth=2, g_width=8))
    layers = weight_bins(trainer.generator, 1)
    assert [layer["shape"] for layer in layers] == [[2, 8], [8, 8], [8, 2]]
    first = trainer.generator.hidden[0].weight[1].detach().numpy()  # type: ignore[index, union-attr]
    assert layers[0]["reach"] == pytest.approx(np.abs(first).max())
    assert layers[0]["spread"] == pytest.approx(first.std())
    assert sum(layers[0]["counts"]) == first.size and len(layers[0]["counts"]) == BINS
    assert layers[0]["counts"][0] + layers[0]["counts"][-1] >= 1  # the largest lies in an outer bin

    with torch.no_grad():
        trainer.generator.hidden[0].weight[1] = float("nan")  # type: ignore[index, union-attr]
    lost = weight_bins(trainer.generator, 1)[0]
    assert sum(lost["counts"]) == 0 and lost["reach"] == 0
