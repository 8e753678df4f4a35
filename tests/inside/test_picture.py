"""The numbers at the units and links of the picture of a step are the engine's, each at its own unit and link."""

from dataclasses import replace

import numpy as np
import pytest

import mlp
from playground.inside.mini_batch import class_names
from playground.inside.nudge import FEWEST_STOPS, MOST_STOPS, changes, nudge
from playground.inside.picture import picture
from playground.inside.step import Step, take_apart
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.runs import new_trainer

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
            assert bias["share"] == bias["w"]
            assert bias["gradient"] == pytest.approx(trace.d_b[j])
            assert bias["update"] == pytest.approx(next_layer.biases[j] - layer.biases[j])
        links = {(link["from"], link["to"]): link for link in shown["links"][n - 1]}
        assert len(links) == layer.weights.size
        for i, j in np.ndindex(layer.weights.shape):
            link = links[f"u:{n - 1}:{i}", f"u:{n}:{j}"]
            assert link["key"] == f"l:{n}:{i}:{j}"
            assert link["w"] == pytest.approx(layer.weights[i, j])
            assert link["share"] == pytest.approx(layer.weights[i, j] * trace.x[point, i])
            assert link["blame"] == pytest.approx(layer.weights[i, j] * len(rows) * trace.d_z[point, j])
            assert link["gradient"] == pytest.approx(trace.d_W[i, j])
            assert link["update"] == pytest.approx(next_layer.weights[i, j] - layer.weights[i, j])


def test_a_step_knows_the_one_that_comes_next_and_where_the_run_has_ended(trainer: mlp.Trainer):
    last = trainer.recording.last_step
    shown = [picture(take_apart(trainer, at), 0, (1, 0, 0), LABELS) for at in (9, last - 1, last)]
    assert [(one["step"], one["next"]) for one in shown] == [(9, 10), (last - 1, last), (last - 1, last)]
    broken = new_trainer(Experiment(Config(dataset="plane", optimizer="sgd", learning_rate=10.0)))
    broken.run(10)
    assert broken.recording.has_ended
    last = broken.recording.last_step
    ends = [picture(take_apart(broken, at), 0, (1, 0, 0), LABELS[:2])["next"] for at in (last - 2, last - 1, last)]
    assert ends == [last - 1, None, None]


@pytest.mark.parametrize("pick", [(2, 3, 1), (1, 0)])
def test_the_weight_that_a_formula_is_about_is_named_by_its_key(pick: tuple[int, ...]):
    ideas = picture(step_of(Config()), 0, pick, LABELS[:2])["ideas"]
    mine = {2: "l:2:3:1"} if pick == (2, 3, 1) else {}
    for idea in ideas:
        if idea["stage"] == "update":
            assert idea["link"] == mine.get(2, "l:1:0:0")
        elif "gradient" in idea["title"]:
            (layer,) = idea["links"]
            assert idea["link"] == mine.get(layer, f"l:{layer}:0:0")
        else:
            assert idea["link"] == ""


@pytest.mark.parametrize(("pick", "mine"), [((2, 3, 1), 1), ((2, 5), 5), ((1, 0, 0), 0)])
def test_the_neuron_that_a_formula_is_about_is_named_by_its_key(pick: tuple[int, ...], mine: int):
    ideas = picture(step_of(Config()), 0, pick, LABELS[:2])["ideas"]
    units = {idea["short"]: idea["unit"] for idea in ideas}
    for short in ("sums layer 2", "bend layer 2", "blame layer 2"):
        assert units[short] == (f"u:2:{mine}" if pick[0] == 2 else "u:2:0")
    assert {units[short] for short in ("point", "loss", "memory", "update")} == {""}
    assert (units["sums output"], units["blame output"]) == ("u:3:0", "u:3:0")


def step_of(config: Config, epochs: int = 3, at: int = 5) -> Step:
    trainer = new_trainer(Experiment(config))
    trainer.run(epochs)
    return take_apart(trainer, at)


