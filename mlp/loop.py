"""The training loop: mini-batch after mini-batch, epoch after epoch, on one network.

It can hand out the state of training (`state`) and go back to one (`restore`). All random numbers are looked up by
address (rng.py), so that a state is no more than the parameters, the optimizer's memory and three whole numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlp.arrays import Array, Labels, read_only
from mlp.calls import Call, nbytes
from mlp.datasets import Dataset
from mlp.measure import Evaluator, Measures, check_fit, layer_norms
from mlp.network import MLP
from mlp.optimizers import Memory
from mlp.plan import Pass, flat, sample_table, update_sections
from mlp.rng import Purpose, Stream
from mlp.schedules import Constant
from mlp.settings import Settings


@dataclass(frozen=True, eq=False)
class State:
    """A moment of training, from which it resumes bit for bit. Arrays are read-only copies."""

    step: int
    """Updates made so far."""
    epoch: int
    """Whole passes over the training data made so far."""
    samples_seen: int
    """Samples of the current epoch already used."""
    parameters: Array
    """(n_parameters,)"""
    memory: Memory
    """What the optimizer remembers: vectors (n_parameters,), and `t` (n_layers,), the number of its steps in each layer
    (0 if it needs none)."""

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.parameters.nbytes + sum(array.nbytes for array in self.memory.values())


class BatchOrder:
    """In which order the training samples come: a function of the seed and the epoch alone."""

    def __init__(self, n: int, settings: Settings) -> None:
        self._n = n
        self._whole = settings.batch_size >= n
        self._stream = Stream(settings.seed, Purpose.BATCHES)

    def of_epoch(self, epoch: int, samples_seen: int = 0) -> Labels | None:
        """Row numbers (n,); None for "as they stand", when one batch takes them all and order is of no matter.

        An epoch of which some samples have been seen keeps the order that it was begun in.
        """
        return None if self._whole and samples_seen == 0 else self._stream.at(epoch).permutation(self._n)


class _Plan(NamedTuple):
    """What a step on so many samples is made of."""

    passes: Pass
    update: list[Call]
    """From the gradient to the next parameters."""
    calls: list[Call]
    """All of it: forwards and backwards through the network, to the gradient, and the update."""


class _Batch(NamedTuple):
    """One mini-batch of an epoch, and what it takes to make a step on it."""

    samples: Array
    """(n_in + 1 + n_out, n): the columns of the shuffled table."""
    buffer: Array
    """The same shape: where the calls read the samples."""
    masks: Array | None
    """Where the calls read uniform random numbers for dropout."""
    calls: list[Call]


class TrainingLoop:
    """Makes steps of training on one network, whose parameters change in place."""

    def __init__(self, net: MLP, data: Dataset, settings: Settings, state: State | None = None) -> None:
        check_fit(net, data)
        self.net, self.data, self.settings = net, data, settings
        self.step, self.epoch, self.samples_seen = 0, 0, 0
        self.memory = settings.optimizer.new_memory(net.parameters, len(net.layers))
        if state is not None:
            self.restore(state)  # before the plans are made, which ask how many steps each layer has made
        self.rate = np.array(settings.optimizer.learning_rate)
        self.gradient = np.empty_like(net.parameters)

        targets = net.loss.targets(data.y_train, net.sizes[-1], "y_train")
        self._table = sample_table(data.x_train, targets)  # (n_in + 1 + n_out, n)
        self._shuffled = self._table.copy()
        self._shuffled_epoch: int | None = None  # the epoch whose order `_shuffled` is in
        self._order = BatchOrder(len(data.x_train), settings)
        self._dropout_stream = Stream(settings.seed, Purpose.DROPOUT)
        self._plans: dict[int, _Plan] = {}  # by the number of samples in a batch
        self.nbytes = 2 * self._table.nbytes
        """Bytes of the buffers made so far, which the loop keeps as long as it lives."""
        self._batches = self._cut(0)  # of a whole epoch
        self._last_size = 0  # samples in the batch of the last step
        self._evaluator: Evaluator | None = None

    # ------------------------------------------------------------------ training

    def make_step(self) -> None:
        """One update on the next mini-batch."""
        self._train(self._batches_left()[:1])

    def finish_epoch(self) -> None:
        """All steps up to the end of the current pass over the data."""
        batches = self._batches_left()
        if self._is_measured(batches[0]):
            batches = [self._with_measured_gradient(batches[0])]
        self._train(batches)

    def _is_measured(self, batch: _Batch) -> bool:
        """Whether `measure` has just gone forwards and backwards through the very batch that comes next."""
        whole = batch.samples.shape == self._table.shape and self.samples_seen == 0 and batch.masks is None
        return whole and self._evaluator is not None and self._evaluator.is_current()

    def _with_measured_gradient(self, batch: _Batch) -> _Batch:
        """The same batch with nothing but the update left to be done: the measure has found all the rest."""
        assert self._evaluator is not None
        plan = self._plans[batch.samples.shape[1]]
        plan.passes.output[...] = self._evaluator.train_output
        self.gradient[...] = self._evaluator.gradient
        return batch._replace(calls=plan.update)

    def _train(self, batches: list[_Batch]) -> None:
        """A step on each of these batches: the inner loop of everything."""
        self._shuffle()
        varies = not isinstance(self.settings.schedule, Constant)
        with np.errstate(all="ignore"):  # a run that diverges is noticed by its NaN
            for samples, buffer, masks, calls in batches:
                buffer[...] = samples
                if varies:
                    self._set_rate()
                if masks is not None:
                    self._dropout_stream.at(self.step).random(out=masks)
                for function, arguments in calls:
                    function(*arguments)
                self.step += 1
                self.samples_seen += buffer.shape[1]
        self._last_size = batches[-1].samples.shape[1]
        if self.samples_seen == self._table.shape[1]:
            self.epoch, self.samples_seen = self.epoch + 1, 0

    def _batches_left(self) -> list[_Batch]:
        """The batches of this epoch that are still to come."""
        done, rest = divmod(self.samples_seen, self.settings.batch_size)
        return self._cut(self.samples_seen) if rest else self._batches[done:]

    def _cut(self, start: int) -> list[_Batch]:
        """The samples from number `start` on, cut into batches, each with the plan for its size."""
        n, size = self._table.shape[1], self.settings.batch_size
        pieces = [self._shuffled[:, i : i + size] for i in range(start, n, size)]
        return [_Batch(piece, *self._plan(piece.shape[1])) for piece in pieces]

    def _shuffle(self) -> None:
        """Put the samples into the order of this epoch, if they are not yet."""
        if self._shuffled_epoch != self.epoch:
            order = self._order.of_epoch(self.epoch, self.samples_seen)
            if order is None:
                self._shuffled[...] = self._table
            else:  # "clip" changes nothing here, but lets NumPy write into `out` directly
                self._table.take(order, axis=1, out=self._shuffled, mode="clip")
            self._shuffled_epoch = self.epoch

    def _set_rate(self) -> None:
        self.rate[...] = self.settings.optimizer.learning_rate * self.settings.schedule.factor(self.time)

    def _plan(self, size: int) -> tuple[Array, Array | None, list[Call]]:
        """The buffer, the masks and the calls of one step on `size` samples."""
        if size not in self._plans:
            s, w, g = self.settings, self.net.parameters, self.gradient
            batch = np.empty((len(self._table), size))
            passes = Pass(self.net.shape, w, g, batch, s.dropout or None)
            n_summed = size if s.reduction == "sum" else 1
            update = update_sections(
                self.net.shape, s.optimizer, w, g, self.rate, self.memory, s.l1, s.l2, s.clip_norm, n_summed, s.frozen
            )
            to_next = flat(update)
            plan = _Plan(passes, to_next, [*flat([*passes.forward, *passes.backward]), *to_next])
            self._plans[size] = plan
            self.nbytes += nbytes(plan.calls)
        plan = self._plans[size]
        return plan.passes.batch, plan.passes.masks, plan.calls

    # ------------------------------------------------------------------ state and measures

    def state(self) -> State:
        """The state now, in copies of its own."""
        memory = {name: read_only(array.copy()) for name, array in self.memory.items()}
        return State(self.step, self.epoch, self.samples_seen, read_only(self.net.parameters.copy()), memory)

    def restore(self, state: State) -> None:
        """Go on from `state`. Of its memory, what this optimizer does not know by name is not taken over."""
        self.step, self.epoch, self.samples_seen = state.step, state.epoch, state.samples_seen
        self.net.parameters[...] = state.parameters
        for name, array in self.memory.items():
            array[...] = state.memory.get(name, 0.0)

    @property
    def time(self) -> float:
        """Epochs made so far, with a fraction in mid-epoch."""
        return self.epoch + self.samples_seen / len(self.data.x_train)

    def is_finite(self, measures: Measures) -> bool:
        """Whether all parameters, and the loss over all training data, are finite."""
        return math.isfinite(measures.train_loss) and bool(np.isfinite(self.net.parameters).all())

    def batch_loss(self) -> float:
        """The loss of the last step's batch, before its update, without penalties."""
        last = self._plans[self._last_size].passes
        with np.errstate(all="ignore"):
            return self.net.loss.mean(last.output, last.targets)

    def gradient_norms(self) -> Array:
        """(n_layers,): per layer, the norm of the gradient that the last step used, with penalties and clipping."""
        return layer_norms(self.net.shape.matrices(self.gradient))

    def measure(self) -> Measures:
        """How well the network does now, over all training and test data."""
        if self._evaluator is None:
            self._evaluator = Evaluator(self.net, self.data, self._table)
            self.nbytes += self._evaluator.nbytes
        return self._evaluator.measure()
