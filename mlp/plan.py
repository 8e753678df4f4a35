"""From a network to the flat list of NumPy calls that trains it.

Everything is *features first* here, (n_features, n_samples), and each layer's input has one more row, of ones: then
a layer's weights and biases are one matrix (n_out, n_in + 1), and Z = W X is one call. All matrices of a network
are views into one flat vector, so that the optimizer updates them in a few calls. With one more leading axis on every
array, the very same plan trains a whole stack of networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from mlp.activations import Activation
from mlp.arrays import Array
from mlp.calls import Call, Calls, Step, describe, minimum, product, turned, with_arrays
from mlp.losses import Loss
from mlp.optimizers import Memory, Optimizer


@dataclass(frozen=True)
class Shape:
    """What a network is, apart from its numbers."""

    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    """One for each layer with weights; the last is the output's."""
    loss: Loss
    use_bias: bool = True
    """False holds all biases at zero."""

    @property
    def n_parameters(self) -> int:
        """How many numbers the network has to learn."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes))

    def matrices(self, flat: Array) -> list[Array]:
        """Each layer's weights and biases as a view (..., n_out, n_in + 1) into `flat` (..., n_parameters)."""
        views, start = [], 0
        for n_in, n_out in pairwise(self.sizes):
            stop = start + (n_in + 1) * n_out
            views.append(flat[..., start:stop].reshape(*flat.shape[:-1], n_out, n_in + 1))
            start = stop
        return views

    def is_weight(self) -> Array:
        """1 at the weights and 0 at the biases of the flat vector."""
        flat = np.ones(self.n_parameters)
        for matrix in self.matrices(flat):
            matrix[:, -1] = 0.0
        return flat

    def table(self, x: Array, targets: Array) -> Array:
        """Samples as the plan reads them, one a column: features, a one, targets."""
        return np.concatenate([x.T, np.ones((1, len(x))), targets])


@dataclass
class Section:
    """Calls that belong to one formula."""

    meaning: str
    steps: list[Step] = field(default_factory=list)


class Pass:
    """Once through a network and back for a fixed number of samples: the buffers, and the calls that fill them.

    parameters, gradient : (..., n_parameters)
        Read and written in place.
    batch : (..., n_in + 1 + n_out, n)
        Where the samples are put, as `Shape.table` lays them out.
    drop : (..., 1) or number, optional
        Share of hidden units to switch off at random; then `dice` is the array to fill with numbers from 0 to 1
        before each run.
    """

    def __init__(
        self, shape: Shape, parameters: Array, gradient: Array, batch: Array, drop: Array | float | None = None
    ) -> None:
        lead, n = batch.shape[:-2], batch.shape[-1]
        n_hidden = sum(shape.sizes[1:-1])
        self.batch = batch
        self.targets = batch[..., shape.sizes[0] + 1 :, :]
        self.forward: list[Section] = []
        self.backward: list[Section] = []
        self.activations: list[Array] = []
        """Outputs of each layer, (..., n_out, n)."""
        self.dice: Array | None = None
        keep = np.empty((*lead, n_hidden * n))
        if drop is not None and n_hidden:
            self.dice = keep
            self.forward.append(Section("masks: 0 or 1 / (1 − p) for each unit", list(_masks(keep, drop))))

        x = batch[..., : shape.sizes[0] + 1, :]
        start = 0
        last = len(shape.activations)
        d_x: Array | None = None  # where the layer above leaves dL/dx, this layer's dL/da
        layers = zip(
            shape.sizes[1:], shape.activations, shape.matrices(parameters), shape.matrices(gradient), strict=True
        )
        for i, (n_out, activation, W, d_W) in enumerate(layers, start=1):
            z = np.empty((*lead, n_out, n), batch.dtype)
            d_all = np.empty((*lead, n_out + 1, n), batch.dtype)  # the last row is for the ones: nobody needs it
            d = d_all[..., :-1, :]
            kept = np.empty_like(z)
            self.forward.append(Section(f"Z{i} = W{i} A{i - 1} + b{i}", [product(W, x, z)]))
            back = []
            if i == last:
                a = z if activation.name == "identity" else np.empty_like(z)
                self.output, d_output = a, d
                x_next = a
            else:
                x_next = np.ones((*lead, n_out + 1, n), batch.dtype)
                a = x_next[..., :-1, :]
            mask = None
            if self.dice is not None and i < last:
                mask = keep[..., start : start + n_out * n].reshape(z.shape)
                start += n_out * n
                a = np.empty_like(z)
            self.forward.append(Section(f"A{i} = {activation.label}(Z{i})", list(activation.forward(z, a, kept))))
            self.activations.append(a)
            if mask is not None:
                dropped = x_next[..., :-1, :]
                self.forward.append(Section(f"A{i} = A{i} · mask{i}", [(np.multiply, (a, mask, dropped))]))
                back.append(Section(f"dA{i} = dA{i} · mask{i}", [(np.multiply, (d, mask, d))]))
            bend = list(activation.backward(z, a, kept, d))
            back.append(Section(f"dZ{i} = dA{i} · slope of {activation.label} at Z{i}", bend))
            back.append(Section(f"dW{i}, db{i} = dZ{i} A{i - 1}ᵀ, sum of dZ{i}", [product(d, turned(x), d_W)]))
            if d_x is not None:
                back.append(Section(f"dA{i - 1} = W{i}ᵀ dZ{i}", [product(turned(W), d, d_x)]))
            self.backward = back + self.backward
            x, d_x = x_next, d_all

        if not shape.use_bias:
            hold = (np.multiply, (gradient, shape.is_weight(), gradient))
            self.backward.append(Section("db = 0: no biases here", [hold]))
        loss = list(shape.loss.gradient(self.output, self.targets, d_output))
        self.backward.insert(0, Section(f"dA{last} = slope of the {shape.loss.label.lower()}", loss))

    def losses(self, loss: Loss) -> Array:
        """The loss of each sample, (..., n), after a run forward."""
        return loss.each(self.output, self.targets)


