"""The rules by which both players move: against plain loops in double precision, and over the whole tables."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from playground.config import ConfigError, RunConfig, Updates
from playground.objectives import LOSSES
from playground.training.dynamics import MOVES, Field, field
from playground.training.trainer import Trainer
from tests.training.test_oracle import STEPS, Plain, in_double
from tests.training.test_resume import differences

SMALL: dict[str, Any] = {"g_width": 6, "d_width": 6, "batch_size": 8}
AT_ONCE: tuple[Updates, ...] = ("simultaneous", "extragradient")


def trained(config: RunConfig, steps: int) -> Trainer:
    trainer = Trainer(config)
    for _ in range(steps):
        trainer.step()
    return trainer


def weights(trainer: Trainer) -> list[Tensor]:
    networks = (trainer.generator, trainer.discriminator, trainer.average)
    return [weight.detach().clone() for network in networks for weight in network.parameters()]


@pytest.mark.parametrize("updates", ["alternating", *AT_ONCE])
@pytest.mark.parametrize(("trains", "still", "counts"), [("discriminator", 0, (6, 0)), ("generator", 1, (0, 3))])
def test_one_player_can_be_held_while_the_other_goes_on(
    updates: Updates, trains: Any, still: int, counts: tuple[int, int]
) -> None:
    config = RunConfig(**SMALL, updates=updates, k=2 if updates == "alternating" else 1, lr_decay=100)
    before = Trainer(config)
    trainer = trained(config.replace(trains=trains), 3)
    moved = [differences(before.state()[player], trainer.state()[player]) for player in ("generator", "discriminator")]
    assert not moved[still] and moved[1 - still]
    assert trainer.steps == 3 and (trainer.d_updates, trainer.g_updates) == (min(counts[0], 3 * config.k), counts[1])


def test_a_held_player_is_taken_up_again_exactly() -> None:
    config = RunConfig(**SMALL, trains="discriminator")
    one, other = trained(config, 4), trained(config, 2)
    other = Trainer.restored(other.state())
    for _ in range(2):
        other.step()
    for trainer in (one, other):
        trainer.apply(config.replace(trains="both"))
        trainer.step()
    assert not differences(one.state(), other.state())


def test_a_state_from_before_players_could_be_held_counts_every_step_for_both() -> None:
    state = trained(RunConfig(**SMALL), 5).state()
    del state["g_updates"]
    assert Trainer.restored(state).g_updates == 5


# Against plain loops --------------------------------------------------------------------------------------------


Rule = Callable[[list[Tensor], list[float]], list[Tensor]]


class PlainField(Plain):
    """Both players' weights as one list, D's first, and the gradients that they descend at the same weights."""

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config)
        self.weights: list[nn.Parameter] = [*self.d.parameters(), *self.g.parameters()]
        self.lrs = [config.lr_d] * len(list(self.d.parameters())) + [config.lr_g] * len(list(self.g.parameters()))
        self.mean = [torch.zeros_like(weight) for weight in self.weights]
        self.square = [torch.zeros_like(weight) for weight in self.weights]
        self.last = [torch.zeros_like(weight) for weight in self.weights]
        self.t = 0

    def field(self) -> list[Tensor]:
        bce = nn.BCEWithLogitsLoss()
        fake = self.generate(next(self.batches["latent_g"]))
        on_real, on_fake = self.judge(next(self.batches["data"])), self.judge(fake)
        d_loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
        g_loss = bce(on_fake, torch.ones_like(on_fake))
        self.d_loss, self.g_loss = d_loss.item(), g_loss.item()
        count = len(list(self.d.parameters()))
        v = [
            *torch.autograd.grad(d_loss, self.weights[:count], create_graph=True),
            *torch.autograd.grad(g_loss, self.weights[count:], create_graph=True),
        ]
        if self.config.consensus == 0:
            return [part.detach() for part in v]
        energy = sum((part**2).sum() for part in v) / 2
        damping = torch.autograd.grad(energy, self.weights)  # type: ignore[arg-type]
        return [part.detach() + self.config.consensus * more for part, more in zip(v, damping, strict=True)]

    def direction(self, gradients: list[Tensor]) -> list[Tensor]:
        """What the optimiser makes of gradients: the papers' formulas."""
        if self.config.optimizer == "sgd":
            self.mean = [self.config.beta1 * m + g for m, g in zip(self.mean, gradients, strict=True)]
            return self.mean
        beta1, beta2 = self.config.beta1, self.config.beta2
        self.t += 1
        self.mean = [beta1 * m + (1 - beta1) * g for m, g in zip(self.mean, gradients, strict=True)]
        self.square = [beta2 * v + (1 - beta2) * g * g for v, g in zip(self.square, gradients, strict=True)]
        return [
            (m / (1 - beta1**self.t)) / (torch.sqrt(v / (1 - beta2**self.t)) + 1e-8)
            for m, v in zip(self.mean, self.square, strict=True)
        ]

    def go(self, start: list[Tensor], direction: list[Tensor]) -> None:
        if self.config.optimizer == "optimistic_adam":
            ahead = [2 * new - old for new, old in zip(direction, self.last, strict=True)]
            self.last, direction = direction, ahead
        for weight, before, lr, along in zip(self.weights, start, self.lrs, direction, strict=True):
            weight.data = before - lr * along

    def step(self) -> None:
        here = [weight.detach().clone() for weight in self.weights]
        if self.config.updates == "extragradient":
            self.go(here, self.direction(self.field()))
            losses = self.d_loss, self.g_loss
            self.go(here, self.direction(self.field()))
            self.d_loss, self.g_loss = losses
        else:
            self.go(here, self.direction(self.field()))


