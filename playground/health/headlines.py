"""What Health says of a run in a few words, at some of its moments: the stage tells it while the run plays.

The stage and the page Health so never contradict each other: both ask the rules of verdicts.py.
"""

from __future__ import annotations

import time
from contextlib import nullcontext

import numpy as np

import mlp
from playground.figures import RATIO_BAND
from playground.health.checkup import Checkup, chance_loss, examine_run, measure_updates
from playground.health.verdicts import RISEN, Try, headline, is_jumping, is_restless
from playground.run.config import Config, nearest_preset
from playground.run.experiment import Experiment
from playground.run.number import percent, say
from playground.run.runs import Run

LOOKS = (1, 2, 3, 5, 8, 12, 20, 30, 45, 70, 100, 140, 200, 300, 450, 700, 1000, 1400, 2000, 3000)
"""Epochs at which a run is looked at: what is told of one moment holds until the next"""
MOST_NUMBERS = 250_000
"""Of neurons times training points, for a look that takes 30 ms on a quiet machine; 50 ms one may hold the gate"""


def is_costly(run: Run) -> bool:
    """Whether a look at the run takes longer than others can wait, so that it is left until the moment stands.

    It cannot be cut into slices: nearly all of its time goes into one pass of all points through all layers, forwards
    and back, and slices of points would give sums that differ in the last digits from those of the page Health. Nor
    would slices help: once a second, a look of half a second takes half of the processor from all others.
    """
    return sum(run.trainer.net.sizes[1:]) * len(run.trainer.data.x_train) > MOST_NUMBERS


def headlines(experiment: Experiment, run: Run, seconds: float) -> dict[int, str]:
    """What is told at each step looked at so far, after so much time for further looks; "" where no rule complains.

    Nobody takes a further look while others train: fifty players would wait for fifty looks a second.
    """
    deadline = time.perf_counter() + seconds
    costly = is_costly(run)
    with run.lock:
        frames = run.recording.frames
    wanted = [int(frames.steps[(frames.epochs >= epoch).argmax()]) for epoch in LOOKS if frames.epochs[-1] >= epoch]
    for step in dict.fromkeys(wanted):
        if not costly and step not in run.headlines and not run.is_crowded and time.perf_counter() < deadline:
            run.headlines[step] = headline_at(experiment, run, step)
    return {step: run.headlines[step] for step in wanted if step in run.headlines}


def well_in_words(c: Checkup, net: mlp.MLP, data: mlp.Dataset) -> str:
    """How well a network does by now on the points it does not learn from, and whether all of its layers learn."""
    n, x, y, which = len(data.x_test), data.x_test, data.y_test, "new"
    if not n:
        n, x, y, which = len(data.x_train), data.x_train, data.y_train, "training"
    if data.task == "regression":
        told = f"its R² on the {which} points is {say(mlp.r2_score(y, net.outputs(x)), 3)}, where 1 is perfect"
    else:
        told = f"it gets {np.count_nonzero(net.classify(x) == y)} of {n} {which} points right"
    learning = [k for k in range(len(c.layers)) if k not in c.frozen]
    is_learning = bool((c.recent_ratios[learning] >= RATIO_BAND[0]).all())
    which_learn = "every layer that is not frozen" if c.frozen else "every layer"
    return f"{told}, and {which_learn} still learns" if learning and is_learning else told


def next_to_try(present: Config) -> Try | None:
    """What to do with a run that nothing is wrong with: see where a faster one breaks; None if there is none."""
    higher = nearest_preset("learning_rate", 3.0 * present.learning_rate)
    if higher <= present.learning_rate:
        return None
    return Try(f"Learning rate {higher:g} instead of {present.learning_rate:g}", (("learning_rate", higher),))


def healthy_in_words(c: Checkup) -> str:
    """What the numbers say where no rule complains: gradients, dead neurons, and the size of an update."""
    parts = []
    first, last = c.layers[0].gradient_norm, c.layers[-1].gradient_norm
    if len(c.layers) > 1 and last > 0.0:
        parts.append(f"Layer 1 gets {say(first / last, 2)} times the output layer's gradient.")
    n = sum(layer.n_units for layer in c.hidden)
    if n:
        dead = sum(layer.n_dead for layer in c.hidden)
        parts.append(f"{dead or 'None'} of the {n} hidden neurons {'is' if dead <= 1 else 'are'} flat for every point.")
    learning = [k for k in range(len(c.layers)) if k not in c.frozen]
    ratios = c.recent_ratios[learning]
    ratios = ratios[np.isfinite(ratios)]
    if len(ratios):
        low, high = float(ratios.min()), float(ratios.max())
        inside = low >= RATIO_BAND[0] and high <= RATIO_BAND[1]
        good = " to ".join(percent(end, 2) for end in RATIO_BAND)
        where = f"and {good} is good" if inside else f"beyond the usual {good}, but the loss takes no harm from it"
        size = percent(low, 2) if low == high else f"{percent(low, 2)} to {percent(high, 2)}"
        parts.append(f"One update moves the weights of a layer by {size}, {where}.")
    return " ".join(parts)


def reservation(c: Checkup) -> str:
    """What is to be said against a run of which no rule complains: that little has been learned yet, that the loss
    jumps or rises, or that the test loss alone does; "" for nothing."""
    if c.step == 0:
        return "nothing has been learned yet: press Play, and it is looked at again wherever you stop"
    if c.chance > 0.0 and c.train_loss > c.chance / 2:
        return f"it has a way to go: its loss is {percent(c.train_loss / c.chance, 2)} of what guessing alone would get"
    test = c.history.test_loss
    if np.isfinite(test).all():
        k, now = int(test.argmin()), float(test[-1])
        best, when = float(test[k]), float(c.history.epochs[k])
        if now > RISEN * best and now > RISEN * c.train_loss and now - best > 0.05 * c.chance:
            rose = f"the test loss was {say(best, 3)} at epoch {say(when)}, and is {say(now, 3)}"
            if not is_restless(c):
                return f"it begins to learn by heart: {rose}"
            rate = f"at a learning rate of {c.learning_rate:g}"
            if is_jumping(c):
                return f"its loss jumps by {percent(c.jitter, 2)} from epoch to epoch, {rate}: {rose}"
            low, train = (say(float(loss), 3) for loss in (c.history.train_loss.min(), c.train_loss))
            return f"both losses have risen, {rate}: {rose}; the training loss was as low as {low}, and is {train}"
    return ""


def headline_at(experiment: Experiment, run: Run, step: int) -> str:
    """What Health says first at a step."""
    if run.chance is None:  # once for each run, beside what others train
        run.chance = chance_loss(run.trainer.net, run.trainer.data)
    # What is costly would hold the gate for too long: it is computed beside the others too, and slows them a little.
    turn = nullcontext if is_costly(run) else run.turn
    updates = measure_updates(run.recording, run.trainer.net, step, run.update_ratios)
    with np.errstate(all="ignore"):  # of a run that blows up the numbers may be beyond all bounds
        is_measured = False
        while not is_measured:
            with turn(), run.lock:
                is_measured = next(updates, updates) is updates
        with turn(), run.lock:
            return headline(examine_run(experiment, run.trainer, step, run))
