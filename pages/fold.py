"""What each layer does to the plane: it turns, stretches, shifts and bends it, until a straight cut is enough."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mlp.arrays import Array
from playground.app import beside, components, session, stage
from playground.app.shared_runs import run_of, turn
from playground.geometry.fold import beside as aligned
from playground.geometry.fold import muted, separations, viewpoints
from playground.geometry.pixels import pixels_of
from playground.run.beside import lettered
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.names import layer_name
from playground.run.runs import Run
from playground.web.about import GOAL_EPOCHS
from playground.web.route import ask_address

KEY = "fold"
LOOK_SECONDS = 0.3  # so long a run is trained ahead at the most, to find from where to look at it

PAIR_SECONDS = 4.0  # the same for two runs whose neurons are paired: one pairing for as long as the page is open


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    run.record_to(GOAL_EPOCHS, LOOK_SECONDS)
    step = min(session.moment(), run.last_step)
    with turn(), run.lock:
        told = _viewpoints(experiment.name, run.last_step_at(GOAL_EPOCHS), experiment)
    with turn(), run.lock:
        moment = {"step": step, "separations": _separations(experiment.name, step, experiment)}
    others = [_beside(experiment, other, run.epoch_of(step)) for other in beside.choose(most=1)]
    components.fold(key=KEY, data={**told, "run": experiment.name, "moment": moment, "beside": others})


@st.cache_resource(max_entries=32, show_spinner=False)
def _viewpoints(run: str, last: int, _experiment: Experiment) -> dict[str, Any]:
    points, _ = make_data(_experiment)
    told = viewpoints(run_of(_experiment).trainer, points, GOAL_EPOCHS)
    return {**told, "one_input": _experiment.config.has_one_input, "pixels": pixels_of(_experiment)}


@st.cache_resource(max_entries=256, show_spinner=False)
def _separations(run: str, step: int, _experiment: Experiment) -> list[float] | None:
    trainer = run_of(_experiment).trainer
    return separations(trainer.net, trainer.data, trainer.recording.seek(step).parameters)


# ---- another run below it -------------------------------------------------------------------------------------------
def _beside(experiment: Experiment, other: Experiment, epoch: float) -> dict[str, Any]:
    """Another run of which the pictures stand below those of this one, at the same epoch."""
    run, theirs = run_of(experiment), run_of(other)
    for each in (run, theirs):
        each.record_to(GOAL_EPOCHS, PAIR_SECONDS)
    (title,) = lettered(experiment, [other])
    paired_at = min(GOAL_EPOCHS, *(float(each.recording.epochs[-1]) for each in (run, theirs)))
    step = theirs.last_step_at(epoch)
    with turn(), theirs.lock:
        is_there = theirs.recording.epochs[-1] >= epoch or theirs.recording.has_ended
        told = _separations(other.name, step, other) if is_there else None
    paired = _paired(experiment.name, other.name, paired_at, experiment, other)
    return {
        **paired, "run": other.name, "title": title, "epoch": paired_at, "step": step, "separations": told,
        "ask": ask_address(),
    }  # fmt: skip


@st.cache_resource(max_entries=32, show_spinner=False)
def _paired(run: str, other: str, epoch: float, _run: Experiment, _other: Experiment) -> dict[str, Any]:
    trainer = run_of(_run).trainer
    return aligned(trainer.net, trainer.data, *(_parameters(run_of(each), epoch) for each in (_run, _other)))


def _parameters(run: Run, epoch: float) -> Array:
    with turn(), run.lock:
        return run.recording.seek(run.last_step_at(epoch)).parameters


# ---- an experiment -----------------------------------------------------------------------------------------------
def experiments() -> None:
    """What can be done to the run at the moment, to see what becomes of it."""
    with st.container(horizontal=True):
        mute()
        freeze()


def mute() -> None:
    """What becomes of the run without one neuron: its outgoing weights are set to zero by hand, at the moment."""
    config = session.experiment().config
    if not config.hidden_layer_sizes:
        return
    with st.popover("Mute a neuron", icon=":material/volume_off:"):
        st.markdown(
            "Sets all weights that leave a neuron to zero at this moment, so that nobody hears it. The run goes on "
            "from there, and training may make them grow again. The link keeps it; Undo takes it back."
        )
        layer = st.number_input("Layer", 1, len(config.hidden_layer_sizes), key="mute_layer")
        most = config.hidden_layer_sizes[layer - 1]
        unit = st.number_input("Neuron", 1, most, key=f"mute_unit_{most}")
        st.button("Mute it", on_click=_mute, args=(layer, unit))


def _mute(layer: int, unit: int) -> None:
    experiment = session.experiment()
    try:
        session.show(experiment.edit(session.moment(), muted(experiment.config.shape, layer, unit - 1)))
    except ValueError as error:
        session.notify(str(error))


def freeze() -> None:
    """What becomes of the run when some layers stop learning: they stay as they are from the moment on."""
    now = session.experiment().at(session.moment() + 1).now
    n_layers = len(now.hidden_layer_sizes) + 1
    with st.popover("Freeze layers", icon=":material/ac_unit:"):
        st.markdown(
            "A frozen layer keeps its weights and biases as they are at this moment, while the others go on learning. "
            "Choose none to let all of them learn again. The link keeps it; Undo takes it back."
        )
        chosen = st.pills(
            "Frozen layers", range(1, n_layers + 1), selection_mode="multi", default=now.frozen,
            key=f"freeze_{n_layers}_{now.frozen}",
            format_func=lambda layer: layer_name(layer, n_layers),
        )  # fmt: skip
        st.button("From here on", on_click=session.change, kwargs={"frozen": tuple(sorted(chosen))})


stage.show("timeline", show, whole=True)
experiments()