@pytest.mark.parametrize("config", [Config(), Config(dataset="blobs", n_classes=4)], ids=["two", "four"])
def test_the_output_shows_the_belief_that_the_card_speaks_of(config: Config):
    step, names = step_of(config), class_names(Experiment(config), "light")
    shown = picture(step, 2, (1, 0, 0), LABELS[:2], names)
    beliefs = step.net.predict_proba(step.x[2:3])[0]
    units = shown["columns"][-1]["units"]
    assert [number(unit["p"]) for unit in units] == pytest.approx(beliefs if len(units) > 1 else beliefs[1:])
    answer, wrong = (next(i for i in shown["ideas"] if i["title"] == t) for t in ("The answer", "How wrong it is"))
    assert answer["shows"] == wrong["shows"] == {"3": "p"}
    said, truth = names[int(beliefs.argmax())], names[int(step.labels[2])]
    assert answer["sentence"].endswith(f"says {said}.")
    assert f"{100 * (beliefs.max() if len(units) > 1 else beliefs[1]):.1f} %" in answer["sentence"]
    assert wrong["sentence"].startswith(f"The point is {truth}.")


def test_the_classes_are_named_by_the_colours_they_are_drawn_in():
    assert class_names(Experiment(), "dark") == ["orange (class 0)", "blue (class 1)"]
    assert class_names(Experiment(Config(dataset="blobs")), "dark")[2] == "turquoise (class 2)"
    assert class_names(Experiment(Config(dataset="plane")), "light") == []


def test_values_run_forward_and_blame_runs_back_and_nothing_else_moves():
    ideas = picture(step_of(Config()), 0, (1, 0, 0), LABELS[:2])["ideas"]
    assert len(ideas) == 16
    for idea in ideas:
        is_sum, is_blame = idea["title"].startswith("Sums"), idea["title"].startswith("Blame goes")
        assert idea["flow"] == ("forward" if is_sum else "back" if is_blame else "")
        assert (idea["carries"] == "share") == is_sum
        assert (idea["carries"] == "blame") == is_blame
        if idea["stage"] == "backward":
            assert idea["shows"] == {"1": "delta", "2": "delta", "3": "delta"}
        if is_sum:
            assert idea["shows"] == {str(idea["links"][0]): "z"}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_nudge_comes_to_the_loss_that_the_engine_finds(reduction: str):
    step = step_of(Config(reduction=reduction, dropout=0.0))
    place = step.net.shape.index(1, 3, 2)
    told = nudge(step, place)
    assert told["w"] == step.net.parameters[place]
    assert told["changes"][len(told["changes"]) // 2] == 0.0
    net, share = step.net.copy(), step.n if reduction == "sum" else 1
    for change, loss in zip(told["changes"], told["losses"], strict=True):
        net.parameters[...] = step.net.parameters
        net.parameters[place] += change
        engine = net.loss.mean(np.ascontiguousarray(net.outputs(step.x).T), step.targets)
        assert loss == pytest.approx(share * engine, rel=1e-12)
    # The promise is the slope of that curve: what the change comes to, if it is small enough.
    h = 1e-5
    up, down = (np.array(step.net.parameters) for _ in range(2))
    up[place] += h
    down[place] -= h
    measured = share * (step.loss_of(up) - step.loss_of(down)) / (2 * h)
    assert told["gradient"] == pytest.approx(measured, rel=1e-7)


@pytest.mark.parametrize(
    ("pick", "weight"), [((2, 3, 1), (2, 3, 1)), ((2, 8, 1), (2, 8, 1)), ((2, 1), (2, 0, 1)), ((0, 1), (1, 1, 0))]
)
def test_what_an_idea_speaks_of_what_is_chosen_there_and_what_is_nudged_are_one(
    pick: tuple[int, ...], weight: tuple[int, int, int]
):
    step = step_of(Config())
    shown = picture(step, 0, pick, LABELS[:2])
    for idea in shown["ideas"]:
        layer, i, j = (int(part) for part in idea["weight"].split(":")[1:])
        nudged = shown["nudges"][idea["weight"]]
        matrix = step.net.layers[layer - 1]
        assert nudged["w"] == (matrix.biases[j] if i == len(matrix.weights) else matrix.weights[i, j])
        assert nudged["name"] == ("bias" if i == len(matrix.weights) else "weight")
        about = shown["about"][idea["about"]]["name"]
        assert idea["chosen"].startswith(about), idea["title"]
        if idea["about"] == idea["weight"]:
            assert about == nudged["inFull"]
        if idea["link"]:
            assert idea["weight"] == idea["about"] == idea["link"], idea["title"]
        if idea["unit"]:
            assert idea["weight"].split(":")[1::2] == idea["unit"].split(":")[1:], f"{idea['title']}: a weight into it"
        if idea["layer"] in (None, weight[0]):
            assert (layer, i, j) == weight, idea["title"]
        if idea["layer"] in (None, pick[0]) and not idea["link"]:
            assert idea["about"] == shown["pick"], idea["title"]


@pytest.mark.parametrize("point", [0, 4])
def test_how_large_the_blame_is_stands_over_every_layer_but_the_inputs(point: int):
    step = step_of(Config())
    inputs, *layers = picture(step, point, (1, 0, 0), LABELS[:2])["columns"]
    assert inputs["blame"] is None
    for column, layer in zip(layers, step.layers, strict=True):
        size = np.mean([abs(step.n * d) for d in layer.d_z[point]])
        assert number(column["blame"]) == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize(
    ("gradient", "says"), [(0.5, "it moves by −0.05."), (1e-9, "it hardly moves."), (0.0, "it does not move at all.")]
)
def test_a_weight_that_hardly_moves_is_said_to(gradient: float, says: str):
    step = step_of(Config(optimizer="sgd"))
    place = step.net.shape.index(0, 0, 0)
    after = step.net.parameters.copy()
    after[place] -= 0.1 * gradient
    moved = replace(step, after=after)
    last = picture(moved, 0, (1, 0, 0), LABELS[:2])["ideas"][-1]
    assert f" {says} " in last["sentence"]
    if gradient == 1e-9:
        assert f"it moves by {say(float(after[place] - step.net.parameters[place]))}" in last["sentence"]


def test_the_last_stop_says_what_the_step_did_to_the_point_and_to_its_mini_batch():
    step = step_of(Config())
    losses = []
    for parameters in (step.net.parameters, step.after):
        net = step.net.copy()
        net.parameters[...] = parameters
        p = 1.0 / (1.0 + np.exp(-net.outputs(step.x)[:, 0]))
        losses.append(-np.log(np.where(step.labels == 1, p, 1.0 - p)))
    (before, batch), (after, batch_after) = [(each[2], each.mean()) for each in losses]
    words = (
        f"With all new weights, the loss of this point: {say(before, 5)} → {say(after, 5)}; "
        f"of the mini-batch: {say(batch, 5)} → {say(batch_after, 5)}."
    )
    assert picture(step, 2, (1, 0, 0), LABELS[:2])["ideas"][-1]["sentence"].endswith(words)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "momentum"])
