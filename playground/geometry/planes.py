"""Planes through the space of all parameters, and how much of a run's path lies in one.

A network with a hundred parameters learns in a space of a hundred dimensions, and a map has two. Which two is a choice,
and each shows something else; what a map leaves out is said in numbers beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

import mlp
from mlp.arrays import Array
from mlp.rng import Purpose, generator

MOST_FRAMES = 200
"""Of a path; a longer one is thinned evenly"""
WALKS = 8
"""Random walks that are averaged"""
ROOM = 1.15
RANDOM_REACH = 0.5
"""Farther away a random direction leads into parts where no training ever goes"""


@dataclass(frozen=True)
class Path:
    """The way of a run through the space of parameters."""

    steps: Array
    """(k,)"""
    places: Array
    """(k, n_parameters)"""
    losses: Array
    """(k,): the training loss at each, without penalties"""
    test_losses: Array
    """(k,): NaN without test data"""


@dataclass(frozen=True)
class Plane:
    """A map's sheet: the place (x, y) on it stands for the parameters origin + x axes[0] + y axes[1]."""

    origin: Array
    """(n_parameters,)"""
    axes: Array
    """(2, n_parameters)"""
    middle: tuple[float, float]
    """of the map"""
    reach: float
    """from there to each side; one unit is as long across as up"""
    labels: tuple[str, str]

    def at(self, places: Array) -> Array:
        """Parameters (k, n_parameters) of places (k, 2) on the map."""
        return self.origin + places @ self.axes

    def feet(self, parameters: Array) -> Array:
        """(k, 2): the places on the map nearest to parameters (k, n_parameters)."""
        return np.asarray(np.linalg.lstsq(self.axes.T, (parameters - self.origin).T, rcond=None)[0].T)

    def grid(self, n: int) -> Array:
        """(n * n, 2): the places of a map, row by row from the bottom left."""
        along = np.linspace(-self.reach, self.reach, n)
        x, y = np.meshgrid(self.middle[0] + along, self.middle[1] + along)
        return np.column_stack([x.ravel(), y.ravel()])


def path_of(recording: mlp.Recording, last: int) -> Path:
    """The path up to a step, as far as its numbers are finite."""
    frames = recording.frames
    n = int(np.searchsorted(frames.steps, last, side="right"))
    good = np.isfinite(frames.parameters[:n]).all(axis=1) & np.isfinite(frames.train_loss[:n])
    n = n if good.all() else int(good.argmin())
    kept = np.unique(np.linspace(0, n - 1, min(n, MOST_FRAMES)).round().astype(int))
    return Path(
        frames.steps[kept].astype(np.float64), frames.parameters[kept], frames.train_loss[kept], frames.test_loss[kept]
    )


# ---- the planes ----------------------------------------------------------------------------------------------------
def of_the_path(path: Path, others: Sequence[Path] = ()) -> tuple[Plane, Array]:
    """The plane of a path's two widest directions, and the shares (2,) of its variance that lie along them.

    With other paths, those of all their places together.
    """
    places = np.concatenate([path.places, *(other.places for other in others)])
    mean = places.mean(axis=0)
    centred = places - mean
    # Of k places in many dimensions, k² products suffice.
    squares, inside = np.linalg.eigh(centred @ centred.T)
    squares, inside = np.maximum(squares[::-1], 0.0), inside[:, ::-1]
    total = float(squares.sum())
    second = inside[:, 1] if len(squares) > 1 else np.zeros(1)
    directions = _two(centred.T @ inside[:, 0], centred.T @ second)
    # A path goes from left to right and upwards, whatever the signs that came out.
    ends = (path.places[-1] - path.places[0]) @ directions.T
    directions *= np.where(ends < 0.0, -1.0, 1.0)[:, None]
    shares = squares[:2] / total if total > 0.0 and len(squares) > 1 else np.array([1.0, 0.0])
    plane = _around(mean, directions, centred @ directions.T, ("main direction 1", "main direction 2"))
    return plane, shares


