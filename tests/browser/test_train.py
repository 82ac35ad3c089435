"""The Train page as a person uses it."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from websockets import Origin
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.browser.conftest import PATIENCE_MS, Visit
from tests.browser.serving import choose, cut_off, press, run_of, stage, wait_for_stage, wait_until_live

pytestmark = pytest.mark.browser

CANVAS = "() => document.querySelector('.gp-canvas').toDataURL()"
CURVE = """() => {
    const drawn = [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data);
    return drawn.filter(trace => trace.meta?.column === 'emd')[0]?.x?.length ?? 0;
}"""


def config(page: Page) -> dict[str, object]:
    values: dict[str, object] = json.loads(stage(page, "config"))
    return values


def nudge(page: Page, label: str, key: str = "ArrowRight") -> None:
    """Move a sidebar slider by one stop, as a person does with the keyboard."""
    page.locator("[data-testid='stSidebar']").get_by_role("slider", name=label).press(key)


def open_group(page: Page, name: str) -> None:
    page.locator("[data-testid='stSidebar'] summary").filter(has_text=name).click()


def test_play_trains_and_draws(visit: Visit) -> None:
    page = visit()
    still = page.evaluate(CANVAS)
    assert stage(page, "status") == "paused" and stage(page, "step") == "0"

    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 100 && Number(s.rows) > 1")
    early = page.evaluate(CURVE)
    pictures = page.evaluate(
        """async () => {
            const root = document.querySelector('.gp-root'), before = Number(root.dataset.pictures);
            await new Promise(done => setTimeout(done, 3000));
            return (Number(root.dataset.pictures) - before) / 3;
        }"""
    )
    wait_for_stage(page, "Number(s.step) > 500")
    assert pictures > 3  # they keep coming; how many is a matter of the machine, and of `make bench`
    assert page.evaluate(CANVAS) != still
    page.wait_for_function(f"() => ({CURVE})() > {early}")

    press(page, "play")
    wait_for_stage(page, "s.status === 'paused'")


def test_a_live_change_of_k_takes_effect_and_does_not_disturb(visit: Visit) -> None:
    page = visit()
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 50")
    nudge(page, "k, D updates per G update")
    wait_for_stage(page, "JSON.parse(s.config).k === 2")
    before = int(stage(page, "step"))
    assert before > 50 and stage(page, "status") == "playing"
    wait_for_stage(page, f"Number(s.step) > {before + 50}")
    page.wait_for_function("() => new URLSearchParams(location.search).get('k') === '2'")


def test_a_setting_that_needs_a_restart_waits_for_it(visit: Visit) -> None:
    page = visit()
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 50")
    open_group(page, "Networks")
    nudge(page, "Depth of G")
    page.get_by_text("Needs a restart").wait_for()
    assert config(page)["g_depth"] == 2 and stage(page, "status") == "playing"
    page.get_by_role("button", name="Restart with new settings").click()
    wait_for_stage(page, "JSON.parse(s.config).g_depth === 3 && s.status === 'playing'")


def test_half_steps_and_steps_by_hand(visit: Visit) -> None:
    page = visit()
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    drawn = page.evaluate(CANVAS)
    press(page, "step-discriminator")
    page.wait_for_function(f"before => ({CANVAS})() !== before", arg=drawn)
    assert stage(page, "step") == "1"
    press(page, "step-generator")
    wait_for_stage(page, "s.step === '2'")
    press(page, "reset")
    wait_for_stage(page, "s.step === '0'")


def test_the_keyboard_plays_steps_and_resets(visit: Visit) -> None:
    page = visit()
    page.locator("body").press("s")
    wait_for_stage(page, "s.step === '1'")
    page.locator("body").press(" ")
    wait_for_stage(page, "s.status === 'playing' && Number(s.step) > 20")
    page.locator("body").press(" ")
    wait_for_stage(page, "s.status === 'paused'")
    page.locator("body").press("r")
    wait_for_stage(page, "s.step === '0'")


def test_a_reload_finds_the_run_again(visit: Visit) -> None:
    page = visit()
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 300 && Number(s.rows) > 2")
    run, step, rows = run_of(page), int(stage(page, "step")), int(stage(page, "rows"))
    page.reload()
    wait_until_live(page)
    assert run_of(page) == run
    wait_for_stage(page, f"Number(s.step) >= {step} && Number(s.rows) >= {rows}")
    assert stage(page, "status") == "playing"


def test_the_url_carries_the_settings_to_another_browser(
    visit: Visit, new_context: Callable[..., BrowserContext]
) -> None:
    page = visit("/?k=3&loss=hinge&instance_noise=0.25&dataset=grid25")
    link = page.url[page.url.index("/?") :]
    elsewhere = visit(link, context=new_context())
    assert config(elsewhere) == config(page)
    assert config(page)["k"] == 3 and config(page)["loss"] == "hinge" and config(page)["dataset"] == "grid25"
    page.wait_for_function("() => new URLSearchParams(location.search).get('loss') === 'hinge'")
    assert run_of(elsewhere) != run_of(page)


def test_two_tabs_on_one_run_agree_on_its_settings(visit: Visit, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    page = visit(context=context)
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    page.wait_for_function("() => new URLSearchParams(location.search).has('run')")
    other = visit(f"/?{urlsplit(page.url).query}", context=context)
    assert run_of(other) == run_of(page)
    nudge(other, "k, D updates per G update")
    wait_for_stage(other, "JSON.parse(s.config).k === 2")
    k = page.locator("[data-testid='stSidebar']").get_by_role("slider", name="k, D updates per G update")
    expect(k).to_have_value("2", timeout=PATIENCE_MS)
    page.wait_for_function("() => new URLSearchParams(location.search).get('k') === '2'")
    expect(page.locator(".gp-pending")).to_be_empty()
    assert config(page)["k"] == 2


def test_back_brings_the_settings_of_before_and_forward_those_of_after(visit: Visit) -> None:
    page = visit()
    page.wait_for_function("() => new URLSearchParams(location.search).has('run')")
    run = run_of(page)
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    k = page.locator("[data-testid='stSidebar']").get_by_role("slider", name="k, D updates per G update")
    nudge(page, "k, D updates per G update")
    page.wait_for_function("() => new URLSearchParams(location.search).get('k') === '2'")
    page.go_back()  # at once: nobody waits for a time
    wait_for_stage(page, "JSON.parse(s.config).k === 1")
    expect(k).to_have_value("1", timeout=PATIENCE_MS)
    page.go_forward()
    wait_for_stage(page, "JSON.parse(s.config).k === 2")
    expect(k).to_have_value("2", timeout=PATIENCE_MS)
    assert run_of(page) == run


def test_back_leads_to_the_page_that_one_came_from(visit: Visit) -> None:
    page = visit()
    page.get_by_role("link", name="Runs", exact=True).click()
    page.wait_for_url("**/runs")
    page.get_by_test_id("stTopNav").get_by_role("link", name="Points", exact=True).click()  # an empty list has one too
    wait_until_live(page)
    page.wait_for_function("() => new URLSearchParams(location.search).has('run')")
    page.go_back()
    page.wait_for_url("**/runs")


def test_two_browser_sessions_cannot_reach_each_other(
    visit: Visit, server: str, new_context: Callable[..., BrowserContext]
) -> None:
    mine = visit(context=new_context())
    theirs = visit(context=new_context())
    answer = theirs.evaluate(
        """run => new Promise(done => {
            const socket = new WebSocket(`ws://${location.host}/playground/feed/${run}`), heard = [];
            socket.onmessage = event => heard.push(event.data);
            socket.onclose = event => done({ heard, code: event.code });
        })""",
        run_of(mine),
    )
    assert answer["code"] == 4404
    assert [json.loads(text)["text"] for text in answer["heard"]] == ["There is no such run in this browser session."]
    address = f"{server.replace('http', 'ws')}/playground/feed/{run_of(mine)}"
    with connect(address, origin=Origin("http://elsewhere.example")) as elsewhere:
        assert "http://elsewhere.example" in json.loads(elsewhere.recv())["text"]
        with pytest.raises(ConnectionClosed):
            elsewhere.recv()


@pytest.mark.parametrize(
    "query, sentence",
    [
        ("k=99", "k must be a whole number from 1 to 10 (got '99'); k stays 1."),
        ("loss=best", "loss must be one of non_saturating, minimax"),
        ("clip=0.1&penalty=r1", "clip and penalty both bound D's slope"),
        ("colour=red", "'colour' is not a setting"),
    ],
)
def test_a_bad_link_gets_one_sentence_and_a_working_page(visit: Visit, query: str, sentence: str) -> None:
    page = visit(f"/?{query}")
    page.locator(".gp-strip").get_by_text(sentence).wait_for()
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 20")


def test_an_impossible_combination_gets_one_sentence_and_disturbs_nothing(visit: Visit) -> None:
    page = visit("/?penalty=r1")
    press(page, "play")
    nudge(page, "Weight clipping c")
    page.locator(".gp-strip").get_by_text("“Penalty on D's slope” both bound D's slope").wait_for()
    step = int(stage(page, "step"))
    wait_for_stage(page, f"Number(s.step) > {step + 20}")
    assert config(page)["clip"] == 0 and stage(page, "status") == "playing"


def test_a_loss_of_ones_own_is_typed_refused_where_it_is_wrong_and_trained_with(visit: Visit) -> None:
    page = visit("/?loss=own")
    page.locator("[data-testid=stSidebar] [data-testid=stPlotlyChart]").wait_for()
    press(page, "play")
    box = page.get_by_role("textbox", name="D's term on real examples")
    box.fill("(1 − d")
    box.press("Enter")
    page.locator(".gp-strip").get_by_text("expected ')' at character 7 of '(1 − d'").wait_for()
    box.fill("(1 − d)^2")
    box.press("Enter")
    wait_for_stage(page, "JSON.parse(s.config).own_real === '(1 − d)^2'")
    step = int(stage(page, "step"))
    wait_for_stage(page, f"Number(s.step) > {step + 20}")


def test_recipes_start_anew_with_their_settings(visit: Visit) -> None:
    page = visit()
    choose(page, "Recipe", "WGAN with clipping")
    wait_for_stage(page, "JSON.parse(s.config).loss === 'wasserstein'")
    assert config(page)["optimizer"] == "rmsprop" and config(page)["clip"] > 0  # type: ignore[operator]
    page.locator(".gp-name").get_by_text("WGAN with clipping", exact=True).wait_for()
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 20")
    choose(page, "Recipe", "D too strong")
    wait_for_stage(page, "JSON.parse(s.config).loss === 'minimax' && s.status === 'playing'")
    page.locator(".gp-name", has_text="D too strong · run").wait_for()


def test_a_diverging_run_says_so_and_shows_its_last_good_state(visit: Visit) -> None:
    page = visit("/?loss=wasserstein&optimizer=sgd&lr_g=1&lr_d=1")
    press(page, "play")
    wait_for_stage(page, "s.status === 'diverged'")
    page.locator(".gp-strip").get_by_text("no longer a finite number").wait_for()
    page.locator(".gp-words").get_by_text("this is the last good state").wait_for()
    press(page, "reset")
    wait_for_stage(page, "s.status === 'paused' && s.step === '0'")


@pytest.mark.parametrize("dataset", ["moons", "swiss_roll"])
def test_other_datasets_train(visit: Visit, dataset: str) -> None:
    page = visit(f"/?dataset={dataset}")
    still = page.evaluate(CANVAS)
    press(page, "play")
    wait_for_stage(page, "Number(s.step) > 100 && Number(s.rows) > 1")
    assert page.evaluate(CANVAS) != still


def test_several_seeds_show_a_band_and_can_be_chosen(visit: Visit) -> None:
    page = visit("/?seeds=4")
    press(page, "play")
    wait_for_stage(page, "Number(s.rows) > 2")
    page.wait_for_function(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data)
            .some(trace => trace.meta?.band === 'emd' && trace.x?.length > 3)"""
    )


def test_the_page_fits_its_window(visit: Visit) -> None:
    page = visit()
    page.locator(".gp-hints").get_by_role("button", name="Got it").click()
    press(page, "step")
    wait_for_stage(page, "s.step === '1'")
    assert cut_off(page) == []
