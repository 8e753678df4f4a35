"""The learning rate at which each of several choices does best on the settings of a run, by a quick trial.

A race of optimizers at one common rate only tells which of them that rate suits: on spirals SGD never arrives at 0.01,
and at 0.3 it does. So it is with activations, first weights and batch sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

import mlp
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.run.seeds import check_work, judged, seeded

RACES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "Optimizers": ("optimizer", ("sgd", "momentum", "rmsprop", "adam")),
    "Activations": ("activations", (("sigmoid",), ("tanh",), ("relu",), ("sine",))),
    "Initial weights": ("initializer", ("normal", "uniform", "glorot_uniform", "he_normal")),
    "Batch sizes": ("batch_size", (2, 10, 50, 250)),
}
"""What may race: a setting, and four values of it."""
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
N_SEEDS = 3
EPOCHS = 60
LAST = 5
"""Epochs at the end whose mean loss decides, for a single one is noisy"""


def best_rate(
    experiment: Experiment,
    setting: str,
    value: Any,
    turn: Callable[[], AbstractContextManager[None]],
    tell: Callable[[float], None] = lambda share: None,
) -> tuple[float, dict[float, float]]:
    """(best rate, {rate: median over the seeds of the test loss at the end}); infinite where most seeds diverged.

    turn : gives the right to train, for an epoch at a time
    tell : is told after each epoch how much is done; it may raise, where nobody wants the rest

    Raises ValueError, in a sentence, where the value does not fit or an epoch would keep others waiting.
    """
    config = experiment.now.changed(**{setting: value}, patience=0)
    trainer = new_trainer(Experiment(config))
    settings = trainer.settings
    check_work(trainer, len(RATES) * N_SEEDS)
    at_rates = [replace(settings, optimizer=replace(settings.optimizer, learning_rate=rate)) for rate in RATES]
    nets, each = zip(*(seeded(trainer, at_rate, k) for at_rate, k in product(at_rates, range(N_SEEDS))), strict=True)
    with turn():
        stack = mlp.Stack(nets, trainer.data, each)
    for epoch in range(EPOCHS):
        with turn():
            stack.run(1)
        tell((epoch + 1) / EPOCHS)
    loss, _ = judged(stack.curves)
    with np.errstate(invalid="ignore"):
        ends = np.where(np.isfinite(loss[-LAST:]).all(axis=0), loss[-LAST:].mean(axis=0), np.inf)
    medians = np.median(ends.reshape(len(RATES), N_SEEDS), axis=1)
    table = dict(zip(RATES, medians.tolist(), strict=True))
    return min(RATES, key=lambda rate: table[rate]), table


def race(experiment: Experiment, setting: str, rates: dict[Any, float]) -> tuple[Experiment, ...]:
    """The run's settings with each value of the setting at its own rate."""
    now = experiment.now
    return tuple(Experiment(now.changed(**{setting: value}, learning_rate=rate)) for value, rate in rates.items())
