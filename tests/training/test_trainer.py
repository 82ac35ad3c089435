"""Algorithm 1: what each half of a step does, what D is shown, how lanes and live changes behave."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.config import SHIFTED, ConfigError, RunConfig
from playground.models.mlp import Mlp
from playground.objectives import LOSSES
from playground.observer import PointObserver
from playground.training.learner import Diverged
from playground.training.optimizers import OPTIMIZERS
from playground.training.trainer import Trainer

SMALL: dict[str, Any] = {"g_width": 8, "d_width": 8, "batch_size": 16}
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "noise": {"instance_noise": 0.3, "noise_decay": 150, "label_flip": 0.1, "label_smoothing": 0.1, "label_decay": 90},
    "gradient_penalty": {"loss": "wasserstein", "penalty": "gradient_penalty", "latent_dim": 256},
    "relativistic_r1_r2": {"loss": "relativistic", "penalty": "r1_r2", "optimizer": "sgd", "instance_noise": 0.1},
    "own": {"loss": "own", "own_real": "max(1 - d, 0)^2", "own_generator": "min(softplus(-d), 3)"},
    "clip": {"loss": "wasserstein", "clip": 0.05, "optimizer": "rmsprop", "k": 3, "lr_d": 1e-4},
    "spectral_hinge": {"loss": "hinge", "spectral_norm": True, "ema": 0.9, "d_activation": "tanh"},
    "top_k": {"top_k": 0.3, "batch_size": 64},
    "two_optimisers": {"optimizer": "optimistic_adam", "d_optimizer": "sgd", "lr_decay": 100},
    "replay": {"replay": 0.5, "replay_batches": 3, "label_flip": 0.1},
    "feature_matching": {"feature_matching": True, "instance_noise": 0.1},
    "one_dimensional": {"dataset": "normal_1d", "prior": "uniform", "loss": "least_squares", "lr_g": 1e-4},
    "packed": {"pack": 4, "penalty": "gradient_penalty", "label_flip": 0.1, "instance_noise": 0.1},
    "minibatch_discrimination": {"minibatch": "discrimination", "penalty": "r1_r2", "pack": 2, "lr_g": 1e-4},
    "minibatch_deviation": {"minibatch": "deviation", "loss": "least_squares", "spectral_norm": True},
}
every_variant = pytest.mark.parametrize("variant", VARIANTS)


def small(**changes: Any) -> RunConfig:
    return RunConfig(**(SMALL | changes))


def trained(config: RunConfig, steps: int) -> Trainer:
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.step()
    return trainer


def weights(*networks: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for network in networks for parameter in network.parameters()]


def same(a: Any, b: Any) -> bool:
    """Whether two states agree bit for bit; NaN equals NaN."""
    if isinstance(a, Tensor):
        return isinstance(b, Tensor) and a.dtype == b.dtype and torch.equal(a.nan_to_num(9e9), b.nan_to_num(9e9))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


# The two half-steps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 5])
def test_a_step_is_k_discriminator_updates_and_one_generator_update(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(small(k=k))
    calls: list[str] = []

    def record(letter: str, half: str) -> None:
        carried_out = getattr(trainer, half)

        def recorded(*arguments: Any) -> Any:
            calls.append(letter)
            return carried_out(*arguments)

        monkeypatch.setattr(trainer, half, recorded)

    record("D", "update_discriminator")
    record("G", "update_generator")
    trainer.step()
    trainer.step()
    assert "".join(calls) == ("D" * k + "G") * 2
    assert (trainer.steps, trainer.d_updates) == (2, 2 * k)


@every_variant
def test_a_discriminator_update_moves_every_weight_of_d_and_none_of_g(variant: str) -> None:
    trainer = Trainer(small(**VARIANTS[variant]))
    g, d = weights(trainer.generator, trainer.average), weights(trainer.discriminator)
    trainer.update_discriminator()
    assert same(weights(trainer.generator, trainer.average), g)
    after = weights(trainer.discriminator)
    # A critic's or relativistic last bias cancels between real and fake: it need not move.
    assert not any(torch.equal(x, y) for x, y in zip(after[:-1], d[:-1], strict=True))
    assert (trainer.steps, trainer.d_updates) == (0, 1)


@every_variant
def test_a_generator_update_moves_every_weight_of_g_and_none_of_d(variant: str) -> None:
    trainer = Trainer(small(**VARIANTS[variant]))
    g, d = weights(trainer.generator), weights(trainer.discriminator)
    trainer.update_generator()
    assert same(weights(trainer.discriminator), d)
    assert not any(torch.equal(x, y) for x, y in zip(weights(trainer.generator), g, strict=True))
    assert (trainer.steps, trainer.d_updates) == (1, 0)


LN2 = math.log(2)


@pytest.mark.parametrize(
    ("loss", "d_loss", "g_loss"),
    [
        ("non_saturating", 2 * LN2, LN2),
        ("minimax", 2 * LN2, -LN2),
        ("least_squares", 0.5, 0.5),
        ("hinge", 2.0, 0.0),
        ("wasserstein", 0.0, 0.0),
        ("relativistic", LN2, LN2),
        ("fgan_kl", 1 / math.e, -1 / math.e),
        ("fgan_reverse_kl", 0.0, 1.0),
        ("fgan_jeffrey", 0.0, 0.0),
        ("own", 2 * LN2, LN2),
    ],
)
def test_losses_of_a_discriminator_that_knows_nothing_are_the_ones_derived_by_hand(
    loss: str, d_loss: float, g_loss: float
) -> None:
    trainer = Trainer(small(loss=loss, seeds=2))
    with torch.no_grad():
        for parameter in trainer.discriminator.parameters():
            parameter.zero_()
    trainer.update_generator()
    trainer.update_discriminator()
    torch.testing.assert_close(trainer.g_loss, torch.full((2,), g_loss))
    torch.testing.assert_close(trainer.d_loss, torch.full((2,), d_loss))


@pytest.mark.parametrize("loss", LOSSES)
def test_repeated_discriminator_updates_lower_its_loss(loss: str) -> None:
    trainer = Trainer(small(loss=loss, batch_size=256, lr_d=3e-3))
    trainer.update_discriminator()
    before = trainer.d_loss.item()
    for _ in range(100):
        trainer.update_discriminator()
    assert trainer.d_loss.item() < before - 0.05


@pytest.mark.parametrize("loss", LOSSES)
def test_repeated_generator_updates_lower_its_loss(loss: str) -> None:
    trainer = Trainer(small(loss=loss, batch_size=256, lr_g=3e-3, lr_d=3e-3))
    for _ in range(100):
        trainer.update_discriminator()
    trainer.update_generator()
    before = trainer.g_loss.item()
    for _ in range(100):
        trainer.update_generator()
    assert trainer.g_loss.item() < before - 0.1


def test_a_learning_rate_moves_its_own_player() -> None:
    slow, fast = (trained(small(lr_g=lr_g, lr_d=1e-3, optimizer="sgd"), 1) for lr_g in (1e-3, 1e-2))
    start = Trainer(small())
    moved = [(weights(trainer.generator)[0] - weights(start.generator)[0]).norm().item() for trainer in (slow, fast)]
    assert moved[1] == pytest.approx(10 * moved[0], rel=1e-3)
    assert same(weights(slow.discriminator), weights(fast.discriminator))


# What D is shown ------------------------------------------------------------------------------------------------


def shown(trainer: Trainer, act: Callable[[], object]) -> list[Tensor]:
    """What the discriminator is given while `act` runs, one tensor per pass."""
    seen: list[Tensor] = []
    hook = trainer.discriminator.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach().clone()))
    act()
    hook.remove()
    return seen


@pytest.mark.parametrize("dataset", ["ring8", "normal_1d"])
def test_instance_noise_lies_on_real_and_fake_points_with_the_stated_sigma(dataset: str) -> None:
    sigma, n = 0.7, 2048
    noisy = Trainer(small(dataset=dataset, instance_noise=sigma, batch_size=n))
    clean = Trainer(small(dataset=dataset, batch_size=n))
    noise = shown(noisy, noisy.update_discriminator)[0] - shown(clean, clean.update_discriminator)[0]
    real, fake = noise.chunk(2, dim=1)
    tolerance = 4 * sigma / (2 * n) ** 0.5
    for part in (real, fake):
        assert part.std().item() == pytest.approx(sigma, abs=tolerance)
        assert abs(part.mean().item()) < 4 * sigma / n**0.5
    assert abs((real * fake).mean().item()) < 4 * sigma**2 / n**0.5


def test_the_generator_update_sees_the_same_noise_level() -> None:
    noisy, clean = (Trainer(small(instance_noise=sigma, batch_size=2048)) for sigma in (0.7, 0.0))
    noise = shown(noisy, noisy.update_generator)[0] - shown(clean, clean.update_generator)[0]
    assert noise.std().item() == pytest.approx(0.7, abs=0.03)


def test_instance_noise_falls_in_a_straight_line_to_exactly_nothing() -> None:
    """The generator stands still (its learning rate is tiny), so that the noise is all that differs."""
    config = small(batch_size=2048, lr_g=1e-6, lr_d=1e-6, optimizer="sgd", beta1=0)
    noisy, clean = Trainer(config.replace(instance_noise=1.0, noise_decay=4)), Trainer(config)
    sigmas = []
    for _ in range(6):
        noise = shown(noisy, noisy.update_discriminator)[0] - shown(clean, clean.update_discriminator)[0]
        sigmas.append(noise.std().item())
        noisy.update_generator()
        clean.update_generator()
    assert sigmas == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0, 0.0], abs=0.03)
    assert noisy.game.noise_sigma == 0.0


def test_noise_decays_from_the_step_at_which_it_was_set() -> None:
    trainer = trained(small(), 7)
    trainer.apply(trainer.config.replace(instance_noise=0.5, noise_decay=10))
    assert trainer.game.noise_sigma == 0.5
    for _ in range(4):
        trainer.step()
    assert trainer.game.noise_sigma == pytest.approx(0.3)
    trainer.apply(trainer.config.replace(k=2))  # another setting does not start the decay anew
    assert trainer.game.noise_sigma == pytest.approx(0.3)
    trainer.apply(trainer.config.replace(instance_noise=0.8))
    assert trainer.game.noise_sigma == 0.8


def test_label_noise_decays_from_the_step_at_which_it_was_set() -> None:
    trainer = trained(small(), 3)
    trainer.apply(trainer.config.replace(label_flip=0.2, label_smoothing=0.1, label_decay=10))
    for _ in range(5):
        trainer.step()
    assert trainer.game.label_noise == pytest.approx((0.1, 0.05))
    trainer.apply(trainer.config.replace(instance_noise=0.5))
    assert trainer.game.label_noise == pytest.approx((0.1, 0.05))
    for _ in range(6):
        trainer.step()
    assert trainer.game.label_noise == (0.0, 0.0)


def d_loss(trainer: Trainer, real: float, fake: float) -> float:
    """D's loss where it gives every real and every fake point these logits."""
    shape = (len(trainer.seeds), trainer.config.batch_size)
    return trainer.game._two_terms(torch.full(shape, real), torch.full(shape, fake)).mean().item()


