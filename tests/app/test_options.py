"""Settings that come with a choice, clipping, schedules and early stopping: each reaches the engine, to the digit."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp
from playground.export.experiment_file import experiment_json, read_experiment
from playground.export.subject import Subject
from playground.run import link
from playground.run.config import DEFAULTS, SETTINGS, Config, best_of
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from tests.app.chosen import chooses

SMALL = Config(dataset="moons", n_samples=90, noise=0.3, hidden_layer_sizes=(4,), learning_rate=0.05)
RATE = SMALL.learning_rate

# setting: (value, what else is chosen, the same for the engine)
CASES: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "leaky_relu_negative_slope": (
        0.2, {"activations": ("leaky_relu",)}, {"activation": mlp.LeakyReLU(negative_slope=0.2)}
    ),
    "use_bias": ("off", {}, {"use_bias": False}),
    "output_activation": (
        "sigmoid", {"loss": "mean_squared_error"}, {"loss": "mean_squared_error", "output_activation": "sigmoid"}
    ),
    "reduction": ("sum", {}, {"reduction": "sum"}),
    "momentum": (0.5, {"optimizer": "nesterov"}, {"optimizer": mlp.Nesterov(RATE, momentum=0.5)}),
    "adagrad_epsilon": (0.1, {"optimizer": "adagrad"}, {"optimizer": mlp.Adagrad(RATE, epsilon=0.1)}),
    "rmsprop_rho": (0.5, {"optimizer": "rmsprop"}, {"optimizer": mlp.RMSprop(RATE, rho=0.5)}),
    "rmsprop_epsilon": (0.1, {"optimizer": "rmsprop"}, {"optimizer": mlp.RMSprop(RATE, epsilon=0.1)}),
    "adam_beta_1": (0.5, {"optimizer": "adamw"}, {"optimizer": mlp.AdamW(RATE, beta_1=0.5)}),
    "adam_beta_2": (0.9, {"optimizer": "adam"}, {"optimizer": mlp.Adam(RATE, beta_2=0.9)}),
    "adam_epsilon": (0.1, {"optimizer": "adam"}, {"optimizer": mlp.Adam(RATE, epsilon=0.1)}),
    "adamw_weight_decay": (0.5, {"optimizer": "adamw"}, {"optimizer": mlp.AdamW(RATE, weight_decay=0.5)}),
    "schedule": ("cosine", {}, {"schedule": mlp.Cosine()}),
    "step_every": (3.0, {"schedule": "step"}, {"schedule": mlp.StepDecay(every=3.0)}),
    "step_drop": (0.1, {"schedule": "step", "step_every": 2.0}, {"schedule": mlp.StepDecay(every=2.0, drop=0.1)}),
    "exponential_decay": (0.8, {"schedule": "exponential"}, {"schedule": mlp.Exponential(decay=0.8)}),
    "cosine_epochs": (7.0, {"schedule": "cosine"}, {"schedule": mlp.Cosine(epochs=7.0)}),
    "cosine_final": (0.5, {"schedule": "cosine"}, {"schedule": mlp.Cosine(final=0.5)}),
    "warm_up_epochs": (30.0, {"schedule": "warm_up"}, {"schedule": mlp.WarmUp(epochs=30.0)}),
    "warm_up_start": (0.5, {"schedule": "warm_up"}, {"schedule": mlp.WarmUp(start=0.5)}),
    "one_cycle_epochs": (9.0, {"schedule": "one_cycle"}, {"schedule": mlp.OneCycle(epochs=9.0)}),
    "one_cycle_rise": (0.5, {"schedule": "one_cycle"}, {"schedule": mlp.OneCycle(rise=0.5)}),
    "one_cycle_start": (0.5, {"schedule": "one_cycle"}, {"schedule": mlp.OneCycle(start=0.5)}),
    "one_cycle_final": (
        0.5, {"schedule": "one_cycle", "one_cycle_epochs": 5.0}, {"schedule": mlp.OneCycle(epochs=5.0, final=0.5)}
    ),
    "clip_norm": (0.01, {}, {"clip_norm": 0.01}),
    "frozen": ((2,), {}, {"frozen": (1,)}),
    "patience": (4, {}, {"early_stopping": mlp.EarlyStopping(4)}),
    "min_delta": (0.01, {"patience": 3}, {"early_stopping": mlp.EarlyStopping(3, min_delta=0.01)}),
}  # fmt: skip
every_case = pytest.mark.parametrize("name", CASES)
every_live_case = pytest.mark.parametrize("name", [name for name in CASES if SETTINGS[name].live])


def config_of(name: str) -> Config:
    value, chosen, _ = CASES[name]
    return SMALL.changed(**chosen, **{name: value})


NETWORK = {"activation": "tanh", "loss": "binary_crossentropy", "output_activation": "identity", "use_bias": True}


def of_engine(config: Config, optimizer: mlp.Optimizer | None = None, **given: Any) -> mlp.Trainer:
    """The engine's trainer for the same data and network, made by hand."""
    _, data = make_data(Experiment(config))
    network = {name: given.pop(name, usual) for name, usual in NETWORK.items()}
    net = mlp.MLP([2, 4, 1], initializer="glorot_uniform", seed=config.seed, **network)
    return mlp.Trainer(net, data, optimizer or mlp.Adam(RATE), seed=config.seed, **given)


