"""From a network to the flat list of NumPy calls that trains it.

Everything is *features first* here, (n_features, n_samples), and each layer's input has one more row, of ones: then
a layer's weights and biases are one matrix (n_out, n_in + 1), and Z = W X is one call. All matrices of a network
are views into one flat vector, so that the optimizer updates them in a few calls. With one more leading axis on every
array, the very same plan trains a whole stack of networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


class _Layer:
    """One layer: its buffers for n samples, and the calls through it, there and back.

    W, d_W : (..., n_out, n_in + 1); x : (..., n_in + 1, n); mask : (..., n_out, n), None without dropout.
    """

    def __init__(self, number: int, activation: Activation, W: Array, d_W: Array, x: Array, mask: Array | None) -> None:
        self.number, self.activation, self.W, self.d_W, self.x, self.mask = number, activation, W, d_W, x, mask
        with_ones = (*x.shape[:-2], W.shape[-2] + 1, x.shape[-1])
        self.x_next = np.ones(with_ones, x.dtype)
        """What the next layer reads: the outputs, and a row of ones."""
        self.output = self.x_next[..., :-1, :]
        self.a = self.output if mask is None else np.empty_like(self.output)
        self.z = self.a if activation.name == "identity" else np.empty_like(self.a)
        self.kept = np.empty_like(self.a)
        # One matrix is quicker turned as a whole, so dL/da has a last row, for the ones, that nobody needs. In a stack
        # it is quicker to leave that row out.
        self.d_output = np.empty(with_ones if x.ndim == 2 else self.a.shape, x.dtype)
        """Where the layer above leaves dL/da."""
        self.d = self.d_output[..., : W.shape[-2], :]

    def forward(self) -> Iterator[Section]:
        """From x to the output."""
        i, f = self.number, self.activation
        yield Section(f"Z{i} = W{i} A{i - 1} + b{i}", [product(self.W, self.x, self.z)])
        yield Section(f"A{i} = {f.label}(Z{i})", list(f.forward(self.z, self.a, self.kept)))
        if self.mask is not None:
            yield Section(f"A{i} = A{i} · mask{i}", [(np.multiply, (self.a, self.mask, self.output))])

    def backward(self, below: _Layer | None) -> Iterator[Section]:
        """From dL/da to dL/dW, and to dL/da of the layer below."""
        i, f = self.number, self.activation
        if self.mask is not None:
            yield Section(f"dA{i} = dA{i} · mask{i}", [(np.multiply, (self.d, self.mask, self.d))])
        bend = list(f.backward(self.z, self.a, self.kept, self.d))
        yield Section(f"dZ{i} = dA{i} · slope of {f.label} at Z{i}", bend)
        yield Section(f"dW{i}, db{i} = dZ{i} A{i - 1}ᵀ, sum of dZ{i}", [product(self.d, turned(self.x), self.d_W)])
        if below is not None:
            W = self.W[..., : below.d_output.shape[-2]]
            yield Section(f"dA{i - 1} = W{i}ᵀ dZ{i}", [product(turned(W), self.d, below.d_output)])


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
        n_in, hidden = shape.sizes[0], shape.sizes[1:-1]
        self.batch, self.targets = batch, batch[..., n_in + 1 :, :]
        self.dice: Array | None = None
        masks: list[Array | None] = [None] * len(shape.activations)
        if drop is not None and hidden:
            self.dice = np.empty((*batch.shape[:-2], sum(hidden) * batch.shape[-1]))
            masks[:-1] = _cut_up(self.dice, hidden)

        layers: list[_Layer] = []
        x = batch[..., : n_in + 1, :]
        matrices = zip(shape.matrices(parameters), shape.matrices(gradient), strict=True)
        for i, (activation, (W, d_W), mask) in enumerate(zip(shape.activations, matrices, masks, strict=True)):
            layers.append(_Layer(i + 1, activation, W, d_W, x, mask))
            x = layers[-1].x_next
        self.activations = [layer.a for layer in layers]
        """Outputs of each layer, (..., n_out, n)."""
        self.output = layers[-1].output

        self.forward: list[Section] = []
        if self.dice is not None and drop is not None:
            self.forward.append(Section("masks: 0, or 1 / (1 − p)", list(_masks(self.dice, drop))))
        for layer in layers:
            self.forward += layer.forward()

        slope = list(shape.loss.gradient(self.output, self.targets, layers[-1].d))
        self.backward = [Section(f"dA{len(layers)} = slope of the {shape.loss.label.lower()}", slope)]
        for layer, below in zip(reversed(layers), [*reversed(layers[:-1]), None], strict=True):
            self.backward += layer.backward(below)
        if not shape.use_bias:
            hold = (np.multiply, (gradient, shape.is_weight(), gradient))
            self.backward.append(Section("db = 0: no biases here", [hold]))

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


def _cut_up(dice: Array, sizes: Sequence[int]) -> list[Array]:
    """Dice (..., n_hidden * n) as one view (..., n_units, n) for each hidden layer."""
    n = dice.shape[-1] // sum(sizes)
    ends = np.cumsum(sizes) * n
    return [
        dice[..., end - size * n : end].reshape(*dice.shape[:-1], size, n)
        for size, end in zip(sizes, ends, strict=True)
    ]


def _masks(keep: Array, drop: Array | float) -> Calls:
    """Dice from 0 to 1 become 0 with chance p, else 1 / (1 - p), so that the expected sum stays the same."""
    yield np.add, (keep, 1.0 - drop, keep)
    yield np.floor, (keep, keep)  # 1 where the dice show p or more
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
    row, column = g[..., None, :], g[..., :, None]  # their product is the sum of squares, (..., 1, 1)
    square = np.empty((*g.shape[:-1], 1, 1))
    scale = square[..., 0]
    yield product(row, column, square)
    yield np.sqrt, (scale, scale)
    yield np.add, (scale, 1e-6, scale)  # as PyTorch's clip_grad_norm_
    yield np.divide, (limit, scale, scale)
    yield minimum(scale, 1.0, scale)
    yield np.multiply, (g, scale, g)
