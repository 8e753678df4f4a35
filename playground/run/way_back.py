"""What a tab was doing, as a text that its browser keeps: a session ends with a reload, or with the server.

The address bar holds the run on screen. Kept beside it are the runs that Undo leads to, the branches and the runs set
side by side: each as its link, and by its name where its data are too many for one. Tables that travel in links are
written once, for most runs of a tab have the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from playground.run import link
from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.tables import pack
from playground.tables.table import Table

MOST_UNDO, MOST_OTHERS, MOST_TABLES = 20, 8, 3
MOST_LETTERS = 60_000


@dataclass(frozen=True)
class Kept:
    """A run by its name and by its link."""

    run: str
    link: str
    whole: bool
    """Whether the link holds all of it, with the table: own data may be too many"""
    table: str = ""
    """The own data of the link, packed"""


@dataclass(frozen=True)
class WayBack:
    """What a session tells, and another is told."""

    now: Kept
    step: int
    undo: tuple[tuple[Kept, int], ...]
    """The runs that Undo leads to, each with its moment, the last one last"""
    branches: tuple[Kept, ...]
    compared: tuple[Kept, ...]


def kept(experiment: Experiment) -> Kept:
    """A run as it is kept."""
    query = link.run_to_query(experiment)
    table = query.pop("data", "")
    return Kept(experiment.name, f"?{urlencode(query, safe=',:;@')}", link.RUN not in query, table)


def of_run(query: Mapping[str, str]) -> dict[str, str]:
    """What of a link's query decides the run, but for own data."""
    keys = {*(s.key for s in SETTINGS.values()), "then", link.RUN}
    return {key: text for key, text in query.items() if key in keys}


def to_text(way: WayBack) -> str:
    """The text; of what Undo leads to as much as there is room for. "" where there is none for the rest."""
    undo = way.undo[-MOST_UNDO:]
    while True:
        others = (*way.branches, *way.compared)
        tables = list(dict.fromkeys(one.table for one in (way.now, *(one for one, _ in undo), *others) if one.table))

        def plain(one: Kept, tables: list[str] = tables) -> list[Any]:
            return [one.run, one.link, one.whole, tables.index(one.table) if one.table else None]

        told = {
            "now": plain(way.now),
            "step": way.step,
            "undo": [[*plain(one), step] for one, step in undo],
            "branches": [plain(one) for one in way.branches],
            "compared": [plain(one) for one in way.compared],
            "tables": tables,
        }
        text = json.dumps(told, separators=(",", ":"))
        fits = len(text) <= MOST_LETTERS and len(tables) <= MOST_TABLES
        if fits or not undo:
            return text if fits else ""
        undo = undo[1:]


def from_text(text: Any) -> WayBack:
    """What the text says; ValueError, in a sentence, for one that this did not write. Any browser may send any text."""
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        raise ValueError(f"What a tab keeps must be a text of at most {MOST_LETTERS:,} letters.")
    try:
        told = json.loads(text)
        tables = [_word(one) for one in _some(told["tables"], MOST_TABLES)]
        undo = [(_read(one[:4], tables), _step(one[4])) for one in _some(told["undo"], MOST_UNDO)]
        branches, compared = (
            tuple(_read(one, tables) for one in _some(told[key], MOST_OTHERS)) for key in ("branches", "compared")
        )
        return WayBack(_read(told["now"], tables), _step(told["step"]), tuple(undo), branches, compared)
    except (ValueError, TypeError, LookupError, RecursionError) as problem:
        raise ValueError(f"What a tab keeps cannot be read: {str(problem)[:80]}.") from None


def _some(told: Any, most: int) -> list[Any]:
    if not isinstance(told, list) or len(told) > most:
        raise ValueError(f"a list of at most {most}")
    return told


def _read(told: Any, tables: list[str]) -> Kept:
    run, address, whole, place = told
    if whole is not True and whole is not False:
        raise ValueError("whether the link is all")
    return Kept(_word(run), _word(address), whole, "" if place is None else tables[_step(place)])


def _word(told: Any) -> str:
    if not isinstance(told, str):
        raise ValueError("a text")
    return told


def _step(told: Any) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or told < 0:
        raise ValueError("a whole number")
    return told


def finder(known: Callable[[str], Experiment | None]) -> Callable[[Kept], Experiment | None]:
    """What finds runs again: by their links, or by the names that the server knows; None for one that is gone.

    A table that several have is unpacked once.
    """
    tables: dict[str, Table | None] = {}

    def table_of(text: str) -> Table | None:
        if text not in tables:
            try:
                tables[text] = pack.from_text(text)
            except ValueError:
                tables[text] = None
        return tables[text]

    def find(one: Kept) -> Experiment | None:
        if not one.whole:
            return known(one.run)
        own = table_of(one.table) if one.table else None
        if one.table and own is None:
            return None
        query = dict(parse_qsl(one.link.removeprefix("?"), keep_blank_values=True))
        run, _, problems = link.run_from_query(query, own)
        return None if problems else run

    return find


def reachable(experiment: Experiment, step: int) -> int:
    """The step, or the beginning where it would have to be trained for too long."""
    return step if step <= link.reach(experiment) else 0
