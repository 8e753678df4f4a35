"""The look that all figures share, in light and in dark."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import plotly.io

from playground.figures.palette import THEMES, Palette
from playground.figures.scale import px

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def palette(theme: str) -> Palette:
    """The colours of a theme; ValueError for a name that is none."""
    if theme not in THEMES:
        raise ValueError(f"theme must be one of {', '.join(THEMES)}; got {theme!r}.")
    return THEMES[theme]


def text_for_plotly(text: str) -> str:
    """Text that Plotly shows as it is: it takes tags for markup and %{...} for a place to fill in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")


def figure(theme: str, *, title: str, height: int, traces: list[dict[str, Any]], **layout: Any) -> go.Figure:
    """A figure with the shared template; a second line of the title, after a line break, is smaller; "" for none."""
    colours = palette(theme)
    main, _, hint = title.partition("\n")
    words: dict[str, Any] = {
        "text": f"<b>{main}</b>" if main else "",
        "font": {"size": px("body")},
        "pad": {"l": 4, "t": 6},
    }
    words |= {"x": 0, "xanchor": "left", "xref": "container", "y": 1, "yanchor": "top", "yref": "container"}
    margin = {"l": 56, "r": 12, "t": 54 if hint else 36 if main else 12, "b": 40, "pad": 0} | layout.pop("margin", {})
    # Plotly cuts a title of two lines off at the top, so the second line is a note of its own.
    below = {"text": hint, "showarrow": False, "font": {"size": px("small"), "color": colours.muted}, "xref": "paper"}
    below |= {"x": 0, "xanchor": "left", "xshift": 4 - margin["l"], "yref": "paper", "y": 1, "yanchor": "bottom"}
    below |= {"yshift": margin["t"] - 50}
    layout["annotations"] = [*layout.pop("annotations", []), *([below] if hint else [])]
    return go.Figure(
        data=traces,
        layout={"template": f"playground-{theme}", "title": words, "height": height, "margin": margin, **layout},
    )


def epochs_axis(epochs: Any, **more: Any) -> dict[str, Any]:
    """The horizontal axis of everything that runs over time."""
    last = float(epochs[-1]) if len(epochs) else 1.0
    return {"title": {"text": "epoch"}, "range": [0, max(last, 1.0)], "nticks": 8, **more}


def log_axis(values: npt.ArrayLike, words: str, **more: Any) -> dict[str, Any]:
    """A log axis around all positive values, with whole powers of ten as ticks wherever they suffice."""
    table = np.asarray(values, float)
    positive = table[np.isfinite(table) & (table > 0)]
    low, high = (float(positive.min()), float(positive.max())) if positive.size else (0.1, 1.0)
    span = [np.log10(low) - 0.08, np.log10(high) + 0.08]
    decades = span[1] - span[0]
    ticks: dict[str, Any] = {"dtick": max(1, round(decades / 6))} if decades > 1.5 else {"dtick": "D2", "nticks": 5}
    return {"title": {"text": words}, "type": "log", "range": span, **ticks, **more}


def _template(colours: Palette) -> dict[str, Any]:
    tick, small = px("tick"), px("small")
    axis = {
        "color": colours.muted,
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zeroline": False,
        "fixedrange": True,
        "exponentformat": "power",
        "minexponent": 3,
        "tickfont": {"size": tick},
        "title": {"standoff": 6, "font": {"size": small}},
    }
    layout = {
        "font": {"family": FONT, "size": small, "color": colours.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(colours.classes),
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"bgcolor": colours.panel, "bordercolor": colours.grid, "font": {"color": colours.text}},
        "legend": {"orientation": "h", "x": 0, "y": -0.24, "yanchor": "top", "itemwidth": 30, "font": {"size": tick}},
        "dragmode": False,
        "separators": ".\u202f",
    }
    return {"layout": layout}


# By name, because Plotly checks every word of a template each time that it is given one.
for _name, _colours in THEMES.items():
    plotly.io.templates[f"playground-{_name}"] = go.layout.Template(_template(_colours))
