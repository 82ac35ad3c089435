"""How a run is looked at whose D judges in groups: whole packs in rows, places beside generated points in maps."""

import math
from typing import Any, get_args

import numpy as np
import pytest
import torch
from scipy.special import expit

from playground.config import RunConfig
from playground.figures import live
from playground.frame import Layer
from playground.observer import ImageObserver, PointObserver
from playground.observer.aspects.game_layers import GROUPED
from playground.observer.aspects.game_on_points import GameOnPoints
from playground.observer.grid import grid_points
from playground.training.trainer import Trainer

QUICK: dict[str, Any] = {
    "g_width": 8,
    "d_width": 8,
    "batch_size": 12,
    "jsd_samples": 500,
    "emd_samples": 50,
    "mode_samples": 100,
}
KINDS: list[dict[str, Any]] = [
    {"pack": 2},
    {"pack": 3},
    {"minibatch": "discrimination"},
    {"minibatch": "deviation", "pack": 4},
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values())))


def trained(steps: int = 5, **changes: Any) -> Trainer:
    trainer = Trainer(RunConfig(**(QUICK | changes)))
    for _ in range(steps):
        trainer.step()
    return trainer


@every_kind
@pytest.mark.parametrize("dataset", ["ring8", "normal_1d"])
@pytest.mark.parametrize("loss", ["non_saturating", "wasserstein", "relativistic"])
def test_everything_can_be_looked_at_and_leaves_no_trace(loss: str, dataset: str, kind: dict[str, Any]) -> None:
    changes = {"loss": loss, "dataset": dataset, "seeds": 2, **kind}
    looked, alone = trained(**changes), trained(**changes)
    observer = PointObserver(looked)
    with observer.closely():
        looked.step()
    row, picture = (
        observer.measure(),
        observer.picture(1, get_args(Layer)),
    )
    alone.step()
    assert looked.d_loss.tolist() == alone.d_loss.tolist()
    looked.step()
    alone.step()
    assert looked.g_loss.tolist() == alone.g_loss.tolist()
    assert all(math.isfinite(value) for name in ("d_real", "d_fake", "x_gradient") for value in row.values[name])
    assert np.isfinite(picture.arrays["discriminator"]).all()
    assert picture.values["insight"]["discriminator"]["batch"] == 12


@every_kind
def test_what_is_true_of_single_examples_alone_is_not_claimed(kind: dict[str, Any]) -> None:
    row = PointObserver(trained(**kind)).measure()
    assert math.isnan(row.values["jsd_implied"][0])
    assert math.isnan(PointObserver(trained(loss="wasserstein", **kind)).measure().values["critic_w"][0])
    picture = PointObserver(trained(**kind)).picture(0, ["optimal"])
    assert picture.values["log_odds"] is False
    assert picture.values["without"] == {"optimal": GROUPED}
    assert "optimal" not in picture.arrays and "gap" not in picture.values["optimal"]


def test_a_picture_says_with_whom_a_place_is_judged() -> None:
    told = [PointObserver(trained(0, **kind)).picture().values["company"] for kind in [{}, *KINDS]]
    assert told == [
        "",
        " in packs of 2 with generated points",
        " in packs of 3 with generated points",
        " in a batch of 12 with generated points",
        " in packs of 4 and in a batch of 12 with generated points",
    ]


def test_charts_show_no_line_of_what_is_not_claimed() -> None:
    def columns(config: RunConfig) -> set[str]:
        traces = live.described(config)[0]["figure"]["data"]
        return {trace["meta"]["column"] for trace in traces if "column" in trace["meta"]}

    alone, packs = RunConfig(), RunConfig(pack=3, batch_size=12)
    assert columns(alone) - columns(packs) == {"jsd_implied"}
    critic, seeing = RunConfig(loss="wasserstein"), RunConfig(loss="wasserstein", minibatch="deviation")
    assert columns(critic) - columns(seeing) == {"critic_w"}
    assert "510 fresh real points in packs of 3," in str(live.described(packs))
    assert "256 fresh real points, without" in str(live.described(seeing))
    bound = "lower bound on KL(p_data ‖ p_G)"
    told = [str(live.described(config.replace(loss="fgan_kl"))) for config in (alone, packs, seeing)]
    assert f"{bound}." in told[0] and f"{bound}, between packs of 3." in told[1] and "bound on KL" not in told[2]


