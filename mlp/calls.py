"""A step of training as what it really is: a short list of NumPy calls.

On networks of this size the price of a step is the *number* of calls, not the arithmetic in them. So every
activation, loss and optimizer says once which calls it is made of, each with the array it writes into; they are
laid out in a flat list, and a training step does nothing but run through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from mlp.arrays import Array

Step: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
"""A prepared call: the function, and its arguments, the last of which is the array that it writes into."""

Calls: TypeAlias = Iterator[Step]


def product(a: Array, b: Array, out: Array) -> Step:
    """Matrix product a b, for single matrices or for stacks of them along a leading axis."""
    # On a single small matrix the method dot costs half of what the function matmul does.
    return (a.dot, (b, out)) if a.ndim == 2 else (np.matmul, (a, b, out))


def maximum(a: Array, b: Any, out: Array) -> Step:
    """The larger of each pair. NumPy takes the output of this one by keyword only."""
    return partial(np.maximum, out=out), (a, b)


def minimum(a: Array, b: Any, out: Array) -> Step:
    """The smaller of each pair."""
    return partial(np.minimum, out=out), (a, b)


def with_arrays(step: Step) -> Step:
    """The same call with each plain number made an array without axes, which NumPy takes in half the time."""
    function, arguments = step
    output = function.keywords["out"] if isinstance(function, partial) else arguments[-1]
    # Of the output's own type, because a double among single-precision arrays would make all double.
    arrays = tuple(np.array(a, output.dtype) if isinstance(a, (int, float)) else a for a in arguments)
    return function, arrays


def turned(a: Array) -> Array:
    """The transpose of a matrix, or of each matrix in a stack."""
    return np.swapaxes(a, -1, -2)


@dataclass(frozen=True)
class Call:
    """One line of a plan, to be shown to a reader."""

    function: str
    """Name of the NumPy call."""
    inputs: tuple[tuple[int, ...], ...]
    """Shapes of the arrays that it reads; () is a single number."""
    output: tuple[int, ...]
    """Shape of the array that it writes."""
    meaning: str
    """The formula that this call is part of."""


def describe(meaning: str, steps: Iterable[Step]) -> list[Call]:
    """The same steps as a reader sees them."""
    return [_describe(meaning, function, arguments) for function, arguments in steps]


def _describe(meaning: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Call:
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
    return Call(name, shapes, np.shape(output), meaning)


def run(steps: Iterable[Step]) -> None:
    """Run through a list of prepared calls."""
    for function, arguments in steps:
        function(*arguments)
