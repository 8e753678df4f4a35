"""What every neuron sees: the outputs of all units on a grid of points, for the pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, check_choice
from mlp.calls import run
from mlp.network import MLP
from mlp.plan import Pass, flat


class Surface:
    """The maps of all units of one network over fixed points; kept, so that each new look is a few calls.

    Parameters
    ----------
    net : MLP
    points : (n, n_in)
        The inputs, features already expanded.
    dtype : "float32" or "float64"
        Single precision is twice as fast, and more than a screen can show.
    """

    def __init__(self, net: MLP, points: npt.ArrayLike, dtype: str = "float32") -> None:
        check_choice("dtype", dtype, ("float32", "float64"))
        x = net.check_x(points)
        self._net = net
        self._parameters = np.empty(net.n_parameters, dtype)
        table = net.shape.table(x, np.zeros((net.sizes[-1], len(x)))).astype(dtype)
        self._pass = Pass(net.shape, self._parameters, np.empty_like(self._parameters), table)
        self._calls = flat(self._pass.forward)

    def maps(self) -> list[Array]:
        """For each layer the outputs of its units at each point, (n_units, n). Overwritten by the next call."""
        self._parameters[...] = self._net.parameters
        with np.errstate(all="ignore"):
            run(self._calls)
        return self._pass.activations
