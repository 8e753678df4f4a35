"""The classics on the page are the classics: the same numbers as their own code, by button and by link."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.export.side_by_side import WAYS, promises, side_by_side
from playground.run import link
from playground.run.classics import CLASSICS, classic_of
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from tests.app.test_home import FRAME, experiment

EPOCHS = 100


def played(name: str, epochs: int = EPOCHS) -> mlp.Trainer:
    run = Runs().get(Experiment(CLASSICS[name].config))
    run.record(epochs, seconds=60)
    return run.trainer


def test_from_scratch_is_the_tutorials_own_network_to_the_last_digits():
    trainer = played("from_scratch")
    data = trainer.data
    assert np.array_equal(data.x_train, mlp.make_dataset("blobs", 600, 0.3, 0.5, 0).x_train)
    net = mlp.TutorialMLP(input_size=2, hidden_size=4, output_size=3, seed=0)
    net.train(data.x_train, data.y_train, EPOCHS, CLASSICS["from_scratch"].config.learning_rate, report=None)
    ours = trainer.recording.parameters[EPOCHS]
    np.testing.assert_allclose(ours, net.to_mlp().parameters, rtol=1e-12, atol=1e-12)


def test_the_sum_is_the_demos_own_network_to_the_last_digits():
    """At twice our rate, which is along the slope of half the squared error; in the order of our pairs."""
    trainer = played("sum", epochs=3)
    data, recording = trainer.data, trainer.recording
    net = mlp.DemoMLP(num_inputs=2, hidden_layers=[5], num_outputs=1, seed=0)
    for step in range(recording.last_step):
        rows = recording.batch(step)
        net.back_propagate(data.y_train[rows] - net.forward_propagate(data.x_train[rows]))
        net.gradient_descent(learning_rate=2.0 * CLASSICS["sum"].config.learning_rate)
    np.testing.assert_allclose(recording.parameters[-1], net.to_mlp().parameters, rtol=1e-12, atol=1e-12)


def test_what_is_said_of_them_is_so():
    scratch, demo, today = (played(name).recording for name in CLASSICS)
    assert scratch.test_score[-1] > 0.99
    assert today.test_loss[30] < demo.test_loss[-1] / 10
    net = played("sum").net
    low, middle, high = net.outputs([[0.0, 0.0], [0.25, 0.25], [0.5, 0.5]])[:, 0]
    assert low > 0.02  # it bends away at both ends
    assert abs(middle - 0.5) < 0.02
    assert high < 0.98


@pytest.mark.parametrize("name", CLASSICS)
def test_a_link_opens_a_classic_and_the_address_that_it_becomes_does_too(name):
    config = CLASSICS[name].config
    assert link.run_from_query({"classic": name}) == (Experiment(config), 0, [])
    assert link.from_query(link.to_query(config)) == (config, [])
    assert classic_of(config) is CLASSICS[name]
    changed, problems = link.from_query({"classic": name, "lr": "0.03"})
    assert (changed, problems) == (config.changed(learning_rate=0.03), [])
    assert classic_of(changed) is None


def test_a_link_to_no_classic_is_a_sentence():
    config, problems = link.from_query({"classic": "xor<script>", "noise": "0.2"})
    assert config == Config(noise=0.2)
    assert problems == ["The link's classic must be one of from_scratch, sum, sum_today; got xor<script>."]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_button_opens_a_classic_and_says_what_it_is(name):
    app = AppTest.from_file(FRAME, default_timeout=120).run()
    assert not any(c.look in caption.value for caption in app.caption for c in CLASSICS.values())
    app.button_group(key="classic").set_value(name).run()
    assert experiment(app) == Experiment(CLASSICS[name].config)
    (said,) = (caption.value for caption in app.caption if CLASSICS[name].look in caption.value)
    for sentence in (CLASSICS[name].what, CLASSICS[name].exact):
        assert sentence in said
    assert app.button_group(key="classic").value == name


@pytest.mark.parametrize("name", ["from_scratch", "sum"])
def test_side_by_side_are_the_documented_ways_with_what_was_measured(name):
    ways = side_by_side(CLASSICS[name])
    assert list(ways.code) == list(WAYS)
    assert ways.code["classic"].count("\nclass ") == 1
    assert [set(row) for row in ways.measured] == [{"in", "lines", "time", "test error"}] * len(WAYS)
    scope = {}
    exec(compile(ways.data, "data", "exec"), scope)
    config = CLASSICS[name].config
    assert len(scope["data"].x_train) + len(scope["data"].x_test) == config.n_samples
    assert scope["start"].to_mlp().sizes == config.sizes
    exec(compile(ways.code["engine"], "engine", "exec"), scope)
    assert scope["epochs"] == ways.epochs
    row = ways.measured[1]
    assert scope["error"] == pytest.approx(float(row["test error"]), rel=1e-4)
    assert side_by_side(CLASSICS["sum_today"]) is None
    assert promises().strip().startswith("**Hidden layers and their sizes.**")
