"""The words of the field, each explained in a sentence or two for whoever meets it first; glossary.md holds them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("glossary.md")


@cache
def glossary() -> dict[str, str]:
    """What each word means, by the word, in alphabetical order."""
    parts = re.split(r"^---$", _FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = (part.strip().partition("\n") for part in parts)
    return dict(sorted((word.removeprefix("# ").strip(), meaning.strip()) for word, _, meaning in entries))


def words_in(text: str) -> dict[str, str]:
    """Those words of the glossary that stand in a text."""
    return {
        word: meaning
        for word, meaning in glossary().items()
        if re.search(rf"\b{word}(?:s|es|en)?\b", text, re.IGNORECASE)
    }
