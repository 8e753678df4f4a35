"""The teacher's desk on the page Lessons: tasks of one's own, worksheets, and a class with its board."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from playground.app import components, place, session
from playground.app.shared_runs import classes, trials, turn
from playground.export.qr_code import qr_code
from playground.run.compared import from_link, shown_value
from playground.run.config import SETTINGS
from playground.run.experiment import Experiment
from playground.scenes import packed
from playground.scenes.challenge import solved_at_its_start
from playground.scenes.classroom import Entry, as_csv
from playground.scenes.document import MOST_LETTERS
from playground.scenes.lesson import read_lesson
from playground.scenes.lesson_check import check_lesson
from playground.scenes.library import library
from playground.scenes.rules import read_rule
from playground.scenes.task import Draft, markdown, problems
from playground.scenes.worksheet import answer_key, worksheet
from playground.web import look

COOKIE = "mlp-class"
"""Where a teacher's browser keeps the key of the class, so that a reload comes back to it"""
LIVE_SECONDS = 2.0
PROJECTED = f"<style>{look.magnified()} .st-key-board :is(td, th, td p) {{ font-size: var(--type-head); }}</style>"


def desks() -> None:
    """The ways to all of them."""
    st.markdown("**For teachers**")
    with st.container(horizontal=True, key="desks"):
        for name, (label, icon, _) in DESKS.items():
            st.button(label, key=f"desk {name}", icon=f":material/{icon}:", on_click=place.go, kwargs={"desk": name})


def draw(name: str) -> None:
    """One of them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All lessons", key="all", icon=":material/apps:", on_click=place.go)
        st.markdown(f"**{DESKS[name][0]}**")
    DESKS[name][2]()


# ---- tasks ---------------------------------------------------------------------------------------------------------
def _make() -> None:
    """The builder: fields on the left, what becomes of them on the right."""
    st.markdown(
        "A task begins with a run, names a goal, and lets its solver change what you allow and nothing else, on any "
        "page. It becomes a link, or a Markdown file in which whole lessons can be written too."
    )
    fields, shown = st.columns(2, gap="large")
    with fields:
        draft = _fields()
    with shown:
        if draft is not None:
            _become(text := markdown(draft), "task")
            _say_if_solved(text)
    with st.expander("A whole lesson, or a task, as a Markdown file", key="whole_lesson"):
        _whole()


def _fields() -> Draft | None:
    title = st.text_input("Title", "My task", max_chars=80, key="make_title")
    link = st.text_input(
        "Begins with", placeholder="A link of the playground; empty for the run that was on screen last",
        key="make_link", max_chars=8000,
    )  # fmt: skip
    start = _start(link)
    text = st.text_area("Text", key="make_text", max_chars=3000, placeholder="What is to be done, and why. Markdown.")
    may = st.multiselect(
        "May be changed", list(SETTINGS), ["hidden_layer_sizes", "learning_rate"], key="make_may",
        format_func=lambda name: SETTINGS[name].label,
    )  # fmt: skip
    goal = st.text_input(
        "Goal", "test accuracy >= 95 %; epochs <= 200; seeds 4 of 5", key="make_goal", max_chars=300,
        help="Such as: test accuracy >= 95 %; neurons <= 6; epochs <= 200; seeds 4 of 5. All words: docs/lessons.md.",
    )  # fmt: skip
    stars = [
        st.text_input(f"For a {n} star, also", key=f"make_star_{n}", max_chars=300, placeholder="neurons <= 4")
        for n in ("second", "third")
    ]
    hint = st.text_input("Hint", key="make_hint", max_chars=500)
    if start is None:
        return None
    with suppress(ValueError):  # said beside, with the other faults
        st.caption(session.plain(read_rule(goal).words))
    return Draft(title, text, start, tuple(may), goal, tuple(stars), hint)


def _start(link: str) -> Experiment | None:
    if not link.strip():
        start = Experiment(session.experiment().now)
        c = start.config
        sizes = "-".join(map(str, c.sizes))
        told = "own data" if c.own_data is not None else shown_value("dataset", c.dataset)
        st.caption(f"It begins with: {told}, network {sizes}.")
        return start
    start, sentences = from_link(link.strip())
    for sentence in sentences:
        st.error(session.plain(sentence))
    return None if sentences else start


def _become(text: str, key: str) -> None:
    """A file's faults, or its link, its preview and the file itself; `key` tells the two on the page apart."""
    if found := problems(text):
        for problem in found[:8]:
            st.error(session.plain(problem.sentence))
        return
    try:
        link = packed.to_text(text)
    except ValueError as error:
        st.warning(session.plain(str(error)))
    else:
        room = {"room": mine[0]} if (mine := _mine()) else {}
        st.markdown(f"**Its link**, for {'class ' + mine[0] if mine else 'your class'}:")
        st.code(session.address(**room, task=link), language=None, wrap_lines=True)
        st.button("See it as its solvers do", key=f"preview_{key}", icon=":material/visibility:", on_click=_preview,
                  args=(link,), help="This tab is then locked as theirs: open this page anew to go on.")  # fmt: skip
    st.download_button("Save as Markdown file", text, "task.md", "text/markdown", key=f"save_{key}", on_click="ignore",
                       icon=":material/download:")  # fmt: skip
    with st.expander("The file", key=f"file_{key}"):
        st.code(text, language="markdown", wrap_lines=True)


