"""A bar for each layer, first layer at the top, and across the bars the limit from which on a rule complains: its bad
side is shaded, and the layers on it are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from playground.figures.histograms import BOTTOM, TOP, row_labels, strip_height
from playground.figures.look import figure, log_axis, palette
from playground.figures.palette import Palette, layer_colour
from playground.figures.scale import px

ROW, LEAST_ROWS, AROUND = 24, 4, BOTTOM + 4
"""Pixels of a row where bars stand alone, how many rows there is room for at least, and what is below them"""


ILL, SHADE = "✗", 0.14
"""What stands before the name of a layer beyond a limit, and how strongly the bad side is shaded"""
LETTER, MOST_LETTERS = 7, 24
"""Pixels of a letter of a row's name, and how many of them there is room for"""


@dataclass(frozen=True)
class Limit:
    """Where a rule begins to complain."""

    at: float
    words: str
    bad: Literal["below", "above", ""] = ""
    """The side on which it does; "" where that does no harm"""

    def is_crossed(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of the values are on the bad side; of NaN it is not known."""
        return {"below": values < self.at, "above": values >= self.at, "": np.zeros(len(values), bool)}[self.bad]


def flat_units(
    flat: npt.ArrayLike,
    dead: npt.ArrayLike,
    names: Sequence[str],
    *,
    limits: Sequence[Limit] = (),
    ill: Sequence[bool] = (),
    is_strip: bool = False,
    theme: str = "light",
    title: str = "",
) -> go.Figure:
    """The share of flat outputs of each layer, and over it that of dead neurons; a strip has the rows of `histograms`.

    ill : which layers to mark, for each limit is one of some layers alone
    """
    colours = palette(theme)
    traces = [
        _bars(np.asarray(values, float), names, colour, opacity, name=word, template=f"{word}: %{{x:.1%}}")
        for word, values, colour, opacity in (
            ("outputs in a flat part", flat, colours.positive, 0.45),
            ("neurons that are dead", dead, colours.negative, 0.95),
        )
    ]
    axis = {"title": {"text": "share of the layer"}, "range": [0, 1], "tickformat": ".0%", "dtick": 0.25}
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 0.0, "yanchor": "bottom"}
    legend["bgcolor"] = colours.background  # a limit's line ends there
    height = {"height": strip_height(len(names), title)} if is_strip else {}
    return _figure(
        traces, names, axis, limits, ill, theme, title,
        barmode="overlay", showlegend=True, legend=legend, **height,
    )  # fmt: skip


def layer_bars(
    values: npt.ArrayLike,
    names: Sequence[str],
    axis: str,
    *,
    limits: Sequence[Limit] = (),
    texts: Sequence[str] = (),
    log: bool = False,
    theme: str = "light",
    title: str = "",
) -> go.Figure:
    """One quantity of each layer, with its number beside the bar: on a log axis zero has none.

    values : (n_layers,), none of them below 0
    limits : drawn as lines; on a log axis the axis reaches to all of them
    """
    colours, sizes = palette(theme), np.asarray(values, float)
    finite = np.where(np.isfinite(sizes), sizes, np.nan)
    each = [layer_colour(colours, k, len(names)) for k in range(len(names))]
    trace = _bars(finite, names, each, 0.85, name="", template="%{text}", text=list(texts), textposition="outside")
    shown = np.append(finite, [limit.at for limit in limits])
    if log:
        across = log_axis(shown, axis)
        low, high = across["range"]
        # Room for the numbers beside the bars, and for the smallest bar to be one.
        across["range"] = [low - 0.06 * (high - low), high + 0.3 * (high - low)]
    else:
        top = float(np.nanmax(shown, initial=0.0)) or 1.0
        across = {"title": {"text": axis}, "range": [0, 1.25 * top], "nticks": 5}
    ill = np.any([limit.is_crossed(sizes) for limit in limits], axis=0) if limits else ()
    return _figure([trace], names, across, limits, ill, theme, title, showlegend=False)


def _bars(
    values: npt.NDArray[np.float64],
    names: Sequence[str],
    colour: str | list[str],
    opacity: float,
    *,
    name: str,
    template: str,
    **more: Any,
) -> dict[str, Any]:
    return {
        "type": "bar", "orientation": "h", "y": row_labels(names)["tickvals"], "x": values, "name": name, "width": 0.5,
        "marker": {"color": colour, "opacity": opacity}, "customdata": list(names), "cliponaxis": False,
        "hovertemplate": f"%{{customdata}}<br>{template}<extra></extra>", **more,
    }  # fmt: skip


def _figure(
    traces: list[dict[str, Any]],
    names: Sequence[str],
    axis: dict[str, Any],
    limits: Sequence[Limit],
    ill: Sequence[bool] | npt.NDArray[np.bool_],
    theme: str,
    title: str,
    **layout: Any,
) -> go.Figure:
    """ill : which layers to mark; () for none"""
    colours, is_log = palette(theme), axis.get("type") == "log"
    low, high = axis["range"]
    top = TOP["titled" if title else "bare"]
    shown = [name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…" for name in names]
    marked = [f"<b>{ILL} {name}</b>" if k < len(ill) and ill[k] else name for k, name in enumerate(shown)]
    places = [float(np.log10(limit.at)) if is_log else limit.at for limit in limits]
    return figure(
        theme, title=title, traces=traces, xaxis=axis, yaxis=row_labels(marked),
        shapes=[
            *(_shade(limit, colours, 1e300 if is_log else 1e3) for limit in limits if limit.bad),
            *(_line(limit.at, colours) for limit in limits),
        ],
        annotations=[
            _named(place, limit.words, (place - low) / (high - low) > 0.5)
            for place, limit in zip(places, limits, strict=True)
        ],
        **{
            "height": top + AROUND + ROW * max(len(names), LEAST_ROWS),
            "margin": {"l": max(64, 12 + LETTER * max(map(len, shown), default=0)), "b": BOTTOM, "t": top},
            **layout,
        },
    )  # fmt: skip


def _shade(limit: Limit, colours: Palette, far: float) -> dict[str, Any]:
    """The bad side of a limit, far beyond any end of the axis."""
    return {
        "type": "rect", "x0": limit.at, "x1": limit.at * far if limit.bad == "above" else limit.at / far,
        "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0},
        "fillcolor": colours.negative, "opacity": SHADE,
    }  # fmt: skip


def _line(at: float, colours: Palette) -> dict[str, Any]:
    return {
        "type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": colours.text, "width": 1.5, "dash": "dash"},
    }  # fmt: skip


def _named(place: float, words: str, is_right: bool) -> dict[str, Any]:
    """The name of a limit at the top of its line, on the side that has room for it."""
    return {
        "text": words, "x": place, "xref": "x", "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
        "xanchor": "right" if is_right else "left", "font": {"size": px("tick")},
    }  # fmt: skip
