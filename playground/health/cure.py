"""Changes put to the test: the run as it is, and as it is with each of them, from several draws of the first weights.

A beginning that is ill without a change counts as cured if the finding is gone with it and the run learns clearly
better. All is trained a slice at a time, so that who waits can stop at any moment, and keeps what is known by then.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import numpy as np

import mlp
from playground.health.checkup import Checkup, examine_run
from playground.health.portrait import portrait
from playground.health.verdicts import verdicts
from playground.run.experiment import Experiment
from playground.run.runs import Run, forked, network_at, new_trainer
from playground.run.seeds import seeded

SLICE_SECONDS = 0.02
BETTER_SCORE = 0.05
"""5 of 100 points more are right, over twice the deviation by luck of 250 test points at 90 right; of R² as much"""
LOWER_LOSS = 0.9
"""A tenth less loss, which says more than the score where that cannot rise any further"""

Turn = Callable[[], AbstractContextManager[None]]


class Outcome(NamedTuple):
    """How one run ended."""

    score: float
    """Share of the test points that are right, or of the training points without any; R² of a regression"""
    loss: float
    """On the same points; infinite for a run that broke"""
    is_ill: bool
    """Whether the finding is there"""


def is_better(before: Outcome, after: Outcome) -> bool:
    """Whether a run learns clearly better than another: a higher score, or a lower loss at a score that is no lower."""
    if math.isinf(after.loss):
        return False
    is_lower = after.loss <= LOWER_LOSS * before.loss and after.score >= before.score
    return is_lower or after.score >= before.score + BETTER_SCORE


def test_loss_at(run: Run, epoch: float) -> float:
    """The loss on new points of a run at an epoch; NaN without such points, or where it has not come as far."""
    with run.lock:
        k = int(np.searchsorted(run.recording.epochs, epoch))
        return float(run.recording.test_loss[k]) if k < len(run.recording.epochs) else math.nan


def helps(before: float, after: float) -> bool | None:
    """Whether a change has made a loss clearly lower; None where it is neither clearly lower nor higher, or unknown."""
    if after <= LOWER_LOSS * before:
        return True
    return False if before <= LOWER_LOSS * after else None


class Trial:
    """Several runs from one beginning after the other: the first without any change, each other with one.

    rule : the name of the rule whose finding is to go
    runs : the first beginning of the first is the run on screen
    epochs : where all are judged
    """

    def __init__(self, rule: str, runs: tuple[Experiment, ...], epochs: int, n_beginnings: int, turn: Turn) -> None:
        self.rule, self.runs, self.epochs, self.n_beginnings = rule, runs, epochs, n_beginnings
        self.outcomes: list[list[Outcome]] = [[] for _ in runs]
        """Of each run, of one beginning after the other so far"""
        self.portraits: list[dict[str, Any] | None] = []
        """Of each run from the first beginning, so far"""
        self.checkups: list[Checkup] = []
        """The first beginning without a change and with the first one, so far"""
        self.seconds = 0.0
        """Of training so far, with the waiting for others"""
        self._turn = turn
        self._lock = threading.Lock()
        self._work = self._train_all()

    @property
    def n_done(self) -> int:
        """How many runs have come to their end, of all beginnings together."""
        return sum(map(len, self.outcomes))

    @property
    def n_all(self) -> int:
        """How many there are to train."""
        return len(self.runs) * self.n_beginnings

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to train."""
        return self.n_done == self.n_all

    @property
    def seconds_left(self) -> float:
        """As it went so far; infinite before the first run has ended."""
        return self.seconds / self.n_done * (self.n_all - self.n_done) if self.n_done else math.inf

    def pairs(self, which: int = 1) -> list[tuple[Outcome, Outcome]]:
        """(without, with the change) of each beginning of which both are known."""
        return list(zip(self.outcomes[0], self.outcomes[which], strict=False))

    def gone(self, which: int = 1) -> int:
        """Of those that are ill without the change, in how many the finding is gone with it."""
        return sum(before.is_ill and not after.is_ill for before, after in self.pairs(which))

    def cured(self, which: int = 1) -> int:
        """Of those that are ill without the change, in how many the finding is gone and the run learns better."""
        return sum(
            before.is_ill and not after.is_ill and is_better(before, after) for before, after in self.pairs(which)
        )

    def ill(self, which: int = 1) -> int:
        """How many of the beginnings of which both are known have the finding without the change."""
        return sum(before.is_ill for before, _ in self.pairs(which))

    def typical(self, which: int = 1) -> tuple[float, float]:
        """The medians of the scores without and with the change, over the beginnings of which both are known."""
        before, after = zip(*self.pairs(which), strict=True)
        return _middle(before).score, _middle(after).score

    def middle(self, which: int) -> Outcome:
        """The medians of a run's own scores and losses, over the beginnings of which they are known."""
        return _middle(self.outcomes[which])

    def advance(self) -> None:
        """Train a slice, if anything is left to train."""
        begun = time.monotonic()
        with self._lock:
            next(self._work, None)
        self.seconds += time.monotonic() - begun

    def _train_all(self) -> Iterator[None]:
        for k in range(self.n_beginnings):
            for experiment, outcomes in zip(self.runs, self.outcomes, strict=True):
                trainer = yield from self._trained(experiment, k)
                with np.errstate(all="ignore"):
                    checkup = examine_run(experiment, trainer, trainer.recording.last_step)
                outcomes.append(outcome(trainer, checkup, self.rule))
                if k == 0:
                    self.checkups += [checkup] * (len(self.checkups) < 2)  # they are large
                    self.portraits.append(portrait(experiment, network_at(trainer, trainer.recording.last_step)))
                yield

    def _trained(self, experiment: Experiment, k: int) -> Generator[None, None, mlp.Trainer]:
        """A run from another beginning, through all its changes, up to the end; a slice at each turn."""
        trainer = beginning(experiment, k)
        for grown in list(experiment.lineage())[1:]:
            change = grown.changes[-1]
            yield from self._to(trainer, math.inf, change.step)
            trainer = forked(trainer, change, grown.now)
        yield from self._to(trainer, self.epochs, math.inf)
        return trainer

    def _to(self, trainer: mlp.Trainer, epoch: float, step: float) -> Iterator[None]:
        """Train until an epoch or a step is recorded, or the run has ended."""
        n, recording = 1, trainer.recording
        while not recording.has_ended and recording.last_step < step:
            left = epoch - float(recording.epochs[-1])
            if left <= 0.0:
                break
            n = int(max(1, min(n, left)))
            with self._turn():
                begun = time.perf_counter()
                trainer.run(epochs=n)
                spent = time.perf_counter() - begun
            n = max(1, min(2 * n, int(n * SLICE_SECONDS / max(spent, 1e-6)), 1 if step < math.inf else 10**6))
            yield


