"""Pictures in colours: the plane as a network sees it, its weights, and gradients by layer and time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from playground.figures.look import epochs_axis, figure, palette, text_for_plotly
from playground.figures.palette import CLASS_SYMBOLS, Palette
from playground.figures.scale import px

MOST_COLUMNS = 200
MOST_TIMES = 100.0  # more or less gradient than the output layer: the bounds of "explodes" and "vanishes"
MOST_NUMBERED = 8  # layers beside each other: with more, the numbers of their units would lie on each other


def signed_scale(colours: Palette) -> list[list[Any]]:
    """Orange over the ground to blue, for numbers with a sign."""
    return [[0.0, colours.negative], [0.5, colours.neutral], [1.0, colours.positive]]


def decision_boundary(
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    output: npt.ArrayLike,
    points: npt.ArrayLike | None = None,
    truth: npt.ArrayLike | None = None,
    *,
    theme: str = "light",
    middle: float = 0.0,
    reach: float = 1.0,
    height: int = 420,
    title: str = "Decision boundary\nThe pale seam is where the network cannot decide.",
    axes: tuple[str, str | None] = ("x₁", "x₂"),
) -> go.Figure:
    """What a network answers over the plane, and points (n, 2) on it.

    output : (len(x2), len(x1), n_out). One output is orange below `middle` and blue above, in full colour `reach` away
        from it; of several, the ground has the colour of the class whose output is largest.
    truth : class numbers (n,), told by colour and by shape; or values, in the colour that such an output has.
    axes : what lies across, and what lies up: None where the height of a point means nothing.
    """
    colours, z = palette(theme), np.asarray(output, float)
    across, up = text_for_plotly(axes[0]), axes[1] and text_for_plotly(axes[1])
    where = f"{across} %{{x:.6~r}}" + (f", {up} %{{y:.6~r}}" if up else "")
    if z.shape[-1] == 1:
        hover = f"{where}<br>output %{{z:.4f}}<extra></extra>"
        ground = {**_signed(z[..., 0], middle, reach, colours), "hovertemplate": hover}
    else:
        ground = {**_regions(z, colours), "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = [{"type": "heatmap", "x": x1, "y": x2, "showscale": False, **ground}]
    if points is not None:
        rows = np.asarray(points, float)
        kinds = np.zeros(len(rows), int) if truth is None else np.asarray(truth).reshape(len(rows))
        groups = [(kinds == k, f"class {k}") for k in np.unique(kinds)] if _are_classes(kinds) else [(slice(None), "")]
        traces += [
            {
                "type": "scatter", "mode": "markers", "name": name, "x": rows[here, 0], "y": rows[here, 1],
                "marker": {
                    "size": 8, "line": {"width": 1, "color": colours.background},
                    **_marker(kinds[here], colours, middle, reach),
                },
                "hovertemplate": f"{name or 'value %{marker.color:.3f}'}<br>{where}<extra></extra>",
            }
            for here, name in groups
        ]  # fmt: skip
    x, y = (
        {"title": {"text": name}, "range": [np.min(span), np.max(span)], "constrain": "domain"}
        for name, span in ((across, x1), (up or "height means nothing", x2))
    )
    bare: dict[str, Any] = {} if up else {"showticklabels": False, "showgrid": False, "zeroline": False}
    square = {"scaleanchor": "x", "scaleratio": np.ptp(x1) / (np.ptp(x2) or 1.0) or 1.0}  # whatever the units
    return figure(
        theme, title=title, height=height, traces=traces, xaxis=x, yaxis={**y, **square, **bare}, showlegend=False
    )  # fmt: skip


def mini_batch(
    x1: npt.ArrayLike,
    x2: npt.ArrayLike,
    output: npt.ArrayLike,
    batch: npt.ArrayLike,
    truth: npt.ArrayLike,
    others: npt.ArrayLike,
    picked: int,
    *,
    theme: str = "light",
    middle: float = 0.0,
    reach: float = 1.0,
    axes: tuple[str, str | None] = ("x₁", "x₂"),
) -> go.Figure:
    """The points of a mini-batch (n, 2) over what the network answers; the last trace is the batch.

    output, truth : as for `decision_boundary`; others : (k, 2), the training points that wait for their turn.
    """
    fig = decision_boundary(
        x1, x2, output, theme=theme, middle=middle, reach=reach, height=340, axes=axes,
        title="The mini-batch on the plane\nClick a point to follow it through the network.",
    )  # fmt: skip
    colours, rows, rest = palette(theme), np.asarray(batch, float), np.asarray(others, float)
    chosen = np.arange(len(rows)) == picked
    fig.add_trace({
        "type": "scatter", "mode": "markers", "x": rest[:, 0], "y": rest[:, 1], "hoverinfo": "skip",
        "marker": {"size": 3, "color": colours.muted, "opacity": 0.5},
    })  # fmt: skip
    fig.add_trace({
        "type": "scatter", "mode": "markers", "x": rows[:, 0], "y": rows[:, 1],
        "customdata": np.arange(1, len(rows) + 1), "hovertemplate": "point %{customdata}<extra></extra>",
        "marker": {
            "size": np.where(chosen, 17, 11).tolist(), "opacity": 1.0,
            "line": {
                "width": np.where(chosen, 3, 1).tolist(),
                "color": np.where(chosen, colours.text, colours.background),
            },
            **_marker(np.asarray(truth).reshape(len(rows)), colours, middle, reach),
        },
    })  # fmt: skip
    fig.data[0].hoverinfo, fig.data[0].hovertemplate = "skip", None
    return fig


def _signed(z: npt.NDArray[np.float64], middle: float, reach: float, colours: Palette) -> dict[str, Any]:
    """A ground that goes from orange to blue."""
    return {
        "z": z, "zmid": middle, "zmin": middle - reach, "zmax": middle + reach, "colorscale": signed_scale(colours),
        "opacity": 0.55,
    }  # fmt: skip


def _regions(z: npt.NDArray[np.float64], colours: Palette) -> dict[str, Any]:
    """A ground of the colours of the classes, from outputs (..., n_classes)."""
    n = z.shape[-1]
    steps = [[(c + end) / n, colours.classes[c % len(colours.classes)]] for c in range(n) for end in (0, 1)]
    return {"z": z.argmax(axis=-1), "zmin": -0.5, "zmax": n - 0.5, "colorscale": steps, "opacity": 0.45}


def _are_classes(truth: npt.NDArray[Any]) -> bool:
    return truth.dtype.kind in "biu"


def _marker(truth: npt.NDArray[Any], colours: Palette, middle: float, reach: float) -> dict[str, Any]:
    """Colour and shape of points: by their class, or by their value."""
    if not _are_classes(truth):
        scale = {"cmin": middle - reach, "cmax": middle + reach, "colorscale": signed_scale(colours)}
        return {"symbol": "circle", "color": truth, **scale}
    return {
        "symbol": [CLASS_SYMBOLS[k % len(CLASS_SYMBOLS)] for k in truth],
        "color": [colours.classes[k % len(colours.classes)] for k in truth],
    }


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
            "font": {"size": px("tick"), "color": colours.muted},
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
    title: str | None = None,
) -> go.Figure:
    """Gradient norms (k, n_layers) over the output layer's, as colours, a row for each layer.

    Orange is less than the output layer gets and blue is more, in full colour MOST_TIMES apart; at no gradient at all
    the colour is the fullest orange. A moment at which the output layer has none is left out.
    """
    colours = palette(theme)
    t, table = np.asarray(epochs, float), np.asarray(norms, float)
    if len(t) > MOST_COLUMNS:
        kept = np.unique(np.linspace(0, len(t) - 1, MOST_COLUMNS).round().astype(int))
        t, table = t[kept], table[kept]
    with np.errstate(all="ignore"):
        shares = table / table[:, -1:]
        shares[~np.isfinite(shares)] = np.nan
        reach = np.log10(MOST_TIMES)
        power = np.clip(np.log10(shares), -reach, reach)
    ends = [1.0 / MOST_TIMES, 0.1, 1.0, 10.0, MOST_TIMES]
    bar = {
        "thickness": 8, "outlinewidth": 0, "tickvals": np.log10(ends),
        "ticktext": [f"{100 * share:,.0f} %" for share in ends],
        "title": {"text": "of the output's<br>\u200b", "side": "top", "font": {"size": px("tick")}},
    }  # fmt: skip
    trace = {
        "type": "heatmap", "x": t, "y": list(names)[::-1], "z": power.T[::-1], "zmid": 0.0, "zmin": -reach,
        "zmax": reach, "colorscale": signed_scale(colours), "colorbar": bar,
        "customdata": np.stack([table, 100.0 * shares], axis=-1).swapaxes(0, 1)[::-1],
        "hovertemplate": "%{y}, epoch %{x:.4~g}<br>%{customdata[0]:.3e}, %{customdata[1]:.3~g} % of the output "
        "layer's<extra></extra>",
        "hoverongaps": False,
    }  # fmt: skip
    if title is None:
        title = "Gradient of each layer against the output layer's\nOrange learns less, blue more."
    return figure(
        theme, title=title,
        height=max(200, 96 + 26 * len(names)), traces=[trace],
        xaxis=epochs_axis(t, showgrid=False), yaxis={"showgrid": False, "type": "category"}, margin={"l": 64},
    )  # fmt: skip
