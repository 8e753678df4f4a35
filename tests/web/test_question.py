"""Whatever a browser sends: a good question is understood, and anything else changes nothing but the log."""

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.run.link import MAX_STEP
from playground.web.message import Question
from playground.web.question import MOST_EPOCHS, MOST_STEPS, read_question

RUN = Experiment().name
GOOD: dict[str, Any] = {"serial": 1, "run": RUN, "moment": 0, "have": -1, "answers": False}
FITTING = {
    "want": [0, MOST_EPOCHS],
    "single": [[0, 0], [3, 90]],
    "refork": [0, 70],
    "edit": [{"index": 3, "value": 0.5}, {"index": 3, "value": -1}],
    "branch": [RUN],
    "action": ["reset", "new_seed", "undo"],
    "change": [
        {"learning_rate": 0.1},
        {"learning_rate": 1, "batch_size": 5, "optimizer": "sgd"},
        {"hidden_layer_sizes": [4, 2], "activations": ["relu"]},
        {"hidden_layer_sizes": []},
    ],
}
DEEP: Any = json.loads("[" * 900 + "]" * 900)
HUGE = 10**400
ODD = [
    None,
    True,
    "x",
    "",
    1.5,
    -2,
    float("nan"),
    float("inf"),
    1e15,
    HUGE,
    -HUGE,
    [],
    [1],
    {},
    {"a": 1},
    DEEP,
    "x" * 999,
]
HOSTILE = {
    "serial": [x for x in ODD if x is not None] + [-1, 2**53 + 1],
    "run": [x for x in ODD if x not in (None, "x", "")],
    "moment": [*ODD, -1, MOST_STEPS + 1, 1.0, "0"],
    "have": [*ODD, -2, MOST_STEPS + 1, 0.0],
    "answers": [x for x in ODD if x is not True] + [0, 1, "true"],
    "want": [*ODD, -1, MOST_EPOCHS + 1, 1.0],
    "single": [*ODD, [9, 4], [1, 2, 3], [1.0, 2.0], [0, HUGE], ["0", "1"], [-1, 1], [True, True], "12"],
    "refork": [*ODD, -1, MOST_STEPS + 1, 1.0],
    "edit": [*ODD, {"index": 0}, {"index": 0, "value": 1, "more": 2}]
    + [{"index": x, "value": 0.0} for x in (*ODD, -1, 1.0)]
    + [{"index": 0, "value": x} for x in ODD if x not in (1.5, -2, 1e15)],
    "branch": [x for x in ODD if x not in ("x", "")],
    "action": [*ODD, "Reset", "__class__", ["undo"]],
    "change": [x for x in ODD if x != {}]
    + [
        {name: value}
        for name in ("learning_rate", "l2", "noise")
        for value in ("0.1", None, True, [], [0.1], {}, HUGE, DEEP)
    ]
    + [
        {name: value}
        for name in ("batch_size", "seed", "n_samples")
        for value in (2.5, 2.0, "2", [2], {}, True, HUGE, DEEP)
    ]
    + [
        {name: value}
        for name in ("optimizer", "loss", "dataset", "initializer")
        for value in (1, ["sgd"], {}, None, DEEP)
    ]
    + [
        {"hidden_layer_sizes": value}
        for value in (8, [2.5], [[8]], ["8"], {}, "8", None, [8] * 101, [True], [HUGE], DEEP)
    ]
    + [{"features": value} for value in ("x1", [["x1"]], [{}], [1], {}, None, DEEP)]
    + [{"own_data": None}, {"__init__": 1}, {"learning_rate": 0.1, "nothing": 1}],
    "more": [0],
    "": [0],
}
BAD = [(key, value) for key, values in HOSTILE.items() for value in values]


