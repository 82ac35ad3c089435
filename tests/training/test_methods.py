"""Every method: its run goes on where it stopped, a seed is the same among others, live settings act."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.config import ConfigError, RunConfig, belongs, read, read_text
from playground.methods import METHODS
from playground.observer import observe
from playground.training import learners
from playground.training.checkpoint import pack, restored, unpack
from playground.training.learner import Diverged, Learner

SMALL: dict[str, Any] = {"dataset": "two_normals_1d", "g_width": 8, "d_width": 8, "batch_size": 12, "emd_samples": 50}
OWN: dict[str, dict[str, Any]] = {"likelihood": {"entropy": 1.0}}
"""What makes a method use all that it has."""

every_method = pytest.mark.parametrize("method", METHODS)


def config_of(method: str, **changes: Any) -> RunConfig:
    told = {name: value for name, value in SMALL.items() if belongs(name, method)}
    return RunConfig().by(method).replace(**(told | OWN.get(method, {}) | changes))


def train(learner: Learner, until: int) -> Learner:
    """To that step, with live changes on the way."""
    while learner.steps < until:
        if learner.steps == 7:
            rate = {name: 2e-3 for name in ("lr_g", "lr_d") if belongs(name, learner.config.method)}
            learner.apply(learner.config.replace(**rate, beta2=0.95, batch_size=16, lr_decay=100))
        learner.step()
    return learner


def numbers_of(value: Any) -> list[float]:
    """All numbers in a state, in their order."""
    if isinstance(value, dict):
        return [x for each in value.values() for x in numbers_of(each)]
    if isinstance(value, list | tuple):
        return [x for each in value for x in numbers_of(each)]
    if isinstance(value, Tensor):
        return [float(x) for x in value.flatten()]
    return [float(value)] if isinstance(value, int | float) else []


def test_every_method_has_its_learner() -> None:
    assert learners.LEARNERS.keys() == METHODS.keys()


@every_method
def test_a_run_goes_on_from_its_checkpoint_as_if_it_had_never_stopped(method: str) -> None:
    config = config_of(method, seeds=2)
    whole = train(learners.fresh(config), 20)
    again = train(restored(pack(train(learners.fresh(config), 10).state())), 20)
    assert type(again) is type(whole)
    assert pack(again.state()) == pack(whole.state())


@every_method
def test_looking_at_a_run_changes_nothing_in_it(method: str) -> None:
    watched, alone = (learners.fresh(config_of(method, seeds=2)) for _ in range(2))
    observer = observe(watched)
    for _ in range(5):
        row, frame = observer.measure(), observer.picture(1, {"optimal", "gradients", "manifold", "density"})
        with observer.closely():
            watched.step()
        alone.step()
    assert pack(watched.state()) == pack(alone.state())
    assert METHODS[method].numbers.keys() <= row.values.keys()
    assert all(len(column) == 2 for column in row.values.values()) and "fake" in frame.arrays


@every_method
def test_a_seed_is_the_same_alone_and_among_others(method: str) -> None:
    together = train(learners.fresh(config_of(method, seed=3, seeds=3)), 12)
    for lane in range(3):
        alone = train(learners.fresh(config_of(method, seed=3 + lane)), 12)
        for name, network in alone.networks.items():
            for mine, theirs in zip(network.parameters(), together.networks[name].parameters(), strict=True):
                torch.testing.assert_close(mine[0], theirs[lane], rtol=2e-3, atol=2e-4)


@every_method
def test_a_fork_trains_on_with_other_live_settings(method: str) -> None:
    state = train(learners.fresh(config_of(method)), 10).state()
    plain, other = (learners.restored(unpack(pack(state))) for _ in range(2))
    rates = [name for name in ("lr_g", "lr_d") if belongs(name, method)]
    other.apply(other.config.replace(**dict.fromkeys(rates, 1e-5)))
    before = numbers_of(state[next(iter(plain.networks))])
    moved = []
    for learner in (plain, other):
        learner.step()
        after = numbers_of(learner.state()[next(iter(learner.networks))])
        moved.append(np.linalg.norm(np.subtract(after, before)))
    assert 0 < moved[1] < 0.1 * moved[0]
    assert all(other.changes[-1][1][rate][1] == 1e-5 for rate in rates)


@every_method
def test_a_run_whose_numbers_are_lost_says_so(method: str) -> None:
    learner = learners.fresh(config_of(method, seeds=2))
    with torch.no_grad():
        for player in learner.players.values():
            next(iter(player.weights.parts))[1:] = torch.nan
    learner.step()
    assert learner.diverged[0] is None and learner.diverged[1] is not None and learner.healthy()
    with torch.no_grad():
        for player in learner.players.values():
            player.weights.vector.fill_(torch.nan)
    with pytest.raises(Diverged, match="no longer a finite number"):
        learner.step()


@pytest.mark.parametrize("method", [name for name, row in METHODS.items() if not row.plays])
def test_a_setting_of_another_method_is_refused_in_a_sentence_that_names_both(method: str) -> None:
    with pytest.raises(ConfigError, match=rf"k can't be changed for method={method}"):
        read({"method": method, "k": 3})
    assert RunConfig(k=3, loss="hinge").by(method) == RunConfig(method=method)
    assert read_text({"method": method}, RunConfig(k=3)).method == method
    for dataset in ("dirac", "parallel_lines"):
        with pytest.raises(ConfigError, match=f"dataset={dataset} needs method=gan"):
            read({"method": method, "dataset": dataset})


@pytest.mark.parametrize("method", [name for name, row in METHODS.items() if row.exact])
def test_data_whose_density_is_not_known_are_refused(method: str) -> None:
    with pytest.raises(ConfigError, match=f"dataset=own_points can't be learned by method={method}"):
        read({"method": method, "dataset": "own_points"})
    with pytest.raises(ConfigError, match="method must be one of .* for dataset=digits"):
        read({"method": method, "dataset": "digits"})


def test_states_without_a_method_are_gans() -> None:
    state = learners.fresh(config_of("gan")).state()
    del state["config"]["method"]
    assert learners.restored(state).config.method == "gan"
