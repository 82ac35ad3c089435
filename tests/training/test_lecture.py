"""The image recipes in training: against a plain loop, resumed exactly, lane by lane, and with no trace of looking."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.config import RunConfig
from playground.models.image_networks import DcganGenerator, LaneDropout, LectureDiscriminator, LectureGenerator
from playground.objectives import PENALTIES
from playground.observer import ImageObserver
from playground.recipes import RECIPES
from playground.training import classifier
from playground.training.trainer import Trainer
from tests.data.serving import NO_REAL_MNIST, real_mnist

LN2 = math.log(2)
IMAGE_RECIPES = ("lecture", "dcgan", "conditional_dcgan")


def recipe(name: str, **changes: Any) -> RunConfig:
    """A recipe on the embedded digits, with smaller batches where that does not matter."""
    return RECIPES[name].config.replace(**({"batch_size": 16} | changes))


def train(trainer: Trainer, until: int) -> Trainer:
    while trainer.steps < until:
        trainer.step()
    return trainer


def in_double(trainer: Trainer) -> Trainer:
    """The same run in double precision: Adam blows the rounding of single precision up to whole steps."""
    take, real = trainer.game.take, trainer.game.real

    def doubled() -> tuple[Tensor, Tensor | None]:
        pixels, classes = real()
        return pixels.double(), classes

    trainer.generator.double()
    trainer.discriminator.double()
    trainer._arm()
    trainer.game.take = lambda stream: take(stream).double()  # type: ignore[method-assign]
    trainer.game.real = doubled  # type: ignore[method-assign]
    return trainer


def differences(a: Any, b: Any, where: str = "state") -> list[str]:
    """The places at which two states differ in as much as a bit."""
    if isinstance(a, Tensor):
        return [] if a.dtype == b.dtype and torch.equal(a, b) else [where]
    if isinstance(a, dict) and a.keys() == b.keys():
        return [place for key in a for place in differences(a[key], b[key], f"{where}.{key}")]
    if isinstance(a, list | tuple) and len(a) == len(b):
        return [place for i, (x, y) in enumerate(zip(a, b, strict=True)) for place in differences(x, y, f"{where}.{i}")]
    return [] if a == b else [where]


# The first step


def first_logits(name: str) -> tuple[Tensor, Tensor]:
    """D's logits of real images and of G's before any step, of 96 seeds: (96, 64) each."""
    found = []
    for seed in (0, 32, 64):
        trainer = Trainer(recipe(name, seed=seed, seeds=32, batch_size=64))
        with torch.no_grad():
            found.append((trainer.game.judge(*trainer.game.real()), trainer.game.judge(*trainer.game.fakes("d"))))
    real, fake = zip(*found, strict=True)
    return torch.cat(real), torch.cat(fake)


@pytest.mark.parametrize("name", IMAGE_RECIPES)
def test_the_losses_begin_near_ln_2_each_half(name: str) -> None:
    """An undecided D says ½. Its weights are symmetric about 0, so over many seeds softplus(±d) lies, by its Taylor
    series, between ln 2 and ln 2 + E d² / 8 (its curvature is ¼ at most), give or take four standard errors."""
    real, fake = first_logits(name)
    halves = {
        "D on real": (functional.softplus(-real), real),
        "D on fakes": (functional.softplus(fake), fake),
        "G": (functional.softplus(-fake), fake),
    }
    for half, (terms, logits) in halves.items():
        by_seed = terms.mean(1)
        error = 4 * by_seed.std().item() / len(by_seed) ** 0.5
        mean, excess = by_seed.mean().item(), logits.square().mean().item() / 8
        assert LN2 - error < mean < LN2 + excess + error, half
        assert error < 0.16 and excess < 0.16, half  # so that the interval says something
    assert fake.square().mean() < 0.15  # D has hardly an opinion of G's first images


def test_the_first_steps_losses_are_those_of_the_two_halves() -> None:
    """D's loss is the sum of its halves: 2 ln 2 = 1.386 for an undecided D."""
    trainer = Trainer(recipe("dcgan", seeds=32, batch_size=64))
    trainer.step()
    assert trainer.g_loss.mean().item() == pytest.approx(LN2, abs=0.2)
    assert trainer.d_loss.mean().item() == pytest.approx(2 * LN2, abs=0.2)


