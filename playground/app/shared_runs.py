"""The recordings of this server's process, shared by all its visitors."""

from __future__ import annotations

import streamlit as st

import mlp
from playground.run.experiment import Experiment
from playground.run.runs import Run, Runs


@st.cache_resource(show_spinner=False)
def _runs() -> Runs:
    mlp.use_one_thread()  # matrices as small as these only lose by being shared out among threads
    return Runs()


def run_of(experiment: Experiment) -> Run:
    """The shared recording of an experiment."""
    return _runs().get(experiment)
