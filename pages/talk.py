"""The page "Talk": talks that are ready, and one of one's own, written as text, looked through and started."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import streamlit as st

from playground.app import my_talk, session
from playground.app.shared_runs import studio
from playground.app.shared_talks import shelf
from playground.scenes import arrange, route
from playground.scenes.document import MOST_LETTERS
from playground.scenes.ready import ready_talk, ready_talks
from playground.scenes.talk import Talk, read_talk
from playground.scenes.talk_check import check

PLAIN = session.plain
HOW_TO = Path(__file__).parents[1] / "docs" / "talks.md"
MOST_PROBLEMS = 12
CHECKED = "talk checked"
ABOUT = {
    "depth": "One neuron draws a line. What can a layer do that builds on the lines of another?",
    "vanishing": "Eight layers that learn nothing, and the chain of quarters that is to blame.",
    "learning_rate": "Too small crawls, too large explodes: where the edge lies, and how to use it.",
}


def ready() -> None:
    """The talks that ship with the playground."""
    st.subheader("Ready to be given")
    for column, name in zip(st.columns(len(ready_talks())), ready_talks(), strict=True):
        talk = ready_talk(name)
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{talk.title}**  \n{ABOUT[name]} {talk.minutes:g} minutes, {len(talk.scenes)} scenes.")
            with st.container(horizontal=True):
                st.link_button("Start", f"{route.ADDRESS}/{name}", help="In a tab of its own.")
                st.button("Change it", key=f"open {name}", on_click=my_talk.set_source, args=(ready_talks()[name],))


def bring() -> None:
    """A talk from a file."""
    st.file_uploader(
        "Open a talk (.md)", ["md", "markdown", "txt"], key="talk file", on_change=_open, max_upload_size=1
    )


def _open() -> None:
    file = session.said("talk file")
    if file is None:
        return
    try:
        text = file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        session.notify(f"“{file.name[:60]}” is no text in UTF-8: a talk is a Markdown file.")
        return
    my_talk.set_source(text)


def write() -> tuple[Talk, bool]:
    """The text, and beside it what is wrong with it; or its scenes, to be put in order."""
    source = my_talk.source()
    talk, problems = read_talk(source)
    left, right = st.columns([3, 2], gap="large")
    with left:
        session.fill_widget(my_talk.TEXT, source)
        st.text_area(
            "The talk as text", key=my_talk.TEXT, height=520, max_chars=MOST_LETTERS, on_change=my_talk.take_edit,
            help="Markdown: a line of three dashes begins a scene, comments say what it does. Ctrl+Enter takes it in.",
        )  # fmt: skip
    with right:
        if problems:
            shown = [f"- {PLAIN(str(problem))}" for problem in problems[:MOST_PROBLEMS]]
            more = len(problems) - MOST_PROBLEMS
            st.warning("\n".join([*shown, *([f"- and {more} more"] if more > 0 else [])]))
        else:
            presses = sum(len(scene.stops) for scene in talk.scenes) - 1
            st.success(f"In order: {len(talk.scenes)} scenes, {presses} presses, {len(talk.runs)} runs.")
        scenes(talk)
    return talk, not problems


def scenes(talk: Talk) -> None:
    """One row for each scene."""
    last = len(talk.scenes) - 1
    for k, scene in enumerate(talk.scenes):
        moves = (
            ("↑", f"up {k}", "Earlier", k == 0, partial(arrange.moved, k=k, by=-1)),
            ("↓", f"down {k}", "Later", k == last, partial(arrange.moved, k=k, by=1)),
            ("×", f"away {k}", "Take away", False, partial(arrange.without, k=k)),
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{k + 1}. {PLAIN(scene.heading or 'No heading')}", width="stretch")
            for sign, key, words, off, change in moves:
                st.button(sign, key=key, help=words, disabled=off, on_click=_put, args=(change,), type="tertiary")


def _put(change: partial[str]) -> None:
    my_talk.set_source(change(my_talk.source()))


def take(talk: Talk, is_in_order: bool) -> None:
    """Start it, save it, or write it as one file."""
    source = my_talk.source()
    stem = re.sub(r"[^\w]+", "-", talk.title.lower()).strip("-")[:60] or "talk"
    with st.container(horizontal=True):
        if is_in_order:
            name, _ = shelf().put(source)
            st.link_button("Start the talk", f"{route.ADDRESS}/{name}", help="In a tab of its own.")
        else:
            st.button("Start the talk", disabled=True, help="Once nothing is wrong with it.")
        st.download_button("Save the text", source, f"{stem}.md", "text/markdown", on_click="ignore")
        with st.popover("Its link", help="It holds the whole talk: whoever opens it has the text on this page."):
            _link()
        wants_file = st.button("Make the offline file", disabled=not is_in_order, help="One HTML, without a server.")
    if wants_file:
        _prepare(source)
    checked = session.kept(CHECKED, None)
    if checked is None or checked[0] != source:
        return
    _, found = checked
    for problem in found.problems:
        st.warning(PLAIN(str(problem)))
    if not found.problems:
        st.markdown(PLAIN(found.facts))
        st.download_button("Download the offline file", found.file, f"{stem}.html", "text/html", on_click="ignore")


def _link() -> None:
    try:
        st.code(my_talk.link(), language=None, wrap_lines=True)
    except ValueError as error:
        st.markdown(PLAIN(str(error)))


def _prepare(source: str) -> None:
    """Record the runs, say how far it is, and keep the file."""
    words = "The runs are being recorded."
    bar = st.progress(0.0, words)
    session.keep(CHECKED, (source, check(source, studio(), lambda share: bar.progress(share, words))))
    bar.empty()


def own() -> None:
    """Your talk, with what starts it on top; and how to come by one."""
    st.subheader("Your own")
    if my_talk.source().strip():
        above = st.container()
        written = write()
        with above:
            take(*written)
    st.markdown(
        "Write it here, open a file or a link, or press **Add as a scene** in the sidebar of any other page. "
        "On stage a clicker, PageDown or the arrow keys go on, Space plays, B is black, S opens your notes, "
        "and ? says all."
    )
    if HOW_TO.exists():  # who installs only what is needed to run has no docs
        with st.expander("How to write one"):
            told = HOW_TO.read_text(encoding="utf-8").partition("\n")[2]
            st.markdown(re.sub(r"\[([^\]]+)\]\(\w+\.md\)", r"\1", told))  # the other files are not served
    bring()
    if not my_talk.source().strip():
        first = "# The first scene\n\nOne sentence.\n"
        st.button("Begin with an empty talk", on_click=my_talk.set_source, args=(first,))


# Who has a talk came for it: it does not wait below those that are ready.
for part in (own, ready) if my_talk.source().strip() else (ready, own):
    part()
