"""How well a network does: loss and score over all training and test data, and the size of the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.calls import nbytes, run
from mlp.datasets import Dataset
from mlp.losses import Loss
from mlp.network import MLP
from mlp.plan import Pass, flat, sample_table


@dataclass(frozen=True)
class Measures:
    """How well a network does: functions of its parameters and the data alone, without penalties."""

    train_loss: float
    test_loss: float
    """NaN without test data."""
    train_score: float
    """Accuracy, or R^2 for regression."""
    test_score: float
    """NaN without test data."""
    gradient_norms: Array
    """(n_layers,): for each layer, the norm over its weights and biases of the gradient of train_loss."""


class Evaluator:
    """Measures one network on one dataset, again and again, in buffers of its own.

    train_table : (n_in + 1 + n_out, n)
        The training samples, as `sample_table` lays them out.
    """

    def __init__(self, net: MLP, data: Dataset, train_table: Array) -> None:
        gradient = np.empty_like(net.parameters)
        self._matrices = net.shape.matrices(gradient)
        self._train = _Part(net, data.task, data.y_train, train_table, gradient)
        self._backward = flat(self._train.passes.backward)
        self._test: _Part | None = None
        if len(data.x_test):
            test_table = sample_table(data.x_test, net.loss.targets(data.y_test, net.sizes[-1], "y_test"))
            self._test = _Part(net, data.task, data.y_test, test_table, gradient)
            self._test.passes.backward = []  # nobody goes back from test data: their buffers are given up

    @property
    def nbytes(self) -> int:
        """Bytes of its buffers."""
        parts = [part for part in (self._train, self._test) if part is not None]
        return nbytes([*self._backward, *(call for part in parts for call in part.forward)])

    def measure(self) -> Measures:
        """The measures for the network's parameters as they are now."""
        with np.errstate(all="ignore"):
            train_loss, train_score = self._train.measure()
            run(self._backward)
            test_loss, test_score = self._test.measure() if self._test else (float("nan"), float("nan"))
            return Measures(train_loss, test_loss, train_score, test_score, layer_norms(self._matrices))


class _Part:
    """The training or the test data of an Evaluator."""

    def __init__(self, net: MLP, task: str, y: npt.NDArray[Any], table: Array, gradient: Array) -> None:
        self.passes = Pass(net.shape, net.parameters, gradient, table)
        self.forward = flat(self.passes.forward)
        self._loss = net.loss
        self._scorer = Scorer(net.loss, task, y)

    def measure(self) -> tuple[float, float]:
        """Loss and score."""
        run(self.forward)
        output = self.passes.output
        return self._loss.mean(output, self.passes.targets), self._scorer(output)


class Scorer:
    """Accuracy or R^2 of outputs (..., n_out, n) against fixed answers, over any number of networks.

    y : (..., n) class numbers, or (..., n, n_out) numbers; without the leading axes the same for all networks
    """

    def __init__(self, loss: Loss, task: str, y: npt.NDArray[Any]) -> None:
        self._boundary, self._regression = loss.boundary, task == "regression"
        self._y = y.swapaxes(-1, -2) if self._regression else y  # (..., n_out, n), or (..., n)
        self._is_class_1 = y > 0  # for a single output
        if self._regression:
            spread = ((self._y - self._y.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
            self._spread = np.where(spread > 0.0, spread, np.nan)  # R^2 of answers that do not vary is undefined

    def __call__(self, output: Array) -> float:
        """The score of one network."""
        if self._regression:
            return float(self.each(output))
        right = self._right(output)
        return int(np.count_nonzero(right)) / len(right)

    def each(self, output: Array) -> Array:
        """The score of each network of a stack, (...)."""
        if self._regression:
            miss = ((output - self._y) ** 2).sum(axis=-1)
            return np.asarray((1.0 - miss / self._spread).mean(axis=-1))
        return np.asarray(self._right(output).mean(axis=-1))

    def _right(self, output: Array) -> npt.NDArray[np.bool]:
        if output.shape[-2] == 1:
            return np.asarray((output[..., 0, :] > self._boundary) == self._is_class_1)
        return np.asarray(output.argmax(axis=-2) == self._y)


def layer_norms(matrices: list[Array]) -> Array:
    """(n_layers,): the norm of each layer's gradient, weights and biases together."""
    rows = [matrix.reshape(-1) for matrix in matrices]
    return np.sqrt([row.dot(row) for row in rows])


def check_fit(net: MLP, data: Dataset) -> None:
    """Refuse data that the network is not made for."""
    if not isinstance(net, MLP):
        raise ValueError(f"net must be a network such as mlp.MLP([2, 8, 1]); got {type(net).__name__}.")
    if not isinstance(data, Dataset):
        raise ValueError(f"data must be a mlp.Dataset; got {type(data).__name__}.")
    if data.n_inputs != net.sizes[0]:
        raise ValueError(f"x_train must have {net.sizes[0]} columns for this network; got {data.n_inputs}.")
    n_out = net.sizes[-1]
    if data.task == "multiclass" and data.n_classes > n_out:
        raise ValueError(f"the network must have an output for each of {data.n_classes} classes; it has {n_out}.")
    if data.task == "regression" and data.n_outputs != n_out:
        raise ValueError(f"y_train must have {n_out} columns for this network; got {data.n_outputs}.")
    if data.task == "binary" and n_out > 2:
        raise ValueError(f"the network must have 1 output for two classes (or 2); it has {n_out}.")
    if data.task not in net.loss.tasks and not (data.task == "binary" and n_out == 2):
        fitting = " or ".join(net.loss.tasks)
        raise ValueError(f"the loss {net.loss.name} is for {fitting} data; these are {data.task}.")
