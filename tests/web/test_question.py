"""Whatever a browser sends: a good question or wish is understood, and anything else is refused in a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.run.link import MAX_STEP
from playground.web.message import Question, Wish
from playground.web.question import MOST_EPOCHS, MOST_SEED_EPOCHS, MOST_STEPS, read_question, read_wish

RUN = Experiment().name
GOOD: dict[str, dict[str, Any]] = {
    "question": {"run": RUN, "have": -1},
    "wish": {"serial": 1, "run": RUN, "moment": 0, "have": -1},
}
FITTING: dict[str, dict[str, list[Any]]] = {
    "question": {
        "want": [0, MOST_EPOCHS],
        "single": [[0, 0], [3, 90]],
        "answers": [0, 70],
        "verdict": [0, 70],
        "passing": [0, 70],
        "seeds": [1, 200],
        "seeds_at": [0, 200],
    },
    "wish": {
        "refork": [0, 70],
        "edit": [{"index": 3, "value": 0.5}, {"index": 3, "value": -1}],
        "branch": [RUN],
        "waited": [0, 2999],
        "action": ["reset", "new_seed", "calm", "undo"],
        "change": [
            {"learning_rate": 0.1},
            {"learning_rate": 1, "batch_size": 5, "optimizer": "sgd"},
            {"hidden_layer_sizes": [4, 2], "activations": ["relu"]},
            {"hidden_layer_sizes": []},
        ],
    },
}
DECLARED = {"question": Question, "wish": Wish}
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
HOSTILE: dict[str, list[Any]] = {
    "serial": [x for x in ODD if x is not None] + [-1, 2**53 + 1],
    "run": [x for x in ODD if x not in (None, "x", "")],
    "moment": [*ODD, -1, MOST_STEPS + 1, 1.0, "0"],
    "have": [*ODD, -2, MOST_STEPS + 1, 0.0],
    "verdict": [*ODD, -1, MOST_STEPS + 1, 1.0, "7"],
    "passing": [*ODD, -1, MOST_STEPS + 1, 1.0, "7"],
    "answers": [*ODD, -1, MOST_STEPS + 1, 1.0, "7"],
    "seeds": [*ODD, 0, -1, MOST_SEED_EPOCHS + 1, 1.0, "20"],
    "seeds_at": [*ODD, -1, MOST_SEED_EPOCHS + 1, 1.0, "20"],
    "want": [*ODD, -1, MOST_EPOCHS + 1, 1.0],
    "single": [*ODD, [9, 4], [1, 2, 3], [1.0, 2.0], [0, HUGE], ["0", "1"], [-1, 1], [True, True], "12"],
    "refork": [*ODD, -1, MOST_STEPS + 1, 1.0],
    "edit": [*ODD, {"index": 0}, {"index": 0, "value": 1, "more": 2}]
    + [{"index": x, "value": 0.0} for x in (*ODD, -1, 1.0)]
    + [{"index": 0, "value": x} for x in ODD if x not in (1.5, -2, 1e15)],
    "waited": [*ODD, -1, 2**53 + 1, 1.0],
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
KINDS = {kind: {*declared.__annotations__, "more", ""} for kind, declared in DECLARED.items()}
BAD = [
    (kind, key, value)
    for kind, keys in KINDS.items()
    for key in HOSTILE
    if key in keys
    for value in (*HOSTILE[key], *([None] if (kind, key) == ("question", "run") else []))
]


def read(kind: str, value: Any, *furthest: int) -> Any:
    """What is read of something that a browser has sent; None where it is refused, in a short sentence on one line."""
    try:
        if kind == "wish":
            return read_wish(value, *furthest)
        return read_question(value if isinstance(value, bytes) else json.dumps(value).encode())
    except ValueError as problem:
        assert type(problem) is ValueError, repr(problem)  # noqa: PT017 - either way is fine
        sentence = str(problem)
        assert sentence.endswith(".")
        assert len(sentence) < 250
        assert sentence.isprintable()
        return None


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [(kind, key, value) for kind, keys in FITTING.items() for key, values in keys.items() for value in values],
)
def test_what_is_good_is_understood(kind, key, value):
    expected = {name: tuple(v) if isinstance(v, list) else v for name, v in value.items()} if key == "change" else value
    assert read(kind, {**GOOD[kind], key: value}) == {**GOOD[kind], key: expected}


@pytest.mark.parametrize("kind", DECLARED)
def test_every_key_can_be_read_and_is_tried_here(kind):
    assert DECLARED[kind].__optional_keys__ == FITTING[kind].keys()
    assert set(DECLARED[kind].__annotations__) <= HOSTILE.keys()


def test_a_setting_has_the_type_that_it_has_everywhere():
    """A run's name is made of its settings: 1 and 1.0 would be two runs."""
    wish = read_wish({**GOOD["wish"], "change": {"learning_rate": 1}})
    assert type(wish["change"]["learning_rate"]) is float


