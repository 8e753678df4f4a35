"""The parts, one by one: formulas at known points, initializers, datasets, metrics, registries."""

import math
from dataclasses import fields

import numpy as np
import pytest

import mlp
from mlp.activations import ACTIVATIONS
from mlp.erf import erf
from mlp.rng import Purpose, Stream

# ---------------------------------------------------------------------- formulas


def test_erf_is_exact_to_the_last_digits():
    x = np.concatenate([np.linspace(-9, 9, 20_001), [0.0, 1.0, -1.0, 1e-300, 50.0, -np.inf, np.inf]])
    truth = np.array([math.erf(value) for value in x])
    np.testing.assert_allclose(erf(x), truth, rtol=5e-16, atol=0)
    assert np.isnan(erf(np.array([np.nan]))).all()


KNOWN = {
    "identity": [(-2.0, -2.0), (3.0, 3.0)],
    "sigmoid": [(0.0, 0.5), (2.0, 0.8807970779778823), (-800.0, 0.0)],
    "tanh": [(0.0, 0.0), (1.0, 0.7615941559557649)],
    "relu": [(-1.0, 0.0), (2.0, 2.0)],
    "leaky_relu": [(-1.0, -0.01), (2.0, 2.0)],
    "elu": [(-1.0, -0.6321205588285577), (2.0, 2.0), (-900.0, -1.0)],
    "selu": [(-1.0, -1.1113307378125625), (1.0, 1.0507009873554805)],
    "softplus": [(0.0, 0.6931471805599453), (800.0, 800.0), (-800.0, 0.0)],
    "gelu": [(1.0, 0.8413447460685429), (-1.0, -0.15865525393145707)],
    "silu": [(1.0, 0.7310585786300049), (-1.0, -0.2689414213699951)],
    "sine": [(math.pi / 2, 1.0)],
    "step": [(-1.0, 0.0), (0.0, 0.0), (0.5, 1.0)],
}


@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
def test_activation_at_known_points(name):
    for z, a in KNOWN[name]:
        assert ACTIVATIONS[name].value(np.array([z]))[0] == pytest.approx(a, rel=1e-15, abs=1e-300)


LOSS_AT = {  # outputs (n_out, n), labels or targets, loss of each sample
    "mean_squared_error": ([[1.0, 3.0]], [0.0, 1.0], [1.0, 4.0]),
    "mean_absolute_error": ([[1.0, 3.0]], [0.0, 1.0], [1.0, 2.0]),
    "huber": ([[0.5, 3.0]], [0.0, 1.0], [0.125, 1.5]),
    "binary_crossentropy": ([[0.0, 1000.0, 1000.0, -40.0]], [1, 1, 0, 0], [math.log(2), 0.0, 1000.0, math.exp(-40)]),
    "categorical_crossentropy": ([[0.0, 1000.0], [0.0, 0.0]], [0, 1], [math.log(2), 1000.0]),
    "hinge": ([[0.5, 3.0, 1.0]], [1, 1, 0], [0.5, 0.0, 2.0]),
}


@pytest.mark.parametrize("name", mlp.LOSSES)
def test_loss_at_known_points(name):
    outputs, answers, truth = LOSS_AT[name]
    loss = mlp.LOSSES[name]
    found = loss.each(np.array(outputs), loss.targets(np.array(answers), len(outputs)))
    np.testing.assert_allclose(found, truth, rtol=1e-15)


def test_softmax_shares_are_stable():
    np.testing.assert_allclose(mlp.softmax(np.array([[1e4, 1e4, -1e4]])), [[0.5, 0.5, 0.0]])


def test_probabilities_add_up():
    x = np.random.default_rng(0).standard_normal((7, 2))
    for net in (mlp.MLP([2, 3, 1]), mlp.MLP([2, 3, 4], loss="categorical_crossentropy")):
        shares = net.predict_proba(x)
        np.testing.assert_allclose(shares.sum(axis=1), 1.0)
        np.testing.assert_array_equal(shares.argmax(axis=1), net.predict(x))


# ---------------------------------------------------------------------- random numbers


def test_every_purpose_and_place_has_random_numbers_of_its_own():
    draws = {
        tuple(Stream(seed, purpose).at(place).integers(0, 2**60, 3))
        for seed in (0, 1)
        for purpose in Purpose
        for place in (0, 1, 2)
    }
    assert len(draws) == 2 * len(Purpose) * 3


def test_random_numbers_at_a_place_do_not_depend_on_what_was_drawn_before():
    stream = Stream(5, Purpose.BATCHES)
    first = stream.at(3).permutation(99)
    stream.at(9).random(1001)
    np.testing.assert_array_equal(stream.at(3).permutation(99), first)


# ---------------------------------------------------------------------- initializers


