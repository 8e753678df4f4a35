"""How the loss bends: its second derivatives, of which the gradient knows nothing.

The Hessian H is the matrix of all second derivatives: n_parameters squared numbers. A product H v is to be had without
it, for about the price of two gradients (Pearlmutter 1994, https://doi.org/10.1162/neco.1994.6.1.147): H v is how the
gradient changes when the parameters move along v, so every line of backpropagation is differentiated once more in that
direction. What changes is written with an r here: r_z is how z changes. From such products alone Lanczos finds the
largest eigenvalues, the bends of the steepest valleys; a small network's whole matrix is its products with the unit
vectors.

The loss is the mean over the samples, without penalties. Where an activation has a corner its bend is taken as 0, as
PyTorch does: ReLU bends only through the layers above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.network import MLP

MOST_AT_ONCE = 400_000
"""Numbers in the largest array: directions times samples times width"""


class Curvature:
    """The second derivatives of a network's mean loss over samples x (n, n_in), with answers y.

    The parameters are those that the network has now; it is free to move on afterwards.

    >>> from mlp import make_dataset
    >>> data = make_dataset("moons")
    >>> curvature = Curvature(MLP([2, 3, 1], seed=1), data.x_train, data.y_train)
    >>> curvature.hessian().shape, curvature.product(np.ones(13)).shape
    ((13, 13), (13,))
    """

    def __init__(self, net: MLP, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        self._net = net.copy()
        self._traces = self._net.trace(x, y)
        self._targets = net.loss.targets(y, net.sizes[-1])
        layers = zip(self._net.layers, self._traces, strict=True)
        self._slopes = [(layer.activation.slope(trace.z), layer.activation.bend(trace.z)) for layer, trace in layers]
        shape = self._net.shape
        self.trained = np.ones(shape.n_parameters) if shape.use_bias else shape.is_weight()
        """(n_parameters,): 0 for biases that are held at zero"""

    @property
    def n_parameters(self) -> int:
        """Rows and columns of the Hessian."""
        return self._net.n_parameters

    def product(self, v: Array) -> Array:
        """H v: (n_parameters,) for a direction v of that shape, or (k, n_parameters) for k of them."""
        directions = np.atleast_2d(v * self.trained)
        r_gradient = np.empty_like(directions)
        matrices = self._net.shape.matrices(directions)  # (k, n_out, n_in + 1)
        into = self._net.shape.matrices(r_gradient)

        # Forwards: how z and a change.
        r_x = np.zeros((1, 1, 1))  # the inputs stay
        r_sums: list[Array] = []
        r_inputs: list[Array] = []
        for layer, trace, (slope, _), V in zip(self._net.layers, self._traces, self._slopes, matrices, strict=True):
            r_z = trace.x @ V[:, :, :-1].swapaxes(1, 2) + V[:, None, :, -1]  # (k, n, n_out)
            if r_inputs:
                r_z += r_x @ layer.weights
            r_inputs.append(r_x)
            r_sums.append(r_z)
            r_x = slope * r_z

        # Backwards: how dL/da and dL/dz change.
        r_d_a = self._net.loss.bend(self._traces[-1].a.T, self._targets, r_x.swapaxes(1, 2)).swapaxes(1, 2)
        for i in range(len(self._traces) - 1, -1, -1):
            layer, trace, (slope, bend) = self._net.layers[i], self._traces[i], self._slopes[i]
            r_d_z = r_d_a * slope + trace.d_a * bend * r_sums[i]  # (k, n, n_out)
            into[i][:, :, :-1] = r_d_z.swapaxes(1, 2) @ trace.x
            if i > 0:
                into[i][:, :, :-1] += trace.d_z.T @ r_inputs[i]
                r_d_a = r_d_z @ layer.weights.T + trace.d_z @ matrices[i][:, :, :-1]
            into[i][:, :, -1] = r_d_z.sum(axis=1)
        r_gradient *= self.trained
        return r_gradient if np.ndim(v) == 2 else r_gradient[0]

    def rows(self) -> Iterator[Array]:
        """The Hessian, some rows at a time, each part (k, n_parameters): whoever must may pause between them."""
        n = self.n_parameters
        size = max(max(self._net.sizes), 1) * len(self._traces[0].x)
        at_once = max(1, MOST_AT_ONCE // size)
        for start in range(0, n, at_once):
            yield self.product(np.eye(min(at_once, n - start), n, start))

    def hessian(self) -> Array:
        """The whole matrix, (n_parameters, n_parameters); of 105 parameters in a hundredth of a second."""
        return np.concatenate(list(self.rows()))


def eigenvalues(hessian: Array, trained: Array) -> Array:
    """All eigenvalues of a Hessian, the largest first; of parameters that are held fixed there are none."""
    kept = trained > 0.0
    return np.asarray(np.linalg.eigvalsh(hessian[np.ix_(kept, kept)])[::-1])


@dataclass(frozen=True)
class Largest:
    """What Lanczos has found."""

    values: Array
    """(k,): eigenvalues of the largest part of the matrix, the largest first"""
    vectors: Array
    """(k, n): their directions, each of length 1"""
    error: Array
    """(k,): no farther from a true eigenvalue than this each of them is"""


def lanczos(
    product: Callable[[Array], Array], start: Array, most: int, k: int = 2, tolerance: float = 1e-6
) -> Iterator[Largest]:
    """The k largest eigenvalues of a symmetric matrix that is known by its products alone (Lanczos 1950).

    It looks at the matrix inside the space of start, H start, H² start, ...: after few products the ends of the
    spectrum are there already. Gives what it has after each product, the last time when the k are as exact as
    `tolerance` times the largest, or after `most` products, or when the space is exhausted.

    start : (n,), not zero; a direction without a share of an eigenvector never finds it
    """
    q = start / np.linalg.norm(start)
    basis, alphas = [q], []
    betas: list[float] = []  # the matrix in the basis: alphas on the diagonal, betas beside it
    for m in range(1, min(most, len(start)) + 1):
        w = product(basis[-1])
        alphas.append(float(w @ basis[-1]))
        every = np.array(basis)
        for _ in range(2):  # perpendicular to all before, twice: rounding would bring found eigenvalues back
            w = w - every.T @ (every @ w)
        beta = float(np.linalg.norm(w))
        values, inside = np.linalg.eigh(np.diag(alphas) + np.diag(betas, 1) + np.diag(betas, -1))
        order = np.argsort(values)[::-1][:k]
        error = beta * np.abs(inside[-1, order])
        yield Largest(values[order], (every.T @ inside[:, order]).T, error)
        scale = float(np.abs(values).max())
        done = m >= k and float(error.max()) <= tolerance * scale
        if done or beta <= 1e-12 * max(scale, 1e-300):
            return
        betas.append(beta)
        basis.append(w / beta)
