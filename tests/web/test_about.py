"""What the browser is told of a run is what the engine has: points, classes, axes, units, layers and mini-batches."""

import math

import numpy as np
import pytest

import mlp
from playground.figures.palette import CLASS_SYMBOLS
from playground.run.config import PLANAR, Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.tables.table import SCALINGS, Table
from playground.web.about import GOAL_EPOCHS, PLACES, about


def told(experiment: Experiment) -> tuple[dict, mlp.Trainer]:
    run = Runs().get(experiment)
    return about(experiment, run), run.trainer


@pytest.mark.parametrize("dataset", PLANAR)
def test_every_point_has_the_class_or_the_value_that_the_engine_learns(dataset: str):
    header, trainer = told(Experiment(Config().changed(dataset=dataset, n_samples=60)))
    data = trainer.data  # the features are x1 and x2 alone, or x1
    for test, x, y in ((False, data.x_train, data.y_train), (True, data.x_test, data.y_test)):
        # Under one input, the picture has the value as height.
        places = np.column_stack([x, y]) if data.n_inputs == 1 else x
        wanted = {
            tuple(place): truth for place, truth in zip(np.round(places, PLACES).tolist(), np.ravel(y), strict=True)
        }
        traces = [trace for trace in header["data"]["traces"] if trace["test"] == test]
        assert sum(len(trace["x1"]) for trace in traces) == len(x)
        for trace in traces:
            assert trace["symbol"] == CLASS_SYMBOLS[trace["class"] or 0]
            assert trace["hover"].startswith("test point" if test else "training point")
            truths = [wanted[place] for place in zip(trace["x1"], trace["x2"], strict=True)]
            if data.n_classes:
                assert set(truths) == {trace["class"]}
                assert trace["hover"].endswith(f"class {trace['class']}")
            else:
                np.testing.assert_allclose(trace["values"], truths, atol=5e-5)


def test_the_curve_of_one_input_stands_in_a_frame_as_high_as_its_values():
    header, trainer = told(Experiment(Config(dataset="sine", n_samples=60)))
    assert header["data"]["curve"]
    assert header["data"]["axes"] == ("x₁", "y")
    top = 1.15 * np.abs(trainer.data.y_train).max()
    assert header["data"]["up"] == pytest.approx([-top, top])


def test_names_of_ones_own_are_told_as_text_in_their_places():
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 3
    table = Table("T", ("a", "<b>", "c"), "kind", ("r", "%{x}", "<i>"), rng.normal(size=(60, 3)), kinds, plane=(2, 0))
    header, trainer = told(Experiment(Config(own_data=table)))
    assert header["data"]["axes"] == ("c", "a")
    assert header["net"]["features"] == tuple(header["net"]["feature_labels"]) == ("a", "<b>", "c")
    hovers = {trace["class"]: trace["hover"] for trace in header["data"]["traces"] if not trace["test"]}
    assert hovers == {0: "training point, r", 1: "training point, % {x}", 2: "training point, &lt;i&gt;"}
    training = [trace for trace in header["data"]["traces"] if not trace["test"]]
    drawn = sorted(place for trace in training for place in zip(trace["x1"], trace["x2"], strict=True))
    assert drawn == sorted(map(tuple, np.round(trainer.data.x_train[:, [2, 0]], PLACES).tolist()))
    plane = header["net"]["plane"]
    x = np.array(plane["origin"]) + np.array([0.5, -2.0]) @ np.array(plane["axes"])
    assert (x[2], x[0]) == pytest.approx((0.5, -2.0))


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("n_inputs", [1, 2, 4])
@pytest.mark.parametrize("classes", [("poodle", "spaniel"), ()])
def test_in_the_units_that_are_told_the_points_have_the_numbers_of_their_table(scaling, n_inputs, classes):
    rng = np.random.default_rng(3)
    x = np.round(rng.uniform([40.0, -2.0, 1e4, 1980.0], [170.0, -1.0, 9e4, 2020.0], (80, 4)), 1)[:, :n_inputs]
    y = np.arange(80) % 2 if classes else np.round(rng.uniform(300.0, 900.0, 80), 1)
    names = ("height_cm", "b", "salary", "year")[:n_inputs]
    shown = (3, 2) if n_inputs == 4 else (0, 1)
    table = Table("T", names, "weight", classes, x, y, scaling, shown if n_inputs > 1 else None)
    data = told(Experiment(Config(own_data=table)))[0]["data"]
    across, up, value = ((lambda v, u=u: u["middle"] + u["size"] * np.array(v)) for u in data["units"])
    found = [
        (a, b, trace["class"] if classes else v)
        for trace in data["traces"]
        for a, b, v in zip(
            across(trace["x1"]), up(trace["x2"]), value(trace["values"] or [0.0] * len(trace["x1"])), strict=True
        )
    ]
    heights = x[:, shown[1]] if n_inputs > 1 else np.zeros(80) if classes else y
    wanted = np.column_stack([x[:, shown[0]] if n_inputs > 1 else x[:, 0], heights, y])
    np.testing.assert_allclose(sorted(found), sorted(wanted.tolist()), rtol=1e-7, atol=0.03)
    assert data["axes"][0] == names[shown[0] if n_inputs > 1 else 0]
    hovers = {trace["hover"].removeprefix("test point, ").removeprefix("training point, ") for trace in data["traces"]}
    assert hovers == (set(classes) or {"weight = %{customdata[2]}"})
    assert data["legend"] is bool(classes)


def test_a_plane_that_mixes_columns_and_data_of_ours_are_in_no_units_of_a_table():
    x = np.random.default_rng(0).normal(size=(60, 3)) * 50.0
    table = Table("T", ("a", "b", "c"), "kind", ("r", "s"), x, np.arange(60) % 2, plane=None)
    for config in (Config(own_data=table), Config()):
        data = told(Experiment(config))[0]["data"]
        assert data["units"] == [{"middle": 0.0, "size": 1.0}] * 3


