"""What the session writes into the address bar, and when that is an entry of its own in the browser's history."""

import pytest
from streamlit.testing.v1 import AppTest


def page(changes=(), drawn=(), waited=()):
    """A page that is drawn anew after each change that stands in `drawn`; a quicker one breaks the drawing off."""
    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    entries = []
    for learning_rate in changes:
        session.change(dict(waited).get(learning_rate, 0.0), learning_rate=learning_rate)
        if learning_rate in drawn:
            before = st.query_params.to_dict()
            session.begin(at_home=True)
            entries += [query] if (query := st.query_params.to_dict()) != before else []
    st.session_state["entries"] = entries


@pytest.mark.parametrize("drawn", [(0.1, 0.3), (0.1,), (0.3,), (0.02, 0.1, 0.3)])
def test_a_slider_that_is_moved_over_several_stops_makes_one_entry_whichever_drawing_was_broken_off(drawn):
    app = AppTest.from_function(page, kwargs={"changes": (0.02, 0.03, 0.1, 0.3), "drawn": drawn}).run()
    assert not app.exception
    (entry,) = app.session_state["entries"]
    assert entry == {"lr": str(drawn[0])}
    assert app.session_state["experiment"].now.learning_rate == 0.3


def test_changes_belong_together_by_when_they_were_made_and_not_by_when_they_arrived():
    everything = {"changes": (0.02, 0.03), "drawn": (0.02, 0.03)}
    late = AppTest.from_function(page, kwargs={**everything, "waited": ((0.02, 3.0),)}).run()
    assert len(late.session_state["entries"]) == 2
    both = AppTest.from_function(page, kwargs={**everything, "waited": ((0.02, 3.0), (0.03, 3.0))}).run()
    assert len(both.session_state["entries"]) == 1


def slow(takes, draws):
    """A page that takes some seconds until it shows a change, if it does; then comes the next stop of the slider."""
    import dataclasses

    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    session.change(learning_rate=0.02)
    last = st.session_state["last_change"]
    st.session_state["last_change"] = dataclasses.replace(last, at=last.at - takes)
    if draws == "whole":
        session.drawn()
        session.drawn()
    elif draws:  # broken off by the next stop
        session.fill_widget("noise", 0.1)
    session.change(learning_rate=0.03)
    st.session_state["n"] = len(st.session_state["past"])


@pytest.mark.parametrize(("takes", "draws", "n"), [(0.5, "", 1), (5.0, "whole", 1), (5.0, "in part", 1), (5.0, "", 2)])
def test_a_page_that_is_slow_to_draw_does_not_tear_a_slider_s_stops_apart(takes, draws, n):
    app = AppTest.from_function(slow, kwargs={"takes": takes, "draws": draws}).run()
    assert not app.exception
    assert app.session_state["n"] == n


# ---- what a page tells that has not heard of the newest yet --------------------------------------------------------
def controls(change=None):
    """Two settings, of which one may be changed by something else than its own control."""
    from playground.app import session, sidebar

    session.begin(at_home=True)
    session.set_on_show(full=True)
    if change:
        session.change(**change)
    sidebar._layers()
    sidebar._slider("noise", step=0.01)


@pytest.fixture
def late():
    """A page whose hidden layers have just become 8, 9, as by a press at the network."""
    app = AppTest.from_function(controls).run()
    app.kwargs = {"change": {"hidden_layer_sizes": (8, 9)}}
    app.run()
    app.kwargs = {}
    assert app.text_input[0].value == "8, 9"
    return app


def test_a_page_that_has_not_heard_of_a_change_does_not_write_the_old_value_back(late):
    late.text_input[0].set_value("8, 8")
    late.slider[0].set_value(0.3)
    late.run()
    now = late.session_state["experiment"].now
    assert (now.hidden_layer_sizes, now.noise) == ((8, 9), 0.3)
    assert late.text_input[0].value == "8, 9"


def test_a_page_that_has_heard_of_none_of_several_changes_does_not_write_the_oldest_value_back(late):
    for n in (10, 11):
        late.kwargs = {"change": {"hidden_layer_sizes": (8, n)}}
        late.run()
    late.kwargs = {}
    for old in ("8, 8", "8, 9"):
        late.text_input[0].set_value(old)
        late.slider[0].set_value(late.slider[0].value + 0.1)
        late.run()
        assert late.session_state["experiment"].now.hidden_layer_sizes == (8, 11)
        assert late.text_input[0].value == "8, 11"


@pytest.mark.parametrize("typed", ["8, 8", "4"])
def test_a_value_that_the_user_sets_counts_also_if_it_is_the_old_one(late, typed):
    late.text_input[0].set_value(typed)
    late.run()
    assert late.session_state["experiment"].now.hidden_layer_sizes == tuple(map(int, typed.split(", ")))


def test_two_values_that_were_set_at_once_both_count(late):
    late.text_input[0].set_value("5")
    late.slider[0].set_value(0.3)
    late.run()
    now = late.session_state["experiment"].now
    assert (now.hidden_layer_sizes, now.noise) == ((5,), 0.3)
