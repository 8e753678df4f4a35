"""What a network is told about a point of the plane: the coordinates, or also their squares, product and waves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, check_matrix, look_up


@dataclass(frozen=True)
class Feature:
    """One entry of FEATURES."""

    name: str
    label: str
    help: str
    javascript: str
    """The same formula in `x1` and `x2` for a web page, with Math.*."""
    formula: Callable[[Array, Array], Array]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("x1", "x₁", "How far right the point lies.", "x1", lambda x1, x2: x1),
        Feature("x2", "x₂", "How far up the point lies.", "x2", lambda x1, x2: x2),
        Feature("x1^2", "x₁²", "Large far from the middle, left or right.", "x1 * x1", lambda x1, x2: x1 * x1),
        Feature("x2^2", "x₂²", "Large far from the middle, above or below.", "x2 * x2", lambda x1, x2: x2 * x2),
        Feature(
            "x1*x2", "x₁x₂", "Positive in two opposite corners, negative in the others: XOR, ready-made.",
            "x1 * x2", lambda x1, x2: x1 * x2,
        ),
        Feature("sin x1", "sin x₁", "A wave from left to right.", "Math.sin(x1)", lambda x1, x2: np.sin(x1)),
        Feature("sin x2", "sin x₂", "A wave from bottom to top.", "Math.sin(x2)", lambda x1, x2: np.sin(x2)),
    )
}  # fmt: skip


def expand_features(x: npt.ArrayLike, names: Sequence[str] = ("x1", "x2")) -> Array:
    """Points of the plane (n, 2) to the named features (n, len(names)), in the order of `names`.

    Raises ValueError for an unknown name, no name at all, or points that are not finite (n, 2).

    >>> expand_features([[2.0, 3.0]], ["x1", "x1^2", "x1*x2"])
    array([[2., 4., 6.]])
    """
    points = check_matrix("x", x, 2)
    if isinstance(names, str) or len(names) == 0:
        raise ValueError(f"features must be a list with at least one name; got {names!r}.")
    x1, x2 = points.T
    return np.column_stack([look_up(name, FEATURES, "feature").formula(x1, x2) for name in names])
