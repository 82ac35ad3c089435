"""What G is told of its examples beside D's verdict on each: which of them count, and how D sees all of them."""

from torch import Tensor


def learned_from(share: float, n: int) -> int:
    """How many of n examples G learns from, at least one."""
    return max(1, round(share * n))


def most_convincing(terms: Tensor, logits: Tensor, share: float) -> Tensor:
    """The terms of the share of examples with D's highest logits, (S, n) each -> (S, m).

    Sinha et al. 2020 (arXiv 2002.06224). A logit that is no number counts as the highest, so that it shows in the loss.
    """
    chosen = logits.topk(learned_from(share, logits.shape[1]), dim=1).indices
    return terms.gather(1, chosen)


def feature_distance(fake: Tensor, real: Tensor) -> Tensor:
    """‖E f(real) − E f(fake)‖² of D's features (S, n, units) for each lane, (S,).

    Salimans et al. 2016 (arXiv 1606.03498), section 3.1.
    """
    return (real.mean(1) - fake.mean(1)).square().sum(-1)
