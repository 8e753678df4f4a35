"""The talks that are ready to be given: Markdown files in talks/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playground.scenes.talk import Talk, read_talk

_FOLDER = Path(__file__).with_name("talks")


@cache
def ready_talks() -> dict[str, str]:
    """All of them by their names, in the order in which they are offered: the files as they are written."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.md"))}


@cache
def ready_talk(name: str) -> Talk:
    """One of them. KeyError for any other name."""
    return read_talk(ready_talks()[name])[0]
