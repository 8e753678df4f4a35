"""The best rate of each optimizer is the one that a table trained run by run names."""

from contextlib import nullcontext

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.run.trials import EPOCHS, LAST, N_SEEDS, RACES, RATES, best_rate, race

BASE = Experiment(Config(dataset="moons", n_samples=60, noise=0.2, hidden_layer_sizes=(4,), patience=3))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("optimizer", "sgd"),
        ("optimizer", "adam"),
        ("activations", ("relu",)),
        ("initializer", "uniform"),
        ("batch_size", 30),
    ],
)
def test_the_table_is_that_of_runs_trained_one_by_one(setting, value):
    found, table = best_rate(BASE, setting, value, nullcontext)
    for rate in RATES:
        ends = []
        for k in range(N_SEEDS):
            config = BASE.config.changed(**{setting: value}, learning_rate=rate, seed=1 + k, patience=0)
            run = Runs().get(Experiment(config))
            run.record(EPOCHS, seconds=60)
            ends.append(run.recording.test_loss[EPOCHS + 1 - LAST : EPOCHS + 1].mean())
        assert table[rate] == pytest.approx(float(np.median(ends)), rel=1e-9)
    assert table[found] == min(table.values())


@pytest.mark.parametrize(("setting", "values"), RACES.values(), ids=RACES)
def test_a_race_differs_in_its_setting_and_the_rate_alone(setting, values):
    runs = race(BASE, setting, dict(zip(values, (0.3, 0.03, 0.01, 0.1), strict=True)))
    assert [getattr(run.config, setting) for run in runs] == list(values)
    assert [run.config.learning_rate for run in runs] == [0.3, 0.03, 0.01, 0.1]
    same = {setting: values[0], "learning_rate": 0.1}
    assert {run.config.changed(**same) for run in runs} == {BASE.config.changed(**same)}


def test_a_trial_that_nobody_wants_any_longer_ends_with_its_epoch():
    told = []

    def tell(share: float) -> None:
        told.append(share)
        if len(told) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        best_rate(BASE, "optimizer", "sgd", nullcontext, tell)
    assert told == [1 / EPOCHS, 2 / EPOCHS, 3 / EPOCHS]


def test_a_rate_at_which_it_breaks_is_the_worst():
    broken = Experiment(Config(dataset="plane", n_samples=60, activations=("relu",), loss="mean_squared_error"))
    found, table = best_rate(broken, "optimizer", "sgd", nullcontext)
    assert np.isinf(table[1.0]) or table[1.0] > table[found]
    assert found < 1.0
