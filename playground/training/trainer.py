"""Algorithm 1 of Goodfellow et al. 2014, for S seeds side by side and for every loss, penalty and noise we know."""

import copy
import math
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground import config as settings
from playground.config import ConfigError, Prior, RunConfig
from playground.data.distribution import Distribution
from playground.errors import PlaygroundError
from playground.models.networks import NETWORKS, Sizes
from playground.objectives import LOSSES, PENALTIES, Penalty
from playground.training.flat import FlatParameters
from playground.training.optimizers import make_optimizer, tune
from playground.training.penalties import interpolates, slope_penalty
from playground.training.schedule import decayed
from playground.training.source import Batch, make_source
from playground.training.streams import Draw, LaneStream, lane_generators, normals, uniforms

NOISE_FIELDS = {"instance_noise", "noise_decay"}
LABEL_FIELDS = {"label_flip", "label_smoothing", "label_decay"}


class Witness(Protocol):
    """Is shown the tensors of an update while it happens, graphs included; see `Trainer.witness`."""

    def __call__(self, moment: str, **tensors: Tensor) -> None:
        """moment: one of those that `Trainer.witness` lists. tensors: by name, each with its lanes first."""


class Diverged(PlaygroundError):
    """No lane has finite numbers left. Says at which step, and which number it was."""


