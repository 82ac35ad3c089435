"""The figures of the lessons that follow the hand, by lesson and part."""

from collections.abc import Callable

from playground.figures.lessons import codes, collapse, fits, games, judges, little, rulers, two_ways
from playground.figures.touch import TouchFigure

FIGURES: dict[tuple[str, str], Callable[[], TouchFigure]] = {
    ("two-ways", "fit"): two_ways.fit,
    ("two-ways", "apart"): two_ways.apart,
    ("rulers", "lines"): rulers.lines,
    ("rulers", "earth"): rulers.earth,
    ("best-judge", "point"): judges.at_a_point,
    ("best-judge", "densities"): judges.densities_and_judge,
    ("attempts", "climb"): judges.climbing_points,
    ("codes", "estimates"): codes.estimates,
    ("codes", "halves"): codes.halves,
    ("circles", "paths"): games.paths,
    ("gradient", "slopes"): games.slopes,
    ("little", "few"): little.few,
    ("little", "noise"): little.noise,
    ("collapse", "cures"): collapse.cures,
    ("divergences", "by-hand"): fits.by_hand,
    ("divergences", "best"): fits.best,
    ("critic", "own"): fits.own_critic,
    ("critic", "slope"): fits.critic,
}
