"""The part of a link that says how a page is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.config import SETTINGS
from playground.feed.commands import SPEEDS
from playground.layers import LAYERS
from playground.ui.view import GROUPS, View, ViewError, read_view, without_view

subsets = st.sets(st.sampled_from(tuple(LAYERS))).map(lambda chosen: tuple(name for name in LAYERS if name in chosen))


@given(
    hidden=st.sets(st.sampled_from(GROUPS)).map(lambda chosen: tuple(name for name in GROUPS if name in chosen)),
    layers=st.none() | subsets,
    speed=st.sampled_from(("", *SPEEDS)),
    present=st.booleans(),
)
def test_a_view_survives_the_round_trip_through_the_url(
    hidden: tuple[str, ...], layers: tuple[str, ...] | None, speed: str, present: bool
) -> None:
    view = View(hidden, layers, speed, present)
    assert read_view(view.to_query()) == view


def test_the_plain_view_adds_nothing_to_a_link() -> None:
    assert View().to_query() == {}
    assert read_view({"k": "5", "run": "abc"}) == View()


def test_no_layer_at_all_is_something_that_a_link_can_say() -> None:
    assert View(layers=()).to_query() == {"layers": ""}
    assert read_view({"layers": ""}) == View(layers=())


@pytest.mark.parametrize(
    ("query", "named", "allowed"),
    [
        ({"hide": "networks,everything"}, "everything", "networks"),
        ({"layers": "real,fakes"}, "fakes", "contours"),
        ({"speed": "7"}, "'7'", "1, 10, 100, max"),
        ({"present": "yes"}, "'yes'", "1 or 0"),
    ],
)
def test_what_a_link_gets_wrong_is_told_in_one_sentence(query: dict[str, str], named: str, allowed: str) -> None:
    with pytest.raises(ViewError) as raised:
        read_view(query)
    sentence = str(raised.value)
    assert sentence.startswith(next(iter(query))) and named in sentence and allowed in sentence
    assert sentence.endswith(".") and "\n" not in sentence


def test_a_views_parameters_are_never_settings() -> None:
    parameters = View(GROUPS, tuple(LAYERS), "max", True).to_query()
    assert not set(parameters) & set(SETTINGS)
    assert without_view(parameters | {"k": "5"}) == {"k": "5"}
