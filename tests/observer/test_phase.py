"""The phase portrait: its arrows are the Trainer's own steps, its way is the run's, and looking changes nothing."""

from typing import Any

import numpy as np
import pytest

from playground.config import RunConfig
from playground.frame import decode, encode
from playground.objectives import LOSSES
from playground.observer import PhaseObserver, observe
from playground.observer.phase_observer import ARROWS, LENGTH, extent
from playground.training.trainer import Trainer

LR = 0.1
Floats = np.ndarray[Any, np.dtype[np.float64]]


def game(**changes: Any) -> RunConfig:
    plain = {"loss": "minimax", "optimizer": "sgd", "beta1": 0.0, "lr_g": LR, "lr_d": LR, "batch_size": 4}
    return RunConfig().replace(dataset="dirac", **plain | changes)


def watched(**changes: Any) -> tuple[Trainer, PhaseObserver]:
    trainer = Trainer(game(**changes))
    observer = observe(trainer)
    assert isinstance(observer, PhaseObserver)
    return trainer, observer


def stand(trainer: Trainer, lane: int = 0) -> list[float]:
    return [
        float(next(network.parameters()).detach().flatten()[lane])
        for network in (trainer.generator, trainer.discriminator)
    ]


def places(config: RunConfig) -> tuple[Floats, Floats]:
    """θ and ψ where the arrows stand, (ARROWS, ARROWS) each, rows from low ψ."""
    low, high = extent(config)
    ticks = low + (high - low) * (np.arange(ARROWS) + 0.5) / ARROWS
    theta, psi = np.meshgrid(ticks, ticks)
    return theta, psi


def sigmoid(t: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-t)))


