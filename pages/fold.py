"""What each layer does to the plane: it turns, stretches, shifts and bends it, until a straight cut is enough."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground.app import components, session, stage
from playground.app.shared_runs import run_of, turn
from playground.geometry.fold import last_looked_at, separations, viewpoints
from playground.geometry.pixels import pixels_of
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.web.about import GOAL_EPOCHS

KEY = "fold"
LOOK_SECONDS = 0.3  # so long a run is trained ahead at the most, to find from where to look at it


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    run.record_to(GOAL_EPOCHS, LOOK_SECONDS)
    step = min(session.moment(), run.last_step)
    with turn(), run.lock:
        told = _viewpoints(experiment.name, last_looked_at(run.recording, GOAL_EPOCHS), experiment)
    with turn(), run.lock:
        moment = {"step": step, "separations": _separations(experiment.name, step, experiment)}
    components.fold(key=KEY, data={**told, "run": experiment.name, "moment": moment})


@st.cache_resource(max_entries=32, show_spinner=False)
def _viewpoints(run: str, last: int, _experiment: Experiment) -> dict[str, Any]:
    points, _ = make_data(_experiment)
    told = viewpoints(run_of(_experiment).trainer, points, GOAL_EPOCHS)
    return {**told, "one_input": _experiment.config.has_one_input, "pixels": pixels_of(_experiment)}


@st.cache_resource(max_entries=256, show_spinner=False)
def _separations(run: str, step: int, _experiment: Experiment) -> list[float] | None:
    trainer = run_of(_experiment).trainer
    return separations(trainer.net, trainer.data, trainer.recording.seek(step).parameters)


stage.show("timeline", show, whole=True)
