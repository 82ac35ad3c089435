"""An experiment in a lesson: a guess, the live stage on a run of one's own, and the claim, judged by its rows."""

import streamlit as st

from playground import config as settings
from playground.engine.server.engine import EngineError
from playground.engine.server.shared import engine
from playground.lessons.lesson import Experiment
from playground.lessons.texts import Section
from playground.lessons.track import Track
from playground.recipes.measured import kept_in
from playground.reproduce.lessons import claim_of, config_of, told
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
    page = PageSession(name, config_of(part), in_address=False)
    for control in part.controls:
        controls.widget(page, control, page.state.wanted)
    run = page.run
    if run is not None and not run.begun:
        try:
            engine().play(run, True, part.steps)
        except EngineError as error:
            page.say(str(error))
    live.show(page, only=part.charts, layers=part.layers)
    right = section.answers.index(guess) == section.right
    _judged(page, claim_of(lesson, part), part, section, right)


def tell(lesson: str, part: Experiment, section: Section) -> None:
    """The question with its answers, and what is seen, on paper."""
    st.markdown(f"**{section.question}**")
    st.markdown("\n".join(f"- {answer}" for answer in section.answers))
    st.markdown(f"**{section.answers[section.right]}** {section.seen}")
    _share(claim_of(lesson, part))


def _share(claim: str) -> None:
    """In how many seeds a claim came true, where that was measured."""
    measured = kept_in(TABLES["lessons"].file()).get(claim)
    if measured is not None:
        st.caption(f"Measured over seeds: it came true in {told(measured)}.")


@st.fragment(run_every=LOOK_SECONDS)
def _judged(page: PageSession, claim: str, part: Experiment, section: Section, right: bool) -> None:
    """Whether the claim has come true in this run, and then why."""
    run = page.run
    if run is None:
        return
    with engine().lock:
        rows = [run.history.row(place) for place in range(len(run.history))]
    tracks = [Track.of(row.of_lane(lane) for row in rows) for lane in range(run.config.seeds)]
    said = next(filter(None, map(part.claim, tracks)), "")
    changed = settings.difference(config_of(part).replace(seed=run.config.seed), run.config)
    if said and progress.remember(claim):
        st.rerun()
    if said:
        st.success(f"**Seen in this run.** {plain(said)}", icon=":material/check_circle:")
        st.markdown(
            ("Your guess was right. " if right else f"The right answer: *{section.answers[section.right]}* ")
            + section.seen
        )
    elif run.steps >= part.steps:
        st.info(
            f"Not seen in this run by step {part.steps:,}. New seed tries another one; or read why it should be seen."
        )
        with st.expander("Why"):
            st.markdown(section.seen)
    else:
        st.caption(f"Step {run.steps:,}: the claim is judged by this run's numbers, by step {part.steps:,}.")
    _share(claim)
    if changed:
        st.caption(f"You have changed {', '.join(changed.values)}: the claim is about the settings as they were.")
    st.page_link("train.py", label="Open in the laboratory", query_params=run.config.to_query())
