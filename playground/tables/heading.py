"""The names of a table's columns, in no row, in one, or in two with groups above; and the row of their units below."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from playground.tables.layout import Layout
from playground.tables.missing import BOUNDLESS, MISSING, doubt
from playground.tables.numerals import find_unit, undress
from playground.tables.table import clean_name

NAME_ROWS = {0: "no row", 1: "the first row", 2: "the first two rows"}
"""Where the names may stand"""
KINDS = frozenset(
    ("float", "float32", "float64", "double", "int", "int32", "int64", "integer", "long", "number", "numeric", "real",
     "decimal", "continuous", "c", "num", "dbl", "bigint", "smallint", "f32", "f64", "i8", "i16", "i32", "i64", "u8",
     "u16", "u32", "u64")
)  # fmt: skip
"""What some programs write below the names of columns of numbers, where others write units"""
ROLES = frozenset(("class", "meta", "ignore", "target", "feature", "i", "m"))
YEARS = (1900, 2100)
LOOKED_AT = 200  # rows below the names


@dataclass(frozen=True)
class Heading:
    """What stands above the rows of a table."""

    names: tuple[str, ...]
    """() where there are none"""
    n_rows: int
    """In how many rows they stand; 1 too where a comment or a file's declarations hold them"""
    units: tuple[str, ...]
    """What a row of units says; () without one"""
    body: list[tuple[str, ...]]
    remarks: tuple[str, ...]


def head(layout: Layout, n_rows: int | None = None) -> Heading:
    """Part the names and units from the rows below; `n_rows` says in how many rows the names stand, None: as found."""
    remarks = []
    names: tuple[str, ...] = ()
    rows = layout.rows
    if n_rows is None and layout.names:
        names, n_rows = layout.names, 1
    else:
        found = _n_rows(rows) if n_rows is None else min(n_rows, len(rows))
        names, rows, n_rows = _named(rows, found), rows[found:], found
    if n_rows == 2:
        told = next((name for name in reversed(names) if " " in name), names[-1])
        remarks.append(f"The names stand in two rows, one above the other: “{clean_name(told)}” is one of them.")
        if rows and (n := _n_names_of_names(rows)):
            names = tuple(cell or name for cell, name in zip(rows[0][:n], names, strict=False)) + names[n:]
            line = layout.lines[len(layout.rows) - len(rows)]
            remarks.append(f"Line {line} names the first column, “{clean_name(rows[0][0])}”, and no other.")
            rows = rows[1:]
    units = _units(rows) if names else ()
    if units:
        line = layout.lines[len(layout.rows) - len(rows)]
        told = ", ".join(unit for unit in units if unit)
        kinds = {unit.casefold() for unit, cell in zip(units, rows[1], strict=True) if unit and undress(cell)} <= KINDS
        remarks.append(f"Line {line} tells the {'kinds' if kinds else 'units'} ({told[:60]}) and was passed over.")
        rows = rows[1:]
        if kinds:
            units = ()
            if {cell.casefold() for cell in rows[0]} - {""} <= ROLES:
                remarks.append(f"Line {line + 1} tells what the columns are for and was passed over.")
                rows = rows[1:]
    return Heading(names, n_rows, units, rows, tuple(remarks))


def unit_of(cells: Sequence[str]) -> str:
    """The unit in the cells of a column; looked for only where a cell does not begin and end as a bare number."""
    bare = "0123456789.,+-"
    return find_unit(cells) if any(cell and not (cell[0] in bare and cell[-1] in bare) for cell in cells) else ""


# ---- the rows of names -----------------------------------------------------------------------------------------------
def _n_rows(rows: list[tuple[str, ...]]) -> int:
    return 2 if _are_two(rows) else int(_is_one(rows))


def _named(rows: list[tuple[str, ...]], n_rows: int) -> tuple[str, ...]:
    """The names in the first rows: of two, each upper one before those below it."""
    if n_rows < 2:
        return rows[0] if n_rows else ()
    return tuple(" ".join(filter(None, pair)) for pair in zip(_spread(rows[0]), _blanked(rows[1]), strict=True))


def _spread(upper: tuple[str, ...]) -> tuple[str, ...]:
    """A row of names with those of merged cells, which stand in the first one only, over all of them.

    Where the last group ends is not told: it is taken to be as wide as the widest other one.
    """
    blanked = _blanked(upper)
    starts = [k for k, cell in enumerate(blanked) if cell]
    widths = [b - a for a, b in itertools.pairwise(starts)]
    end = starts[-1] + max(widths) if widths else len(upper)
    spread = [""]
    for cell in blanked:
        spread.append(cell or spread[-1])
    return tuple(cell if k < end else "" for k, cell in enumerate(spread[1:]))


def _blanked(row: tuple[str, ...]) -> tuple[str, ...]:
    """Without the names that pandas makes up for cells that have none."""
    return tuple("" if re.fullmatch(r"Unnamed: \d+(?:_level_\d+)?", cell) else cell for cell in row)


