"""The charts beside the stage and the line of words above it, as a person uses them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.serving import choose, press, stage, wait_for_stage

pytestmark = pytest.mark.browser

QUICK = "measure_every=20&jsd_samples=500&emd_samples=50&g_width=16&d_width=16"
"""Settings that give many rows at little cost."""


def charts(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".gp-chart", "charts => charts.map(chart => chart.dataset.chart)")
    return found


def menu_of(page: Page, chart: str, item: str) -> None:
    page.click(f"[data-chart={chart}] [data-do=chart-menu]")
    page.get_by_role("menuitem", name=item).click()


def tick(page: Page, title: str) -> None:
    """Show a chart, or hide it."""
    page.click("[data-do=charts]")
    page.get_by_role("menuitemcheckbox", name=title).click()
    page.keyboard.press("Escape")


def trained(page: Page, rows: int = 5) -> None:
    """Train until there are so many rows, and stand."""
    press(page, "play")
    wait_for_stage(page, f"Number(s.rows) > {rows}")
    press(page, "play")
    # The row of the step at which it stands is measured after it has paused.
    wait_for_stage(page, "s.status === 'paused' && Number(s.rows) >= Math.ceil(Number(s.step) / 20) + 1")


def test_a_chart_is_hidden_for_good_and_comes_back(visit: Visit) -> None:
    page = visit(f"/?{QUICK}")
    assert charts(page) == ["similarity", "losses", "modes"]
    menu_of(page, "losses", "Hide")
    assert charts(page) == ["similarity", "modes"]
    page.reload()
    page.locator("[data-chart=modes]").wait_for()
    assert charts(page) == ["similarity", "modes"]
    tick(page, "Losses, D(x)")
    tick(page, "Gradients")
    assert charts(page) == ["similarity", "losses", "modes", "gradients"]


def test_a_chart_is_enlarged_and_downloaded(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/?{QUICK}&loss=wasserstein")
    chart = page.locator("[data-chart=modes]")
    small = chart.bounding_box()
    page.click("[data-chart=modes] [data-do=enlarge]")
    expect(chart).to_have_class("gp-chart gp-enlarged")
    large, body = chart.bounding_box(), page.locator(".gp-body").bounding_box()
    assert small and large and body
    assert large["width"] > 1.5 * small["width"] and large["width"] == pytest.approx(body["width"], abs=2)
    trained(page)
    page.wait_for_function(
        "() => document.querySelector('[data-chart=modes] .gp-plotly').data?.[0].z?.[0]?.length > 4"
    )  # it is still drawn
    page.keyboard.press("Escape")
    expect(chart).to_have_class("gp-chart")
    assert charts(page) == ["similarity", "losses", "modes"]

    with page.expect_download() as started:
        menu_of(page, "similarity", "Download CSV")
    started.value.save_as(tmp_path / "numbers.csv")
    lines = (tmp_path / "numbers.csv").read_text().splitlines()
    names = lines[0].split(",")
    assert started.value.suggested_filename.startswith("jsd-against-emd-")
    assert names == ["step", "jsd", "emd", "critic_w"]
    assert len(lines) - 1 == int(stage(page, "rows"))
    assert [int(line.split(",")[0]) for line in lines[1:4]] == [0, 20, 40]
    assert all(float(cell) >= 0 for line in lines[1:] for cell in line.split(",")[1:3])
    with page.expect_download() as started:
        menu_of(page, "modes", "Download PNG")
    started.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_live_change_is_marked_and_a_phase_portrait_shows_the_chosen_measures(visit: Visit) -> None:
    page = visit(f"/?{QUICK}")
    tick(page, "Phase portrait")
    press(page, "play")
    wait_for_stage(page, "Number(s.rows) > 3")
    page.locator("[data-testid='stSidebar']").get_by_role("slider", name="k, D updates per G update").press(
        "ArrowRight"
    )
    marks = "document.querySelector('[data-chart=losses] .gp-plotly').layout.annotations.map(mark => mark.text)"
    page.wait_for_function(f"() => {marks}.includes('k 1 → 2')")
    chart = page.locator("[data-chart=losses]")
    words = chart.locator(".annotation").filter(has_text="k 1 → 2").bounding_box()
    curves = chart.locator(".cartesianlayer").bounding_box()
    assert words and curves and words["y"] + words["height"] <= curves["y"] + 6, "the words hide no curve"
    page.locator("[data-chart=phase]").scroll_into_view_if_needed()
    drawn = "document.querySelector('[data-chart=phase] .gp-plotly')"
    page.wait_for_function(f"() => {drawn}.data?.[0].x.length > 4 && {drawn}.layout.xaxis.title.text === 'D(fake)'")
    page.get_by_label("Measure across").select_option("jsd")
    page.wait_for_function(f"() => {drawn}.layout.xaxis.title.text === 'JSD' && {drawn}.data[0].x[0] > 0.1")


def test_a_reading_appears_and_its_suggestion_is_applied(visit: Visit) -> None:
    page = visit(f"/?{QUICK}&loss=minimax&k=4&lr_d=0.01&lr_g=0.00001")
    words = page.locator(".gp-words")
    expect(words.get_by_role("status")).to_have_text("Too early to say:")
    press(page, "play")
    page.wait_for_selector(".gp-words[data-case=discriminator_won]")
    expect(words).to_contain_text("of D's slope")
    words.get_by_role("button", name="Why? What to try").click()
    words.get_by_role("button", name="Apply: penalty None → R1, weight 1 → 0.1").click()
    wait_for_stage(page, "JSON.parse(s.config).penalty === 'r1' && s.status === 'playing'")
    page.wait_for_selector(".gp-words[data-case=early]")  # a change starts the counting again
    page.wait_for_function("() => new URLSearchParams(location.search).get('penalty') === 'r1'")


def test_after_a_change_of_ds_scale_its_verdict_is_drawn_from_there_and_the_past_tells_its_own_settings(
    visit: Visit,
) -> None:
    page = visit(f"/?{QUICK}")
    trained(page)
    choose(page, "Loss", "Least squares")
    wait_for_stage(page, "JSON.parse(s.config).loss === 'least_squares'")
    changed = int(stage(page, "step"))
    trained(page, int(stage(page, "rows")) + 5)
    drawn = "document.querySelector('[data-chart=losses] .gp-plotly').data"
    first = f"{drawn}.filter(trace => trace.meta?.column).map(trace => [trace.meta.column, trace.x[0]])"
    page.wait_for_function(f"() => {drawn}?.some(trace => trace.meta?.column === 'd_real' && trace.x[0] >= {changed})")
    starts = dict(page.evaluate(f"() => {first}"))
    assert starts["d_fake"] >= changed > starts["d_loss"]

    verdict = page.locator("[data-chart=losses] .gp-chip").filter(has_text="d(real)")
    expect(verdict).not_to_contain_text("—")
    page.locator(".gp-slider").press("Home")
    wait_for_stage(page, "s.rewound !== ''")
    expect(verdict).to_contain_text("—")  # another scale then
    expect(page.locator(".gp-message")).to_contain_text("Trained until then with Ring of 8 Gaussians · Non-saturating")
    page.keyboard.press("Escape")
    expect(page.locator(".gp-message")).to_contain_text("Training with Ring of 8 Gaussians · Least squares")


def test_with_several_seeds_a_chip_tells_the_median_that_its_line_shows(visit: Visit) -> None:
    page = visit(f"/?{QUICK}&seeds=3")
    trained(page)
    chip = page.locator("[data-chart=similarity] .gp-chip").filter(has_text="EMD")
    expect(chip).to_have_attribute("title", re.compile("The median of 3 seeds, as the line"))
    newest = """() => {
        const chart = document.querySelector('[data-chart=similarity]');
        const line = chart.querySelector('.gp-plotly').data.find(trace => trace.meta?.column === 'emd');
        const chip = [...chart.querySelectorAll('.gp-chip')].find(one => one.innerText.startsWith('EMD'));
        return Math.abs(line.y.at(-1) - Number(chip.querySelector('b').innerText)) < 0.0006;
    }"""
    page.wait_for_function(newest)
