"""A sheet to draw points on, in the browser: blank, with the present points, or with points that a formula sorts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.app import components, session
from playground.run.data import make_data
from playground.tables.drawn import CLASSES, MOST_POINTS, can_draw_on, drawn_table, points_of
from playground.tables.formula import FUNCTIONS, MOST_LETTERS
from playground.tables.scattered import MAX_NOISE, scattered
from playground.tables.table import Table
from playground.web.glance_route import ask_glance_address

KEY = "draw"
STARTS = {
    "blank": "Begin with a blank sheet",
    "formula": "Begin with a formula",
    "present": "Begin with the points shown now",
}
FORMULAS = (
    "y > sin(2*x)", "x^2 + y^2 < 4", "x*y > 0", "abs(x) + abs(y) < 2", "y > x^2 - 2 and y < 2",
    "sin(2*x)*sin(2*y) > 0",
)  # fmt: skip
USUAL: dict[str, Any] = {"formula": FORMULAS[0], "n": 240, "noise": 0.1, "seed": 1}
GRAMMAR = (
    f"In x and y, with + - * / ^, brackets, pi, {', '.join(FUNCTIONS)}; compare with < or >, join with and, or. "
    "Where it is true, points are of class 1."
)


def sheet(on_table: Callable[[Table], None]) -> None:
    """Choose what is on the sheet, and mount it; `on_table` gets what was drawn."""
    starts = dict(STARTS)
    if not (session.experiment().config.is_planar and can_draw_on(make_data(session.experiment())[0])):
        del starts["present"]
    before = session.kept("sheet start", "blank")
    session.fill_widget("sheet start", before if before in starts else "blank")
    with st.container(key="drawing"):
        with st.container(key="drawing_start"):
            start = st.radio(
                "Begin with", starts, format_func=starts.get, horizontal=True, key="sheet start",
                on_change=_begin_with, label_visibility="collapsed",
            )  # fmt: skip
            version, points = _formula() if start == "formula" else _start(start or "blank")
        told = {"version": version, "classes": CLASSES, "points": points}
        data = {**told, "most": MOST_POINTS, "ask": ask_glance_address()}
        components.draw(key=KEY, data=data, on_use_change=lambda: _on_use(on_table))


def _begin_with() -> None:
    session.keep("sheet start", session.read_widget("sheet start")[0])


def _start(name: str) -> tuple[str, list[float]]:
    """A name of what is on the sheet, and its points: a blank one, or that of the experiment."""
    if name == "blank":
        return name, []
    return f"{name} {session.experiment().data_name}", points_of(make_data(session.experiment())[0])


def _on_use(on_table: Callable[[Table], None]) -> None:
    try:
        on_table(drawn_table(session.said(KEY).use))
    except ValueError as error:
        session.notify(str(error))


# ---- a formula ---------------------------------------------------------------------------------------------------
def _formula() -> tuple[str | None, list[float]]:
    """The same for points in the two classes of a formula; without a name, so that the sheet stays, where it errs."""
    chosen: dict[str, Any] = session.kept("scattered", USUAL)
    for name, value in chosen.items():
        session.fill_widget(f"scattered {name}", value)
    session.fill_widget("scattered example", chosen["formula"] if chosen["formula"] in FORMULAS else None)
    above = st.container(horizontal=True, vertical_alignment="center")
    above.pills(
        "Formulas to begin with", FORMULAS, key="scattered example", on_change=_choose_formula,
        format_func=session.plain, label_visibility="collapsed",
    )  # fmt: skip
    row = st.container(horizontal=True, vertical_alignment="bottom")
    row.text_input(
        "Your formula", key="scattered formula", max_chars=MOST_LETTERS, on_change=_set, args=("formula",), width=400,
        help=GRAMMAR,
    )  # fmt: skip
    row.slider("Points", 20, MOST_POINTS, step=20, key="scattered n", on_change=_set, args=("n",), width=170)
    row.slider(
        "Noise", 0.0, MAX_NOISE, step=0.01, key="scattered noise", on_change=_set, args=("noise",), width=150,
        help="How far points are shifted after the formula has sorted them, so that the classes mix at the border.",
    )  # fmt: skip
    row.number_input(
        "Seed", 1, 9999, key="scattered seed", on_change=_set, args=("seed",), width=130,
        help="Another number draws other points.",
    )  # fmt: skip
    try:
        found = scattered(chosen["formula"], chosen["n"], chosen["noise"], chosen["seed"])
    except ValueError as error:
        st.error(session.plain(str(error)))
        return None, []
    above.caption(session.plain(found.words))
    return "formula " + " ".join(map(str, chosen.values())), found.points


def _set(name: str) -> None:
    value, is_new = session.read_widget(f"scattered {name}")
    if is_new:
        session.keep("scattered", {**session.kept("scattered", USUAL), name: value})


def _choose_formula() -> None:
    value, is_new = session.read_widget("scattered example")
    if is_new and value is not None:
        session.keep("scattered", {**session.kept("scattered", USUAL), "formula": value})
