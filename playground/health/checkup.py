"""The numbers that tell how well a network learns, layer by layer, at one moment of its run.

All of them are taken over the whole training data, so that they do not depend on which mini-batch came last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

import mlp

Array = npt.NDArray[np.float64]

FLAT = 0.06
"""A slope below this share of the steepest counts as flat: for tanh, an output beyond ±0.97 (Karpathy's lectures)."""


@dataclass(frozen=True, eq=False)
class LayerNumbers:
    """What flows through one layer, forwards and backwards; n samples, all training data."""

    name: str
    activation: mlp.Activation
    weights: Array
    """(n_in, n_out)"""
    biases: Array
    """(n_out,)"""
    z: Array
    """(n, n_out)"""
    a: Array
    """(n, n_out)"""
    weight_gradients: Array
    """(n_in, n_out)"""
    bias_gradients: Array
    """(n_out,)"""

    @property
    def gradient_norm(self) -> float:
        """Of weights and biases together."""
        return float(np.hypot(np.linalg.norm(self.weight_gradients), np.linalg.norm(self.bias_gradients)))

    @cached_property
    def flat(self) -> Array:
        """(n_out,): for each unit the share of samples at which its activation is as good as flat."""
        steepest = float(np.abs(self.activation.slope(np.linspace(-6.0, 6.0, 1201))).max())
        slopes = np.abs(self.activation.slope(self.z))
        return np.asarray((slopes <= FLAT * steepest).mean(axis=0))

    @property
    def n_dead(self) -> int:
        """Units that are flat for every sample: no gradient gets through to their weights."""
        return int((self.flat == 1.0).sum())


def layer_names(n_layers: int) -> list[str]:
    """Layer 1, layer 2, ..., output: as the pages call them."""
    return [*(f"layer {i}" for i in range(1, n_layers)), "output"]


def layer_numbers(net: mlp.MLP, data: mlp.Dataset) -> list[LayerNumbers]:
    """Run all training data through `net`, forwards and backwards."""
    with np.errstate(all="ignore"):  # a run about to diverge may overflow here
        traces = net.trace(data.x_train, data.y_train)
    return [
        LayerNumbers(name, layer.activation, layer.weights, layer.biases, trace.z, trace.a, trace.d_W, trace.d_b)
        for name, layer, trace in zip(layer_names(len(net.layers)), net.layers, traces, strict=True)
    ]


def network_at(trainer: mlp.Trainer, step: int) -> mlp.MLP:
    """A network of its own with the parameters after `step` updates."""
    net = trainer.net.copy()
    net.parameters[...] = trainer.recording.seek(min(step, trainer.recording.last_step)).parameters
    return net
