"""Many networks trained at once: the same plan, with one more leading axis.

A call on a small array costs hardly more for a hundred networks than for one. So the parameters of networks of one
shape are stacked, (n_networks, ...), and each NumPy call of the plan serves them all. Every network keeps its own
weights, learning rate, penalties, dropout and batch order, and comes to the very numbers that it comes to alone
(but for the order of a few additions, 1e-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlp.arrays import Array, check_whole
from mlp.calls import Call, run
from mlp.datasets import Dataset
from mlp.loop import BatchOrder
from mlp.measure import Scorer, check_fit
from mlp.network import MLP
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


class Stack:
    """Trains many networks of one shape on the same data, side by side.

    Parameters
    ----------
    nets : sequence of MLP
        All of one shape. Their parameters are written back at the end of each `run`.
    data : Dataset
    settings : Settings or sequence of Settings
        One for all, or one for each. learning_rate, seed, l1, l2 and dropout may differ; the kind and other settings
        of the optimizer, batch_size, clip_norm, schedule and reduction must be the same.

    Raises ValueError, in one sentence, for networks or settings that cannot be stacked.

    >>> from mlp import Momentum, make_dataset
    >>> nets = [MLP([2, 8, 1], seed=seed) for seed in range(5)]
    >>> rates = [Settings(Momentum(learning_rate=rate)) for rate in (0.001, 0.01, 0.1, 0.3, 1.0)]
    >>> Stack(nets, make_dataset("moons"), rates).run(epochs=10).test_score.shape
    (11, 5)
    """

    def __init__(self, nets: Sequence[MLP], data: Dataset, settings: Settings | Sequence[Settings]) -> None:
        all_settings = [settings] * len(nets) if isinstance(settings, Settings) else list(settings)
        _check(nets, data, all_settings)
        batch_size = min(all_settings[0].batch_size, len(data.x_train))
        width = max(nets[0].sizes)
        n_chunk = max(1, BEST_SIZE // (batch_size * width))
        self._chunks = [
            _Chunk(nets[i : i + n_chunk], data, all_settings[i : i + n_chunk]) for i in range(0, len(nets), n_chunk)
        ]
        self._epoch = 0
        self._moments = [(0, self._measure())]

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
            if self._epoch % every == 0:
                self._moments.append((self._epoch, self._measure()))
        for chunk in self._chunks:
            chunk.write_back()
        return self.curves

    @property
    def curves(self) -> Curves:
        """How the networks did so far."""
        moments, figures = zip(*self._moments, strict=True)
        return Curves(np.array(moments, dtype=np.float64), *np.stack(figures, axis=1))

    def _measure(self) -> Array:
        """(4, n_networks): train_loss, test_loss, train_score, test_score."""
        return np.concatenate([chunk.measure() for chunk in self._chunks], axis=1)


class _Chunk:
    """As many networks as the processor's cache holds well, trained together."""

    def __init__(self, nets: Sequence[MLP], data: Dataset, settings: Sequence[Settings]) -> None:
        first, shape = settings[0], nets[0].shape
        self._nets, self._settings, self._shape = nets, first, shape
        self._parameters = np.stack([net.parameters for net in nets])
        self._gradient = np.empty_like(self._parameters)
        self._memory = first.optimizer.new_memory(self._parameters)
        rates = _column([s.optimizer.learning_rate for s in settings])
        self._rates = np.repeat(rates, shape.n_parameters, axis=1)  # quicker than a column that is stretched each time
        self._rate = self._rates.copy()
        self._l1, self._l2 = _column([s.l1 for s in settings]), _column([s.l2 for s in settings])
        dropout = _column([s.dropout for s in settings])
        self._dropout = dropout if dropout.any() else None
        self._orders = [BatchOrder(len(data.x_train), s) for s in settings]
        self._dropout_streams = [Stream(s.seed, Purpose.DROPOUT) for s in settings]
        self._step = 0

        self._table = sample_table(data.x_train, shape.loss.targets(data.y_train, shape.sizes[-1], "y_train"))
        n = self._table.shape[1]
        self._rows = np.tile(np.arange(n), (len(nets), 1))  # the order in which each network sees the samples
        self._plans: dict[int, tuple[Array, Pass, list[Call]]] = {}
        self._train = self._measuring(self._table)
        self._train_score = Scorer(shape.loss, data.task, data.y_train)
        self._test: Pass | None = None
        if len(data.x_test):
            targets = shape.loss.targets(data.y_test, shape.sizes[-1], "y_test")
            self._test = self._measuring(sample_table(data.x_test, targets))
            self._test_score = Scorer(shape.loss, data.task, data.y_test)

    def run_epoch(self, epoch: int) -> None:
        """One pass over the data, every network in its own order."""
        for order, rows in zip(self._orders, self._rows, strict=True):
            shuffled = order.of_epoch(epoch)
            if shuffled is not None:
                rows[...] = shuffled
        n, size = self._table.shape[1], self._settings.batch_size
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
            s, w, g = self._settings, self._parameters, self._gradient
            samples = np.empty((len(self._table), len(w), size))
            passes = Pass(self._shape, w, g, samples.swapaxes(0, 1), self._dropout)
            n_summed = size if s.reduction == "sum" else 1
            update = update_sections(
                self._shape, s.optimizer, w, g, self._rate, self._memory, self._l1, self._l2, s.clip_norm, n_summed
            )
            self._plans[size] = samples, passes, flat([*passes.forward, *passes.backward, *update])
        return self._plans[size]

    def _measuring(self, table: Array) -> Pass:
        """A pass of all networks over the same samples, of which only the forward calls are run."""
        everywhere = np.broadcast_to(table, (len(self._parameters), *table.shape))
        return Pass(self._shape, self._parameters, self._gradient, everywhere)

    def measure(self) -> Array:
        """(4, n_networks): train_loss, test_loss, train_score, test_score."""
        loss = self._shape.loss
        figures = np.full((4, len(self._parameters)), np.nan)
        with np.errstate(all="ignore"):
            run(flat(self._train.forward))
            figures[0] = loss.each(self._train.output, self._train.targets).mean(axis=-1)
            figures[2] = self._train_score.each(self._train.output)
            if self._test is not None:
                run(flat(self._test.forward))
                figures[1] = loss.each(self._test.output, self._test.targets).mean(axis=-1)
                figures[3] = self._test_score.each(self._test.output)
        return figures

    def write_back(self) -> None:
        """Copy the parameters into the networks."""
        for net, parameters in zip(self._nets, self._parameters, strict=True):
            net.parameters[...] = parameters


