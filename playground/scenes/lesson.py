"""A lesson from a Markdown file: screens to play, predict, run, compare, explain, and a challenge.

Each part of the file is a screen, and says which by `screen: predict`. docs/lessons.md lists all commands. A file with
a challenge alone is a task. What a lesson claims stands in it as a rule (`fact: ?dataset=xor ; holds: ...`), and
check.py has the engine judge all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.run.link import run_from_query
from playground.scenes import document
from playground.scenes.answers import Answer, read_answer
from playground.scenes.border import check_border
from playground.scenes.challenge import MOST_STARS, Challenge
from playground.scenes.document import Command, Part, Problem
from playground.scenes.rules import MOST_EPOCHS, USUAL_EPOCHS, Rule, read_rule

SCREENS = ("play", "predict", "run", "compare", "explain", "challenge")
MOST_OPTIONS = 6
_EVERYWHERE = ("screen", "run", "until", "controls", "fact", "holds", document.NOTE)
_COMMANDS = {
    "play": (),
    "predict": ("option", "right", "number", "epoch", "line", "unit", "answer", "within"),
    "run": (),
    "compare": (),
    "explain": ("right-reason", "wrong-reason", "shows", "says"),
    "challenge": ("goal", "star", "hint", "solution", "fails", "because"),
}
_SETTINGS = ("title", "about", "minutes", "playground", "theme")
T = TypeVar("T")
_NAME_OF_KEY = {s.key: name for name, s in SETTINGS.items()}


@dataclass(frozen=True)
class Question:
    """What is to be predicted: a choice among options, a number, an epoch, or a line on the plane."""

    options: tuple[str, ...] = ()
    right: int = -1
    """The right option, from 0; -1 where a number is asked for"""
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    answer: Answer | None = None
    within: float = 0.0
    """How far from the answer a guess may be"""
    is_epoch: bool = False
    is_line: bool = False
    """Whether a line is drawn where the border will be: it counts as the percentage of the plane that it parts as the
    network does, and the answer is 100"""

    def is_right(self, guess: float, answer: float) -> bool:
        """Whether a guess is right: the number of an option, or a number near the answer."""
        return guess == self.right if self.options else abs(guess - answer) <= self.within


@dataclass(frozen=True)
class Claim:
    """A run, and a rule that holds of it, or does not."""

    link: str
    run: Experiment
    rule: Rule | None
    line: int


@dataclass(frozen=True)
class Reason:
    """A reason for what came. A wrong one has a run of its own that shows it wrong."""

    text: str
    is_right: bool
    shows: Claim | None = None
    says: str = ""


@dataclass(frozen=True)
class Wrong:
    """A solution that does not do it, and why."""

    claim: Claim
    because: str


@dataclass(frozen=True)
class Screen:
    """One screen of a lesson."""

    kind: str
    heading: str
    text: str
    line: int
    run: Experiment
    until: int
    """The epoch up to which the run matters"""
    controls: tuple[str, ...]
    """Names of the settings on show"""
    question: Question | None = None
    reasons: tuple[Reason, ...] = ()
    challenge: Challenge | None = None
    hint: str = ""
    solutions: tuple[Claim, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    facts: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson, or a task where it is a challenge alone."""

    name: str
    title: str
    about: str
    minutes: int
    screens: tuple[Screen, ...]

    @property
    def is_task(self) -> bool:
        """Whether it is one challenge, whose controls are locked."""
        return [screen.kind for screen in self.screens] == ["challenge"]

    def screen(self, kind: str) -> Screen | None:
        """The screen of a kind."""
        return next((screen for screen in self.screens if screen.kind == kind), None)

    @property
    def challenge(self) -> Challenge | None:
        """What is to be solved."""
        screen = self.screen("challenge")
        return screen.challenge if screen else None