def _are_two(rows: list[tuple[str, ...]]) -> bool:
    """Whether names stand in two rows: groups above, such as two years, and below them what each group has again.

    A row of units stands below names that differ; groups repeat, or leave cells empty after the first of each.
    """
    if len(rows) < 4:
        return False
    upper, lower, below = _blanked(rows[0]), _blanked(rows[1]), rows[2 : 2 + LOOKED_AT]
    columns = [[row[k] for row in below] for k in range(len(upper))]
    n_own = _n_names_of_names(below)
    columns = [column[bool(n_own) :] for column in columns]
    spread, names = _spread(upper), _named(rows, 2)
    numeric = [k for k, column in enumerate(columns) if names[k] and _is_numeric(column)]
    if len(numeric) < 2 or not all(_is_label(row[k], columns[k]) for row in (upper, lower) for k in numeric):
        return False
    if any(row[k] and row[k] in columns[k] for row in (upper, lower) for k in range(len(upper))):
        return False
    if n_own:
        return all(spread[k] and lower[k] for k in numeric)
    differ = len({names[k] for k in numeric}) == len(numeric)
    groups = Counter(spread[k] for k in numeric if lower[k])
    return differ and max(groups.values(), default=0) > 1 and all(lower[k] or upper[k] for k in numeric)


def _is_label(cell: str, below: list[str]) -> bool:
    """Whether a cell above numbers may name them: nothing, a word, or a year."""
    is_year = re.fullmatch("[0-9]{4}", cell) is not None and YEARS[0] <= int(cell) <= YEARS[1]
    is_nothing = cell.lower() in MISSING - {""} or doubt(cell) > 0.0 or BOUNDLESS.fullmatch(cell) is not None
    return not cell or is_year or not (is_nothing or _is_number_like(cell, below))


def _n_names_of_names(rows: list[tuple[str, ...]]) -> int:
    """How many cells the first row fills if it is the one that pandas writes below two of names: what the rows' own
    names are called, and nothing more. Else 0."""
    filled = [k for k, cell in enumerate(rows[0]) if cell]
    n = len(filled)
    words = all(undress(rows[0][k]) is None and rows[0][k] not in (row[k] for row in rows[1:]) for k in filled)
    return n if filled == list(range(n)) and 0 < 2 * n <= len(rows[0]) and words else 0


def _is_one(rows: list[tuple[str, ...]]) -> bool:
    """Whether the first row is of another kind than those below: words over numbers, words found nowhere else, or
    numbers that count, as years do."""
    first, below = rows[0], rows[1:LOOKED_AT]
    columns = [[row[k] for row in below] for k in range(len(first))]
    words = [k for k, cell in enumerate(first) if cell and not _is_number_like(cell, columns[k])]
    if not below:
        return len(words) == len(first)
    found = [k for k in words if first[k] in columns[k]]
    over_numbers = [k for k in words if _is_numeric(columns[k])]
    if len(over_numbers) > len(found):
        return True
    blank = [k for k, cell in enumerate(first) if not cell]
    index = blank == [0] and all(columns[0])  # pandas and R leave the name of the rows' own names empty
    numbers = [k for k in range(len(first)) if k not in words and first[k]]
    if found or (blank and not index) or (numbers and not _count(first, columns, numbers, sure=bool(words) or index)):
        return False
    return bool(words or numbers)


def _is_number_like(cell: str, below: list[str]) -> bool:
    """Whether a cell may be one of the numbers below: 2nd is none over numbers without a unit."""
    dressed = undress(cell)
    return dressed is not None and (not dressed.unit or dressed.unit == unit_of(below) or not _is_numeric(below))


def _is_numeric(cells: list[str]) -> bool:
    present = [cell for cell in cells if cell.lower() not in MISSING and not doubt(cell)]
    present = [cell for cell in present if not BOUNDLESS.fullmatch(cell)]
    return bool(present) and sum(undress(cell) is not None for cell in present) >= 0.9 * len(present)


def _count(first: tuple[str, ...], columns: list[list[str]], places: list[int], *, sure: bool) -> bool:
    """Whether the numbers of a row are names: whole, each as far from the one before, and seldom found below.

    sure : whether other cells of the row are words already, which makes a chance less likely.
    """
    if not all(re.fullmatch("[0-9]{1,4}", first[k]) for k in places):
        return False
    values = [int(first[k]) for k in places]
    years = all(YEARS[0] <= v <= YEARS[1] for v in values)
    n_found = sum(first[k] in columns[k] for k in places)
    if len(values) == 1:
        return sure and (years or values[0] in (0, 1)) and not n_found
    steps = {b - a for a, b in itertools.pairwise(values)}
    if len(steps) != 1 or steps == {0}:
        return False
    if len(values) > 4 and steps == {1}:  # no chance brings such a row
        return True
    if n_found and not (sure and len(values) > 2 and (years or values[0] in (0, 1))):
        return False
    decimals = sum(any(not cell.lstrip("+-").isdigit() for cell in columns[k] if cell) for k in places)
    return sure or years or (len(values) > 2 and 2 * decimals > len(places))


def _units(body: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What the first row below the names says where it tells the units of all columns of numbers; () where not."""
    if len(body) < 3:
        return ()
    first, below = body[0], body[1:LOOKED_AT]
    columns = [[row[k] for row in below] for k in range(len(first))]
    numeric = [k for k, column in enumerate(columns) if _is_numeric(column)]
    told = [k for k in numeric if first[k]]
    words = all(undress(first[k]) is None and not BOUNDLESS.fullmatch(first[k]) for k in told)
    none = all(first[k].lower() in MISSING or doubt(first[k]) for k in told)
    others = [k for k in range(len(first)) if k not in numeric and first[k]]
    if not told or not words or none or any(first[k] in columns[k] for k in others):
        return ()
    return tuple(re.sub(r"^[\[(<](.*)[\])>]$", r"\1", clean_name(cell)) for cell in first)
