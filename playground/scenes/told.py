"""A recorded talk as bytes: the page that plays it and the file that plays without a server hold the same ones.

The length of a header, the header in JSON (`Told`), for each run a message as the stage has it, and for each atlas
messages as the page of that name has them (web/message.py). `script.js` takes them apart.
"""

# Without annotations from the future: as texts they would not say which keys may be left out.
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from playground.export.replay import about_rows
from playground.geometry.fold import separations, viewpoints
from playground.run.atlas import View
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import Run, frame_rows
from playground.run.survey import Survey
from playground.scenes.recorded import Studio, epoch_of
from playground.scenes.subject import link_of
from playground.scenes.talk import Play, Rule, Scene, Talk
from playground.web.atlas_route import atlas_page, tiles_message
from playground.web.message import AtlasPage, decode, encode

ROWS_A_SECOND = 60
"""While a run plays: its epochs, or, where those are too few for a picture that moves, single steps between them"""
ROWS_OF_A_CURVE = 150
MOST_NUMBERS = 500_000
"""In the rows of a run: two megabytes"""
MOST_REPLAYED = 4000  # steps; where more lie between two epochs that are shown, there are epochs enough


class PlayTold(TypedDict):
    """What moves at a stop."""

    what: str  # "epoch", or "film": the layers that the film has come through
    start: float
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
    film: float  # and the layer at which the film of the layers stands
    separations: Sequence[float | None]  # how well a straight cut does in each layer then; none where there is no film


class SceneTold(TypedDict):
    """One scene."""

    heading: str
    runs: Sequence[int]  # places in the list of runs
    atlas: int  # place in the list of atlases; -1 for none
    tiles: str  # what its tiles show
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


class AtlasTold(TypedDict):
    """An atlas; its tiles come in messages of these lengths."""

    page: AtlasPage
    link: str  # to the page Atlas, from the server's root
    lengths: Sequence[int]


class Told(TypedDict):
    """What the bytes begin with."""

    talk: TalkTold
    lengths: Sequence[int]  # of the message of each run,
    folds: dict[str, Any]  # what the film of a run needs (geometry/fold.py), by the run's place in the list
    atlases: Sequence[AtlasTold]  # whose messages come after the runs'


@dataclass
class _Wanted:
    """What is shown of a run: epochs at which it stands, and what it plays."""

    moments: set[float]
    plays: list[PlayTold]

    @property
    def last(self) -> float:
        """The last epoch that is shown."""
        return max(self.moments | {play["end"] for play in self.plays})


def packed(talk: Talk, source: str, studio: Studio) -> bytes:
    """The talk, once all of it is recorded."""
    wanted = {run.name: _Wanted({0.0}, []) for run in talk.runs}
    scenes = [_scene(talk, k, studio, wanted) for k in range(len(talk.scenes))]
    messages = [_message(run, studio.run_of(run), wanted[run.name]) for run in talk.runs]
    tiles = [_tiles(studio.survey_of(atlas)) for atlas in talk.atlases]
    told: TalkTold = {
        "title": talk.title,
        "theme": talk.theme,
        "minutes": talk.minutes,
        "source": source,
        "scenes": scenes,
    }
    folded = {run.name for scene in talk.scenes if scene.has_fold for run in scene.runs}
    header: Told = {
        "talk": told,
        "lengths": [len(message) for message in messages],
        "folds": {
            str(k): _fold(run, studio.run_of(run), wanted[run.name])
            for k, run in enumerate(talk.runs)
            if run.name in folded
        },
        "atlases": [
            {
                "page": atlas_page(atlas, View(), plotly=""),
                "link": f"atlas{link_of(atlas)}",
                "lengths": [len(message) for message in own],
            }
            for atlas, own in zip(talk.atlases, tiles, strict=True)
        ],
    }
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return b"".join((len(text).to_bytes(4, "little"), text, *messages, *(part for own in tiles for part in own)))


def first_picture(talk: Talk, studio: Studio) -> tuple[Experiment, float] | None:
    """The first run of a recorded talk, and the epoch at which its scene ends; None where all is words or atlases."""
    for number, scene in enumerate(talk.scenes):
        if scene.runs:
            wanted = {run.name: _Wanted(set(), []) for run in scene.runs}
            return scene.runs[0], _scene(talk, number, studio, wanted)["stops"][-1]["at"]
    return None