def _say_if_solved(text: str) -> None:
    """A warning where the run that a task begins with meets its goal already."""
    lesson, found = read_lesson(text, packed.name_of(text))
    if found or lesson is None or lesson.challenge is None:
        return
    try:
        with st.spinner("The engine tries whether it is solved from the start …"):
            solved = solved_at_its_start(lesson.challenge, trials(), turn)
    except ValueError as error:
        st.warning(session.plain(str(error)))
        return
    if solved:
        st.warning(
            "The run that this task begins with meets the goal already: its solvers would have nothing to do. "
            "Begin with a run that misses it, or ask for more."
        )


def _preview(link: str) -> None:
    lesson = packed.from_text(link)
    if lesson.is_task and lesson.challenge is not None:
        session.lock(lesson.challenge)
    place.go(task=link)


def _whole() -> None:
    text = st.text_area("Markdown", key="whole", height=300, max_chars=MOST_LETTERS, label_visibility="collapsed")
    if st.button("Check it", key="check_whole", icon=":material/rule:") and text.strip():
        said: list[str] = []
        with st.spinner("The engine tries all that it claims …"):
            found = check_lesson(text, packed.name_of(text), trials(), turn, said.append)
        for problem in found[:30]:
            st.error(session.plain(str(problem)))
        if not found:
            st.success("Nothing is wrong with it. " + session.plain(" ".join(said[:6])))
    if text.strip():
        _become(text, "whole")


# ---- worksheets ----------------------------------------------------------------------------------------------------
def _sheets() -> None:
    """A lesson on one page of A4, and the key to it."""
    st.markdown("Each lesson on one page of A4: boxes for what is expected, a table for five runs. Open it and print.")
    name = st.selectbox("Lesson", list(library()), format_func=lambda n: library()[n].title, key="sheet_of")
    lesson = library()[name]
    link = session.address(lesson=name)
    with st.container(horizontal=True):
        st.download_button("Worksheet", worksheet(lesson, address=link), f"{name}.html", "text/html", key="sheet",
                           on_click="ignore", icon=":material/print:")  # fmt: skip
        st.download_button("Answer key", lambda: _key(name), f"{name}-key.html", "text/html", key="key",
                           on_click="ignore", icon=":material/key:")  # fmt: skip


def _key(name: str) -> str:
    try:
        return answer_key(library()[name], trials(), turn)
    except ValueError as error:
        return str(error)


