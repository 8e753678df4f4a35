"""Each rule marks a run that must be marked, where it happened, and leaves alone one that must not."""

import math

import numpy as np
import pytest

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.marks import Curves, deaths, drops, jumps, marks, overfitting, plateaus, stretches
from playground.run.runs import Runs

N = 200
EPOCHS = np.arange(N)


def curves(train, test=None, net=None, parameters=None):
    test = np.full(N, np.nan) if test is None else test
    return Curves(EPOCHS * 25, EPOCHS.astype(float), np.asarray(train, float), test, parameters, net, np.zeros((4, 2)))


def where(mark):
    """The frame that a mark stands at."""
    assert mark.step == 25 * mark.epoch
    return mark.epoch


def test_a_sudden_drop_is_marked_where_it_happens_and_a_slow_fall_is_not():
    (mark,) = drops(curves(np.where(EPOCHS < 100, 0.7, 0.2)))
    assert where(mark) == 100
    assert not [*drops(curves(np.linspace(0.7, 0.3, N)))]


def test_a_drop_that_takes_a_while_is_marked_where_it_is_steepest():
    falling = 0.45 - 0.25 * np.tanh((EPOCHS - 100) / 3.0)
    (mark,) = drops(curves(falling))
    assert abs(where(mark) - np.diff(np.log(falling)).argmin()) <= 2


def test_coming_back_from_a_spike_is_no_discovery():
    spike = np.full(N, 0.3)
    spike[90:110] = 0.9
    assert not [*drops(curves(spike))]


def test_a_loss_near_zero_does_not_drop():
    assert not [*drops(curves(np.concatenate([np.full(20, 0.7), np.geomspace(0.03, 1e-6, N - 20)])[:N]))][1:]


def test_a_plateau_is_marked_once_and_not_where_the_loss_is_low_or_falls():
    flat = np.concatenate([np.linspace(0.7, 0.5, 60), np.full(N - 60, 0.5)])
    (mark,) = plateaus(curves(flat))
    nine = [flat[max(0, k - 8) : k + 1].mean() for k in range(N)]
    assert where(mark) == next(k for k in range(30, N) if abs(nine[k] / nine[k - 30] - 1) < 0.02)
    assert not [*plateaus(curves(np.linspace(0.7, 0.1, N)))]
    assert not [*plateaus(curves(np.concatenate([np.linspace(0.7, 0.01, 60), np.full(N - 60, 0.01)])))]


def test_a_loss_that_jumps_is_said_to_jump_and_is_no_plateau_though_its_mean_stands_still():
    jumping = np.where(EPOCHS % 2, 2.5, 0.5)
    (mark,) = jumps(curves(jumping))
    assert where(mark) == 30
    assert "smaller learning rate" in mark.text
    assert not [*plateaus(curves(jumping))]


def test_it_is_said_once_that_the_loss_jumps_and_again_where_it_begins_anew():
    jumping = np.where(EPOCHS % 2, 1.2, 0.8)
    lull = jumping.copy()
    lull[60:70] = 1.0
    assert len([*jumps(curves(lull))]) == 1
    calm = jumping.copy()
    calm[40:140] = 1.0
    assert len([*jumps(curves(calm))]) == 2


def test_what_stands_falls_is_low_or_has_a_lone_spike_does_not_jump():
    spike = np.full(N, 0.5)
    spike[[60, 90, 91, 120]] = 5.0
    low = np.concatenate([np.linspace(0.7, 0.01, 60), np.where(EPOCHS[60:] % 2, 0.02, 0.01)])
    for calm in (np.full(N, 0.5), spike, np.linspace(0.7, 0.3, N), 2.0 * 0.93**EPOCHS, low):
        assert not [*jumps(curves(calm))]


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (Config(learning_rate=1.0), "jumps"),
        (Config(hidden_layer_sizes=(2,)), "plateau"),
        (Config(initializer="zeros"), "plateau"),
    ],
    ids=["steps that are too large", "too few neurons", "nothing but zeros"],
)
def test_a_real_run_stands_still_or_jumps(config: Config, kind: str):
    run = Runs().get(Experiment(config))
    run.record(200, seconds=math.inf)
    assert {m.kind for m in marks(Experiment(config), run.trainer)} & {"plateau", "jumps"} == {kind}


def test_overfitting_is_marked_at_the_lowest_test_loss_and_not_while_both_fall():
    train = np.linspace(0.7, 0.1, N)
    test = np.concatenate([np.linspace(0.7, 0.3, 80), np.linspace(0.3, 0.6, N - 80)])
    (mark,) = overfitting(curves(train, test))
    assert where(mark) == test.argmin()
    assert not [*overfitting(curves(train, train + 0.05))]
    assert not [*overfitting(curves(train))]
    assert not [*overfitting(curves(test, test))], "where the training loss rises too, it is something else"


def test_a_neuron_that_dies_is_marked_and_living_ones_are_not():
    net = mlp.MLP([2, 3, 1], activation="relu", seed=1)
    net.layers[0].biases[...] = 1.0
    parameters = np.tile(net.parameters, (N, 1))
    assert not [*deaths(curves(np.ones(N), net=net, parameters=parameters))]
    net.layers[0].biases[1] = -1.0
    parameters[95:] = net.parameters
    (mark,) = deaths(curves(np.ones(N), net=net, parameters=parameters))
    assert where(mark) == 95


def test_tanh_neurons_do_not_die():
    net = mlp.MLP([2, 3, 1], activation="tanh", initializer="zeros")
    assert not [*deaths(curves(np.ones(N), net=net, parameters=np.tile(net.parameters, (N, 1))))]


def test_changes_and_edits_are_marked_where_they_were_made():
    experiment = Experiment(Config(n_samples=60)).change(30, learning_rate=0.1).edit(60, {0: 1.0})
    run = Runs().get(experiment)
    found = marks(experiment, run.trainer)
    assert [(m.step, m.kind) for m in found] == [(30, "change"), (60, "edit")]
    assert [m.epoch for m in found] == [10, 20]  # three mini-batches of ten an epoch
    assert found[0].text == "Changed: learning rate 0.1."


def test_the_marks_of_a_real_run_stay_where_they_are_while_it_goes_on():
    run = Runs().get(Experiment())
    run.record(120, seconds=math.inf)
    early = [m for m in marks(Experiment(), run.trainer) if m.kind in ("drop", "plateau", "jumps") and m.epoch < 100]
    run.record(80, seconds=math.inf)
    late = marks(Experiment(), run.trainer)
    assert set(early) <= set(late)


@pytest.mark.parametrize(
    ("where", "found"), [([0, 1, 1, 0, 1], [(1, 3), (4, 5)]), ([0, 0], []), ([1], [(0, 1)]), ([], [])]
)
def test_stretches_are_found(where, found):
    assert [*stretches(np.array(where, dtype=bool))] == found
