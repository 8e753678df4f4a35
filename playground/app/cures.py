"""Sick networks to open, cures to give, and what a cure has done: before and after, from twenty beginnings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.app import components, session
from playground.app.shared_runs import run_of, turn
from playground.health.cure import Cure, CureTrial, Outcome
from playground.health.sick import SICK, Sick
from playground.health.verdicts import Rule, Try
from playground.run import link
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.seeds import N_SEEDS
from playground.web.about import GOAL_EPOCHS
from playground.web.portrait_route import portrait_address

PATIENTS, FINDINGS, OUTCOME = "patients", "findings", "cure_outcome"
TELL_SECONDS = 0.2


# ---- patients -----------------------------------------------------------------------------------------------------
def patients() -> None:
    """Networks that are ill on purpose, each a click away, with a picture of what is wrong."""
    components.portraits(
        key=PATIENTS,
        data={
            "kind": "patients",
            "heading": "What can go wrong? Open a sick network:",
            "portraits": [
                {
                    "name": name,
                    "label": sick.label,
                    "help": f"{sick.help} {_address(sick)}",
                    "line": "",
                    "picture": None,
                    "address": f"{portrait_address()}/{name}",
                }
                for name, sick in SICK.items()
            ],
            "arrive": session.kept("arrive", None),
        },
        on_chosen_change=_open,
    )


def _address(sick: Sick) -> str:
    if sick.config.own_data is not None:
        return "The data travel in its link, which the address bar shows."
    return f"Its link ends in {link.to_link(sick.config)}"


def _open() -> None:
    open_patient(session.said(PATIENTS).chosen)


def open_patient(name: str) -> None:
    """Show a sick network at the moment of its picture, when its finding is there."""
    sick = SICK.get(name)
    if sick is None:
        return
    experiment = Experiment(sick.config)
    session.show(experiment)
    if session.experiment() == experiment:
        run = run_of(experiment)
        run.record_to(sick.until, math.inf)
        with run.lock:
            recording = run.recording
            session.set_moment(int(recording.steps[recording.epochs <= sick.until][-1]))
        _arrive(FINDINGS)


def _arrive(container: str) -> None:
    """Have the browser go to a part of the page once it is drawn."""
    before = session.kept("arrive", None)
    session.keep("arrive", {"number": before["number"] + 1 if before else 1, "to": f".st-key-{container}"})


# ---- a cure -------------------------------------------------------------------------------------------------------
def give(rule: Rule, option: Try, step: int) -> None:
    """Make the experiment of a cure, and put it to the test; what cannot be made becomes a notice."""
    before = session.experiment()
    try:
        after = option.experiment(before, step)
    except ValueError as error:
        session.notify(str(error))
        return
    session.show(after)
    if session.experiment() != after or after == before:
        return
    shared = run_of(before).epoch_of(after.changes[-1].step) if after.changes else 0.0
    cure = Cure(rule.name, rule.title, option.label, before, after, math.ceil(shared) + GOAL_EPOCHS)
    session.keep("cure", CureTrial(cure, turn))
    session.keep("cure_stopped", False)
    session.set_moment(step)
    _arrive(OUTCOME)


def outcome() -> Callable[[], None]:
    """What the cure that was given last has done, where its run is on screen; gives what goes on with the test."""
    trial: CureTrial | None = session.kept("cure", None)
    if trial is None or trial.cure.after != session.experiment():
        return _nothing
    cure = trial.cure
    with st.container(border=True, key=OUTCOME):
        st.markdown(f"**:material/healing: The cure: {cure.label}**, against “{cure.title}”")
        pictures, words = st.container(), st.empty()
        with st.container(horizontal=True, vertical_alignment="center"):
            bar, button = st.empty(), st.empty()
    if trial.pairs:
        _pictures(pictures, trial)
    words.markdown(in_words(trial))
    if trial.is_complete:
        return _nothing
    stopped = session.kept("cure_stopped", False)
    name, icon = ("Go on", ":material/play_arrow:") if stopped else ("Stop", ":material/stop:")
    button.button(name, key="cure_stop", icon=icon, on_click=session.keep, args=("cure_stopped", not stopped))
    return _nothing if stopped else partial(_go_on, trial, pictures, words, bar, button)


def _nothing() -> None:
    """There is nothing to go on with."""


def _go_on(
    trial: CureTrial, pictures: DeltaGenerator, words: DeltaGenerator, bar: DeltaGenerator, button: DeltaGenerator
) -> None:
    """Train on, and tell after each slice: that is where Streamlit ends the script for another click."""
    begun, first, told = time.monotonic(), len(trial.pairs), -math.inf
    while not trial.is_complete:
        before = len(trial.pairs)
        trial.advance()
        done, now = len(trial.pairs), time.monotonic()
        if done > before:
            if done == 1:
                _pictures(pictures, trial)
            words.markdown(in_words(trial))
        if now - told > TELL_SECONDS:
            told = now
            each = (now - begun) / (done - first) if done > first else None
            left = f", about {math.ceil(each * (N_SEEDS - done))} s left" if each else ""
            bar.progress(done / N_SEEDS, f"Beginning {min(done + 1, N_SEEDS)} of {N_SEEDS}{left}")
    bar.empty()
    button.empty()


def _pictures(place: DeltaGenerator, trial: CureTrial) -> None:
    """The run on screen before and after."""
    named = zip(("before", "after"), trial.pairs[0], trial.portraits, strict=True)
    shown: list[dict[str, Any]] = [
        {"name": name, "label": f"{name.capitalize()}, epoch {trial.cure.epochs}", "line": _told(trial, result),
         "help": "", "picture": picture, "address": ""}
        for name, result, picture in named
    ]  # fmt: skip
    with place:
        components.portraits(
            key="cure_pictures", data={"kind": "outcome", "heading": "Before and after", "portraits": shown}
        )


def _told(trial: CureTrial, result: Outcome) -> str:
    if math.isinf(result.loss):
        return "the run broke"
    return f"{_score(trial, result.score)}, loss {say(result.loss, 3)}"


def _score(trial: CureTrial, score: float) -> str:
    return (
        f"R² {say(score, 2)}" if trial.cure.after.config.task == "regression" else f"{round(100 * score)} of 100 right"
    )


def in_words(trial: CureTrial) -> str:
    """What is known so far of all beginnings, in a sentence or two."""
    n, ill = len(trial.pairs), trial.ill
    if not n:
        return (
            f"Both train to epoch {trial.cure.epochs}, from {N_SEEDS} draws of the first weights, one after the other."
        )
    beginnings = "one beginning" if n == 1 else f"{n} beginnings"
    typical = f"Typically {_score(trial, trial.typical(0))} before, and {_score(trial, trial.typical(1))} after."
    if not ill:
        return f"From {beginnings}: without the cure, too, the finding is gone by the end. {typical}"
    others = "" if ill == n else f" In the other {n - ill}, the finding is gone by the end without it, too."
    return f"**From {beginnings}: cures {trial.cured} of {ill}.** {typical}{others}"
