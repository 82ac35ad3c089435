"""Widgets for the settings: what RunConfig declares, drawn."""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Literal

import streamlit as st

from playground import config as settings
from playground.config import POINT_DATASETS, RunConfig
from playground.config.naming import spoken, value_in_words
from playground.data.image_table import IMAGE_DATASETS
from playground.figures.loss_curves import loss_curves
from playground.figures.loss_formulas import loss_formulas
from playground.methods import METHODS, Method, fits
from playground.objectives import OWN, objective
from playground.papers import linked
from playground.recipes import RECIPES, Recipe, named
from playground.recipes.gallery import shelves
from playground.recipes.measured import measured
from playground.recipes.run_names import name_of
from playground.ui import gallery, run_actions
from playground.ui.memory import keep, recall
from playground.ui.page_session import PageSession

OPEN_GROUPS = {"Method", "Game", "Noise"}
RESTART_MARK = "↻"
AT_ONCE = "seeds"
"""The setting that stands by itself below the recipes: whoever doubts an outcome looks there for more seeds."""

Offer = Callable[[PageSession, RunConfig], None]


def recipes(page: PageSession, config: RunConfig) -> None:
    """The menu of recipes and their gallery, with the last chosen one's source and expected outcome.

    What is said of a recipe stays when a setting is changed: else every widget below would move under the pointer.
    """
    name = named(config)
    # A browser sends the values of all widgets with each change, also those that it has not been told to change yet: a
    # menu of the same key would take its own old recipe for a choice. So it has another key where it stands elsewhere.
    key = page.key(f"recipe_{name or ''}")
    last = recall(page.key("followed"), None) if name is None else name
    keep(page.key("followed"), last)
    st.session_state[key] = name  # the menu stands at the recipe that the settings follow, if any
    shown = [(name, seen) for _, row in shelves(config.on_images) for name, seen, _ in row]
    place = st.container()  # of its own: one caption more or less would close every group below
    place.selectbox(
        "Recipe",
        [name for name, _ in shown],
        index=None,
        key=key,
        format_func=lambda name: RECIPES[name].label,
        placeholder=f"Changed: {name_of(config)}",
        on_change=lambda: _choose(page, st.session_state[key], name),
        help="Settings from the literature. Choosing one starts the run anew.",
    )
    if place.button(
        "All recipes, with pictures", key=page.key("gallery"), icon=":material/grid_view:", width="stretch"
    ):
        _gallery(page, config)
    if last is not None:
        chosen = RECIPES[last]
        seen = dict(shown).get(last, chosen.label)
        about = place.container(key=page.key("recipe_said" if name else "recipe_left"))  # looks.py dims what was left
        about.caption(linked(f"**{seen}.** {chosen.expect} *{chosen.source}.*"))
        if last in measured():
            told = measured()[last]
            on = str(told.changes.get("dataset", config.dataset))
            where = f" on {value_in_words('dataset', on)}" if config.on_images and on != config.dataset else ""
            about.caption(f"**Measured{where}:** {told.told()}", help=_claim(chosen))
    if "Measuring" not in page.state.view.hidden:
        widget(page, AT_ONCE, config)
    place.caption(f"Settings marked {RESTART_MARK} need a restart.")


def _choose(page: PageSession, chosen: str | None, stood: str | None) -> None:
    """Follow a recipe; not the one at which the menu stood already: a browser that is behind sends that along too."""
    if chosen != stood:
        run_actions.follow_recipe(page, chosen)


@st.dialog("Recipes", width="large")
def _gallery(page: PageSession, config: RunConfig) -> None:
    chosen = named(config)
    sent = gallery.show(page.key("shelves"), config.on_images, chosen, on_choose=lambda: _take_from_gallery(page))
    if sent.get("choose"):
        st.rerun()  # closes the dialog


def _take_from_gallery(page: PageSession) -> None:
    run_actions.follow_recipe(page, page.sent("shelves", "choose"))


def _claim(recipe: Recipe) -> str:
    """What a measured outcome is, and what the source says of it."""
    return (
        "Medians over the seeds, smallest and largest in brackets. A seed has collapsed where it ends with at most "
        f"half of the modes. The source says: {linked(recipe.claim)}"
    )


def _data_were_missing(page: PageSession) -> bool:
    """Whether data had to be given at some time: their group stays open then, also when they are there."""
    key = page.key("data_were_missing")
    ever: bool = recall(key, False) or page.missing != ""
    keep(key, ever)
    return ever


