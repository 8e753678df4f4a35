"""The live stage: one component that plays a recorded run in the browser and asks for what is not recorded yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from playground.app import components, session
from playground.app.shared_runs import run_of
from playground.run.experiment import Experiment
from playground.run.runs import Run
from playground.web.assets import plotly_address
from playground.web.message import Page, Parts, encode
from playground.web.reply import Reply, first_reply, reply

KEY = "stage"


def show(parts: Parts = "full", below: Callable[[], None] | None = None) -> None:
    """Mount the stage: "full", or "timeline" for the transport and the timeline alone.

    `below` draws what follows the moment. It runs with every answer to the browser, and the rest of the page does not.
    """
    _fragment(parts, below, session.experiment())


@st.fragment
def _fragment(parts: Parts, below: Callable[[], None] | None, drawn: Experiment) -> None:
    question, experiment = session.take_question(), session.experiment()
    if experiment != drawn or session.has_news():  # the settings and sentences around the stage are old
        st.rerun(scope="app")
    run = run_of(experiment)
    if question is None or question["run"] != experiment.name:
        run.record_until(session.moment())
        answer = _as_drawn(experiment, run)
    else:
        answer = reply(experiment, run, question)
    session.set_sent(experiment.name, answer.last)
    before = session.replaced()
    page: Page = {
        "moment": session.moment(),
        "instead_of": before.name if before else None,
        "can_undo": session.can_undo(),
        "branches": [{"run": branch.name, "title": branch.title} for branch in session.branches()],
        "parts": parts,
        "hidden": sorted(session.on_show().hidden),
        "projector": session.on_show().projector,
        "view_link": urlencode(session.on_show().to_query(), safe=","),
        "plotly": plotly_address(),
    }
    data = encode({**answer.header, **page}, answer.rows)
    components.stage(key=KEY, data=data, on_ask_change=partial(session.hear, KEY))
    if below is not None:
        below()


def _as_drawn(experiment: Experiment, run: Run) -> Reply:
    """What a page that has just been drawn is told: all up to the moment, but for what its browser holds already."""
    parent = experiment.parent
    return first_reply(
        experiment,
        run,
        moment=session.moment(),
        have=session.sent(experiment.name),
        has_parent=parent is None or session.sent(parent.name) >= 0,
    )
