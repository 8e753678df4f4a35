"""Sick networks to open, cures to give, and what a cure has done: before and after, from twenty beginnings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground.app import charts, components, session
from playground.app.charts import Chart
from playground.app.shared_runs import run_of, turn
from playground.app.theme import theme_type
from playground.health.cure import Outcome, Trial
from playground.health.proof import before_and_after
from playground.health.sick import SICK, Sick
from playground.health.verdicts import Rule, Try
from playground.run import link
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.runs import Run
from playground.run.seeds import N_SEEDS
from playground.web.about import GOAL_EPOCHS
from playground.web.portrait_route import portrait_address

PATIENTS, FINDINGS, OUTCOME = "patients", "findings", "cure_outcome"
TRAIN_SECONDS, EVERY_SECONDS = 0.4, 0.6
LEAST_EPOCHS = 60
"""By then every rule has its say"""
MOST_SECONDS = 2.0
"""For which a run with a cure is trained before it is shown"""


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
        arrive(FINDINGS, top=PATIENTS)  # with the controls in sight, whichever is opened


def arrive(container: str, top: str = "") -> None:
    """Have the browser go to a part of the page once it is drawn, with it or another part at the top of the window."""
    to, top = f".st-key-{container}", f".st-key-{top or container}"
    session.keep("arrive", {"at": time.time(), "to": to, "top": top})


# ---- a cure -------------------------------------------------------------------------------------------------------
def judged_at(run: Run, step: int) -> int:
    """The epoch at which runs that begin anew are held against the run on screen: that of the finding, but not before
    a new run has had the time to learn."""
    return max(LEAST_EPOCHS, math.ceil(run.epoch_of(step)))


@dataclass(frozen=True)
class Given:
    """A cure that was given, and what it is put to the test by."""

    title: str
    """The finding, in words"""
    label: str
    """The cure, in words"""
    trial: Trial


def give(rule: Rule, option: Try, step: int) -> None:
    """Make the experiment of a cure, put it to the test, and show it where it is judged; what cannot be made becomes a
    notice."""
    before = session.experiment()
    try:
        after = option.experiment(before, step)
    except ValueError as error:
        session.notify(str(error))
        return
    session.show(after)
    if session.experiment() != after or after == before:
        return
    run = run_of(before)
    epochs = math.ceil(run.epoch_of(step)) + GOAL_EPOCHS if after.changes else judged_at(run, step)
    trial = Trial(rule.name, (before, after), epochs, N_SEEDS, turn)
    session.keep("cure", Given(rule.title, option.label, trial))
    run = run_of(after)
    run.record_to(epochs, MOST_SECONDS)
    session.set_moment(run.last_step_at(epochs))
    begin(OUTCOME)


def outcome() -> str:
    """What the cure that was given last has done, where its run is on screen: the name of its rule, or ""."""
    given: Given | None = session.kept("cure", None)
    if given is None or given.trial.runs[1] != session.experiment():
        return ""
    with st.container(border=True, key=OUTCOME):
        st.markdown(f"**:material/healing: The cure: {session.plain(given.label)}**, against “{given.title}”")
        watch(given.trial, OUTCOME, _tell)
    return given.trial.rule


def _tell(trial: Trial) -> None:
    if trial.pairs():
        _pictures(trial)
    st.markdown(in_words(trial))
    if trial.pairs():
        _proofs(trial)


def _proofs(trial: Trial) -> None:
    """What the rule saw in the run on screen before, and what is left of it."""
    before, after = trial.checkups
    shown = zip(("Before", "After"), before_and_after(trial.rule, before, after, theme_type()), strict=True)
    both = [Chart(f"{when} {trial.rule}", p.figure, p.words, f"{when}: {p.title}", p.says) for when, p in shown]
    charts.show(both, key="cure_proofs", columns=2)


def _pictures(trial: Trial) -> None:
    """The run on screen before and after."""
    names = ("before", "after") if not trial.runs[1].changes else ("gone on as it was", "gone on with the cure")
    named = zip(names, trial.pairs()[0], trial.portraits, strict=True)
    shown: list[dict[str, Any]] = [
        {"name": name, "label": f"{name.capitalize()}, epoch {trial.epochs}", "line": _told(trial, result),
         "help": "", "picture": picture, "address": ""}
        for name, result, picture in named
    ]  # fmt: skip
    data = {"kind": "outcome", "heading": "Before and after", "portraits": shown}
    components.portraits(key="cure_pictures", data=data)


def _told(trial: Trial, result: Outcome) -> str:
    if math.isinf(result.loss):
        return "the run broke"
    return f"{score_in_words(trial, result.score)}, loss {say(result.loss, 3)}"


def score_in_words(trial: Trial, *scores: float) -> str:
    """A score, or how it goes from one to another."""
    is_regression = trial.runs[0].config.task == "regression"
    told = " → ".join(say(score, 2) if is_regression else str(round(100 * score)) for score in scores)
    return f"R² {told}" if is_regression else f"{told} of 100 right"


def in_words(trial: Trial) -> str:
    """What is known so far of all beginnings, in a sentence or two."""
    n, ill = len(trial.pairs()), trial.ill()
    if not n:
        return (
            f"Both train to epoch {trial.epochs}, from {trial.n_beginnings} draws of the first weights, one after the "
            "other."
        )
    beginnings = "one beginning" if n == 1 else f"{n} beginnings"
    before, after = (score_in_words(trial, score) for score in trial.typical())
    typical = f"{'Typically' if n > 1 else 'It has'} {before} before, and {after} after."
    if not ill:
        return f"From {beginnings}: without the cure, too, the finding is gone by the end. {typical}"
    told = f"**From {beginnings}: cures {trial.cured()} of {ill}.** {typical}"
    if idle := trial.gone() - trial.cured():
        told += f" {'Once' if idle == 1 else f'{idle} times'} the finding is gone, but the run learns no better."
    if n - ill == 1:
        told += " The other one loses the finding by itself."
    elif n > ill:
        told += f" The other {n - ill} lose the finding by themselves."
    return told


# ---- a trial at work ----------------------------------------------------------------------------------------------
def begin(key: str) -> None:
    """Let the trial that is watched under a key train, and have the browser go there."""
    session.keep(_stopped(key), False)
    arrive(key)


def watch(trial: Trial, key: str, tell: Callable[[Trial], None]) -> None:
    """Train a trial and tell what is known of it, until it is complete or was stopped."""
    is_going = not trial.is_complete and not session.kept(_stopped(key), False)
    st.fragment(_watch, run_every=EVERY_SECONDS if is_going else None)(trial, key, tell, session.experiment())


def _watch(trial: Trial, key: str, tell: Callable[[Trial], None], drawn: Experiment) -> None:
    """Train for a moment, and tell what is known; the page asks for the next moment, and hears of clicks in between."""
    if session.experiment() != drawn or session.has_news():  # a click in here has shown another, or was refused
        st.rerun()
    stopped, end = session.kept(_stopped(key), False), time.monotonic() + TRAIN_SECONDS
    was_complete = trial.is_complete
    while not stopped and not trial.is_complete and time.monotonic() < end:
        trial.advance()
    if trial.is_complete and not was_complete:
        st.rerun()  # without the clock
    tell(trial)
    if trial.is_complete:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        seconds = trial.seconds_left
        left = f", about {math.ceil(seconds)} s left" if math.isfinite(seconds) and not stopped else ""
        state = "Stopped at run" if stopped else "Training run"
        st.progress(trial.n_done / trial.n_all, f"{state} {trial.n_done + 1} of {trial.n_all}{left}")
        name, icon = ("Go on", ":material/play_arrow:") if stopped else ("Stop", ":material/stop:")
        if st.button(name, key=f"{key}_stop", icon=icon):
            session.keep(_stopped(key), not stopped)
            st.rerun()


def _stopped(key: str) -> str:
    return f"{key}_stopped"
