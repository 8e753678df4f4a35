"""A table before anything is learned from it: its rows as points, and the button that trains on them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.app import charts, session
from playground.app.charts import Chart
from playground.app.theme import theme_type
from playground.figures.scatter import drawn_rows, scatter, scatter_in_words
from playground.tables.table import Table


def beside() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for what is chosen or edited, and beside it one for the picture; on a phone the picture stands above."""
    with st.container(key="beside_picture"):
        left, right = st.columns([2, 3], gap="medium")
    return left, right


def show(table: Table, button: str, on_table: Callable[[Table], None]) -> None:
    """Draw its rows, say what is not seen of them, and offer to train."""
    picture = Chart("rows", scatter(table, theme=theme_type()), scatter_in_words(table))
    with st.container(key="picture_of_rows"):  # as high before it is drawn as after: the button below it stays there
        charts.show([picture], key="table_picture", columns=1)
    if unseen := _unseen(table):
        st.caption(session.plain(unseen))
    st.button(button, type="primary", on_click=on_table, args=(table,))


def _unseen(table: Table) -> str:
    """What the picture leaves away; "" for nothing."""
    n, n_drawn = len(table.inputs), len(drawn_rows(table))
    said = []
    if n > 2 and table.plane is None:
        note = table.prepared(0.5, 0).plane.note
        said.append(f"The picture shows the first two of {n} inputs; the network is told all of them.")
        said.append(f"The Playground shows {note[:1].lower()}{note[1:]}")
    elif n > 2:
        said.append(f"The picture shows two of {n} inputs; the network is told all of them.")
        said.append("On the Playground the others are at their mean.")
    if n_drawn < len(table):
        said.append(f"{n_drawn:,} of {len(table):,} rows are drawn.")
    return " ".join(said)