def test_an_arrow_is_one_alternating_step_from_its_place() -> None:
    """minimax: ψ' = ψ − η σ(ψθ) θ, then θ' = θ + η σ(ψ'θ) ψ'."""
    trainer, observer = watched()
    theta, psi = places(trainer.config)
    after = psi - LR * sigmoid(psi * theta) * theta
    moved = observer.picture().arrays["field"]
    np.testing.assert_allclose(moved[..., 1], after - psi, atol=1e-6)
    np.testing.assert_allclose(moved[..., 0], LR * sigmoid(after * theta) * after, atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty": "r1", "penalty_weight": 0.5},
        {"k": 3},
        {"loss": "wasserstein"},
        {"lr_d": 0.02},
        {"clip": 0.1},
        {"updates": "simultaneous"},
        {"updates": "extragradient"},
        {"updates": "simultaneous", "consensus": 0.5},
    ],
)
def test_arrows_follow_what_is_changed_live(changes: dict[str, Any]) -> None:
    """The run's own next step is the arrow of the place where it stands, under every setting."""
    trainer, observer = watched()
    before = observer.picture().arrays["field"]
    trainer.apply(trainer.config.replace(**changes))
    field = observer.picture().arrays["field"]
    assert not np.allclose(before, field)
    theta, psi = places(trainer.config)
    for row, column in ((3, 12), (9, 2)):
        twin = Trainer(trainer.config.replace(theta=theta[row, column] / 2, psi=psi[row, column] / 2))
        for network, value in ((twin.generator, theta), (twin.discriminator, psi)):
            next(network.parameters()).data.fill_(float(value[row, column]))
        twin.step()
        expected = np.array(stand(twin)) - (theta[row, column], psi[row, column])
        np.testing.assert_allclose(field[row, column], expected, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_its_arrows(loss: str) -> None:
    """At θ = 0 real and generated points are the same, so D has nothing to gain; at ψ = 0 G has not."""
    field = watched(loss=loss, updates="simultaneous")[1].picture().arrays["field"]
    middle = ARROWS // 2
    assert np.isfinite(field).all() and np.abs(field).max() > 1e-3
    np.testing.assert_allclose(field[:, middle, 1], 0, atol=1e-6)
    np.testing.assert_allclose(field[middle, :, 0], 0, atol=1e-6)


def test_arrows_are_plain_descent_whatever_the_optimiser() -> None:
    _, plain = watched()
    _, adam = watched(optimizer="adam", d_optimizer="rmsprop", beta1=0.5, ema=0.9, lr_decay=50)
    np.testing.assert_array_equal(plain.picture().arrays["field"], adam.picture().arrays["field"])


def test_noise_bends_neighbouring_arrows_alike() -> None:
    """Noise on D's inputs makes every place draw ψ towards 0; the same draws everywhere leave the field smooth."""
    field = watched(instance_noise=1.0)[1].picture().arrays["field"]
    quiet = watched()[1].picture().arrays["field"]
    middle = ARROWS // 2  # θ = 0: without noise ψ stands still there
    np.testing.assert_allclose(quiet[:, middle, 1], 0, atol=1e-7)
    assert (field[: middle - 1, middle, 1] > 0.01).all() and (field[middle + 2 :, middle, 1] < -0.01).all()
    assert np.abs(np.diff(field, n=2, axis=0)).max() < 0.05 and np.abs(np.diff(field, n=2, axis=1)).max() < 0.05


def test_noise_that_decays_is_taken_as_it_is_now() -> None:
    trainer, observer = watched(instance_noise=1.0, noise_decay=100)
    first = observer.picture().arrays["field"]
    for _ in range(100):
        trainer.step()
    assert not np.allclose(first, observer.picture().arrays["field"])
    np.testing.assert_allclose(observer.picture().arrays["field"], watched()[1].picture().arrays["field"], atol=1e-7)


def test_arrows_are_made_once_for_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, observer = watched()
    observer.picture()
    monkeypatch.setattr("playground.observer.vector_field.one_step", None)
    trainer.step()
    observer.picture()


@pytest.mark.parametrize("changes", [{}, {"updates": "simultaneous"}, {"updates": "extragradient"}])
def test_the_way_has_every_step_and_ends_where_the_run_stands(changes: dict[str, Any]) -> None:
    trainer, observer = watched(**changes)
    expected = [stand(trainer)]
    for _ in range(40):
        trainer.step()
        expected.append(stand(trainer))
    found = observer.picture().arrays["path"]
    np.testing.assert_allclose(found, expected)  # steps of 0.05 are all further apart than it asks


def test_a_slow_run_leaves_points_only_where_it_has_moved_on() -> None:
    trainer, observer = watched(lr_g=1e-3, lr_d=1e-3)
    for _ in range(200):
        trainer.step()
    found = observer.picture().arrays["path"]
    low, high = extent(trainer.config)
    assert 3 < len(found) < 15
    assert (np.hypot(*np.diff(found[:-1], axis=0).T) >= (high - low) / 256).all()
    np.testing.assert_allclose(found[-1], stand(trainer))


@pytest.mark.parametrize(("rate", "steps"), [(0.01, 5500), (1.0, 100)])
def test_the_way_forgets_its_beginning(rate: float, steps: int) -> None:
    """However far a step leads: as many points as there are on so long a way."""
    trainer, observer = watched(lr_g=rate, lr_d=rate)
    for _ in range(steps):
        trainer.step()
    low, high = extent(trainer.config)
    length = np.hypot(*np.diff(observer.picture().arrays["path"], axis=0).T).sum()
    assert (LENGTH - 0.6) * (high - low) < length <= LENGTH * (high - low) * 1.3


def test_a_run_that_falls_back_begins_its_way_anew() -> None:
    trainer, observer = watched()
    good = trainer.state()
    for _ in range(20):
        trainer.step()
    trainer.load(good)
    trainer.step()
    assert len(observer.picture().arrays["path"]) <= 3


@pytest.mark.parametrize("seeds", [1, 4])
def test_a_row_tells_where_each_seed_stands(seeds: int) -> None:
    trainer, observer = watched(seeds=seeds, jsd_samples=500, emd_samples=50)
    for _ in range(30):
        trainer.step()
    row = observer.measure()
    for lane in range(seeds):
        theta, psi = stand(trainer, lane)
        assert row.values["theta"][lane] == theta and row.values["psi"][lane] == psi
        assert row.values["radius"][lane] == pytest.approx(np.hypot(theta, psi))
        assert row.values["emd"][lane] == pytest.approx(abs(theta), rel=1e-6)
        assert row.values["jsd"][lane] == pytest.approx(np.log(2))
    assert {len(column) for column in row.values.values()} == {seeds}


def test_every_seeds_way_is_told_beside_the_others() -> None:
    trainer, observer = watched(seeds=3)
    for _ in range(30):
        trainer.step()
    lanes = observer.lanes()
    assert lanes.shape == (3, 256, 2)
    for lane in range(3):
        np.testing.assert_allclose(lanes[lane, -1], stand(trainer, lane), rtol=1e-6)


def test_an_average_of_g_is_shown_beside_the_run() -> None:
    trainer, observer = watched(ema=0.99)
    for _ in range(50):
        trainer.step()
    ((theta, psi),) = observer.picture().arrays["average"]
    average = next(trainer.average.parameters()).item()
    assert theta == average != stand(trainer)[0] and psi == stand(trainer)[1]
    assert observer.measure().values["emd"][0] == pytest.approx(abs(average), rel=1e-6)


@pytest.mark.parametrize("changes", [{}, {"instance_noise": 0.3, "seeds": 2}, {"optimizer": "adam", "label_flip": 0.1}])
def test_looking_leaves_no_trace_in_training(changes: dict[str, Any]) -> None:
    trainer, observer = watched(**changes)
    alone = Trainer(trainer.config)
    for _ in range(6):
        trainer.step()
        observer.picture()
        observer.lanes()
        alone.step()
    assert stand(trainer) == stand(alone)


def test_a_picture_of_a_lost_lane_can_still_be_sent() -> None:
    trainer, observer = watched(seeds=2)
    for network in (trainer.generator, trainer.discriminator):
        next(network.parameters()).data[1] = float("nan")
    trainer.step()
    sent = decode(encode(observer.picture(1)))
    assert np.isnan(sent.arrays["path"][-1]).all()
    assert sent.arrays["path"].dtype == sent.arrays["field"].dtype == np.float32


def test_the_plane_has_room_around_the_start() -> None:
    assert extent(game()) == (-2.5, 2.5)
    assert extent(game(theta=0.5, psi=0.0)) == (-1.0, 1.0)
    assert extent(game(theta=1.25, psi=-1.25)) == (-3.0, 3.0)
