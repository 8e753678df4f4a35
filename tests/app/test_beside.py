"""Runs in the pictures of another, on the pages Fold and Landscape: which can be chosen, and which cannot and why."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.geometry.align import align
from playground.run.beside import candidates, lettered, misfit
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from playground.run.runs import Runs
from playground.web.question import read_landscape_question
from tests.app.test_health import open_page

RUN = Experiment(Config(n_samples=60, hidden_layer_sizes=(4,)))
SMALL = {"samples": "60", "hidden": "4"}


def beside_in(app: AppTest, name: str) -> list:
    (part,) = [part.proto for part in app.get("bidi_component") if part.proto.component_name == name]
    return json.loads(part.json)["beside"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"seed": 5, "optimizer": "sgd", "learning_rate": 0.1, "l2": 0.1, "dropout": 0.2, "batch_size": 5}, None),
        ({"initializer": "zeros", "frozen": (1,)}, None),
        ({"n_samples": 61}, "other data"),
        ({"data_seed": 8}, "other data"),
        ({"features": ("x1", "x2^2")}, "other input features"),
        ({"hidden_layer_sizes": (4, 4)}, "another network"),
        ({"activations": ("relu",)}, "other activations"),
        ({"loss": "hinge"}, "another loss"),
        ({"use_bias": "off"}, "biases where the other has none"),
    ],
)
def test_only_runs_of_one_space_and_the_same_data_stand_beside_each_other(changes: dict, why: str | None):
    assert misfit(RUN, Experiment(RUN.config.changed(**changes))) == why


def test_what_cannot_be_shown_is_named_with_its_reason():
    one, other = Experiment(RUN.config.changed(seed=2)), Experiment(RUN.config.changed(noise=0.3))
    assert candidates(RUN, [one, RUN, other, one]) == ([one], {"noise 0.3": "other data"})
    assert lettered(RUN, [one]) == ["B (seed 2)"]


@pytest.mark.parametrize("page", ["fold", "landscape"])
def test_runs_of_a_link_and_of_compare_and_pasted_ones_stand_beside(page: str):
    app = open_page(page, step=40, **SMALL, beside="samples=60&hidden=4&seed=5")
    assert not app.exception
    five, nine = (Experiment(RUN.config.changed(seed=seed)) for seed in (5, 9))
    names = [one["run"] if page == "fold" else one for one in beside_in(app, page)]
    assert names == [five.name]
    app.text_input(key="beside_link").set_value(run_to_link(nine)).run()
    assert app.session_state["beside"] == (nine, five)
    assert app.query_params["beside"] == "samples=60&hidden=4&seed=9|samples=60&hidden=4&seed=5"
    names = [one["run"] if page == "fold" else one for one in beside_in(app, page)]
    assert names == ([nine.name] if page == "fold" else [nine.name, five.name])
    other = Experiment(RUN.config.changed(noise=0.3))
    app.text_input(key="beside_link").set_value(run_to_link(other)).run()
    assert app.session_state["beside"] == (nine, five), "what does not fit changes nothing"
    assert any("it has other data" in warning.value for warning in (*app.warning, *app.info, *app.toast))


def test_a_run_of_compare_is_picked_and_put_away_again():
    app = open_page("fold", step=40, **SMALL)
    sgd = Experiment(RUN.config.changed(optimizer="sgd"))
    app.session_state["compared"] = (RUN, sgd, Experiment(RUN.config.changed(noise=0.3)))
    app.run()
    assert beside_in(app, "fold") == []
    (pills,) = [one for one in app.pills if one.label == "Run"]
    assert pills.options == ["SGD"]
    assert any("noise 0.3: other data" in caption.value for caption in app.caption)
    pills.set_value(sgd.name).run()
    assert not app.exception
    assert [one["run"] for one in beside_in(app, "fold")] == [sgd.name]
    (pills,) = [one for one in app.pills if one.label == "Run"]
    pills.set_value(None).run()
    assert beside_in(app, "fold") == []


def test_the_browser_gets_the_pairing_of_the_engines_activations():
    app = open_page("fold", step=40, **SMALL, beside="samples=60&hidden=4&seed=5")
    (told,) = beside_in(app, "fold")
    one, other = (Runs().get(experiment) for experiment in (RUN, Experiment(RUN.config.changed(seed=5))))
    ends = []
    for run in (one, other):
        run.record_to(told["epoch"], seconds=60)
        k = int(np.searchsorted(run.recording.epochs, told["epoch"]))
        ends.append(run.recording.parameters[k])
    found = align(one.trainer.net, one.trainer.data.x_train, *ends)
    assert told["epoch"] == 200
    assert told["order"] == found.order.tolist()
    assert told["signs"] == found.signs.tolist()
    assert told["alike"] == pytest.approx(np.abs(found.alike[0]).mean())


@pytest.mark.parametrize("beside", ["x", [1], ["a"] * 4, [None], {"a": 1}])
def test_a_hostile_question_about_runs_beside_is_refused_in_a_sentence(beside: object):
    asked = {"run": "a", "step": 0, "last": 0, "what": "map", "beside": beside}
    with pytest.raises(ValueError, match=r"beside must be "):
        read_landscape_question(json.dumps(asked).encode())
