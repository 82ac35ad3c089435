"""The game of Goodfellow et al. 2014 at one moment, for S seeds side by side: the two networks, what they draw and see,
and what each of them loses. It moves nothing: `trainer.py` does, by the rules of `dynamics.py`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor
from typing_extensions import override

from playground.config import RunConfig
from playground.models import groups
from playground.models.networks import HasFeatures, Sizes, network_of
from playground.objectives import PENALTIES, Penalty, objective
from playground.training import elementwise
from playground.training.feedback import class_error, feature_distance, most_convincing
from playground.training.penalties import interpolates, slope_penalty
from playground.training.replay import Replay
from playground.training.schedule import decayed
from playground.training.source import Batch
from playground.training.streams import lane_generators, normals, uniforms
from playground.training.task import Task, latents

FOR_EACH_PACK = {"labels", "mix"}
"""Streams with one number for each of D's verdicts, not for each example."""


class Witness(Protocol):
    """Is shown the tensors of an update while it happens, graphs included; see `Game.witness`."""

    def __call__(self, moment: str, **tensors: Tensor) -> None:
        """moment: one of those that `Game.witness` lists. tensors: by name, each with its lanes first."""


@dataclass(frozen=True)
class Judged:
    """D's loss for each lane, (S,), and `total`, which D descends: the loss with its penalty."""

    loss: Tensor
    total: Tensor


