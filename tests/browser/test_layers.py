"""The layers of the picture, reading it, looking closer, saving it, and one step under the microscope."""

import json
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.serving import press, stage, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser

CANVAS = """() => {
    const small = document.createElement('canvas'), context = small.getContext('2d');
    small.width = small.height = 160;
    context.drawImage(document.querySelector('.gp-canvas'), 0, 0, 160, 160);
    return context.getImageData(0, 0, 160, 160).data.reduce((hash, value) => (31 * hash + value) | 0, 0);
}"""
READOUT = ".gp-readout-box"
SAYS_ALL = r"/D\*\(x\)\s+(0\.\d|—)[^]*p_data\s+\d[^]*p_G\s+\d/"


def layers(page: Page) -> list[str]:
    on: list[str] = json.loads(stage(page, "layers"))
    return on


def chip(page: Page, name: str) -> None:
    page.click(f"[data-layer={name}]")


def changed(page: Page, before: int) -> None:
    page.wait_for_function(f"before => ({CANVAS})() !== before", arg=before)


def dismiss_hints(page: Page) -> None:
    if page.locator(".gp-hints").is_visible():
        page.locator(".gp-hints").get_by_role("button", name="Got it").click()


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the stage, in shares of the canvas, is on the page."""
    box = page.locator(".gp-canvas").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def trained(visit: Visit, query: str = "", steps: int = 40) -> Page:
    """A paused run after some steps."""
    page = visit(f"/{query}")
    dismiss_hints(page)
    press(page, "play")
    wait_for_stage(page, f"Number(s.step) > {steps}")
    press(page, "play")
    wait_for_stage(page, "s.status === 'paused'")
    return page


def test_each_layer_is_toggled_at_once_and_changes_the_picture(visit: Visit) -> None:
    page = trained(visit)
    assert layers(page) == ["real", "fake", "d"]
    for name in ("optimal", "gap", "push", "manifold", "contours", "real", "fake", "d"):
        before = page.evaluate(CANVAS)
        chip(page, name)
        changed(page, before)
        page.wait_for_function("() => (document.querySelector('.gp-root').dataset.morph ?? '1.00') === '1.00'")
    assert layers(page) == ["optimal", "gap", "push", "manifold", "contours"]
    chip(page, "trail")
    before = page.evaluate(CANVAS)
    press(page, "step")
    changed(page, before)
    wait_for_stage(page, "Number(s.contours) > 100")

    border = page.get_by_role("separator", name="Border between two maps")
    page.wait_for_function("() => document.querySelector('[data-layer=optimal]').title.includes('4,096')")
    assert border.get_attribute("aria-valuenow") == "50"
    before = page.evaluate(CANVAS)
    border.press("ArrowLeft")
    changed(page, before)
    assert border.get_attribute("aria-valuenow") == "48"

    for name in ("gap", "push", "manifold", "contours", "trail", "d"):
        chip(page, name)
    page.reload()  # the browser remembers
    wait_until_live(page)
    wait_for_stage(page, 's.layers === \'["d","optimal"]\'')


@pytest.mark.parametrize(("address", "reason"), [("/?loss=wasserstein&clip=0.1", "critic"), ("/?pack=2", "in groups")])
def test_a_d_without_a_best_one_says_why(address: str, reason: str, visit: Visit) -> None:
    page = visit(address)
    page.wait_for_function(f"() => document.querySelector('[data-layer=optimal]').title.includes('{reason}')")
    page.locator("[data-layer=optimal]").click(force=True)
    assert layers(page) == ["real", "fake", "d"]


def test_pointer_and_keys_read_the_networks_and_the_densities(visit: Visit) -> None:
    page = trained(visit)
    readout = page.locator(READOUT)
    page.mouse.move(*point(page, 0.6, 0.4))
    page.wait_for_function(f"() => {SAYS_ALL}.test(document.querySelector('{READOUT}').innerText)")
    assert "D(x)" in readout.inner_text()
    frame = page.locator(".gp-frame").bounding_box()
    assert frame is not None
    for x, y in ((0.08, 0.03), (0.97, 0.93), (0.97, 0.03), (0.08, 0.93)):
        page.mouse.move(*point(page, x, y))
        box = readout.bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5
        assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"] + 0.5
    page.mouse.move(5, 5)
    readout.wait_for(state="hidden")
    page.focus(".gp-canvas")
    page.keyboard.press("ArrowRight")
    first = page.locator(READOUT).inner_text()
    page.keyboard.press("ArrowUp")
    assert page.locator(READOUT).inner_text() != first
    page.keyboard.press("+")
    wait_for_stage(page, "s.zoomed === 'true'")
    page.keyboard.press("0")
    wait_for_stage(page, "s.zoomed === 'false'")


def test_the_wheel_looks_closer_a_drag_moves_and_the_picture_is_saved(visit: Visit, tmp_path: Path) -> None:
    page = trained(visit)
    whole = page.evaluate(CANVAS)
    page.mouse.move(*point(page, 0.5, 0.5))
    page.mouse.wheel(0, -600)
    wait_for_stage(page, "s.zoomed === 'true'")
    changed(page, whole)
    near = page.evaluate(CANVAS)
    page.mouse.down()
    page.mouse.move(*point(page, 0.4, 0.45), steps=4)
    page.mouse.up()
    changed(page, near)
    moved = page.evaluate(CANVAS)
    page.mouse.dblclick(*point(page, 0.5, 0.5))
    wait_for_stage(page, "s.zoomed === 'false'")
    changed(page, moved)
    with page.expect_download() as started:
        press(page, "save")
    download = started.value
    assert download.suggested_filename == f"gan-ring8-step-{stage(page, 'step')}.png"
    download.save_as(tmp_path / "picture.png")
    data = (tmp_path / "picture.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    canvas = page.evaluate("() => { const c = document.querySelector('.gp-canvas'); return [c.width, c.height]; }")
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and width == canvas[0] and height > canvas[1]


def test_points_on_a_line_have_their_layers(visit: Visit) -> None:
    page = trained(visit, "?dataset=two_normals_1d")
    assert page.locator("[data-layer=push]").is_hidden() and page.locator("[data-layer=optimal]").is_visible()
    before = page.evaluate(CANVAS)
    chip(page, "optimal")
    changed(page, before)
    page.mouse.move(*point(page, 0.5, 0.5))
    page.wait_for_function("() => /p_G\\s+\\d/.test(document.querySelector('.gp-readout-box').innerText)")


def caption(page: Page) -> str:
    return page.locator(".gp-microscope").inner_text()


def test_the_microscope_shows_one_half_of_a_step_after_the_other(visit: Visit) -> None:
    page = visit("/?instance_noise=0.1&label_flip=0.2&penalty=gradient_penalty")
    dismiss_hints(page)
    press(page, "microscope")
    before = page.evaluate(CANVAS)
    press(page, "step")
    wait_for_stage(page, "s.half === 'discriminator' && s.step === '1'")
    changed(page, before)
    first = caption(page)
    assert "256 real and 256 generated points, each moved by noise with σ = 0.1" in first
    assert "flipped (ringed)" in first and "The penalty adds" in first and "D(real)" in first
    wait_for_stage(page, "s.half === 'generator'")
    second = caption(page)
    assert "256 fresh latents" in second and "arrows" in second and second != first
    page.get_by_role("button", name="D's update").click()
    wait_for_stage(page, "s.half === 'discriminator'")
    assert caption(page) == first
    press(page, "step-generator")
    wait_for_stage(page, "s.half === 'generator' && s.step === '2'")
    assert page.get_by_role("button", name="D's update").is_hidden()
    press(page, "microscope")
    page.locator(".gp-microscope").wait_for(state="hidden")


def test_the_microscope_shows_the_clipped_weights_and_follows_a_slow_run(visit: Visit) -> None:
    page = visit("/?loss=wasserstein&clip=0.01")
    dismiss_hints(page)
    press(page, "microscope")
    page.select_option("[data-do=speed]", "1")
    press(page, "play")
    wait_for_stage(page, "Number(s.step) >= 2 && s.half === 'discriminator'")
    page.get_by_role("img", name="Histogram of D's weights").wait_for()
    wait_for_stage(page, "s.half === 'generator'")


def test_a_game_of_two_numbers_is_a_phase_portrait_that_can_be_rewound(visit: Visit) -> None:
    page = trained(visit, "?dataset=dirac&loss=minimax&optimizer=sgd&beta1=0&lr_g=0.02&lr_d=0.02&batch_size=16", 300)
    assert page.locator(".gp-legend-text").inner_text().split("\n")[0] == "where the run is, and its way"
    assert not page.locator(".gp-layers").is_visible() and not page.locator(".gp-microscope-button").is_visible()
    page.mouse.move(*point(page, 0.8, 0.5))
    page.wait_for_function(
        f"/θ \\d.*ψ [^]*a step adds to θ\\s+\\S+[^]*and to ψ\\s+−0/.test(document.querySelector('{READOUT}').innerText)"
    )
    now: int = page.evaluate(f"({CANVAS})()")
    page.focus(".gp-slider")
    page.keyboard.press("Home")
    changed(page, now)
    page.wait_for_function("() => document.querySelector('.gp-when').textContent.includes('0')")
    press(page, "live")
    page.locator(".gp-canvas").hover()
    before: int = page.evaluate(f"({CANVAS})()")
    page.mouse.wheel(0, -600)
    changed(page, before)
    assert stage(page, "zoomed") == "true"
