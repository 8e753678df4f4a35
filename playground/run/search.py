"""A search: one experiment with several of its settings drawn from ranges, and only the best trained to the end.

Points fill the ranges evenly (sobol.py), or are drawn at random. All runs are trained for a while, then the best of
them for some while longer, and so on: *successive halving* (Jamieson and Talwalkar 2016,
https://arxiv.org/abs/1502.07943). Whoever goes on is the very same run as one that is trained to the end in one go.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mlp.arrays import Array
from playground.run.atlas import KINDS, MOST_VALUES, Cells, Tile
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import read_value, twice, write_value
from playground.run.seeds import judged
from playground.run.sobol import sobol

KEY = "search"
"""What it stands under in a link"""
LEAST_AXES, MOST_AXES = 2, 6
LEAST_RUNS, MOST_RUNS = 4, 256
POINTS = {"sobol": "evenly", "random": "at random"}
KEEP = {1: "all to the end", 2: "the best half, twice", 3: "the best third, twice"}
"""Of how many one goes on at each rung, and what that is in words"""
MOST_DRAW = 999
MOST_BINS, LEAST_IN_BIN = 4, 5
_RANGE = re.compile(r"([^~]+?)(?:~|to)([^~]+)")


@dataclass(frozen=True)
class Dimension:
    """A setting, and what its values are drawn from: some values, or a range with both ends.

    ValueError, in a sentence, where it does not fit.
    """

    key: str
    values: tuple[Any, ...] = ()
    ends: tuple[Any, Any] | None = None

    def __post_init__(self) -> None:
        if self.key not in KINDS:
            raise ValueError(f"A setting to search in must be one of {', '.join(KINDS)}; got {str(self.key)[:40]}.")
        for value in self.ends or self.values:
            Config().changed(**self.kind.changes(Config(), value))  # says what is wrong with a value alone
        if self.ends is None and not 2 <= len(self.values) <= MOST_VALUES:
            raise ValueError(f"{self.kind.label} must have 2 to {MOST_VALUES} values; got {len(self.values)}.")
        if self.ends is not None and self.ends[0] >= self.ends[1]:
            raise ValueError(
                f"The range of the {self.kind.name} must go from a lower to a higher number; got "
                f"{self.written(' to ')}."
            )

    @property
    def kind(self) -> Any:
        """What it is about: an entry of KINDS."""
        return KINDS[self.key]

    @property
    def is_log(self) -> bool:
        """Whether each tenfold of its range gets the same share."""
        return self.ends is not None and bool(self.kind.is_log) and self.ends[0] > 0

    def at(self, share: float) -> Any:
        """The value that lies so far on the way, from 0 to below 1; of a number three digits."""
        if self.ends is None:
            return self.values[int(share * len(self.values))]
        low, high = self.ends
        if isinstance(low, int):
            low, high = low - 0.5, high + 0.5  # each whole number gets its share
        value = low * (high / low) ** share if self.is_log else low + (high - low) * share
        rounded = round(value) if isinstance(self.ends[0], int) else float(f"{value:.3g}")
        return min(max(rounded, self.ends[0]), self.ends[1])

    def written(self, between: str = "~") -> str:
        """As `read` takes it."""
        return between.join(map(write_value, self.ends)) if self.ends else self.kind.written(self.values)

    @classmethod
    def read(cls, key: str, text: str) -> Dimension:
        """`0.001 to 1`, `0.001~1` or `2, 4, 8`. ValueError, in a sentence, for what is none."""
        if key not in KINDS:
            return cls(key)
        kind = KINDS[key]
        found = _RANGE.fullmatch(text.replace(" ", ""))
        if found is None or kind.choices:
            return cls(key, kind.read(text) or kind.usual)
        low, high = (kind.read(end) for end in found.groups())
        if not len(low) == len(high) == 1:
            raise ValueError(f"The range of the {kind.name} must be such as 0.001 to 1; got {text[:40]}.")
        return cls(key, ends=(low[0], high[0]))


USUAL = (
    Dimension("lr", ends=(0.001, 1.0)),
    Dimension("width", ends=(2, 16)),
    Dimension("activation", ("sigmoid", "tanh", "relu", "sine")),
)


def usual(key: str) -> Dimension:
    """What a setting is searched in where nothing is said: from its lowest usual value to its highest, or all."""
    kind = KINDS[key]
    if kind.choices:
        return Dimension(key, kind.usual)
    above = [value for value in kind.usual if value > 0] if kind.is_log else list(kind.usual)
    return Dimension(key, ends=(min(above), max(above)))


@dataclass(frozen=True)
class Search(Cells):
    """Which runs there are: the base with the values of `n_cells` points, from `n_seeds` seeds.

    keep : at each rung one run of so many goes on; 1 for all
    points : a name of POINTS
    draw : another number draws other points

    Raises ValueError, in a sentence, for more than this server trains for a visitor.
    """

    base: Experiment = field(default_factory=Experiment)
    axes: tuple[Dimension, ...] = USUAL
    n_points: int = 27
    n_seeds: int = 3
    epochs: int = 100
    keep_one_of: int = 3
    points: str = "sobol"
    draw: int = 1

    def __post_init__(self) -> None:
        if not LEAST_AXES <= len(self.axes) <= MOST_AXES or len({axis.key for axis in self.axes}) < len(self.axes):
            raise ValueError(f"A search must vary {LEAST_AXES} to {MOST_AXES} settings that differ.")
        for words, value, least, most in (
            ("runs", self.n_points, LEAST_RUNS, MOST_RUNS),
            ("draw", self.draw, 0, MOST_DRAW),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(
                    f"A search's {words} must be a whole number from {least} to {most}; got {value!s:.20}."
                )
        if self.keep_one_of not in KEEP:
            raise ValueError(f"Of 1, 2 or 3 runs one goes on at a rung; got {self.keep_one_of!s:.20}.")
        if self.points not in POINTS:
            raise ValueError(f"The points must be {' or '.join(POINTS)}; got {self.points!s:.20}.")
        self.check()

    @cached_property
    def name(self) -> str:
        """A short name that two of them share only if they are the same."""
        told = (self.base.name, to_text(self))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def n_cells(self) -> int:
        """Runs in all, each from some seeds."""
        return self.n_points

    @property
    def columns(self) -> int:
        """Tiles from left to right."""
        return math.ceil(math.sqrt(1.5 * self.n_cells))

    @cached_property
    def _shares(self) -> Array:
        """(n_points, n_axes): how far each point lies on the way through each range."""
        rng = np.random.default_rng(self.draw)
        if self.points == "random":
            return rng.random((self.n_points, len(self.axes)))
        return sobol(self.n_points, len(self.axes), rng)

    def values_of(self, cell: int) -> tuple[Any, ...]:
        """The value of each setting at a point."""
        return tuple(axis.at(share) for axis, share in zip(self.axes, self._shares[cell].tolist(), strict=True))

    # ---- who goes on ---------------------------------------------------------------------------------------------
    @property
    def rungs(self) -> tuple[int, ...]:
        """The epochs at which only the best go on, and the last one."""
        k = self.keep_one_of
        return tuple(sorted({math.ceil(self.epochs / k**2), math.ceil(self.epochs / k), self.epochs}))

    def best(self, tiles: Mapping[int, Tile]) -> list[int]:
        """Which of these go on: one of `keep_one_of`, by the score of the seed in the middle, then by its loss."""
        n = math.ceil(len(tiles) / self.keep_one_of)
        return sorted(sorted(tiles, key=lambda cell: (_standing(tiles[cell]), -cell), reverse=True)[:n])

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many begin, and how many go on beyond each rung but the last, where all can be."""
        found = [self.n_cells]
        for _ in self.rungs[1:]:
            found.append(math.ceil(found[-1] / self.keep_one_of))
        return tuple(found)

    @property
    def share(self) -> float:
        """Of all epochs of all runs, how much is trained."""
        stages = zip(self.sizes, self.rungs, (0, *self.rungs), strict=False)
        return sum(n * (end - begin) for n, end, begin in stages) / (self.n_cells * self.epochs)

    # ---- what comes of it ------------------------------------------------------------------------------------------
    def importance(self, found: Mapping[int, Tile]) -> tuple[float, ...]:
        """For each setting, how much of the differences in score it tells by itself, from 0 to 1.

        The scores, each the mean over the seeds, are those at the first rung, which all runs have reached; one that has
        diverged, or an R² below zero, counts as 0. They are put into groups: by the value of a choice, by quarters of
        the runs along a range. The share is the variance between groups without what chance alone would make of it
        (epsilon squared, Kelley 1935: 1 - MS within groups / MS in all), and 0 where that is negative.
        """
        cells = sorted(found)
        with np.errstate(invalid="ignore"):
            scores = np.array([np.nan_to_num(found[cell].scores_at(self.rungs[0])).clip(0.0).mean() for cell in cells])
        values = [self.values_of(cell) for cell in cells]
        return tuple(told_by(_groups(axis, [value[k] for value in values]), scores) for k, axis in enumerate(self.axes))

    def in_words(self, found: Mapping[int, Tile]) -> str:
        """What tells good runs from bad, and who went on."""
        at = self.rungs[0]
        shares = sorted(zip(self.importance(found), self.axes, strict=True), key=lambda pair: -pair[0])
        told = ", ".join(f"the {axis.kind.name} {100 * share:.0f} %" for share, axis in shares)
        when = f"epoch {at}, which all runs reached" if len(self.rungs) > 1 else "the end"
        sentences = [f"Of the differences in score at {when}, each setting tells by itself: {told}."]
        diverged = sum(int(np.isnan(tile.scores_at(at)).sum()) for tile in found.values())
        if diverged:
            sentences.append(f"Diverged by then, and counted as 0: {diverged} of {len(found) * self.n_seeds} networks.")
        if (missing := self.n_cells - len(found)) > 0:
            sentences.append(f"Not counted: {missing} runs that cannot be.")
        return " ".join(sentences)