@pytest.mark.parametrize("flip", [0.0, 0.1, 0.5])
def test_the_stated_share_of_labels_is_flipped_on_both_sides(flip: float) -> None:
    """Least squares with logits 0 on real: a flipped real label costs 0, a true one ½. Likewise for fakes at 1."""
    trainer = Trainer(small(loss="least_squares", label_flip=flip, batch_size=2048))
    tolerance = 4 * (0.25 / 2048) ** 0.5
    flipped_real, flipped_fake, right = d_loss(trainer, 0, 0), d_loss(trainer, 1, 1), d_loss(trainer, 1, 0)
    assert flipped_real == pytest.approx(0.5 * (1 - flip) + 0.5 * flip, abs=tolerance)
    assert flipped_fake == pytest.approx(0.5 * (1 - flip) + 0.5 * flip, abs=tolerance)
    assert right == pytest.approx(0.5 * flip + 0.5 * flip, abs=tolerance)
    assert d_loss(trainer, 0, 1) == pytest.approx(1 - flip, abs=tolerance)


def test_smoothing_is_one_sided() -> None:
    trainer = Trainer(small(label_smoothing=0.2))
    bce = nn.functional.binary_cross_entropy_with_logits
    real, fake = torch.tensor(0.7), torch.tensor(-0.4)
    wanted = bce(real, torch.tensor(0.8)) + bce(fake, torch.tensor(0.0))
    assert d_loss(trainer, 0.7, -0.4) == pytest.approx(wanted.item(), abs=1e-6)


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_latents_follow_the_prior(prior: str) -> None:
    trainer = Trainer(small(prior=prior, latent_dim=3, batch_size=2048))
    seen: list[Tensor] = []
    trainer.generator.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    trainer.step()
    for z in seen:
        assert z.shape == (1, 2048, 3)
        assert z.var().item() == pytest.approx(1.0 if prior == "normal" else 1 / 3, rel=0.1)
        assert (z.abs().max().item() <= 1) == (prior == "uniform")
    assert not torch.equal(seen[0], seen[1])


