"""A few runs side by side: what sets them apart, ready-made sets to begin with, and the way into a link and back."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import mlp
from playground.run import link, on_show
from playground.run.config import SETTINGS
from playground.run.experiment import Change, Experiment

MOST = 4
ON_THE_WAY = "Changed on the way"
LETTERS = "ABCD"
MOST_LETTERS = 6000
MOST_TAKEN_BACK = 2
"""Settings that the words for Undo name"""
KEY = "compare"
"""What the runs stand under in a link"""
_LABELS: dict[str, Mapping[str, Any]] = {
    "dataset": mlp.DATASETS,
    "features": mlp.FEATURES,
    "activations": mlp.ACTIVATIONS,
    "output_activation": mlp.ACTIVATIONS,
    "initializer": mlp.INITIALIZERS,
    "loss": mlp.LOSSES,
    "optimizer": mlp.OPTIMIZERS,
    "schedule": mlp.SCHEDULES,
}


@dataclass(frozen=True)
class Difference:
    """A setting in which the runs differ."""

    label: str
    values: tuple[str, ...]
    """One for each run, in words"""


def added(runs: Sequence[Experiment], new: Experiment) -> tuple[Experiment, ...]:
    """The runs with one more. ValueError, in a sentence, for one that is there already or one too many."""
    if new in runs:
        raise ValueError(f"This run is there already, as {LETTERS[list(runs).index(new)]}.")
    if len(runs) >= MOST:
        raise ValueError(f"At most {MOST} runs stand side by side: take one away before you add another.")
    return (*runs, new)


def differences(runs: Sequence[Experiment]) -> list[Difference]:
    """Where the runs differ: settings of their beginning, data of one's own, and what was changed on the way."""
    found = []
    for name, s in SETTINGS.items():
        values = tuple(getattr(run.config, name) for run in runs)
        if len(set(values)) > 1:
            words = [shown_value(name, v) if r.config.applies(name) else "–" for v, r in zip(values, runs, strict=True)]
            found.append(Difference(s.label, tuple(words)))
    tables = [run.config.own_data for run in runs]
    if any(table != tables[0] for table in tables):
        found.insert(0, Difference("Own data", tuple("–" if t is None else t.title or "a table" for t in tables)))
    on_the_way = tuple("; ".join(_changes(run)) or "–" for run in runs)
    if len(set(on_the_way)) > 1:
        found.append(Difference(ON_THE_WAY, on_the_way))
    return found


def taken_back(now: Experiment, before: Experiment) -> str:
    """What Undo takes back where it leads from one run to another, in words: "learning rate back from 0.1 to 0.01"."""
    found = differences([Experiment(now.now), Experiment(before.now)])
    told = [f"{_in_mid_sentence(d.label)} back from {d.values[0]} to {d.values[1]}" for d in found[:MOST_TAKEN_BACK]]
    if len(found) > MOST_TAKEN_BACK:
        told.append("and more")
    if not told:
        by_hand = [change.edits for change in now.changes] != [change.edits for change in before.changes]
        return "a weight set by hand" if by_hand else "back to the run before"
    return ", ".join(told)


def in_words(run: Experiment) -> dict[str, str]:
    """Every setting that plays a part in a run, in words, by its label; so its own data and its changes on the way."""
    own = run.config.own_data
    taken = ("dataset", "n_classes", "n_samples", "noise") if own is not None else ()  # the place of these
    told = {} if own is None else {"Own data": own.title or "a table"}
    for name, s in SETTINGS.items():
        if name not in taken and run.config.applies(name):
            told[s.label if s.label not in told else f"{s.label} ({name})"] = shown_value(
                name, getattr(run.config, name)
            )
    if changes := _changes(run):
        told[ON_THE_WAY] = "; ".join(changes)
    return told


def titles(runs: Sequence[Experiment]) -> list[str]:
    """For each run what sets it apart from the others, in a few words."""
    found = differences(runs)
    if not found:
        return ["" for _ in runs]
    spoken = {*(SETTINGS[name].label for name in _LABELS), "Own data", ON_THE_WAY}
    changed = dict.fromkeys(name for run in runs for change in run.changes for name, _ in change.settings)
    return [
        ", ".join(
            d.values[k] if d.label in spoken else f"{_in_mid_sentence(d.label)} {d.values[k]}"
            for d in found
            if d.values[k] != "–"
        )
        or _throughout(run, changed)
        for k, run in enumerate(runs)
    ]


