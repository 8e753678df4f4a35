"""How a link is played: whether, until which epoch or goal and how fast, and in which of its ways a picture is drawn.

    ?step=500&play=120&goal=score0.95&speed=slow&scale=log&ring=0.5,-1.2

The browser writes these keys (web/js/stage/address.js), for it alone knows how fast it plays; the server reads them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CHOICES = {
    "goal": ("usual", "1000", "score0.95", "score0.99", "loss0.1", "loss0.01", "never"),
    "speed": ("slow", "15", "60", "240", "full"),
    "scale": ("linear", "log"),
    "discretize": ("off", "on"),
    "points": ("all", "training"),
}
"""The words of each key. The speeds are epochs a second; slow is single mini-batches. A goal is an
epoch, or a score or loss of new points."""
USUAL = {"goal": "usual", "speed": "60", "scale": "", "discretize": "off", "points": "all"}
KEYS = ("play", "ring", *CHOICES)
MOST_EPOCHS = 1_000_000
FARTHEST = 1e6


@dataclass(frozen=True)
class Playback:
    """What a link says of it."""

    play: bool | None = None
    """None where it does not say: a run plays from its beginning, and stands where it is opened at a later step."""
    until: float | None = None
    """The epoch at which playing ends"""
    goal: str = USUAL["goal"]
    """Where playing stops by itself, if `until` does not say"""
    speed: str = USUAL["speed"]
    scale: str = USUAL["scale"]
    """Of the loss axis; "" for linear, but where a run has blown up"""
    discretize: bool = False
    test_points: bool = True
    ring: tuple[float, float] | None = None
    """Where on the plane a training point lies that is ringed in every picture"""


def from_query(query: Mapping[str, str]) -> tuple[Playback, list[str]]:
    """Read a link, hand-edited or not: what is good is kept, and a sentence for what is not."""
    problems, words = [], dict(USUAL)
    for key, known in CHOICES.items():
        if query.get(key, known[0]) not in known:
            problems.append(f"The link's {key} must be {', '.join(known[:-1])} or {known[-1]}; got {query[key][:40]}.")
        elif key in query:
            words[key] = query[key]
    play: bool | None = False if "step" in query else None
    until = None
    if text := query.get("play", "").strip():
        until = _epoch(text)
        if text in ("on", "off") or until is not None:
            play = text != "off"
        else:
            problems.append(f"The link's play must be on, off or the epoch at which to stop; got {text[:40]}.")
    ring = None
    if text := query.get("ring", "").strip():
        ring = _place(text)
        if ring is None:
            problems.append(
                f"The link's ring must be where a point lies on the plane, such as 0.5,-1.2; got {text[:40]}."
            )
    drawn = words["discretize"] == "on", words["points"] == "all"
    return Playback(play, until, words["goal"], words["speed"], words["scale"], *drawn, ring), problems


def _place(text: str) -> tuple[float, float] | None:
    try:
        x, y = map(float, text.split(","))
    except ValueError:
        return None
    return (x, y) if max(abs(x), abs(y)) <= FARTHEST else None


def _epoch(text: str) -> float | None:
    try:
        epoch = float(text)
    except ValueError:
        return None
    return epoch if math.isfinite(epoch) and 0 < epoch <= MOST_EPOCHS else None
