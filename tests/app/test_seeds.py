"""Twenty seeds of a run: the run itself among them, and quantiles that somebody else computes too."""

import math

import numpy as np
import pytest

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.run.seeds import N_SEEDS, QUANTILES, Seeds, judged
from playground.tables.table import Table
from playground.web.message import Question, decode, encode
from playground.web.reply import reply

SMALL = Config(dataset="moons", n_samples=60, noise=0.3, hidden_layer_sizes=(4,), learning_rate=0.05, dropout=0.1)
EPOCHS = 8


def alone(config: Config):
    run = Runs().get(Experiment(config))
    run.record(EPOCHS, seconds=60)
    return run


@pytest.mark.parametrize("changes", [{}, {"schedule": "cosine", "l2": 0.01}, {"batch_size": 60, "optimizer": "sgd"}])
def test_each_seed_is_the_run_that_it_is_alone(changes):
    config = SMALL.changed(**changes)
    seeds = Seeds(alone(config).trainer)
    for _ in range(EPOCHS):
        seeds.train()
    loss, score = [], []
    for k in range(N_SEEDS):
        recording = alone(config.changed(seed=config.seed + k)).recording
        loss.append(recording.test_loss[: EPOCHS + 1])
        score.append(recording.test_score[: EPOCHS + 1])
    spread = seeds.spread()
    np.testing.assert_allclose(spread.score, np.quantile(score, QUANTILES, axis=0, method="lower"), rtol=1e-12)
    np.testing.assert_allclose(spread.loss, np.quantile(loss, QUANTILES, axis=0, method="higher"), rtol=1e-10)
    assert spread.solved == sum(max(each) >= 0.95 for each in score)
    assert spread.epochs.tolist() == list(range(EPOCHS + 1))
    assert spread.diverged == 0


@pytest.mark.parametrize(("share", "judges"), [(0.5, "test"), (0.0, "train")])
def test_networks_are_judged_on_test_points_and_in_training_without_any(share, judges):
    data = mlp.make_dataset("moons", n_samples=40, test_fraction=share, seed=1)
    curves = mlp.Stack([mlp.MLP([2, 3, 1], seed=k) for k in range(3)], data, mlp.Settings(mlp.SGD())).run(2)
    for found, name in zip(judged(curves), ("loss", "score"), strict=True):
        np.testing.assert_array_equal(found, getattr(curves, f"{judges}_{name}"))
        assert np.isfinite(found).all()


def test_seeds_that_diverge_are_counted_and_not_dropped():
    config = SMALL.changed(
        optimizer="sgd", activations=("relu",), loss="mean_squared_error", learning_rate=3.0, dropout=0.0
    )
    seeds = Seeds(alone(config).trainer)
    for _ in range(60):
        seeds.train()
    spread = seeds.spread()
    broken = 0
    for k in range(N_SEEDS):
        run = Runs().get(Experiment(config.changed(seed=config.seed + k)))
        run.record(60, seconds=60)
        broken += run.recording.diverged is not None
    assert 0 < spread.diverged <= broken
    if spread.diverged > 0.5 * N_SEEDS:
        assert math.isinf(spread.loss[1, -1])


def test_the_networks_of_an_epoch_are_those_that_each_seed_has_alone():
    seeds = Seeds(alone(SMALL).trainer)
    for _ in range(EPOCHS):
        seeds.train()
    for wanted in (0, 3, EPOCHS):
        epoch, parameters = seeds.parameters_at(wanted)
        assert epoch == wanted
        for k in range(N_SEEDS):
            recording = alone(SMALL.changed(seed=SMALL.seed + k)).recording
            np.testing.assert_allclose(parameters[k], recording.parameters[wanted], rtol=1e-5, atol=1e-6)
    assert seeds.parameters_at(10**6)[0] == EPOCHS
    assert seeds.nbytes == (EPOCHS + 1) * N_SEEDS * 17 * 4


def test_of_large_networks_fewer_epochs_are_kept(monkeypatch):
    monkeypatch.setattr("playground.run.seeds.MOST_FRAME_BYTES", 3 * N_SEEDS * 17 * 4)
    seeds = Seeds(alone(SMALL).trainer)
    for _ in range(9):
        seeds.train()
    assert [seeds.parameters_at(epoch)[0] for epoch in (0, 3, 4, 7, 9)] == [0, 0, 4, 4, 8]
    assert seeds.nbytes <= 3 * N_SEEDS * 17 * 4