def test_every_setting_that_comes_with_a_choice_is_tried_here():
    assert {name for name, s in SETTINGS.items() if s.only_with} <= set(CASES)


@every_case
def test_a_run_is_the_engines_with_the_same_arguments(name):
    engine = of_engine(SMALL, **CASES[name][2])
    engine.run(60)
    run = Runs().get(Experiment(config_of(name)))
    for _ in range(20):
        run.record(3, seconds=60)
    np.testing.assert_array_equal(run.recording.epochs, engine.recording.epochs)
    np.testing.assert_array_equal(run.recording.parameters, engine.recording.parameters)
    assert run.recording.stopped == engine.recording.stopped
    assert (run.recording.stopped is not None) == (name in ("patience", "min_delta"))


@every_case
def test_a_setting_makes_another_run_than_its_default(name):
    one, other = (Runs().get(Experiment(config)) for config in (config_of(name), SMALL.changed(**CASES[name][1])))
    for run in (one, other):
        run.record(60, seconds=60)
    if len(one.recording) == len(other.recording):
        assert not np.array_equal(one.recording.parameters[-1], other.recording.parameters[-1])


@every_live_case
def test_a_setting_changed_in_mid_epoch_is_the_engines_fork_and_every_step_is_found_again(name):
    step = 37  # five steps an epoch
    value, chosen, given = CASES[name]
    before = of_engine(SMALL)
    before.run(10)
    engine = before.fork(step, **given)
    engine.run(50)  # more than enough
    forked = Experiment(SMALL).change(step, **chosen, **{name: value})
    assert len(forked.changes) == 1
    run = Runs().get(forked)
    run.record(40, seconds=60)
    assert len(run.recording) > 10
    np.testing.assert_array_equal(run.recording.parameters, engine.recording.parameters[: len(run.recording)])
    assert run.recording.stopped == engine.recording.stopped
    last = run.recording.last_step
    steps = run.recording.between(last - 12, last)
    for k, at in enumerate(range(last - 12, last + 1)):
        np.testing.assert_array_equal(steps.parameters[k], run.recording.seek(at).parameters)
    np.testing.assert_array_equal(steps.parameters[-1], engine.recording.seek(last).parameters)
    runs = Runs(max_bytes=1)  # keeps the last run alone
    again = [runs.get(experiment) for experiment in (forked, Experiment(SMALL), forked)][-1]
    again.record(40, seconds=60)
    np.testing.assert_array_equal(again.recording.parameters, run.recording.parameters)


@every_case
def test_a_run_with_a_setting_goes_on_after_another_change(name):
    """The second fork has the setting still, and a trainer made anew from the link alone comes to the same numbers."""
    config = config_of(name)
    experiment = Experiment(config).change(23, batch_size=7).change(41, l2=0.01)
    engine = of_engine(SMALL, **CASES[name][2])
    engine.run(5)
    engine = engine.fork(min(23, engine.recording.last_step), batch_size=7)
    engine.run(5)
    engine = engine.fork(min(41, engine.recording.last_step), l2=0.01)
    engine.run(9)
    run = Runs().get(link.run_from_query(link.run_to_query(experiment))[0])
    run.record(5, seconds=60)
    np.testing.assert_array_equal(run.recording.parameters[-1], engine.recording.seek(run.last_step).parameters)


