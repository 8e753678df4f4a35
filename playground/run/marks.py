"""Marks on the timeline where something happened: found in the recorded figures by rules of thumb, one function each.

A rule gets the `Curves` of a run and yields marks. It looks back only, so that a mark that has been set stays where it
is while the run goes on, save for overfitting, whose beginning shows only later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import mlp
from playground.run.compared import change_in_words
from playground.run.experiment import Experiment

MOST_OF_A_KIND = 6
WINDOW = 9  # frames that are averaged before slopes are judged
SPAN = 30  # frames over which the loss must have stood still, or jumped


@dataclass(frozen=True)
class Mark:
    """Something that happened: the epoch and step it happened at, its kind, and a sentence."""

    epoch: float
    step: int
    kind: str
    text: str


@dataclass(frozen=True)
class Curves:
    """What the rules look at: k recorded frames, and the network for what they do not hold."""

    steps: np.ndarray
    """(k,)"""
    epochs: np.ndarray
    """(k,)"""
    train: np.ndarray
    """(k,): the training loss"""
    test: np.ndarray
    """(k,): the test loss, NaN without test data"""
    parameters: np.ndarray
    """(k, n_parameters)"""
    net: mlp.MLP
    """A network to run forward; its parameters are overwritten"""
    x: np.ndarray
    """(n, n_inputs): the training inputs"""

    def mark(self, k: int, kind: str, text: str) -> Mark:
        """A mark at frame k."""
        return Mark(float(self.epochs[k]), int(self.steps[k]), kind, text)


def marks(experiment: Experiment, trainer: mlp.Trainer) -> list[Mark]:
    """All marks of a run so far, in order."""
    r, net = trainer.recording, trainer.net.copy()
    curves = Curves(r.steps, r.epochs, r.train_loss, r.test_loss, r.parameters, net, trainer.data.x_train)
    found = [*changes(experiment, curves)]
    if r.stopped:
        found.append(curves.mark(-1, "stop", r.stopped))
    if len(curves.steps) > 2 * WINDOW:
        for rule in RULES:
            found += islice(rule(curves), MOST_OF_A_KIND)
    return sorted(found, key=lambda mark: mark.epoch)


def changes(experiment: Experiment, curves: Curves) -> Iterator[Mark]:
    """Settings changed and weights set by hand."""
    for change in experiment.changes:
        k = int(np.searchsorted(curves.steps, change.step, side="right")) - 1
        text = f"Changed: {change_in_words(change)}."
        yield Mark(float(curves.epochs[k]), change.step, "edit" if change.edits else "change", text)


def drops(curves: Curves) -> Iterator[Mark]:
    """The training loss falls by more than a third within eight frames: something was found."""
    loss = np.minimum.accumulate(smooth(curves.train))  # coming back from a spike is no discovery
    fall = np.log(loss[:-8] + 1e-9) - np.log(loss[8:] + 1e-9)
    fall[loss[:-8] < 0.05 * loss[0]] = 0.0  # what is nearly zero falls by a third without anybody noticing
    for start, stop in stretches(fall > np.log(1.5)):
        # The steepest of these windows of eight frames has its middle four frames on; but the mean is four frames late.
        k = start + int(fall[start:stop].argmax())
        yield curves.mark(k, "drop", "The loss drops: the network has found something.")


def plateaus(curves: Curves) -> Iterator[Mark]:
    """The training loss has moved by less than 2 % in SPAN frames, hardly from frame to frame, and is far from zero."""
    loss = smooth(curves.train)
    if len(loss) <= SPAN:
        return
    still = np.abs(loss[SPAN:] / (loss[:-SPAN] + 1e-12) - 1.0) < 0.02
    still &= (unrest(curves) < 0.02) & (loss[SPAN:] > 0.1 * loss[0])
    level = np.inf
    for start, _ in stretches(still):
        if loss[start + SPAN] > 0.8 * level:
            continue  # still the same plateau, after a wobble
        level = loss[start + SPAN]
        yield curves.mark(start + SPAN, "plateau", "A plateau: the loss hardly moves. Health looks for the reason.")


def jumps(curves: Curves) -> Iterator[Mark]:
    """From frame to frame the training loss changes by 5 % and more, and in SPAN frames it has come no lower."""
    loss = smooth(curves.train)
    if len(loss) <= SPAN:
        return
    restless = (unrest(curves) > 0.05) & (loss[SPAN:] > 0.8 * loss[:-SPAN]) & (loss[SPAN:] > 0.1 * loss[0])
    last = -SPAN
    for start, stop in stretches(restless):
        if start - last >= SPAN:  # or it is the same restlessness, after a lull
            advice = "The steps are too large: try a smaller learning rate."
            yield curves.mark(start + SPAN, "jumps", f"The loss jumps up and down. {advice}")
        last = stop


def unrest(curves: Curves) -> np.ndarray:
    """By what share the training loss changes from frame to frame, the median of SPAN changes: (k - SPAN,)."""
    change = np.abs(np.diff(curves.train)) / (np.maximum(curves.train[:-1], curves.train[1:]) + 1e-12)
    return np.asarray(np.median(sliding_window_view(change, SPAN), axis=-1))  # a lone spike is no restlessness


def overfitting(curves: Curves) -> Iterator[Mark]:
    """The test loss is a quarter above its lowest, for good, while the training loss still falls."""
    test, train = smooth(curves.test), smooth(curves.train)
    if not np.isfinite(test).all():
        return
    low = int(test.argmin())
    later = test[low:] > 1.25 * test[low]
    if later[-5:].all() and len(later) > 20 and train[-1] < train[low]:
        first = max(0, low - WINDOW + 1)
        lowest = first + int(curves.test[first : low + 1].argmin())
        advice = "Try L2, fewer neurons or more samples."
        yield curves.mark(lowest, "overfitting", f"Overfitting starts: the test loss rises. {advice}")


def deaths(curves: Curves) -> Iterator[Mark]:
    """A ReLU neuron gives zero for every training point: no gradient reaches it any more."""
    bent = [number for number, layer in enumerate(curves.net.layers[:-1]) if layer.activation.name == "relu"]
    if not bent:
        return
    looks = np.unique(np.linspace(0, len(curves.steps) - 1, 12).astype(int)).tolist()
    dead = [_dead(curves, k, bent) for k in looks]
    for (earlier, before), (later, now) in pairwise(zip(looks, dead, strict=True)):
        new = now - before
        if new:
            between = range(earlier + 1, later)
            first = bisect_left(between, True, key=lambda k: bool(new & _dead(curves, k, bent)))
            many = f"{len(now)} neurons have" if len(now) > 1 else "A neuron has"
            advice = "Try leaky ReLU or a smaller learning rate."
            text = f"{many} died: zero for every training point. {advice}"
            yield curves.mark(earlier + 1 + first, "death", text)


def _dead(curves: Curves, k: int, layers: list[int]) -> set[tuple[int, int]]:
    """(layer, unit) of each unit of these layers that is zero for every training point at frame k."""
    curves.net.parameters[...] = curves.parameters[k]
    a, found = curves.x, set()
    for number, layer in enumerate(curves.net.layers):
        _, a = layer.forward(a)
        if number in layers:
            found |= {(number, int(unit)) for unit in np.flatnonzero(~a.any(axis=0))}
    return found


RULES: tuple[Callable[[Curves], Iterator[Mark]], ...] = (drops, plateaus, jumps, overfitting, deaths)


def smooth(values: np.ndarray) -> np.ndarray:
    """The mean of each value and the WINDOW - 1 before it; as many values as came in."""
    sums = np.cumsum(np.concatenate([np.zeros(1), values]))
    first = np.maximum(np.arange(len(values)) - WINDOW + 1, 0)
    return np.asarray((sums[1:] - sums[first]) / (np.arange(len(values)) + 1 - first))


def stretches(where: np.ndarray) -> Iterator[tuple[int, int]]:
    """Start and stop of each unbroken stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
