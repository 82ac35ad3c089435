"""The seventeen hacks: all there, and those that can be switched differ in what they say and in nothing else."""

import pytest

from playground.config import SETTINGS, difference
from playground.recipes import RECIPES
from playground.recipes.hacks import HACKS, Hack
from playground.training.trainer import Trainer

every_hack = pytest.mark.parametrize("name", HACKS)


def test_all_seventeen_are_there_in_the_lists_order() -> None:
    assert [hack.number for hack in HACKS.values()] == list(range(1, 18))
    assert len({hack.label for hack in HACKS.values()}) == 17


@every_hack
def test_a_hack_says_what_is_claimed_and_why_it_is_not_here_where_it_is_not(name: str) -> None:
    hack = HACKS[name]
    assert hack.claim.endswith(".")
    assert hack.note.endswith(".") if hack.note else hack.recipes
    assert bool(hack.recipes) == bool(hack.follow) == bool(hack.leave)
    assert set(hack.recipes) <= set(RECIPES)


@every_hack
def test_the_two_sides_of_a_hack_differ_in_its_settings_alone(name: str) -> None:
    hack = HACKS[name]
    pairs = hack.pairs()
    assert list(pairs) == ([] if hack.needs else list(hack.recipes))
    for without, followed in pairs.values():
        changed = difference(without, followed).pairs.keys()
        assert changed and changed <= {*hack.follow, *hack.leave}
        assert not [field for field in changed if SETTINGS[field].group == "Measuring"]


def test_a_hack_whose_setting_is_not_there_yet_waits_for_it() -> None:
    hack = Hack(1, "Later", "Some day.", {"some_day": 1}, {"some_day": 0}, ("non_saturating",))
    assert hack.needs == {"some_day"} and hack.pairs() == {}


@every_hack
def test_both_sides_train(name: str) -> None:
    for pair in HACKS[name].pairs().values():
        for config in pair:
            trainer = Trainer(config.replace(batch_size=8))
            trainer.step()
            assert trainer.g_loss.isfinite().all()
