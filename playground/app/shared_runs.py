"""The recordings of this server's process, shared by all its visitors."""

from __future__ import annotations

import streamlit as st

import mlp
from playground.run.experiment import Experiment
from playground.run.runs import Known, Run, Runs


@st.cache_resource(show_spinner=False)
def _runs() -> Runs:
    mlp.use_one_thread()  # matrices as small as these only lose by being shared out among threads
    return Runs()


def run_of(experiment: Experiment) -> Run:
    """The shared recording of an experiment, by whose name it is known from now on."""
    return _runs().get(experiment)


def known(name: str) -> Known | None:
    """The run of this name, unless nobody has had it made, or it was forgotten."""
    return _runs().known(name)
