"""From a file's bytes to columns of text, with what was taken for granted on the way said in sentences."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from playground.tables.codes import are_codes, is_called_id
from playground.tables.encoding import ENCODINGS, decode
from playground.tables.heading import NAME_ROWS, head, unit_of
from playground.tables.layout import DELIMITERS, NO_TABLE, lay_out
from playground.tables.missing import BOUNDLESS, DOUBTFUL, FREQUENT, MISSING, doubt, fill_values
from playground.tables.numerals import DECIMALS, find_decimals, is_open, number, undress
from playground.tables.table import MAX_ROWS, clean_name, unique

MAX_BYTES = 10 * 2**20
MAX_COLUMNS = 200
MAX_LEVELS = 12  # a column of words with more different ones is no category
_MONTH = (
    "(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
DATE = re.compile(
    r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T]\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(?::\d\d.*)?|\d{4}[-/](?:\d{1,2}|[QW]\d{1,2})"
    rf"|(?:\w+,? )?(?:\d{{1,2}}\.?[- /])?{_MONTH}(?:[- /,]+\d{{1,4}}){{1,2}}(?:,? \d{{1,2}}:\d\d.*)?",
    re.IGNORECASE,
)
TIME = frozenset(("year", "time", "date", "month", "day", "week", "hour", "t", "jahr", "zeit", "tag", "monat"))
"""Names of columns that count on and yet say something, and that nobody predicts"""


@dataclass(frozen=True)
class Reading:
    """What the user says about a file where the guess is wrong; None leaves it to the guess."""

    name_rows: int | None = None
    """How many rows hold the names: a key of NAME_ROWS"""
    encoding: str | None = None
    decimal: str | None = None
    fill_values: bool = True
    """Whether numbers such as -999, far outside the rest, count as missing"""
    codes: tuple[str, ...] | None = None
    """The columns whose digits are no numbers but codes, such as 00123"""


@dataclass(frozen=True)
class Column:
    """One column as it stands in the file."""

    name: str
    cells: tuple[str, ...]
    decimal: str = "."
    unit: str = ""
    """What stands beside the number in every cell"""
    told_unit: str = ""
    """What a row of units says"""
    void: tuple[float, ...] = ()
    """Numbers that stand for nothing"""
    is_code: bool = False
    """Whether its digits name something, as a postcode does, and are words like others"""

    @cached_property
    def missing(self) -> tuple[bool, ...]:
        """Which cells hold nothing: empty, NA and the like, numbers beyond all bounds or written for nothing."""
        none = self._nothing
        return tuple(cell in none for cell in self.cells)

    @cached_property
    def _nothing(self) -> frozenset[str]:
        """The different cells that count as missing here."""
        counts = Counter(self.cells)
        sure = {c for c in counts if c.lower() in MISSING or BOUNDLESS.fullmatch(c)}
        if self.void:
            sure |= {c for c in counts if self._number(c) in self.void}
        doubtful = {c for c in counts if c not in sure and doubt(c)}
        if not any(undress(c) for c in counts):  # where there are no numbers, signs are as good as words
            doubtful = {c for c in doubtful if c.lower() in DOUBTFUL}
        if not doubtful:
            return frozenset(sure)
        others = {c: n for c, n in counts.items() if c not in sure and c not in doubtful}
        words = sum(n for c, n in others.items() if math.isnan(self._number(c)))
        n = len(self.cells) - sum(counts[c] for c in sure)
        if others and words > 0.1 * sum(others.values()) and len(others) <= MAX_LEVELS:
            doubtful -= {c for c in doubtful if max(2, FREQUENT * n) <= counts[c] <= doubt(c) * n}
        return frozenset(sure | doubtful)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The cells as numbers; NaN where a cell is missing or no number."""
        numbers = map(self._number, self.cells)
        return tuple(math.nan if x in self.void else x for x in numbers) if self.void else tuple(numbers)

    def _number(self, cell: str) -> float:
        return number(cell, self.decimal, self.unit)

    @cached_property
    def strangers(self) -> tuple[int, ...]:
        """The rows, counted from 1, that hold text though they are not missing."""
        pairs = zip(self.numbers, self.missing, strict=True)
        return tuple(k for k, (x, gone) in enumerate(pairs, start=1) if math.isnan(x) and not gone)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The cells as classes: where they are numbers, 1 and 1.0 are one; where they are words, yes and YES."""
        if not self.is_numeric or self.strangers:
            return tuple(self.folded.get(cell, cell) for cell in self.cells)
        shortest: dict[float, str] = {}
        for x, cell in zip(self.numbers, self.cells, strict=True):
            if not math.isnan(x) and len(cell) < len(shortest.get(x, cell + " ")):
                shortest[x] = cell
        return tuple(shortest.get(x, cell) for x, cell in zip(self.numbers, self.cells, strict=True))

    @cached_property
    def folded(self) -> dict[str, str]:
        """Each word of two letters or more, as most are written that differ in large and small letters alone."""
        counts = Counter(cell for cell in self.cells if len(cell) > 1)
        if len({cell.casefold() for cell in counts}) == len(counts):
            return {}
        usual: dict[str, str] = {}
        for cell, _ in counts.most_common():
            usual.setdefault(cell.casefold(), cell)
        return {cell: usual[cell.casefold()] for cell in counts}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The different values that are not missing, in order; numbers by size."""
        present = {cell for cell, gone in zip(self.words, self.missing, strict=True) if not gone}
        if self.has_digits and not self.strangers:
            return tuple(sorted(present, key=lambda cell: (self._number(cell), cell)))
        return tuple(sorted(present))

    @cached_property
    def has_digits(self) -> bool:
        """Whether nine in ten of what is there can be read as numbers."""
        n_present = len(self.cells) - sum(self.missing)
        return n_present > 0 and len(self.strangers) <= 0.1 * n_present

    @property
    def is_numeric(self) -> bool:
        """Whether it is meant to hold numbers."""
        return self.has_digits and not self.is_code

    @property
    def kind(self) -> str:
        """ "number", "category", "text" (too many different words to be of use) or "constant"."""
        if len(self.levels) <= 1:
            return "constant"
        if self.is_numeric:
            return "number"
        return "category" if len(self.levels) <= MAX_LEVELS else "text"

    @cached_property
    def is_of_dates(self) -> bool:
        """Whether its words are dates or times of the day."""
        return (
            len(self.levels) > 0
            and not self.is_numeric
            and all(DATE.fullmatch(cell) for cell, gone in zip(self.cells, self.missing, strict=True) if not gone)
        )

    @cached_property
    def counts_the_rows(self) -> bool:
        """1, 2, 3, ...: it says nothing about the rows but where they stand; a column of years does."""
        first = self.numbers[0]
        if self.kind != "number" or math.isnan(first) or self.name.lower() in TIME:
            return False
        return first == math.floor(first) and all(x == first + k for k, x in enumerate(self.numbers))

    @cached_property
    def is_mixed(self) -> bool:
        """Whether half of its cells or more are numbers, but too few to take the others for slips."""
        n_present = len(self.cells) - sum(self.missing)
        return not self.has_digits and 0 < 2 * len(self.strangers) <= n_present

    @cached_property
    def numbers_each_row(self) -> bool:
        """Whether it is called a number or an index and holds another whole number in each row."""
        called = self.name.lower() in ("no", "nr", "no.", "nr.", "#", "key") or bool(
            {"index", "idx", "rownames", "rowid"} & set(re.split(r"[\W_]+", self.name.lower()))
        )
        if not self.has_digits or not (called or is_called_id(self.name)):
            return False
        present = [x for x in self.numbers if not math.isnan(x)]
        return len(set(present)) == len(present) and all(x.is_integer() for x in present)

    @cached_property
    def has_several_units(self) -> bool:
        """Whether its cells are numbers with units that differ, such as 5 kg and 300 g."""
        if self.has_digits:
            return False
        present = [cell for cell, gone in zip(self.cells, self.missing, strict=True) if not gone]
        units = [dressed.unit for cell in present if (dressed := undress(cell)) is not None]
        return 0.9 * len(present) <= len(units) and len(set(units)) > 1

    @property
    def read_as(self) -> str:
        """In a few words, what its cells were taken for."""
        if not any(not gone for gone in self.missing):
            return "nothing: all cells are empty"
        if self.is_numeric:
            comma = ", decimal comma" if self.decimal == "," and any("," in cell for cell in self.cells) else ""
            unit = self.unit or self.told_unit
            return f"numbers{f' in {unit}' if unit else ''}{comma}"
        if self.is_of_dates:
            return "dates or times"
        if self.has_several_units:
            return "numbers with different units"
        if self.is_mixed:
            return "numbers and text, mixed"
        n, what = len(self.levels), "code" if self.is_code else "word"
        return f"one {what}" if n == 1 else f"{n:,} different {what}s"


