"""How wrong an answer is, and which way to push it.

A loss compares what comes out of the last layer with the targets, `y`. In this file it is called `z`, for with a loss
from logits it is the last sums; with the others (ŷ in their formulas) it is what the output's activation gives. Both
are features first: (n_out, n_samples), with one more leading axis for a stack of networks. The loss of a batch is the
mean over its samples, and for the losses that compare number by number also over the outputs, as PyTorch's defaults do.

The losses "from logits" take the raw sums of the last layer and apply sigmoid or softmax themselves, because the
two together have a gradient that is simple and never overflows: (probability - truth) / n.
"""

# ruff: noqa: D102 - what a method is for stands once, in the base class.

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from mlp.activations import ACTIVATIONS, softmax
from mlp.arrays import Array, Labels, as_array, check_columns, check_labels, check_matrix
from mlp.calls import Calls, maximum, minimum, product, run
from mlp.source import Source


class Loss:
    """One entry of LOSSES."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    tasks: ClassVar[tuple[str, ...]]
    """The tasks that it suits: "binary", "multiclass", "regression"."""
    from_logits: ClassVar[bool] = False
    """Whether it applies its own sigmoid or softmax, so that the output layer must be the identity."""
    boundary: ClassVar[float] = 0.0
    """With one output, class 1 is predicted where z is above this."""
    source: ClassVar[Source] = Source()
    """The same loss for programs in other languages."""

    def each(self, z: Array, y: Array) -> Array:
        """The loss of each sample, (n_samples,), averaged over outputs."""
        raise NotImplementedError

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        """The calls that write dL/dz, of the mean over the batch, into `d`."""
        raise NotImplementedError

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        """How dL/dz, of the mean over the batch, changes when z moves along r: (..., n_out, n) for r of that shape.

        That is the second derivative times r (curvature.py). By default it is measured, for every r by itself.
        """
        h = 1e-5
        changes = np.empty_like(r)
        above, below = np.empty_like(z), np.empty_like(z)
        for k in np.ndindex(r.shape[:-2]):
            run(self.gradient(z + h * r[k], y, above))
            run(self.gradient(z - h * r[k], y, below))
            changes[k] = (above - below) / (2.0 * h)
        return changes

    def targets(self, y: npt.ArrayLike, n_out: int, name: str = "y") -> Array:
        """Labels (n,) or numbers (n, n_out) as this loss wants them: (n_out, n) float64."""
        raise NotImplementedError

    def probabilities(self, z: Array) -> Array:
        """Outputs z (n, n_out) as probabilities of the classes, (n, n_classes)."""
        raise ValueError(f"probabilities need a cross-entropy loss; this network has {self.name}.")

    def mean(self, z: Array, y: Array) -> float:
        """The loss of the whole batch."""
        return mean(self.each(z, y))


class _OfNumbers(Loss):
    """What the losses for numbers share: the target of an output is a number (or 0 and 1 for a class)."""

    tasks = ("regression", "binary", "multiclass")
    boundary = 0.5

    def targets(self, y: npt.ArrayLike, n_out: int, name: str = "y") -> Array:
        values = as_array(name, y)
        if n_out > 1 and values.ndim == 1 and values.dtype.kind in "biu":
            return _one_hot(check_labels(name, values, n_out), n_out)
        return np.ascontiguousarray(check_columns(name, values, n_out).T)


class MeanSquaredError(_OfNumbers):
    """The square of each miss."""

    name, label, formula = "mean_squared_error", "Mean squared error", "(ŷ − y)²"
    help = "The square of each miss, averaged: being twice as far off costs four times as much."
    source = Source(
        numpy="((z - y) ** 2).mean()",
        numpy_slope="2.0 * (z - y) / z.size",
        torch="nn.MSELoss()",
        keras="keras.losses.MeanSquaredError()",
    )

    def each(self, z: Array, y: Array) -> Array:
        return _over_outputs((z - y) ** 2)

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        yield np.subtract, (z, y, d)
        yield np.multiply, (d, 2.0 / _count(z), d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        return r * (2.0 / _count(z))


class MeanAbsoluteError(_OfNumbers):
    """The size of each miss."""

    name, label, formula = "mean_absolute_error", "Mean absolute error", "|ŷ − y|"
    help = "The size of each miss, averaged: a few wild points do not pull the answer far."
    source = Source(
        numpy="np.abs(z - y).mean()",
        numpy_slope="np.sign(z - y) / z.size",
        torch="nn.L1Loss()",
        keras="keras.losses.MeanAbsoluteError()",
    )

    def each(self, z: Array, y: Array) -> Array:
        return _over_outputs(np.abs(z - y))

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        yield np.subtract, (z, y, d)
        yield np.sign, (d, d)
        yield np.multiply, (d, 1.0 / _count(z), d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        return np.zeros_like(r)


class Huber(_OfNumbers):
    """Squared near the target, absolute far from it (Huber 1964)."""

    name, label, formula = "huber", "Huber", "½(ŷ − y)² up to a miss of 1, then |ŷ − y| − ½"
    help = "Squares small misses and only measures large ones: smooth near the answer, calm about wild points."
    source = Source(
        numpy="np.where(np.abs(z - y) < 1.0, 0.5 * (z - y) ** 2, np.abs(z - y) - 0.5).mean()",
        numpy_slope="np.clip(z - y, -1.0, 1.0) / z.size",
        torch="nn.HuberLoss()",
        keras="keras.losses.Huber()",
    )

    def each(self, z: Array, y: Array) -> Array:
        miss = np.abs(z - y)
        near = np.minimum(miss, 1.0)  # near (miss - near / 2) is miss^2 / 2 up to 1, and miss - 1/2 beyond
        return _over_outputs(near * (miss - 0.5 * near))

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        yield np.subtract, (z, y, d)
        yield minimum(d, 1.0, d)  # the miss, but never beyond -1 or 1
        yield maximum(d, -1.0, d)
        yield np.multiply, (d, 1.0 / _count(z), d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        return r * (np.abs(z - y) < 1.0) / _count(z)


class _OfTwoClasses(Loss):
    """What the losses for yes-or-no outputs share. Their targets are signs, s = 2y - 1: -1 for no, +1 for yes."""

    from_logits = True

    def targets(self, y: npt.ArrayLike, n_out: int, name: str = "y") -> Array:
        values = as_array(name, y)
        if n_out > 1 and values.ndim == 1:
            return 2.0 * _one_hot(check_labels(name, values, n_out), n_out) - 1.0
        matrix = check_columns(name, values, n_out)
        wrong = matrix[(matrix < 0.0) | (matrix > 1.0)]
        if wrong.size:
            raise ValueError(f"{name} must hold labels from 0 to 1 for {self.name}; got {wrong[0]:g}.")
        return np.ascontiguousarray(2.0 * matrix.T - 1.0)


class BinaryCrossentropy(_OfTwoClasses):
    """Minus the log of the probability given to the true answer, for yes-or-no questions."""

    name, label = "binary_crossentropy", "Binary cross-entropy"
    formula = "−y ln σ(z) − (1 − y) ln(1 − σ(z))"
    tasks = ("binary",)
    help = "How surprised the network is by the true answer: being sure and wrong costs a lot."
    source = Source(
        numpy="(np.logaddexp(0.0, z) - y * z).mean()",
        numpy_slope="(0.5 * (1.0 + np.tanh(0.5 * z)) - y) / z.size",
        torch="nn.BCEWithLogitsLoss()",
        keras="keras.losses.BinaryCrossentropy(from_logits=True)",
    )

    def each(self, z: Array, y: Array) -> Array:
        # ln(1 + e^z) - z (s + 1) / 2, arranged so that nothing overflows and nothing cancels.
        surprise = np.maximum(z, 0.0) - 0.5 * z * (y + 1.0) + np.log1p(np.exp(-np.abs(z)))
        return _over_outputs(surprise)

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        # (sigmoid(z) - (s + 1) / 2) / n, with sigmoid(z) = (1 + tanh(z / 2)) / 2.
        yield np.multiply, (z, 0.5, d)
        yield np.tanh, (d, d)
        yield np.subtract, (d, y, d)
        yield np.multiply, (d, 0.5 / _count(z), d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        p = 0.5 * (1.0 + np.tanh(0.5 * z))
        return r * (p * (1.0 - p) / _count(z))

    def probabilities(self, z: Array) -> Array:
        yes = ACTIVATIONS["sigmoid"].value(z)
        return np.concatenate([1.0 - yes, yes], axis=1) if z.shape[1] == 1 else yes


class Hinge(_OfTwoClasses):
    """Zero only for answers that are right by a margin of 1: the loss of support vector machines."""

    name, label, formula = "hinge", "Hinge", "max(0, 1 − s z), s = ±1"
    tasks = ("binary", "multiclass")
    help = "Asks only that every point lies on its own side with some room to spare, and then forgets about it."
    source = Source(
        numpy="np.maximum(0.0, 1.0 - y * z).mean()",
        numpy_slope="np.where(1.0 - y * z > 0.0, -y, 0.0) / z.size",
        torch="lambda z, y: torch.relu(1 - y * z).mean()",
        keras="keras.losses.Hinge()",
        targets={"numpy": "signs", "torch": "signs", "keras": "signs"},
    )

    def each(self, z: Array, y: Array) -> Array:
        return _over_outputs(np.maximum(0.0, 1.0 - y * z))

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        yield np.multiply, (y, z, d)
        yield np.subtract, (1.0, d, d)
        yield np.heaviside, (d, 0.0, d)  # 1 where the margin is missed
        yield np.multiply, (d, y, d)
        yield np.multiply, (d, -1.0 / _count(z), d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        return np.zeros_like(r)


class CategoricalCrossentropy(Loss):
    """Minus the log of the probability given to the true class; targets (n, n_out) are shares of each class."""

    name, label = "categorical_crossentropy", "Categorical cross-entropy"
    formula = "−ln softmax(z) of the true class"
    tasks = ("multiclass",)
    from_logits = True
    help = "How surprised the network is by the true class, when it has to share 100 % among all of them."
    source = Source(
        numpy="(np.logaddexp.reduce(z, axis=1) - (y * z).sum(axis=1)).mean()",
        numpy_slope="(np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True)) - y) / len(z)",
        torch="nn.CrossEntropyLoss()",
        keras="keras.losses.CategoricalCrossentropy(from_logits=True)",
        targets={"torch": "classes"},
    )

    def each(self, z: Array, y: Array) -> Array:
        lifted = z - z.max(axis=-2, keepdims=True)
        log_shares = lifted - np.log(np.exp(lifted).sum(axis=-2, keepdims=True))
        # A class with no share in the truth adds nothing, even where its log is very large.
        return -np.asarray((y * log_shares).sum(axis=-2))

    def gradient(self, z: Array, y: Array, d: Array) -> Calls:
        # (softmax(z) - y) / n; the sum over the classes is taken as a product with ones, which is quicker.
        n_classes, n_samples = z.shape[-2:]
        row = np.empty((*z.shape[:-2], 1, n_samples))
        ones = np.ones((*z.shape[:-2], 1, n_classes))
        yield partial(np.maximum.reduce, axis=-2, out=row, keepdims=True), (z,)
        yield np.subtract, (z, row, d)
        yield np.exp, (d, d)
        yield product(ones, d, row)
        yield np.divide, (d, row, d)
        yield np.subtract, (d, y, d)
        yield np.multiply, (d, 1.0 / n_samples, d)

    def bend(self, z: Array, y: Array, r: Array) -> Array:
        p = softmax(z, axis=-2)
        return np.asarray(p * (r - (p * r).sum(axis=-2, keepdims=True)) / z.shape[-1])

    def targets(self, y: npt.ArrayLike, n_out: int, name: str = "y") -> Array:
        values = as_array(name, y)
        if values.ndim == 2:
            shares = check_matrix(name, values, n_out)
            wrong = np.flatnonzero((shares < 0.0).any(axis=1) | (np.abs(shares.sum(axis=1) - 1.0) > 1e-6))
            if wrong.size:  # (probability - truth) is the gradient only where the truth adds up to 1
                row = shares[wrong[0]].tolist()
                raise ValueError(f"{name} must hold shares of the classes, 0 or more and 1 in all; got {row}.")
            return np.ascontiguousarray(shares.T)
        return _one_hot(check_labels(name, values, n_out), n_out)

    def probabilities(self, z: Array) -> Array:
        return softmax(z, axis=1)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        MeanSquaredError(), MeanAbsoluteError(), Huber(), BinaryCrossentropy(), CategoricalCrossentropy(), Hinge(),
    )
}  # fmt: skip


def mean(losses: Array) -> float:
    """Mean over samples, (n,); NumPy's own takes three times as long for so few."""
    return float(np.add.reduce(losses)) / len(losses)


def _over_outputs(losses: Array) -> Array:
    """Mean over outputs: (n_out, n) to (n,)."""
    return losses[..., 0, :] if losses.shape[-2] == 1 else np.asarray(losses.mean(axis=-2))


def _count(z: Array) -> int:
    """How many numbers the mean is over, in one network."""
    return int(z.shape[-2] * z.shape[-1])


def _one_hot(labels: Labels, n_classes: int) -> Array:
    """(n,) class numbers to (n_classes, n): 1 in the row of the class, 0 elsewhere."""
    return np.asarray(labels == np.arange(n_classes)[:, None], dtype=np.float64)
