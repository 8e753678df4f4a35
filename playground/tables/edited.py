"""A table that is edited by hand: as a frame, and with the rows of an edited one; and a dataset as a table."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mlp
from playground.tables.table import MAX_CLASSES, Table

PARTS = ("train", "test")


def frame_of(table: Table) -> pd.DataFrame:
    """Its rows: the inputs, the target, and where the table itself says it, what each row is for."""
    frame = pd.DataFrame(dict(zip(table.inputs, table.x.T, strict=True)))
    frame[_free("target", table.target, frame)] = [table.classes[k] for k in table.y] if table.classes else table.y
    if table.held_out is not None:
        frame[_free("split", "part", frame)] = [PARTS[int(held)] for held in table.held_out]
    return frame


def _free(what: str, name: str, frame: pd.DataFrame) -> str:
    return name if name not in frame else f"{name} ({what})"


def edited(table: Table, frame: pd.DataFrame) -> Table:
    """The table with the rows of an edited frame. Raises ValueError, in one sentence."""
    whole = frame.dropna()
    if len(whole) < len(frame):
        raise ValueError(f"Row {int(np.flatnonzero(frame.isna().any(axis=1))[0]) + 1} of the table has an empty cell.")
    n = len(table.inputs)
    x, last = whole.iloc[:, :n].to_numpy(dtype=np.float64), whole.iloc[:, n]
    held_out = None if table.held_out is None else (whole.iloc[:, n + 1] == PARTS[1]).to_numpy()
    if not table.classes:
        return table.changed(x=x, y=last.to_numpy(dtype=np.float64), held_out=held_out)
    present = [name for name in table.classes if (last == name).any()]
    y = last.map({name: k for k, name in enumerate(present)}).to_numpy()
    return table.changed(x=x, y=y, classes=tuple(present), held_out=held_out)


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
