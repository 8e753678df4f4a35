"""What the browser needs to draw how each layer bends the plane: it follows the clock there, from the parameters."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np

import mlp
from mlp.arrays import Array
from playground.geometry.align import align
from playground.geometry.layers import MOST_POINTS, moments, pairs, readouts, spaces, through
from playground.geometry.separation import separation

FIGURES = 5
"""Of a number that only says where a picture is looked at from"""


def viewpoints(trainer: mlp.Trainer, points: mlp.Dataset, epochs: float) -> dict[str, Any]:
    """What is fixed for a run: its points, and from where each layer is looked at.

    points : the training points where they are drawn on the plane
    epochs : up to which the run is looked through
    """
    net, data = trainer.net, trainer.data
    chosen = trainer.recording.parameters[moments(trainer.recording, epochs)]
    n = min(len(data.x_train), MOST_POINTS)
    labels = data.y_train[:n] if data.n_classes else np.ravel(data.y_train)[:n]
    return {
        "inputs": b64encode(np.ascontiguousarray(data.x_train[:n].T, dtype="<f4").tobytes()).decode(),
        "plane": [_short(points.x_train[:n, k]) for k in (0, 1)] if points.n_inputs == 2 else None,
        "labels": labels.tolist(),
        "n_points": len(data.x_train),
        "spaces": [
            {
                "mean": _short(space.mean),
                "directions": [_short(row) for row in space.directions],
                "extents": _short(space.extents),
                "radius": float(space.radius),
                "low": _short(space.low),
                "high": _short(space.high),
                "before_mean": _short(space.before_mean),
                "before_radius": float(space.before_radius),
            }
            for space in spaces(net, data.x_train, chosen)
        ],
        "readouts": [
            {"pair": pair, "rest": _short(found.rest), "across": float(found.across), "along": float(found.along)}
            for pair, found in readouts(net, data.x_train, chosen).items()
        ],
        "pairs": pairs(net.sizes[-1]),
    }


def separations(net: mlp.MLP, data: mlp.Dataset, parameters: Array) -> list[float] | None:
    """How well a straight line separates the training classes in the inputs and after each hidden layer.

    None for parameters that have blown up.
    """
    if not np.isfinite(parameters).all():
        return None
    net = net.copy()
    net.parameters[...] = parameters
    layers = [data.x_train, *(a for _, a in through(net, data.x_train))]
    return [separation(a, data.y_train, data.n_classes) for a in layers]


def beside(net: mlp.MLP, data: mlp.Dataset, mine: Array, theirs: Array) -> dict[str, Any]:
    """How another run of the same shape is written so that its neurons stand where their likes do.

    mine, theirs : (n_parameters,), of the moment at which they are paired: one for the whole run, so that pictures stay
        as they are when one goes back in time
    """
    found = align(net, data.x_train, mine, theirs)
    alike = np.abs(np.concatenate(found.alike)) if found.alike else np.ones(1)
    return {
        "order": found.order.tolist(),
        "signs": found.signs.astype(int).tolist(),
        "alike": float(alike.mean()),
        "turned": sum(found.turned),
    }


def muted(shape: mlp.Shape, layer: int, unit: int) -> dict[int, float]:
    """What to set by hand so that nobody hears a neuron: {place in the flat vector: 0} for all weights that leave it.

    layer : of the neuron, from 1 for the first hidden one; its unit is counted from 0
    """
    return {shape.index(layer, unit, j): 0.0 for j in range(shape.sizes[layer + 1])}


def _short(numbers: Array) -> list[float]:
    return [float(f"{x:.{FIGURES}g}") for x in numbers]
