"""How a link is played: whether, until which epoch or goal and how fast, and in which of its ways a picture is drawn.

    ?step=500&play=120&goal=score0.95&speed=slow&scale=log&neuron=2.1&panel=matrix&ring=0.5,-1.2

The browser writes these keys (web/js/stage/address.js), for it alone knows how fast it plays; the server reads them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from playground.run.config import Config

CHOICES = {
    "goal": ("usual", "1000", "score0.95", "score0.99", "loss0.1", "loss0.01", "never"),
    "speed": ("slow", "15", "60", "240", "full"),
    "scale": ("linear", "log"),
    "discretize": ("off", "on"),
    "points": ("all", "training"),
    "panel": ("time", "matrix", "predicted", "residuals"),
}
"""The words of each key. The speeds are epochs a second; slow is single mini-batches. A goal is an
epoch, or a score or loss of new points."""
USUAL_SPEED = "60"
USUAL = {"goal": "usual", "speed": "", "scale": "", "discretize": "off", "points": "all", "panel": ""}
KEYS = ("play", "ring", "neuron", *CHOICES)
PANELS = {"regression": ("time", "predicted", "residuals")}
"""What the panel of the score can show, where that is not the usual"""
USUAL_PANELS = ("time", "matrix")
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
    """One of the above, or "" where it does not say: what was chosen in the tab stays"""
    scale: str = USUAL["scale"]
    """Of the loss axis; "" for linear, but where a run has blown up"""
    discretize: bool = False
    test_points: bool = True
    ring: tuple[float, float] | None = None
    """Where on the plane a training point lies that is ringed in every picture"""
    neuron: str = ""
    """The one that is shown large, "2.1" for the first of layer 2, "0.1" for the first input; "" for none"""
    panel: str = USUAL["panel"]
    """What the panel of the score shows; "" for what it shows by itself"""
    usual_speed: str = USUAL_SPEED
    """Where none was chosen in the tab either"""


def from_query(query: Mapping[str, str], config: Config | None = None) -> tuple[Playback, list[str]]:
    """Read a link, hand-edited or not: what is good is kept, and a sentence for what is not.

    config : the settings of the run in the link: it has the neurons and the panels that can be open
    """
    config = config or Config()
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
    neuron, panel = query.get("neuron", ""), words["panel"]
    if "neuron" in query and not _is_there(neuron, config.sizes):
        told = ", ".join(f"{layer}.{n}" for layer, n in enumerate(config.sizes[:-1]))
        problems.append(
            f"The link's neuron must be a layer and a number in it; the last ones are {told[:80]}; got {neuron[:40]}."
        )
        neuron = ""
    known = PANELS.get(config.task, USUAL_PANELS)
    if panel and panel not in known:
        problems.append(f"The link's panel must be {', '.join(known[:-1])} or {known[-1]} here; got {panel}.")
        panel = ""
    drawn = words["discretize"] == "on", words["points"] == "all"
    return Playback(play, until, words["goal"], words["speed"], words["scale"], *drawn, ring, neuron, panel), problems


def _is_there(neuron: str, sizes: tuple[int, ...]) -> bool:
    """Whether a network of these sizes has such an input or hidden neuron."""
    found = re.fullmatch(r"(\d{1,3})\.(\d{1,5})", neuron, re.ASCII)
    if not found:
        return False
    layer, number = int(found[1]), int(found[2])
    return layer < len(sizes) - 1 and 1 <= number <= sizes[layer]


def _place(text: str) -> tuple[float, float] | None:
    try:
        x, y = map(float, text.split(","))
    except ValueError:
        return None
    return (x, y) if abs(x) <= FARTHEST and abs(y) <= FARTHEST else None


def _epoch(text: str) -> float | None:
    try:
        epoch = float(text)
    except ValueError:
        return None
    return epoch if math.isfinite(epoch) and 0 < epoch <= MOST_EPOCHS else None