def edit(page: PageSession, config: RunConfig, below_dataset: Offer | None = None) -> None:
    """A widget for every setting that has an effect, by group. PageSession reads them.

    below_dataset: draws what else a choice of data needs.
    """
    for group, names in groupby(settings.SETTINGS, key=lambda name: settings.SETTINGS[name].group):
        shown = [name for name in names if settings.applies(name, config)]
        if group in page.state.view.hidden or not shown:
            continue
        title = config.learning.rates if group == "Game" else group
        with st.expander(title, expanded=group in OPEN_GROUPS or (group == "Data" and _data_were_missing(page))):
            for name in shown:
                if name != AT_ONCE and settings.SETTINGS[name].by_hand:
                    widget(page, name, config)
                if name == "method":
                    st.caption(_told(config.learning))
                if name == ("own_generator" if config.loss == OWN else "loss"):
                    terms(page, config)
                if name == "dataset" and below_dataset:
                    below_dataset(page, config)
    if page.state.view.hidden:
        show_all = partial(run_actions.show_all, page)
        st.button("Show all settings", key=page.key("show_all"), on_click=show_all, width="stretch")


def terms(page: PageSession, config: RunConfig) -> None:
    """What each player lowers, as formulas, and over d: at once where they are one's own, else behind a button."""
    loss = objective(config)
    told = "  \n".join(f"{player}: ${formula}$" for player, formula in loss_formulas(loss).items())
    place = st.container()
    if config.loss != OWN:
        place.caption(f"{told}  \n{linked(loss.source)}.")
        place = st.popover("Its curves")
    figure = loss_curves(loss)
    # A popover is as wide as what is in it, so there the width has to be said.
    width: Literal["stretch"] | int = "stretch" if config.loss == OWN else 320
    place.plotly_chart(figure, width=width, key=page.key("curves"), config={"displayModeBar": False})


def _told(method: Method) -> str:
    """What a method does, in a sentence, and its source."""
    return f"Trains {method.trains}. Minimised: {method.minimises}. *{linked(method.source)}.*"


def widget(page: PageSession, name: str, config: RunConfig) -> None:
    """The widget that fits a setting's type and bounds, in the words of the page's method."""
    method = config.method
    row = settings.SETTINGS[name]
    info = RunConfig.model_fields[name]
    key = page.key(name)  # the session has put it to what is wanted
    unit = f" ({row.unit})" if row.unit else ""
    mark = "" if row.live else f" {RESTART_MARK}"
    label = f"{spoken(row.label, method)}{unit}{mark}"
    needs = "" if row.live else "Needs a restart. "
    help = f"{linked(spoken(info.description or '', method))} {needs}In links and commands: `{name}=…`"
    options, limits = settings.choices(name), settings.bounds(name)
    if name == "dataset":
        options = tuple(IMAGE_DATASETS if page.start.on_images else POINT_DATASETS)
    if name == "method":
        options = tuple(method for method in METHODS if fits(method, page.start.on_images))
    if options:
        act = partial(run_actions.choose_method, page) if name == "method" else None
        in_words = partial(value_in_words, name)
        st.selectbox(label, options, key=key, format_func=in_words, help=help, on_change=act)
    elif row.form:
        typed = st.text_input(label, key=key, help=help)
        if typed != (trained := getattr(config, name)):  # what can't be trained with stays to be mended
            st.caption(f":red[Not a formula yet: training goes on with] `{trained}`.")
    elif limits is None:
        st.toggle(label, key=key, help=help)
    elif row.log:
        values = ladder(limits, row.log, row.step, st.session_state[key])
        st.select_slider(label, values, key=key, format_func=lambda value: value_in_words(name, value), help=help)
    elif info.annotation is int:
        low, high = int(limits[0]), int(limits[1])
        number = st.number_input if high - low > 100 else st.slider
        number(label, min_value=low, max_value=high, key=key, step=1, help=help)
    else:
        digits = 4 if row.step and row.step < 0.01 else 2
        smallest, largest = map(float, limits)
        st.slider(label, smallest, largest, key=key, step=row.step, format=f"%.{digits}f", help=help)


def ladder(limits: tuple[float, float], kind: str, smallest: float | None, current: float) -> list[float]:
    """The stops of a slider that moves by factors, between the limits; the current value is always one of them."""
    low, high = limits
    start = low or smallest or 1
    if kind == "binary":
        stops = {2**n for n in range(17)}
    else:
        stops = {
            round(digit * 10.0**power, 12) if power < 0 else digit * 10**power
            for power in range(-6, 6)
            for digit in (1, 2, 5)
        }
    chosen = {low, high, current} | {stop for stop in stops if start <= stop <= high}
    return sorted(type(current)(stop) for stop in chosen)
