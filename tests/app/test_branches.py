"""Runs that stay beside the one on screen: which are kept, in which colour, under what name."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from playground.run.branches import FIRST, MOST, Branch, kept, titles
from playground.run.experiment import Experiment

ROOT = Experiment()


def at_start(**settings) -> Experiment:
    return ROOT.change(0, **settings)


def epochs(_: Experiment, step: int) -> float:
    return step / 25


def walked(*runs: Experiment) -> tuple[list[Branch], list[Branch]]:
    """What is kept after these runs were on screen, one after the other, and what has gone on the way."""
    branches: list[Branch] = []
    gone: list[Branch] = []
    for old, new in zip((None, *runs), runs, strict=False):
        branches, left = kept(branches, new, *([old] if old else []))
        gone += left
    return branches, gone


RUNS = (ROOT, *(at_start(learning_rate=rate) for rate in (0.02, 0.03, 0.1, 0.3, 1.0)))


def test_runs_of_one_family_differ_in_nothing_but_what_may_change_in_mid_run():
    for run in (at_start(optimizer="sgd"), at_start(batch_size=5), ROOT.change(100, l2=0.01), ROOT.edit(5, {0: 1.0})):
        assert run.family == ROOT.family
    for settings in ({"seed": 2}, {"noise": 0.2}, {"activations": ("relu",)}, {"hidden_layer_sizes": (8,)}):
        assert at_start(**settings).family != ROOT.family


def test_the_first_run_always_stays_and_of_the_others_the_oldest_goes():
    branches, gone = walked(*RUNS)
    assert [branch.run for branch in branches] == [RUNS[0], *RUNS[3:]]
    assert [branch.run for branch in gone] == [RUNS[1], RUNS[2]]


def test_a_run_that_was_left_stays_beside_the_one_that_takes_its_place():
    before, _ = walked(*RUNS[:4])
    branches, (gone,) = kept(before, RUNS[4], RUNS[3])
    assert gone.run == RUNS[1]
    assert [branch.run for branch in branches] == [RUNS[0], RUNS[2], RUNS[3], RUNS[4]]


def test_a_colour_stays_with_its_run_and_no_two_have_one():
    branches: list[Branch] = []
    before: dict[Experiment, int] = {}
    for run in RUNS:
        branches, _ = kept(branches, run)
        now = {branch.run: branch.colour for branch in branches}
        assert all(now[run] == colour for run, colour in before.items() if run in now)
        assert len(set(now.values())) == len(now) <= MOST
        assert set(now.values()) <= set(range(MOST))
        before = now


def test_another_family_keeps_nothing_of_the_one_before():
    branches, _ = walked(*RUNS[:3], other := at_start(seed=5))
    assert [branch.run for branch in branches] == [other]


@pytest.mark.parametrize(
    ("run", "title"),
    [
        (ROOT, FIRST),
        (at_start(optimizer="sgd"), "SGD, from the start"),
        (at_start(learning_rate=0.02), "learning rate 0.02, from the start"),
        (at_start(optimizer="sgd", learning_rate=0.3), "SGD, learning rate 0.3, from the start"),
        (ROOT.change(200, learning_rate=0.02), "learning rate 0.02, from epoch 8"),
        (ROOT.change(210, l2=0.01), "L2 regularization 0.01, from epoch 8.4"),
        (ROOT.change(200, optimizer="adamw"), "AdamW, from epoch 8"),
        (at_start(optimizer="sgd").change(25, batch_size=20), "SGD, from the start; batch size 20, from epoch 1"),
        (ROOT.edit(50, {3: 0.5}), "1 weight set by hand, from epoch 2"),
        (ROOT.edit(50, {3: 1, 4: 1}).change(50, l1=1.0), "L1 regularization 1, 2 weights set by hand, from epoch 2"),
    ],
)  # fmt: skip
def test_a_run_is_named_after_what_sets_it_apart_from_the_first_and_from_when_on(run, title):
    assert titles([ROOT, run], epochs)[-1] == title


def test_the_run_that_all_others_began_from_is_the_first_wherever_it_stands():
    fork = ROOT.change(200, learning_rate=0.02)
    assert titles([fork, ROOT], epochs) == ["learning rate 0.02, from epoch 8", FIRST]


def test_two_runs_of_one_last_change_are_told_apart_by_those_before_it():
    one, other = (ROOT.change(100, learning_rate=rate).change(200, optimizer="sgd") for rate in (0.1, 0.3))
    assert titles([ROOT, one, other], epochs) == [
        FIRST,
        "learning rate 0.1, from epoch 4; SGD, from epoch 8",
        "learning rate 0.3, from epoch 4; SGD, from epoch 8",
    ]


# ---- in a session --------------------------------------------------------------------------------------------------
def page(deeds=()):
    """A page on which things are done, one after the other."""
    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    for name, *more in deeds:
        if name == "at":
            session.set_moment(*more)
        elif name == "change":
            session.change(**dict(more))
        else:
            getattr(session, name)(*more)
    st.session_state["moment"] = session.moment()
    st.session_state["undo"] = session.undo_in_words()
    st.session_state["told"] = [(b.run.now.learning_rate, b.colour, title) for b, title in session.branches().items()]


def after(*deeds) -> list[tuple[float, int, str]]:
    return state_after(*deeds)["told"]


def state_after(*deeds):
    app = AppTest.from_function(page, kwargs={"deeds": deeds}).run()
    assert not app.exception
    return app.session_state


def rate(value: float, **more) -> tuple:
    return ("change", ("learning_rate", value), *more.items())


def test_a_change_at_the_start_keeps_a_run_that_was_played_and_rewound():
    assert after(("at", 5000), ("at", 0), rate(0.1, l2=0.001)) == [
        (0.01, 0, FIRST),
        (0.1, 1, "learning rate 0.1, L2 regularization 0.001, from the start"),
    ]


def test_a_run_of_which_nobody_has_seen_more_than_its_start_is_not_kept():
    assert after(rate(0.1, l2=0.001)) == [(0.1, 0, FIRST)]
    played = (("at", 5000), ("at", 0), rate(0.1, l2=0.001), rate(0.3))
    assert [told[0] for told in after(*played)] == [0.01, 0.3]


def test_a_change_that_is_put_off_to_where_the_picture_is_keeps_the_run_that_was_played():
    told = after(rate(0.1), ("refork", 750))
    assert told == [(0.01, 0, FIRST), (0.1, 1, "learning rate 0.1, from epoch 30")]


def test_undo_leads_to_where_the_picture_was_when_the_change_was_made():
    assert state_after(rate(0.1), ("refork", 750), ("undo",))["moment"] == 750
    assert state_after(("at", 100), rate(0.1), ("at", 200), ("undo",))["moment"] == 100


def test_undo_says_what_it_takes_back():
    assert state_after()["undo"] == ""
    assert state_after(rate(0.1))["undo"] == "learning rate back from 0.1 to 0.01"
    assert state_after(rate(0.1), rate(0.3))["undo"] == "learning rate back from 0.3 to 0.01"  # one move of a slider
    assert state_after(rate(0.1), ("change", ("l2", 0.01)))["undo"] == "L2 regularization back from 0.01 to 0"
    assert state_after(rate(0.1), ("undo",))["undo"] == ""


def test_undo_and_a_branch_gone_to_keep_all_of_them():
    changed = (("at", 100), rate(0.1))
    first = ROOT.name
    for deed in (("undo",), ("switch", first)):
        assert [told[:2] for told in after(*changed, deed)] == [(0.01, 0), (0.1, 1)]


def test_other_data_begin_with_no_branches():
    assert [t[2] for t in after(("at", 100), rate(0.1), ("change", ("noise", 0.2)))] == [FIRST]


def test_undo_of_other_data_brings_back_what_stood_beside_the_run():
    changed = (("at", 100), rate(0.1), ("at", 200))
    other = ("change", ("noise", 0.2))
    assert after(*changed, other, ("undo",)) == after(*changed)
    assert after(*changed, other, ("undo",), ("undo",)) == after(*changed, ("undo",))
    assert after(*changed, other, other, ("undo",), ("undo",))[0][2] == FIRST


def crowded(changes=()):
    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    said = []
    for k, (name, value) in enumerate(changes):
        session.set_moment(100 + 25 * k)
        session.change(**{name: value})
        said.append(session.made_room())
    st.session_state["said"] = said


def test_it_is_said_which_run_has_made_room():
    changes = (("learning_rate", 0.02), ("l2", 0.1), ("learning_rate", 0.1), ("l2", 0.3))
    app = AppTest.from_function(crowded, kwargs={"changes": changes}).run()
    *before, last = app.session_state["said"]
    assert before == ["", "", ""]
    assert last == (
        "At most 4 runs stay here: “learning rate 0.02, from epoch 4” has made room. The first run always stays."
    )
