"""The frames of a run: parameters, losses and scores at many moments, within a fixed amount of memory."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, Labels, check_whole, read_only
from mlp.measure import Measures

FIGURES = ("train_loss", "test_loss", "train_score", "test_score")


@dataclass(frozen=True, eq=False)
class Frames:
    """k moments of training, one a row. All arrays are read-only."""

    steps: Labels
    """(k,): updates made."""
    epochs: Array
    """(k,): passes over the training data made, with a fraction in mid-epoch."""
    parameters: Array
    """(k, n_parameters)"""
    train_loss: Array
    """(k,): over all training data, without penalties."""
    test_loss: Array
    """(k,): over all test data; NaN without any."""
    train_score: Array
    """(k,): accuracy, or R^2 for regression."""
    test_score: Array
    """(k,): NaN without test data."""
    gradient_norms: Array
    """(k, n_layers): norm, per layer, of the gradient of train_loss."""

    def __len__(self) -> int:
        return len(self.steps)


def spaced_epochs(last: int, n: int) -> tuple[int, ...]:
    """At most `n` epochs from 0 to `last`, both included: each one in the beginning, then ever farther apart.

    >>> spaced_epochs(100, 12)
    (0, 1, 2, 4, 5, 8, 12, 19, 28, 43, 66, 100)
    """
    check_whole("last", last, 0, 100_000_000)
    check_whole("n", n, 2, 1_000_000)
    if last < n:
        return tuple(range(last + 1))
    found = np.array([0, last])
    for m in range(2, 20 * n):
        more = np.unique(np.concatenate([[0], np.geomspace(1, last, m).round()]))
        if len(more) > n:
            break
        found = more
    return tuple(found.astype(int).tolist())


class FrameStore:
    """At most `capacity` frames. When there are more, some are dropped; the playground's JavaScript repeats the rule.

    While `stride` is 1 all frames are kept. Whenever the store is full, the stride doubles, and from then on those are
    kept whose epoch is at most `dense_until` or a multiple of `stride`, and always the last. Only if the frames up to
    that epoch are by themselves too many, as after very many forks in mid-epoch, is `dense_until` halved.
    """

    def __init__(self, n_parameters: int, n_layers: int, capacity: int) -> None:
        self.capacity = max(capacity, 16)
        self.dense_until = self.capacity // 2
        self.stride = 1
        self._length = 0
        self._shared = False  # whether somebody may hold views into the columns
        self._columns: dict[str, npt.NDArray[Any]] = {
            "steps": np.empty(0, np.int64),
            "epochs": np.empty(0),
            "parameters": np.empty((0, n_parameters)),
            **{name: np.empty(0) for name in FIGURES},
            "gradient_norms": np.empty((0, n_layers)),
        }

    @staticmethod
    def bytes_per_frame(n_parameters: int, n_layers: int) -> int:
        """Bytes that one frame takes."""
        return 8 * (2 + n_parameters + len(FIGURES) + n_layers)

    @property
    def nbytes(self) -> int:
        """Bytes of the frames kept."""
        return sum(column[: self._length].nbytes for column in self._columns.values())

    def __len__(self) -> int:
        return self._length

    @property
    def last_step(self) -> int:
        """The step of the last frame."""
        return int(self._columns["steps"][self._length - 1])

    @property
    def frames(self) -> Frames:
        """All frames so far. What has been handed out never changes, whatever is recorded later."""
        self._shared = True
        return Frames(**{name: read_only(column[: self._length]) for name, column in self._columns.items()})

    def append(self, step: int, epoch: float, parameters: Array, measures: Measures) -> None:
        """Add a frame, and drop some if that makes too many."""
        if self.stride > 1 and self._length and not self._keeps(self._columns["epochs"][self._length - 1]):
            self._drop_last()  # it was kept as the last one only
        if self._length == len(self._columns["steps"]):
            self._resize(min(max(64, 2 * self._length), self.capacity + 1))
        row = {"steps": step, "epochs": epoch, "parameters": parameters, **vars(measures)}
        for name, value in row.items():
            self._columns[name][self._length] = value
        self._length += 1
        while self._length > self.capacity:
            self.stride *= 2
            if self.stride > epoch:  # nothing is left to thin out beyond `dense_until`
                self.dense_until //= 2
            self._select(self._keeps(self._columns["epochs"][: self._length]))

    def cut(self, step: int) -> FrameStore:
        """A store of the frames before `step`, in arrays of its own."""
        twin = copy(self)
        twin._columns = dict(self._columns)
        twin._length = int(np.searchsorted(self._columns["steps"][: self._length], step))
        twin._resize(twin._length)
        return twin

    def _drop_last(self) -> None:
        """Forget the last frame."""
        self._unshare()
        self._length -= 1

    def _keeps(self, epochs: Array | np.float64) -> npt.NDArray[np.bool]:
        """Whether the frame of each of these epochs, (...), outlasts the next one."""
        if self.stride == 1:
            return np.ones_like(epochs, dtype=bool)
        return np.asarray((epochs <= self.dense_until) | (epochs % self.stride == 0))

    def _select(self, chosen: npt.NDArray[np.bool]) -> None:
        chosen[-1] = True
        columns = {name: column[: self._length][chosen] for name, column in self._columns.items()}
        self._columns, self._length, self._shared = columns, int(np.count_nonzero(chosen)), False

    def _unshare(self) -> None:
        """Before a row is overwritten: move to arrays that nobody else looks at."""
        if self._shared:
            self._resize(len(self._columns["steps"]))

    def _resize(self, n_rows: int) -> None:
        for name, column in self._columns.items():
            grown = np.empty((n_rows, *column.shape[1:]), column.dtype)
            grown[: self._length] = column[: self._length]
            self._columns[name] = grown
        self._shared = False
