"""Scenes put in order: added, moved and taken away, in the text that they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.run import atlas as atlases
from playground.run import compared, link
from playground.run.atlas import Atlas
from playground.run.experiment import Experiment
from playground.scenes.document import Command, Document, Part, read, write
from playground.scenes.subject import link_of, too_many
from playground.scenes.talk import LONGEST_HEADING

NEW_TITLE = "My talk"


def added(source: str, scene: Part) -> str:
    """The talk with one more scene."""
    document = read(source)[0] if source.strip() else Document((Command("title", NEW_TITLE, 1),), ())
    return write(replace(document, parts=(*document.parts, scene)))


# ---- what a page shows, as a scene; ValueError, in a sentence, where no link holds it --------------------------------
def of_run(experiment: Experiment, step: int) -> Part:
    """A run at a moment."""
    # What is to be seen at a later moment stands there; from the beginning it plays.
    play = "hold" if step else "0..100 in 6s"
    return _scene(_about(experiment), run=_link(experiment, step), play=play)


def of_fold(experiment: Experiment, step: int) -> Part:
    """The film of the layers of a run at a moment; from its beginning the run plays first."""
    n = len(experiment.now.hidden_layer_sizes)
    if not n:
        raise ValueError("This network has no hidden layer, and so there is no film of its layers.")
    play = "hold" if step else "0..100 in 6s"
    heading = f"Layer by layer: {_about(experiment)}"
    return _scene(heading, run=_link(experiment, step), play=play, fold=f"0..{n} in {4 * n}s")


def of_runs(runs: Sequence[Experiment]) -> Part:
    """Runs side by side."""
    if len(runs) == 1:
        return of_run(runs[0], 0)
    apart = compared.differences(runs)
    heading = ", ".join(difference.label for difference in apart) or "Side by side"
    return _scene(heading, compare=" | ".join(_link(run, 0) for run in runs), show="picture, loss", play="0..200 in 8s")


def of_atlas(atlas: Atlas, view: atlases.View) -> Part:
    """An atlas of settings."""
    _link(atlas.base, 0)
    for sentence in too_many(atlas):
        raise ValueError(sentence)
    heading = " and ".join(axis.kind.label for axis in atlas.axes)
    return _scene(heading, atlas=link_of(atlas, view), play=f"0..{atlas.epochs} in 8s")


def _scene(heading: str, **commands: str) -> Part:
    return Part(f"# {heading[:LONGEST_HEADING]}", tuple(Command(key, value, 1) for key, value in commands.items()), 1)


def _link(experiment: Experiment, step: int) -> str:
    if not link.fits(experiment):
        raise ValueError("Your data are too many for a link, and so for a scene: take fewer points.")
    return link.run_to_link(experiment, step or None) or "?"


def _about(experiment: Experiment) -> str:
    now = experiment.now
    data = now.own_data.title or "Own data" if now.own_data is not None else now.dataset.capitalize()
    sizes = "-".join(map(str, now.shape.sizes))
    return f"{data}, {sizes}, learning rate {now.learning_rate:g}"


# ---- their order -----------------------------------------------------------------------------------------------
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
