"""Sick networks to open, cures to give, and what a cure has done: before and after, from twenty beginnings."""

from __future__ import annotations

import math
import time
from typing import Any

import streamlit as st

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
TRAIN_SECONDS, EVERY_SECONDS = 0.4, 0.6


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
    name = session.said(PATIENTS).chosen
    if isinstance(name, str):  # anything may come from a browser
        open_patient(name)


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
        session.set_moment(run.last_step_at(sick.until))
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


def outcome() -> None:
    """What the cure that was given last has done, where its run is on screen."""
    trial: CureTrial | None = session.kept("cure", None)
    if trial is None or trial.cure.after != session.experiment():
        return
    with st.container(border=True, key=OUTCOME):
        st.markdown(f"**:material/healing: The cure: {trial.cure.label}**, against “{trial.cure.title}”")
        is_going = not trial.is_complete and not session.kept("cure_stopped", False)
        st.fragment(_test, run_every=EVERY_SECONDS if is_going else None)(trial)


def _test(trial: CureTrial) -> None:
    """Train for a moment, and tell what is known; the page asks for the next moment, and hears of clicks in between."""
    stopped, end = session.kept("cure_stopped", False), time.monotonic() + TRAIN_SECONDS
    was_complete = trial.is_complete
    while not stopped and not trial.is_complete and time.monotonic() < end:
        trial.advance()
    if trial.is_complete and not was_complete:
        st.rerun()  # without the clock
    if trial.pairs:
        _pictures(trial)
    st.markdown(in_words(trial))
    if trial.is_complete:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        done = len(trial.pairs)
        left = f", about {math.ceil(trial.seconds / done * (N_SEEDS - done))} s left" if done else ""
        state = "Stopped at beginning" if stopped else "Beginning"
        st.progress(done / N_SEEDS, f"{state} {done + 1} of {N_SEEDS}{'' if stopped else left}")
        name, icon = ("Go on", ":material/play_arrow:") if stopped else ("Stop", ":material/stop:")
        if st.button(name, key="cure_stop", icon=icon):
            session.keep("cure_stopped", not stopped)
            st.rerun()


def _pictures(trial: CureTrial) -> None:
    """The run on screen before and after."""
    named = zip(("before", "after"), trial.pairs[0], trial.portraits, strict=True)
    shown: list[dict[str, Any]] = [
        {"name": name, "label": f"{name.capitalize()}, epoch {trial.cure.epochs}", "line": _told(trial, result),
         "help": "", "picture": picture, "address": ""}
        for name, result, picture in named
    ]  # fmt: skip
    data = {"kind": "outcome", "heading": "Before and after", "portraits": shown}
    components.portraits(key="cure_pictures", data=data)


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