# Constraints on D -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_clipping_keeps_every_weight_of_d_in_its_box(optimizer: str) -> None:
    trainer = Trainer(small(loss="wasserstein", clip=0.03, lr_d=0.05, optimizer=optimizer))
    for _ in range(5):
        trainer.update_discriminator()
        assert all((w.abs() <= 0.03).all() for w in weights(trainer.discriminator))
    assert any((w.abs() == torch.tensor(0.03)).any() for w in weights(trainer.discriminator))
    assert any((w.abs() > 0.03).any() for w in weights(trainer.generator))


def test_clipping_switched_on_acts_from_the_next_update() -> None:
    trainer = trained(small(), 2)
    trainer.apply(trainer.config.replace(clip=0.01))
    trainer.update_discriminator()
    assert all((w.abs() <= 0.01).all() for w in weights(trainer.discriminator))


@pytest.mark.parametrize("loss", ["non_saturating", "hinge"])
def test_spectral_norm_bounds_every_layer_of_d_while_it_trains(loss: str) -> None:
    trainer = trained(small(loss=loss, spectral_norm=True, seeds=2, k=3), 30)
    d = trainer.discriminator.eval()
    assert isinstance(d, Mlp)
    for layer in [*d.hidden, d.last]:
        inputs = layer.weight.shape[1]
        with torch.no_grad():
            matrix = (layer(torch.eye(inputs).expand(2, -1, -1)) - layer.bias) / layer.inner
        largest = torch.linalg.matrix_norm(matrix.double(), ord=2)
        torch.testing.assert_close(largest, torch.ones(2, dtype=torch.float64), rtol=0.02, atol=0)


