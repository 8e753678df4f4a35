"""The two classics, held against transcriptions of the formulas that they were first written in."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp
from benchmarks.classics import WAYS, pieces, run
from benchmarks.engine_peers import SumDemo
from tests.parity.helpers import distance

ROOT = Path(__file__).parents[2]


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


# ---------------------------------------------------------------------- by their own names

SIZE = st.integers(1, 5)
SEED = st.integers(0, 2**32)


def flat(*arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def tutorial_parameters(net):
    return net.weights_input_hidden, net.bias_hidden, net.weights_hidden_output, net.bias_output


@settings(max_examples=25, deadline=None)
@given(sizes=st.tuples(SIZE, SIZE, st.integers(2, 4)), n=st.integers(1, 12), seed=SEED, rate=st.floats(0.01, 1.0))
def test_the_tutorials_network_is_the_engines_and_the_transcription(sizes, n, seed, rate):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((n, sizes[0])), rng.integers(0, sizes[2], n)
    net = mlp.TutorialMLP(*sizes, seed=seed)
    np.testing.assert_array_equal(
        net.to_mlp().parameters, mlp.MLP(sizes, "sigmoid", "categorical_crossentropy", "normal", seed).parameters
    )
    for bias in (net.bias_hidden, net.bias_output):
        bias += rng.standard_normal(len(bias))  # so that a bias which is left out shows
    start = [p.copy() for p in tutorial_parameters(net)]
    data = mlp.Dataset(x, y, np.empty((0, sizes[0])), [], "multiclass")
    trainer = mlp.Trainer(net.to_mlp(), data, mlp.SGD(learning_rate=rate), batch_size=n)

    net.train(x, y, epochs=100, learning_rate=rate / n, report=None)
    trainer.run(100)
    transcribed = _tutorial(x, np.eye(sizes[2])[y], *start, rate / n, epochs=100)

    assert distance(net.to_mlp().parameters, trainer.net.parameters) < 1e-12
    assert distance(flat(*tutorial_parameters(net)), flat(*transcribed)) < 1e-12
    assert net.loss(y, net.forward(x)) == pytest.approx(trainer.net.loss_value(x, y), rel=1e-12)
    np.testing.assert_allclose(net.forward(x), trainer.net.predict_proba(x), atol=1e-12)
    np.testing.assert_array_equal(net.predict(x), trainer.net.predict(x))


@settings(max_examples=25, deadline=None)
@given(
    n_in=SIZE, hidden=st.lists(SIZE, max_size=4), n_out=st.integers(1, 3), use_bias=st.booleans(),
    n=st.integers(2, 6), seed=SEED, rate=st.floats(0.01, 1.0),
)  # fmt: skip
def test_the_demos_network_is_the_engines_and_the_transcription(n_in, hidden, n_out, use_bias, n, seed, rate):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-1.0, 1.0, (n, n_in)), rng.uniform(0.0, 1.0, (n, n_out))
    net = mlp.DemoMLP(n_in, hidden, n_out, use_bias=use_bias, seed=seed)
    engine = mlp.MLP(
        [n_in, *hidden, n_out], "sigmoid", "mean_squared_error", "normal", seed, "sigmoid", use_bias=use_bias
    )
    np.testing.assert_array_equal(net.to_mlp().parameters, engine.parameters)
    transcribed = SumDemo(net.weights)
    data = mlp.Dataset(x, y, np.empty((0, n_in)), np.empty((0, n_out)), "regression")
    trainer = mlp.Trainer(net.to_mlp(), data, mlp.SGD(learning_rate=rate * n_out / 2.0), batch_size=1, seed=seed)
    recording = trainer.run(100)
    order = np.concatenate([recording.batch(step) for step in range(trainer.step_count)])

    net.train(x[order], y[order], epochs=1, learning_rate=rate, report=None)
    assert distance(net.to_mlp().parameters, trainer.net.parameters) < 1e-12
    if not use_bias:
        transcribed.train(x[order], y[order], 1, rate)
        assert distance(flat(*net.weights), flat(*transcribed.weights)) < 1e-12
    np.testing.assert_allclose(net.forward_propagate(x), trainer.net.outputs(x), atol=1e-12)


def slopes(function, values, step=1e-6):
    """Measured by moving each of `values`, in place, a little up and down."""
    found = np.empty_like(values)
    for place in np.ndindex(values.shape):
        middle, ends = values[place], []
        for end in (middle + step, middle - step):
            values[place] = end
            ends.append(function())
        values[place] = middle
        found[place] = (ends[0] - ends[1]) / (2.0 * step)
    return found


@pytest.mark.parametrize("shape", [(), (1,), (3,)])
def test_the_demo_carries_the_error_back_to_the_inputs(shape):
    rng = np.random.default_rng(1)
    net = mlp.DemoMLP(3, [4, 2], 2, use_bias=True, seed=1)
    x, target = rng.standard_normal((*shape, 3)), rng.uniform(size=(*shape, 2))

    def half_the_squared_error():
        return 0.5 * float(((target - net.forward_propagate(x)) ** 2).sum())

    error = target - net.forward_propagate(x)
    assert error.shape == target.shape
    at_inputs = net.back_propagate(error)
    measured = [slopes(half_the_squared_error, p) for p in (x, *net.weights, *net.biases)]
    for ours, slope in zip((at_inputs, *net.derivatives, *net.bias_derivatives), measured, strict=True):
        np.testing.assert_allclose(ours, -slope, atol=1e-9)


def test_both_report_in_the_words_of_their_texts(capsys):
    x, y = np.array([[0.0, 0.1], [0.2, 0.3]]), np.array([0, 1])
    tutorial, demo = mlp.TutorialMLP(2, 3, 2), mlp.DemoMLP(2, [3], 1)
    losses = []
    for epochs in (0, 100, 100):
        tutorial.train(x, y, epochs, 0.1, report=None)
        losses.append(tutorial.to_mlp().loss_value(x, y))
    assert capsys.readouterr().out == ""
    mlp.TutorialMLP(2, 3, 2).train(x, y, 201, 0.1)
    assert capsys.readouterr().out.splitlines() == [
        f"Epoch {100 * k}, loss {loss:.4f}" for k, loss in enumerate(losses)
    ]
    lines = []
    demo.train(x, x.sum(axis=1), 2, 0.1, report=lines.append)
    assert capsys.readouterr().out == ""
    assert [line.split()[-1] for line in lines] == ["1", "2"]
    first = mlp.DemoMLP(2, [3], 1)
    error = 0.0
    for sample, target in zip(x, x.sum(axis=1), strict=True):
        output = first.forward_propagate(sample)
        error += (target - output[0]) ** 2 / 2
        first.back_propagate(target - output)
        first.gradient_descent(0.1)
    assert lines[0] == f"Error: {error:.6f} at epoch 1"


def test_class_numbers_and_one_hot_rows_are_the_same_labels():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((7, 2)), rng.integers(0, 3, 7)
    nets = [mlp.TutorialMLP(2, 3, 3), mlp.TutorialMLP(2, 3, 3)]
    for net, labels in zip(nets, (y, np.eye(3)[y]), strict=True):
        net.train(x, labels, 5, 0.1, report=None)
    np.testing.assert_array_equal(nets[0].to_mlp().parameters, nets[1].to_mlp().parameters)


def test_neither_overflows_where_the_originals_do():
    far = np.array([-1e6, -800.0, 0.0, 800.0, 1e6])
    for sigmoid in (mlp.TutorialMLP.sigmoid, mlp.DemoMLP._sigmoid):
        np.testing.assert_allclose(sigmoid(far), [0.0, 0.0, 0.5, 1.0, 1.0], atol=1e-15)
    np.testing.assert_allclose(mlp.TutorialMLP.softmax(far[None]), [[0.0, 0.0, 0.0, 0.0, 1.0]])
    tutorial, demo = mlp.TutorialMLP(1, 2, 2), mlp.DemoMLP(1, [2], 1)
    with pytest.raises(RuntimeWarning, match="overflow"):
        SumDemo([1e4 * W for W in demo.weights]).forward_propagate(np.array([-1.0]) * np.sign(demo.weights[0][0, 0]))
    tutorial.weights_hidden_output[...] = [[1e5, -1e5], [1e5, -1e5]]
    x, wrong = np.ones((2, 1)), np.array([1, 1])
    assert tutorial.loss(wrong, tutorial.forward(x)) == pytest.approx(708.4, abs=0.1)
    tutorial.train(x, wrong, 3, 1e6, report=None)
    demo.train(1e6 * x, x, 3, 1e6, report=None)
    for parameters in (*tutorial_parameters(tutorial), *demo.weights):
        assert np.isfinite(parameters).all()


def test_the_engines_network_has_numbers_of_its_own():
    for classic in (mlp.TutorialMLP(2, 3, 2), mlp.DemoMLP(2, [3], 1)):
        before = classic.to_mlp()
        changed = classic.to_mlp()
        changed.parameters[...] = 7.0
        np.testing.assert_array_equal(classic.to_mlp().parameters, before.parameters)


def tutorial():
    return mlp.TutorialMLP(2, 3, 2)


def demo():
    return mlp.DemoMLP(2, [3], 1)


X, Y = [[0.1, 0.2], [0.3, 0.4]], [0, 1]
MISTAKES = [
    (lambda: mlp.TutorialMLP(0, 3, 2), "input_size must be a whole number from 1 to 4096; got 0."),
    (lambda: mlp.TutorialMLP(2, 2.5, 2), "hidden_size must be a whole number from 1 to 4096; got 2.5."),
    (lambda: mlp.TutorialMLP(2, 3, 1), "output_size must be a whole number from 2 to 4096; got 1."),
    (lambda: mlp.TutorialMLP(2, 3, 2, seed=-1), "seed must be a whole number from 0 to 9223372036854775807; got -1."),
    (lambda: tutorial().forward([1.0, 2.0]), "X must have two axes (rows, columns); got shape (2,)."),
    (lambda: mlp.TutorialMLP(3, 3, 2).predict(X), "X must have 3 columns; got 2."),
    (lambda: tutorial().forward([[1.0, np.nan]]), "X must hold finite numbers only; got 1 NaN or infinite."),
    (lambda: tutorial().train(X, [0, 2], 1, 0.1), "y must hold class numbers from 0 to 1; got 2."),
    (lambda: tutorial().train(X, [0], 1, 0.1), "y must have as many rows as there are samples, 2; got 1."),
    (lambda: tutorial().train(X, ["a", "b"], 1, 0.1), "y must hold class numbers; got <U1 values."),
    (
        lambda: tutorial().train(X, [[1, 1], [0, 1]], 1, 0.1),
        "y must hold shares of the classes, 0 or more and 1 in all; got [1.0, 1.0].",
    ),
    (lambda: tutorial().train(np.empty((0, 2)), [], 1, 0.1), "y must have at least one row; got none."),
    (lambda: tutorial().train(X, Y, -1, 0.1), "epochs must be a whole number from 0 to 1000000; got -1."),
    (
        lambda: tutorial().train(X, Y, 1, 0.0, report=None),
        "learning_rate must be between above 0 and 1e+06; got 0.0.",
    ),
    (
        lambda: tutorial().backward(X, Y, [[1.0, 0.0], [0.0, 1.0]], 0.1),
        "backward must get the X that forward has just seen, 0 rows, and its output; got 2 and 2 rows.",
    ),
    (lambda: mlp.DemoMLP(2, 5, 1), "hidden_layers must be a list of layer sizes, as in [5] or [4, 3]; got 5."),
    (lambda: mlp.DemoMLP(2, [3, 0], 1), "each of hidden_layers must be a whole number from 1 to 4096; got 0."),
    (lambda: mlp.DemoMLP(2, [1] * 63, 1), "hidden_layers must list at most 62 layers; got 63."),
    (lambda: mlp.DemoMLP(2, [3], 0), "num_outputs must be a whole number from 1 to 4096; got 0."),
    (lambda: mlp.DemoMLP(3, [3], 1).forward_propagate([1.0, 2.0]), "inputs must have 3 columns; got 2."),
    (lambda: demo().back_propagate([0.5, 0.1]), "error must have 1 columns; got 2."),
    (
        lambda: demo().back_propagate([0.5]),
        "error must have a row for each sample of the last forward_propagate, 0; got 1.",
    ),
    (
        lambda: demo().gradient_descent(np.inf),
        "learning_rate must be between above 0 and 1e+06; got inf.",
    ),
    (
        lambda: demo().train(X, [0.3, 3.0], 1, 0.1),
        "targets must be from 0 to 1, as all that a sigmoid gives; got 3.",
    ),
    (lambda: demo().train(X, [0.3], 1, 0.1), "targets must have as many rows as inputs, 2; got 1."),
    (lambda: demo().train(np.empty((0, 2)), [], 1, 0.1), "inputs must have at least one row; got none."),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "sentence"), MISTAKES, ids=[sentence for _, sentence in MISTAKES])
def test_a_mistake_is_answered_in_one_sentence(mistake, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        mistake()
    assert str(caught.value) == sentence


def test_the_examples_run_by_doctest_alone():
    subprocess.run([sys.executable, "-m", "doctest", "mlp/classics.py"], cwd=ROOT, check=True)


@pytest.mark.parametrize("piece", pieces(), ids=["from scratch", "sum"])
def test_the_code_in_the_docs_comes_to_the_same_error_in_every_way(piece):
    assert set(piece) == {"data", *WAYS}
    error = {way: run(way, piece["data"], piece[way])[1] for way in ("classic", "engine", "pytorch")}
    assert error["pytorch"] == pytest.approx(error["classic"], rel=1e-9)
    # The engine shuffles the pairs of the sum; the tutorial takes all samples at once, where order is of no matter.
    assert error["engine"] == pytest.approx(error["classic"], rel=0.02 if "targets" in piece["data"] else 1e-9)
