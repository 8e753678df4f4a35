"""One step of a recorded run, taken apart: every number that passes through the network, and what becomes of it.

The forward and the backward pass are written out here once more, plainly and with dropout's masks, so that what is
on screen is held against the engine and not merely copied from it: a test recombines the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

import mlp
from mlp.calls import run
from mlp.rng import Purpose, Stream

Array = npt.NDArray[np.float64]
H = 1e-5
"""How far a weight is moved up and down to measure a slope."""


@dataclass(frozen=True, eq=False)
class LayerStep:
    """What passes through one layer; n samples of the mini-batch. `d_` means the slope of the mean loss."""

    activation: mlp.Activation
    weights: Array
    """(n_in, n_out)"""
    biases: Array
    """(n_out,)"""
    x: Array
    """(n, n_in)"""
    z: Array
    """(n, n_out)"""
    bent: Array
    """(n, n_out): f(z), before dropout"""
    mask: Array | None
    """(n, n_out): 0, or 1 / (1 - p), for dropout; None without"""
    a: Array
    """(n, n_out): what goes on to the next layer"""
    d_a: Array
    """(n, n_out)"""
    d_z: Array
    """(n, n_out)"""

    @cached_property
    def d_W(self) -> Array:
        """(n_in, n_out)"""
        return np.asarray(self.x.T @ self.d_z)

    @cached_property
    def d_b(self) -> Array:
        """(n_out,)"""
        return np.asarray(self.d_z.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Step:
    """The update from `step` to `step` + 1."""

    step: int
    epoch: float
    rows: npt.NDArray[np.int64]
    """(n,): which training samples are in the mini-batch"""
    x: Array
    """(n, n_inputs)"""
    targets: Array
    """(n_out, n), as the loss wants them"""
    labels: npt.NDArray[np.generic]
    """(n,) classes or (n, n_out) numbers, as the data have them"""
    net: mlp.MLP
    """With the parameters before the update"""
    settings: mlp.Settings
    rate: float
    """The learning rate of this step"""
    memory: dict[str, Array]
    """What the optimizer knew before"""
    masks: tuple[Array | None, ...]
    after: Array
    """(n_parameters,): the engine's parameters after the update"""
    memory_after: dict[str, Array]
    is_last: bool
    """Whether the run has ended with it"""

    @property
    def n(self) -> int:
        """Samples in the mini-batch."""
        return len(self.rows)

    @cached_property
    def layers(self) -> tuple[LayerStep, ...]:
        """Forwards and then backwards through the network, as the textbook has it."""
        with np.errstate(all="ignore"):
            x, forward = self.x, []
            for layer, mask in zip(self.net.layers, self.masks, strict=True):
                z = x @ layer.weights + layer.biases
                bent = layer.activation.value(z)
                a = bent if mask is None else bent * mask
                forward.append((layer, x, z, bent, mask, a))
                x = a
            d_a = np.empty_like(x.T)
            run(self.net.loss.gradient(np.ascontiguousarray(x.T), self.targets, d_a))
            d_a = d_a.T
            layers = []
            for layer, x, z, bent, mask, a in reversed(forward):
                d_z = (d_a if mask is None else d_a * mask) * layer.activation.slope(z)
                layers.append(LayerStep(layer.activation, layer.weights, layer.biases, x, z, bent, mask, a, d_a, d_z))
                d_a = d_z @ layer.weights.T
            return tuple(reversed(layers))

    @cached_property
    def losses(self) -> Array:
        """(n,): of each sample"""
        return self.net.loss.each(np.ascontiguousarray(self.layers[-1].a.T), self.targets)

    @property
    def is_sum(self) -> bool:
        """Whether the points' slopes are added up, and not averaged."""
        return self.settings.reduction == "sum"

    def is_frozen(self, layer: int) -> bool:
        """Whether this step leaves a layer as it is; layers are counted from 1."""
        return layer - 1 in self.settings.frozen

    @cached_property
    def moving(self) -> Array:
        """(n_parameters,): 1 for those of layers that are not frozen, else 0"""
        flat = np.ones_like(self.net.parameters)
        for layer in self.settings.frozen:
            flat[self.net.shape.span(layer, layer + 1)] = 0.0
        return flat

    @cached_property
    def gradient(self) -> Array:
        """(n_parameters,): of the mini-batch's mean loss, or of its sum; nothing added, 0 for biases that are off"""
        flat = np.empty_like(self.net.parameters)
        for matrix, layer in zip(self.net.shape.matrices(flat), self.layers, strict=True):
            matrix[:, :-1], matrix[:, -1] = layer.d_W.T, layer.d_b if self.net.shape.use_bias else 0.0
        return flat * self.n if self.is_sum else flat

    @cached_property
    def penalty(self) -> Array:
        """(n_parameters,): what regularization adds to the gradient; 0 for biases"""
        w, s = self.net.parameters, self.settings
        return np.asarray(self.net.shape.is_weight() * (s.l2 * w + s.l1 * np.sign(w)))

    @cached_property
    def clip(self) -> float:
        """By what the gradient is multiplied to be no longer than allowed; 1 for not at all."""
        limit = self.settings.clip_norm
        if limit is None:
            return 1.0
        return min(float(limit / (self.length + 1e-6)), 1.0)

    @property
    def length(self) -> float:
        """Of the gradient that clipping looks at: with penalties, and without the frozen layers."""
        return float(np.linalg.norm(self.moving * (self.gradient + self.penalty)))

    @cached_property
    def used(self) -> Array:
        """(n_parameters,): the gradient that the optimizer gets"""
        return self.moving * (self.gradient + self.penalty) * self.clip

    @cached_property
    def moved(self) -> Array:
        """(n_parameters,): how far the step moves each"""
        with np.errstate(all="ignore"):
            return np.asarray(self.after - self.net.parameters)

    def matrices(self, flat: Array) -> list[Array]:
        """Each layer's part of a flat vector, (n_out, n_in + 1), the biases last."""
        return self.net.shape.matrices(flat)

    def losses_of(self, parameters: Array) -> Array:
        """(n,): of each sample with other parameters, under the same dropout masks"""
        with np.errstate(all="ignore"):
            return self.net.loss.each(self._outputs_of(parameters), self.targets)

    def loss_of(self, parameters: Array) -> float:
        """The mini-batch's mean loss with other parameters, under the same dropout masks."""
        with np.errstate(all="ignore"):
            return self.net.loss.mean(self._outputs_of(parameters), self.targets)

    def _outputs_of(self, parameters: Array) -> Array:
        """(n_out, n)"""
        x = self.x
        with np.errstate(all="ignore"):
            for W, activation, mask in zip(
                self.matrices(parameters), self.net.shape.activations, self.masks, strict=True
            ):
                x = activation.value(x @ W[:, :-1].T + W[:, -1])
                x = x if mask is None else x * mask
        return np.ascontiguousarray(x.T)

    def measured(self, places: npt.ArrayLike) -> Array:
        """The slopes of the loss at some places of the flat vector, measured: up and down by H.

        Of the mean loss, or of the sum where the slopes are added up.
        """
        return np.array([self._measure(int(k)) for k in np.ravel(np.asarray(places))])

    def _measure(self, k: int) -> float:
        w = self.net.parameters.copy()
        value = w[k]
        w[k] = value + H
        above = self.loss_of(w)
        w[k] = value - H
        slope = (above - self.loss_of(w)) / (2.0 * H)
        return slope * self.n if self.is_sum else slope


