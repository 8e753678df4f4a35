"""A cell as a number, in whatever dress: 1.234,5 and 1,234.5, −3, (3), 5 %, $5, 93 cm, 1 234, 1'234.

What a lone sign means cannot be told from one cell: 1.050 is a bit more than one, or a thousand and fifty. So the whole
file is asked. A cell such as 3,05 or 1.234,5 or 1.000.000 proves which sign parts off the decimals; where no cell does,
groups of three beside short whole numbers speak for thousands; and what was taken is said in words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DECIMALS = {".": "decimal point, thousands comma", ",": "decimal comma, thousands point"}
"""What a user may choose, by the sign before the decimals"""
OTHER = {".": ",", ",": "."}

# Dashes that stand for a minus, spaces that nobody can tell from a space, digits as wide as Chinese signs.
_SAME = {0x2212: "-", 0x2012: "-", 0x2013: "-", 0xFE63: "-", 0xFF0D: "-", 0xFF0B: "+", 0xFF0E: ".", 0xFF0C: ","}
_SAME |= dict.fromkeys((0xA0, 0x202F, 0x2009, 0x2007, 0x3000), " ") | dict.fromkeys((0x2019, 0x2018, 0xB4, 0x60), "'")
_SAME |= {0xFF10 + k: str(k) for k in range(10)}
_CURRENCY = r"(?:US|C|A|R|HK|NZ)?\$|[€£¥₹₽₩₺₪₿]|(?:EUR|USD|GBP|CHF|JPY|CNY|RMB|INR|SEK|NOK|DKK|PLN|BRL|Rs|kr|Fr)\.?"
_DIGITS = r"(?:[0-9][0-9.,' ]*|[.,][0-9][0-9.,' ]*)"
_UNIT = r"[^\W\d_][^\d\s()]*(?: ?[^\d\s()]+)?|[%‰°€£¥₹₽₩₺₪$][^\d()]*"
_DRESSED = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-]?)\s*(?P<before>{_CURRENCY})?\s*(?P<sign2>[+-]?)\s*"
    rf"(?P<digits>{_DIGITS})(?P<even>(?<=[.,])(?:--?|—))?(?P<power>[eE][+-]?\d{{1,3}}|[dD][+-]\d{{1,3}})?\s*(?P<after>{_UNIT}|-)?\s*(?P<close>\))?"
)
_GROUPS = re.compile(r"\d{1,3}(?:(?P<by>[.,' ])\d{2,3})(?:(?P=by)\d{2,3})*")
LONGEST = 40  # letters; no number is longer


@dataclass(frozen=True)
class Dressed:
    """A number as it stands in a cell: its sign, its digits with whatever parts them, and its unit."""

    negative: bool
    digits: str
    power: str
    unit: str


def undress(cell: str) -> Dressed | None:
    """Take sign, brackets and unit from the digits; None for a cell that is no number in any dress."""
    if not cell or len(cell) > LONGEST:
        return None
    text = cell.translate(_SAME)
    if len(text) > 2 and text[0] == text[-1] == "'":  # quoted once more
        text = text[1:-1]
    elif text[0] == "'":  # a spreadsheet's sign for "this is text"
        text = text[1:]
    found = _DRESSED.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["sign2"]):
        return None
    after = (found["after"] or "").strip()
    signs = (found["sign"] or found["sign2"] or "") + "(" * bool(found["open"]) + "-" * (after == "-")
    if len(signs) > 1:
        return None
    unit = (found["before"] or "") + ("" if after == "-" else after)
    digits = found["digits"][:-1] if found["even"] else found["digits"]  # 100.- is a price without a cent
    return Dressed(signs not in ("", "+"), digits.strip(), (found["power"] or "").lower().replace("d", "e"), unit)


def value_of(number: Dressed, decimal: str) -> float:
    """The number, with `decimal` before its decimals and the other sign, a space or an apostrophe between thousands.

    NaN where the signs do not fit: 1.5 is no number with a decimal comma, since 5 is no group of three.
    """
    whole, _, rest = number.digits.partition(decimal)
    if whole and not whole.isdigit():
        groups = _GROUPS.fullmatch(whole)
        if groups is None or len(whole.rpartition(groups["by"])[2]) != 3:
            return math.nan
        whole = "".join(c for c in whole if c.isdigit())
    if rest and not rest.isdigit():
        return math.nan
    if not (whole or rest):
        return math.nan
    value = float(f"{whole or 0}.{rest or 0}{number.power}")
    return -value if number.negative else value


def number(cell: str, decimal: str, unit: str = "") -> float:
    """A cell as a finite number of that unit, else NaN. A bare 0 needs no unit."""
    if not unit and _is_plain(cell) and (decimal == "." or "." not in cell):
        try:
            value = float(cell if decimal == "." else cell.replace(",", ".", 1))
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
    dressed = undress(cell)
    if dressed is None:
        return math.nan
    value = value_of(dressed, decimal)
    fits = dressed.unit == unit or (value == 0.0 and not dressed.unit)
    return value if fits and math.isfinite(value) else math.nan


def _is_plain(cell: str) -> bool:
    """Whether Python may read a cell as it stands, as it may nearly every one."""
    return bool(cell) and cell[0] in "+-.0123456789" and cell.isascii() and "_" not in cell


def find_unit(cells: Sequence[str]) -> str:
    """The unit that nine in ten of the cells carry; "" where they do not agree on one."""
    units = Counter(dressed.unit for cell in cells if (dressed := undress(cell)) is not None)
    if not units:
        return ""
    unit, count = units.most_common(1)[0]
    return unit if count >= 0.9 * units.total() else ""


# ---- which sign parts off the decimals -------------------------------------------------------------------------------
def proof(digits: str) -> str:
    """The sign that must be the decimal one in these digits; "?" where either may, "" where there is neither."""
    text = digits.replace(" ", "").replace("'", "")
    points, commas = text.count("."), text.count(",")
    if points and commas:
        last = max(".", ",", key=text.rfind)
        return last if text.count(last) == 1 else ""
    if not points + commas:
        return ""
    sign = "." if points else ","
    if points + commas > 1:
        return OTHER[sign] if _GROUPS.fullmatch(text) else ""
    before, after = text.split(sign)
    return "?" if len(after) == 3 and 0 < len(before) <= 3 and before[0] != "0" else sign


@dataclass(frozen=True)
class Evidence:
    """What the cells of a column say about its signs."""

    points: int = 0
    commas: int = 0
    open_points: int = 0
    """Cells such as 1.050, which may be either"""
    open_commas: int = 0
    short: bool = False
    """Whether whole numbers below a thousand stand among them"""
    long: bool = False
    """Whether a thousand or more is written without any sign"""
    is_numeric: bool = False

    @property
    def own(self) -> str:
        """The decimal sign that the column's own cells prove; "" for none."""
        if self.points == self.commas:
            return ""
        return "." if self.points > self.commas else ","

    @property
    def thousands(self) -> str:
        """The sign that looks like thousands': groups of three beside short whole numbers, and nothing without them."""
        if (
            self.points
            or self.commas
            or self.long
            or not self.short
            or bool(self.open_points) == bool(self.open_commas)
        ):
            return ""
        return "." if self.open_points else ","


