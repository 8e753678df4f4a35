"""How well a network does: loss and score over all training and test data, and the size of the gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.calls import nbytes, run
from mlp.datasets import Dataset
from mlp.losses import Loss, mean
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
        self._net, self._loss = net, net.loss
        self._measured = b""  # the parameters that `gradient` belongs to
        self.gradient = np.empty_like(net.parameters)
        """(n_parameters,): of the training loss, at the parameters measured last."""
        self._matrices = net.shape.matrices(self.gradient)
        self._train = Pass(net.shape, net.parameters, self.gradient, train_table)
        self._there_and_back = flat([*self._train.forward, *self._train.backward])
        self._train_score = Scorer(net.loss, data.task, data.y_train)
        self._test: Pass | None = None
        if len(data.x_test):
            test_table = sample_table(data.x_test, net.loss.targets(data.y_test, net.sizes[-1], "y_test"))
            self._test = Pass(net.shape, net.parameters, self.gradient, test_table)
            self._test.backward = []  # nobody goes back from test data: their buffers are given up
            self._test_forward = flat(self._test.forward)
            self._test_score = Scorer(net.loss, data.task, data.y_test)
            self._outputs = np.concatenate([self._train.output, self._test.output], axis=-1)
            self._targets = np.concatenate([self._train.targets, self._test.targets], axis=-1)

    @property
    def nbytes(self) -> int:
        """Bytes of its buffers."""
        if self._test is None:
            return nbytes(self._there_and_back)
        return nbytes([*self._there_and_back, *self._test_forward]) + self._outputs.nbytes + self._targets.nbytes

    @property
    def train_output(self) -> Array:
        """(n_out, n): what the network said of the training data when it was measured last."""
        return self._train.output

    def is_current(self) -> bool:
        """Whether the network still has the parameters that were measured last, to the last bit."""
        return self._net.parameters.tobytes() == self._measured

    def measure(self) -> Measures:
        """The measures for the network's parameters as they are now."""
        self._measured = self._net.parameters.tobytes()
        with np.errstate(all="ignore"):
            run(self._there_and_back)
            train_loss, test_loss = self._losses()
            train_score = self._train_score(self._train.output)
            test_score = self._test_score(self._test.output) if self._test is not None else math.nan
            return Measures(train_loss, test_loss, train_score, test_score, layer_norms(self._matrices))

    def _losses(self) -> tuple[float, float]:
        """Of the training and of the test data, NaN without any; formed at once, which takes half the calls."""
        train = self._train
        if self._test is None:
            return self._loss.mean(train.output, train.targets), math.nan
        run(self._test_forward)
        np.concatenate([train.output, self._test.output], axis=-1, out=self._outputs)
        each, n = self._loss.each(self._outputs, self._targets), train.output.shape[-1]
        return mean(each[:n]), mean(each[n:])


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
