"""Single changes against a finding: each differs from the run in one thing, and has the numbers of its own run."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from playground.health.alone import alone, without
from playground.health.checkup import examine_run
from playground.health.cure import Trial, beginning
from playground.health.portrait import portrait
from playground.health.sick import SICK
from playground.health.verdicts import Try, Verdict, verdicts
from playground.run.config import SETTINGS, Config
from playground.run.experiment import Experiment
from playground.run.runs import network_at, new_trainer

SIGMOID = SICK["deep_sigmoid"]


def first_finding(config: Config, epochs: int) -> Verdict:
    experiment = Experiment(config)
    trainer = new_trainer(experiment)
    trainer.run(epochs)
    return verdicts(examine_run(experiment, trainer, trainer.recording.last_step))[0]


def moved(before: Config, after: Config) -> set[str]:
    return {name for name in (*SETTINGS, "own_data") if getattr(before, name) != getattr(after, name)}


def test_depth_and_activation_are_told_apart():
    options = alone(first_finding(SIGMOID.config, SIGMOID.until), SIGMOID.config)
    assert [option.label for option in options] == [
        "Hidden layers: 2 layers of 8 instead of 8 layers of 8",
        "Activation: Tanh instead of Sigmoid",
        "Use two hidden layers of tanh (both at once)",
        "Activation: GELU instead of Sigmoid",
        "Initial weights: He normal instead of Glorot uniform",
        "Use GELU with He initialization (both at once)",
        "Learning rate: 0.1 instead of 0.03",
        "Learning rate: 0.01 instead of 0.03",
        "Optimizer: Adam instead of Momentum",
    ]


@pytest.mark.parametrize("name", SICK)
def test_each_change_is_of_one_setting_or_says_how_many_go_together(name: str):
    config = SICK[name].config
    options = alone(first_finding(config, SICK[name].until), config)
    after = [option.experiment(Experiment(config), 500) for option in options]
    assert len(set(after)) == len(options) >= 4
    for option, experiment in zip(options, after, strict=True):
        assert not experiment.changes, "it begins anew"
        changed = moved(config, experiment.config)
        # Another optimizer has no use for what only the one before has.
        changed -= {n for n in changed if SETTINGS.get(n) and SETTINGS[n].only_with in changed}
        assert (len(changed) > 1) == ("at once" in option.label)
        assert changed


def test_what_only_goes_together_with_another_change_is_not_tried_alone():
    config = SIGMOID.config.changed(optimizer="adam")
    option = Try("Use momentum", (("optimizer", "momentum"), ("momentum", 0.5)))
    verdict = replace(first_finding(config, 30), tries=(option,))
    labels = [o.label for o in alone(verdict, config)]
    assert labels[:2] == ["Optimizer: Momentum instead of Adam", "Use momentum (both at once)"]
    assert not [label for label in labels if label.startswith("Momentum")]


def test_a_learning_rate_beyond_the_last_stop_is_not_tried():
    config = SIGMOID.config.changed(learning_rate=10.0)
    labels = [o.label for o in alone(first_finding(SIGMOID.config, 30), config)]
    assert [label for label in labels if "rate" in label] == ["Learning rate: 3 instead of 10"]


def test_changes_of_a_run_that_was_changed_on_the_way_are_held_against_its_present_settings_from_the_beginning():
    changed = Experiment(SIGMOID.config).change(500, learning_rate=0.1)
    assert without(changed) == Experiment(changed.now)


def test_all_changes_are_trained_from_the_same_beginnings_and_come_to_the_numbers_of_their_own_runs():
    epochs, n = 15, 2
    verdict, base = first_finding(SIGMOID.config, SIGMOID.until), Experiment(SIGMOID.config)
    runs = (base, *(option.experiment(base, 0) for option in alone(verdict, base.now)[:3]))
    trial = Trial(verdict.rule.name, runs, epochs, n, nullcontext)
    order = []
    while not trial.is_complete:
        before = list(map(len, trial.outcomes))
        trial.advance()
        order += [which for which, (a, b) in enumerate(zip(before, map(len, trial.outcomes), strict=True)) if b > a]
    assert order == [0, 1, 2, 3] * n, "every change is known of one beginning before the next begins"
    for which, experiment in enumerate(runs):
        scores = []
        for k in range(n):
            trainer = new_trainer(experiment) if k == 0 else beginning(experiment, k)
            recording = trainer.run(epochs)
            assert trial.outcomes[which][k].loss == recording.test_loss[-1]
            scores.append(recording.test_score[-1])
            if k == 0:
                assert trial.portraits[which] == portrait(experiment, network_at(trainer, recording.last_step))
        assert trial.typical(which)[1] == np.median(scores)
