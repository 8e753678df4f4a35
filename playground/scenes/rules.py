"""A goal as a rule that the engine can judge: `test accuracy >= 95 %; neurons <= 6; epochs <= 200; seeds 4 of 5`.

Clauses stand with a semicolon between them. What is *measured* must hold together at one moment, `by` an epoch
(`epochs <= 200`) or `at` it (`epochs = 200`); what is *counted* is known before training. `seeds 4 of 5` says of how
many first weights so many must do it: one lucky seed does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

import mlp
from mlp.arrays import Array
from playground.run.config import SETTINGS, Config
from playground.run.number import percent, say

MOST_SEEDS, MOST_EPOCHS, MOST_LETTERS = 10, 1000, 300
USUAL_EPOCHS, USUAL_SEEDS = 200, (4, 5)
MEASURED = {
    "test accuracy": "test_score",
    "train accuracy": "train_score",
    "test loss": "test_loss",
    "train loss": "train_loss",
}
"""What is measured at each epoch, and where `mlp.Curves` has it"""
COUNTED = ("neurons", "layers", "parameters", "changes")
"""What is counted: hidden neurons, hidden layers, weights and biases, settings that differ from the start's"""
_EXAMPLE = "test accuracy >= 95 %; neurons <= 6; epochs <= 200; seeds 4 of 5"
_CLAUSE = re.compile(r"([a-z ]+?)\s*(<=|>=|=|<|>)\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(%?)")
_SEEDS = re.compile(r"seeds\s+(\d{1,3})\s+of\s+(\d{1,3})")
_SIGNS = {">=": "at least", "<=": "at most", "=": "exactly", "<": "less than", ">": "more than"}
_TESTS = {
    ">=": np.greater_equal, "<=": np.less_equal, "=": np.equal, "<": np.less, ">": np.greater,
}  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """One condition, such as test accuracy >= 0.95."""

    name: str
    sign: str
    bound: float
    """A share of 1 for an accuracy"""

    def holds(self, value: Array | float) -> Array:
        """Whether it does, for each of the values; NaN never."""
        result: Array = _TESTS[self.sign](value, self.bound)
        return result

    @property
    def words(self) -> str:
        """Such as "at least 95 % of the test points right"."""
        sign = _SIGNS[self.sign]
        if self.name.endswith("accuracy"):
            points = "test points" if self.name.startswith("test") else "training points"
            return f"{sign} {told(self.name, self.bound)} of the {points} right"
        if self.name.endswith("loss"):
            return f"a {named(self.name)} of {sign} {say(self.bound)}"
        number = say(self.bound)
        if self.name == "changes":
            return f"{sign} {number} setting{'s' * (self.bound != 1)} changed"
        noun = {"neurons": "neuron", "layers": "hidden layer", "parameters": "weights and biases"}[self.name]
        return f"{sign} {number} {noun}{'s' * (self.bound != 1 and noun[-1] != 's')}"

    def __str__(self) -> str:
        of_accuracy = self.name.endswith("accuracy")
        return f"{self.name} {self.sign} {100 * self.bound if of_accuracy else self.bound:g}{' %' * of_accuracy}"


