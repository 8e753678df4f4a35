"""The numbers at the units and links of the picture of a step are the engine's, each at its own unit and link."""

import numpy as np
import pytest

import mlp
from playground.inside.picture import picture
from playground.inside.step import take_apart

N_IN, HIDDEN, N_OUT = 3, 4, 2
LABELS = ("a", "b", "c")


@pytest.fixture(scope="module")
def trainer() -> mlp.Trainer:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(20, N_IN)), rng.normal(size=(20, N_OUT))
    data = mlp.Dataset(x, y, x[:0], y[:0], "regression")
    net = mlp.MLP([N_IN, HIDDEN, N_OUT], "tanh", "mean_squared_error", "glorot_normal", seed=2)
    trainer = mlp.Trainer(net, data, mlp.Adam(learning_rate=0.05), batch_size=6)
    trainer.run(4)
    return trainer


def number(shown: list) -> float:
    """A number as the browser gets it: ["num", rounded, in full]."""
    kind, _, full = shown
    assert kind == "num"
    return float(full)


@pytest.mark.parametrize("point", [0, 4])
def test_every_unit_and_link_has_the_engines_numbers(trainer: mlp.Trainer, point: int):
    at = 9
    before, after = (trainer.recording.seek(step).parameters for step in (at, at + 1))
    net = trainer.net.copy()
    net.parameters[...] = before
    rows = trainer.recording.batch(at)
    x, y = trainer.data.x_train[rows], trainer.data.y_train[rows]
    traces = net.trace(x, y)
    later = mlp.MLP([N_IN, HIDDEN, N_OUT], "tanh", "mean_squared_error")
    later.parameters[...] = after
    shown = picture(take_apart(trainer, at), point, (1, 0, 0), LABELS)

    assert [column["title"] for column in shown["columns"]] == ["inputs", "layer 1", "output"]
    inputs = shown["columns"][0]["units"]
    assert [(unit["key"], unit["name"]) for unit in inputs] == [(f"u:0:{i}", name) for i, name in enumerate(LABELS)]
    assert [number(unit["a"]) for unit in inputs] == pytest.approx(x[point])
    for n, trace in enumerate(traces, start=1):
        layer, next_layer = net.layers[n - 1], later.layers[n - 1]
        for j, unit in enumerate(shown["columns"][n]["units"]):
            assert unit["key"] == f"u:{n}:{j}"
            assert number(unit["z"]) == pytest.approx(trace.z[point, j])
            assert number(unit["a"]) == pytest.approx(trace.a[point, j])
            assert number(unit["delta"]) == pytest.approx(len(rows) * trace.d_z[point, j])
            bias = unit["bias"]
            assert bias["w"] == pytest.approx(layer.biases[j])
            assert bias["gradient"] == pytest.approx(trace.d_b[j])
            assert bias["update"] == pytest.approx(next_layer.biases[j] - layer.biases[j])
        links = {(link["from"], link["to"]): link for link in shown["links"][n - 1]}
        assert len(links) == layer.weights.size
        for i, j in np.ndindex(layer.weights.shape):
            link = links[f"u:{n - 1}:{i}", f"u:{n}:{j}"]
            assert link["key"] == f"l:{n}:{i}:{j}"
            assert link["w"] == pytest.approx(layer.weights[i, j])
            assert link["gradient"] == pytest.approx(trace.d_W[i, j])
            assert link["update"] == pytest.approx(next_layer.weights[i, j] - layer.weights[i, j])
