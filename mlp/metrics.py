"""How good the answers are, in numbers that people use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, Labels, check_columns, check_labels, check_not_empty, check_whole


def accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> float:
    """Share of right answers, 0 to 1; both are class numbers (n,).

    >>> accuracy([0, 1, 1, 1], [0, 1, 1, 0])
    0.75
    """
    truth, answer = check_labels("y_true", y_true), check_labels("y_pred", y_pred)
    _check_pair(truth, answer)
    return float(np.mean(truth == answer))


def confusion_matrix(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, n_classes: int | None = None) -> Labels:
    """Counts (n_classes, n_classes): row i, column j counts samples of class i that were taken for class j.

    >>> confusion_matrix([0, 1, 1, 1], [0, 1, 1, 0])
    array([[1, 0],
           [1, 2]])
    """
    if n_classes is not None:
        check_whole("n_classes", n_classes, 1, 10_000)
    truth, answer = check_labels("y_true", y_true, n_classes), check_labels("y_pred", y_pred, n_classes)
    _check_pair(truth, answer)
    k = int(max(truth.max(), answer.max())) + 1 if n_classes is None else n_classes
    return np.bincount(k * truth + answer, minlength=k * k).reshape(k, k).astype(np.int64)


def precision_recall_f1(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, n_classes: int | None = None
) -> tuple[Array, Array, Array]:
    """For each class: precision, recall and their harmonic mean F1, each (n_classes,), 0 where undefined.

    Precision: of those taken for the class, the share that is; recall: of those that are, the share found.

    >>> precision, recall, f1 = precision_recall_f1([0, 1, 1, 1], [0, 1, 1, 0])
    >>> precision, recall.round(3), f1.round(3)
    (array([0.5, 1. ]), array([1.   , 0.667]), array([0.667, 0.8  ]))
    """
    counts = confusion_matrix(y_true, y_pred, n_classes)
    hits = np.diag(counts)
    taken, are = counts.sum(axis=0), counts.sum(axis=1)
    return _share(hits, taken), _share(hits, are), _share(2 * hits, taken + are)


def r2_score(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> float:
    """R^2: 1 for perfect answers, 0 for no better than always answering the mean; (n,) or (n, n_out).

    With several outputs, the mean of their R^2. NaN where the truth does not vary.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 2.5])
    0.875
    """
    truth, answer = _pair_of_columns(y_true, y_pred)
    spread = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    miss = ((truth - answer) ** 2).sum(axis=0)
    return float(np.mean(1.0 - np.where(spread > 0, miss, np.nan) / np.where(spread > 0, spread, 1.0)))


def mean_absolute_error(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> float:
    """The mean size of a miss, in the target's units; (n,) or (n, n_out).

    >>> mean_absolute_error([1.0, 2.0], [1.5, 2.0])
    0.25
    """
    truth, answer = _pair_of_columns(y_true, y_pred)
    return float(np.abs(truth - answer).mean())


def _share(part: Labels, whole: Labels) -> Array:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _check_pair(truth: npt.NDArray[Any], answer: npt.NDArray[Any]) -> None:
    check_not_empty("y_true", truth)
    if truth.shape != answer.shape:
        raise ValueError(f"y_pred must have the shape of y_true, {truth.shape}; got {answer.shape}.")


def _pair_of_columns(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> tuple[Array, Array]:
    truth, answer = check_columns("y_true", y_true), check_columns("y_pred", y_pred)
    _check_pair(truth, answer)
    return truth, answer
