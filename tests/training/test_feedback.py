"""What D is shown again and what G learns from, by hand and against plain loops in double precision."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.config import RunConfig
from playground.models.mlp import Mlp
from playground.objectives import LOSSES
from playground.training.feedback import class_error, learned_from, most_convincing
from playground.training.replay import Replay
from playground.training.trainer import Trainer
from tests.training.test_oracle import Plain, in_double, sequential

SMALL: dict[str, Any] = {"g_width": 16, "d_width": 16, "batch_size": 32, "seed": 5}


def assert_the_same_run(plain: Plain, config: RunConfig, steps: int = 20) -> None:
    """Losses and all weights, in double precision."""
    ours = in_double(Trainer(config))
    for _ in range(steps):
        ours.step()
        plain.step()
        assert ours.d_loss.item() == pytest.approx(plain.d_loss, rel=1e-7, abs=1e-9)
        assert ours.g_loss.item() == pytest.approx(plain.g_loss, rel=1e-7, abs=1e-9)
    for mine, theirs in ((ours.generator, plain.g), (ours.discriminator, plain.d)):
        for lanes, plainly in zip(mine.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(lanes[0].T.reshape(plainly.shape), plainly, rtol=1e-6, atol=1e-8)


# The share of the fakes that G learns from


@pytest.mark.parametrize(("share", "n", "count"), [(1.0, 7, 7), (0.7, 10, 7), (0.5, 3, 2), (0.05, 8, 1), (0.25, 8, 2)])
def test_a_share_of_the_examples_is_a_whole_number_of_them(share: float, n: int, count: int) -> None:
    assert learned_from(share, n) == count


def test_the_terms_are_those_of_the_highest_logits_in_each_lane() -> None:
    terms = torch.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    logits = torch.tensor([[0.0, 9.0, -1.0, 3.0], [2.0, -5.0, 1.0, 0.0]])
    assert most_convincing(terms, logits, 0.5).tolist() == [[2.0, 4.0], [5.0, 7.0]]
    logits[1, 3] = torch.nan
    terms[1, 3] = torch.nan
    assert most_convincing(terms, logits, 0.25).isnan().tolist() == [[False], [True]]  # shown, not masked


class TopK(Plain):
    """Sorts, cuts off, and takes the mean."""

    def generator_loss(self, fake: Tensor) -> Tensor:
        scores = sorted(self.judge(fake).flatten(), key=Tensor.item, reverse=True)
        kept = torch.stack(scores[: round(self.config.top_k * len(scores))])
        return nn.functional.binary_cross_entropy_with_logits(kept, torch.ones_like(kept))


def test_learning_from_the_most_convincing_fakes_agrees_with_a_plain_loop() -> None:
    config = RunConfig(**SMALL, top_k=0.3, k=2)
    assert_the_same_run(TopK(config), config)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_fakes_that_do_not_count_have_no_gradient_under_any_loss(loss: str) -> None:
    game = Trainer(RunConfig(**SMALL, loss=loss, top_k=0.25, seeds=2)).game
    fake = game.fakes("g")[0].detach().requires_grad_()
    logits = game.judge(fake)
    (slope,) = torch.autograd.grad(game.generator_loss(fake).sum(), fake)
    for lane in range(2):
        best = set(logits[lane].topk(8).indices.tolist())
        assert set(slope[lane].norm(dim=-1).nonzero().flatten().tolist()) == best


# Feature matching


class Matching(Plain):
    """‖E f(x) − E f(G(z))‖², written out over the units of the last hidden layer."""

    def generator_loss(self, fake: Tensor) -> Tensor:
        hidden = self.d[:-1]
        seen, real = hidden(fake / self.scale), hidden(next(self.batches["data"]) / self.scale)
        return torch.stack([(r.mean() - s.mean()) ** 2 for r, s in zip(real.T, seen.T, strict=True)]).sum()


@pytest.mark.parametrize("loss", ["non_saturating", "wasserstein"])
def test_feature_matching_agrees_with_a_plain_loop(loss: str) -> None:
    config = RunConfig(**SMALL, feature_matching=True, loss=loss, d_depth=3)
    assert_the_same_run(Matching(config), config)


def test_features_that_agree_leave_nothing_to_learn() -> None:
    game = Trainer(RunConfig(**SMALL, feature_matching=True, seeds=2)).game
    real = game.real()
    assert game.generator_loss(real[0].flip(1), None, real).tolist() == pytest.approx([0, 0], abs=1e-10)
    assert all(value > 1e-4 for value in game.generator_loss(real[0] + 1, None, real).tolist())


@pytest.mark.parametrize("network", ["mlp", "lecture", "dcgan"])
@pytest.mark.parametrize("conditional", [False, True])
def test_every_discriminators_verdict_is_made_of_its_features(network: str, conditional: bool) -> None:
    choices: dict[str, Any] = {"network": network, "conditional": conditional, "feature_matching": True}
    trainer = Trainer(RunConfig(dataset="digits", batch_size=8, **choices))
    game, d = trainer.game, trainer.discriminator.eval()
    x, classes = game.real()
    last = "" if network == "dcgan" else "last."
    weight, bias = d.get_parameter(f"{last}weight"), d.get_parameter(f"{last}bias")
    features = game.features(x, classes)
    torch.testing.assert_close((features @ weight + bias).squeeze(-1), game.judge(x, classes))
    assert features.shape[-1] == {"mlp": 64, "lecture": 100, "dcgan": 128}[network]
    before = trainer.game.generator_loss(*game.fakes("g"), (x, classes)).item()
    assert 0 < before < 1e3


# Replayed fakes


def rows(*numbers: int) -> Tensor:
    """Two lanes of these numbers; the second has them with a minus."""
    return torch.tensor([numbers, [-number for number in numbers]], dtype=torch.float32)[..., None]


def held(replay: Replay) -> list[float]:
    found = replay.rows()
    assert found is not None and torch.equal(found[1], -found[0])
    return found[0].flatten().tolist()


def test_the_newest_rows_stay_in_their_order_whatever_the_capacity_becomes() -> None:
    replay = Replay()
    assert len(replay) == 0 and replay.rows() is None
    replay.keep(rows(1, 2, 3), 6)
    assert held(replay) == [1, 2, 3]
    replay.keep(rows(4, 5), 6)
    replay.keep(rows(6, 7), 6)
    assert held(replay) == [2, 3, 4, 5, 6, 7] and len(replay) == 6
    replay.keep(rows(8), 4)
    assert held(replay) == [5, 6, 7, 8]
    replay.keep(rows(9), 7)
    assert held(replay) == [5, 6, 7, 8, 9]
    replay.forget()
    assert len(replay) == 0 and replay.rows() is None


def test_draws_pick_from_the_oldest_row_to_the_newest_in_each_lane() -> None:
    replay = Replay()
    for number in range(1, 8):
        replay.keep(rows(number), 5)  # 3 to 7, and the ring has turned
    draws = torch.tensor([[0.0, 0.19, 0.2, 0.999999], [0.5, 0.99, 0.0, 0.4]])[..., None]
    assert replay.pick(draws)[..., 0].tolist() == [[3, 3, 4, 7], [-5, -7, -3, -5]]


class Replaying(Plain):
    """A list of fakes that a batch's first ones are exchanged for."""

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config)
        self.batches["replay"] = self.supply(in_double(Trainer(config)), "replay")
        self.seen: list[Tensor] = []

    def shown(self, fake: Tensor) -> Tensor:
        batch = list(fake)
        if self.seen:
            draws = next(self.batches["replay"]).flatten().tolist()
            for i in range(round(self.config.replay * len(batch))):
                batch[i] = self.seen[int(draws[i] * len(self.seen))]
        self.seen = [*self.seen, *fake][-self.config.replay_batches * self.config.batch_size :]
        return torch.stack(batch)