def test_a_penalty_is_added_with_its_weight_and_left_out_of_the_shown_loss() -> None:
    """R1 of weight γ moves D by γ times as much as with weight 1, beside what the loss itself moves it."""
    updates = []
    for weight in (0.0, 1.0, 3.0):
        trainer = Trainer(small(penalty="r1", penalty_weight=weight, optimizer="sgd", beta1=0, lr_d=1e-3))
        trainer.update_discriminator()
        updates.append(weights(trainer.discriminator)[0])
        assert trainer.d_loss.item() == pytest.approx(d_loss_without_penalty(), rel=1e-5)
    torch.testing.assert_close(updates[2] - updates[0], 3 * (updates[1] - updates[0]), rtol=1e-3, atol=1e-6)
    assert not torch.equal(updates[1], updates[0])


def d_loss_without_penalty() -> float:
    trainer = Trainer(small())
    trainer.update_discriminator()
    return trainer.d_loss.item()


# The averaged generator -----------------------------------------------------------------------------------------


def test_the_average_follows_its_recursion() -> None:
    trainer = Trainer(small(ema=0.9, seeds=2))
    wanted = [w.double() for w in weights(trainer.generator)]
    for _ in range(20):
        trainer.step()
        wanted = [0.9 * mean + 0.1 * w.double() for mean, w in zip(wanted, weights(trainer.generator), strict=True)]
    for mean, by_hand in zip(weights(trainer.average), wanted, strict=True):
        torch.testing.assert_close(mean.double(), by_hand, rtol=1e-5, atol=1e-6)
    assert trainer.shown_maker is trainer.average


def test_the_average_does_not_change_the_training() -> None:
    with_average, without = trained(small(ema=0.99), 10), trained(small(), 10)
    assert same(weights(with_average.generator), weights(without.generator))
    assert without.shown_maker is without.generator


