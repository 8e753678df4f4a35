"""The few types and checks that every other file leans on: for each kind of argument one check, whose error is one
sentence."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import field, fields
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

Entry = TypeVar("Entry")


def setting(
    default: Any,
    *,
    low: float,
    high: float,
    help: str,
    label: str = "",
    presets: tuple[float, ...] = (),
    open_low: bool = False,
    open_high: bool = False,
) -> Any:
    """A dataclass field that carries its allowed range, one sentence of help, a label and values worth a try.

    An open end is itself forbidden: momentum may come near 1, but not reach it.
    """
    limits = {"low": low, "high": high, "open_low": open_low, "open_high": open_high}
    return field(default=default, metadata={**limits, "help": help, "label": label, "presets": presets})


def check_settings(owner: Any) -> None:
    """Check every field made by `setting` of a dataclass instance against its range."""
    for f in fields(owner):
        if "low" in f.metadata:
            limits = {key: f.metadata[key] for key in ("low", "high", "open_low", "open_high")}
            check_number(f.name, getattr(owner, f.name), **limits)


def check_number(
    name: str, value: Any, low: float, high: float, open_low: bool = False, open_high: bool = False
) -> float:
    """Hand back `value` if it is a finite number in the range; else raise a sentence that teaches."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if number:  # NaN and infinity fail the comparisons, and no range has an infinite end
        above = value > low if open_low else value >= low
        below = value < high if open_high else value <= high
        if above and below:
            return float(value)
    ends = f"{'above ' if open_low else ''}{low:g} and {'below ' if open_high else ''}{high:g}"
    raise ValueError(f"{name} must be between {ends}; got {value!r}.")


def check_whole(name: str, value: Any, low: int, high: int) -> int:
    """Hand back `value` as an int if it is a whole number in the range."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and low <= value <= high:
        return int(value)
    raise ValueError(f"{name} must be a whole number from {low} to {high}; got {value!r}.")


def look_up(name: Any, table: Mapping[str, Entry], what: str) -> Entry:
    """The entry called `name`, or an error that suggests the nearest known name."""
    if isinstance(name, str) and name in table:
        return table[name]
    near = difflib.get_close_matches(str(name), table, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{what} must be one of {', '.join(table)}; got {name!r}.{hint}")


def check_choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """Hand back `value` if it is one of the allowed words."""
    return look_up(value, {word: word for word in allowed}, name)


def check_matrix(name: str, x: npt.ArrayLike, n_columns: int | None = None) -> Array:
    """`x` as a finite float64 matrix (n, n_columns)."""
    matrix = _as_floats(name, x)
    if matrix.ndim != 2:
        raise ValueError(f"{name} must have two axes (rows, columns); got shape {matrix.shape}.")
    if n_columns is not None and matrix.shape[1] != n_columns:
        raise ValueError(f"{name} must have {n_columns} columns; got {matrix.shape[1]}.")
    return matrix


def check_columns(name: str, x: npt.ArrayLike, n_columns: int | None = None) -> Array:
    """As `check_matrix`, but numbers (n,) are taken for one column."""
    values = as_array(name, x)
    return check_matrix(name, values[:, None] if values.ndim == 1 else values, n_columns)


def check_vector(name: str, x: npt.ArrayLike, size: int) -> Array:
    """`x` as finite float64 numbers (size,)."""
    vector = _as_floats(name, x)
    if vector.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},); got {vector.shape}.")
    return vector


def check_not_empty(name: str, x: npt.NDArray[Any]) -> None:
    """Refuse an array without rows."""
    if len(x) == 0:
        raise ValueError(f"{name} must have at least one row; got none.")


def check_labels(name: str, y: npt.ArrayLike, n_classes: int | None = None) -> Labels:
    """`y` as whole class numbers (n,), each from 0 up to (not including) n_classes."""
    labels = as_array(name, y)
    if labels.ndim != 1:
        raise ValueError(f"{name} must have one axis, a class number for each row; got shape {labels.shape}.")
    if labels.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold class numbers; got {labels.dtype} values.")
    if labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.floor(labels)).all()):
        raise ValueError(f"{name} must hold whole class numbers; got values in between, NaN or infinity.")
    high = np.inf if n_classes is None else n_classes - 1
    wrong = labels[(labels < 0) | (labels > high)]
    if wrong.size:
        allowed = "0 or more" if n_classes is None else f"from 0 to {n_classes - 1}"
        raise ValueError(f"{name} must hold class numbers {allowed}; got {wrong[0]}.")
    return labels.astype(np.int64)


def as_array(name: str, x: npt.ArrayLike) -> npt.NDArray[Any]:
    """`x` as an array of whatever type it has, or a sentence on why it cannot be one."""
    try:
        return np.asarray(x)
    except ValueError:
        raise ValueError(f"{name} must have rows of equal length; got rows of different lengths.") from None


def read_only(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view of `x` that cannot be written into."""
    view = x.view()
    view.flags.writeable = False
    return view


def _as_floats(name: str, x: npt.ArrayLike) -> Array:
    values = as_array(name, x)
    if values.dtype.kind == "c":
        raise ValueError(f"{name} must hold real numbers; got {values.dtype} values.")
    try:
        values = values.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers; got {type(x).__name__}.") from None
    bad = values.size - np.count_nonzero(np.isfinite(values))
    if bad:
        raise ValueError(f"{name} must hold finite numbers only; got {bad} NaN or infinite.")
    return values
