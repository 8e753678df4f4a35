"""A sheet to draw points on, in the browser, and the table that becomes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from playground import session
from playground.experiment import Experiment
from playground.own_data.table import Table
from playground.runs import make_data
from playground.stage.bootstrap import script

KEY = "draw"
CLASSES = ("class 0", "class 1", "class 2", "class 3", "class 4", "class 5")
MOST_POINTS = 700  # what still fits into a link
REACH = 3.0

_component = st.components.v2.component(
    "draw",
    html='<div class="draw-place" style="min-height: 300px"></div>',
    js=script("draw.js"),
    isolate_styles=False,
)


def sheet(start: str, on_table: Any) -> None:
    """Mount the sheet, blank or with the experiment's points on it; `on_table` gets what was drawn."""
    points = points_of(session.experiment()) if start == "present" else []
    data = {
        "version": f"{start} {session.experiment().data_name if start == 'present' else ''}",
        "classes": CLASSES,
        "points": points,
        "most": MOST_POINTS,
    }
    _component(key=KEY, data=data, on_use_change=lambda: _on_use(on_table))


def _on_use(on_table: Any) -> None:
    try:
        on_table(drawn_table(session.said(KEY).use))
    except ValueError as error:
        session.notify(str(error))


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


def can_draw_on(experiment: Experiment) -> bool:
    """Whether the experiment's points are few, classes, and in the plane."""
    points, data = make_data(experiment)
    n = len(points.x_train) + len(points.x_test)
    own = experiment.config.own_data
    flat = own is None or len(own.inputs) == 2
    return flat and 0 < data.n_classes <= len(CLASSES) and n <= MOST_POINTS


def points_of(experiment: Experiment) -> list[float]:
    """The experiment's points as the sheet takes them."""
    points, _ = make_data(experiment)
    x = np.concatenate([points.x_train, points.x_test])
    y = np.concatenate([points.y_train, points.y_test])
    inside = np.clip(np.round(x, 2), -REACH, REACH)
    flat: list[float] = np.column_stack([inside, y]).ravel().tolist()
    return flat
