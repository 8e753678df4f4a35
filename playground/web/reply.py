"""The reply to a question of the stage: recorded moments, single steps, and what it must know of the run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np

from playground.health.headlines import headline_at, headlines
from playground.run.experiment import Experiment
from playground.run.runs import Run, never
from playground.run.seeds import N_SEEDS
from playground.web.about import GOAL_EPOCHS, about, last_shared_step
from playground.web.message import AboutRun, Answers, Mark, Progress, Question, SeedsTold

FIRST_SECONDS = 0.05  # a page waits no longer for its first picture; its browser asks for what follows
ANSWER_SECONDS = 0.25
LOOKING_SECONDS = 0.02  # for what Health says of the run so far
MOST_SINGLE_STEPS = 400


class Reply(NamedTuple):
    """What the browser is told."""

    header: Progress | AboutRun
    rows: np.ndarray
    """(k, width): recorded moments, then single steps, then the networks of seeds"""
    last: int
    """The last step that the browser then holds"""


def first_reply(
    experiment: Experiment, run: Run, *, moment: int, has_parent: bool, seconds: float = FIRST_SECONDS
) -> Reply:
    """What a page tells that shows a run for the first time: as far as it plays by itself, or to the moment of a link.

    has_parent : whether its browser holds the run that this one has branched off from, or there is none
    """
    shared = last_shared_step(experiment, run)
    after = shared if has_parent else -1
    end = max(run.epoch_of(max(shared, 0)) + GOAL_EPOCHS, run.epoch_of(moment))
    # A run is shared: others may have trained it further than this page has any use for. Where many train, a page
    # does not stand in line for more than it needs to be seen.
    run.record_to(end, seconds, gone=lambda: run.is_crowded and run.can_be_shown)
    rows = _rows(run, after, end)
    # A moment inside an epoch is no row of the recording: it comes as a single step, and is shown at once.
    between = moment > max(after, 0) and not np.any(rows[:, 0] == moment)
    single = run.step_rows(moment, moment) if between else run.rows(run.last_step, end=0)
    header: AboutRun = {**_progress(experiment, run, after, rows, single), **about(experiment, run)}
    return Reply(header, np.concatenate([rows, single]), int(rows[-1, 0]) if len(rows) else after)


def reply(
    experiment: Experiment,
    run: Run,
    question: Question,
    seconds: float = ANSWER_SECONDS,
    gone: Callable[[], bool] = never,
) -> Reply:
    """Reply to a question about this run, after training for so many seconds at the most.

    gone : whether nobody waits for the reply any longer; asked between two slices of training
    """
    have = question["have"]
    if have > run.last_step:  # this server was started anew, and its browser has played on
        run.record_until(have, seconds, gone)
    end = run.epoch_of(max(have, 0)) + question.get("want", 0)
    run.record_to(end, seconds, gone)
    rows, singles = _rows(run, have, end), _singles(run, question, gone)
    header = _progress(experiment, run, have, rows, singles, LOOKING_SECONDS)
    wanted = question.get("verdict", None if run.is_crowded else question.get("passing"))
    if wanted is not None:
        step = min(wanted, run.last_step)
        header["verdicts"] = [*header["verdicts"], {"step": step, "text": headline_at(experiment, run, step)}]
    if "answers" in question:
        header["answers"] = cast(Answers, run.confusion_at(min(question["answers"], run.last_step)))
    last, nets = int(rows[-1, 0]) if len(rows) else have, rows[:0]
    if "seeds" in question:
        header["seeds"] = _seeds(experiment, run, question["seeds"], seconds, gone)
        if "seeds_at" in question and not header["seeds"]["problem"]:
            header["seeds"]["nets_at"], parameters = run.seeds_at(question["seeds_at"])
            header["seeds"]["nets"] = len(parameters)
            nets = np.zeros((len(parameters), rows.shape[1]), parameters.dtype)
            nets[:, -parameters.shape[1] :] = parameters
    told: Progress | AboutRun = {**header, **about(experiment, run)} if have < 0 else header
    return Reply(told, np.concatenate([rows, singles, nets]), last)


def _seeds(experiment: Experiment, run: Run, epochs: int, seconds: float, gone: Callable[[], bool]) -> SeedsTold:
    """The settings from many seeds; a run that was changed on the way has none, for its changes were made for it."""
    problem, reached, spread = "", 0, None
    if experiment.changes:
        problem = "A run that was changed on the way is one of a kind: its settings from the beginning have seeds."
    else:
        try:
            reached, spread = run.seeds_to(epochs, seconds, gone)
        except ValueError as error:
            problem = str(error)
    return {
        "n": N_SEEDS,
        "reached": reached,
        "epochs": spread.epochs.tolist() if spread else (),
        "loss": _finite(spread.loss) if spread else (),
        "score": _finite(spread.score) if spread else (),
        "line_epochs": spread.line_epochs.tolist() if spread else (),
        "lines": [[x and float(f"{x:.5g}") for x in line] for line in _finite(spread.lines)] if spread else (),
        "nets": 0,
        "nets_at": 0,
        "solved": spread.solved if spread else 0,
        "diverged": spread.diverged if spread else 0,
        "problem": problem,
    }


def _finite(rows: np.ndarray) -> list[list[float | None]]:
    """Numbers for JSON, which knows no infinity."""
    return [[x if math.isfinite(x) else None for x in row] for row in rows.tolist()]


def _progress(
    experiment: Experiment, run: Run, after: int, rows: np.ndarray, singles: np.ndarray, looking: float = 0.0
) -> Progress:
    return {
        "run": experiment.name,
        "after": after,
        "singles": len(singles),
        "width": rows.shape[1],
        "wide": np.float64 in (rows.dtype, singles.dtype),
        "dense": run.recording.dense_until,
        "stride": run.recording.stride,
        "reached": run.last_step,
        "diverged": run.recording.diverged.reason if run.recording.diverged else None,
        "stopped": run.recording.stopped,
        "marks": cast(list[Mark], run.marks(experiment)),
        "verdicts": [{"step": step, "text": text} for step, text in headlines(experiment, run, looking).items()],
    }


def _rows(run: Run, after: int, end: float) -> np.ndarray:
    """What follows a step, up to an epoch; at least one row where something does."""
    return run.rows(after, end, at_least=int(end > run.epoch_of(max(after, 0))))


def _singles(run: Run, question: Question, gone: Callable[[], bool]) -> np.ndarray:
    if "single" not in question:
        return run.rows(run.last_step, end=0)
    start, stop = question["single"]
    return run.step_rows(start, min(stop, start + MOST_SINGLE_STEPS), gone)
