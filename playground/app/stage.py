"""The live stage: one component that plays a recorded run in the browser, and asks by a route for what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from playground.app import components, session, tab
from playground.app.shared_runs import run_of
from playground.run.experiment import Experiment
from playground.run.on_show import OnShow
from playground.run.runs import Run
from playground.web import first
from playground.web.about import GOAL_EPOCHS, opening
from playground.web.message import Page, Parts, encode
from playground.web.reply import first_reply

# In seconds. A server that was started anew knows no part of a page that it could draw for the stage. Streamlit's
# client has a server that it finds again draw the whole page, but only if some part of it is drawn by the clock.
A_DAY = 86_400.0
MOST_SECONDS = 2.0
"""A page that shows what a run comes to waits no longer for it; a large run stands as far as it has come."""
_FOLLOWED = "link followed"
NO_ROWS = np.empty((0, 1))


def show(
    parts: Parts = "full", below: Callable[[], None] | None = None, *, whole: bool = False, ended: bool = False
) -> None:
    """Mount the stage: "full", or "timeline" for the transport and the timeline alone.

    `below` draws what follows the moment. It runs whenever the stage tells of another, and the rest of the page does
    not; with `whole` also when the browser holds all that the run plays by itself. Opened by a link that says neither a
    moment nor whether to play, a page shows the beginning of the run, or with `ended` what it comes to.
    """
    _fragment(parts, below, whole, ended, (session.experiment(), session.on_show()))


@st.fragment(run_every=A_DAY)
def _fragment(
    parts: Parts, below: Callable[[], None] | None, whole: bool, ended: bool, drawn: tuple[Experiment, OnShow]
) -> None:
    experiment = session.experiment()
    if (experiment, session.on_show()) != drawn or session.has_news():  # what stands around the stage is old
        st.rerun(scope="app")
    run = run_of(experiment)
    _arrive(run, ended)
    run.record_until(session.moment(), gone=session.is_overtaken)
    before = session.replaced()
    page: Page = {
        **first.page(experiment, session.on_show(), moment=session.moment(), parts=parts),
        "view_link": urlencode(session.on_show().to_query() | session.beside_query(), safe=","),
        "serial": session.heard(),
        "instead_of": before.name if before else None,
        "undo": session.undo_in_words(),
        "branches": [
            {"run": branch.run.name, "title": title, "colour": branch.colour}
            for branch, title in session.branches().items()
        ],
        "made_room": session.made_room(),
        "whole": whole,
        "opening": opening(*session.opening()),
    }
    data = _first(page, experiment, run) if session.held(experiment.name) < 0 else encode({"page": page}, NO_ROWS)
    components.stage(key=session.STAGE, data=data, on_wish_change=partial(session.hear))
    tab.keep()
    if below is not None:
        below()


def _arrive(run: Run, ended: bool) -> None:
    """Follow a link that has just been opened, if this is the first page to show its run."""
    number, link = session.opening()
    if ended and link.play is None and not session.moment() and session.kept(_FOLLOWED, 0) != number:
        run.record_to(GOAL_EPOCHS, seconds=MOST_SECONDS, gone=session.is_overtaken)
        session.set_moment(run.last_step_at(GOAL_EPOCHS))
    session.keep(_FOLLOWED, number)


def _first(page: Page, experiment: Experiment, run: Run) -> bytes:
    """A page that shows a run for the first time: with what it takes to draw the run, and its first rows."""
    parent = experiment.parent
    has_parent = parent is None or session.held(parent.name) >= 0
    header, rows, last = first_reply(experiment, run, moment=session.moment(), has_parent=has_parent)
    session.set_held(experiment.name, last)
    return encode({"page": page, "run": header}, rows)
