"""What helps? Each change alone: a table of single changes, each put to the test from the same few beginnings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from playground.app import components, cures, session
from playground.app.shared_runs import run_of, turn
from playground.health.alone import N_BEGINNINGS, alone, without
from playground.health.checkup import Checkup
from playground.health.cure import Trial, is_better
from playground.health.verdicts import Rule, Try, Verdict
from playground.run.number import say
from playground.run.seeds import N_SEEDS

FAR_BELOW = 0.1
"""10 of 100 points fewer are right than with the best change: that is not called a cure"""


@dataclass(frozen=True)
class Tried:
    """The changes that were tried, and what they are put to the test by."""

    rule: Rule
    options: tuple[Try, ...]
    trial: Trial
    cure: int | None
    """Which of the trial's runs has the settings of the cure on the finding's button"""


def button(verdict: Verdict, checkup: Checkup) -> None:
    """Try each change alone, unless it was done for this moment already."""
    present = session.experiment()
    epochs = cures.judged_at(run_of(present), checkup.step)
    if (tried := _tried(verdict.rule)) and tried.trial.epochs == epochs:
        return
    options = tuple(alone(verdict, present.now))
    cure = verdict.tries[0] if verdict.tries else None
    if options:
        st.button(
            f"Try each alone, to epoch {epochs}" if tried else "Try each alone", key=f"alone_{verdict.rule.name}",
            on_click=_begin, args=(verdict.rule, options, cure, epochs), icon=":material/rule:",
            help="What helps? Trains this run with one change at a time, and tells what each has done.",
        )  # fmt: skip


def _begin(rule: Rule, options: tuple[Try, ...], cure: Try | None, epochs: int) -> None:
    base = without(session.experiment())
    runs = (base, *(option.experiment(base, 0) for option in options))
    moved = {name: value for name, value in cure.settings if getattr(base.now, name) != value} if cure else {}
    which = next((k for k, option in enumerate(options, 1) if dict(option.settings) == moved), None)
    tried = Tried(rule, options, Trial(rule.name, runs, epochs, N_BEGINNINGS, turn), which)
    session.keep(_key(rule), tried)
    cures.begin(_key(rule))


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
    ranked = _ranked(trial)
    with st.container():
        if told := _against_the_cure(tried):
            st.markdown(f"**{session.plain(told)}**")
    data = {
        "kind": "changes",
        "heading": "What helps? Each change alone",
        "note": f"Each is trained to epoch {trial.epochs} from {trial.n_beginnings} draws of the first weights; a cure "
        f"that you give, from {N_SEEDS}, these among them. Scores are medians; the picture is of the first draw.",
        "portraits": [_row(trial, which, labels[which]) for which in (0, *ranked)],
        "arrive": session.kept("arrive", None),  # a button of a finding has only what follows the timeline drawn anew
    }
    components.portraits(key=key, data=data, on_chosen_change=partial(_use, key, tried, step))


def _ranked(trial: Trial) -> list[int]:
    """The runs with a change: in the order in which they are trained, and once all are, the best first."""
    changes = list(range(1, len(trial.runs)))
    if not trial.is_complete:
        return changes
    middle = {which: trial.middle(which) for which in changes}
    return sorted(changes, key=lambda which: (-middle[which].score, middle[which].loss))


def better(rule: Rule) -> Try | None:
    """The change that does clearly better than the cure of a finding, if all have been tried and one does."""
    tried = _tried(rule)
    return _better(tried) if tried else None


def _better(tried: Tried) -> Try | None:
    trial = tried.trial
    if not trial.is_complete or tried.cure is None:
        return None
    best = _ranked(trial)[0]
    return tried.options[best - 1] if is_better(trial.middle(tried.cure), trial.middle(best)) else None


def _against_the_cure(tried: Tried) -> str:
    """Whether the best change does clearly better than the cure of the finding, once all are tried."""
    trial = tried.trial
    if not trial.is_complete or tried.cure is None:
        return ""
    named = tried.options[tried.cure - 1].label
    option = _better(tried)
    if option is None:
        return f"No change here does clearly better than the cure, “{named}”."
    by_itself = " alone" if len(option.settings) == 1 else ""
    outcomes = (trial.middle(tried.cure), trial.middle(_ranked(trial)[0]))
    before, after = (cures.score_in_words(trial, one.score) for one in outcomes)
    if before == after:
        before, after = (f"a loss of {say(one.loss, 2)}" for one in outcomes)
    before = before.removesuffix(" of 100 right").removeprefix("a loss of ")
    return f"“{option.label}”{by_itself} does better than “{named}”: {after} instead of {before}."


def _row(trial: Trial, which: int, label: str) -> dict[str, Any]:
    told = {"name": label, "label": label, "help": "", "address": "", "finding": "", "shares": None}
    if not trial.pairs(which):
        return told | {"line": "not tried yet", "picture": None}
    scores = trial.typical(which)
    is_broken = all(math.isinf(outcome.loss) for outcome in trial.outcomes[which])
    return told | {
        "picture": trial.portraits[which],
        "line": "the run broke" if is_broken else _line(trial, which),
        "finding": _finding(trial, which),
        # The bar goes from one score to the other; the R² of a regression has no lower end.
        "shares": None if trial.runs[0].config.task == "regression" else scores,
    }


def _line(trial: Trial, which: int) -> str:
    """The score, or how it goes; the loss too, where the scores do not tell the two apart."""
    scores = trial.typical(which)
    told = cures.score_in_words(trial, *(scores if which else scores[:1]))
    if which == 0 or round(100 * scores[0]) != round(100 * scores[1]):
        return told
    return f"{told}, loss {say(trial.middle(0).loss, 2)} → {say(trial.middle(which).loss, 2)}"


def _finding(trial: Trial, which: int) -> str:
    """In how many beginnings the finding is there as it is, or is cured by the change; what is known of a few of them
    is said to be so."""
    n, told = len(trial.pairs(which)), _what_it_does(trial, which)
    return told if n == trial.n_beginnings else f"{n} of {trial.n_beginnings} draws so far: {told}"


def _what_it_does(trial: Trial, which: int) -> str:
    ill, gone, cured = trial.ill(which), trial.gone(which), trial.cured(which)
    if which == 0:
        return f"the finding in {ill} of {len(trial.pairs(0))}"
    if not ill:
        return "gone without it, too"
    if gone and not cured:
        return f"the finding is gone in {gone} of {ill}, but it learns no better"
    best = max(trial.middle(k).score for k in range(1, len(trial.runs)) if trial.pairs(k))
    if cured and trial.middle(which).score < best - FAR_BELOW:
        score = cures.score_in_words(trial, trial.middle(which).score)
        return f"the finding is gone in {gone} of {ill}, but only {score}"
    more = f"; gone in {gone - cured} more, but it learns no better" if gone > cured else ""
    return f"cures {cured or 'none'} of {ill}{more}"


def _use(key: str, tried: Tried, step: int) -> None:
    chosen = session.said(key).chosen
    for option in tried.options:
        if option.label == chosen:  # anything may come from a browser
            cures.give(tried.rule, option, step)
