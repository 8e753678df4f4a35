"""The machine that trains: a network, its data, a plan of calls, and a place in the course of training.

It makes steps, can say where it stands (`state`) and can be put back there (`restore`). All chance is looked up by
address (chance.py), so that a state is no more than the parameters, the optimizer's memory and three whole numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, Labels, check_number, check_settings, check_whole, read_only, setting
from mlp.calls import Step, run
from mlp.chance import Dice, Purpose
from mlp.datasets import Dataset
from mlp.network import MLP
from mlp.optimizers import SGD, Memory, Optimizer
from mlp.plan import Pass, flat, update_sections
from mlp.schedules import Constant, Schedule


@dataclass(frozen=True)
class Settings:
    """How to train: everything that may be changed in mid-run."""

    optimizer: Optimizer = SGD()  # noqa: RUF009 - frozen, so safe to share
    batch_size: int = 10
    seed: int = 0
    l1: float = setting(0.0, low=0.0, high=10.0, help="Pulls every weight towards zero at the same pace; many arrive.")
    l2: float = setting(0.0, low=0.0, high=10.0, help="Pulls large weights towards zero, the largest most.")
    dropout: float = setting(
        0.0, low=0.0, high=0.95, help="The share of hidden neurons that sit out each step, chosen by chance."
    )
    clip_norm: float | None = None
    schedule: Schedule = Constant()  # noqa: RUF009

    def __post_init__(self) -> None:
        check_settings(self)
        check_whole("batch_size", self.batch_size, 1, 1_000_000)
        check_whole("seed", self.seed, 0, 2**63 - 1)
        if self.clip_norm is not None:
            check_number("clip_norm", self.clip_norm, 0.0, 1e9, open_low=True)
        if not isinstance(self.optimizer, Optimizer):
            raise ValueError(f"optimizer must be one such as mlp.Adam(learning_rate=0.01); got {self.optimizer!r}.")
        if not isinstance(self.schedule, Schedule):
            raise ValueError(f"schedule must be one such as mlp.Cosine(epochs=100); got {self.schedule!r}.")


@dataclass(frozen=True, eq=False)
class State:
    """A place in the course of training, from which it resumes bit for bit. Arrays are read-only copies."""

    step: int
    """Updates made so far."""
    epoch: int
    """Whole passes over the training data made so far."""
    row: int
    """Samples of the current epoch already used."""
    parameters: Array
    """(n_parameters,)"""
    memory: Memory
    """What the optimizer remembers: vectors (n_parameters,), and `t`, the number of its steps (0 if it needs none)."""

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.parameters.nbytes + sum(array.nbytes for array in self.memory.values())


@dataclass(frozen=True)
class Measures:
    """How well a network does: functions of its parameters and the data alone, without penalties."""

    train_loss: float
    test_loss: float
    """NaN without test data."""
    train_score: float
    """Accuracy, or R^2 for regression."""
    test_score: float
    """NaN without test data."""
    gradient_norms: Array
    """(n_layers,): for each layer, the norm over its weights and biases of the gradient of train_loss."""


class Machine:
    """Steps of training on one network, whose parameters change in place."""

    def __init__(self, net: MLP, data: Dataset, settings: Settings, state: State | None = None) -> None:
        check_fit(net, data)
        self.net, self.data, self.settings = net, data, settings
        self.step, self.epoch, self.row = 0, 0, 0
        self.memory = settings.optimizer.new_memory(net.parameters)
        self.rate = np.array(settings.optimizer.learning_rate)
        self.gradient = np.empty_like(net.parameters)

        targets = net.loss.targets(data.y_train, net.sizes[-1], "y_train")
        self._table = net.shape.table(data.x_train, targets)  # (n_in + 1 + n_out, n)
        self._shuffled = self._table.copy()
        self._order_of: int | None = None  # the epoch whose order `_shuffled` is in
        self._order = BatchOrder(len(data.x_train), settings)
        self._dropout_dice = Dice(settings.seed, Purpose.DROPOUT)
        self._plans: dict[int, tuple[Pass, list[Step]]] = {}
        self._batches = self._cut(0)
        self._gauge: Gauge | None = None
        if state is not None:
            self.restore(state)

    # ------------------------------------------------------------------ training

    def make_step(self) -> None:
        """One update on the next mini-batch."""
        self._train(self._batches_left()[:1])

    def finish_epoch(self) -> None:
        """All steps up to the end of the current pass over the data."""
        self._train(self._batches_left())

    def _train(self, batches: list[_Batch]) -> None:
        """A step on each of these batches: the inner loop of everything."""
        self._shuffle()
        varies = not isinstance(self.settings.schedule, Constant)
        with np.errstate(all="ignore"):  # a run that diverges is noticed by its NaN
            for samples, buffer, dice, calls in batches:
                buffer[...] = samples
                if varies:
                    self._set_rate()
                if dice is not None:
                    self._dropout_dice.at(self.step).random(out=dice)
                for function, arguments in calls:
                    function(*arguments)
                self.step += 1
                self.row += buffer.shape[1]
        self._last_width = batches[-1][0].shape[1]
        if self.row == self._table.shape[1]:
            self.epoch, self.row = self.epoch + 1, 0

    def _batches_left(self) -> list[_Batch]:
        """The batches of this epoch that are still to come."""
        done, rest = divmod(self.row, self.settings.batch_size)
        return self._cut(self.row) if rest else self._batches[done:]

    def _cut(self, start: int) -> list[_Batch]:
        """The samples from number `start` on, cut into batches, each with the plan for its size."""
        n, size = self._table.shape[1], self.settings.batch_size
        pieces = [self._shuffled[:, row : row + size] for row in range(start, n, size)]
        return [(piece, *self._plan(piece.shape[1])) for piece in pieces]

    def _shuffle(self) -> None:
        """Put the samples into the order of this epoch, if they are not yet."""
        if self._order_of != self.epoch:
            order = self._order.of_epoch(self.epoch, self.row)
            if order is None:
                self._shuffled[...] = self._table
            else:  # "clip" changes nothing here, but lets NumPy write into `out` directly
                self._table.take(order, axis=1, out=self._shuffled, mode="clip")
            self._order_of = self.epoch

    def _set_rate(self) -> None:
        self.rate[...] = self.settings.optimizer.learning_rate * self.settings.schedule.factor(self.time)

    def _plan(self, width: int) -> tuple[Array, Array | None, list[Step]]:
        """The batch buffer, the dice for dropout, and the calls of one step on `width` samples."""
        if width not in self._plans:
            s, w, g = self.settings, self.net.parameters, self.gradient
            batch = np.empty((len(self._table), width))
            once = Pass(self.net.shape, w, g, batch, s.dropout or None)
            update = update_sections(
                self.net.shape, s.optimizer, w, g, self.rate, self.memory, s.l1, s.l2, s.clip_norm
            )
            self._plans[width] = once, flat([*once.forward, *once.backward, *update])
        once, calls = self._plans[width]
        return once.batch, once.dice, calls

    # ------------------------------------------------------------------ looking

    def state(self) -> State:
        """Where it stands, in copies of its own."""
        memory = {name: read_only(array.copy()) for name, array in self.memory.items()}
        return State(self.step, self.epoch, self.row, read_only(self.net.parameters.copy()), memory)

    def restore(self, state: State) -> None:
        """Stand where `state` says. Of its memory, what this optimizer does not know by name is not taken over."""
        self.step, self.epoch, self.row = state.step, state.epoch, state.row
        self.net.parameters[...] = state.parameters
        for name, array in self.memory.items():
            array[...] = state.memory.get(name, 0.0)

    @property
    def time(self) -> float:
        """Epochs made so far, with a fraction in mid-epoch."""
        return self.epoch + self.row / len(self.data.x_train)

    def is_sound(self, measures: Measures) -> bool:
        """Whether all parameters, and the loss over all training data, are finite."""
        return math.isfinite(measures.train_loss) and bool(np.isfinite(self.net.parameters).all())

    def batch_loss(self) -> float:
        """The loss of the batch of the step just made, before its update, without penalties."""
        last, _ = self._plans[self._last_width]
        with np.errstate(all="ignore"):
            return self.net.loss.mean(last.output, last.targets)

    def gradient_norms(self) -> Array:
        """(n_layers,): per layer, the norm of the gradient that the step just made has used."""
        return layer_norms(self.net.shape.matrices(self.gradient))

    def measure(self) -> Measures:
        """How well the network does now, over all data."""
        if self._gauge is None:
            self._gauge = Gauge(self.net, self.data, self._table)
        return self._gauge.read()


_Batch: TypeAlias = tuple[Array, Array, Array | None, list[Step]]
"""Where the samples of a batch come to lie, where its plan wants them, the dice for dropout, and the plan's calls."""


