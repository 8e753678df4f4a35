"""The table of tries: the browser keeps it by itself; here is what becomes of a wish to have one back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from playground.app import components, session
from playground.app.shared_runs import known
from playground.run.compared import MOST, from_link
from playground.run.experiment import Experiment
from playground.run.link import LOST

KEY = "tries"
LONGEST = 20_000
"""Letters of a link; those of the playground have some thousand at the most"""
COMPARE = Path(__file__).parents[2] / "pages" / "compare.py"


def show() -> None:
    """The table, where the page shows everything."""
    if session.kept("compare tries", False):
        session.keep("compare tries", False)
        st.switch_page(COMPARE)
    if session.on_show().full and session.on_show().shows("tries"):
        components.tries(key=KEY, data={}, on_wish_change=on_wish)


def on_wish() -> None:
    """Show a try again, or some side by side; anything may come from a browser."""
    wish: Any = getattr(session.said(KEY), "wish", None)
    if not isinstance(wish, dict) or len(wish) != 1:
        return
    ((what, which),) = wish.items()
    if what == "open" and (run := _run_of(which)) is not None:
        session.show(run)
    elif what == "compare" and isinstance(which, list) and 2 <= len(which) <= MOST:
        runs = [run for one in which if (run := _run_of(one)) is not None]
        if len(runs) == len(which):
            session.compare(*dict.fromkeys(runs))
            session.keep("compare tries", True)


def _run_of(told: Any) -> Experiment | None:
    """The run of a try {run, link}: the one that this server knows by that name, or what its link opens."""
    if not isinstance(told, dict) or not isinstance(name := told.get("run"), str) or len(name) > 64:
        return None
    if (found := known(name)) is not None:
        return found.experiment
    if not isinstance(link := told.get("link"), str) or len(link) > LONGEST:
        session.notify(LOST)
        return None
    run, problems = from_link(link)
    for sentence in problems:
        session.notify(sentence)
    return None if problems else run