def told_by(groups: list[list[int]], scores: Array) -> float:
    """Epsilon squared of numbers in groups of their places, from 0 to 1."""
    n, k = len(scores), len(groups)
    within = sum(float(((scores[g] - scores[g].mean()) ** 2).sum()) for g in groups)
    total = float(((scores - scores.mean()) ** 2).sum())
    if n <= k or k < 2 or total < 1e-12:
        return 0.0
    return max(0.0, 1.0 - (within / (n - k)) / (total / (n - 1)))


def _groups(axis: Dimension, values: list[Any]) -> list[list[int]]:
    """The places of the runs that have a value in common, or lie in the same quarter of a range."""
    n = min(MOST_BINS, len(values) // LEAST_IN_BIN)
    if axis.ends is not None and len(set(values)) > n:
        order = sorted(range(len(values)), key=lambda k: values[k])
        return [part.tolist() for part in np.array_split(order, max(1, n))]
    return [[k for k, value in enumerate(values) if value == one] for one in sorted(set(values), key=str)]


def _standing(tile: Tile) -> tuple[float, float]:
    """By which tiles are ranked: the score of the seed in the middle, then minus its loss; the worst if it diverged."""
    score, (losses, _) = tile.scores[tile.middle], judged(tile.curves)
    loss = losses[-1, tile.middle]
    return (-math.inf, 0.0) if np.isnan(score) else (float(score), -float(loss))


# ---- the link ------------------------------------------------------------------------------------------------------
_COUNTS = {
    "runs": "n_points",
    "seeds": "n_seeds",
    "epochs": "epochs",
    "keep": "keep_one_of",
    "draw": "draw",
}


def to_text(search: Search) -> str:
    """A search as it stands in a link beside its base: `lr:0.001~1;width:2,4;runs:27;seeds:3;epochs:100;keep:3`."""
    counts = [f"{key}:{getattr(search, name)}" for key, name in _COUNTS.items()]
    return ";".join(
        [*(f"{a.key}:{a.written().replace(' ', '')}" for a in search.axes), *counts, f"points:{search.points}"]
    )


def from_text(text: str, base: Experiment) -> tuple[Search | None, list[str]]:
    """Read it back: what is good is kept, and a sentence says what is not; None where no search can be made of it."""
    problems: list[str] = []
    axes: list[Dimension] = []
    more: dict[str, Any] = {}
    pairs = [(key, value) for key, _, value in (part.partition(":") for part in text.split(";"))]
    problems += twice(pair for pair in pairs if pair[0] in _COUNTS or pair[0] == "points")
    for part in filter(None, text.split(";")):
        key, _, value = part.partition(":")
        try:
            if key in _COUNTS or key == "points":
                one = {_COUNTS[key]: read_value(value, 0)} if key in _COUNTS else {"points": value}
                Search(**one)  # says what is wrong with it alone
                more |= one
            elif len(axes) == MOST_AXES:
                raise ValueError(f"A search varies at most {MOST_AXES} settings; “{part[:40]}” was left out.")
            else:
                axes.append(Dimension.read(key, value))
        except ValueError as error:
            problems.append(f"The link's search: {error}")
    try:
        return Search(base, tuple(axes) or USUAL, **more), problems
    except ValueError as error:
        return None, [*problems, f"The link's search: {error}"]
