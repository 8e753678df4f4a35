"""A table as plain values, for a file, and as a short text, for a link; and both back, believing nothing."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

import numpy as np

from playground.tables.table import MAX_INPUTS, MAX_ROWS, MIN_INPUTS, SCALINGS, Table

MAX_TEXT = 6_000  # letters of a link that data may take; browsers and chats cut much longer links
MAX_UNPACKED = 4 * 2**20


def to_plain(table: Table) -> dict[str, Any]:
    """Lists and names only, ready for JSON; floats keep every digit."""
    return {
        "title": table.title,
        "inputs": list(table.inputs),
        "target": table.target,
        "classes": list(table.classes),
        "scaling": table.scaling,
        "plane": None if table.plane is None else list(table.plane),
        "x": [_short(column) for column in table.x.T],
        "y": _short(table.y),
        **({} if table.held_out is None else {"test": np.flatnonzero(table.held_out).tolist()}),
    }


def from_plain(plain: Any) -> Table:
    """The table that `to_plain` wrote. Raises ValueError, in one sentence, for anything else."""
    if not isinstance(plain, dict):
        raise ValueError("The data must be an object with inputs and a target.")
    inputs, classes = _names(plain, "inputs"), _names(plain, "classes")
    if not 0 < len(inputs) <= MAX_INPUTS:
        raise ValueError(f"There must be {MIN_INPUTS} to {MAX_INPUTS} inputs; there are {len(inputs)}.")
    columns = plain.get("x")
    if not isinstance(columns, list) or len(columns) != len(inputs):
        raise ValueError("The data must hold one list of numbers for each input.")
    y = _numbers(plain.get("y"), "the target")
    x = [_numbers(column, "an input") for column in columns]
    if any(len(column) != len(y) for column in x):
        raise ValueError("The data must hold as many numbers in each input as in the target.")
    if classes and (y != np.floor(y)).any():
        raise ValueError("The target must hold whole class numbers.")
    scaling, plane = plain.get("scaling", "standard"), plain.get("plane")
    if not isinstance(scaling, str) or scaling not in SCALINGS:
        raise ValueError(f"The scaling must be one of {', '.join(SCALINGS)}.")
    if plane is not None and not (isinstance(plane, list) and [type(k) for k in plane] == [int, int]):
        raise ValueError("The plane must be two numbers of inputs, or null.")
    title, target = (_text(plain.get(name, "")) for name in ("title", "target"))
    shown = None if plane is None else (plane[0], plane[1])
    return Table(title, inputs, target, classes, np.column_stack(x), y, scaling, shown, _split(plain, len(y)))


def to_text(table: Table) -> str | None:
    """Letters that a link can hold, or None where there would be too many."""
    if table.x.size > MAX_TEXT:
        return None
    raw = json.dumps(to_plain(table), separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    text = squeezed(raw)
    return text if len(text) <= MAX_TEXT else None


def from_text(text: str) -> Table:
    """The table in a link. Raises ValueError, in one sentence; unpacks a bounded number of bytes."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"The link's data must be at most {MAX_TEXT} letters; they are {len(text)}.")
    try:
        raw = unsqueezed(text, MAX_UNPACKED)
    except ValueError:
        raise ValueError("The link's data cannot be read: some of its letters are missing or wrong.") from None
    if raw is None:
        raise ValueError("The link's data cannot be read: they are cut off, or unpack to too much.")
    return from_plain(read_json(raw))


def squeezed(raw: bytes) -> str:
    """Bytes as few letters that a link can hold."""
    return base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode().rstrip("=")


def unsqueezed(text: str, most_bytes: int) -> bytes | None:
    """The bytes again; None where some are missing, or are more than that. ValueError for letters that are none."""
    unpacker = zlib.decompressobj()
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        raw = unpacker.decompress(packed, most_bytes)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from None
    return raw if unpacker.eof else None


def read_json(raw: bytes | str) -> Any:
    """JSON with nothing but JSON in it. Raises ValueError, in one sentence."""

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is not a number that JSON has.")

    try:
        return json.loads(raw, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"This is not JSON: line {error.lineno}, letter {error.colno}.") from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise ValueError("This is not JSON that can be read: bad letters, bad numbers, or nested too deep.") from None


def _short(values: np.ndarray) -> list[int | float]:
    """Whole numbers without a point; minus zero keeps it, so that every bit comes back."""
    return [int(v) if v == int(v) and str(v) != "-0.0" else float(v) for v in values.tolist()]


def _numbers(values: Any, where: str) -> np.ndarray:
    if not isinstance(values, list) or len(values) > MAX_ROWS:
        raise ValueError(f"There must be a list of at most {MAX_ROWS:,} numbers for {where}.")
    if any(isinstance(v, bool) or not isinstance(v, int | float) or abs(v) > 1e300 for v in values):
        raise ValueError(f"There must be only finite numbers for {where}.")
    return np.array(values, dtype=np.float64)


def _split(plain: dict[str, Any], n_rows: int) -> np.ndarray | None:
    """Which rows are for testing; None where that is not said."""
    rows = plain.get("test")
    if rows is None:
        return None
    if not isinstance(rows, list) or any(type(k) is not int or not 0 <= k < n_rows for k in rows):
        raise ValueError("The rows for testing must be a list of their numbers, counted from 0.")
    return np.isin(np.arange(n_rows), rows)


def _names(plain: dict[str, Any], key: str) -> tuple[str, ...]:
    names = plain.get(key, [])
    if not isinstance(names, list) or len(names) > MAX_INPUTS:
        raise ValueError(f"The {key} must be a list of at most {MAX_INPUTS} names.")
    return tuple(_text(name) for name in names)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("A name in the data must be text.")
    return value