# ---- what goes with what
def test_a_loss_from_logits_leaves_the_output_as_it_is():
    config = Config(loss="mean_squared_error", output_activation="sigmoid")
    assert config.changed(loss="hinge") == Config(loss="hinge")
    assert config.changed(dataset="plane") == Config().changed(dataset="plane").changed(
        loss="mean_squared_error", output_activation="sigmoid"
    )
    with pytest.raises(ValueError, match=r"^Output activation must be identity for hinge; got sigmoid\.$"):
        config.changed(loss="hinge", output_activation="sigmoid")
    _, problems = link.from_query({"output": "sigmoid", "noise": "0.2"})
    assert problems == ["Output activation must be identity for binary cross-entropy; got sigmoid."]
    assert link.from_query({"output": "sigmoid", "noise": "0.2"})[0] == Config(noise=0.2)


def test_a_bias_that_is_off_cannot_be_set_by_hand():
    off, on = (Experiment(SMALL.changed(use_bias=choice)) for choice in ("off", "on"))
    for index in range(SMALL.n_parameters):
        layer, i, _ = SMALL.shape.locate(index)
        assert on.edit(3, {index: 0.5}).changes[0].edits == ((index, 0.5),)
        if i < SMALL.sizes[layer]:
            assert off.edit(3, {index: 0.5}).changes[0].edits == ((index, 0.5),)
        else:
            with pytest.raises(ValueError, match=r"^A bias cannot be set by hand while Biases is off"):
                off.edit(3, {index: 0.5})
    _, _, problems = link.run_from_query({"bias": "off", "then": "9@w2:0.5"})
    assert len(problems) == 1


def test_another_optimizer_keeps_what_it_has_too_and_drops_the_rest():
    config = Config(optimizer="adamw", adam_beta_1=0.5, adamw_weight_decay=0.3)
    assert config.changed(optimizer="adam") == Config(optimizer="adam", adam_beta_1=0.5)
    assert config.changed(optimizer="sgd") == Config(optimizer="sgd")
    assert config.changed(optimizer="momentum", momentum=0.5) == Config(optimizer="momentum", momentum=0.5)
    assert Config(patience=5, min_delta=0.1).changed(patience=0) == Config()
    mixed = Config(activations=("leaky_relu", "tanh"), leaky_relu_negative_slope=0.2)
    assert mixed.changed(hidden_layer_sizes=(4,)) == mixed.changed(hidden_layer_sizes=(4,), activations=("leaky_relu",))
    assert mixed.changed(activations=("tanh",)) == Config()
    assert [getattr(rule, "negative_slope", None) for rule in mixed.activation_rules()] == [0.2, None]


def test_a_change_of_optimizer_in_mid_run_says_only_what_is_new():
    experiment = Experiment(Config(optimizer="adamw", adamw_weight_decay=0.3, adam_beta_1=0.5))
    assert experiment.change(9, optimizer="sgd").changes[0].settings == (("optimizer", "sgd"),)
    assert experiment.change(9, optimizer="adam").changes[0].settings == (("optimizer", "adam"),)
    back = experiment.change(9, optimizer="sgd").change(20, optimizer="adam")
    assert back.changes[1].settings == (("optimizer", "adam"),)
    assert back.now == Config(optimizer="adam")
    assert experiment.change(9, adam_beta_1=0.9).changes[0].settings == (("adam_beta_1", 0.9),)


@pytest.mark.parametrize("name", [name for name, s in SETTINGS.items() if s.only_with])
def test_a_setting_without_its_choice_is_named_and_the_rest_is_kept(name):
    s, value = SETTINGS[name], CASES[name][0]
    other = {"activations": ("tanh",), "optimizer": "sgd", "schedule": "constant", "patience": 0}[s.only_with]
    config, problems = best_of({name: value, "noise": 0.2, s.only_with: other})
    (sentence,) = problems
    assert sentence.startswith(f"{s.label} needs ")
    now = getattr(config, s.only_with)
    now = ",".join(now) if isinstance(now, tuple) else str(now)
    assert sentence.endswith(f"got {now}.")
    assert config.noise == 0.2
    assert getattr(config, name) == DEFAULTS[name]
    _, _, problems = link.run_from_query({SETTINGS[s.only_with].key: now, "then": f"9@{s.key}:{value}"})
    assert (f"{s.label} needs " if s.live else "only settings of the training") in problems[0]


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "1e999", "1e-999", "", "lots", "1,2", "<b>", "9" * 400])
@pytest.mark.parametrize("name", CASES)
def test_a_hostile_value_is_a_sentence(name, text):
    s = SETTINGS[name]
    needed = link.to_query(Config().changed(**chooses(name)))
    config, problems = link.from_query({s.key: text, "noise": "0.2", **needed})
    assert config.noise == 0.2
    accepted = s.low is not None and not problems
    is_list = isinstance(DEFAULTS[name], tuple) and text == "1,2"
    is_tiny = text == "1e-999" and s.low == 0.0 and not s.open_low and isinstance(DEFAULTS[name], float)
    assert accepted == (is_list or is_tiny)
    if problems:
        assert problems[0].startswith(s.label)
        assert len(problems[0]) < 300
    _, _, problems = link.run_from_query({**needed, "then": f"9@{s.key}:{text}"})
    assert len(problems) == (0 if accepted and s.live else 1)


