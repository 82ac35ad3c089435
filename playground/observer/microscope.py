"""One training step under the microscope: what went into each half of it, what the loss said, where it pushed.

It watches the trainer for the length of a step: every tensor is the very one that the update used. It draws no
random numbers and changes no network, so a watched step is the same as an unwatched one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor, nn

from playground.config import RunConfig
from playground.objectives import PENALTIES
from playground.observer.aspects.game import is_probability
from playground.training.feedback import learned_from
from playground.training.trainer import Trainer

SHOWN = 256
"""Points of a batch that are drawn: the first."""
BINS = 40
"""Of the histogram of D's weights."""


class Microscope:
    """Watches steps of one trainer and tells of the last one."""

    def __init__(self, trainer: Trainer, grid: Callable[[], Tensor], shown: Callable[[], Tensor]) -> None:
        """grid: D's logits on the stage, (S, points…); shown: the picture's generated points, (S, n, dim)."""
        self._trainer = trainer
        self._grid = grid
        self._shown = shown
        self._seen: dict[str, dict[str, Tensor]] = {}
        self._moment: tuple[int, int] | None = None
        self._updates = 0
        self._first = ""

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Look closely at what the trainer does meanwhile."""
        self._seen, self._updates, self._first = {}, 0, ""
        self._trainer.game.witness = self._see
        try:
            yield
        finally:
            self._trainer.game.witness = None
            self._moment = (self._trainer.steps, self._trainer.d_updates)

    @property
    def fresh(self) -> bool:
        """Whether the trainer still stands where the step that was watched has left it."""
        return self._moment == (self._trainer.steps, self._trainer.d_updates) and bool(self._first)

    def _see(self, moment: str, **tensors: Tensor) -> None:
        kept = {name: tensor.detach().clone() for name, tensor in tensors.items()}
        if moment == "discriminator":
            self._first = self._first or "discriminator"
            self._updates += 1
            kept["map"] = self._grid()
            kept["weights"] = self._weights()
        elif moment == "descended":
            kept["weights"] = self._weights()
        elif moment == "judged":
            before = self._seen["discriminator"]
            kept |= {"weights": self._weights(), "real_logits": self._judge(before["real"])}
            kept["fake_logits"] = self._judge(before["fake"])
        elif moment == "generator":
            self._first = self._first or "generator"
            fake, loss = tensors["fake"], tensors["loss"]
            (slope,) = torch.autograd.grad(loss.sum(), fake, retain_graph=True)
            # The loss is a mean over the verdicts that count: times their number it is one point's own.
            verdicts = fake.shape[1] // self._trainer.config.pack
            kept["push"] = -slope * learned_from(self._trainer.config.top_k, verdicts)
            kept |= self._look()
        elif moment == "moved":
            kept |= self._look()
        self._seen[moment] = kept

    @torch.no_grad()
    def _look(self) -> dict[str, Tensor]:
        """The picture's generated points, and D's logits of each by itself."""
        shown = self._shown()
        self._trainer.discriminator.eval()
        logits = self._trainer.game.judge_among(shown, shown)
        self._trainer.discriminator.train()
        return {"shown": shown, "logits": logits}

    def _weights(self) -> Tensor:
        """D's weights as they are now, (S, weights)."""
        lanes = len(self._trainer.seeds)
        parts = [part.detach().reshape(lanes, -1) for part in self._trainer.discriminator.parameters()]
        return torch.cat(parts, dim=1)

    @torch.no_grad()
    def _judge(self, x: Tensor) -> Tensor:
        """D's logits of a batch, as it sees it."""
        self._trainer.discriminator.eval()
        logits = self._trainer.game.judge(x)
        self._trainer.discriminator.train()
        return logits

    def tell(self, lane: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What one lane's update was, as values for its captions and arrays to draw."""
        values: dict[str, Any] = {"first": self._first, "updates": self._trainer.config.updates}
        arrays: dict[str, np.ndarray] = {}
        if "judged" in self._seen:
            values["discriminator"] = self._tell_discriminator(lane, arrays)
        if "moved" in self._seen:
            values["generator"] = self._tell_generator(lane, arrays)
        return {"insight": values}, arrays

    def _tell_discriminator(self, lane: int, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        config = self._trainer.config
        seen, after = self._seen["discriminator"], self._seen["judged"]
        batch = seen["real"].shape[1]
        arrays["seen_real"] = _plain(seen["real"][lane, :SHOWN])
        arrays["seen_fake"] = _plain(seen["fake"][lane, :SHOWN])
        arrays["before_discriminator"] = _plain(seen["map"][lane])
        told: dict[str, Any] = {
            "update": self._updates,
            "of": config.k if self._updates > 1 or "moved" in self._seen else 1,
            "batch": batch,
            "noise": self._trainer.game.noise_sigma,
            "loss": _number(seen["loss"][lane]),
            "real": _score(seen["real_logits"][lane], config),
            "fake": _score(seen["fake_logits"][lane], config),
            "real_after": _score(after["real_logits"][lane], config),
            "fake_after": _score(after["fake_logits"][lane], config),
            "weights": int(after["weights"].shape[1]),
            "moved": _number((after["weights"] - seen["weights"])[lane].norm()),
            "replayed": self._seen["replayed"]["again"].shape[1] if "replayed" in self._seen else 0,
            "smoothing": self._trainer.game.label_noise[1],
        }
        if "labels" in self._seen:
            flipped = self._seen["labels"]["flipped"][lane]  # of the packs of both batches
            shown = torch.cat([half.repeat_interleave(config.pack)[:SHOWN] for half in flipped.chunk(2)])
            arrays["flipped"] = shown.to(torch.uint8).cpu().numpy()
            told["flipped"] = int(flipped.sum())
        if "penalty" in self._seen:
            told["penalty"] = _number((seen["total"] - seen["loss"])[lane])
            told["penalty_points"] = PENALTIES[config.penalty].points
            if "interpolates" in self._seen["penalty"]:
                arrays["interpolates"] = _plain(self._seen["penalty"]["interpolates"][lane, :SHOWN])
        if config.clip > 0:
            unclipped = self._seen["descended"]["weights"][lane]
            told |= {"clip": config.clip, "clipped": int((unclipped.abs() > config.clip).sum())}
            told["reach"], arrays["weights_histogram"] = _histograms(unclipped, after["weights"][lane])
        return told

    def _tell_generator(self, lane: int, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        config = self._trainer.config
        seen, after = self._seen["generator"], self._seen["moved"]
        push, learned = seen["push"][lane], learned_from(config.top_k, seen["fake"].shape[1])
        arrays["pushed"] = _plain(seen["fake"][lane, :SHOWN])
        arrays["pushes"] = _plain(push[:SHOWN])
        arrays["before_fake"] = _plain(seen["shown"][lane])
        return {
            "batch": seen["fake"].shape[1],
            "noise": self._trainer.game.noise_sigma,
            "loss": _number(seen["loss"][lane]),
            "learned": learned,
            "matching": config.feature_matching,
            "push": _number(push.norm(dim=-1).topk(learned).values.median()),  # the others have none
            "fake": _score(seen["logits"][lane], config),
            "fake_after": _score(after["logits"][lane], config),
            "moved": _number((after["shown"] - seen["shown"])[lane].norm(dim=-1).mean()),
        }


def _plain(tensor: Tensor) -> np.ndarray:
    array: np.ndarray = tensor.cpu().numpy()
    return array


def _number(tensor: Tensor) -> float | None:
    """A finite number, or None: a picture's header is JSON."""
    value = float(tensor)
    return value if np.isfinite(value) else None


def _score(logits: Tensor, config: RunConfig) -> float | None:
    """The mean verdict: a probability where the loss makes it one, else the plain output."""
    values = logits.cpu().numpy().astype(float)
    mean = float((expit(values) if is_probability(config) else values).mean())
    return mean if np.isfinite(mean) else None


def _histograms(before: Tensor, after: Tensor) -> tuple[float, np.ndarray]:
    """Counts of weights before and after the clipping, (2, BINS), over ±the returned reach."""
    reach = float(torch.nan_to_num(before).abs().max().clamp(min=1e-12))
    counts = [np.histogram(_plain(torch.nan_to_num(w)), bins=BINS, range=(-reach, reach))[0] for w in (before, after)]
    return reach, np.stack(counts).astype(np.float32)


def weight_shares(network: nn.Module, lane: int) -> dict[str, list[float]]:
    """How all of one lane's parameters are spread, as bars: `x` the middles of BINS equal bins from −reach to reach,
    the largest magnitude that is finite, `y` the share in each."""
    values = np.concatenate([_plain(part[lane].detach()).ravel() for part in network.parameters()])
    finite = values[np.isfinite(values)]
    reach = float(np.abs(finite).max(initial=0.0)) or 1.0
    counts, edges = np.histogram(finite, bins=BINS, range=(-reach, reach))
    middles = (edges[1:] + edges[:-1]) / 2
    return {"x": middles.tolist(), "y": (counts / max(1, len(finite))).tolist()}


def weight_bins(network: nn.Module, lane: int) -> list[dict[str, Any]]:
    """How one lane's weights are spread, layer by layer: inputs and outputs, standard deviation, the largest magnitude
    that is finite (`reach`), and how many lie in BINS equal bins from −reach to reach. Biases are left out."""
    found = []
    for name, part in network.named_parameters():
        if not name.endswith("weight"):
            continue
        values = _plain(part[lane].detach())
        finite = values[np.isfinite(values)]
        reach = float(np.abs(finite).max(initial=0.0))
        counts, _ = np.histogram(finite, bins=BINS, range=(-reach or -1.0, reach or 1.0))
        spread = float(finite.std()) if finite.size else 0.0
        row = {"shape": list(values.shape), "spread": spread, "reach": reach, "counts": counts.tolist()}
        found.append(row)
    return found
