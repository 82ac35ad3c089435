"""What D sees in groups: packs of examples as one input, and numbers about the batch that an example came in.

Examples next to each other in a batch are a pack. A feature of the batch joins D's last hidden layer, so it is told
what D sees, whatever network made it.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from playground.config import Minibatch

KERNELS, KERNEL_SIZE = 5, 3
"""B and C of minibatch discrimination, as in Glover's GAN on a line (2016, An introduction to generative adversarial
networks, blog.aylien.com). For images Salimans et al. take 100 and 5: 33 times the time, which grows as
batch² · B · C, where a batch of ours has 256 points with modes that five kernels tell apart."""
NO_DEVIATION = 1e-8
"""Added to a variance before the root, whose slope at 0 is infinite, as in the code of Karras et al. 2018."""
TURNS = 2
"""How often a point of a map stands at each place of a pack, each time with other companions."""
ROWS = 128
"""Examples of a map that are judged at once in a batch: their distances to its companions should fit into a cache."""

Projection = Callable[[int, int], nn.Module]
"""(inputs, outputs) -> a linear map without bias, (S, n, inputs) -> (S, n, outputs), made as the network's layers."""


def packed(x: Tensor, pack: int) -> Tensor:
    """Examples side by side (Lin et al. 2018, 1712.04086, section 2): (S, n, dim) -> (S, n / pack, pack · dim)."""
    lanes, count, dim = x.shape
    return x.reshape(lanes, count // pack, pack * dim)


class Discrimination(nn.Module):
    """Minibatch discrimination: how near to the others an example is (Salimans et al. 2016, 1606.03498, section 3.2).

    c_b(i, j) = exp(−‖M_ib − M_jb‖₁) with M_i = f_i · T, seen as KERNELS rows of KERNEL_SIZE. The feature o_ib is the
    mean of c_b(i, j) over the others, not their sum, so that it means the same when the batch's size changes.
    """

    def __init__(self, width: int, projection: Projection) -> None:
        super().__init__()
        self.kernels = projection(width, KERNELS * KERNEL_SIZE)

    def forward(self, h: Tensor, beside: Tensor | None = None) -> Tensor:
        """(S, n, width) -> (S, n, width + KERNELS): each among the others, or each by itself among `beside`."""
        mine = self._rows(h)
        theirs = mine if beside is None else self._rows(beside)
        distance = sum((a.unsqueeze(-1) - b.unsqueeze(-2)).abs() for a, b in zip(mine, theirs, strict=True))
        near = torch.exp(-torch.as_tensor(distance))
        if beside is None:
            mean = (near.sum(-1) - 1) / (h.shape[1] - 1)  # without itself, at distance 0
        else:
            mean = near.mean(-1)
        return torch.cat([h, mean.transpose(1, 2)], dim=-1)

    def _rows(self, h: Tensor) -> tuple[Tensor, ...]:
        """The coordinates of M one by one, each (S, KERNELS, n)."""
        flat: Tensor = self.kernels(h).transpose(1, 2)
        return flat.reshape(len(flat), KERNELS, KERNEL_SIZE, -1).unbind(2)


class Deviation(nn.Module):
    """The standard deviation of each unit over the batch, averaged over the units (Karras et al. 2018, 1710.10196,
    section 3): one number, the same for all examples of the batch."""

    def forward(self, h: Tensor, beside: Tensor | None = None) -> Tensor:
        """(S, n, width) -> (S, n, width + 1): of all together, or of each with `beside`."""
        if beside is None:
            variance = h.var(1, correction=0, keepdim=True)
        else:
            count, centre = beside.shape[1], beside.mean(1, keepdim=True)
            together = beside.var(1, correction=0, keepdim=True) + (h - centre).square() / (count + 1)
            variance = together * count / (count + 1)
        mean = (variance + NO_DEVIATION).sqrt().mean(-1, keepdim=True)
        return torch.cat([h, mean.expand(-1, h.shape[1], -1)], dim=-1)


MINIBATCH: dict[Minibatch, tuple[int, Callable[[int, Projection], nn.Module | None]]] = {
    "none": (0, lambda width, projection: None),
    "discrimination": (KERNELS, Discrimination),
    "deviation": (1, lambda width, projection: Deviation()),
}
"""Name -> how many features of the batch join the last hidden layer, and what adds them to its `width` units."""


def judge_among(
    discriminator: Callable[..., Tensor], x: Tensor, companions: Tensor, pack: int, batch: int | None
) -> Tensor:
    """Logits of each of x (S, n, dim) by itself beside `companions` (S, k, dim): (S, n).

    In packs x stands at each place in turn, companions at the others, and its logit is the mean over these. batch:
    examples in the batch of which D is told, the rest of it further companions, as far as there are so many; None where
    it sees nothing of a batch. The last companions come first, as the first of x may be among them.
    """
    companions = companions.flip(1)
    turns = TURNS * pack if pack > 1 else 1
    told: tuple[Tensor, ...] = ()
    if batch is not None:
        further = companions[:, turns * (pack - 1) :]
        told = (further[:, : min(batch - pack, further.shape[1]) // pack * pack],)
    parts = []
    for part in torch.split(x, ROWS if told else x.shape[1], dim=1):
        logits = []
        for turn in range(turns):
            others = companions[:, turn * (pack - 1) : (turn + 1) * (pack - 1), None].expand(-1, -1, part.shape[1], -1)
            members = list(others.unbind(1))
            members.insert(turn % pack, part)
            logits.append(discriminator(torch.stack(members, dim=2).flatten(1, 2), *told).squeeze(-1))
        parts.append(torch.stack(logits).mean(0))
    return torch.cat(parts, dim=1)
