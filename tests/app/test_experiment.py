"""An experiment is its settings and the changes made on the way; it decides the run to the last digit."""

import numpy as np
import pytest

from playground.config import Config
from playground.experiment import Change, Experiment
from playground.runs import Runs


def test_a_live_setting_changes_from_the_moment_on_and_keeps_the_past():
    experiment = Experiment().change(50, learning_rate=0.1)
    assert experiment == Experiment(Config(), (Change(50, (("learning_rate", 0.1),)),))
    assert experiment.now.learning_rate == 0.1
    assert experiment.parent == Experiment()


@pytest.mark.parametrize("settings", [{"dataset": "xor"}, {"hidden_layer_sizes": (4,)}, {"seed": 3}, {"noise": 0.0}])
def test_other_data_or_another_network_start_a_new_run(settings):
    experiment = Experiment().change(50, learning_rate=0.1).change(80, **settings)
    assert experiment == Experiment(Config(learning_rate=0.1, **settings))


def test_at_the_beginning_a_change_is_simply_another_config():
    assert Experiment().change(0, learning_rate=0.1) == Experiment(Config(learning_rate=0.1))


def test_a_change_further_back_drops_the_later_ones_but_keeps_their_settings():
    experiment = Experiment().change(50, learning_rate=0.1).change(80, l2=0.01)
    earlier = experiment.change(60, batch_size=20)
    assert [c.step for c in earlier.changes] == [50, 60]
    assert earlier.now == Config(learning_rate=0.1, batch_size=20, l2=0.01)


def test_a_change_back_to_what_was_is_no_change():
    assert Experiment().change(50, learning_rate=0.1).change(50, learning_rate=0.01) == Experiment()


def test_a_setting_set_to_what_it_is_changes_nothing():
    experiment = Experiment().change(50, learning_rate=0.1)
    assert experiment.change(80, dataset="spirals", learning_rate=0.1) is experiment


def test_a_setting_that_does_not_fit_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"Learning rate must be between 1e-05 and 10; got 11\."):
        Experiment().change(50, learning_rate=11.0)


SMALL = Experiment(Config(dataset="xor", n_samples=60, hidden_layer_sizes=(3,)))


def test_the_same_experiment_gives_the_same_run_in_any_process_and_in_any_portions():
    one, other = Runs().get(SMALL), Runs().get(SMALL)
    one.record(12, seconds=60)
    for _ in range(4):
        other.record(3, seconds=60)
    assert (one.recording.parameters == other.recording.parameters).all()


def test_a_changed_run_shares_its_past_and_leaves_its_parent_alone():
    runs = Runs()
    parent = runs.get(SMALL)
    parent.record(10, seconds=60)
    before = parent.recording.parameters.copy()
    child = runs.get(SMALL.change(15, learning_rate=0.5))
    child.record(7, seconds=60)
    shared = parent.recording.steps <= 15
    assert (child.recording.parameters[: shared.sum()] == parent.recording.parameters[shared]).all()
    assert not (child.recording.parameters[-1] == parent.recording.parameters[-1]).all()
    assert (parent.recording.parameters == before).all()


def test_a_forgotten_run_comes_back_with_the_very_same_numbers():
    runs = Runs(max_bytes=1)
    changed = SMALL.change(15, learning_rate=0.5)
    first = runs.get(changed)
    first.record(7, seconds=60)
    runs.get(Experiment(Config(dataset="moons")))
    again = runs.get(changed)
    assert again is not first
    again.record(7, seconds=60)
    assert (again.recording.parameters == first.recording.parameters).all()


def test_a_row_for_the_stage_holds_the_figures_the_norms_and_the_parameters():
    run = Runs().get(SMALL)
    run.record(2, seconds=60)
    rows, recording = run.rows(after_step=-1), run.recording
    assert rows.shape == (3, 6 + 2 + recording.parameters.shape[1])
    np.testing.assert_array_equal(rows[:, 0], recording.steps)
    np.testing.assert_allclose(rows[:, 3], recording.test_loss, rtol=1e-6)
    np.testing.assert_allclose(rows[:, 6:8], recording.gradient_norms, rtol=1e-6)
    np.testing.assert_array_equal(rows[:, 8:], recording.parameters.astype(np.float32))
    assert run.rows(after_step=int(recording.steps[-2])).shape[0] == 1
