"""Data to learn from: drawn, ready, or brought along. What is used joins the experiment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from playground.app import bring, components, drawing, session, table_picture
from playground.run.data import make_data, untrained
from playground.run.experiment import Experiment
from playground.run.thumbnails import ready_thumbnails, thumbnails
from playground.tables.edited import PARTS, edited, frame_of, table_of
from playground.tables.examples import EXAMPLES
from playground.tables.table import Table

SECTION, READY, GO = "data section", "ready data", "go and train"
EDITABLE_ROWS = 2000
PLAIN = session.plain


def present() -> None:
    """What the network learns from now."""
    table, config = session.experiment().config.own_data, session.experiment().now
    if table is None:
        points, _ = make_data(session.experiment())
        words = f"**{PLAIN(config.dataset)}**, {len(points.x_train) + len(points.x_test)} points"
    else:
        what = f"{len(table.classes)} classes" if table.classes else f"the number “{table.target}”"
        n = len(table.inputs)
        size = f"{len(table):,} rows, {n} input{'s' * (n > 1)}, {what}"
        words = f"**{PLAIN(table.title or 'your data')}**: {PLAIN(size)}"
    st.markdown(f"The network now learns from {words}.")
    if sentence := untrained(session.experiment()):
        st.warning(PLAIN(sentence))


def use(table: Table) -> None:
    """Learn from a table from now on, and watch it on the Playground; a notice where that cannot be."""
    try:
        config = session.experiment().now.changed(own_data=table)
    except ValueError as error:
        session.notify(str(error))
        return
    session.show(Experiment(config))
    session.keep(GO, True)


# ---- drawing -----------------------------------------------------------------------------------------------------
def draw() -> None:
    """A sheet to draw on, beside what a small network makes of it."""
    drawing.sheet(use)


def upload() -> None:
    """Upload or paste a table, look at it, choose, and use it."""
    bring.table(use)


# ---- ready -------------------------------------------------------------------------------------------------------
def ready() -> None:
    """Toy datasets and real measurements, a card each; a click trains on them and opens the Playground."""
    st.markdown("A click trains on them, on the page Playground.")
    now = session.experiment().now
    chosen = "" if now.own_data is not None else next(t["kind"] for t in thumbnails() if t["name"] == now.dataset)
    data = {"chosen": f"{chosen} {now.dataset}", "cards": [*ready_thumbnails(), *thumbnails()]}
    components.ready(key=READY, data=data, on_chosen_change=_use_ready)


def _use_ready() -> None:
    """Anything may come from a browser: what is no card is no choice."""
    chosen = getattr(session.said(READY), "chosen", None)
    for card in (*thumbnails(), *ready_thumbnails()):
        if chosen == {"kind": card["kind"], "name": card["name"]}:
            if "source" in card:
                use(EXAMPLES[card["name"]].load())
            else:
                session.change(dataset=card["name"])
                session.keep(GO, True)


# ---- the table ---------------------------------------------------------------------------------------------------
def edit() -> None:
    """The present data as a table that can be changed."""
    config = session.experiment().config
    table = config.own_data or table_of(make_data(session.experiment())[0], config.dataset.title())
    if table is None:
        st.info("These data cannot be edited here: classes are needed, or one number to predict.")
        return
    if len(table) > EDITABLE_ROWS:
        st.info(f"Tables of up to {EDITABLE_ROWS:,} rows can be edited here; this one has {len(table):,}.")
        return
    frame = frame_of(table)
    columns: dict[str, Any] = {}
    words = [list(table.classes)] * bool(table.classes) + [list(PARTS)] * (table.held_out is not None)
    for name, choices in zip(frame.columns[len(table.inputs) + (not table.classes) :], words, strict=True):
        columns[name] = st.column_config.SelectboxColumn(options=choices, required=True)
    editor, picture = table_picture.beside()
    with editor:
        changed = st.data_editor(
            frame, num_rows="dynamic", height=420, column_config=columns, key=f"editor {table.digest}"
        )
    with picture:
        try:
            table_picture.show(edited(table, changed), "Train on the edited table", use)
        except ValueError as error:
            st.error(PLAIN(str(error)))


SECTIONS = {"Draw": draw, "Ready data": ready, "Upload or paste": upload, "Edit as a table": edit}


def sections() -> None:
    """One section at a time, so that the sheet has its full width when it is looked at."""
    chosen = session.fill_widget(SECTION, session.kept(SECTION, "Draw"))
    with st.container(horizontal=True, vertical_alignment="center", key="sections"):
        st.segmented_control("How", list(SECTIONS), key=SECTION, on_change=_turn_to, label_visibility="collapsed")
        present()
    SECTIONS[chosen]()


def _turn_to() -> None:
    session.keep(SECTION, session.said(SECTION) or session.kept(SECTION, "Draw"))


if session.kept(GO, False):
    session.keep(GO, False)
    st.switch_page(Path(__file__).with_name("playground.py"))
sections()
st.caption(
    "Data that you draw or bring stay in this server's memory: nothing is written to disk. They travel only in what "
    "you take along yourself, a link or a file."
)
