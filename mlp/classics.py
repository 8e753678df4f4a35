"""The two classics that this project grew from: first by their own names, then as runs of the engine.

`TutorialMLP` is the network of the from-scratch tutorials, `DemoMLP` the one that learns the sum of two numbers. Both
are written as their texts write them, method for method, and hand over to the engine with `to_mlp`. docs/classics.md
tells their story; tests hold them against the engine and against transcriptions of the original formulas.

Two things differ from the originals. Neither overflows, however large a sum grows. And `train` does not print by
itself: it hands each line to `report`, which is `print` unless the caller says otherwise, so that a notebook shows what
the texts show and a program may keep the lines or drop them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mlp.arrays import (
    Array,
    Labels,
    as_array,
    check_columns,
    check_matrix,
    check_not_empty,
    check_number,
    check_whole,
)
from mlp.datasets import make_dataset
from mlp.initializers import INITIALIZERS
from mlp.losses import LOSSES
from mlp.network import MAX_LAYERS, MAX_UNITS, MLP
from mlp.optimizers import SGD, Adam
from mlp.rng import Purpose, generator
from mlp.schedules import Cosine
from mlp.trainer import Trainer

Report = Callable[[str], object]
"""Takes one line about how training goes."""

MAX_EPOCHS = 1_000_000
MAX_RATE = 1e6


class TutorialMLP:
    """The from-scratch tutorial: one hidden layer of sigmoids, a softmax, all samples in each step.

    Weights start as standard normal numbers and biases at zero; the same seed gives the engine's weights.

    Raises ValueError, in one sentence, for sizes, samples, labels and rates that it cannot take.

    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> y = np.array([0, 1, 1, 0])  # XOR: are the two different?
    >>> net = TutorialMLP(input_size=2, hidden_size=4, output_size=2, seed=1)
    >>> net.train(X, y, epochs=401, learning_rate=0.5)
    Epoch 0, loss 0.6901
    Epoch 100, loss 0.1122
    Epoch 200, loss 0.0225
    Epoch 300, loss 0.0109
    Epoch 400, loss 0.0070
    >>> net.predict(X)
    array([0, 1, 1, 0])
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int, seed: int = 0) -> None:
        self.input_size = check_whole("input_size", input_size, 1, MAX_UNITS)
        self.hidden_size = check_whole("hidden_size", hidden_size, 1, MAX_UNITS)
        self.output_size = check_whole("output_size", output_size, 2, MAX_UNITS)
        self.seed = check_whole("seed", seed, 0, 2**63 - 1)
        self.weights_input_hidden, self.weights_hidden_output = _standard_normal(
            [input_size, hidden_size, output_size], seed
        )
        self.bias_hidden: Array = np.zeros(hidden_size)
        self.bias_output: Array = np.zeros(output_size)
        self.hidden_output: Array = np.empty((0, hidden_size))
        """What the hidden layer gave in the last `forward`: `backward` needs it."""

    @staticmethod
    def sigmoid(z: Array) -> Array:
        """Any number to one from 0 to 1: 1 / (1 + e^-z)."""
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))  # the same number, and never overflows

    @staticmethod
    def softmax(z: Array) -> Array:
        """Sums (n, output_size) to shares that add up to 1 in each row: e^z over the sum of e^z."""
        # Subtracting each row's largest number changes nothing, and never overflows.
        powers = np.exp(z - z.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))

    def forward(self, X: npt.ArrayLike) -> Array:
        """Samples (n, input_size) to the probability of each class, (n, output_size)."""
        X = check_matrix("X", X, self.input_size)
        hidden_input = X @ self.weights_input_hidden + self.bias_hidden  # (n, hidden_size)
        self.hidden_output = self.sigmoid(hidden_input)  # (n, hidden_size)
        output_input = self.hidden_output @ self.weights_hidden_output + self.bias_output  # (n, output_size)
        return self.softmax(output_input)  # (n, output_size)

    def backward(self, X: npt.ArrayLike, y: npt.ArrayLike, output: npt.ArrayLike, learning_rate: float) -> None:
        """Make one step downhill from what `forward(X)` has just given as `output`.

        The slopes of all samples are summed, so the step grows with their number. `y` holds class numbers (n,) or
        one-hot rows (n, output_size).
        """
        X = check_matrix("X", X, self.input_size)
        output = check_matrix("output", output, self.output_size)
        if not len(X) == len(output) == len(self.hidden_output):
            raise ValueError(
                f"backward must get the X that forward has just seen, {len(self.hidden_output)} rows, and its output; "
                f"got {len(X)} and {len(output)} rows."
            )
        y = self._one_hot(y, len(X))
        check_number("learning_rate", learning_rate, 0.0, MAX_RATE, open_low=True)
        h = self.hidden_output
        output_error = output - y  # (n, output_size)
        hidden_error = output_error @ self.weights_hidden_output.T * h * (1 - h)  # (n, hidden_size)

        self.weights_hidden_output -= learning_rate * h.T @ output_error  # (hidden_size, output_size)
        self.bias_output -= learning_rate * output_error.sum(axis=0)  # (output_size,)
        self.weights_input_hidden -= learning_rate * X.T @ hidden_error  # (input_size, hidden_size)
        self.bias_hidden -= learning_rate * hidden_error.sum(axis=0)  # (hidden_size,)

    def loss(self, y: npt.ArrayLike, output: npt.ArrayLike) -> float:
        """Cross-entropy: the mean over the samples of -ln(probability of the true class)."""
        output = check_matrix("output", output, self.output_size)
        y = self._one_hot(y, len(output))
        # A probability too small for a float64 counts as the smallest there is, which costs 708 instead of infinity.
        return float(-(y * np.log(np.maximum(output, np.finfo(np.float64).tiny))).sum(axis=1).mean())

    def train(
        self, X: npt.ArrayLike, y: npt.ArrayLike, epochs: int, learning_rate: float, report: Report | None = print
    ) -> None:
        """Make `epochs` steps, each on all samples, and report the loss before every hundredth."""
        X = check_matrix("X", X, self.input_size)
        y = self._one_hot(y, len(X))
        for epoch in range(check_whole("epochs", epochs, 0, MAX_EPOCHS)):
            output = self.forward(X)
            if report is not None and epoch % 100 == 0:
                report(f"Epoch {epoch}, loss {self.loss(y, output):.4f}")
            self.backward(X, y, output, learning_rate)

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The most probable class of each sample: numbers (n,) from 0."""
        return np.asarray(self.forward(X).argmax(axis=1), dtype=np.int64)

    def to_mlp(self) -> MLP:
        """The engine's network with the same numbers, in arrays of its own.

        Its loss is a mean where `backward` sums, so it takes n times the learning rate for the same step.
        """
        net = MLP(
            [self.input_size, self.hidden_size, self.output_size],
            activation="sigmoid",
            loss="categorical_crossentropy",
            initializer="normal",
            seed=self.seed,
        )
        hidden, output = net.layers
        hidden.weights[...], hidden.biases[...] = self.weights_input_hidden, self.bias_hidden
        output.weights[...], output.biases[...] = self.weights_hidden_output, self.bias_output
        return net

    def _one_hot(self, y: npt.ArrayLike, n: int) -> Array:
        """Class numbers (n,), or rows (n, output_size) that add up to 1, as such rows."""
        one_hot = LOSSES["categorical_crossentropy"].targets(y, self.output_size).T
        check_not_empty("y", one_hot)
        if len(one_hot) != n:
            raise ValueError(f"y must have as many rows as there are samples, {n}; got {len(one_hot)}.")
        return one_hot


class DemoMLP:
    """The demo that learns the sum of two numbers: a list of hidden layers, sigmoids, one sample at a time.

    Weights start as standard normal numbers; the same seed gives the engine's weights. The demo's text speaks of
    biases and its code has none: `use_bias=True` adds them, starting at zero.

    `forward_propagate` and `back_propagate` take one sample (n,), as the demo does, or several in rows.

    Raises ValueError, in one sentence, for layers, samples, targets and rates that it cannot take.

    >>> inputs = np.random.default_rng(1).uniform(0.0, 0.5, (1000, 2))
    >>> targets = inputs.sum(axis=1, keepdims=True)
    >>> net = DemoMLP(num_inputs=2, hidden_layers=[5], num_outputs=1, seed=1)
    >>> net.train(inputs, targets, epochs=4, learning_rate=1.0)
    Error: 0.026680 at epoch 1
    Error: 0.004042 at epoch 2
    Error: 0.000877 at epoch 3
    Error: 0.000515 at epoch 4
    >>> print(net.forward_propagate([0.3, 0.1]).round(2))
    [0.4]
    """

    def __init__(
        self,
        num_inputs: int = 2,
        hidden_layers: Sequence[int] = (5,),
        num_outputs: int = 1,
        use_bias: bool = False,
        seed: int = 0,
    ) -> None:
        if not isinstance(hidden_layers, (Sequence, np.ndarray)) or isinstance(hidden_layers, str):
            raise ValueError(
                f"hidden_layers must be a list of layer sizes, as in [5] or [4, 3]; got {hidden_layers!r}."
            )
        if len(hidden_layers) > MAX_LAYERS - 2:
            raise ValueError(f"hidden_layers must list at most {MAX_LAYERS - 2} layers; got {len(hidden_layers)}.")
        self.num_inputs = check_whole("num_inputs", num_inputs, 1, MAX_UNITS)
        self.hidden_layers = [check_whole("each of hidden_layers", n, 1, MAX_UNITS) for n in hidden_layers]
        self.num_outputs = check_whole("num_outputs", num_outputs, 1, MAX_UNITS)
        self.use_bias = bool(use_bias)
        self.seed = check_whole("seed", seed, 0, 2**63 - 1)

        sizes = [num_inputs, *self.hidden_layers, num_outputs]
        self.weights = _standard_normal(sizes, seed)
        """Of each layer, (n_in, n_out)."""
        self.biases: list[Array] = [np.zeros(n_out) for n_out in sizes[1:]]
        """Of each layer, (n_out,)."""
        self.activations: list[Array] = [np.empty((0, n)) for n in sizes]
        """Of the inputs and of each layer, (n, n_out), from the last `forward_propagate`."""
        self.derivatives: list[Array] = [np.zeros_like(W) for W in self.weights]
        """Of each layer's weights, (n_in, n_out), from the last `back_propagate`: they point downhill."""
        self.bias_derivatives: list[Array] = [np.zeros_like(b) for b in self.biases]

    def forward_propagate(self, inputs: npt.ArrayLike) -> Array:
        """Inputs (num_inputs,) to outputs (num_outputs,), or rows of the one to rows of the other."""
        rows = _rows("inputs", inputs, self.num_inputs)
        self.activations[0] = rows  # (n, num_inputs)
        for i, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            net_inputs = self.activations[i] @ W + b  # (n, n_out)
            self.activations[i + 1] = self._sigmoid(net_inputs)  # (n, n_out)
        return self.activations[-1].reshape(*np.shape(inputs)[:-1], self.num_outputs)

    def back_propagate(self, error: npt.ArrayLike) -> Array:
        """Carry the error at the outputs, target - output, back; return the error at the inputs.

        On the way it leaves the derivatives for `gradient_descent`: the downhill slopes of half the squared error,
        summed over the rows.
        """
        rows = _rows("error", error, self.num_outputs)
        if len(rows) != len(self.activations[0]):
            raise ValueError(
                f"error must have a row for each sample of the last forward_propagate, {len(self.activations[0])}; "
                f"got {len(rows)}."
            )
        for i in reversed(range(len(self.weights))):
            delta = rows * self._sigmoid_derivative(self.activations[i + 1])  # (n, n_out)
            self.derivatives[i] = self.activations[i].T @ delta  # (n_in, n_out)
            self.bias_derivatives[i] = delta.sum(axis=0)  # (n_out,)
            rows = delta @ self.weights[i].T  # (n, n_in)
        return rows.reshape(*np.shape(error)[:-1], self.num_inputs)

    def gradient_descent(self, learning_rate: float) -> None:
        """Take one step along the derivatives, which already point downhill."""
        check_number("learning_rate", learning_rate, 0.0, MAX_RATE, open_low=True)
        for i in range(len(self.weights)):
            self.weights[i] += learning_rate * self.derivatives[i]
            if self.use_bias:
                self.biases[i] += learning_rate * self.bias_derivatives[i]

    def train(
        self,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike,
        epochs: int,
        learning_rate: float,
        report: Report | None = print,
    ) -> None:
        """Go through the samples in their order, a step for each, and report the mean error after each epoch.

        `inputs` are (n, num_inputs); `targets` (n, num_outputs), or (n,) for a single output, from 0 to 1.
        """
        inputs = check_matrix("inputs", inputs, self.num_inputs)
        targets = check_columns("targets", targets, self.num_outputs)
        check_not_empty("inputs", inputs)
        if len(targets) != len(inputs):
            raise ValueError(f"targets must have as many rows as inputs, {len(inputs)}; got {len(targets)}.")
        out_of_reach = targets[(targets < 0.0) | (targets > 1.0)]
        if out_of_reach.size:
            raise ValueError(f"targets must be from 0 to 1, as all that a sigmoid gives; got {out_of_reach[0]:g}.")
        for epoch in range(1, check_whole("epochs", epochs, 0, MAX_EPOCHS) + 1):
            sum_errors = 0.0
            for sample, target in zip(inputs, targets, strict=True):
                output = self.forward_propagate(sample)
                self.back_propagate(target - output)
                self.gradient_descent(learning_rate)
                sum_errors += self._mse(target, output)
            if report is not None:
                report(f"Error: {sum_errors / len(inputs):.6f} at epoch {epoch}")

    def to_mlp(self) -> MLP:
        """The engine's network with the same numbers, in arrays of its own.

        Its loss is the mean over outputs of the whole squared error, where `back_propagate` follows half of their sum.
        So it takes num_outputs / 2 times the learning rate for the same step.
        """
        net = MLP(
            [self.num_inputs, *self.hidden_layers, self.num_outputs],
            activation="sigmoid",
            loss="mean_squared_error",
            initializer="normal",
            seed=self.seed,
            output_activation="sigmoid",
            use_bias=self.use_bias,
        )
        for layer, W, b in zip(net.layers, self.weights, self.biases, strict=True):
            layer.weights[...], layer.biases[...] = W, b
        return net

    @staticmethod
    def _sigmoid(x: Array) -> Array:
        """Any number to one from 0 to 1: 1 / (1 + e^-x)."""
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))  # the same number, and never overflows

    @staticmethod
    def _sigmoid_derivative(a: Array) -> Array:
        """The slope of the sigmoid where it gives `a`."""
        return a * (1.0 - a)

    @staticmethod
    def _mse(target: Array, output: Array) -> float:
        """Mean squared error over the outputs of one sample."""
        return float(np.mean((target - output) ** 2))


