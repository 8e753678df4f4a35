"""What Health says of a run in a few words, at some of its moments: the stage tells it while the run plays.

The stage and the page Health so never contradict each other: both ask the rules of verdicts.py.
"""

from __future__ import annotations

import time

import numpy as np

from playground.health.checkup import examine
from playground.health.verdicts import headline
from playground.run.experiment import Experiment
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


def headline_at(experiment: Experiment, run: Run, step: int) -> str:
    """What Health says first at a step."""
    c = experiment.config
    with run.lock, np.errstate(all="ignore"):  # of a run that blows up the numbers may be beyond all bounds
        return headline(examine(run.trainer, step, c.features if c.is_planar else (), run.update_ratios, c.own_data))
