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
from typing import Literal

from playground.run.atlas import Atlas
from playground.run.experiment import Experiment
from playground.scenes.document import NOTE, Command, Document, Part, Problem, read, too_long, unknown
from playground.scenes.subject import KINDS, LONGEST_LABEL, Subject, SubjectReader

PANELS = ("picture", "fold", "network", "loss", "accuracy", "gradients")
ATLAS = "atlas"
"""The only panel of a scene with an atlas"""
CHARTS = ("loss", "accuracy", "gradients")
THEMES = ("auto", "light", "dark")
MOST_SCENES = 60
MOST_RUNS = 24
MOST_ATLASES = 4
MOST_STOPS = 12
MOST_EPOCHS = 2000
LONGEST_HEADING, LONGEST_SAY = 60, 150
USUAL_SECONDS = 6.0
SECONDS = (0.5, 120.0)
COMMANDS = (*KINDS, "play", "fold", "show", "hide", "point", "ask", "right", "say", "step", "also", NOTE)
IN_A_STEP = ("play", "fold", "show", "hide", "point", "say", "answer")
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
    """What moves at a press: from one epoch to another, or until a rule holds, in so many seconds.

    Or the film of the layers, from one layer to another; the inputs are layer 0.
    """

    start: float | None
    """None for where the scene stands"""
    end: float | Rule
    seconds: float
    line: int
    at_once: bool = False
    what: Literal["epoch", "film"] = "epoch"


