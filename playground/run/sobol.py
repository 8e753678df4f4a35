"""Points that fill a box evenly: any first few of them cover it far better than as many drawn at random.

Each coordinate of a point is a fraction in base two. That of point k is the exclusive or of some *direction numbers*,
chosen by the digits of k, so that every half, quarter, eighth... of each side gets its fair share of points, and so do
the boxes between them (Sobol 1967, with the direction numbers of Joe and Kuo 2008, https://doi.org/10.1137/070709359).
A shift by one random number for each side, in the same arithmetic, keeps all that and makes another set of points.
"""

from __future__ import annotations

import numpy as np

from mlp.arrays import Array

BITS = 30
MOST_SIDES = 6
# For each side from the second on: a primitive polynomial over {0, 1}, its inner coefficients as one number, and the
# first direction numbers, one for each degree. The first side is the digits of k reversed.
_POLYNOMIALS = ((0, (1,)), (1, (1, 3)), (1, (1, 3, 1)), (2, (1, 1, 1)), (1, (1, 1, 3, 3)))


def sobol(n: int, n_sides: int, rng: np.random.Generator | None = None) -> Array:
    """(n, n_sides): points from 0 on, below 1; the plain ones without `rng`, the first of which is 0."""
    if not 1 <= n_sides <= MOST_SIDES:
        raise ValueError(f"n_sides must be from 1 to {MOST_SIDES}; got {n_sides}.")
    directions = np.array([_directions(side) for side in range(n_sides)])  # (n_sides, BITS)
    points = np.zeros((n, n_sides), dtype=np.int64)
    for k in range(1, n):  # from one point to the next a single direction number changes (Gray code)
        points[k] = points[k - 1] ^ directions[:, (k & -k).bit_length() - 1]
    if rng is not None:
        points ^= rng.integers(2**BITS, size=n_sides)
    return np.asarray(points / 2.0**BITS)


def _directions(side: int) -> list[int]:
    """The direction numbers of a side, as whole numbers of `BITS` digits."""
    if side == 0:
        return [1 << (BITS - 1 - k) for k in range(BITS)]
    inner, first = _POLYNOMIALS[side - 1]
    degree = len(first)
    numbers = [m << (BITS - 1 - k) for k, m in enumerate(first)]
    for k in range(degree, BITS):
        number = numbers[k - degree] ^ (numbers[k - degree] >> degree)
        for i in range(1, degree):
            if inner >> (degree - 1 - i) & 1:
                number ^= numbers[k - i]
        numbers.append(number)
    return numbers
