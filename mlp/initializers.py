"""How the weights start. Too small and signals fade from layer to layer, too large and they blow up or saturate.

Biases start at zero in every one of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.arrays import Array


@dataclass(frozen=True)
class Initializer:
    """One entry of INITIALIZERS."""

    name: str
    label: str
    help: str
    draw: Callable[[np.random.Generator, int, int], Array]
    """(rng, n_in, n_out) to weights (n_in, n_out)."""


def _orthogonal(rng: np.random.Generator, n_in: int, n_out: int) -> Array:
    """Rows or columns at right angles and of length one (Saxe et al. 2013, https://arxiv.org/abs/1312.6120)."""
    tall = rng.standard_normal((max(n_in, n_out), min(n_in, n_out)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))  # makes every orientation equally likely
    return q if n_in >= n_out else q.T


def _within(rng: np.random.Generator, n_in: int, n_out: int, limit: float) -> Array:
    return rng.uniform(-limit, limit, (n_in, n_out))


def _spread(rng: np.random.Generator, n_in: int, n_out: int, deviation: float) -> Array:
    return deviation * rng.standard_normal((n_in, n_out))


INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer
    for initializer in (
        Initializer(
            "zeros", "Zeros",
            "All weights are zero: every neuron of a layer is the same and stays the same, so nothing is learned.",
            lambda rng, n_in, n_out: np.zeros((n_in, n_out)),
        ),
        Initializer(
            "constant", "Constant",
            "All weights are 0.5: the neurons of a layer are twins that learn the same thing, as if there were one.",
            lambda rng, n_in, n_out: np.full((n_in, n_out), 0.5),
        ),
        Initializer(
            "uniform", "Uniform",
            "Any number from -0.5 to 0.5, whatever the size of the layer.",
            lambda rng, n_in, n_out: _within(rng, n_in, n_out, 0.5),
        ),
        Initializer(
            "normal", "Standard normal",
            "Bell-shaped with spread 1, as in many from-scratch tutorials: too large for wide layers.",
            lambda rng, n_in, n_out: _spread(rng, n_in, n_out, 1.0),
        ),
        Initializer(
            "glorot_uniform", "Glorot uniform",
            "Evenly spread, sized so that signals keep their strength forwards and backwards; good with tanh "
            "(Glorot & Bengio 2010).",
            lambda rng, n_in, n_out: _within(rng, n_in, n_out, (6.0 / (n_in + n_out)) ** 0.5),
        ),
        Initializer(
            "glorot_normal", "Glorot normal",
            "Bell-shaped, sized so that signals keep their strength forwards and backwards; good with tanh.",
            lambda rng, n_in, n_out: _spread(rng, n_in, n_out, (2.0 / (n_in + n_out)) ** 0.5),
        ),
        Initializer(
            "he_uniform", "He uniform",
            "Evenly spread and a little larger, because ReLU throws half of the signal away (He et al. 2015).",
            lambda rng, n_in, n_out: _within(rng, n_in, n_out, (6.0 / n_in) ** 0.5),
        ),
        Initializer(
            "he_normal", "He normal",
            "Bell-shaped and a little larger, because ReLU throws half of the signal away.",
            lambda rng, n_in, n_out: _spread(rng, n_in, n_out, (2.0 / n_in) ** 0.5),
        ),
        Initializer(
            "lecun_normal", "LeCun normal",
            "Bell-shaped, sized by the number of inputs alone; the one that SELU asks for (LeCun et al. 1998).",
            lambda rng, n_in, n_out: _spread(rng, n_in, n_out, (1.0 / n_in) ** 0.5),
        ),
        Initializer(
            "orthogonal", "Orthogonal",
            "A random rotation: signals are turned, and neither stretched nor shrunk (Saxe et al. 2013).",
            _orthogonal,
        ),
    )
}  # fmt: skip
