"""The Trainer against a plain PyTorch loop, written as a textbook would, on the same weights and batches."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.config import RunConfig
from playground.models.mlp import Mlp
from playground.training.trainer import Trainer

STEPS = 20


def in_double(trainer: Trainer) -> Trainer:
    """The same run in double precision: agreement is then a matter of formulas, not of rounding.

    In single precision Adam blows rounding up: a gradient that cancels to 1e-9 moves its weight by a whole step.
    """
    take = trainer.game.take
    trainer.generator.double()
    trainer.discriminator.double()
    trainer.average.double()
    trainer._arm()
    trainer.game.take = lambda stream: take(stream).double()  # type: ignore[method-assign]
    return trainer


def sequential(network: Mlp, activation: nn.Module) -> nn.Sequential:
    """The first lane of one of our networks as ordinary layers. Scaling is left to the caller."""
    layers: list[nn.Module] = []
    for lane_layer in [*network.hidden, network.last]:
        weight, bias = lane_layer.weight.detach()[0], lane_layer.bias.detach()[0, 0]
        layer = nn.Linear(weight.shape[0], weight.shape[1], dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(weight.T)
            layer.bias.copy_(bias)
        layers += [layer, activation]
    return nn.Sequential(*layers[:-1])


class Plain:
    """One GAN, one seed, no lanes."""

    def __init__(self, config: RunConfig) -> None:
        twin = in_double(Trainer(config))  # for its first weights and its batches; it never trains
        self.config, self.scale = config, twin.data.scale
        assert isinstance(twin.generator, Mlp) and isinstance(twin.discriminator, Mlp)
        self.g = sequential(twin.generator, nn.ReLU())
        self.d = sequential(twin.discriminator, nn.LeakyReLU(0.2))
        if config.minibatch == "discrimination":
            *_, kernels = twin.discriminator.parameters()
            self.kernels = nn.Linear(kernels.shape[1], kernels.shape[2], bias=False, dtype=torch.float64)
            self.kernels.weight.data = kernels.detach()[0].T.clone()
            self.d.register_module("kernels", self.kernels)  # behind its layers, and never called by it
        if config.optimizer == "adam":
            betas = (config.beta1, config.beta2)
            self.g_opt: torch.optim.Optimizer = torch.optim.Adam(self.g.parameters(), lr=config.lr_g, betas=betas)
            self.d_opt: torch.optim.Optimizer = torch.optim.Adam(self.d.parameters(), lr=config.lr_d, betas=betas)
        else:
            self.g_opt = torch.optim.RMSprop(self.g.parameters(), lr=config.lr_g, alpha=config.beta2)
            self.d_opt = torch.optim.RMSprop(self.d.parameters(), lr=config.lr_d, alpha=config.beta2)
        self.batches = {name: self.supply(twin, name) for name in ("data", "latent_d", "latent_g", "mix")}
        self.d_loss = self.g_loss = float("nan")

    def supply(self, twin: Trainer, name: str) -> Iterator[Tensor]:
        while True:
            yield twin.game.take(name)[0]

    def generate(self, z: Tensor) -> Tensor:
        fake: Tensor = self.g(z) * self.scale
        return fake

    def judge(self, x: Tensor) -> Tensor:
        *hidden, last = [layer for layer in self.d if layer is not getattr(self, "kernels", None)]
        h = (x / self.scale).reshape(-1, 2 * self.config.pack)  # a pack is one input
        for layer in hidden:
            h = layer(h)
        if self.config.minibatch == "deviation":
            spread = torch.sqrt(((h - h.mean(0)) ** 2).mean(0) + 1e-8).mean()
            h = torch.hstack([h, spread.repeat(len(h), 1)])
        if self.config.minibatch == "discrimination":
            matrices = self.kernels(h).reshape(len(h), 5, 3)
            near = torch.exp(-(matrices[:, None] - matrices[None]).abs().sum(3))
            others = ~torch.eye(len(h), dtype=torch.bool)
            h = torch.hstack([h, (near * others[..., None]).sum(1) / (len(h) - 1)])
        logits: Tensor = last(h)
        return logits

    def step(self) -> None:
        bce = nn.BCEWithLogitsLoss()
        wasserstein = self.config.loss == "wasserstein"
        for _ in range(self.config.k):
            real = next(self.batches["data"])
            fake = self.shown(self.generate(next(self.batches["latent_d"])).detach())
            on_real, on_fake = self.judge(real), self.judge(fake)
            if wasserstein:
                loss = on_fake.mean() - on_real.mean()
            else:
                loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
            self.d_loss = loss.item()
            if self.config.penalty == "gradient_penalty":
                epsilon = next(self.batches["mix"])
                epsilon = epsilon.expand(-1, self.config.pack).reshape(-1, 1)  # one for all examples of a pack
                between = ((1 - epsilon) * real + epsilon * fake).requires_grad_()
                (slope,) = torch.autograd.grad(self.judge(between).sum(), between, create_graph=True)
                slope = slope.reshape(-1, 2 * self.config.pack)
                loss = loss + self.config.penalty_weight * ((slope.norm(2, dim=1) - 1) ** 2).mean()
            self.d_opt.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.d_opt.step()
            if self.config.clip > 0:
                for parameter in self.d.parameters():
                    parameter.data.clamp_(-self.config.clip, self.config.clip)
        loss = self.generator_loss(self.generate(next(self.batches["latent_g"])))
        self.g_loss = loss.item()
        self.g_opt.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.g_opt.step()

    def shown(self, fake: Tensor) -> Tensor:
        return fake

    def generator_loss(self, fake: Tensor) -> Tensor:
        logits = self.judge(fake)
        if self.config.loss == "wasserstein":
            return -logits.mean()
        return nn.functional.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "non_saturating", "k": 2},
        {"loss": "wasserstein", "clip": 0.05, "optimizer": "rmsprop", "k": 3, "beta2": 0.99, "lr_d": 5e-4},
        {"loss": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 2.0, "k": 2, "beta2": 0.9},
        {"pack": 2},
        {"pack": 4, "penalty": "gradient_penalty"},
        {"minibatch": "discrimination"},
        {"minibatch": "deviation"},
        {"minibatch": "discrimination", "pack": 2, "penalty": "gradient_penalty", "loss": "wasserstein"},
        {"minibatch": "deviation", "penalty": "gradient_penalty", "k": 2},
    ],
    ids=lambda changes: "-".join(f"{value}" for value in changes.values()),
)
def test_the_trainer_agrees_with_a_plain_loop(changes: dict[str, Any]) -> None:
    config = RunConfig(g_width=16, d_width=16, batch_size=32, seed=5, **changes)
    ours, plain = in_double(Trainer(config)), Plain(config)
    for _ in range(STEPS):
        ours.step()
        plain.step()
        assert ours.d_loss.item() == pytest.approx(plain.d_loss, rel=1e-7, abs=1e-9)
        assert ours.g_loss.item() == pytest.approx(plain.g_loss, rel=1e-7, abs=1e-9)
    for mine, theirs in ((ours.generator, plain.g), (ours.discriminator, plain.d)):
        for lanes, plainly in zip(mine.parameters(), theirs.parameters(), strict=True):
            # A lane's weights are (inputs, outputs) and its bias (1, outputs); PyTorch's are turned round and flat.
            torch.testing.assert_close(lanes[0].T.reshape(plainly.shape), plainly, rtol=1e-6, atol=1e-8)


def test_the_plain_loop_moves_the_weights_by_far_more_than_the_tolerance() -> None:
    """Guards the test above."""
    plain = Plain(RunConfig(g_width=16, d_width=16, batch_size=32, seed=5))
    [first, *_] = plain.g.parameters()
    before = first.detach().clone()
    for _ in range(STEPS):
        plain.step()
    assert (first - before).abs().mean().item() > 1e-3
