"""A small picture of a run: what its network answers all over the plane, and its points, in the colours of the app."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

import mlp
from playground.run.data import make_data, plane_of
from playground.run.experiment import Experiment
from playground.run.surface import answers, colour_scale, grid, half_side

SIDE = 40
LEVELS = 25
"""Of how sure the network is; with ten classes at most, class and level fit into a byte"""
MOST_CLASSES = 10
MOST_POINTS = 100


def portrait(experiment: Experiment, net: mlp.MLP) -> dict[str, Any] | None:
    """The picture as the browser draws it; None where there is no plane to draw.

    `cells` are SIDE * SIDE bytes in base64, row after row from the lowest x₂: class times LEVELS and how sure. Of a
    regression or of two classes with one output, class 0 is below the middle and class 1 above it. `points` are
    x₁, x₂ from -1 to 1 and the class of some training points.
    """
    points, _ = make_data(experiment)
    if points.n_inputs != 2 or (not experiment.config.is_planar and plane_of(experiment) is None):
        return None
    _, inputs = grid(experiment, points, SIDE)
    with np.errstate(all="ignore"):  # a network that has lost its numbers answers nothing
        output = answers(net, inputs)
    scale, y = colour_scale(net, points), np.asarray(points.y_train)
    if output.shape[1] == 1:
        off = (output[:, 0] - scale.middle) / scale.reach
        which, sure = (off >= 0.0).astype(int), np.abs(off)
        classes = y.astype(int) if points.n_classes else (y.ravel() >= scale.middle).astype(int)
    else:
        chance = 1.0 / output.shape[1]
        which, sure = output.argmax(axis=1), (output.max(axis=1) - chance) / (1.0 - chance)
        classes = y.astype(int)
    level = np.round(np.nan_to_num(np.clip(sure, 0.0, 1.0)) * (LEVELS - 1)).astype(int)
    cells = (which % MOST_CLASSES * LEVELS + level).astype(np.uint8)
    shown = slice(MOST_POINTS)
    places = points.x_train[shown] / half_side(points)
    rows = np.column_stack([places.round(3), classes[shown]])
    return {"side": SIDE, "cells": base64.b64encode(cells.tobytes()).decode(), "points": rows.ravel().tolist()}
