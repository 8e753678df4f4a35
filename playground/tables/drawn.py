"""Points drawn in the browser, as a table; and a dataset's points as the sheet to draw on takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

import mlp
from playground.tables.table import Table

CLASSES = ("class 0", "class 1", "class 2", "class 3", "class 4", "class 5")
MOST_POINTS = 700  # what still fits into a link
REACH = 3.0


def drawn_table(value: Any) -> Table:
    """What the sheet sends, as a table. Raises ValueError, in one sentence: what a browser sends is not believed."""
    numbers = value.get("points") if isinstance(value, dict) else None
    if not isinstance(numbers, list) or len(numbers) % 3 or len(numbers) > 3 * MOST_POINTS:
        raise ValueError(f"A drawing must be at most {MOST_POINTS} points.")
    most = max(REACH, len(CLASSES))
    if any(isinstance(v, bool) or not isinstance(v, int | float) or not abs(v) <= most for v in numbers):
        raise ValueError("A drawing must be made of numbers on the sheet.")
    rows = np.array(numbers, dtype=np.float64).reshape(-1, 3)
    numbers_of = rows[:, 2]
    if not np.isin(numbers_of, range(len(CLASSES))).all():
        raise ValueError(f"A drawn point must be of a class from 0 to {len(CLASSES) - 1}.")
    present, y = np.unique(numbers_of.astype(int), return_inverse=True)
    classes = tuple(CLASSES[k] for k in present)
    return Table("Drawn points", ("x1", "x2"), "class", classes, rows[:, :2], y, scaling="none")


def classes_drawn(table: Table) -> list[int]:
    """Which of CLASSES the classes of a drawn table are."""
    return [CLASSES.index(name) for name in table.classes]


def can_draw_on(points: mlp.Dataset) -> bool:
    """Whether points (n, 2) are few, and of few classes."""
    return 0 < points.n_classes <= len(CLASSES) and len(points.x_train) + len(points.x_test) <= MOST_POINTS


def points_of(points: mlp.Dataset) -> list[float]:
    """Points (n, 2) as the sheet takes them: x1, x2, class, one after the other."""
    x = np.concatenate([points.x_train, points.x_test])
    y = np.concatenate([points.y_train, points.y_test])
    inside = np.clip(np.round(x, 2), -REACH, REACH)
    flat: list[float] = np.column_stack([inside, y]).ravel().tolist()
    return flat
