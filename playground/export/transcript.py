"""A run, written out: what it began with, what was done to it, and what came out. Every script is made from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

import mlp
from mlp.arrays import Array
from mlp.rng import Purpose
from playground.export.raw_rows import RawRows


@dataclass(frozen=True)
class Stretch:
    """Steps made under one set of settings."""

    first: int
    """Updates made before it."""
    last: int
    """Updates made at its end."""
    epoch: int
    """The epoch that it begins in."""
    row: int
    """Samples of that epoch which were already used."""
    settings: mlp.Settings
    fresh: bool
    """Whether the optimizer begins with an empty memory."""
    edits: tuple[tuple[int, float], ...] = ()
    """Parameters set by hand before its first step: (place in the flat vector, value)."""


@dataclass(frozen=True, eq=False)
class Transcript:
    """All that a program needs to repeat a run and to know that it did.

    first : the network with its first weights; final : the same after the last step.
    """

    title: str
    first: mlp.MLP
    final: mlp.MLP
    data: mlp.Dataset
    stretches: tuple[Stretch, ...]
    input_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    raw: RawRows | None = None
    """How the user's own rows go in, where there are any"""

    @property
    def steps(self) -> int:
        """Updates made in all."""
        return self.stretches[-1].last

    @property
    def settings(self) -> mlp.Settings:
        """The settings of the beginning."""
        return self.stretches[0].settings

    @property
    def name(self) -> str:
        """The network in short: 2-8-8-1."""
        return "-".join(map(str, self.first.sizes))

    @property
    def train_loss(self) -> float:
        """Over all training data, at the end, without penalties."""
        return self.final.loss_value(self.data.x_train, self.data.y_train)

    @property
    def train_score(self) -> float:
        """Accuracy, or R² for numbers, over all training data, at the end."""
        x, y = self.data.x_train, self.data.y_train
        if self.data.n_classes:
            return mlp.accuracy(y, self.final.classify(x))
        return mlp.r2_score(y, self.final.outputs(x))

    @property
    def test_loss(self) -> float | None:
        """The same over the test data, if there are any."""
        return self.final.loss_value(self.data.x_test, self.data.y_test) if len(self.data.x_test) else None

    def uses(self, setting: str) -> bool:
        """Whether a setting such as "l2" or "clip_norm" plays a part anywhere in the run."""
        return any(getattr(s.settings, setting) for s in self.stretches)

    @property
    def scheduled(self) -> bool:
        """Whether the learning rate follows a schedule anywhere in the run."""
        return any(not isinstance(s.settings.schedule, mlp.Constant) for s in self.stretches)

    @property
    def summed(self) -> bool:
        """Whether a step follows the sum of its samples' slopes, and not their mean, anywhere in the run."""
        return any(s.settings.reduction == "sum" for s in self.stretches)

    def places(self, s: Stretch) -> list[tuple[int, int, int | None, float]]:
        """What was set by hand: (layer, unit, the input that the weight is from or None for the bias, value)."""
        found = [(*self.first.shape.locate(index), value) for index, value in s.edits]
        return [(layer, j, i if i < self.first.sizes[layer] else None, value) for layer, i, j, value in found]

    def matrices(self, which: mlp.MLP) -> list[tuple[Array, Array]]:
        """Weights (n_in, n_out) and biases (n_out,) of each layer."""
        return [(np.array(layer.weights), np.array(layer.biases)) for layer in which.layers]


def transcript(
    trainer: mlp.Trainer,
    step: int,
    title: str = "",
    input_names: tuple[str, ...] = (),
    class_names: tuple[str, ...] = (),
    edits: Mapping[int, tuple[tuple[int, float], ...]] | None = None,
    raw: RawRows | None = None,
) -> Transcript:
    """Write down the run of a trainer up to `step`, which must be recorded.

    edits : what was set by hand, under the step at which it was.
    """
    by_hand = dict(edits or {})
    recording = trainer.recording
    first, final = trainer.net.copy(), trainer.net.copy()
    first.parameters[...] = recording.segments[0].start.parameters
    for index, value in by_hand.pop(0, ()):  # what is set before the first step are the first weights
        first.parameters[index] = value
    final.parameters[...] = recording.seek(step).parameters
    begun = sum(s.start.step == 0 for s in recording.segments) - 1
    segments = [
        s for s in recording.segments[begun:] if s.start.step < step or (s.start.step == step and step in by_hand)
    ] or recording.segments[begun : begun + 1]
    # Where two stretches begin at one step, nothing was done in the first, and the edit belongs to the second.
    edited = {k: by_hand[s.start.step] for k, s in enumerate(segments) if s.start.step in by_hand}
    last = {segments[k].start.step: k for k in edited}
    ends = [*(s.start.step for s in segments[1:]), step]
    kinds = [None, *(type(s.settings.optimizer) for s in segments)]
    stretches = [
        Stretch(
            s.start.step, end, s.start.epoch, s.start.samples_seen, s.settings, before is not now,
            edited[k] if last.get(s.start.step) == k else (),
        )
        for k, (s, end, (before, now)) in enumerate(zip(segments, ends, pairwise(kinds), strict=True))
    ]  # fmt: skip
    if len({s.settings.seed for s in stretches}) > 1:
        raise ValueError("A run whose seed was changed on the way cannot be written down as one program.")
    return Transcript(title, first, final, trainer.data, tuple(stretches), input_names, class_names, raw)


def key_of(seed: int, purpose: Purpose) -> tuple[int, int]:
    """What the engine's dice for a purpose are keyed with; a script starts NumPy's Philox generator from it."""
    one, two = np.random.SeedSequence([seed, purpose]).generate_state(2, np.uint64)
    return int(one), int(two)