def test_an_average_switched_on_later_starts_at_the_present_weights() -> None:
    trainer = trained(small(), 10)
    trainer.apply(trainer.config.replace(ema=0.99))
    assert same(weights(trainer.average), weights(trainer.generator))
    trainer.step()
    trainer.apply(trainer.config.replace(ema=0.5))  # another decay keeps the average
    assert not same(weights(trainer.average), weights(trainer.generator))


# Lanes ----------------------------------------------------------------------------------------------------------


@every_variant
def test_a_lane_of_eight_is_that_seed_alone(variant: str) -> None:
    changes = VARIANTS[variant]
    together = trained(small(**changes, seed=10, seeds=8), 50)
    for lane in (0, 5, 7):
        alone = trained(small(**changes, seed=10 + lane), 50)
        for name in ("generator", "discriminator", "average"):
            for whole, single in zip(weights(getattr(together, name)), weights(getattr(alone, name)), strict=True):
                torch.testing.assert_close(whole[lane], single[0], rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(together.d_loss[lane], alone.d_loss[0], rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(together.g_loss[lane], alone.g_loss[0], rtol=1e-3, atol=1e-4)


def test_seeds_differ() -> None:
    trainer = trained(small(seeds=3), 3)
    assert len({round(loss, 5) for loss in trainer.d_loss.tolist()}) == 3
    assert trainer.seeds == [0, 1, 2]


@pytest.mark.parametrize("sick", ["generator", "discriminator"])
def test_a_lane_that_diverges_is_marked_and_leaves_the_others_alone(sick: str) -> None:
    poisoned, healthy = trained(small(seeds=3), 4), trained(small(seeds=3), 4)
    with torch.no_grad():
        next(iter(getattr(poisoned, sick).parameters()))[1] = torch.nan
    for _ in range(5):
        poisoned.step()
        healthy.step()
    assert poisoned.diverged == [None, 4, None]
    assert healthy.diverged == [None] * 3
    for network in ("generator", "discriminator"):
        for a, b in zip(weights(getattr(poisoned, network)), weights(getattr(healthy, network)), strict=True):
            assert torch.equal(a[[0, 2]], b[[0, 2]])
    assert poisoned.d_loss.isnan().tolist() == [False, True, False]  # shown, not masked


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_run_without_a_finite_lane_stops_and_says_when_and_what(seeds: int) -> None:
    trainer = Trainer(small(loss="least_squares", optimizer="sgd", lr_g=1, lr_d=1, beta1=0.9, seeds=seeds))
    with pytest.raises(Diverged) as caught:
        for _ in range(500):
            trainer.step()
    assert f"At step {trainer.steps:,} the " in str(caught.value)
    assert "loss was no longer a finite number" in str(caught.value)
    assert str(caught.value).endswith(".")
    assert all(step is not None and step <= trainer.steps for step in trainer.diverged)


NETWORK_CONFIGS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "shifted_line": {"dataset": SHIFTED},
    "lecture": {"dataset": "digits", "network": "lecture"},
    "dcgan": {"dataset": "digits", "network": "dcgan"},
    **{
        f"{network}_in_groups": {"dataset": "digits", "network": network, "pack": 2, "minibatch": "discrimination"}
        for network in ("mlp", "lecture", "dcgan")
    },
}
every_network = pytest.mark.parametrize("network", NETWORK_CONFIGS)


@every_network
def test_weights_are_finite_or_not_for_each_lane_by_itself(network: str) -> None:
    """Whatever the networks are: each weight in turn, in its first and in its last number."""
    trainer = Trainer(small(seeds=3, **NETWORK_CONFIGS[network]))
    assert trainer.finite_lanes() == [True, True, True] and trainer.healthy()
    for weight in [*trainer.generator.parameters(), *trainer.discriminator.parameters()]:
        flat = weight.data.view(-1)
        for place, lanes in ((0, [False, True, True]), (-1, [True, True, False])):
            before = flat[place].clone()
            flat[place] = math.inf
            assert trainer.finite_lanes() == lanes and not trainer.healthy()
            flat[place] = before


@every_network
def test_the_lane_whose_weights_are_lost_is_the_one_that_makes_nothing_of_its_latents(network: str) -> None:
    trainer = Trainer(small(seeds=2, **NETWORK_CONFIGS[network]))
    for weight in trainer.generator.parameters():
        weight.data[: len(weight) // 2] = math.nan
    fake = trainer.generator(torch.rand(2, 4, trainer.config.latent_dim))
    assert [bool(lane.isfinite().all()) for lane in fake] == [False, True] == trainer.finite_lanes()
    assert not trainer.healthy()
    trainer.diverged[0] = 3
    assert trainer.healthy()


def test_one_lane_is_not_healthy_for_a_few_channels_that_are() -> None:
    trainer = Trainer(small(**NETWORK_CONFIGS["dcgan"]))
    scales = trainer.discriminator.get_parameter("norm.weight")
    scales.data[5:] = math.nan  # 27 of 32
    assert trainer.finite_lanes() == [False] and not trainer.healthy()


# Live changes ---------------------------------------------------------------------------------------------------


def test_a_live_change_acts_from_the_next_step_and_is_recorded() -> None:
    trainer = trained(small(), 5)
    target = trainer.config.replace(k=3, lr_g=5e-4)
    trainer.apply(target)
    trainer.step()
    assert trainer.config == target
    assert trainer.d_updates == 5 + 3
    assert trainer.changes == [(5, {"lr_g": [1e-3, 5e-4], "k": [1, 3]})]


def test_a_live_batch_size_is_what_d_is_shown_next() -> None:
    trainer = trained(small(), 2)
    trainer.apply(trainer.config.replace(batch_size=40))
    assert shown(trainer, trainer.update_discriminator)[0].shape == (1, 80, 2)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_live_loss_is_the_one_that_trains(loss: str) -> None:
    """After the switch the run goes on as one that was restored under the other loss."""
    trainer = trained(small(), 3)
    state = trainer.state()
    trainer.apply(trainer.config.replace(loss=loss))
    other = Trainer.restored(state | {"config": state["config"] | {"loss": loss}})
    trainer.step()
    other.step()
    assert same(weights(trainer.generator, trainer.discriminator), weights(other.generator, other.discriminator))


def test_a_setting_that_needs_a_restart_is_refused_and_nothing_changes() -> None:
    trainer = trained(small(), 2)
    before = trainer.state()
    with pytest.raises(ConfigError) as caught:
        trainer.apply(trainer.config.replace(g_width=16, dataset="moons", k=4))
    sentence = str(caught.value)
    assert "g_width" in sentence and "dataset" in sentence and "k," not in sentence
    assert sentence.endswith("restart it.")
    assert same(trainer.state(), before)


def test_applying_the_same_settings_records_nothing() -> None:
    trainer = trained(small(), 2)
    trainer.apply(small())
    assert trainer.changes == []


def test_equal_configs_and_equal_tweaks_give_equal_runs() -> None:
    runs = []
    for _ in range(2):
        trainer = trained(small(seeds=2), 5)
        trainer.apply(trainer.config.replace(instance_noise=0.2, noise_decay=8, penalty="r1", beta1=0.0))
        for _ in range(5):
            trainer.step()
        trainer.apply(trainer.config.replace(loss="hinge", k=2))
        for _ in range(5):
            trainer.step()
        runs.append(trainer.state())
    assert same(*runs)


def test_another_tweak_or_another_moment_gives_another_run() -> None:
    ends = []
    for moment, k in ((3, 2), (4, 2), (3, 3)):
        trainer = trained(small(), moment)
        trainer.apply(trainer.config.replace(k=k))
        while trainer.steps < 10:
            trainer.step()
        ends.append(weights(trainer.generator)[0])
    assert not torch.equal(ends[0], ends[1]) and not torch.equal(ends[0], ends[2])


# Looking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["plain", "noise", "relativistic_r1_r2", "spectral_hinge"])
def test_looking_does_not_change_the_training(variant: str) -> None:
    config = small(**VARIANTS[variant], seeds=2, jsd_samples=500, emd_samples=50, mode_samples=100)
    watched, unwatched = Trainer(config), trained(config, 12)
    observer = PointObserver(watched)
    for step in range(12):
        watched.step()
        observer.picture(lane=step % 2)
        if step % 4 == 0:
            observer.measure()
    assert same(watched.state(), unwatched.state())
