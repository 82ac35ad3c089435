"""An experiment in a lesson: a guess, the live stage on a run of one's own, and the claim, judged by its rows."""

import streamlit as st

from playground import config as settings
from playground.engine.server.engine import EngineError
from playground.engine.server.run import Run
from playground.engine.server.shared import engine
from playground.lessons.lesson import Experiment
from playground.lessons.texts import Section
from playground.lessons.track import Track
from playground.recipes import run_names
from playground.recipes.measured import kept_in
from playground.reproduce.lessons import beside_of, claim_of, config_of, told
from playground.reproduce.tables import TABLES
from playground.ui import controls, live
from playground.ui.escaping import plain
from playground.ui.lessons import progress
from playground.ui.page_session import PageSession

LOOK_SECONDS = 1.0
"""Between two looks at the rows: whether the claim has come true."""


@st.fragment
def show(lesson: str, part: Experiment, section: Section, seen_before: bool) -> None:
    """The question; after a guess the run, and what it shows."""
    name = f"{lesson}_{part.key}"
    st.markdown(f"**{section.question}**")
    guess = st.radio("Your guess", section.answers, index=None, key=f"{name}_guess", label_visibility="collapsed")
    if guess is None:
        st.caption(
            "Guess, and the run starts." + (" You have seen this before in this browser." if seen_before else "")
        )
        return
    pages = [PageSession(name, config_of(part), in_address=False)]
    for control in part.controls:
        controls.widget(pages[0], control, pages[0].state.wanted)
    beside = beside_of(part)
    if beside is not None:
        pages.append(PageSession(f"{name}_beside", beside, in_address=False))
    for place, page in zip(st.columns(len(pages)), pages, strict=True):
        with place:
            _stage(page, part)
    _judged(pages, claim_of(lesson, part), part, section, guess)


def _stage(page: PageSession, part: Experiment) -> None:
    """A run on its stage, which plays by itself the first time."""
    run = page.run
    if run is not None and not run.begun:
        try:
            engine().play(run, True, part.steps)
        except EngineError as error:
            page.say(str(error))
    live.show(page, only=part.charts, layers=part.layers)


def tell(lesson: str, part: Experiment, section: Section) -> None:
    """The question with its answers, and what is seen, on paper."""
    st.markdown(f"**{section.question}**")
    st.markdown("\n".join(f"- {answer}" for answer in section.answers))
    st.markdown(f"**{section.answers[section.right]}** {section.seen}")
    _share(claim_of(lesson, part), section)


def _share(claim: str, section: Section) -> None:
    """In how many seeds a claim came true, where that was measured."""
    measured = kept_in(TABLES["lessons"].file()).get(claim)
    if measured is not None:
        right = section.answers[section.right].rstrip(".")
        st.caption(f"Measured: with these settings *{right}* came true in {told(measured)} seeds.")


@st.fragment(run_every=LOOK_SECONDS)
def _judged(pages: list[PageSession], claim: str, part: Experiment, section: Section, guess: str) -> None:
    """Whether the claim has come true in this run, or in these two, and then why."""
    runs = [page.run for page in pages]
    if not all(runs):
        return
    shown = [run for run in runs if run is not None]
    said = next(filter(None, map(part.claim, _tracks(shown))), "")
    if said and progress.remember(claim):
        st.rerun()
    if said:
        st.success(f"**Seen in this run.** {plain(said)}", icon=":material/check_circle:")
        right = section.answers[section.right]
        told = "Your guess was right." if guess == right else f"You guessed: *{guess}* What came: *{right}*"
        st.markdown(f"{told} {section.seen}")
        _share(claim, section)
    elif min(run.steps for run in shown) >= part.steps:
        st.info(
            f"Not seen in this run by step {part.steps:,}. New seed tries another one; or read why it should be seen."
        )
        with st.expander("Why"):
            st.markdown(section.seen)
            _share(claim, section)
    else:
        steps = min(run.steps for run in shown)
        st.caption(f"Step {steps:,}: the claim is judged by this run's numbers, by step {part.steps:,}.")
    for page, run in zip(pages, shown, strict=True):
        changed = settings.difference(page.start.replace(seed=run.config.seed), run.config)
        if changed:
            st.caption(f"You have changed {', '.join(changed.values)}: the claim is about the settings as they were.")
        where = "images.py" if run.config.on_images else "train.py"
        st.page_link(
            where, label=_link_label(page, pages), icon=":material/open_in_new:", query_params=run.config.to_query()
        )


def _tracks(runs: list[Run]) -> list[Track]:
    """What each seed of the first run has measured, beside the second run's."""
    with engine().lock:
        rows = [[run.history.row(place) for place in range(len(run.history))] for run in runs]
    lanes = range(min(run.config.seeds for run in runs))
    tracks = [[Track.of(row.of_lane(lane) for row in one) for one in rows] for lane in lanes]
    return [one[0] if len(one) == 1 else one[0].beside(one[1]) for one in tracks]


def _link_label(page: PageSession, pages: list[PageSession]) -> str:
    """What the link to the laboratory says, and of which of two runs."""
    label = f"Open on the page {'Images' if page.start.on_images else 'Points'}, with all settings"
    return label if len(pages) == 1 else f"{label}: {run_names.title('', page.start)}"
