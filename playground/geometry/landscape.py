"""The map of the loss around a run's path, and how sharply the loss bends along it: computed in small pieces.

Whoever asks says between which pieces others may have their turn, and whether anybody still waits for the rest.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

import mlp
from mlp.arrays import Array
from playground.geometry.planes import (
    Path,
    Plane,
    farthest_beside,
    of_the_path,
    of_three,
    of_two_weights,
    random_plane,
    random_walk_share,
    sharpest_plane,
)
from playground.run.compared import LETTERS
from playground.run.experiment import Experiment
from playground.run.names import parameter_name
from playground.run.number import percent, say

PLANES = {
    "path": "Along the path",
    "ends": "Start, end and best",
    "random": "Random directions",
    "sharpest": "Sharpest directions",
    "weights": "Two weights",
}
MOST_PLACES = 101
"""Along each side of a map"""
PROFILE = 41
"""Places between start and end"""
PIECE_SECONDS = 0.02
MOST_WORK = 6e9
"""Places times samples times parameters in one map: some seconds; a map of a larger network is coarser"""
BLOCK_WORK = 1e6
"""Samples times parameters of one product with the Hessian, so that it is done in a small part of a second"""
WHOLE_HESSIAN = 400
"""Up to so many parameters all eigenvalues are found"""
MOST_PRODUCTS = 60
CURVE_MOMENTS = 24
LIES = 0.2
"""A map that is off by more than this share of the true loss says something wrong"""
T = TypeVar("T")
Turn = Callable[[], AbstractContextManager[None]]


class GoneError(Exception):
    """Nobody waits for the answer any longer."""


@dataclass(frozen=True)
class Pieces:
    """How work is shared out: the right to compute, for as long as others can wait, and whether it is still wanted."""

    turn: Turn
    gone: Callable[[], bool]

    def run(self, parts: Iterator[T]) -> list[T]:
        """All parts; raises GoneError when nobody wants the rest."""
        done: list[T] = []
        while True:
            if self.gone():
                raise GoneError
            with self.turn():
                end = time.perf_counter() + PIECE_SECONDS
                for part in parts:
                    done.append(part)
                    if time.perf_counter() >= end:
                        break
                else:
                    return done
            time.sleep(0.0005)  # lets a thread that waits have the turn


@dataclass(frozen=True)
class Moment:
    """A network at a moment of its run, and the data that it learns from."""

    net: mlp.MLP
    data: mlp.Dataset
    step: int
    loss: float
    """The training loss, without penalties"""


@dataclass(frozen=True)
class LossMap:
    """A map, and the path on it."""

    plane: Plane
    losses: Array
    """(n, n), row by row from the bottom; (0, 0) where only the path was asked for"""
    feet: Array
    """(k, 2): where the places of the path are on the map"""
    at_feet: Array
    """(k,): the loss that the map has there"""
    here: Array
    """(2,): where the moment is on it"""
    at_here: float
    words: str
    third: int
    """Which place of the path the plane goes through besides its ends; -1 for none"""
    profile: Array
    """(2, PROFILE): training and test loss on the straight way from start to end"""
    others: tuple[Array, ...]
    """For each of the other paths (k, 3): where its places are on the map, and the loss that the map has there"""


def loss_map(
    moment: Moment, path: Path, kind: str, n: int, seed: int, weights: tuple[int, int], pieces: Pieces,
    others: Sequence[Path] = (),
) -> LossMap:  # fmt: skip
    """The map of one of PLANES, n places along each side; `others` are paths of runs beside this one, B and so on.

    Raises ValueError, in a sentence, where there is no such map.
    """
    net, data = moment.net, moment.data
    plane, words, third = _plane(moment, path, others, kind, seed, weights, pieces)
    surface = mlp.Surface(net, data.x_train, data.y_train)
    work = len(data.x_train) * net.n_parameters
    n = min(n, max(11, math.isqrt(int(MOST_WORK / work))))
    feet = plane.feet(path.places)
    here = plane.feet(net.parameters[None])
    places = np.concatenate([plane.at(here), plane.at(feet)])
    at_here, *at_feet = np.concatenate(pieces.run(surface.parts(places)))
    grid = plane.grid(n)
    losses = np.concatenate(pieces.run(_in_rows(surface, plane, grid, n))) if n else np.empty(0)
    line = path.places[0] + np.linspace(0.0, 1.0, PROFILE)[:, None] * (path.places[-1] - path.places[0])
    profile = np.full((2, PROFILE), np.nan)
    profile[0] = np.concatenate(pieces.run(surface.parts(line)))
    if len(data.x_test):
        test = mlp.Surface(net, data.x_test, data.y_test)
        profile[1] = np.concatenate(pieces.run(test.parts(line)))
    beside = []
    for other in others:
        on_it = plane.feet(other.places)
        beside.append(np.column_stack([on_it, np.concatenate(pieces.run(surface.parts(plane.at(on_it))))]))
    if others:
        words += _all_beside(plane, [path, *others])
    words = f"{words} At this moment the true loss is {say(moment.loss, 3)} and the map says {say(float(at_here), 3)}."
    return LossMap(
        plane,
        losses.reshape(n, n),
        feet,
        np.array(at_feet),
        here[0],
        float(at_here),
        words,
        third,
        profile,
        tuple(beside),
    )


def _in_rows(surface: mlp.Surface, plane: Plane, grid: Array, n: int) -> Iterator[Array]:
    """The losses of a map; the places of a row at a time, for all of a large network's would not fit into memory."""
    for row in range(n):
        yield from surface.parts(plane.at(grid[row * n : (row + 1) * n]))


