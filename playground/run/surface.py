"""What all pictures of a run's plane share: how much of it they show, what a network answers there, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import mlp
from playground.run.data import plane_of
from playground.run.experiment import Experiment

PROBABILITY_OF = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}
"""What turns the last sums into probabilities, for the losses that do"""
MARGIN = 1.08
"""How far a picture goes beyond its farthest point"""


@dataclass(frozen=True)
class ColourScale:
    """How an answer becomes a colour: neutral at `middle`, orange at `middle - reach`, blue at `middle + reach`."""

    middle: float
    reach: float


def colour_scale(net: mlp.MLP, points: mlp.Dataset) -> ColourScale:
    """The scale for the answers of a network with one output: of a class, or of the target's values in training."""
    if points.task == "regression":
        middle = float(points.y_train.mean())
        return ColourScale(middle, float(np.abs(points.y_train - middle).max()) or 1.0)
    middle = 0.5 if net.loss.name in PROBABILITY_OF else net.loss.boundary
    return ColourScale(middle, 1.0 if middle == 0.0 else 0.5)  # targets are 0 and 1, or the hinge loss's -1 and 1


def answers(net: mlp.MLP, x: np.ndarray) -> np.ndarray:
    """What a network answers to inputs (n, n_in): probabilities where its loss makes them, else its outputs.

    Returns (n, n_out): of two classes that share one output, the probability of class 1.
    """
    if net.loss.name not in PROBABILITY_OF:
        return net.outputs(x)
    probabilities = net.predict_proba(x)
    return probabilities[:, 1:] if net.sizes[-1] == 1 else probabilities


def half_side(points: mlp.Dataset) -> float:
    """Half the side of the square around zero that a picture shows, from points (n, 2), training and test."""
    return MARGIN * float(max(np.abs(x).max(initial=0.1) for x in (points.x_train, points.x_test)))


def grid(experiment: Experiment, points: mlp.Dataset, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places along either axis (n,), and a network's inputs at all n * n places, (n * n, n_in).

    Along the rows x1 grows, and from row to row x2: values at these places, reshaped to (n, n), have [row of x2, x1].
    """
    side = half_side(points)
    along = np.linspace(-side, side, n)
    places = np.column_stack([v.ravel() for v in np.meshgrid(along, along)])
    plane = plane_of(experiment)
    if plane is not None and not experiment.config.is_planar:
        return along, plane.origin + places @ plane.axes
    return along, mlp.expand_features(places, experiment.config.features)