SPREAD = {
    "zeros": 0.0,
    "constant": 0.0,
    "uniform": 1.0 / 12**0.5,
    "normal": 1.0,
    "glorot_uniform": (2.0 / 500) ** 0.5,
    "glorot_normal": (2.0 / 500) ** 0.5,
    "he_uniform": (2.0 / 300) ** 0.5,
    "he_normal": (2.0 / 300) ** 0.5,
    "lecun_normal": (1.0 / 300) ** 0.5,
    "orthogonal": (1.0 / 300) ** 0.5,
}


@pytest.mark.parametrize("name", mlp.INITIALIZERS)
def test_initializer_has_the_spread_that_its_paper_says(name):
    net = mlp.MLP([300, 200, 1], initializer=name, seed=3)
    assert net.layers[0].weights.std() == pytest.approx(SPREAD[name], rel=0.02)
    assert not net.layers[0].biases.any()


@pytest.mark.parametrize("sizes", [(20, 5), (5, 20), (7, 7)])
def test_orthogonal_weights_are_orthogonal(sizes):
    W = mlp.MLP(sizes, loss="mean_squared_error", initializer="orthogonal", seed=3).layers[0].weights
    product = W.T @ W if sizes[0] >= sizes[1] else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(sizes)), atol=1e-14)


def test_reset_draws_the_same_weights_and_another_seed_others():
    net = mlp.MLP([2, 4, 1], seed=5)
    start = net.parameters.copy()
    net.parameters += 1.0
    net.reset()
    np.testing.assert_array_equal(net.parameters, start)
    assert not np.array_equal(mlp.MLP([2, 4, 1], seed=6).parameters, start)


def test_a_copy_has_the_same_numbers_in_arrays_of_its_own():
    net = mlp.MLP([2, 3, 1], activation="relu", loss="hinge", seed=5)
    net.parameters += 1.0
    twin = net.copy()
    assert twin.shape == net.shape
    np.testing.assert_array_equal(twin.parameters, net.parameters)
    net.layers[0].weights[...] = 0.0
    assert twin.layers[0].weights.all()


def test_layers_look_into_the_flat_vector():
    net = mlp.MLP([2, 3, 1])
    net.parameters[...] = np.arange(13.0)
    np.testing.assert_array_equal(net.layers[0].weights, [[0, 3, 6], [1, 4, 7]])
    np.testing.assert_array_equal(net.layers[0].biases, [2, 5, 8])
    net.layers[1].biases[...] = -1.0
    assert net.parameters[12] == -1.0


def test_shape_says_where_each_parameter_lies():
    net = mlp.MLP([3, 4, 2, 5], loss="mean_squared_error")
    net.parameters[...] = np.arange(net.n_parameters)
    seen = []
    for k, layer in enumerate(net.layers):
        for j in range(layer.weights.shape[1]):
            for i in range(layer.weights.shape[0]):
                assert net.shape.index(k, i, j) == layer.weights[i, j]
            assert net.shape.index(k, i + 1, j) == layer.biases[j]
            seen += [(k, i, j) for i in range(layer.weights.shape[0] + 1)]
    assert [net.shape.locate(index) for index in range(net.n_parameters)] == seen
    for nowhere in ((-1, 0, 0), (3, 0, 0), (0, 4, 0), (0, -1, 0), (0, 0, 4), (2, 0, -1)):
        with pytest.raises(IndexError, match=r"there must be a parameter \(layer, i, j\)"):
            net.shape.index(*nowhere)
    for index in (-1, net.n_parameters):
        with pytest.raises(IndexError, match="index must be from 0 to 40; got"):
            net.shape.locate(index)


# ---------------------------------------------------------------------- data


@pytest.mark.parametrize("name", mlp.DATASETS)
def test_dataset_is_reproducible_centred_and_of_its_task(name):
    entry = mlp.DATASETS[name]
    data, again = mlp.make_dataset(name, seed=4), mlp.make_dataset(name, seed=4)
    for part in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(data, part), getattr(again, part))
        assert not getattr(data, part).flags.writeable
    assert not np.array_equal(data.x_train, mlp.make_dataset(name, seed=5).x_train)
    assert data.task == entry.task_for(entry.default_classes)
    assert data.n_inputs == entry.n_inputs
    x = np.concatenate([data.x_train, data.x_test])
    assert len(x) == 500
    if name not in ("sum", "digits"):
        assert np.abs(x).max() < 4.5
        assert np.quantile(np.abs(x), 0.99) < 3.1
        assert np.abs(x.mean(axis=0)).max() < 0.3
    if data.task == "regression":
        assert data.y_train.dtype == np.float64
        assert data.y_train.shape == (250, 1)
        assert np.abs(data.y_train).max() < 1.6
    else:
        assert data.y_train.dtype == np.int64
        assert np.bincount(data.y_train, minlength=data.n_classes).min() >= 15


@pytest.mark.parametrize(("name", "entry"), [(n, e) for n, e in mlp.DATASETS.items() if e.max_classes])
def test_number_of_classes_can_be_chosen(name, entry):
    for n_classes in range(2, entry.max_classes + 1):
        data = mlp.make_dataset(name, n_classes=n_classes)
        assert data.n_classes == n_classes
        assert data.task == ("binary" if n_classes == 2 else "multiclass")
        assert data.n_outputs == (1 if n_classes == 2 else n_classes)


