"""The neurons of one run put in the order of another's: two networks may do the same with their neurons changed about.

Each neuron is paired with the one that does most alike on the training points, so that all pairs together are as alike
as can be (Kuhn 1955, the Hungarian method). A neuron of a symmetric activation, such as tanh, may do the very opposite:
it is then turned over, which leaves what the network says as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import mlp
from mlp.arrays import Array, Labels
from playground.geometry.layers import through


@dataclass(frozen=True)
class Alignment:
    """How another network is written so that its neurons stand where their likes do: signs * parameters[order]."""

    order: Labels
    """(n_parameters,): places in the other's flat vector"""
    signs: Array
    """(n_parameters,): 1, or -1 where one of the two neurons of a weight is turned over"""
    alike: tuple[Array, ...]
    """For each hidden layer (n_units,): the correlation of each pair, before it is turned over"""
    turned: tuple[int, ...]
    """How many neurons of each hidden layer are turned over"""

    def of(self, parameters: Array) -> Array:
        """The other's parameters (..., n_parameters) with its neurons in place: the same network, written otherwise."""
        return self.signs * parameters[..., self.order]


def align(net: mlp.MLP, x: Array, mine: Array, theirs: Array) -> Alignment:
    """Pair the hidden neurons of two networks of one shape by what they do for inputs x (n, n_in)."""
    layers = []
    for parameters in (mine, theirs):
        each = net.copy()
        each.parameters[...] = parameters
        layers.append([a for _, a in through(each, x)])
    shape = net.shape
    order, signs = np.empty(net.n_parameters), np.empty(net.n_parameters)  # places, for now, as any parameters
    places = shape.matrices(np.arange(net.n_parameters, dtype=np.float64))
    before, turned = np.arange(shape.sizes[0]), np.ones(shape.sizes[0])
    alike, n_turned = [], []
    parts = zip(places, shape.matrices(order), shape.matrices(signs), shape.activations, strict=True)
    for k, (where, into, sign, activation) in enumerate(parts):
        units, ways = np.arange(shape.sizes[k + 1]), np.ones(shape.sizes[k + 1])
        if k < len(layers[0]):
            likeness = correlations(layers[0][k], layers[1][k])
            symmetric = is_odd(activation)
            units = pair(np.abs(likeness) if symmetric else likeness)
            found = likeness[np.arange(len(units)), units]
            ways = np.where(symmetric & (found < 0.0), -1.0, 1.0)
            alike.append(found)
            n_turned.append(int((ways < 0.0).sum()))
        into[...] = where[np.ix_(units, np.append(before, len(before)))]  # the bias comes last
        sign[...] = ways[:, None] * np.append(turned, 1.0)
        before, turned = units, ways
    return Alignment(order.astype(np.int64), signs, tuple(alike), tuple(n_turned))


def correlations(a: Array, b: Array) -> Array:
    """(n_units, n_units): of each of a's units (n, n_units) with each of b's; 0 for one that never changes."""
    centred = [values - values.mean(axis=0) for values in (a, b)]
    sizes = [np.linalg.norm(values, axis=0) for values in centred]
    one, other = (v / np.where(s > 1e-12, s, np.inf) for v, s in zip(centred, sizes, strict=True))
    return np.asarray(np.clip(np.nan_to_num(one.T @ other), -1.0, 1.0))


def is_odd(activation: mlp.Activation) -> bool:
    """Whether f(-z) = -f(z), so that a neuron may be turned over."""
    z = np.linspace(0.05, 6.0, 60)
    return bool(np.allclose(activation.value(-z), -activation.value(z), rtol=1e-12, atol=1e-12))


def pair(value: Array) -> Labels:
    """(n,): for each row of (n, n) its column, all different, so that the sum of what they are worth is the greatest.

    Rows come in one by one; each finds the cheapest way to push others on to free columns, by prices of both.
    """
    n = len(value)
    cost = -value
    of_row, of_column = np.zeros(n), np.zeros(n)
    row_of: npt.NDArray[np.int64] = np.full(n, -1)
    for new in range(n):
        least, came_from = np.full(n, np.inf), np.full(n, -1)
        done = np.zeros(n, bool)
        row, column = new, -1
        while True:
            ahead = cost[row] - of_row[row] - of_column
            if column >= 0:
                ahead = ahead + least[column]
            nearer = ~done & (ahead < least)
            least[nearer], came_from[nearer] = ahead[nearer], column
            column = int(np.where(done, np.inf, least).argmin())
            done[column] = True
            if row_of[column] < 0:
                break
            row = int(row_of[column])
        reach = least[column]
        passed = done & (row_of >= 0)
        of_row[new] += reach
        of_row[row_of[passed]] += reach - least[passed]
        of_column[passed] -= reach - least[passed]
        while column >= 0:  # back along the way
            earlier = int(came_from[column])
            row_of[column] = new if earlier < 0 else row_of[earlier]
            column = earlier
    found = np.empty(n, np.int64)
    found[row_of] = np.arange(n)
    return found