def of_three(path: Path) -> tuple[Plane, int, str]:
    """The plane through start, end and a third place of a path, which place that is, and what it is called.

    The third is the best, by the test loss, or the training loss without test data. Where that is an end of the path,
    or on the line between them, it is the place farthest from that line.
    """
    start, end = path.places[0], path.places[-1]
    first, _ = _two(end - start, np.zeros(len(start)))
    beside = path.places - start
    beside = beside - np.outer(beside @ first, first)
    distance = np.linalg.norm(beside, axis=1)
    losses = path.test_losses if np.isfinite(path.test_losses).all() else path.losses
    best, farthest = int(losses.argmin()), int(distance.argmax())
    is_best = distance[best] > 0.05 * distance[farthest]
    third = best if is_best else farthest
    directions = _two(first, beside[third])
    places = np.stack([path.places[k] for k in (0, third, len(path.places) - 1)])
    origin = places.mean(axis=0)
    plane = _around(origin, directions, (path.places - origin) @ directions.T, ("from start to end", "away from that"))
    return plane, third, "best" if is_best else "farthest"


def random_plane(net: mlp.MLP, seed: int) -> Plane:
    """Two random directions from a network's present parameters, filter-normalized; the same seed draws the same."""
    draws = generator(seed, Purpose.WEIGHTS)
    axes = np.stack([mlp.random_direction(net.shape, net.parameters, draws) for _ in range(2)])
    return Plane(net.parameters.copy(), axes, (0.0, 0.0), RANDOM_REACH, ("random direction 1", "random direction 2"))


def sharpest_plane(parameters: Array, vectors: Array, values: Array, loss: float) -> Plane:
    """The two directions in which the loss bends most, (2, n_parameters), as far as it would rise by a half."""
    reach = float(np.sqrt(2.0 * (0.5 + loss) / max(float(values[0]), 1e-6)))
    reach = min(reach, max(1.0, float(np.linalg.norm(parameters))))
    signs = np.where(np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1, keepdims=True), 1) < 0.0, -1.0, 1.0)
    return Plane(parameters.copy(), vectors * signs, (0.0, 0.0), reach, ("sharpest direction", "second sharpest"))


def of_two_weights(parameters: Array, places: Sequence[int], labels: tuple[str, str]) -> Plane:
    """Two parameters, by their own values; all others stay."""
    axes = np.zeros((2, len(parameters)))
    axes[0, places[0]] = axes[1, places[1]] = 1.0
    x, y = (float(parameters[k]) for k in places)
    origin = parameters.copy()
    origin[list(places)] = 0.0
    return Plane(origin, axes, (x, y), max(2.0, 1.5 * abs(x), 1.5 * abs(y)), labels)


def _two(first: Array, second: Array) -> Array:
    """Two perpendicular directions of length 1, (2, n); where one is nothing, an axis takes its place."""
    found: list[Array] = []
    for v in (first, second):
        for tried in (v, *np.eye(3, len(v))):  # one of three axes is not among two directions
            left = tried - sum((tried @ before) * before for before in found)
            length = float(np.linalg.norm(left))
            if length > 1e-9 * max(1.0, float(np.linalg.norm(tried))):
                found.append(left / length)
                break
    return np.stack(found)


def _around(origin: Array, directions: Array, feet: Array, labels: tuple[str, str]) -> Plane:
    low, high = feet.min(axis=0), feet.max(axis=0)
    middle = (low + high) / 2.0
    reach = max(ROOM * float((high - low).max()) / 2.0, 1e-3)
    return Plane(origin, directions, (float(middle[0]), float(middle[1])), reach, labels)


# ---- what is left out ----------------------------------------------------------------------------------------------
def farthest_beside(plane: Plane, path: Path) -> float:
    """How far a path runs beside a plane at the most, as a share of the length of its way from start to end."""
    off = path.places - plane.at(plane.feet(path.places))
    steps = np.linalg.norm(np.diff(path.places, axis=0), axis=1).sum()
    return float(np.linalg.norm(off, axis=1).max() / steps) if steps > 0.0 else 0.0


@cache
def random_walk_share(n_places: int, n_parameters: int) -> float:
    """How much of a random walk's variance the plane of its two widest directions shows, on average.

    The yardstick for a path: a walk without aim seems to go somewhere too (Antognini & Sohl-Dickstein 2018,
    https://arxiv.org/abs/1806.08805).
    """
    shares = []
    for k in range(WALKS):
        walk = np.cumsum(generator(k, Purpose.DATA).standard_normal((n_places, min(n_parameters, 2000))), axis=0)
        centred = walk - walk.mean(axis=0)
        squares = np.linalg.eigvalsh(centred @ centred.T)[::-1]
        shares.append(float(squares[:2].sum() / max(squares.sum(), 1e-300)))
    return float(np.mean(shares))
