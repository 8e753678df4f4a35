"""Tables that were set for people to read, turned into ones whose cells a sign parts, line by line.

A terminal draws boxes around cells, or sets them below each other with spaces; and some programs quote whole lines.
"""

from __future__ import annotations

import csv
import io
import itertools
import re

from playground.tables.table import MAX_ROWS

BOXES = dict.fromkeys(map(ord, "│┃┆┇┊┋║╎╏"), "|") | dict.fromkeys(map(ord, "─━┄┅┈┉═╌╍"), "-")
BOXES |= dict.fromkeys([k for k in range(0x2500, 0x2580) if k not in BOXES], "+")
WHOLE = re.compile(r'"((?:[^"\n]|"")*)"\s*')
MOST = 200  # columns
SIZE = re.compile(r"[\[(]?\d[\d,]* rows?(?: in set.{0,20}| x \d+ columns| +\d+ columns)?[\])]?\s*")
"""What programs print below a table"""


def without_boxes(text: str) -> str:
    """A table drawn with │ and ─ as one drawn with | and -."""
    return text.translate(BOXES) if "│" in text[:10_000] or "┃" in text[:10_000] else text


def without_quotes(text: str) -> str | None:
    """Lines without the quotation marks that stand around each as a whole; None where fewer than half are so."""
    if not text.lstrip().startswith('"') and '\n"' not in text[:10_000]:
        return None
    lines = list(io.StringIO(text, newline=None))
    bare = [_bare(line) for line in lines]
    n_quoted = sum(a != b for a, b in zip(lines, bare, strict=True))
    return "".join(bare) if 2 * n_quoted > len(lines) else None


def _bare(line: str) -> str:
    found = WHOLE.fullmatch(line)
    return found[1].replace('""', '"') + "\n" if found and any(sign in found[1] for sign in ",;|\t") else line


def _named(columns: list[tuple[int, int]], rows: list[str]) -> list[tuple[int, int]]:
    """Columns of which none holds a name and nothing below it while the one beside it has no name: the two are one."""
    joined: list[tuple[int, int]] = []
    for a, b in columns:
        if joined:
            start, end = joined[-1]
            name, below = _parts(rows, start, end)
            name_too, below_too = _parts(rows, a, b)
            if (name and not below and not name_too) or (name_too and not below_too and not name):
                joined[-1] = (start, b)
                continue
        joined.append((a, b))
    return joined


def _parts(rows: list[str], start: int, end: int) -> tuple[bool, bool]:
    """Whether a column holds anything in the first line, and below it."""
    return bool(rows[0][start:end].strip()), any(row[start:end].strip() for row in rows[1:])


def with_tabs(text: str, comments: tuple[str, ...]) -> str | None:
    """Columns set with spaces as ones parted by tabs: they are where no line has a letter between them.

    None where there is no such place, or only one line. Comments are left as they are.
    """
    first = itertools.islice(io.StringIO(text, newline=None), 2 * MAX_ROWS)
    lines = ["" if SIZE.fullmatch(line) else line.rstrip().expandtabs() for line in first]
    rows = [line for line in lines if line and not line.lstrip().startswith(comments)]
    filled = bytearray(max(map(len, rows), default=0))
    for line in rows:
        for word in re.finditer(r"\S+", line):
            filled[word.start() : word.end()] = b"\x01" * len(word[0])
    columns = [match.span() for match in re.finditer(rb"\x01+", filled)]
    if len(rows) < 2 or not 2 <= len(columns) <= MOST:
        return None
    columns = _named(columns, rows)
    if any(2 * sum(line[a:b].strip() != "" for line in rows) < len(rows) for a, b in columns):
        return None  # lines of several lengths, as in a text
    told = io.StringIO()
    write = csv.writer(told, delimiter="\t", lineterminator="\n").writerow
    for line in lines:
        is_row = line and not line.lstrip().startswith(comments)
        write([line[a:b].strip() for a, b in columns] if is_row else [line])
    return told.getvalue()
