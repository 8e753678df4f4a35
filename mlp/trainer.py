"""Training as a stream: whoever wants the next step asks for it, and to pause is not to ask.

The trainer never learns who watches. It makes steps and epochs, writes the recording, and stops by itself when the
numbers grow beyond all bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlp.arrays import Array, check_choice, check_number, check_whole, read_only
from mlp.datasets import Dataset
from mlp.machine import Machine, Settings, State
from mlp.network import MLP
from mlp.optimizers import SGD, Optimizer
from mlp.recording import Divergence, Recording
from mlp.schedules import Constant, Schedule

DEFAULT_MAX_BYTES = 32 * 2**20


@dataclass(frozen=True)
class EarlyStopping:
    """Stop a call of `Trainer.run` when the watched figure has not improved for `patience` recorded frames."""

    patience: int = 20
    min_delta: float = 0.0
    """What counts as an improvement must be larger than this."""
    watch: str = "test_loss"
    """train_loss or test_loss"""

    def __post_init__(self) -> None:
        check_whole("patience", self.patience, 1, 1_000_000)
        check_number("min_delta", self.min_delta, 0.0, 1e9)
        check_choice("watch", self.watch, ("train_loss", "test_loss"))


@dataclass(frozen=True, eq=False)
class Record:
    """What a step or an epoch was like."""

    step: int
    """Updates made so far, this one included."""
    epoch: float
    """Passes over the training data made so far, with a fraction in mid-epoch."""
    loss: float
    """Of a step: the loss of its batch before the update, without penalties. Of an epoch: train_loss."""
    gradient_norms: Array
    """(n_layers,). Of a step: of the gradient that it used, with penalties and clipping. Of an epoch: of train_loss."""
    learning_rate: float
    """That the last step was made with."""
    train_loss: float | None = None
    """Epochs only: over all training data."""
    test_loss: float | None = None
    """Epochs only: over all test data; NaN without any."""
    train_score: float | None = None
    """Epochs only: accuracy, or R^2 for regression."""
    test_score: float | None = None
    """Epochs only: NaN without test data."""


class Trainer:
    """Trains `net` on `data`, in place, and records it. To edit parameters by hand on the way, use `fork`.

    Parameters
    ----------
    optimizer : Optimizer
        Such as mlp.Adam(learning_rate=0.01).
    batch_size : int
        Samples for each step; as many as there are, or more, for full-batch training.
    seed : int
        Decides the order of the batches and who drops out.
    l1, l2 : float
        Strength of the penalties l1 * sum |w| and l2 / 2 * sum w^2, over weights and not biases. So `l2` is what
        PyTorch calls weight_decay when given to the weights alone.
    dropout : float
        Share of hidden units that sit out each step; the others are scaled up by 1 / (1 - dropout).
    clip_norm : float, optional
        Longest gradient allowed, all parameters together; a longer one is shortened to it.
    schedule : Schedule
        How the learning rate changes; SCHEDULES.
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
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        settings = Settings(
            optimizer or SGD(), batch_size, seed, l1, l2, dropout, clip_norm, schedule or Constant()
        )
        check_whole("max_bytes", max_bytes, 1, 2**40)
        self._begin(Machine(net, data, settings), Recording(net, data, max_bytes))

    @classmethod
    def resume(cls, net: MLP, data: Dataset, settings: Settings, state: State, past: Recording) -> Trainer:
        """A trainer that stands at `state`, with a past. `Recording.fork` is the door to this."""
        trainer = cls.__new__(cls)
        trainer._begin(Machine(net, data, settings, state), past)
        return trainer

    def _begin(self, machine: Machine, recording: Recording) -> None:
        self._machine, self.recording = machine, recording
        recording.begin(machine)

    @property
    def net(self) -> MLP:
        """The network, as it is now."""
        return self._machine.net

    @property
    def data(self) -> Dataset:
        """What it learns from."""
        return self._machine.data

    @property
    def settings(self) -> Settings:
        """How it trains."""
        return self._machine.settings

    @property
    def step_count(self) -> int:
        """Updates made so far."""
        return self._machine.step

    # ------------------------------------------------------------------ training

    def step(self) -> Record:
        """One update on the next mini-batch. The epoch's end is recorded.

        Raises FloatingPointError when the run has diverged; the network keeps its last finite state.
        """
        self._refuse_if_diverged()
        machine = self._machine
        machine.make_step()
        measures = machine.measure()
        if not machine.is_sound(measures):
            self._end_diverged()
        self._refuse_if_diverged()
        if machine.row == 0:
            self.recording.append(machine, measures)
        self.recording.reach(machine.step)
        norms = read_only(machine.gradient_norms())
        return Record(machine.step, machine.time, machine.batch_loss(), norms, float(machine.rate))

    def epoch(self) -> Record:
        """All steps to the end of the current pass over the data, and how well the network does then.

        Raises FloatingPointError as `step` does.
        """
        self._refuse_if_diverged()
        self._run_epoch()
        self._refuse_if_diverged()
        f = self.recording.frames
        return Record(
            step=int(f.steps[-1]),
            epoch=float(f.epochs[-1]),
            loss=float(f.train_loss[-1]),
            gradient_norms=f.gradient_norms[-1],
            learning_rate=float(self._machine.rate),
            train_loss=float(f.train_loss[-1]),
            test_loss=float(f.test_loss[-1]),
            train_score=float(f.train_score[-1]),
            test_score=float(f.test_score[-1]),
        )

    def steps(self) -> Iterator[Record]:
        """A stream of steps without end, or until the run diverges."""
        while self.recording.diverged is None:
            try:
                yield self.step()
            except FloatingPointError:
                return

    def run(self, epochs: int, early_stopping: EarlyStopping | None = None, every: int = 1) -> Recording:
        """The fast path: `epochs` times to the end of a pass over the data, recording a frame each time.

        With `every` above 1, only epochs that are multiples of it are recorded.

        Raises ValueError if `early_stopping` watches the test loss of data that have no test part.

        Ends early if the run diverges, which `recording.diverged` tells. Calling it for 5 and again for 5 epochs
        gives the very numbers of one call for 10.
        """
        check_whole("epochs", epochs, 0, 100_000_000)
        check_whole("every", every, 1, 100_000_000)
        if early_stopping is not None:
            self._check_watch(early_stopping)
        best, waited = np.inf, 0
        for _ in range(epochs):
            if self.recording.diverged is not None:
                break
            self._run_epoch(every)
            if early_stopping is not None and self._machine.epoch % every == 0:
                value = float(getattr(self.recording.frames, early_stopping.watch)[-1])
                waited = 0 if value < best - early_stopping.min_delta else waited + 1
                best = min(best, value)
                if waited >= early_stopping.patience:
                    break
        return self.recording

    def fork(self, step: int, **changes: Any) -> Trainer:
        """As `recording.fork`."""
        return self.recording.fork(step, **changes)

    def _check_watch(self, early_stopping: EarlyStopping) -> None:
        if not isinstance(early_stopping, EarlyStopping):
            raise ValueError(f"early_stopping must be one such as mlp.EarlyStopping(); got {early_stopping!r}.")
        if early_stopping.watch == "test_loss" and not len(self.data.x_test):
            raise ValueError("watch must be train_loss for data without a test part; got 'test_loss'.")

    def _run_epoch(self, every: int = 1) -> None:
        machine = self._machine
        machine.finish_epoch()
        if machine.epoch % every == 0:
            self._record()
        else:
            self.recording.reach(machine.step)

    def _record(self) -> None:
        measures = self._machine.measure()
        if self._machine.is_sound(measures):
            self.recording.append(self._machine, measures)
        else:
            self._end_diverged()

    def _end_diverged(self) -> None:
        """Go again, step by step, from the last frame to the last step whose numbers are finite, and end there."""
        machine = self._machine
        last_sound = self.recording.state_at_last_frame
        machine.restore(last_sound)
        while machine.is_sound(machine.measure()):
            last_sound = machine.state()
            machine.make_step()
        machine.restore(last_sound)
        rate = self.settings.optimizer.learning_rate
        reason = (
            f"The numbers grew beyond all bounds after step {machine.step}: "
            f"try a learning rate below {rate:g}, or gradient clipping."
        )
        if machine.step != self.recording.state_at_last_frame.step:
            self.recording.append(machine, machine.measure())
        self.recording.diverged = Divergence(machine.step, machine.time, reason)

    def _refuse_if_diverged(self) -> None:
        if self.recording.diverged is not None:
            raise FloatingPointError(self.recording.diverged.reason)
