"""Races of four choices, each at the learning rate at which it does best."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.app import session
from playground.app.shared_runs import turn
from playground.run.compared import shown_value
from playground.run.experiment import Experiment
from playground.run.trials import EPOCHS, N_SEEDS, RACES, RATES, best_rate, race

HELP = (
    "Four choices, each at the learning rate at which it does best on these settings; a quick trial finds it. At one "
    "common rate, whichever choice that rate happens to suit would win."
)


def show(base: Experiment) -> None:
    """What may race; the race itself, once it was wished, puts its runs side by side."""
    session.fill_widget("race", None)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Race, each at its best rate:", help=HELP, width="content")
        st.pills(
            "Race, each at its best rate", list(RACES), key="race", on_change=_wish_race, label_visibility="collapsed",
            wrap=True,
        )  # fmt: skip
    if name := session.kept("raced", None):
        session.keep("raced", None)
        _race(base, *RACES[name])


def _wish_race() -> None:
    session.keep("raced", session.read_widget("race")[0])


def _race(base: Experiment, setting: str, values: tuple[Any, ...]) -> None:
    """Find the best rate of each value, and put them side by side.

    The bar is told after every epoch: that is where Streamlit ends the script of a visitor who has gone.
    """
    rates: dict[Any, float] = {}
    words = f"Trying {len(RATES)} learning rates from {N_SEEDS} seeds"
    bar = st.progress(0.0, words)
    try:
        for k, value in enumerate(values):
            tell = partial(_tell, bar, k / len(values), 1 / len(values), f"{words}: {shown_value(setting, value)}")
            rates[value], _ = best_rate(base, setting, value, turn, tell)
    except ValueError as error:
        session.notify(str(error))
        st.rerun()
    session.compare(*race(base, setting, rates))
    told = ", ".join(f"{shown_value(setting, value)} {rate:g}" for value, rate in rates.items())
    says = (
        f"Each runs at the learning rate at which it did best in a quick trial of {len(RATES)} rates, {N_SEEDS} seeds "
        f"and {EPOCHS} epochs: {told}. The button “20 seeds” shows how much of the rest is luck."
    )
    session.keep("race told", (session.side_by_side(), says))
    st.rerun()


def tell() -> None:
    """At which rates they race, for as long as the runs on show are those of the race."""
    runs, says = session.kept("race told", ((), ""))
    if runs == session.side_by_side():
        st.caption(session.plain(says))


def _tell(bar: DeltaGenerator, done: float, part: float, words: str, share: float) -> None:
    bar.progress(done + share * part, words)
