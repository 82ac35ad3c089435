"""What a page's link asks for: settings, a way of showing them, and a run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from playground import config as settings
from playground.config import POINT_DATASETS, SETTINGS, ConfigError, RunConfig, belongs, choices
from playground.config.naming import value_in_words
from playground.data.image_table import IMAGE_DATASETS
from playground.methods import METHODS
from playground.recipes import RECIPES, for_images
from playground.ui.view import View, ViewError, read_view, without_view

RUN = "run"
"""The parameter that names the tab's run. It opens that run for the browser that started it; elsewhere it gives
a run of one's own."""
LOOK = "look"
"""The parameter that names somebody else's recorded run: to look at and to fork."""

RECIPE = "recipe"
"""The parameter that names a recipe, whose settings the others change."""


@dataclass(frozen=True)
class Link:
    """run: the named run, if any. look: somebody else's. settings: the other parameters, as text.
    problem: what is wrong with the view, in one sentence, or ""."""

    run: str
    look: bool
    view: View
    settings: Mapping[str, str]
    problem: str

    def config(self, base: RunConfig, on_images: bool) -> tuple[RunConfig, str]:
        """The settings, changing `base`, and one sentence about what in them is impossible; the rest still counts.

        on_images: whether the page that the link opens trains on images.
        """
        rest = dict(self.settings)
        problems: list[object] = []
        there = IMAGE_DATASETS if on_images else POINT_DATASETS
        if (dataset := rest.get("dataset")) in POINT_DATASETS.keys() | IMAGE_DATASETS.keys() and dataset not in there:
            kind = "points: the Points" if on_images else "images: the Images"
            problems.append(f"dataset={rest.pop('dataset')} is one of {kind} page has it")
        if (name := rest.pop(RECIPE, None)) is not None:
            here = {known: recipe for known, recipe in RECIPES.items() if for_images(recipe) == on_images}
            if name in here:
                base = here[name].config
            else:
                near = get_close_matches(name[:40], here) or here
                problems.append(f"recipe must be one of those on this page, such as {', '.join(near)}")
        while True:
            try:
                return settings.read_text(rest, base), _not_in_full(problems)
            except ConfigError as error:
                method = rest.get("method", "")
                foreign = [
                    name for name in rest if method in METHODS and name in SETTINGS and not belongs(name, method)
                ]
                if foreign and error.field is None:
                    problems.append(f"{', '.join(foreign)} {_mean(foreign)} nothing to method={method}, so left out")
                else:
                    problems.append(_told(error, rest, base, there))
                if error.field in rest:
                    del rest[error.field]
                elif foreign:
                    rest = {name: value for name, value in rest.items() if name not in foreign}
                elif method in METHODS and len(rest) > 1:
                    rest = {"method": method}
                else:
                    return base, _not_in_full(problems)


def _mean(names: Sequence[str]) -> str:
    return "mean" if len(names) > 1 else "means"


def _told(error: ConfigError, given: Mapping[str, str], base: RunConfig, datasets: Collection[str]) -> str:
    """What is wrong, what was perhaps meant, and what is taken instead."""
    field = error.field
    if field not in given or field not in SETTINGS:
        return str(error).partition("; the settings are")[0]  # seventy names would help nobody
    options = datasets if field == "dataset" else choices(field) or ()
    near = get_close_matches(given[field][:40], options)
    wrong = f"there is no {field}={given[field][:40]}, near it: {', '.join(near)}" if near else _plain(error)
    return f"{wrong}; {field} stays {value_in_words(field, getattr(base, field))}"


def read_link(query: Mapping[str, str]) -> Link:
    """A link's parameters, sorted."""
    view, problem = View(), ""
    try:
        view = read_view(query)
    except ViewError as error:
        problem = _not_in_full([error])
    given = {name: value for name, value in without_view(query).items() if name not in (RUN, LOOK)}
    return Link(query.get(LOOK) or query.get(RUN, ""), LOOK in query, view, given, problem)


def _not_in_full(problems: Sequence[object]) -> str:
    """One sentence about all of them, or ""."""
    told = "; ".join(map(_plain, problems))
    return f"The link could not be followed in full: {told}." if told else ""


def _plain(problem: object) -> str:
    return str(problem).removesuffix(".")