# ---- the class -----------------------------------------------------------------------------------------------------
def _class() -> None:
    """A room, and its board."""
    room = _mine()
    if room is None:
        st.markdown(
            "Open a class: your pupils point a camera at its code and hand in what they have solved, with a name of "
            "their choice. The board shows what the engine has recomputed, and nothing else. It is in this server's "
            "memory only, and gone after six hours or when you close it."
        )
        st.button("Open a class", key="open_class", type="primary", on_click=_open, icon=":material/groups:")
        if session.kept("class", None) == ("", ""):
            components.memory(key="memory_class", data={"name": COOKIE, "value": ""})
        return
    code, key = room
    components.memory(key="memory_class", data={"name": COOKIE, "value": f"{code}.{key}"})
    st.html(PROJECTED)
    way, board = st.columns([1, 2.4], gap="large")
    with way:
        _invite(code)
        st.button("Close the class", key="close_class", on_click=_close, icon=":material/close:",
                  help="All that was handed in is forgotten: save the table first.")  # fmt: skip
    with board:
        _board(code, key)


def _mine() -> tuple[str, str] | None:
    """The class of this teacher: opened in this tab, or remembered by this browser."""
    kept: tuple[str, str] | None = session.kept("class", None)
    code, _, key = ".".join(kept).partition(".") if kept else str(st.context.cookies.get(COOKIE, "")).partition(".")
    if not code:
        return None
    try:
        classes().entries(code, key)
    except ValueError:
        return None
    return code, key


def _open() -> None:
    try:
        session.keep("class", classes().begin())
    except ValueError as error:
        session.notify(str(error))


def _close() -> None:
    if room := _mine():
        classes().close(*room)
    session.keep("class", ("", ""))


def _invite(code: str) -> None:
    st.markdown(f"### Class {code}")
    lesson = st.selectbox(
        "Opens", list(library()), index=None, format_func=lambda name: library()[name].title, key="class_opens",
        placeholder="All lessons", help="A task of your own has a link of its own: see “Make a task”.",
    )  # fmt: skip
    link = session.address(room=code, **({"lesson": lesson} if lesson else {}))
    try:
        st.image(qr_code(link), width=260, alt=f"QR code of {link}")
    except ValueError as error:
        st.caption(session.plain(str(error)))
    st.code(link, language=None, wrap_lines=True)


@st.fragment(run_every=LIVE_SECONDS)
def _board(code: str, key: str) -> None:
    """What was handed in, as it comes."""
    try:
        entries = classes().entries(code, key)
    except ValueError:
        st.rerun(scope="app")
    n = len(entries)
    st.markdown(f"### {n} {'solution' if n == 1 else 'solutions'}, recomputed by the engine")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button("Save as CSV file", as_csv(entries), "class.csv", "text/csv", key="class_csv",
                           on_click="ignore", icon=":material/download:", disabled=not entries)  # fmt: skip
        if entries:
            with st.popover("Remove a name", icon=":material/delete:"):
                for entry in entries:
                    st.button(
                        session.plain(f"{entry.name}: {entry.lesson}"), key=f"remove {entry.number}",
                        on_click=_remove, args=(code, key, entry.number),
                    )  # fmt: skip
            last = max(entries, key=lambda entry: entry.number)  # on a long board it may stand out of sight
            st.markdown(session.plain(f"Newest: {last.name}, {last.lesson} {'★' * last.stars}"))
    with st.container(key="board"):
        if entries:
            st.table([_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, str]:
    """A line of the board; a table of Streamlit reads Markdown."""
    told = {"Name": entry.name, "Lesson": entry.lesson, "Stars": "★" * entry.stars, "How": entry.settings}
    return {column: session.plain(text) for column, text in told.items()}


def _remove(code: str, key: str, number: int) -> None:
    try:
        classes().remove(code, key, number)
    except ValueError as error:
        session.notify(str(error))


DESKS: dict[str, tuple[str, str, Callable[[], None]]] = {
    "make": ("Make a task", "edit", _make),
    "sheets": ("Worksheets", "print", _sheets),
    "class": ("A class and its board", "groups", _class),
}