@dataclass(frozen=True)
class Sheet:
    """A file as columns of text, with how it was read."""

    columns: tuple[Column, ...]
    encoding: str
    delimiter: str
    name_rows: int
    """In how many rows the names stand"""
    title: str = ""
    remarks: tuple[str, ...] = ()
    """What was passed over or taken for granted, a sentence each"""

    def __len__(self) -> int:
        return len(self.columns[0].cells)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, all different."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of a name; ValueError, in a sentence, if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ValueError(f"There is no column “{clean_name(name)}”; there are {', '.join(self.names[:12])}.")

    @cached_property
    def digest(self) -> str:
        """A hash of all its cells and names."""
        hashed = hashlib.sha256(repr(self.names).encode("utf-8", "backslashreplace"))
        for column in self.columns:
            hashed.update(f"{column.decimal}\0{column.void}\0{column.is_code}\0".encode())
            hashed.update("\0".join(column.cells).encode("utf-8", "backslashreplace"))
        return hashed.hexdigest()

    def describe(self) -> str:
        """One sentence on how it was read."""
        n = self.name_rows
        names = f"{NAME_ROWS[n]} hold{'s' * (n == 1)} the names" if n else "no row of names"
        return (
            f"{len(self):,} row{'s' * (len(self) != 1)} and {len(self.columns)} columns; "
            f"{DELIMITERS.get(self.delimiter, self.delimiter)} between cells, {names}, "
            f"encoding {ENCODINGS.get(self.encoding, self.encoding.upper())}."
        )


