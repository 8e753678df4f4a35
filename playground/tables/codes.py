"""Digits that are no number: postcodes such as 00123, telephone numbers, ISBNs. Nothing is twice as much as a postcode.

A cell cannot tell whether 12345 counts something or names it. A leading zero can: nobody writes one before what is
measured. So can a plus sign before many digits, more digits than a number keeps, the check digit at the end of what is
scanned at a till, and the name of the column. What was found is said, and the user may say it better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"'?([0-9]+(?: [0-9]+)*)'?")
_PADDED = re.compile(r"'?0[0-9][0-9 ]*'?")
_DIALLED = re.compile(r"\+[0-9][0-9 ]{7,}")
MOST_DIGITS = 15  # a number in double precision keeps no more of them
SCANNED = (8, 12, 13, 14)
"""Digits of an EAN, UPC, ISBN or GTIN, the last of which checks the others"""
LEAST_SCANNED = 4  # one in ten numbers ends with the right digit by chance, four in a row hardly ever
NAMES = frozenset(
    ("zip", "zipcode", "plz", "postcode", "postal", "postleitzahl", "pincode", "phone", "telephone", "tel", "telefon",
     "telefonnummer", "fax", "isbn", "issn", "ean", "upc", "gtin", "barcode", "ssn", "iban", "imei", "fips", "sku",
     "code")
)  # fmt: skip
"""What columns of codes are called, in whole or in part"""
LEAST_NAMED = 3  # digits; 0 and 1 below "code" or "phone" mean no and yes
CLOCK = frozenset(
    ("year", "month", "day", "week", "hour", "minute", "second", "jahr", "monat", "tag", "woche", "stunde")
)
"""What is written with two digits by custom, and counts all the same: 08 below "month" """


def are_codes(name: str, cells: Iterable[str]) -> bool:
    """Whether the digits in a column name things; `cells` are those that hold something."""
    some = list(cells)
    if not some or (name.casefold() in CLOCK and all(len(cell) <= 2 for cell in some)):
        return False
    if any(map(_PADDED.fullmatch, some)) or all(map(_DIALLED.fullmatch, some)):
        return True
    found = [match[1].replace(" ", "") for cell in some if (match := _CODE.fullmatch(cell.removesuffix(".0")))]
    if len(found) < 0.9 * len(some):
        return False
    if is_called_id(name) and len(set(found)) < len(found):  # as of customers who have bought several times
        return True
    several = len(found) / 2
    if sum(len(digits) > MOST_DIGITS for digits in found) >= several:
        return True
    if len(found) >= LEAST_SCANNED and all(len(digits) in SCANNED and _checks(digits) for digits in found):
        return True
    is_named = not NAMES.isdisjoint(_parts(name))
    return is_named and sum(len(digits) >= LEAST_NAMED for digits in found) >= several


def is_called_id(name: str) -> bool:
    """Whether a column is called an id, as customer_id and customerId are, and grid is not."""
    return "id" in _parts(name)


def _parts(name: str) -> Sequence[str]:
    """zipCode, ZIP_CODE and zip code are "zip" and "code"."""
    return re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())


def _checks(digits: str) -> bool:
    """Whether the last digit makes the sum a multiple of ten, the digits counted 3 and 1 times in turn from the end."""
    return sum((3 if k % 2 else 1) * int(digit) for k, digit in enumerate(reversed(digits))) % 10 == 0
