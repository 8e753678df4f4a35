"""A job trained in slices, here or in another process, comes to the numbers of one that is trained in a piece."""

import copy
import pickle

import numpy as np
import pytest

import mlp
from mlp.jobs import MOST_NETS, Job, most_nets, only, rest, stack_key, train

DATA = [mlp.make_dataset("moons", n_samples=60, noise=0.1 * i) for i in range(3)]
SETTINGS = [mlp.Settings(mlp.Adam(learning_rate=0.01 * (i + 1)), seed=i, dropout=0.1) for i in range(3)]


def job(**more) -> Job:
    nets = [mlp.MLP([2, 5, 1], seed=i) for i in range(3)]
    return Job(nets, DATA, SETTINGS, **{"epochs": 12, "keep": (0, 4, 12), **more})


def test_slices_come_to_the_numbers_of_a_whole():
    whole = train(job(), 60.0)
    assert whole.state.epoch == 12
    parts, left = [], job()
    while not left.is_done:
        left = pickle.loads(pickle.dumps(left))  # as another process has it
        parts.append(train(left, 0.0))
        left = rest(left, parts[-1])
    assert [part.start for part in parts] == list(range(12))
    np.testing.assert_array_equal(left.state.parameters, whole.state.parameters)
    np.testing.assert_array_equal(np.concatenate([p.curves.test_loss for p in parts]), whole.curves.test_loss)
    np.testing.assert_array_equal(np.concatenate([p.frames.parameters for p in parts]), whole.frames.parameters)


@pytest.mark.parametrize("rule", [mlp.SGD, mlp.Momentum, mlp.RMSprop, mlp.Adam])
def test_some_of_a_jobs_networks_go_on_as_if_the_others_had_never_been_there(rule):
    settings = [mlp.Settings(rule(learning_rate=0.01 * (i + 1)), seed=i, dropout=0.1) for i in range(3)]

    def fresh(epochs: int) -> Job:
        return Job([mlp.MLP([2, 5, 1], seed=i) for i in range(3)], DATA, settings, epochs, keep=(0, 4, 5, 12))

    begun, parts = fresh(5), []
    while not begun.is_done:
        parts.append(train(begun, 0.0))
        begun = rest(begun, parts[-1])
    left, kept = only(begun, parts, (2, 0), epochs=12)
    kept.append(train(left, 60.0))
    left = rest(left, kept[-1])
    assert left.is_done
    whole = train(fresh(12), 60.0)
    np.testing.assert_array_equal(left.state.parameters, whole.state.parameters[[2, 0]])
    for name in ("train_loss", "test_loss", "train_score", "test_score"):
        course = np.concatenate([getattr(part.curves, name) for part in kept])
        np.testing.assert_array_equal(course, getattr(whole.curves, name)[:, [2, 0]], err_msg=name)
    frames = np.concatenate([part.frames.parameters for part in kept])
    np.testing.assert_array_equal(frames, whole.frames.parameters[:, [2, 0]])


def test_a_slice_ends_in_time():
    part = train(job(epochs=100_000_000), 0.2)
    assert 10 < part.state.epoch < 100_000


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"])
def test_a_network_that_was_packed_is_whole(copied):
    net = mlp.MLP([2, 5, 3], activation=mlp.LeakyReLU(0.3), loss="categorical_crossentropy", seed=3, use_bias=False)
    net.parameters[4] = 7.0
    twin = copied(net)
    assert twin.shape == net.shape
    np.testing.assert_array_equal(twin.parameters, net.parameters)
    twin.parameters[...] = 1.0
    assert (twin.layers[0].weights == 1.0).all(), "the layers look at the parameters"


def test_networks_of_one_key_can_be_stacked_and_others_not():
    net, data, settings = mlp.MLP([2, 5, 1]), DATA[0], SETTINGS[0]
    key = stack_key(net, data, settings)
    assert key == stack_key(mlp.MLP([2, 5, 1], seed=9), DATA[1], SETTINGS[2])
    for other in (
        (mlp.MLP([2, 4, 1]), data, settings),
        (mlp.MLP([2, 5, 1], activation="relu"), data, settings),
        (net, mlp.make_dataset("moons", n_samples=62), settings),
        (net, data, mlp.Settings(mlp.AdamW())),
        (net, data, mlp.Settings(mlp.Adam(), batch_size=20)),
    ):
        assert key != stack_key(*other)


def test_a_job_holds_as_many_networks_as_are_fast_together():
    assert most_nets(mlp.MLP([2, 8, 1]), DATA[0], mlp.Settings()) == MOST_NETS
    assert most_nets(mlp.MLP([2, 8, 1]), mlp.make_dataset("moons", n_samples=2000), mlp.Settings(batch_size=5000)) == 3
    assert most_nets(mlp.MLP([2, 128, 1]), mlp.make_dataset("moons"), mlp.Settings(batch_size=500)) == 1
