"""The live stage: one component that plays a recorded run in the browser and asks for what is not recorded yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from playground.app import components, session
from playground.app.shared_runs import run_of
from playground.run.experiment import Experiment
from playground.web.assets import plotly_address
from playground.web.message import encode
from playground.web.reply import reply

KEY = "stage"


def show(parts: str = "full", below: Callable[[], None] | None = None) -> None:
    """Mount the stage: "full", or "timeline" for the transport and the timeline alone.

    `below` draws what follows the moment. It runs with every answer to the browser, and the rest of the page does not.
    """
    _fragment(parts, below, session.experiment())


@st.fragment
def _fragment(parts: str, below: Callable[[], None] | None, drawn: Experiment) -> None:
    question, experiment = session.take_question(), session.experiment()
    if experiment != drawn or session.has_news():  # the settings and sentences around the stage are old
        st.rerun(scope="app")
    run = run_of(experiment)
    if question is None or question.get("run") != experiment.name:
        question = first_question(experiment)
        run.record_until(session.moment())
    message, last = reply(experiment, run, question)
    session.set_sent(experiment.name, last)
    before = session.replaced()
    header = {
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
    data = encode({**message[0], **header}, message[1])
    components.stage(key=KEY, data=data, on_ask_change=partial(session.hear, KEY))
    if below is not None:
        below()


def first_question(experiment: Experiment) -> dict[str, Any]:
    """What a page that has just been drawn would ask: all up to the moment, but for what its browser holds already."""
    parent = experiment.parent
    return {
        "have": session.sent(experiment.name),
        "first": True,
        "has_parent": parent is None or session.sent(parent.name) >= 0,
        "moment": session.moment(),
    }
