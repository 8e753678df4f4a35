"""Histograms in one aligned strip: a row for each layer, a column for each quantity, one scale for a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from playground.figures.look import figure, palette
from playground.figures.palette import layer_colour
from playground.figures.scale import px

N_BINS = 41
LOPSIDED = 4.0
"""Times as far on one side of zero as on the other, from which on half of a balanced axis would be empty"""
ROW, LOW_ROW, MOST_HIGH_ROWS = 46, 32, 5
TOP, BOTTOM = {"titled": 56, "bare": 22}, 44


@dataclass(frozen=True)
class Column:
    """One quantity of every layer."""

    title: str
    axis: str
    values: Sequence[npt.NDArray[np.floating]]
    """One array a layer, of any shape."""
    notes: Sequence[str] = ()
    """A few words beside each histogram."""
    hint: str = ""
    """What to look for."""
    log: bool = False
    """Whether `values` are powers of ten: sizes, that is."""


def sizes(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The power of ten of each number's size, zeros left out: for a column with `log`."""
    size = np.abs(np.asarray(values, float)).ravel()
    return np.asarray(np.log10(size[(size > 0) & np.isfinite(size)]))


def binned(column: Column) -> tuple[npt.NDArray[np.float64], list[npt.NDArray[np.float64]]]:
    """The edges that all layers of a column share, (k + 1,), and each layer's share of values per bin, (k,)."""
    edges = _edges(column)
    return edges, [_shares(values, edges) for values in column.values]


def row_labels(names: Sequence[str]) -> dict[str, Any]:
    """The vertical axis of a strip: a row for each layer, first layer at the top."""
    n = len(names)
    rows = [n - 0.6 - i for i in range(n)]
    return {"tickvals": rows, "ticktext": list(names), "range": [-0.06, n], "showgrid": False}


def strip_height(n_rows: int, title: str) -> int:
    """Pixels of a strip; the rows of a deep network are lower."""
    row = ROW if n_rows <= MOST_HIGH_ROWS else LOW_ROW
    return TOP["titled" if title else "bare"] + BOTTOM + row * max(n_rows, 2) + 8


def histograms(
    columns: Sequence[Column], names: Sequence[str], *, theme: str = "light", title: str | None = None
) -> go.Figure:
    """A strip of histograms, first layer at the top. Heights are shares, so layers of any size can be compared.

    title : above all columns, each of which is headed then; "" for none. By itself a single column gives its own.
    """
    colours, headed = palette(theme), bool(title)
    if title is None:
        title = f"{columns[0].title}\n{columns[0].hint}".strip() if len(columns) == 1 else ""
    traces, annotations, axes = [], [], {}
    n, gap = len(names), 0.03
    width = (1.0 - gap * (len(columns) - 1)) / len(columns)
    for c, column in enumerate(columns):
        suffix = str(c + 1) if c else ""
        left = c * (width + gap)
        edges, shares = binned(column)
        for i, (name, share) in enumerate(zip(names, shares, strict=True)):
            base, colour = n - 1 - i, layer_colour(colours, i, n)
            x, y = np.repeat(edges, 2), np.concatenate([[0.0], np.repeat(share, 2), [0.0]])
            traces.append({
                "type": "scatter", "mode": "lines", "xaxis": f"x{suffix}", "yaxis": f"y{suffix}",
                "x": x, "y": base + 0.86 * y / max(share.max(initial=0.0), 1e-12), "fill": "toself",
                "line": {"color": colour, "width": 1}, "name": f"{name}, {column.title}",
                "customdata": np.repeat(np.concatenate([share, [0.0]]), 2),
                "hovertemplate": f"{name}<br>{column.axis} near %{{x:.3~g}}: %{{customdata:.1%}}<extra></extra>",
            })  # fmt: skip
            if i < len(column.notes) and column.notes[i]:
                note = column.notes[i]
                annotations.append(_note(note, f"x{suffix} domain", 1.0, f"y{suffix}", base + 0.9, "right"))
        if headed:
            heading = f"<b>{column.title}</b>"
            annotations.append(_note(heading, f"x{suffix} domain", 0.0, "paper", 1.0, "left", "bottom", "small"))
        ticks = _powers(edges) if column.log else {"nticks": 6}
        axes[f"xaxis{suffix}"] = {
            "domain": [left, left + width], "anchor": f"y{suffix}", "title": {"text": column.axis},
            "range": [edges[0], edges[-1]], **ticks,
        }  # fmt: skip
        axes[f"yaxis{suffix}"] = {"anchor": f"x{suffix}", "showticklabels": c == 0, **row_labels(names)}
    top = TOP["titled" if title else "bare"] + (20 if headed and "\n" in title else 0)
    return figure(
        theme, title=title, height=strip_height(n, title) + (20 if headed else 0), traces=traces,
        annotations=annotations, showlegend=False, hovermode="closest", margin={"l": 64, "t": top, "b": BOTTOM}, **axes,
    )  # fmt: skip


def _edges(column: Column) -> npt.NDArray[np.float64]:
    """Bins for all layers of a column; a linear scale is balanced around zero where it has much on both sides."""
    finite = np.concatenate([np.ravel(v)[np.isfinite(np.ravel(v))] for v in column.values] or [np.zeros(1)])
    if not finite.size:
        return np.linspace(-1.0, 1.0, N_BINS + 1)
    low, high = float(finite.min()), float(finite.max())
    if column.log:
        return np.linspace(np.floor(low), max(np.ceil(high), np.floor(low) + 1.0), N_BINS + 1)
    if low < 0.0 < high and max(-low, high) < LOPSIDED * min(-low, high):
        low, high = -max(-low, high), max(-low, high)
    if high - low < 1e-12:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, N_BINS + 1)


def _shares(values: npt.ArrayLike, edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    row = np.ravel(np.asarray(values, float))
    counts, _ = np.histogram(row[np.isfinite(row)], edges)
    return counts / max(counts.sum(), 1)


def _powers(edges: npt.NDArray[np.float64]) -> dict[str, object]:
    """Whole powers of ten as ticks, six at most."""
    low, high = int(edges[0]), int(edges[-1])
    step = max(1, -(-(high - low) // 6))
    powers = list(range(low, high + 1, step))
    return {"tickvals": powers, "ticktext": [f"10<sup>{p}</sup>".replace("-", "−") for p in powers]}


def _note(
    text: str, xref: str, x: float, yref: str, y: float, xanchor: str, yanchor: str = "top", type_: str = "tick"
) -> dict[str, object]:
    return {
        "text": text, "xref": xref, "x": x, "yref": yref, "y": y, "xanchor": xanchor, "yanchor": yanchor,
        "showarrow": False, "font": {"size": px(type_)},
    }  # fmt: skip