def flat(sections: Sequence[Section]) -> list[Step]:
    """All calls in a row, ready to run."""
    return [with_arrays(step) for section in sections for step in section.steps]


def listing(sections: Sequence[Section]) -> list[Call]:
    """All calls in a row, to be read."""
    return [call for section in sections for call in describe(section.meaning, section.steps)]


def update_sections(
    shape: Shape,
    optimizer: Optimizer,
    parameters: Array,
    gradient: Array,
    rate: Array,
    memory: Memory,
    l1: Array | float = 0.0,
    l2: Array | float = 0.0,
    clip_norm: float | None = None,
) -> list[Section]:
    """What follows the backward pass: penalties, clipping, and the optimizer's step."""
    is_weight = shape.is_weight()
    sections = []
    if np.any(l2):
        sections.append(Section("g = g + λ₂ w", list(_l2(parameters, gradient, l2 * is_weight))))
    if np.any(l1):
        sections.append(Section("g = g + λ₁ sign(w)", list(_l1(parameters, gradient, l1 * is_weight))))
    if clip_norm is not None:
        sections.append(Section("g = g · min(1, c / |g|)", list(_clip(gradient, clip_norm))))
    step = list(optimizer.update(parameters, gradient, rate, memory, is_weight))
    return [*sections, Section(f"{optimizer.label}: {optimizer.formula}", step)]


def _masks(keep: Array, drop: Array | float) -> Calls:
    """Dice from 0 to 1 become 0 with chance p, else 1 / (1 - p), so that the expected sum stays the same."""
    yield np.add, (keep, 1.0 - drop, keep)
    yield np.floor, (keep, keep)
    yield np.divide, (keep, 1.0 - drop, keep)


def _l2(w: Array, g: Array, strength: Array) -> Calls:
    """The slope of the penalty l2 / 2 times the sum of squared weights."""
    t = np.empty_like(w)
    yield np.multiply, (w, strength, t)
    yield np.add, (g, t, g)


def _l1(w: Array, g: Array, strength: Array) -> Calls:
    """The slope of the penalty l1 times the sum of absolute weights."""
    t = np.empty_like(w)
    yield np.sign, (w, t)
    yield np.multiply, (t, strength, t)
    yield np.add, (g, t, g)


def _clip(g: Array, limit: float) -> Calls:
    """Shorten a gradient that is longer than `limit`, and keep its direction (Pascanu et al. 2013)."""
    row, column = g[..., None, :], g[..., :, None]
    square = np.empty((*g.shape[:-1], 1, 1))
    scale = square[..., 0]
    yield product(row, column, square)
    yield np.sqrt, (scale, scale)
    yield np.add, (scale, 1e-6, scale)  # as PyTorch's clip_grad_norm_
    yield np.divide, (limit, scale, scale)
    yield minimum(scale, 1.0, scale)
    yield np.multiply, (g, scale, g)