def take_apart(trainer: mlp.Trainer, step: int) -> Step:
    """The update that follows `step`, or the last one recorded before it."""
    recording, net = trainer.recording, trainer.net.copy()
    step = max(0, min(step, recording.last_step - 1))
    before, after = recording.seek(step), recording.seek(step + 1)
    net.parameters[...] = before.parameters
    settings, rows, data = recording.settings_at(step), recording.batch(step), trainer.data
    time = before.epoch + before.samples_seen / len(data.x_train)
    memory = {name: np.array(value) for name, value in before.memory.items()}
    return Step(
        step=step,
        epoch=time,
        rows=rows,
        x=data.x_train[rows],
        targets=net.loss.targets(data.y_train[rows], net.sizes[-1]),
        labels=data.y_train[rows],
        net=net,
        settings=settings,
        rate=settings.optimizer.learning_rate * settings.schedule.factor(time),
        memory=memory,
        masks=_masks(net, settings, step, len(rows)),
        after=after.parameters,
        memory_after=dict(after.memory),
        is_last=recording.has_ended and step == recording.last_step - 1,
    )


def _masks(net: mlp.MLP, settings: mlp.Settings, step: int, n: int) -> tuple[Array | None, ...]:
    """The very masks that the engine draws for this step, one a layer; none for the output."""
    hidden = net.sizes[1:-1]
    if not settings.dropout or not hidden:
        return (None,) * len(net.layers)
    keep = 1.0 - settings.dropout
    uniform = Stream(settings.seed, Purpose.DROPOUT).at(step).random(sum(hidden) * n)
    flat = np.floor(uniform + keep) / keep
    ends = np.cumsum(hidden) * n
    parts = [flat[end - size * n : end].reshape(size, n).T for end, size in zip(ends, hidden, strict=True)]
    return (*parts, None)


def digits(a: float, b: float, apart: npt.ArrayLike | None = None) -> int:
    """To how many digits two numbers agree, 16 at most; for two vectors, give their lengths and their difference."""
    error = float(np.linalg.norm(np.atleast_1d(a - b if apart is None else apart)))
    size = max(abs(a), abs(b))
    return 16 if error == 0.0 else int(max(0.0, min(16.0, np.floor(-np.log10(error / size)))))
