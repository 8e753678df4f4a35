"""From a file's bytes to text: which alphabet it was written in is marked, or judged by how natural the words look.

UTF-8 tells itself: hardly any other text happens to be valid UTF-8. The older encodings do not; nearly all bytes mean
something in each of them. So each is tried, and its letters are weighed: a letter that is common in the languages
which write so counts fully, one that stands where nobody would write it (a "³" inside a word, capitals in mid-word, a
Chinese sign grown together with Latin letters) not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252, western",
    "cp1250": "Windows-1250, central European",
    "cp1251": "Windows-1251, Cyrillic",
    "koi8-r": "KOI8-R, Cyrillic",
    "cp1253": "Windows-1253, Greek",
    "cp1254": "Windows-1254, Turkish",
    "shift-jis": "Shift-JIS, Japanese",
    "gbk": "GBK, Chinese",
    "big5": "Big5, Chinese",
    "euc-kr": "EUC-KR, Korean",
    "mac-roman": "Mac Roman, western",
    "latin-1": "Latin-1, western",
}
"""What a user may choose, and what it is called on the page"""
CODECS = {"shift-jis": "cp932", "gbk": "gb18030", "euc-kr": "cp949"}  # the same with the signs that Windows added
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "utf-32"),
    (b"\xff\xfe", "utf-16", "utf-16"),
    (b"\xfe\xff", "utf-16", "utf-16"),
)
NO_TEXT = {
    b"PK\x03\x04": "a zip or Excel file: save the sheet as CSV first",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV first",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"PAR1": "a Parquet file: save the table as CSV first",
    b"\x93NUMPY": "a NumPy file: save the array as CSV first",
    b"SQLite format 3": "an SQLite database: save the table as CSV first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x89HDF": "an HDF5 file: save the table as CSV first",
    **{bytes((0x80, k)): "a pickle, which is never opened here because it may run code" for k in range(2, 6)},
}
MOST_JUDGED = 200_000  # bytes


def decode(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Bytes to text: (text, the encoding's name), with the encoding given or the one that fits.

    Raises ValueError, in one sentence, for bytes that are no text, or not in that encoding.
    """
    for start, what in NO_TEXT.items():
        if raw.startswith(start):
            raise ValueError(f"This is not a CSV file but {what}.")
    if encoding is not None:
        return _as_told(raw, encoding), encoding
    for mark, codec, name in MARKS:
        if raw.startswith(mark):
            return _marked(raw, codec, name), name
    if b"\x00" in raw:
        return _without_a_mark(raw), "utf-16"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    best = max(_JUDGES, key=lambda name: _plausible(raw[:MOST_JUDGED], name))
    for name in (best, "cp1252"):
        try:
            return raw.decode(CODECS.get(name, name)), name
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"


def _as_told(raw: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise ValueError(f"The encoding must be one of {', '.join(ENCODINGS)}.")
    codec = CODECS.get(encoding, encoding)
    if encoding == "utf-8":
        codec = "utf-8-sig"
    elif encoding == "utf-16" and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = _byte_order(raw)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"The file is not in {ENCODINGS[encoding]}: byte {error.start + 1} does not fit. Choose another encoding."
        ) from None
    if "\x00" in text:
        raise ValueError(f"The file is not in {ENCODINGS[encoding]}: it holds zero characters.")
    return text


def _marked(raw: bytes, codec: str, name: str) -> str:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(f"The file says that it is {name}, but byte {error.start + 1} is not.") from None
    if "\x00" in text:
        raise ValueError("This is not a text file: it holds zero characters.")
    return text


def _byte_order(raw: bytes) -> str:
    """Delimiters, digits and line ends have a zero byte in UTF-16, and it stands always on the same side."""
    return "utf-16-le" if raw[1::2].count(0) >= raw[0::2].count(0) else "utf-16-be"


