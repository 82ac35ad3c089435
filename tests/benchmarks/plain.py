"""A GAN as people write it: nn.Sequential, BCEWithLogitsLoss, Adam, two passes of D, losses read back every step."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from playground.config import RunConfig


def network(inputs: int, outputs: int, width: int, depth: int, activation: Callable[[], nn.Module]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for size in [inputs] + [width] * (depth - 1):
        layers += [nn.Linear(size, width), activation()]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


class PlainGan:
    """The same game as Trainer plays with the non-saturating loss on ring8, one seed, without any of its machinery."""

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.generator = network(config.latent_dim, 2, config.g_width, config.g_depth, nn.ReLU)
        self.discriminator = network(2, 1, config.d_width, config.d_depth, lambda: nn.LeakyReLU(0.2))
        betas = (config.beta1, config.beta2)
        self.g_optimizer = torch.optim.Adam(self.generator.parameters(), lr=config.lr_g, betas=betas)
        self.d_optimizer = torch.optim.Adam(self.discriminator.parameters(), lr=config.lr_d, betas=betas)
        self.criterion = nn.BCEWithLogitsLoss()
        self.rng = torch.Generator().manual_seed(config.seed)
        angles = torch.arange(8) * (2 * torch.pi / 8)
        self.centres = 2 * torch.stack([angles.cos(), angles.sin()], dim=1)
        self.losses: list[tuple[float, float]] = []

    def real(self) -> Tensor:
        n = self.config.batch_size
        mode = torch.randint(8, (n,), generator=self.rng)
        return self.centres[mode] + 0.02 * torch.randn(n, 2, generator=self.rng)

    def latent(self) -> Tensor:
        return torch.randn(self.config.batch_size, self.config.latent_dim, generator=self.rng)

    def step(self) -> None:
        ones, zeros = torch.ones(self.config.batch_size, 1), torch.zeros(self.config.batch_size, 1)
        for _ in range(self.config.k):
            self.d_optimizer.zero_grad()
            fake = self.generator(self.latent()).detach()
            d_loss = self.criterion(self.discriminator(self.real()), ones)
            d_loss = d_loss + self.criterion(self.discriminator(fake), zeros)
            d_loss.backward()
            self.d_optimizer.step()
        self.g_optimizer.zero_grad()
        g_loss = self.criterion(self.discriminator(self.generator(self.latent())), ones)
        g_loss.backward()
        self.g_optimizer.step()
        self.losses.append((d_loss.item(), g_loss.item()))


class Products:
    """Only the matrix products of such a step: what no implementation on this machine can do without."""

    def __init__(self, config: RunConfig) -> None:
        n = config.batch_size
        g_sizes = [config.latent_dim] + [config.g_width] * config.g_depth + [2]
        d_sizes = [2] + [config.d_width] * config.d_depth + [1]
        g_forward = [(n, a, b) for a, b in zip(g_sizes, g_sizes[1:], strict=False)]
        d_forward = [(n, a, b) for a, b in zip(d_sizes, d_sizes[1:], strict=False)]
        d_batch = [(2 * n, a, b) for _, a, b in d_forward]
        d_update = g_forward + d_batch + weights(d_batch) + inputs(d_batch[1:])
        g_update = g_forward + d_forward + inputs(d_forward) + weights(g_forward) + inputs(g_forward[1:])
        shapes = d_update * config.k + g_update
        self.operands = [(torch.randn(rows, inner), torch.randn(inner, columns)) for rows, inner, columns in shapes]

    def step(self) -> None:
        for left, right in self.operands:
            torch.mm(left, right)


Shape = tuple[int, int, int]


def weights(forward: list[Shape]) -> list[Shape]:
    """The products that give the gradients of the weights."""
    return [(a, n, b) for n, a, b in forward]


def inputs(forward: list[Shape]) -> list[Shape]:
    """The products that pass the gradient on to a layer's inputs."""
    return [(n, b, a) for n, a, b in forward]
