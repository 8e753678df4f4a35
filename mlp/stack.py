"""Many networks trained at once: the same plan, with one more leading axis.

A call on a small array costs hardly more for a hundred networks than for one. So the parameters of networks of one
shape are stacked, (n_networks, ...), and each NumPy call of the plan serves them all. Every network keeps its own
weights, learning rate, penalties, dropout and batch order, may have data of its own, and comes to the very numbers that
it comes to alone (but for the order of a few additions, 1e-12).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, check_whole
from mlp.calls import Call, run
from mlp.datasets import Dataset
from mlp.loop import BatchOrder
from mlp.measure import Scorer, check_fit
from mlp.network import MLP
from mlp.optimizers import Memory
from mlp.plan import Pass, flat, sample_table, update_sections
from mlp.rng import Purpose, Stream
from mlp.schedules import Constant
from mlp.settings import Settings

BEST_SIZE = 24_000
"""Networks times batch size times width that the processor's cache holds well."""


@dataclass(frozen=True, eq=False)
class Curves:
    """How n networks did at k moments. Networks that diverged have NaN or infinite losses from there on."""

    epochs: Array
    """(k,)"""
    train_loss: Array
    """(k, n_networks): over all training data, without penalties."""
    test_loss: Array
    """(k, n_networks); NaN without test data."""
    train_score: Array
    """(k, n_networks): accuracy, or R^2 for regression."""
    test_score: Array
    """(k, n_networks); NaN without test data."""


@dataclass(frozen=True, eq=False)
class StackFrames:
    """The parameters of n networks after k epochs: enough to draw each of them at each of these moments."""

    epochs: Array
    """(k,)"""
    parameters: Array
    """(k, n_networks, n_parameters); not finite where a network has diverged."""


@dataclass(frozen=True, eq=False)
class StackState:
    """A moment between two epochs of n networks, from which a stack of the same networks goes on bit for bit."""

    epoch: int
    parameters: Array
    """(n_networks, n_parameters)"""
    memory: Memory
    """What the optimizer remembers of each: arrays (n_networks, n_parameters), and `t` (n_layers,), its steps."""

    def of(self, which: slice | list[int]) -> StackState:
        """The same of some of the networks; how many steps their layers have made is common to all."""
        memory = {name: array if name == "t" else array[which] for name, array in self.memory.items()}
        return StackState(self.epoch, self.parameters[which], memory)


