"""Scenes put in order: added, moved and taken away, in the text that they are written in."""

from __future__ import annotations

from dataclasses import replace

from playground.run import link
from playground.run.experiment import Experiment
from playground.scenes.document import Command, Document, Part, read, write
from playground.scenes.talk import LONGEST_HEADING

NEW_TITLE = "My talk"


def added(source: str, experiment: Experiment, step: int) -> str:
    """The talk with one more scene: a run, at a moment. ValueError, in a sentence, where no link holds it."""
    if not link.fits(experiment):
        raise ValueError("Your data are too many for a link, and so for a scene: take fewer points.")
    document = read(source)[0] if source.strip() else Document((Command("title", NEW_TITLE, 1),), ())
    # What is to be seen at a later moment stands there; from the beginning it plays.
    play = "hold" if step else "0..100 in 6s"
    run = link.run_to_link(experiment, step) or "?"
    scene = Part(f"# {_heading(experiment)}", (Command("run", run, 1), Command("play", play, 1)), 1)
    return write(replace(document, parts=(*document.parts, scene)))


def _heading(experiment: Experiment) -> str:
    now = experiment.now
    data = now.own_data.title or "Own data" if now.own_data is not None else now.dataset.capitalize()
    sizes = "-".join(map(str, now.shape.sizes))
    return f"{data}, {sizes}, learning rate {now.learning_rate:g}"[:LONGEST_HEADING]


def moved(source: str, k: int, by: int) -> str:
    """The talk with scene k, from 0, so many places further; it stays within the talk."""
    document, _ = read(source)
    parts = list(document.parts)
    if not 0 <= k < len(parts):
        return source
    parts.insert(max(0, min(len(parts) - 1, k + by)), parts.pop(k))
    return write(replace(document, parts=tuple(parts)))


def without(source: str, k: int) -> str:
    """The talk without scene k, from 0."""
    document, _ = read(source)
    return write(replace(document, parts=document.parts[:k] + document.parts[k + 1 :]))