def read_sheet(raw: bytes, title: str = "", reading: Reading | None = None) -> Sheet:
    """Read CSV, TSV and their like. Raises ValueError, in one sentence, for what cannot be read."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"The file must be at most {MAX_BYTES // 2**20} MB; it has {len(raw) / 2**20:.1f} MB.")
    reading = reading or Reading()
    text, encoding = decode(raw, reading.encoding)
    layout = lay_out(text)
    width = len(layout.rows[0])
    if width < 2:
        raise ValueError(NO_TABLE)
    if width > MAX_COLUMNS:
        raise ValueError(f"The table must have at most {MAX_COLUMNS} columns; it has {width}.")
    heading = head(layout, reading.name_rows)
    names, body = heading.names, heading.body
    remarks = [*layout.remarks, *heading.remarks, *_on_names(names)]
    if not body:
        raise ValueError("The file has a row of names and nothing below it.")
    if len(body) > MAX_ROWS:
        raise ValueError(f"The table must have at most {MAX_ROWS:,} rows; it has more.")
    cells = list(zip(*body, strict=True))
    known = unique(tuple(clean_name(name) for name in names or ("",) * width))
    told_decimal = reading.decimal if reading.decimal in DECIMALS else None
    decimals = [told_decimal] * width if told_decimal else find_decimals(cells, layout.delimiter)
    columns = tuple(
        Column(name, column, decimal or ".", unit_of(column), told_unit)
        for name, column, decimal, told_unit in zip(known, cells, decimals, heading.units or ("",) * width, strict=True)
    )
    columns = tuple(replace(c, is_code=_is_code(c, reading.codes)) for c in columns)
    if reading.fill_values:
        found = [fill_values(c.numbers) if c.is_numeric else () for c in columns]
        columns = tuple(replace(c, void=void) if void else c for c, void in zip(columns, found, strict=True))
    remarks += [*_on_codes(columns), *_on_signs(columns), *_on_words(columns), *_on_fill_values(columns)]
    return Sheet(columns, encoding, layout.delimiter, heading.n_rows, clean_name(title), tuple(remarks))


def _is_code(column: Column, told: tuple[str, ...] | None) -> bool:
    """Whether digits are a code: as the user says, else as they look."""
    if told is not None or not column.has_digits:
        return column.has_digits and column.name in (told or ())
    return are_codes(column.name, (c for c, gone in zip(column.cells, column.missing, strict=True) if not gone))


# ---- what is said ----------------------------------------------------------------------------------------------------
def _on_names(names: tuple[str, ...]) -> Iterator[str]:
    """Names that are not as they stand in the file."""
    known = unique(tuple(clean_name(name) for name in names))
    for words, cases in (
        ("has no name and is called", [k for k, name in enumerate(names) if not clean_name(name)]),
        (
            "has a name that others have too and is called",
            [k for k, name in enumerate(names) if clean_name(name) and known[k] != clean_name(name)],
        ),
    ):
        if cases:
            more = f", and {len(cases) - 1} more alike" if len(cases) > 1 else ""
            yield f"Column {cases[0] + 1} {words} “{known[cases[0]]}”{more}."


def _on_codes(columns: tuple[Column, ...]) -> Iterator[str]:
    """Digits that are no numbers, and zeros before those that are."""
    for words, found in (
        ("are codes, such as", [c for c in columns if c.is_code]),
        ("are numbers in spite of the zero before them, such as", [c for c in columns if c.is_numeric and _padded(c)]),
    ):
        if found:
            told = ", ".join(f"“{column.name}”" for column in found[:4]) + ", …" * (len(found) > 4)
            cell = _padded(found[0]) or next(
                c for c, no in zip(found[0].cells, found[0].missing, strict=True) if not no
            )
            yield f"The digits in {told} {words} “{cell[:30]}”."


def _padded(column: Column) -> str:
    """The first cell with a zero before its other digits, "" for none."""
    return next((cell for cell in column.cells if re.match(r"['+(-]*0[0-9]", cell)), "")


def _on_signs(columns: tuple[Column, ...]) -> Iterator[str]:
    """How cells such as 1.050 were read, where that is not plain; a sentence for each way in the file."""
    for decimal, words in DECIMALS.items():
        for column in columns:
            if column.is_numeric and (cell := _telling(column, decimal)):
                more = "" if all(c.decimal == decimal for c in columns if c.is_numeric) else f" in “{column.name}”"
                yield f"“{cell}”{more} was read as {number(cell, decimal, column.unit):.12g}: {words}."
                break


def _on_words(columns: tuple[Column, ...]) -> Iterator[str]:
    """Words that differ in large and small letters alone."""
    for column in columns:
        alike: dict[str, list[str]] = {}
        for one, other in column.folded.items():
            if one != other:
                alike.setdefault(other, [f"“{other[:30]}”"]).append(f"“{one[:30]}”")
        if alike:
            told = "; ".join(" and ".join(words[:3]) for words in list(alike.values())[:3]) + "; …" * (len(alike) > 3)
            yield f"In “{column.name}” words that differ only in capital letters count as the same: {told}."


def _on_fill_values(columns: tuple[Column, ...]) -> Iterator[str]:
    """Numbers that stand for nothing, a sentence for each column."""
    for column in columns:
        if column.void:
            gone = Counter(cell for cell in column.cells if column._number(cell) in column.void)
            told = " and ".join(
                f"“{cell}” stands {'once' if n == 1 else f'{n:,} times'}" for cell, n in gone.most_common(3)
            )
            yield f"In “{column.name}” {told}, far outside the rest: read as missing."


def _telling(column: Column, decimal: str) -> str:
    """A cell that shows how signs were read, "" where nobody could read them otherwise."""
    if column.decimal != decimal:
        return ""
    signed = [c for c in column.cells if "." in c or "," in c]
    if decimal == "." and not any("," in c for c in signed) and not all(map(is_open, signed)):
        return ""  # ordinary decimals
    understood = (c for c in signed if not math.isnan(number(c, decimal, column.unit)))
    first = next(understood, "")
    return next((c for c in signed if is_open(c) and not math.isnan(number(c, decimal, column.unit))), first)