@pytest.mark.parametrize("penalty", ["none", "gradient_penalty"])
def test_replaying_fakes_agrees_with_a_plain_loop(penalty: str) -> None:
    config = RunConfig(**SMALL, replay=0.4, replay_batches=5, k=2, penalty=penalty)
    assert_the_same_run(Replaying(config), config)


def test_replay_is_bounded_and_gone_when_it_is_switched_off() -> None:
    trainer = Trainer(RunConfig(**SMALL, replay=0.5, replay_batches=3, seeds=2))
    for _ in range(5):
        trainer.step()
    found = trainer.game.past.rows()
    assert found is not None and found.shape == (2, 3 * 32, 2)
    trainer.apply(trainer.config.replace(replay=0.0))
    trainer.step()
    assert trainer.state()["replay"] is None


def test_examples_are_replayed_with_the_classes_they_were_made_for() -> None:
    choices: dict[str, Any] = {"network": "lecture", "conditional": True, "dataset": "digits", "batch_size": 8}
    trainer = Trainer(RunConfig(**choices, replay=0.5))
    game = trainer.game
    made: dict[tuple[float, ...], float] = {}
    for _ in range(6):
        x, classes = game.fakes("d")
        assert classes is not None
        made |= {tuple(image): code.argmax().item() for image, code in zip(x[0].tolist(), classes[0], strict=True)}
        shown, told = game.replayed((x.detach(), classes))
        assert told is not None
        assert [made[tuple(image)] for image in shown[0].tolist()] == told[0].argmax(-1).tolist()
    assert torch.equal(shown[0, 4:], x[0, 4:]) and not torch.equal(shown[0, :4], x[0, :4])


