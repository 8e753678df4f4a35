"""Marks on the timeline where something happened: found in the recorded figures by rules of thumb, one function each.

A rule gets a `Film` and yields marks. It looks back only, so that a mark that has been set stays where it is while the
run goes on, save for overfitting, whose beginning shows only later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

import mlp
from playground.run.experiment import Experiment

MOST_OF_A_KIND = 6
WINDOW = 9  # frames that are averaged before slopes are judged


@dataclass(frozen=True)
class Mark:
    """Something that happened: the epoch and step it happened at, its kind, and a sentence."""

    epoch: float
    step: int
    kind: str
    text: str


@dataclass(frozen=True)
class Film:
    """What the rules look at: columns of k frames each, and the network for what is not in the columns."""

    steps: np.ndarray
    epochs: np.ndarray
    train: np.ndarray
    test: np.ndarray
    parameters: np.ndarray
    net: mlp.MLP
    x: np.ndarray

    def mark(self, k: int, kind: str, text: str) -> Mark:
        """A mark at frame k."""
        return Mark(float(self.epochs[k]), int(self.steps[k]), kind, text)


def marks(experiment: Experiment, trainer: mlp.Trainer) -> list[Mark]:
    """All marks of a run so far, in order."""
    r = trainer.recording
    film = Film(r.steps, r.epochs, r.train_loss, r.test_loss, r.parameters, trainer.net.copy(), trainer.data.x_train)
    found = [*changes(experiment, film)]
    if len(film.steps) > 2 * WINDOW:
        for rule in RULES:
            found += [*rule(film)][:MOST_OF_A_KIND]
    return sorted(found, key=lambda mark: mark.epoch)


def changes(experiment: Experiment, film: Film) -> Iterator[Mark]:
    """Settings changed and weights set by hand."""
    for number, change in enumerate(experiment.changes, start=1):
        k = int(np.searchsorted(film.steps, change.step, side="right")) - 1
        title = Experiment(experiment.config, experiment.changes[:number]).title.rpartition(" from step")[0]
        yield Mark(float(film.epochs[k]), change.step, "edit" if change.edits else "change", f"Changed: {title}.")


def drops(film: Film) -> Iterator[Mark]:
    """The training loss falls by more than a third within eight frames: something was found."""
    loss = np.minimum.accumulate(smooth(film.train))  # coming back from a spike is no discovery
    fall = np.log(loss[:-8] + 1e-9) - np.log(loss[8:] + 1e-9)
    fall[loss[:-8] < 0.05 * loss[0]] = 0.0  # what is nearly zero falls by a third without anybody noticing
    for start, stop in stretches(fall > np.log(1.5)):
        k = start + int(fall[start:stop].argmax()) + 4
        yield film.mark(k, "drop", "The loss drops: the network has found something.")


def plateaus(film: Film) -> Iterator[Mark]:
    """The training loss has moved by less than 2 % in 30 frames and is still far from zero."""
    loss = smooth(film.train)
    n = 30
    if len(loss) <= n:
        return
    still = (np.abs(loss[n:] / (loss[:-n] + 1e-12) - 1.0) < 0.02) & (loss[n:] > 0.1 * loss[0])
    level = np.inf
    for start, _ in stretches(still):
        if loss[start + n] > 0.8 * level:
            continue  # still the same plateau, after a wobble
        level = loss[start + n]
        advice = "Try a larger learning rate or more neurons."
        yield film.mark(start + n, "plateau", f"A plateau: the loss hardly moves. {advice}")


def overfitting(film: Film) -> Iterator[Mark]:
    """The test loss is a quarter above its lowest, for good, while the training loss still falls."""
    test, train = smooth(film.test), smooth(film.train)
    if not np.isfinite(test).all():
        return
    low = int(test.argmin())
    later = test[low:] > 1.25 * test[low]
    if later[-5:].all() and len(later) > 20 and train[-1] < train[low]:
        advice = "Try L2, fewer neurons or more samples."
        yield film.mark(low, "overfitting", f"Overfitting starts: the test loss rises. {advice}")


def deaths(film: Film) -> Iterator[Mark]:
    """A ReLU neuron gives zero for every training point: no gradient reaches it any more."""
    bent = [number for number, layer in enumerate(film.net.layers[:-1]) if layer.activation.name == "relu"]
    if not bent:
        return
    looks = np.unique(np.linspace(0, len(film.steps) - 1, 12).astype(int))
    dead = [(k, _dead(film, k, bent)) for k in looks]
    for (_, before), (k, now) in pairwise(dead):
        if len(now - before) > 0:
            many = f"{len(now)} neurons have" if len(now) > 1 else "A neuron has"
            advice = "Try leaky ReLU or a smaller learning rate."
            yield film.mark(k, "death", f"{many} died: zero for every training point. {advice}")


def _dead(film: Film, k: int, layers: list[int]) -> set[tuple[int, int]]:
    film.net.parameters[...] = film.parameters[k]
    a, found = film.x, set()
    for number, layer in enumerate(film.net.layers):
        _, a = layer.forward(a)
        if number in layers:
            found |= {(number, int(unit)) for unit in np.flatnonzero(~a.any(axis=0))}
    return found


RULES: tuple[Callable[[Film], Iterator[Mark]], ...] = (drops, plateaus, overfitting, deaths)


def smooth(values: np.ndarray) -> np.ndarray:
    """The mean of each value and the WINDOW - 1 before it; as many values as came in."""
    sums = np.cumsum(np.concatenate([np.zeros(1), values]))
    first = np.maximum(np.arange(len(values)) - WINDOW + 1, 0)
    return np.asarray((sums[1:] - sums[first]) / (np.arange(len(values)) + 1 - first))


def stretches(where: np.ndarray) -> Iterator[tuple[int, int]]:
    """Start and stop of each unbroken stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