@pytest.mark.parametrize(("kind", "key", "value"), BAD, ids=lambda x: ascii(x)[:30])
def test_what_does_not_fit_is_refused(kind, key, value):
    assert read(kind, {**GOOD[kind], key: value}) is None


@pytest.mark.parametrize("kind", DECLARED)
@pytest.mark.parametrize("value", [x for x in ODD if x != {}], ids=lambda x: ascii(x)[:30])
def test_what_is_no_object_is_refused(kind, value):
    assert read(kind, value) is None


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"run": "\xc3"}', b"NaN"],
    ids=lambda x: ascii(x)[:30],
)
def test_what_is_not_json_is_refused(text):
    assert read("question", text) is None


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in GOOD for key in GOOD[kind]])
def test_what_leaves_something_out_is_refused(kind, key):
    assert read(kind, {k: v for k, v in GOOD[kind].items() if k != key}) is None


@pytest.mark.parametrize("key", ["moment", "refork"])
def test_a_moment_beyond_what_can_be_recorded_is_refused(key):
    assert read("wish", {**GOOD["wish"], key: 900}, 900)
    assert read("wish", {**GOOD["wish"], key: 901}, 900) is None


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(sorted(SETTINGS))
)
anything = st.recursive(
    scalars, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(sorted(SETTINGS)), x, max_size=3)
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(DECLARED)), st.dictionaries(st.sampled_from(sorted(HOSTILE)), anything, max_size=4))
def test_it_is_understood_or_refused_whatever_it_holds(kind, changes):
    found = read(kind, {**GOOD[kind], **changes})
    if found is not None:
        assert {key for key in found if found[key] != GOOD[kind].get(key)} <= changes.keys()


def page(payloads):
    """A page whose stage has wished all this; it says whether anything has come of it."""
    from types import SimpleNamespace

    import streamlit as st

    from playground.app import session, stage

    session.begin(at_home=True)
    before = (session.experiment(), session.moment(), session.branches())
    for payload in payloads:
        st.session_state["probe"] = SimpleNamespace(wish=payload)
        session.hear("probe")
        if (session.experiment(), session.moment(), session.branches()) != before:
            st.error(ascii(payload)[:200])
    for notice in session.take_notices():
        st.error(notice)
    stage.show()
    st.write(session.moment())


def test_a_session_lives_on_and_its_run_is_unchanged_whatever_it_was_told(caplog):
    good = GOOD["wish"]
    bad = [{**good, key: value} for kind, key, value in BAD if kind == "wish"]
    far = [{**good, "moment": step, "change": {"learning_rate": 0.1}} for step in (MAX_STEP + 1, MOST_STEPS, 10**15)]
    payloads = [*(x for x in ODD if x is not None), *bad, *far, {**good, "refork": 10**7}]
    app = AppTest.from_function(page, default_timeout=120, kwargs={"payloads": payloads})
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.session_state["experiment"] == Experiment()
    assert app.session_state["fulfilled"] == good["serial"], "or the page would tell the last of them again and again"
    lines = [line for line in caplog.messages if line.startswith("A wish of the stage was dropped: ")]
    assert len(lines) == len(payloads)


def test_a_session_does_what_a_good_wish_asks_for():
    told = {**GOOD["wish"], "moment": 40, "have": 75, "change": {"learning_rate": 0.1}}
    app = AppTest.from_function(page, default_timeout=120, kwargs={"payloads": [told]})
    app.run()
    assert not app.exception
    assert app.session_state["experiment"] == Experiment().change(40, learning_rate=0.1)
    assert app.session_state["moment"] == 40


def test_an_action_that_is_told_again_under_the_same_number_is_taken_once():
    told = [{**GOOD["wish"], "serial": serial, "action": "new_seed"} for serial in (5, 5, 6, 6, 6)]
    app = AppTest.from_function(page, default_timeout=120, kwargs={"payloads": told})
    app.run()
    assert not app.exception
    assert app.session_state["experiment"].config.seed == Experiment().config.seed + 2
