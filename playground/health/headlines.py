"""What Health says of a run in a few words, at some of its moments: the stage tells it while the run plays.

The stage and the page Health so never contradict each other: both ask the rules of verdicts.py.
"""

from __future__ import annotations

import time

import numpy as np

from playground.figures import RATIO_BAND
from playground.health.checkup import Checkup, examine_run
from playground.health.verdicts import headline
from playground.run.experiment import Experiment
from playground.run.number import percent, say
from playground.run.runs import Run

LOOKS = (1, 2, 3, 5, 8, 12, 20, 30, 45, 70, 100, 140, 200, 300, 450, 700, 1000, 1400, 2000, 3000)
"""Epochs at which a run is looked at: what is told of one moment holds until the next"""
MOST_NUMBERS = 1_000_000  # of parameters times training points: a look at more takes longer than an answer may


def headlines(experiment: Experiment, run: Run, seconds: float) -> dict[int, str]:
    """What is told at each step looked at so far, after so much time for further looks; "" where no rule complains."""
    deadline = time.perf_counter() + seconds
    with run.lock:
        trainer = run.trainer
        is_small = trainer.net.n_parameters * len(trainer.data.x_train) <= MOST_NUMBERS
        frames = run.recording.frames
        wanted = [int(frames.steps[(frames.epochs >= epoch).argmax()]) for epoch in LOOKS if frames.epochs[-1] >= epoch]
        for step in dict.fromkeys(wanted):
            if is_small and step not in run.headlines and time.perf_counter() < deadline:
                run.headlines[step] = headline_at(experiment, run, step)
        return {step: run.headlines[step] for step in wanted if step in run.headlines}


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
        where = "inside the green band" if inside else "outside the green band, but the loss takes no harm from it"
        size = percent(low, 2) if low == high else f"{percent(low, 2)} to {percent(high, 2)}"
        parts.append(f"One update moves the weights of a layer by {size}, {where}.")
    return " ".join(parts)


def headline_at(experiment: Experiment, run: Run, step: int) -> str:
    """What Health says first at a step."""
    with run.lock, np.errstate(all="ignore"):  # of a run that blows up the numbers may be beyond all bounds
        return headline(examine_run(experiment, run.trainer, step, run.update_ratios))