def weigh(cells: Sequence[str]) -> Evidence:
    """Gather what a column's cells prove."""
    found: Counter[str] = Counter()
    n_numbers, n_present = 0, 0
    for cell in cells:
        if not cell:
            continue
        n_present += 1
        kind = _plain_proof(cell)
        if kind is None:
            dressed = undress(cell)
            if dressed is None:
                continue
            kind = _sign_in(dressed.digits) if dressed.power else _proof_or_length(dressed.digits)
        n_numbers += 1
        found[kind] += 1
    return Evidence(
        found["."],
        found[","],
        found["?."],
        found["?,"],
        found["short"] > 0,
        found["long"] > 0,
        n_present > 0 and n_numbers >= 0.8 * n_present,
    )


def _proof_or_length(digits: str) -> str:
    """What digits prove: a sign, "?." or "?," for one that may be either, "short" or "long" for digits alone."""
    kind = proof(digits)
    if kind == "?":
        return f"?{_sign_in(digits)}"
    return kind or (("short" if len(digits) <= 3 else "long") if digits.isdigit() else "")


def _plain_proof(cell: str) -> str | None:
    """The same for a cell of digits and at most one sign, which nearly every number is; None for any other."""
    bare = cell.lstrip("+-")
    if bare.isdigit():
        return "short" if len(bare) <= 3 else "long"
    sign = "," if "," in bare else "."
    before, _, after = bare.partition(sign)
    if not (before.isdigit() and after.isdigit() and bare.isascii()):
        return None
    return f"?{sign}" if len(after) == 3 and len(before) <= 3 and before[0] != "0" else sign


def _sign_in(digits: str) -> str:
    return "." if "." in digits else "," if "," in digits else ""


def find_decimals(columns: Sequence[Sequence[str]], delimiter: str) -> list[str]:
    """The decimal sign of each column: its own where its cells prove one, else the one of the whole file."""
    heard = [evidence if evidence.is_numeric else Evidence() for evidence in map(weigh, columns)]
    votes = Counter(evidence.own for evidence in heard if evidence.own)
    if not votes:
        votes = Counter(OTHER[evidence.thousands] for evidence in heard if evidence.thousands)
    if votes["."] != votes[","]:
        file = "." if votes["."] > votes[","] else ","
    else:  # nothing proves anything: a file with semicolons comes from where the decimal sign is a comma
        file = "," if delimiter == ";" and any(evidence.open_commas for evidence in heard) else "."
    return [evidence.own or file for evidence in heard]


def is_open(cell: str) -> bool:
    """Whether a cell would be another number with the other decimal sign: 1.050."""
    kind = _plain_proof(cell)
    if kind is not None:
        return kind[0] == "?"
    dressed = undress(cell) if "." in cell or "," in cell else None
    return dressed is not None and not dressed.power and proof(dressed.digits) == "?"
