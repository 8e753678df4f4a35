"""From a network to the flat list of prepared NumPy calls (calls.py) that trains it.

Everything is *features first* here, (n_features, n_samples), and each layer's input has one more row, of ones: then
a layer's weights and biases are one matrix (n_out, n_in + 1), and Z = W X is one call. All matrices of a network
are views into one flat vector, so that the optimizer updates them in a few calls. With one more leading axis on every
array, the very same plan trains a whole stack of networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from mlp.activations import Activation
from mlp.arrays import Array, check_whole
from mlp.calls import Call, CallDescription, Calls, describe, minimum, product, transpose, with_arrays
from mlp.network import MLP
from mlp.optimizers import Memory, Optimizer
from mlp.settings import Settings
from mlp.shape import Shape


def sample_table(x: Array, targets: Array) -> Array:
    """Inputs (n, n_in) and targets (n_out, n) as the plan reads them, one sample a column: (n_in + 1 + n_out, n).

    From top to bottom: the inputs, a row of ones for the biases, the targets.
    """
    return np.concatenate([x.T, np.ones((1, len(x))), targets])


@dataclass
class Section:
    """Calls that belong to one formula."""

    meaning: str
    calls: list[Call] = field(default_factory=list)


class _LayerPass:
    """One layer: its buffers for n samples, and the calls through it, forwards and backwards.

    W, d_W : (..., n_out, n_in + 1); x : (..., n_in + 1, n); mask : (..., n_out, n), None without dropout.
    """

    def __init__(self, number: int, activation: Activation, W: Array, d_W: Array, x: Array, mask: Array | None) -> None:
        self.number, self.activation, self.W, self.d_W, self.x, self.mask = number, activation, W, d_W, x, mask
        n_out, stacked = W.shape[-2], x.ndim > 2
        self.x_next = np.ones((*x.shape[:-2], n_out + 1, x.shape[-1]))
        """What the next layer reads: the outputs, and a row of ones."""
        self.output = self.x_next[..., :-1, :]
        self.a = self.output if mask is None else np.empty_like(self.output)
        self.z = self.a if activation.name == "identity" else np.empty_like(self.a)
        self.kept = np.empty_like(self.a)
        """What the activation's `forward` keeps for its `backward`."""
        # The layer above computes dL/da as its W, transposed, times its dL/dz. For one network that is quicker with
        # the whole of W, which gives one more row, for the ones, that nobody needs. In a stack it is quicker to leave
        # that row out.
        self.d_output = np.empty_like(self.a if stacked else self.x_next)
        """Where the layer above leaves dL/da."""
        self.d = self.d_output[..., :n_out, :]
        """(..., n_out, n): dL/da, which `backward` turns into dL/dz in place."""

    def forward(self) -> Iterator[Section]:
        """From x to the output."""
        i, f = self.number, self.activation
        yield Section(f"Z{i} = W{i} A{i - 1} + b{i}", [product(self.W, self.x, self.z)])
        yield Section(f"A{i} = {f.label}(Z{i})", list(f.forward(self.z, self.a, self.kept)))
        if self.mask is not None:
            yield Section(f"A{i} = A{i} · mask{i}", [(np.multiply, (self.a, self.mask, self.output))])

    def backward(self, below: _LayerPass | None) -> Iterator[Section]:
        """From dL/da to dL/dW, and to dL/da of the layer below."""
        i, f = self.number, self.activation
        if self.mask is not None:
            yield Section(f"dA{i} = dA{i} · mask{i}", [(np.multiply, (self.d, self.mask, self.d))])
        bend = list(f.backward(self.z, self.a, self.kept, self.d))
        yield Section(f"dZ{i} = dA{i} · slope of {f.label} at Z{i}", bend)
        yield Section(f"dW{i}, db{i} = dZ{i} A{i - 1}ᵀ, sum of dZ{i}", [product(self.d, transpose(self.x), self.d_W)])
        if below is not None:
            W = self.W[..., : below.d_output.shape[-2]]
            yield Section(f"dA{i - 1} = W{i}ᵀ dZ{i}", [product(transpose(W), self.d, below.d_output)])


class Pass:
    """Once through a network and back for a fixed number of samples: the buffers, and the calls that fill them.

    parameters, gradient : (..., n_parameters)
        Read and written in place.
    batch : (..., n_in + 1 + n_out, n)
        Where the samples are put, as `sample_table` lays them out.
    drop : (..., 1) or number, optional
        Share of hidden units to switch off at random. With it, `masks` (..., n_hidden * n) has to be filled with
        uniform random numbers from 0 to 1 before each run forward, which makes the masks of them in place.
    """

    def __init__(
        self, shape: Shape, parameters: Array, gradient: Array, batch: Array, drop: Array | float | None = None
    ) -> None:
        n_in, hidden = shape.sizes[0], shape.sizes[1:-1]
        self.batch, self.targets = batch, batch[..., n_in + 1 :, :]
        self.masks: Array | None = None
        mask_of_layer: list[Array | None] = [None] * len(shape.activations)
        if drop is not None and hidden:
            self.masks = np.empty((*batch.shape[:-2], sum(hidden) * batch.shape[-1]))
            mask_of_layer[:-1] = _by_layer(self.masks, hidden)

        layers: list[_LayerPass] = []
        x = batch[..., : n_in + 1, :]
        matrices = zip(shape.matrices(parameters), shape.matrices(gradient), strict=True)
        for i, (activation, (W, d_W), mask) in enumerate(zip(shape.activations, matrices, mask_of_layer, strict=True)):
            layers.append(_LayerPass(i + 1, activation, W, d_W, x, mask))
            x = layers[-1].x_next
        self.output = layers[-1].output
        """(..., n_out, n): what the output layer gives, after a run forward."""

        self.forward: list[Section] = []
        if self.masks is not None and drop is not None:
            self.forward.append(Section("masks: 0, or 1 / (1 − p)", list(_uniform_to_masks(self.masks, drop))))
        for layer in layers:
            self.forward += layer.forward()

        slope = list(shape.loss.gradient(self.output, self.targets, layers[-1].d))
        self.backward = [Section(f"dA{len(layers)} = slope of the {shape.loss.label.lower()}", slope)]
        for layer, below in zip(reversed(layers), [*reversed(layers[:-1]), None], strict=True):
            self.backward += layer.backward(below)
        if not shape.use_bias:
            hold = (np.multiply, (gradient, shape.is_weight(), gradient))
            self.backward.append(Section("db = 0: no biases here", [hold]))


