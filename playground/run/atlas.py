"""An atlas: one experiment with one or two of its settings varied, each combination from a few seeds.

Nothing here trains: this says which runs there are, in what order, as jobs for whoever does it, and what comes of them.
Every run is an experiment like any other, so that a tile of the atlas opens in the Playground with the same numbers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

import mlp
from mlp.arrays import Array
from mlp.jobs import Job, Slice, most_nets, stack_key
from playground.run.compared import shown_value
from playground.run.config import DEFAULTS, SETTINGS, Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.link import read_value, twice, work_of_a_step, write_value
from playground.run.runs import new_network, trainer_settings
from playground.run.seeds import judged

KEY = "atlas"
"""What it stands under in a link"""
MOST_VALUES, MOST_SEEDS, MOST_EPOCHS, MOST_CELLS, MOST_RUNS = 32, 20, 1000, 1024, 8192
MOST_WORK = 2e12
"""Multiplications in all, about: some minutes of two processors"""
MOST_NUMBERS = 400_000
"""Parameters in the frames of all tiles together: a browser is sent them, four bytes each"""
LEAST_FRAMES, MOST_FRAMES = 13, 101


@dataclass(frozen=True)
class Kind:
    """What can be an axis."""

    key: str
    """Its name in a link"""
    label: str
    usual: tuple[Any, ...]
    """The values to begin with"""
    changes: Callable[[Config, Any], Mapping[str, Any]]
    """From the base and a value to the settings that are changed"""
    setting: str = ""
    """The setting that has the values, if it is one"""
    is_log: bool = False
    """Whether from 1 to 10 is as far as from 10 to 100"""

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that are allowed, where there are only so many."""
        return SETTINGS[self.setting].choices if self.setting else ()

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return self.label if self.label[1].isupper() or self.label[1].isdigit() else self.label.lower()

    def shown(self, value: Any) -> str:
        """A value in words."""
        return shown_value(self.setting, value)

    def written(self, values: Sequence[Any]) -> str:
        """Values as `read` takes them."""
        return ", ".join(map(write_value, values))

    def read(self, text: str) -> tuple[Any, ...]:
        """Values with commas between them. ValueError, in a sentence, for what is none."""
        found = tuple(read_value(part, self.usual[0]) for part in text.replace(" ", "").split(",") if part)
        kind = type(self.usual[0])
        for value in found:
            if type(value) is not kind or (self.choices and value not in self.choices):
                wanted = f"one of {', '.join(self.choices)}" if self.choices else _KINDS_IN_WORDS[kind]
                raise ValueError(f"A value of the {self.name} must be {wanted}; got {str(value)[:40]}.")
        return tuple(dict.fromkeys(found))


_KINDS_IN_WORDS = {int: "a whole number", float: "a number"}


def _set(name: str, *usual: Any, is_log: bool = False) -> Kind:
    def changes(_: Config, value: Any) -> Mapping[str, Any]:
        return {name: (value,) if isinstance(DEFAULTS[name], tuple) else value}

    return Kind(SETTINGS[name].key, SETTINGS[name].label, usual, changes, name, is_log)


def _width(config: Config, n: int) -> Mapping[str, Any]:
    return {"hidden_layer_sizes": (n,) * max(1, len(config.hidden_layer_sizes))}


