"""Prepared NumPy calls: a training step is a list of functions with their arguments, made once and run many times.

`np.multiply, (z, 0.5, a)` is a prepared call: each time it is run, it writes 0.5 z into the array `a`. On networks of
this size the price of a step is the *number* of NumPy calls, not the arithmetic in them, so a training step does
nothing but run through such a list, and no call makes a new array.

Four methods of files that come later yield prepared calls: `forward` and `backward` of an activation, `gradient` of a
loss, `update` of an optimizer. Read each as the lines of a formula, one operation a line. An activation says the same
formula once more in plain NumPy (`value` and `slope`); its calls are for speed alone and may be skipped on a first
reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from mlp.arrays import Array

Call: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
"""A prepared call: the function, and its arguments, the last of which is the array that it writes into."""

Calls: TypeAlias = Iterator[Call]


def run(calls: Iterable[Call]) -> None:
    """Run through a list of prepared calls."""
    for function, arguments in calls:
        function(*arguments)


def product(a: Array, b: Array, out: Array) -> Call:
    """Matrix product a b, for single matrices or for stacks of them along a leading axis."""
    # On a single small matrix the method dot costs half of what the function matmul does.
    return (a.dot, (b, out)) if a.ndim == 2 else (np.matmul, (a, b, out))


def maximum(a: Array, b: Any, out: Array) -> Call:
    """The larger of each pair. NumPy takes the output of this one by keyword only."""
    return partial(np.maximum, out=out), (a, b)


def minimum(a: Array, b: Any, out: Array) -> Call:
    """The smaller of each pair."""
    return partial(np.minimum, out=out), (a, b)


def transpose(a: Array) -> Array:
    """The transpose of a matrix, or of each matrix in a stack; a view."""
    return np.swapaxes(a, -1, -2)


def with_arrays(call: Call) -> Call:
    """The same call with each plain number made an array without axes, which NumPy takes in half the time."""
    function, arguments = call
    arrays = tuple(np.array(a, np.float64) if isinstance(a, (int, float)) else a for a in arguments)
    return function, arrays


def nbytes(calls: Iterable[Call]) -> int:
    """Bytes of all arrays that the calls read and write, each counted once; of a view, those of its owner."""
    owners: dict[int, int] = {}
    for function, arguments in calls:
        more = function.keywords.values() if isinstance(function, partial) else (getattr(function, "__self__", None),)
        for array in (*arguments, *more):
            owner = array
            while isinstance(getattr(owner, "base", None), np.ndarray):
                owner = owner.base
            if isinstance(owner, np.ndarray):
                owners[id(owner)] = owner.nbytes
    return sum(owners.values())


# ---------------------------------------------------------------------- to be read


@dataclass(frozen=True)
class CallDescription:
    """A prepared call as a reader sees it."""

    function: str
    """Name of the NumPy call."""
    inputs: tuple[tuple[int, ...], ...]
    """Shapes of the arrays that it reads; () is a single number."""
    output: tuple[int, ...]
    """Shape of the array that it writes."""
    meaning: str
    """The formula that this call is part of."""


def describe(meaning: str, calls: Iterable[Call]) -> list[CallDescription]:
    """The same calls as a reader sees them."""
    return [_describe(meaning, function, arguments) for function, arguments in calls]


def _describe(meaning: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> CallDescription:
    if isinstance(function, partial):
        operands, output, function = arguments, function.keywords["out"], function.func
    else:
        operands, output = arguments[:-1], arguments[-1]
    name = function.__name__
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ndarray):
        operands = (owner, *operands)
    elif isinstance(owner, np.ufunc):
        name = f"{owner.__name__}.{name}"
    if callable(operands[0]):  # a formula without calls of its own
        name, operands = operands[0].__name__, operands[1:]
    shapes = tuple(np.shape(operand) for operand in operands)
    return CallDescription(name, shapes, np.shape(output), meaning)
