"""Points scattered over the drawing sheet, in two classes that a formula tells apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlp.arrays import check_number, check_whole
from mlp.rng import Purpose, generator
from playground.tables.drawn import MOST_POINTS, REACH
from playground.tables.formula import read_formula
from playground.tables.table import MIN_ROWS

SPAN = 2.8
"""Points are drawn up to so far from the middle, before noise shifts them"""
MAX_NOISE = 0.5
DRAWS = 10
"""So many places are tried for each point: where the formula has no value there is none"""


@dataclass(frozen=True)
class Scattered:
    """Points as the sheet takes them, and what there is to say about them."""

    points: list[float]
    """x1, x2, class, one point after the other: class 1 where the formula is true"""
    words: str


def scattered(text: str, n: int, noise: float, seed: int) -> Scattered:
    """Draw n points; the class is the formula's at the place where a point is before noise shifts it.

    noise : the standard deviation of that shift along each axis, 0 to 0.5. A point that it would carry off the sheet is
        drawn anew.

    Raises ValueError, in one sentence, for a formula that cannot be read or does not make two classes.
    """
    check_whole("n", n, MIN_ROWS, MOST_POINTS)
    check_number("noise", noise, 0.0, MAX_NOISE)
    check_whole("seed", seed, 0, 2**63 - 1)
    formula, rng = read_formula(text), generator(seed, Purpose.DATA)
    place = rng.uniform(-SPAN, SPAN, (DRAWS * n, 2))
    truth = formula.at(place[:, 0], place[:, 1])
    place = np.round(place + noise * rng.standard_normal(place.shape), 2)
    on_sheet = (np.abs(place) <= REACH).all(axis=1)
    kept = np.flatnonzero((truth != 0) & on_sheet)[:n]
    n_true, found = int((truth[kept] > 0).sum()), len(kept)
    if found < n:
        raise ValueError(
            "The formula has no value nearly anywhere on the sheet, such as the root of a negative number or a "
            "division by zero."
        )
    for few, what, other in ((found - n_true, "true", "false"), (n_true, "false", "true")):
        if few < 2:
            raise ValueError(
                f"The formula is {what} nearly everywhere on the sheet, from -{REACH:g} to {REACH:g}: "
                f"change it so that it is {other} for a part of the points."
            )
    rows = np.column_stack([place[kept], truth[kept] > 0])
    gaps = " Where it has no value there are no points." if (truth == 0).any() else ""
    return Scattered(rows.ravel().tolist(), f"It is true for {n_true} of {n} points: they are class 1.{gaps}")
