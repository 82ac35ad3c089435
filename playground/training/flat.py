"""A network's weights as one vector, so that an optimiser's step costs one tensor's overhead, not six."""

import copy
from collections.abc import Sequence
from typing import Self, cast

import torch
from torch import Tensor, nn


class FlatParameters:
    """The parameters of a network, laid end to end. They keep their places in the network and share memory with
    `vector`: what changes one changes the other."""

    def __init__(self, network: nn.Module) -> None:
        self.parts = list(network.parameters())
        self.vector = nn.Parameter(torch.cat([part.detach().reshape(-1) for part in self.parts]))
        for part, piece in zip(self.parts, self.split(self.vector.data), strict=True):
            part.data = piece

    def finite_lanes(self, lanes: int) -> Tensor:
        """Whether all of each lane's weights are finite, (S,).

        Every parameter holds its lanes one after the other along its first axis: (S, …), or (S · channels, …) where
        the layers of all lanes are one grouped convolution.
        """
        return torch.stack([part.detach().reshape(lanes, -1).isfinite().all(1) for part in self.parts]).all(0)

    def split(self, vector: Tensor) -> list[Tensor]:
        """Weights laid end to end as the network's parts: views."""
        pieces = torch.split(vector, [part.numel() for part in self.parts])
        return [piece.view(part.shape) for piece, part in zip(pieces, self.parts, strict=True)]

    def over(self, vector: Tensor) -> Self:
        """The same network's weights in another vector: views of it, of each of which a gradient can be taken."""
        other = copy.copy(self)
        other.vector = cast(nn.Parameter, vector)
        other.parts = [cast(nn.Parameter, part.requires_grad_()) for part in self.split(vector)]
        return other

    @torch.no_grad()
    def put(self, vector: Tensor) -> None:
        """Give the network these weights, laid end to end."""
        self.vector.copy_(vector)

    def set_gradient(self, gradients: Sequence[Tensor]) -> None:
        """Hand the vector the gradients of its parts. Laying them end to end also puts each in memory order, which
        fused optimisers rely on: a second derivative through `baddbmm` comes back transposed."""
        self.vector.grad = torch.cat([gradient.reshape(-1) for gradient in gradients])
