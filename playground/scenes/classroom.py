"""A class: pupils hand in solutions, and a board shows those that the engine has verified.

All of it is in this server's memory only, bounded, and gone after hours or when the class is closed. Of a pupil nothing
is kept but the name that was chosen, which is text, and what was handed in.
"""

from __future__ import annotations

import csv
import io
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from playground.scenes import hand_in, packed
from playground.scenes.lesson import Lesson
from playground.scenes.library import library
from playground.scenes.trial import Trials, Turn

MOST_ROOMS, MOST_ENTRIES, MOST_NAME = 50, 300, 30
HOURS = 6.0
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 5


@dataclass(frozen=True)
class Entry:
    """One verified solution on the board."""

    number: int
    name: str
    lesson: str
    """Its title"""
    stars: int
    settings: str
    """What was changed, in words"""
    code: str


@dataclass
class _Room:
    key: str
    ends: float  # seconds
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)


class Classes:
    """The classes of this server. `clock` tells the time in seconds."""

    def __init__(self, trials: Trials, turn: Turn, clock: Callable[[], float] = time.monotonic) -> None:
        self._trials, self._turn, self._clock = trials, turn, clock
        self._rooms: dict[str, _Room] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def begin(self) -> tuple[str, str]:
        """A new class: (its code for all, the teacher's key). ValueError, in a sentence, if there are too many."""
        with self._lock:
            self._forget()
            if len(self._rooms) >= MOST_ROOMS:
                raise ValueError(f"This server has {MOST_ROOMS} classes open, and takes no more: try again later.")
            code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
            while code in self._rooms:
                code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
            key = secrets.token_urlsafe(12)
            self._rooms[code] = _Room(key, self._clock() + HOURS * 3600)
            return code, key

    def close(self, code: str, key: str) -> None:
        """Forget a class and all that was handed in."""
        with self._lock:
            self._of_teacher(code, key)
            del self._rooms[code]

    def is_open(self, code: str) -> bool:
        """Whether there is such a class."""
        with self._lock:
            self._forget()
            return code.strip().upper() in self._rooms

    def entries(self, code: str, key: str) -> list[Entry]:
        """The board, best first, for whoever has the key. ValueError, in a sentence, for any other."""
        with self._lock:
            entries = list(self._of_teacher(code, key).entries.values())
        return sorted(entries, key=lambda entry: (entry.lesson, -entry.stars, entry.number))

    def remove(self, code: str, key: str, number: int) -> None:
        """Take an entry off the board."""
        with self._lock:
            room = self._of_teacher(code, key)
            room.entries = {place: entry for place, entry in room.entries.items() if entry.number != number}

    def hand_in(self, room: str, name: str, lesson: str, code: str, task: str = "") -> Entry:
        """Verify a solution and put it on the board; a better one takes the place of one of the same name.

        Raises ValueError, in a sentence, for whatever cannot be.
        """
        found = self._room(room)
        shown = clean(name)
        lesson_here = _lesson(lesson, task)
        result, experiment = hand_in.verify(code, lesson_here, self._trials, self._turn)
        challenge = lesson_here.challenge
        assert challenge is not None  # verified
        settings = hand_in.in_words(experiment, challenge.start)
        place = (shown.casefold(), lesson_here.name)
        with self._lock:
            before = found.entries.get(place)
            if before is not None and before.stars >= result.stars:
                return before
            if before is None and len(found.entries) >= MOST_ENTRIES:
                raise ValueError(f"This board is full: it holds {MOST_ENTRIES} solutions.")
            number = before.number if before else next(self._numbers)
            entry = Entry(number, shown, lesson_here.title, result.stars, settings, "".join(code.split()))
            found.entries[place] = entry
            return entry

    def _room(self, code: str) -> _Room:
        with self._lock:
            self._forget()
            room = self._rooms.get(code.strip().upper())
        if room is None:
            raise ValueError(
                f"There is no class “{code.strip()[:12]}” on this server: it was closed, or the code is wrong."
            )
        return room

    def _of_teacher(self, code: str, key: str) -> _Room:
        self._forget()
        room = self._rooms.get(code)
        if room is None or not secrets.compare_digest(room.key.encode(), key.encode("utf-8", "replace")):
            raise ValueError("This class is closed, or it is not yours.")
        return room

    def _forget(self) -> None:
        now = self._clock()
        self._rooms = {code: room for code, room in self._rooms.items() if room.ends > now}


def clean(name: str) -> str:
    """A name as text: one line, and nothing in it that cannot be seen. ValueError, in a sentence, for none."""
    seen = "".join(" " if unicodedata.category(c)[0] in "ZC" else c for c in unicodedata.normalize("NFC", name[:400]))
    shown = " ".join(seen.split())
    if not shown or len(shown) > MOST_NAME:
        raise ValueError(f"A name must have 1 to {MOST_NAME} letters; got {len(shown)}.")
    return shown


def as_csv(entries: list[Entry]) -> str:
    """The board as a table; a cell that a table program would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["name", "lesson", "stars", "settings", "code"])
    for entry in entries:
        cells = [entry.name, entry.lesson, str(entry.stars), entry.settings, entry.code]
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@" else cell for cell in cells])
    return out.getvalue()


def _lesson(name: str, task: str) -> Lesson:
    if task:
        return packed.from_text(task)
    if name not in library():
        raise ValueError(f"There is no lesson “{name[:40]}”.")
    return library()[name]