def _depth(config: Config, n: int) -> Mapping[str, Any]:
    return {"hidden_layer_sizes": (max(config.hidden_layer_sizes, default=8),) * n}


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        _set("learning_rate", 0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, is_log=True),
        Kind("width", "Neurons in a layer", (2, 4, 6, 8, 12, 16), _width),
        Kind("depth", "Hidden layers", (0, 1, 2, 3, 4, 6), _depth),
        _set("batch_size", 1, 5, 10, 25, 50, 250, is_log=True),
        _set("activations", "identity", "sigmoid", "tanh", "relu", "gelu", "sine"),
        _set("optimizer", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"),
        _set("initializer", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal"),
        _set("l2", 0.0, 1e-4, 1e-3, 0.01, 0.1, 1.0, is_log=True),
        _set("l1", 0.0, 1e-4, 1e-3, 0.01, 0.1, 1.0, is_log=True),
        _set("dropout", 0.0, 0.1, 0.2, 0.3, 0.5, 0.7),
        _set("noise", 0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
        _set("n_samples", 50, 100, 200, 500, 1000, 2000, is_log=True),
        _set("dataset", "moons", "circles", "xor", "spirals"),
        _set("data_seed", 1, 2, 3, 4, 5, 6),
        _set("seed", 1, 2, 3, 4, 5, 6),
    )
}


@dataclass(frozen=True)
class Axis:
    """A setting and the values that it takes. ValueError, in a sentence, where it does not fit."""

    key: str
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if self.key not in KINDS:
            raise ValueError(f"An axis must be one of {', '.join(KINDS)}; got {str(self.key)[:40]}.")
        if not 1 <= len(self.values) <= MOST_VALUES:
            raise ValueError(f"{self.kind.label} must have 1 to {MOST_VALUES} values; got {len(self.values)}.")

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return KINDS[self.key]


USUAL = (Axis("lr", KINDS["lr"].usual), Axis("width", KINDS["width"].usual))


class Cells:
    """What a grid and a search have in common: cells, each a run like the base but for some settings, from some seeds.

    Of a grid and of a search are told in fields of their own: `base`, `axes`, `n_seeds`, `epochs`.
    """

    base: Experiment
    axes: tuple[Any, ...]
    n_seeds: int
    epochs: int

    # ---- what each of them says for itself -----------------------------------------------------------------------
    @property
    def name(self) -> str:
        """A short name that two of them share only if they are the same."""
        raise NotImplementedError

    @property
    def n_cells(self) -> int:
        """Cells in all."""
        raise NotImplementedError

    @property
    def columns(self) -> int:
        """Tiles from left to right."""
        raise NotImplementedError

    def values_of(self, cell: int) -> tuple[Any, ...]:
        """The value of each axis at a cell."""
        raise NotImplementedError

    def in_words(self, found: Mapping[int, Tile]) -> str:
        """What came of it, once all tiles are there, in a few sentences; "" for nothing to tell."""
        raise NotImplementedError

    @property
    def rungs(self) -> tuple[int, ...]:
        """The epochs at which only the best go on, and the last one."""
        return (self.epochs,)

    def best(self, tiles: Mapping[int, Tile]) -> list[int]:
        """Which of these cells go on beyond a rung."""
        return list(tiles)

    @property
    def share(self) -> float:
        """Of all epochs of all runs, how much is trained."""
        return 1.0

    def _level(self, cell: int) -> int:
        """Cells of a lower level are trained before those of a higher one."""
        return 0

    # ---- what they share -------------------------------------------------------------------------------------------
    def check(self) -> None:
        """Refuse what cannot be, or is too much: ValueError, in a sentence."""
        for words, value, most in (("seeds", self.n_seeds, MOST_SEEDS), ("epochs", self.epochs, MOST_EPOCHS)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise ValueError(f"The number of {words} must be a whole number from 1 to {most}; got {value!s:.20}.")
        if self.n_cells > MOST_CELLS or self.n_cells * self.n_seeds > MOST_RUNS:
            raise ValueError(
                f"An atlas must have at most {MOST_CELLS:,} tiles and {MOST_RUNS:,} runs; got {self.n_cells:,} tiles "
                f"and {self.n_cells * self.n_seeds:,} runs."
            )
        if all(isinstance(cell, str) for cell in self.configs):
            raise ValueError(str(self.configs[0]))
        if self.work > MOST_WORK:
            raise ValueError(
                "This atlas would keep the workers busy for too long: take fewer values, seeds or epochs, or larger "
                "batches."
            )

    @cached_property
    def configs(self) -> tuple[Config | str, ...]:
        """The settings of each cell's first seed; why there are none, in a sentence, where they do not fit together."""
        # To the end, all of them: one that was stopped early would leave its place on the common clock.
        base = self.base.now.changed(patience=0)
        found: list[Config | str] = []
        for cell in range(self.n_cells):
            changes: dict[str, Any] = {}
            try:
                for axis, value in zip(self.axes, self.values_of(cell), strict=True):
                    changes |= axis.kind.changes(base.changed(**changes), value)
                found.append(base.changed(**changes))
            except ValueError as error:
                found.append(str(error))
        return tuple(found)

    def experiment(self, cell: int, k: int) -> Experiment:
        """The run of a cell from its seed number `k`."""
        config = self.configs[cell]
        if isinstance(config, str):
            raise ValueError(config)
        return Experiment(config.changed(seed=(config.seed + k) % 100_000))

    @property
    def n_runs(self) -> int:
        """Runs of all cells that have any."""
        return self.n_seeds * sum(isinstance(config, Config) for config in self.configs)

    @property
    def work(self) -> float:
        """Multiplications in all, about, and what NumPy's calls cost beside them."""
        total = 0.0
        for config in self.configs:
            if isinstance(config, Config):
                own = config.own_data
                n = len(own.y) if own is not None else config.n_samples
                steps = math.ceil(n * (1 - config.test_fraction) / config.batch_size)
                total += steps * work_of_a_step(Experiment(config))
        return total * self.n_seeds * self.epochs * self.share

    @cached_property
    def keep(self) -> tuple[int, ...]:
        """The epochs whose frames are kept: dense early, and so many that a browser can hold those of all tiles."""
        numbers = sum(config.n_parameters for config in self.configs if isinstance(config, Config))
        n = max(LEAST_FRAMES, min(MOST_FRAMES, int(MOST_NUMBERS / max(1.0, numbers * self.share))))
        return tuple(sorted({*mlp.spaced_epochs(self.epochs, n), *self.rungs}))

    def jobs(self) -> Iterator[tuple[tuple[int, ...], Job]]:
        """What is to be trained first: the cells of a job, and the job with all their seeds."""
        data: dict[object, mlp.Dataset] = {}

        def entry(cell: int, k: int) -> tuple[mlp.MLP, mlp.Dataset, mlp.Settings]:
            """A network, its data and its settings; points that several cells have are made once."""
            experiment = self.experiment(cell, k)
            c = experiment.config
            key = (experiment.data_name, c.features)
            if key not in data:
                data[key] = make_data(experiment)[1]
            return new_network(c, data[key]), data[key], mlp.Settings(seed=c.seed, **trainer_settings(c, data[key]))

        groups: dict[object, list[int]] = {}
        for cell in sorted(range(self.n_cells), key=self._level):
            if isinstance(self.configs[cell], Config):
                groups.setdefault((self._level(cell), stack_key(*entry(cell, 0))), []).append(cell)
        for cells in groups.values():
            n = max(1, most_nets(*entry(cells[0], 0)) // self.n_seeds)
            for part in (cells[start : start + n] for start in range(0, len(cells), n)):
                nets, own, settings = zip(*(entry(c, k) for c in part for k in range(self.n_seeds)), strict=True)
                yield tuple(part), Job(nets, own, settings, self.rungs[0], self.keep)


@dataclass(frozen=True)
class Atlas(Cells):
    """Which runs there are: the base with each combination of the axes' values, from `n_seeds` seeds.

    The first axis goes from left to right, the second, if any, from bottom to top. Cells are counted row by row from
    the bottom left. Raises ValueError, in a sentence, for more than this server trains for a visitor.
    """

    base: Experiment = field(default_factory=Experiment)
    axes: tuple[Axis, ...] = USUAL
    n_seeds: int = 3
    epochs: int = 100

    def __post_init__(self) -> None:
        if not 1 <= len(self.axes) <= 2 or len({axis.key for axis in self.axes}) < len(self.axes):
            raise ValueError("An atlas must have one axis, or two that differ.")
        self.check()

    @cached_property
    def name(self) -> str:
        """A short name that two of them share only if they are the same."""
        told = (self.base.name, self.axes, self.n_seeds, self.epochs)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    @property
    def columns(self) -> int:
        """Tiles from left to right."""
        return len(self.axes[0].values)

    @property
    def rows(self) -> int:
        """Tiles from bottom to top."""
        return len(self.axes[1].values) if len(self.axes) > 1 else 1

    @property
    def n_cells(self) -> int:
        """Tiles in all."""
        return self.columns * self.rows

    def values_of(self, cell: int) -> tuple[Any, ...]:
        """The value of each axis at a cell."""
        places = (cell % self.columns, cell // self.columns)
        return tuple(axis.values[place] for axis, place in zip(self.axes, places, strict=False))

    def in_words(self, found: Mapping[int, Tile]) -> str:
        """How the differences split up."""
        shares = split(self, found)
        return split_in_words(self, shares) if shares else ""

    def _level(self, cell: int) -> int:
        """0 for every fourth cell in both directions, 1 for every second, 2 for the others."""
        i, j = cell % self.columns, cell // self.columns
        return 0 if i % 4 == j % 4 == 0 else 1 if i % 2 == j % 2 == 0 else 2


# ---- what comes of it ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Tile:
    """What came of a cell: curves of all its seeds, and the pictures of the one in the middle."""

    steps: Array
    """(k,): updates made by the moments kept"""
    epochs: Array
    """(k,)"""
    train_loss: Array
    """(k, n_seeds); not finite from the moment on at which a network has lost its numbers"""
    test_loss: Array
    train_score: Array
    test_score: Array
    broke: tuple[int | None, ...]
    """For each seed the last epoch that it came through, where it has diverged"""
    middle: int
    """The seed whose score at the end is the median (the lower of two), by its number"""
    parameters: Array
    """(k', n_parameters): of that one, as long as it has its numbers"""

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.parameters.nbytes + 4 * self.test_loss.nbytes

    @property
    def curves(self) -> mlp.Curves:
        """Those of all its seeds."""
        return mlp.Curves(self.epochs, self.train_loss, self.test_loss, self.train_score, self.test_score)

    @property
    def scores(self) -> Array:
        """(n_seeds,): at the end, of new points where there are any; NaN where a network has diverged."""
        return self.scores_at(self.epochs[-1])

    def scores_at(self, epoch: float) -> Array:
        """(n_seeds,): the same at the last moment that is not after an epoch."""
        _, score = judged(self.curves)
        place = int(np.searchsorted(self.epochs, epoch, side="right")) - 1
        whole = [broke is None or broke >= self.epochs[place] for broke in self.broke]
        return np.where(whole, score[place], np.nan)


def tiles(job: Job, slices: Sequence[Slice], n_seeds: int) -> list[Tile]:
    """The tiles of a job that is done, as far as it goes, in the order of its cells, from all its slices."""
    per_epoch = math.ceil(len(job.data[0].x_train) / job.settings[0].batch_size)
    epochs = np.concatenate([part.curves.epochs for part in slices])
    keep = [epoch for epoch in job.keep if epoch <= job.epochs]
    names = ("train_loss", "test_loss", "train_score", "test_score")
    curves = {name: np.concatenate([getattr(part.curves, name) for part in slices]) for name in names}
    frames = np.concatenate([part.frames.parameters for part in slices])
    kept = np.searchsorted(epochs, keep)
    found = []
    for start in range(0, frames.shape[1], n_seeds):
        own = {name: curve[:, start : start + n_seeds] for name, curve in curves.items()}
        broken = ~np.isfinite(own["train_loss"])
        broke = tuple(int(epochs[row.argmax()]) - 1 if row.any() else None for row in broken.T)
        middle = _middle(mlp.Curves(epochs, **own), broke)
        last = broke[middle]
        n = len(kept) if last is None else int(np.searchsorted(keep, last, side="right"))
        at_moments = {name: curve[kept] for name, curve in own.items()}
        pictures = frames[:n, start + middle].copy()  # or all the others would be kept with them
        found.append(
            Tile(per_epoch * epochs[kept], epochs[kept], **at_moments, broke=broke, middle=middle, parameters=pictures)
        )
    return found


def _middle(curves: mlp.Curves, broke: Sequence[int | None]) -> int:
    """The seed in the middle by its score at the end, then by its loss; those that have diverged are the worst."""
    losses, scores = judged(curves)
    each = zip(broke, scores[-1], losses[-1], strict=True)
    keys = [(True, score, -loss) if last is None else (False, last, 0.0) for last, score, loss in each]
    order = sorted(range(len(keys)), key=lambda k: keys[k])
    return order[(len(order) - 1) // 2]


@dataclass(frozen=True)
class Split:
    """How the differences between all runs of a grid split up: shares of the variance of the score.

    In sum they are 1, or all 0 where there are no differences.
    """

    axes: tuple[float, ...]
    together: float
    """What one axis does at some values of the other only"""
    seeds: float
    diverged: int = 0
    """Runs among them that have diverged; each counts as one with nothing right"""
    negative: int = 0
    """Runs with an R² below zero; each counts as zero, or the worst would outweigh all others"""
    left_out: tuple[tuple[Any, ...], ...] = ()
    """For each axis the values that are not counted, because some of their tiles cannot be"""


def split(atlas: Atlas, found: Mapping[int, Tile]) -> Split | None:
    """The variance of the scores of all tiles found, split among axes and seeds; None where no two are left.

    Only a whole grid splits exactly: rows and columns are left out until no tile is missing in those that stay, those
    first that miss most. A run that has diverged counts as one with nothing right, and so does an R² below zero.
    """
    there = np.isin(np.arange(atlas.n_cells), list(found)).reshape(atlas.rows, atlas.columns)
    rows, columns = _whole(there)
    if len(rows) * len(columns) < 2:
        return None
    scores = np.array([[found[row * atlas.columns + column].scores for column in columns] for row in rows])
    diverged, negative = int(np.isnan(scores).sum()), int((scores < 0.0).sum())
    kept = (columns, rows)[: len(atlas.axes)]
    left_out = tuple(
        tuple(value for k, value in enumerate(axis.values) if k not in places)
        for axis, places in zip(atlas.axes, kept, strict=True)
    )
    g = np.maximum(np.nan_to_num(scores), 0.0)  # (rows, columns, n_seeds)
    mean, cells = g.mean(), g.mean(axis=2)
    total = ((g - mean) ** 2).mean()
    if total < 1e-12:
        return Split((0.0,) * len(atlas.axes), 0.0, 0.0, diverged, negative, left_out)
    across = ((cells.mean(axis=0) - mean) ** 2).mean() / total
    up = ((cells.mean(axis=1) - mean) ** 2).mean() / total
    seeds = ((g - cells[:, :, None]) ** 2).mean() / total
    axes = (across, up)[: len(atlas.axes)]
    together = max(0.0, float(1.0 - seeds - across - up))
    return Split(tuple(map(float, axes)), together, float(seeds), diverged, negative, left_out)


def _whole(there: npt.NDArray[np.bool]) -> tuple[list[int], list[int]]:
    """Rows and columns of a grid, such that each of their places is there."""
    rows, columns = list(range(there.shape[0])), list(range(there.shape[1]))
    while not (grid := there[np.ix_(rows, columns)]).all():
        by_row, by_column = 1.0 - grid.mean(axis=1), 1.0 - grid.mean(axis=0)
        if by_row.max() > by_column.max():
            rows.pop(int(by_row.argmax()))
        else:
            columns.pop(int(by_column.argmax()))
    return rows, columns


def split_in_words(atlas: Atlas, shares: Split) -> str:
    """The same as a sentence, and one for each kind of run that is not like the others."""
    told = []
    if not any((*shares.axes, shares.together, shares.seeds)):
        told.append("All runs of this grid come to the same score.")
    else:
        parts = [f"{_percent(x)} go with the {a.kind.name}" for a, x in zip(atlas.axes, shares.axes, strict=True)]
        if len(atlas.axes) == 2:
            parts.append(f"{_percent(shares.together)} with both together")
        if atlas.n_seeds > 1:
            parts.append(f"{_percent(shares.seeds)} with the seed alone")
        listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        told.append(f"Of all differences in score in this grid, {listed}.")
    for n, one, many in (
        (shares.diverged, "1 run has diverged and counts as 0.", "runs have diverged and count as 0."),
        (shares.negative, "1 run has an R² below 0, which counts as 0.", "runs have an R² below 0, which counts as 0."),
    ):
        if n:
            told.append(one if n == 1 else f"{n} {many}")
    told += [
        f"Not counted: {axis.kind.name} {', '.join(map(axis.kind.shown, values))}, where tiles are missing."
        for axis, values in zip(atlas.axes, shares.left_out, strict=False)
        if values
    ]
    return " ".join(told)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


# ---- sets to begin with, and the link ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Preset:
    """Axes to begin with, and what they show."""

    label: str
    help: str
    keys: tuple[str, str]
    n_seeds: int = 3

    def of(self, base: Experiment) -> Atlas:
        """The atlas around a run. ValueError, in a sentence, where it does not fit."""
        return Atlas(base, tuple(Axis(key, KINDS[key].usual) for key in self.keys), self.n_seeds)


PRESETS = (
    Preset("Rate × width", "How far each step goes, and how many neurons there are.", ("lr", "width")),
    Preset(
        "Rate × batch size",
        "Do larger batches want a larger rate? The best tiles lie on a slope.",
        ("lr", "batch"),
    ),
    Preset("Activation × depth", "Which bends can carry a signal through many layers?", ("activation", "depth")),
    Preset("Rate × optimizer", "Every optimizer has a rate of its own.", ("lr", "optimizer")),
    Preset("L2 × samples", "Pulling weights towards zero helps where points are few.", ("l2", "samples")),
    Preset("Luck", "The same settings from six draws of the weights and of the points.", ("seed", "data_seed"), 1),
)
VIEWS = ("boundary", "curve", "score", "spread")
VIEW_KEYS = ("tiles", "at", "only")
SCORE = "score"
"""Under which a link's `only` has a part of the scores"""


@dataclass(frozen=True)
class View:
    """How an atlas is looked at: what its tiles show, and the epoch at which it stands; None for the end."""

    show: str = VIEWS[0]
    at: float | None = None
    only: tuple[tuple[str, tuple[float, float]], ...] = ()
    """Of a search the parts of settings, and of the score, that tiles are shown of; a choice goes by its place"""


def view_from_query(query: Mapping[str, str]) -> tuple[View, list[str]]:
    """How the atlas of a link is looked at, and a sentence for what is wrong with it."""
    show, at, problems = query.get("tiles", VIEWS[0]), None, []
    if show not in VIEWS:
        problems.append(f"The link's tiles must be one of {', '.join(VIEWS)}; got {show[:40]}.")
        show = VIEWS[0]
    if "at" in query:
        at = read_value(query["at"], 0.0)
        if not isinstance(at, float) or not 0.0 <= at <= MOST_EPOCHS:
            problems.append(f"The link's moment must be an epoch from 0 to {MOST_EPOCHS}; got {query['at'][:40]}.")
            at = None
    only = []
    for part in filter(None, query.get("only", "").split(";")):
        key, _, ends = part.partition(":")
        try:
            low, high = map(float, ends.split("~"))
            if not (key in KINDS or key == SCORE) or not -MOST_NUMBERS <= low <= high <= MOST_NUMBERS:
                raise ValueError
            only.append((key, (low, high)))
        except ValueError:
            problems.append(f"The link's only must be such as lr:0.01~0.1;score:0.9~1; got {part[:40]}.")
    return View(show, at, tuple(dict(only).items())), problems


def to_text(atlas: Atlas) -> str:
    """An atlas as it stands in a link beside its base: `lr:0.001,0.01;width:2,4;seeds:3;epochs:100`."""
    axes = [f"{axis.key}:{','.join(map(write_value, axis.values))}" for axis in atlas.axes]
    return ";".join([*axes, f"seeds:{atlas.n_seeds}", f"epochs:{atlas.epochs}"])


def from_text(text: str, base: Experiment) -> tuple[Atlas | None, list[str]]:
    """Read it back: what is good is kept, and a sentence says what is not; None where no atlas can be made of it."""
    problems: list[str] = []
    axes: list[Axis] = []
    counts = {"seeds": Atlas.n_seeds, "epochs": Atlas.epochs}
    problems += twice((key, n) for key, _, n in (part.partition(":") for part in text.split(";")) if key in counts)
    for part in filter(None, text.split(";")):
        key, _, value = part.partition(":")
        try:
            if key in counts:
                n = read_value(value, 0)
                Atlas(**{"n_seeds" if key == "seeds" else key: n})  # says what is wrong with a number alone
                counts[key] = n
            elif len(axes) == 2:
                raise ValueError(f"An atlas has at most two axes; “{part[:40]}” was left out.")
            else:
                axes.append(Axis(key, KINDS[key].read(value) or KINDS[key].usual if key in KINDS else ()))
        except ValueError as error:
            problems.append(f"The link's atlas: {error}")
    try:
        return Atlas(base, tuple(axes) or USUAL, counts["seeds"], counts["epochs"]), problems
    except ValueError as error:
        return None, [*problems, f"The link's atlas: {error}"]