class Game(Task):
    """Two networks per seed, the random numbers that they play with, and both players' losses.

    `steps` counts the updates that G has made.
    """

    def __init__(self, config: RunConfig, device: torch.device, folder: Path | None = None) -> None:
        """folder: where image files are looked for first. Raises DataError where they are not found."""
        super().__init__(config, device, folder)
        row, source = network_of(config), self.source
        sizes = Sizes(source.dim, source.scale, source.shape, source.classes, config.auxiliary > 0)
        self.generator = row.generator(config, sizes, lane_generators(self.seeds, "generator")).to(device)
        self.discriminator = row.discriminator(config, sizes, lane_generators(self.seeds, "discriminator")).to(device)
        self._one_pass = row.one_pass and config.minibatch == "none"
        drawn = latents(config.prior, config.latent_dim)
        for purpose, draw in {
            "latent_d": drawn,
            "latent_g": drawn,
            "classes_d": uniforms(1),
            "classes_g": uniforms(1),
            "noise": normals(self.source.dim),
            "labels": uniforms(1),
            "mix": uniforms(1),
            "replay": uniforms(1),
        }.items():
            self.stream(purpose, draw)
        self.past = Replay()
        self.witness: Witness | None = None
        """Told of each moment of an update: replayed, labels, penalty, discriminator (before its step), descended
        (before the clipping), judged (after it); generator (before its step), moved (after it). It must draw no random
        numbers."""

    def fakes(self, player: str) -> Batch:
        """A batch of G's, for one player's update ("d" or "g"): the two never share latents."""
        z = self.take(f"latent_{player}")
        classes = self.class_codes(self.take(f"classes_{player}")) if self.source.classes else None
        fake: Tensor = self.generator(_with(z, classes))
        return fake, classes

    def replayed(self, fakes: Batch) -> Batch:
        """What D is shown of a fresh batch: a share of it gives way to fakes of the last batches, which it then joins.

        Only D is shown anything twice; what is held follows the settings, so nothing where replay is 0.
        """
        config = self.config
        if config.replay == 0.0:
            self.past.forget()
            return fakes
        fresh = shown = _with(*fakes)
        if len(self.past):
            again = self.past.pick(self.take("replay")[:, : round(config.replay * fresh.shape[1])])
            self.tell("replayed", again=again)
            shown = torch.cat([again, fresh[:, again.shape[1] :]], dim=1)
        self.past.keep(fresh.detach(), config.replay_batches * config.batch_size)
        dim = self.source.dim
        return shown[..., :dim], None if fakes[1] is None else shown[..., dim:]

    def discriminator_loss(self, real: Batch, fake: Batch) -> Judged:
        """What D loses on a batch of real and one of fake examples, (S, batch, dim) each."""
        real_classes, fake_classes = real[1], fake[1]
        both = self.noisy(torch.cat([real[0], fake[0]], dim=1))
        seen_real, seen_fake = both.chunk(2, dim=1)
        classes = None if real_classes is None else torch.cat([real_classes, _given(fake_classes)], dim=1)
        verdict = self.verdict(both, classes, batches=2)
        real_logits, fake_logits = _logit(verdict).chunk(2, dim=1)
        loss = self._two_terms(real_logits, fake_logits)
        if self.config.auxiliary > 0:  # of real and of generated examples, which are equally many
            loss = loss + 2 * self.number("auxiliary") * class_error(verdict[..., 1:], _given(classes)).mean(1)
        total = loss
        penalty = PENALTIES[self.config.penalty]
        if penalty.points and self.config.penalty_weight > 0:
            slope = self._penalty(penalty, (seen_real, real_classes), (seen_fake, fake_classes))
            total = loss + self.number("penalty_weight") * slope
        logits = {"real_logits": real_logits, "fake_logits": fake_logits}
        self.tell("discriminator", real=seen_real, fake=seen_fake, loss=loss, total=total, **logits)
        return Judged(loss, total)

    def generator_loss(self, fake: Tensor, classes: Tensor | None = None, real: Batch | None = None) -> Tensor:
        """G's loss on fake points (S, batch, dim), for each lane: (S,).

        A relativistic loss and feature matching compare them with real points, which are drawn from the training data
        when not given.
        """
        row = objective(self.config)
        if self.config.feature_matching:
            return feature_distance(self.features(fake, classes), self.features(*(real or self._seen_real())))
        verdict = self.verdict(fake, classes)
        logits = compared = _logit(verdict)
        if row.relative:
            compared = logits - self.judge(*(real or self._seen_real()))
        terms: Tensor = row.generator(compared, elementwise)
        if self.config.auxiliary > 0:
            terms = terms + self.number("auxiliary") * class_error(verdict[..., 1:], _given(classes))
        if self.config.top_k < 1.0:
            terms = most_convincing(terms, logits, self.config.top_k)
        return terms.mean(1)

    def judge(self, x: Tensor, classes: Tensor | None = None, batches: int = 1) -> Tensor:
        """D's logits of examples (S, n, dim), told their classes where the game is conditional: (S, n / pack).

        batches: x is so many of them, one behind the other, and D sees none in the light of another.
        """
        return _logit(self.verdict(x, classes, batches))

    def verdict(self, x: Tensor, classes: Tensor | None = None, batches: int = 1) -> Tensor:
        """All that D says of them: its logit, and behind it the classes' where it names them, (S, n, 1 + classes)."""
        x = x if self.config.auxiliary > 0 else _with(x, classes)
        if batches == 1 or self._one_pass:
            said: Tensor = self.discriminator(x)
            return said
        return torch.cat([self.discriminator(batch) for batch in x.chunk(batches, dim=1)], dim=1)

    def features(self, x: Tensor, classes: Tensor | None = None) -> Tensor:
        """D's last hidden layer at examples (S, n, dim), told their classes likewise: (S, n / pack, units)."""
        return cast(HasFeatures, self.discriminator).features(_with(x, classes))

    def judge_among(self, x: Tensor, companions: Tensor, network: Callable[..., Tensor] | None = None) -> Tensor:
        """D's logits of each of x (S, n, dim) by itself, (S, n): a map of D.

        Where D judges examples in groups, the rest of x's pack and of its batch are `companions` (S, k, dim): those of
        G, so that the map is the one that G climbs. network: another one than D, such as D in one lane.
        """
        network, config = network or self.discriminator, self.config
        if config.judges_alone:
            return network(x).squeeze(-1)
        batch = None if config.minibatch == "none" else config.batch_size
        return groups.judge_among(network, x, companions, config.pack, batch)

    @property
    def noise_sigma(self) -> float:
        """Standard deviation of the noise on D's inputs at this step, in the data's units."""
        return decayed(self.config.instance_noise, self.config.noise_decay, self.since["noise_since"], self.steps)

    @property
    def label_noise(self) -> tuple[float, float]:
        """Probability of a flipped label, and the smoothing, at this step."""
        config = self.config
        remaining = decayed(1.0, config.label_decay, self.since["labels_since"], self.steps)
        return config.label_flip * remaining, config.label_smoothing * remaining

    def noisy(self, x: Tensor) -> Tensor:
        """What D sees of x: instance noise on real and fake points alike, (S, n, dim)."""
        if self.noise_sigma == 0.0:
            return x
        noise = torch.cat([self.take("noise") for _ in range(x.shape[1] // self.config.batch_size)], dim=1)
        seen: Tensor = x + self.number("instance_noise") * noise
        return seen

    @override
    def number(self, name: str) -> Any:
        """What decays as it is at this step."""
        match name:
            case "instance_noise":
                return self.noise_sigma
            case "label_flip":
                return self.label_noise[0]
            case "label_smoothing":
                return self.label_noise[1]
        return super().number(name)

    @override
    def take(self, stream: str) -> Tensor:
        """The next batch of one of the streams: (S, batch, …), or one row for each pack of examples."""
        rows = self.config.batch_size
        return self.streams[stream].take(rows // self.config.pack if stream in FOR_EACH_PACK else rows)

    def tell(self, moment: str, **tensors: Tensor) -> None:
        """Let the witness see these tensors, if there is one."""
        if self.witness is not None:
            self.witness(moment, **tensors)

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """The witness sees nothing of what happens meanwhile."""
        witness, self.witness = self.witness, None
        try:
            yield
        finally:
            self.witness = witness

    def _seen_real(self) -> Batch:
        """A fresh batch of the data as D sees it."""
        drawn, classes = self.real()
        return self.noisy(drawn), classes

    def _two_terms(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """D's loss of its logits for each lane, (S,), where its labels may be noisy."""
        row = objective(self.config)
        if row.relative:
            relative: Tensor = row.real(real_logits - fake_logits, elementwise).mean(1)
            return relative
        if self.label_noise == (0.0, 0.0):
            plain: Tensor = row.real(real_logits, elementwise).mean(1) + row.fake(fake_logits, elementwise).mean(1)
            return plain
        # A label y in [0, 1] weighs the two terms; for cross-entropy this is the cross-entropy with y, and for
        # least squares it has the gradient of ½(d − y)².
        logits = torch.cat([real_logits, fake_logits], dim=1)
        flipped = torch.cat([self.take("labels"), self.take("labels")], dim=1).squeeze(-1) < self.number("label_flip")
        self.tell("labels", flipped=flipped)
        is_real = torch.arange(logits.shape[1], device=self.device) < real_logits.shape[1]
        label = (is_real ^ flipped) * (1.0 - self.number("label_smoothing"))
        terms: Tensor = label * row.real(logits, elementwise) + (1 - label) * row.fake(logits, elementwise)
        return 2 * terms.mean(1)

    def _penalty(self, penalty: Penalty, real: Batch, fake: Batch) -> Tensor:
        """The penalty at the points that D has just seen; the slope is taken in the examples, not in their classes."""
        points = {"real": real[0], "fake": fake[0]}
        if "interpolates" in penalty.points:
            points["interpolates"] = interpolates(points["real"], points["fake"], self.take("mix"))
        self.tell("penalty", **{kind: points[kind] for kind in penalty.points})
        codes = [fake[1] if kind == "fake" else real[1] for kind in penalty.points]
        classes = None if codes[0] is None else torch.cat([_given(code) for code in codes], dim=1)
        return slope_penalty(penalty, lambda x: self.judge(x, classes, batches=len(codes)), points)


def _with(x: Tensor, classes: Tensor | None) -> Tensor:
    """What a network is given: numbers (S, n, …), followed by their classes' one-hots where it is told them."""
    return x if classes is None else torch.cat([x, classes], dim=-1)


def _logit(verdict: Tensor) -> Tensor:
    """Its first number, (S, n, m) -> (S, n); alone it is a view, which costs nothing on the way back."""
    return verdict.squeeze(-1) if verdict.shape[-1] == 1 else verdict[..., 0]


def _given(classes: Tensor | None) -> Tensor:
    assert classes is not None, "a conditional game knows the classes of its fakes"
    return classes
