"""A table that is edited by hand: a dataset as a table, and a table with the rows of an edited frame."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mlp
from playground.tables.table import MAX_CLASSES, Table


def edited(table: Table, frame: pd.DataFrame) -> Table:
    """The table with the rows of an edited frame. Raises ValueError, in one sentence."""
    whole = frame.dropna()
    if len(whole) < len(frame):
        raise ValueError(f"Row {int(np.flatnonzero(frame.isna().any(axis=1))[0]) + 1} of the table has an empty cell.")
    x = whole.iloc[:, :-1].to_numpy(dtype=np.float64)
    last = whole.iloc[:, -1]
    if not table.classes:
        return table.changed(x=x, y=last.to_numpy(dtype=np.float64))
    present = [name for name in table.classes if (last == name).any()]
    y = last.map({name: k for k, name in enumerate(present)}).to_numpy()
    return table.changed(x=x, y=y, classes=tuple(present))


def table_of(points: mlp.Dataset, title: str) -> Table | None:
    """A dataset as a table, to change it; None where it has too many classes, or several numbers to predict."""
    x = np.concatenate([points.x_train, points.x_test])
    y = np.concatenate([points.y_train, points.y_test])
    n_classes = points.n_classes
    if n_classes > MAX_CLASSES or (not n_classes and y.shape[1] != 1):
        return None
    classes = tuple(f"class {k}" for k in range(n_classes))
    target = "class" if classes else "y"
    y = y if classes else np.round(y[:, 0], 4)
    return Table(title, ("x1", "x2"), target, classes, np.round(x, 4), y, "none")
