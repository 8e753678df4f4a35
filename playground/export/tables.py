"""Numbers for a spreadsheet: the history of a run, and its data, as CSV."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left

import numpy as np

from playground.export.subject import Subject
from playground.run.compared import dated_in_words
from playground.run.experiment import Experiment

FORMULA_STARTS = ("=", "+", "-", "@")


def history_csv(subject: Subject) -> bytes:
    """A row for every recorded moment: step, epoch, losses, scores, each layer's gradient norm, and the settings.

    The settings are those of the step that follows; `learning_rate` is what the schedule leaves of it. `changed` says
    what was changed since the row before.
    """
    f = subject.frames
    score = "r2" if subject.trainer.data.task == "regression" else "accuracy"
    names = ["step", "epoch", "train_loss", "test_loss", f"train_{score}", f"test_{score}"]
    names += [f"gradient_norm_{k}" for k in range(1, f.gradient_norms.shape[1] + 1)]
    columns = [f.steps, f.epochs, f.train_loss, f.test_loss, f.train_score, f.test_score, *f.gradient_norms.T]
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    settings = [_settings(subject, step, epoch) for step, epoch in zip(f.steps.tolist(), f.epochs, strict=True)]
    changed = _changes(subject.experiment, f.steps.tolist())
    rows = [(*row, *s.values(), words) for row, s, words in zip(numbers, settings, changed, strict=True)]
    return _csv([*names, *settings[0], "changed"], rows)


def _settings(subject: Subject, step: int, epoch: float) -> dict[str, object]:
    """What the update after a step is made under."""
    s = subject.trainer.recording.settings_at(step)
    return {
        "optimizer": s.optimizer.name,
        "learning_rate": s.optimizer.learning_rate * s.schedule.factor(epoch),
        "batch_size": s.batch_size,
        "l1": s.l1,
        "l2": s.l2,
        "dropout": s.dropout,
    }


def _changes(experiment: Experiment, steps: list[int]) -> list[str]:
    """For each recorded step, the changes that have come into force since the step before, in words."""
    found: list[list[str]] = [[] for _ in steps]
    for change in experiment.changes:
        k = bisect_left(steps, change.step)
        if k < len(steps):
            found[k].append(dated_in_words(change))
    return ["; ".join(each) for each in found]


def data_csv(subject: Subject) -> bytes:
    """A row for every sample: its inputs as the network is given them, its target, and whether it is kept for the test.

    Own data come as they were brought: before scaling, and in their own order, but without rows that were left out. The
    page Data reads them back with their split.
    """
    own = subject.experiment.config.own_data
    if own is not None:
        targets = [own.classes[k] for k in own.y.tolist()] if own.classes else own.y.tolist()
        c = subject.experiment.config
        parts = ["test" if held else "train" for held in own.test_rows(c.test_fraction, c.data_seed).tolist()]
        rows = [(*x, y, part) for x, y, part in zip(own.x.tolist(), targets, parts, strict=True)]
        return _csv([*own.inputs, own.target, "part"], rows)
    data = subject.trainer.data
    y_train, y_test = (np.reshape(y, (len(y), -1)) for y in (data.y_train, data.y_test))
    outputs = ["class"] if data.task != "regression" else [f"y{k}" for k in range(1, y_train.shape[1] + 1)]
    names = [*subject.experiment.config.features, *outputs, "part"]
    rows = []
    for x, y, part in ((data.x_train, y_train, "train"), (data.x_test, y_test, "test")):
        rows += [(*a, *b, part) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    return _csv(names, rows)


def _csv(names: list[str], rows: list[tuple[object, ...]]) -> bytes:
    """CSV in UTF-8; words that a spreadsheet would take for a formula get an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_harmless(name) for name in names])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