def test_thin_lines_are_the_losses_of_each_seed():
    seeds = Seeds(alone(SMALL).trainer)
    for _ in range(EPOCHS):
        seeds.train()
    spread = seeds.spread()
    assert spread.line_epochs.tolist() == list(range(EPOCHS + 1))
    for k in range(N_SEEDS):
        recording = alone(SMALL.changed(seed=SMALL.seed + k)).recording
        np.testing.assert_allclose(spread.lines[k], recording.test_loss[: EPOCHS + 1], rtol=1e-10)


def test_an_answer_brings_the_networks_of_an_epoch_behind_its_rows():
    experiment, run = Experiment(SMALL), Runs().get(Experiment(SMALL))
    question: Question = {"run": experiment.name, "have": 2, "want": 2, "single": [3, 4], "seeds": 5, "seeds_at": 4}
    header, rows, last = reply(experiment, run, question, seconds=60.0)
    told = header["seeds"]
    assert (told["nets"], told["nets_at"], told["reached"]) == (N_SEEDS, 4, 5)
    np.testing.assert_array_equal(rows[-N_SEEDS:, -17:], run.seeds_at(4)[1])
    assert rows[-N_SEEDS - header["singles"] : -N_SEEDS, 0].tolist() == [3, 4]
    assert last <= run.last_step
    without = reply(experiment, run, {"run": experiment.name, "have": 2, "seeds": 5}, seconds=60.0)
    assert without.header["seeds"]["nets"] == 0


def test_nobody_trains_seeds_for_one_who_is_gone():
    run = Runs().get(Experiment(SMALL))
    calls = []
    reached, _ = run.seeds_to(500, 60.0, lambda: len(calls) >= 3 or calls.append(0) is not None)
    assert reached == 4


def asked(experiment: Experiment, seconds: float = 60.0, **more) -> dict:
    run = Runs().get(experiment)
    question: Question = {"run": experiment.name, "have": -1, "seeds": EPOCHS, **more}
    return reply(experiment, run, question, seconds=seconds).header["seeds"]


def test_an_answer_tells_how_far_they_are_and_goes_on_where_it_stopped():
    told = asked(Experiment(SMALL))
    assert (told["n"], told["reached"], told["problem"]) == (N_SEEDS, EPOCHS, "")
    assert [len(row) for row in (*told["loss"], *told["score"], told["epochs"])] == [EPOCHS + 1] * 7
    run = Runs().get(Experiment(SMALL))
    reached = [run.seeds_to(EPOCHS, seconds=0.0)[0] for _ in range(EPOCHS + 2)]
    assert reached == [*range(1, EPOCHS + 1), EPOCHS, EPOCHS]


def test_a_run_that_was_changed_on_the_way_has_no_seeds_and_says_so():
    told = asked(Experiment(SMALL).change(9, learning_rate=0.1))
    assert told["problem"].startswith("A run that was changed on the way")
    assert told["epochs"] == ()


def test_networks_that_would_keep_others_waiting_are_a_sentence():
    heavy = Experiment(SMALL.changed(hidden_layer_sizes=(128, 128), n_samples=2000, batch_size=1))
    told = asked(heavy)
    assert told["problem"].startswith("20 networks of this size are too many to be trained beside others")
    assert asked(Experiment(SMALL.changed(hidden_layer_sizes=(32, 32))))["problem"] == ""


def test_many_test_points_count_too():
    x = np.random.default_rng(1).normal(size=(20_000, 2))
    table = Table("many", ("a", "b"), "c", ("no", "yes"), x, (x[:, 0] > 0).astype(int))
    config = Config(own_data=table, test_fraction=0.9, hidden_layer_sizes=(100, 100), batch_size=2000)
    assert asked(Experiment(config))["problem"].startswith("20 networks of this size")


def test_a_score_that_does_not_exist_is_none_and_no_error():
    """All test targets alike: R² is not a number, which JSON does not know."""
    x = np.random.default_rng(1).normal(size=(40, 1))
    y = np.zeros(40)
    y[:2] = 1.0, 2.0
    for seed in range(50):
        config = Config(
            own_data=Table("flat", ("a",), "y", (), x, y), test_fraction=0.3, data_seed=seed, features=("x1",)
        )
        run = Runs().get(Experiment(config))
        if np.ptp(run.trainer.data.y_test) == 0.0:
            break
    told = asked(Experiment(config))
    assert told["score"][0][-1] is None
    assert decode(
        encode({"run": reply(Experiment(config), run, {"run": "x", "have": -1, "seeds": 2}).header}, run.rows(0))
    )
