"""Training as jobs that any process can do: what to train, a slice of it at a time, and how far it came.

A job is data alone: sent to another process and back, it comes to the very same numbers there. Each slice takes about
as long as one likes, so that whoever waits can stop in between, and a worker that is lost takes little along.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from mlp.arrays import Array
from mlp.datasets import Dataset
from mlp.network import MLP
from mlp.settings import Settings
from mlp.stack import BEST_SIZE, Curves, Stack, StackFrames, StackState, common, size

MOST_NETS = 32
"""In one job: a larger stack would hardly be faster, and fewer workers could share in it"""


@dataclass(frozen=True, eq=False)
class Job:
    """Networks that make one stack, and how far to train them. The arguments are those of `Stack`, one for each."""

    nets: Sequence[MLP]
    data: Sequence[Dataset]
    settings: Sequence[Settings]
    epochs: int
    keep: Sequence[int] = ()
    state: StackState | None = None

    @property
    def epoch(self) -> int:
        """Where it stands."""
        return self.state.epoch if self.state is not None else 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.epoch >= self.epochs


@dataclass(frozen=True, eq=False)
class Slice:
    """A part of a job's training: from the epoch after `start` to that of the `state`, or from 0 where it begins."""

    start: int
    curves: Curves
    frames: StackFrames
    state: StackState


def stack_key(net: MLP, data: Dataset, settings: Settings) -> Hashable:
    """Networks of one key, with their data and settings, can be trained in one stack."""
    return net.shape, size(data), common(settings)


def most_nets(net: MLP, data: Dataset, settings: Settings) -> int:
    """How many networks like this a job should hold."""
    batch_size = min(settings.batch_size, len(data.x_train))
    return max(1, min(MOST_NETS, BEST_SIZE // (batch_size * max(net.sizes))))


def train(job: Job, seconds: float) -> Slice:
    """Train on for about so many seconds, and for an epoch at least.

    >>> from mlp import make_dataset
    >>> nets, moons = [MLP([2, 8, 1], seed=seed) for seed in range(3)], make_dataset("moons")
    >>> job = Job(nets, [moons] * 3, [Settings()] * 3, epochs=20, keep=(0, 20))
    >>> while not job.is_done:
    ...     part = train(job, seconds=0.5)
    ...     job = rest(job, part)
    >>> part.state.epoch
    20
    """
    stack = Stack(job.nets, job.data, job.settings, job.keep, job.state)
    end, n = time.perf_counter() + seconds, 1
    while (left := job.epochs - stack.epoch) > 0:
        n = min(n, left)
        begun = time.perf_counter()
        stack.run(n)
        now = time.perf_counter()
        if now >= end:
            break
        n = max(1, min(2 * n, int(n * (end - now) / (now - begun))))
    return Slice(job.epoch, stack.curves, stack.frames, stack.state())


def rest(job: Job, done: Slice) -> Job:
    """What is left of a job after a slice of it."""
    return replace(job, state=done.state)


def only(job: Job, done: Sequence[Slice], which: Sequence[int], epochs: int) -> tuple[Job, list[Slice]]:
    """A job that has begun with some of its networks alone, by their places, to be trained up to `epochs`.

    With it come the parts of its slices that are theirs. They go on as if the others had never been there.
    """
    at = list(which)
    state = job.state.of(at) if job.state is not None else None
    slices = [
        Slice(
            part.start,
            Curves(part.curves.epochs, *(curve[:, at] for curve in _curves(part.curves))),
            StackFrames(part.frames.epochs, part.frames.parameters[:, at]),
            part.state.of(at),
        )
        for part in done
    ]
    nets, data, settings = [job.nets[k] for k in at], [job.data[k] for k in at], [job.settings[k] for k in at]
    return replace(job, nets=nets, data=data, settings=settings, epochs=epochs, state=state), slices


def _curves(curves: Curves) -> tuple[Array, ...]:
    return curves.train_loss, curves.test_loss, curves.train_score, curves.test_score
