"""A table that somebody brings along: read, shown with what was made of it, chosen from, and used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.app import session, table_picture
from playground.tables.choice import GAPS, TASKS, Choice, choose, guess, splits_of, uses
from playground.tables.encoding import ENCODINGS
from playground.tables.examples import FOLDER
from playground.tables.heading import NAME_ROWS
from playground.tables.numerals import DECIMALS
from playground.tables.sheet import MAX_BYTES, Reading, Sheet, read_sheet
from playground.tables.table import MAX_INPUTS, MAX_ROWS, SCALINGS, Table

TO_TRY = FOLDER / "penguins.csv"
AS_FOUND = AT_RANDOM = ""  # None would be no choice at all to a select box
PREVIEW_ROWS = 200
MOST_LETTERS = 80  # of the classes' names; the picture names them too
FILE, PASTED, SOURCE, READ = "brought file", "pasted text", "brought", "sheets read"
PLAIN = session.plain


def table(on_table: Callable[[Table], None]) -> None:
    """Upload or paste a table, look at it, choose, and use it."""
    brought = _brought()
    above = st.container()
    is_read = brought is not None and _look_at(*brought, on_table)
    with above:
        _source(brought[1] if brought and is_read else "")
        if brought is None:
            text = TO_TRY.read_text(encoding="utf-8")
            st.button("Try it with a table of penguins", on_click=_paste, args=(text,))


def _look_at(raw: bytes, title: str, on_table: Callable[[Table], None]) -> bool:
    """What is chosen beside a picture of it, and below how the table was read; gives whether it could be."""
    choices, picture = table_picture.beside()
    told, below = st.container(), st.container()
    try:
        with below:
            sheet = _read(raw, title)
    except ValueError as error:
        told.error(PLAIN(str(error)))
        return False
    with choices:
        short = st.container()
        choice = _choice(sheet, picture)
    with told:
        _tell(sheet)
    with below:
        _rows(sheet)
        _columns(sheet, choice)
    try:
        chosen = choose(sheet, choice)
    except ValueError as error:
        short.markdown(f"**{PLAIN(title)}**: {len(sheet):,} rows and {len(sheet.columns)} columns.")
        picture.error(PLAIN(str(error)))
        return True
    short.markdown(f"**{PLAIN(title)}**: {PLAIN(_in_short(chosen.table))}")
    for note in chosen.notes:
        short.markdown(PLAIN(note))
    with picture:
        table_picture.show(chosen.table, "Train on these data", on_table)
    return True


# ---- where it comes from -----------------------------------------------------------------------------------------
def _brought() -> tuple[bytes, str] | None:
    """What was uploaded or pasted last, (bytes, title); it stays while one looks at something else."""
    file: tuple[bytes, str] | None = session.kept(FILE, None)
    text = session.kept(PASTED, "")
    if text.strip() and not (file is not None and session.kept(SOURCE, "") == "file"):
        return text.encode("utf-8", "replace"), "Pasted data"
    return file


def _source(title: str) -> None:
    """Where a table is uploaded or pasted; it gives way to what there is to see of one, and of which title."""
    limits = f"CSV, TSV and the like: at most {MAX_BYTES // 2**20} MB, {MAX_ROWS:,} rows, {MAX_INPUTS} inputs."
    with st.expander(f"Bring another table instead of “{PLAIN(title)}”" if title else "Bring a table", not title):
        left, right = st.columns(2)
        left.file_uploader(
            "Upload a table", ["csv", "tsv", "txt", "dat", "arff", "md"], help=limits, key=FILE, on_change=_uploaded,
            max_upload_size=MAX_BYTES // 2**20,
        )  # fmt: skip
        with right.form("paste", border=False):
            session.fill_widget(PASTED, session.kept(PASTED, ""))
            st.text_area("Or paste one", height=104, key=PASTED, placeholder="height,weight,kind\n1.2,3.4,cat\n…")
            st.form_submit_button("Read it", on_click=_pasted)
        st.caption(limits)


def _uploaded() -> None:
    file = session.said(FILE)
    session.keep(FILE, None if file is None else (file.getvalue(), file.name.rsplit(".", 1)[0]))
    session.keep(SOURCE, "file")


def _pasted() -> None:
    _paste(session.said(PASTED) or "")


def _paste(text: str) -> None:
    session.keep(PASTED, text)
    session.keep(SOURCE, "text")


# ---- how it is read ----------------------------------------------------------------------------------------------
def _read(raw: bytes, title: str) -> Sheet:
    """The sheet as the user wants it read: the guess, and the switches that overrule it."""
    key = f"read {hashlib.sha256(raw).hexdigest()[:16]}"
    names, letters, signs = st.columns(3, vertical_alignment="bottom")
    encoding = letters.selectbox(
        "Encoding", [AS_FOUND, *ENCODINGS], format_func=lambda e: ENCODINGS.get(e, "as found"),
        key=session.lasting(f"{key} encoding", AS_FOUND),
        help="How the file writes letters beyond A to Z. Choose another where names look garbled.",
    )  # fmt: skip
    decimal = signs.selectbox(
        "Signs in numbers", [AS_FOUND, *DECIMALS], format_func=lambda d: DECIMALS.get(d, "as found"),
        key=session.lasting(f"{key} decimal", AS_FOUND),
        help="Whether 1.050 is a bit more than one, or a thousand and fifty.",
    )  # fmt: skip
    reading = Reading(encoding=encoding or None, decimal=decimal or None)
    guessed = _remembered(raw, title, reading)
    name_rows = names.selectbox(
        "The names stand in", [*NAME_ROWS], format_func=lambda n: NAME_ROWS[n],
        key=session.lasting(f"{key} {encoding} names", guessed.name_rows),
        help="In two rows where groups, such as years, stand above what each group has again.",
    )  # fmt: skip
    if name_rows != guessed.name_rows:
        reading = replace(reading, name_rows=name_rows)
    sheet = _remembered(raw, title, reading)
    if has_digits := [column.name for column in sheet.columns if column.has_digits]:
        found = [column.name for column in sheet.columns if column.is_code]
        codes = st.multiselect(
            "Digits that are codes", has_digits, placeholder="none",
            key=session.lasting(f"{key} {encoding} {decimal} {name_rows} codes", found),
            help="Postcodes, telephone numbers, ISBNs: they name something, and twice as much of it means nothing.",
        )  # fmt: skip
        if set(codes) != set(found):
            reading = replace(reading, codes=tuple(codes))
            sheet = _remembered(raw, title, reading)
    if void := sorted({x for column in sheet.columns for x in column.void}):
        told = ", ".join(f"{x:g}" for x in void[:4])
        count = "counts" if len(void) == 1 else "count"
        if not st.toggle(f"{told} {count} as missing", key=session.lasting(f"{key} void", True)):
            return _remembered(raw, title, replace(reading, fill_values=False))
    return sheet


def _remembered(raw: bytes, title: str, reading: Reading) -> Sheet:
    """Reading takes a while for a long file: the last sheets are kept."""
    key = (hashlib.sha256(raw).hexdigest(), title, reading)
    known: dict[object, Sheet] = session.kept(READ, {})
    if key not in known:
        known = dict(list(known.items())[-3:]) | {key: read_sheet(raw, title, reading)}
        session.keep(READ, known)
    return known[key]


def _tell(sheet: Sheet) -> None:
    """How it was read."""
    st.subheader("How the table was read")
    st.markdown(PLAIN(sheet.describe()))
    if sheet.remarks:
        st.markdown("\n".join(f"- {PLAIN(remark)}" for remark in sheet.remarks))


def _rows(sheet: Sheet) -> None:
    """Its first rows."""
    n = min(len(sheet), PREVIEW_ROWS)
    st.dataframe(pd.DataFrame({c.name: c.cells[:n] for c in sheet.columns}), height=220, hide_index=True)
    if n < len(sheet):
        st.caption(f"The first {n} rows.")


# ---- what is chosen ----------------------------------------------------------------------------------------------
def _choice(sheet: Sheet, picture: DeltaGenerator) -> Choice:
    """The questions that a table leaves open, with likely answers; another file starts afresh.

    picture : where that of the rows will stand: above it is asked what keeps it away
    """
    key = f"own {sheet.digest[:16]}"
    first = guess(sheet)
    target = st.selectbox(
        "Target: what the network is to find out", sheet.names, key=session.lasting(f"{key} target", first.target)
    )
    likely = guess(sheet, target)
    split = None
    if splits := [name for name in splits_of(sheet) if name != target]:
        split = st.selectbox(
            "Rows for testing", [*splits, AT_RANDOM], key=session.lasting(f"{key} split {target}", splits[0]),
            format_func=lambda name: f"as column “{name}” says" if name else "drawn at random",
        )  # fmt: skip
    others = [name for name in sheet.names if name not in (target, split)]
    of_these = session.lasting(f"{key} inputs {target} {split}", list(likely.inputs))
    inputs = st.multiselect("Inputs: what it is told", others, key=of_these)
    task = st.radio(
        "Task", [*TASKS], format_func=lambda t: TASKS[t], horizontal=True,
        key=session.lasting(f"{key} task {target}", likely.task),
    )  # fmt: skip
    plane = _plane(sheet, inputs, f"{key} {target}") if len(inputs) > 2 else None
    scaling = _one_of("Scaling", SCALINGS, f"{key} scaling")
    gaps = _one_of("Missing values", GAPS, f"{key} gaps")
    forgive = False
    if any(c.is_numeric and c.strangers for c in sheet.columns if c.name in (target, *inputs)):
        forgive = picture.checkbox(
            "Cells that were not understood count as missing", key=session.lasting(f"{key} forgive", False)
        )
    return Choice(target, tuple(inputs), task, gaps, scaling, plane, forgive, split or None)


def _one_of(label: str, words: dict[str, str], key: str) -> str:
    return st.selectbox(
        label, [*words], format_func=lambda name: words[name], key=session.lasting(key, next(iter(words)))
    )


def _plane(sheet: Sheet, inputs: list[str], key: str) -> tuple[str, str] | None:
    """Which plane through many inputs the picture shows; None for their principal components."""
    numeric = [name for name in inputs if sheet.column(name).is_numeric]
    kinds = {"pca": "the two principal components"} | ({"two": "two inputs"} if len(numeric) > 1 else {})
    key_of_kind = session.lasting(f"{key} plane", "pca", kinds)
    kind = st.radio("The Playground shows", [*kinds], format_func=lambda k: kinds[k], key=key_of_kind, horizontal=True)
    if kind != "two":
        return None
    right, up = st.columns(2)
    across = right.selectbox("to the right", numeric, key=session.lasting(f"{key} right", numeric[0], numeric))
    others = [name for name in numeric if name != across]
    return across, up.selectbox("upwards", others, key=session.lasting(f"{key} up", others[0], others))


def _columns(sheet: Sheet, choice: Choice) -> None:
    """What becomes of every column: none is left out, widened or renamed in silence."""
    rows = [
        (use.name, use.read_as, use.used, use.n_missing, use.n_strangers, use.first_stranger)
        for use in uses(sheet, choice)
    ]
    names = ["Column", "Read as", "Used as", "Missing", "Not understood", "The first of them"]
    left_out = sum(used.startswith("left out") for _, _, used, *_ in rows)
    height = 36 + 35 * min(len(rows), 8)
    st.markdown(f"**What becomes of the columns**{f': {left_out} of {len(rows)} left out' if left_out else ''}")
    st.dataframe(pd.DataFrame(rows, columns=names), height=height, hide_index=True)


def _in_short(chosen: Table) -> str:
    """What the choice comes to."""
    n, names = len(chosen.inputs), ", ".join(chosen.classes)
    what = f"target {chosen.target}"
    if chosen.classes:
        what = f"{len(chosen.classes)} classes" + (f": {names}" if len(names) <= MOST_LETTERS else "")
    return f"{len(chosen):,} rows, {n} input{'s' * (n > 1)}, {what}."