@dataclass(frozen=True)
class Rule:
    """A goal: clauses, the epoch by which or at which they must hold, and from how many seeds."""

    clauses: tuple[Clause, ...]
    epochs: int = USUAL_EPOCHS
    at_end: bool = False
    """Whether only the last epoch counts"""
    needed: int = USUAL_SEEDS[0]
    seeds: int = USUAL_SEEDS[1]

    @property
    def measured(self) -> list[Clause]:
        """What must hold at one moment of training."""
        return [clause for clause in self.clauses if clause.name in MEASURED]

    @property
    def counted(self) -> list[Clause]:
        """What must hold of the settings."""
        return [clause for clause in self.clauses if clause.name in COUNTED]

    def stricter(self, more: Rule) -> Rule:
        """This rule with the clauses of another added; epochs and seeds are this one's unless it says fewer epochs."""
        return replace(self, clauses=(*self.clauses, *more.clauses), epochs=min(self.epochs, more.epochs))

    @property
    def words(self) -> str:
        """The goal in a sentence."""
        when = f"at epoch {self.epochs}" if self.at_end else f"by epoch {self.epochs}"
        return (
            f"{', '.join(c.words for c in self.clauses)}, {when}, "
            f"from {self.needed} of {self.seeds} different first weights."
        ).capitalize()

    def more_than(self, goal: Rule) -> str:
        """What this rule, of a star, asks beyond the goal."""
        by = [f"by epoch {self.epochs}"] if self.epochs < goal.epochs else []
        return "also " + ", ".join([*(c.words for c in self.clauses), *by])

    def __str__(self) -> str:
        when = f"epochs {'=' if self.at_end else '<='} {self.epochs}"
        return "; ".join([*map(str, self.clauses), when, f"seeds {self.needed} of {self.seeds}"])


def read_rule(text: str, *, may_be_empty: bool = False) -> Rule:
    """A rule from its text. Raises ValueError, in a sentence that names the clause, where anything is wrong.

    may_be_empty : whether it may have no clause but the one about epochs, as that of a star has
    """
    if len(text) > MOST_LETTERS:
        raise ValueError(f"A rule must have at most {MOST_LETTERS} letters; got {len(text)}.")
    clauses: list[Clause] = []
    found: dict[str, object] = {}
    for piece in (" ".join(part.lower().split()) for part in text.split(";")):
        if not piece:
            continue
        if match := _SEEDS.fullmatch(piece):
            found |= {"needed": int(match[1]), "seeds": int(match[2])}
            continue
        clause = _read_clause(piece)
        if clause.name == "epochs":
            found |= {"epochs": int(clause.bound), "at_end": clause.sign == "="}
        else:
            clauses.append(clause)
    rule = Rule(tuple(clauses), **found)  # type: ignore[arg-type]
    if not 1 <= rule.needed <= rule.seeds <= MOST_SEEDS:
        raise ValueError(
            f"Seeds must be from 1 of 1 to {MOST_SEEDS} of {MOST_SEEDS}; got {rule.needed} of {rule.seeds}."
        )
    if not may_be_empty and not rule.measured:
        raise ValueError(f"A rule must say what is measured: {', '.join(MEASURED)}; such as “{_EXAMPLE}”.")
    return rule


def _read_clause(piece: str) -> Clause:
    match = _CLAUSE.fullmatch(piece)
    known = (*MEASURED, *COUNTED, "epochs")
    if not match or match[1] not in known:
        raise ValueError(
            f"“{piece[:60]}” is no clause of a rule: it must be one of {', '.join(known)}, then >= or <=, then a "
            f"number, or “seeds 4 of 5”, with “;” between clauses, such as “{_EXAMPLE}”."
        )
    name, sign, number, is_percent = match.groups()
    bound = float(number)
    if name.endswith("accuracy"):
        if not is_percent or bound > 100:
            raise ValueError(f"“{piece}”: an accuracy must be a percentage from 0 % to 100 %.")
        return Clause(name, sign, bound / 100)
    if is_percent:
        raise ValueError(f"“{piece}”: only an accuracy is a percentage.")
    if name in ("epochs", *COUNTED) and bound != int(bound):
        raise ValueError(f"“{piece}”: {name} must be a whole number.")
    if name == "epochs" and (sign not in ("<=", "=") or not 1 <= bound <= MOST_EPOCHS):
        raise ValueError(f"“{piece}”: epochs must be <= or = a number from 1 to {MOST_EPOCHS}.")
    return Clause(name, sign, bound)


