"""The two classics, held against transcriptions of the formulas that they were first written in."""

import numpy as np
import pytest

import mlp
from benchmarks.engine_peers import SumDemo


def _softmax(x):
    powers = np.exp(x)
    return powers / powers.sum(axis=1, keepdims=True)


def _tutorial(x, one_hot, wh, bh, wo, bo, learning_rate, epochs):
    """The from-scratch tutorial: slopes *summed* over all samples."""
    for _ in range(epochs):
        zh = np.dot(x, wh) + bh
        ah = 1.0 / (1.0 + np.exp(-zh))
        zo = np.dot(ah, wo) + bo
        ao = _softmax(zo)

        dcost_dzo = ao - one_hot
        dcost_wo = np.dot(ah.T, dcost_dzo)
        dcost_bo = dcost_dzo
        dcost_dah = np.dot(dcost_dzo, wo.T)
        dah_dzh = ah * (1.0 - ah)
        dcost_wh = np.dot(x.T, dah_dzh * dcost_dah)
        dcost_bh = dcost_dah * dah_dzh

        wh = wh - learning_rate * dcost_wh
        bh = bh - learning_rate * dcost_bh.sum(axis=0)
        wo = wo - learning_rate * dcost_wo
        bo = bo - learning_rate * dcost_bo.sum(axis=0)
    return wh, bh, wo, bo


@pytest.mark.parametrize("seed", [0, 1])
def test_from_scratch_network_is_the_tutorials_with_n_times_its_learning_rate(seed):
    trainer = mlp.CLASSICS["from_scratch"].make(seed)
    data, (hidden, output) = trainer.data, trainer.net.layers
    assert np.all(hidden.biases == 0.0)
    start = [p.copy() for p in (hidden.weights, hidden.biases, output.weights, output.biases)]
    theirs = _tutorial(data.x_train, np.eye(3)[data.y_train], *start, 0.001, epochs=100)
    trainer.run(100)
    for ours, same in zip((hidden.weights, hidden.biases, output.weights, output.biases), theirs, strict=True):
        np.testing.assert_allclose(ours, same, rtol=1e-12, atol=1e-13)


def test_from_scratch_network_learns():
    trainer = mlp.CLASSICS["from_scratch"].make(0)
    recording = trainer.run(mlp.CLASSICS["from_scratch"].epochs)
    assert recording.test_score[-1] > 0.95


@pytest.mark.parametrize("hidden", [[5], [4, 3], [3, 3, 3]])
def test_sum_demo_is_trained_to_the_same_numbers(hidden):
    data = mlp.make_dataset("sum", n_samples=300, seed=1)
    net = mlp.MLP(
        [2, *hidden, 1],
        activation="sigmoid",
        loss="mean_squared_error",
        initializer="normal",
        output_activation="sigmoid",
        use_bias=False,
    )
    demo = SumDemo([layer.weights for layer in net.layers])
    trainer = mlp.Trainer(net, data, mlp.SGD(learning_rate=0.05), batch_size=1)
    recording = trainer.run(5)
    order = np.concatenate([recording.batch(step) for step in range(trainer.step_count)])
    demo.train(data.x_train[order], data.y_train[order], 1, learning_rate=0.1)
    for layer, weights in zip(net.layers, demo.weights, strict=True):
        np.testing.assert_allclose(layer.weights, weights, rtol=1e-12)
        assert np.all(layer.biases == 0.0)


def test_the_classic_sum_is_the_demo_with_half_its_learning_rate():
    trainer = mlp.CLASSICS["sum"].make(3)
    layers, data = trainer.net.layers, trainer.data
    demo = SumDemo([layer.weights for layer in layers])
    for _ in range(100):
        trainer.step()
    order = np.concatenate([trainer.recording.batch(step) for step in range(100)])
    demo.train(data.x_train[order], data.y_train[order], 1, learning_rate=0.1)
    for layer, weights in zip(layers, demo.weights, strict=True):
        np.testing.assert_allclose(layer.weights, weights, rtol=1e-12)
        assert np.all(layer.biases == 0.0)


def test_todays_network_has_twenty_times_less_error_than_the_demo():
    today = mlp.CLASSICS["sum_today"]
    recording = today.make(0).run(today.epochs)
    assert recording.test_loss[-1] < 3.6e-4 / 20
