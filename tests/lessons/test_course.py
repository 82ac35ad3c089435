"""The course as data: every part has its words and its figure, every question one right answer."""

import numpy as np
import pytest

from playground.figures.lessons import FIGURES
from playground.figures.touch import TouchFigure
from playground.frame import decode
from playground.lessons.course import COURSE
from playground.lessons.lesson import Experiment, Touch, Worksheet
from playground.lessons.texts import FOLDER, read
from playground.reproduce.lessons import config_of, experiments
from playground.ui.lessons.worksheets import WORKSHEETS


@pytest.mark.parametrize("name", COURSE)
def test_every_part_has_its_words_and_no_words_are_left_over(name: str) -> None:
    lesson, sections = COURSE[name], read(name)
    assert [part.key for part in lesson.parts] == list(sections)
    assert lesson.question.endswith("?") and lesson.sources and 5 <= lesson.minutes <= 30
    for part in lesson.parts:
        section = sections[part.key]
        assert bool(section.question) == isinstance(part, Experiment), part.key
        if isinstance(part, Experiment):
            assert len(section.answers) >= 2 and section.seen


def test_texts_figures_and_worksheets_belong_to_parts() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(COURSE)
    parts = [(name, part) for name, row in COURSE.items() for part in row.parts]
    assert {(name, part.key) for name, part in parts if isinstance(part, Touch)} == set(FIGURES)
    assert {(name, part.key) for name, part in parts if isinstance(part, Worksheet)} == set(WORKSHEETS)


def test_a_question_without_a_single_right_answer_is_refused(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.lessons.texts.FOLDER", tmp_path)
    (tmp_path / "wrong.md").write_text("## a | A\n\n### Question\nWhat?\n- [x] this\n- [x] that\n\n### Seen\nSo.\n")  # type: ignore[operator]
    with pytest.raises(ValueError, match="question of a needs"):
        read("wrong")


@pytest.mark.parametrize("name", experiments())
def test_an_experiment_can_train_and_its_charts_and_sliders_are_there(name: str) -> None:
    from playground.config import SETTINGS
    from playground.figures import live

    _, part = experiments()[name]
    config = config_of(part)
    assert set(part.charts) <= {chart["id"] for chart in live.described(config)}
    assert all(SETTINGS[control].live for control in part.controls)
    assert part.steps % config.measure_every == 0


@pytest.mark.parametrize("key", FIGURES, ids="/".join)
def test_a_figure_is_the_same_in_the_browser_as_where_it_is_worked_out(key: tuple[str, str]) -> None:
    shown = FIGURES[key]()
    frame = decode(shown.encoded())
    places = [len(control.values) // 3 for control in shown.controls]
    moment = shown.at(*(control.values[place] for control, place in zip(shown.controls, places, strict=True)))
    for trace, fields in moment.traces.items():
        for name, values in fields.items():
            np.testing.assert_allclose(
                found(frame.arrays[f"{trace}.{name}"], places), np.asarray(values, float), rtol=5e-4, atol=1e-30
            )
    if shown.numbers:
        assert found(frame.arrays["numbers"], places) == pytest.approx(list(moment.numbers), rel=1e-6, nan_ok=True)
        assert len(moment.numbers) == len(shown.numbers)
    assert shown.told.endswith(".") and all(
        control["at"] < len(control["values"]) for control in frame.values["controls"]
    )


def found(array: np.ndarray, places: list[int]) -> np.ndarray:
    at = tuple(min(place, array.shape[axis] - 1) for axis, place in enumerate(places))
    values: np.ndarray = array[at].astype(float)
    return values


def test_a_figure_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.figures.touch.MOST_NUMBERS", 100)
    shown: TouchFigure = FIGURES["rulers", "lines"]()
    with pytest.raises(ValueError, match="may hold 100 numbers"):
        shown.encoded()
