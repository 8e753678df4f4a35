"""The replay file holds the engine's numbers up to its moment, to the last bit, and nothing of what came later."""

import base64
import json
import re

import numpy as np
import pytest

from playground.export import Subject
from playground.export.replay import recording, replay_html
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Gate, Run, Runs, new_trainer
from playground.web.message import decode

LONG = Experiment(Config(dataset="moons", n_samples=100, activations=("relu",), learning_rate=0.1))
CHANGED = Experiment(Config(n_samples=40)).change(12, learning_rate=0.1).change(40, optimizer="sgd")


def test_it_shows_the_marks_up_to_the_moment_and_none_of_later_ones():
    trainer = new_trainer(LONG)
    trainer.run(200)
    marks = Run(lambda: trainer, Gate()).marks(LONG)
    assert len(marks) > 1
    moment = marks[0]["step"]
    shown = decode(recording(Subject(LONG, trainer, moment)))[0]["run"]["marks"]
    assert shown == [mark for mark in marks if mark["step"] <= moment]
    assert len(shown) < len(marks)
    assert moment in [mark["step"] for mark in shown]


def test_changes_after_the_moment_are_not_marked():
    run = Runs().get(CHANGED)
    run.record_until(60)
    for step, kinds in ((11, []), (12, ["change"]), (39, ["change"]), (40, ["change", "change"])):
        header, _ = decode(recording(Subject(CHANGED, run.trainer, step)))
        assert [mark["kind"] for mark in header["run"]["marks"] if mark["kind"] == "change"] == kinds, step


@pytest.mark.parametrize("step", [0, 24, 27])
def test_its_rows_are_the_recorded_ones_up_to_the_moment(step: int):
    trainer = new_trainer(LONG)
    trainer.run(20)
    header, rows = decode(recording(Subject(LONG, trainer, step)))
    steps = [k for k in trainer.recording.steps.tolist() if k <= step]
    steps += [step] * (step not in steps)
    assert rows[:, 0].tolist() == steps
    for row in rows:
        wanted = trainer.recording.seek(int(row[0]))
        np.testing.assert_array_equal(row[-len(wanted.parameters) :], wanted.parameters.astype(np.float32))
    told = header["run"]
    assert (told["reached"], told["after"], header["page"]["moment"]) == (step, -1, 0)
    assert told["goal"] == rows[-1, 1]


@pytest.mark.parametrize("later", [False, True])
def test_it_says_that_the_run_broke_only_if_it_had(later: bool):
    broken = Experiment(Config(dataset="plane", activations=("relu",), optimizer="sgd", learning_rate=10.0))
    trainer = new_trainer(broken)
    trainer.run(50)
    diverged = trainer.recording.diverged
    assert diverged is not None
    header, _ = decode(recording(Subject(broken, trainer, diverged.step if later else 0)))
    assert header["run"]["diverged"] == (diverged.reason if later else None)


def test_the_page_carries_the_recording():
    trainer = new_trainer(LONG)
    trainer.run(5)
    taken = Subject(LONG, trainer, 20)
    text = re.search(r'id="recording">([^<]*)<', replay_html(taken).decode())
    assert text is not None
    assert base64.b64decode(text[1]) == recording(taken)
    modules = re.search(r'type="importmap">(.*?)</script>', replay_html(taken).decode(), re.DOTALL)
    assert modules is not None
    assert "mlp/stage/stage.js" in json.loads(modules[1])["imports"]
