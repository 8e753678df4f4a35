"""A table of one's own to learn from: numbers in, one target out, checked once and never changed again.

Two tables are equal when their contents are, which a hash of them tells; so a table can be part of a config.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

import mlp
from mlp.arrays import Array, read_only
from mlp.datasets import split
from mlp.rng import Purpose, generator

MAX_ROWS = 20_000
MIN_ROWS = 8
MAX_INPUTS = 64
MIN_INPUTS = 1
MAX_CLASSES = 10
MAX_NAME = 60
JOINERS = "\u200c\u200d"
"""Two signs without a width that are part of words: of Persian and Hindi ones, and of emoji made of several"""
MAX_SIZE = 1e15  # beyond this, neighbouring whole numbers are one; milliseconds since 1970 are far below
SCALINGS = {
    "standard": "each column to mean 0 and deviation 1",
    "range": "each column to between -1 and 1",
    "none": "leave the numbers as they are",
}


@dataclass(frozen=True)
class Scale:
    """How numbers in their own units become those that a network is given: less `middle`, divided by `size`."""

    middle: Array
    """(n,)"""
    size: Array
    """(n,), never zero"""

    def apply(self, values: Array) -> Array:
        """Values (rows, n), scaled."""
        return np.asarray((values - self.middle) / self.size)

    def undo(self, values: Array) -> Array:
        """Scaled values (rows, n) in their own units again."""
        return np.asarray(values * self.size + self.middle)


@dataclass(frozen=True)
class Plane:
    """The plane through the inputs that the picture shows: a point (p1, p2) stands for origin + p @ axes."""

    origin: Array
    """(n_inputs,)"""
    axes: Array
    """(2, n_inputs), at right angles and of length one; of a single input the second is zero: it has no height"""
    labels: tuple[str, str | None]
    """What lies across, and what lies up: None where the height of a point means nothing"""
    scale: Scale
    """How what lies along either axis was scaled, (2,): as its column was; not at all where an axis is no column"""
    note: str

    def project(self, x: Array) -> Array:
        """Inputs (n, n_inputs) to the plane, (n, 2)."""
        return np.asarray((x - self.origin) @ self.axes.T)


@dataclass(frozen=True)
class Prepared:
    """A table as the network learns from it: split, and scaled by what the training rows have."""

    data: mlp.Dataset
    points: mlp.Dataset
    """The same in the plane that is shown."""
    plane: Plane
    inputs: Scale
    target: Scale | None
    """None for classes."""


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Inputs and a target, one row a sample.

    x : (n, n_inputs) numbers; y : class numbers (n,) where `classes` names them, else numbers (n,);
    plane : the two inputs that the picture shows, or None for the first two principal components;
    held_out : (n,) whether each row is for testing, or None where that is drawn at random.

    Raises ValueError, in one sentence, for what a network cannot learn from.
    """

    title: str
    inputs: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    x: Array
    y: npt.NDArray[Any]
    scaling: str = "standard"
    plane: tuple[int, int] | None = (0, 1)
    held_out: npt.NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        kind = np.int64 if self.classes else np.float64
        object.__setattr__(self, "x", read_only(np.array(self.x, dtype=np.float64, order="C")))
        object.__setattr__(self, "y", read_only(np.array(self.y, dtype=kind)))
        if self.held_out is not None:
            object.__setattr__(self, "held_out", read_only(np.array(self.held_out, dtype=np.bool_)))
        for name in ("title", "target"):
            object.__setattr__(self, name, clean_name(getattr(self, name)))
        for name, what in (("inputs", "column"), ("classes", "class")):
            object.__setattr__(self, name, unique(tuple(clean_name(n) for n in getattr(self, name)), what))
        if len(self.inputs) <= 2:
            object.__setattr__(self, "plane", (0, 1) if len(self.inputs) == 2 else None)
        check(self)

    @property
    def task(self) -> str:
        """binary, multiclass or regression."""
        if not self.classes:
            return "regression"
        return "binary" if len(self.classes) == 2 else "multiclass"

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def digest(self) -> str:
        """A hash of everything in it."""
        words = repr((self.title, self.inputs, self.target, self.classes, self.scaling, self.plane, self.x.shape))
        hashed = hashlib.sha256(words.encode("utf-8", "backslashreplace"))
        hashed.update(self.x.tobytes() + self.y.tobytes())
        hashed.update(b"" if self.held_out is None else self.held_out.tobytes())
        return hashed.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Table {self.digest}>"

    def changed(self, **changes: Any) -> Table:
        """The same with something changed."""
        return replace(self, **changes)

    def values(self) -> dict[str, Any]:
        """Its fields by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def prepared(self, test_fraction: float, seed: int) -> Prepared:
        """Split it, by its own word or at random, and scale it; the same arguments give the same, bit for bit."""
        train, test = self._split(test_fraction, seed)
        inputs = _scale(self.x[train], self.scaling)
        target = None if self.classes else _scale(self.y[train, None], self.scaling)
        x = inputs.apply(self.x)
        y = self.y if target is None else target.apply(self.y[:, None])
        data = mlp.Dataset(x[train], y[train], x[test], y[test], self.task)
        plane = self._plane(data.x_train, inputs)
        train_points, test_points = plane.project(data.x_train), plane.project(data.x_test)
        points = mlp.Dataset(train_points, data.y_train, test_points, data.y_test, self.task)
        return Prepared(data, points, plane, inputs, target)

    def test_rows(self, test_fraction: float, seed: int) -> npt.NDArray[np.bool_]:
        """Of each row (n,) whether it is for testing."""
        held_out = np.zeros(len(self), dtype=np.bool_)
        held_out[self._split(test_fraction, seed)[1]] = True
        return held_out

    def _split(self, test_fraction: float, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The numbers of the rows to train on, and of those to test."""
        if self.held_out is not None:
            return np.flatnonzero(~self.held_out), np.flatnonzero(self.held_out)
        return split(self.y, self.task, test_fraction, generator(seed, Purpose.SPLIT))

    def _plane(self, x: Array, inputs: Scale) -> Plane:
        n = len(self.inputs)
        if n == 1:  # laid into the plane, where the height of a point means nothing
            scale = Scale(np.append(inputs.middle, 0.0), np.append(inputs.size, 1.0))
            axes = np.array([[1.0], [0.0]])
            return Plane(np.zeros(1), axes, (self.inputs[0], None), scale, "")
        if self.plane is not None:
            i, j = self.plane
            axes = np.zeros((2, n))
            axes[0, i] = axes[1, j] = 1.0
            others = np.ones(n)
            others[[i, j]] = 0.0
            note = "" if n == 2 else f"The plane shows 2 of {n} inputs; the others are at their mean."
            scale = Scale(inputs.middle[[i, j]], inputs.size[[i, j]])
            return Plane(x.mean(axis=0) * others, axes, (self.inputs[i], self.inputs[j]), scale, note)
        mean = x.mean(axis=0)
        _, sizes, axes = np.linalg.svd(x - mean, full_matrices=False)
        axes = axes[:2] * np.sign(axes[:2].sum(axis=1, keepdims=True) + 1e-12)  # of two mirror images the same one
        share = float((sizes[:2] ** 2).sum() / max((sizes**2).sum(), 1e-300))
        note = f"Two principal components of {n} inputs: {100.0 * share:.0f} % of the variation."
        return Plane(mean, axes, ("first component", "second component"), unscaled(2), note)


