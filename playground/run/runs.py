"""Recordings, shared by everybody who looks at the same experiment, trained one slice at a time.

An experiment decides its run to the last digit, so a recording is only a cache: it can be dropped and
trained again. One gate lets one session train at a time, in slices short enough that nobody waits long:
two threads that train at once under Python's interpreter lock are slower than one after the other.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import mlp
from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Change, Experiment
from playground.run.marks import marks
from playground.run.seeds import N_SEEDS, Seeds, Spread

SLICE_SECONDS = 0.02
CACHE_MEGABYTES = 256
"""For all recordings together, unless MLP_CACHE_MB says otherwise; with Python and Streamlit it fits a host of 1 GB"""
BYTES_OF_ANY = 150_000
"""What a run takes beside its arrays: trainer, plans, settings"""
FIRST_EPOCHS = 10


def never() -> bool:
    """Somebody always waits."""
    return False


class Gate:
    """A lock that is given to threads in the order in which they asked for it.

    A plain lock would be taken again by the thread that has just let go of it, and the others would starve.
    Urgent threads come before all others: they have nothing on screen yet, and the others train ahead of what they
    show.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._urgent: deque[threading.Event] = deque()
        self._others: deque[threading.Event] = deque()

    @property
    def is_taken(self) -> bool:
        """Whether a thread has it just now; others may wait."""
        return self._is_taken

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Hold the gate for the length of the block; `urgent` goes before all who wait and are not."""
        mine = threading.Event()
        with self._lock:
            (self._urgent if urgent else self._others).append(mine)
            if not self._is_taken:
                self._pass_on()
        mine.wait()
        try:
            yield
        finally:
            with self._lock:
                self._pass_on()

    def _pass_on(self) -> None:
        """Give it to the next who waits."""
        queue = self._urgent or self._others
        self._is_taken = bool(queue)
        if queue:
            queue.popleft().set()


class Run:
    """A trainer, its recording, and the lock that keeps it to one user at a time.

    The trainer is made by the first thread that needs it, so that the others do not wait while a parent is trained up
    to a fork. A thread that needs both the gate and the lock takes the gate first; the other order could deadlock.
    `clock` tells the time in seconds.
    """

    def __init__(
        self, make_trainer: Callable[[], mlp.Trainer], gate: Gate, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._make_trainer = make_trainer
        self._clock = clock
        self._trainer: mlp.Trainer | None = None
        self._begun = 0.0  # the epoch up to which it is a copy of its parent
        self.lock = threading.RLock()
        self._gate = gate
        self._epochs_a_slice = 1
        self.counted = 0  # bytes, when somebody last asked for it
        self._marked: tuple[int, list[dict[str, Any]]] = (0, [])
        self._seeds: Seeds | None = None
        self.update_ratios: dict[int, np.ndarray] = {}
        """What the page Health has measured of it, by step"""
        self.chance: float | None = None
        """What guessing costs, once that was found out"""
        self.headlines: dict[int, str] = {}
        """What Health has said of it, by step"""

    @property
    def trainer(self) -> mlp.Trainer:
        """Makes the steps."""
        if self._trainer is None:  # not a cached_property: Python 3.11 has one lock for those of all runs
            with self.lock:
                if self._trainer is None:
                    trainer = self._make_trainer()
                    self._begun = float(trainer.recording.epochs[-1])
                    self._trainer = trainer
        return self._trainer

    @property
    def is_made(self) -> bool:
        """Whether it has its trainer already."""
        return self._trainer is not None

    @property
    def recording(self) -> mlp.Recording:
        """Everything recorded so far."""
        return self.trainer.recording

    @property
    def can_be_shown(self) -> bool:
        """Whether it has trained on for so many epochs that a page has something to show of it."""
        return float(self.recording.epochs[-1]) >= self._begun + FIRST_EPOCHS

    @property
    def nbytes(self) -> int:
        """Bytes that it holds: the recording, the data, the buffers of training, and what Python takes for all that."""
        if not self.is_made:
            return 0
        buffers = self.trainer.nbytes - self.recording.nbytes
        return BYTES_OF_ANY + self.trainer.nbytes + (self._seeds.nbytes + N_SEEDS * buffers if self._seeds else 0)

    def turn(self) -> AbstractContextManager[None]:
        """The right to compute something about it while nobody trains, for as long as others can wait.

        To be taken before `lock`, and by no thread that holds it.
        """
        return self._gate.turn()

    @property
    def is_crowded(self) -> bool:
        """Whether somebody has the gate just now, so that what can be left undone is better left."""
        return self._gate.is_taken

    def count(self) -> int:
        """By how many bytes it has grown since it was last counted."""
        before, self.counted = self.counted, self.nbytes
        return self.counted - before

    @property
    def last_step(self) -> int:
        """The newest recorded step."""
        return int(self.recording.steps[-1])

    def record(self, epochs: int, seconds: float) -> None:
        """Train on by so many epochs, or for so long, whichever ends first."""
        with self.lock:
            end = float(self.recording.epochs[-1]) + epochs
        self.record_to(end, seconds)

    def step_before(self, step: int) -> int:
        """The last recorded step before a step; -1 for none."""
        with self.lock:
            k = int(np.searchsorted(self.recording.steps, step))
            return int(self.recording.steps[k - 1]) if k else -1

    def epoch_of(self, step: int) -> float:
        """The epoch of the last recorded moment at or before a step."""
        with self.lock:
            return float(self.recording.epochs[np.searchsorted(self.recording.steps, step, side="right") - 1])

    def step_at(self, epoch: float) -> int:
        """The step of an epoch that is recorded, of a broken one the nearest."""
        with self.lock:
            return round(float(np.interp(epoch, self.recording.epochs, self.recording.steps)))

    def last_step_at(self, epoch: float) -> int:
        """The last recorded step up to an epoch: a run that goes on beyond it is looked at from where it was."""
        with self.lock:
            return int(self.recording.steps[np.searchsorted(self.recording.epochs, epoch, side="right") - 1])

    def record_to(self, epoch: float, seconds: float, gone: Callable[[], bool] = never) -> None:
        """Train until an epoch is recorded, or for so long; between two slices other threads may look or train.

        gone : whether nobody wants the rest any longer; asked before each slice
        """
        self.trainer  # noqa: B018 - is made outside the gate: it may have to train a parent, which goes through it
        deadline = self._clock() + seconds
        while not gone() and self._slice(epoch) and self._clock() < deadline:
            time.sleep(0.0005)  # lets a thread that waits for the lock have it; without a pause it never would

    def _slice(self, epoch: float) -> bool:
        """Train a little, and say whether there is more to do."""
        if not self._left(epoch):  # who wants nothing trained need not wait for those who do
            return False
        with self._gate.turn(urgent=not self.can_be_shown), self.lock:
            left = self._left(epoch)
            if not left:
                return False
            n = min(left, self._epochs_a_slice)
            start = self._clock()
            self.trainer.run(epochs=n)
            spent = self._clock() - start
            self._epochs_a_slice = max(1, min(2 * n, int(n * SLICE_SECONDS / max(spent, 1e-6))))
            return left > n

    def _left(self, epoch: float) -> int:
        """How many epochs are still to be trained."""
        with self.lock:
            return 0 if self.recording.has_ended else max(0, math.ceil(epoch - float(self.recording.epochs[-1])))

    def record_until(self, step: int, seconds: float = math.inf, gone: Callable[[], bool] = never) -> None:
        """Train on until `step` is recorded, or the run has ended, or for so long, or until nobody wants it."""
        recording = self.recording
        deadline = self._clock() + seconds
        while self.last_step < step and not recording.has_ended and self._clock() < deadline and not gone():
            self.record(epochs=1, seconds=1.0)

    def seeds_to(self, epochs: int, seconds: float, gone: Callable[[], bool] = never) -> tuple[int, Spread]:
        """Train the run's settings from twenty seeds up to an epoch, or for so long: (epochs trained, how they did).

        Raises ValueError, in a sentence, where an epoch of them would keep others waiting.
        """
        self.trainer  # noqa: B018
        deadline = self._clock() + seconds
        while True:
            with self._gate.turn(), self.lock:
                self._seeds = self._seeds or Seeds(self.trainer)
                if self._seeds.epochs < epochs:
                    self._seeds.train()
                if self._seeds.epochs >= epochs or self._clock() >= deadline or gone():
                    return self._seeds.epochs, self._seeds.spread()
            time.sleep(0.0005)

    def seeds_at(self, epoch: int) -> tuple[int, np.ndarray]:
        """(epoch, parameters of the run's settings from twenty seeds after it, (20, n_parameters) in float32).

        The last epoch that is kept and not later; `seeds_to` must have trained them.
        """
        with self.lock:
            if self._seeds is None:
                raise ValueError("No seeds of this run have been trained.")
            return self._seeds.parameters_at(epoch)

    def marks(self, experiment: Experiment) -> list[dict[str, Any]]:
        """Where something happened in the run so far, as the stage reads it."""
        with self.lock:
            if self._marked[0] != len(self.recording):
                self._marked = len(self.recording), [asdict(mark) for mark in marks(experiment, self.trainer)]
            return self._marked[1]

    def confusion_at(self, step: int) -> dict[str, Any]:
        """How right the network is after a step about the test points, or about the training points if there are none.

        Returns {"step", "matrix"}, whose rows are the true classes and whose columns those predicted, or for a
        regression {"step", "truth", "residual"}, of 500 points at most; a residual is prediction minus truth.
        """
        with self.lock:
            net, data = network_at(self.trainer, step), self.trainer.data
        x, y = (data.x_test, data.y_test) if len(data.x_test) else (data.x_train, data.y_train)
        if data.n_classes:
            return {"step": step, "matrix": mlp.confusion_matrix(y, net.classify(x), data.n_classes).tolist()}
        truth, residual = np.ravel(y)[:500], np.ravel(net.outputs(x) - y)[:500]
        return {"step": step, "truth": truth.round(6).tolist(), "residual": np.nan_to_num(residual.round(6)).tolist()}

    def rows(self, after_step: int, end: float = math.inf, at_least: int = 0) -> np.ndarray:
        """The frames after a step, up to an epoch, as `frame_rows` lays them out.

        A long run is thinned, and its next frame may lie beyond that epoch: `at_least` so many are given if they exist.
        """
        with self.lock:
            start = int(np.searchsorted(self.recording.steps, after_step, side="right"))
            stop = int(np.searchsorted(self.recording.epochs, end, side="right"))
            return frame_rows(self.recording, start, max(start + at_least, stop))

    def step_rows(self, start: int, stop: int, gone: Callable[[], bool] = never) -> np.ndarray:
        """The same for every recorded step from `start` to `stop`, both included, replayed exactly.

        gone : whether nobody wants the rest any longer; asked before each slice
        """
        self.trainer  # noqa: B018
        first = min(max(0, start), self.last_step)
        last = max(first, min(stop, self.last_step))
        steps = self.recording.replay(first, last)
        store = mlp.FrameStore(self.trainer.net.n_parameters, len(self.trainer.net.layers), capacity=last - first + 1)
        while not gone() and (not len(store) or store.last_step < last):
            with self._gate.turn(urgent=not len(store)), self.lock:  # or two of these would keep all others waiting
                end = self._clock() + SLICE_SECONDS
                for moment in steps:
                    if moment is not None:
                        store.append(*moment)
                    if self._clock() >= end:
                        break
        return frame_rows(store.frames)


def frame_rows(frames: mlp.Recording | mlp.Frames, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Some frames as rows: step, epoch, losses, scores, a gradient norm for each layer, parameters.

    In float32, which is all that a picture needs; in float64 where a run blows up and its numbers are beyond that.
    """
    figures = [frames.steps, frames.epochs, frames.train_loss, frames.test_loss, frames.train_score, frames.test_score]
    rows = np.column_stack([column[start:stop] for column in (*figures, frames.gradient_norms, frames.parameters)])
    largest = np.abs(rows, where=np.isfinite(rows), out=np.zeros_like(rows)).max(initial=0.0)
    return rows if largest > np.finfo(np.float32).max else rows.astype(np.float32)


class Known(NamedTuple):
    """A run, and the experiment that decides it."""

    experiment: Experiment
    run: Run


class Runs:
    """The newest runs of this process by their names, within a bounded memory; the least recently used go first."""

    def __init__(self, max_bytes: int = CACHE_MEGABYTES * 2**20) -> None:
        self._runs: OrderedDict[str, Known] = OrderedDict()
        self._total = 0  # bytes; to count them all each time would take longer the more there are
        self._last: Run | None = None  # has grown since it was counted, most likely
        self._lock = threading.RLock()
        self._gate = Gate()
        self._max_bytes = max_bytes

    def turn(self) -> AbstractContextManager[None]:
        """The right to train something that is no run, for as long as others can wait."""
        return self._gate.turn()

    def get(self, experiment: Experiment) -> Run:
        """The run of an experiment; it begins with a copy of its parent's past, up to its last change."""
        with self._lock:
            if experiment.name not in self._runs:
                self._runs[experiment.name] = Known(experiment, Run(partial(self._trainer, experiment), self._gate))
            return self._use(experiment.name).run

    def known(self, name: str) -> Known | None:
        """The run of this name, if somebody has had it made and it was not forgotten since."""
        with self._lock:
            found = self._runs.get(name)
            return self._use(name) if found and found.run.is_made else None

    def _use(self, name: str) -> Known:
        self._runs.move_to_end(name)
        run = self._runs[name].run
        for one in (self._last or run, run):
            self._total += one.count()
        self._last = run
        while len(self._runs) > 1 and self._total > self._max_bytes:
            _, forgotten = self._runs.popitem(last=False)
            self._total -= forgotten.run.counted
        return self._runs[name]

    def _trainer(self, experiment: Experiment) -> mlp.Trainer:
        parent = experiment.parent
        if parent is None:
            return new_trainer(experiment)
        before = self.get(parent)
        if not before.is_made:  # from the first on, so that no trainer has to wait for a whole line of others
            for ancestor in parent.lineage():
                self.get(ancestor).trainer  # noqa: B018
        last = experiment.changes[-1]
        before.record_until(last.step)
        with before.lock:
            return forked(before.trainer, last, experiment.now)


def new_trainer(experiment: Experiment) -> mlp.Trainer:
    """The network and the trainer that an experiment without changes begins with."""
    c = experiment.config
    _, data = make_data(experiment)
    return mlp.Trainer(new_network(c, data), data, seed=c.seed, **trainer_settings(c, data))


def forked(trainer: mlp.Trainer, change: Change, now: Config) -> mlp.Trainer:
    """The trainer that goes on from a change, recorded up to it, with the settings `now` in force."""
    step, parameters = min(change.step, trainer.recording.last_step), None
    if change.edits:
        parameters = trainer.recording.seek(step).parameters.copy()
        for index, value in change.edits:
            parameters[index] = value
    return trainer.fork(step, parameters=parameters, **trainer_settings(now, trainer.data))


def network_at(trainer: mlp.Trainer, step: int) -> mlp.MLP:
    """A network of its own with the parameters after `step` updates, or after the last that are recorded."""
    net, recording = trainer.net.copy(), trainer.recording
    k = int(np.searchsorted(recording.steps, step))
    is_frame = k < len(recording) and recording.steps[k] == step  # then nothing has to be trained again
    at_hand = recording.parameters[k] if is_frame else recording.seek(min(step, recording.last_step)).parameters
    net.parameters[...] = at_hand
    return net


def new_network(c: Config, data: mlp.Dataset) -> mlp.MLP:
    """The network that a config begins with."""
    return mlp.MLP(
        [data.n_inputs, *c.hidden_layer_sizes, data.n_outputs],
        activation=c.activation_rules(),
        loss=c.loss_name,
        initializer=c.initializer,
        seed=c.seed,
        output_activation=c.shape.activations[-1],
        use_bias=c.use_bias == "on",
    )


def trainer_settings(c: Config, data: mlp.Dataset) -> dict[str, Any]:
    """The settings that may change in mid-run, as the engine names them."""
    watch = "test_loss" if len(data.x_test) else "train_loss"
    return {
        "optimizer": c.chosen("optimizer", learning_rate=c.learning_rate),
        "batch_size": c.batch_size,
        "l1": c.l1,
        "l2": c.l2,
        "dropout": c.dropout,
        "clip_norm": c.clip_norm or None,
        "schedule": c.chosen("schedule"),
        "reduction": c.reduction,
        "frozen": tuple(layer - 1 for layer in c.frozen),
        "early_stopping": mlp.EarlyStopping(c.patience, c.min_delta, watch) if c.patience else None,
    }
