"""The page "Inside a step": it follows the moment, the point and the pick, for every kind of run."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.app.shared_runs import run_of
from playground.inside.expressions import Leaf, Line, Product, Sum, constant, plain
from playground.inside.picture import MOST_UNITS, parse_pick, picture
from playground.inside.step import take_apart
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.glossary import glossary
from playground.run.number import say
from playground.run.runs import new_trainer
from playground.tables.table import Table
from tests.app.test_health import charts_of, open_page


def programs(app: AppTest) -> list[dict]:
    """What the part that shows the step as a program was given, if it is there."""
    return [json.loads(p.proto.json) for p in app.get("bidi_component") if p.proto.component_name == "program"]


def sentence(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("**Step "))


def test_the_page_shows_the_step_at_the_moment():
    app = open_page("inside", step=1234)
    assert not app.exception
    assert sentence(app).startswith("**Step 1234 → 1235** (epoch 49.36): one update of all 105 weights")
    table = app.dataframe[0].value
    trainer = new_trainer(Experiment())
    trainer.run(60)
    rows = trainer.recording.batch(1234)
    np.testing.assert_array_equal(table["x₁"], trainer.data.x_train[rows, 0])
    assert list(table["truth"]) == list(trainer.data.y_train[rows])


def test_at_the_end_of_what_is_recorded_it_trains_on_to_the_step_that_follows():
    app = open_page("inside", step=100)
    last = run_of(Experiment()).last_step
    app.session_state["moment"] = last
    app.run()
    assert sentence(app).startswith(f"**Step {last} → {last + 1}** ")


def test_the_plane_is_told_in_its_numbers():
    app = open_page("inside", step=1234)
    (chart,) = charts_of(app)
    trainer = new_trainer(Experiment())
    trainer.run(60)
    step = take_apart(trainer, 1234)
    x, truth, (output,), loss = step.x[0], step.labels[0], step.layers[-1].a[0], step.losses[0]
    assert (
        f"Point 1 is followed: x₁ {say(x[0])}, x₂ {say(x[1])}, truth {truth}, output {say(output)}, loss {say(loss)}."
        in chart["words"]
    )


def test_the_plan_the_formulas_and_the_program_are_drawn_when_they_are_opened():
    app = open_page("inside", step=100)
    (program,) = programs(app)
    assert not app.latex
    app.session_state["inside_whole"] = "In vectors"
    assert len(app.run().latex) == 2
    assert not programs(app)
    assert program["text"].startswith("# Step 100 to 101")
    learning_rate = program["words"]["lr"]
    assert learning_rate["explained"] == glossary()["Learning rate"]
    app.session_state["inside_whole"] = "As the computer does it"
    app.run()
    plan = next(d.value for d in app.dataframe if "NumPy call" in d.value)
    assert plan["NumPy call"].str.contains("dot").any()
    assert plan["which is part of"].str.startswith("Adam").any()


@pytest.mark.parametrize(
    "query",
    [
        {"dataset": "plane", "loss": "huber"},
        {"dataset": "blobs", "hidden": "none", "l1": "0.01", "dropout": "0.5"},
        {"activation": "relu", "optimizer": "sgd", "lr": "10.0"},
        {"hidden": "8,8,8,8,8,8,8,8,8,8", "activation": "step", "optimizer": "nesterov"},
        {"init": "zeros", "batch": "2000"},
        {"features": "x1,x2,x1^2,x2^2,x1*x2,sin x1,sin x2", "hidden": "32,32", "optimizer": "adamw"},
    ],
)
def test_the_page_stands_whatever_the_run(query: dict[str, str]):
    app = open_page("inside", step=3, **query)
    assert not app.exception
    assert sentence(app)


@pytest.mark.parametrize("page", ["inside", "health"])
@pytest.mark.parametrize("classes", [("setosa", "versicolor", "virginica"), ()], ids=["classes", "numbers"])
def test_the_pages_stand_on_data_of_ones_own(page: str, classes: tuple[str, ...]):
    rng = np.random.default_rng(1)
    y = np.arange(60) % 3 if classes else rng.standard_normal(60)
    own = Table("Flowers", ("loss", "<b>x</b>", "c", "d"), "kind", classes, rng.standard_normal((60, 4)), y)
    app = open_page(page)
    app.session_state["experiment"] = Experiment(Config(own_data=own))
    app.session_state["moment"] = 0
    app.run()
    assert not app.exception
    if page == "inside":
        assert list(app.dataframe[0].value.columns[1:5]) == ["loss ", "<b>x</b>", "c", "d"]
        assert len(charts_of(app)) == 1


def wide_step(n_inputs: int, hidden: int):
    rng = np.random.default_rng(0)
    data = mlp.Dataset(rng.random((60, n_inputs)), np.arange(60) % 10, np.empty((0, n_inputs)), [], "multiclass")
    net = mlp.MLP([n_inputs, hidden, 10], "relu", "categorical_crossentropy")
    trainer = mlp.Trainer(net, data, mlp.Adam(), batch_size=20)
    trainer.run(2)
    return take_apart(trainer, 3)


@pytest.mark.parametrize(("n_inputs", "hidden"), [(64, 32), (784, 128)])
def test_a_wide_network_shows_a_readable_part_and_says_so(n_inputs: int, hidden: int):
    step = wide_step(n_inputs, hidden)
    shown = picture(step, 2, (1, n_inputs - 1, 3), [f"x{k}" for k in range(n_inputs)])
    assert [len(column["units"]) for column in shown["columns"]] == [MOST_UNITS, MOST_UNITS, 10]
    assert f"u:0:{n_inputs - 1}" in [unit["key"] for unit in shown["columns"][0]["units"]]  # the picked one stays
    assert f"{MOST_UNITS} of {n_inputs} inputs" in shown["part"]
    line = next(i for i in shown["ideas"] if i["title"] == "Sums of layer 1")["lines"][0]
    rest = f"the other {n_inputs - 8} together"
    assert f"({rest})" in plain(line["letters"])
    told = re.search(rf"{rest}: +(\S+) \)", plain(line["numbers"]))
    kept = {int(k) for k in re.findall(r"x_(\d+)", plain(line["letters"]))}
    weights = step.net.layers[0].weights[:, 3]
    others = sum(step.x[2, k] * weights[k] for k in range(n_inputs) if k + 1 not in kept)
    assert told
    assert told[1] == say(float(others))


def test_a_pick_that_does_not_fit_the_network_falls_back():
    step = wide_step(4, 3)
    assert parse_pick("l:1:4:2", step) == (1, 4, 2)  # a bias
    assert parse_pick("u:2:9", step) == (2, 9)
    for wrong in ("l:1:5:2", "u:3:0", "l:0:0:0", "p:1", "", None, "u:1:" + "9" * 40):
        assert parse_pick(wrong, step) == (1, 0, 0)


def test_a_formula_shows_itself_in_letters_and_in_numbers():
    w, x = Leaf("w", -0.5, "l:1:0:0"), Leaf("x", 2.0)
    line = Line("z", Sum((Product((constant(3), x)), Product((w, x)), Leaf("b", -1.0))))
    assert plain(line.expression.show(numbers=False)) == "3 · x + w · x + b"
    assert plain(line.expression.show(numbers=True)) == "3 · 2 + ( −0.5 ) · 2 + ( −1 )"
    assert line.value == 4.0
    assert line.payload()["value"] == ["num", "4", "4.0"]


@pytest.mark.parametrize(
    ("x", "wanted"),
    [(0.0, "0"), (-0.0, "0"), (1234.56789, "1235"), (-1.5e-7, "−1.5×10⁻⁷"), (float("inf"), "∞"), (2.5e12, "2.5×10¹²")],
)
def test_numbers_are_said_as_people_write_them(x: float, wanted: str):
    assert say(x) == wanted