# ---- the link and the file
@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Any optimizer, any schedule, with or without early stopping, and any values of all that then plays a part."""
    config = SMALL.changed(
        activations=(draw(st.sampled_from(sorted(mlp.ACTIVATIONS))),),
        optimizer=draw(st.sampled_from(sorted(mlp.OPTIMIZERS))), schedule=draw(st.sampled_from(sorted(mlp.SCHEDULES))),
        patience=draw(st.integers(0, 1000)), clip_norm=draw(st.floats(0.0, 1000.0)),
    )  # fmt: skip
    values = {
        name: draw(st.floats(s.low, s.high, exclude_min=s.open_low, exclude_max=s.open_high) | st.just(DEFAULTS[name]))
        for name, s in SETTINGS.items()
        if s.only_with and config.applies(name)
    }
    return config.changed(**values)


@given(configs(), configs())
@settings(max_examples=150, deadline=None)
def test_a_link_opens_the_very_same_run(first, then):
    live = {name: getattr(then, name) for name, s in SETTINGS.items() if s.live and then.applies(name)}
    experiment = Experiment(first).change(300, **live)
    assert {name: getattr(experiment.now, name) for name in live} == live
    assert link.run_from_query(link.run_to_query(experiment)) == (experiment, 0, [])


@every_case
def test_the_experiment_file_opens_the_very_same_run(name):
    value, chosen, _ = CASES[name]
    begun, changed = Experiment(config_of(name)), Experiment(SMALL).change(9, **chosen, **{name: value})
    assert len(changed.changes) == SETTINGS[name].live
    for experiment in (begun, changed):
        run = Runs().get(experiment)
        run.record(3, seconds=60)
        raw = experiment_json(Subject(experiment, run.trainer, run.last_step))
        assert read_experiment(raw) == (experiment, run.last_step, [])


def test_a_default_is_left_out_of_the_link():
    config = Config(optimizer="adamw", adam_beta_1=0.9, schedule="cosine", cosine_epochs=200.0)
    assert link.to_query(config) == {"optimizer": "adamw", "schedule": "cosine"}


# ---- what is new
NEW = """
from dataclasses import dataclass
import numpy as np
import mlp
from mlp.arrays import setting

@dataclass(frozen=True)
class Slow(mlp.SGD):
    name, label = "slow", "Slow"
    haste: float = setting(0.5, low=0.0, high=1.0, open_low=True, help="A share.", label="Haste", presets=(0.1, 0.5))

    def update(self, w, g, rate, memory, is_weight):
        move = np.empty_like(w)
        yield np.multiply, (g, self.haste, move)
        yield np.multiply, (move, rate, move)
        yield np.subtract, (w, move, w)

mlp.OPTIMIZERS["slow"] = Slow

from playground.run import link
from playground.run.runs import Runs
query = {"optimizer": "slow", "slow_haste": "0.25", "lr": "0.4", "then": "30@slow_haste:0.1"}
experiment, _, problems = link.run_from_query(query)
assert not problems, problems
assert link.run_to_query(experiment) == query
run, plain = Runs().get(experiment.at(1)), Runs().get(link.run_from_query({"optimizer": "sgd", "lr": "0.1"})[0])
for one in (run, plain):
    one.record(3, seconds=60)
assert (run.recording.parameters == plain.recording.parameters).all()
_, _, problems = link.run_from_query({"optimizer": "slow", "slow_haste": "0"})
assert problems == ["Haste must be above 0 and at most 1; got 0."]
"""


def test_a_new_optimizer_brings_its_settings_with_it():
    """In a process of its own: the registries are read when the playground is imported."""
    subprocess.run([sys.executable, "-c", NEW], cwd=Path(__file__).parents[2], check=True)