@pytest.mark.parametrize(("n_samples", "test", "batch"), [(60, 0.5, 10), (60, 0.5, 7), (101, 0.3, 64), (60, 0.5, 2000)])
def test_an_epoch_has_as_many_steps_as_the_engine_makes(n_samples: int, test: float, batch: int):
    experiment = Experiment(Config(dataset="xor", n_samples=n_samples, test_fraction=test, batch_size=batch))
    header, trainer = told(experiment)
    trainer.run(3)
    assert header["steps_per_epoch"] == trainer.recording.last_step / 3
    later = experiment.change(trainer.recording.last_step, batch_size=5)
    header, forked = told(later)
    before = forked.recording.last_step
    forked.run(2)
    assert header["steps_per_epoch"] == (forked.recording.last_step - before) / 2
    assert header["goal"] == GOAL_EPOCHS


@pytest.mark.parametrize(
    ("config", "output"),
    [
        (Config(dataset="moons"), "sigmoid"),
        (Config(dataset="blobs"), "softmax"),
        (Config(dataset="moons", loss="hinge"), "identity"),
        (Config(dataset="hills"), "identity"),
        (Config(dataset="hills", output_activation="sigmoid", use_bias="off"), "identity"),
        (Config(features=("x1", "x2^2"), hidden_layer_sizes=(3, 2), activations=("relu", "tanh")), "sigmoid"),
    ],
)
def test_the_layers_are_the_networks(config: Config, output: str):
    header, trainer = told(Experiment(config.changed(n_samples=60)))
    told_net, layers = header["net"], trainer.net.layers
    hidden = [layer.activation for layer in layers[:-1]]
    assert told_net["output"] == output
    assert [(layer["n_in"], layer["n_out"]) for layer in told_net["layers"]] == [w.weights.shape for w in layers]
    assert [layer["activation"] for layer in told_net["layers"]] == [layer.activation.name for layer in layers]
    last = output if output != "identity" else trainer.net.output_activation
    assert told_net["activation_labels"] == [*(activation.label for activation in hidden), last]
    assert told_net["use_bias"] == (config.use_bias == "on")
    assert told_net["bounded"] == [*(activation.name == "tanh" for activation in hidden), False]
    assert told_net["feature_labels"] == [mlp.FEATURES[name].label for name in config.features]


def test_the_live_settings_have_their_present_values_and_others_to_choose_from():
    experiment = Experiment(Config(n_samples=60)).change(30, learning_rate=0.1)
    header, _ = told(experiment)
    live = {setting["name"]: setting for setting in header["settings"]["live"]}
    assert live["learning_rate"]["now"] == 0.1
    assert 0.1 not in live["learning_rate"]["values"]
    assert live["optimizer"]["now"] == "adam"
    assert set(live["optimizer"]["values"]) == set(mlp.OPTIMIZERS) - {"adam"}
    assert all(math.isfinite(value) for value in live["dropout"]["values"])


@pytest.mark.parametrize("hidden", [(), (4,), (4, 3, 2)])
def test_each_choice_of_frozen_layers_is_there_once(hidden: tuple[int, ...]):
    header, _ = told(Experiment(Config(hidden_layer_sizes=hidden, n_samples=60)))
    (frozen,) = (setting for setting in header["settings"]["live"] if setting["name"] == "frozen")
    n_layers = len(hidden) + 1
    assert len(set(frozen["values"])) == len(frozen["values"])
    assert set(frozen["values"]) == {*((k,) for k in range(1, n_layers + 1)), tuple(range(1, n_layers))} - {()}


@pytest.mark.parametrize("dataset", PLANAR)
def test_what_a_first_look_is_told_is_what_the_engine_counts_and_measures(dataset: str):
    experiment = Experiment(Config().changed(dataset=dataset, n_samples=120))
    header, trainer = told(experiment)
    trainer.run(epochs=3)
    data, score = trainer.data, float(np.float32(trainer.recording.test_score[-1]))
    net = trainer.net
    assert header["n_judged"] == len(data.x_test)
    if data.n_classes:
        assert header["spread"] == 0
        assert score * header["n_judged"] == pytest.approx((net.classify(data.x_test) == data.y_test).sum(), abs=1e-3)
    else:
        off = math.sqrt(np.mean((net.outputs(data.x_test) - data.y_test) ** 2))
        assert header["spread"] * math.sqrt(1 - score) == pytest.approx(off, rel=1e-4)


@pytest.mark.parametrize("scaling", ["standard", "range", "none"])
def test_guesses_about_own_data_are_off_in_the_units_of_the_data(scaling: str):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 2))
    table = Table("t", ("a", "b"), "grams", (), x, 4000 + 700 * x[:, 0] + 50 * rng.normal(size=60), scaling)
    if scaling == "none":
        table = Table("t", ("a", "b"), "grams", (), x, x[:, 0], scaling)
    experiment = Experiment(Config(own_data=table))
    header, trainer = told(experiment)
    trainer.run(epochs=5)
    prepared = table.prepared(experiment.config.test_fraction, experiment.config.data_seed)
    guessed, truth = (prepared.target.undo(y) for y in (trainer.net.outputs(trainer.data.x_test), trainer.data.y_test))
    off = math.sqrt(np.mean((guessed - truth) ** 2))
    score = mlp.r2_score(trainer.data.y_test, trainer.net.outputs(trainer.data.x_test))
    assert header["spread"] * math.sqrt(1 - score) == pytest.approx(off, rel=1e-9)
