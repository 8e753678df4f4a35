"""What a tab keeps of a session, and what another session takes of it: once, bounded, and only where it belongs."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.run import link, way_back
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.way_back import MOST_LETTERS, MOST_UNDO, Kept, WayBack, from_text, kept, to_text
from playground.tables.table import Table
from tests.tables.test_table import table

MOONS = Experiment(Config(dataset="moons"))
CHANGED = MOONS.change(500, learning_rate=0.1)
EDITED = CHANGED.edit(700, {3: 0.5})
SMALL = Experiment(Config().changed(own_data=table()))


def large() -> Table:
    """Own data that no link can hold."""
    rng = np.random.default_rng(3)
    return Table("large", ("a", "b", "c"), "k", ("p", "q"), rng.normal(size=(4000, 3)), rng.integers(0, 2, 4000))


LARGE = Experiment(Config().changed(own_data=large()))
nobody_knows = way_back.finder(lambda name: None)


def way(now: Experiment, *undo: Experiment, branches: tuple[Experiment, ...] = (), step: int = 0) -> str:
    return to_text(WayBack(kept(now), step, tuple((kept(one), 25) for one in undo), tuple(map(kept, branches)), ()))


@pytest.mark.parametrize("experiment", [Experiment(), MOONS, CHANGED, EDITED, SMALL])
def test_a_run_comes_back_by_its_link(experiment: Experiment) -> None:
    told = from_text(way(experiment, experiment, branches=(experiment,)))
    assert told.now.whole
    for one in (told.now, told.undo[0][0], told.branches[0]):
        assert nobody_knows(one) == experiment


def test_a_run_that_no_link_can_hold_comes_back_by_its_name_if_the_server_knows_it() -> None:
    told = from_text(way(LARGE)).now
    assert not told.whole
    assert way_back.finder({LARGE.name: LARGE}.get)(told) == LARGE
    assert nobody_knows(told) is None


def test_the_newest_that_undo_leads_to_are_kept_as_far_as_there_is_room() -> None:
    runs = [Experiment(Config(seed=k)) for k in range(50)]
    assert [one.run for one, _ in from_text(way(MOONS, *runs)).undo] == [run.name for run in runs[-MOST_UNDO:]]
    long = [Kept(str(k), "?" + "x" * 9_000, True) for k in range(10)]
    text = to_text(WayBack(kept(MOONS), 0, tuple((one, 0) for one in long), (), ()))
    assert len(text) <= MOST_LETTERS
    assert [one.run for one, _ in from_text(text).undo] == list("456789")
    assert to_text(WayBack(kept(MOONS), 0, (), (Kept("a", "?" + "x" * MOST_LETTERS, True),), ())) == ""


GOOD = json.loads(way(CHANGED, MOONS, branches=(MOONS, CHANGED)))
ODD = (None, 7, "x", {}, [7], [[7]], [["a", "b", "c", "d"]])
BAD: list[Any] = [
    None, 7, [], {}, b"x", "", "null", "[]", "{", "{}", '"x"', "[" * 5000, "x" * (MOST_LETTERS + 1), '{"now": 1}',
    *(json.dumps({**GOOD, key: value}) for key in GOOD for value in ODD),
    *(json.dumps({**GOOD, "now": value}) for value in (
        *(["a"], [1, "", True, None], ["a", 1, True, None], ["a", "", 1, None]),
        *(["a", "", True, 0], ["a", "", True, -1], ["a", "", True, "x"], ["a", "", True, 10**9]),
    )),
    *(json.dumps({**GOOD, "undo": [["a", "", True, None, step]]}) for step in (-1, 1.5, True, None, "1")),
    json.dumps({**GOOD, "undo": [["a", "", True, None, 1]] * (MOST_UNDO + 1)}),
    json.dumps({**GOOD, "branches": [["a", "", True, None]] * 9}),
    json.dumps({key: value for key, value in GOOD.items() if key != "undo"}),
    json.dumps({**GOOD, "step": float("nan")}),
    json.dumps({**GOOD, "tables": ["x"] * 4}),
]  # fmt: skip
BAD = [text for text in BAD if text != json.dumps({**GOOD, "step": 7})]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_any_other_text_is_refused_in_a_sentence(text: Any) -> None:
    with pytest.raises(ValueError, match=r"^What a tab keeps .*\.$"):
        from_text(text)


def test_a_table_that_several_runs_have_is_written_once() -> None:
    other = SMALL.change(30, learning_rate=0.1)
    text = way(other, SMALL, branches=(SMALL, other))
    packed = kept(SMALL).table
    assert packed
    assert text.count(packed) == 1
    told = from_text(text)
    find = way_back.finder(lambda name: None)
    one, two = find(told.now), find(told.undo[0][0])
    assert (one, two) == (other, SMALL)
    assert one is not None
    assert two is not None
    assert one.config.own_data is two.config.own_data
    assert find(Kept("a", "?", True, "no table")) is None


@pytest.mark.parametrize("address", ["?lr=nan", "?then=oops", "?data=x", "?nothing=1", "x=y", "?step=1e9"])
def test_a_link_that_is_not_good_is_no_way_back(address: str) -> None:
    assert nobody_knows(Kept("a", address, True)) is None


# ---- a session -----------------------------------------------------------------------------------------------------
def page(query, told=(), first="", before="", after=""):
    """A session that begins with a link, does something, is told what a tab has kept, and does something more.

    first : what the server has done before
    """
    import streamlit as st

    from playground.app import session

    if "began" not in st.session_state:
        st.query_params.from_dict(query)
        st.session_state["began"] = True
    exec(first)  # the script of a test stands alone, and takes no functions
    session.begin(at_home=True)
    exec(before)
    for text in told:
        session.recall(text)
    exec(after)
    st.session_state["said"] = session.take_notices()
    st.session_state["keeps"] = session.keeping()


def session_of(query: str = "", **more: Any) -> AppTest:
    app = AppTest.from_function(page, kwargs={"query": dict(parse_qsl(query.lstrip("?"))), **more}, default_timeout=120)
    app.run()
    assert not app.exception
    return app


def past(app: AppTest) -> list[str]:
    return [run.name for run, _ in app.session_state["past"]]


LINK = link.run_to_link(CHANGED, 600)
KNOWS_LARGE = "from playground.app.shared_runs import run_of; from tests.app.test_way_back import LARGE, Experiment; "


def test_the_next_session_has_the_branches_and_what_undo_leads_to() -> None:
    first = session_of(
        link.run_to_link(MOONS, 500),
        after="session.change(learning_rate=0.1); session.edit(3, 0.5); session.compare(session.experiment())",
    )
    text = first.session_state["keeps"]["text"]
    now = first.session_state["experiment"]
    second = session_of(link.run_to_link(now, 600), told=[text])
    assert second.session_state["experiment"] == now
    assert second.session_state["moment"] == 600
    assert second.session_state["past"] == first.session_state["past"]
    assert second.session_state["branches"] == first.session_state["branches"]
    assert second.session_state["compared"] == first.session_state["compared"] == (now,)
    assert second.session_state["keeps"]["asks"] is False
    assert json.loads(second.session_state["keeps"]["text"])["undo"] == json.loads(text)["undo"]
    undone = session_of(link.run_to_link(now, 600), told=[text], after="session.undo(); session.undo()")
    assert undone.session_state["experiment"] == MOONS


def test_it_is_told_once() -> None:
    text = way(CHANGED, MOONS, branches=(MOONS, CHANGED))
    app = session_of(LINK, told=[text, way(CHANGED, EDITED), text])
    assert past(app) == [MOONS.name]


@pytest.mark.parametrize("query", ["", "?dataset=moons&lr=0.3", link.run_to_link(EDITED)])
def test_another_link_in_the_same_tab_begins_afresh(query: str) -> None:
    app = session_of(query, told=[way(CHANGED, MOONS, branches=(MOONS, CHANGED))])
    assert past(app) == []
    assert app.session_state["said"] == []


def test_what_is_done_before_it_is_told_comes_after_it() -> None:
    text = way(CHANGED, MOONS, branches=(MOONS, CHANGED))
    app = session_of(LINK, before="session.change(learning_rate=0.3)", told=[text])
    assert past(app) == [MOONS.name, CHANGED.name]
    assert {branch.run.name for branch in app.session_state["branches"]} > {MOONS.name, CHANGED.name}
    owed = session_of(LINK, before="session.undo()", told=[text])
    assert (owed.session_state["experiment"], past(owed)) == (MOONS, [])
    owed = session_of(LINK, before=f"session.switch({MOONS.name!r})", told=[text])
    assert owed.session_state["experiment"] == MOONS
    nothing = session_of(LINK, before="session.undo()", told=["nonsense"])
    assert nothing.session_state["experiment"] == CHANGED


def test_what_is_nonsense_changes_nothing_but_the_log(caplog: pytest.LogCaptureFixture) -> None:
    for text in BAD[::7]:
        app = session_of(LINK, told=[text])
        assert (app.session_state["experiment"], past(app), app.session_state["said"]) == (CHANGED, [], [])
    assert any("What a tab has kept was dropped" in line for line in caplog.messages)
    spoilt = json.loads(way(CHANGED, MOONS, branches=(MOONS, CHANGED)))
    spoilt["undo"].append(["x", "?lr=nan", True, None, 3])
    assert past(session_of(LINK, told=[json.dumps(spoilt)])) == [MOONS.name]


def test_a_task_leads_to_nothing_that_was_before_it() -> None:
    only = "session.set_on_show(only=frozenset(('learning_rate',)))"
    app = session_of(LINK, before=only, told=[way(CHANGED, MOONS, branches=(MOONS, CHANGED))])
    assert past(app) == []
    assert app.session_state["keeps"]["text"] == ""


def test_own_data_that_no_link_can_hold_come_back_or_it_is_said_that_they_are_gone() -> None:
    address = link.run_to_link(LARGE, 75)
    assert "data=" not in address
    text = way(LARGE, MOONS, step=75)
    back = session_of(address, first=f"{KNOWS_LARGE}run_of(LARGE).record_until(75)", told=[text])
    assert (back.session_state["experiment"], back.session_state["moment"], past(back)) == (LARGE, 75, [MOONS.name])
    assert back.session_state["said"] == []
    address = link.run_to_link(LARGE).replace(LARGE.name, "0" * 16)
    unknown = Kept("0" * 16, address, False)
    gone = session_of(address, told=[to_text(WayBack(unknown, 75, ((kept(MOONS), 25),), (), ()))])
    assert gone.session_state["experiment"] == Experiment()
    assert past(gone) == [MOONS.name]
    assert [said for said in gone.session_state["said"] if "load them again on the page Data" in said]
    other = session_of("?lr=0.3", told=[text])
    assert past(other) == []


GOES_BACK = """
gets = session.get_script_run_ctx
session.get_script_run_ctx = lambda: __import__("types").SimpleNamespace(is_history_navigation=True)
st.query_params.from_dict(st.session_state["there"])
session.begin(at_home=True)
session.get_script_run_ctx = gets
"""


def test_back_in_the_browser_leads_to_own_data_that_no_link_can_hold() -> None:
    did = f"{KNOWS_LARGE}session.show(LARGE); session.mirror(); st.session_state['there'] = st.query_params.to_dict()"
    shown = session_of("?lr=0.1", before=did)
    assert shown.query_params["run"] == LARGE.name, "an address of its own"
    for more in ("session.change(learning_rate=0.3)", "session.show(Experiment())"):
        app = session_of("?lr=0.1", before=f"{did}; {more}; session.mirror()", after=GOES_BACK)
        assert app.session_state["experiment"] == LARGE
        assert app.session_state["said"] == []


@pytest.mark.parametrize("has_moved", [False, True])
@pytest.mark.parametrize("has_stage", [False, True])
def test_a_page_that_is_gone_to_makes_one_entry_where_the_stage_completes_its_address(has_moved, has_stage) -> None:
    goes = f"st.query_params.clear(); session.begin(at_home=True, has_moved={has_moved}, has_stage={has_stage})"
    app = session_of("?dataset=moons", before=goes)
    assert ("dataset" in app.query_params) != (has_moved and has_stage)


def test_a_text_made_to_hurt_is_read_quickly() -> None:
    change = ";".join(f"{k}@w0:{k}.5,w1:0.5" for k in range(1, 200))
    hurting = [["a", f"?then={change}", True, None, 10**6]] * MOST_UNDO
    while len(json.dumps({**GOOD, "undo": hurting})) > MOST_LETTERS:
        hurting = hurting[1:]
    assert hurting
    start = time.process_time()
    app = session_of(LINK, told=[json.dumps({**GOOD, "undo": hurting})])
    assert len(past(app)) == len(hurting)
    assert time.process_time() - start < 3.0  # some 0.4 s; the bound is for machines that do other things
