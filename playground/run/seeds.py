"""The same settings from twenty draws of the first weights: how much of a run is luck?

The networks differ in their seed alone, the run's own among them; all see the same data. They are trained side by side
(`mlp.Stack`), an epoch at a time, and come to the very numbers that each comes to alone.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

import mlp
from mlp.arrays import Array

N_SEEDS = 20
SOLVED = 0.95
"""Of the test points, or of the training points without any"""
QUANTILES = (0.1, 0.5, 0.9)
MOST_WORK = 1.5e9
"""Multiplications, about, in an epoch of all networks together: some 0.3 s, and others should not wait any longer"""
MOST_LINES = 50
"""Points of a thin line; a screen shows no more"""
MOST_FRAME_BYTES = 8 * 2**20
"""For what the networks were at earlier epochs; with more of them only every second epoch is kept, then every fourth"""
MOST_BYTES = 64 * 2**20
"""About, for what the neurons say about all points, in all networks"""


def check_work(trainer: mlp.Trainer, n_nets: int) -> None:
    """Refuse networks of which an epoch would keep others waiting: ValueError, in a sentence."""
    n_train, n_all = len(trainer.data.x_train), len(trainer.data.x_train) + len(trainer.data.x_test)
    steps = math.ceil(n_train / trainer.settings.batch_size)
    multiplications = n_nets * trainer.net.n_parameters * (3.0 * n_train + n_all)
    room = 8 * 4 * n_nets * n_all * sum(trainer.net.sizes)  # sums, outputs and their slopes
    if multiplications + 2e5 * steps * len(trainer.net.layers) > MOST_WORK or room > MOST_BYTES:
        raise ValueError(
            f"{n_nets} networks of this size are too many to be trained beside others: take fewer neurons, fewer "
            "samples or larger batches."
        )


def seeded(trainer: mlp.Trainer, settings: mlp.Settings, k: int) -> tuple[mlp.MLP, mlp.Settings]:
    """A trainer's network before its first step, and settings to train it with, both with a seed higher by k."""
    net = trainer.net.copy()
    net.seed = trainer.net.seed + k
    net.reset()
    return net, replace(settings, seed=settings.seed + k)


def judged(curves: mlp.Curves) -> tuple[Array, Array]:
    """(losses, scores) (k, n_networks) by which networks are judged: on test points, or in training without any."""
    has_test = not np.isnan(curves.test_loss[0]).all()
    return (curves.test_loss, curves.test_score) if has_test else (curves.train_loss, curves.train_score)


class Spread(NamedTuple):
    """How the networks did at k moments, in quantiles: shares and losses are anything but normal."""

    epochs: Array
    """(k,)"""
    loss: Array
    """(3, k): the 10 %, 50 % and 90 % quantiles of the test loss; infinite where so many have diverged."""
    score: Array
    """(3, k): of the accuracy, where a network that has diverged has none right, or of R², where it is the worst."""
    line_epochs: Array
    """(m,): some of the epochs, the first and the last among them."""
    lines: Array
    """(20, m): the test loss of each network at these; infinite once it has diverged."""
    solved: int
    """How many have ever had 95 % of the points right; 0 for a regression."""
    diverged: int
    """How many have lost their numbers."""


class Seeds:
    """Twenty networks that train like the one of a trainer, from its settings at the beginning."""

    def __init__(self, trainer: mlp.Trainer) -> None:
        check_work(trainer, N_SEEDS)
        settings = replace(trainer.recording.segments[0].settings, early_stopping=None)
        nets, each = zip(*(seeded(trainer, settings, k) for k in range(N_SEEDS)), strict=True)
        self._nets = nets
        self._stack = mlp.Stack(nets, trainer.data, each)
        self._classes = trainer.data.task != "regression"
        self.epochs = 0
        """Trained so far"""
        self._frames: dict[int, Array] = {}
        self._stride = 1
        self._keep()

    @property
    def nbytes(self) -> int:
        """Bytes of what the networks were at earlier epochs."""
        return sum(frame.nbytes for frame in self._frames.values())

    def train(self) -> None:
        """One epoch of all."""
        self._stack.run(1)
        self.epochs += 1
        self._keep()

    def _keep(self) -> None:
        """Keep the networks as they are now, in single precision, which is all that a picture needs."""
        if self.epochs % self._stride:
            return
        with np.errstate(over="ignore"):
            self._frames[self.epochs] = np.stack([net.parameters for net in self._nets]).astype(np.float32)
        while self.nbytes > MOST_FRAME_BYTES and len(self._frames) > 2:
            self._stride *= 2
            self._frames = {epoch: kept for epoch, kept in self._frames.items() if epoch % self._stride == 0}

    def parameters_at(self, epoch: int) -> tuple[int, Array]:
        """(epoch, parameters of all networks after it, (20, n_parameters)): the last one kept that is not later."""
        found = max(kept for kept in self._frames if kept <= max(0, epoch))
        return found, self._frames[found]

    def spread(self) -> Spread:
        """How they did so far."""
        curves = self._stack.curves
        loss, score = judged(curves)
        broken = ~np.isfinite(loss)
        score = np.where(broken, 0.0 if self._classes else -np.inf, score)
        with np.errstate(invalid="ignore"):
            of_loss = np.quantile(np.where(broken, np.inf, loss), QUANTILES, axis=1, method="higher")
        of_score = np.quantile(score, QUANTILES, axis=1, method="lower")
        solved = int((score.max(axis=0) >= SOLVED).sum()) if self._classes else 0
        some = np.unique(np.linspace(0, self.epochs, MOST_LINES).astype(int))
        lines = np.where(broken, np.inf, loss)[some].T
        return Spread(curves.epochs, of_loss, of_score, curves.epochs[some], lines, solved, int(broken[-1].sum()))
