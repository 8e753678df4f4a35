"""The loss of a network along two of its weights, while all others stand still: one real map among the textbook's.

It is what the network is trained on, the mean loss over all training points, without penalties and dropout.
"""

from __future__ import annotations

import numpy as np

import mlp
from mlp.arrays import Array
from mlp.calls import run
from mlp.plan import Pass, flat, sample_table

MOST_WORK = 1e6
"""Parameters times training points: a map of them takes some seconds"""
CHUNK = 24_000
"""Networks times points times width that are computed at once; the processor's cache holds as much well"""
ROOM = 2.0
"""How far a map goes to either side of the weights as they are, or as far again as the larger of them is long"""


class TwoWeights:
    """f(x, y): the loss of a network whose parameters at two places are x and y.

    Raises ValueError, in a sentence, for places that it does not have and for a network that would take too long.
    """

    def __init__(self, net: mlp.MLP, data: mlp.Dataset, places: tuple[int, int]) -> None:
        most = net.n_parameters - 1
        if len(set(places)) < 2 or not all(0 <= place <= most for place in places):
            raise ValueError(f"A map needs two different weights, each from 0 to {most}; got {places}.")
        if net.n_parameters * len(data.x_train) > MOST_WORK:
            raise ValueError(
                "The loss of a network of this size over so many points takes too long for a map: take fewer neurons "
                "or fewer samples."
            )
        self._net, self._places = net, list(places)
        targets = net.loss.targets(data.y_train, net.sizes[-1], "y_train")
        self._table = sample_table(data.x_train, targets)
        self._chunk = max(1, CHUNK // (self._table.shape[1] * max(net.sizes)))
        self._made: dict[int, tuple[Array, Array, Pass]] = {}
        self.start = (float(net.parameters[places[0]]), float(net.parameters[places[1]]))
        reach = ROOM * max(1.0, *map(abs, self.start))
        self.x, self.y = ((at - reach, at + reach) for at in self.start)

    def value(self, w: Array) -> Array:
        """(n,): the loss at the points (n, 2)."""
        return np.concatenate([self._loss(part) for part in self._parts(w)])

    def slope(self, w: Array) -> Array:
        """(n, 2): its gradient there."""
        return np.concatenate([self._gradient(part) for part in self._parts(w)])

    def _parts(self, w: Array) -> list[Array]:
        return [w[k : k + self._chunk] for k in range(0, len(w), self._chunk)]

    def _pass(self, w: Array) -> tuple[Array, Pass]:
        """(gradient, what went through): networks with these weights, run forward."""
        if len(w) not in self._made:
            parameters = np.tile(self._net.parameters, (len(w), 1))
            gradient = np.zeros_like(parameters)
            table = np.broadcast_to(self._table, (len(w), *self._table.shape))
            self._made[len(w)] = parameters, gradient, Pass(self._net.shape, parameters, gradient, table)
        parameters, gradient, passed = self._made[len(w)]
        parameters[:, self._places] = w
        run(flat(passed.forward))
        return gradient, passed

    def _loss(self, w: Array) -> Array:
        _, passed = self._pass(w)
        return np.asarray(self._net.loss.each(passed.output, passed.targets).mean(axis=-1))

    def _gradient(self, w: Array) -> Array:
        gradient, passed = self._pass(w)
        run(flat(passed.backward))
        return gradient[:, self._places]
