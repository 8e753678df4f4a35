"""A run in a notebook: the replay as the output of a cell, in Jupyter and in marimo."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import mlp
from playground.export.replay import replay_html
from playground.export.subject import Subject
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_from_query
from playground.run.runs import Runs

LEAST_HEIGHT, USUAL_HEIGHT = 300, 780


@dataclass(frozen=True)
class Replay:
    """A recorded run as a page of its own; a notebook shows it below the cell that gives it."""

    page: bytes
    height: int

    def _repr_html_(self) -> str:
        """A frame with the page inside: its styles and scripts touch nothing of the notebook."""
        inside = html.escape(self.page.decode(), quote=True)
        return (
            f'<iframe title="A run of the MLP Playground" srcdoc="{inside}" '
            f'style="width: 100%; height: {self.height}px; border: 0" allowfullscreen></iframe>'
        )

    def save(self, path: str | Path) -> Path:
        """Write the page as a file that plays without a server; gives back where."""
        path = Path(path)
        path.write_bytes(self.page)
        return path


def replay(run: mlp.Trainer | Experiment | Config | str, epochs: float = 200.0, height: int = USUAL_HEIGHT) -> Replay:
    """A run to play, in a notebook: of a trainer, an experiment, settings, or a link of the playground.

    epochs : how far it is trained, unless it is a trainer, which is shown as far as it is
    height : of the picture, in pixels

    Raises ValueError, in a sentence, for a link that errs and for a trainer of other data than points in the plane.
    """
    if height < LEAST_HEIGHT:
        raise ValueError(f"height must be at least {LEAST_HEIGHT} pixels; got {height}.")
    if isinstance(run, mlp.Trainer):
        return Replay(_of_a_trainer(run), height)
    experiment = _read(run) if isinstance(run, str) else Experiment(run) if isinstance(run, Config) else run
    trained = Runs().get(experiment)
    trained.record(int(epochs), seconds=float("inf"))
    return Replay(replay_html(Subject(experiment, trained.trainer, trained.last_step)), height)


def _of_a_trainer(trainer: mlp.Trainer) -> bytes:
    if trainer.data.n_inputs != 2:
        raise ValueError(
            "A replay of a trainer shows points in the plane, so its data must have 2 inputs; "
            f"got {trainer.data.n_inputs}. Bring other data into the playground, and give the link or the experiment."
        )
    return replay_html(Subject(Experiment(), trainer, trainer.recording.last_step), trainer.data)


def _read(link: str) -> Experiment:
    experiment, _, problems = run_from_query(dict(parse_qsl(urlsplit(link).query, keep_blank_values=True)))
    if problems:
        raise ValueError(" ".join(problems))
    return experiment
