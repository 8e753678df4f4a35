"""Runs of one family stay beside the one on screen, to compare with: which are kept, in which colour, by what name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.run.compared import change_in_words, settings_in_words
from playground.run.config import LIVE, SETTINGS
from playground.run.experiment import Change, Experiment

MOST = 4
FIRST = "the first run"


@dataclass(frozen=True)
class Branch:
    """A run that is kept, and its place among the colours of the page Compare, which stays as long as it does."""

    run: Experiment
    colour: int


def kept(before: Sequence[Branch], shown: Experiment, *others: Experiment) -> tuple[list[Branch], list[Branch]]:
    """What is kept once `shown` is on screen, oldest first, and what has to go: (kept, gone).

    before : what was kept
    others : runs to keep as well, older than `shown`

    Only what is of the family of `shown` stays. Of more than MOST runs the oldest goes, but never the first of all, nor
    the one on screen.
    """
    result = [branch for branch in before if branch.run.family == shown.family]
    gone = []
    for run in (*others, shown):
        if run.family == shown.family and run not in [branch.run for branch in result]:
            if len(result) == MOST:
                oldest = next(branch for branch in result[1:] if branch.run != shown)
                result.remove(oldest)
                gone.append(oldest)
            taken = {branch.colour for branch in result}
            result.append(Branch(run, next(k for k in range(MOST) if k not in taken)))
    return result, gone


def titles(runs: Sequence[Experiment], epoch_of: Callable[[Experiment, int], float]) -> list[str]:
    """A name for each run of a family, after what sets it apart from the first one, and from when on.

    epoch_of : the epoch of a step of a run
    """
    short = [_title(run, runs[0], epoch_of, run.changes[-1:]) for run in runs]
    return [
        name if short.count(name) == 1 else _title(run, runs[0], epoch_of, run.changes)
        for run, name in zip(runs, short, strict=True)
    ]


def _title(
    run: Experiment, first: Experiment, epoch_of: Callable[[Experiment, int], float], changes: Sequence[Change]
) -> str:
    others = {
        name: getattr(run.config, name)
        for name in SETTINGS
        if name in LIVE and run.config.applies(name) and getattr(run.config, name) != getattr(first.config, name)
    }
    parts = [f"{settings_in_words(others)}, from the start"] if others else []
    parts += [f"{change_in_words(change)}, from epoch {_short(epoch_of(run, change.step))}" for change in changes]
    return "; ".join(parts) or FIRST


def _short(epoch: float) -> str:
    return f"{round(epoch, 1):,g}"
