"""The page "Compare": two to four runs side by side on one clock."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import streamlit as st

from playground.app import components, my_talk, on_a_map, race, session
from playground.app.shared_runs import run_of
from playground.run.compared import LETTERS, MOST, PRESETS, Preset, differences, fits, from_link, shown_value, titles
from playground.run.config import SETTINGS, Setting, read_layers
from playground.run.descent import OnAMap
from playground.run.experiment import Experiment
from playground.run.link import check_step
from playground.web.about import GOAL_EPOCHS
from playground.web.assets import plotly_address
from playground.web.message import ComparePage, CompareView, encode, encode_many
from playground.web.reply import first_reply
from playground.web.route import ask_address

KEY = "compare"


def show() -> None:
    """The runs, or how to begin."""
    if session.kept("open", False):
        session.keep("open", False)
        st.switch_page(Path(__file__).with_name("playground.py"))
    if not session.side_by_side():
        session.compare(session.experiment())
    with st.container(horizontal=True, vertical_alignment="center"):
        _tabs()
        if session.on_a_map() is None:
            _presets()
    if session.on_a_map() is not None:
        on_a_map.show()
        return
    with st.sidebar:
        _duplicate()
        _branches()
        _paste()
        _take_away()
        my_talk.add_button()
    runs = session.side_by_side()
    if len(runs) == 1:
        st.markdown(
            "**Which setting makes the difference?** Up to four runs play side by side on one clock. Take one of these "
            "sets, change a setting in the sidebar, or press *Add to Compare* in the sidebar of another page."
        )
    race.show(runs[0])
    if not fits(runs):
        st.info("These runs hold too much for a link: the address does not bring them back.")
    _runs(runs)
    race.tell()


def _tabs() -> None:
    """Runs side by side, or the optimizers on a map."""
    session.fill_widget("tab", "On a map" if session.on_a_map() else "Runs")
    st.segmented_control(
        "What is compared", ("Runs", "On a map"), key="tab", on_change=_turn_to, required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def _turn_to() -> None:
    tab, is_new = session.read_widget("tab")
    if is_new:
        session.set_on_a_map(OnAMap() if tab == "On a map" else None)


# ---- the runs ----------------------------------------------------------------------------------------------------
def _runs(runs: tuple[Experiment, ...]) -> None:
    page: ComparePage = {
        "runs": [run.name for run in runs],
        "titles": titles(runs) if len(runs) > 1 else [_whole_title(runs[0])],
        "differences": [{"label": d.label, "values": d.values} for d in differences(runs)],
        "goal": GOAL_EPOCHS,
        "view": _view(),
        "wishes": session.kept("seeds wished", 0),
        "plotly": plotly_address(),
        "ask": ask_address(),
    }
    sent: frozenset[str] = session.kept("compared before", frozenset())
    messages = [b"" if run.name in sent else _message(run) for run in runs]
    session.keep("compared before", frozenset(page["runs"]))
    components.compare(key=KEY, data=encode_many(page, messages), on_wish_change=_on_wish)


def _view() -> CompareView:
    view = session.compare_view()
    return {"at": view.at, "clock": view.clock, "show": view.show, "pair": view.pair, "hold": view.hold}


def _message(experiment: Experiment) -> bytes:
    """What it takes to draw a run, and its first rows; the browser asks for the rest by itself."""
    header, rows, _ = first_reply(experiment, run_of(experiment), moment=0, has_parent=False)
    return encode({"run": header}, rows)


def _whole_title(run: Experiment) -> str:
    c = run.config
    own = c.own_data.title or "your data" if c.own_data is not None else shown_value("dataset", c.dataset)
    return f"{own}, {'-'.join(map(str, c.sizes))}, {shown_value('optimizer', c.optimizer)}"


def _on_wish() -> None:
    """Open a run, take one away, or send again what the browser or the server has lost."""
    wish: Any = getattr(session.said(KEY), "wish", None)
    if not isinstance(wish, dict) or not wish:
        return
    what, which = next(iter(wish.items()))
    runs = session.side_by_side()
    if what == "missing":
        session.keep("compared before", frozenset())
    elif isinstance(which, int) and not isinstance(which, bool) and 0 <= which < len(runs):
        if what == "remove":
            session.compare(*runs[:which], *runs[which + 1 :])
        elif what == "open":
            try:
                step = check_step(runs[which], wish.get("step", 0))
            except ValueError as error:
                session.notify(str(error))
                return
            session.show(runs[which])
            session.set_moment(step)
            session.keep("open", True)


# ---- more of them ------------------------------------------------------------------------------------------------
def _presets() -> None:
    """Ready-made sets: in a row before there is anything to compare, and out of the pictures' way from then on."""
    place = st.popover("Another set") if len(session.side_by_side()) > 1 else nullcontext()
    with place:
        for preset in PRESETS:
            st.button(preset.label, key=f"set {preset.label}", help=preset.help, on_click=_use, args=(preset,))


