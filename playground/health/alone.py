"""What helps against a finding, one change at a time: the cures of its rule taken apart, and a few that one thinks of.

A cure that changes the depth and the activation at once does not tell which of the two it was that helped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.health.verdicts import Try, Verdict
from playground.run.compared import shown_value
from playground.run.config import SETTINGS, Config, nearest_preset
from playground.run.experiment import Experiment

N_BEGINNINGS = 5
RATE_TIMES = (3.0, 1 / 3.0)
INITIALIZERS = ("glorot_uniform", "he_normal")
OPTIMIZERS = ("adam", "momentum")


def alone(verdict: Verdict, present: Config) -> list[Try]:
    """Changes of the present settings, each from the very beginning, no two of them the same.

    First those that the cures of the finding are made of, and what they are together; then a learning rate three times
    as high and a third as high, other first weights and another optimizer, where no cure changes these.
    """
    found: dict[Config, Try] = {}
    touched: set[str] = set()
    for label, settings in _wanted(verdict, present, touched):
        try:
            after = present.changed(**settings)
        except ValueError:  # it only goes together with another
            continue
        if after != present and after not in found:
            found[after] = Try(label, tuple(settings.items()), again=True)
    return list(found.values())


def without(present: Experiment) -> Experiment:
    """What the changes are held against: the present settings, from the very beginning."""
    return Experiment(present.now)


def _wanted(verdict: Verdict, present: Config, touched: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Settings to change, each with its words; `touched` collects which the cures change."""
    for option in verdict.tries:
        moved = {name: value for name, value in option.settings if getattr(present, name) != value}
        touched |= {*moved}
        for name, value in moved.items():
            yield _in_words(option, present, name, value), {name: value}
        if len(moved) > 1:
            yield f"{option.label} ({'both' if len(moved) == 2 else f'all {len(moved)}'} at once)", moved
    for times in RATE_TIMES:
        yield _change(present, "learning_rate", nearest_preset("learning_rate", times * present.learning_rate))
    for name, values in (("initializer", INITIALIZERS), ("optimizer", OPTIMIZERS)):
        if name not in touched:
            yield _change(present, name, next(value for value in values if value != getattr(present, name)))


def _change(present: Config, name: str, value: Any) -> tuple[str, dict[str, Any]]:
    words = f"{SETTINGS[name].label}: {_shown(name, value)} instead of {_shown(name, getattr(present, name))}"
    return words, {name: value}


def _in_words(option: Try, present: Config, name: str, value: Any) -> str:
    return _change(present, name, value)[0] if name in SETTINGS else option.label


def _shown(name: str, value: Any) -> str:
    if name == "hidden_layer_sizes" and value and len(set(value)) == 1:
        return f"{len(value)} layer{'s' * (len(value) > 1)} of {value[0]}"
    return shown_value(name, value)