@pytest.mark.parametrize(
    "changes",
    [
        {"updates": "simultaneous"},
        {"updates": "simultaneous", "optimizer": "optimistic_adam"},
        {"updates": "simultaneous", "consensus": 3.0},
        {"updates": "simultaneous", "consensus": 3.0, "optimizer": "sgd", "lr_d": 2e-3, "lr_g": 2e-3},
        {"updates": "extragradient", "optimizer": "sgd", "beta1": 0.0, "lr_d": 0.2, "lr_g": 0.2},
        {"updates": "extragradient", "optimizer": "sgd", "beta1": 0.3, "lr_d": 0.2, "lr_g": 0.2},
        {"updates": "extragradient", "lr_d": 5e-3},
    ],
    ids=lambda changes: " ".join(map(str, changes.values())),
)
def test_a_rule_agrees_with_a_plain_loop(changes: dict[str, Any]) -> None:
    config = RunConfig(g_width=16, d_width=16, batch_size=32, seed=5, **changes)
    ours, plain = in_double(Trainer(config)), PlainField(config)
    before = [weight.detach().clone() for weight in plain.weights]
    for _ in range(STEPS):
        ours.step()
        plain.step()
        assert ours.d_loss.item() == pytest.approx(plain.d_loss, rel=1e-7, abs=1e-9)
        assert ours.g_loss.item() == pytest.approx(plain.g_loss, rel=1e-7, abs=1e-9)
    for network, theirs in ((ours.generator, plain.g), (ours.discriminator, plain.d)):
        for lanes, plainly in zip(network.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(lanes[0].T.reshape(plainly.shape), plainly, rtol=1e-6, atol=1e-8)
    moved = [(weight - start).abs().mean().item() for weight, start in zip(plain.weights, before, strict=True)]
    assert max(moved) > 1e-3  # by far more than the tolerance


def test_optimistic_adam_in_turn_agrees_with_a_plain_loop() -> None:
    """The two players' halves, each with its own optimiser: the loop of the oracle with the paper's formula in it."""
    config = RunConfig(g_width=16, d_width=16, batch_size=32, seed=5, optimizer="optimistic_adam", k=2)
    ours, plain = in_double(Trainer(config)), Plain(config)
    for optimizer in (plain.d_opt, plain.g_opt):
        go_by_hand(optimizer, config)
    for _ in range(STEPS):
        ours.step()
        plain.step()
        assert ours.d_loss.item() == pytest.approx(plain.d_loss, rel=1e-7, abs=1e-9)
        assert ours.g_loss.item() == pytest.approx(plain.g_loss, rel=1e-7, abs=1e-9)


def go_by_hand(optimizer: torch.optim.Optimizer, config: RunConfig) -> None:
    """Let Daskalakis et al.'s algorithm 1 move what this optimiser moves."""
    group = optimizer.param_groups[0]
    kept = [[torch.zeros_like(weight) for _ in range(3)] for weight in group["params"]]
    steps = [0]

    def step() -> None:
        steps[0] += 1
        for weight, (m, v, last) in zip(group["params"], kept, strict=True):
            m.mul_(config.beta1).add_((1 - config.beta1) * weight.grad)
            v.mul_(config.beta2).add_((1 - config.beta2) * weight.grad**2)
            hat = m / (1 - config.beta1 ** steps[0]), v / (1 - config.beta2 ** steps[0])
            new = hat[0] / (hat[1].sqrt() + 1e-8)
            weight.data += -2 * group["lr"] * new + group["lr"] * last
            last.copy_(new)

    optimizer.step = step  # type: ignore[method-assign, assignment]


# What a rule is -------------------------------------------------------------------------------------------------


def test_the_table_is_the_configs_menu() -> None:
    assert list(MOVES) == list(get_args(Updates))


@pytest.mark.parametrize(
    "changes", [{}, {"loss": "relativistic", "penalty": "r1_r2", "instance_noise": 0.1}, {"ema": 0.9}]
)
def test_both_at_once_is_where_d_answers_the_fakes_of_before_gs_move(changes: dict[str, Any]) -> None:
    """Bit for bit: with k = 1, D sees what G made before it moved, and G was judged by the D of before."""
    at_once, g_first = (
        trained(RunConfig(**SMALL, **changes, **how), 10) for how in ({"updates": "simultaneous"}, {"g_first": True})
    )
    assert all(map(torch.equal, weights(at_once), weights(g_first)))
    in_turn = trained(RunConfig(**SMALL, **changes), 10)
    assert not any(map(torch.equal, weights(at_once)[:1], weights(in_turn)[:1]))


def test_looking_ahead_a_step_of_no_length_is_a_simultaneous_step_on_the_next_batch() -> None:
    """Where nothing moves in the first half, the second is all there is."""
    config = RunConfig(**SMALL, updates="extragradient", optimizer="sgd", beta1=0.0, lr_d=0.1, lr_g=0.1)
    ahead, plain = Trainer(config), Trainer(config.replace(updates="simultaneous"))
    descend = ahead.d.descend, ahead.g.descend
    ahead.d.descend = ahead.g.descend = lambda gradient: None  # type: ignore[method-assign]
    clip, clipped = ahead.clip, list[None]()

    def first_half_is_over() -> None:
        if not clipped:
            ahead.d.descend, ahead.g.descend = descend  # type: ignore[method-assign]
        clip()
        clipped.append(None)

    ahead.clip = first_half_is_over  # type: ignore[method-assign]
    for stream in ("data", "latent_g"):
        plain.game.take(stream)
    ahead.step()
    plain.step()
    assert all(map(torch.equal, weights(ahead), weights(plain)))


def test_a_step_is_one_update_of_each_player_and_averages_once() -> None:
    for updates in AT_ONCE:
        trainer = Trainer(RunConfig(**SMALL, updates=updates, ema=0.9))
        start = weights(trainer)
        trainer.step()
        assert (trainer.steps, trainer.d_updates) == (1, 1)
        count = len(list(trainer.generator.parameters()))
        after = weights(trainer)
        for before, now, mean in zip(start, after[:count], after[-count:], strict=False):
            torch.testing.assert_close(mean, 0.9 * before + 0.1 * now, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("updates", AT_ONCE)
def test_d_stays_within_its_box(updates: Updates) -> None:
    trainer = Trainer(RunConfig(**SMALL, updates=updates, clip=0.03, loss="wasserstein", lr_d=0.05))
    judged = trainer.game.discriminator_loss
    seen: list[float] = []

    def look(*batches: Any) -> Any:
        seen.append(trainer.d.weights.vector.abs().max().item())
        return judged(*batches)

    trainer.game.discriminator_loss = look  # type: ignore[method-assign, assignment]
    for _ in range(5):
        trainer.step()
    # Where it starts is its own affair; from then on also the weights of one step ahead lie in the box.
    assert seen[0] > 0.03 and max(seen[1:]) <= torch.tensor(0.03).item()


@pytest.mark.parametrize(
    "changes",
    [
        {"updates": "simultaneous", "penalty": "r1_r2"},
        {"updates": "simultaneous", "consensus": 1.0, "penalty": "gradient_penalty"},
        {"updates": "extragradient", "clip": 0.1},
    ],
)
def test_a_lane_that_diverges_leaves_the_others_alone(changes: dict[str, Any]) -> None:
    poisoned, healthy = (trained(RunConfig(**SMALL, **changes, seeds=3), 3) for _ in range(2))
    with torch.no_grad():
        next(iter(poisoned.discriminator.parameters()))[1] = torch.nan
    for _ in range(4):
        poisoned.step()
        healthy.step()
    assert poisoned.diverged == [None, 3, None] and healthy.diverged == [None] * 3
    for found, wanted in zip(weights(poisoned), weights(healthy), strict=True):
        assert torch.equal(found[[0, 2]], wanted[[0, 2]])


@pytest.mark.parametrize("penalty", ["none", "r1_r2", "gradient_penalty"])
def test_consensus_pushes_both_players_down_the_size_of_the_field(penalty: str) -> None:
    """Against finite differences of ½‖v‖² on one batch: the penalty's points move with G too."""
    config = RunConfig(**SMALL, updates="simultaneous", penalty=penalty, d_activation="tanh", g_activation="tanh")
    trainer = in_double(Trainer(config))
    streams = trainer.state()["streams"]

    def again() -> Field:
        for name, stream in trainer.game.streams.items():
            stream.load(streams[name])
        return field(trainer)

    def energy() -> float:
        found = again()
        return 0.5 * sum(part.square().sum().item() for part in (*found.d, *found.g))

    plain = again()
    trainer.game.config = config.replace(consensus=1.0)
    damped = again()
    trainer.game.config = config
    for player, with_it, without in ((trainer.d, damped.d, plain.d), (trainer.g, damped.g, plain.g)):
        slope = torch.cat([(more - less).reshape(-1) for more, less in zip(with_it, without, strict=True)])
        vector = player.weights.vector.data
        for place in range(0, len(vector), 7):
            vector[place] += 1e-5
            above = energy()
            vector[place] -= 2e-5
            below = energy()
            vector[place] += 1e-5
            assert slope[place].item() == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-7)


def test_consensus_of_weight_nothing_is_the_plain_rule_and_its_weight_is_a_factor() -> None:
    moved = []
    for weight in (0.0, 1.0, 3.0):
        config = RunConfig(**SMALL, updates="simultaneous", consensus=weight, optimizer="sgd", beta1=0.0, lr_d=0.01)
        moved.append(trained(config, 1).d.weights.vector.detach())
    assert not torch.equal(moved[0], moved[1])
    torch.testing.assert_close(moved[2] - moved[0], 3 * (moved[1] - moved[0]), rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"updates": "simultaneous", "k": 2}, ["k", "updates=simultaneous"]),
        ({"updates": "extragradient", "g_first": True}, ["g_first", "updates=extragradient"]),
        (
            {"updates": "extragradient", "consensus": 1.0},
            ["consensus", "updates=extragradient", "updates=simultaneous"],
        ),
        ({"consensus": 1.0}, ["consensus", "updates=alternating"]),
    ],
)
def test_what_a_rule_has_no_meaning_for_is_refused(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().replace(**changes)
    assert [field for field in fields if field not in str(caught.value)] == []


# Over the tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("updates", MOVES)
def test_every_rule_with_every_loss_steps_resumes_and_keeps_its_lanes_apart(updates: Updates, loss: str) -> None:
    """One lane of three is that seed alone; six steps are three and, from a state, three more, bit for bit."""
    more: dict[str, Any] = {"consensus": 0.1} if updates == "simultaneous" else {}
    config = RunConfig(**SMALL, updates=updates, loss=loss, lr_g=1e-4, lr_d=1e-4, **more)
    together = trained(config.replace(seeds=3), 6)
    assert torch.isfinite(together.d_loss).all() and torch.isfinite(together.g_loss).all()
    resumed = Trainer.restored(trained(config.replace(seeds=3), 3).state())
    for _ in range(3):
        resumed.step()
    assert differences(together.state(), resumed.state()) == []
    alone = trained(config.replace(seed=1), 6)
    for whole, single in zip(weights(together), weights(alone), strict=True):
        torch.testing.assert_close(whole[1], single[0], rtol=1e-3, atol=1e-4)
