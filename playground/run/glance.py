"""What the usual network makes of points that are just being drawn: always the same, trained on all for as many steps.

So it costs the same for any points, and the same points always give the same picture. It is no run: nothing is
recorded, and nobody goes back in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_network, trainer_settings
from playground.tables.table import Table

STEPS = 6000
"""About so many updates; the last pass over the rows is made whole"""
LEARNING_RATE = 0.03
PARTS = 20
"""Into which the training is cut, so that others can train between them"""


@dataclass(frozen=True)
class Glance:
    """The network before and, once all parts are trained, after it has learned."""

    experiment: Experiment
    trainer: mlp.Trainer
    epochs: int

    def parts(self) -> Iterator[int]:
        """Train a part with each step of the iteration."""
        for part in np.array_split(np.arange(self.epochs), min(PARTS, self.epochs)):
            self.trainer.run(epochs=len(part), every=self.epochs)
            yield len(part)

    @property
    def n_right(self) -> int:
        """How many rows it tells right; of classes only."""
        data = self.trainer.data
        return int((self.trainer.net.classify(data.x_train) == data.y_train).sum())


def glance(table: Table) -> Glance:
    """A drawn table, and the network that is to learn it."""
    experiment = Experiment(Config(own_data=table, learning_rate=LEARNING_RATE))
    config = experiment.config
    data = mlp.Dataset(table.x, table.y, np.empty((0, 2)), np.empty(0, dtype=np.int64), table.task)
    trainer = mlp.Trainer(new_network(config, data), data, seed=config.seed, **trainer_settings(config, data))
    return Glance(experiment, trainer, math.ceil(STEPS / experiment.steps_per_epoch(len(table))))