def read_lesson(text: str, name: str) -> tuple[Lesson | None, list[Problem]]:
    """A lesson from its file, and what is wrong with it by line; None where nothing can be shown."""
    whole, problems = document.read(text)
    problems += document.unknown(whole.settings, _SETTINGS, "The head of a lesson")
    reader = _Reader(problems)
    screens: list[Screen] = []
    for part in whole.parts:
        screen = reader.screen(part, screens)
        if screen is not None:
            screens.append(screen)
    if not screens:
        problems.append(Problem(1, "A lesson must have a screen: a part with “<!-- screen: play -->” in it."))
    minutes = whole.setting("minutes", "10")
    if not minutes.isdecimal() or not 1 <= int(minutes[:4]) <= 120:
        line = next(s.line for s in whole.settings if s.key == "minutes")
        problems.append(Problem(line, f"minutes must be a whole number from 1 to 120; got “{minutes[:20]}”."))
        minutes = "10"
    title = whole.setting("title") or (screens[0].heading if screens else "")
    if not title:
        problems.append(Problem(1, "A lesson must have a title: “title: ...” between two lines of dashes at its top."))
    reader.line_on_a_plane(screens)
    problems.sort(key=lambda problem: problem.line)
    if not screens:
        return None, problems
    return Lesson(name, title[:80], whole.setting("about")[:200], int(minutes), tuple(screens)), problems


