"""From columns to a table to learn from: which is the target, which are the inputs, and what is done about gaps."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from playground.tables.sheet import TIME, Column, Sheet
from playground.tables.table import MAX_CLASSES, MAX_INPUTS, MIN_INPUTS, MIN_ROWS, Table

LIKELY_TARGETS = (
    "target", "class", "label", "species", "diagnosis", "outcome", "survived", "category", "kind", "variety", "output",
    "digit", "churn", "quality", "klasse", "ziel", "result", "y", "type", "art",
)  # fmt: skip
"""Names of what is to be found out, the most telling first"""
GAPS = {"drop": "leave those rows out", "fill": "fill in the mean, or the most common word"}
TASKS = {"classification": "tell classes apart", "regression": "predict a number"}
TRAIN = frozenset(("train", "training", "trn", "tr", "fit", "learn", "learning", "development", "lernen"))
TEST = frozenset(
    ("test", "testing", "tst", "te", "valid", "validation", "val", "dev", "eval", "evaluation", "holdout", "hold-out")
)
"""Words by which a column says what each row is for"""
YES, NO = frozenset(("true", "1", "1.0", "yes", "t", "y")), frozenset(("false", "0", "0.0", "no", "f", "n"))
MOSTLY = 0.5  # a column with more gaps than this is of no use


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
    forgive: bool = False
    """Whether cells that were not understood count as missing"""
    split: str | None = None
    """The column that says which rows are for testing; None to draw them at random"""


@dataclass(frozen=True)
class Chosen:
    """A table and what was done to get it."""

    table: Table
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """What becomes of a column: a line of the preview."""

    name: str
    read_as: str
    used: str
    n_missing: int
    n_strangers: int
    first_stranger: str


# ---- what is likely ----------------------------------------------------------------------------------------------
def guess(sheet: Sheet, target: str | None = None) -> Choice:
    """A sensible choice: a column with a telling name or the last one as target, all others of use as inputs."""
    splits = splits_of(sheet)
    if target is None:
        target = _likely_target(replace(sheet, columns=tuple(c for c in sheet.columns if c.name not in splits)))
    left_out = _left_out(sheet, target)
    others = [c for c in sheet.columns if c.name not in (target, *left_out, *splits)]
    inputs = [c.name for c in others if c.is_numeric] + [c.name for c in others if not c.is_numeric]
    split = next((name for name in splits if name != target), None)
    return Choice(target, tuple(inputs), guess_task(sheet.column(target)), split=split)


def splits_of(sheet: Sheet) -> tuple[str, ...]:
    """The columns that say of each row whether it is for training or for testing."""
    names = tuple(column.name for column in sheet.columns if _held_out(column) is not None)
    return names if len(names) < len(sheet.columns) - 1 else ()  # something must be left to learn


def _held_out(column: Column) -> tuple[bool, ...] | None:
    """Of each row whether it is for testing, in words or as yes and no below such a name; None for another column."""
    cells = [cell.casefold() for cell in column.cells]
    present = set(cells)
    if present <= TRAIN | TEST and present & TRAIN and present & TEST:
        return tuple(cell in TEST for cell in cells)
    said = [word for word in re.split(r"[\W_]+", column.name.casefold()) if word not in ("is", "in", "for", "set")]
    if len(said) == 1 and said[0] in TRAIN | TEST and len(present) == 2 and present <= YES | NO and present & YES:
        return tuple((cell in YES) == (said[0] in TEST) for cell in cells)
    return None


def guess_task(target: Column) -> str:
    """Words, or a few whole numbers, are classes; everything else is a number to predict."""
    if not target.is_numeric:
        return "classification"
    whole = all(math.isnan(x) or x == int(x) for x in target.numbers)
    n_present = len(target.cells) - sum(target.missing)
    few = len(target.levels) <= min(MAX_CLASSES, n_present / 2)  # two rows a class at least
    return "classification" if whole and few else "regression"


def _likely_target(sheet: Sheet) -> str:
    useful = [c.name for c in sheet.columns if not _doubt(c)] or [c.name for c in sheet.columns if c.kind == "number"]
    named = [c.name for c in sheet.columns if c.name in useful or (c.kind == "constant" and not any(c.missing))]
    names = {name.lower().strip(): name for name in reversed(named)}
    if "x" in (name.lower() for name in sheet.names) and any(name.lower() not in ("x", "y") for name in useful):
        names.pop("y", None)  # two coordinates, and something else to be found out
    parts = {part: name for name in reversed(useful) for part in re.split(r"[\W_]+", name.lower()) if len(part) > 2}
    for known in (names, parts):
        for likely in LIKELY_TARGETS:
            if likely in known:
                return known[likely]
    few = [name for name in useful if sheet.column(name).is_numeric or len(sheet.column(name).levels) <= MAX_CLASSES]
    last = [name for name in few if name.lower() not in TIME] or few or useful or list(sheet.names)
    return last[-1]


def _doubt(column: Column) -> str:
    """Why a column is better left out, in a few words; "" for one that is of use."""
    n_missing = sum(column.missing)
    if n_missing > MOSTLY * len(column.cells):
        return f"{n_missing:,} of {len(column.cells):,} cells hold nothing"
    if column.kind == "constant":
        return "the same value in every row"
    if column.has_several_units:
        return "its numbers have different units, which must be made one first"
    if column.is_mixed:
        return "numbers and text, mixed"
    if column.is_of_dates:
        return "dates or times; a network needs numbers"
    if column.counts_the_rows:
        return "it counts the rows"
    if column.numbers_each_row:
        return "it numbers the rows"
    if column.is_code and column.kind == "text":
        return f"{len(column.levels):,} different codes; they name something and have no size"
    if not column.is_numeric and len(column.levels) == len(column.cells) - n_missing:
        return "a different word in every row"
    if column.kind == "text":
        return f"{len(column.levels):,} different words; a network needs numbers or a few categories"
    return ""


def _left_out(sheet: Sheet, target: str) -> dict[str, str]:
    """The columns that the guess does not use, each with why."""
    splits = splits_of(sheet)
    others = [c for c in sheet.columns if c.name != target and c.name not in splits]
    out = {c.name: doubt for c in others if (doubt := _doubt(c))}
    if len(out) == len(others):  # what counts the rows is better than nothing
        out = {name: doubt for name, doubt in out.items() if not sheet.column(name).counts_the_rows}
    width = 0
    for column in sorted((c for c in others if c.name not in out), key=lambda c: not c.is_numeric):
        width += _width(column)
        if width > MAX_INPUTS:
            width -= _width(column)
            out[column.name] = f"there would be more than {MAX_INPUTS} inputs"
    return out


def _width(column: Column) -> int:
    """How many inputs a column becomes: one, or one for each of its words."""
    return 1 if column.is_numeric or len(column.levels) == 2 else len(column.levels)


def uses(sheet: Sheet, choice: Choice) -> Iterator[Use]:
    """What becomes of each column, in the order of the file."""
    left_out = _left_out(sheet, choice.target)
    for column in sheet.columns:
        if column.name == choice.target:
            used = "target: a number to predict" if choice.task == "regression" else "target: classes"
        elif column.name == choice.split:
            used = "the split: which rows are for testing"
        elif column.name in choice.inputs:
            n, what = _width(column), "code" if column.is_code else "word"
            used = (
                "input" if column.is_numeric else f"input: one {what} or not" if n == 1 else f"{n} inputs, one a {what}"
            )
            used += f": “{_label(column)}”" if _label(column) != column.name else ""
        else:
            used = f"left out: {left_out.get(column.name, 'by your choice')}"
        strangers = column.strangers if column.is_numeric or column.is_mixed else ()
        first = f"“{column.cells[strangers[0] - 1][:30]}” in row {strangers[0]}" if strangers else ""
        yield Use(column.name, column.read_as, used, sum(column.missing), len(strangers), first)


# ---- what is chosen ----------------------------------------------------------------------------------------------
def choose(sheet: Sheet, choice: Choice) -> Chosen:
    """Make the table that was chosen. Raises ValueError, in one sentence, where that cannot be."""
    if len(sheet) < MIN_ROWS:
        turned = " Each row must be one example: here rows and columns seem to have changed places."
        raise ValueError(
            f"The data must have at least {MIN_ROWS} rows; there {_are(len(sheet))}."
            + turned * (len(sheet.columns) > max(MIN_ROWS, 2 * len(sheet)))
        )
    _check(choice)
    target, columns = sheet.column(choice.target), [sheet.column(name) for name in choice.inputs]
    if choice.target in choice.inputs:
        raise ValueError(f"Column “{choice.target}” cannot be the target and an input at once.")
    if choice.split in (choice.target, *choice.inputs):
        raise ValueError(f"Column “{choice.split}” cannot tell the split and be learned from at once.")
    notes: list[str] = []
    if choice.forgive and (n := sum(len(c.strangers) for c in (target, *columns) if c.is_numeric)):
        notes.append(f"{_count(n, 'cell')} that {_were(n)} not understood count{'s' * (n == 1)} as missing.")
        target, columns = _forgiven(target), [_forgiven(column) for column in columns]
    for column in columns:
        _check_input(column)
    if choice.task == "regression":
        _check_numbers(target)
    kept = _kept(target, columns, choice.gaps, notes)
    if choice.gaps == "fill" and (n := int(sum(np.array(column.missing)[kept].sum() for column in columns))):
        what = _count(n, "missing value")
        notes.append(f"{what} {_were(n)} filled in: the mean of the column, or its most common word.")

    names, numbers = [], []
    for column in columns:
        for name, values in _as_numbers(column, kept):
            names.append(name)
            numbers.append(values)
    if len(names) > MAX_INPUTS:
        raise ValueError(
            f"There must be {MIN_INPUTS} to {MAX_INPUTS} inputs; with a column for each word there are {len(names)}. "
            "Take some out."
        )
    classes, y = _target(target, kept, choice.task)
    shown = None if choice.plane is None else tuple(_label(sheet.column(name)) for name in choice.plane)
    plane = _plane(shown, tuple(names))
    x = np.column_stack(numbers) if numbers else np.empty((len(kept), 0))
    told = _label(target) if choice.task == "regression" else choice.target
    held_out = None
    if choice.split is not None:
        said = _held_out(sheet.column(choice.split))
        if said is None:
            raise ValueError(f"Column “{choice.split}” does not say which rows are for training and which for testing.")
        held_out = np.array(said)[kept]
    table = Table(sheet.title, tuple(names), told, classes, x, y, choice.scaling, plane, held_out)
    return Chosen(table, tuple(notes))


def _check(choice: Choice) -> None:
    if choice.task not in TASKS:
        raise ValueError(f"The task must be one of {', '.join(TASKS)}.")
    if choice.gaps not in GAPS:
        raise ValueError(f"What is done about missing values must be one of {', '.join(GAPS)}.")
    if len(choice.inputs) < 1:
        raise ValueError("Choose the columns that the network is told: at least one.")


def _check_input(column: Column) -> None:
    if column.kind == "constant":
        why = "is empty in every row" if not column.levels else "has the same value in every row"
        raise ValueError(f"Column “{column.name}” {why}, so it tells a network nothing. Take it out of the inputs.")
    if column.kind == "text":
        raise ValueError(
            f"Column “{column.name}” holds {column.read_as}; "
            "a network needs numbers or a few categories. Take it out of the inputs."
        )
    if column.is_numeric:
        _check_numbers(column)


def _check_numbers(column: Column) -> None:
    if not column.is_numeric:
        raise ValueError(f"Column “{column.name}” holds {'codes' if column.is_code else 'words'}, not numbers.")
    if column.strangers:
        row = column.strangers[0]
        cell = column.cells[row - 1][:30]
        n = len(column.strangers) - 1
        more = f", and {n} row{'s' * (n > 1)} more" if n else ""
        raise ValueError(
            f"Column “{column.name}” holds text among its numbers: “{cell}” in row {row}{more}. Mend the file, or let "
            "cells that were not understood count as missing."
        )


def _forgiven(column: Column) -> Column:
    """The same with empty cells where text stands among its numbers."""
    if not column.is_numeric or not column.strangers:
        return column
    odd = set(column.strangers)
    return replace(column, cells=tuple("" if k in odd else cell for k, cell in enumerate(column.cells, start=1)))


def _kept(target: Column, columns: list[Column], gaps: str, notes: list[str]) -> np.ndarray:
    """The rows that are learned from; what becomes of the others joins the notes."""
    gone = np.array(target.missing)
    if n := int(gone.sum()):
        notes.append(f"{_count(n)} without a target {_were(n)} left out.")
    holes = np.array([column.missing for column in columns])
    if gaps == "drop":
        dropped = (holes & ~gone).any(axis=0)
        if n := int(dropped.sum()):
            notes.append(f"{_count(n)} with missing values {_were(n)} left out.")
        gone = gone | dropped
    kept = np.flatnonzero(~gone)
    worst = columns[int(holes.sum(axis=1).argmax())] if gaps == "drop" and holes.any() else None
    advice = f" Most are left out for “{worst.name}”: fill its gaps, or take it out of the inputs." if worst else ""
    if len(kept) < MIN_ROWS:
        raise ValueError(f"The data must have at least {MIN_ROWS} rows without gaps; there are {len(kept)}.{advice}")
    for column in columns:
        if len({column.words[k] for k in kept if not column.missing[k]}) < 2:
            raise ValueError(
                f"Column “{column.name}” has the same value in every one of the {len(kept)} rows that are kept.{advice}"
            )
    return kept


def _count(n: int, what: str = "row") -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _are(n: int) -> str:
    return "is 1" if n == 1 else f"are {n}"


def _as_numbers(column: Column, kept: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Columns of numbers: itself, or one of 0 and 1 for each word (for two words, one in all)."""
    if column.is_numeric:
        values = np.array(column.numbers)[kept]
        return [(_label(column), np.where(np.isnan(values), np.nanmean(values), values))]
    cells = [column.words[k] for k in kept]
    present = Counter(column.words[k] for k in kept if not column.missing[k])
    common = present.most_common(1)[0][0]
    words = np.array([common if column.missing[k] else cell for k, cell in zip(kept, cells, strict=True)])
    levels = [level for level in column.levels if level in present]
    shown = levels[1:] if len(levels) == 2 else levels
    return [(f"{column.name} = {level}", (words == level).astype(float)) for level in shown]


def _target(column: Column, kept: np.ndarray, task: str) -> tuple[tuple[str, ...], np.ndarray]:
    if task == "regression":
        return (), np.array(column.numbers)[kept]
    cells = [column.words[k] for k in kept]
    present = set(cells)
    levels = [level for level in column.levels if level in present]
    if len(levels) > MAX_CLASSES:
        advice = " Predict it as a number instead." if column.is_numeric else " Choose another target."
        raise ValueError(
            f"The target “{column.name}” has {len(levels)} classes; at most {MAX_CLASSES} can be shown.{advice}"
        )
    number = {level: k for k, level in enumerate(levels)}
    return tuple(levels), np.array([number[cell] for cell in cells])


def _label(column: Column) -> str:
    """A column's name with its unit, so that axes and programs tell it too."""
    unit = column.unit or column.told_unit
    return f"{column.name} ({unit})" if column.is_numeric and unit and unit not in column.name else column.name


def _plane(shown: tuple[str, ...] | None, names: tuple[str, ...]) -> tuple[int, int] | None:
    if shown is None:
        return (0, 1) if len(names) == 2 else None
    if any(name not in names for name in shown):
        raise ValueError("The plane must show two of the inputs.")
    return names.index(shown[0]), names.index(shown[1])
