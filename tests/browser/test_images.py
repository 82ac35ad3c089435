"""The Images page as a person uses it."""

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.serving import cut_off, press, run_of, running_app, stage, wait_for_stage, wait_until_live
from tests.data.serving import NO_REAL_MNIST, real_mnist, small_mnist, write

pytestmark = pytest.mark.browser

GRID = "() => document.querySelector('.gp-canvas').toDataURL()"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with MNIST in a folder: the real one where it is there, else four small files in the same format."""
    real = real_mnist()
    folder = real if real is not None else tmp_path_factory.mktemp("data") / "mnist"
    if real is None:
        print(NO_REAL_MNIST)
        write(folder, small_mnist())
    kept = os.environ.get("GAN_PLAYGROUND_DATA")
    os.environ["GAN_PLAYGROUND_DATA"] = str(folder)
    try:
        with running_app() as (address, _):
            yield address
    finally:
        if kept is None:
            del os.environ["GAN_PLAYGROUND_DATA"]
        else:
            os.environ["GAN_PLAYGROUND_DATA"] = kept


def click_image(page: Page, place: int) -> None:
    """Click one image of the 10 × 10 grid."""
    box = page.locator(".gp-canvas").bounding_box()
    assert box is not None
    side = min(box["width"], box["height"]) / 10
    page.mouse.click(box["x"] + (place % 10 + 0.5) * side, box["y"] + (place // 10 + 0.5) * side)


def answer(page: Page, kind: str) -> dict[str, object]:
    page.wait_for_function(
        "kind => JSON.parse(document.querySelector('.gp-root').dataset.answer || '{}').kind === kind",
        arg=kind,
    )
    told: dict[str, object] = json.loads(stage(page, "answer"))
    return told


@pytest.mark.parametrize("dataset", ["digits", "mnist"])
def test_digits_train_and_change_and_can_be_asked_about(visit: Visit, dataset: str) -> None:
    page = visit(f"/images?dataset={dataset}")
    assert json.loads(stage(page, "config"))["dataset"] == dataset
    still = page.evaluate(GRID)
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 100 && Number(s.rows) > 1")
    assert page.evaluate(GRID) != still
    wait_for_stage(page, "Number(s.film) >= 2")

    click_image(page, 3)
    neighbours = answer(page, "neighbours")
    assert neighbours["of"] == [3] and len(neighbours["labels"]) == 5  # type: ignore[arg-type]
    page.locator("[data-tool=walk]").click()
    click_image(page, 0)
    click_image(page, 44)
    assert answer(page, "walk")["of"] == [0, 44]
    page.locator("[data-tool=arithmetic]").click()
    for place in (1, 2, 3):
        click_image(page, place)
    assert answer(page, "arithmetic")["of"] == [1, 2, 3]


def test_the_classifier_is_prepared_and_then_classes_are_counted(visit: Visit) -> None:
    page = visit("/images")
    press(page, "play")
    page.get_by_text("captured").wait_for()
    for count in ("captured", "clear"):
        page.wait_for_function(f"() => /{count}\\s*\\d+ of 10/.test(document.querySelector('.gp-root').innerText)")


def test_missing_images_are_offered_for_download_and_disturb_nothing(visit: Visit) -> None:
    page = visit("/images?dataset=kmnist")
    page.get_by_text("is not on this machine yet").wait_for()
    assert json.loads(stage(page, "config"))["dataset"] == "digits"
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 20")
    folder = page.get_by_role("textbox", name="or name a folder")
    folder.fill("/nowhere")
    folder.press("Enter")
    page.get_by_text("That folder has no").wait_for()
    run = run_of(page)
    page.locator(".gp-message").get_by_text("not on this machine yet").wait_for()
    assert page.locator(".gp-restart").is_hidden()  # it could restart nothing
    assert run_of(page) == run and int(stage(page, "step")) > 20


def test_the_two_pages_keep_their_runs(visit: Visit) -> None:
    page = visit("/")
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 50")
    points = run_of(page)
    page.get_by_role("link", name="Images").click()
    page.wait_for_function("() => document.querySelector('.gp-root')?.dataset.config?.includes('\"digits\"')")
    wait_until_live(page)
    assert run_of(page) != points
    page.get_by_role("link", name="Points").click()
    page.wait_for_function("() => document.querySelector('.gp-root')?.dataset.config?.includes('\"ring8\"')")
    page.wait_for_function(f"() => location.search.includes('{points}')")


def test_the_images_page_fits_its_window(visit: Visit) -> None:
    page = visit("/images")
    page.locator(".gp-hints").get_by_role("button", name="Got it").click()
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    assert cut_off(page) == []
