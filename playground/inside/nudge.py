"""What the loss does when one weight is moved: what the gradient promises, and what really comes.

The promise, gradient times change, is exact only for the smallest changes: that is what a slope is, and why a learning
rate can be too high.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from playground.inside.step import Array, Step

REACH = 1.0
MOST_STOPS, FEWEST_STOPS = 81, 9
"""Odd, so that one of them is no change at all"""
MOST_WORK = 4e7
"""Multiplications, about, of all stops together: some 20 ms"""


def changes(step: Step, weights: int = 1) -> Array:
    """(k,): the changes of a weight that are tried, from -REACH to REACH; fewer where many weights or large ones
    take long.
    """
    each = step.n * step.net.n_parameters * weights
    n = int(np.clip(MOST_WORK // each, FEWEST_STOPS, MOST_STOPS)) // 4 * 4 + 1
    return np.linspace(-REACH, REACH, n)


def losses_along(step: Step, place: int, values: Array) -> Array:
    """(k,): the loss of the mini-batch, or its sum, with other values, (k,), of the parameter at a place."""
    share = step.n if step.is_sum else 1
    parameters = step.net.parameters.copy()
    losses = np.empty(len(values))
    for k, value in enumerate(values):
        parameters[place] = value
        losses[k] = share * step.loss_of(parameters)
    return losses


def nudge(step: Step, place: int, weights: int = 1) -> dict[str, Any]:
    """The loss of the mini-batch, or its sum, at all changes of the parameter at a place of the flat vector.

    `weights` is how many are nudged for the same message.
    """
    w, tried = float(step.net.parameters[place]), changes(step, weights)
    losses = losses_along(step, place, w + tried).tolist()
    return {
        "w": w,
        "gradient": float(step.gradient[place]),
        "changes": tried.tolist(),
        "losses": [loss if math.isfinite(loss) else None for loss in losses],  # JSON has no word for the others
    }
