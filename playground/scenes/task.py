"""A task made in the builder: a challenge alone, as the Markdown file that a lesson is."""

from __future__ import annotations

from dataclasses import dataclass

from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from playground.scenes.document import Command, Document, Part, Problem, write
from playground.scenes.lesson import read_lesson
from playground.scenes.packed import name_of


@dataclass(frozen=True)
class Draft:
    """What the builder's fields say."""

    title: str
    text: str
    start: Experiment
    may_change: tuple[str, ...]
    goal: str
    stars: tuple[str, ...] = ()
    hint: str = ""
    solution: Experiment | None = None


def markdown(draft: Draft) -> str:
    """The file of a draft."""
    title = _one_line(draft.title)
    commands = [
        ("screen", "challenge"),
        ("run", _link(Experiment(draft.start.now))),
        ("controls", ",".join(SETTINGS[name].key for name in draft.may_change)),
        ("goal", _one_line(draft.goal)),
        *(("star", _one_line(star)) for star in draft.stars if star.strip()),
        *([("hint", _one_line(draft.hint))] if draft.hint.strip() else []),
        *([("solution", _link(Experiment(draft.solution.now)))] if draft.solution else []),
    ]
    text = draft.text.replace("<!--", "<! --").strip()  # a comment would be a command
    text = "\n".join(f"\\{line}" if line.strip().startswith("---") else line for line in text.split("\n"))
    part = Part(f"# {title}\n\n{text}", tuple(Command(key, value, 0) for key, value in commands), 0)
    return write(Document((Command("title", title, 0),), (part,)))


def problems(text: str) -> list[Problem]:
    """What is wrong with a file, without trying it."""
    return read_lesson(text, name_of(text))[1]


def _link(experiment: Experiment) -> str:
    return run_to_link(experiment) or "?"


def _one_line(text: str) -> str:
    """Without breaks, and without what would begin another command."""
    return " ".join(text.split()).replace(" ; ", "; ").strip()
