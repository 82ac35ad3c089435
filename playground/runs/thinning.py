"""Which steps of a run keep a picture or a checkpoint: round ones, fewer per step as the run grows.

Strides are 1, 2, 5, 10, 20, 50, … A step belongs to a stride when it is a multiple of it; a stride of 2, 20, 200 …
also keeps the multiples of the next one (5, 50, 500 …), so that nothing is missing when the stride goes up.
"""

from collections.abc import Iterable, Mapping, Sequence

MAX_KEYFRAMES = 200
MAX_CHECKPOINTS = 40
MAX_CHECKPOINT_BYTES = 64 << 20
"""Of one run, the newest checkpoint not counted."""


def strides() -> Iterable[int]:
    """1, 2, 5, 10, 20, 50, …"""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def belongs(step: int, stride: int) -> bool:
    """Whether a step is kept at this stride."""
    return step % stride == 0 or (_leads_with_two(stride) and step % (stride // 2 * 5) == 0)


def stride_for(first: int, newest: int, limit: int = MAX_KEYFRAMES) -> int:
    """The smallest stride that keeps at most `limit` steps from `first` to `newest`, both of them always kept.

    It depends on nothing else, so whoever makes the pictures and whoever keeps them agree.
    """
    return next(stride for stride in strides() if _count(first, newest, stride) <= limit)


def thinned(steps: Sequence[int], limit: int = MAX_KEYFRAMES) -> list[int]:
    """Those of the recorded steps, in rising order, that stay: the first, the newest, and what belongs between."""
    if not steps:
        return []
    ordered = sorted(set(steps))
    stride = stride_for(ordered[0], ordered[-1], limit)
    return [step for step in ordered if step in (ordered[0], ordered[-1]) or belongs(step, stride)]


def thinned_by_size(
    sizes: Mapping[int, int], limit: int = MAX_CHECKPOINTS, max_bytes: int = MAX_CHECKPOINT_BYTES
) -> list[int]:
    """Those of the checkpoints (step -> bytes) that stay: by the same rule, and never more bytes than allowed.

    The newest stays always and does not count.
    """
    ordered = sorted(sizes)
    while limit >= 2:
        kept = thinned(ordered, limit)
        if sum(sizes[step] for step in kept[:-1]) <= max_bytes:
            return kept
        limit = min(limit, len(kept)) - 1
    return ordered[-1:]


def _leads_with_two(stride: int) -> bool:
    return str(stride)[0] == "2"


def _count(first: int, newest: int, stride: int) -> int:
    """How many steps a stride keeps from `first` to `newest`, ends included."""
    if newest <= first:
        return 1

    def between(step: int) -> int:
        return (newest - 1) // step - first // step

    kept = between(stride)
    if _leads_with_two(stride):
        kept += between(stride // 2 * 5) - between(stride * 5)
    return kept + 2
