"""The past of a run: a frame for each epoch, and any step between, trained again bit for bit.

A recording keeps a frame for each epoch, and for every eighth a whole state, a *keyframe*. Any step in between is found
again by training on from the nearest keyframe before it, which gives the very same numbers.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mlp.arrays import Array, Labels, check_whole, read_only
from mlp.datasets import Dataset
from mlp.frames import Frames, FrameStore
from mlp.loop import BatchOrder, State, TrainingLoop
from mlp.measure import Measures
from mlp.network import MLP
from mlp.settings import Settings

KEYFRAME_EVERY = 8
"""Frames from one keyframe to the next."""


@dataclass(frozen=True)
class Divergence:
    """The end of a run whose numbers grew beyond all bounds."""

    step: int
    """Updates made when the last finite state was reached."""
    epoch: float
    """The same in epochs."""
    reason: str
    """One sentence on why, and what to try."""


@dataclass
class Segment:
    """A part of a run under one set of settings."""

    start: State
    settings: Settings
    keyframes: list[State] = field(default_factory=list)

    def nearest(self, step: int) -> State:
        """The last state kept at or before `step`."""
        before = [state for state in self.keyframes if state.step <= step]
        return before[-1] if before else self.start


class Recording:
    """The past of a Trainer, which alone writes into it; what is written never changes."""

    def __init__(self, net: MLP, data: Dataset, max_bytes: int) -> None:
        self._net, self._data = net.copy(), data
        self.max_bytes = max_bytes
        self.segments: list[Segment] = []
        self.diverged: Divergence | None = None
        self.stopped: str | None = None
        """Why early stopping has ended the run, in one sentence."""
        self._last_step = 0
        # A keyframe holds up to three vectors and comes with every eighth frame.
        n, layers = net.n_parameters, len(net.layers)
        self._store = FrameStore(
            n, layers, max_bytes // (FrameStore.bytes_per_frame(n, layers) + 3 * 8 * n // KEYFRAME_EVERY)
        )

    # ------------------------------------------------------------------ frames

    @property
    def frames(self) -> Frames:
        """All frames kept, in columns."""
        return self._store.frames

    @property
    def steps(self) -> Labels:
        """(k,): updates made at each frame."""
        return self.frames.steps

    @property
    def epochs(self) -> Array:
        """(k,): epochs made at each frame."""
        return self.frames.epochs

    @property
    def parameters(self) -> Array:
        """(k, n_parameters)"""
        return self.frames.parameters

    @property
    def train_loss(self) -> Array:
        """(k,): over all training data, without penalties."""
        return self.frames.train_loss

    @property
    def test_loss(self) -> Array:
        """(k,): over all test data; NaN without any."""
        return self.frames.test_loss

    @property
    def train_score(self) -> Array:
        """(k,): accuracy, or R^2 for regression."""
        return self.frames.train_score

    @property
    def test_score(self) -> Array:
        """(k,): NaN without test data."""
        return self.frames.test_score

    @property
    def gradient_norms(self) -> Array:
        """(k, n_layers): norm, per layer, of the gradient of train_loss."""
        return self.frames.gradient_norms

    @property
    def dense_until(self) -> int:
        """Up to this epoch every frame is kept."""
        return self._store.dense_until

    @property
    def stride(self) -> int:
        """Beyond `dense_until`, frames whose epoch is a multiple of this are kept, and the last one."""
        return self._store.stride

    @property
    def nbytes(self) -> int:
        """Bytes held: frames and keyframes."""
        states = [state for s in self.segments for state in (s.start, *s.keyframes)]
        return self._store.nbytes + sum(state.nbytes for state in states)

    @property
    def last_step(self) -> int:
        """The furthest step that has been made, which may lie beyond the last frame."""
        return self._last_step

    @property
    def has_ended(self) -> bool:
        """Whether `Trainer.run` trains no further: the run has diverged, or was stopped early."""
        return self.diverged is not None or self.stopped is not None

    def __len__(self) -> int:
        return len(self._store)

    # ------------------------------------------------------------------ going back

    def seek(self, step: int) -> State:
        """The whole state after `step` updates, replayed bit for bit from the nearest keyframe.

        Raises ValueError if `step` is not between 0 and `last_step`.
        """
        check_whole("step", step, 0, self.last_step)
        segment = self._segments_from(step)[0]
        return segment.start if step == segment.start.step else self._loop_at(segment, step).state()

    def between(self, start_step: int, stop_step: int) -> Frames:
        """Frames for every single step from `start_step` to `stop_step`, both included, replayed."""
        store = FrameStore(self._net.n_parameters, len(self._net.layers), capacity=stop_step - start_step + 1)
        for moment in self.replay(start_step, stop_step):
            if moment is not None:
                store.append(*moment)
        return store.frames

    def replay(self, start_step: int, stop_step: int) -> Iterator[tuple[int, float, Array, Measures] | None]:
        """The same one step at a time, for callers that must not work for long: (step, epoch, parameters, measures).

        None for each step on the way there, from the nearest keyframe. The parameters change with the next step.
        """
        check_whole("start_step", start_step, 0, self.last_step)
        check_whole("stop_step", stop_step, start_step, self.last_step)
        for loop in self._replay(start_step, stop_step):
            arrived = loop.step >= start_step
            yield (loop.step, loop.time, loop.net.parameters, loop.measure()) if arrived else None

    def batch(self, step: int) -> Labels:
        """Rows of the training data used by the update that leads from `step` to `step` + 1."""
        check_whole("step", step, 0, max(self.last_step - 1, 0))
        segment = self._segments_from(step)[0]
        n, size = len(self._data.x_train), segment.settings.batch_size
        epoch, seen = _epoch_and_samples_seen(segment.start, n, size, step)
        order = BatchOrder(n, segment.settings).of_epoch(epoch, seen)
        rows = np.arange(n) if order is None else order
        return read_only(rows[seen : seen + size])

    def settings_at(self, step: int) -> Settings:
        """The settings under which the update from `step` to `step` + 1 is made."""
        return self._segments_from(step)[0].settings

    # ------------------------------------------------------------------ for the trainer alone

    def begin(self, loop: TrainingLoop) -> None:
        """Begin a new segment where the loop stands, and record this moment."""
        self.segments.append(Segment(loop.state(), loop.settings))
        self.append(loop, loop.measure())

    def append(self, loop: TrainingLoop, measures: Measures) -> None:
        """Record a frame of this moment, and a keyframe where one is due."""
        self.set_last_step(loop.step)
        stride = self.stride
        self._store.append(loop.step, loop.time, loop.net.parameters, measures)
        every = KEYFRAME_EVERY * self.stride
        if self.stride > stride:
            for segment in self.segments:
                segment.keyframes = [state for state in segment.keyframes if state.epoch % every == 0]
        if loop.samples_seen == 0 and loop.epoch % every == 0 and loop.step > self.segments[-1].start.step:
            self.segments[-1].keyframes.append(loop.state())

    def set_last_step(self, step: int) -> None:
        """Steps up to this one have been made, recorded or not."""
        self._last_step = step

    @property
    def state_at_last_frame(self) -> State:
        """The whole state at the last frame; steps may have been made since."""
        return self.seek(self._store.last_step)

    def cut(self, step: int) -> Recording:
        """A recording of its own of what came before `step`, with all segments up to there: what a fork begins with."""
        past = Recording(self._net, self._data, self.max_bytes)
        past._store = self._store.cut(step)
        for segment in self.segments:
            if segment.start.step <= step:
                kept = [state for state in segment.keyframes if state.step <= step]
                past.segments.append(Segment(segment.start, segment.settings, kept))
        return past

    # ------------------------------------------------------------------ replaying

    def _segments_from(self, step: int) -> list[Segment]:
        """The segment that `step` lies in, and those after it."""
        starts = [segment.start.step for segment in self.segments]
        return self.segments[max(bisect_right(starts, step) - 1, 0) :]

    def _loop_at(self, segment: Segment, step: int) -> TrainingLoop:
        """A training loop on a network of its own, after `step` updates."""
        loop = self._loop_before(segment, step)
        while loop.step < step:
            loop.make_step()
        return loop

    def _loop_before(self, segment: Segment, step: int) -> TrainingLoop:
        """A training loop on a network of its own, at the nearest moment up to `step` that is kept as a whole."""
        return TrainingLoop(self._net.copy(), self._data, segment.settings, segment.nearest(step))

    def _replay(self, start: int, stop: int) -> Iterator[TrainingLoop]:
        """A training loop at each step from `start` to `stop`, and on the way there."""
        segments = self._segments_from(start)
        for segment, following in zip(segments, [*segments[1:], None], strict=True):
            end = stop if following is None else min(stop, following.start.step - 1)
            if start > end:
                continue
            loop = self._loop_before(segment, start)
            yield loop
            while loop.step < end:
                loop.make_step()
                yield loop
            start = end + 1


def _epoch_and_samples_seen(start: State, n: int, batch_size: int, step: int) -> tuple[int, int]:
    """Epoch at `step`, and samples of it seen by then, for a run of one batch size from `start` on, over n samples."""
    ahead = step - start.step
    rest = math.ceil((n - start.samples_seen) / batch_size)  # steps to the end of the epoch that it starts in
    if ahead < rest:
        return start.epoch, start.samples_seen + ahead * batch_size
    epochs, steps = divmod(ahead - rest, math.ceil(n / batch_size))
    return start.epoch + 1 + epochs, steps * batch_size
