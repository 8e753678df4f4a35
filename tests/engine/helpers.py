"""What the engine's tests share."""

import numpy as np

import mlp
from mlp.calls import run
from mlp.plan import Pass, flat, sample_table


def sizes_for(loss: str, hidden: tuple[int, ...], n_in: int = 3) -> list[int]:
    """Layer sizes with as many outputs as the loss needs."""
    n_out = {"categorical_crossentropy": 3, "binary_crossentropy": 1, "hinge": 1}.get(loss, 2)
    return [n_in, *hidden, n_out]


def answers_for(loss: str, n: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Random labels or targets as the loss wants them."""
    if loss == "categorical_crossentropy":
        return rng.integers(0, n_out, n)
    if loss in ("binary_crossentropy", "hinge"):
        return rng.integers(0, 2, n)
    return 2.0 * rng.standard_normal((n, n_out))


def random_network(sizes, activation, loss, rng, output="identity") -> mlp.MLP:
    """A network whose weights *and* biases are drawn, so that nothing is zero by chance."""
    net = mlp.MLP(sizes, activation=activation, loss=loss, output_activation=output)
    for layer in net.layers:
        layer.weights[...] = rng.standard_normal(layer.weights.shape) / np.sqrt(len(layer.weights))
        layer.biases[...] = 0.3 * rng.standard_normal(layer.biases.shape)
    net.parameters[np.abs(net.parameters) < 1e-3] = 1e-3  # the penalty |w| has a kink at zero
    return net


def planned(net, x, y) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (n, n_out) and the flat gradient, from the prepared calls that training makes."""
    gradient = np.empty_like(net.parameters)
    passes = Pass(net.shape, net.parameters, gradient, sample_table(x, net.loss.targets(y, net.sizes[-1])))
    run([*flat(passes.forward), *flat(passes.backward)])
    return passes.output.T, gradient


def away_from_kinks(net, x, y, room=1e-3):
    """The samples whose sums keep clear of every kink, where no slope can be measured; at least 3 of them."""
    clear = np.ones(len(x), dtype=bool)
    for layer, trace in zip(net.layers, net.trace(x, y), strict=True):
        for kink in layer.activation.kinks:
            clear &= (np.abs(trace.z - kink) > room).all(axis=1)
    outputs = net.outputs(x)
    if net.loss.name == "mean_absolute_error":
        clear &= (np.abs(outputs - y) > room).all(axis=1)
    if net.loss.name == "huber":
        clear &= (np.abs(np.abs(outputs - y) - 1.0) > room).all(axis=1)
    if net.loss.name == "hinge":
        clear &= np.abs((2 * y - 1) * outputs[:, 0] - 1.0) > room
    assert clear.sum() >= 3
    return x[clear], y[clear]
