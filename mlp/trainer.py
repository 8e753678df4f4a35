"""Training as a generator: the caller pulls one step, or one epoch, at a time.

The trainer makes steps and epochs, writes the recording, and stops by itself when the numbers are no longer finite. It
knows nothing of who looks on.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array, check_vector, check_whole, read_only
from mlp.datasets import Dataset
from mlp.loop import TrainingLoop
from mlp.measure import Measures
from mlp.network import MLP
from mlp.optimizers import SGD, Optimizer
from mlp.recording import Divergence, Recording
from mlp.schedules import Constant, Schedule
from mlp.settings import EarlyStopping, Settings

DEFAULT_MAX_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False)
class StepRecord:
    """What one step was like."""

    step: int
    """Updates made so far, this one included."""
    epoch: float
    """Passes over the training data made so far, with a fraction in mid-epoch."""
    learning_rate: float
    """That this step was made with."""
    batch_loss: float
    """The loss of its batch before the update, without penalties."""
    gradient_norms: Array
    """(n_layers,): of the gradient that it used, with penalties and clipping."""


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """How well the network does at the end of an epoch."""

    step: int
    """Updates made so far."""
    epoch: float
    """Passes over the training data made so far."""
    learning_rate: float
    """That the last step was made with."""
    train_loss: float
    """Over all training data, without penalties."""
    test_loss: float
    """Over all test data; NaN without any."""
    train_score: float
    """Accuracy, or R^2 for regression."""
    test_score: float
    """NaN without test data."""
    gradient_norms: Array
    """(n_layers,): of the gradient of train_loss."""


class Trainer:
    """Trains `net` on `data`, in place, and records it. To edit parameters by hand on the way, use `fork`.

    Parameters
    ----------
    optimizer : Optimizer
        Such as mlp.Adam(learning_rate=0.01).
    batch_size : int
        Samples for each step; as many as there are, or more, for full-batch training.
    seed : int
        Decides the order of the batches and which units dropout switches off.
    l1, l2 : float
        Strength of the penalties l1 * sum |w| and l2 / 2 * sum w^2, over weights and not biases. So `l2` is what
        PyTorch calls weight_decay when given to the weights alone.
    dropout : float
        Share of hidden units that sit out each step; the others are scaled up by 1 / (1 - dropout).
    clip_norm : float, optional
        Longest gradient allowed, all parameters together; a longer one is shortened to it.
    schedule : Schedule
        How the learning rate changes; SCHEDULES.
    reduction : str
        "mean" or "sum" of the slopes of a batch's samples: the sum over n with rate r is the mean with rate n r.
    frozen : tuple of int
        Layers, counted from 0, that training leaves as they are.
    early_stopping : EarlyStopping, optional
        When `run` ends a run that no longer improves; `step` and `epoch` go on.
    max_bytes : int
        Most that the recording may hold, 32 MiB by default. Whatever it says, 16 frames are kept, and one state for
        each fork.

    Raises ValueError, in one sentence, for settings out of range and for data that do not fit the network.
    """

    def __init__(
        self,
        net: MLP,
        data: Dataset,
        optimizer: Optimizer | None = None,
        batch_size: int = 10,
        seed: int = 0,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        clip_norm: float | None = None,
        schedule: Schedule | None = None,
        reduction: str = "mean",
        early_stopping: EarlyStopping | None = None,
        frozen: tuple[int, ...] = (),
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        rule, course = optimizer or SGD(), schedule or Constant()
        settings = Settings(
            rule, batch_size, seed, l1, l2, dropout, clip_norm, course, reduction, frozen, early_stopping
        )
        check_whole("max_bytes", max_bytes, 1, 2**40)
        self._begin(TrainingLoop(net, data, settings), Recording(net, data, max_bytes))

    def _begin(self, loop: TrainingLoop, recording: Recording) -> None:
        stopping = loop.settings.early_stopping
        if stopping is not None and stopping.watch == "test_loss" and not len(loop.data.x_test):
            raise ValueError("watch must be train_loss for data without a test part; got 'test_loss'.")
        self._loop, self.recording = loop, recording
        self._best, self._best_epoch, self._waited = np.inf, 0.0, 0  # for early stopping
        recording.begin(loop)

    @property
    def net(self) -> MLP:
        """The network, as it is now."""
        return self._loop.net

    @property
    def data(self) -> Dataset:
        """What it learns from."""
        return self._loop.data

    @property
    def nbytes(self) -> int:
        """Bytes that it holds: the recording, the data, and the buffers of training."""
        data = self.data
        arrays = (data.x_train, data.y_train, data.x_test, data.y_test)
        return self.recording.nbytes + self._loop.nbytes + sum(array.nbytes for array in arrays)

    @property
    def settings(self) -> Settings:
        """How it trains."""
        return self._loop.settings

    @property
    def step_count(self) -> int:
        """Updates made so far."""
        return self._loop.step

    # ------------------------------------------------------------------ training

    def step(self) -> StepRecord:
        """One update on the next mini-batch. The epoch's end is recorded.

        Raises FloatingPointError when the run has diverged; the network keeps its last finite state.
        """
        self._refuse_if_diverged()
        loop = self._loop
        loop.make_step()
        measures = loop.measure()
        if not loop.is_finite(measures):
            self._end_diverged()
        self._refuse_if_diverged()
        if loop.samples_seen == 0:
            self._append(measures)
        self.recording.set_last_step(loop.step)
        norms = read_only(loop.gradient_norms())
        return StepRecord(loop.step, loop.time, float(loop.rate), loop.batch_loss(), norms)

    def epoch(self) -> EpochRecord:
        """All steps to the end of the current pass over the data, and how well the network does then.

        Raises FloatingPointError as `step` does.
        """
        self._refuse_if_diverged()
        self._run_epoch()
        self._refuse_if_diverged()
        f = self.recording.frames
        return EpochRecord(
            step=int(f.steps[-1]),
            epoch=float(f.epochs[-1]),
            learning_rate=float(self._loop.rate),
            train_loss=float(f.train_loss[-1]),
            test_loss=float(f.test_loss[-1]),
            train_score=float(f.train_score[-1]),
            test_score=float(f.test_score[-1]),
            gradient_norms=f.gradient_norms[-1],
        )

    def steps(self) -> Iterator[StepRecord]:
        """A generator of steps without end, or until the run diverges; each `next` makes one step."""
        while self.recording.diverged is None:
            try:
                yield self.step()
            except FloatingPointError:
                return

    def run(self, epochs: int, every: int = 1) -> Recording:
        """Train for `epochs` passes over the data, recording a frame at the end of each; the fastest way to train.

        With `every` above 1, only epochs that are multiples of it are recorded.

        Ends early if the run diverges, which `recording.diverged` tells, or is stopped, which `recording.stopped`
        tells. Calling it for 5 and again for 5 epochs gives the very numbers of one call for 10.
        """
        check_whole("epochs", epochs, 0, 100_000_000)
        check_whole("every", every, 1, 100_000_000)
        for _ in range(epochs):
            if self.recording.has_ended:
                break
            self._run_epoch(every)
        return self.recording

    def fork(self, step: int, *, parameters: npt.ArrayLike | None = None, **changes: Any) -> Trainer:
        """A new Trainer that goes on from `step`, under changed settings.

        parameters : (n_parameters,), optional
            Numbers to put in place of those of that moment: an edit by hand.
        changes
            Any of `Settings`: optimizer, batch_size, seed, l1, l2, dropout, clip_norm, schedule, reduction, frozen,
            early_stopping. An optimizer of another kind starts with an empty memory.

        Its recording begins with the frames up to `step`; this trainer and its recording stay as they are. Early
        stopping counts from `step` on.

        Raises ValueError for a step that has not been made, settings out of range and parameters that do not fit.
        """
        state, before = self.recording.seek(step), self.recording.settings_at(step)
        settings = replace(before, **changes)
        if type(settings.optimizer) is not type(before.optimizer):
            state = replace(state, memory=settings.optimizer.new_memory(state.parameters, len(self.net.layers)))
        if parameters is not None:
            edited = check_vector("parameters", parameters, len(state.parameters))
            state = replace(state, parameters=read_only(edited.copy()))
        twin = copy(self)
        twin._begin(TrainingLoop(self.net.copy(), self.data, settings, state), self.recording.cut(step))
        return twin

    def _run_epoch(self, every: int = 1) -> None:
        loop = self._loop
        loop.finish_epoch()
        if loop.epoch % every == 0:
            self._record()
        else:
            self.recording.set_last_step(loop.step)

    def _record(self) -> None:
        measures = self._loop.measure()
        if self._loop.is_finite(measures):
            self._append(measures)
        else:
            self._end_diverged()

    def _append(self, measures: Measures) -> None:
        """Record the end of an epoch, and stop the run if it has not improved for long enough."""
        self.recording.append(self._loop, measures)
        stopping = self.settings.early_stopping
        if stopping is None:
            return
        value: float = getattr(measures, stopping.watch)
        if value < self._best - stopping.min_delta:
            self._best, self._best_epoch, self._waited = value, self._loop.time, 0
        else:
            self._waited += 1
        if self._waited >= stopping.patience:
            figure = stopping.watch.replace("_", " ").replace("train ", "training ")
            self.recording.stopped = (
                f"Early stopping: the {figure} has not improved since epoch {self._best_epoch:g}, "
                f"when it was {self._best:.4g}."
            )

    def _end_diverged(self) -> None:
        """Train again, step by step, from the last frame to the last step whose numbers are finite, and end there."""
        loop = self._loop
        last_finite = self.recording.state_at_last_frame
        loop.restore(last_finite)
        while loop.is_finite(loop.measure()):
            last_finite = loop.state()
            loop.make_step()
        loop.restore(last_finite)
        rate = self.settings.optimizer.learning_rate
        reason = (
            f"The numbers grew beyond all bounds after step {loop.step}: "
            f"try a learning rate below {rate:g}, or gradient clipping."
        )
        if loop.step != self.recording.state_at_last_frame.step:
            self.recording.append(loop, loop.measure())
        self.recording.diverged = Divergence(loop.step, loop.time, reason)

    def _refuse_if_diverged(self) -> None:
        if self.recording.diverged is not None:
            raise FloatingPointError(self.recording.diverged.reason)
