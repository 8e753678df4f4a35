"""What changes over the epochs: loss, gradient norms, and how far the weights move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from playground.figures.look import epochs_axis, figure, log_axis, palette
from playground.figures.palette import layer_colour

MOST_POINTS, MOST_COLOURS = 300, 4
RATIO_BAND = (1e-4, 2e-2)
"""Sizes of an update, over that of the weights, of which no rule of the page Health complains"""


def loss_curve(
    epochs: npt.ArrayLike,
    train_loss: npt.ArrayLike,
    test_loss: npt.ArrayLike | None = None,
    *,
    theme: str = "light",
    log: bool = False,
    guessing: float | None = None,
    title: str = "Loss\nWhen the test curve turns up again, the network learns by heart.",
) -> go.Figure:
    """Training and test loss, each (k,), over epochs (k,); `guessing` is what an answer without a look costs."""
    colours = palette(theme)
    lines = [("training loss", train_loss, colours.train, "solid")]
    if test_loss is not None and np.isfinite(np.asarray(test_loss, float)).any():
        lines.append(("test loss", test_loss, colours.test, "dot"))
    if guessing is not None:
        lines.append(("guessing", np.full(len(np.asarray(epochs)), guessing), colours.muted, "dash"))
    traces = [_line(epochs, values, name, colour, dash) for name, values, colour, dash in lines]
    values = np.concatenate([np.ravel(np.asarray(line[1], float)) for line in lines])
    axis = log_axis(values, "loss") if log else {"title": {"text": "loss"}, "rangemode": "tozero"}
    return figure(
        theme,
        title=title,
        height=260,
        traces=traces,
        hovermode="x unified",
        xaxis=epochs_axis(np.asarray(epochs)),
        yaxis=axis,
    )


def gradient_norms(
    epochs: npt.ArrayLike,
    norms: npt.ArrayLike,
    names: Sequence[str],
    *,
    fades: float | None = None,
    theme: str = "light",
    title: str = "Gradient norm of each layer\nFar below the others: a layer that hardly learns.",
) -> go.Figure:
    """The norm of every layer's gradient, (k, n_layers), over epochs (k,), on a log axis.

    fades : share of the output layer's gradient below which one fades; drawn as a line where one does
    """
    traces, table = _layer_lines(epochs, norms, names, theme), np.asarray(norms, float)
    if fades is not None and (table[:, :-1] < fades * table[:, -1:]).any():
        limit = np.where(table[:, -1] > 0, fades * table[:, -1], np.nan)
        line = _line(epochs, limit, f"{100 * fades:g} % of the output's: fades", palette(theme).text, "dot")
        line["line"]["width"] = 1.2
        traces.append(line)
    return figure(
        theme,
        title=title,
        height=300,
        traces=traces,
        hovermode="x unified",
        xaxis=epochs_axis(np.asarray(epochs)),
        yaxis=log_axis(norms, "size of the gradient, ‖∂L/∂W‖"),
    )


def update_ratios(
    epochs: npt.ArrayLike,
    ratios: npt.ArrayLike,
    names: Sequence[str],
    *,
    theme: str = "light",
    last: float | None = None,
    title: str = "Size of one update over size of the weights\nAbout 1/1000 is usual; green: no rule complains.",
) -> go.Figure:
    """Size of a step's update over size of the weights, (k, n_layers), over epochs (k,), with the healthy band.

    `last` is where the time axis ends, so that it can be that of the figure beside it.
    """
    colours = palette(theme)
    band: dict[str, Any] = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": RATIO_BAND[0], "y1": RATIO_BAND[1],
        "fillcolor": colours.classes[2], "opacity": 0.16, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    return figure(
        theme,
        title=title,
        height=300,
        traces=_layer_lines(epochs, ratios, names, theme),
        hovermode="x unified",
        shapes=[band],
        xaxis=epochs_axis(np.asarray(epochs) if last is None else [last]),
        yaxis=log_axis([*np.ravel(ratios), 0.8 * RATIO_BAND[0], 1.25 * RATIO_BAND[1]], "update / weights, ‖ΔW‖ / ‖W‖"),
    )


def _layer_lines(
    epochs: npt.ArrayLike, values: npt.ArrayLike, names: Sequence[str], theme: str
) -> list[dict[str, Any]]:
    table = np.asarray(values, float)
    colours = [layer_colour(palette(theme), i, len(names)) for i in range(len(names))]
    # A log axis has no place for zero: a gap there says so.
    columns = [np.where(table[:, i] > 0, table[:, i], np.nan) for i in range(len(names))]
    lines = [_line(epochs, y, name, c, "solid") for y, name, c in zip(columns, names, colours, strict=True)]
    if len(names) <= MOST_COLOURS:
        return lines
    told = (lowest(table), len(names) - 1)
    for k, line in enumerate(lines):
        if k not in told:
            line |= {"showlegend": False, "line": {"color": palette(theme).muted, "width": 1}, "opacity": 0.45}
    # Drawn over the grey ones, in the order of the layers.
    return [line for k, line in enumerate(lines) if k not in told] + [lines[k] for k in sorted({*told})]


def lowest(values: npt.ArrayLike) -> int:
    """The layer whose values, (k, n_layers), are typically the smallest."""
    table = np.asarray(values, float)
    rows = table[np.isfinite(table).all(axis=1)]
    return int(np.argmin(np.median(rows, axis=0))) if len(rows) else 0


def _line(x: npt.ArrayLike, y: npt.ArrayLike, name: str, colour: str, dash: str) -> dict[str, Any]:
    xs, ys = np.asarray(x, float), np.asarray(y, float)
    if len(xs) > MOST_POINTS:
        kept = np.unique(np.linspace(0, len(xs) - 1, MOST_POINTS).round().astype(int))
        xs, ys = xs[kept], ys[kept]
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": xs, "y": ys,
        "line": {"color": colour, "width": 1.8, "dash": dash}, "hovertemplate": "%{y:.4~g}",
    }  # fmt: skip