class _Reader:
    """Reads screens, and keeps the sentences about what is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def screen(self, part: Part, before: list[Screen]) -> Screen | None:
        """One part of the file; None if it is no screen."""
        kind = self._one(part, "screen")
        if kind is None or kind.value not in SCREENS:
            told = f"got “{kind.value[:40]}”" if kind else "this part says none"
            line = kind.line if kind else part.line
            self._say(line, f"A part must say which screen it is, one of {', '.join(SCREENS)}; {told}.")
            return None
        if any(screen.kind == kind.value for screen in before):
            self._say(kind.line, f"A lesson has one screen “{kind.value}”; this is a second one.")
            return None
        if before and SCREENS.index(kind.value) < SCREENS.index(before[-1].kind):
            self._say(kind.line, f"The screens must stand in this order: {', '.join(SCREENS)}.")
        self.problems += document.unknown(
            part.commands, (*_EVERYWHERE, *_COMMANDS[kind.value]), f"The screen “{kind.value}”"
        )
        run = self._run(part, before[-1].run if before else Experiment())
        until = self._until(part, before[-1].until if before else USUAL_EPOCHS)
        controls = self._controls(part)
        question = self._question(part) if kind.value == "predict" else None
        found: dict[str, Any] = {"reasons": self._reasons(part)} if kind.value == "explain" else {}
        if kind.value == "challenge":
            found = self._challenge(part, run, controls)
        return Screen(
            kind.value, part.heading, part.body, part.line, run, until, controls,
            question=question, facts=self._facts(part), **found,
        )  # fmt: skip

    # ---- what every screen may have -------------------------------------------------------------------------------
    def _run(self, part: Part, otherwise: Experiment) -> Experiment:
        command = self._one(part, "run")
        return self._experiment(command) if command else otherwise

    def _until(self, part: Part, otherwise: int) -> int:
        command = self._one(part, "until")
        if command is None:
            return otherwise
        if not command.value.isdecimal() or not 1 <= int(command.value[:9]) <= MOST_EPOCHS:
            self._say(command.line, f"until must be an epoch from 1 to {MOST_EPOCHS}; got “{command.value[:20]}”.")
            return otherwise
        return int(command.value)

    def _controls(self, part: Part) -> tuple[str, ...]:
        command = self._one(part, "controls")
        if command is None or command.value.strip() in ("", "none"):
            return ()
        keys = [key.strip() for key in command.value.split(",") if key.strip()]
        if unknown := [key for key in keys if key not in _NAME_OF_KEY]:
            self._say(
                command.line,
                f"controls must name settings, as a link does; got {', '.join(unknown)[:60]}; there are "
                f"{', '.join(s.key for s in SETTINGS.values() if not s.only_with)}.",
            )
        return tuple(dict.fromkeys(_NAME_OF_KEY[key] for key in keys if key in _NAME_OF_KEY))

    def _facts(self, part: Part) -> tuple[Claim, ...]:
        claims = []
        for fact, more in _grouped(part.commands, ("fact",), ("holds",)):
            claims.append(self._claim(fact, more, needs_rule=True))
        return tuple(claims)

    def _claim(self, command: Command, more: list[Command], *, needs_rule: bool) -> Claim:
        held = next((m for m in more if m.key == "holds"), None)
        rule = self._rule(held) if held else None
        if held is None and needs_rule:
            self._say(
                command.line,
                f"“{command.key}” must be followed by what can be checked, such as “holds: test accuracy >= 95 %”.",
            )
        return Claim(command.value, self._experiment(command), rule, command.line)

    # ---- predict ---------------------------------------------------------------------------------------------------
    def _question(self, part: Part) -> Question | None:
        options = part.all("option")
        asked = [(kind, command) for kind in ("number", "epoch", "line") if (command := self._one(part, kind))]
        if options and not asked:
            return self._choice(part, options)
        if len(asked) != 1 or options:
            self._say(part.line, "This screen must ask one thing: some “option”s, or one “number”, “epoch” or “line”.")
            return None
        kind, command = asked[0]
        if kind == "line":
            return self._line(part, command)
        low, dots, high = command.value.partition("..")
        numbers = [self._number(command, text) for text in (low, high)] if dots else [None]
        if None in numbers or numbers[0] >= numbers[1]:  # type: ignore[operator]
            self._say(command.line, f"{kind} must be a range such as 0..100; got “{command.value[:40]}”.")
            return None
        answer = self._one(part, "answer")
        within = self._one(part, "within")
        if answer is None or within is None:
            missing = "answer" if answer is None else "within"
            self._say(
                command.line,
                f"A question for a {kind} needs “{missing}”, such as “answer: test accuracy” and “within: 10”.",
            )
            return None
        near = self._number(within, within.value)
        found = self._safely(answer, read_answer)
        if near is None or found is None:
            if near is None:
                self._say(within.line, f"within must be a number; got “{within.value[:20]}”.")
            return None
        unit = self._one(part, "unit")
        return Question(
            low=float(numbers[0] or 0), high=float(numbers[1] or 0), unit=unit.value[:20] if unit else "",
            answer=found, within=near, is_epoch=kind == "epoch",
        )  # fmt: skip

    def _choice(self, part: Part, options: list[Command]) -> Question | None:
        right = self._one(part, "right")
        if not 2 <= len(options) <= MOST_OPTIONS:
            self._say(options[0].line, f"A choice must have 2 to {MOST_OPTIONS} options; got {len(options)}.")
            return None
        if right is None or not right.value.isdecimal() or not 1 <= int(right.value[:4]) <= len(options):
            told = f"got “{right.value[:20]}”" if right else "it is missing"
            line = right.line if right else options[0].line
            self._say(line, f"“right” must be the number of the right option, from 1 to {len(options)}; {told}.")
            return None
        return Question(tuple(option.value[:200] for option in options), int(right.value) - 1)

    def _line(self, part: Part, command: Command) -> Question | None:
        if command.value.strip() != "border":
            self._say(command.line, f"line must be “border”, where the colours meet; got “{command.value[:40]}”.")
            return None
        within = self._one(part, "within")
        near = self._number(within, within.value) if within else None
        if near is None or not 0 < near < 50:
            told = f"got “{within.value[:20]}”" if within else "it is missing"
            line = within.line if within else command.line
            self._say(
                line, f"within must be the percentage of the plane that may differ, above 0 and below 50; {told}."
            )
            return None
        return Question(answer=None, within=near, unit="%", is_line=True)

    def line_on_a_plane(self, screens: list[Screen]) -> None:
        """Whether the run has a border on which a line can be drawn, where one is asked for."""
        predict, run = (next((s for s in screens if s.kind == kind), None) for kind in ("predict", "run"))
        if run is None or predict is None or predict.question is None or not predict.question.is_line:
            return
        try:
            check_border(run.run)
        except ValueError as error:
            self._say(run.line, str(error))

    # ---- explain ---------------------------------------------------------------------------------------------------
    def _reasons(self, part: Part) -> tuple[Reason, ...]:
        reasons = []
        for command, more in _grouped(part.commands, ("right-reason", "wrong-reason"), ("shows", "holds", "says")):
            shows = next((m for m in more if m.key == "shows"), None)
            says = next((m.value for m in more if m.key == "says"), "")
            is_right = command.key == "right-reason"
            if shows is None and not is_right:
                self._say(command.line, "A wrong reason needs a run that shows it wrong: “shows: ?hidden=8,8”.")
            claim = self._claim(shows, more, needs_rule=not is_right) if shows else None
            reasons.append(Reason(command.value[:200], is_right, claim, says[:300]))
        if not 2 <= len(reasons) <= MOST_OPTIONS or sum(reason.is_right for reason in reasons) != 1:
            self._say(
                part.line,
                f"This screen must have one “right-reason” and 1 to {MOST_OPTIONS - 1} “wrong-reason”s; "
                f"got {sum(r.is_right for r in reasons)} and {sum(not r.is_right for r in reasons)}.",
            )
        return tuple(reasons)

    # ---- challenge -------------------------------------------------------------------------------------------------
    def _challenge(self, part: Part, run: Experiment, controls: tuple[str, ...]) -> dict[str, Any]:
        goal = self._one(part, "goal")
        if goal is None:
            self._say(part.line, "A challenge needs a goal, such as “goal: test accuracy >= 95 %; seeds 4 of 5”.")
        if run.changes:
            self._say(
                part.line, "The run of a challenge must be without changes on the way: it is judged from the beginning."
            )
        if not controls:
            self._say(part.line, "A challenge needs “controls”: what may be changed, such as “controls: hidden, lr”.")
        rule = self._rule(goal) if goal else None
        stars = [star for command in part.all("star") if (star := self._star(command))]
        if len(stars) >= MOST_STARS:
            self._say(part.all("star")[-1].line, f"There may be at most {MOST_STARS - 1} stars beside the goal's.")
        wrong = []
        for command, more in _grouped(part.commands, ("fails",), ("because",)):
            because = next((m.value for m in more if m.key == "because"), "")
            wrong.append(Wrong(self._claim(command, [], needs_rule=False), because))
        solutions = [self._claim(command, [], needs_rule=False) for command in part.all("solution")]
        hint = self._one(part, "hint")
        return {
            "challenge": Challenge(run.config, controls, rule, tuple(stars[: MOST_STARS - 1])) if rule else None,
            "hint": hint.value[:500] if hint else "",
            "solutions": tuple(solutions),
            "wrong": tuple(wrong),
        }

    def _star(self, command: Command) -> Rule | None:
        return self._safely(command, lambda text: read_rule(text, may_be_empty=True))

    # ---- values ----------------------------------------------------------------------------------------------------
    def _rule(self, command: Command) -> Rule | None:
        return self._safely(command, read_rule)

    def _experiment(self, command: Command) -> Experiment:
        text = command.value
        if not text.startswith("?") or len(text) > 8000:
            self._say(
                command.line,
                f"{command.key} must be what stands behind a link's address, such as ?dataset=xor; got “{text[:40]}”.",
            )
            return Experiment()
        experiment, step, sentences = run_from_query(dict(parse_qsl(text[1:], keep_blank_values=True)))
        if step:
            sentences = [*sentences, "A lesson's run begins at its beginning; leave out “step”."]
        for sentence in sentences:
            self._say(command.line, sentence)
        return experiment

    def _number(self, command: Command, text: str) -> float | None:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if abs(value) < 1e9 else None

    def _safely(self, command: Command, read: Callable[[str], T]) -> T | None:
        try:
            return read(command.value)
        except ValueError as error:
            self._say(command.line, str(error))
            return None

    def _one(self, part: Part, key: str) -> Command | None:
        found = part.all(key)
        for again in found[1:]:
            self._say(again.line, f"“{key}” stands here a second time; once is enough.")
        return found[0] if found else None

    def _say(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(line, sentence))


def _grouped(
    commands: Iterable[Command], heads: tuple[str, ...], followers: tuple[str, ...]
) -> list[tuple[Command, list[Command]]]:
    """Commands with those that follow and belong to them."""
    groups: list[tuple[Command, list[Command]]] = []
    is_open = False
    for command in commands:
        if command.key in heads:
            groups.append((command, []))
            is_open = True
        elif command.key in followers and is_open:
            groups[-1][1].append(command)
        else:
            is_open = False
    return groups
