"""Lanczos finds what the whole matrix has, and the loss is the same on the map as at the place itself."""

import numpy as np
import pytest

import mlp


@pytest.fixture
def trained() -> mlp.Trainer:
    data = mlp.make_dataset("spirals", n_samples=120, noise=0.1, seed=3)
    trainer = mlp.Trainer(mlp.MLP([2, 6, 5, 1], seed=3), data, optimizer=mlp.Adam(learning_rate=0.02), seed=3)
    trainer.run(60)
    return trainer


def test_lanczos_finds_the_largest_eigenvalues_and_says_how_exact_they_are(trained, rng):
    curvature = mlp.Curvature(trained.net, trained.data.x_train, trained.data.y_train)
    values, vectors = np.linalg.eigh(curvature.hessian())
    steps = list(mlp.lanczos(curvature.product, rng.standard_normal(curvature.n_parameters), 60, k=3))
    last = steps[-1]
    assert 3 < len(steps) < 60
    np.testing.assert_allclose(last.values, values[::-1][:3], rtol=1e-6)
    np.testing.assert_allclose(np.abs((last.vectors * vectors[:, ::-1][:, :3].T).sum(axis=1)), 1.0, atol=1e-4)
    for found in steps:
        for value, error in zip(found.values, found.error, strict=True):
            assert np.abs(values - value).min() <= error + 1e-9


def test_lanczos_ends_where_there_is_nothing_more_to_find(rng):
    matrix = np.diag([5.0, 5.0, 1.0, 0.0, 0.0])
    *_, last = mlp.lanczos(lambda v: matrix @ v, rng.standard_normal(5), 30, k=2)
    np.testing.assert_allclose(last.values, [5.0, 1.0], atol=1e-10)  # of two that are equal it sees one
    *_, flat = mlp.lanczos(lambda v: 0.0 * v, rng.standard_normal(5), 30)
    assert flat.values.max() == 0.0


def test_without_biases_they_have_no_share_in_the_curvature(rng):
    net = mlp.MLP([2, 4, 1], seed=1, use_bias=False)
    curvature = mlp.Curvature(net, rng.standard_normal((20, 2)), rng.integers(0, 2, 20))
    hessian = curvature.hessian()
    is_bias = net.shape.is_weight() == 0.0
    assert not hessian[is_bias].any()
    assert not hessian[:, is_bias].any()
    assert len(mlp.eigenvalues(hessian, curvature.trained)) == net.shape.n_trainable


def test_products_of_many_directions_are_those_of_each(trained, rng):
    curvature = mlp.Curvature(trained.net, trained.data.x_train, trained.data.y_train)
    v = rng.standard_normal((7, curvature.n_parameters))
    for one, product in zip(v, curvature.product(v), strict=True):
        np.testing.assert_allclose(product, curvature.product(one), atol=1e-13)


def test_the_curvature_stays_that_of_its_moment(trained, rng):
    curvature = mlp.Curvature(trained.net, trained.data.x_train, trained.data.y_train)
    v = rng.standard_normal(curvature.n_parameters)
    before = curvature.product(v)
    trained.run(5)
    np.testing.assert_array_equal(curvature.product(v), before)


@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_the_surface_has_the_loss_of_the_network_at_each_place(loss, rng):
    n_out = 3 if loss == "categorical_crossentropy" else 1
    net = mlp.MLP([2, 6, n_out], loss=loss, seed=1)
    x = rng.standard_normal((40, 2))
    y = rng.integers(0, max(2, n_out), 40)
    places = net.parameters + rng.standard_normal((301, net.n_parameters))
    found = mlp.Surface(net, x, y).losses(places)
    for place, value in zip(places[::50], found[::50], strict=True):
        net.parameters[...] = place
        assert value == pytest.approx(net.loss_value(x, y), rel=1e-12)


def test_a_random_direction_moves_every_neuron_by_as_much_as_it_is_long(rng):
    net = mlp.MLP([2, 6, 1], seed=1)
    direction = mlp.random_direction(net.shape, net.parameters, rng)
    for D, W in zip(net.shape.matrices(direction), net.shape.matrices(net.parameters), strict=True):
        np.testing.assert_allclose(np.linalg.norm(D, axis=1), np.linalg.norm(W, axis=1))


def test_full_batch_gradient_descent_settles_at_the_edge_of_stability():
    """Cohen et al. 2021: the sharpness climbs to 2 / rate, where steps begin to overshoot, and stays there."""
    data = mlp.make_dataset("moons", n_samples=200, noise=0.1, test_fraction=0.5, seed=7)
    net = mlp.MLP([2, 8, 8, 1], loss="mean_squared_error", seed=1)
    trainer = mlp.Trainer(net, data, optimizer=mlp.SGD(learning_rate=0.5), batch_size=100, seed=1)
    sharpness = []
    for _ in range(4):
        trainer.run(750)
        curvature = mlp.Curvature(net, data.x_train, data.y_train)
        sharpness.append(mlp.eigenvalues(curvature.hessian(), curvature.trained)[0])
    assert sharpness[-2:] == pytest.approx([4.0, 4.0], rel=0.01), sharpness
    assert trainer.recording.train_loss[-1] < 0.01 < trainer.recording.train_loss[300]
