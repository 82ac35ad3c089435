"""G answers the D of K steps ahead: against finite differences of a plain loop in double precision, and by itself."""

import copy
from typing import Any

import pytest
import torch
from torch import nn

from playground.config import ConfigError, RunConfig
from playground.objectives import LOSSES
from playground.training.optimizers import OPTIMIZERS
from playground.training.trainer import Trainer
from tests.training.test_dynamics import go_by_hand, trained, weights
from tests.training.test_oracle import Plain, in_double
from tests.training.test_resume import differences

SMALL: dict[str, Any] = {"g_width": 6, "d_width": 6, "batch_size": 8}

# Against finite differences -------------------------------------------------------------------------------------


class PlainAhead(Plain):
    """What G loses at the D of K steps ahead, as a plain number of G's weights: nothing is differentiated through."""

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config.replace(unroll=0))
        if config.optimizer == "sgd":
            self.g_opt = torch.optim.SGD(self.g.parameters(), lr=config.lr_g, momentum=config.beta1)
            self.d_opt = torch.optim.SGD(self.d.parameters(), lr=config.lr_d, momentum=config.beta1)
        self.steps_ahead = config.unroll

    def fix(self) -> None:
        """Draw what the update draws, once for all evaluations."""
        self.real, self.z = next(self.batches["data"]), next(self.batches["latent_g"])
        self.mixes = [next(self.batches["mix"]) for _ in range(self.steps_ahead)]

    def loss_ahead(self) -> float:
        bce = nn.BCEWithLogitsLoss()
        wasserstein = self.config.loss == "wasserstein"
        kept = copy.deepcopy([weight.data for weight in self.d.parameters()])
        memory = copy.deepcopy(self.d_opt.state_dict())
        if self.config.optimizer == "optimistic_adam":
            go_by_hand(self.d_opt, self.config)  # from no memory
        fake = self.generate(self.z).detach()
        for mix in self.mixes:
            on_real, on_fake = self.judge(self.real), self.judge(fake)
            if wasserstein:
                loss = on_fake.mean() - on_real.mean()
            else:
                loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
            if self.config.penalty == "gradient_penalty":
                between = ((1 - mix) * self.real + mix * fake).requires_grad_()
                (slope,) = torch.autograd.grad(self.judge(between).sum(), between, create_graph=True)
                loss = loss + self.config.penalty_weight * ((slope.norm(2, dim=1) - 1) ** 2).mean()
            self.d_opt.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.d_opt.step()
            if self.config.clip > 0:
                for parameter in self.d.parameters():
                    parameter.data.clamp_(-self.config.clip, self.config.clip)
        with torch.no_grad():
            logits = self.judge(self.generate(self.z))
            loss = -logits.mean() if wasserstein else bce(logits, torch.ones_like(logits))
        for weight, before in zip(self.d.parameters(), kept, strict=True):
            weight.data = before
        self.d_opt.load_state_dict(memory)
        return loss.item()