class BatchOrder:
    """In which order the training samples come: a function of the seed and the epoch alone."""

    def __init__(self, n: int, settings: Settings) -> None:
        self._n = n
        self._whole = settings.batch_size >= n
        self._dice = Dice(settings.seed, Purpose.BATCHES)

    def of_epoch(self, epoch: int, row: int = 0) -> Labels | None:
        """Row numbers (n,); None for "as they stand", when one batch takes them all and order is of no matter.

        An epoch that is already under way, at `row`, keeps the order that it was begun in.
        """
        return None if self._whole and row == 0 else self._dice.at(epoch).permutation(self._n)


class Gauge:
    """Reads off how well a network does, with buffers of its own."""

    def __init__(self, net: MLP, data: Dataset, table: Array) -> None:
        self._net = net
        gradient = np.empty_like(net.parameters)
        self._matrices = net.shape.matrices(gradient)
        self._train = Pass(net.shape, net.parameters, gradient, table)
        self._calls = flat([*self._train.forward, *self._train.backward])
        self._train_score = Score(net, data.task, data.y_train)
        self._test: Pass | None = None
        if len(data.x_test):
            targets = net.loss.targets(data.y_test, net.sizes[-1], "y_test")
            test_table = net.shape.table(data.x_test, targets)
            self._test = Pass(net.shape, net.parameters, np.empty_like(gradient), test_table)
            self._test_calls = flat(self._test.forward)
            self._test_score = Score(net, data.task, data.y_test)

    def read(self) -> Measures:
        """The figures for the parameters as they are now."""
        loss = self._net.loss
        with np.errstate(all="ignore"):
            run(self._calls)
            train_loss = loss.mean(self._train.output, self._train.targets)
            train_score = self._train_score(self._train.output)
            test_loss = test_score = float("nan")
            if self._test is not None:
                run(self._test_calls)
                test_loss = loss.mean(self._test.output, self._test.targets)
                test_score = self._test_score(self._test.output)
            return Measures(train_loss, test_loss, train_score, test_score, layer_norms(self._matrices))


