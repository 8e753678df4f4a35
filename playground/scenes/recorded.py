"""The runs and the atlases of a talk, recorded ahead, so that nothing is trained on stage."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from playground.run import link
from playground.run.atlas import Atlas
from playground.run.crew import Crews
from playground.run.experiment import Experiment
from playground.run.runs import Run, Runs, never
from playground.run.survey import Survey, Surveys
from playground.scenes.document import Problem
from playground.scenes.talk import Rule, Talk

PIECE = 10  # epochs
LOOK_EVERY_SECONDS = 0.02
MOST_UNTIL = 1000
"""Epochs after which a rule that does not hold yet is given up"""


class Studio(NamedTuple):
    """Where recordings are made: what finds or makes a run, and who has an atlas trained."""

    run_of: Callable[[Experiment], Run]
    survey_of: Callable[[Atlas], Survey]

    def holding(self) -> Studio:
        """The same, but nothing is forgotten before the last is recorded, however little room there is for all."""
        runs: dict[str, Run] = {}
        surveys: dict[str, Survey] = {}
        return Studio(
            lambda experiment: runs.setdefault(experiment.name, self.run_of(experiment)),
            lambda atlas: surveys.setdefault(atlas.name, self.survey_of(atlas)),
        )


def new_studio() -> Studio:
    """One for a program of its own, which shares its recordings with nobody."""
    return Studio(Runs().get, Surveys(Crews()).get)


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


def _needs(talk: Talk, studio: Studio) -> Iterator[_Need]:
    for scene in talk.scenes:
        for k, experiment in enumerate(scene.runs):
            run = studio.run_of(experiment)
            yield _Need(run, experiment, scene.line, scene.hold or 0.0, scene.subject.step if k == 0 else 0)
            for stop in scene.stops:
                if stop.play and stop.play.what == "epoch":
                    yield _Need(run, experiment, stop.play.line, stop.play.end)


def record(talk: Talk, studio: Studio, seconds: float = math.inf, gone: Callable[[], bool] = never) -> float:
    """Train what the talk shows, for so long at the most; give the share that is recorded then, 1 for all.

    gone : whether nobody waits for it any longer; asked between two slices of training
    """
    deadline = time.perf_counter() + seconds
    surveys = [studio.survey_of(atlas) for atlas in talk.atlases]
    needs = list(_needs(talk, studio))
    for need in needs:
        while need.reached() < 1.0 and not gone():
            left = deadline - time.perf_counter()
            if left <= 0:
                break
            _ask(surveys)  # which others train meanwhile
            need.train(min(left, 0.25), gone)
    while _ask(surveys) and time.perf_counter() < deadline and not gone():
        time.sleep(LOOK_EVERY_SECONDS)
    shares = [*(need.reached() for need in needs), *(survey.progress().done for survey in surveys)]
    return sum(shares) / len(shares) if shares else 1.0


def _ask(surveys: Sequence[Survey]) -> bool:
    """Have those atlases trained on that are not complete; whether there are any."""
    waiting = [survey for survey in surveys if not survey.is_complete]
    for survey in waiting:
        survey.ask()
    return bool(waiting)


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


def shortfalls(talk: Talk, studio: Studio) -> list[Problem]:
    """What a recorded talk does not come to: a run that breaks, a rule that does not hold, a step beyond reach."""
    problems = []
    for scene in talk.scenes:
        if scene.subject.atlas is not None:
            lost = studio.survey_of(scene.subject.atlas).problems
            configs = scene.subject.atlas.configs
            problems += [Problem(scene.line, why) for cell, why in lost.items() if not isinstance(configs[cell], str)]
    for need in _needs(talk, studio):
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


def beyond_reach(talk: Talk, studio: Studio) -> list[Problem]:
    """Where a talk asks for more training than a server gives in a few seconds; nothing is trained to find out."""
    problems = []
    for need in _needs(talk, studio):
        per = need.experiment.steps_per_epoch(len(need.run.trainer.data.x_train))
        most = link.reach(need.experiment)
        if not isinstance(need.end, Rule) and need.end * per > most:
            told = f"This run can play to epoch {most // per:,} at most, as large as it is; got {need.end:g}."
            problems.append(Problem(need.line, told))
    return list(dict.fromkeys(problems))
