"""Steps per second against a plain loop, and what measuring costs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from playground import config as settings
from playground.metrics.divergence import implied_jsd
from playground.metrics.modes import mode_report
from playground.metrics.transport import wasserstein_1
from playground.observer import PointObserver
from playground.training.trainer import Trainer
from tests.benchmarks.compiled import swift
from tests.benchmarks.plain import PlainGan, Products
from tests.benchmarks.timing import STEPS, medians, repeated, table

SEEDS = (1, 8, 16)
SIZES = ((16, 150), (16, 256), (64, 256), (128, 256))
"""Width and batch. GAN Lab's default has 150 in a batch."""
WAYS = ("eager", "compiled")
PENALISED: dict[str, dict[str, Any]] = {
    "gradient penalty": {"loss": "wasserstein", "penalty": "gradient_penalty"},
    "R1": {"penalty": "r1"},
}


def both(config: settings.RunConfig) -> dict[str, Callable[[], None]]:
    """Steps as they are and, where there is a compiler, compiled."""
    other = swift(lambda: Trainer(config))
    return {"eager": Trainer(config).step} | ({"compiled": other.step} if other else {})


def steps_per_second() -> None:
    """Ours with 1, 8 and 16 seeds, as it is and compiled, a plain PyTorch loop, and the matrix products, per width."""
    rows = []
    for width, batch in SIZES:
        base = settings.read({"g_width": width, "d_width": width, "batch_size": batch})
        contenders: dict[str, Callable[[], object]] = {
            "plain": repeated(PlainGan(base).step),
            "products": repeated(Products(base).step),
        }
        for seeds in SEEDS:
            for way, step in both(base.replace(seeds=seeds)).items():
                contenders[f"{seeds} {way}"] = repeated(step)
        seconds = medians(contenders)
        plain = STEPS / seconds["plain"]
        for seeds in SEEDS:
            rates = {way: seeds * STEPS / seconds[f"{seeds} {way}"] for way in WAYS if f"{seeds} {way}" in seconds}
            fastest = max(rates.values())
            rows.append(
                [
                    str(width),
                    str(batch),
                    str(seeds),
                    f"{plain:,.0f}",
                    *(f"{rates[way]:,.0f} ({rates[way] / plain:.2f}×)" if way in rates else "-" for way in WAYS),
                    f"{STEPS / seconds['products'] / fastest:.2f}×",
                ]
            )
    table(
        "Training, metrics off (one thread each)",
        [
            *("width", "batch", "seeds", "plain loop steps/s", "operation by operation, seed-steps/s"),
            *("compiled (against the plain loop)", "matrix products alone / ours"),
        ],
        rows,
    )


def penalties() -> None:
    """What a compiled step is worth where D's slope is held, at the defaults' size."""
    rows = []
    for name, changes in PENALISED.items():
        config = settings.read({"lr_d": 1e-4, **changes})
        seconds = medians({way: repeated(step) for way, step in both(config).items()})
        rates = [STEPS / seconds[way] if way in seconds else 0.0 for way in WAYS]
        rows.append([name, *(f"{rate:,.0f}" for rate in rates), f"{rates[1] / rates[0]:.2f}×"])
    table("Penalties, steps/s of one seed", ["penalty", *WAYS, "compiled / not"], rows)


def metrics() -> None:
    """One call of each metric, and the share of the time that a row takes at the defaults."""
    config = settings.RunConfig()
    trainer = Trainer(config)
    observer = PointObserver(trainer)
    evaluator = observer.evaluator()
    for _ in range(2000):  # a ring in the making: what is measured most of the time
        trainer.step()
    rng = np.random.default_rng(0)
    samples = observer.samples([rng], evaluator.n)[0].astype(float)
    real = evaluator.distribution.stratified(rng, config.emd_samples)
    modes = evaluator.distribution.modes
    assert modes is not None
    logits = rng.standard_normal((2, 512))
    seconds = medians(
        {
            f"training, {config.measure_every} steps": repeated(trainer.step, config.measure_every),
            "a whole row": observer.measure,
            f"samples, {evaluator.n:,} points of G": lambda: observer.samples([rng], evaluator.n),
            f"JSD, {config.jsd_samples:,} samples": lambda: evaluator.grid.jsd(samples[: config.jsd_samples]),
            f"EMD, {config.emd_samples} against {config.emd_samples}": lambda: wasserstein_1(
                samples[: config.emd_samples], real
            ),
            f"modes, {config.mode_samples:,} samples": lambda: mode_report(samples[: config.mode_samples], modes),
            "implied JSD, 512 + 512 logits": lambda: implied_jsd(logits[0], logits[1]),
            "a picture, 1,000 points and 64 × 64 of D": lambda: observer.picture(),
        },
        rounds=15,
    )
    training = seconds[f"training, {config.measure_every} steps"]
    table(
        f"Measuring at the defaults (a row every {config.measure_every} steps)",
        ["what", "ms", "share of training time"],
        [[name, f"{1e3 * value:.2f}", f"{100 * value / training:.1f} %"] for name, value in seconds.items()],
    )
