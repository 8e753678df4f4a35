"""What a network is apart from its numbers: its layers, its loss, and where each parameter lies in one flat vector.

The flat vector holds one unit after the other, layer by layer: the weights that come into the unit, then its bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mlp.activations import Activation
from mlp.arrays import Array
from mlp.losses import Loss


@dataclass(frozen=True)
class Shape:
    """Layer sizes, activations and loss of a network. Layers, inputs and units are counted from 0."""

    sizes: tuple[int, ...]
    """Units in each layer, inputs and outputs included."""
    activations: tuple[Activation, ...]
    """One for each layer with weights; the last is the output's."""
    loss: Loss
    use_bias: bool = True
    """False holds all biases at zero."""

    @property
    def n_parameters(self) -> int:
        """How many numbers the flat vector holds, biases that are held at zero included."""
        return self._start(len(self.activations))

    @property
    def n_trainable(self) -> int:
        """How many of them training moves: the weights alone where biases are held at zero."""
        return self.n_parameters if self.use_bias else self.n_parameters - sum(self.sizes[1:])

    def index(self, layer: int, i: int, j: int) -> int:
        """Where in the flat vector the weight from input `i` to unit `j` of `layer` lies; i = n_in is the bias.

        Raises IndexError if there is no such parameter.
        """
        if 0 <= layer < len(self.activations):
            n_in, n_out = self.sizes[layer : layer + 2]
            if 0 <= i <= n_in and 0 <= j < n_out:
                return self._start(layer) + j * (n_in + 1) + i
        raise IndexError(f"there must be a parameter (layer, i, j) in a network {self.sizes}; got {layer, i, j}.")

    def locate(self, index: int) -> tuple[int, int, int]:
        """The way back: (layer, i, j) of the parameter at `index` of the flat vector.

        Raises IndexError if there is none.
        """
        for layer in range(len(self.activations)):
            if self._start(layer) <= index < self._start(layer + 1):
                j, i = divmod(index - self._start(layer), self.sizes[layer] + 1)
                return layer, i, j
        raise IndexError(f"index must be from 0 to {self.n_parameters - 1}; got {index}.")

    def is_bias(self, index: int) -> bool:
        """Whether a bias lies at `index` of the flat vector, and not a weight."""
        layer, i, _ = self.locate(index)
        return i == self.sizes[layer]

    def matrices(self, flat: Array) -> list[Array]:
        """Each layer's weights and biases as a view (..., n_out, n_in + 1) into `flat` (..., n_parameters)."""
        return [
            flat[..., self._start(k) : self._start(k + 1)].reshape(*flat.shape[:-1], n_out, n_in + 1)
            for k, (n_in, n_out) in enumerate(pairwise(self.sizes))
        ]

    def span(self, first: int, end: int) -> slice:
        """Where the parameters of the layers from `first` to before `end` lie in the flat vector."""
        return slice(self._start(first), self._start(end))

    def is_weight(self) -> Array:
        """1 at the weights and 0 at the biases of the flat vector."""
        flat = np.ones(self.n_parameters)
        for matrix in self.matrices(flat):
            matrix[:, -1] = 0.0
        return flat

    def _start(self, layer: int) -> int:
        """Where the parameters of a layer begin: after those of all layers before it."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes[: layer + 1]))
