"""The Learn page: the index of the course, and a lesson's parts one after the other, or one to a screen."""

import streamlit as st

from playground.lessons.course import COURSE
from playground.lessons.lesson import Experiment, Lesson, Text, Touch, Worksheet
from playground.lessons.texts import Section, read
from playground.reproduce.lessons import claim_of
from playground.ui import url
from playground.ui.lessons import experiment, progress, touch, worksheets
from playground.ui.memory import keep, of_page, recall

LESSON, PART, PRESENT = "lesson", "part", "present"
"""The address's parameters: which lesson, which of its parts, and whether one part fills the screen."""
ALL = "all"
"""In place of a lesson's name: the whole course, to be printed."""
PAGE = "learn.py"
KNOWN = of_page("learn")
"""The address that the page showed last."""


def show() -> None:
    """The index, or the lesson that the address names."""
    name = st.query_params.get(LESSON, "")
    seen = progress.seen(name)
    _write_link()
    _looks(presenting=_presenting())
    if name in COURSE:
        st.set_page_config(page_title=f"{COURSE[name].title} · GAN playground")
    if name in COURSE:
        _lesson(name, COURSE[name], seen)
        return
    if name == ALL:
        _whole()
        return
    if name:
        st.error(f"There is no lesson of this name. {LESSON} must be one of {', '.join(COURSE)}.")
    _index(seen)


def _write_link() -> None:
    """Streamlit follows a link within a page without a word to the address: so a reload or Back would be elsewhere."""
    query = url.query()
    if recall(KNOWN, query) != query:
        url.write(query)
    keep(KNOWN, query)


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
    told = "The lessons claim what training does, and every claim can be tried:"
    st.caption(f"{told} {len(seen & set(claims))} of {len(claims)} claims seen in this browser.")
    for number, (name, row) in enumerate(COURSE.items(), 1):
        with st.container(border=True):
            own = [claim_of(name, part) for part in row.experiments()]
            done = (
                f" · {len(seen & set(own))} of {len(own)} {'claim' if len(own) == 1 else 'claims'} seen" if own else ""
            )
            st.page_link(PAGE, label=f"**{number}. {row.title}**", query_params={LESSON: name})
            st.markdown(row.question)
            st.caption(f"{row.minutes} minutes{done}")
    st.page_link(
        PAGE,
        label="The whole course, to print or save",
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
                st.markdown(sections[part.key].seen)


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
    if asked not in keys:
        st.error(f"There is no part of this name. {PART} must be one of {', '.join(keys)}.")
    place = keys.index(asked) if asked in keys else 0
    _part(name, parts[place], sections[keys[place]], seen)

    following = list(COURSE)[list(COURSE).index(name) + 1 :]
    last = place == len(parts) - 1

    def turn(to: int) -> None:
        st.query_params[PART] = keys[to]

    def onward() -> None:
        if last:
            st.query_params.from_dict({LESSON: following[0], PRESENT: "1"})
        else:
            turn(place + 1)

    def leave() -> None:
        st.query_params.from_dict({LESSON: name, PART: keys[place]})

    with st.container(horizontal=True, key="lesson_turns"):
        st.button("Back", on_click=turn, args=(max(0, place - 1),), disabled=place == 0, shortcut="left")
        label = "Next lesson" if last else "Next"
        st.button(label, on_click=onward, disabled=last and not following, shortcut="right")
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
    if section.seen and not isinstance(part, Experiment) and st.query_params.get(LESSON) != ALL:
        with st.expander("What you will have found"):
            st.markdown(section.seen)


def _heading(part: Text, section: Section) -> None:
    st.header(section.title, anchor=part.key, divider="gray" if isinstance(part, Experiment) else False)
    if section.text:
        st.markdown(section.text)


def _looks(presenting: bool) -> None:
    """A column that one can read; everything larger where the last row has to."""
    enlarged = """
        :root { --lesson-zoom: 1.2; }
        @media (min-width: 1500px) and (min-height: 800px) { :root { --lesson-zoom: 1.5; } }
        @media (min-width: 1850px) and (min-height: 1000px) { :root { --lesson-zoom: 1.8; } }
        [data-testid="stHeader"] { display: none; }
        [data-testid="stMainBlockContainer"].stMainBlockContainer {
            zoom: var(--lesson-zoom); padding-top: 1rem; padding-bottom: 4rem;
        }
        .gp-root { zoom: calc(1 / var(--lesson-zoom)); }
        /* a grid takes the enlarged width that it measures for one that is not */
        [data-testid="stElementContainer"]:has([data-testid="stDataFrame"]) {
            width: calc(100% / var(--lesson-zoom)) !important;
        }
        .gpt-plot { max-height: calc(46vh / var(--lesson-zoom)); }
        .st-key-lesson_turns {
            position: fixed; bottom: 0; left: 0; right: 0; z-index: 10; padding: 0.4rem 1rem;
            align-items: center; background: var(--st-background-color, Canvas);
        }
    """
    st.html(
        f"""<style>
        [data-testid="stMainBlockContainer"] {{ max-width: 62rem; padding-top: 4.5rem; }}
        [data-testid="stMarkdownContainer"] :is(p, li) {{ max-width: 44em; font-size: 1.06rem; line-height: 1.6; }}
        {enlarged if presenting else ""}
        @media print {{
            header, [data-testid="stToolbar"], [data-testid="stPageLink"], .gpt-controls {{ display: none !important; }}
            [data-testid="stMainBlockContainer"] {{ padding-top: 0; }}
            .gpt, h1, h2, li {{ break-inside: avoid; }}
            [data-testid="stElementContainer"]:has(h1, h2), [data-testid="stHeading"] {{ break-after: avoid; }}
            [data-testid="stElementContainer"]:has(h1):not(:has(h1[id="1-bits-and-surprise"])) {{ break-before: page; }}
            [data-testid="stToolbarActions"], [data-testid="stElementToolbar"] {{ display: none !important; }}
        }}
        </style>"""
    )
