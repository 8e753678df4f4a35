"""Rooms in which an audience follows a talk: what the speaker's screen shows goes to every phone, which draws it.

A room keeps the last moment that its speaker told, the viewers who listen, and who chose which answer in the scene on
screen; nothing of a viewer is kept once it has left. All of it is bounded, and lives on one event loop without locks.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import Event

MOST_ROOMS = 50
MOST_VIEWERS = 500
"""In all rooms together"""
LONGEST_SECONDS = 6 * 3600.0
LONELY_SECONDS = 600.0
"""A room whose speaker has been away for so long makes way for another"""
MOST_OPTIONS = 4
MOST_PANELS = 9
MOST_LETTERS = 1000
ACTIONS = ("next", "back", "toggle", "black", "first", "last", "leave", "votes")


class Ear:
    """One who listens: of what was said while it was busy, it hears the last alone."""

    def __init__(self) -> None:
        self._said: str | None = None
        self._news = Event()
        self.over = False

    def tell(self, text: str) -> None:
        """Say something to it."""
        self._said = text
        self._news.set()

    def close(self) -> None:
        """There is no more to come."""
        self.over = True
        self._news.set()

    async def hear(self) -> str | None:
        """Wait for the next; None once there is no more."""
        await self._news.wait()
        self._news = Event()
        said, self._said = self._said, None
        return None if self.over else said


@dataclass(eq=False)
class Room:
    """A talk, its speaker and those who follow."""

    name: str
    secret: str
    talk: str
    born: float
    seen: float
    """When its speaker was last here, in seconds"""
    latest: dict[str, Any] = field(default_factory=dict)
    viewers: dict[Ear, int | None] = field(default_factory=dict)
    """Those who follow, and which answer each has chosen"""
    screens: set[Ear] = field(default_factory=set)
    """The speaker's large screen; two where it was opened twice"""
    remotes: set[Ear] = field(default_factory=set)
    """The speaker's phone"""

    @property
    def counts(self) -> list[int]:
        """How many have chosen each answer."""
        chosen = list(self.viewers.values())
        return [chosen.count(k) for k in range(MOST_OPTIONS)]

    def show(self, moment: dict[str, Any]) -> None:
        """The speaker's screen shows another moment."""
        if moment["scene"] != self.latest.get("scene"):
            self.viewers = dict.fromkeys(self.viewers)
        self.latest = moment
        text = json.dumps(moment, separators=(",", ":"))
        for viewer in self.viewers:
            viewer.tell(text)
        self.count()

    def vote(self, viewer: Ear, option: int) -> None:
        """A viewer chooses an answer, or another one."""
        if viewer in self.viewers and self.viewers[viewer] != option:
            self.viewers[viewer] = option
            self.count()

    def count(self) -> None:
        """Tell the speaker how many follow, and what they have chosen."""
        told = {"viewers": len(self.viewers), "counted": self.counts}
        for screen in self.screens:
            screen.tell(json.dumps(told))
        for remote in self.remotes:
            remote.tell(json.dumps({"told": {**self.latest, **told}} if self.latest else told))

    def press(self, action: str) -> None:
        """The speaker's phone presses a key of the large screen."""
        for screen in self.screens:
            screen.tell(json.dumps({"action": action}))

    def close(self) -> None:
        """Nobody listens any longer."""
        for ear in (*self.viewers, *self.screens, *self.remotes):
            ear.close()


