"""Pictures in colours: the plane as a network sees it, its weights, and gradients by layer and time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from playground.figures.look import epochs_axis, figure, palette
from playground.figures.palette import CLASS_SYMBOLS, Palette

MOST_COLUMNS = 200
MOST_NUMBERED = 8  # layers beside each other: with more, the numbers of their units would lie on each other


def signed_scale(colours: Palette) -> list[list[Any]]:
    """Orange over the ground to blue, for numbers with a sign."""
    return [[0.0, colours.negative], [0.5, colours.neutral], [1.0, colours.positive]]


def decision_boundary(
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    output: npt.ArrayLike,
    points: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
    *,
    theme: str = "light",
    middle: float = 0.0,
    limit: float | None = None,
    height: int = 420,
    title: str = "Decision boundary\nThe pale seam is where the network cannot decide.",
    axes: tuple[str, str] = ("x₁", "x₂"),
) -> go.Figure:
    """The output (len(x2), len(x1)) over the plane, and points (n, 2), classes told by colour and by shape."""
    colours = palette(theme)
    z = np.asarray(output, float)
    reach = limit or float(np.abs(z - middle).max()) or 1.0
    traces: list[dict[str, Any]] = [{
        "type": "heatmap", "x": x1, "y": x2, "z": z, "zmid": middle, "zmin": middle - reach, "zmax": middle + reach,
        "colorscale": signed_scale(colours), "showscale": False, "opacity": 0.55,
        "hovertemplate": "x₁ %{x:.2f}, x₂ %{y:.2f}<br>output %{z:.4f}<extra></extra>",
    }]  # fmt: skip
    if points is not None:
        rows = np.asarray(points, float)
        kinds = np.zeros(len(rows), int) if labels is None else np.asarray(labels, int)
        traces += [_cloud(rows[kinds == k], int(k), colours) for k in np.unique(kinds)]
    spans = zip(axes, (np.asarray(x1, float), np.asarray(x2, float)), strict=True)
    across, up = ({"title": {"text": name}, "range": [v.min(), v.max()]} for name, v in spans)
    return figure(
        theme, title=title, height=height, traces=traces, xaxis={**across, "constrain": "domain"},
        yaxis={**up, "scaleanchor": "x", "constrain": "domain"}, showlegend=False,
    )  # fmt: skip


def mini_batch(
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    output: npt.ArrayLike,
    batch: npt.ArrayLike,
    kinds: npt.ArrayLike,
    others: npt.ArrayLike,
    picked: int,
    *,
    theme: str = "light",
    middle: float = 0.0,
    limit: float = 1.0,
    axes: tuple[str, str] = ("x₁", "x₂"),
) -> go.Figure:
    """The points of a mini-batch (n, 2) over what the network makes of the plane; the last trace is the batch.

    kinds (n,) tells classes by colour and by shape; `others` (k, 2) are the training points that wait for their turn.
    """
    fig = decision_boundary(
        x1, x2, output, theme=theme, middle=middle, limit=limit, height=340, axes=axes,
        title="The mini-batch on the plane\nClick a point to follow it through the network.",
    )  # fmt: skip
    colours, rows, rest = palette(theme), np.asarray(batch, float), np.asarray(others, float)
    names = np.asarray(kinds, int)
    chosen = np.arange(len(rows)) == picked
    fig.add_trace({
        "type": "scatter", "mode": "markers", "x": rest[:, 0], "y": rest[:, 1], "hoverinfo": "skip",
        "marker": {"size": 3, "color": colours.muted, "opacity": 0.5},
    })  # fmt: skip
    fig.add_trace({
        "type": "scatter", "mode": "markers", "x": rows[:, 0], "y": rows[:, 1],
        "customdata": np.arange(1, len(rows) + 1), "hovertemplate": "point %{customdata}<extra></extra>",
        "marker": {
            "size": np.where(chosen, 17, 11), "symbol": [CLASS_SYMBOLS[k % len(CLASS_SYMBOLS)] for k in names],
            "color": [colours.classes[k % len(colours.classes)] for k in names], "opacity": 1.0,
            "line": {"width": np.where(chosen, 3, 1), "color": np.where(chosen, colours.text, colours.background)},
        },
        "selected": {"marker": {"opacity": 1.0}}, "unselected": {"marker": {"opacity": 1.0}},
    })  # fmt: skip
    fig.update_layout(clickmode="event+select")
    fig.data[0].hoverinfo, fig.data[0].hovertemplate = "skip", None
    return fig


def _cloud(rows: npt.NDArray[np.float64], kind: int, colours: Palette) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": f"class {kind}", "x": rows[:, 0], "y": rows[:, 1],
        "marker": {
            "size": 8, "symbol": CLASS_SYMBOLS[kind % len(CLASS_SYMBOLS)],
            "color": colours.classes[kind % len(colours.classes)], "line": {"width": 1, "color": colours.background},
        },
        "hovertemplate": f"class {kind}<br>x₁ %{{x:.3f}}, x₂ %{{y:.3f}}<extra></extra>",
    }  # fmt: skip


def weight_heatmaps(
    matrices: Sequence[npt.ArrayLike], names: Sequence[str], *, theme: str = "light", height: int = 260
) -> go.Figure:
    """The weights of each layer, (n_in + 1, n_out) with the biases as last row, on one scale for all layers."""
    colours = palette(theme)
    tables = [np.asarray(m, float) for m in matrices]
    top = max((float(np.nanmax(np.abs(t))) for t in tables if t.size), default=1.0) or 1.0
    columns = [t.shape[1] for t in tables]
    shares = np.maximum(columns, max(2.5, 0.04 * sum(columns)))
    gap = min(0.08, 0.3 / len(tables))
    crowded = len(tables) > MOST_NUMBERED
    widths = shares / shares.sum() * (1.0 - gap * (len(tables) - 1))
    traces, axes, annotations, left = [], {}, [], 0.0
    for i, (table, name, width) in enumerate(zip(tables, names, widths, strict=True)):
        n = str(i + 1) if i else ""
        n_in, n_out = table.shape[0] - 1, table.shape[1]
        rows = [*(str(k + 1) for k in range(n_in)), "b"]
        traces.append({
            "type": "heatmap", "xaxis": f"x{n}", "yaxis": f"y{n}", "z": table, "x": list(range(1, n_out + 1)),
            "y": list(range(n_in + 1)), "customdata": [[row] * n_out for row in rows],
            "coloraxis": "coloraxis", "xgap": 1, "ygap": 1,
            "hovertemplate": f"{name}: from %{{customdata}} to %{{x}}<br>%{{z:.5f}}<extra></extra>",
        })  # fmt: skip
        axes[f"xaxis{n}"] = {
            "domain": [left, left + width], "anchor": f"y{n}", "nticks": 6, "showgrid": False,
            "title": {"text": "" if crowded else "to unit"}, "tickvals": [] if crowded else None,
        }  # fmt: skip
        kept = [] if crowded and i else [*range(0, n_in, max(1, n_in // 6)), n_in]
        axes[f"yaxis{n}"] = {
            "anchor": f"x{n}", "range": [n_in + 0.5, -0.5], "tickvals": kept, "ticktext": [rows[k] for k in kept],
            "showgrid": False,
        }  # fmt: skip
        annotations.append({
            "text": name.removeprefix("layer ") if crowded else name, "xref": f"x{n} domain", "yref": "paper",
            "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False,
            "font": {"size": 11, "color": colours.muted},
        })  # fmt: skip
        left += width + gap
    axes["yaxis"]["title"] = {"text": "from unit"}
    scale = {
        "colorscale": signed_scale(colours), "cmin": -top, "cmid": 0, "cmax": top,
        "colorbar": {"thickness": 8, "outlinewidth": 0, "title": {"text": "w"}},
    }  # fmt: skip
    return figure(
        theme, title="Weights and biases (b)\nTwo columns alike: two units that do the same.", height=height,
        traces=traces, annotations=annotations, coloraxis=scale, margin={"t": 72}, **axes,
    )  # fmt: skip


def gradient_map(
    epochs: npt.ArrayLike,
    norms: npt.ArrayLike,
    names: Sequence[str],
    *,
    theme: str = "light",
) -> go.Figure:
    """Gradient norms (k, n_layers) as colours, a row for each layer: fading and exploding are seen at a glance."""
    colours = palette(theme)
    t, table = np.asarray(epochs, float), np.asarray(norms, float)
    if len(t) > MOST_COLUMNS:
        kept = np.unique(np.linspace(0, len(t) - 1, MOST_COLUMNS).round().astype(int))
        t, table = t[kept], table[kept]
    positive = table[np.isfinite(table) & (table > 0)]
    power = np.log10(np.where((table > 0) & np.isfinite(table), table, np.nan)).T[::-1]
    low, high = (float(np.log10(positive.min())), float(np.log10(positive.max()))) if positive.size else (-1.0, 0.0)
    low, high = max(np.floor(low), np.ceil(high) - 12.0), np.ceil(high)
    step = max(1, int(-(-(high - low) // 5)))
    powers = list(range(int(low), int(high) + 1, step))
    bar = {
        "thickness": 8, "outlinewidth": 0, "tickvals": powers, "ticktext": [f"10<sup>{p}</sup>" for p in powers],
        "title": {"text": "‖∂L/∂W‖", "side": "top", "font": {"size": 11}},
    }  # fmt: skip
    scale = [[0.0, colours.neutral], [0.5, colours.layers[2]], [1.0, colours.layers[-1]]]
    trace = {
        "type": "heatmap", "x": t, "y": list(names)[::-1], "z": power, "zmin": low, "zmax": max(high, low + 1.0),
        "colorscale": scale, "colorbar": bar, "customdata": np.where(np.isfinite(table), table, np.nan).T[::-1],
        "hovertemplate": "%{y}, epoch %{x:.4~g}<br>%{customdata:.3e}<extra></extra>", "hoverongaps": False,
    }  # fmt: skip
    return figure(
        theme, title="Gradient by layer and time\nDark rows learn slowly; blank is no gradient at all."
        if theme == "dark" else "Gradient by layer and time\nPale rows learn slowly; white is no gradient at all.",
        height=120 + 26 * max(len(names), 4), traces=[trace],
        xaxis=epochs_axis(t, showgrid=False), yaxis={"showgrid": False, "type": "category"}, margin={"l": 64},
    )  # fmt: skip
