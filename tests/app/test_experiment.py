"""An experiment is its settings and the changes made on the way; it decides the run to the last digit."""

import math

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.experiment import Change, Experiment
from playground.run.link import MAX_CHANGES, run_from_query, run_to_query
from playground.run.runs import Runs, new_trainer


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
    one.record(12, seconds=math.inf)
    for _ in range(4):
        other.record(3, seconds=math.inf)
    assert (one.recording.parameters == other.recording.parameters).all()


def test_a_changed_run_shares_its_past_and_leaves_its_parent_alone():
    runs = Runs()
    parent = runs.get(SMALL)
    parent.record(10, seconds=math.inf)
    before = parent.recording.parameters.copy()
    child = runs.get(SMALL.change(15, learning_rate=0.5))
    child.record(7, seconds=math.inf)
    shared = parent.recording.steps <= 15
    assert (child.recording.parameters[: shared.sum()] == parent.recording.parameters[shared]).all()
    assert not (child.recording.parameters[-1] == parent.recording.parameters[-1]).all()
    assert (parent.recording.parameters == before).all()


def test_a_forgotten_run_comes_back_with_the_very_same_numbers():
    runs = Runs(max_bytes=1)
    changed = SMALL.change(15, learning_rate=0.5)
    first = runs.get(changed)
    first.record(7, seconds=math.inf)
    runs.get(Experiment(Config(dataset="moons")))
    again = runs.get(changed)
    assert again is not first
    again.record(7, seconds=math.inf)
    assert (again.recording.parameters == first.recording.parameters).all()


def test_a_row_for_the_stage_holds_the_figures_the_norms_and_the_parameters():
    run = Runs().get(SMALL)
    run.record(2, seconds=math.inf)
    rows, recording = run.rows(after_step=-1), run.recording
    assert rows.shape == (3, 6 + 2 + recording.parameters.shape[1])
    np.testing.assert_array_equal(rows[:, 0], recording.steps)
    np.testing.assert_allclose(rows[:, 3], recording.test_loss, rtol=1e-6)
    np.testing.assert_allclose(rows[:, 6:8], recording.gradient_norms, rtol=1e-6)
    np.testing.assert_array_equal(rows[:, 8:], recording.parameters.astype(np.float32))
    assert run.rows(after_step=int(recording.steps[-2])).shape[0] == 1


def test_a_weight_set_by_hand_is_a_step_of_the_run():
    runs = Runs()
    edited = SMALL.edit(15, {2: 1.5})
    run = runs.get(edited)
    run.record(5, seconds=math.inf)
    parent = runs.get(SMALL).recording
    before, after = parent.seek(15).parameters, run.recording.seek(15).parameters
    assert after[2] == 1.5
    assert (np.delete(before, 2) == np.delete(after, 2)).all()
    assert (run.recording.seek(14).parameters == parent.seek(14).parameters).all()
    assert edited.edit(15, {3: 0.5}).changes == (Change(15, (), ((2, 1.5), (3, 0.5))),)
    assert edited.parent == SMALL


def test_an_edit_at_the_very_beginning_and_a_change_of_settings_at_an_edit():
    start = SMALL.edit(0, {0: 2.0})
    assert Runs().get(start).recording.parameters[0, 0] == 2.0
    both = SMALL.edit(15, {2: 1.5}).change(15, learning_rate=0.5)
    assert both.changes == (Change(15, (("learning_rate", 0.5),), ((2, 1.5),)),)
    assert SMALL.change(15, learning_rate=0.5).edit(15, {2: 1.5}) == both
    assert SMALL.change(15, learning_rate=0.5).edit(30, {2: 1.5}).now.learning_rate == 0.5


@pytest.mark.parametrize(
    ("index", "value", "sentence"),
    [
        (13, 1.0, "from 0 to 12; got 13"),
        (-1, 1.0, "got -1"),
        (True, 1.0, "got True"),
        (0, float("nan"), "between ±1000; got nan"),
        (0, 1e9, "between ±1000; got 1000000000.0"),
        (0, "x", "got x"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_a_sentence(index, value, sentence):
    assert SMALL.config.n_parameters == 13
    with pytest.raises(ValueError, match=sentence):
        SMALL.edit(15, {index: value})


def test_the_number_of_parameters_is_the_engines():
    kinds = ({}, {"dataset": "blobs", "n_classes": 5}, {"hidden_layer_sizes": ()}, {"dataset": "plane"})
    for config in (Config(**kind) for kind in kinds):
        assert config.n_parameters == new_trainer(Experiment(config)).net.n_parameters


def test_an_edit_travels_in_the_link():
    experiment = SMALL.change(15, learning_rate=0.5).edit(30, {2: -0.1}).edit(30, {0: 2.0})
    query = run_to_query(experiment, 31)
    assert run_from_query(query) == (experiment, 31, [])
    assert run_from_query(run_to_query(SMALL.edit(0, {0: 2.0})))[0] == SMALL.edit(0, {0: 2.0})
    _, _, problems = run_from_query({**query, "then": "30@w99:1"})
    assert "from 0 to 12; got 99" in problems[0]


def test_a_link_of_many_changes_and_edits_is_read_in_a_time_that_grows_with_its_length_alone(monkeypatch):
    counted = []
    changed = Config.changed

    def counting(self, **changes):
        counted.append(1)
        return changed(self, **changes)

    monkeypatch.setattr(Config, "changed", counting)
    edits = ",".join(f"w{index}:0.5" for index in range(40))
    query = {"then": ";".join(f"{step}@lr:{0.001 * step:g},{edits}" for step in range(1, MAX_CHANGES + 1))}
    experiment, _, problems = run_from_query(query)
    assert (len(experiment.changes), problems) == (MAX_CHANGES, [])
    assert len(counted) < 5 * MAX_CHANGES
    assert experiment.now == experiment.at(10**9).now == Experiment(experiment.config, experiment.changes).now