class Rooms:
    """All rooms of this server. `clock` tells the time in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, Room] = {}

    def make(self, talk: str) -> Room:
        """A new room for a talk. ValueError, in a sentence, where there are too many."""
        self._sweep()
        if len(self._rooms) >= MOST_ROOMS:
            raise ValueError(f"This server has {MOST_ROOMS} rooms, and all of them are in use: try again later.")
        now = self._clock()
        room = Room(secrets.token_urlsafe(6), secrets.token_urlsafe(18), talk, now, now)
        self._rooms[room.name] = room
        return room

    def get(self, name: str) -> Room | None:
        """The room of a name; None for one that there is not, or no longer."""
        self._sweep()
        return self._rooms.get(name)

    @contextmanager
    def follow(self, room: Room) -> Iterator[Ear]:
        """Be a viewer, for the length of the block. ValueError, in a sentence, where there are too many."""
        if sum(len(each.viewers) for each in self._rooms.values()) >= MOST_VIEWERS:
            raise ValueError(f"{MOST_VIEWERS} already follow on this server: look at the large screen.")
        ear = Ear()
        room.viewers[ear] = None
        if room.latest:
            ear.tell(json.dumps(room.latest, separators=(",", ":")))
        room.count()
        try:
            yield ear
        finally:
            room.viewers.pop(ear, None)
            room.count()

    @contextmanager
    def speak(self, room: Room, *, remote: bool) -> Iterator[Ear]:
        """Be the speaker's screen or her phone, for the length of the block."""
        ears, ear = room.remotes if remote else room.screens, Ear()
        ears.add(ear)
        room.seen = math.inf
        room.count()
        try:
            yield ear
        finally:
            ears.discard(ear)
            if not room.screens:
                room.seen = self._clock()

    def close(self) -> None:
        """Close all rooms."""
        for room in self._rooms.values():
            room.close()
        self._rooms.clear()

    def _sweep(self) -> None:
        now = self._clock()
        for name, room in list(self._rooms.items()):
            if now - room.born > LONGEST_SECONDS or now - room.seen > LONELY_SECONDS:
                room.close()
                del self._rooms[name]


# ---- what comes in ---------------------------------------------------------------------------------------------
def read_moment(text: str) -> dict[str, Any]:
    """What the speaker's screen says that it shows. ValueError, in a sentence, for anything else."""
    told = _object(text)
    numbers = {"scene": 10_000, "stop": 1000, "big": MOST_PANELS, "started": 1e14}
    moment: dict[str, Any] = {}
    for key, most in numbers.items():
        moment[key] = _whole(told.get(key, 0), key, most)
    for key, most in {"epoch": 1e6, "film": 1000.0}.items():
        number = told.get(key, 0)
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= most:
            raise ValueError(f"“{key}” must be a number from 0 to {most:,.0f}; got {str(number)[:20]}.")
        moment[key] = number
    for key in ("playing", "black"):
        moment[key] = bool(told.get(key))
    moment["pointer"] = _pointer(told.get("pointer"))
    moment["votes"] = _list(told.get("votes"), MOST_OPTIONS, lambda n: isinstance(n, int) and 0 <= n <= MOST_VIEWERS)
    return moment


def read_vote(text: str) -> int:
    """The answer that a viewer chooses, from 0. ValueError, in a sentence, for anything else."""
    return int(_whole(_object(text).get("vote"), "vote", MOST_OPTIONS - 1))


def read_action(text: str) -> str:
    """What the speaker's phone presses. ValueError, in a sentence, for anything else."""
    action = _object(text).get("action")
    if action not in ACTIONS and not (isinstance(action, str) and len(action) == 5 and action[:4] == "big "):
        raise ValueError(f"An action must be one of {', '.join(ACTIONS)}; got {str(action)[:20]}.")
    return str(action)


def _object(text: str) -> dict[str, Any]:
    if len(text) > MOST_LETTERS:
        raise ValueError(f"A message must have at most {MOST_LETTERS} letters; got {len(text):,}.")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ValueError("A message must be an object in JSON.")
    return told


def _whole(value: Any, key: str, most: float) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"“{key}” must be a whole number from 0 to {most:g}; got {str(value)[:20]}.")
    return value


def _pointer(value: Any) -> list[Any] | None:
    """Where the speaker points: the number of a panel, and the shares of its width and height; None for nowhere."""
    place = _list(value, 3, lambda x: isinstance(x, int | float) and 0 <= x <= MOST_PANELS)
    if place is None or len(place) != 3 or not isinstance(place[0], int) or max(place[1:]) > 1:
        return None
    return place


def _list(value: Any, most: int, fits: Callable[[Any], bool]) -> list[Any] | None:
    """A short list of numbers; None where there is none, or another."""
    if not isinstance(value, list) or len(value) > most:
        return None
    return value if all(not isinstance(x, bool) and fits(x) for x in value) else None