def _tiles(survey: Survey) -> list[bytes]:
    """All tiles of an atlas that is complete, in as many messages as its page would be sent."""
    messages: list[bytes] = []
    have = 0
    while have < len(survey.order):
        messages.append(tiles_message(survey, have))
        have += len(decode(messages[-1])[0]["atlas"]["tiles"])
    return messages


def _fold(experiment: Experiment, run: Run, wanted: _Wanted) -> dict[str, Any]:
    """From where the film of a run is looked at: the same for all moments that the talk shows."""
    points, _ = make_data(experiment)
    with run.lock:
        told = viewpoints(run.trainer, points, wanted.last)
    return {**told, "one_input": experiment.config.has_one_input}


def _scene(talk: Talk, number: int, studio: Studio, wanted: dict[str, _Wanted]) -> SceneTold:
    """One scene with its epochs, which are wanted of every run that it shows."""
    scene = talk.scenes[number]
    names = [run.name for run in talk.runs]
    runs = [studio.run_of(run) for run in scene.runs]
    first = runs[0] if runs else None
    at, film = _entry(scene, first), scene.film
    stops: list[StopTold] = []
    for stop in scene.stops:
        is_film = stop.play is not None and stop.play.what == "film"
        play = _play(stop.play, film if is_film else at, first) if stop.play else None
        if play and is_film:
            film = play["end"]
        elif play:
            at = play["end"]
        for run in scene.runs:
            wanted[run.name].moments.add(at)
            wanted[run.name].plays += [play] if play and not is_film else []
        stops.append(
            {
                "say": stop.say,
                "show": stop.show,
                "points": [{"kind": p.kind, "at": p.at, "text": p.text} for p in stop.points],
                "play": play,
                "answer": stop.answer,
                "at": at,
                "film": film,
                "separations": _separations(runs[0], at) if "fold" in stop.show else [],
            }
        )
    atlas = scene.subject.atlas
    return {
        "heading": scene.heading,
        "runs": [names.index(run.name) for run in scene.runs],
        "atlas": [each.name for each in talk.atlases].index(atlas.name) if atlas is not None else -1,
        "tiles": scene.subject.view.show,
        "labels": scene.labels,
        "options": scene.options,
        "right": scene.right,
        "notes": scene.notes,
        "stops": stops,
    }


def _separations(run: Run, epoch: float) -> list[float | None]:
    """How well a straight cut separates the classes at an epoch, in the inputs and after each hidden layer."""
    with run.lock:
        recording, trainer = run.recording, run.trainer
        found = separations(trainer.net, trainer.data, recording.seek(run.step_at(epoch)).parameters) or []
    return [share if math.isfinite(share) else None for share in found]


def _entry(scene: Scene, run: Run | None) -> float:
    """Where a scene is entered: at the epoch that it names, where its play begins, or at the moment of its link."""
    if scene.hold is not None:
        return scene.hold
    first = next((stop.play for stop in scene.stops[:2] if stop.play and stop.play.what == "epoch"), None)
    if first and first.start is not None:
        return first.start
    if run is not None:
        return float(np.interp(min(scene.subject.step, run.last_step), run.recording.steps, run.recording.epochs))
    if scene.subject.atlas is None:
        return 0.0
    at = scene.subject.view.at
    return float(scene.subject.atlas.epochs) if at is None else at


def _play(play: Play, at: float, run: Run | None) -> PlayTold:
    """A play with numbers in the place of rules; it begins where it says, or else at `at`."""
    end = play.end
    if isinstance(end, Rule):
        assert run is not None, "a rule is only read where there is a run"
        found = epoch_of(end, run)
        end = float(run.recording.epochs[-1]) if found is None else found
    start = at if play.start is None else play.start
    return {"what": play.what, "start": min(start, end), "end": end, "seconds": play.seconds}


def _message(experiment: Experiment, run: Run, wanted: _Wanted) -> bytes:
    """A run as the browser gets it, with the moments that are shown of it."""
    rows = _rows(run, wanted)
    return encode({"run": {**about_rows(experiment, run, rows), "marks": []}}, rows)


def _rows(run: Run, wanted: _Wanted) -> np.ndarray:
    """The rows at every moment that stands, along every play, and along the curve up to the last of them."""
    with run.lock:
        steps, epochs = run.recording.steps, run.recording.epochs
        end = min(wanted.last, float(epochs[-1]))
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