def test_a_weight_that_moves_with_its_slope_is_said_to_and_why(optimizer: str):
    step = step_of(Config(optimizer=optimizer), 300)
    with_slope = step.gradient * (step.after - step.net.parameters) > 0
    assert with_slope.any() == (optimizer != "sgd")
    for i, j in ((i, j) for i in range(2) for j in range(8)):
        sentence = picture(step, 0, (1, i, j), LABELS[:2])["ideas"][-1]["sentence"]
        turned = bool(with_slope[step.net.shape.index(0, i, j)])
        assert ("asks for the other way; what" in sentence) == turned
        against = np.count_nonzero(step.gradient * (step.after - step.net.parameters) < 0)
        how = (
            "a little against its slope." if optimizer == "sgd" else f"a little, {against} of 105 against their slopes."
        )
        assert sentence.startswith(f"Every weight moves {how}")


def test_a_penalty_that_turns_the_slope_round_is_named():
    step = step_of(Config(optimizer="sgd", l2=1.0), 300)
    turned = step.gradient * step.used < 0
    places = [(i, j) for i in range(2) for j in range(8) if turned[step.net.shape.index(0, i, j)]]
    assert places
    for place in places:
        sentence = picture(step, 0, (1, *place), LABELS[:2])["ideas"][-1]["sentence"]
        assert "the penalty on large weights turns it round" in sentence


def test_a_large_network_is_nudged_to_fewer_places():
    assert len(changes(step_of(Config()))) == MOST_STOPS
    large = changes(step_of(Config(hidden_layer_sizes=(64, 64, 64, 64), batch_size=2000, n_samples=2000), 1, 0))
    assert FEWEST_STOPS <= len(large) < MOST_STOPS
    assert 0.0 in large
