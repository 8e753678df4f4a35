"""The pictures of a run at one moment, as Plotly figures. The browser saves them as PNG or SVG by itself.

Plotly's own `toImage` in the browser makes the files: what is saved is what is seen, in the user's fonts, and the
server needs no second browser for it, as the package kaleido would.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

import mlp
from playground import figures
from playground.export.subject import Subject
from playground.figures.look import figure, palette
from playground.figures.palette import CLASS_SYMBOLS
from playground.run.data import make_data, plane_of

GRID = 120


def pictures(subject: Subject, theme: str = "light") -> dict[str, go.Figure]:
    """Name to figure: what the network thinks, the losses, the gradients, the weights."""
    f, net = subject.frames, subject.net
    names = [*(f"layer {k}" for k in range(1, len(net.layers))), "output"]
    matrices = [np.vstack([layer.weights, layer.biases]) for layer in net.layers]
    result = {
        "boundary": _boundary(subject, theme),
        "gradients": figures.gradient_norms(f.epochs, f.gradient_norms, names, theme=theme),
        "weights": figures.weight_heatmaps(matrices, names, theme=theme),
        "loss": figures.loss_curve(f.epochs, f.train_loss, f.test_loss, theme=theme),
    }
    colours = palette(theme)
    for picture in result.values():
        picture.update_layout(
            modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.text},
            paper_bgcolor=colours.background,
            height=420,
        )
    return result


def grid(subject: Subject, n: int = GRID) -> tuple[np.ndarray, np.ndarray, mlp.Dataset]:
    """The places along either axis (n,), the network's inputs there (n * n, n_in), and the points in the plane."""
    points, _ = make_data(subject.experiment)
    reach = 1.08 * max(np.abs(x).max(initial=0.1) for x in (points.x_train, points.x_test))
    along = np.linspace(-reach, reach, n)
    plane = np.column_stack([v.ravel() for v in np.meshgrid(along, along)])
    own = plane_of(subject.experiment)
    if own is not None and len(own.origin) > 2:
        x = own.origin + plane @ own.axes
    else:
        x = mlp.expand_features(plane, subject.experiment.config.features)
    return along, x, points


def says(net: mlp.MLP, x: np.ndarray) -> np.ndarray:
    """What a network says at places (n, n_in): (n, n_out), probabilities where its loss makes them."""
    out = net.predict_proba(x) if net.loss.name.endswith("crossentropy") else net.outputs(x)
    return out[:, 1:] if out.shape[1] == 2 and net.sizes[-1] == 1 else out


def _boundary(subject: Subject, theme: str) -> go.Figure:
    along, inputs, points = grid(subject)
    out, n = says(subject.net, inputs), len(along)
    x = np.concatenate([points.x_train, points.x_test])
    y = np.concatenate([points.y_train, points.y_test])
    if out.shape[1] > 1:
        return _classes(along, out.argmax(axis=1).reshape(n, n), x, y, theme)
    probability = subject.net.loss.name == "binary_crossentropy"
    numbers = points.task == "regression"
    middle = float(points.y_train.mean()) if numbers else 0.5 if probability else subject.net.loss.boundary
    title = "What the network says of every point" if numbers else "Decision boundary"
    return figures.decision_boundary(
        along, along, out.reshape(n, n), None if numbers else x, None if numbers else y, theme=theme, middle=middle,
        limit=0.5 if probability else None, title=title,
    )  # fmt: skip


def _classes(along: np.ndarray, best: np.ndarray, x: np.ndarray, y: np.ndarray, theme: str) -> go.Figure:
    """The class that wins at every point, and the data."""
    colours = palette(theme).classes
    k = int(max(best.max(), y.max())) + 1
    steps = [[(c + end) / k, colours[c % len(colours)]] for c in range(k) for end in (0, 1)]
    traces = [
        {
            "type": "heatmap", "x": along, "y": along, "z": best, "zmin": -0.5, "zmax": k - 0.5, "colorscale": steps,
            "showscale": False, "opacity": 0.45, "hoverinfo": "skip",
        },
        *(
            {
                "type": "scatter", "mode": "markers", "x": x[y == c, 0], "y": x[y == c, 1], "name": f"class {c}",
                "marker": {
                    "symbol": CLASS_SYMBOLS[c % len(CLASS_SYMBOLS)], "color": colours[c % len(colours)], "size": 7,
                    "line": {"width": 1, "color": palette(theme).background},
                },
            }
            for c in range(k)
        ),
    ]  # fmt: skip
    axes = {"range": [float(along[0]), float(along[-1])], "constrain": "domain"}
    return figure(
        theme, title="Decision boundary\nEach point's ground has the colour of the class that wins there.",
        height=420, traces=traces, xaxis={**axes, "title": {"text": "x₁"}},
        yaxis={**axes, "title": {"text": "x₂"}, "scaleanchor": "x"}, showlegend=False,
    )  # fmt: skip
