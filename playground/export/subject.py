"""What is taken along: an experiment, its run, and the moment on the timeline."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

import mlp
from playground.export.raw_rows import RawRows, raw_rows
from playground.export.transcript import Transcript, transcript
from playground.run.experiment import Experiment

MOST_LETTERS = 40
"""Of a table's title in the name of a file: each is at most 4 bytes of the 255 that a name may have"""


@dataclass(frozen=True)
class Subject:
    """An experiment at a step, with the trainer that recorded it at least that far."""

    experiment: Experiment
    trainer: mlp.Trainer
    step: int

    @cached_property
    def transcript(self) -> Transcript:
        """The run, written out."""
        own = self.experiment.config.own_data
        edits = {change.step: change.edits for change in self.experiment.changes if change.edits}
        if own is None:
            return transcript(self.trainer, self.step, edits=edits)
        return transcript(self.trainer, self.step, own.title, own.inputs, own.classes, edits, self.raw_rows)

    @cached_property
    def raw_rows(self) -> RawRows | None:
        """How the user's own rows go into the network; None where it learns from a dataset."""
        return raw_rows(self.experiment)

    @cached_property
    def net(self) -> mlp.MLP:
        """The network at that moment."""
        return self.transcript.final

    @cached_property
    def frames(self) -> mlp.Frames:
        """What was recorded up to the moment; the last frame is the moment itself, inside an epoch too."""
        recording = self.trainer.recording
        frames = recording.frames
        n = int((frames.steps <= self.step).sum())
        columns = {name: column[:n] for name, column in vars(frames).items()}
        if columns["steps"][-1] < self.step:
            now = vars(recording.between(self.step, self.step))
            columns = {name: np.concatenate([column, now[name]]) for name, column in columns.items()}
        return mlp.Frames(**columns)

    @property
    def stem(self) -> str:
        """What its files are called, after the data: letters, digits and hyphens only."""
        own = self.experiment.config.own_data
        name = _for_a_file(self.experiment.config.dataset) if own is None else _for_a_file(own.title) or "own-data"
        return f"{name}-{self.transcript.name}-step-{self.step}"


def _for_a_file(title: str) -> str:
    """A title in letters of any language, digits and hyphens: every system takes it, and no program reads a sign in it.

    At most MOST_LETTERS long, "" where there is neither letter nor digit. Marks above letters are part of them.
    """
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else "-" for c in title)
    return re.sub("-+", "-", kept)[:MOST_LETTERS].strip("-")
