"""The Compare page: which runs are held next to each other.

The URL carries the choice: `?runs=a,b,c`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground.config import RunConfig
from playground.engine.server.engine import EngineError
from playground.engine.server.limits import is_room
from playground.engine.server.run import Run
from playground.engine.server.shared import engine, store_problem
from playground.feed.replay_compared import FEWEST, MOST
from playground.feed.routes import assets, export_of, feed_of
from playground.feed.scripts import labels
from playground.figures import compare as figures
from playground.palette import RUN_COLOURS
from playground.recipes import RECIPES
from playground.recipes.cures import UNTREATED, treated
from playground.recipes.run_names import apart, tail, title_of
from playground.runs.record import StoreError
from playground.ui import compare, comparison_luck, url
from playground.ui.comparison_entrants import Entrant, admit, name_of
from playground.ui.escaping import plain
from playground.ui.link import LOOK, RUN
from playground.ui.memory import forget, is_mine, keep, may_find, of_page, owner, recall
from playground.ui.sweeps import around
from playground.ui.view import PRESENT

RUNS = "runs"
"""The URL parameter that lists the runs."""
CHOICE, KEPT, NOTICE, START = "compare_choice", "compare_kept", "compare_notice", "compare_start"
PRESENTS = "compare_presents"
"""What the session remembers: the menu's value, the last choice that was possible, a sentence, a start, and whether
the comparison stands alone, in large type."""
KNOWN = of_page("compare")
"""The address that the page followed or wrote last, so that the session can be told to forget it."""
OFFERED = 300
"""Runs in the menu, of this browser and of others each; older ones are compared from the Runs page."""


def _recipes(*names: str, **changes: Any) -> list[RunConfig]:
    """Recipes, with what is changed in all of them."""
    return [RECIPES[name].config.replace(**changes) for name in names]


def _cures(illness: str, *techniques: str) -> list[RunConfig]:
    """An illness as it is, and with each of these techniques."""
    found = [treated(illness, name) for name in (UNTREATED, *techniques)]
    return [config for config in found if config is not None]


FIRST_LOOKS: dict[str, list[RunConfig]] = {
    "Baseline and WGAN-GP": _recipes("non_saturating", "wgan_gp"),
    "Baseline and D too strong": _recipes("non_saturating", "strong_discriminator"),
    "Baseline and D too strong, 8 seeds each": _recipes("non_saturating", "strong_discriminator", seeds=8),
    "Hopping, and what stops it": _cures("hopping", "five_critic_updates", "unrolled_5", "packed_2", "discrimination"),
    "Two GANs on digits": _recipes("lecture", "dcgan", measure_every=300),
    "VAE against GAN": _recipes("vae", "lecture", measure_every=300),
    "Autoencoder, VAE, GAN": _recipes("autoencoder", "vae", "lecture", measure_every=300),
}
"""What can be started at once: the settings of each run."""


def show() -> None:
    """The whole page."""
    _follow_link()
    _choose()
    entrants, sentence = admit(_ids())
    notice = recall(NOTICE, "") or sentence
    _write_link()
    if len(entrants) < FEWEST:
        if notice:
            st.error(plain(notice))
        _empty(entrants)
        return
    compare.show(_contents(entrants, notice), on_present=_present)
    comparison_luck.show(tuple(entrant.run.id for entrant in entrants))
    if not is_room():
        with st.popover("Sweep around a run", icon=around.ICON):
            for entrant in entrants:
                around.button(f"compare_around_{entrant.run.id}", entrant.run.wanted, plain(entrant.name))


def _ids() -> list[str]:
    """What the menu stands at, while it is drawn or before."""
    return list(recall(CHOICE, None) or [])


def _follow_link() -> None:
    """Take the choice from the URL, the first time that it says so; else keep the choice of the last visit."""
    query = url.query()
    news = url.is_news(query, recall(KNOWN, None), url.went_back())
    if news:
        keep(PRESENTS, query.get(PRESENT) == "1")
    if news and query.get(RUNS):
        entrants, sentence = admit([id for id in query[RUNS].split(",") if id])
        _set([entrant.run.id for entrant in entrants])
        keep(NOTICE, sentence)
    elif CHOICE not in st.session_state:
        keep(CHOICE, list(recall(KEPT, [])))  # Streamlit forgets the menu of a page that was left


def _write_link() -> None:
    query = {RUNS: ",".join(_ids())} if _ids() else {}
    if query and recall(PRESENTS, False):
        query[PRESENT] = "1"
    if url.is_unwritten(query, recall(KNOWN, None), url.query()):
        url.write(query)
    keep(KNOWN, query)


def _present() -> None:
    """Let the address say whether the comparison stands alone, in large type."""
    sent = recall("comparison", {}).get("present")
    keep(PRESENTS, isinstance(sent, Mapping) and sent.get("on") is True)


def _set(ids: list[str]) -> None:
    """Put the menu to these runs. Before it is drawn, as in a callback."""
    keep(CHOICE, ids)
    keep(KEPT, ids)


def _changed() -> None:
    """The visitor has chosen: what is impossible is told, and the choice stays as it was."""
    asked = _ids()
    entrants, sentence = admit(asked)
    keep(NOTICE, sentence)
    if sentence:
        keep(CHOICE, list(recall(KEPT, [])))
    else:
        keep(KEPT, [entrant.run.id for entrant in entrants])


def _choose() -> None:
    names = _names()
    ids = _ids()
    names |= {id: _name(id) for id in ids if id not in names}
    keep(CHOICE, ids)  # names change as runs get theirs: for Streamlit it is another menu then, with nothing chosen
    st.multiselect(
        "Runs",
        list(names),
        key=CHOICE,
        format_func=lambda id: names.get(id, "a run"),
        max_selections=MOST,
        on_change=_changed,
        placeholder=f"Choose {FEWEST} to {MOST} runs" if names else "There are no runs yet",
        label_visibility="collapsed",
    )


def _names() -> dict[str, str]:
    """The runs to choose from: the newest of this browser, then the newest of others."""
    store = engine().store
    if store is None:
        return {}
    try:
        records = [record for record in store.records() if may_find(record)]
    except StoreError as error:
        st.error(plain(error))
        return {}
    records.sort(key=lambda record: record.created, reverse=True)
    mine = [record for record in records if is_mine(record)][:OFFERED]
    others = [record for record in records if not is_mine(record)][:OFFERED]
    return {record.id: title_of(record) for record in [*mine, *others] if not record.problem}


def _name(id: str) -> str:
    try:
        return name_of(engine().run(id, owner()))
    except EngineError:
        return "a run that is gone"


def _empty(entrants: Sequence[Entrant]) -> None:
    with st.container(border=True):
        if entrants:
            st.markdown(f"**Choose one more run** to hold next to *{plain(entrants[0].name)}*.")
        else:
            st.markdown(
                "**Hold runs next to each other.** Choose two to six above: runs that train now, or recorded ones. "
                "They share one slider over the steps, one Play, and their curves lie over each other."
            )
        st.markdown("For a first look, start some runs at once:")
        with st.container(horizontal=True):
            for label in FIRST_LOOKS:
                st.button(label, on_click=_start, args=(label,))
        st.page_link(
            "runs.py", label="Or tick runs in the list of all runs, and press Compare there", icon=":material/list:"
        )
        if engine().store is None:
            st.caption(f"Runs are not being recorded. {plain(store_problem())}")


def _start(label: str) -> None:
    """Start the runs of a first look."""
    try:
        ids = _begin(FIRST_LOOKS[label])
    except EngineError as error:
        keep(NOTICE, str(error))
        return
    keep(NOTICE, "")
    _set(ids)


def _begin(configs: Sequence[RunConfig]) -> list[str]:
    """Start runs; the comparison plays them as soon as it has them. Raises EngineError where there are too many."""
    ids = [engine().start(owner(), config) for config in configs]
    keep(START, ",".join(ids))
    return ids


def open_with(configs: Sequence[RunConfig]) -> None:
    """Start runs, and go to the Compare page with them. Raises EngineError where there are too many."""
    ids = _begin(configs)
    forget("compare")
    st.switch_page("compare.py", query_params={RUNS: ",".join(ids)})


def _contents(entrants: Sequence[Entrant], notice: str) -> dict[str, Any]:
    """What the component is given, see `compare.show`."""
    base = st.get_option("server.baseUrlPath")
    ids = ",".join(entrant.run.id for entrant in entrants)
    return {
        **assets(base),
        "runs": [
            {
                "id": entrant.run.id,
                "name": entrant.name,
                "short": short,
                "tail": tail(entrant.run.record.name) if entrant.run.record else "",
                "colour": RUN_COLOURS[entrant.colour],
                "feed": feed_of(base, entrant.run.id),
                "address": address_of(entrant.run, base),
                "mine": entrant.run.mine,
            }
            for entrant, short in zip(entrants, apart([entrant.name for entrant in entrants]), strict=True)
        ],
        "charts": figures.described([each.colour for each in entrants], [each.run.config for each in entrants]),
        "labels": labels(),
        "seeds": any(entrant.run.config.seeds > 1 for entrant in entrants),
        "notice": notice,
        "present": recall(PRESENTS, False),
        "home": export_of(base, ids, "replay"),
        "start": recall(START, "") if recall(START, "") == ids else "",
    }


def address_of(run: Run, base: str) -> str:
    """The page of a run on its own."""
    prefix = f"/{base.strip('/')}" if base.strip("/") else ""
    page = "images" if run.config.on_images else ""  # Streamlit knows its default page by no other path
    return f"{prefix}/{page}?{RUN if run.mine else LOOK}={run.id}"
