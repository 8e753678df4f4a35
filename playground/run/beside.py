"""Runs in the pictures of another: only such as live in the same space of parameters, and learn the same data."""

from __future__ import annotations

from collections.abc import Sequence

from playground.run.compared import LETTERS, MOST, titles
from playground.run.experiment import Experiment

KEY = "beside"
"""What they stand under in a link"""
MOST_BESIDE = MOST - 1
PAGES = ("fold", "landscape")
_ALIKE = {
    "features": "other input features",
    "hidden_layer_sizes": "another network",
    "hidden_activations": "other activations",
    "loss_name": "another loss",
    "output_activation": "another output activation",
    "use_bias": "biases where the other has none",
}


def misfit(run: Experiment, other: Experiment) -> str | None:
    """Why a run cannot be shown in the pictures of another, in a few words; None where it can."""
    if run.data_name != other.data_name:
        return "other data"
    return next((why for name, why in _ALIKE.items() if getattr(run.config, name) != getattr(other.config, name)), None)


def candidates(run: Experiment, others: Sequence[Experiment]) -> tuple[list[Experiment], dict[str, str]]:
    """Of other runs those that can be shown beside this one, and of the rest {what it is: why not}."""
    fitting: list[Experiment] = []
    refused: dict[str, str] = {}
    for other in dict.fromkeys(others):
        if other == run:
            continue
        if why := misfit(run, other):
            refused[titles([run, other])[1]] = why
        else:
            fitting.append(other)
    return fitting, refused


def lettered(run: Experiment, beside: Sequence[Experiment]) -> list[str]:
    """What each of the runs beside is called: its letter, A being the run itself, and what sets it apart."""
    told = titles([run, *beside])[1:]
    return [f"{letter} ({title})" for letter, title in zip(LETTERS[1:], told, strict=False)]
