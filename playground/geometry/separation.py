"""How well a straight line separates the classes in a layer: if it does so before the output, the output has it easy.

The line is that of a logistic regression, found by Newton's method (iteratively reweighted least squares), with a
penalty so slight that it only keeps the line from growing without end where it separates everything. Of several classes
each has a line against all others, and the surest wins. A regression has no classes: there it is how much of the
target's variance a flat plane explains, R².
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array

PENALTY = 1e-3
"""Times half the squared length of the line's direction, beside the sum of all losses"""
_MOST_STEPS = 50


def separation(a: Array, y: npt.NDArray[Any], n_classes: int) -> float:
    """The share of points (n, n_units) that a straight line has right; R² where there are no classes."""
    if n_classes == 0:
        return _r2_of_a_plane(a, np.ravel(y))
    scaled = _scaled(a)
    if n_classes == 2:
        return float(((scaled @ _line(scaled, y > 0) > 0.0) == (y > 0)).mean())
    sure = np.column_stack([scaled @ _line(scaled, y == k) for k in range(n_classes)])
    return float((sure.argmax(axis=1) == y).mean())


def _scaled(a: Array) -> Array:
    """Each unit to mean 0 and deviation 1, and one more column of ones for the bias."""
    size = a.std(axis=0)
    return np.column_stack([(a - a.mean(axis=0)) / np.where(size > 1e-12, size, 1.0), np.ones(len(a))])


def _line(x: Array, is_one: npt.NDArray[np.bool]) -> Array:
    """(n_units + 1,): weights and bias that make Σ ln(1 + e^(-s x.w)) + PENALTY / 2 |w|² least, s = ±1."""
    s = np.where(is_one, 1.0, -1.0)
    if is_one.all() or not is_one.any():
        return np.append(np.zeros(x.shape[1] - 1), s[0])
    strength = np.append(np.full(x.shape[1] - 1, PENALTY), 1e-9)
    w = np.zeros(x.shape[1])
    cost = _cost(x, s, w, strength)
    for _ in range(_MOST_STEPS):
        p = 0.5 * (1.0 - np.tanh(0.5 * s * (x @ w)))  # the share of surprise at each point
        slope = -x.T @ (s * p) + strength * w
        bend = (x * (p * (1.0 - p))[:, None]).T @ x + np.diag(strength)
        step = np.linalg.solve(bend + 1e-10 * np.eye(len(w)), slope)
        share = 1.0
        while (after := _cost(x, s, w - share * step, strength)) > cost and share > 1e-6:
            share *= 0.5
        if after >= cost:
            break
        w = w - share * step
        if cost - after < 1e-7 * cost:
            break
        cost = after
    return w


def _cost(x: Array, s: Array, w: Array, strength: Array) -> float:
    return float(np.logaddexp(0.0, -s * (x @ w)).sum() + 0.5 * (strength * w) @ w)


def _r2_of_a_plane(a: Array, y: Array) -> float:
    with_one = np.column_stack([a, np.ones(len(a))])
    miss = y - with_one @ np.linalg.lstsq(with_one, y, rcond=None)[0]
    spread = float(((y - y.mean()) ** 2).sum())
    return 1.0 - float(miss @ miss) / spread if spread > 0.0 else float("nan")