def _throughout(run: Experiment, changed: Iterable[str]) -> str:
    """What a run keeps that others change on the way: settings, or nothing but parameters."""
    kept = settings_in_words({name: getattr(run.config, name) for name in changed})
    return f"{kept} throughout" if kept else "no change on the way"


def shown_value(name: str, value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, tuple):
        return ", ".join(shown_value(name, item) for item in value) or "none"
    entry = _LABELS.get(name, {}).get(value)
    if entry is not None:
        return str(entry.label)
    if name == "n_classes" and not value:
        return "usual"
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings_in_words(settings: Mapping[str, Any]) -> str:
    """Settings and their values. A choice speaks for itself; of a number one must know which."""
    return ", ".join(
        shown_value(name, value)
        if name in _LABELS
        else f"{_in_mid_sentence(SETTINGS[name].label)} {shown_value(name, value)}"
        for name, value in settings.items()
    )


def change_in_words(change: Change) -> str:
    """What was changed at some step: settings, and parameters set by hand."""
    told = settings_in_words(dict(change.settings))
    if not change.edits:
        return told
    by_hand = f"{len(change.edits)} weight{'s' * (len(change.edits) > 1)} set by hand"
    return f"{told}, {by_hand}" if told else by_hand


def dated_in_words(change: Change) -> str:
    """The same, and since when."""
    return f"{change_in_words(change)} from step {change.step:,}"


