"""The answer to a question about a run, computed by the engine: a figure, an epoch, or a number of seeds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from playground.run.experiment import Experiment
from playground.scenes.rules import MEASURED, Clause, Rule, judge, read_rule
from playground.scenes.trial import Trials, Turn

KINDS = (
    *MEASURED, "epoch of lowest test loss", "epoch of test accuracy >= 95 %",
    "seeds with test accuracy >= 95 %; epochs <= 200; seeds 1 of 10",
)  # fmt: skip
"""By example"""


@dataclass(frozen=True)
class Answer:
    """What is asked of a run."""

    text: str
    figure: str = ""
    """One of MEASURED, at the run's last epoch"""
    lowest: str = ""
    """The epoch at which this one of MEASURED is lowest"""
    first: Clause | None = None
    """The first epoch at which this holds"""
    rule: Rule | None = None
    """The number of its seeds that do it"""

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage."""
        return self.figure.endswith("accuracy")


def read_answer(text: str) -> Answer:
    """An answer from its text. Raises ValueError, in a sentence, for any other."""
    told = " ".join(text.lower().split())
    if told in MEASURED:
        return Answer(told, figure=told)
    if (match := re.fullmatch(r"epoch of lowest ([a-z ]+)", told)) and match[1] in MEASURED:
        return Answer(told, lowest=match[1])
    if match := re.fullmatch(r"epoch of (.+)", told):
        rule = read_rule(match[1])
        if len(rule.clauses) == 1:
            return Answer(told, first=rule.measured[0])
    if match := re.fullmatch(r"seeds with (.+)", told):
        return Answer(told, rule=read_rule(match[1]))
    raise ValueError(f"“{text[:60]}” is no answer: it must be such as {'; or '.join(KINDS)}.")


def compute(answer: Answer, experiment: Experiment, epochs: int, trials: Trials, turn: Turn) -> float:
    """The answer for a run of so many epochs; an accuracy in percent, NaN where there is none."""
    if answer.rule is not None:
        curves = trials.curves(experiment.now, answer.rule.seeds, answer.rule.epochs, turn)
        return float(judge(answer.rule, experiment.now, experiment.now, curves).solved)
    curves = trials.alone(experiment.now, epochs, turn)
    if answer.figure:
        value = float(getattr(curves, MEASURED[answer.figure])[epochs, 0])
        return 100.0 * value if answer.is_share else value
    if answer.first is not None:
        holds = answer.first.holds(getattr(curves, MEASURED[answer.first.name])[: epochs + 1, 0])
        return float(np.argmax(holds)) if holds.any() else math.nan
    column = getattr(curves, MEASURED[answer.lowest])[: epochs + 1, 0]
    return float(np.nanargmin(column)) if np.isfinite(column).any() else math.nan