def check(t: Table) -> None:
    """Refuse, in one sentence, what a network cannot learn from."""
    n_rows, n_inputs = t.x.shape if t.x.ndim == 2 else (0, 0)
    if not MIN_ROWS <= n_rows <= MAX_ROWS:
        raise ValueError(f"The data must have {MIN_ROWS} to {MAX_ROWS:,} rows; they have {n_rows:,}.")
    if not MIN_INPUTS <= n_inputs <= MAX_INPUTS or len(t.inputs) != n_inputs:
        raise ValueError(f"There must be {MIN_INPUTS} to {MAX_INPUTS} inputs; there are {n_inputs}.")
    if t.y.shape != (n_rows,):
        raise ValueError(f"The target must have a value for each of the {n_rows} rows; it has shape {t.y.shape}.")
    if t.held_out is not None:
        _check_split(t.held_out, n_rows)
    for name, values in (*zip(t.inputs, t.x.T, strict=True), (t.target, t.y)):
        if not np.isfinite(values).all() or np.abs(values).max() > MAX_SIZE:
            raise ValueError(f"Column “{name}” must hold numbers of at most {MAX_SIZE:g}; some are larger, or missing.")
    constant = [name for name, values in zip(t.inputs, t.x.T, strict=True) if values.min() == values.max()]
    if constant:
        raise ValueError(f"Column “{constant[0]}” has the same value in every row, so it tells a network nothing.")
    if t.scaling not in SCALINGS:
        raise ValueError(f"The scaling must be one of {', '.join(SCALINGS)}; got {str(t.scaling)[:40]}.")
    if t.plane is not None and not (len(set(t.plane)) == 2 and all(0 <= k < n_inputs for k in t.plane)):
        raise ValueError("The plane must show two different inputs.")
    if not t.classes and t.y.min() == t.y.max():
        raise ValueError(f"The target “{t.target}” has the same value in every row, so there is nothing to learn.")
    if t.classes:
        _check_classes(t)