def _plane(
    moment: Moment, path: Path, others: Sequence[Path], kind: str, seed: int, weights: tuple[int, int], pieces: Pieces
) -> tuple[Plane, str, int]:
    """The plane, a sentence on what it shows, and the place of the path that it goes through besides the ends."""
    net = moment.net
    if kind == "path":
        plane, shares = of_the_path(path, others)
        if others:
            shown = percent(float(shares.sum()))
            return plane, f"This plane shows {shown} of the variance of all {len(others) + 1} paths together.", -1
        walk = random_walk_share(len(path.places), net.n_parameters)
        words = f"This plane shows {percent(float(shares.sum()))} of the path's variance "
        words += f"(a random walk would give {percent(walk, 2)}). {_beside(plane, path)}"
        return plane, words, -1
    if kind == "ends":
        plane, third, name = of_three(path)
        what = "the best moment" if name == "best" else "the moment farthest from the line between them"
        words = f"This plane goes through start, end and {what} (step {path.steps[third]:.0f}): "
        return plane, f"{words}at these three the map is exact. {_beside(plane, path)}", third
    if kind == "random":
        words = f"Two random directions from this moment (seed {seed}): at 0.5 every neuron's weights have moved by "
        words += "half of their length. Almost nothing of the path lies in such a plane."
        return random_plane(net, seed), words, -1
    if kind == "sharpest":
        found = largest(moment, pieces)
        if len(found.values) < 2 or not float(np.abs(found.values).max()) > 0.0:
            raise ValueError("The loss does not bend at this moment, so no direction is sharper than another.")
        first, second = (say(float(value), 3) for value in found.values)
        words = "The two directions in which the loss bends most at this moment: "
        words += f"their eigenvalues are {first} and {second}."
        return sharpest_plane(net.parameters, found.vectors, found.values, moment.loss), words, -1
    most = net.n_parameters - 1
    if len(set(weights)) < 2 or max(weights) > most:
        raise ValueError(f"A map needs two different weights, each from 0 to {most}; got {list(weights)}.")
    first, second = (parameter_name(place, net.sizes) for place in weights)
    words = f"Only two of the {net.n_parameters} parameters move here: {first}, across, and {second}, up."
    return of_two_weights(net.parameters, weights, (first, second)), words, -1


