"""The lessons that come along, in their order."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playground.scenes.lesson import Lesson, read_lesson

FOLDER = Path(__file__).with_name("lessons")


@cache
def library() -> dict[str, Lesson]:
    """The lessons by name, in the order of their files."""
    found = {}
    for path in sorted(FOLDER.glob("*.md")):
        lesson, problems = read_lesson(path.read_text(encoding="utf-8"), path.stem.partition("-")[2])
        if lesson is None or problems:  # a test reads all of them
            raise ValueError(f"{path.name}: {problems[0]}")
        found[lesson.name] = lesson
    return found


def text_of(name: str) -> str:
    """The file of a lesson that comes along; KeyError for any other."""
    for path in FOLDER.glob("*.md"):
        if path.stem.partition("-")[2] == name:
            return path.read_text(encoding="utf-8")
    raise KeyError(name)
