"""Backpropagation against measured slopes, for every activation, loss and penalty."""

import zlib

import numpy as np
import pytest

import mlp
from mlp.calls import run
from mlp.plan import Pass, flat, sample_table
from tests.engine.helpers import answers_for, away_from_kinks, planned, random_network, sizes_for

PENALTIES = {"none": (0.0, 0.0), "l1": (0.03, 0.0), "l2": (0.0, 0.03)}


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_backward_matches_measured_slope(activation, loss, penalty):
    rng = np.random.default_rng(zlib.crc32(f"{activation} {loss} {penalty}".encode()))
    l1, l2 = PENALTIES[penalty]
    hidden = tuple(int(n) for n in rng.integers(2, 6, rng.integers(1, 4)))
    net = random_network(sizes_for(loss, hidden), activation, loss, rng)
    x = rng.standard_normal((12, 3))
    y = answers_for(loss, 12, net.sizes[-1], rng)
    x, y = away_from_kinks(net, x, y)
    assert mlp.gradient_check(net, x, y, l1, l2) < 1e-8, f"architecture {net.sizes}"


@pytest.mark.parametrize("output", mlp.ACTIVATIONS)
@pytest.mark.parametrize("loss", [name for name, loss in mlp.LOSSES.items() if not loss.from_logits])
def test_backward_matches_measured_slope_through_every_output_activation(loss, output):
    rng = np.random.default_rng(zlib.crc32(f"{loss} {output}".encode()))
    net = random_network([3, 4, 2], "tanh", loss, rng, output)
    x, y = away_from_kinks(net, rng.standard_normal((12, 3)), rng.standard_normal((12, 2)))
    assert mlp.gradient_check(net, x, y) < 1e-8


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_slope_is_the_slope_of_value(activation):
    entry = mlp.ACTIVATIONS[activation]
    z = np.linspace(-6.0, 6.0, 241) + 0.0123
    h = 1e-6
    measured = (entry.value(z + h) - entry.value(z - h)) / (2.0 * h)
    np.testing.assert_allclose(entry.slope(z), measured, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_trace_is_the_plan_in_plain_formulas(activation, loss, rng):
    net = random_network(sizes_for(loss, (5, 4)), activation, loss, rng)
    x = rng.standard_normal((9, 3))
    y = answers_for(loss, 9, net.sizes[-1], rng)
    output, gradient = planned(net, x, y)
    traces = net.trace(x, y)
    for trace, matrix in zip(traces, net.shape.matrices(gradient), strict=True):
        np.testing.assert_allclose(trace.d_W, matrix[:, :-1].T, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(trace.d_b, matrix[:, -1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(traces[-1].a, output, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(traces[-1].a, net.outputs(x))


def test_gradient_check_sees_a_wrong_slope(monkeypatch, rng):
    net = mlp.MLP([2, 4, 1], seed=1)
    x, y = rng.standard_normal((8, 2)), rng.integers(0, 2, 8)
    assert mlp.gradient_check(net, x, y) < 1e-8

    monkeypatch.setattr(type(mlp.ACTIVATIONS["tanh"]), "slope", lambda self, z: np.ones_like(z))
    assert mlp.gradient_check(net, x, y) > 1e-2


def test_an_activation_needs_no_more_than_its_value_and_slope(monkeypatch, rng):
    class Cube(mlp.Activation):
        name, label, help, formula, javascript = "cube", "Cube", "z to the third.", "z³", "z * z * z"

        def value(self, z):
            return z**3

        def slope(self, z):
            return 3.0 * z**2

    monkeypatch.setitem(mlp.ACTIVATIONS, "cube", Cube())
    net = random_network([2, 4, 1], "cube", "binary_crossentropy", rng)
    x, y = rng.standard_normal((8, 2)), rng.integers(0, 2, 8)
    assert mlp.gradient_check(net, x, y) < 1e-8
    np.testing.assert_allclose(planned(net, x, y)[1], net.loss_and_gradient(x, y)[1], rtol=1e-12)
    assert any(call.function == "value" for call in mlp.describe_step(net, 10, mlp.Settings()))


def test_backward_matches_measured_slope_under_dropout(rng):
    net = random_network([3, 6, 5, 1], "tanh", "binary_crossentropy", rng)
    x, y = rng.standard_normal((7, 3)), rng.integers(0, 2, 7)
    gradient = np.empty_like(net.parameters)
    passes = Pass(net.shape, net.parameters, gradient, sample_table(x, net.loss.targets(y, 1)), drop=0.4)
    forward, uniform = flat(passes.forward), rng.random(passes.masks.shape)

    def loss() -> float:
        passes.masks[...] = uniform
        run(forward)
        return net.loss.mean(passes.output, passes.targets)

    loss()
    run(flat(passes.backward))
    measured, h = np.empty_like(gradient), 1e-5
    for i, value in enumerate(net.parameters.copy()):
        net.parameters[i] = value + h
        above = loss()
        net.parameters[i] = value - h
        measured[i] = (above - loss()) / (2.0 * h)
        net.parameters[i] = value
    np.testing.assert_allclose(gradient, measured, atol=1e-9)


def test_network_without_biases_has_no_slope_there(tmp_path, rng):
    net = mlp.MLP([3, 4, 2], loss="mean_squared_error", use_bias=False, seed=1)
    x, y = rng.standard_normal((9, 3)), rng.standard_normal((9, 2))
    assert mlp.gradient_check(net, x, y, 0.01, 0.01) < 1e-8
    _, gradient = net.loss_and_gradient(x, y)
    assert not gradient[net.shape.is_weight() == 0.0].any()
    np.testing.assert_allclose(planned(net, x, y)[1], gradient, rtol=1e-12, atol=1e-15)
    net.save(tmp_path / "net.npz")
    assert mlp.MLP.load(tmp_path / "net.npz").shape == net.shape


def test_a_file_and_a_copy_keep_each_layers_slope(tmp_path):
    net = mlp.MLP([2, 3, 3, 3, 1], [mlp.LeakyReLU(0.2), "tanh", "leaky_relu"], seed=4)
    net.save(tmp_path / "net.npz")
    for twin in (net.copy(), mlp.MLP.load(tmp_path / "net.npz")):
        assert twin.shape == net.shape
        assert [getattr(a, "negative_slope", None) for a in twin.shape.activations] == [0.2, None, 0.01, None]


@pytest.mark.parametrize("slope", [-0.1, 1.1, float("nan"), "0.1"])
def test_a_slope_out_of_range_is_a_sentence(slope):
    with pytest.raises(ValueError, match=r"^negative_slope must be between 0 and 1; got"):
        mlp.LeakyReLU(slope)


def test_targets_of_the_categorical_crossentropy_may_be_shares(rng):
    net = mlp.MLP([3, 4, 3], loss="categorical_crossentropy", seed=1)
    x, shares = rng.standard_normal((9, 3)), rng.dirichlet(np.ones(3), 9)
    assert mlp.gradient_check(net, x, shares) < 1e-8
