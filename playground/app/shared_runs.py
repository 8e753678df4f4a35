"""The recordings of this server's process, shared by all its visitors."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

import streamlit as st

import mlp
from playground.run.atlas import Cells
from playground.run.crew import Crews
from playground.run.experiment import Experiment
from playground.run.runs import CACHE_MEGABYTES, Known, Run, Runs
from playground.run.survey import Survey, Surveys
from playground.scenes.classroom import Classes
from playground.scenes.recorded import Studio
from playground.scenes.trial import Trials

LEAST_MEGABYTES = 16


@st.cache_resource(show_spinner=False)
def _runs() -> Runs:
    mlp.use_one_thread()  # matrices as small as these only lose by being shared out among threads
    return Runs(megabytes(os.environ.get("MLP_CACHE_MB", "")) * 2**20)


def megabytes(text: str) -> int:
    """The bound on the memory of all recordings, from the environment; the usual one where nothing is said.

    Raises ValueError, in a sentence, for anything but a whole number from 16 on.
    """
    if not text:
        return CACHE_MEGABYTES
    if not text.isdecimal() or int(text) < LEAST_MEGABYTES:
        raise ValueError(
            f"MLP_CACHE_MB must be a whole number of megabytes from {LEAST_MEGABYTES} on; got {text[:20]}."
        )
    return int(text)


def run_of(experiment: Experiment) -> Run:
    """The shared recording of an experiment, by whose name it is known from now on."""
    return _runs().get(experiment)


def known(name: str) -> Known | None:
    """The run of this name, unless nobody has had it made, or it was forgotten."""
    return _runs().known(name)


@st.cache_resource(show_spinner=False)
def trials() -> Trials:
    """The challenges that were tried on this server, shared by all its visitors."""
    return Trials()


@st.cache_resource(show_spinner=False)
def classes() -> Classes:
    """The classes of this server, in its memory only."""
    return Classes(trials(), turn)


def turn() -> AbstractContextManager[None]:
    """The right to train something that is no run, an epoch or so at a time."""
    return _runs().turn()


# ---- atlases -----------------------------------------------------------------------------------------------------
@st.cache_resource(show_spinner=False)
def _surveys() -> Surveys:
    try:
        return Surveys(Crews(cluster_address()))
    except ValueError as error:  # the host's slip, which must not take the page from its visitors
        return Surveys(Crews(why=str(error)))


def cluster_address() -> str:
    """Where the host has a Dask cluster: MLP_CLUSTER of the environment or of the secrets file, never of a visitor."""
    if address := os.environ.get("MLP_CLUSTER", ""):
        return address
    try:
        return str(st.secrets.get("MLP_CLUSTER", ""))
    except FileNotFoundError:  # no secrets file: Streamlit's own error is one
        return ""


def survey_of(atlas: Cells) -> Survey:
    """What is known of an atlas, by whose name it is known from now on.

    A new one is begun at once: workers start, and train, while a browser still gets ready to ask for tiles.
    """
    survey = _surveys().get(atlas)
    if survey.is_new:
        survey.ask()
    return survey


def known_survey(name: str) -> Survey | None:
    """The atlas of this name, unless nobody has opened it, or it was forgotten."""
    return _surveys().known(name)


def studio() -> Studio:
    """Where the runs and atlases of talks are recorded."""
    return Studio(run_of, survey_of)
