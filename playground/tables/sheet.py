"""From a file's bytes to columns of text: encoding and delimiter are found, limits are kept, problems are sentences."""

from __future__ import annotations

import csv
import io
import itertools
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from playground.tables.table import MAX_ROWS, clean_name, unique

MAX_BYTES = 10 * 2**20
MAX_COLUMNS = 200
MAX_LEVELS = 12  # a column of words with more different ones is no category
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-", ".", "missing"))
NO_TEXT = {
    b"PK\x03\x04": "a zip or Excel file: save the sheet as CSV first",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV first",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"PAR1": "a Parquet file: save the table as CSV first",
    b"\x93NUMPY": "a NumPy file: save the array as CSV first",
    b"\x80": "a pickle, which is never opened here because it may run code",
}


@dataclass(frozen=True)
class Column:
    """One column as it stands in the file."""

    name: str
    cells: tuple[str, ...]
    decimal_comma: bool = False

    @cached_property
    def missing(self) -> tuple[bool, ...]:
        """Which cells are empty or say NA and the like."""
        return tuple(cell.lower() in MISSING for cell in self.cells)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The cells as numbers; NaN where a cell is missing or no number."""
        return tuple(_number(cell, self.decimal_comma) for cell in self.cells)

    @cached_property
    def strangers(self) -> tuple[int, ...]:
        """The rows, counted from 1, that hold text though they are not missing."""
        pairs = zip(self.numbers, self.missing, strict=True)
        return tuple(k for k, (x, gone) in enumerate(pairs, start=1) if math.isnan(x) and not gone)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The different values that are not missing, in order; numbers by size."""
        present = {cell for cell, gone in zip(self.cells, self.missing, strict=True) if not gone}
        if self.is_numeric and not self.strangers:
            return tuple(sorted(present, key=lambda cell: (_number(cell, self.decimal_comma), cell)))
        return tuple(sorted(present))

    @cached_property
    def is_numeric(self) -> bool:
        """Whether it is meant to hold numbers: nine in ten of what is there are."""
        n_present = len(self.cells) - sum(self.missing)
        return n_present > 0 and len(self.strangers) <= 0.1 * n_present

    @property
    def kind(self) -> str:
        """ "number", "category", "text" (too many different words to be of use) or "constant"."""
        if len(self.levels) <= 1:
            return "constant"
        if self.is_numeric:
            return "number"
        return "category" if len(self.levels) <= MAX_LEVELS else "text"


@dataclass(frozen=True)
class Sheet:
    """A file as columns of text, with how it was read."""

    columns: tuple[Column, ...]
    encoding: str
    delimiter: str
    has_header: bool
    title: str = ""

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

    def describe(self) -> str:
        """One sentence on how it was read."""
        head = "the first row holds the names" if self.has_header else "no row of names"
        return (
            f"{len(self):,} rows and {len(self.columns)} columns; {DELIMITERS.get(self.delimiter, 'space')} between "
            f"cells, {head}, encoding {self.encoding}."
        )


def read_sheet(raw: bytes, title: str = "") -> Sheet:
    """Read CSV, TSV and their like. Raises ValueError, in one sentence, for what cannot be read."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"The file must be at most {MAX_BYTES // 2**20} MB; it has {len(raw) / 2**20:.1f} MB.")
    text, encoding = decode(raw)
    lines = [line for line in itertools.islice(text.splitlines(), 60) if line.strip()]
    if not lines:
        raise ValueError("The file is empty.")
    delimiter = find_delimiter(lines)
    rows = _rows(text, delimiter)
    if not rows:
        raise ValueError("The file holds delimiters and nothing between them.")
    if len(rows[0]) < 2:
        raise ValueError("This is not a table: no comma, semicolon, tab or bar parts its lines into columns.")
    if len(rows[0]) > MAX_COLUMNS:
        raise ValueError(f"The table must have at most {MAX_COLUMNS} columns; it has {len(rows[0])}.")
    has_header = _has_header(rows, delimiter != ",")
    names = unique(tuple(clean_name(cell) for cell in rows[0])) if has_header else ()
    body = rows[1:] if has_header else rows
    if not body:
        raise ValueError("The file has a row of names and nothing below it.")
    if len(body) > MAX_ROWS:
        raise ValueError(f"The table must have at most {MAX_ROWS:,} rows; it has more.")
    cells = list(zip(*body, strict=True))
    names = names or tuple(f"column {k}" for k in range(1, len(cells) + 1))
    comma = delimiter != ","
    pairs = zip(names, cells, strict=True)
    columns = tuple(Column(name, column, comma and _uses_comma(column)) for name, column in pairs)
    return Sheet(columns, encoding, delimiter, has_header, clean_name(title))


def decode(raw: bytes) -> tuple[str, str]:
    """Bytes to text, with the encoding that fits: (text, its name)."""
    for start, what in NO_TEXT.items():
        if raw.startswith(start):
            raise ValueError(f"This is not a CSV file but {what}.")
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return _decoded(raw, encoding), encoding.replace("-sig", "")
    if b"\x00" in raw:
        raise ValueError("This is not a text file: it holds zero bytes.")
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"The file says that it is {encoding}, but byte {error.start} is not.") from None
    if "\x00" in text:
        raise ValueError("This is not a text file: it holds zero characters.")
    return text


def find_delimiter(lines: list[str]) -> str:
    """What parts the lines into the same number of cells most often, and into the most."""

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        return (count / sum(widths.values()), width) if width > 1 else (0.0, 0)

    best = max(DELIMITERS, key=score)
    if score(best)[0] == 0.0 and all(len(line.split()) == len(lines[0].split()) > 1 for line in lines):
        return " "
    return best


def _rows(text: str, delimiter: str) -> list[tuple[str, ...]]:
    """All rows, each as wide as the first; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if not any(cells):
                continue
            if rows and len(cells) != len(rows[0]):
                raise ValueError(
                    f"Line {reader.line_num} has {len(cells)} cells where the first line has {len(rows[0])}."
                )
            rows.append(cells)
            if len(rows) > MAX_ROWS + 1:
                break
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} cannot be read as CSV: {error}.") from None
    return rows


def _has_header(rows: list[tuple[str, ...]], comma: bool) -> bool:
    """Whether the first row is of another kind than those below: words over numbers, or words found nowhere else."""
    first, below = rows[0], rows[1:200]
    if any(not cell or not math.isnan(_number(cell, comma)) for cell in first):
        return False
    if not below:
        return True
    over_numbers = [
        all(not math.isnan(_number(row[k], comma)) or row[k].lower() in MISSING for row in below[:20])
        for k in range(len(first))
    ]
    return any(over_numbers) or not any(cell in {row[k] for row in below} for k, cell in enumerate(first))


def _uses_comma(cells: tuple[str, ...]) -> bool:
    """Whether numbers are written 1,5."""
    return any("," in cell and not math.isnan(_number(cell, True)) for cell in cells)


def _number(cell: str, decimal_comma: bool) -> float:
    """A cell as a finite number, else NaN."""
    if not cell or cell[0] not in "+-.,0123456789" or "_" in cell or not cell.isascii():
        return math.nan
    if decimal_comma and cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        x = float(cell)
    except ValueError:
        return math.nan
    return x if math.isfinite(x) else math.nan
