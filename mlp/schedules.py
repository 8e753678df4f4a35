"""How the learning rate changes during training: large steps first, small ones near the goal.

A schedule is a function of time in epochs (a fraction in mid-epoch) that says by which factor the optimizer's
learning rate is multiplied.
"""

# ruff: noqa: D102 - what a method is for stands once, in the base class.

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from mlp.arrays import check_settings, setting

EPOCHS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)
SHARES = (0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.04, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Schedule:
    """One entry of SCHEDULES is a class like this; its fields are its settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]

    def __post_init__(self) -> None:
        check_settings(self)

    def factor(self, epoch: float) -> float:
        """What to multiply the learning rate by, `epoch` epochs after the start."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Schedule):
    """Always the same."""

    name, label = "constant", "Constant"
    help = "The learning rate stays as it is."

    def factor(self, epoch: float) -> float:
        return 1.0


@dataclass(frozen=True)
class StepDecay(Schedule):
    """Multiply by `drop` every `every` epochs."""

    name, label = "step", "Step"
    help = "The learning rate drops by a fixed factor every so many epochs."

    every: float = setting(
        100.0, low=0.01, high=1e6, help="Epochs between two drops.", label="Epochs between drops", presets=EPOCHS
    )
    drop: float = setting(
        0.5, low=0.0, high=1.0, open_low=True, help="What remains of the learning rate after each drop.",
        label="Left after a drop", presets=(0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0),
    )  # fmt: skip

    def factor(self, epoch: float) -> float:
        return self.drop ** math.floor(epoch / self.every)


@dataclass(frozen=True)
class Exponential(Schedule):
    """Multiply by `decay` in each epoch."""

    name, label = "exponential", "Exponential"
    help = "The learning rate shrinks by the same small share in every epoch."

    decay: float = setting(
        0.99, low=0.0, high=1.0, open_low=True, help="What remains of the learning rate after one epoch.",
        label="Left after an epoch", presets=(0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0),
    )  # fmt: skip

    def factor(self, epoch: float) -> float:
        return float(self.decay**epoch)


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine wave from 1 down to `final` (Loshchilov & Hutter 2016, without restarts)."""

    name, label = "cosine", "Cosine"
    help = "The learning rate glides down half a wave: slowly, then quickly, then slowly to its end, and stays there."

    epochs: float = setting(
        200.0, low=0.01, high=1e6, help="Epochs until the end of the wave.", label="Epochs of the wave", presets=EPOCHS
    )
    final: float = setting(
        0.0, low=0.0, high=1.0, help="The share of the learning rate that is left at the end.",
        label="Left at the end", presets=SHARES,
    )  # fmt: skip

    def factor(self, epoch: float) -> float:
        progress = min(epoch / self.epochs, 1.0)
        return self.final + (1.0 - self.final) * 0.5 * (1.0 + math.cos(math.pi * progress))


@dataclass(frozen=True)
class WarmUp(Schedule):
    """In a straight line from `start` up to 1, and then 1."""

    name, label = "warm_up", "Linear warm-up"
    help = "Starts with a small learning rate and raises it evenly to its full size, so that first steps do no harm."

    epochs: float = setting(
        10.0, low=0.01, high=1e6, help="Epochs until the full learning rate.", label="Epochs of warm-up", presets=EPOCHS
    )
    start: float = setting(
        0.1, low=0.0, high=1.0, open_low=True, help="The share of the learning rate to start with.",
        label="Share at the start", presets=SHARES[1:],
    )  # fmt: skip

    def factor(self, epoch: float) -> float:
        return self.start + (1.0 - self.start) * min(epoch / self.epochs, 1.0)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Half a cosine wave from `start` up to 1, then one down to `final` (Smith & Topin 2017, as PyTorch has it)."""

    name, label = "one_cycle", "One cycle"
    help = "Rises to the full learning rate and then falls far below where it started: fast and often very good."

    epochs: float = setting(
        200.0, low=0.01, high=1e6, help="Epochs of the whole cycle.", label="Epochs of the cycle", presets=EPOCHS
    )
    rise: float = setting(
        0.3, low=0.0, high=1.0, open_low=True, open_high=True, help="The share of the cycle that goes up.",
        label="Share that rises", presets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9),
    )  # fmt: skip
    start: float = setting(
        0.04, low=0.0, high=1.0, help="The share of the learning rate to start with.",
        label="Share at the start", presets=SHARES,
    )  # fmt: skip
    final: float = setting(
        4e-6, low=0.0, high=1.0, help="The share of the learning rate to end with.",
        label="Left at the end", presets=SHARES,
    )  # fmt: skip

    def factor(self, epoch: float) -> float:
        progress = min(epoch / self.epochs, 1.0)
        if progress <= self.rise:
            return _glide(self.start, 1.0, progress / self.rise)
        return _glide(1.0, self.final, (progress - self.rise) / (1.0 - self.rise))


def _glide(begin: float, end: float, progress: float) -> float:
    """From `begin` to `end` along half a cosine wave."""
    return end + 0.5 * (begin - end) * (1.0 + math.cos(math.pi * progress))


SCHEDULES: dict[str, type[Schedule]] = {
    kind.name: kind for kind in (Constant, StepDecay, Exponential, Cosine, WarmUp, OneCycle)
}
