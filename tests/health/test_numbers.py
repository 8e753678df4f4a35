"""The numbers of a checkup, its histograms, its tables and its words are the engine's, each under its own name."""

import numpy as np
import pytest

import mlp
from playground import figures
from playground.health import words
from playground.health.checkup import Checkup, examine
from playground.health.numbers import columns, tables
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import percent
from playground.run.runs import new_trainer

STEP = 300


@pytest.fixture(scope="module")
def run() -> tuple[mlp.Trainer, Checkup]:
    config = Config(dataset="moons", activations=("relu",), hidden_layer_sizes=(6, 4), n_samples=100, learning_rate=0.1)
    trainer = new_trainer(Experiment(config))
    trainer.run(100)
    return trainer, examine(trainer, STEP)


def test_each_layer_has_the_activations_weights_and_gradients_of_the_moment(run):
    trainer, checkup = run
    net = trainer.net.copy()
    net.parameters[...] = trainer.recording.seek(STEP).parameters
    traces = net.trace(trainer.data.x_train, trainer.data.y_train)
    assert [layer.name for layer in checkup.layers] == ["layer 1", "layer 2", "output"]
    for layer, own, trace in zip(checkup.layers, net.layers, traces, strict=True):
        for found, wanted in (
            (layer.weights, own.weights), (layer.biases, own.biases), (layer.z, trace.z), (layer.a, trace.a),
            (layer.weight_gradients, trace.d_W), (layer.bias_gradients, trace.d_b),
        ):  # fmt: skip
            np.testing.assert_array_equal(found, wanted)
        assert layer.gradient_norm == pytest.approx(np.sqrt((trace.d_W**2).sum() + (trace.d_b**2).sum()))
    hidden = checkup.layers[0]
    np.testing.assert_allclose(hidden.flat, (hidden.z <= 0).mean(axis=0))  # a ReLU is flat where its sum is not above 0
    assert 0 < hidden.n_dead == (hidden.a == 0).all(axis=0).sum() < hidden.n_units


def test_each_histogram_has_its_own_quantity_and_unit(run):
    _, checkup = run
    activations, weights, gradients = columns(checkup)
    assert [(c.title, c.axis, c.log) for c in (activations, weights, gradients)] == [
        ("Activations", "output a", False), ("Weights", "weight w", False),
        ("Gradients", "gradient of a weight, size of ∂L/∂w", True),
    ]  # fmt: skip
    for k, layer in enumerate(checkup.layers):
        np.testing.assert_array_equal(activations.values[k], layer.a)
        np.testing.assert_array_equal(weights.values[k], layer.weights)
        g = np.abs(layer.weight_gradients[layer.weight_gradients != 0])
        np.testing.assert_allclose(np.sort(10 ** gradients.values[k]), np.sort(g))
        zeros = (layer.weight_gradients == 0).mean()
        assert gradients.notes[k] == (f"{percent(zeros, 2)} are zero" if zeros else "")


def test_the_history_ends_with_the_moment_and_has_each_loss_in_its_place(run):
    trainer, checkup = run
    r, past = trainer.recording, checkup.history
    n = int(np.searchsorted(r.steps, STEP, side="right"))
    for found, wanted in (
        (past.epochs, r.epochs), (past.steps, r.steps), (past.train_loss, r.train_loss), (past.test_loss, r.test_loss),
        (past.gradient_norms, r.gradient_norms),
    ):  # fmt: skip
        np.testing.assert_array_equal(found, wanted[:n])
    assert checkup.epoch == STEP / 5
    assert checkup.train_loss == r.train_loss[n - 1]


def test_an_updates_ratio_is_that_of_its_own_step_and_layer(run):
    trainer, checkup = run
    shape = trainer.net.shape
    steps = (checkup.history.update_epochs * 5).astype(int)
    assert len(steps) > 2
    for step, ratios in zip(steps.tolist(), checkup.history.update_ratios, strict=True):
        before, after = (trainer.recording.seek(k).parameters for k in (step, step + 1))
        for layer, (old, new) in enumerate(zip(shape.matrices(before), shape.matrices(after), strict=True)):
            wanted = np.linalg.norm(new[:, :-1] - old[:, :-1]) / np.linalg.norm(old[:, :-1])
            assert ratios[layer] == pytest.approx(wanted)


def test_the_tables_name_their_numbers_rightly(run):
    _, checkup = run
    found = tables(checkup)
    layers = found["Layers"]
    for k, layer in enumerate(checkup.layers):
        row = layers.iloc[k]
        assert (row["layer"], row["neurons"], row["dead neurons"]) == (layer.name, layer.n_units, layer.n_dead)
        assert row["mean of activations"] == layer.a.mean()
        assert row["deviation of activations"] == layer.a.std()
        assert row["mean of weights"] == layer.weights.mean()
        assert row["deviation of weights"] == layer.weights.std()
        assert row["share of flat outputs"] == layer.flat.mean()
        assert row["gradient norm"] == layer.gradient_norm
        np.testing.assert_array_equal(found["Gradient norms"][layer.name], checkup.history.gradient_norms[:, k])
        np.testing.assert_array_equal(found["Updates over weights"][layer.name], checkup.history.update_ratios[:, k])
    np.testing.assert_array_equal(found["Loss"]["training loss"], checkup.history.train_loss)
    np.testing.assert_array_equal(found["Loss"]["test loss"], checkup.history.test_loss)
    for _, row in found["Histograms"].iterrows():
        layer = next(one for one in checkup.layers if one.name == row["layer"])
        every = {"Activations": layer.a, "Weights": layer.weights, "Gradients": np.abs(layer.weight_gradients)}
        values = every[row["quantity"]]
        values = values[values > 0] if row["quantity"] == "Gradients" else values
        within = ((values >= row["from"] - 1e-12) & (values <= row["to"] + 1e-12)).mean() if values.size else 0.0
        assert row["share"] <= within + 1e-9
        assert row["share"] >= ((values > row["from"] + 1e-12) & (values < row["to"] - 1e-12)).sum() / max(
            values.size, 1
        )


def test_a_chart_is_told_with_the_ends_of_its_curves_and_the_spread_of_its_values(run):
    _, checkup = run
    told = words.over_time("Norms", [0.0, 5.0], [[2.0, 0.5], [1.0, 4.0]], ["layer 1", "output"])
    assert told == (
        "Norms from epoch 0 to 5. Layer 1: 2 at first, 1 at last; from 1 to 2, half of them below 1.5. "
        "Output: 0.5 at first, 4 at last; from 0.5 to 4, half of them below 2.25."
    )
    column = figures.Column("Weights", "w", [np.array([-1.0, 0.5, 3.0])], ["a note"])
    assert words.histogram(column, ["output"]) == (
        "Histograms of weights. Output: from −1 to 3, half of them below 0.5, a note."
    )
    sizes = figures.Column("Gradients", "g", [figures.sizes([0.01, 0.1, 10.0])], log=True)
    assert "from 0.01 to 10, half of them below 0.1" in words.histogram(sizes, ["output"])
    first = checkup.layers[0]
    assert words.flat_units([first]) == (
        f"Flat and dead neurons. Layer 1: {100 * first.flat.mean():.1f} % of the outputs in a flat part, "
        f"{first.n_dead} of 6 neurons dead."
    )
