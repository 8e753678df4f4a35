"""The engine's own optimizers on a function of two variables, each at a learning rate of its own.

In two dimensions one sees what each of them makes of a slope. A network has hundreds, and there the order may be
another: so the page says how many of them a map shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

import mlp
from mlp.arrays import Array
from mlp.calls import run, with_arrays
from playground.run.functions import FUNCTIONS

STEPS = 300
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)
DONE = 0.99
"""Of the way down from the start to the lowest minimum"""
SMALLEST = 1e-6
"""Of the way that is left; what is nearer counts no more"""
WEIGHTS = "weights"
"""The map that is no function but the network's own loss"""
FARTHEST = 1e6


class Landscape(Protocol):
    """What an optimizer walks on."""

    def value(self, w: Array) -> Array:
        """(n,): f at the points (n, 2)."""

    def slope(self, w: Array) -> Array:
        """(n, 2): its gradient there."""


def descend(on: Landscape, kind: type[mlp.Optimizer], rates: Sequence[float], start: Sequence[float]) -> Array:
    """(n, STEPS + 1, 2): the way that an optimizer takes from a start at each of n learning rates.

    Points that are infinite or NaN follow where it diverges.
    """
    w = np.tile(np.asarray(start, np.float64), (len(rates), 1))
    gradient = np.empty_like(w)
    rule = kind(learning_rate=rates[0])
    rate = np.repeat(np.asarray(rates, np.float64)[:, None], 2, axis=1)
    update = [with_arrays(call) for call in rule.update(w, gradient, rate, rule.new_memory(w), np.ones(2))]
    ways = np.empty((len(rates), STEPS + 1, 2))
    ways[:, 0] = w
    with np.errstate(all="ignore"):
        for step in range(1, STEPS + 1):
            gradient[...] = on.slope(w)
            run(update)
            ways[:, step] = w
    return ways


class Way(NamedTuple):
    """How an optimizer fared."""

    name: str
    rate: float
    points: Array
    """(STEPS + 1, 2)"""
    values: Array
    """(STEPS + 1,): f at these"""


def way(on: Landscape, name: str, start: Sequence[float], lowest: float, rate: float | None = None) -> Way:
    """The way of an optimizer at a rate, or at the one of RATES at which it gets down fastest.

    lowest : the value of the lowest place of the map, as far as it is known
    """
    rates = RATES if rate is None else (rate,)
    ways = descend(on, mlp.OPTIMIZERS[name], rates, start)
    with np.errstate(all="ignore"):
        values = np.stack([on.value(points) for points in ways])
    best = int(np.argmin(slowness(values, lowest)))
    return Way(name, rates[best], ways[best], values[best])


def slowness(values: Array, lowest: float) -> Array:
    """(n,): how high each of n ways, (n, STEPS + 1), runs on average; infinite where it breaks.

    On a logarithmic scale, on which a tenth of the height counts alike at the top and further down, to a millionth.
    """
    with np.errstate(all="ignore"):
        heights = (values - lowest) / (values[:, :1] - lowest)
        logarithms = np.log10(np.maximum(heights, SMALLEST)).mean(axis=1)
    return np.where(np.isfinite(logarithms), logarithms, np.inf)


def arrived(values: Array, lowest: float) -> int | None:
    """The first step at which 99 % of the way down from the start to the lowest value lie behind; None if never."""
    with np.errstate(invalid="ignore"):
        there = np.flatnonzero(values - lowest <= (1.0 - DONE) * (values[0] - lowest))
    return int(there[0]) if len(there) else None


# ---- what is on the map, and its link ----------------------------------------------------------------------------
@dataclass(frozen=True)
class OnAMap:
    """Which map, and who walks on it from where."""

    function: str = "bowl10"
    """A name of FUNCTIONS, or WEIGHTS"""
    start: tuple[float, float] | None = None
    """None for the map's own"""
    along: tuple[int, int] | None = None
    """For WEIGHTS the places of two parameters; None for those with the steepest slope"""
    rates: tuple[tuple[str, float], ...] = ()
    """Optimizers whose rate was chosen; the others go at the one at which they get down fastest"""


def to_query(chosen: OnAMap) -> dict[str, str]:
    """?map=rosenbrock&from=-1.5,2&rates=sgd:0.001"""
    query = {"map": chosen.function}
    if chosen.start is not None:
        query["from"] = ",".join(f"{at:.6g}" for at in chosen.start)
    if chosen.along is not None:
        query["along"] = ",".join(map(str, chosen.along))
    if chosen.rates:
        query["rates"] = ",".join(f"{name}:{rate:g}" for name, rate in chosen.rates)
    return query


def from_query(query: Mapping[str, str]) -> tuple[OnAMap | None, list[str]]:
    """Read it back: what is good, and a sentence for what is not; None without a map."""
    if "map" not in query:
        return None, []
    problems = []
    found: dict[str, Any] = {}
    for key, (name, read) in _READERS.items():
        if key in query:
            try:
                found[name] = read(query[key])
            except ValueError as error:
                problems.append(f"The link's {key} must be {error}; got {query[key][:40]}.")
    return OnAMap(**found), problems


def _function(text: str) -> str:
    if text not in (*FUNCTIONS, WEIGHTS):
        raise ValueError(f"one of {', '.join((*FUNCTIONS, WEIGHTS))}")
    return text


def _point(text: str) -> tuple[float, float]:
    try:
        x, y = map(float, text.split(","))
    except ValueError:
        x = y = math.nan
    if not (abs(x) <= FARTHEST and abs(y) <= FARTHEST):
        raise ValueError(f"two numbers up to ±{FARTHEST:g}, such as -1.5,2")
    return x, y


def _places(text: str) -> tuple[int, int]:
    try:
        i, j = map(int, text.split(","))
    except ValueError:
        i = j = -1
    if i == j or min(i, j) < 0:
        raise ValueError("the places of two different weights, counted from 0, such as 0,3")
    return i, j


def _rates(text: str) -> tuple[tuple[str, float], ...]:
    rates = {}
    for part in filter(None, text.split(",")):
        name, _, number = part.partition(":")
        try:
            rate = float(number)
        except ValueError:
            rate = math.nan
        if name not in mlp.OPTIMIZERS or name in rates or not 1e-6 <= rate <= 10.0:
            raise ValueError(f"rates from 1e-06 to 10, such as sgd:0.1, each once, of {', '.join(mlp.OPTIMIZERS)}")
        rates[name] = rate
    return tuple(rates.items())


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "map": ("function", _function),
    "from": ("start", _point),
    "along": ("along", _places),
    "rates": ("rates", _rates),
}