def _beside(plane: Plane, path: Path) -> str:
    return f"The path runs up to {percent(farthest_beside(plane, path), 2)} of its length beside it."


def _all_beside(plane: Plane, paths: Sequence[Path]) -> str:
    """For each of several paths how far it runs beside the plane, and whether it leaves the map."""
    told = []
    for letter, path in zip(LETTERS, paths, strict=False):
        far = percent(farthest_beside(plane, path), 2)
        out = float((np.abs(plane.feet(path.places) - plane.middle) > plane.reach).any(axis=1).mean())
        told.append(f"{letter} up to {far}" + (f" ({percent(out)} of it lies outside the map)" if out else ""))
    return f" Beside the plane, in shares of their lengths, run {', '.join(told)}."


# ---- curvature -----------------------------------------------------------------------------------------------------
def largest(moment: Moment, pieces: Pieces, k: int = 2) -> mlp.Largest:
    """The k largest eigenvalues of the Hessian of the training loss, and their directions."""
    product = _product(moment, pieces)
    start = np.random.Generator(np.random.Philox(key=7)).standard_normal(moment.net.n_parameters)
    start *= 1.0 if moment.net.shape.use_bias else moment.net.shape.is_weight()
    found = None
    for found in mlp.lanczos(product, start, MOST_PRODUCTS, k, 1e-4):  # noqa: B007 - the last is the best
        pass
    assert found is not None
    return found


def _product(moment: Moment, pieces: Pieces) -> Callable[[Array], Array]:
    """Products with the Hessian, in turns: it is the mean over blocks of samples."""
    net, x, y = moment.net, moment.data.x_train, moment.data.y_train
    size = max(1, int(BLOCK_WORK / net.n_parameters))
    starts = range(0, len(x), size)

    def blocks() -> Iterator[tuple[float, mlp.Curvature]]:
        for start in starts:
            part = slice(start, start + size)
            yield len(x[part]) / len(x), mlp.Curvature(net, x[part], y[part])

    curvatures = pieces.run(blocks())

    def product(v: Array) -> Array:
        return np.sum(pieces.run(share * curvature.product(v) for share, curvature in curvatures), axis=0)

    return product


def spectrum(moment: Moment, pieces: Pieces) -> Array:
    """All eigenvalues, the largest first; of a network of more than WHOLE_HESSIAN parameters the largest two."""
    if moment.net.n_parameters > WHOLE_HESSIAN:
        return largest(moment, pieces).values
    curvature = mlp.Curvature(moment.net, moment.data.x_train, moment.data.y_train)
    return mlp.eigenvalues(np.concatenate(pieces.run(curvature.rows())), curvature.trained)


def edge(experiment: Experiment, n_train: int) -> tuple[float | None, str]:
    """Where the sharpness would settle, 2 / rate, and a sentence: it applies to plain descent on all points at once."""
    now = experiment.now
    why = [
        (now.optimizer != "sgd", f"the optimizer is {now.optimizer}, which does not step along the gradient alone"),
        (now.batch_size < n_train, f"mini-batches of {now.batch_size} points give another gradient at each step"),
        (bool(now.l1 or now.l2), "a penalty is added to the loss"),
        (bool(now.dropout), "dropout changes the network at each step"),
        (bool(now.clip_norm), "gradients are clipped"),
        (bool(now.frozen), "some layers are frozen"),
        (now.schedule != "constant", "the learning rate changes with a schedule"),
        (bool(experiment.changes), "the run was changed on the way"),
    ]
    for is_so, reason in why:
        if is_so:
            return None, f"The line 2 / learning rate does not apply here: {reason}."
    rate = now.learning_rate * (n_train if now.reduction == "sum" else 1)
    words = f"Above the line, {say(2.0 / rate, 3)} = 2 / learning rate, plain gradient descent overshoots the valley: "
    return 2.0 / rate, f"{words}it is thrown back to where the loss bends less."
