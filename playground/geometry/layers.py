"""From where to look at what a layer makes of the data: one fixed place for a whole run, and how much one sees.

A layer with more than two units lies in more dimensions than a screen has. What is drawn is its shadow on a plane, and
the plane is chosen once for a run, from the activations of many moments together, so that the picture of a moment is
the same whenever one comes back to it. Chosen anew for every moment, the plane would flip and turn by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

import mlp
from mlp.arrays import Array

MOST_MOMENTS = 20
"""From so many moments of a run its planes are chosen"""
MOST_POINTS = 300
"""So many points are drawn, the first of the training points; numbers are over all of them"""
MOST_DIRECTIONS = 6
"""So many main directions are kept of a layer, for the plane and for the tour"""
CROWD = 99.0
"""A picture reaches as far as this many of a hundred points"""
ROOM = 1.15
"""and so much further"""


@dataclass(frozen=True)
class Readout:
    """The plane in which the output reads the last layer: across it the output changes, along it it does not.

    Across is the direction w / |w| of the output's weights, at each moment anew. Along is `rest`, made perpendicular to
    it: of what the first direction leaves over, the direction in which the activations of all moments vary most.
    """

    rest: Array
    """(n_units,), of length 1"""
    across: float
    """So far from the boundary the picture reaches"""
    along: float
    """and so far from the middle"""


@dataclass(frozen=True)
class Space:
    """What is fixed for a whole run about the picture of one layer, n_units wide."""

    mean: Array
    """(n_units,): of the activations, over all points and moments"""
    directions: Array
    """(k, n_units): their main directions (principal components), each of length 1, the widest first"""
    extents: Array
    """(k,): so far from the mean a picture reaches along each"""
    radius: float
    """and in any direction at all"""
    low: Array
    """(n_units,): between these two a unit's activations lie"""
    high: Array
    before_mean: Array
    """(n_units,): of the sums z, before the bend"""
    before_radius: float
    """So far from it they reach along the same directions"""


def moments(recording: mlp.Recording, epochs: float) -> list[int]:
    """The frames of a run, up to an epoch, from which its planes are chosen: spread evenly, all of finite numbers."""
    last = int(np.searchsorted(recording.epochs, epochs, side="right"))
    chosen = np.unique(np.linspace(0, max(0, last - 1), MOST_MOMENTS).round().astype(int))
    return [int(k) for k in chosen if np.isfinite(recording.parameters[k]).all()]


def through(net: mlp.MLP, x: Array) -> list[tuple[Array, Array]]:
    """The sums z and the activations a, both (n, n_units), of every hidden layer for inputs (n, n_in)."""
    found, a = [], x
    for layer in net.layers[:-1]:
        z, a = layer.forward(a)
        found.append((z, a))
    return found


def spaces(net: mlp.MLP, x: Array, parameters: Array) -> list[Space]:
    """The spaces of the hidden layers, from the moments whose parameters (k, n_parameters) are given.

    With many inputs, or none of the layers hidden, the inputs themselves are looked at in the same way: the first of
    the spaces is always theirs.
    """
    net = net.copy()
    pooled: list[list[tuple[Array, Array]]] = []
    for moment in parameters:
        net.parameters[...] = moment
        pooled.append(through(net, x))
    layers = [(x, x)]
    for k in range(len(net.layers) - 1):
        sums, activations = zip(*(found[k] for found in pooled), strict=True)
        layers.append((np.concatenate(sums), np.concatenate(activations)))
    return [_space(z, a) for z, a in layers]


def _space(z: Array, a: Array) -> Space:
    mean = a.mean(axis=0)
    directions = _main_directions(a - mean)
    along = np.abs((a - mean) @ directions.T)
    radius = float(np.percentile(np.linalg.norm(a - mean, axis=1), CROWD))
    before = z - z.mean(axis=0)
    return Space(
        mean, directions, _reach(along), _reach(np.array([radius]))[0],
        np.percentile(a, 100.0 - CROWD, axis=0), np.percentile(a, CROWD, axis=0),
        z.mean(axis=0), _reach(np.abs(before @ directions.T)).max(),
    )  # fmt: skip


