"""Moving piles of earth: what a plan costs, and the plan that costs least."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]

FROM, SHARES_FROM = (0.0, 2.0, 5.0), (0.3, 0.3, 0.4)
TO, SHARES_TO = (1.0, 3.0, 4.0), (0.4, 0.3, 0.3)
"""The lesson's piles and holes: places on a line, and how much earth is at each."""


def costs(places: object, holes: object) -> Floats:
    """|a − b| from each of n places to each of m holes, (n, m)."""
    found: Floats = np.abs(np.asarray(places, float)[:, None] - np.asarray(holes, float)[None, :])
    return found


def cost(plan: Floats, places: object = FROM, holes: object = TO) -> float:
    """Earth times way, summed over a plan (n, m): how much goes from each place into each hole."""
    return float((plan * costs(places, holes)).sum())


def cheapest(
    shares: object = SHARES_FROM, wanted: object = SHARES_TO, places: object = FROM, holes: object = TO
) -> Floats:
    """The plan (n, m) that costs least, by linear programming; its cost is the earth mover's distance."""
    given, asked, ways = np.asarray(shares, float), np.asarray(wanted, float), costs(places, holes)
    rows = np.repeat(np.eye(len(given)), len(asked), axis=1)
    columns = np.tile(np.eye(len(asked)), len(given))
    found = linprog(ways.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([given, asked]))
    plan: Floats = found.x.reshape(ways.shape)
    return plan


def filled(
    choices: Sequence[float], shares: Sequence[float] = SHARES_FROM, wanted: Sequence[float] = SHARES_TO
) -> Floats:
    """A plan (n, m) from (n − 1)(m − 1) choices between 0 and 1, pile by pile and hole by hole: how much of what can go
    goes there. The last of every row and column is what is left, so each plan moves all earth, and each can be chosen.
    """
    left, room = list(shares), list(wanted)
    plan = np.zeros((len(left), len(room)))
    more = iter(choices)
    for row in range(len(left)):
        for column in range(len(room)):
            most = min(left[row], room[column])
            least = max(0.0, left[row] - sum(room[column + 1 :]))
            free = row < len(left) - 1 and column < len(room) - 1
            moved = least + (most - least) * next(more) if free else least
            plan[row, column] = moved
            left[row] -= moved
            room[column] -= moved
    return plan
