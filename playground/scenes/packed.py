"""A lesson, a task or a talk as a short text, for a link, and back, believing nothing."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from playground.scenes.document import MOST_LETTERS
from playground.scenes.lesson import Lesson, read_lesson
from playground.tables.pack import squeezed, unsqueezed

MOST_TEXT = 6_000
"""Letters of a link that such a text may take; browsers and chats cut much longer links"""


def to_text(markdown: str) -> str:
    """Letters that a link can hold. Raises ValueError, in a sentence, where there would be too many."""
    text = squeezed(markdown.encode("utf-8", "replace"))
    if len(text) > MOST_TEXT:
        raise ValueError(
            f"This is too long for a link: {len(text):,} letters, and {MOST_TEXT:,} are fit. Save it as a file."
        )
    return text


def markdown_of(text: str, what: str = "task") -> str:
    """The file in a link. Raises ValueError, in a sentence about `what`; unpacks a bounded number of bytes."""
    if len(text) > MOST_TEXT:
        raise ValueError(f"The link's {what} must be at most {MOST_TEXT} letters; it is {len(text)}.")
    try:
        raw = unsqueezed(text, 4 * MOST_LETTERS)
        if raw is None:
            raise ValueError
        return raw.decode("utf-8")
    except ValueError:
        raise ValueError(f"The link's {what} cannot be read: some of its letters are missing or wrong.") from None


@lru_cache(maxsize=100)
def from_text(text: str) -> Lesson:
    """The lesson or task in a link. Raises ValueError, in a sentence, for a text that is none or has a fault."""
    markdown = markdown_of(text)
    lesson, problems = read_lesson(markdown, name_of(markdown))
    if problems or lesson is None:
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        raise ValueError(f"The link's task has a fault. {problems[0]}{more}")
    return lesson


def name_of(markdown: str) -> str:
    """A short name that two files share only if they are the same."""
    return f"task-{hashlib.sha256(markdown.encode('utf-8', 'replace')).hexdigest()[:8]}"