def flat(sections: Sequence[Section]) -> list[Call]:
    """All calls in a row, ready to run."""
    return [with_arrays(call) for section in sections for call in section.calls]


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
    n_summed: int = 1,
    frozen: tuple[int, ...] = (),
) -> list[Section]:
    """What follows the backward pass: the sum in place of the mean, penalties, clipping, and the optimizer's step.

    `n_summed` is the number of samples whose slopes are summed; 1 leaves their mean. `frozen` names the layers, from 0,
    that stay as they are.
    """
    n_layers = len(shape.activations)
    if any(layer >= n_layers for layer in frozen):
        raise ValueError(f"frozen must name layers from 0 to {n_layers - 1} of this network; got {frozen}.")
    is_weight = shape.is_weight()
    sections = []
    if n_summed > 1:
        sections.append(
            Section(
                f"g = {n_summed} g: the sum over the samples", [(np.multiply, (gradient, float(n_summed), gradient))]
            )
        )
    if np.any(l2):
        sections.append(Section("g = g + λ₂ w", list(_l2(parameters, gradient, l2 * is_weight))))
    if np.any(l1):
        sections.append(Section("g = g + λ₁ sign(w)", list(_l1(parameters, gradient, l1 * is_weight))))
    if frozen:
        still = [gradient[..., shape.span(layer, layer + 1)] for layer in sorted(frozen)]
        nothing: list[Call] = [(np.multiply, (0.0, 0.0, g)) for g in still]  # not 0 g: NaN where g is infinite
        sections.append(Section("g = 0 in the frozen layers", nothing))
    if clip_norm is not None:
        sections.append(Section("g = g · min(1, c / |g|)", list(_clip(gradient, clip_norm))))
    step: list[Call] = []
    for first, end in _in_step(memory["t"], frozen):
        here = shape.span(first, end)
        remembered = {name: array[first:end] if name == "t" else array[..., here] for name, array in memory.items()}
        w, g, eta = parameters[..., here], gradient[..., here], rate[..., here] if rate.ndim else rate
        step += optimizer.update(w, g, eta, remembered, is_weight[here])
    return [*sections, Section(f"{optimizer.label}: {optimizer.formula}", step)]


def _in_step(t: Array, frozen: tuple[int, ...]) -> list[tuple[int, int]]:
    """Neighbouring layers that one update serves, (first, end): none of them frozen, all with as many steps `t`."""
    found: list[tuple[int, int]] = []
    for layer in range(len(t)):
        if layer in frozen:
            continue
        if found and found[-1][1] == layer and t[layer - 1] == t[layer]:
            found[-1] = (found[-1][0], layer + 1)
        else:
            found.append((layer, layer + 1))
    return found


def describe_step(net: MLP, n_samples: int, settings: Settings) -> list[CallDescription]:
    """The NumPy calls that a step of training on `n_samples` samples is made of, with the shapes of their arrays.

    The batch size of `settings` is not looked at: the last batch of an epoch may be smaller.

    >>> calls = describe_step(MLP([2, 8, 8, 1]), 10, Settings())
    >>> len(calls), calls[0]
    (22, CallDescription(function='dot', inputs=((8, 3), (3, 10)), output=(8, 10), meaning='Z1 = W1 A0 + b1'))
    """
    check_whole("n_samples", n_samples, 1, 1_000_000)
    w, g, s = net.parameters, np.empty_like(net.parameters), settings
    batch = np.empty((net.sizes[0] + 1 + net.sizes[-1], n_samples))
    passes = Pass(net.shape, w, g, batch, s.dropout or None)
    memory, rate = s.optimizer.new_memory(w, len(net.layers)), np.zeros(())
    n_summed = n_samples if s.reduction == "sum" else 1
    update = update_sections(net.shape, s.optimizer, w, g, rate, memory, s.l1, s.l2, s.clip_norm, n_summed, s.frozen)
    sections = [*passes.forward, *passes.backward, *update]
    return [call for section in sections for call in describe(section.meaning, section.calls)]


def _by_layer(masks: Array, sizes: Sequence[int]) -> list[Array]:
    """Masks (..., n_hidden * n) as one view (..., n_units, n) for each hidden layer."""
    n = masks.shape[-1] // sum(sizes)
    ends = np.cumsum(sizes) * n
    return [
        masks[..., end - size * n : end].reshape(*masks.shape[:-1], size, n)
        for size, end in zip(sizes, ends, strict=True)
    ]


def _uniform_to_masks(m: Array, drop: Array | float) -> Calls:
    """Uniform numbers from 0 to 1 become 0 with chance p, else 1 / (1 - p), so that the expected sum stays the same."""
    yield np.add, (m, 1.0 - drop, m)
    yield np.floor, (m, m)  # 1 where the number was p or more
    yield np.divide, (m, 1.0 - drop, m)


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
