"""What G is told of its examples beside D's verdict on each: which of them count, how D sees all of them, and
whether they are of the class that they were meant to be."""

from torch import Tensor
from torch.nn import functional


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


def class_error(named: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy of each example's class logits with its one-hot, (S, n, classes) each -> (S, n).

    Odena et al. 2017 (arXiv 1610.09585), equation 3, with its sign turned round.
    """
    return -(classes * functional.log_softmax(named, dim=-1)).sum(-1)