def _standard_normal(sizes: Sequence[int], seed: int) -> list[Array]:
    """Weights (n_in, n_out) of each layer: the ones that the engine draws under this seed."""
    rng = generator(seed, Purpose.WEIGHTS)
    return [INITIALIZERS["normal"].draw(rng, n_in, n_out) for n_in, n_out in pairwise(sizes)]


def _rows(name: str, values: npt.ArrayLike, n_columns: int) -> Array:
    """One sample (n_columns,) or several (n, n_columns) as rows."""
    array = as_array(name, values)
    return check_matrix(name, array[None] if array.ndim == 1 else array, n_columns)


@dataclass(frozen=True)
class Classic:
    """One entry of CLASSICS."""

    name: str
    label: str
    help: str
    epochs: int
    """How long the classic trains."""
    make: Callable[[int], Trainer]
    """A seed to a trainer that has not made a step yet."""


def from_scratch(seed: int = 0) -> Trainer:
    """The network of the from-scratch tutorials: sigmoid, softmax, cross-entropy, all samples in each step.

    Those tutorials add the slopes of all samples up where ours are averaged, so their learning rate of
    0.001 on 300 samples is ours of 0.3.
    """
    data = make_dataset("blobs", n_samples=600, noise=0.3, test_fraction=0.5, seed=seed)
    net = TutorialMLP(2, 4, 3, seed=seed).to_mlp()
    summed_rate, n = 0.001, len(data.x_train)
    return Trainer(net, data, SGD(learning_rate=summed_rate * n), batch_size=n, seed=seed)


