"""From a file's text to rows of cells: what parts them, and which lines are no rows of the table.

Titles, comments, a spreadsheet's "sep=;", the rulings of a Markdown table and the declarations of an ARFF file stand in
many tables. They are passed over, and a remark says so; what cannot be told is a sentence that names the line.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass, field

from playground.tables.numerals import DECIMALS, find_unit, number, undress
from playground.tables.printed import SIZE, with_tabs, without_boxes, without_quotes
from playground.tables.table import MAX_ROWS

DELIMITERS = {
    "\t": "tab", ";": "semicolon", "|": "bar", "~": "tilde", "^": "caret", ",": "comma", " ": "space", ":": "colon",
}  # fmt: skip
"""What may part cells, the surest first: a comma also stands inside numbers, a space inside words, a colon in times"""
WIDEST = 20_000  # cells, empty ones too; a spreadsheet has at most 16,384
LOOKED_AT = 60  # lines, to find out how a file is made
RULE = re.compile("[-=+| ]{3,}")
"""A line that is drawn and says nothing"""
QUOTES = ("''", "``", "“”", "„“", "„”", "«»", "»«", "‘’", "””")
"""What stands around a cell that some programs, and word processors, have quoted"""
UNSEEN = "\u200b\u200e\u200f\u2060\ufeff" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Signs without a width that come along from web pages: where a line may break, and which way letters run"""
COMMENT = ("#", "%", "//")
TOTALS = frozenset(
    ("total", "totals", "sum", "grand total", "summe", "gesamt", "average", "mean", "median", "mittelwert",
     "insgesamt", "gesamtsumme", "durchschnitt", "totaal", "totale", "total général", "somme", "moyenne", "suma",
     "razem", "promedio", "итого", "всего", "合計", "合计", "总计", "總計")
)  # fmt: skip
TOTAL = re.compile(r"(?:grand |sub-? ?)?totals?(?: [\w.()-]{1,20}){0,2}")
NO_ROWS = (
    (re.compile(r"\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE), "a page in HTML or XML: save it as CSV first"),
    (re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"])'), "JSON: save the table as CSV first"),
    (re.compile(r"\s*(?:\{\s*'|\[\s*[('])"), "lists as Python writes them: save the table as CSV first"),
    (re.compile(r"\s*(?:(?:\[[^][(),\n]*,[^][()\n]*\]|\([^][(),\n]*,[^][()\n]*\)),?[ \t\r]*\n[ \t]*){3}"),
     "lists as Python writes them: save the table as CSV first"),
    (re.compile(r"\s*\{\\rtf"), "a text document: save the table as CSV first"),
    (re.compile(r"\s*\\(?:begin|documentclass)\b"), "LaTeX: save the table as CSV first"),
    (re.compile(r"\s*(?:insert into|create table)\b", re.IGNORECASE), "SQL: export the table as CSV first"),
    (re.compile(r"\s*[-+]?[\d.]+(?: +\d+:[-+.\deE]+){2,} *\r?\n"), "a file of LIBSVM: save the table as CSV first"),
)  # fmt: skip
NO_TABLE = (
    "This is not a table: no comma, semicolon, tab, bar or spaces part its lines into columns, "
    "and there must be two at least."
)


@dataclass(frozen=True)
class Layout:
    """Rows of cells, all of one width, and what was done to get them."""

    rows: list[tuple[str, ...]]
    lines: list[int]
    """Where each row ends in the file, counted from 1"""
    delimiter: str
    names: tuple[str, ...] = ()
    """The columns' names where something else than a row holds them: a comment, or an ARFF file's declarations"""
    remarks: tuple[str, ...] = ()


@dataclass
class _Work:
    """The rows while lines are still taken away."""

    rows: list[tuple[str, ...]]
    lines: list[int]
    names: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)
    sentences: frozenset[int] = frozenset()
    """Lines in which a space follows each delimiter, as in a sentence"""

    def drop(self, gone: list[int], words: str) -> None:
        """Take rows away, and say so: `words` has a place for the lines."""
        if not gone:
            return
        numbers = [self.lines[k] for k in gone]
        where = f"Line {numbers[0]}" if len(gone) == 1 else f"{len(gone)} lines, such as line {numbers[0]},"
        self.remarks.append(f"{where} {words}")
        out = set(gone)
        self.rows = [row for k, row in enumerate(self.rows) if k not in out]
        self.lines = [line for k, line in enumerate(self.lines) if k not in out]


def lay_out(text: str) -> Layout:
    """Find the rows. Raises ValueError, in one sentence, for what is no table."""
    for pattern, what in NO_ROWS:
        if pattern.match(text):
            raise ValueError(f"This is not a CSV file but {what}.")
    if re.search(r"^\s*@relation\b", text[:20_000], re.IGNORECASE | re.MULTILINE):
        return _arff(text)
    told = re.match(r'"?sep=(.)"?[;,\t]*\r?\n', text, re.IGNORECASE)
    text = without_boxes(text[told.end() :] if told else text)
    bare = without_quotes(text)
    text = text if bare is None else bare
    lines = _first_lines(text)
    if not lines:
        raise ValueError("The file is empty.")
    delimiter = told[1] if told else find_delimiter(lines)
    if delimiter == " " and all(line.lstrip().startswith(COMMENT) for line in lines):
        raise ValueError("The file holds comments and no table.")
    set_with_spaces = None if delimiter else with_tabs(text, COMMENT)
    if set_with_spaces and _holds_numbers(_cells(_first_lines(set_with_spaces), "\t")):
        work, delimiter = _read(set_with_spaces, "\t", 0), " "
        work.remarks.append("The columns stand below each other, with spaces between them.")
    else:
        delimiter = delimiter or ","
        work = _read(text, delimiter, 1 if told else 0)
    if told:
        work.remarks.append(f"Line 1, “sep={delimiter}”, says which sign stands between the cells.")
    if bare is not None:
        work.remarks.append("Quotation marks stood around whole lines and were taken off.")
    if not work.rows:
        raise ValueError("The file holds delimiters and nothing between them.")
    _take_away_rulings(work)
    _take_away_comments(work)
    if _usual_width(work.rows) < 2:
        raise ValueError(NO_TABLE)
    _take_away_titles(work, delimiter)
    _take_away_notes(work)
    _fill_up(work)
    _even_out(work, delimiter)
    _take_away_names(work)
    _take_away_totals(work)
    return Layout(work.rows, work.lines, delimiter, work.names, tuple(work.remarks))


def _first_lines(text: str) -> list[str]:
    """Some lines that are neither empty, rules nor comments; the comments, where there is nothing else."""
    some = [line.strip("\r\n") for line in io.StringIO(text[:400_000], newline=None)]
    filled = [line for line in some if line.strip()][: 3 * LOOKED_AT]
    rows = [line for line in filled if not (line.lstrip().startswith(COMMENT) or RULE.fullmatch(line))]
    return (rows or filled)[:LOOKED_AT]


def find_delimiter(lines: list[str]) -> str:
    """What parts the lines into the same number of cells, most often; "" where nothing does."""

    def agreement(delimiter: str) -> float:
        widths = Counter(map(len, _cells(lines, delimiter)))
        if not widths:
            return 0.0
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        return count / widths.total() if width > 1 else 0.0

    shares = {delimiter: agreement(delimiter) for delimiter in DELIMITERS if delimiter not in " :"}
    for delimiter in "~^":  # which also stand before a number, for "about" and "to the power of"
        rows, numbers = _cells(lines, delimiter), _n_numbers(_cells(lines, ","))
        if sum(all(row) for row in rows) < len(rows) / 2 or _n_numbers(rows) <= numbers > 0:
            shares[delimiter] = 0.0
    best = max(shares.values())
    spaced = _cells(lines, " ")
    if (
        shares["\t"] == 1.0
        and _is_spaced(spaced)
        and _holds_numbers(spaced)
        and not _holds_numbers(_cells(lines, "\t"))
    ):
        return " "  # columns set with spaces, and a tab before the last one
    if best < 0.8 and _is_spaced(_cells(lines, " ")):
        return " "
    if best < 0.8 and agreement(":") >= 0.8 and _holds_numbers(_cells(lines, ":")):
        return ":"
    return next(delimiter for delimiter, share in shares.items() if share >= 0.8 * best) if best else ""


def _is_spaced(rows: list[list[str]]) -> bool:
    """Whether spaces part all lines into the same number of cells; R leaves the first line one cell short."""
    widths = {len(row) for row in rows[1:] or rows}
    return len(widths) == 1 and widths != {1} and len(rows[0]) - min(widths) in (0, -1)


def _holds_numbers(rows: list[list[str]]) -> bool:
    """Whether a third of the cells are numbers, as in a table and not in sentences."""
    return _n_numbers(rows) > sum(map(len, rows)) / 3


def _n_numbers(rows: list[list[str]]) -> int:
    return sum(undress(cell.strip()) is not None for row in rows for cell in row)


def _cells(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return list(
            csv.reader((_spaced(line, delimiter) for line in lines), delimiter=delimiter, skipinitialspace=True)
        )
    except csv.Error:
        return []


def _spaced(line: str, delimiter: str) -> str:
    """A line whose cells are parted by white space, with spaces alone: tabs often stand among them."""
    return line.replace("\t", " ").strip(" ") if delimiter == " " else line


def _read(text: str, delimiter: str, before: int) -> _Work:
    """All lines as rows, however wide; empty ones are passed over. `before` lines of the file stand above them."""
    source = io.StringIO(text, newline="")
    reader = csv.reader((_spaced(line, delimiter) for line in source), delimiter=delimiter, skipinitialspace=True)
    first = list(itertools.islice(io.StringIO(text, newline=None), LOOKED_AT))
    sentence = re.compile(f"[^{re.escape(delimiter)}]*(?:{re.escape(delimiter)} [^{re.escape(delimiter)}]*)+")
    work = _Work([], [], sentences=frozenset(k + before for k, line in enumerate(first, 1) if sentence.fullmatch(line)))
    try:
        for row in reader:
            if len(row) > WIDEST:
                raise ValueError(f"Line {reader.line_num + before} has {len(row):,} cells, more than a table may have.")
            cells = tuple(map(_bare, row))
            if any(cells):
                work.rows.append(cells)
                work.lines.append(reader.line_num + before)
            if len(work.rows) > MAX_ROWS + LOOKED_AT:
                break
    except csv.Error as error:
        raise ValueError(
            f"Line {reader.line_num + before} cannot be read as CSV: {error}. A quotation mark may be left open there."
        ) from None
    return work


def _bare(cell: str) -> str:
    """A cell without the spaces and unseen signs around it, and without quotation marks that are none of CSV's.

    ="00123" is how a spreadsheet is made to leave digits as they are.
    """
    cell = cell.strip() if cell.isascii() else cell.strip().strip(UNSEEN).strip()
    if cell.isalnum():
        return cell
    if re.fullmatch('="[^"]*"', cell):
        return cell[2:-1].strip()
    if len(cell) > 2 and cell[0] + cell[-1] in QUOTES and not set(cell[0] + cell[-1]) & set(cell[1:-1]):
        return cell[1:-1].strip()
    return cell


def _usual_width(rows: list[tuple[str, ...]]) -> int:
    """How many cells most rows have; of two that are as usual the one that comes first."""
    return Counter(map(len, rows)).most_common(1)[0][0]


# ---- lines that are no rows ------------------------------------------------------------------------------------------
def _take_away_rulings(work: _Work) -> None:
    """The rules of a table drawn with signs, |---|:--:| or +---+---+, and the bars at its two sides."""
    rules = [k for k, row in enumerate(work.rows) if _is_a_rule(row, k)]
    if not rules:
        return
    work.drop(rules, "rules off the table." if len(rules) == 1 else "rule off the table.")
    width = _usual_width(work.rows)
    if width > 2 and all(not row[0] and not row[-1] for row in work.rows if len(row) == width):
        work.rows = [row[1:-1] if len(row) == width else row for row in work.rows]


def _is_a_rule(row: tuple[str, ...], k: int) -> bool:
    if len(row) == 1:
        return RULE.fullmatch(row[0]) is not None
    if all(re.fullmatch("-{3,}|={3,}", cell) for cell in row):
        return True
    if k > 12 or not (k == 1 or any("---" in cell for cell in row)):  # below the names; one dash may stand for nothing
        return False
    return all(re.fullmatch(":?-+:?", cell) or (not cell and j in (0, len(row) - 1)) for j, cell in enumerate(row))


def _take_away_comments(work: _Work) -> None:
    """Lines that begin with # or %. The last one above the rows may hold the names."""
    marked = [k for k, row in enumerate(work.rows) if row[0].startswith(COMMENT)]
    if not marked or len(marked) > len(work.rows) / 2:
        return
    unmarked = sorted({*range(len(work.rows))} - {*marked})
    width, first_row = _usual_width([work.rows[k] for k in unmarked]), unmarked[0]
    gone = []
    for k in marked:
        bare = (re.sub(r"^(?:#+|%+|//)\s*", "", work.rows[k][0]), *work.rows[k][1:])
        bare = bare if bare[0] or len(work.rows[k]) == width else bare[1:]
        is_data = any(undress(cell) is not None for cell in work.rows[first_row])  # else the names stand there
        if k == first_row - 1 and len(bare) == width > 1 and all(bare) and is_data:
            work.names = bare
        elif len(work.rows[k]) == width and not re.match(r"(?:#|%|//)\s", work.rows[k][0] + "x" * (k < first_row)):
            continue  # a name or a word that begins so, such as "#" above the numbers of the rows
        gone.append(k)
    if work.names:
        work.remarks.append(f"The names stand in a comment, line {work.lines[first_row - 1]}.")
        gone.remove(first_row - 1)
        work.rows.pop(first_row - 1)
        work.lines.pop(first_row - 1)
        gone = [k if k < first_row else k - 1 for k in gone]
    work.drop(gone, "is a comment and was passed over." if len(gone) == 1 else "are comments and were passed over.")


def _take_away_titles(work: _Work, delimiter: str) -> None:
    """Lines above the table, as spreadsheets have them for a title: with one cell only, or a sentence with commas."""
    width = _usual_width(work.rows)
    most = min(10, len(work.rows) - 2)
    n = 0
    while n < most and width > 1 and _is_a_title(work.rows[n], width):
        n += 1
    if delimiter != " ":
        n = max((k + 1 for k in range(n, most) if _is_above_names(work, k, width)), default=n)
    if n:
        words = "stands above the table" if n == 1 else "stand above the table"
        title = f"{delimiter} ".join(cell for cell in work.rows[0] if cell)[:40]
        work.drop(list(range(n)), f"{words} (“{title}”) and {'was' if n == 1 else 'were'} passed over.")


def _is_a_title(row: tuple[str, ...], width: int) -> bool:
    filled = [k for k, cell in enumerate(row) if cell]
    if width == 2:  # one cell above two may also be R's names, which are one short
        return len(row) == 1 and " " in row[0]
    return filled == [0] and (len(row) < width - 1 or len(row) == width)


def _is_above_names(work: _Work, k: int, width: int) -> bool:
    """Whether a line of words stands above the row of names: it is of another width, or a sentence where they are not.

    R's names, one short, stand above numbers; names stand above their units, and neither is a sentence.
    """
    row, names, below = work.rows[k], work.rows[k + 1], work.rows[k + 2 : k + 22]
    if len(names) != width or not all(names) or any(undress(cell) is not None for cell in names):
        return len(row) != width and _ends_a_sentence(work, k)
    if all(undress(cell) is not None for cell in row):
        return False
    over = [j for j in range(width) if any(len(r) == width and undress(r[j]) is not None for r in below)]
    if not over:
        return False
    return len(row) != width or _ends_a_sentence(work, k)


def _ends_a_sentence(work: _Work, k: int) -> bool:
    """Whether line k reads as a sentence with commas, and the line below it does not."""
    in_words = any(" " in cell for cell in work.rows[k])
    return in_words and work.lines[k] in work.sentences and work.lines[k + 1] not in work.sentences


NOTE = re.compile(
    r"(?:sources?|notes?|quellen?|anmerkung|hinweis|nota|fuente|copyright|last update|exported|generated|retrieved)\b"
    r"|©|\*|†|\((?:\w|\*)\)|\d\)|\[\d\]",
    re.IGNORECASE,
)


def _take_away_notes(work: _Work) -> None:
    """Lines below the table: one cell of words, or a source, a footnote, that is not as wide as the rows."""
    width = _usual_width(work.rows)
    n = len(work.rows)
    while n > max(2, len(work.rows) - 10) and _is_a_note(work.rows[n - 1], width):
        n -= 1
    gone = list(range(n, len(work.rows)))
    if gone:
        words = "stands below the table" if len(gone) == 1 else "stand below the table"
        note = next(cell for cell in work.rows[n] if cell)[:40]
        work.drop(gone, f"{words} (“{note}”) and {'was' if len(gone) == 1 else 'were'} passed over.")


def _is_a_note(row: tuple[str, ...], width: int) -> bool:
    filled = [cell for cell in row if cell]
    if len(filled) == 1 and SIZE.fullmatch(filled[0]):
        return True
    if width < 2 or undress(filled[0]) is not None:
        return False
    alone = len(filled) == 1 and (len(row) < width - 1 or (len(row) < width and " " in filled[0]))
    padded = len(row) == width and len(filled) == 1 and row[0] != "" and width > 2 and " " in filled[0]
    return alone or padded or (len(row) != width and NOTE.match(filled[0]) is not None)


def _fill_up(work: _Work) -> None:
    """Give rows that end early the cells that they lack, where many do: some programs leave empty ones away."""
    width = max(map(len, work.rows))
    short = [k for k, row in enumerate(work.rows) if len(row) < width]
    if len(work.rows[0]) < width or not all(work.rows[0]) or len(short) < max(3, 0.1 * len(work.rows)):
        return
    if min(len(work.rows[k]) for k in short) < max(2, width / 2):
        return
    work.rows = [row + ("",) * (width - len(row)) for row in work.rows]
    n = len(short)
    work.remarks.append(
        f"{n} lines, such as line {work.lines[short[0]]}, end before the last column: the cells that they lack count "
        "as missing."
    )


def _take_away_names(work: _Work) -> None:
    """The row of names where it comes again, as in files that were put one below the other."""
    first, others = work.rows[0], work.rows[1:]
    again = [k for k, row in enumerate(work.rows) if k and row == first]
    if not again or any(undress(cell) is not None for cell in first):
        return
    numbers = sum(any(undress(cell) is not None for cell in row) for row in others)
    if numbers == len(others) - len(again):
        work.drop(again, "says the names again." if len(again) == 1 else "say the names again.")


def _even_out(work: _Work, delimiter: str) -> None:
    """Make all rows as wide as the most: R's names that are one short, commas at the ends of lines."""
    width = _usual_width(work.rows)
    first, others = work.rows[0], work.rows[1:]
    if others and len(first) == width - 1:
        if all(not row[-1] for row in others if len(row) == width):
            first = (*first, "")
        else:  # the rows begin with a name or a number of their own, which R gives no name
            first = ("", *first)
            work.remarks.append("The first line has one cell less than the others: the first column has no name.")
    work.rows[0] = first = first[:width] if not any(first[width:]) else first
    work.rows = [first, *(row[:width] if len(row) > width and not any(row[width:]) else row for row in others)]
    odd = next((k for k, row in enumerate(work.rows) if len(row) != width), None)
    if odd is not None:
        raise ValueError(_ragged(work, odd, width, delimiter))
    keep = [k for k in range(width) if any(row[k] for row in work.rows)]
    if 0 < len(keep) < width:
        empty = sorted({*range(width)} - {*keep})
        work.rows = [tuple(row[k] for k in keep) for row in work.rows]
        work.names = tuple(work.names[k] for k in keep) if work.names else ()
        what = "Column" if len(empty) == 1 else "Columns"
        work.remarks.append(
            f"{what} {', '.join(str(k + 1) for k in empty[:5])}{' …' * (len(empty) > 5)} without a name and without a "
            f"value {'was' if len(empty) == 1 else 'were'} left out."
        )


def _ragged(work: _Work, odd: int, width: int, delimiter: str) -> str:
    n, lines = len(work.rows[odd]), "the first line has" if odd else "most lines have"
    if not odd and delimiter == "," and not any(undress(cell) for cell in work.rows[0]) and n < width <= 2 * n:
        hint = "If its numbers have a comma before their decimals, the cells must be parted by semicolons."
    elif n > width:
        hint = "A cell that holds the sign between cells must stand in quotation marks."
    elif n == 1 or not odd:
        hint = "What stands above or below a table must be taken out."
    else:
        hint = "Each line must have all cells, empty ones too."
    return f"Line {work.lines[odd]} has {n} cell{'s' * (n != 1)} where {lines} {width}. {hint}"


def _take_away_totals(work: _Work) -> None:
    """Lines that add up others: a last one that says so, in words or by its sums, and totals among the rows."""
    if len(work.rows) <= 3:
        return
    first = [next((cell for cell in row if cell), "").casefold().strip(" :*") for row in work.rows]
    gone = [k for k, word in enumerate(first) if k and TOTAL.fullmatch(word)]
    says_so = first[-1] in TOTALS and not any(first[-1] in (c.casefold() for c in row) for row in work.rows[:-1])
    if says_so or _adds_up(work.rows):
        gone = sorted({*gone, len(work.rows) - 1})
    if gone and 3 * len(gone) <= len(work.rows):
        adds = "adds up the others" if len(gone) == 1 else "add up others"
        work.drop(gone, f"{adds} (“{first[gone[0]][:40]}”) and {'was' if len(gone) == 1 else 'were'} left out.")


def _adds_up(rows: list[tuple[str, ...]]) -> bool:
    """Whether numbers of the last row are sums of those above; one may be none, such as the mean of a rate."""
    n_sums = n_others = 0
    for k, cell in enumerate(rows[-1]):
        if n_others > 1 or n_sums > 2 or undress(cell) is None:
            continue
        if any(_is_sum([row[k] for row in rows], decimal) for decimal in DECIMALS):
            n_sums += 1
        else:
            n_others += 1
    return n_sums > n_others and n_others < 2


def _is_sum(cells: list[str], decimal: str) -> bool:
    """Whether the last cell is the sum of the others, and larger than each of them."""
    unit = find_unit(cells)
    *parts, total = (number(cell, decimal, unit) for cell in cells)
    known = [x for x in parts if not math.isnan(x)]
    return len(known) > 1 and abs(total) > max(map(abs, known)) and math.isclose(total, math.fsum(known), rel_tol=1e-9)


# ---- ARFF ------------------------------------------------------------------------------------------------------------
def _arff(text: str) -> Layout:
    """Weka's format: declarations of the columns, then rows parted by commas."""
    head, mark, body = (
        re.split(r"(?im)^(\s*@data)\b.*$", text, maxsplit=1) if "@data" in text.lower() else (text, "", "")
    )
    names = re.findall(r"(?im)^\s*@attribute\s+('(?:[^'\\]|\\.)*'|\"[^\"]*\"|\S+)", head)
    if not mark or not names:
        raise ValueError("This ARFF file has no @attribute lines, or no @data below them.")
    rows_text = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("%"))
    if rows_text.lstrip().startswith("{"):
        raise ValueError("This is a sparse ARFF file; only those with all values in each row can be read.")
    if "'" in rows_text and '"' not in rows_text:
        rows_text = re.sub(r"(^|,)(\s*)'((?:[^'\\\n]|\\.)*)'(?=\s*(?:,|$))", r'\1\2"\3"', rows_text, flags=re.MULTILINE)
    work = _read(rows_text, ",", head.count("\n") + 1)
    if not work.rows:
        raise ValueError("The file has a row of names and nothing below it.")
    odd = next((k for k, row in enumerate(work.rows) if len(row) != len(names)), None)
    if odd is not None:
        raise ValueError(
            f"A row of this ARFF file has {len(work.rows[odd])} cells where {len(names)} attributes are declared."
        )
    bare = tuple(name.strip("'\"") for name in names)
    return Layout(work.rows, work.lines, ",", bare, ("This is an ARFF file: its declarations give the names.",))
