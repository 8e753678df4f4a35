"""What a search is made of, in the sidebar of the page Atlas: settings with ranges, how many runs, who goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from playground.app import session
from playground.run.atlas import KINDS
from playground.run.search import KEEP, LEAST_AXES, MOST_AXES, MOST_DRAW, POINTS, Dimension, Search, usual

RUNS, SEEDS, EPOCHS = (9, 18, 27, 54, 81, 128, 256), (1, 2, 3, 5, 10), (10, 20, 50, 100, 200, 500, 1000)


def show(search: Search) -> None:
    """Settings, counts, and how the points are drawn."""
    session.fill_widget("searched", [axis.key for axis in search.axes])
    st.multiselect(
        "Settings that vary", list(KINDS), format_func=lambda key: KINDS[key].label, key="searched",
        max_selections=MOST_AXES, on_change=_choose, help=f"{LEAST_AXES} to {MOST_AXES} of them.",
    )  # fmt: skip
    for axis in search.axes:
        _values(axis)
    for name, label, stops, words, help_ in (
        ("n_points", "Runs", RUNS, str, "Points in the ranges; each is trained from every seed."),
        ("n_seeds", "Seeds for each run", SEEDS, str, "The one in the middle by its score is drawn and decides."),
        ("epochs", "Epochs", EPOCHS, str, "Passes over the training data that those make who are trained to the end."),
        (
            "keep_one_of", "Who goes on", tuple(KEEP), KEEP.__getitem__,
            "All runs begin; the worst are dropped on the way, and the time goes to the others. That saves most of the "
            "work, but one that starts slowly, as with a low rate or a strong penalty, may be dropped too early.",
        ),
    ):  # fmt: skip
        now = session.fill_widget(f"search {name}", getattr(search, name))
        st.select_slider(
            label, sorted({*stops, now}), format_func=words, key=f"search {name}", help=help_,
            on_change=_count, args=(name,),
        )  # fmt: skip
    session.fill_widget("search points", search.points)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Points", list(POINTS), format_func=POINTS.__getitem__, key="search points", required=True,
            on_change=_count, args=("points",),
            help="Evenly: a Sobol sequence, which leaves no large gaps. At random: what chance brings.",
        )  # fmt: skip
        st.button("Draw others", key="draw", on_click=_draw, help="Other points in the same ranges.")


def _values(axis: Dimension) -> None:
    """The range or the values of a setting."""
    kind = axis.kind
    key = f"range {axis.key}"
    session.fill_widget(key, axis.written(" to "))
    help_ = f"With commas between them. Known are {', '.join(kind.choices)}." if kind.choices else (
        "A range, such as “0.001 to 1”, or values with commas; nothing for the usual range."
    )  # fmt: skip
    words = "Values" if kind.choices else "Range"
    st.text_input(f"{words} of the {kind.name}", key=key, help=help_, on_change=_type, args=(axis.key,))


def _set(make: Callable[[Search], Search]) -> None:
    """Show another search; what cannot be becomes a notice, and the present one stays."""
    search = session.atlas()
    if isinstance(search, Search):
        try:
            session.set_atlas(make(search))
        except ValueError as error:
            session.notify(str(error))


def _choose() -> None:
    """Other settings vary; those that stay keep their ranges."""
    keys, is_new = session.read_widget("searched")
    if is_new:
        _set(
            lambda search: replace(
                search, axes=tuple(next((a for a in search.axes if a.key == key), None) or usual(key) for key in keys)
            )
        )


def _type(key: str) -> None:
    """Another range, or other values."""
    text, is_new = session.read_widget(f"range {key}")

    def make(search: Search) -> Search:
        new = Dimension.read(key, text) if text.strip() else usual(key)
        return replace(search, axes=tuple(new if axis.key == key else axis for axis in search.axes))

    if is_new:
        _set(make)


def _count(name: str) -> None:
    value, is_new = session.read_widget(f"search {name}")
    if is_new:
        change: dict[str, Any] = {name: value}
        _set(lambda search: replace(search, **change))


def _draw() -> None:
    _set(lambda search: replace(search, draw=search.draw % MOST_DRAW + 1))
