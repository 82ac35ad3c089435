"""The reading in words: each case on columns made by hand, and on runs that are made to end in it."""

import math
import re
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from playground import config as settings
from playground.config import RunConfig
from playground.metrics.evaluation import floors
from playground.observer import PointObserver
from playground.reading import HELD, READ, Case, Reading, read_run, rows_to_read
from playground.reading.made import MADE
from playground.reading.rules import RULES
from playground.reading.tries import tries
from playground.reading.verdicts import CASES, WORDS
from playground.reading.window import Floats
from playground.recipes import cures
from playground.recipes.measured import Measured
from playground.training.learner import Diverged
from playground.training.trainer import Trainer

TRIES = sys.modules["playground.reading.tries"]  # the package has a function of that name
FLOOR = {"emd": (0.05, 0.1), "jsd": (0.001, 0.002), "high_quality": (0.985, 0.99), "reverse_kl": (0.0, 0.003)}
MODES = 8
STEPS = np.arange(0, 6001, 100, dtype=float)
PART = STEPS / STEPS[-1]
EVEN = np.full((len(STEPS), MODES), 1 / MODES)
TILTED = np.tile([0.14, 0.14, 0.04, 0.14, 0.14, 0.13, 0.13, 0.14], (len(STEPS), 1))
ONE = np.eye(MODES)[np.zeros(len(STEPS), dtype=int)]
IN_TURN = np.eye(MODES)[np.arange(len(STEPS)) // 3 % MODES]


FLAT = np.ones(len(STEPS))
HIGH = 0.98 * FLAT


def columns(emd: Floats | float, d_real: float = 0.6, d_fake: float = 0.4) -> dict[str, Floats]:
    """Of a run whose points are as sharp and as even as perfect ones, wherever they lie."""
    found = {"step": STEPS, "emd": emd * FLAT, "d_real": d_real * FLAT, "d_fake": d_fake * FLAT}
    return found | {"jsd": 0.01 * FLAT, "high_quality": HIGH, "reverse_kl": 0.001 * FLAT}


def read(found: dict[str, Floats], shares: Floats | None = EVEN, **changes: Any) -> Reading:
    return read_run(found, shares, FLOOR, RunConfig().replace(**changes))


BY_HAND: list[tuple[Case, dict[str, Floats], Floats | None, float, str]] = [
    ("converging", columns(2 - 1.8 * PART), EVEN, 0.29, "fallen"),
    ("converged", columns(0.09), EVEN, 0.09, "the share of high-quality samples 98 %"),
    ("blurred", columns(0.09) | {"high_quality": HIGH - 0.34}, EVEN, 0.64, "2.1 times as wide as they should be: 64 %"),
    ("blurred", columns(0.09) | {"jsd": 0.2 * FLAT}, EVEN, 0.2, "the JSD is 0.20, perfect samples measure 0.002"),
    ("uneven", columns(0.3) | {"reverse_kl": 0.1 * FLAT}, TILTED, 0.04, "mode 3 has 4 % of the samples and should"),
    ("converging", columns(0.3) | {"jsd": 0.5 - 0.3 * PART}, EVEN, 0.25, "the JSD has fallen"),
    ("standing", columns(0.5), EVEN, 0.5, "0.50"),
    ("oscillating", columns(0.6 + 0.4 * np.sin(STEPS / 90)), EVEN, 6, "turned"),
    ("collapsed", columns(1.5), ONE, 1, "1 of 8 modes"),
    ("rotating", columns(1.5), IN_TURN, 1, "8 of them in turn"),
    ("discriminator_won", columns(1.5, 0.98, 0.02), ONE, 0.02, "D(real) is 98 %, D(fake) 2 %"),
    ("generator_won", columns(1.5, 0.4, 0.9), ONE, 0.9, "D(fake) is 90 %, D(real) 40 %"),
    ("diverging", columns(2 * np.exp(4 * PART)), ONE, 80, "grown"),
    ("diverging", columns(3.5 + 0.5 * np.sin(STEPS / 90)), IN_TURN, 3.5, "all points in the middle"),
    ("posterior_collapsed", columns(1.5) | {"active_units": 0 * FLAT}, EVEN, 0, "no number of the code says anything"),
    ("piled_up", columns(0.4) | {"spread": 0.015 * FLAT}, EVEN, 0.015, "the spread at the modes is 2 % of their own"),
    ("off_prior", columns(1.5) | {"prior_gap": 0.5 * FLAT}, EVEN, 0.5, "0.50 nats off those that samples are made of"),
    ("standing", columns(1.5) | {"prior_gap": 0.05 * FLAT, "active_units": 2 * FLAT}, EVEN, 1.5, "EMD is about 1.50"),
    (
        "converged",
        columns(0.09) | {"active_units": 0 * FLAT},
        EVEN,
        0.09,
        "the EMD is 0.09",
    ),  # one normal needs no code
    (
        "blurred",
        columns(0.2) | {"active_units": 2 * FLAT, "high_quality": HIGH - 0.5},
        EVEN,
        0.48,
        "the EMD is 0.20; the points are 2.6 times as wide",
    ),
]


@pytest.mark.parametrize(("case", "found", "shares", "number", "words"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_each_case_is_told_with_its_number(
    case: Case, found: dict[str, Floats], shares: Floats | None, number: float, words: str
) -> None:
    reading = read(found, shares)
    assert reading.case == case
    assert reading.number == pytest.approx(number, rel=0.4, abs=0.01)
    assert words in reading.sentence


def test_a_measure_that_goes_up_and_down_is_no_progress() -> None:
    """Of a default run, from step 4,600 to 6,800: medians of thirds rise from 55 to 71 %, and nothing rises."""
    found = {name: values[:24] for name, values in columns(0.3).items()}
    quality = np.array([0.30, 0.72, 0.71, 0.40, 0.73, 0.68, 0.63, 0.60, 0.51, 0.68, 0.73, 0.77])
    found["high_quality"] = np.repeat(quality, 2)
    assert read(found, EVEN[:24]).case == "standing"
    found["high_quality"] = np.repeat(np.sort(quality), 2)
    assert read(found, EVEN[:24]).case == "converging"


def test_modes_that_are_lost_after_a_restless_start_are_lost_not_left_in_turn() -> None:
    """Lost modes: G hops for some hundred steps and then stays where it is; the window still begins at step 0."""
    young = {name: values[:21] for name, values in columns(1.5).items()}
    shares = np.concatenate([np.eye(MODES)[np.arange(8)], ONE[8:21]])
    reading = read(young, shares)
    assert reading.case == "collapsed"
    assert (
        reading.sentence == "1 of 8 modes gets a fair share of the samples, 8 did at some time in the last 2,000 steps."
    )


@pytest.mark.parametrize(
    ("found", "case"),
    [
        (columns(np.exp(-STEPS / 600)), "converged"),
        (columns(1e-9, 0.5, 0.5), "converged"),  # at rest D says ½ of all: that is not that G has won
        (columns(np.abs(np.cos(STEPS / 200))), "oscillating"),
    ],
)
def test_a_single_point_is_reached_though_its_floor_is_0(found: dict[str, Floats], case: Case) -> None:
    assert read_run(found, None, {"emd": (0.0, 0.0)}, RunConfig(dataset="dirac")).case == case


def test_a_diverged_seed_and_a_young_run_are_told_too() -> None:
    assert read_run(columns(1.0), EVEN, FLOOR, RunConfig(), diverged=1234).case == "diverged"
    assert "1,234" in read_run(columns(1.0), EVEN, FLOOR, RunConfig(), diverged=1234).sentence
    back = read_run(columns(1.0), EVEN, FLOOR, RunConfig(), stands_at=1200)
    assert back.case == "diverged" and "last good state, step 1,200" in back.sentence
    young = {name: values[:4] for name, values in columns(1.0).items()}
    waits = read_run(young, EVEN[:4], FLOOR, RunConfig())
    assert (waits.case, waits.sentence) == ("early", "a reading needs 6 measurements since the start, has 4.")
    quick = {name: values[:10] for name, values in columns(1.0).items()}
    quick["step"] = np.linspace(0, 450, 10)
    waits = read_run(quick, EVEN[:10], FLOOR, RunConfig())
    assert waits.sentence == "a reading needs 500 steps since the start, has 450."


@pytest.mark.parametrize(
    ("at", "d_updates", "since", "trains", "sentence"),
    [
        (0, 0, 0, "both", "no training has been measured yet."),
        (0, 290, 0, "both", "D has made 290 updates, G none yet."),
        (94, 94, 0, "both", "a reading needs 6 measurements since the start, has 0."),
        (956, 956, 956, "both", "a reading needs 6 measurements since the last change, has 0."),
        (1500, 9000, 900, "discriminator", "only D trains, since step 900; G's samples stay as they are."),
        (1500, 900, 900, "generator", "only G trains, since step 900; D's map stays as it is."),
    ],
)
def test_what_has_been_trained_is_told_though_no_row_says_so_yet(
    at: int, d_updates: int, since: int, trains: Any, sentence: str
) -> None:
    nothing = {name: values[:0] for name, values in columns(1.0).items()}
    config = RunConfig(trains=trains)
    assert read_run(nothing, None, {}, config, at=at, d_updates=d_updates, since=since).sentence == sentence


def test_a_density_is_told_by_its_error_and_its_integral() -> None:
    found = {"step": STEPS, "error": 0.8 * FLAT, "integral": 1.02 * FLAT}
    reading = read_run(found, None, {}, settings.read({"method": "density", "dataset": "two_normals_1d"}))
    assert (reading.case, reading.number) == ("no_samples", 0.8)
    assert reading.sentence == "p̂ is off by 80 % of p, and its integral is 1.02; it makes no samples."


def test_a_live_change_starts_the_counting_again() -> None:
    found = columns(1.5, 0.98, 0.02)
    assert read_run(found, ONE, FLOOR, RunConfig(), since=5800).case == "early"
    assert read_run(found, ONE, FLOOR, RunConfig(), since=3000).case == "discriminator_won"


def test_what_is_still_being_prepared_is_waited_for() -> None:
    found = columns(math.nan)
    assert read(found).case == "early"
    del found["emd"]
    assert read(found).case == "early"


def test_the_minimax_gradient_is_told_as_the_factor_that_the_loss_leaves() -> None:
    won = columns(1.5, 0.97, 0.04)
    assert "passes on to G only 4 % of D's slope" in read(won, loss="minimax").sentence
    assert "passes on to G less than 1 % of D's slope" in read(columns(1.5, 0.99, 0.004), loss="minimax").sentence
    matching = read(won, loss="minimax", feature_matching=True).sentence
    assert "D's slope" not in matching and "G follows D's features, not its verdict" in matching
    assert "slope" not in read(won).sentence


def test_a_critic_that_is_sure_has_not_won() -> None:
    assert read(columns(1.5, 9.0, -9.0), loss="wasserstein").case == "standing"
    assert read(columns(1.5, 1.0, -1.0), loss="hinge").case == "discriminator_won"


def test_data_without_modes_can_be_read() -> None:
    reading = read_run(columns(1.5), None, FLOOR, RunConfig(dataset="moons"))
    assert reading.case == "standing"


@pytest.mark.parametrize(("emd", "case"), [(0.66, "converged"), (0.75, "standing"), (0.95, "discriminator_won")])
def test_distances_of_images_are_read_between_their_floor_and_their_spread(emd: float, case: Case) -> None:
    """Between features even real images are 0.6 apart, and noise is no more than 1."""
    config = settings.read({"dataset": "digits", "network": "lecture"})
    reading = read_run(columns(emd, 0.97, 0.03), np.full((len(STEPS), 10), 0.1), {"emd": (0.6, 0.64)}, config)
    assert reading.case == case


def test_one_odd_row_changes_nothing_and_a_lasting_change_does() -> None:
    """A verdict stands until HELD moments in a row agree on another one."""
    odd = columns(0.5)
    odd["emd"][-1] = 40.0
    assert read(odd).case == "standing"
    cases = []
    later = {name: np.append(values, values + (6100 if name == "step" else 0)) for name, values in columns(0.5).items()}
    later["emd"][len(STEPS) :] = 0.09
    shares = np.append(EVEN, EVEN, axis=0)
    for count in range(len(STEPS), 2 * len(STEPS)):
        part = {name: values[:count] for name, values in later.items()}
        cases.append(read_run(part, shares[:count], FLOOR, RunConfig()).case)
    changes = [after for before, after in zip(cases, cases[1:], strict=False) if after != before]
    assert cases[: HELD - 1] == ["standing"] * (HELD - 1)
    assert changes == ["converged"]


def test_noise_around_a_threshold_does_not_flicker() -> None:
    rng = np.random.default_rng(5)
    steps = np.arange(0, 20_001, 100, dtype=float)
    emd = 0.13 + 0.01 * rng.normal(size=len(steps))  # CLOSE times the floor's end
    flat = np.ones(len(steps))
    cases = [
        read_run(
            {"step": steps[:n], "emd": emd[:n], "d_real": flat[:n] * 0.5, "d_fake": flat[:n] * 0.5},
            None,
            FLOOR,
            RunConfig(dataset="moons"),
        ).case
        for n in range(20, len(steps))
    ]
    changes = sum(before != after for before, after in zip(cases, cases[1:], strict=False))
    assert set(cases) <= {"standing", "converged"} and changes <= 8


def test_reading_only_the_rows_that_it_asks_for_says_the_same() -> None:
    steps = np.arange(0, 200_001, 20, dtype=float)
    flat = np.ones(len(steps))
    rng = np.random.default_rng(2)
    found = {"step": steps, "emd": 1.5 + rng.random(len(steps)), "d_real": flat * 0.6, "d_fake": flat * 0.4}
    shares = np.eye(MODES)[np.arange(len(steps)) // 40 % MODES]
    rows = rows_to_read(steps)
    assert len(rows) <= 80
    part = {name: values[rows] for name, values in found.items()}
    assert read_run(part, shares[rows], FLOOR, RunConfig()) == read_run(found, shares, FLOOR, RunConfig())


def test_the_tables_know_the_same_cases() -> None:
    assert set(RULES) | {"standing"} == set(WORDS)
    assert set(CASES) - set(WORDS) == {"early", "one_player", "diverged", "no_samples"}
    assert {made.case for made in MADE.values()} <= set(CASES)


CONFIGS = [
    RunConfig(),
    settings.read({"loss": "minimax", "k": 5, "label_flip": 0.1}),
    settings.read({"loss": "wasserstein", "clip": 0.03, "k": 10, "optimizer": "rmsprop"}),
    settings.read({"loss": "hinge", "spectral_norm": True, "lr_g": 1e-6, "lr_d": 1e-6, "dataset": "normal_1d"}),
    settings.read({"dataset": "digits", "network": "dcgan", "latent_dim": 64}),
    settings.read({"method": "autoencoder", "dataset": "digits", "latent_dim": 20, "prior": "uniform"}),
    settings.read({"method": "vae", "vae_beta": 4.0}),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.dataset}-{config.loss}")
@pytest.mark.parametrize("case", CASES)
def test_every_suggestion_can_be_followed_changes_something_and_says_how_many_it_helped(
    case: Case, config: RunConfig
) -> None:
    found = tries(case, config)
    assert len(found) <= 3
    for one in found:
        changed = settings.difference(config, config.replace(**one.changes))
        assert changed.values == one.changes != {}
        assert one.restarts or all(settings.SETTINGS[name].live for name in one.changes)
        counts = re.search(r"Helped in (\d+) of (\d+) seeds of “.+”\.$", one.why)
        assert " → " in one.label and counts and int(counts[1]) > int(counts[2]) / 2


def test_an_autoencoder_is_told_to_become_a_vae_and_a_dear_code_to_become_cheaper() -> None:
    [other] = tries("off_prior", settings.read({"method": "autoencoder", "dataset": "digits"}))
    assert other.changes == {"method": "vae", "decoder": "bernoulli"} and other.restarts
    [cheaper] = tries("posterior_collapsed", settings.read({"method": "vae", "dataset": "digits", "vae_beta": 4.0}))
    assert cheaper.changes == {"vae_beta": 1.0} and not cheaper.restarts
    assert not tries("posterior_collapsed", settings.read({"method": "vae"}))


def outcome(share: float) -> Measured:
    return Measured({}, 8, 10, {}, {}, 8, 0.0, 0.0, well=share, helped=share)


def test_what_helped_most_where_it_was_measured_comes_first_with_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five of eight seeds well are enough, four are not; of two techniques of one kind the better one is named."""
    wells = {"damped": 5 / 8, "strongly_damped": 7 / 8, "averaged": 4 / 8, "less_momentum": 6 / 8, "hinge": 1.0}
    monkeypatch.setattr(cures, "cures", lambda: {f"{name}/hopping": outcome(well) for name, well in wells.items()})
    monkeypatch.setattr(TRIES, "cures", cures.cures)
    found = tries("rotating", settings.read({"loss": "hinge"}))
    assert [list(one.changes) for one in found] == [["penalty"], ["beta1"]]
    assert found[0].why.endswith("Helped in 7 of 8 seeds of “Mode hopping”.") and found[0].restarts
    assert not tries("collapsed", RunConfig())  # nothing of it was measured here


def test_a_suggestion_is_for_the_data_that_it_was_tried_on_and_beats_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = {"as it is": 2 / 8, "noise": 1 / 8, "damped": 6 / 8, "wasserstein": 1.0}
    lines = {f"parallel_lines_js/{name}": outcome(share) for name, share in shares.items()}
    ring = {f"strong_discriminator/{name}": outcome(6 / 8) for name in ("noise", "damped")}
    base = {f"{run}/{cures.UNTREATED}": outcome(2 / 8) for run in ("parallel_lines_js", "strong_discriminator")}
    monkeypatch.setattr(TRIES, "readings", lambda: lines | ring | base)
    on_lines = tries("discriminator_won", RunConfig(dataset="parallel_lines"))
    assert ["wasserstein", "penalty"] == [next(iter(one.changes)).replace("loss", "wasserstein") for one in on_lines]
    assert "noise" not in str([one.changes for one in on_lines])
    assert "Helped in 8 of 8 seeds of “Parallel lines, minimax”." in on_lines[0].why
    elsewhere = tries("discriminator_won", RunConfig(dataset="moons"))
    assert "12 of 16 seeds of “D too strong” and “Parallel lines, minimax”" in " ".join(one.why for one in elsewhere)
    worse = {f"{run}/{cures.UNTREATED}": outcome(7 / 8) for run in ("parallel_lines_js", "strong_discriminator")}
    monkeypatch.setattr(TRIES, "readings", lambda: ring | worse)
    assert not tries("discriminator_won", RunConfig())


# Runs that are made to end in each case --------------------------------------------------------------------------

SMALL: dict[str, Any] = {
    "g_width": 32,
    "d_width": 32,
    "batch_size": 64,
    "seeds": 4,
    "measure_every": 100,
    "jsd_samples": 500,
    "emd_samples": 128,
    "mode_samples": 500,
}
TINY: dict[str, Any] = {"g_width": 16, "d_width": 16}

RUNS: dict[Case, tuple[int, dict[str, Any]]] = {
    # D updates ten times as often and with long steps, and minimax leaves G nothing of it.
    "discriminator_won": (700, TINY | {"loss": "minimax", "k": 10, "lr_d": 1e-2, "lr_g": 1e-4}),
    # A D of four units that hardly learns.
    "generator_won": (800, {"lr_d": 1e-6, "d_width": 4, "d_depth": 1}),
    # G's steps are five times D's.
    "rotating": (1200, TINY | {"lr_g": 5e-2, "lr_d": 1e-2}),
    # Long steps with much momentum, between two broad blobs.
    "oscillating": (1800, {"dataset": "two_gaussians", "lr_g": 3e-3, "lr_d": 3e-3, "beta1": 0.9}),
    # The same with hardly any damping, and a critic without a bound.
    "diverging": (1000, {"dataset": "two_gaussians", "loss": "wasserstein", "beta1": 0.99}),
    # Steps beyond all reason.
    "diverged": (100, TINY | {"loss": "least_squares", "optimizer": "sgd", "lr_g": 1.0, "lr_d": 1.0}),
    # What everybody recommends, small and averaged.
    "converged": (1000, {**MADE["two_blobs"].changes, **TINY, "ema": 0.99}),
    # The baseline with a few more D updates, seen on its way.
    "converging": (800, {"k": 3, "beta1": 0.9}),
    # One latent number, minimax, and a D that is never sure because of wrong labels.
    "collapsed": (
        800,
        TINY | {"loss": "minimax", "k": 3, "lr_d": 3e-3, "lr_g": 2e-4, "label_flip": 0.15, "latent_dim": 1, "seeds": 6},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", RUNS)
def test_a_run_made_to_end_so_is_read_so(case: Case) -> None:
    """In at least three seeds the case stands more often than any other over the last half of the run."""
    steps, changes = RUNS[case]
    config = settings.read(SMALL | changes)
    trainer = Trainer(config)
    observer = PointObserver(trainer)
    bands = floors(observer.evaluator(), np.random.default_rng(1), repetitions=10)
    rows = [observer.measure()]
    try:
        while trainer.steps < steps:
            trainer.step()
            if trainer.steps % config.measure_every == 0:
                rows.append(observer.measure())
    except Diverged:
        pass
    read_as = [_standing(rows, lane, bands, config, trainer.diverged[lane]) for lane in range(config.seeds)]
    assert read_as.count(case) >= 3, read_as


def _standing(rows: list[Any], lane: int, bands: dict[str, Any], config: RunConfig, diverged: int | None) -> Case:
    steps = np.array([row.step for row in rows], dtype=float)
    found = {"step": steps} | {
        name: np.array([row.values[name][lane] for row in rows]) for name in READ if name in rows[0].values
    }
    shares = np.array([row.mode_histogram[lane] for row in rows])
    cases = [
        read_run({n: v[:end] for n, v in found.items()}, shares[:end], bands, config, diverged=diverged).case
        for end in range(len(rows) // 2 + 1, len(rows) + 1)
    ]
    return Counter(cases).most_common(1)[0][0]
