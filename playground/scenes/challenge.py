"""A challenge: settings to begin with, those that may be changed, a goal, and stars for doing it with less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.run.config import SETTINGS, Config
from playground.run.experiment import Experiment
from playground.run.runs import never
from playground.scenes.rules import Rule, Verdict, changed, judge
from playground.scenes.trial import Trials, Turn

MOST_STARS = 3
"""One for the goal, and one for each rule of a star"""


@dataclass(frozen=True)
class Challenge:
    """What is to be reached, from where, and by which settings."""

    start: Config
    may_change: tuple[str, ...]
    """Names of settings; those that come with one of them may be changed as well"""
    goal: Rule
    stars: tuple[Rule, ...] = ()
    """What each further star asks beyond the goal"""

    def problem(self, experiment: Experiment) -> str | None:
        """Why this experiment is none of the challenge's, in a sentence; None if it is."""
        locked = [name for name in changed(experiment.now, self.start) if not self.allows(name)]
        if locked:
            names = ", ".join(SETTINGS[name].label if name in SETTINGS else "the data" for name in locked[:4])
            return f"This task leaves as it is: {names}. What may be changed: {self.controls_in_words}."
        return None

    def allows(self, name: str) -> bool:
        """Whether a setting may be changed."""
        return name in self.may_change or (name in SETTINGS and SETTINGS[name].only_with in self.may_change)

    @property
    def controls_in_words(self) -> str:
        """The settings that may be changed."""
        return ", ".join(SETTINGS[name].label for name in self.may_change) or "nothing"

    @property
    def rules(self) -> list[Rule]:
        """The goal, then what each further star takes."""
        return [self.goal, *(self.goal.stricter(star) for star in self.stars)]

    @property
    def epochs(self) -> int:
        """For how long it is trained."""
        return self.goal.epochs


@dataclass(frozen=True)
class Result:
    """What the engine says of settings."""

    stars: int
    """0 where the goal is missed"""
    verdicts: tuple[Verdict, ...]
    """On the goal, then on each star; none where the settings are not allowed"""
    reasons: tuple[str, ...]
    """In sentences"""


def try_out(
    challenge: Challenge,
    experiment: Experiment,
    trials: Trials,
    turn: Turn,
    *,
    gone: Callable[[], bool] = never,
    tell: Callable[[int], None] = lambda epochs: None,
) -> Result:
    """Have the engine judge an experiment's settings, from the beginning and from every seed.

    Raises ValueError, in a sentence, where that would keep others waiting, and where nobody waits any longer.
    """
    if sentence := challenge.problem(experiment):
        return Result(0, (), (sentence,))
    config = experiment.now
    n_seeds = max(rule.seeds for rule in challenge.rules)
    curves = trials.curves(config, n_seeds, challenge.epochs, turn, gone=gone, tell=tell)
    verdicts = tuple(judge(rule, config, challenge.start, curves) for rule in challenge.rules)
    stars = 0
    for verdict in verdicts:
        if not verdict.passed:
            break
        stars += 1
    reasons = list(verdicts[0].reasons)
    if experiment.changes:
        reasons.append("Judged from the beginning, with the settings now in force: changes on the way do not count.")
    return Result(stars, verdicts, tuple(reasons))


def solved_at_its_start(challenge: Challenge, trials: Trials, turn: Turn) -> bool:
    """Whether the settings that a challenge begins with meet its goal already, so that nothing is left to do.

    Raises ValueError, in a sentence, where trying that would keep others waiting.
    """
    return try_out(challenge, Experiment(challenge.start), trials, turn).stars > 0