def sum_of_two_numbers(seed: int = 0) -> Trainer:
    """The demo that learns to add: sigmoid everywhere, no biases, mean squared error, one sample at a time.

    The demo follows the slope of half the squared error where ours is of the whole, so its learning rate of
    0.1 is ours of 0.05.
    """
    data = make_dataset("sum", n_samples=6000, test_fraction=1 / 6, seed=seed)
    net = DemoMLP(2, [5], 1, seed=seed).to_mlp()
    return Trainer(net, data, SGD(learning_rate=0.1 / 2), batch_size=1, seed=seed)


def sum_of_two_numbers_today(seed: int = 0) -> Trainer:
    """The same task as one would do it now: tanh, a linear output, Adam, batches of 32, a falling learning rate."""
    data = make_dataset("sum", n_samples=6000, test_fraction=1 / 6, seed=seed)
    net = MLP([2, 5, 1], activation="tanh", loss="mean_squared_error", seed=seed)
    return Trainer(net, data, Adam(learning_rate=0.05), batch_size=32, seed=seed, schedule=Cosine(epochs=30))


CLASSICS: dict[str, Classic] = {
    classic.name: classic
    for classic in (
        Classic(
            "from_scratch", "From scratch",
            "One hidden layer of sigmoids and a softmax, trained on all points at once, as tutorials write it first.",
            epochs=1000, make=from_scratch,
        ),
        Classic(
            "sum", "Sum of two numbers",
            "Sigmoids learn to add two numbers, one pair at a time: slow, and never quite right.",
            epochs=100, make=sum_of_two_numbers,
        ),
        Classic(
            "sum_today", "Sum of two numbers, today",
            "The same task with a straight output and Adam: many times faster, and far closer.",
            epochs=30, make=sum_of_two_numbers_today,
        ),
    )
}  # fmt: skip
