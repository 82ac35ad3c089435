"""The step as a graph is the step; compiled it goes on exactly, and without a compiler nothing changes."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from playground.config import RunConfig
from playground.training import compiling, learners, library
from playground.training.classifier import CACHE_VARIABLE
from playground.training.compiled import CompiledStep
from playground.training.compiling import EVERY, FIRST, Compiler, Request
from playground.training.learner import Learner
from playground.training.library import SWITCH, WHY, find, key_of, same_step, why_not
from playground.training.tracing import traced
from playground.training.trainer import Trainer
from tests.training.test_oracle import Plain, in_double
from tests.training.test_resume import SMALL, VARIANTS, differences

TINY: dict[str, Any] = SMALL | {"seeds": 2, "instance_noise": 0.1}
"""The one run of these tests whose step is really compiled."""
ELSEWHERE = {"many_latents", "one_dimensional", "own_loss", "lecture_in_groups", "minibatch_discrimination"}
"""What adds no operation that another has not; `python -m tests.benchmarks compiled` goes through all."""
TABLE = {
    name: changes
    for name, changes in VARIANTS.items()
    if name not in ELSEWHERE and not why_not(RunConfig(**(SMALL | changes)))
} | {
    "zero_centred": {"penalty": "zero_centred", "loss": "fgan_kl", "lr_d": 1e-4},
    "lecture": {"dataset": "digits", "network": "lecture", "seeds": 2, "g_first": True, "batch_size": 8},
    "dcgan": {"dataset": "digits", "network": "dcgan", "batch_size": 8},
    "only_discriminator": {"trains": "discriminator", "k": 3, "loss": "slides"},
}


def as_a_graph(learner: Learner) -> CompiledStep:
    """The learner's step as the graph of one like it, which is not compiled: operation by operation, in its order."""
    twin = learners.fresh(learner.config)
    found = traced(in_double(twin) if isinstance(twin, Trainer) and is_double(learner) else twin)

    def run(given: list[Tensor]) -> list[Tensor]:
        with torch.no_grad():
            return [found.graph(*given)]

    return CompiledStep(learner, type(found.plan).read(json.loads(json.dumps(found.plan.plain()))), run, "graph")


def is_double(learner: Learner) -> bool:
    return all(player.weights.vector.dtype == torch.float64 for player in learner.players.values())


def weights(learner: Learner) -> list[Tensor]:
    return [player.weights.vector.detach() for player in learner.players.values()]


def agree(changes: dict[str, Any], steps: int = 4) -> None:
    config = RunConfig(**(SMALL | changes))
    eager, graph = Trainer(config), Trainer(config)
    for trainer in (eager, graph):
        if not config.on_images:  # they are bytes
            in_double(trainer)
        trainer.step()
    graph.go(as_a_graph(graph))
    for _ in range(steps):
        eager.step()
        graph.step()
        for name, loss in eager.losses.items():
            torch.testing.assert_close(
                graph.losses[name], loss, rtol=1e-6, atol=1e-7, equal_nan=True, check_dtype=False
            )
    assert graph.moment == eager.moment and graph.updates == eager.updates and graph.compiled
    for mine, theirs in zip(weights(graph), weights(eager), strict=True):
        # In single precision on the way: the numbers that noise, labels and penalties are multiplied with are tensors.
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-7)
    state, other = eager.state(), graph.state()
    assert differences(state["streams"], other["streams"]) == []
    assert {"state.ways"} <= set(differences(state, other))


@pytest.mark.parametrize("variant", TABLE)
def test_the_graph_of_a_step_does_what_the_step_does(variant: str) -> None:
    agree(TABLE[variant])


def test_the_graph_agrees_with_a_plain_loop() -> None:
    config = RunConfig(g_width=16, d_width=16, batch_size=32, seed=5, k=2, penalty="gradient_penalty")
    ours, plain = in_double(Trainer(config)), Plain(config)
    ours.step()
    plain.step()
    ours.go(as_a_graph(ours))
    for _ in range(19):
        ours.step()
        plain.step()
        assert ours.d_loss.item() == pytest.approx(plain.d_loss, rel=1e-6, abs=1e-8)
        assert ours.g_loss.item() == pytest.approx(plain.g_loss, rel=1e-6, abs=1e-8)


