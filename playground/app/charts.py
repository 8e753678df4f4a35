"""Figures that follow the timeline: the browser redraws those that have changed, in place, and leaves the others alone.

`st.plotly_chart` takes a figure down and puts up another whenever anything in it changes. Here Plotly is told what is
new, and the line at the moment shown is moved by the browser itself, while the timeline is still being dragged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import plotly.graph_objects as go

from playground.app import components, session
from playground.web.assets import plotly_address


@dataclass(frozen=True)
class Chart:
    """A figure on a page."""

    key: str
    figure: go.Figure | None
    """None where the words say all: an empty frame shows nothing"""
    words: str
    """What it shows, in words and numbers, for those who do not see it"""
    title: str = ""
    """Above a figure that has none of its own"""
    says: str = ""
    """What is to be seen, in a sentence for everybody, after the title"""
    over_time: bool = False
    """Whether its horizontal axis is that of the timeline, and the moment is marked on it"""
    wide: bool = False
    """Whether it takes a row of its own"""
    picks: bool = False
    """Whether a press on one of its points is told"""
    save_as: str = ""
    """The file that a button below it saves it as, ending in .png or .svg; "" for no button"""

    @cached_property
    def text(self) -> str:
        """The figure as it crosses the wire."""
        return str(self.figure.to_json()) if self.figure else ""


def show(charts: Sequence[Chart], *, key: str, columns: int, on_pick: Callable[[], None] = lambda: None) -> None:
    """Draw figures side by side, in so many columns where there is room.

    on_pick : called when a point is pressed; `picked(key)` tells which
    """
    components.charts(
        key=key,
        data={
            "plotly": plotly_address(),
            "columns": columns,
            "charts": [
                {
                    "key": chart.key,
                    "figure": chart.text,
                    "words": chart.words,
                    "title": chart.title,
                    "says": chart.says,
                    "height": chart.figure.layout.height if chart.figure else 0,
                    "over_time": chart.over_time,
                    "wide": chart.wide,
                    "picks": chart.picks,
                    "save": _saved(chart),
                }
                for chart in charts
            ],
        },
        on_pick_change=on_pick,
    )


def picked(key: str) -> tuple[int, int] | None:
    """The trace and the point in it that were pressed; anything may come from a browser."""
    pick = getattr(session.said(key), "pick", None)
    if not isinstance(pick, dict):
        return None
    curve, point = pick.get("curve"), pick.get("point")
    return (curve, point) if type(curve) is int and type(point) is int else None


def _saved(chart: Chart) -> dict[str, str] | None:
    filename, _, kind = chart.save_as.rpartition(".")
    return {"filename": filename, "format": kind} if filename else None
