"""The best rate of each optimizer is the one that a table trained run by run names."""

from contextlib import nullcontext

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.run.trials import EPOCHS, LAST, N_SEEDS, RACERS, RATES, best_rate, race

BASE = Experiment(Config(dataset="moons", n_samples=60, noise=0.2, hidden_layer_sizes=(4,), patience=3))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_table_is_that_of_runs_trained_one_by_one(optimizer):
    found, table = best_rate(BASE, optimizer, nullcontext)
    for rate in RATES:
        ends = []
        for k in range(N_SEEDS):
            config = BASE.config.changed(optimizer=optimizer, learning_rate=rate, seed=1 + k, patience=0)
            run = Runs().get(Experiment(config))
            run.record(EPOCHS, seconds=60)
            ends.append(run.recording.test_loss[EPOCHS + 1 - LAST : EPOCHS + 1].mean())
        assert table[rate] == pytest.approx(float(np.median(ends)), rel=1e-9)
    assert table[found] == min(table.values())


def test_the_race_differs_in_optimizer_and_rate_alone():
    runs = race(BASE, dict(zip(RACERS, (0.3, 0.03, 0.01, 0.03), strict=True)))
    assert [run.config.optimizer for run in runs] == list(RACERS)
    assert [run.config.learning_rate for run in runs] == [0.3, 0.03, 0.01, 0.03]
    assert {run.config.changed(optimizer="sgd", learning_rate=0.1) for run in runs} == {
        BASE.config.changed(optimizer="sgd", learning_rate=0.1)
    }


def test_a_rate_at_which_it_breaks_is_the_worst():
    broken = Experiment(Config(dataset="plane", n_samples=60, activations=("relu",), loss="mean_squared_error"))
    found, table = best_rate(broken, "sgd", nullcontext)
    assert np.isinf(table[1.0]) or table[1.0] > table[found]
    assert found < 1.0