def _reach(distances: Array) -> Array:
    """(n, k) or (k,) distances to (k,): how far pictures of them reach; never nothing, or they could not be drawn."""
    far = np.percentile(distances, CROWD, axis=0) if distances.ndim == 2 else distances
    return np.maximum(ROOM * far, 1e-6)


def _main_directions(centred: Array) -> Array:
    """(k, n_units): eigenvectors of the covariance of (n, n_units), with a sign by rule."""
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return _upright(vectors[:, ::-1].T[:MOST_DIRECTIONS])


def _upright(directions: Array) -> Array:
    """Directions have no sign of their own; without a rule it would be that of a rounding error."""
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1, keepdims=True), axis=1)
    return directions * np.where(largest < 0.0, -1.0, 1.0)


# ---- the plane in which the output reads ---------------------------------------------------------------------------
def pairs(n_outputs: int) -> list[tuple[int, ...]]:
    """What an output can be read for: the only one, or which of two classes has the larger one."""
    return [(0,)] if n_outputs == 1 else list(combinations(range(n_outputs), 2))


def reading(net: mlp.MLP, pair: Sequence[int]) -> tuple[Array, float]:
    """The weights w (n_units,) and bias b with which the output reads, w . a + b, or the difference of two."""
    last = net.layers[-1]
    first, *second = pair
    w, b = last.weights[:, first], last.biases[first]
    for k in second:
        w, b = w - last.weights[:, k], b - last.biases[k]
    return w, float(b)


def readouts(net: mlp.MLP, x: Array, parameters: Array) -> dict[tuple[int, ...], Readout]:
    """The plane for each pair of classes, from the same moments; none where the last layer has only one unit."""
    net = net.copy()
    every = pairs(net.sizes[-1])
    n_units = net.sizes[-2]
    if n_units == 1:
        return {}
    left = {pair: np.zeros((n_units, n_units)) for pair in every}
    across: dict[tuple[int, ...], float] = dict.fromkeys(every, 0.0)
    lasts = []
    for moment in parameters:
        net.parameters[...] = moment
        a = through(net, x)[-1][1] if len(net.layers) > 1 else x
        lasts.append(a)
        spread = np.cov(a.T, bias=True).reshape(n_units, n_units)
        for pair in every:
            w, b = reading(net, pair)
            size = float(np.linalg.norm(w)) or 1.0
            keep = np.eye(n_units) - np.outer(w, w) / size**2
            left[pair] += keep @ spread @ keep
            across[pair] = max(across[pair], float(np.percentile(np.abs(a @ w + b) / size, CROWD)))
    last = np.concatenate(lasts)
    found = {}
    for pair in every:
        rest = _upright(np.linalg.eigh(left[pair])[1][:, -1:].T)[0]
        along = np.abs((last - last.mean(axis=0)) @ rest)
        found[pair] = Readout(rest, _reach(np.array([across[pair]]))[0], _reach(along[:, None])[0])
    return found


def readout_plane(readout: Readout, w: Array) -> Array:
    """(2, n_units): across and along, both of length 1 and perpendicular, for the output's weights of a moment."""
    first = w / (np.linalg.norm(w) or 1.0)
    second = readout.rest - (readout.rest @ first) * first
    return np.stack([first, second / (np.linalg.norm(second) or 1.0)])


def share_shown(a: Array, plane: Array) -> float:
    """How much of the spread (the variance) of activations (n, n_units) a plane (2, n_units) shows, from 0 to 1."""
    centred = a - a.mean(axis=0)
    total = float((centred**2).sum())
    return float(((centred @ plane.T) ** 2).sum()) / total if total > 0.0 else 1.0
