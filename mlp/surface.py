"""The loss at many places of the space of parameters: on a line or a plane through it, for a picture of the landscape.

A place is one more network of the same shape, and many networks are one plan with one more leading axis (stack.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.calls import run
from mlp.network import MLP
from mlp.plan import Pass, flat, sample_table
from mlp.shape import Shape
from mlp.stack import BEST_SIZE


class Surface:
    """The mean loss of a network's shape over samples x (n, n_in) with answers y, without penalties, anywhere.

    >>> from mlp import make_dataset
    >>> data, net = make_dataset("moons"), MLP([2, 3, 1], seed=1)
    >>> surface = Surface(net, data.x_train, data.y_train)
    >>> bool(abs(surface.losses(net.parameters[None])[0] - net.loss_value(data.x_train, data.y_train)) < 1e-12)
    True
    """

    def __init__(self, net: MLP, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        table = sample_table(net.check_x(x), net.loss.targets(y, net.sizes[-1]))
        self._shape = net.shape
        n_chunk = max(1, BEST_SIZE // (table.shape[1] * max(net.sizes)))
        self._parameters = np.zeros((n_chunk, net.n_parameters))
        everywhere = np.broadcast_to(table, (n_chunk, *table.shape))
        self._passes = Pass(net.shape, self._parameters, np.empty_like(self._parameters), everywhere)
        self._forward = flat(self._passes.forward)

    def parts(self, parameters: Array) -> Iterator[Array]:
        """The losses at places (k, n_parameters), some at a time and in their order: one may pause between the parts.

        Where the numbers are beyond all measure the loss is NaN or infinite.
        """
        n_chunk = len(self._parameters)
        for start in range(0, len(parameters), n_chunk):
            part = parameters[start : start + n_chunk]
            self._parameters[: len(part)] = part
            with np.errstate(all="ignore"):
                run(self._forward)
                losses = self._shape.loss.each(self._passes.output, self._passes.targets).mean(axis=-1)
            yield losses[: len(part)].copy()

    def losses(self, parameters: Array) -> Array:
        """(k,): the losses at places (k, n_parameters)."""
        return np.concatenate(list(self.parts(parameters)))


def random_direction(shape: Shape, parameters: Array, rng: np.random.Generator) -> Array:
    """(n_parameters,): a random direction that moves every neuron's weights and bias in proportion to their size.

    Filter normalization (Li et al. 2018, https://arxiv.org/abs/1712.09913): a step of 1 moves each neuron by as much as
    it is long. Without it a network with large weights would seem to lie in a wide valley merely because of its scale.
    """
    direction = rng.standard_normal(len(parameters))
    if not shape.use_bias:
        direction *= shape.is_weight()
    for D, W in zip(shape.matrices(direction), shape.matrices(parameters), strict=True):
        length = np.linalg.norm(D, axis=1, keepdims=True)
        D *= np.linalg.norm(W, axis=1, keepdims=True) / np.where(length > 0.0, length, 1.0)
    return direction
