"""The Learn page: the index of the course, and a lesson's parts one after the other, or one to a screen."""

import streamlit as st

from playground.lessons.course import COURSE
from playground.lessons.lesson import Experiment, Lesson, Text, Touch, Worksheet
from playground.lessons.texts import Section, read
from playground.reproduce.lessons import claim_of
from playground.ui.lessons import experiment, progress, touch, worksheets

LESSON, PART, PRESENT = "lesson", "part", "present"
"""The address's parameters: which lesson, which of its parts, and whether one part fills the screen."""
ALL = "all"
"""In place of a lesson's name: the whole course, to be printed."""
PAGE = "learn.py"


def show() -> None:
    """The index, or the lesson that the address names."""
    seen = progress.seen()
    name = st.query_params.get(LESSON, "")
    _looks(presenting=_presenting())
    if name in COURSE:
        _lesson(name, COURSE[name], seen)
        return
    if name == ALL:
        _whole()
        return
    if name:
        st.error(f"There is no lesson of this name. {LESSON} must be one of {', '.join(COURSE)}.")
    _index(seen)


def _presenting() -> bool:
    return st.query_params.get(PRESENT) == "1"


def _index(seen: frozenset[str]) -> None:
    claims = [claim_of(name, part) for name, row in COURSE.items() for part in row.experiments()]
    st.title("Learn")
    st.markdown(
        "From bits to why a critic may be better than a judge, in short lessons. Begin with the first: none needs a "
        "word that an earlier one has not explained. What is said about training is tried on the spot, in a run of "
        "your own."
    )
    st.caption(f"{len(seen & set(claims))} of {len(claims)} claims seen in this browser.")
    for number, (name, row) in enumerate(COURSE.items(), 1):
        with st.container(border=True):
            own = [claim_of(name, part) for part in row.experiments()]
            done = f" · {len(seen & set(own))} of {len(own)} claims seen" if own else ""
            st.page_link(PAGE, label=f"**{number}. {row.title}**", query_params={LESSON: name})
            st.markdown(row.question)
            st.caption(f"{row.minutes} minutes{done}")
    st.page_link(
        PAGE,
        label="The whole course on one page, to print or save",
        icon=":material/print:",
        query_params={LESSON: ALL},
    )


def _whole() -> None:
    """Every lesson under the other, with what the experiments are about and what was seen, as the browser prints it."""
    st.page_link(PAGE, label="All lessons", icon=":material/arrow_back:", query_params={})
    st.caption("Print this page, or save it as PDF, with your browser's own menu. Experiments are told, not run.")
    for number, (name, row) in enumerate(COURSE.items(), 1):
        st.title(f"{number}. {row.title}")
        st.markdown(f"*{row.question}*")
        st.caption(_sources(row))
        sections = read(name)
        for part in row.parts:
            if isinstance(part, Experiment):
                _heading(part, sections[part.key])
                experiment.tell(name, part, sections[part.key])
            else:
                _part(name, part, sections[part.key], frozenset())


def _sources(row: Lesson) -> str:
    return ", ".join(f"[{what}]({link})" for what, link in row.sources)


def _lesson(name: str, row: Lesson, seen: frozenset[str]) -> None:
    names = list(COURSE)
    place = names.index(name)
    sections = read(name)
    parts = list(row.parts)
    if _presenting():
        _one_part(name, parts, sections, seen)
        return
    st.page_link(PAGE, label="All lessons", icon=":material/arrow_back:", query_params={})
    st.title(f"{place + 1}. {row.title}")
    st.markdown(f"*{row.question}*")
    st.caption(f"{row.minutes} minutes · {_sources(row)}")
    for part in parts:
        _part(name, part, sections[part.key], seen)
    st.divider()
    with st.container(horizontal=True):
        if place + 1 < len(names):
            following = names[place + 1]
            label = f"Next: {COURSE[following].title}"
            st.page_link(PAGE, label=label, icon=":material/arrow_forward:", query_params={LESSON: following})
        st.page_link(PAGE, label="Present", icon=":material/slideshow:", query_params={LESSON: name, PRESENT: "1"})


def _one_part(name: str, parts: list[Text], sections: dict[str, Section], seen: frozenset[str]) -> None:
    """One part to a screen, with buttons that the arrow keys press."""
    keys = [part.key for part in parts]
    asked = st.query_params.get(PART, keys[0])
    place = keys.index(asked) if asked in keys else 0
    _part(name, parts[place], sections[keys[place]], seen)

    def go(to: int) -> None:
        st.query_params[PART] = keys[to]

    def leave() -> None:
        st.query_params.from_dict({LESSON: name, PART: keys[place]})

    with st.container(horizontal=True):
        st.button("Back", on_click=go, args=(max(0, place - 1),), disabled=place == 0, shortcut="left")
        last = place == len(parts) - 1
        st.button("Next", on_click=go, args=(min(len(parts) - 1, place + 1),), disabled=last, shortcut="right")
        st.button("End", on_click=leave, shortcut="esc")
        st.caption(f"{place + 1} of {len(parts)}")


def _part(name: str, part: Text, section: Section, seen: frozenset[str]) -> None:
    _heading(part, section)
    match part:
        case Experiment():
            experiment.show(name, part, section, claim_of(name, part) in seen)
        case Touch():
            touch.show(name, part.key)
        case Worksheet():
            worksheets.WORKSHEETS[name, part.key]()


def _heading(part: Text, section: Section) -> None:
    st.header(section.title, anchor=part.key, divider="gray" if isinstance(part, Experiment) else False)
    if section.text:
        st.markdown(section.text)


def _looks(presenting: bool) -> None:
    """A column that one can read; large type where the last row has to."""
    width, size = ("80rem", "1.6rem") if presenting else ("62rem", "1.06rem")
    enlarged = """
        [data-testid="stHeader"] { display: none; }
        [data-testid="stMainBlockContainer"].stMainBlockContainer { padding-top: 1.5rem; }
        [data-testid="stCaptionContainer"] p { font-size: 1.2rem; }
        .gpt { zoom: 1.6; }
    """
    st.html(
        f"""<style>
        [data-testid="stMainBlockContainer"] {{ max-width: {width}; padding-top: 4.5rem; }}
        [data-testid="stMarkdownContainer"] :is(p, li) {{ max-width: 44em; font-size: {size}; line-height: 1.6; }}
        {enlarged if presenting else ""}
        @media print {{
            header, [data-testid="stToolbar"], [data-testid="stPageLink"], .gpt-controls {{ display: none !important; }}
            [data-testid="stMainBlockContainer"] {{ padding-top: 0; }}
            .gpt, h1, h2 {{ break-inside: avoid; break-after: auto; }}
            h1, h2 {{ break-after: avoid; }}
        }}
        </style>"""
    )