def _middle(outcomes: Sequence[Outcome]) -> Outcome:
    score, loss = (float(np.median([one[k] for one in outcomes])) for k in (0, 1))
    return Outcome(score, loss, 2 * sum(one.is_ill for one in outcomes) > len(outcomes))


def beginning(experiment: Experiment, k: int) -> mlp.Trainer:
    """The trainer that an experiment begins with, from first weights and batches of a seed higher by k."""
    trainer = new_trainer(Experiment(experiment.config))
    net, settings = seeded(trainer, trainer.settings, k)
    return mlp.Trainer(net, trainer.data, **vars(settings))


def outcome(trainer: mlp.Trainer, checkup: Checkup, rule: str) -> Outcome:
    """How a run stands at its last step."""
    recording = trainer.recording
    has_test = len(trainer.data.x_test) > 0
    loss = float((recording.test_loss if has_test else recording.train_loss)[-1])
    score = float((recording.test_score if has_test else recording.train_score)[-1])
    with np.errstate(all="ignore"):
        is_ill = rule in (verdict.rule.name for verdict in verdicts(checkup))
    broke = recording.diverged is not None or not math.isfinite(loss)
    worst = 0.0 if trainer.data.n_classes else -math.inf
    return Outcome(worst if broke else score, math.inf if broke else loss, is_ill)
