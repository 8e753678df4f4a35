"""Is the gradient right? Measure the slope of the loss directly, and compare."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlp.arrays import check_number
from mlp.network import MLP


def gradient_check(
    net: MLP, x: npt.ArrayLike, y: npt.ArrayLike, l1: float = 0.0, l2: float = 0.0, h: float = 1e-5
) -> float:
    """Norm of (backpropagation - centred differences) over norm of the gradient; below 1e-8 is right.

    Each parameter is moved by h up and down. The whole vectors are compared, because an error relative to a
    single tiny entry means nothing. The network is left as it was. Avoid points near the kinks of ReLU and
    the like: there is no slope to measure.
    """
    check_number("h", h, 0.0, 1.0, open_low=True)
    _, gradient = net.loss_and_gradient(x, y, l1, l2)
    measured = np.zeros_like(gradient)
    free = np.flatnonzero(net.shape.is_weight()) if not net.shape.use_bias else np.arange(len(gradient))
    for i in free:
        value = net.parameters[i]
        net.parameters[i] = value + h
        above = net.loss_value(x, y, l1, l2)
        net.parameters[i] = value - h
        below = net.loss_value(x, y, l1, l2)
        net.parameters[i] = value
        measured[i] = (above - below) / (2.0 * h)
    size = max(float(np.linalg.norm(gradient)), float(np.linalg.norm(measured)))
    return float(np.linalg.norm(gradient - measured)) / size if size > 0.0 else 0.0