@pytest.mark.parametrize(
    ("changes", "before"),
    [
        ({"unroll": 1}, 0),
        ({"unroll": 4}, 3),
        ({"unroll": 3, "optimizer": "sgd", "lr_d": 0.2, "lr_g": 0.05}, 3),
        ({"unroll": 3, "optimizer": "sgd", "lr_d": 0.2, "beta1": 0.0}, 0),
        ({"unroll": 3, "optimizer": "rmsprop", "beta2": 0.9, "loss": "wasserstein", "clip": 0.1}, 3),
        ({"unroll": 3, "optimizer": "optimistic_adam", "lr_d": 5e-3}, 0),
        ({"unroll": 3, "loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 2.0}, 2),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_gs_gradient_is_the_slope_of_the_unrolled_loss(changes: dict[str, Any], before: int) -> None:
    """before: steps without unrolling, so that D's optimiser has a memory from which it looks ahead."""
    config = RunConfig(**({"g_width": 16, "d_width": 16, "batch_size": 32, "seed": 5, "lr_d": 1e-2} | changes))
    ours, plain = in_double(Trainer(config.replace(unroll=0))), PlainAhead(config)
    for _ in range(before):
        ours.step()
        plain.step()
    ours.apply(config)
    plain.fix()
    wanted = plain.loss_ahead()
    ours.update_generator()
    assert ours.g_loss.item() == pytest.approx(wanted, rel=1e-7, abs=1e-9)
    gradient = ours.g.weights.vector.grad
    assert gradient is not None
    parts = [part[0] for part in ours.g.weights.split(gradient)]  # (inputs, outputs); PyTorch's are turned round
    rng = torch.Generator().manual_seed(7)
    for _ in range(6):
        along = [torch.randn(w.shape, dtype=w.dtype, generator=rng) for w in plain.g.parameters()]
        ends = []
        for by in (1e-6, -2e-6, 1e-6):
            for weight, direction in zip(plain.g.parameters(), along, strict=True):
                weight.data += by * direction
            ends.append(plain.loss_ahead())
        slope = sum(
            (part.T.reshape(direction.shape) * direction).sum().item()
            for part, direction in zip(parts, along, strict=True)
        )
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-7)


def test_the_slope_goes_through_ds_steps() -> None:
    """Guards the test above: at the same D, held fixed, G's gradient is another."""
    config = RunConfig(g_width=16, d_width=16, batch_size=32, seed=5, lr_d=1e-2, unroll=4)
    ours, fixed = in_double(Trainer(config)), in_double(Trainer(config))
    judge = fixed.game.discriminator_loss
    fixed.game.discriminator_loss = lambda real, fake: judge(real, (fake[0].detach(), fake[1]))  # type: ignore[method-assign]
    for trainer in (ours, fixed):
        trainer.update_generator()
    assert torch.equal(ours.g_loss, fixed.g_loss)
    gradients = [trainer.g.weights.vector.grad for trainer in (ours, fixed)]
    assert gradients[0] is not None and gradients[1] is not None
    assert (gradients[0] - gradients[1]).norm() > 0.1 * gradients[1].norm()


# What it leaves alone -------------------------------------------------------------------------------------------

NETWORKS: dict[str, dict[str, Any]] = {
    "points": {"penalty": "r1"},
    "spectral": {"spectral_norm": True, "loss": "hinge", "instance_noise": 0.1},
    "packs": {"pack": 2, "minibatch": "discrimination", "penalty": "r1_r2"},
    "dropout": {"dataset": "digits", "network": "lecture"},
    "batch_norm": {"dataset": "digits", "network": "dcgan", "conditional": True, "penalty": "gradient_penalty"},
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_d_and_its_optimizer_are_afterwards_what_they_were(network: str, optimizer: Any) -> None:
    """But for the masks that dropout has drawn, which are random numbers like all others."""
    trainer = trained(RunConfig(**SMALL, **NETWORKS[network], optimizer=optimizer, unroll=2), 2)
    before, parts = trainer.state(), [*trainer.discriminator.parameters()]
    trainer.update_generator()
    after = trainer.state()
    for part in ("discriminator", "d_optimizer"):
        assert [place for place in differences(before[part], after[part]) if "extra_state" not in place] == []
    assert all(map(lambda now, then: now is then, trainer.discriminator.parameters(), parts))
    assert differences(before["generator"], after["generator"]) != []


def test_d_is_put_back_also_where_looking_ahead_fails() -> None:
    trainer = trained(RunConfig(**SMALL, unroll=2), 2)
    before, calls = trainer.state()["discriminator"], list[int]()
    judge = trainer.game.discriminator_loss

    def fails(*batches: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no more memory")
        return judge(*batches)

    trainer.game.discriminator_loss = fails  # type: ignore[method-assign, assignment]
    with pytest.raises(RuntimeError, match="no more memory"):
        trainer.update_generator()
    assert differences(before, trainer.state()["discriminator"]) == []


def test_no_step_ahead_is_the_plain_game_and_ds_own_steps_are_as_many_as_ever() -> None:
    plain, unrolled = trained(RunConfig(**SMALL, k=2), 3), trained(RunConfig(**SMALL, k=2, unroll=3), 3)
    assert plain.d_updates == unrolled.d_updates == 6
    unrolled.apply(plain.config)
    streams = unrolled.game.streams
    assert not torch.equal(weights(plain)[0], weights(unrolled)[0])
    drawn = {name: stream.state()["used"] for name, stream in streams.items() if stream.state()["used"] is not None}
    assert drawn == {"data": 9 * 8, "latent_d": 6 * 8, "latent_g": 3 * 8}  # one more batch of the data for each G


def test_a_live_change_acts_from_the_next_step() -> None:
    trainer = trained(RunConfig(**SMALL), 3)
    state = trainer.state()
    trainer.apply(trainer.config.replace(unroll=2))
    other = Trainer.restored(state | {"config": state["config"] | {"unroll": 2}})
    trainer.step()
    other.step()
    assert all(map(torch.equal, weights(trainer), weights(other)))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"unroll": 10, "batch_size": 2048, "seeds": 2}, ["seeds", "batch_size", "unroll", "32,768", "45,056"]),
        ({"unroll": 1, "consensus": 1.0, "updates": "simultaneous"}, ["unroll", "consensus"]),
    ],
)
def test_what_it_can_not_go_with_is_refused(changes: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().replace(**changes)
    assert [field for field in fields if field not in str(caught.value)] == []


# Over the tables ------------------------------------------------------------------------------------------------


def holds(config: RunConfig) -> None:
    """Six steps are three and, from a state, three more, bit for bit; one lane of three is that seed alone."""
    together = trained(config.replace(seeds=3), 6)
    assert torch.isfinite(together.g_loss).all()
    resumed = Trainer.restored(trained(config.replace(seeds=3), 3).state())
    for _ in range(3):
        resumed.step()
    assert differences(together.state(), resumed.state()) == []
    for whole, single in zip(weights(together), weights(trained(config.replace(seed=1), 6)), strict=True):
        torch.testing.assert_close(whole[1], single[0], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_resumes_and_keeps_its_lanes_apart(loss: str) -> None:
    holds(RunConfig(**SMALL, loss=loss, unroll=2, lr_d=1e-4, lr_g=1e-4))


@pytest.mark.parametrize("updates", ["alternating", "simultaneous", "extragradient"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_resumes_and_keeps_its_lanes_apart(optimizer: Any, updates: Any) -> None:
    config = RunConfig(**SMALL, optimizer=optimizer, updates=updates, unroll=2, lr_d=1e-4, lr_g=1e-4, penalty="r1_r2")
    holds(config)