# The order of the moves


def watched(trainer: Trainer) -> list[Tensor]:
    """What D is shown from now on, in order."""
    shown: list[Tensor] = []
    verdict = trainer.game.verdict

    def note(x: Tensor, classes: Tensor | None = None, batches: int = 1) -> Tensor:
        shown.append((x if classes is None else torch.cat([x, classes], dim=-1)).detach().clone())
        return verdict(x, classes, batches)

    trainer.game.verdict = note  # type: ignore[method-assign]
    return shown


def test_g_moves_first_and_d_sees_the_same_fakes() -> None:
    trainer = train(Trainer(recipe("lecture", k=2)), 3)
    twin = Trainer.restored(trainer.state())
    with torch.no_grad():
        made, _ = twin.game.fakes("g")  # by G as it is before the step
    shown = watched(trainer)
    trainer.step()
    g_turn, first_d, second_d = shown
    assert torch.equal(g_turn, made)
    assert torch.equal(first_d[:, 16:], g_turn)
    assert not torch.equal(second_d[:, 16:], g_turn)  # D's other updates get fakes of their own
    assert not torch.equal(second_d[:, :16], first_d[:, :16])
    assert trainer.steps == 4 and trainer.d_updates == 8


def test_otherwise_d_moves_first_on_fakes_of_its_own() -> None:
    trainer = Trainer(recipe("lecture", g_first=False))
    shown = watched(trainer)
    trainer.step()
    first_d, g_turn = shown
    assert first_d.shape[1] == 32 and g_turn.shape[1] == 16
    assert not torch.equal(first_d[:, 16:], g_turn)


# Against a plain loop


class PlainLecture:
    """The lecture's training loop with PyTorch's own layers, in double precision, on the twin's batches and masks."""

    def __init__(self, config: RunConfig) -> None:
        self.twin = in_double(Trainer(config))  # for its first weights, its batches and its masks; it never trains
        g, d = self.twin.generator, self.twin.discriminator
        assert isinstance(g, LectureGenerator) and isinstance(d, LectureDiscriminator)
        self.g = nn.Sequential(plain(g.hidden), nn.LeakyReLU(0.3), plain(g.last), nn.Tanh())
        self.before, self.after = nn.Sequential(plain(d.hidden), nn.LeakyReLU(0.3)), plain(d.last)
        self.d = nn.ModuleList([self.before, self.after])
        self.g_adam = torch.optim.Adam(self.g.parameters(), lr=1e-3, betas=(0.9, 0.999))
        self.d_adam = torch.optim.Adam(self.d.parameters(), lr=1e-3, betas=(0.9, 0.999))
        self.masks = np.random.default_rng()
        (state,) = d.dropout.get_extra_state()
        self.masks.bit_generator.state = cast(Any, state)
        self.bce = nn.BCEWithLogitsLoss()
        self.d_loss = self.g_loss = math.nan

    def judge(self, x: Tensor) -> Tensor:
        hidden = self.before(x)
        kept = torch.from_numpy(self.masks.random(hidden.shape, dtype=np.float32) >= 0.5)
        logits: Tensor = self.after(hidden * kept * 2)
        return logits

    def step(self) -> None:
        fake = self.g(self.twin.game.take("latent_g")[0])
        on_fake = self.judge(fake)
        loss = self.bce(on_fake, torch.ones_like(on_fake))
        self.g_loss = loss.item()
        self.g_adam.zero_grad()
        loss.backward()
        self.g_adam.step()
        real, fake = self.twin.game.real()[0][0], fake.detach()
        on_real, on_fake = self.judge(torch.cat([real, fake])).chunk(2)
        loss = self.bce(on_real, torch.ones_like(on_real)) + self.bce(on_fake, torch.zeros_like(on_fake))
        self.d_loss = loss.item()
        self.d_adam.zero_grad()
        loss.backward()
        self.d_adam.step()


