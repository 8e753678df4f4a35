"""Data to learn from: toy datasets drawn at random, and handwritten digits from a file.

Points of the plane lie within about -3 and 3, centred. *Noise* is the standard deviation of a random shift: of each
coordinate of each point (in the plane's units) where classes are to be told apart, of the target where a number is to
be learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import (
    Array,
    Labels,
    as_array,
    check_choice,
    check_columns,
    check_labels,
    check_matrix,
    check_not_empty,
    check_number,
    check_whole,
    look_up,
    read_only,
)
from mlp.features import expand_features
from mlp.rng import Purpose, generator

TASKS = ("binary", "multiclass", "regression")
MAX_SAMPLES = 20_000


@dataclass(frozen=True, eq=False)
class Dataset:
    """Data to train on and data to test on, checked once and then read-only.

    x_train : (n, n_inputs) float64; y_train : class numbers (n,) int, or numbers (n, n_out) float64; the same for
    x_test and y_test, which may be empty; task : "binary", "multiclass" or "regression".

    Raises ValueError, in one sentence, for shapes that do not fit, NaN or infinite numbers, labels that are not
    class numbers, or no training data.
    """

    x_train: Array
    y_train: npt.NDArray[Any]
    x_test: Array
    y_test: npt.NDArray[Any]
    task: str
    name: str = "own"

    def __post_init__(self) -> None:
        check_choice("task", self.task, TASKS)
        x_train = check_matrix("x_train", self.x_train)
        check_not_empty("x_train", x_train)
        if x_train.shape[1] == 0:
            raise ValueError("x_train must have at least one column; got none.")
        x_test = as_array("x_test", self.x_test)
        x_test = check_matrix("x_test", x_test if x_test.size else np.empty((0, x_train.shape[1])), x_train.shape[1])
        y_train, y_test = (self._check_y(name) for name in ("y_train", "y_test"))
        for part, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
            if len(x) != len(y):
                raise ValueError(f"y_{part} must have as many rows as x_{part}, {len(x)}; got {len(y)}.")
        if self.task == "regression" and len(y_test) and y_test.shape[1] != y_train.shape[1]:
            raise ValueError(f"y_test must have {y_train.shape[1]} columns as y_train; got {y_test.shape[1]}.")
        arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
        for name, array in arrays.items():
            object.__setattr__(self, name, read_only(array.copy()))

    def _check_y(self, name: str) -> npt.NDArray[Any]:
        y = as_array(name, getattr(self, name))
        if self.task == "regression":
            return check_columns(name, y) if y.size else np.empty((0, 1))
        return check_labels(name, y if y.size else np.empty(0, np.int64), 2 if self.task == "binary" else None)

    @property
    def n_inputs(self) -> int:
        """Numbers that describe one sample."""
        return int(self.x_train.shape[1])

    @property
    def n_classes(self) -> int:
        """Classes to tell apart; 0 for regression."""
        if self.task == "regression":
            return 0
        if self.task == "binary":
            return 2
        return int(max(self.y_train.max(), self.y_test.max(initial=0))) + 1

    @property
    def n_outputs(self) -> int:
        """Output neurons that a network needs: one for yes or no, else one for each class or number."""
        if self.task == "regression":
            return int(self.y_train.shape[1])
        return 1 if self.task == "binary" else self.n_classes

    def with_features(self, names: Sequence[str]) -> Dataset:
        """The same points of the plane, described by the named FEATURES."""
        return replace(self, x_train=expand_features(self.x_train, names), x_test=expand_features(self.x_test, names))


Maker = Callable[[int, float, np.random.Generator, int], tuple[Array, npt.NDArray[Any]]]
"""(n_samples, noise, rng, n_classes) to inputs (n, n_inputs) and labels (n,) or targets (n, n_out)."""


@dataclass(frozen=True)
class DatasetEntry:
    """One entry of DATASETS."""

    name: str
    label: str
    help: str
    task: str
    make: Maker
    n_inputs: int = 2
    default_noise: float = 0.1
    max_noise: float = 0.5
    default_classes: int = 2
    max_classes: int = 0
    """Where the number of classes (arms, blobs, rings) can be chosen: from 2 up to this. Else 0."""
    max_samples: int = MAX_SAMPLES

    def task_for(self, n_classes: int) -> str:
        """The task that the number of classes makes it."""
        if self.task == "regression":
            return self.task
        return "multiclass" if n_classes > 2 else "binary"


def make_dataset(
    name: str,
    n_samples: int = 500,
    noise: float | None = None,
    test_fraction: float = 0.5,
    seed: int = 0,
    n_classes: int | None = None,
) -> Dataset:
    """Make one of DATASETS and split it into training and test data.

    noise : the random shift's standard deviation, 0 up to the entry's `max_noise`; None for the entry's default.
    test_fraction : share of the samples kept for the test, 0 to 0.9; classes are split evenly (stratified).
    n_classes : arms or blobs, where the entry allows a choice.

    The same arguments give the same data, bit for bit. Raises ValueError, in one sentence.

    >>> make_dataset("xor", n_samples=8, seed=3).y_train
    array([1, 0, 0, 1])
    """
    entry = look_up(name, DATASETS, "dataset")
    check_whole("n_samples", n_samples, 4, entry.max_samples)
    noise = check_number("noise", entry.default_noise if noise is None else noise, 0.0, entry.max_noise)
    check_number("test_fraction", test_fraction, 0.0, 0.9)
    check_whole("seed", seed, 0, 2**63 - 1)
    n_classes = entry.default_classes if n_classes is None else n_classes
    if entry.max_classes:
        check_whole("n_classes", n_classes, 2, entry.max_classes)
    elif n_classes != entry.default_classes:
        raise ValueError(f"n_classes must be {entry.default_classes} for {name}; got {n_classes!r}.")

    x, y = entry.make(n_samples, noise, generator(seed, Purpose.DATA), n_classes)
    task = entry.task_for(n_classes)
    train, test = split(y, task, test_fraction, generator(seed, Purpose.SPLIT))
    return Dataset(x[train], y[train], x[test], y[test], task, name)


def split(y: npt.NDArray[Any], task: str, test_fraction: float, rng: np.random.Generator) -> tuple[Labels, Labels]:
    """Row numbers for training and for testing, in random order; each class keeps its share in both."""
    order = rng.permutation(len(y))
    if task == "regression":
        n_test = round(test_fraction * len(y))
        return order[n_test:], order[:n_test]
    # Walk through each class in the shuffled order and give every k-th row to the test, so that
    # classes keep their shares to within one sample and the total is right.
    by_class = order[np.argsort(y[order], kind="stable")]
    steps = np.floor((np.arange(len(y)) + 1) * test_fraction + 1e-9)
    chosen = np.zeros(len(y), dtype=bool)
    chosen[by_class] = np.diff(steps, prepend=0.0) > 0
    return order[~chosen[order]], order[chosen[order]]


# ---------------------------------------------------------------------- two or more classes in the plane


def _turns(n: int, n_groups: int) -> Labels:
    """Class numbers 0, 1, ..., 0, 1, ... so that all classes are of one size, give or take one sample."""
    return np.arange(n) % n_groups


def _jitter(x: Array, noise: float, rng: np.random.Generator) -> Array:
    return x + noise * rng.standard_normal(x.shape)


def _xor(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    corner = _turns(n, 4)
    signs = np.column_stack([np.where(corner % 3 == 0, 1.0, -1.0), np.where(corner < 2, 1.0, -1.0)])
    x = signs * rng.uniform(0.3, 2.7, (n, 2))
    return _jitter(x, noise, rng), (signs[:, 0] != signs[:, 1]).astype(np.int64)


def _spirals(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    y = _turns(n, n_classes)
    along = np.sqrt(rng.uniform(0.01, 1.0, n))  # the root spreads points evenly along the arm
    angle = 2.0 * np.pi * (1.75 * along + y / n_classes)
    x = 2.8 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return _jitter(x, noise, rng), y


def _moons(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    y = _turns(n, 2)
    angle = rng.uniform(0.0, np.pi, n)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    x = 1.6 * np.where(y[:, None] == 0, upper, -upper)
    return _jitter(x, noise, rng), y


def _circles(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    y = _turns(n, 2)
    radius = np.where(y == 0, rng.uniform(1.8, 2.7, n), 1.1 * np.sqrt(rng.uniform(0.0, 1.0, n)))
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    return _jitter(radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), noise, rng), y


def _blobs(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    y = _turns(n, n_classes)
    angle = 2.0 * np.pi * (y / n_classes + 0.125)
    x = 1.9 * np.column_stack([np.cos(angle), np.sin(angle)]) + 0.35 * rng.standard_normal((n, 2))
    return _jitter(x, noise, rng), y


def _checkerboard(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    x = rng.uniform(-2.8, 2.8, (n, 2))
    y = np.floor(x / 1.4).sum(axis=1) % 2
    return _jitter(x, noise, rng), y.astype(np.int64)


def _quantiles(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    x = 1.1 * rng.standard_normal((n, 2))
    rank = np.hypot(*x.T).argsort().argsort()
    return _jitter(x, noise, rng), rank * n_classes // n


def _separable(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    y = _turns(n, 2)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    across = np.where(y == 1, 1.0, -1.0) * rng.uniform(0.3, 2.0, n)
    along = rng.uniform(-2.0, 2.0, n)
    x = np.column_stack(
        [
            across * np.cos(angle) - along * np.sin(angle),
            across * np.sin(angle) + along * np.cos(angle),
        ]
    )
    return _jitter(x, noise, rng), y


# ---------------------------------------------------------------------- a number to be learned


def _plane(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Array]:
    x = rng.uniform(-3.0, 3.0, (n, 2))
    return x, _jitter(x.sum(axis=1, keepdims=True) / 6.0, noise, rng)


def _ripple(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Array]:
    x = rng.uniform(-3.0, 3.0, (n, 2))
    return x, _jitter(np.cos(2.0 * np.hypot(x[:, :1], x[:, 1:])), noise, rng)


def _hills(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Array]:
    x = rng.uniform(-3.0, 3.0, (n, 2))
    height = np.zeros((n, 1))
    for sign, tops in ((1.0, ((-2, 1), (0, -1.5), (2, 1))), (-1.0, ((-2, -1.5), (0, 1.5), (2, -1.5)))):
        for top in tops:
            height += sign * np.exp(-((x - top) ** 2).sum(axis=1, keepdims=True))
    return x, _jitter(height, noise, rng)


def _sine(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Array]:
    x = rng.uniform(-3.0, 3.0, (n, 1))
    return x, _jitter(np.sin(2.0 * x), noise, rng)


def _sum(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Array]:
    x = rng.uniform(0.0, 0.5, (n, 2))
    return x, _jitter(x.sum(axis=1, keepdims=True), noise, rng)


# ---------------------------------------------------------------------- brought along

DIGITS = Path(__file__).parent / "data" / "digits.npz"


def _digits(n: int, noise: float, rng: np.random.Generator, n_classes: int) -> tuple[Array, Labels]:
    with np.load(DIGITS, allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    rows = rng.permutation(len(labels))[:n]
    return _jitter(images[rows] / 16.0, noise, rng), labels[rows].astype(np.int64)


DATASETS: dict[str, DatasetEntry] = {
    entry.name: entry
    for entry in (
        DatasetEntry(
            "xor", "XOR", "Opposite corners belong together: no straight line can part them.", "binary", _xor,
        ),
        DatasetEntry(
            "spirals", "Spirals", "Arms that wind around each other: the hardest of the classics.",
            "binary", _spirals, max_classes=5,
        ),
        DatasetEntry(
            "moons", "Moons", "Two half moons that reach into each other: one bend in the boundary is enough.",
            "binary", _moons,
        ),
        DatasetEntry(
            "circles", "Circles", "A disc inside a ring: the boundary has to close on itself.",
            "binary", _circles,
        ),
        DatasetEntry(
            "blobs", "Blobs", "Clouds of points, one for each class: straight lines nearly do.",
            "multiclass", _blobs, default_classes=3, max_classes=6,
        ),
        DatasetEntry(
            "checkerboard", "Checkerboard", "Four times four squares in turn: needs many bends.",
            "binary", _checkerboard, default_noise=0.0,
        ),
        DatasetEntry(
            "quantiles", "Gaussian quantiles", "One cloud, cut into rings that hold equally many points each.",
            "multiclass", _quantiles, default_noise=0.0, default_classes=3, max_classes=5,
        ),
        DatasetEntry(
            "separable", "Linearly separable", "Two clouds with a straight gap between: even one neuron can do it.",
            "binary", _separable,
        ),
        DatasetEntry(
            "plane", "Plane", "A slope that rises evenly to one corner: a single neuron is enough.",
            "regression", _plane,
        ),
        DatasetEntry(
            "ripple", "Ripple", "Rings of waves around the middle, as after a stone falls into water.",
            "regression", _ripple,
        ),
        DatasetEntry(
            "hills", "Multi-Gaussian", "Three round hills and three round hollows.",
            "regression", _hills,
        ),
        DatasetEntry(
            "sine", "Noisy sine", "A wave over a line, hidden in noise: one number in, one number out.",
            "regression", _sine, n_inputs=1,
        ),
        DatasetEntry(
            "sum", "Sum of two numbers", "Two numbers from 0 to 0.5 go in, and their sum is to come out.",
            "regression", _sum, default_noise=0.0,
        ),
        DatasetEntry(
            "digits", "Handwritten digits", "Real handwriting: 1,797 digits of 8 by 8 grey pixels from 0 to 1.",
            "multiclass", _digits, n_inputs=64, default_noise=0.0, default_classes=10, max_samples=1797,
        ),
    )
}  # fmt: skip
