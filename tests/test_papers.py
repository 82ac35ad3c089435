"""Every paper that the page names can be followed."""

import re

import pytest

from playground.config import RunConfig
from playground.objectives import LOSSES, PENALTIES
from playground.papers import PAPERS, linked
from playground.recipes import RECIPES
from playground.recipes.techniques import TECHNIQUES

CITED = re.compile(r"\w[\w-]+ (?:et al\.|and \w+) \(?(?:19|20)\d\d")
TEXTS = [
    *(field.description or "" for field in RunConfig.model_fields.values()),
    *(row.source for row in LOSSES.values()),
    *(row.source for row in PENALTIES.values()),
    *(f"{recipe.source} {recipe.claim}" for recipe in RECIPES.values()),
    *(technique.why for technique in TECHNIQUES.values()),
]


def test_every_source_that_is_named_is_known() -> None:
    bare = [re.sub(r"\[[^\]]*\]\([^)]*\)", "", linked(text)) for text in TEXTS]
    assert not [text for text in bare if CITED.search(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It hops (Metz et al. 2016).", "It hops ([Metz et al. 2016](https://arxiv.org/abs/1611.02163))."),
        ("Radford et al. (2015) say", "[Radford et al. (2015)](https://arxiv.org/abs/1511.06434) say"),
        ("Arjovsky and Bottou 2017; nobody", "[Arjovsky and Bottou 2017](https://arxiv.org/abs/1701.04862); nobody"),
        ("the folklore of 2016", "the folklore of 2016"),
    ],
)
def test_a_name_within_a_sentence_becomes_a_link(text: str, told: str) -> None:
    assert linked(text) == told


def test_every_address_is_one() -> None:
    assert all(address.startswith("https://") for address in PAPERS.values())
