"""The live charts: every number they ask for is measured, and nothing else decides what they look like."""

from typing import Any

import pytest
import torch

from playground import config as settings
from playground.config import SETTINGS, RunConfig
from playground.figures import live
from playground.figures.loss_curves import loss_curves
from playground.objectives import LOSSES
from playground.observer import observe
from playground.training import elementwise
from playground.training.trainer import Trainer

SMALL = {"g_width": 8, "d_width": 8, "batch_size": 16, "jsd_samples": 500, "emd_samples": 50, "mode_samples": 100}
KINDS: list[dict[str, Any]] = [
    {},
    {"dataset": "moons"},
    {"dataset": "two_normals_1d", "loss": "wasserstein"},
    {"dataset": "digits", "image_samples": 100},
]


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_every_column_of_the_charts_is_measured(changes: dict[str, Any]) -> None:
    config = settings.read(SMALL | changes)
    observer = observe(Trainer(config))
    while not observer.prepared:
        observer.prepare(1.0)
    row = observer.measure()
    for chart in live.charts(config):
        assert {chip.column for chip in chart.chips} <= set(row.values)
        for trace in chart.figure.data:
            told = trace.meta or {}
            assert {told.get("column", "d_loss"), told.get("band", "d_loss")} <= set(row.values)
            assert told.get("floor", "emd") in {"jsd", "emd", "fid"}
            assert not {"latest", "shares"} & told.keys() or row.mode_histogram is not None
            assert set(told.get("phase", [])) <= {column for column, _ in chart.choices} <= set(row.values)


def test_the_fields_that_the_charts_depend_on_are_all_named() -> None:
    """Changing any other setting leaves the charts as they are, made afresh."""
    plain = [chart.described() for chart in live.charts(RunConfig())]
    impossible = set()
    for name in set(SETTINGS) - set(live.CHART_FIELDS):
        options, limits = settings.choices(name), settings.bounds(name)
        present = getattr(RunConfig(), name)
        if options:
            other: Any = [v for v in options if v != present][0]
        elif SETTINGS[name].form:
            other = "2 * d"
        else:
            other = not present if limits is None else limits[0]
        try:
            config = RunConfig().replace(**{name: other})
        except settings.ConfigError:
            impossible.add(name)
            continue
        assert [chart.described() for chart in live.charts(config)] == plain, name
    assert impossible == {"network", "conditional", "density_output", "vae_beta", "decoder"}, "of points, of a GAN"


def test_the_usual_charts_are_shown_and_the_others_wait() -> None:
    shown = {chart.id: chart.shown for chart in live.charts(RunConfig())}
    assert shown == {"similarity": True, "losses": True, "modes": True, "gradients": False, "phase": False}
    assert "modes" not in {chart.id for chart in live.charts(RunConfig(dataset="moons"))}


def test_only_a_critic_implies_an_emd() -> None:
    def columns(loss: str) -> set[str | None]:
        charts = live.charts(RunConfig().replace(loss=loss))
        return {(trace.meta or {}).get("column") for chart in charts for trace in chart.figure.data}

    assert "critic_w" in columns("wasserstein") and "jsd_implied" not in columns("wasserstein")
    assert "critic_w" not in columns("non_saturating") and "jsd_implied" in columns("non_saturating")


def test_the_classes_of_own_images_are_named_by_the_run_if_it_has_any() -> None:
    charts = {chart.id: chart for chart in live.charts(settings.read({"dataset": "own_images"}))}
    assert charts["classes"].needs == "classes"
    assert all(len(trace.y) == 0 for trace in charts["classes"].figure.data)
    digits = {chart.id: chart for chart in live.charts(settings.read({"dataset": "digits"}))}
    assert len(digits["classes"].figure.data[0].y) == 10


def test_described_charts_follow_the_settings() -> None:
    assert live.described(RunConfig(k=5)) is live.described(RunConfig())
    assert live.described(RunConfig(loss="wasserstein")) != live.described(RunConfig())


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_drawn_with_its_slopes(name: str) -> None:
    """Each curve against torch and its autograd, where it has no kink."""
    row = LOSSES[name]
    terms = [row.real, row.generator] if row.relative else [row.real, row.fake, row.generator]
    curves = loss_curves(row).data
    assert [curve.yaxis for curve in curves] == ["y2", "y"] * len(terms)
    for term, curve, slope in zip(terms, curves[::2], curves[1::2], strict=True):
        d = torch.tensor(curve.x, requires_grad=True)
        values = term(d, elementwise)
        (slopes,) = torch.autograd.grad(values.sum(), d)
        smooth = (d.detach().abs() - 1).abs() > 1e-3 if name == "hinge" else slice(None)
        torch.testing.assert_close(torch.tensor(curve.y), values.detach(), atol=1e-4, rtol=0)
        torch.testing.assert_close(torch.tensor(slope.y)[smooth], slopes[smooth], atol=2e-4, rtol=1e-4)


def test_what_grows_without_end_does_not_flatten_the_other_curves() -> None:
    layout = loss_curves(LOSSES["fgan_hellinger"]).layout
    for axis in (layout.yaxis, layout.yaxis2):
        assert -7 < axis.range[0] < 0 < axis.range[1] < 7
