"""Optimizers on a map: textbook functions, the engine's rules held against PyTorch's, and the loss of a network."""

import math

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

import mlp
from playground.run.config import Config
from playground.run.descent import (
    RATES,
    STEPS,
    WEIGHTS,
    OnAMap,
    arrived,
    descend,
    from_query,
    slowness,
    to_query,
    way,
)
from playground.run.experiment import Experiment
from playground.run.functions import FUNCTIONS
from playground.run.names import parameter_name
from playground.run.runs import new_trainer
from playground.run.two_weights import TwoWeights
from tests.app.test_home import FRAME

IN_TORCH = {
    "sgd": lambda w, lr: torch.optim.SGD([w], lr=lr),
    "momentum": lambda w, lr: torch.optim.SGD([w], lr=lr, momentum=0.9),
    "nesterov": lambda w, lr: torch.optim.SGD([w], lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda w, lr: torch.optim.Adagrad([w], lr=lr, eps=1e-10),
    "rmsprop": lambda w, lr: torch.optim.RMSprop([w], lr=lr, alpha=0.99, eps=1e-8),
    "adam": lambda w, lr: torch.optim.Adam([w], lr=lr),
    "adamw": lambda w, lr: torch.optim.AdamW([w], lr=lr, weight_decay=0.01),
}
# The same functions, written a second time from the textbook.
FORMULAS = {
    "bowl1": lambda x, y: (x**2 + y**2) / 2,
    "bowl10": lambda x, y: (x**2 + 10 * y**2) / 2,
    "bowl100": lambda x, y: (x**2 + 100 * y**2) / 2,
    "ravine": lambda x, y: 10 * (y - torch.sin(2 * x)) ** 2 + x**2 / 10,
    "saddle": lambda x, y: x**2 - y**2 + y**4 / 8,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "beale": lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
}
SAFE = {"bowl100": 0.01, "rosenbrock": 0.0003, "himmelblau": 0.003, "beale": 0.001, "ravine": 0.003}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("optimizer", IN_TORCH)
def test_an_optimizer_takes_the_way_that_pytorchs_takes(name, optimizer):
    f, rate = FUNCTIONS[name], SAFE.get(name, 0.03)
    found = descend(f, mlp.OPTIMIZERS[optimizer], (1e-5, rate), f.start)[1]
    w = torch.tensor(f.start, dtype=torch.float64, requires_grad=True)
    rule = IN_TORCH[optimizer](w, rate)
    wanted = [w.detach().numpy().copy()]
    for _ in range(STEPS):
        rule.zero_grad()
        FORMULAS[name](w[0], w[1]).backward()
        rule.step()
        wanted.append(w.detach().numpy().copy())
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def test_every_optimizer_and_every_function_is_tried_here():
    assert IN_TORCH.keys() == mlp.OPTIMIZERS.keys()
    assert FORMULAS.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_slope_is_zero_at_a_minimum_and_nothing_nearby_is_lower(f):
    minima = np.array(f.minima)
    np.testing.assert_allclose(f.slope(minima), 0.0, atol=1e-9)
    around = minima[:, None] + 0.01 * np.array([(np.cos(t), np.sin(t)) for t in np.linspace(0, 6, 12)])
    assert (f.value(around.reshape(-1, 2)).reshape(len(minima), -1) > f.value(minima)[:, None]).all()
    for x, y in (*f.minima, f.start):
        assert f.x[0] < x < f.x[1]
        assert f.y[0] < y < f.y[1]


def test_the_best_rate_is_the_one_that_gets_down_fastest():
    f = FUNCTIONS["bowl100"]
    best = way(f, "sgd", f.start, 0.0)
    alone = {rate: way(f, "sgd", f.start, 0.0, rate) for rate in RATES}
    scores = {rate: slowness(one.values[None], 0.0)[0] for rate, one in alone.items()}
    assert best.rate == min(scores, key=scores.get) == 0.01
    np.testing.assert_array_equal(best.points, alone[best.rate].points)
    assert math.isinf(scores[1.0]), "far beyond 2 / 100 it breaks"


def test_arrived_is_the_first_step_with_99_percent_behind():
    assert arrived(np.array([11.0, 2.0, 1.11, 1.1, 1.0]), 1.0) == 3
    assert arrived(np.array([11.0, 2.0, np.inf, np.nan]), 1.0) is None


# ---- a real network
EXPERIMENT = Experiment(Config(dataset="moons", hidden_layer_sizes=(3, 2), n_samples=100))
PLACES = (4, 17)


@pytest.mark.parametrize("changes", [{}, {"dataset": "plane"}, {"dataset": "blobs", "n_classes": 3}, {"loss": "hinge"}])
def test_the_loss_along_two_weights_is_the_engines(changes):
    trainer = new_trainer(Experiment(EXPERIMENT.config.changed(**changes)))
    trainer.run(3)
    net, data = trainer.net, trainer.data
    on = TwoWeights(net, data, PLACES)
    assert on.start == tuple(net.parameters[list(PLACES)])
    places = np.random.default_rng(0).normal(size=(40, 2))
    twin = net.copy()
    for w, value, slope in zip(places, on.value(places), on.slope(places), strict=True):
        twin.parameters[list(PLACES)] = w
        loss, gradient = twin.loss_and_gradient(data.x_train, data.y_train)
        assert value == pytest.approx(loss, rel=1e-10)
        np.testing.assert_allclose(slope, gradient[list(PLACES)], rtol=1e-8, atol=1e-12)


def test_a_map_that_cannot_be_is_a_sentence():
    trainer = new_trainer(EXPERIMENT)
    for places in ((3, 3), (0, 20), (-1, 2)):
        with pytest.raises(ValueError, match=r"^A map needs two different weights, each from 0 to 19; got"):
            TwoWeights(trainer.net, trainer.data, places)
    large = new_trainer(Experiment(Config(hidden_layer_sizes=(100, 100), n_samples=2000)))
    with pytest.raises(ValueError, match="takes too long for a map"):
        TwoWeights(large.net, large.data, (0, 1))


def test_a_parameter_has_the_name_of_its_place():
    net = mlp.MLP([2, 3, 1])
    names = [parameter_name(place, net.sizes, ("x₁", "x₂")) for place in range(net.n_parameters)]
    assert len(set(names)) == net.n_parameters
    assert names[net.shape.index(0, 1, 2)] == "Weight input x₂ → neuron 3 of layer 1"
    assert names[net.shape.index(0, 2, 0)] == "Bias of neuron 1 of layer 1"
    assert names[net.shape.index(1, 2, 0)] == "Weight neuron 3 of layer 1 → the output"
    assert names[net.shape.index(1, 3, 0)] == "Bias of the output"


# ---- the link and the page
@pytest.mark.parametrize(
    "chosen",
    [OnAMap(), OnAMap("beale", (-1.5, 2.0)), OnAMap(WEIGHTS, None, (0, 3), (("sgd", 0.1), ("adam", 1e-4)))],
)
def test_a_link_opens_the_same_map(chosen):
    assert from_query(to_query(chosen)) == (chosen, [])
    assert from_query({"lr": "0.1"}) == (None, [])


@pytest.mark.parametrize(
    ("key", "text"),
    [("map", "moon"), ("from", "1"), ("from", "a,b"), ("from", "nan,1"), ("from", "1,2,3"), ("from", "1e9,0"),
     ("along", "3,3"), ("along", "-1,2"), ("along", "x"), ("rates", "sgd"), ("rates", "sgd:99"), ("rates", "warp:0.1"),
     ("rates", "sgd:0.1,sgd:0.2")],
)  # fmt: skip
def test_what_is_wrong_in_a_link_is_named_and_the_rest_is_kept(key, text):
    chosen, problems = from_query({"map": "beale", key: text})
    assert len(problems) == 1
    assert problems[0].startswith(f"The link's {key} must be")
    assert chosen == OnAMap("bowl10" if key == "map" else "beale")


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update(query)
    app.run()
    app.switch_page(str(FRAME.parents[2] / "pages" / "compare.py")).run()
    assert not app.exception
    return app


def test_the_page_shows_the_map_of_a_link_and_writes_what_is_chosen_into_it():
    app = opened(map="beale", rates="sgd:0.01")
    assert app.selectbox(key="map").value == "beale"
    assert (app.number_input(key="map x").value, app.number_input(key="map y").value) == (1.0, 2.0)
    assert app.select_slider(key="map rate sgd").value == 0.01
    app.number_input(key="map x").set_value(-2.5).run()
    app.select_slider(key="map rate sgd").set_value("best").run()
    app.select_slider(key="map rate adam").set_value(0.3).run()
    assert app.session_state["on_a_map"] == OnAMap("beale", (-2.5, 2.0), None, (("adam", 0.3),))
    assert (app.query_params["from"], app.query_params["rates"]) in (("-2.5,2", "adam:0.3"), (["-2.5,2"], ["adam:0.3"]))
    app.selectbox(key="map").set_value(WEIGHTS).run()
    assert not app.exception
    assert app.session_state["on_a_map"] == OnAMap(WEIGHTS)
    app.selectbox(key="map first").set_value(0).run()
    app.selectbox(key="map second").set_value(0).run()
    assert "two different weights" in app.warning[0].value
    app.button_group(key="tab").set_value("Runs").run()
    assert not app.exception
    assert app.session_state["on_a_map"] is None
    assert "map" not in app.query_params


def test_weights_that_this_network_does_not_have_are_told_and_others_shown():
    app = opened(map="weights", along="0,9999")
    assert app.session_state["on_a_map"] == OnAMap(WEIGHTS)
    assert "has no weight at place 9999" in app.warning[0].value


def test_a_network_too_large_for_a_map_is_a_sentence():
    app = opened(map="weights", hidden="100,100", samples="2000")
    assert "takes too long for a map" in app.info[0].value