def _check_split(held_out: npt.NDArray[np.bool_], n_rows: int) -> None:
    if held_out.shape != (n_rows,):
        raise ValueError(f"The split must say of each of the {n_rows} rows whether it is for testing.")
    n_test = int(held_out.sum())
    if n_test < 1 or n_rows - n_test < 2:
        raise ValueError(
            "The split must leave two rows at least to train on, and one to test; "
            f"there are {n_rows - n_test} and {n_test}."
        )


def _check_classes(t: Table) -> None:
    if len(t.classes) == 1:
        raise ValueError(f"The target “{t.target}” has one class only, “{t.classes[0]}”; nothing is to be told apart.")
    if len(t.classes) > MAX_CLASSES:
        raise ValueError(f"The target “{t.target}” has {len(t.classes)} classes; at most {MAX_CLASSES} can be shown.")
    counts = np.bincount(t.y, minlength=len(t.classes)) if t.y.min() >= 0 else np.empty(0)
    if len(counts) != len(t.classes):
        raise ValueError(f"The target must hold class numbers from 0 to {len(t.classes) - 1}.")
    if counts.min() < 2:
        rare = t.classes[int(counts.argmin())]
        raise ValueError(f"Class “{rare}” has fewer than two rows: one to train on, one to test.")


def _scale(known: Array, how: str) -> Scale:
    """The scale of columns (n, n_columns), by what the training rows have."""
    if how == "standard":
        middle, size = known.mean(axis=0), known.std(axis=0)
    elif how == "range":
        low, high = known.min(axis=0), known.max(axis=0)
        middle, size = (low + high) / 2.0, (high - low) / 2.0
    else:
        return unscaled(known.shape[1])
    size = np.where(size > 1e-12 * np.maximum(np.abs(middle), 1e-300), size, 1.0)  # constant among the training rows
    return Scale(middle, size)


def unscaled(n: int) -> Scale:
    """The scale that leaves n columns as they are."""
    return Scale(np.zeros(n), np.ones(n))


def clean_name(name: Any) -> str:
    """A name as one short line of visible text."""
    text = unicodedata.normalize("NFC", str(name).encode("utf-8", "replace").decode("utf-8"))
    text = "".join(c if _is_seen(c) else " " for c in text)
    text = re.sub(rf"[{JOINERS}\s]*\s[{JOINERS}\s]*", " ", text).strip(JOINERS + " ")
    return text[: MAX_NAME - 1] + "…" if len(text) > MAX_NAME else text


def _is_seen(c: str) -> bool:
    """Whether a character shows, or shapes those beside it; letters that are newer than this Python count as seen."""
    kind = unicodedata.category(c)
    is_new = kind == "Cn" and 0x1F000 <= ord(c) < 0x40000 and ord(c) & 0xFFFE != 0xFFFE
    return c in JOINERS or is_new or kind not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")


def unique(names: tuple[str, ...], what: str = "column") -> tuple[str, ...]:
    """Names that differ: empty ones get a number, repeated ones a second one."""
    seen: set[str] = set()
    result = []
    for k, name in enumerate(names, start=1):
        candidate, n = name or f"{what} {k}", 1
        while candidate in seen:
            n += 1
            candidate = f"{(name or f'{what} {k}')[: MAX_NAME - 5]} ({n})"
        seen.add(candidate)
        result.append(candidate)
    return tuple(result)
