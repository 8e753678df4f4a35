"""Functions of two variables on which optimizers are compared since long before there were networks to train.

Each has a difficulty of its own: a valley much steeper than it is long, a bent one, a saddle, several minima.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.arrays import Array


@dataclass(frozen=True)
class Function:
    """f(x, y), and where to look at it."""

    name: str
    label: str
    formula: str
    help: str
    x: tuple[float, float]
    y: tuple[float, float]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    f: Callable[[Array, Array], Array]
    df: Callable[[Array, Array], tuple[Array, Array]]
    axes: tuple[str, str] = ("x", "y")

    def value(self, w: Array) -> Array:
        """(n,): f at the points (n, 2)."""
        return self.f(w[:, 0], w[:, 1])

    def slope(self, w: Array) -> Array:
        """(n, 2): its gradient there."""
        return np.stack(self.df(w[:, 0], w[:, 1]), axis=1)


def _bowl(kappa: float, help_: str) -> Function:
    return Function(
        f"bowl{kappa:g}", f"Bowl, {kappa:g} : 1", f"(x² + {kappa:g} y²) / 2" if kappa != 1 else "(x² + y²) / 2", help_,
        (-4.0, 4.0), (-2.0, 2.0), (-3.5, 1.5), ((0.0, 0.0),),
        lambda x, y: (x**2 + kappa * y**2) / 2, lambda x, y: (x, kappa * y),
    )  # fmt: skip


_BEALE = ((1, 1.5), (2, 2.25), (3, 2.625))


def _beale(x: Array, y: Array) -> Array:
    return np.asarray(sum((c - x + x * y**k) ** 2 for k, c in _BEALE))


def _beale_slope(x: Array, y: Array) -> tuple[Array, Array]:
    terms = [(k, 2 * (c - x + x * y**k)) for k, c in _BEALE]
    return np.asarray(sum(t * (y**k - 1) for k, t in terms)), np.asarray(
        sum(t * k * x * y ** (k - 1) for k, t in terms)
    )


FUNCTIONS = {
    function.name: function
    for function in (
        _bowl(1.0, "Equally steep everywhere around: the slope points straight to the minimum."),
        _bowl(10.0, "Ten times as steep one way as the other: the slope points past the minimum."),
        _bowl(100.0, "A hundred times as steep one way: a rate that is safe across is far too slow along."),
        Function(
            "ravine", "Winding ravine", "10 (y − sin 2x)² + x² / 10",
            "A narrow bed that winds to and fro: speed that was gathered carries up the next wall.",
            (-3.5, 3.5), (-2.0, 2.0), (-3.0, 1.5), ((0.0, 0.0),),
            lambda x, y: 10 * (y - np.sin(2 * x)) ** 2 + x**2 / 10,
            lambda x, y: (-40 * (y - np.sin(2 * x)) * np.cos(2 * x) + x / 5, 20 * (y - np.sin(2 * x))),
        ),
        Function(
            "saddle", "Saddle", "x² − y² + y⁴ / 8",
            "Flat where the ways part: from exactly y = 0 no slope ever leads down to either side.",
            (-3.0, 3.0), (-3.0, 3.0), (-2.5, 0.02), ((0.0, 2.0), (0.0, -2.0)),
            lambda x, y: x**2 - y**2 + y**4 / 8, lambda x, y: (2 * x, -2 * y + y**3 / 2),
        ),
        Function(
            "rosenbrock", "Rosenbrock", "(1 − x)² + 100 (y − x²)²",
            "A bent valley, easy to find and slow to follow (Rosenbrock 1960).",
            (-2.0, 2.0), (-1.0, 3.0), (-1.5, 2.0), ((1.0, 1.0),),
            lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
            lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
        ),
        Function(
            "himmelblau", "Himmelblau", "(x² + y − 11)² + (x + y² − 7)²",
            "Four minima, all equally deep: which one is reached depends on the start and on the optimizer.",
            (-5.0, 5.0), (-5.0, 5.0), (-0.5, -1.0),
            ((3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
             (3.584428340330492, -1.848126526964404)),
            lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
            lambda x, y: (
                4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7), 2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7)
            ),
        ),
        Function(
            "beale", "Beale", "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
            "Nearly flat in the middle, and steep as a cliff in the corners.",
            (-4.5, 4.5), (-4.5, 4.5), (1.0, 2.0), ((3.0, 0.5),),
            _beale, _beale_slope,
        ),
    )
}  # fmt: skip