def test_numbers_and_seeds_share_a_step_and_operations_do_not() -> None:
    base = key_of(Trainer(RunConfig(**TINY)))
    for same in ({"lr_g": 2e-3}, {"beta1": 0.4}, {"instance_noise": 0.3}, {"seed": 7}, {"noise_decay": 90}):
        assert key_of(Trainer(RunConfig(**(TINY | same)))) == base
    others = ({"instance_noise": 0.0}, {"k": 2}, {"batch_size": 14}, {"clip": 0.1}, {"ema": 0.9}, {"g_width": 9})
    assert len({key_of(Trainer(RunConfig(**(TINY | other)))) for other in others} | {base}) == len(others) + 1


def test_noise_that_has_come_down_to_nothing_is_another_step() -> None:
    trainer = Trainer(RunConfig(**(TINY | {"noise_decay": 3})))
    trainer.step()
    trainer.go(as_a_graph(trainer))
    for _ in range(4):
        trainer.step()
    assert trainer.ways == [(1, "graph"), (3, "")] and not trainer.compiled


@pytest.mark.parametrize("changes", [{"replay": 0.5}, {"dataset": "dirac"}, {"method": "vae"}])
def test_what_has_no_compiled_step_says_why(changes: dict[str, Any]) -> None:
    config = RunConfig(**changes)
    assert why_not(config) and not key_of(learners.fresh(config))


def test_a_lane_that_is_lost_is_marked_at_the_same_step() -> None:
    config = RunConfig(**(SMALL | {"seeds": 2}))
    runs = [Trainer(config), Trainer(config)]
    for trainer in runs:
        trainer.step()
    runs[1].go(as_a_graph(runs[1]))
    for trainer in runs:
        trainer.d.weights.parts[0].data[1] = float("inf")
        trainer.step()
        trainer.step()
    assert runs[0].diverged == runs[1].diverged and runs[0].diverged[1] is not None and runs[0].diverged[0] is None


def test_whoever_watches_a_step_sees_it_and_changes_nothing() -> None:
    runs = [Trainer(RunConfig(**TINY)), Trainer(RunConfig(**TINY))]
    seen: list[str] = []
    for trainer in runs:
        trainer.step()
        trainer.go(as_a_graph(trainer))
    steps = [trainer.compiled for trainer in runs]
    runs[1].game.witness = lambda moment, **tensors: seen.append(moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "find", lambda learner, key=None: steps[runs.index(learner)])
        for trainer in runs:
            trainer.step()
    assert "discriminator" in seen and "moved" in seen
    assert differences(runs[0].state(), runs[1].state()) == []


# Really compiled ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the compiled step of TINY is, put there by the process that does so."""
    if not compiling.compiler_there():
        pytest.skip("There is no C++ compiler here.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "1")
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("cache")))
        trainer = Trainer(RunConfig(**TINY))
        config = same_step(trainer)
        assert config is not None
        compiling.start(Request(key_of(trainer), config, "cpu", None, awaited=True)).wait()
        yield library.folder()