def _in_mid_sentence(label: str) -> str:
    """Without its capital, if that is not a sign of its own, as in L2."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _changes(run: Experiment) -> list[str]:
    return [dated_in_words(change) for change in run.changes]


# ---- sets to begin with --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Preset:
    """Settings to put side by side, each with the others of the run on screen."""

    label: str
    help: str
    changes: tuple[dict[str, Any], ...]

    def of(self, experiment: Experiment) -> tuple[Experiment, ...]:
        """The runs, from the settings now in force. ValueError, in a sentence, where one does not fit."""
        return tuple(Experiment(experiment.now.changed(**change)) for change in self.changes)


PRESETS: tuple[Preset, ...] = (
    Preset(
        "Four optimizers", "SGD, Momentum, RMSprop and Adam, all at the learning rate of the run on screen.",
        tuple({"optimizer": name} for name in ("sgd", "momentum", "rmsprop", "adam")),
    ),
    Preset(
        "Four learning rates", "0.001, 0.01, 0.1 and 1.",
        tuple({"learning_rate": rate} for rate in (0.001, 0.01, 0.1, 1.0)),
    ),
    Preset(
        "Four activations", "Sigmoid, Tanh, ReLU and Sine.",
        tuple({"activations": (name,)} for name in ("sigmoid", "tanh", "relu", "sine")),
    ),
    Preset(
        "Four seeds", "The same settings from four draws of the first weights: how much of it is luck?",
        tuple({"seed": seed} for seed in (1, 2, 3, 4)),
    ),
    Preset(
        "Four widths", "Two hidden layers of 2, 4, 8 and 16 neurons.",
        tuple({"hidden_layer_sizes": (n, n)} for n in (2, 4, 8, 16)),
    ),
    Preset(
        "With and without L2", "No regularization beside a pull of 0.01 on every weight.",
        ({"l2": 0.0}, {"l2": 0.01}),
    ),
)  # fmt: skip


# ---- the link ------------------------------------------------------------------------------------------------------
def fits(runs: Sequence[Experiment]) -> bool:
    """Whether a link can hold all of them: own data may be too many, and no server takes an address without an end."""
    return all(link.fits(run) for run in runs) and len(to_text(runs)) <= MOST_LETTERS


def to_text(runs: Sequence[Experiment]) -> str:
    """The runs as they stand in a link: each as a link of its own, with bars between them."""
    return "|".join(link.run_to_link(run).lstrip("?") or "default" for run in runs)


def from_text(text: str) -> tuple[tuple[Experiment, ...], list[str]]:
    """Read them back: those that are good, and a sentence for whatever is not."""
    runs: tuple[Experiment, ...] = ()
    problems: list[str] = []
    parts = [part for part in text.split("|") if part]
    if len(parts) > MOST:
        problems.append(
            f"At most {MOST} runs stand side by side; the link has {len(parts)}, and the first of them are shown."
        )
    for part in parts[:MOST]:
        run, wrong = from_link("" if part == "default" else part)
        problems += wrong
        try:
            runs = added(runs, run)
        except ValueError as error:
            problems.append(str(error))
    return runs, problems


CLOCKS = ("epochs", "updates", "examples")
SHOWS = ("difference", "seeds", "votes")
"""B minus A; the same settings from many seeds; where those disagree"""
VIEW_KEYS = ("at", "clock", "show", "pair", "hold")
LATEST = 1e9


@dataclass(frozen=True)
class View:
    """What of the comparison is on show."""

    at: float = 0.0
    """The moment, as the clock counts"""
    clock: str = "epochs"
    show: tuple[str, ...] = ()
    pair: tuple[int, int] = (0, 1)
    """The two runs that are set against each other"""
    hold: tuple[int | None, ...] = ()
    """For each run the step at which it stays, if it does not follow the clock"""


def view_from_query(query: Mapping[str, str], n: int) -> tuple[View, list[str]]:
    """Read what a link to n runs shows of them: what is good, and a sentence for what is not.

    ?compare=...&at=70&clock=updates&show=difference,seeds&pair=AC&hold=B300
    """
    found: dict[str, Any] = {}
    problems = []
    for key, read in (("at", _moment), ("clock", _clock), ("show", _shows), ("pair", _pair), ("hold", _held)):
        if key in query:
            try:
                found[key] = read(query[key], LETTERS[:n])
            except ValueError as error:
                problems.append(f"The link's {key} must be {error}; got {query[key][:40]}.")
    return View(**found), problems


def _moment(text: str, letters: str) -> float:
    try:
        at = float(text)
    except ValueError:
        at = math.nan
    if not 0.0 <= at <= LATEST:
        raise ValueError(f"a moment from 0 to {LATEST:g}")
    return at


def _clock(text: str, letters: str) -> str:
    if text not in CLOCKS:
        raise ValueError(f"one of {', '.join(CLOCKS)}")
    return text


def _shows(text: str, letters: str) -> tuple[str, ...]:
    parts = [part for part in text.split(",") if part]
    if not set(parts) <= set(SHOWS):
        raise ValueError(f"of {', '.join(SHOWS)}")
    return tuple(name for name in SHOWS if name in parts)


def _pair(text: str, letters: str) -> tuple[int, int]:
    if len(text) != 2 or text[0] == text[1] or not set(text) <= set(letters):
        raise ValueError(f"two of the letters {letters}")
    return letters.index(text[0]), letters.index(text[1])


def _held(text: str, letters: str) -> tuple[int | None, ...]:
    steps: list[int | None] = [None] * len(letters)
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"([A-Z])(\d{1,7})", part)
        place = letters.find(match[1]) if match else -1
        if match is None or place < 0 or steps[place] is not None or int(match[2]) > link.MAX_STEP:
            raise ValueError(f"letters of {letters}, each once and with a step, such as {letters[:1]}300")
        steps[place] = int(match[2])
    return tuple(steps)


def from_link(text: str) -> tuple[Experiment, list[str]]:
    """The run that a pasted link opens, with or without its address; and a sentence for what is wrong with it."""
    address = urlsplit(text if "?" in text or "://" in text or text.startswith("/") else f"?{text}")
    pairs = parse_qsl(address.query, keep_blank_values=True)
    query = dict(pairs)
    run, _, problems = link.run_from_query(query)
    problems += link.twice(pairs)
    known = {*(s.key for s in SETTINGS.values()), "classic", "data", "then", "step", *on_show.KEYS}
    if text and not query.keys() & known and not (address.netloc and not query):
        problems.append(f"There is no run in “{text[:40]}”: a link to one looks like ?dataset=moons&lr=0.03.")
    return run, problems