def plain(layer: nn.Module) -> nn.Linear:
    """The first lane of one of our layers."""
    weight, bias = layer.weight.detach()[0], layer.bias  # type: ignore[operator]
    linear = nn.Linear(weight.shape[0], weight.shape[1], bias=bias is not None, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(weight.T)
        if bias is not None:
            linear.bias.copy_(bias.detach()[0, 0])  # type: ignore[operator]
    return linear


def test_the_lectures_game_agrees_with_a_plain_loop() -> None:
    config = recipe("lecture", seed=5)
    ours, theirs = in_double(Trainer(config)), PlainLecture(config)
    before = [parameter.detach().clone() for parameter in theirs.g.parameters()]
    for _ in range(20):
        ours.step()
        theirs.step()
        assert ours.g_loss.item() == pytest.approx(theirs.g_loss, rel=1e-7)
        assert ours.d_loss.item() == pytest.approx(theirs.d_loss, rel=1e-7)
    for mine, plainly in ((ours.generator, theirs.g), (ours.discriminator, theirs.d)):
        for lanes, parameter in zip(mine.parameters(), plainly.parameters(), strict=True):
            torch.testing.assert_close(lanes[0].T.reshape(parameter.shape), parameter, rtol=1e-6, atol=1e-8)
    moved = [(new - old).abs().mean().item() for new, old in zip(theirs.g.parameters(), before, strict=True)]
    assert min(moved) > 1e-3  # far more than the tolerance


# Lanes, resuming, looking


@pytest.mark.parametrize("name", IMAGE_RECIPES)
def test_a_lane_of_three_is_that_seed_alone(name: str) -> None:
    three = train(in_double(Trainer(recipe(name, seeds=3))), 12)
    for lane in range(3):
        alone = train(in_double(Trainer(recipe(name, seed=lane))), 12)
        for mine, single in ((three.generator, alone.generator), (three.discriminator, alone.discriminator)):
            for many, one in zip(mine.parameters(), single.parameters(), strict=True):
                torch.testing.assert_close(many.chunk(3)[lane], one, rtol=1e-6, atol=1e-8)
        assert three.d_loss[lane].item() == pytest.approx(alone.d_loss.item(), rel=1e-7)
    assert len(set(three.d_loss.tolist())) == 3


VARIANTS: dict[str, dict[str, Any]] = {
    "lecture": {"seeds": 2, "batch_size": 64},  # 80 steps are more than a block of two epochs
    "dcgan": {"ema": 0.9, "seeds": 2},
    "conditional_dcgan": {"penalty": "gradient_penalty", "loss": "wasserstein", "instance_noise": 0.1},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_resuming_is_exact(name: str, tmp_path: Path) -> None:
    steps = 80 if name == "lecture" else 12
    config = recipe(name, **VARIANTS[name])
    whole, first = train(Trainer(config), steps), train(Trainer(config), steps // 2)
    torch.save(first.state(), tmp_path / "run.pt")
    second = Trainer.restored(torch.load(tmp_path / "run.pt", weights_only=True))
    assert differences(first.state(), second.state()) == []
    train(second, steps)
    assert differences(whole.state(), second.state()) == []
    assert torch.isfinite(whole.d_loss).all()


def test_dropout_and_batch_norm_are_part_of_the_state() -> None:
    """Guards the test above: what it compares is there, and moves."""
    trainer = Trainer(recipe("lecture"))
    before = trainer.state()
    after = train(trainer, 1).state()
    assert any("dropout" in place for place in differences(before, after))
    trainer = Trainer(recipe("dcgan"))
    before = trainer.state()
    changed = differences(before, train(trainer, 1).state())
    for player in ("generator", "discriminator"):
        assert any(player in place and "running_mean" in place for place in changed)


@pytest.fixture
def quick_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A classifier that is hardly trained, in a cache of its own."""
    from playground.observer.image_observer import preparation

    monkeypatch.setattr(classifier, "SEEN", 10 * classifier.BATCH)
    monkeypatch.setenv(classifier.CACHE_VARIABLE, str(tmp_path))
    preparation.cache_clear()
    yield
    preparation.cache_clear()


@pytest.mark.usefixtures("quick_classifier")
@pytest.mark.parametrize("name", IMAGE_RECIPES)
def test_looking_leaves_no_trace(name: str) -> None:
    """Neither random numbers nor batch norm's statistics nor the layers' mode: the next steps are the same to a bit."""
    config = recipe(name, seeds=2, image_samples=100, ema=0.9 if name == "dcgan" else 0.0)
    unseen, seen = Trainer(config), Trainer(config)
    observer = ImageObserver(seen)
    while not observer.prepared:
        observer.prepare(1.0)
    for steps in range(1, 5):
        train(unseen, steps)
        train(seen, steps)
        before = seen.state()
        observer.measure()
        observer.picture(1)
        observer.film()
        observer.samples([np.random.default_rng(lane) for lane in (0, 1)], 50)
        observer.walk(1, 0, 5)
        observer.arithmetic(0, 1, 2, 3)
        observer.neighbours(0, 4)
        assert differences(before, seen.state()) == []
    assert differences(unseen.state(), seen.state()) == []
    assert all(module.training for module in [*seen.generator.modules(), *seen.discriminator.modules()])


# Classes


@pytest.mark.parametrize("network", ["mlp", "lecture", "dcgan"])
def test_both_players_are_told_the_classes(network: str) -> None:
    config = recipe("conditional_dcgan", network=network, g_first=True)
    trainer = Trainer(config)
    latents: list[Tensor] = []
    trainer.generator.register_forward_pre_hook(lambda _, inputs: latents.append(inputs[0].detach()))
    shown = watched(trainer)
    trainer.step()
    (z,) = latents
    assert z.shape == (1, 16, 64 + 10)
    codes = z[..., 64:]
    assert (codes.sum(-1) == 1).all() and set(codes.flatten().tolist()) == {0.0, 1.0}
    assert torch.equal(shown[0][..., 64:], codes)  # of 8 × 8 pixels
    on_d = torch.cat(shown[1:], dim=1)
    assert torch.equal(on_d[:, 16:, 64:], codes)
    assert trainer.game.source.images is not None and trainer.game.source.images.labels is not None
    label_of = {
        image.tobytes(): label
        for image, label in zip(trainer.game.source.images.images, trainer.game.source.images.labels, strict=True)
    }
    real = ((on_d[0, :16, :64] + 1) * 127.5).round().byte().numpy()
    assert on_d[0, :16, 64:].argmax(-1).tolist() == [label_of[image.tobytes()] for image in real]


def test_classes_of_fakes_are_all_and_equally_likely() -> None:
    trainer = Trainer(recipe("conditional_dcgan"))
    codes = trainer.game.class_codes((torch.arange(1000)[None, :, None] + 0.5) / 1000)
    assert codes is not None and codes.sum(1).tolist() == [[100.0] * 10]


@pytest.mark.parametrize("penalty", [name for name, row in PENALTIES.items() if row.points])
@pytest.mark.parametrize("name", ["dcgan", "conditional_dcgan", "lecture"])
def test_penalties_work_on_images(name: str, penalty: str) -> None:
    config = recipe(name, penalty=penalty, penalty_weight=1.0, seeds=2, batch_size=8)
    penalised, free = train(Trainer(config), 3), train(Trainer(config.replace(penalty="none")), 3)
    for trainer in (penalised, free):
        assert trainer.d_loss.isfinite().all() and trainer.g_loss.isfinite().all()
        assert all(p.isfinite().all() for p in [*trainer.generator.parameters(), *trainer.discriminator.parameters()])
    assert not torch.equal(penalised.d_loss, free.d_loss)


class Known(nn.Module):
    """A discriminator whose logit is 0.1 for each unit of every pixel and 100 for each of every label."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.cat([torch.full((64,), 0.1), torch.full((10,), 100.0)]))

    def forward(self, x: Tensor) -> Tensor:
        return (x * self.weight).sum(-1, keepdim=True)


def test_the_slope_is_taken_in_the_pixels_alone() -> None:
    """‖∇d‖ = 0.1 · sqrt(64) = 0.8: the gradient penalty is (0.8 − 1)² = 0.04, R1 is ½ · 0.64."""
    trainer = Trainer(recipe("conditional_dcgan"))
    trainer.game.discriminator = Known()
    real, fake = trainer.game.real(), trainer.game.fakes("d")
    assert trainer.game._penalty(PENALTIES["gradient_penalty"], real, fake).item() == pytest.approx(0.04, rel=1e-4)
    assert trainer.game._penalty(PENALTIES["r1"], real, fake).item() == pytest.approx(0.32, rel=1e-4)


def test_batch_norm_sees_real_and_fake_apart() -> None:
    """Each half has statistics of its own, in the penalty too; in one pass their mixture would tell them apart."""

    def passes(trainer: Trainer) -> list[int]:
        """Examples in each pass through D of an update."""
        counts: list[int] = []
        trainer.discriminator.register_forward_pre_hook(lambda _, inputs: counts.append(inputs[0].shape[1]))
        trainer.update_discriminator()
        return counts

    dcgan, lecture = Trainer(recipe("dcgan")), Trainer(recipe("lecture"))
    assert passes(dcgan) == [16, 16] and isinstance(dcgan.generator, DcganGenerator)
    assert passes(lecture) == [32]
    assert any(isinstance(module, LaneDropout) for module in lecture.discriminator.modules())
    assert passes(Trainer(recipe("dcgan", penalty="r1_r2"))) == [16] * 4
    assert passes(Trainer(recipe("lecture", penalty="r1_r2", minibatch="deviation"))) == [16] * 4
    assert passes(Trainer(recipe("lecture", penalty="r1_r2", pack=2))) == [32] * 2


# The real thing


@pytest.mark.slow
def test_an_epoch_of_the_real_mnist(capsys: pytest.CaptureFixture[str]) -> None:
    folder = real_mnist()
    if folder is None:
        pytest.skip(NO_REAL_MNIST)
    trainer = Trainer(RECIPES["lecture"].config.replace(dataset="mnist"), folder=folder)
    assert sum(p.numel() for p in trainer.generator.parameters()) == 81_184
    assert sum(p.numel() for p in trainer.discriminator.parameters()) == 78_601
    steps = 60_000 // 64
    g, d, start = [], [], time.perf_counter()
    for _ in range(steps):
        trainer.step()
        g.append(trainer.g_loss.item())
        d.append(trainer.d_loss.item())
    seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\nreal MNIST, an epoch of the lecture's: {seconds:.1f} s, {steps / seconds:,.0f} steps/s")
    assert np.isfinite(g).all() and np.isfinite(d).all()
    values = ImageObserver(trainer).measure().values  # without a classifier: how the two players stand
    # D wins the first epoch by far, and G's loss rises beyond the ln 2 of an undecided game.
    assert values["d_real"][0] > 0.6 and values["d_fake"][0] < 0.4
    assert np.mean(d) < 2 * LN2 and np.mean(g) > LN2
    assert values["epoch"][0] == pytest.approx(steps * 64 / 60_000)
