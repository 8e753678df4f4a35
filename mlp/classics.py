"""The two classics that this project grew from, ready to run: small enough that every number can be followed.

docs/classics.md tells their story; tests hold them against transcriptions of the original formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlp.datasets import make_dataset
from mlp.network import MLP
from mlp.optimizers import SGD, Adam
from mlp.schedules import Cosine
from mlp.trainer import Trainer


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
    net = MLP([2, 4, 3], activation="sigmoid", loss="categorical_crossentropy", initializer="normal", seed=seed)
    summed_rate, n = 0.001, len(data.x_train)
    return Trainer(net, data, SGD(learning_rate=summed_rate * n), batch_size=n, seed=seed)


def sum_of_two_numbers(seed: int = 0) -> Trainer:
    """The demo that learns to add: sigmoid everywhere, no biases, mean squared error, one sample at a time.

    The demo follows the slope of half the squared error where ours is of the whole, so its learning rate of
    0.1 is ours of 0.05.
    """
    data = make_dataset("sum", n_samples=6000, test_fraction=1 / 6, seed=seed)
    net = MLP(
        [2, 5, 1],
        activation="sigmoid",
        loss="mean_squared_error",
        initializer="normal",
        seed=seed,
        output_activation="sigmoid",
        use_bias=False,
    )
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