class Score:
    """Accuracy or R^2 of outputs (..., n_out, n) against fixed answers, over any number of networks."""

    def __init__(self, net: MLP, task: str, y: npt.NDArray[Any]) -> None:
        self._boundary, self._regression = net.loss.boundary, task == "regression"
        self._y = y.T if self._regression else y  # (n_out, n), or (n,)
        self._yes = y > 0  # for a single output: is it class 1?
        if self._regression:
            spread = ((self._y - self._y.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
            self._spread = np.where(spread > 0.0, spread, np.nan)  # R^2 of answers that do not vary is undefined

    def __call__(self, output: Array) -> float:
        """The score of one network."""
        if self._regression:
            return float(self.each(output))
        right = self._right(output)
        return int(np.count_nonzero(right)) / len(right)

    def each(self, output: Array) -> Array:
        """The score of each network of a stack, (...)."""
        if self._regression:
            miss = ((output - self._y) ** 2).sum(axis=-1)
            return np.asarray((1.0 - miss / self._spread).mean(axis=-1))
        return np.asarray(self._right(output).mean(axis=-1))

    def _right(self, output: Array) -> npt.NDArray[np.bool]:
        if output.shape[-2] == 1:
            return np.asarray((output[..., 0, :] > self._boundary) == self._yes)
        return np.asarray(output.argmax(axis=-2) == self._y)


def layer_norms(matrices: list[Array]) -> Array:
    """The norm of each layer's gradient, weights and biases together."""
    rows = [matrix.reshape(-1) for matrix in matrices]
    return np.sqrt([row.dot(row) for row in rows])


def check_fit(net: MLP, data: Dataset) -> None:
    """Refuse data that the network is not made for."""
    if not isinstance(net, MLP):
        raise ValueError(f"net must be a network such as mlp.MLP([2, 8, 1]); got {type(net).__name__}.")
    if not isinstance(data, Dataset):
        raise ValueError(f"data must be a mlp.Dataset; got {type(data).__name__}.")
    if data.n_inputs != net.sizes[0]:
        raise ValueError(f"x_train must have {net.sizes[0]} columns for this network; got {data.n_inputs}.")
    n_out = net.sizes[-1]
    if data.task == "multiclass" and data.n_classes > n_out:
        raise ValueError(f"the network must have an output for each of {data.n_classes} classes; it has {n_out}.")
    if data.task == "regression" and data.n_outputs != n_out:
        raise ValueError(f"y_train must have {n_out} columns for this network; got {data.n_outputs}.")
    if data.task == "binary" and n_out > 2:
        raise ValueError(f"the network must have 1 output for two classes (or 2); it has {n_out}.")
    if data.task not in net.loss.tasks and not (data.task == "binary" and n_out == 2):
        fitting = " or ".join(net.loss.tasks)
        raise ValueError(f"the loss {net.loss.name} is for {fitting} data; these are {data.task}.")
