"""One lane of a network of several."""

from torch import Tensor, nn
from torch.func import functional_call


def in_lane(network: nn.Module, lane: int, *inputs: Tensor) -> Tensor:
    """What a network of S lanes makes of inputs (1, n, dim) in one of them; the others compute nothing."""
    held = [*network.named_parameters(), *network.named_buffers()]
    made: Tensor = functional_call(network, {name: tensor[lane : lane + 1] for name, tensor in held}, inputs)
    return made
