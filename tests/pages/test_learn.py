"""The Learn page without a browser: the index, every lesson, and an experiment from the guess to the explanation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.engine.server import shared
from playground.frame import Row
from playground.lessons import by_hand
from playground.lessons.course import COURSE
from playground.lessons.texts import read
from playground.reproduce.lessons import experiments
from playground.ui import page_session
from playground.ui.escaping import plain
from playground.ui.lessons import progress
from playground.ui.page_state import PageState

LEARN = Path(__file__).parents[2] / "pages" / "main.py"
OWNER = "a browser"


@pytest.fixture(autouse=True)
def _engine_of_its_own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(page_session, "owner", lambda: OWNER)
    yield
    shared.close()


def learn(**query: str) -> AppTest:
    page = AppTest.from_file(str(LEARN), default_timeout=60).switch_page("learn.py")
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def words(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption, *page.title, *page.header])


def test_the_index_leads_to_every_lesson_and_says_where_to_begin() -> None:
    page = learn()
    assert not page.exception and "Begin with the first" in words(page)
    assert all(row.question in words(page) for row in COURSE.values())
    assert f"0 of {len(experiments())} claims seen" in words(page)


@pytest.mark.parametrize("name", COURSE)
def test_every_lesson_is_drawn_whole(name: str) -> None:
    page = learn(lesson=name)
    assert not page.exception and not page.error
    assert [header.value for header in page.header] == [section.title for section in read(name).values()]


def test_the_whole_course_is_one_page_to_print() -> None:
    page = learn(lesson="all")
    assert not page.exception
    assert [title.value for title in page.title] == [f"{i}. {row.title}" for i, row in enumerate(COURSE.values(), 1)]
    for name in COURSE:
        for section in read(name).values():
            assert section.seen in words(page) and all(answer in words(page) for answer in section.answers)
    assert not page.radio and "came true in 8 of 8 seeds." in words(page)


def test_an_unknown_lesson_is_told_in_a_sentence_above_the_index() -> None:
    page = learn(lesson="<b>none</b>")
    assert page.error[0].value.startswith("There is no lesson of this name. lesson must be one of bits,")
    assert COURSE["bits"].question in words(page)


def test_one_part_fills_the_screen_for_a_lecture() -> None:
    page = learn(lesson="rulers", present="1", part="plans")
    assert [header.value for header in page.header] == ["Moving earth"]
    page.button[1].click().run()
    assert [header.value for header in page.header] == ["Try plans"]


def test_the_worked_example_tells_the_numbers_that_the_command_line_tells() -> None:
    page = learn(lesson="by-hand")
    first = by_hand.update()
    found = {element.label: element.value for element in page.metric}
    assert found["V"] == f"{first.value:.6f}".replace("-", "−") and found["a after 1"] == f"{first.updated[0]:.6f}"
    page.text_input(key="lesson_hand_steps").set_value("3").run()
    again = by_hand.update(*by_hand.update(*first.updated).updated)
    assert {element.label: element.value for element in page.metric}["a after 3"] == f"{again.updated[0]:.6f}"


@pytest.mark.parametrize(
    ("lesson", "key", "typed", "sentence"),
    [
        ("by-hand", "lesson_hand_learning rate", "fast", "The learning rate must be a number from 0 to 10"),
        ("by-hand", "lesson_hand_steps", "2.5", "The number of steps must be a whole number from 1 to 2000"),
        ("exercise", "lesson_lines_hidden", "0", "hidden must be a number from 1 to 10000"),
    ],
)
def test_a_number_that_is_refused_is_told_and_what_followed_stays(
    lesson: str, key: str, typed: str, sentence: str
) -> None:
    page = learn(lesson=lesson)
    before = [element.value for element in page.metric]
    page.text_input(key=key).set_value(typed).run()
    assert plain(sentence) in page.error[0].value and "what followed before" in page.error[0].value
    assert [element.value for element in page.metric] == before
    page.text_input(key=key).set_value("1,0").run()
    assert not page.error


def test_an_experiment_trains_after_a_guess_and_explains_what_was_seen() -> None:
    page = learn(lesson="circles")
    assert not page.success
    page.radio(key="circles_damped_guess").set_value("The way spirals in to (0, 0).").run()
    state: PageState = page.session_state["_circles_damped"]
    run = shared.engine().run(state.run, OWNER)
    assert run.begun and run.goal == 3000 and run.wanted.penalty == "r1"
    assert not learned(page)
    with shared.engine().lock:
        run.history.append(Row(2000, {"radius": (0.1,)}, None))
    page.run()
    assert "circles/damped" in page.session_state[progress.SEEN]
    assert learned(page) == ["**Seen in this run.** At step 2\\,000 the radius was 0\\.10\\."]
    assert "Your guess was right." in words(page) and "friction" in words(page)


def learned(page: AppTest) -> list[str]:
    return [element.value for element in page.success]