def read(caplog: pytest.LogCaptureFixture, value: Any, *furthest: int) -> Question | None:
    """What a question is read as; whether it was dropped must stand in the log."""
    caplog.clear()
    question = read_question(value, *furthest)
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == (question is None)
    for line in lines:
        assert len(line) < 300
        assert line.isprintable()
    return question


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in FITTING.items() for value in values])
def test_a_good_question_is_understood(caplog, key, value):
    question = read(caplog, {**GOOD, key: value})
    expected = {name: tuple(v) if isinstance(v, list) else v for name, v in value.items()} if key == "change" else value
    assert question == {**GOOD, key: expected}


def test_every_key_of_a_question_can_be_read_and_is_tried_here():
    assert Question.__optional_keys__ == FITTING.keys()
    assert set(Question.__annotations__) == HOSTILE.keys() - {"more", ""}


def test_a_setting_has_the_type_that_it_has_everywhere():
    """A run's name is made of its settings: 1 and 1.0 would be two runs."""
    question = read_question({**GOOD, "change": {"learning_rate": 1}})
    assert question is not None
    assert type(question["change"]["learning_rate"]) is float


@pytest.mark.parametrize(("key", "value"), BAD, ids=lambda x: ascii(x)[:30])
def test_what_does_not_fit_is_dropped_with_a_line_in_the_log(caplog, key, value):
    assert read(caplog, {**GOOD, key: value}) is None


@pytest.mark.parametrize("value", [x for x in ODD if x != {}], ids=lambda x: ascii(x)[:30])
def test_what_is_no_question_is_dropped(caplog, value):
    assert read(caplog, value) is None


@pytest.mark.parametrize("key", GOOD)
def test_a_question_that_leaves_something_out_is_dropped(caplog, key):
    assert read(caplog, {k: v for k, v in GOOD.items() if k != key}) is None


@pytest.mark.parametrize("key", ["moment", "refork"])
def test_a_moment_beyond_what_can_be_recorded_is_refused(caplog, key):
    assert read(caplog, {**GOOD, key: 900}, 900)
    assert read(caplog, {**GOOD, key: 901}, 900) is None


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(sorted(SETTINGS))
)
anything = st.recursive(
    scalars, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(sorted(SETTINGS)), x, max_size=3)
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted(Question.__annotations__)), anything, max_size=4))
def test_a_question_is_understood_or_dropped_whatever_it_holds(caplog, changes):
    question = read(caplog, {**GOOD, **changes})
    if question is not None:
        assert {key for key in question if question[key] != GOOD.get(key)} <= changes.keys()


def page(payloads):
    """A page whose stage has asked all this; it says whether anything has come of it."""
    from types import SimpleNamespace

    import streamlit as st

    from playground.app import session, stage

    session.begin(at_home=True)
    before = (session.experiment(), session.moment(), session.branches())
    for payload in payloads:
        st.session_state["probe"] = SimpleNamespace(ask=payload)
        session.hear("probe")
        if (session.experiment(), session.moment(), session.branches()) != before:
            st.error(ascii(payload)[:200])
    for notice in session.take_notices():
        st.error(notice)
    stage.show()
    st.write(session.moment())


def test_a_session_lives_on_and_its_run_is_unchanged_whatever_it_was_asked():
    bad = [{**GOOD, key: value} for key, value in BAD]
    far = [{**GOOD, "moment": step, "change": {"learning_rate": 0.1}} for step in (MAX_STEP + 1, MOST_STEPS, 10**15)]
    app = AppTest.from_function(
        page, default_timeout=30, kwargs={"payloads": [*ODD, *bad, *far, {**GOOD, "refork": 10**7}]}
    )
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.session_state["question"] is None


def test_a_session_does_what_a_good_question_asks_for():
    asked = {**GOOD, "moment": 40, "change": {"learning_rate": 0.1}}
    app = AppTest.from_function(page, default_timeout=30, kwargs={"payloads": [asked]})
    app.run()
    assert not app.exception
    assert app.session_state["experiment"] == Experiment().change(40, learning_rate=0.1)
    assert app.session_state["moment"] == 40