@pytest.mark.parametrize("pack", [2, 3])
def test_d_real_is_the_mean_probability_of_a_pack(pack: int) -> None:
    trainer = trained(pack=pack)
    shown: list[torch.Tensor] = []
    trainer.discriminator.register_forward_hook(lambda *given: shown.append(given[-1].detach()))
    row = PointObserver(trainer).measure()
    real = shown[-2].numpy()  # G's loss comes first, the generated ones last
    assert real.shape == (1, 512 // pack, 1)
    assert row.values["d_real"][0] == pytest.approx(expit(real.astype(float)).mean())


def test_the_map_is_what_d_says_of_a_place_among_the_pictures_points() -> None:
    trainer = trained(minibatch="discrimination", seeds=2)
    observer = PointObserver(trainer)
    picture = observer.picture(1)
    fake, place = torch.from_numpy(picture.arrays["fake"]), grid_points(trainer.data, trainer.device)[0][0, 70]
    batch = torch.cat([place[None], fake[-11:]])
    with torch.no_grad():
        logit = trainer.game.judge(batch.expand(2, -1, -1))[1, 0].item()
    assert picture.arrays["discriminator"][1, 6] == pytest.approx(logit, abs=1e-5)


def test_the_microscopes_map_is_the_pictures() -> None:
    trainer = trained(pack=2, seeds=3)
    observer = PointObserver(trainer)
    aspect = observer._aspect
    assert isinstance(aspect, GameOnPoints)
    np.testing.assert_allclose(aspect._map()[2], observer.picture(2).arrays["discriminator"], rtol=1e-4, atol=1e-5)


@every_kind
def test_a_lanes_picture_and_numbers_are_those_of_its_seed_alone(kind: dict[str, Any]) -> None:
    together, alone = PointObserver(trained(seeds=3, **kind)), PointObserver(trained(seed=2, **kind))
    for name, array in alone.picture(0, ["gradients"]).arrays.items():
        np.testing.assert_allclose(together.picture(2, ["gradients"]).arrays[name], array, rtol=1e-2, atol=1e-3)
    for name, column in alone.measure().values.items():
        assert together.measure().values[name][2] == pytest.approx(column[0], rel=1e-2, abs=1e-3, nan_ok=True), name


def test_flipped_labels_are_shown_at_all_examples_of_their_packs() -> None:
    trainer = trained(pack=3, label_flip=0.5)
    observer = PointObserver(trainer)
    with observer.closely():
        trainer.step()
    picture = observer.picture(0, ["microscope"])
    packs = picture.arrays["flipped"].reshape(8, 3)
    assert (packs == packs[:, :1]).all()
    assert picture.values["insight"]["discriminator"]["flipped"] == packs[:, 0].sum()


def test_where_the_loss_pushes_agrees_with_finite_differences() -> None:
    """One point among its companions, in double precision."""
    trainer = trained(pack=2, minibatch="deviation", d_activation="tanh")
    observer = PointObserver(trainer)
    picture = observer.picture(0, ["gradients"])
    trainer.discriminator.double()
    fake = torch.from_numpy(picture.arrays["fake"]).double()[None]

    def losses(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-trainer.game.judge_among(x, fake)[0])

    with torch.no_grad():
        points = fake[:, :5]
        for axis, nudge in enumerate(1e-5 * torch.eye(2, dtype=torch.float64)):
            slope = (losses(points + nudge) - losses(points - nudge)) / 2e-5
            np.testing.assert_allclose(picture.arrays["push"][:5, axis], -slope, rtol=1e-3, atol=1e-6)


@every_kind
@pytest.mark.parametrize("network", ["lecture", "dcgan"])
def test_images_can_be_looked_at(network: str, kind: dict[str, Any]) -> None:
    trainer = trained(2, dataset="digits", network=network, image_samples=100, **kind)
    observer = ImageObserver(trainer)
    assert all(math.isfinite(observer.measure().values[name][0]) for name in ("d_real", "g_gradient"))
    assert observer.picture().values["log_odds"] is False