def _column(values: Sequence[float]) -> Array:
    return np.array(values, dtype=np.float64)[:, None]


def _check(nets: Sequence[MLP], data: Dataset, settings: Sequence[Settings]) -> None:
    if not nets:
        raise ValueError("nets must hold at least one network; got none.")
    if len(settings) != len(nets):
        raise ValueError(f"settings must be one, or one for each of the {len(nets)} networks; got {len(settings)}.")
    if len({id(net) for net in nets}) < len(nets):
        raise ValueError("nets must be networks of their own; got the same one more than once. Use copy().")
    if not all(isinstance(s, Settings) for s in settings):
        raise ValueError(f"settings must be mlp.Settings, one or one for each network; got {settings!r}.")
    for net in nets:
        check_fit(net, data)
        if net.shape != nets[0].shape:
            raise ValueError(f"nets must all be of one shape; got {nets[0]!r} and {net!r}.")
    for s in settings:
        if s.early_stopping is not None:
            raise ValueError(f"settings must be without early_stopping: a stack trains to the end; got {s!r}.")
        if _common(s) != _common(settings[0]):
            raise ValueError(
                f"settings may differ in learning_rate, seed, l1, l2 and dropout only; got {settings[0]!r} and {s!r}."
            )


def _common(settings: Settings) -> Settings:
    """The part of the settings that must be the same for all: the rest is set to fixed values."""
    return replace(
        settings,
        optimizer=replace(settings.optimizer, learning_rate=0.01),
        seed=0,
        l1=0.0,
        l2=0.0,
        dropout=0.0,
    )
