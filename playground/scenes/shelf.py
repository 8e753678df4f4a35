"""The talks that this server can play: those that are ready, and the newest of those that somebody has brought."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import NamedTuple

from playground.scenes.document import Problem
from playground.scenes.ready import ready_talks
from playground.scenes.talk import Talk, read_talk

MOST_TALKS = 100
MOST_LETTERS = 5_000_000
"""Of all talks that were brought together"""


class OnShelf(NamedTuple):
    """A talk and its file."""

    talk: Talk
    source: str


class Shelf:
    """Talks by their names; of those that were brought, the least recently used go first."""

    def __init__(self) -> None:
        self._brought: OrderedDict[str, OnShelf] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, source: str) -> tuple[str, list[Problem]]:
        """Take a talk in: the name by which anybody who knows it can play it, or what is wrong with it."""
        for name, ready in ready_talks().items():
            if source == ready:
                return name, []
        talk, problems = read_talk(source)
        if problems:
            return "", problems
        name = hashlib.sha256(source.encode()).hexdigest()[:20]
        with self._lock:
            self._brought[name] = OnShelf(talk, source)
            self._brought.move_to_end(name)
            while len(self._brought) > MOST_TALKS or self._letters() > MOST_LETTERS:
                self._brought.popitem(last=False)
        return name, []

    def get(self, name: str) -> OnShelf | None:
        """The talk of a name; None for one that nobody has brought, or that was forgotten."""
        if (source := ready_talks().get(name)) is not None:
            return OnShelf(read_talk(source)[0], source)
        with self._lock:
            if name in self._brought:
                self._brought.move_to_end(name)
            return self._brought.get(name)

    def _letters(self) -> int:
        return sum(len(each.source) for each in self._brought.values())
