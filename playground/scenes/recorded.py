"""The runs of a talk, recorded ahead, so that nothing is trained on stage; and all of it as bytes for the browser.

The page that plays a talk and the file that plays without a server hold the same bytes: the length of a header, the
header in JSON (`Told`), and for each run a message as the stage has it (web/message.py).
"""

# Without annotations from the future: as texts they would not say which keys may be left out.
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from playground.export.replay import about_rows
from playground.run import link
from playground.run.experiment import Experiment
from playground.run.runs import Run, frame_rows, never
from playground.scenes.document import Problem
from playground.scenes.talk import Play, Rule, Scene, Talk
from playground.web.message import encode

ROWS_A_SECOND = 60
"""While a run plays: its epochs, or, where those are too few for a picture that moves, single steps between them"""
ROWS_OF_A_CURVE = 150
MOST_NUMBERS = 500_000
"""In the rows of a run: two megabytes"""
MOST_REPLAYED = 4000  # steps; where more lie between two epochs that are shown, there are epochs enough
PIECE = 10  # epochs
MOST_UNTIL = 1000
"""Epochs after which a rule that does not hold yet is given up"""


class PlayTold(TypedDict):
    """What moves at a stop."""

    start: float  # epochs
    end: float
    seconds: float


class PointTold(TypedDict):
    """An arrow with a few words."""

    kind: str
    at: Sequence[float]
    text: str


class StopTold(TypedDict):
    """What the room sees after a press."""

    say: str
    show: Sequence[str]
    points: Sequence[PointTold]
    play: PlayTold | None
    answer: bool
    at: float  # the epoch at which it stands, once it has played


class SceneTold(TypedDict):
    """One scene."""

    heading: str
    runs: Sequence[int]  # places in the list of runs
    labels: Sequence[str]
    options: Sequence[str]
    right: int  # from 1; 0 for none
    notes: Sequence[str]
    stops: Sequence[StopTold]


class TalkTold(TypedDict):
    """A talk as the browser plays it."""

    title: str
    theme: str
    minutes: float
    source: str  # the file, so that a page whose server has forgotten it can bring it back
    scenes: Sequence[SceneTold]


class Told(TypedDict):
    """What the bytes begin with."""

    talk: TalkTold
    lengths: Sequence[int]


@dataclass(frozen=True)
class _Need:
    """How far a run must be recorded, for one of the things that are shown of it."""

    run: Run
    experiment: Experiment
    line: int
    end: float | Rule
    step: int = 0
    """The moment of its link"""

    @property
    def most(self) -> float:
        """The epoch beyond which it is not trained."""
        return MOST_UNTIL if isinstance(self.end, Rule) else self.end

    def reached(self) -> float:
        """The share that is recorded, from 0 to 1."""
        recording = self.run.recording
        if recording.has_ended or (isinstance(self.end, Rule) and epoch_of(self.end, self.run) is not None):
            return 1.0
        here = float(recording.epochs[-1])
        shares = [here / self.most if self.most else 1.0, self.run.last_step / self.step if self.step else 1.0]
        return min(1.0, *shares)

    def train(self, seconds: float, gone: Callable[[], bool]) -> None:
        """Train on, for so long at the most."""
        if self.run.last_step < self.step:
            self.run.record_until(self.step, seconds, gone)
        else:
            here = float(self.run.recording.epochs[-1])
            piece = PIECE if isinstance(self.end, Rule) else math.inf
            self.run.record_to(min(self.most, here + piece), seconds, gone)


def holding(run_of: Callable[[Experiment], Run]) -> Callable[[Experiment], Run]:
    """The same, but none is forgotten before the last is recorded, however little room there is for all runs."""
    held: dict[str, Run] = {}
    return lambda experiment: held.setdefault(experiment.name, run_of(experiment))


def _needs(talk: Talk, run_of: Callable[[Experiment], Run]) -> Iterator[_Need]:
    for scene in talk.scenes:
        for k, experiment in enumerate(scene.runs):
            run = run_of(experiment)
            yield _Need(run, experiment, scene.line, scene.hold or 0.0, scene.step if k == 0 else 0)
            for stop in scene.stops:
                if stop.play:
                    yield _Need(run, experiment, stop.play.line, stop.play.end)