# The auxiliary classifier

NAMING: dict[str, Any] = {"dataset": "digits", "conditional": True, "auxiliary": 0.7}


class AcGan:
    """Odena et al. 2017 on the digits with plain layers: D has a head for real or not, and one for the classes."""

    def __init__(self, config: RunConfig) -> None:
        self.twin = in_double(Trainer(config))  # for its first weights and its batches; it never trains
        g, d = self.twin.generator, self.twin.discriminator
        assert isinstance(g, Mlp) and isinstance(d, Mlp)
        self.g, self.d = nn.Sequential(*sequential(g, nn.ReLU()), nn.Tanh()), sequential(d, nn.LeakyReLU(0.2))
        betas = (config.beta1, config.beta2)
        self.g_opt = torch.optim.Adam(self.g.parameters(), lr=config.lr_g, betas=betas)
        self.d_opt = torch.optim.Adam(self.d.parameters(), lr=config.lr_d, betas=betas)
        self.weight = config.auxiliary

    def made(self, player: str) -> tuple[Tensor, Tensor]:
        take = self.twin.game.take
        z, classes = take(f"latent_{player}")[0], (10 * take(f"classes_{player}")[0, :, 0]).long()
        return self.g(torch.cat([z, nn.functional.one_hot(classes, 10).double()], dim=1)), classes

    def loss(self, x: Tensor, classes: Tensor, real: float) -> Tensor:
        said = self.d(x)
        right = nn.functional.binary_cross_entropy_with_logits(said[:, 0], torch.full((len(x),), real).double())
        return right + self.weight * nn.functional.cross_entropy(said[:, 1:], classes)

    def step(self) -> tuple[float, float]:
        x, codes = self.twin.game.real()
        assert codes is not None
        fake, classes = self.made("d")
        d_loss = self.loss(x[0].double(), codes[0].argmax(-1), 1.0) + self.loss(fake.detach(), classes, 0.0)
        g_loss = torch.zeros(())
        for optimizer in (self.d_opt, self.g_opt):
            loss = d_loss
            if optimizer is self.g_opt:
                loss = g_loss = self.loss(*self.made("g"), 1.0)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return d_loss.item(), g_loss.item()


def test_an_auxiliary_classifier_agrees_with_a_plain_loop() -> None:
    config = RunConfig(**SMALL, **NAMING)
    ours, plain = in_double(Trainer(config)), AcGan(config)
    for _ in range(20):
        ours.step()
        assert (ours.d_loss.item(), ours.g_loss.item()) == pytest.approx(plain.step(), rel=1e-7)


@pytest.mark.parametrize("network", ["mlp", "lecture", "dcgan"])
def test_d_names_the_classes_and_is_not_told_them(network: str) -> None:
    choices: dict[str, Any] = SMALL | NAMING | {"network": network, "seeds": 2}
    trainer = Trainer(RunConfig(**choices))
    game, d = trainer.game, trainer.discriminator.eval()
    x, classes = game.real()
    assert classes is not None
    assert game.verdict(x, classes).shape == (2, 32, 11) and game.judge(x, classes).shape == (2, 32)
    assert torch.equal(game.judge(x, classes), game.judge(x, classes.roll(1, dims=-1)))
    assert torch.equal(game.judge(x, classes), d(x)[..., 0])
    for _ in range(3):
        trainer.step()
    assert trainer.d_loss.isfinite().all() and trainer.g_loss.isfinite().all()


def test_the_classifier_learns_and_g_draws_what_it_is_told() -> None:
    trainer = Trainer(RunConfig(**NAMING, seed=1, batch_size=64, lr_d=2e-3, lr_g=2e-3, latent_dim=16))
    for _ in range(250):
        trainer.step()
    game = trainer.game
    right = []
    for x, classes in (game.real(), game.fakes("g")):
        assert classes is not None
        named = game.verdict(x)[..., 1:].argmax(-1)
        right.append((named == classes.argmax(-1)).float().mean().item())
    assert right[0] > 0.85 and right[1] > 0.6  # by chance 0.1


def test_the_cross_entropy_is_pytorchs_own() -> None:
    named = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))
    classes = torch.tensor([[0, 1, 2, 3, 0], [3, 3, 1, 0, 2]])
    wanted = nn.functional.cross_entropy(named.reshape(-1, 4), classes.flatten(), reduction="none")
    found = class_error(named, nn.functional.one_hot(classes, 4).float())
    torch.testing.assert_close(found, wanted.reshape(2, 5))
