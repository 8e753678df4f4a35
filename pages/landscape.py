"""The landscape that training goes through: maps of the loss with the path on them, and how sharply it bends."""

from __future__ import annotations

import streamlit as st

from playground.app import beside, components, session, stage
from playground.app.shared_runs import run_of
from playground.geometry.edge import EDGE, EDGE_STEPS
from playground.run.beside import lettered
from playground.run.experiment import Experiment
from playground.web.assets import plotly_address
from playground.web.landscape_route import ask_landscape_address

KEY = "landscape"


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    others = beside.choose()
    for other in others:
        run_of(other).record_until(0)  # so that the route knows it
    components.landscape(
        key=KEY,
        data={
            "run": experiment.name,
            "n_parameters": run_of(experiment).trainer.net.n_parameters,
            "plotly": plotly_address(),
            "ask": ask_landscape_address(),
            "beside": [other.name for other in others],
            "titles": ["A (on screen)", *lettered(experiment, others)],
        },
        on_start_change=_on_start,
    )


def _on_start() -> None:
    """Go on from a network of the map: all its parameters are set by hand at the moment."""
    told = getattr(session.said(KEY), "start", None)
    values = told.get("values") if isinstance(told, dict) else None
    if not isinstance(values, list):
        return
    experiment = session.experiment()
    fixed = experiment.config.use_bias == "off"
    edits = {k: x for k, x in enumerate(values) if not (fixed and experiment.config.shape.is_bias(k))}
    try:
        session.show(experiment.edit(session.moment(), edits))
    except (ValueError, IndexError) as error:
        session.notify(str(error))


def edge() -> None:
    """A run that goes to the edge of stability."""
    with st.container(horizontal=True):
        st.button(
            "Show me the edge", icon=":material/landscape:", on_click=_show_edge,
            help="Two moons, squared loss, all points at once, plain gradient descent at a learning rate of 0.5: the "
            "loss bends less and less sharply, down to 2 / learning rate = 4, and stays about there.",
        )  # fmt: skip


def _show_edge() -> None:
    session.show(Experiment(EDGE))
    session.set_moment(EDGE_STEPS)


stage.show("timeline", show)
edge()