@pytest.fixture
def soon(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run goes over at its 40th step."""
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setattr(compiling, "EVERY", 20)
    monkeypatch.setattr(compiling, "ASKED_AT", 20)
    monkeypatch.setattr(compiling, "FIRST", 40)
    monkeypatch.setattr(compiling, "start", lambda request: pytest.fail("nothing is left to compile"))


def train(trainer: Trainer, until: int, **at_60: Any) -> Trainer:
    compiler = Compiler(trainer)
    while trainer.steps < until:
        if trainer.steps == 60 and at_60:
            trainer.apply(trainer.config.replace(**at_60))
        compiler.look()
        trainer.step()
    return trainer


def test_a_compiled_run_agrees_with_one_that_is_not_and_lanes_with_their_seeds(soon: None) -> None:
    both = train(Trainer(RunConfig(**TINY)), 50)
    assert [step for step, _ in both.ways] == [40] and both.compiled
    for lane in range(2):
        alone = Trainer(RunConfig(**(TINY | {"seeds": 1, "seed": lane})))
        while alone.steps < 50:
            alone.step()
        assert alone.d_loss.item() == pytest.approx(both.d_loss[lane].item(), rel=1e-4)
        assert alone.g_loss.item() == pytest.approx(both.g_loss[lane].item(), rel=1e-4)


@pytest.mark.parametrize("stop", [30, 70])
def test_going_on_from_a_state_is_never_having_stopped_bit_for_bit(soon: None, stop: int) -> None:
    """Before it goes over, and after; with new numbers at step 60, for which nothing is compiled anew."""
    whole = train(Trainer(RunConfig(**TINY)), 100, lr_g=2e-3, instance_noise=0.2)
    first = train(Trainer(RunConfig(**TINY)), stop, lr_g=2e-3, instance_noise=0.2)
    second = train(Trainer.restored(first.state()), 100, lr_g=2e-3, instance_noise=0.2)
    assert [step for step, _ in whole.ways] == [40] and whole.compiled
    assert differences(whole.state(), second.state()) == []


def test_a_fork_goes_over_where_its_parent_did(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """That was late, because the step had still to be compiled."""
    monkeypatch.setattr(compiling, "FIRST", 80)
    parent = Trainer(RunConfig(**TINY))
    train(parent, 30)
    state = parent.state()
    train(parent, 100)
    monkeypatch.setattr(compiling, "FIRST", 40)
    fork = train(Trainer.restored(state | {"ahead": [list(way) for way in parent.ways]}), 100)
    assert fork.ways == parent.ways and [step for step, _ in fork.ways] == [80]
    assert differences(parent.state(), fork.state()) == []


def test_other_operations_are_made_one_by_one_until_they_are_compiled(
    soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []

    def start(request: Request) -> subprocess.Popen[str]:
        asked.append(request)
        process = subprocess.Popen(["true"], text=True)
        process.wait()
        return process

    monkeypatch.setattr(compiling, "start", start)
    trainer = train(Trainer(RunConfig(**TINY)), 90, k=2)
    assert [step for step, _ in trainer.ways] == [40, 60] and not trainer.compiled
    assert [request.config.k for request in asked] == [2]


def test_where_the_compiled_step_is_gone_a_run_goes_on_and_says_so(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    state = train(Trainer(RunConfig(**TINY)), 70).state()
    there = train(Trainer.restored(state), 80)
    monkeypatch.setenv(SWITCH, "0")
    gone = train(Trainer.restored(state), 80)
    assert gone.ways == [*there.ways, (70, "")]
    torch.testing.assert_close(gone.d_loss, there.d_loss, rtol=1e-4, atol=1e-5)


# Without a compiler ---------------------------------------------------------------------------------------------


def test_without_a_compiler_a_run_trains_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ((SWITCH, "1"), (CACHE_VARIABLE, str(tmp_path)), ("PATH", ""), ("CXX", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(compiling, "start", lambda request: pytest.fail("there is nothing to start"))
    trainer, plain = Trainer(RunConfig(**TINY)), Trainer(RunConfig(**TINY))
    compiler = Compiler(trainer)
    for step in range(0, 5 * EVERY, EVERY):
        trainer.task.steps = step
        assert not compiler.look()
    trainer.task.steps = 0
    for each in (trainer, plain):
        each.step()
    assert trainer.ways == [] and differences(trainer.state(), plain.state()) == []


def test_a_step_that_can_not_be_compiled_is_noted_and_not_tried_at_once_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))

    def fails(make: Callable[[], Learner], place: Path) -> None:
        assert library.failed(key)  # so one that kills its process is noted too
        raise RuntimeError("no room")

    monkeypatch.setattr(compiling, "compiled", fails)
    trainer = Trainer(RunConfig(**TINY))
    config = same_step(trainer)
    assert config is not None
    key = key_of(trainer)
    compiling.keep(key, lambda: learners.fresh(config))
    assert (library.folder() / key / WHY).read_text() == "RuntimeError: no room\n"
    monkeypatch.setattr(compiling, "start", lambda request: pytest.fail("it was tried a moment ago"))
    trainer.task.steps = FIRST
    assert not Compiler(trainer).look() and find(trainer) is None


def test_code_that_does_something_else_than_the_step_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.export, "export", lambda *given, **options: None)
    monkeypatch.setattr("torch._inductor.aoti_compile_and_package", lambda program, package_path: None)
    monkeypatch.setattr(library, "step_in", lambda place, learner: lambda: None)  # code that does nothing
    with pytest.raises(ValueError, match="_loss is .* and should be"):
        compiling.compiled(lambda: Trainer(RunConfig(**TINY)), tmp_path)


def test_a_step_that_is_damaged_on_the_disk_is_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "1")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    trainer = Trainer(RunConfig(**TINY))
    trainer.step()
    place = library.folder() / key_of(trainer)
    place.mkdir(parents=True)
    (place / library.CODE).write_bytes(b"nothing")
    (place / library.PLAN).write_text("{}")
    assert find(trainer) is None
