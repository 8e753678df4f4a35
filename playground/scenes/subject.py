"""What a scene is about: a run, several side by side on one clock, or an atlas of settings, read from links.

    run: ?dataset=moons&lr=0.1            run: same, hidden=4,4
    compare: "slow" ?lr=0.001 | same, lr=0.1
    atlas: ?dataset=moons&atlas=lr:0.01,0.1,1;width:2,4,8;seeds:1;epochs:100

Links are those of the playground, from their `?` on. Nothing is trained here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from playground.run import atlas as atlases
from playground.run import link
from playground.run.atlas import Atlas
from playground.run.compared import titles
from playground.run.experiment import Experiment
from playground.scenes.document import Command, Part, Problem, too_long

KINDS = ("run", "compare", "atlas")
MOST_SIDE_BY_SIDE = 4
LONGEST_LABEL = 40
MOST_COLUMNS, MOST_ROWS = 8, 6
"""Of an atlas: the back row sees no smaller tiles"""

_USUAL_VIEW = atlases.View()


@dataclass(frozen=True)
class Subject:
    """Nothing of it where a scene is words alone."""

    runs: tuple[Experiment, ...] = ()
    labels: tuple[str, ...] = ()
    """What sets each run apart; "" where there is but one"""
    step: int = 0
    """The step of the first run at which its link stands"""
    atlas: Atlas | None = None
    view: atlases.View = _USUAL_VIEW
    """How the atlas is looked at"""

    @property
    def is_there(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.runs) or self.atlas is not None


def link_of(atlas: Atlas, view: atlases.View = _USUAL_VIEW) -> str:
    """The link of an atlas, from its `?` on, as `SubjectReader` reads it."""
    query = link.run_to_query(atlas.base) | {atlases.KEY: atlases.to_text(atlas)}
    if view.show != _USUAL_VIEW.show:
        query["tiles"] = view.show
    if view.at is not None:
        query["at"] = f"{view.at:g}"
    return f"?{urlencode(query, safe=',;:')}"


def too_many(atlas: Atlas) -> list[str]:
    """A sentence where an atlas has more tiles than are seen from the back row."""
    if atlas.columns <= MOST_COLUMNS and atlas.rows <= MOST_ROWS:
        return []
    return [
        f"An atlas on stage must have at most {MOST_COLUMNS} tiles across and {MOST_ROWS} up, or the back row sees "
        f"nothing; got {atlas.columns} and {atlas.rows}."
    ]


class SubjectReader:
    """Reads the subject of scene after scene; one may go on with the run of the one before."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.before: tuple[Experiment, int] | None = None

    def tell(self, line: int, sentence: str) -> None:
        """One more thing is wrong."""
        self.problems.append(Problem(line, sentence))

    def read(self, part: Part) -> Subject:
        """What the scene is about."""
        found = sorted((command for kind in KINDS for command in part.all(kind)[:1]), key=lambda c: c.line)
        for other in found[1:]:
            self.tell(other.line, "A scene must have one of “run”, “compare” and “atlas”; this is another.")
        if not found:
            return Subject()
        return {"run": self._one, "compare": self._side_by_side, "atlas": self._atlas}[found[0].key](found[0])

    def _one(self, command: Command) -> Subject:
        found = self._run(command.value, command.line)
        if found is None:
            return Subject()
        self.before = found
        return Subject((found[0],), ("",), found[1])

    def _side_by_side(self, command: Command) -> Subject:
        pieces = [piece.strip() for piece in re.split(r"(?:^|\s)\|(?:\s|$)", command.value) if piece.strip()]
        if not 2 <= len(pieces) <= MOST_SIDE_BY_SIDE:
            told = f"“compare” must name 2 to {MOST_SIDE_BY_SIDE} runs with “ | ” between them; got {len(pieces)}."
            self.tell(command.line, told)
        runs: list[Experiment] = []
        labels = []
        step, start = 0, self.before
        for piece in pieces[:MOST_SIDE_BY_SIDE]:
            label, text = _labelled(piece)
            self.problems += too_long(command.line, "The name of a run", label, LONGEST_LABEL)
            self.before = (runs[0], step) if runs else start  # “same” is the first of these, or of the scene before
            found = self._run(text, command.line)
            if found is None:
                continue
            if found[0] in runs:
                self.tell(command.line, f"The run “{text[:40]}” stands in this “compare” twice.")
                continue
            step = step if runs else found[1]
            runs.append(found[0])
            labels.append(label)
        self.before = (runs[0], 0) if runs else start
        apart = titles(runs) if runs else []
        return Subject(tuple(runs), tuple(label or title for label, title in zip(labels, apart, strict=True)), step)

    def _atlas(self, command: Command) -> Subject:
        query = self._query(command.value, command.line, "An atlas")
        if query is None:
            return Subject()
        if not query.get(atlases.KEY):
            self.tell(
                command.line, "An atlas must say what varies, such as “?dataset=moons&atlas=lr:0.01,0.1,1;width:2,8”."
            )
            return Subject()
        base, _, problems = link.run_from_query(query)
        atlas, more = atlases.from_text(query.get(atlases.KEY, ""), Experiment(base.now))
        view, wrong = atlases.view_from_query(query)
        if atlas is not None:
            more += too_many(atlas)
        if atlas is not None and view.at is not None and view.at > atlas.epochs:
            wrong.append(f"The atlas has {atlas.epochs} epochs; the link's moment is {view.at:g}.")
        for problem in (*problems, *more, *wrong):
            self.tell(command.line, problem)
        self.before = (base, 0)
        return Subject(atlas=atlas, view=view)

    def _run(self, text: str, line: int) -> tuple[Experiment, int] | None:
        """The experiment and the step of a link, or of what the scene before had and what differs."""
        query = self._query(text, line)
        if query is None:
            return None
        experiment, step, problems = link.run_from_query(query)
        for problem in problems:
            self.tell(line, problem)
        return experiment, step

    def _query(self, text: str, line: int, what: str = "A run") -> dict[str, str] | None:
        """What a link says, or what that of the scene before says and what differs."""
        if match := re.fullmatch(r"same(?:[\s,&?]+(.*))?", text):
            if self.before is None:
                self.tell(line, "“same” needs a run in a scene before this one.")
                return None
            query = link.run_to_query(*self.before)
            pieces = [p for p in re.split(r"[\s,&]+(?=[\w-]+=)", match[1] or "") if p]
            query |= dict(pair for p in pieces for pair in parse_qsl(p.strip(", &"), keep_blank_values=True))
            if wrong := [p for p in pieces if "=" not in p]:
                self.tell(line, f"After “same” must come what differs, such as “hidden=4,4”; got “{wrong[0][:40]}”.")
            return query
        query = dict(parse_qsl(urlsplit(text).query, keep_blank_values=True))
        if text != "?" and not query:
            told = f"{what} must be a link such as “?dataset=moons&lr=0.03”, or “same”; got “{text[:40]}”."
            self.tell(line, told)
            return None
        return query


def _labelled(piece: str) -> tuple[str, str]:
    """A run of several, with the name that the author gives it, if any: "one layer" ?hidden=8."""
    match = re.fullmatch(r"[\"“](.*?)[\"”]\s*(.*)", piece)
    return (match[1], match[2]) if match else ("", piece)
