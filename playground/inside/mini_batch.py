"""The mini-batch of a step on the plane, as a figure and in words; and what its inputs are called."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

import mlp
from playground import figures
from playground.figures.palette import CLASS_COLOURS
from playground.inside.step import Step
from playground.run.data import axes_of, classes_of, make_data
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.surface import answers, colour_scale, grid

GRID = 48
BATCH = 2
"""The place of its points among the traces of `map_figure`"""


@lru_cache(maxsize=8)
def map_figure(experiment: Experiment, step: Step, point: int, theme: str) -> go.Figure:
    """The mini-batch over what the network makes of the plane; `theme` is light or dark."""
    points, _ = make_data(experiment)
    x = points.x_train
    along, inputs = grid(experiment, points, GRID)
    output, scale = answers(step.net, inputs), colour_scale(step.net, points)
    return figures.mini_batch(
        along, along, output.reshape(GRID, GRID, -1),
        x[step.rows], step.labels, np.delete(x, step.rows, axis=0), point, theme=theme,
        middle=scale.middle, reach=scale.reach, axes=axes_of(experiment),
    )  # fmt: skip


def map_in_words(step: Step, x: np.ndarray, point: int) -> str:
    """The picture of the mini-batch, points (n, 2), for those who cannot see it."""
    (low_1, low_2), (high_1, high_2) = x.min(axis=0), x.max(axis=0)
    truth, output = step.labels[point], step.layers[-1].a[point]
    return (
        f"The mini-batch on the plane: {step.n} points, x₁ from {say(low_1)} to {say(high_1)}, "
        f"x₂ from {say(low_2)} to {say(high_2)}. Point {point + 1} is followed: x₁ {say(x[point, 0])}, "
        f"x₂ {say(x[point, 1])}, truth {_listed(truth)}, output {_listed(output)}, loss {say(step.losses[point])}."
    )


def _listed(values: np.ndarray) -> str:
    return ", ".join(say(float(value)) for value in np.ravel(values))


def class_names(experiment: Experiment, theme: str) -> list[str]:
    """What the classes are called in a sentence, by their colours in a theme; none for a regression."""
    points, _ = make_data(experiment)
    colours, names = CLASS_COLOURS[theme], classes_of(experiment, points.n_classes)
    return [f"{colours[k % len(colours)]} ({name})" for k, name in enumerate(names[: points.n_classes])]


def input_labels(experiment: Experiment) -> list[str]:
    """What the network's inputs are called."""
    own = experiment.config.own_data
    if own is not None and not experiment.config.is_planar:
        return list(own.inputs)
    return [mlp.FEATURES[name].label for name in experiment.config.features]
