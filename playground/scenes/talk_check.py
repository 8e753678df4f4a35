"""A talk looked through before it is given, and written as one file that plays without a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.scenes.document import Problem
from playground.scenes.page import MOST_MEGABYTES, whole_page
from playground.scenes.recorded import Studio, beyond_reach, record, shortfalls
from playground.scenes.talk import Talk, read_talk, seconds_of
from playground.scenes.told import packed


@dataclass(frozen=True)
class Checked:
    """What was found: sentences with their lines, and, where there are none, the file."""

    talk: Talk
    problems: tuple[Problem, ...]
    file: bytes = b""

    @property
    def facts(self) -> str:
        """What there is to say about a talk that is in order."""
        presses = sum(len(scene.stops) for scene in self.talk.scenes)
        n = len(self.talk.atlases)
        recorded = f"{len(self.talk.runs)} runs" + (f", {n} atlas{'es' if n > 1 else ''}" if n else "")
        return (
            f"“{self.talk.title}”: {len(self.talk.scenes)} scenes, {presses - 1} presses, "
            f"{recorded}, {seconds_of(self.talk):.0f} s of {self.talk.minutes * 60:.0f} s in motion; "
            f"{len(self.file) / 1e6:.1f} MB as one file."
        )


PIECE_SECONDS = 0.5


def check(source: str, studio: Studio, tell: Callable[[float], object] = lambda share: None) -> Checked:
    """Read a talk, record its runs, and write its file; with a problem nothing is written.

    tell : is told the share that is recorded, every half second
    """
    talk, problems = read_talk(source)
    studio = studio.holding()
    if not problems:
        problems = beyond_reach(talk, studio)
    if not problems:
        while (share := record(talk, studio, PIECE_SECONDS)) < 1.0:
            tell(share)
        problems = shortfalls(talk, studio)
    if problems:
        return Checked(talk, tuple(problems))
    file = whole_page(talk.title, packed(talk, source, studio))
    if len(file) > MOST_MEGABYTES * 1_000_000:
        told = f"As one file this talk has {len(file) / 1e6:.1f} MB, and {MOST_MEGABYTES} MB are the most: "
        problems = [Problem(1, told + "show fewer runs, smaller networks or fewer epochs.")]
    return Checked(talk, tuple(problems), file)