class Stack:
    """Trains many networks of one shape side by side.

    Parameters
    ----------
    nets : sequence of MLP
        All of one shape. Their parameters are written back at the end of each `run`.
    data : Dataset or sequence of Dataset
        One for all, or one for each, with equal numbers of training samples and of test samples.
    settings : Settings or sequence of Settings
        One for all, or one for each. learning_rate, seed, l1, l2 and dropout may differ; the kind and other settings
        of the optimizer, batch_size, clip_norm, schedule, reduction and frozen must be the same.
    keep : collection of int, optional
        The epochs after which all parameters are kept, as `frames`; `spaced_epochs` gives some.
    state : StackState, optional
        Where a stack of these networks stood. This one goes on from there; its curves and frames begin after it.

    Raises ValueError, in one sentence, for networks, data or settings that cannot be stacked.

    >>> from mlp import Momentum, make_dataset
    >>> nets = [MLP([2, 8, 1], seed=seed) for seed in range(5)]
    >>> rates = [Settings(Momentum(learning_rate=rate)) for rate in (0.001, 0.01, 0.1, 0.3, 1.0)]
    >>> stack = Stack(nets, make_dataset("moons"), rates, keep=(0, 5, 10))
    >>> stack.run(epochs=10).test_score.shape, stack.frames.parameters.shape
    ((11, 5), (3, 5, 33))
    """

    def __init__(
        self,
        nets: Sequence[MLP],
        data: Dataset | Sequence[Dataset],
        settings: Settings | Sequence[Settings],
        keep: Collection[int] = (),
        state: StackState | None = None,
    ) -> None:
        all_data = [data] * len(nets) if isinstance(data, Dataset) else list(data)
        all_settings = [settings] * len(nets) if isinstance(settings, Settings) else list(settings)
        _check(nets, all_data, all_settings)
        batch_size = min(all_settings[0].batch_size, len(all_data[0].x_train))
        width = max(nets[0].sizes)
        n_chunk = max(1, BEST_SIZE // (batch_size * width))
        parts = [slice(i, i + n_chunk) for i in range(0, len(nets), n_chunk)]
        self._chunks = [_Chunk(nets[part], all_data[part], all_settings[part]) for part in parts]
        self._keep = frozenset(keep)
        self._epoch = 0
        self._moments: list[tuple[int, Array]] = []
        self._kept: list[tuple[int, Array]] = []
        self._n_parameters = len(nets[0].parameters)
        self._n_nets = len(nets)
        if state is None:
            self._note(every=1)
        else:
            self._restore(state, parts)

    def run(self, epochs: int, every: int = 1) -> Curves:
        """Train on for `epochs` passes over the data; returns the curves of the whole course so far.

        A moment is added for each epoch that is a multiple of `every`.
        """
        check_whole("epochs", epochs, 0, 100_000_000)
        check_whole("every", every, 1, 100_000_000)
        for _ in range(epochs):
            for chunk in self._chunks:
                chunk.run_epoch(self._epoch)
            self._epoch += 1
            self._note(every)
        for chunk in self._chunks:
            chunk.write_back()
        return self.curves

    @property
    def epoch(self) -> int:
        """Passes over the data made so far."""
        return self._epoch

    @property
    def curves(self) -> Curves:
        """How the networks did so far."""
        figures = np.array([f for _, f in self._moments]).reshape(-1, 4, self._n_nets)
        return Curves(np.array([e for e, _ in self._moments], dtype=np.float64), *figures.swapaxes(0, 1))

    @property
    def frames(self) -> StackFrames:
        """The parameters kept so far."""
        parameters = np.array([p for _, p in self._kept]).reshape(-1, self._n_nets, self._n_parameters)
        return StackFrames(np.array([e for e, _ in self._kept], dtype=np.float64), parameters)

    def state(self) -> StackState:
        """Where it stands, in copies of its own."""
        memories = [chunk.memory for chunk in self._chunks]
        memory = {
            name: array.copy() if name == "t" else np.concatenate([m[name] for m in memories])
            for name, array in memories[0].items()
        }
        return StackState(self._epoch, self._parameters(), memory)

    def _restore(self, state: StackState, parts: Sequence[slice]) -> None:
        self._epoch = state.epoch
        for chunk, part in zip(self._chunks, parts, strict=True):
            chunk.restore(state.of(part))

    def _note(self, every: int) -> None:
        """Measure and keep what is wanted of the present epoch."""
        if self._epoch % every == 0:
            self._moments.append((self._epoch, np.concatenate([chunk.measure() for chunk in self._chunks], axis=1)))
        if self._epoch in self._keep:
            self._kept.append((self._epoch, self._parameters()))

    def _parameters(self) -> Array:
        """(n_networks, n_parameters): a copy."""
        return np.concatenate([chunk.parameters for chunk in self._chunks])


class _Chunk:
    """As many networks as the processor's cache holds well, trained together."""

    def __init__(self, nets: Sequence[MLP], data: Sequence[Dataset], settings: Sequence[Settings]) -> None:
        first, shape = settings[0], nets[0].shape
        self._nets, self._settings, self._shape = nets, first, shape
        self.parameters = np.stack([net.parameters for net in nets])
        self._gradient = np.empty_like(self.parameters)
        self.memory = first.optimizer.new_memory(self.parameters, len(nets[0].layers))
        rates = _column([s.optimizer.learning_rate for s in settings])
        self._rates = np.repeat(rates, shape.n_parameters, axis=1)  # quicker than a column that is stretched each time
        self._rate = self._rates.copy()
        self._l1, self._l2 = _column([s.l1 for s in settings]), _column([s.l2 for s in settings])
        dropout = _column([s.dropout for s in settings])
        self._dropout = dropout if dropout.any() else None
        self._n = len(data[0].x_train)
        self._orders = [BatchOrder(self._n, s) for s in settings]
        self._dropout_streams = [Stream(s.seed, Purpose.DROPOUT) for s in settings]
        self._step = 0

        # The samples of different datasets lie side by side in one table, and each network looks up its own.
        distinct = list({id(one): one for one in data}.values())
        self._which = [next(k for k, one in enumerate(distinct) if one is mine) for mine in data]
        self._first_row = self._n * np.array(self._which)[:, None]
        self._table = self._side_by_side([(one.x_train, one.y_train, "y_train") for one in distinct])
        self._rows = self._first_row + np.arange(self._n)  # the order in which each network sees its samples
        self._plans: dict[int, tuple[Array, Pass, list[Call]]] = {}
        self._train, self._train_score = self._measuring(self._table, [one.y_train for one in distinct], data[0].task)
        self._test: Pass | None = None
        if len(data[0].x_test):
            table = self._side_by_side([(one.x_test, one.y_test, "y_test") for one in distinct])
            self._test, self._test_score = self._measuring(table, [one.y_test for one in distinct], data[0].task)

    def _side_by_side(self, parts: Sequence[tuple[Array, npt.NDArray[Any], str]]) -> Array:
        """(n_in + 1 + n_out, n_datasets * n): the samples of each dataset in columns."""
        shape = self._shape
        tables = [sample_table(x, shape.loss.targets(y, shape.sizes[-1], name)) for x, y, name in parts]
        return np.concatenate(tables, axis=1)

    def restore(self, state: StackState) -> None:
        """Go on from the end of an epoch."""
        self._step = state.epoch * -(-self._n // self._settings.batch_size)
        self.parameters[...] = state.parameters
        for name, array in self.memory.items():
            array[...] = state.memory[name]

    def run_epoch(self, epoch: int) -> None:
        """One pass over the data, every network in its own order."""
        for order, rows, first in zip(self._orders, self._rows, self._first_row, strict=True):
            shuffled = order.of_epoch(epoch)
            if shuffled is not None:
                np.add(shuffled, first, rows)
        n, size = self._n, self._settings.batch_size
        with np.errstate(all="ignore"):
            for row in range(0, n, size):
                samples, passes, calls = self._plan(min(size, n - row))
                # "clip" changes nothing here, but lets NumPy write into `out` directly.
                self._table.take(self._rows[:, row : row + size], axis=1, out=samples, mode="clip")
                if not isinstance(self._settings.schedule, Constant):
                    np.multiply(self._rates, self._settings.schedule.factor(epoch + row / n), self._rate)
                if passes.masks is not None:
                    for stream, masks in zip(self._dropout_streams, passes.masks, strict=True):
                        stream.at(self._step).random(out=masks)
                run(calls)
                self._step += 1

    def _plan(self, size: int) -> tuple[Array, Pass, list[Call]]:
        """Where the samples go, (rows of the table, n_networks, size), the buffers, and the calls of one step."""
        if size not in self._plans:
            s, w, g = self._settings, self.parameters, self._gradient
            samples = np.empty((len(self._table), len(w), size))
            passes = Pass(self._shape, w, g, samples.swapaxes(0, 1), self._dropout)
            n_summed = size if s.reduction == "sum" else 1
            update = update_sections(
                self._shape, s.optimizer, w, g, self._rate, self.memory, self._l1, self._l2, s.clip_norm, n_summed,
                s.frozen,
            )  # fmt: skip
            self._plans[size] = samples, passes, flat([*passes.forward, *passes.backward, *update])
        return self._plans[size]

    def _measuring(self, table: Array, answers: Sequence[npt.NDArray[Any]], task: str) -> tuple[Pass, Scorer]:
        """A pass of each network over all samples of its data, of which only the forward calls are run; its scorer."""
        if len(answers) == 1:
            samples, y = np.broadcast_to(table, (len(self.parameters), *table.shape)), answers[0]
        else:
            by_dataset = table.reshape(len(table), len(answers), -1).swapaxes(0, 1)
            samples, y = by_dataset[self._which], np.stack(answers)[self._which]
        return Pass(self._shape, self.parameters, self._gradient, samples), Scorer(self._shape.loss, task, y)

    def measure(self) -> Array:
        """(4, n_networks): train_loss, test_loss, train_score, test_score."""
        loss = self._shape.loss
        figures = np.full((4, len(self.parameters)), np.nan)
        with np.errstate(all="ignore"):
            run(flat(self._train.forward))
            figures[0] = loss.each(self._train.output, self._train.targets).mean(axis=-1)
            figures[2] = self._train_score.each(self._train.output)
            if self._test is not None:
                run(flat(self._test.forward))
                figures[1] = loss.each(self._test.output, self._test.targets).mean(axis=-1)
                figures[3] = self._test_score.each(self._test.output)
        # Some activation may make a number of what is none.
        figures[:2, ~np.isfinite(self.parameters).all(axis=1)] = np.nan
        return figures

    def write_back(self) -> None:
        """Copy the parameters into the networks."""
        for net, parameters in zip(self._nets, self.parameters, strict=True):
            net.parameters[...] = parameters


def _column(values: Sequence[float]) -> Array:
    return np.array(values, dtype=np.float64)[:, None]


def _check(nets: Sequence[MLP], data: Sequence[Dataset], settings: Sequence[Settings]) -> None:
    if not nets:
        raise ValueError("nets must hold at least one network; got none.")
    if len(data) != len(nets):
        raise ValueError(f"data must be one, or one for each of the {len(nets)} networks; got {len(data)}.")
    if len(settings) != len(nets):
        raise ValueError(f"settings must be one, or one for each of the {len(nets)} networks; got {len(settings)}.")
    if len({id(net) for net in nets}) < len(nets):
        raise ValueError("nets must be networks of their own; got the same one more than once. Use copy().")
    if not all(isinstance(s, Settings) for s in settings):
        raise ValueError(f"settings must be mlp.Settings, one or one for each network; got {settings!r}.")
    for net, own in zip(nets, data, strict=True):
        check_fit(net, own)
        if (told := size(own)) != (first := size(data[0])):
            raise ValueError(f"data must be alike in task and numbers of samples; got {first} and {told}.")
        if net.shape != nets[0].shape:
            raise ValueError(f"nets must all be of one shape; got {nets[0]!r} and {net!r}.")
    for s in settings:
        if s.early_stopping is not None:
            raise ValueError(f"settings must be without early_stopping: a stack trains to the end; got {s!r}.")
        if common(s) != common(settings[0]):
            raise ValueError(
                f"settings may differ in learning_rate, seed, l1, l2 and dropout only; got {settings[0]!r} and {s!r}."
            )


def size(data: Dataset) -> str:
    """What data must have in common to be in one stack, in words."""
    return f"{data.task} with {len(data.x_train)} + {len(data.x_test)} samples"


def common(settings: Settings) -> Settings:
    """The part of the settings that must be the same for all: the rest is set to fixed values."""
    return replace(
        settings,
        optimizer=replace(settings.optimizer, learning_rate=0.01),
        seed=0,
        l1=0.0,
        l2=0.0,
        dropout=0.0,
    )