# ---- judging ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seed:
    """How one seed did."""

    epoch: int
    """When all that is measured first held together; -1 if it never did"""
    best: tuple[float, ...]
    """For each measured clause the value that came nearest, or for a rule `at` an epoch the value there"""
    diverged: bool


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds, and why."""

    passed: bool
    solved: int
    """Seeds that did it"""
    seeds: tuple[Seed, ...]
    reasons: tuple[str, ...]
    """In sentences: what is missing, or by how much it is met"""


def counts(config: Config, start: Config) -> dict[str, int]:
    """What is counted of some settings, beside those that the challenge began with."""
    return {
        "neurons": sum(config.hidden_layer_sizes),
        "layers": len(config.hidden_layer_sizes),
        "parameters": config.shape.n_trainable,
        "changes": len(changed(config, start)),
    }


def changed(config: Config, start: Config) -> list[str]:
    """The settings in which two configs differ, but for the seed, which a judge chooses; "own_data" for other data."""
    names = [name for name in SETTINGS if name != "seed" and getattr(config, name) != getattr(start, name)]
    return names + ["own_data"] * (config.own_data != start.own_data)


def judge(rule: Rule, config: Config, start: Config, curves: mlp.Curves) -> Verdict:
    """Judge the curves of seeds that were trained with these settings, at least up to the rule's epoch."""
    seeds = tuple(_seed(rule, curves, k) for k in range(rule.seeds))
    solved = sum(seed.epoch >= 0 for seed in seeds)
    counted = counts(config, start)
    missed = [clause for clause in rule.counted if not clause.holds(counted[clause.name])]
    reasons = [f"The goal is {clause.words}; yours: {counted[clause.name]}." for clause in missed]
    reasons.append(f"{solved} of the {rule.seeds} beginnings led there; {rule.needed} are needed.")
    reasons += _what_kept(rule, seeds)
    return Verdict(not missed and solved >= rule.needed, solved, seeds, tuple(reasons))


def _seed(rule: Rule, curves: mlp.Curves, k: int) -> Seed:
    stop = rule.epochs + 1
    columns = [getattr(curves, MEASURED[c.name])[:stop, k] for c in rule.measured]
    holds = np.logical_and.reduce([c.holds(column) for c, column in zip(rule.measured, columns, strict=True)])
    if rule.at_end:
        holds[:-1] = False
    lost = not np.isfinite(curves.train_loss[:stop, k]).all()
    seen = [column[-1:] if rule.at_end else column[1:] for column in columns]
    best = tuple(_nearest(c, column) for c, column in zip(rule.measured, seen, strict=True))
    return Seed(int(curves.epochs[np.argmax(holds)]) if holds.any() else -1, best, lost)


def _nearest(clause: Clause, column: Array) -> float:
    finite = column[np.isfinite(column)]
    if not len(finite):
        return float("nan")
    return float(finite.max() if clause.sign in (">", ">=") else finite.min())


def _what_kept(rule: Rule, seeds: tuple[Seed, ...]) -> list[str]:
    """For those that did not do it: how near they came."""
    failed = [seed for seed in seeds if seed.epoch < 0]
    if not failed:
        return []
    when = f"at epoch {rule.epochs}" if rule.at_end else "at best"
    told_of = []
    for place, clause in enumerate(rule.measured):
        values = ", ".join(told(clause.name, seed.best[place]) for seed in failed)
        told_of.append(f"{named(clause.name)} {when}: {values} (goal: {clause.sign} {told(clause.name, clause.bound)})")
    lost = sum(seed.diverged for seed in failed)
    more = [f"In {lost} of them the numbers grew beyond all bounds: the learning rate is too high."] if lost else []
    return ["The others: " + "; ".join(told_of) + ".", *more]


def told(name: str, value: float) -> str:
    """A measured or counted value, as a person reads it."""
    if name.endswith("accuracy"):
        return percent(value).replace(".0 %", " %")
    return say(value, 3)


def named(name: str) -> str:
    """A quantity as it is called on the page."""
    return name.replace("train ", "training ")
