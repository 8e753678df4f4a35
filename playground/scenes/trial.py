"""A challenge tried by the engine: the same settings from five fixed seeds, side by side, an epoch at a time.

The seeds are 1 to 5, whatever seed is on screen, so that a solution is the same for everybody. What was changed in the
middle of a run does not count: a trial begins at the beginning, with the settings in force.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import NamedTuple

import numpy as np

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import never, new_trainer
from playground.run.seeds import check_work, seeded
from playground.scenes.rules import MOST_EPOCHS

FIRST_SEED = 1
MOST_SECONDS = 60.0
MOST_KEPT = 200
"""Trials whose curves are remembered; those of 300 epochs from five seeds take 50 kB"""
EPOCHS_A_TURN = 2

Turn = Callable[[], AbstractContextManager[None]]


class Trial:
    """Networks with these settings that train side by side, from their seed and the next ones."""

    def __init__(self, config: Config, n_seeds: int) -> None:
        trainer = new_trainer(Experiment(config))
        check_work(trainer, n_seeds)
        self._stopping = trainer.settings.early_stopping
        settings = replace(trainer.settings, early_stopping=None)  # a stack trains to the end: see `_stopped`
        nets, each = zip(*(seeded(trainer, settings, k) for k in range(n_seeds)), strict=True)
        self._stack = mlp.Stack(nets, trainer.data, each)
        self.epochs = 0
        """Trained so far"""

    def train(self, epochs: int = 1) -> None:
        """Some epochs of all."""
        self._stack.run(epochs)
        self.epochs += epochs

    @property
    def curves(self) -> mlp.Curves:
        """How they did so far; where early stopping is on, each stands still from the epoch in which it would end."""
        curves = self._stack.curves
        return curves if self._stopping is None else _stopped(curves, self._stopping)


def _stopped(curves: mlp.Curves, stopping: mlp.EarlyStopping) -> mlp.Curves:
    """Curves that stand still from where `mlp.Trainer` would have ended each run."""
    columns = {name: getattr(curves, name).copy() for name in _FIGURES}
    watched = getattr(curves, stopping.watch)
    for k in range(watched.shape[1]):
        best, waited = np.inf, 0
        for epoch, value in enumerate(watched[1:, k], 1):
            improved = value < best - stopping.min_delta
            best, waited = (value, 0) if improved else (best, waited + 1)
            if waited >= stopping.patience:
                for column in columns.values():
                    column[epoch:, k] = column[epoch, k]
                break
    return replace(curves, **columns)


_FIGURES = ("train_loss", "test_loss", "train_score", "test_score")


class Known(NamedTuple):
    """How far a trial is known."""

    epochs: int
    n_seeds: int
    curves: mlp.Curves


class Trials:
    """The newest trials of this process, within a bounded memory: settings decide their curves to the last digit."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Known] = OrderedDict()
        self._lock = threading.Lock()

    def curves(
        self,
        config: Config,
        n_seeds: int,
        epochs: int,
        turn: Turn,
        *,
        gone: Callable[[], bool] = never,
        tell: Callable[[int], None] = lambda epochs: None,
    ) -> mlp.Curves:
        """The curves of settings from the seeds 1, 2, ..., up to an epoch at least, trained now if they are not known.

        turn : gives the right to train, for two epochs at a time
        gone : whether nobody waits for it any longer; asked before each turn
        tell : is told how many epochs are trained

        Raises ValueError, in a sentence, where that would keep others waiting, and where nobody waits any longer.
        """
        return self._curves(config.changed(seed=FIRST_SEED), n_seeds, epochs, turn, gone, tell)

    def alone(self, config: Config, epochs: int, turn: Turn) -> mlp.Curves:
        """The curves of one run, from its own seed."""
        return self._curves(config, 1, epochs, turn, never, lambda epochs: None)

    def _curves(
        self,
        config: Config,
        n_seeds: int,
        epochs: int,
        turn: Turn,
        gone: Callable[[], bool],
        tell: Callable[[int], None],
    ) -> mlp.Curves:
        if not 1 <= epochs <= MOST_EPOCHS:
            raise ValueError(f"A trial must be of 1 to {MOST_EPOCHS} epochs; got {epochs}.")
        name = Experiment(config).name
        known = self._known(name, n_seeds, epochs)
        if known is not None:
            return known
        _check_time(config, epochs, n_seeds)
        with turn():
            trial = Trial(config, n_seeds)
        while trial.epochs < epochs:
            if gone():
                raise ValueError("Nobody waits for this trial any longer.")
            with turn():
                trial.train(min(EPOCHS_A_TURN, epochs - trial.epochs))
            tell(trial.epochs)
        self._keep(name, Known(epochs, n_seeds, trial.curves))
        return trial.curves

    def _known(self, name: str, n_seeds: int, epochs: int) -> mlp.Curves | None:
        with self._lock:
            known = self._kept.get(name)
            if known is None or known.epochs < epochs or known.n_seeds < n_seeds:
                return None
            self._kept.move_to_end(name)
        # A network trains to the same digits whichever others train beside it.
        figures = {figure: getattr(known.curves, figure)[:, :n_seeds] for figure in _FIGURES}
        return replace(known.curves, **figures)

    def _keep(self, name: str, known: Known) -> None:
        with self._lock:
            self._kept[name] = known
            self._kept.move_to_end(name)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def trained(config: Config, epochs: int, turn: Turn) -> mlp.Trainer:
    """One run, from its own seed and from the beginning, after so many epochs, or where it ends by itself before.

    Raises ValueError, in a sentence, where that would keep others waiting.
    """
    _check_time(config, epochs, 1)
    with turn():
        trainer = new_trainer(Experiment(config))
    for start in range(0, epochs, EPOCHS_A_TURN):
        with turn():
            trainer.run(epochs=min(EPOCHS_A_TURN, epochs - start))
    return trainer


def _check_time(config: Config, epochs: int, n_seeds: int) -> None:
    """Refuse what would take the engine longer than a minute, about. ValueError, in a sentence."""
    n_train = config.n_samples * (1 - config.test_fraction) if config.own_data is None else len(config.own_data)
    steps = epochs * n_train / min(config.batch_size, n_train)
    calls = 40 * (1 + len(config.hidden_layer_sizes)) * steps  # of NumPy, about
    seconds = calls * 2e-6 + 3.0 * epochs * n_train * config.n_parameters * n_seeds / 1e9
    if seconds > MOST_SECONDS:
        raise ValueError(
            f"To try {n_seeds} seeds with these settings would take minutes: take larger batches, fewer epochs or a "
            "smaller network."
        )