@dataclass(frozen=True)
class Point:
    """An arrow with a few words: at a neuron, a layer, a place of the picture, an epoch of the chart, or a tile."""

    kind: str
    at: tuple[float, ...]
    """(layer, neuron), (layer,), (x1, x2), (epoch,) or (column, row); all but places and epochs count from 1"""
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
    subject: Subject
    hold: float | None
    """The epoch at which it stands, where one is named"""
    film: float
    """The layer at which the film of the layers stands"""
    options: tuple[str, ...]
    right: int
    """Which of the options is, from 1; 0 for none"""
    notes: tuple[str, ...]
    stops: tuple[Stop, ...]
    line: int

    @property
    def runs(self) -> tuple[Experiment, ...]:
        """What is shown side by side, or the only run; none for an atlas, or words."""
        return self.subject.runs

    @property
    def labels(self) -> tuple[str, ...]:
        """What sets each run apart."""
        return self.subject.labels

    @property
    def has_fold(self) -> bool:
        """Whether the film of the layers is ever on show."""
        return any("fold" in stop.show for stop in self.stops)


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

    @property
    def atlases(self) -> tuple[Atlas, ...]:
        """All atlases, each once, in order."""
        found = (scene.subject.atlas for scene in self.scenes)
        return tuple({atlas.name: atlas for atlas in found if atlas is not None}.values())


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
    if len(talk.atlases) > MOST_ATLASES:
        told = f"A talk must have at most {MOST_ATLASES} different atlases; got {len(talk.atlases)}."
        problems.append(Problem(1, told))
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
        self.subjects = SubjectReader(problems)

    def tell(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(line, sentence))

    def scene(self, part: Part) -> Scene:
        """One part of the document as a scene."""
        self.problems += unknown(part.commands, COMMANDS, "A scene")
        for key in (*KINDS, "play", "fold", "ask", "right", "say"):
            for again in part.all(key)[1:]:
                self.tell(again.line, f"A scene must have one “{key}”; this is another. The next press is a “step”.")
        subject = self.subjects.read(part)
        hold, film, plays = self._first_plays(part, subject)
        entry = Stop(self._said(part), self._shown(part, subject), self._points(part.all("point"), subject))
        moving = [replace(entry, play=play) for play in plays]
        stops = moving if plays and plays[0].at_once else [entry, *moving]
        self._take_steps(part, stops, subject)
        options, right = self._question(part)
        if right and not any(stop.answer for stop in stops):
            stops.append(replace(stops[-1], play=None, answer=True))
        if len(stops) > MOST_STOPS:
            self.tell(part.line, f"A scene must have at most {MOST_STOPS} presses; got {len(stops)}.")
        self._check_points(part, stops)
        notes = tuple(c.value for c in part.all(NOTE))
        heading = self._heading(part)
        return Scene(heading, subject, hold, film, options, right, notes, tuple(stops[:MOST_STOPS]), part.line)

    def _heading(self, part: Part) -> str:
        heading = _plain(part.heading)
        if not heading:
            self.tell(part.line, "This scene has no heading: write one, such as “# A line is not enough”.")
        self._length(part.line, "A heading", heading, LONGEST_HEADING)
        return heading

    def _length(self, line: int, what: str, text: str, most: int) -> None:
        self.problems += too_long(line, what, text, most)

    # ---- what moves --------------------------------------------------------------------------------------------
    def _first_plays(self, part: Part, subject: Subject) -> tuple[float | None, float, list[Play]]:
        """The epoch and the layer at which the scene stands, and what moves at its first presses."""
        hold, film, plays = None, None, list[Play]()
        first = {command.key: command for command in reversed(part.commands) if command.key in ("play", "fold")}
        for command in sorted(first.values(), key=lambda c: part.commands.index(c)):
            is_film = command.key == "fold"
            if match := re.fullmatch(rf"hold(?: at (?:layer )?({_NUMBER}))?", command.value):
                if not self._can_move(command, subject):
                    continue
                if is_film:
                    film = self._layer(match[1] or "0", command.line, subject)
                elif match[1]:
                    hold = self._epoch(match[1], command.line, subject)
            elif play := self._play(command, subject):
                plays.append(play)
        if film is None:
            film = next((play.start for play in plays if play.what == "film" and play.start is not None), 0.0)
        return hold, film, plays

    def _can_move(self, command: Command, subject: Subject) -> bool:
        """Whether there is what a “play” or a “fold” moves."""
        if command.key == "fold":
            return self._can_fold(command.line, subject)
        if not subject.is_there:
            self.tell(command.line, "“play” needs a run: write “run: ?...” with a link of the playground.")
        return subject.is_there

    def _can_fold(self, line: int, subject: Subject) -> bool:
        if len(subject.runs) != 1:
            self.tell(line, "“fold” shows the layers of one run: write “run: ?...” with a link of the playground.")
            return False
        if not subject.runs[0].config.hidden_layer_sizes:
            self.tell(line, "“fold” needs a hidden layer: this network has none.")
            return False
        return True

    def _play(self, command: Command, subject: Subject) -> Play | None:
        if not self._can_move(command, subject):
            return None
        line, is_film = command.line, command.key == "fold"
        rest, at_once = re.subn(r"\s+at once$", "", command.value.strip())
        match = re.fullmatch(rf"(.+?)(?:\s+in\s+({_NUMBER})\s*(?:s|seconds?))?", rest)
        what, seconds = (match[1], match[2]) if match else ("", None)
        time = float(seconds) if seconds else USUAL_SECONDS
        if not SECONDS[0] <= time <= SECONDS[1]:
            self.tell(line, f"A run must play for {SECONDS[0]:g} to {SECONDS[1]:g} seconds; got {time:g}.")
            time = min(max(time, SECONDS[0]), SECONDS[1])
        if match := re.fullmatch(rf"({_NUMBER})?\s*\.\.\s*({_NUMBER})", what):
            read = self._layer if is_film else self._epoch
            start = read(match[1], line, subject) if match[1] else None
            end = read(match[2], line, subject)
            if start is not None and end <= start:
                unit = "A film must go forwards: to a layer" if is_film else "A run must play forwards: to an epoch"
                self.tell(line, f"{unit} above {start:g}; got {end:g}.")
                return None
            return Play(start, end, time, line, bool(at_once), "film" if is_film else "epoch")
        if is_film:
            told = f"“fold” must be such as “0..2 in 8s”, from layer to layer, or “hold at 1”; got “{what[:40]}”."
            self.tell(line, told)
            return None
        if match := re.fullmatch(rf"until\s+([\w-]+)\s*(>=|<=|>|<)\s*({_NUMBER})\s*(%?)", what):
            return self._until(match, time, line, bool(at_once), subject.runs)
        self.tell(
            line,
            "“play” must be such as “0..100 in 6s”, “until test>=0.95 in 6s”, “hold” or “hold at 40”; "
            f"got “{command.value[:40]}”.",
        )
        return None

    def _until(
        self, match: re.Match[str], seconds: float, line: int, at_once: bool, runs: tuple[Experiment, ...]
    ) -> Play | None:
        figure, sign, bound = match[1], match[2], float(match[3]) / (100.0 if match[4] else 1.0)
        if figure not in FIGURES:
            self.tell(line, f"“until” must ask for {', '.join(FIGURES)}; got “{figure[:40]}”.")
            return None
        if len(runs) != 1:
            self.tell(line, "“until” needs a single run: of several, write up to which epoch they play.")
            return None
        if not figure.endswith("loss") and runs[0].config.task != "regression" and bound > 1:
            self.tell(line, f"A share of right answers is at most 1, which is 100 %; got {bound:g}.")
            return None
        return Play(None, Rule(figure, sign.startswith(">"), bound), seconds, line, at_once)

    def _epoch(self, text: str, line: int, subject: Subject) -> float:
        epoch = float(text)
        if subject.atlas is not None and epoch > subject.atlas.epochs:
            self.tell(line, f"This atlas has {subject.atlas.epochs} epochs; got {epoch:g}.")
            return float(subject.atlas.epochs)
        if epoch > MOST_EPOCHS:
            self.tell(line, f"A talk must stay within {MOST_EPOCHS:,} epochs of a run; got {epoch:g}.")
        return min(epoch, float(MOST_EPOCHS))

    def _layer(self, text: str, line: int, subject: Subject) -> float:
        n = len(subject.runs[0].config.hidden_layer_sizes)
        if float(text) > n:
            self.tell(line, f"The film goes from the inputs, layer 0, to layer {n}, the last hidden one; got {text}.")
        return min(float(text), float(n))

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

    def _shown(self, part: Part, subject: Subject) -> tuple[str, ...]:
        if subject.atlas is not None:
            for command in (c for c in part.commands if c.key in ("show", "hide")):
                self._refuse_panels(command)
            return (ATLAS,)
        n = len(subject.runs)
        usual = [set[str](), {"picture", "network"}][n] if n < 2 else {"picture"}
        film = {"fold"} if part.all("fold") and n == 1 and subject.runs[0].config.hidden_layer_sizes else set[str]()
        shown = film or usual
        line = part.line
        for command in (c for c in part.commands if c.key in ("show", "hide")):
            line = command.line
            shown = self._changed(shown, command, subject, first=command in part.all("show")[:1])
        return self._ordered(shown | film, line)

    def _ordered(self, shown: set[str], line: int) -> tuple[str, ...]:
        if sum(panel in CHARTS for panel in shown) > 1:
            self.tell(line, f"One chart must do: {', '.join(CHARTS[:-1])} or {CHARTS[-1]}.")
            shown -= set(sorted(shown & set(CHARTS))[1:])
        return tuple(panel for panel in PANELS if panel in shown)

    def _refuse_panels(self, command: Command) -> None:
        self.tell(command.line, f"“{command.key}” has nothing to choose here: an atlas fills its scene.")

    def _changed(self, shown: set[str], command: Command, subject: Subject, *, first: bool) -> set[str]:
        """With `show` in the scene itself, only what it names is on show; `hide` takes from what is."""
        named = [panel for panel in re.split(r"[\s,]+", command.value) if panel]
        runs = subject.runs
        if not runs:
            self.tell(command.line, f"“{command.key}” needs a run: without one there is nothing to see.")
            return shown
        if wrong := [panel for panel in named if panel not in PANELS]:
            self.tell(command.line, f"There is no panel “{wrong[0][:40]}”; there are {', '.join(PANELS)}.")
        if len(runs) > 1 and "network" in named and command.key == "show":
            self.tell(command.line, "Side by side there is no room for the networks: show picture and a chart.")
            named.remove("network")
        if "fold" in named and command.key == "show" and not self._can_fold(command.line, subject):
            named.remove("fold")
        known = {panel for panel in named if panel in PANELS}
        if command.key == "hide":
            return shown - known
        return known if first else shown | known

    def _points(self, commands: list[Command], subject: Subject) -> tuple[Point, ...]:
        found = (self._point(command.value, command.line, subject) for command in commands)
        return tuple(point for point in found if point)

    def _point(self, text: str, line: int, subject: Subject) -> Point | None:
        number = r"-?\d{1,4}(?:\.\d{1,4})?"
        forms: dict[str, str] = {
            "neuron": r"neuron (\d{1,3})\.(\d{1,3})",
            "layer": r"layer (\d{1,3})",
            "place": rf"at ({number})\s*,\s*({number})",
            "epoch": rf"epoch ({_NUMBER})",
            "tile": r"tile (\d{1,3})\.(\d{1,3})",
        }
        where, words = text, ""
        if match := re.fullmatch(r"(.*?)\s*[\"“](.*)[\"”]", text):
            where, words = match[1], match[2]
        self._length(line, "The words of a “point”", words, LONGEST_LABEL)
        for kind, form in forms.items():
            if match := re.fullmatch(form, where.strip()):
                point = Point(kind, tuple(float(number) for number in match.groups()), words)
                return point if self._is_there(point, line, subject) else None
        self.tell(
            line,
            '“point” must be such as “neuron 1.2 "this one cuts here"”, “layer 1”, “at 0.5, -1”, “epoch 40” or '
            f"“tile 2.1”; got “{text[:40]}”.",
        )
        return None

    def _is_there(self, point: Point, line: int, subject: Subject) -> bool:
        runs, atlas = subject.runs, subject.atlas
        if not subject.is_there:
            self.tell(line, "“point” needs a run to point at.")
            return False
        if (point.kind == "tile") != (atlas is not None):
            told = "an atlas has tiles" if atlas is not None else "only an atlas has tiles"
            self.tell(line, f"There is no such thing to point at: {told}, such as “tile 2.1”, column and row.")
            return False
        if atlas is not None:
            column, row = point.at
            if not (1 <= column <= atlas.columns and 1 <= row <= atlas.rows):
                told = f"The atlas has columns 1 to {atlas.columns} and, from the bottom, rows 1 to {atlas.rows}"
                self.tell(line, f"{told}; got {column:g}.{row:g}.")
                return False
            return True
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
        panels = {"neuron": ("network",), "layer": ("network", "gradients"), "place": ("picture",), "epoch": CHARTS[:2],
                  "tile": (ATLAS,)}  # fmt: skip
        for stop in stops:
            for point in stop.points:
                if not set(panels[point.kind]) & set(stop.show):
                    told = f"A “point” needs {' or '.join(panels[point.kind])} on show, and it is not."
                    if Problem(part.line, told) not in self.problems:
                        self.tell(part.line, told)

    # ---- presses and questions ---------------------------------------------------------------------------------
    def _take_steps(self, part: Part, stops: list[Stop], subject: Subject) -> None:
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
                stops[-1] = doing(self, stops[-1], inner, subject)
            else:
                told = f"A step can do {', '.join(IN_A_STEP)}; got “{command.value[:40]}”."
                self.tell(command.line, told)

    def _do_say(self, stop: Stop, command: Command, _: Subject) -> Stop:
        self._length(command.line, "What is said", command.value, LONGEST_SAY)
        return replace(stop, say=command.value)

    def _do_play(self, stop: Stop, command: Command, subject: Subject) -> Stop:
        play = self._play(command, subject)
        show = self._ordered({*stop.show, "fold"}, command.line) if play and play.what == "film" else stop.show
        return replace(stop, play=play, show=show)

    def _do_show(self, stop: Stop, command: Command, subject: Subject) -> Stop:
        if subject.atlas is not None:
            self._refuse_panels(command)
            return stop
        shown = self._changed(set(stop.show), command, subject, first=False)
        # Another chart takes the place of the one that is there.
        if new := [panel for panel in CHARTS if panel in shown and panel not in stop.show]:
            shown = {panel for panel in shown if panel not in CHARTS or panel in new}
        return replace(stop, show=self._ordered(shown, command.line))

    def _do_point(self, stop: Stop, command: Command, subject: Subject) -> Stop:
        point = self._point(command.value, command.line, subject)
        return replace(stop, points=(*stop.points, point)) if point else stop

    def _do_answer(self, stop: Stop, command: Command, _: Subject) -> Stop:
        if command.value:
            self.tell(command.line, f"“answer” stands alone: “right: 2” says which; got “{command.value[:40]}”.")
        return replace(stop, answer=True)

    _DOING: Mapping[str, Callable[[_Reader, Stop, Command, Subject], Stop]] = {
        "say": _do_say,
        "play": _do_play,
        "fold": _do_play,
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


def _plain(text: str) -> str:
    """A line of Markdown as it is read aloud."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?<!\w)([*_`]{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def seconds_of(talk: Talk) -> float:
    """For how long something moves in the whole talk."""
    return math.fsum(stop.play.seconds for scene in talk.scenes for stop in scene.stops if stop.play)
