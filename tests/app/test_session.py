"""What the session writes into the address bar, and when that is an entry of its own in the browser's history."""

import pytest
from streamlit.testing.v1 import AppTest


def page(changes=(), drawn=()):
    """A page that is drawn anew after each change that stands in `drawn`; a quicker one breaks the drawing off."""
    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    entries = []
    for learning_rate in changes:
        session.change(learning_rate=learning_rate)
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


class Clock:
    """One that is set on by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def stops(between=(), waited=0.0):
    """How many changes two stops of a slider are, of which the second has been on its way for some seconds.

    between : what happens between them; a number is so many seconds
    """
    import streamlit as st

    from playground.app import session

    session.begin(at_home=True)
    session.change(learning_rate=0.02)
    deeds = {"drawn": session.drawn, "refork": lambda: session.refork(750)}
    for deed in between:
        if deed in deeds:
            deeds[deed]()
        else:
            session.time.now += deed
    session.change(waited, learning_rate=0.03)
    st.session_state["n"] = len(st.session_state["past"])


@pytest.mark.parametrize(
    ("told", "n"),
    [
        ({"between": (60,)}, 1),
        ({"between": (60, "drawn", 1)}, 1),
        ({"between": ("drawn", 3, "drawn")}, 2),
        ({"between": ("drawn", 60), "waited": 59.0}, 1),
        ({"between": ("drawn", 1, "refork", 60)}, 1),
        ({"between": ("drawn", 1, "refork", "drawn", "refork", 60)}, 2),
    ],
)
def test_a_slider_s_stops_are_one_change_by_when_they_were_made_however_slow_the_server_is(told, n, monkeypatch):
    monkeypatch.setattr("playground.app.session.time", Clock())
    app = AppTest.from_function(stops, kwargs=told).run()
    assert not app.exception
    assert app.session_state["n"] == n


def overtaken():
    """What two stops of a slider make, as (entries of the history, changes), when the second comes while the script
    looks into its state for the first time since the first stop, for the second time, and so on."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

    from playground.app import session

    state = get_script_run_ctx().session_state
    looks, last, found = 0, 0, []

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == last:
            raise StopException

    ends = state._yield_callback
    while looks >= last:
        st.session_state.clear()
        st.query_params.clear()
        session.begin(at_home=True)
        before = st.query_params.to_dict()
        looks, last = 0, last + 1
        object.__setattr__(state, "_yield_callback", look)
        try:
            session.change(learning_rate=0.02)
            session.begin(at_home=True)
            session.drawn()
        except StopException:
            pass
        object.__setattr__(state, "_yield_callback", ends)
        between = st.query_params.to_dict()
        session.change(learning_rate=0.03)
        session.begin(at_home=True)
        after = st.query_params.to_dict()
        found.append(((before != between) + (between != after), len(st.session_state["past"])))
    st.session_state["found"] = found


def test_a_stop_of_a_slider_that_overtakes_the_one_before_makes_one_change_with_it_whenever_it_comes():
    app = AppTest.from_function(overtaken).run(timeout=30)
    assert not app.exception
    found = app.session_state["found"]
    assert found == [(1, 1)] * len(found)


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