def _take_away() -> None:
    if len(session.side_by_side()) > 1:
        st.button("Begin anew with the run on screen", key="clear", width="stretch", on_click=session.compare)


def _use(preset: Preset) -> None:
    """A set is made of the first run."""
    try:
        session.compare(*preset.of(session.side_by_side()[0]))
    except ValueError as error:
        session.notify(str(error))


def _duplicate() -> None:
    """One of the runs with one setting changed."""
    runs = session.side_by_side()
    if len(runs) >= MOST:
        return
    st.markdown("**Duplicate and change**")
    chosen = st.segmented_control(
        "Run",
        range(len(runs)),
        default=len(runs) - 1,
        format_func=lambda k: LETTERS[k],
        key="duplicated",
        required=True,
    )
    run = runs[min(chosen, len(runs) - 1)]
    fitting = [n for n in SETTINGS if n not in ("features", "n_classes") and run.config.applies(n)]
    name = st.selectbox("Setting", fitting, fitting.index("learning_rate"), format_func=lambda n: SETTINGS[n].label)
    n_layers = len(run.config.hidden_layer_sizes) + 1
    value = _value(name, SETTINGS[name], getattr(run.config, name), run.name, n_layers)
    st.button("Add this run", key="add changed", width="stretch", on_click=_add_changed, args=(run, name, value))


def _value(name: str, s: Setting, now: Any, run: str, n_layers: int) -> Any:
    """A field for a setting's new value; each run has its own, which begins with its value."""
    key = f"new {name} {run}"
    if name == "activations":
        return (st.selectbox("New value", s.choices, format_func=lambda v: shown_value(name, v), key=key),)
    if name == "hidden_layer_sizes":
        return st.text_input("New value", ", ".join(map(str, now)), key=key, help="Numbers with commas, such as 8, 8.")
    if name == "frozen":
        return st.multiselect("New value", range(1, n_layers + 1), list(now), key=key, help=s.help)
    if s.choices:
        return st.selectbox("New value", s.choices, format_func=lambda v: shown_value(name, v), key=key)
    if s.presets:
        return st.select_slider("New value", s.stops(now), now, format_func=lambda v: f"{v:g}", key=key)
    step = 1 if isinstance(now, int) else 0.05
    kind = type(now)
    return st.number_input("New value", kind(s.low or 0), kind(s.high or 0), now, step=step, key=key)


def _add_changed(run: Experiment, name: str, value: Any) -> None:
    try:
        if name == "hidden_layer_sizes":
            value = read_layers(value)
        if name == "frozen":
            value = tuple(sorted(value))
        session.add_to_compare(Experiment(run.config.changed(**{name: value}), run.changes))
    except ValueError as error:
        session.notify(str(error))


def _branches() -> None:
    """The branches of the run on the Playground that are not among them yet."""
    runs = session.side_by_side()
    others = {branch.run: title for branch, title in session.branches().items() if branch.run not in runs}
    if others and len(runs) < MOST:
        st.markdown("**From the Playground**")
        for run, title in others.items():
            st.button(
                f"Add {session.plain(title)}", key=f"branch {run.name}", width="stretch",
                on_click=session.add_to_compare, args=(run,),
            )  # fmt: skip


def _paste() -> None:
    if len(session.side_by_side()) < MOST:
        st.markdown("**From a link**")
        st.text_input(
            "Link", key="pasted link", on_change=_open_link, label_visibility="collapsed",
            placeholder="Paste a copied link, then Enter",
        )  # fmt: skip


def _open_link() -> None:
    text = session.said("pasted link") or ""
    if not text.strip():
        return
    run, problems = from_link(text.strip())
    for sentence in problems:
        session.notify(sentence)
    if not problems:
        session.add_to_compare(run)


show()