@pytest.mark.parametrize("name", mlp.DATASETS)
def test_noise_is_a_shift_of_that_spread(name):
    quiet, loud = (mlp.make_dataset(name, noise=noise, test_fraction=0.0, seed=4) for noise in (0.0, 0.2))
    pair = (quiet.y_train, loud.y_train) if quiet.task == "regression" else (quiet.x_train, loud.x_train)
    assert (pair[1] - pair[0]).std() == pytest.approx(0.2, rel=0.1)


def test_changing_the_share_of_the_test_leaves_the_points_alone():
    one, other = (mlp.make_dataset("moons", test_fraction=f, seed=1) for f in (0.2, 0.5))
    rows = [{tuple(row) for row in np.concatenate([d.x_train, d.x_test])} for d in (one, other)]
    assert rows[0] == rows[1]


def test_dataset_keeps_its_own_copy():
    x, y = np.zeros((4, 2)), np.array([0, 1, 0, 1])
    data = mlp.Dataset(x, y, x, y, "binary")
    x[0, 0] = 7.0
    assert data.x_train[0, 0] == 0.0


def test_features_are_their_formulas():
    x = np.array([[0.5, -2.0], [1.0, 3.0]])
    x1, x2 = x.T
    truth = np.column_stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)])
    np.testing.assert_array_equal(mlp.expand_features(x, list(mlp.FEATURES)), truth)
    data = mlp.make_dataset("xor").with_features(["x2", "x1*x2"])
    assert data.n_inputs == 2


def test_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    data = mlp.make_dataset("digits", n_samples=1797, noise=0.0, test_fraction=0.0)
    ours = sorted(map(tuple, np.column_stack([data.x_train * 16.0, data.y_train])))
    assert ours == sorted(map(tuple, np.column_stack([bunch.data, bunch.target])))


# ---------------------------------------------------------------------- metrics


def test_metrics_are_scikit_learns(rng):
    from sklearn import metrics

    truth, answer = rng.integers(0, 4, 60), rng.integers(0, 4, 60)
    assert mlp.accuracy(truth, answer) == metrics.accuracy_score(truth, answer)
    np.testing.assert_array_equal(mlp.confusion_matrix(truth, answer), metrics.confusion_matrix(truth, answer))
    theirs = metrics.precision_recall_fscore_support(truth, answer)
    for ours, same in zip(mlp.precision_recall_f1(truth, answer), theirs, strict=False):
        np.testing.assert_allclose(ours, same)
    y, z = rng.standard_normal((30, 2)), rng.standard_normal((30, 2))
    assert mlp.r2_score(y, z) == pytest.approx(metrics.r2_score(y, z))
    assert mlp.mean_absolute_error(y, z) == pytest.approx(metrics.mean_absolute_error(y, z))


def test_metrics_of_classes_that_never_come_up_are_zero():
    precision, recall, f1 = mlp.precision_recall_f1([0, 0], [0, 0], n_classes=2)
    assert (precision[1], recall[1], f1[1]) == (0.0, 0.0, 0.0)
    assert math.isnan(mlp.r2_score([1.0, 1.0], [1.0, 2.0]))


# ---------------------------------------------------------------------- threads


def test_matrix_products_can_be_kept_on_one_thread():
    from threadpoolctl import threadpool_info, threadpool_limits

    with threadpool_limits(2, user_api="blas"):
        assert mlp.use_one_thread()
        numpys = [library for library in threadpool_info() if "numpy.libs" in library["filepath"]]
        assert [library["num_threads"] for library in numpys] == [1]


# ---------------------------------------------------------------------- registries


@pytest.mark.parametrize("table", ["ACTIVATIONS", "LOSSES", "OPTIMIZERS", "INITIALIZERS", "SCHEDULES", "DATASETS",
                                   "FEATURES", "CLASSICS"])  # fmt: skip
def test_every_entry_has_a_name_a_label_and_a_sentence(table):
    for name, entry in getattr(mlp, table).items():
        assert entry.name == name
        assert entry.label
        assert entry.help.endswith((".", ").")), name
        assert len(entry.help) < 200


def test_every_setting_has_a_range_that_holds_its_default_and_a_sentence():
    for kind in [*mlp.OPTIMIZERS.values(), *mlp.SCHEDULES.values()]:
        kind()
        for f in fields(kind):
            assert f.metadata["low"] < f.metadata["high"], f.name
            assert f.metadata["help"].endswith(".")
            assert all(kind(**{f.name: value}) for value in f.metadata["presets"])


def test_entries_of_one_formula_have_it_for_the_page_too():
    for entry in mlp.ACTIVATIONS.values():
        assert entry.formula
        assert "z" in entry.javascript
    for entry in mlp.FEATURES.values():
        assert "x" in entry.javascript