class Trainer:
    """One run: two networks per seed, their optimisers and their random numbers.

    It knows nothing of metrics, pictures or processes. `steps` counts generator updates.
    """

    def __init__(self, config: RunConfig, device: str = "cpu", folder: Path | None = None) -> None:
        """folder: where image files are looked for first. Raises DataError where they are not found."""
        self.config = config
        self.device = torch.device(device)
        self.seeds = [config.seed + lane for lane in range(config.seeds)]
        self.source = make_source(config, self.seeds, self.device, folder)
        row = NETWORKS[config.network]
        sizes = Sizes(self.source.dim, self.source.scale, self.source.shape, self.source.classes)
        self.generator = row.generator(config, sizes, lane_generators(self.seeds, "generator")).to(self.device)
        self.discriminator = row.discriminator(config, sizes, lane_generators(self.seeds, "discriminator")).to(
            self.device
        )
        self._one_pass = row.one_pass
        self.average = copy.deepcopy(self.generator)
        self._arm()
        self._streams = {
            "data": self.source.stream,
            "latent_d": self._stream("latent_d", latents(config.prior, config.latent_dim)),
            "latent_g": self._stream("latent_g", latents(config.prior, config.latent_dim)),
            "classes_d": self._stream("classes_d", uniforms(1)),
            "classes_g": self._stream("classes_g", uniforms(1)),
            "noise": self._stream("noise", normals(self.source.dim)),
            "labels": self._stream("labels", uniforms(1)),
            "mix": self._stream("mix", uniforms(1)),
        }
        self.steps = 0
        self.d_updates = 0
        self.changes: list[tuple[int, dict[str, list[Any]]]] = []
        self._noise_since = 0
        self._labels_since = 0
        self._ones = torch.ones(config.seeds, device=self.device)
        self.d_loss = torch.full((config.seeds,), math.nan, device=self.device)
        self.g_loss = torch.full((config.seeds,), math.nan, device=self.device)
        self.diverged: list[int | None] = [None] * config.seeds
        self.witness: Witness | None = None
        """Told of each moment of an update: labels, penalty, discriminator (before its step), descended (before the
        clipping), judged (after it); generator (before its step), moved (after it). It must draw no random numbers."""

    def step(self) -> None:
        """k discriminator updates and one generator update. Raises Diverged when no lane is left."""
        fakes = self.update_generator() if self.config.g_first else None
        for _ in range(self.config.k):
            self.update_discriminator(fakes)
            fakes = None
        if not self.config.g_first:
            self.update_generator()

    def update_discriminator(self, fakes: Batch | None = None) -> None:
        """One step of D on a fresh batch of real and fake points, (S, batch, dim) each; on these fakes if given."""
        config = self.config
        real, real_classes = self._real()
        if fakes is None:
            with torch.no_grad():
                fakes = self._fakes("d")
        fake, fake_classes = fakes
        both = self._noisy(torch.cat([real, fake], dim=1))
        real, fake = both.chunk(2, dim=1)
        if self._one_pass:
            classes = None if real_classes is None else torch.cat([real_classes, _given(fake_classes)], dim=1)
            real_logits, fake_logits = self.judge(both, classes).chunk(2, dim=1)
        else:
            real_logits, fake_logits = self.judge(real, real_classes), self.judge(fake, fake_classes)
        loss = self._discriminator_loss(real_logits, fake_logits)
        total = loss
        penalty = PENALTIES[config.penalty]
        if penalty.points and config.penalty_weight > 0:
            total = loss + config.penalty_weight * self._penalty(penalty, (real, real_classes), (fake, fake_classes))
        logits = {"real_logits": real_logits, "fake_logits": fake_logits}
        self._tell("discriminator", real=real, fake=fake, loss=loss, total=total, **logits)
        self._descend(total, self._d_weights, self._d_optimizer)
        self._tell("descended")
        if config.clip > 0:
            with torch.no_grad():
                self._d_weights.vector.clamp_(-config.clip, config.clip)
        self._tell("judged")
        self.d_loss = loss.detach()
        self.d_updates += 1
        self._notice("the discriminator's loss", self.d_loss)

    def update_generator(self) -> Batch:
        """One step of G on fresh latents. Returns the fakes that it made, from before the step."""
        fake, classes = self._fakes("g")
        loss = self.generator_loss(self._noisy(fake), classes)
        self._tell("generator", fake=fake, loss=loss)
        self._descend(loss, self._g_weights, self._g_optimizer)
        if self.config.ema > 0:
            self._average()
        self._tell("moved")
        self.g_loss = loss.detach()
        self.steps += 1
        self._notice("the generator's loss", self.g_loss)
        return fake.detach(), classes

    def generator_loss(self, fake: Tensor, classes: Tensor | None = None, real: Batch | None = None) -> Tensor:
        """G's loss on fake points (S, batch, dim), for each lane: (S,).

        A relativistic loss compares them with real points, which are drawn from the training data when not given.
        """
        row = LOSSES[self.config.loss]
        logits = self.judge(fake, classes)
        if row.relative:
            if real is None:
                drawn, real_classes = self._real()
                real = self._noisy(drawn), real_classes
            logits = logits - self.judge(*real)
        loss: Tensor = row.generator(logits, functional).mean(1)
        return loss

    def judge(self, x: Tensor, classes: Tensor | None = None) -> Tensor:
        """D's logits of examples (S, n, dim), told their classes where the game is conditional: (S, n)."""
        logits: Tensor = self.discriminator(x if classes is None else torch.cat([x, classes], dim=-1))
        return logits.squeeze(-1)

    def class_codes(self, draws: Tensor) -> Tensor | None:
        """One-hots of classes picked by draws from U(0, 1), (S, n, 1) -> (S, n, classes); None without classes."""
        if not self.source.classes:
            return None
        picked = (draws.squeeze(-1) * self.source.classes).long()
        return functional.one_hot(picked, self.source.classes).float()

    def apply(self, config: RunConfig) -> None:
        """Train on with other live settings, from the next step. Raises ConfigError if one needs a restart."""
        changed = settings.difference(self.config, config)
        if changed.fixed:
            raise ConfigError(f"{', '.join(changed.fixed)} can't change while the run trains: restart it.")
        if not changed:
            return
        if changed.values.keys() & NOISE_FIELDS:
            self._noise_since = self.steps
        if changed.values.keys() & LABEL_FIELDS:
            self._labels_since = self.steps
        if self.config.ema == 0 and config.ema > 0:
            self.average.load_state_dict(self.generator.state_dict())
        self.changes.append((self.steps, changed.pairs))
        self.config = config
        tune(self._g_optimizer, config, config.lr_g)
        tune(self._d_optimizer, config, config.lr_d)

    @property
    def data(self) -> Distribution:
        """The distribution that G has to learn, where the data are points."""
        return self.config.distribution()

    @property
    def noise_sigma(self) -> float:
        """Standard deviation of the noise on D's inputs at this step, in the data's units."""
        return decayed(self.config.instance_noise, self.config.noise_decay, self._noise_since, self.steps)

    @property
    def label_noise(self) -> tuple[float, float]:
        """Probability of a flipped label, and the smoothing, at this step."""
        config = self.config
        remaining = decayed(1.0, config.label_decay, self._labels_since, self.steps)
        return config.label_flip * remaining, config.label_smoothing * remaining

    @property
    def shown_generator(self) -> nn.Module:
        """The generator that pictures and metrics look at: the averaged one if there is one."""
        return self.average if self.config.ema > 0 else self.generator

    def finite_lanes(self) -> list[bool]:
        """For each lane whether all weights of its two networks are finite."""
        lanes = len(self.seeds)
        both: list[bool] = (self._g_weights.finite_lanes(lanes) & self._d_weights.finite_lanes(lanes)).tolist()
        return both

    def healthy(self) -> bool:
        """Whether every lane that has not diverged can be trained on: its weights are finite."""
        return all(fine or step is not None for fine, step in zip(self.finite_lanes(), self.diverged, strict=True))

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on, copied: plain values and tensors."""
        return copy.deepcopy(
            {
                "config": self.config.model_dump(),
                "steps": self.steps,
                "d_updates": self.d_updates,
                "changes": [[step, fields] for step, fields in self.changes],
                "noise_since": self._noise_since,
                "labels_since": self._labels_since,
                "d_loss": self.d_loss,
                "g_loss": self.g_loss,
                "diverged": self.diverged,
                "generator": self.generator.state_dict(),
                "discriminator": self.discriminator.state_dict(),
                "average": self.average.state_dict(),
                "g_optimizer": self._g_optimizer.state_dict(),
                "d_optimizer": self._d_optimizer.state_dict(),
                "streams": {name: stream.state() for name, stream in self._streams.items()},
            }
        )

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a state of a run whose restart-needing settings are the same."""
        state = copy.deepcopy(state)
        self.config = settings.read(state["config"])
        self.steps = state["steps"]
        self.d_updates = state["d_updates"]
        self.changes = [(step, fields) for step, fields in state["changes"]]
        self._noise_since = state["noise_since"]
        self._labels_since = state["labels_since"]
        self.d_loss = state["d_loss"]
        self.g_loss = state["g_loss"]
        self.diverged = state["diverged"]
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.average.load_state_dict(state["average"])
        self._g_optimizer.load_state_dict(state["g_optimizer"])
        self._d_optimizer.load_state_dict(state["d_optimizer"])
        for name, stream in self._streams.items():
            stream.load(state["streams"][name])

    @staticmethod
    def restored(state: dict[str, Any], device: str = "cpu", folder: Path | None = None) -> "Trainer":
        """The run that `state` was taken from."""
        trainer = Trainer(settings.read(state["config"]), device, folder)
        trainer.load(state)
        return trainer

    def _stream(self, purpose: str, draw: Draw) -> LaneStream:
        return LaneStream(self.seeds, purpose, draw, self.device)

    def _take(self, stream: str) -> Tensor:
        return self._streams[stream].take(self.config.batch_size)

    def _real(self) -> Batch:
        return self.source.take(self._take("data"))

    def _fakes(self, player: str) -> Batch:
        """A batch of G's, for one player's update: the two never share latents."""
        z = self._take(f"latent_{player}")
        classes = self.class_codes(self._take(f"classes_{player}")) if self.source.classes else None
        fake: Tensor = self.generator(z if classes is None else torch.cat([z, classes], dim=-1))
        return fake, classes

    @torch.no_grad()
    def _average(self) -> None:
        self._average_weights.vector.lerp_(self._g_weights.vector, 1 - self.config.ema)
        for held, present in zip(self.average.buffers(), self.generator.buffers(), strict=True):
            held.copy_(present)  # batch norm's statistics are averages already

    def _noisy(self, x: Tensor) -> Tensor:
        """What D sees of x: instance noise on real and fake points alike, (S, n, dim)."""
        sigma = self.noise_sigma
        if sigma == 0.0:
            return x
        noise = [self._take("noise") for _ in range(x.shape[1] // self.config.batch_size)]
        return x + sigma * torch.cat(noise, dim=1)

    def _discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """D's loss for each lane, (S,)."""
        row = LOSSES[self.config.loss]
        if row.relative:
            relative: Tensor = row.real(real_logits - fake_logits, functional).mean(1)
            return relative
        flip, smoothing = self.label_noise
        if flip == 0.0 and smoothing == 0.0:
            plain: Tensor = row.real(real_logits, functional).mean(1) + row.fake(fake_logits, functional).mean(1)
            return plain
        # A label y in [0, 1] weighs the two terms; for cross-entropy this is the cross-entropy with y, and for
        # least squares it has the gradient of ½(d − y)².
        logits = torch.cat([real_logits, fake_logits], dim=1)
        flipped = torch.cat([self._take("labels"), self._take("labels")], dim=1).squeeze(-1) < flip
        self._tell("labels", flipped=flipped)
        is_real = torch.arange(logits.shape[1], device=self.device) < real_logits.shape[1]
        label = (is_real ^ flipped) * (1.0 - smoothing)
        terms: Tensor = label * row.real(logits, functional) + (1 - label) * row.fake(logits, functional)
        return 2 * terms.mean(1)

    def _penalty(self, penalty: Penalty, real: Batch, fake: Batch) -> Tensor:
        """The penalty at the points that D has just seen; the slope is taken in the examples, not in their classes."""
        points = {"real": real[0].detach(), "fake": fake[0].detach()}
        if "interpolates" in penalty.points:
            points["interpolates"] = interpolates(points["real"], points["fake"], self._take("mix"))
        self._tell("penalty", **{kind: points[kind] for kind in penalty.points})
        codes = [fake[1] if kind == "fake" else real[1] for kind in penalty.points]
        classes = None if codes[0] is None else torch.cat([_given(code) for code in codes], dim=1)
        return slope_penalty(penalty, lambda x: self.judge(x, classes), points)

    def _tell(self, moment: str, **tensors: Tensor) -> None:
        if self.witness is not None:
            self.witness(moment, **tensors)

    def _arm(self) -> None:
        """Lay each network's weights end to end and give both players a fresh optimiser."""
        config = self.config
        self._g_weights = FlatParameters(self.generator)
        self._d_weights = FlatParameters(self.discriminator)
        self._average_weights = FlatParameters(self.average)
        self._g_optimizer = make_optimizer(config, [self._g_weights.vector], config.lr_g)
        self._d_optimizer = make_optimizer(config, [self._d_weights.vector], config.lr_d)

    def _descend(self, loss: Tensor, weights: FlatParameters, optimizer: torch.optim.Optimizer) -> None:
        """One optimiser step on just these weights. A one for each lane's loss leaves each lane its own gradient."""
        weights.set_gradient(torch.autograd.grad(loss, weights.parts, self._ones))
        optimizer.step()

    def _notice(self, what: str, loss: Tensor) -> None:
        """Mark the lanes whose loss is no longer finite; the others train on until none is left."""
        values = loss.tolist()
        if all(map(math.isfinite, values)):
            return
        for lane, value in enumerate(values):
            if not math.isfinite(value) and self.diverged[lane] is None:
                self.diverged[lane] = self.steps
        if all(step is not None for step in self.diverged):
            raise Diverged(f"At step {self.steps:,} {what} was no longer a finite number ({values[-1]}).")


def _given(classes: Tensor | None) -> Tensor:
    assert classes is not None, "a conditional game knows the classes of its fakes"
    return classes


def latents(prior: Prior, dim: int) -> Draw:
    """How z is drawn: N(0, 1) or U(−1, 1) in each of `dim` coordinates."""
    return normals(dim) if prior == "normal" else uniforms(dim, -1.0, 1.0)
