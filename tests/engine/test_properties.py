"""What must hold for any network, data and numbers: Hypothesis looks for the exception."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlp

thorough = settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

OUTPUTS = {"binary_crossentropy": (1, "binary"), "categorical_crossentropy": (3, "multiclass"), "hinge": (1, "binary")}

seeds = st.integers(0, 2**32)
hidden_layers = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(sorted(mlp.ACTIVATIONS))), max_size=3)


@st.composite
def networks(draw) -> mlp.MLP:
    layers, loss = draw(hidden_layers), draw(st.sampled_from(sorted(mlp.LOSSES)))
    n_out, _ = OUTPUTS.get(loss, (2, "regression"))
    return mlp.MLP(
        [2, *(n for n, _ in layers), n_out],
        activation=[name for _, name in layers],
        loss=loss,
        initializer=draw(st.sampled_from(sorted(mlp.INITIALIZERS))),
        seed=draw(seeds),
    )


def data_for(net: mlp.MLP, n: int, seed: int) -> mlp.Dataset:
    rng = np.random.default_rng(seed)
    n_out, task = OUTPUTS.get(net.loss.name, (2, "regression"))
    x = rng.standard_normal((n + 5, 2))
    if task == "regression":
        y = rng.standard_normal((n + 5, n_out))
    else:
        y = rng.integers(0, 3 if task == "multiclass" else 2, n + 5)
    return mlp.Dataset(x[:n], y[:n], x[n:], y[n:], task)


training = st.builds(
    mlp.Settings,
    optimizer=st.sampled_from([kind() for kind in mlp.OPTIMIZERS.values()]),
    batch_size=st.integers(1, 30),
    seed=seeds,
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.01]),
    dropout=st.sampled_from([0.0, 0.3]),
    clip_norm=st.sampled_from([None, 0.5]),
    schedule=st.sampled_from([kind() for kind in mlp.SCHEDULES.values()]),
)


def trainer_for(net: mlp.MLP, data: mlp.Dataset, s: mlp.Settings) -> mlp.Trainer:
    return mlp.Trainer(net, data, **vars(s))


@thorough
@given(networks())
def test_saved_network_comes_back_the_same(net):
    net.parameters += 0.1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.npz"
        net.save(path)
        twin = mlp.MLP.load(path)
    np.testing.assert_array_equal(twin.parameters, net.parameters)
    assert twin.shape == net.shape
    assert (twin.initializer, twin.seed) == (net.initializer, net.seed)


@thorough
@given(networks(), st.integers(1, 20), seeds)
def test_order_of_samples_leaves_the_full_batch_gradient_alone(net, n, seed):
    data = data_for(net, n, seed)
    order = np.random.default_rng(seed).permutation(n)
    loss, gradient = net.loss_and_gradient(data.x_train, data.y_train)
    same_loss, same_gradient = net.loss_and_gradient(data.x_train[order], data.y_train[order])
    assert loss == pytest.approx(same_loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(gradient, same_gradient, rtol=1e-9, atol=1e-12)


@thorough
@given(networks(), st.integers(1, 25), seeds, training, st.data())
def test_seek_equals_run(net, n, seed, s, data):
    dataset = data_for(net, n, seed)
    trainer = trainer_for(net.copy(), dataset, s)
    recording = trainer.run(4)
    step = data.draw(st.integers(0, recording.last_step))
    walker = trainer_for(net.copy(), dataset, s)
    for _ in range(step):
        walker.step()
    np.testing.assert_array_equal(recording.seek(step).parameters, walker.net.parameters)


@thorough
@given(networks(), st.integers(1, 25), seeds, st.lists(training, min_size=1, max_size=3))
def test_a_stack_equals_its_networks_alone(net, n, seed, several):
    dataset = data_for(net, n, seed)
    first = several[0]
    several = [
        mlp.Settings(first.optimizer, first.batch_size, s.seed, s.l1, s.l2, s.dropout, first.clip_norm, first.schedule)
        for s in several
    ]
    nets = [net.copy() for _ in several]
    mlp.Stack(nets, dataset, several).run(3)
    for stacked, s in zip(nets, several, strict=True):
        alone = net.copy()
        trainer_for(alone, dataset, s).run(3)
        np.testing.assert_allclose(stacked.parameters, alone.parameters, rtol=1e-9, atol=1e-11)


large = st.floats(-1e100, 1e100, allow_nan=False)


@pytest.mark.parametrize("loss", mlp.LOSSES)
@thorough
@given(data=st.data())
def test_no_finite_outputs_give_a_loss_or_gradient_that_is_nan(loss, data):
    entry = mlp.LOSSES[loss]
    n_out, task = OUTPUTS.get(loss, (2, "regression"))
    n = 4
    z = np.array(data.draw(st.lists(large, min_size=n_out * n, max_size=n_out * n))).reshape(n_out, n)
    if task == "regression":
        y = np.array(data.draw(st.lists(large, min_size=n_out * n, max_size=n_out * n))).reshape(n, n_out)
    else:
        y = np.array(data.draw(st.lists(st.integers(0, max(1, n_out - 1)), min_size=n, max_size=n)))
    targets = entry.targets(y, n_out)
    gradient = np.empty_like(z)
    for function, arguments in entry.gradient(z, targets, gradient):
        function(*arguments)
    assert np.isfinite(entry.each(z, targets)).all()
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
@thorough
@given(values=st.lists(large, min_size=1, max_size=5))
def test_no_finite_sum_gives_an_activation_or_slope_that_is_nan(activation, values):
    entry, z = mlp.ACTIVATIONS[activation], np.array(values)
    assert np.isfinite(entry.value(z)).all()
    assert np.isfinite(entry.slope(z)).all()


@thorough
@given(st.integers(4, 60), st.floats(0.0, 0.9), seeds, st.sampled_from(sorted(mlp.DATASETS)))
def test_splits_keep_every_sample_once_and_every_class_in_proportion(n, fraction, seed, name):
    data = mlp.make_dataset(name, n_samples=n, test_fraction=fraction, seed=seed)
    assert len(data.x_train) + len(data.x_test) == n
    assert abs(len(data.x_test) - fraction * n) <= 1.0
    if data.task != "regression":
        for label in range(data.n_classes):
            train, test = (np.count_nonzero(y == label) for y in (data.y_train, data.y_test))
            assert abs(test - fraction * (train + test)) <= 1.0
