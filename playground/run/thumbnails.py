"""What there is to learn, as small pictures: a few points of every dataset, and of every table that is ready."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import mlp
from playground.run.config import PLANAR
from playground.tables.examples import EXAMPLES, Example

POINTS = 240
IMAGES = 9


@cache
def thumbnails() -> tuple[dict[str, Any], ...]:
    """Of every dataset of the plane its name, its words, its kind, and points in a square from -1 to 1.

    `points` are x1, x2 and class, one point after the other; where `signed`, a number from -1 to 1 in place of a class.
    """
    result = []
    for name in PLANAR:
        entry = mlp.DATASETS[name]
        data = mlp.make_dataset(entry.name, n_samples=POINTS, noise=0.05, test_fraction=0.0, seed=1)
        if data.n_inputs == 2:
            x, low, high = data.x_train, data.x_train.min(), data.x_train.max()
        else:  # a curve fills its square, whatever its heights
            x = np.column_stack([data.x_train, data.y_train])
            low, high = x.min(axis=0), x.max(axis=0)
        shade = data.y_train if data.n_classes else _signed(data.y_train)
        kind = "Tell colours apart" if data.n_classes else "Predict a number"
        words = {"name": entry.name, "label": entry.label, "help": entry.help, "kind": kind}
        result.append({**words, "signed": not data.n_classes, "points": _flat(x, low, high, shade)})
    return tuple(result)


def _signed(values: np.ndarray) -> np.ndarray:
    """Numbers (n, 1) around their mean, divided by the farthest."""
    off = values - values.mean()
    return np.asarray(np.round(off / np.abs(off).max(), 2))


@cache
def ready_thumbnails() -> tuple[dict[str, Any], ...]:
    """Of every ready table the same, with its `source`; of pictures some of themselves, one after the other."""
    return tuple(_ready(example) for example in EXAMPLES.values())


def _ready(example: Example) -> dict[str, Any]:
    words = {"name": example.name, "label": example.label, "help": example.help, "source": example.source}
    told: dict[str, Any] = {**words, "kind": "Real measurements", "signed": False}
    if example.name == "digits":
        data = mlp.make_dataset("digits", n_samples=IMAGES, noise=0.0, test_fraction=0.0, seed=1)
        return {**told, "points": [], "images": data.x_train.round(2).ravel().tolist(), "side": 8}
    points = example.load().prepared(0.1, 0).points
    x = points.x_train[:POINTS]
    return {**told, "points": _flat(x, x.min(axis=0), x.max(axis=0), points.y_train[:POINTS])}


def _flat(x: np.ndarray, low: Any, high: Any, shade: np.ndarray) -> list[float]:
    square = 2.0 * (x - low) / (high - low) - 1.0
    flat: list[float] = np.column_stack([np.round(square, 2), shade]).ravel().tolist()
    return flat
