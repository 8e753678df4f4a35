"""A try that is wished back: the very run, whatever a browser sends; and where the table stands."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.app.shared_runs import run_of
from playground.run.compared import in_words
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.tables.drawn import drawn_table
from playground.web.about import about
from tests.app.test_home import FRAME

SGD = Experiment(Config(optimizer="sgd", learning_rate=0.3))
FORK = Experiment(Config(dataset="xor")).change(500, learning_rate=0.1)
OWN = Experiment(Config(own_data=drawn_table({"points": [0.0, 0.5, 0, 1.0, 0.5, 1, 0.3, 0.1, 0, 0.9, 0.2, 1] * 5})))


def wished(wish=None):
    """What a page does when its table of tries wishes something."""
    from types import SimpleNamespace

    import streamlit as st

    from playground.app import session, tries

    session.begin(at_home=True)
    st.session_state["tries"] = SimpleNamespace(wish=wish)
    tries.on_wish()
    st.json(session.take_notices())


def after(wish: Any) -> AppTest:
    app = AppTest.from_function(wished, kwargs={"wish": wish}, default_timeout=120)
    app.run()
    assert not app.exception
    return app


def told(run: Experiment) -> dict[str, Any]:
    return {"run": run.name, "link": about(run, run_of(run))["link"]}


@pytest.mark.parametrize("run", [SGD, FORK, OWN], ids=["settings", "a fork", "own data"])
def test_a_try_is_had_back_as_the_very_run(run):
    assert after({"open": told(run)}).session_state["experiment"] == run


def test_a_server_that_has_forgotten_a_try_reads_its_link():
    app = after({"open": {"run": "never known here", "link": "?optimizer=sgd&lr=0.3"}})
    assert app.session_state["experiment"] == SGD


def test_tries_are_put_side_by_side():
    assert after({"compare": [told(SGD), told(FORK)]}).session_state["compared"] == (SGD, FORK)


LOST = {"run": "never known here", "link": None}


MISFITS = [
    *(
        None,
        3,
        {},
        {"open": None},
        {"open": []},
        {"open": {"run": 3, "link": ""}},
        {"open": {"run": "x" * 99, "link": ""}},
    ),
    *({"compare": {}}, {"compare": [told(SGD)]}, {"compare": [told(SGD)] * 5}, {"compare": [told(SGD), None]}),
    *({"open": told(SGD), "compare": []}, {"open": LOST}, {"compare": [told(SGD), LOST]}),
    *({"open": {"run": "x", "link": "?lr=warm"}}, {"open": {"run": "x", "link": "?" + "a" * 30_000}}),
]


@pytest.mark.parametrize("wish", MISFITS)
def test_what_does_not_fit_changes_nothing(wish):
    app = after(wish)
    assert app.session_state["experiment"] == Experiment()
    assert app.session_state["compared"] == ()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"open": LOST}, "too many for a link"),
        ({"open": {"run": "x", "link": "?lr=warm"}}, "Learning rate must be"),
    ],
)
def test_a_try_that_cannot_be_had_back_is_a_sentence(wish, sentence):
    assert sentence in after(wish).json[0].value


@pytest.mark.parametrize(
    ("query", "is_there"),
    [({"view": "full"}, True), ({"view": "simple"}, False), ({"view": "full", "hide": "tries"}, False)],
)
def test_the_table_stands_where_everything_is_shown(query, is_there):
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    names = [part.proto.component_name for part in app.get("bidi_component")]
    assert ("tries" in names) == is_there


def test_every_setting_that_plays_a_part_is_told_in_words():
    assert in_words(SGD)["Optimizer"] == "SGD"
    assert in_words(SGD)["Learning rate"] == "0.3"
    assert "Beta 1" not in in_words(SGD)
    assert in_words(FORK)["Changed on the way"] == "learning rate 0.1 from step 500"
    assert {"Own data", "Test share"} <= in_words(OWN).keys()
    assert not {"Dataset", "Noise", "Samples"} & in_words(OWN).keys()
