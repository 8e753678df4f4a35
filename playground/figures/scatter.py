"""The rows of a table as points, in the table's own units, before anything is learned from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from playground.figures.look import figure, palette, text_for_plotly
from playground.figures.maps import signed_scale
from playground.figures.palette import CLASS_SYMBOLS, Palette
from playground.figures.scale import px
from playground.tables.table import Table

MOST_POINTS = 2000
"""With more they hide each other, and the page gets slow"""
FEW_POINTS = 400
HEIGHT = 420
"""CSS pixels on an ordinary screen; app/frame.css keeps as much free before the figure is drawn"""
MOST_TICKS = 10
LONGEST = 40
"""Letters of a name beside an axis"""
LONGEST_CLASS = 18
NUMBERS: dict[str, Any] = {"exponentformat": "power", "minexponent": 6, "separatethousands": True}
"""As they stand in a table: thousands are no powers of ten"""


def scatter(table: Table, *, theme: str = "light", height: int = HEIGHT) -> go.Figure:
    """Two inputs across and up, `shown_inputs`, and the target in colours: classes in shapes too, in their order.

    Of a single input, the target is up. Each trace is a class; numbers are one trace, from orange over their mean to
    blue. `customdata` are the numbers of the rows, from 1.
    """
    colours, rows, classes = palette(theme), drawn_rows(table), table.classes
    across, up = shown_inputs(table)
    x, y = table.x[rows, across], table.y[rows] if up is None else table.x[rows, up]
    names = (table.inputs[across], table.target if up is None else table.inputs[up])
    place = f"{_short(names[0])} = %{{x:.6~r}}" + ("" if up is None else f"<br>{_short(names[1])} = %{{y:.6~r}}")
    groups = [(table.y[rows] == k, name) for k, name in enumerate(classes)] or [(np.ones(len(rows), np.bool_), "")]
    traces = [
        {
            "type": "scatter", "mode": "markers", "name": _middle_out(name), "x": x[here], "y": y[here],
            "customdata": rows[here] + 1, "showlegend": bool(classes),
            "marker": {
                "size": 8 if len(rows) <= FEW_POINTS else 6,
                **(_of_class(k, colours) if classes else _of_values(table, rows, up is not None, colours)),
            },
            "hovertemplate": f"row %{{customdata}}<br>{place}<br>{_short(table.target)} = "
            f"{_short(name) if classes else '%{marker.color:.6~r}'}<extra></extra>",
        }
        for k, (here, name) in enumerate(groups)
    ]  # fmt: skip
    xaxis, yaxis = (_axis(name, values) for name, values in zip(names, (x, y), strict=True))
    if up is None and classes:
        yaxis |= {
            "tickvals": list(range(len(classes))), "ticktext": [_middle_out(name) for name in classes],
            "range": [-0.5, len(classes) - 0.5],
        }  # fmt: skip
    return figure(
        theme, title="Each point is a row of the table", height=height, traces=traces, xaxis=xaxis,
        yaxis={**yaxis, "automargin": True}, legend={"y": -0.17}, hovermode="closest",
    )  # fmt: skip


def shown_inputs(table: Table) -> tuple[int, int | None]:
    """Which inputs are across and up: those that the table's plane shows, else the first two; of one, None is up."""
    return (0, None) if len(table.inputs) == 1 else table.plane or (0, 1)


def drawn_rows(table: Table) -> np.ndarray:
    """The numbers of the rows that are drawn, from 0: all, or so many at even distances."""
    n = len(table)
    return np.arange(n) if n <= MOST_POINTS else np.linspace(0, n - 1, MOST_POINTS).round().astype(int)


def scatter_in_words(table: Table) -> str:
    """What the picture shows, in numbers."""
    rows = drawn_rows(table)
    across, up = shown_inputs(table)
    spans = [f"{_span(table.inputs[across], table.x[rows, across])} across"]
    if up is not None:
        spans.append(f"{_span(table.inputs[up], table.x[rows, up])} up")
    if table.classes:
        counts = np.bincount(table.y[rows], minlength=len(table.classes))
        told = ", ".join(f"{n} of {name}" for n, name in zip(counts, table.classes, strict=True))
    else:
        told = _span(table.target, table.y[rows])
    return f"{len(rows)} rows as points: {', '.join(spans)}; {told}."


def _axis(name: str, values: np.ndarray) -> dict[str, Any]:
    """Few whole numbers are told one by one: there is no half of a room."""
    whole = (values == np.round(values)).all() and np.ptp(values) <= MOST_TICKS
    return {"title": {"text": _short(name)}, "dtick": 1 if whole else None, **NUMBERS}


def _span(name: str, values: np.ndarray) -> str:
    return f"{name} from {values.min():.4g} to {values.max():.4g}"


def _of_class(k: int, colours: Palette) -> dict[str, Any]:
    return {
        "symbol": CLASS_SYMBOLS[k % len(CLASS_SYMBOLS)],
        "color": colours.classes[k % len(colours.classes)],
        "line": {"width": 1, "color": colours.background},
    }


def _of_values(table: Table, rows: np.ndarray, has_bar: bool, colours: Palette) -> dict[str, Any]:
    """As the stage colours targets: around their mean, in full colour where the farthest is.

    A line around a point shows those near the mean, which have the colour of the ground.
    """
    middle = float(table.y.mean())
    reach = float(np.abs(table.y - middle).max())
    title = {"text": _short(table.target), "side": "right", "font": {"size": px("small")}}
    return {
        "symbol": "circle", "line": {"width": 0.5, "color": colours.muted}, "color": table.y[rows],
        "cmin": middle - reach, "cmax": middle + reach, "colorscale": signed_scale(colours), "showscale": has_bar,
        "colorbar": {"thickness": 8, "outlinewidth": 0, "title": title, "tickfont": {"size": px("tick")}, **NUMBERS},
    }  # fmt: skip


def _short(name: str, longest: int = LONGEST) -> str:
    return text_for_plotly(name if len(name) <= longest else name[: longest - 1].rstrip() + "…")


def _middle_out(name: str) -> str:
    """A class beside others, whose names often begin alike."""
    cut = len(name) - LONGEST_CLASS + 1
    half = LONGEST_CLASS // 2
    return text_for_plotly(name if cut <= 1 else f"{name[:half].rstrip()}…{name[half + cut :].lstrip()}")
