"""How much the page shows, apart from what it trains: Simple or Full, the projector's look, what a link hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from playground.run.config import SETTINGS

View = Literal["simple", "full", "lesson"]
SIMPLE = ("dataset", "noise", "activations", "learning_rate")
PARTS = ("settings", "diagram", "weights", "gradients", "scores", "timeline", "tries")
PLACE = ("lesson", "screen", "task", "solution", "room", "desk")
"""Keys in a link that say where on the page Lessons its user is; that page reads them"""
KEYS = ("view", "look", "hide", *PLACE)
NOT_IN_LESSONS = ("weights", "gradients", "scores")
"""Parts that a lesson leaves out: the timeline should be in sight beside its words"""
MOST_LETTERS = 8000
"""In one of those: a task travels whole in its link"""
VIEW_COOKIE = "mlp-playground-view"
"""Where a browser keeps whether Simple or Full was chosen: the server reads it before anything is drawn"""


@dataclass(frozen=True)
class OnShow:
    """What is on show. A lecturer makes a link of it that leaves a class only the controls of today's lesson."""

    full: bool = False
    projector: bool = False
    hidden: frozenset[str] = frozenset()
    usually_full: bool = False  # what this browser shows where a link does not say
    place: tuple[tuple[str, str], ...] = ()  # where on the page Lessons
    only: frozenset[str] | None = None  # the settings that a lesson shows, and no others; None without a lesson

    def shows(self, name: str) -> bool:
        """Whether a setting or a part of the stage is on show."""
        return name not in self.unseen and (self.full or self.only is not None or name in SIMPLE or name in PARTS)

    @property
    def view(self) -> View:
        """How much the stage shows, and in which words."""
        return "lesson" if self.only is not None else "full" if self.full else "simple"

    @property
    def unseen(self) -> frozenset[str]:
        """The settings and parts that are kept from sight."""
        if self.only is None:
            return self.hidden
        chosen = self.only
        others = {name for name, s in SETTINGS.items() if name not in chosen and s.only_with not in chosen}
        return self.hidden | others | set(NOT_IN_LESSONS)

    def to_query(self) -> dict[str, str]:
        """What stands in a link for it: nothing for the first look that a browser has without a memory."""
        query = {"view": "full" if self.full else "simple"} if self.full or self.usually_full else {}
        if self.projector:
            query["look"] = "projector"
        if self.hidden:
            query["hide"] = ",".join(sorted(_KEY_OF_NAME.get(name, name) for name in self.hidden))
        return query | dict(self.place)


_KEY_OF_NAME = {name: s.key for name, s in SETTINGS.items()}
_NAME_OF_KEY = {key: name for name, key in _KEY_OF_NAME.items()} | {part: part for part in PARTS}


def from_query(query: Mapping[str, str], remembered: str | None = None) -> tuple[OnShow, list[str]]:
    """Read a link's view, hand-edited or not: what is good is kept, and a sentence for what is not.

    `remembered` is what the browser was last told to show, "full" or "simple": it counts where the link says nothing.
    """
    problems = []
    for key, known in (("view", ("simple", "full")), ("look", ("usual", "projector"))):
        if query.get(key, known[0]) not in known:
            problems.append(f"The link's {key} must be {' or '.join(known)}; got {query[key][:40]}.")
    asked = [part for part in query.get("hide", "").split(",") if part]
    if unknown := [part for part in asked if part not in _NAME_OF_KEY]:
        problems.append(f"The link cannot hide {', '.join(unknown)[:80]}; it can hide {', '.join(_NAME_OF_KEY)}.")
    hidden = frozenset(_NAME_OF_KEY[part] for part in asked if part in _NAME_OF_KEY)
    usually_full = remembered == "full"
    full = query["view"] == "full" if query.get("view") in ("full", "simple") else usually_full
    place = tuple((key, query[key]) for key in PLACE if query.get(key) and len(query[key]) <= MOST_LETTERS)
    problems += [
        f"The link's {key} must have at most {MOST_LETTERS:,} letters; it has {len(query[key]):,}."
        for key in PLACE
        if len(query.get(key, "")) > MOST_LETTERS
    ]
    return OnShow(full, query.get("look") == "projector", hidden, usually_full, place), problems