def _without_a_mark(raw: bytes) -> str:
    often = max(raw[0::2].count(0), raw[1::2].count(0)) > 0.15 * len(raw)
    try:
        text = raw.decode(_byte_order(raw)) if often else "\x00"
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise ValueError("This is not a text file: it holds zero bytes.")
    return text


# ---- how natural the words look --------------------------------------------------------------------------------------
def _plausible(raw: bytes, encoding: str) -> float:
    """How natural the letters beyond ASCII look, from 0 to 1; -1 for bytes that the encoding does not have."""
    codec = CODECS.get(encoding, encoding)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 4 or len(raw) < MOST_JUDGED:  # a sign that the limit has cut in two is no fault
            return -1.0
        text = raw[: error.start].decode(codec)
    weigh = _JUDGES[encoding]
    weights = [w for word in re.findall(r"\w+|[^\x00-\x7f\w]", text) if not word.isascii() for w in weigh(word)]
    return sum(weights) / len(weights) if weights else 0.0


def _alphabet(common: str, others: str) -> Callable[[str], list[float]]:
    """Letters of an alphabet of its own: common ones count most, and a word has capitals at its start or throughout."""
    usual, rare = set(common + common.upper()), set(others + others.upper())

    def weigh(word: str) -> list[float]:
        letters = [c for c in word if not c.isascii()]
        if any(c.isascii() and c.isalpha() for c in word) or not (word[1:].islower() or word.isupper() or not word[1:]):
            return [0.0] * len(letters)
        return [1.0 if c in usual else 0.6 if c in rare else 0.0 for c in letters]

    return weigh


def _accents(letters: str, share: float) -> Callable[[str], list[float]]:
    """Letters with accents among Latin ones: few in a word, and no signs such as ³ inside it."""
    known = set(letters + letters.upper())

    def weigh(word: str) -> list[float]:
        found = [c for c in word if not c.isascii()]
        crowded = len(found) > 2 and 2 * len(found) > len(word)
        symbol = 0.5 if len(word) == 1 else 0.0  # a degree or a euro sign stands alone
        return [0.2 if crowded else share if c in known else symbol for c in found]

    return weigh


def _double(codec: str, common: tuple[tuple[int, int], ...], share: float) -> Callable[[str], list[float]]:
    """Signs of two bytes: the commonest ones have their first byte in a range of their own."""

    def weigh(word: str) -> list[float]:
        grown_together = any(c.isascii() and c.isalpha() for c in word)
        result = []
        for c in word:
            if c.isascii():
                continue
            pair = c.encode(codec, "replace")
            usual = len(pair) == 2 and any(low <= pair[0] <= high for low, high in common)
            result.append((share if usual else 0.3 if len(pair) == 2 else 0.0) * (0.3 if grown_together else 1.0))
        return result

    return weigh


_JUDGES: dict[str, Callable[[str], list[float]]] = {
    "cp1252": _accents("äöüßéèêëàâáãåæçñóòôõøœíìîïúùûýÿ°€£", 1.0),
    "cp1250": _accents("ąćęłńóśźżčďěňřšťůžáéíýúöüäőűđăâîşţľĺ", 0.9),
    "cp1251": _alphabet("оеаинтсрвлкмдпу", "ыьгзбчйхжшюцщэфъяёіїєґ"),
    "koi8-r": _alphabet("оеаинтсрвлкмдпу", "ыьгзбчйхжшюцщэфъяё"),
    "cp1253": _alphabet("αοιετσνηυρπκμλςό", "βγδζθξφχψωάέήίύώϊϋ"),
    "shift-jis": _double("cp932", ((0x82, 0x83), (0x88, 0x97)), 0.95),  # kana, and the kanji of level one
    "gbk": _double("gbk", ((0xB0, 0xD7),), 0.9),
    "big5": _double("big5", ((0xA4, 0xC6),), 0.85),
    "euc-kr": _double("cp949", ((0xB0, 0xC8),), 0.95),
}
"""How the letters of a word are weighed, by encoding; of two alike the first one is taken"""
