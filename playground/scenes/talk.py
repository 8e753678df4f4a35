"""A talk, read from a document: scenes, each with the runs that it shows and what every press of the clicker does.

    # A line is not enough
    <!-- run: ?dataset=xor&hidden= ; show: picture ; play: 0..60 in 5s -->
    Can one straight line part the two colours?
    <!-- ask: yes | no ; right: 2 -->
    <!-- step: say Half of the points stay on the wrong side. -->

A scene is entered standing. Its `play` begins at the first press, and each `step` is one press more; `also` does
something else in the same press. docs/talks.md explains every command; nothing is trained here (recorded.py does).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from playground.run import link
from playground.run.compared import titles
from playground.run.experiment import Experiment
from playground.scenes.document import NOTE, Command, Document, Part, Problem, read, unknown

PANELS = ("picture", "network", "loss", "accuracy", "gradients")
CHARTS = ("loss", "accuracy", "gradients")
THEMES = ("auto", "light", "dark")
MOST_SCENES = 60
MOST_RUNS = 24
MOST_SIDE_BY_SIDE = 4
MOST_STOPS = 12
MOST_EPOCHS = 2000
LONGEST_HEADING, LONGEST_SAY, LONGEST_LABEL = 60, 150, 40
USUAL_SECONDS = 6.0
SECONDS = (0.5, 120.0)
COMMANDS = ("run", "compare", "play", "show", "hide", "point", "ask", "right", "say", "step", "also", NOTE)
IN_A_STEP = ("play", "show", "hide", "point", "say", "answer")
# Settings that other programs read in the same file: Marp's.
OF_OTHERS = ("marp", "paginate", "size", "class", "style", "header", "footer", "math", "author", "date", "lang")
SETTINGS_OF_A_TALK = ("title", "theme", "minutes", "playground", *OF_OTHERS)
_MARP_THEMES = ("default", "gaia", "uncover")
_NUMBER = r"\d{1,6}(?:\.\d{1,6})?"


@dataclass(frozen=True)
class Rule:
    """Until when a run plays: a figure, and the bound that it must reach."""

    figure: str
    is_above: bool
    bound: float

    def __str__(self) -> str:
        return f"{self.figure}{'>=' if self.is_above else '<='}{self.bound:g}"


FIGURES = ("test", "train", "test-loss", "train-loss")


@dataclass(frozen=True)
class Play:
    """What moves at a press: from one epoch to another, or until a rule holds, in so many seconds."""

    start: float | None
    """None for where the scene stands"""
    end: float | Rule
    seconds: float
    line: int
    at_once: bool = False


@dataclass(frozen=True)
class Point:
    """An arrow with a few words: at a neuron, a layer, a place of the picture, or an epoch of the chart."""

    kind: str
    at: tuple[float, ...]
    """(layer, neuron), (layer,), (x1, x2) or (epoch,); layers and neurons count from 1"""
    text: str


@dataclass(frozen=True)
class Stop:
    """What the room sees after a press, whole: so that going back shows what was there."""

    say: str
    show: tuple[str, ...]
    points: tuple[Point, ...] = ()
    play: Play | None = None
    answer: bool = False


@dataclass(frozen=True)
class Scene:
    """One scene: its first stop is how it is entered, and each press goes to the next."""

    heading: str
    runs: tuple[Experiment, ...]
    labels: tuple[str, ...]
    """What sets each run apart; "" where there is but one"""
    step: int
    """The step of the first run at which it stands"""
    hold: float | None
    """The epoch at which it stands, where one is named"""
    options: tuple[str, ...]
    right: int
    """Which of the options is, from 1; 0 for none"""
    notes: tuple[str, ...]
    stops: tuple[Stop, ...]
    line: int


@dataclass(frozen=True)
class Talk:
    """A whole talk."""

    title: str
    theme: str
    minutes: float
    scenes: tuple[Scene, ...]

    @property
    def runs(self) -> tuple[Experiment, ...]:
        """All runs that are shown, each once, in order."""
        return tuple(dict.fromkeys(run for scene in self.scenes for run in scene.runs))


def read_talk(text: str) -> tuple[Talk, list[Problem]]:
    """Read a file: the talk with all that is good, and a sentence with its line for whatever is not."""
    document, problems = read(text)
    problems += unknown(document.settings, SETTINGS_OF_A_TALK, "A talk's head")
    reader = _Reader(problems)
    scenes = tuple(reader.scene(part) for part in document.parts[:MOST_SCENES])
    if len(document.parts) > MOST_SCENES:
        line = document.parts[MOST_SCENES].line
        problems.append(Problem(line, f"A talk must have at most {MOST_SCENES} scenes; got {len(document.parts)}."))
    if not scenes:
        problems.append(Problem(1, "A talk must have at least one scene: a heading such as “# A line is not enough”."))
    talk = Talk(
        document.setting("title") or (scenes[0].heading if scenes else "") or "A talk",
        _theme(document, problems),
        _minutes(document, problems),
        scenes,
    )
    if len(talk.runs) > MOST_RUNS:
        problems.append(Problem(1, f"A talk must have at most {MOST_RUNS} different runs; got {len(talk.runs)}."))
    return talk, sorted(problems, key=lambda problem: problem.line)


def _line_of(document: Document, key: str) -> int:
    return next((s.line for s in reversed(document.settings) if s.key == key), 1)


def _theme(document: Document, problems: list[Problem]) -> str:
    theme = document.setting("theme", "auto")
    if theme not in (*THEMES, *_MARP_THEMES):
        told = f"The theme must be {', '.join(THEMES[:-1])} or {THEMES[-1]}; got “{theme[:40]}”."
        problems.append(Problem(_line_of(document, "theme"), told))
    return theme if theme in THEMES else "auto"


def _minutes(document: Document, problems: list[Problem]) -> float:
    text = document.setting("minutes", "6")
    if not re.fullmatch(_NUMBER, text) or not 0 < float(text) <= 240:
        told = f"The minutes of a talk must be a number above 0 and at most 240; got “{text[:40]}”."
        problems.append(Problem(_line_of(document, "minutes"), told))
        return 6.0
    return float(text)


class _Reader:
    """Reads scene after scene; a scene may go on with the run of the one before."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.before: tuple[Experiment, int] | None = None

    def tell(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(line, sentence))

    def scene(self, part: Part) -> Scene:
        """One part of the document as a scene."""
        self.problems += unknown(part.commands, COMMANDS, "A scene")
        for key in ("run", "compare", "play", "ask", "right", "say"):
            for again in part.all(key)[1:]:
                self.tell(again.line, f"A scene must have one “{key}”; this is another. The next press is a “step”.")
        runs, labels, step = self._runs(part)
        hold, play = self._first_play(part, len(runs), runs)
        entry = Stop(self._said(part), self._shown(part, runs), self._points(part.all("point"), runs))
        stops = (
            [replace(entry, play=play)]
            if play and play.at_once
            else [entry, *([replace(entry, play=play)] * bool(play))]
        )
        self._take_steps(part, stops, runs)
        options, right = self._question(part)
        if right and not any(stop.answer for stop in stops):
            stops.append(replace(stops[-1], play=None, answer=True))
        if len(stops) > MOST_STOPS:
            self.tell(part.line, f"A scene must have at most {MOST_STOPS} presses; got {len(stops)}.")
        self._check_points(part, stops)
        notes = tuple(c.value for c in part.all(NOTE))
        heading = self._heading(part)
        return Scene(heading, runs, labels, step, hold, options, right, notes, tuple(stops[:MOST_STOPS]), part.line)

    def _heading(self, part: Part) -> str:
        heading = _plain(part.heading)
        if not heading:
            self.tell(part.line, "This scene has no heading: write one, such as “# A line is not enough”.")
        self._length(part.line, "A heading", heading, LONGEST_HEADING)
        return heading

    def _length(self, line: int, what: str, text: str, most: int) -> None:
        if len(text) > most:
            self.tell(
                line, f"{what} must have at most {most} letters, or the back row cannot read it; got {len(text)}."
            )

    # ---- runs --------------------------------------------------------------------------------------------------
    def _runs(self, part: Part) -> tuple[tuple[Experiment, ...], tuple[str, ...], int]:
        one, many = part.all("run")[:1], part.all("compare")[:1]
        if one and many:
            self.tell(many[0].line, "A scene must have a “run” or a “compare”, not both.")
        if many:
            return self._side_by_side(many[0])
        if not one:
            return (), (), 0
        found = self._run(one[0].value, one[0].line)
        if found is None:
            return (), (), 0
        self.before = found
        return (found[0],), ("",), found[1]

    def _side_by_side(self, command: Command) -> tuple[tuple[Experiment, ...], tuple[str, ...], int]:
        pieces = [piece.strip() for piece in re.split(r"(?:^|\s)\|(?:\s|$)", command.value) if piece.strip()]
        if not 2 <= len(pieces) <= MOST_SIDE_BY_SIDE:
            told = f"“compare” must name 2 to {MOST_SIDE_BY_SIDE} runs with “ | ” between them; got {len(pieces)}."
            self.tell(command.line, told)
        runs: list[Experiment] = []
        labels = []
        step, start = 0, self.before
        for piece in pieces[:MOST_SIDE_BY_SIDE]:
            label, text = _labelled(piece)
            self._length(command.line, "The name of a run", label, LONGEST_LABEL)
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
        return tuple(runs), tuple(label or title for label, title in zip(labels, apart, strict=True)), step

    def _run(self, text: str, line: int) -> tuple[Experiment, int] | None:
        """The experiment and the step of a link, or of what the scene before had and what differs."""
        query: dict[str, str] = {}
        if match := re.fullmatch(r"same(?:[\s,&?]+(.*))?", text):
            if self.before is None:
                self.tell(line, "“same” needs a run in a scene before this one.")
                return None
            query = link.run_to_query(*self.before)
            pieces = [p for p in re.split(r"[\s,&]+(?=[\w-]+=)", match[1] or "") if p]
            query |= dict(pair for p in pieces for pair in parse_qsl(p.strip(", &"), keep_blank_values=True))
            if wrong := [p for p in pieces if "=" not in p]:
                self.tell(line, f"After “same” must come what differs, such as “hidden=4,4”; got “{wrong[0][:40]}”.")
        else:
            query = dict(parse_qsl(urlsplit(text).query, keep_blank_values=True))
            if text != "?" and not query:
                told = f"A run must be a link such as “?dataset=moons&lr=0.03”, or “same”; got “{text[:40]}”."
                self.tell(line, told)
                return None
        experiment, step, problems = link.run_from_query(query)
        for problem in problems:
            self.tell(line, problem)
        return experiment, step

    # ---- what moves --------------------------------------------------------------------------------------------
    def _first_play(self, part: Part, n: int, runs: tuple[Experiment, ...]) -> tuple[float | None, Play | None]:
        for command in part.all("play")[:1]:
            if not n:
                self.tell(command.line, "“play” needs a run: write “run: ?...” with a link of the playground.")
                return None, None
            if match := re.fullmatch(rf"hold(?: at ({_NUMBER}))?", command.value):
                hold = self._epoch(match[1], command.line) if match[1] else None
                return hold, None
            return None, self._play(command.value, command.line, runs)
        return None, None

    def _play(self, text: str, line: int, runs: tuple[Experiment, ...]) -> Play | None:
        rest, at_once = re.subn(r"\s+at once$", "", text.strip())
        match = re.fullmatch(rf"(.+?)(?:\s+in\s+({_NUMBER})\s*(?:s|seconds?))?", rest)
        what, seconds = (match[1], match[2]) if match else ("", None)
        time = float(seconds) if seconds else USUAL_SECONDS
        if not SECONDS[0] <= time <= SECONDS[1]:
            self.tell(line, f"A run must play for {SECONDS[0]:g} to {SECONDS[1]:g} seconds; got {time:g}.")
            time = min(max(time, SECONDS[0]), SECONDS[1])
        if match := re.fullmatch(rf"({_NUMBER})?\s*\.\.\s*({_NUMBER})", what):
            start = self._epoch(match[1], line) if match[1] else None
            end = self._epoch(match[2], line)
            if start is not None and end <= start:
                self.tell(line, f"A run must play forwards: to an epoch above {start:g}; got {end:g}.")
                return None
            return Play(start, end, time, line, bool(at_once))
        if match := re.fullmatch(rf"until\s+([\w-]+)\s*(>=|<=|>|<)\s*({_NUMBER})\s*(%?)", what):
            return self._until(match, time, line, bool(at_once), runs)
        self.tell(
            line,
            "“play” must be such as “0..100 in 6s”, “until test>=0.95 in 6s”, “hold” or “hold at 40”; "
            f"got “{text[:40]}”.",
        )
        return None

    def _until(
        self, match: re.Match[str], seconds: float, line: int, at_once: bool, runs: tuple[Experiment, ...]
    ) -> Play | None:
        figure, sign, bound = match[1], match[2], float(match[3]) / (100.0 if match[4] else 1.0)
        if figure not in FIGURES:
            self.tell(line, f"“until” must ask for {', '.join(FIGURES)}; got “{figure[:40]}”.")
            return None
        if len(runs) > 1:
            self.tell(line, "“until” needs a single run: of several, write up to which epoch they play.")
            return None
        if not figure.endswith("loss") and runs and runs[0].config.task != "regression" and bound > 1:
            self.tell(line, f"A share of right answers is at most 1, which is 100 %; got {bound:g}.")
            return None
        return Play(None, Rule(figure, sign.startswith(">"), bound), seconds, line, at_once)

    def _epoch(self, text: str, line: int) -> float:
        epoch = float(text)
        if epoch > MOST_EPOCHS:
            self.tell(line, f"A talk must stay within {MOST_EPOCHS:,} epochs of a run; got {epoch:g}.")
        return min(epoch, float(MOST_EPOCHS))

    # ---- what is on show ---------------------------------------------------------------------------------------
    def _said(self, part: Part) -> str:
        for command in part.all("say")[:1]:
            self._length(command.line, "What is said", command.value, LONGEST_SAY)
            return command.value
        paragraphs = [_plain(p) for p in re.split(r"\n\s*\n", part.body) if p.strip()]
        if len(paragraphs) > 1:
            self.tell(part.line, "A scene must have one paragraph of text: what else you say goes into a note.")
        said = paragraphs[0] if paragraphs else ""
        self._length(part.line, "A scene's text", said, LONGEST_SAY)
        return said

    def _shown(self, part: Part, runs: tuple[Experiment, ...]) -> tuple[str, ...]:
        shown = set[str]() if not runs else {"picture"} if len(runs) > 1 else {"picture", "network"}
        line = part.line
        for command in (c for c in part.commands if c.key in ("show", "hide")):
            line = command.line
            shown = self._changed(shown, command, runs, first=command in part.all("show")[:1])
        return self._ordered(shown, line)

    def _ordered(self, shown: set[str], line: int) -> tuple[str, ...]:
        if sum(panel in CHARTS for panel in shown) > 1:
            self.tell(line, f"One chart must do: {', '.join(CHARTS[:-1])} or {CHARTS[-1]}.")
            shown -= set(sorted(shown & set(CHARTS))[1:])
        return tuple(panel for panel in PANELS if panel in shown)

    def _changed(self, shown: set[str], command: Command, runs: tuple[Experiment, ...], *, first: bool) -> set[str]:
        """With `show` in the scene itself, only what it names is on show; `hide` takes from what is."""
        named = [panel for panel in re.split(r"[\s,]+", command.value) if panel]
        if not runs:
            self.tell(command.line, f"“{command.key}” needs a run: without one there is nothing to see.")
            return shown
        if wrong := [panel for panel in named if panel not in PANELS]:
            self.tell(command.line, f"There is no panel “{wrong[0][:40]}”; there are {', '.join(PANELS)}.")
        if len(runs) > 1 and "network" in named and command.key == "show":
            self.tell(command.line, "Side by side there is no room for the networks: show picture and a chart.")
            named.remove("network")
        known = {panel for panel in named if panel in PANELS}
        if command.key == "hide":
            return shown - known
        return known if first else shown | known

    def _points(self, commands: list[Command], runs: tuple[Experiment, ...]) -> tuple[Point, ...]:
        found = (self._point(command.value, command.line, runs) for command in commands)
        return tuple(point for point in found if point)

    def _point(self, text: str, line: int, runs: tuple[Experiment, ...]) -> Point | None:
        number = r"-?\d{1,4}(?:\.\d{1,4})?"
        forms: dict[str, str] = {
            "neuron": r"neuron (\d{1,3})\.(\d{1,3})",
            "layer": r"layer (\d{1,3})",
            "place": rf"at ({number})\s*,\s*({number})",
            "epoch": rf"epoch ({_NUMBER})",
        }
        where, words = text, ""
        if match := re.fullmatch(r"(.*?)\s*[\"“](.*)[\"”]", text):
            where, words = match[1], match[2]
        self._length(line, "The words of a “point”", words, LONGEST_LABEL)
        for kind, form in forms.items():
            if match := re.fullmatch(form, where.strip()):
                point = Point(kind, tuple(float(number) for number in match.groups()), words)
                return point if self._is_there(point, line, runs) else None
        self.tell(
            line,
            '“point” must be such as “neuron 1.2 "this one cuts here"”, “layer 1”, “at 0.5, -1” or “epoch 40”; '
            f"got “{text[:40]}”.",
        )
        return None

    def _is_there(self, point: Point, line: int, runs: tuple[Experiment, ...]) -> bool:
        if not runs:
            self.tell(line, "“point” needs a run to point at.")
            return False
        if point.kind not in ("neuron", "layer"):
            return True
        hidden = runs[0].config.hidden_layer_sizes
        sizes = [*hidden, runs[0].config.shape.sizes[-1]]
        layer = int(point.at[0])
        if not 1 <= layer <= len(sizes):
            self.tell(line, f"The network has layers 1 to {len(sizes)}, the last of which is the output; got {layer}.")
            return False
        if point.kind == "neuron" and not 1 <= point.at[1] <= sizes[layer - 1]:
            self.tell(line, f"Layer {layer} has neurons 1 to {sizes[layer - 1]}; got {point.at[1]:g}.")
            return False
        return True

    def _check_points(self, part: Part, stops: list[Stop]) -> None:
        panels = {"neuron": ("network",), "layer": ("network", "gradients"), "place": ("picture",), "epoch": CHARTS[:2]}
        for stop in stops:
            for point in stop.points:
                if not set(panels[point.kind]) & set(stop.show):
                    told = f"A “point” needs {' or '.join(panels[point.kind])} on show, and it is not."
                    if Problem(part.line, told) not in self.problems:
                        self.tell(part.line, told)

    # ---- presses and questions ---------------------------------------------------------------------------------
    def _take_steps(self, part: Part, stops: list[Stop], runs: tuple[Experiment, ...]) -> None:
        """Add a stop for each `step`, and what each `also` does to the stop before it."""
        for command in (c for c in part.commands if c.key in ("step", "also")):
            key, _, value = command.value.partition(" ")
            inner = Command(key, value.strip(), command.line)
            if command.key == "step":
                # What is pointed at is pointed at until the next press.
                stops.append(replace(stops[-1], play=None, points=()))
            elif len(stops) < 2:
                self.tell(command.line, "“also” must come after a “play” or a “step”, to which it adds.")
                continue
            if doing := self._DOING.get(key):
                stops[-1] = doing(self, stops[-1], inner, runs)
            else:
                told = f"A step can do {', '.join(IN_A_STEP)}; got “{command.value[:40]}”."
                self.tell(command.line, told)

    def _do_say(self, stop: Stop, command: Command, _: tuple[Experiment, ...]) -> Stop:
        self._length(command.line, "What is said", command.value, LONGEST_SAY)
        return replace(stop, say=command.value)

    def _do_play(self, stop: Stop, command: Command, runs: tuple[Experiment, ...]) -> Stop:
        if not runs:
            self.tell(command.line, "“play” needs a run: write “run: ?...” with a link of the playground.")
            return stop
        return replace(stop, play=self._play(command.value, command.line, runs))

    def _do_show(self, stop: Stop, command: Command, runs: tuple[Experiment, ...]) -> Stop:
        shown = self._changed(set(stop.show), command, runs, first=False)
        # Another chart takes the place of the one that is there.
        if new := [panel for panel in CHARTS if panel in shown and panel not in stop.show]:
            shown = {panel for panel in shown if panel not in CHARTS or panel in new}
        return replace(stop, show=self._ordered(shown, command.line))

    def _do_point(self, stop: Stop, command: Command, runs: tuple[Experiment, ...]) -> Stop:
        point = self._point(command.value, command.line, runs)
        return replace(stop, points=(*stop.points, point)) if point else stop

    def _do_answer(self, stop: Stop, command: Command, _: tuple[Experiment, ...]) -> Stop:
        if command.value:
            self.tell(command.line, f"“answer” stands alone: “right: 2” says which; got “{command.value[:40]}”.")
        return replace(stop, answer=True)

    _DOING: Mapping[str, Callable[[_Reader, Stop, Command, tuple[Experiment, ...]], Stop]] = {
        "say": _do_say,
        "play": _do_play,
        "show": _do_show,
        "hide": _do_show,
        "point": _do_point,
        "answer": _do_answer,
    }

    def _question(self, part: Part) -> tuple[tuple[str, ...], int]:
        asked, right = part.all("ask")[:1], part.all("right")[:1]
        if not asked:
            lonely = [*right, *(c for c in part.all("step") if c.value == "answer")]
            for command in lonely[:1]:
                self.tell(command.line, "An answer needs a question: “ask: 50 % | 75 % | 100 %”.")
            return (), 0
        options = tuple(option.strip() for option in asked[0].value.split("|") if option.strip())
        if not 2 <= len(options) <= 4:
            self.tell(asked[0].line, f"A question must have 2 to 4 answers with “|” between them; got {len(options)}.")
            return options[:4], 0
        for option in options:
            self._length(asked[0].line, "An answer", option, LONGEST_LABEL)
        if not right:
            return options, 0
        if not re.fullmatch(r"[1-4]", right[0].value) or int(right[0].value) > len(options):
            told = f"The right answer must be a whole number from 1 to {len(options)}; got “{right[0].value[:40]}”."
            self.tell(right[0].line, told)
            return options, 0
        return options, int(right[0].value)


def _labelled(piece: str) -> tuple[str, str]:
    """A run of several, with the name that the author gives it, if any: "one layer" ?hidden=8."""
    match = re.fullmatch(r"[\"“](.*?)[\"”]\s*(.*)", piece)
    return (match[1], match[2]) if match else ("", piece)


def _plain(text: str) -> str:
    """A line of Markdown as it is read aloud."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?<!\w)([*_`]{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def seconds_of(talk: Talk) -> float:
    """For how long something moves in the whole talk."""
    return math.fsum(stop.play.seconds for scene in talk.scenes for stop in scene.stops if stop.play)