def record(
    talk: Talk, run_of: Callable[[Experiment], Run], seconds: float = math.inf, gone: Callable[[], bool] = never
) -> float:
    """Train what the talk shows, for so long at the most; give the share that is recorded then, 1 for all.

    gone : whether nobody waits for it any longer; asked between two slices of training
    """
    deadline = time.perf_counter() + seconds
    needs = list(_needs(talk, run_of))
    for need in needs:
        while need.reached() < 1.0 and not gone():
            left = deadline - time.perf_counter()
            if left <= 0:
                break
            need.train(min(left, 0.25), gone)
    return sum(need.reached() for need in needs) / len(needs) if needs else 1.0


def epoch_of(rule: Rule, run: Run) -> float | None:
    """The first recorded epoch at which a rule holds; None where it does not."""
    values = _figure(rule, run)
    held = values >= rule.bound if rule.is_above else values <= rule.bound
    hits = np.flatnonzero(held & (run.recording.epochs <= MOST_UNTIL))
    return float(run.recording.epochs[hits[0]]) if len(hits) else None


def _figure(rule: Rule, run: Run) -> np.ndarray:
    recording = run.recording
    return {
        "test": recording.test_score,
        "train": recording.train_score,
        "test-loss": recording.test_loss,
        "train-loss": recording.train_loss,
    }[rule.figure]


def shortfalls(talk: Talk, run_of: Callable[[Experiment], Run]) -> list[Problem]:
    """What a recorded talk does not come to: a run that breaks, a rule that does not hold, a step beyond reach."""
    problems = []
    for need in _needs(talk, run_of):
        recording, run = need.run.recording, need.run
        if isinstance(need.end, Rule):
            if epoch_of(need.end, run) is None:
                problems.append(Problem(need.line, _not_reached(need.end, run)))
        elif recording.has_ended and float(recording.epochs[-1]) < need.end and not recording.diverged:
            told = f"The run ends at epoch {recording.epochs[-1]:g}, before epoch {need.end:g}: it stops early."
            problems.append(Problem(need.line, told))
    return list(dict.fromkeys(problems))


def _not_reached(rule: Rule, run: Run) -> str:
    values = _figure(rule, run)
    last = run.recording.epochs[-1]
    if not np.isfinite(values).any():
        return f"The run has no “{rule.figure}”: without test points there is nothing to reach {rule} with."
    best = int(np.nanargmax(values) if rule.is_above else np.nanargmin(values))
    told = f"at its best it has {values[best]:.3g}, at epoch {run.recording.epochs[best]:g}"
    return f"The run does not reach {rule} within {last:g} epochs: {told}."


def beyond_reach(talk: Talk, run_of: Callable[[Experiment], Run]) -> list[Problem]:
    """Where a talk asks for more training than a server gives in a few seconds; nothing is trained to find out."""
    problems = []
    for need in _needs(talk, run_of):
        per = need.experiment.steps_per_epoch(len(need.run.trainer.data.x_train))
        most = link.reach(need.experiment)
        if not isinstance(need.end, Rule) and need.end * per > most:
            told = f"This run can play to epoch {most // per:,} at most, as large as it is; got {need.end:g}."
            problems.append(Problem(need.line, told))
    return list(dict.fromkeys(problems))


# ---- for the browser -------------------------------------------------------------------------------------------
@dataclass
class _Wanted:
    """What is shown of a run: epochs at which it stands, and what it plays."""

    moments: set[float]
    plays: list[PlayTold]


def packed(talk: Talk, source: str, run_of: Callable[[Experiment], Run]) -> bytes:
    """A recorded talk as bytes; `script.js` takes them apart."""
    wanted = {run.name: _Wanted({0.0}, []) for run in talk.runs}
    scenes = [_scene(talk, k, run_of, wanted) for k in range(len(talk.scenes))]
    messages = [_message(run, run_of(run), wanted[run.name]) for run in talk.runs]
    told: TalkTold = {
        "title": talk.title,
        "theme": talk.theme,
        "minutes": talk.minutes,
        "source": source,
        "scenes": scenes,
    }
    header: Told = {"talk": told, "lengths": [len(message) for message in messages]}
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return b"".join((len(text).to_bytes(4, "little"), text, *messages))


