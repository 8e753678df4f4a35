"""What helps? Each change alone: a table of single changes, each put to the test from the same few beginnings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from playground.app import components, cures, session
from playground.app.shared_runs import turn
from playground.health.alone import N_BEGINNINGS, alone, without
from playground.health.checkup import Checkup
from playground.health.cure import Trial
from playground.health.verdicts import Rule, Try, Verdict

LEAST_EPOCHS = 20
"""Of a run that broke at once, a look at the very next epochs would tell little"""


@dataclass(frozen=True)
class Tried:
    """The changes that were tried, and what they are put to the test by."""

    rule: Rule
    options: tuple[Try, ...]
    trial: Trial


def button(verdict: Verdict, checkup: Checkup) -> None:
    """Try each change alone, unless it was done for this moment already."""
    present, epochs = session.experiment(), max(LEAST_EPOCHS, math.ceil(checkup.epoch))
    if (tried := _tried(verdict.rule)) and tried.trial.epochs == epochs:
        return
    options = tuple(alone(verdict, present.now))
    if options:
        st.button(
            f"Try each alone, to epoch {epochs}" if tried else "Try each alone", key=f"alone_{verdict.rule.name}",
            on_click=_begin, args=(verdict.rule, options, epochs), icon=":material/rule:",
            help="What helps? Trains this run with one change at a time, and tells what each has done.",
        )  # fmt: skip


def _begin(rule: Rule, options: tuple[Try, ...], epochs: int) -> None:
    base = without(session.experiment())
    runs = (base, *(option.experiment(base, 0) for option in options))
    tried = Tried(rule, options, Trial(rule.name, runs, epochs, N_BEGINNINGS, turn))
    session.keep(_key(rule), tried)
    session.keep(f"{_key(rule)}_stopped", False)
    cures.arrive(_key(rule))


def _tried(rule: Rule) -> Tried | None:
    """What was tried against a finding of the run on screen."""
    tried: Tried | None = session.kept(_key(rule), None)
    return tried if tried and tried.trial.runs[0] == without(session.experiment()) else None


def _key(rule: Rule) -> str:
    return f"tried_{rule.name}"


# ---- the table ----------------------------------------------------------------------------------------------------
def table(rule: Rule, step: int) -> None:
    """What each change has done so far, where it is tried."""
    if tried := _tried(rule):
        with st.container(key=_key(rule)):
            cures.watch(tried.trial, _key(rule), partial(_rows, tried, step))


def _rows(tried: Tried, step: int, trial: Trial) -> None:
    key = f"{_key(tried.rule)}_rows"
    labels = ["As it is", *(option.label for option in tried.options)]
    data = {
        "kind": "changes",
        "heading": "What helps? Each change alone",
        "note": f"Each run begins anew from {trial.n_beginnings} draws of the first weights and trains to epoch "
        f"{trial.epochs}. Scores are medians; the picture is of the first draw.",
        "portraits": [_row(trial, which, label) for which, label in enumerate(labels)],
    }
    components.portraits(key=key, data=data, on_chosen_change=partial(_use, key, tried, step))


def _row(trial: Trial, which: int, label: str) -> dict[str, Any]:
    told = {"name": label, "label": label, "help": "", "address": "", "finding": "", "shares": None}
    if not trial.pairs(which):
        return told | {"line": "not tried yet", "picture": None}
    scores = trial.typical(which)
    is_broken = all(math.isinf(outcome.loss) for outcome in trial.outcomes[which])
    return told | {
        "picture": trial.portraits[which],
        "line": "the run broke" if is_broken else cures.score_in_words(trial, *(scores if which else scores[:1])),
        "finding": _finding(trial, which),
        # The bar goes from one score to the other; the R² of a regression has no lower end.
        "shares": None if trial.runs[0].config.task == "regression" else scores,
    }


def _finding(trial: Trial, which: int) -> str:
    """In how many beginnings the finding is there as it is, or is cured by the change."""
    ill = trial.ill(which)
    if which == 0:
        return f"the finding in {ill} of {len(trial.pairs(0))}"
    return f"cures {trial.cured(which) or 'none'} of {ill}" if ill else "gone without it, too"


def _use(key: str, tried: Tried, step: int) -> None:
    chosen = session.said(key).chosen
    for option in tried.options:
        if option.label == chosen:  # anything may come from a browser
            cures.give(tried.rule, option, step)
