"""The pictures of a run at one moment, as Plotly figures. The browser saves them as PNG or SVG by itself.

Plotly's own `toImage` in the browser makes the files: what is saved is what is seen, in the user's fonts, and the
server needs no second browser for it, as the package kaleido would.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from playground import figures
from playground.export.subject import Subject
from playground.figures.look import palette
from playground.health import words
from playground.run.data import axes_of, make_data, shown_scale
from playground.run.names import layer_names
from playground.run.surface import answers, colour_scale, grid

GRID = 120


def pictures(subject: Subject, theme: str = "light") -> dict[str, go.Figure]:
    """Name to figure: what the network thinks, the losses, the gradients, the weights."""
    result = {"boundary": _boundary(subject, theme), **figures.charts(subject.frames, subject.net, theme=theme)}
    colours = palette(theme)
    for picture in result.values():
        picture.update_layout(
            paper_bgcolor=colours.background,
            height=420,
        )
    return result


def in_words(subject: Subject) -> dict[str, str]:
    """The same pictures, for those who cannot see them."""
    f, layers = subject.frames, subject.net.layers
    names = layer_names(len(layers))
    numbers = [np.concatenate([layer.weights.ravel(), layer.biases.ravel()]) for layer in layers]
    losses = np.column_stack([f.train_loss, f.test_loss])
    weights = "; ".join(f"{name} {words.spread(each)}" for name, each in zip(names, numbers, strict=True))
    return {
        "boundary": f"What the network answers over the plane after step {subject.step}, and the points.",
        "gradients": words.over_time("Gradient norms", f.epochs, f.gradient_norms, names),
        "weights": f"Weights and biases after step {subject.step}: {weights}.",
        "loss": words.over_time("Loss", f.epochs, losses, ["training loss", "test loss"]),
    }


def _boundary(subject: Subject, theme: str) -> go.Figure:
    points, _ = make_data(subject.experiment)
    along, inputs = grid(subject.experiment, points, GRID)
    out, scale = answers(subject.net, inputs), colour_scale(subject.net, points)
    title = "Decision boundary\nThe pale seam is where the network cannot decide."
    if out.shape[1] > 1:
        title = "Decision boundary\nEach point's ground has the colour of the class that wins there."
    elif points.task == "regression":
        title = "What the network says of every point"
    shown = shown_scale(subject.experiment)
    x1, x2 = shown.undo(np.column_stack([along, along])).T
    return figures.decision_boundary(
        x1, x2, out.reshape(GRID, GRID, -1),
        shown.undo(np.concatenate([points.x_train, points.x_test])), np.concatenate([points.y_train, points.y_test]),
        theme=theme, middle=scale.middle, reach=scale.reach, title=title,
        axes=axes_of(subject.experiment),
    )  # fmt: skip
