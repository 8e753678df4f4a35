"""A sheet to draw points on, in the browser."""

from __future__ import annotations

from collections.abc import Callable

from playground.app import components, session
from playground.run.data import make_data
from playground.tables.drawn import CLASSES, MOST_POINTS, drawn_table, points_of
from playground.tables.table import Table

KEY = "draw"


def sheet(start: str, on_table: Callable[[Table], None]) -> None:
    """Mount the sheet, blank or with the experiment's points on it; `on_table` gets what was drawn."""
    points = points_of(make_data(session.experiment())[0]) if start == "present" else []
    data = {
        "version": f"{start} {session.experiment().data_name if start == 'present' else ''}",
        "classes": CLASSES,
        "points": points,
        "most": MOST_POINTS,
    }
    components.draw(key=KEY, data=data, on_use_change=lambda: _on_use(on_table))


def _on_use(on_table: Callable[[Table], None]) -> None:
    try:
        on_table(drawn_table(session.said(KEY).use))
    except ValueError as error:
        session.notify(str(error))
