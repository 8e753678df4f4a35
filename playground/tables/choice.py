"""From columns to a table to learn from: which is the target, which are the inputs, and what is done about gaps."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from playground.tables.sheet import Column, Sheet
from playground.tables.table import MAX_CLASSES, MAX_INPUTS, MIN_INPUTS, MIN_ROWS, Table

LIKELY_TARGETS = frozenset(
    ("target", "class", "label", "species", "kind", "y", "output", "diagnosis", "outcome", "category", "digit")
)
GAPS = {"drop": "leave those rows out", "fill": "fill in the mean, or the most common word"}
TASKS = {"classification": "tell classes apart", "regression": "predict a number"}


@dataclass(frozen=True)
class Choice:
    """What the user decides of a sheet."""

    target: str
    inputs: tuple[str, ...]
    task: str
    gaps: str = "drop"
    scaling: str = "standard"
    plane: tuple[str, str] | None = None
    """Two inputs, or None for the principal components (of two inputs: themselves)."""


@dataclass(frozen=True)
class Chosen:
    """A table and what was done to get it."""

    table: Table
    notes: tuple[str, ...]


def guess(sheet: Sheet, target: str | None = None) -> Choice:
    """A sensible choice: a column with a telling name or the last one as target, all others of use as inputs."""
    if target is None:
        likely = [c.name for c in sheet.columns if c.name.lower() in LIKELY_TARGETS]
        useful = [c.name for c in sheet.columns if c.kind in ("number", "category")]
        target = (likely or useful[-1:] or [sheet.names[-1]])[0]
    inputs = [c.name for c in sheet.columns if c.name != target and c.kind == "number" and not _is_a_number_of_rows(c)]
    inputs += [c.name for c in sheet.columns if c.name != target and c.kind == "category"]
    return Choice(target, tuple(inputs[:MAX_INPUTS]), guess_task(sheet.column(target)))


def guess_task(target: Column) -> str:
    """Words, or a few whole numbers, are classes; everything else is a number to predict."""
    if not target.is_numeric:
        return "classification"
    whole = all(math.isnan(x) or x == int(x) for x in target.numbers)
    return "classification" if whole and len(target.levels) <= MAX_CLASSES else "regression"


def _is_a_number_of_rows(column: Column) -> bool:
    """1, 2, 3, ...: it counts the rows and says nothing about them."""
    first = column.numbers[0]
    return first in (0.0, 1.0) and all(x == first + k for k, x in enumerate(column.numbers))


def choose(sheet: Sheet, choice: Choice) -> Chosen:
    """Make the table that was chosen. Raises ValueError, in one sentence, where that cannot be."""
    _check(choice)
    target, columns = sheet.column(choice.target), [sheet.column(name) for name in choice.inputs]
    if choice.target in choice.inputs:
        raise ValueError(f"Column “{choice.target}” cannot be the target and an input at once.")
    for column in columns:
        _check_input(column)
    if choice.task == "regression":
        _check_numbers(target)

    gone = np.array(target.missing)
    notes = [f"{gone.sum()} rows without a target were left out."] if gone.any() else []
    holes = np.any([column.missing for column in columns], axis=0)
    if choice.gaps == "drop":
        dropped = int((holes & ~gone).sum())
        notes += [f"{dropped} rows with missing values were left out."] if dropped else []
        gone = gone | holes
    kept = np.flatnonzero(~gone)
    if len(kept) < MIN_ROWS:
        raise ValueError(f"The data must have at least {MIN_ROWS} rows without gaps; there are {len(kept)}.")
    if choice.gaps == "fill" and (n := int(sum(np.array(column.missing)[kept].sum() for column in columns))):
        notes.append(f"{n} missing values were filled in: the mean of their column, or its most common word.")

    names, numbers = [], []
    for column in columns:
        for name, values in _as_numbers(column, kept):
            names.append(name)
            numbers.append(values)
    if len(names) > MAX_INPUTS:
        raise ValueError(
            f"There must be {MIN_INPUTS} to {MAX_INPUTS} inputs; with a column for each word there are {len(names)}."
        )
    classes, y = _target(target, kept, choice.task)
    plane = _plane(choice, tuple(names))
    x = np.column_stack(numbers) if numbers else np.empty((len(kept), 0))
    table = Table(sheet.title, tuple(names), choice.target, classes, x, y, choice.scaling, plane)
    return Chosen(table, tuple(notes))


def _check(choice: Choice) -> None:
    if choice.task not in TASKS:
        raise ValueError(f"The task must be one of {', '.join(TASKS)}.")
    if choice.gaps not in GAPS:
        raise ValueError(f"What is done about missing values must be one of {', '.join(GAPS)}.")
    if len(choice.inputs) < 1:
        raise ValueError("Choose the columns that the network is told: at least two.")


def _check_input(column: Column) -> None:
    if column.kind == "constant":
        raise ValueError(f"Column “{column.name}” has the same value in every row, so it tells a network nothing.")
    if column.kind == "text":
        raise ValueError(
            f"Column “{column.name}” holds {len(column.levels)} different words; "
            "a network needs numbers or a few categories."
        )
    if column.is_numeric:
        _check_numbers(column)


def _check_numbers(column: Column) -> None:
    if not column.is_numeric:
        raise ValueError(f"Column “{column.name}” holds words, not numbers.")
    if column.strangers:
        row = column.strangers[0]
        cell = column.cells[row - 1][:30]
        more = f", and {len(column.strangers) - 1} rows more" if len(column.strangers) > 1 else ""
        raise ValueError(f"Column “{column.name}” holds text among its numbers: “{cell}” in row {row}{more}.")


def _as_numbers(column: Column, kept: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Columns of numbers: itself, or one of 0 and 1 for each word (for two words, one in all)."""
    if column.is_numeric:
        values = np.array(column.numbers)[kept]
        return [(column.name, np.where(np.isnan(values), np.nanmean(values), values))]
    cells = [column.cells[k] for k in kept]
    present = Counter(column.cells[k] for k in kept if not column.missing[k])
    common = present.most_common(1)[0][0]
    words = np.array([common if column.missing[k] else cell for k, cell in zip(kept, cells, strict=True)])
    levels = [level for level in column.levels if level in present]
    shown = levels[1:] if len(levels) == 2 else levels
    return [(f"{column.name} = {level}", (words == level).astype(float)) for level in shown]


def _target(column: Column, kept: np.ndarray, task: str) -> tuple[tuple[str, ...], np.ndarray]:
    if task == "regression":
        return (), np.array(column.numbers)[kept]
    cells = [column.cells[k] for k in kept]
    levels = [level for level in column.levels if level in set(cells)]
    if len(levels) > MAX_CLASSES:
        raise ValueError(f"The target “{column.name}” has {len(levels)} classes; at most {MAX_CLASSES} can be shown.")
    number = {level: k for k, level in enumerate(levels)}
    return tuple(levels), np.array([number[cell] for cell in cells])


def _plane(choice: Choice, names: tuple[str, ...]) -> tuple[int, int] | None:
    if choice.plane is None:
        return (0, 1) if len(names) == 2 else None
    if any(name not in names for name in choice.plane):
        raise ValueError("The plane must show two of the inputs.")
    return names.index(choice.plane[0]), names.index(choice.plane[1])