def _scene(talk: Talk, number: int, run_of: Callable[[Experiment], Run], wanted: dict[str, _Wanted]) -> SceneTold:
    """One scene with its epochs, which are wanted of every run that it shows."""
    scene = talk.scenes[number]
    names = [run.name for run in talk.runs]
    runs = [run_of(run) for run in scene.runs]
    at = _entry(scene, runs[0]) if runs else 0.0
    stops: list[StopTold] = []
    for stop in scene.stops:
        play = _play(stop.play, at, runs[0]) if stop.play and runs else None
        at = play["end"] if play else at
        for run in scene.runs:
            wanted[run.name].moments.add(at)
            wanted[run.name].plays += [play] if play else []
        stops.append(
            {
                "say": stop.say,
                "show": stop.show,
                "points": [{"kind": p.kind, "at": p.at, "text": p.text} for p in stop.points],
                "play": play,
                "answer": stop.answer,
                "at": at,
            }
        )
    return {
        "heading": scene.heading,
        "runs": [names.index(run.name) for run in scene.runs],
        "labels": scene.labels,
        "options": scene.options,
        "right": scene.right,
        "notes": scene.notes,
        "stops": stops,
    }


def _entry(scene: Scene, run: Run) -> float:
    """Where a scene is entered: at the epoch that it names, where its play begins, or at the moment of its link."""
    if scene.hold is not None:
        return scene.hold
    first = next((stop.play for stop in scene.stops[:2] if stop.play), None)
    if first and first.start is not None:
        return first.start
    return float(np.interp(min(scene.step, run.last_step), run.recording.steps, run.recording.epochs))


def _play(play: Play, at: float, run: Run) -> PlayTold:
    end = play.end
    if isinstance(end, Rule):
        found = epoch_of(end, run)
        end = float(run.recording.epochs[-1]) if found is None else found
    start = at if play.start is None else play.start
    return {"start": min(start, end), "end": end, "seconds": play.seconds}


def _message(experiment: Experiment, run: Run, wanted: _Wanted) -> bytes:
    """A run as the browser gets it, with the moments that are shown of it."""
    rows = _rows(run, wanted)
    return encode({"run": {**about_rows(experiment, run, rows), "marks": []}}, rows)


def _rows(run: Run, wanted: _Wanted) -> np.ndarray:
    """The rows at every moment that stands, along every play, and along the curve up to the last of them."""
    with run.lock:
        steps, epochs = run.recording.steps, run.recording.epochs
        end = min(max(wanted.moments | {play["end"] for play in wanted.plays}), float(epochs[-1]))
        recorded = frame_rows(run.recording, 0, int(np.searchsorted(epochs, end, side="right")))

    def step_of(epoch: float) -> int:
        return round(float(np.interp(epoch, epochs, steps)))

    most = MOST_NUMBERS // recorded.shape[1]
    frames = [max(2, math.ceil(ROWS_A_SECOND * play["seconds"])) for play in wanted.plays]
    share = min(1.0, most / (sum(frames) + ROWS_OF_A_CURVE))
    curve = np.linspace(0, len(recorded) - 1, min(len(recorded), max(2, int(share * ROWS_OF_A_CURVE))))
    chosen = set(recorded[curve.round().astype(int), 0].astype(int).tolist())
    chosen |= {step_of(moment) for moment in wanted.moments}
    for play, n in zip(wanted.plays, frames, strict=True):
        first, last = step_of(play["start"]), step_of(play["end"])
        path = np.linspace(first, last, max(2, int(share * n))).round().astype(int)
        if last - first > MOST_REPLAYED:
            path = steps[np.searchsorted(steps, path, side="right") - 1]
        chosen |= {first, last, *path.tolist()}
    return _at(run, sorted(chosen), recorded)


def _at(run: Run, chosen: list[int], recorded: np.ndarray) -> np.ndarray:
    """The rows of some steps, in order: from the recording, or replayed where they lie between two epochs."""
    at_hand = set(recorded[:, 0].astype(int).tolist())
    between = [step for step in chosen if step not in at_hand]
    # A replay begins at a keyframe: steps that lie close together are replayed in one go.
    groups: list[list[int]] = []
    for step in between:
        if groups and step - groups[-1][0] < MOST_REPLAYED:
            groups[-1].append(step)
        else:
            groups.append([step])
    found = [recorded[np.isin(recorded[:, 0], chosen)]]
    for group in groups:
        replayed = run.step_rows(group[0], group[-1])
        found.append(replayed[np.isin(replayed[:, 0], group)])
    rows = np.concatenate(found)
    return np.asarray(rows[np.argsort(rows[:, 0], kind="stable")])
