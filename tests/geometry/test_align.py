"""Two runs beside each other: neurons paired as SciPy pairs them, and a network rewritten that says what it said."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

import mlp
from playground.geometry.align import align, correlations, is_odd, pair


@pytest.mark.parametrize("n", [1, 2, 3, 8, 17, 40, 128])
def test_pairs_are_worth_as_much_as_scipys(n: int):
    for seed in range(20 if n < 40 else 3):
        rng = np.random.default_rng(seed)
        value = rng.normal(size=(n, n)) if seed % 2 else rng.integers(-3, 4, (n, n)).astype(float)
        found = pair(value)
        assert sorted(found) == list(range(n))
        rows, columns = linear_sum_assignment(value, maximize=True)
        assert value[np.arange(n), found].sum() == pytest.approx(value[rows, columns].sum(), abs=1e-9)


def test_correlations_are_numpys_and_none_for_a_unit_that_never_changes():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(50, 4)), rng.normal(size=(50, 4))
    np.testing.assert_allclose(correlations(a, b), np.corrcoef(a.T, b.T)[:4, 4:], atol=1e-12)
    a[:, 2] = 3.0
    assert not correlations(a, b)[2].any()


def test_which_activations_are_odd():
    found = {name for name, activation in mlp.ACTIVATIONS.items() if is_odd(activation)}
    assert found == {"identity", "tanh", "sine"}


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(2, 1), (2, 5, 1), (3, 6, 4, 7, 2)])
def test_a_network_with_its_neurons_changed_about_is_found_again(activation: str, sizes: tuple[int, ...]):
    loss = "binary_crossentropy" if sizes[-1] == 1 else "categorical_crossentropy"
    net = mlp.MLP(list(sizes), activation, loss, "normal", seed=4)
    x = np.random.default_rng(3).normal(size=(200, sizes[0]))
    net.parameters[...] += 0.3 * np.random.default_rng(7).normal(size=net.n_parameters)  # biases too
    mine = net.parameters.copy()
    shuffled = net.copy()
    rng = np.random.default_rng(5)
    for k in range(len(net.layers) - 1):
        units = rng.permutation(sizes[k + 1])
        signs = rng.choice([-1.0, 1.0], len(units)) if is_odd(net.layers[k].activation) else np.ones(len(units))
        now, after = shuffled.layers[k], shuffled.layers[k + 1]
        now.weights[...], now.biases[...] = now.weights[:, units] * signs, now.biases[units] * signs
        after.weights[...] = (after.weights[units].T * signs).T
    np.testing.assert_allclose(shuffled.outputs(x), net.outputs(x), atol=1e-12)
    found = align(net, x, mine, shuffled.parameters)
    if activation not in ("step", "relu"):  # two dead neurons are alike, and so are two that switch at one place
        np.testing.assert_allclose(found.of(shuffled.parameters), mine, atol=1e-12)
        assert all(np.allclose(np.abs(values), 1.0) for values in found.alike)
    again = net.copy()
    again.parameters[...] = found.of(shuffled.parameters)
    np.testing.assert_allclose(again.outputs(x), net.outputs(x), atol=1e-12)


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_another_network_says_what_it_said_and_is_more_alike_than_before(activation: str):
    x = np.random.default_rng(3).normal(size=(100, 2))
    one, other = (mlp.MLP([2, 8, 8, 1], activation, seed=seed) for seed in (1, 2))
    found = align(one, x, one.parameters, other.parameters)
    moved = one.copy()
    moved.parameters[...] = found.of(other.parameters)
    np.testing.assert_allclose(moved.outputs(x), other.outputs(x), atol=1e-12)

    def likeness(net: mlp.MLP) -> float:
        first = [layer.forward(x)[1] for layer in (one.layers[0], net.layers[0])]
        return float(np.diag(correlations(*first)).sum())

    assert likeness(moved) >= likeness(other) - 1e-9
