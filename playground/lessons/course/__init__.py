"""The course: every lesson in its order, a file for each."""

from playground.lessons.course import (
    attempts,
    best_judge,
    bits,
    by_hand,
    circles,
    codes,
    collapse,
    critic,
    divergences,
    exercise,
    gradient,
    little,
    rulers,
    two_ways,
)
from playground.lessons.lesson import Lesson

COURSE: dict[str, Lesson] = {
    "bits": bits.LESSON,
    "two-ways": two_ways.LESSON,
    "rulers": rulers.LESSON,
    "best-judge": best_judge.LESSON,
    "by-hand": by_hand.LESSON,
    "attempts": attempts.LESSON,
    "codes": codes.LESSON,
    "circles": circles.LESSON,
    "gradient": gradient.LESSON,
    "little": little.LESSON,
    "collapse": collapse.LESSON,
    "divergences": divergences.LESSON,
    "critic": critic.LESSON,
    "exercise": exercise.LESSON,
}
"""By the name that a link and the command line give it."""
