"""The page Fold: what it hands the browser is the engine's, for every task and for data with many inputs."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.geometry.layers import through
from playground.geometry.separation import separation
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_from_query, run_to_query
from playground.run.runs import Runs, new_trainer
from playground.tables.examples import EXAMPLES
from tests.app.test_health import open_page


def told_of(query: dict[str, str], step: int = 0) -> dict:
    app = open_page("fold", step=step, **query)
    assert not app.exception
    assert not app.warning
    return told_in(app)


def told_in(app: AppTest) -> dict:
    (part,) = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "fold"]
    return json.loads(part.json)


def test_the_browser_gets_the_training_points_and_the_numbers_of_the_moment():
    told = told_of({}, step=1000)
    trainer = new_trainer(Experiment())
    trainer.run(40)
    x, y = trainer.data.x_train, trainer.data.y_train
    inputs = np.frombuffer(base64.b64decode(told["inputs"]), "<f4").reshape(2, -1)
    np.testing.assert_array_equal(inputs.T, x.astype(np.float32))
    assert told["labels"] == y.tolist()
    layers = [x, *(a for _, a in through(trainer.net, x))]
    assert told["moment"] == {"step": 1000, "separations": [separation(a, y, 2) for a in layers]}


def loss_of(name: str) -> Config:
    task = next(task for task in ("binary", "regression", "multiclass") if task in mlp.LOSSES[name].tasks)
    data = {"binary": "moons", "multiclass": "blobs", "regression": "plane"}[task]
    return Config(dataset=data, loss=name, n_samples=40)


@pytest.mark.parametrize(
    "config",
    [
        *(loss_of(name) for name in mlp.LOSSES),
        Config(hidden_layer_sizes=(), n_samples=40),
        Config(hidden_layer_sizes=(1,), n_samples=40),
        Config(features=("x1", "x2^2", "sin x1"), n_samples=40),
        Config(n_samples=40).changed(dataset="sine"),
        Config(activations=("step",), initializer="zeros", n_samples=40),
        Config(optimizer="sgd", learning_rate=10.0, activations=("relu",), loss="mean_squared_error", n_samples=40),
    ],
    ids=lambda c: f"{c.dataset}-{c.loss}-{c.hidden_layer_sizes}",
)
def test_every_task_loss_and_shape_has_its_pictures(config):
    told = told_of(dict(run_to_query(Experiment(config))), step=20)
    assert len(told["spaces"]) == 1 + len(config.hidden_layer_sizes)
    assert len(told["pairs"]) == (1 if told["readouts"] == [] else len(told["readouts"]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_data_with_many_inputs_have_a_space_of_their_own(name):
    table = EXAMPLES[name].load()
    app = open_page("fold")
    app.session_state["experiment"] = Experiment(Config(own_data=table, hidden_layer_sizes=(4,)))
    app.run()
    assert not app.exception
    assert len(told_in(app)["spaces"][0]["mean"]) == len(table.inputs)


def test_a_muted_neuron_is_an_entry_of_the_run_and_of_its_link():
    app = open_page("fold", step=500, hidden="4,3")
    app.number_input(key="mute_layer").set_value(1).run()
    app.number_input(key="mute_unit_4").set_value(3).run()
    next(button for button in app.button if button.label == "Mute it").click().run()
    assert not app.exception
    experiment = app.session_state["experiment"]
    (change,) = experiment.changes
    assert change.step == 500
    shape = experiment.config.shape
    assert dict(change.edits) == {shape.index(1, 2, j): 0.0 for j in range(3)}
    assert run_from_query(run_to_query(experiment, 500)) == (experiment, 500, [])


def test_frozen_layers_are_an_entry_of_the_run_and_stand_still_until_they_are_let_go():
    app = open_page("fold", step=500, hidden="4,3")
    app.pills(key="freeze_3_()").set_value([1, 3]).run()
    next(button for button in app.button if button.label == "From here on").click().run()
    assert not app.exception
    experiment = app.session_state["experiment"]
    assert [(c.step, c.settings) for c in experiment.changes] == [(500, (("frozen", (1, 3)),))]
    assert run_from_query(run_to_query(experiment, 500)) == (experiment, 500, [])
    app.session_state["moment"] = 700
    app.run()
    app.pills(key="freeze_3_(1, 3)").set_value([]).run()
    next(button for button in app.button if button.label == "From here on").click().run()
    experiment = app.session_state["experiment"]
    assert experiment.changes[1].settings == (("frozen", ()),)
    run = Runs().get(experiment)
    run.record_until(900)
    weights = {step: experiment.config.shape.matrices(run.recording.seek(step).parameters) for step in (500, 700, 900)}
    moved = [[not np.array_equal(a, b) for a, b in zip(weights[k], weights[k + 200], strict=True)] for k in (500, 700)]
    assert moved == [[False, True, False], [True, True, True]]


def test_health_says_which_layers_are_frozen():
    app = open_page("health", step=600, then="500@frozen:1,3")
    assert [c.value for c in app.caption if "Frozen here" in c.value] == [
        "Frozen here: layer 1 and the output layer. The gradient is the one it would follow; "
        "its updates are of size zero."
    ]
    app.session_state["moment"] = 400
    assert not [c for c in app.run().caption if "Frozen here" in c.value]
