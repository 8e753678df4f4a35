"""Settings are defined once, checked in one place, and every refusal is a sentence."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp
from playground.run.config import DEFAULTS, EASY_LAYERS, EASY_NEURONS, LIVE, SETTINGS, Config, best_of, problem

NUMBERS = [name for name, s in SETTINGS.items() if s.low is not None and not isinstance(DEFAULTS[name], tuple)]
CHOICES = [name for name, s in SETTINGS.items() if s.choices]


def test_the_defaults_fit_their_own_ranges():
    assert Config() == Config(**DEFAULTS)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_one_sentence_of_help_and_a_range(name):
    s = SETTINGS[name]
    assert s.help.endswith(".")
    assert s.choices or s.low < s.high


def test_no_two_settings_share_a_key_in_the_link():
    assert len({s.key for s in SETTINGS.values()}) == len(SETTINGS)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, -1, 1e9, "abc", True, None])
def test_a_number_out_of_range_is_named_with_what_is_allowed_and_what_came(name, bad):
    s = SETTINGS[name]
    with pytest.raises(ValueError, match=re.escape(f"{s.label} must be {s.allowed}; got ")):
        Config(**{name: bad})


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_is_named_with_the_nearest_known_one(name):
    s = SETTINGS[name]
    misspelt = s.choices[-1] + "x"
    value = (misspelt,) if isinstance(DEFAULTS[name], tuple) else misspelt
    with pytest.raises(ValueError, match=f"{s.label} must be one of .*; got .*Did you mean"):
        Config(**{name: value})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"hidden_layer_sizes": (8,) * 21}, "Hidden layers must be at most 20 layers; got 21."),
        ({"hidden_layer_sizes": (8, 0)}, "Hidden layers must be between 1 and 128; got 0."),
        ({"hidden_layer_sizes": (128,) * 3}, "Hidden layers must have at most 25,000 weights between them; got 32,768"),
        ({"features": ()}, "Input features must name at least one of"),
        ({"features": ("x1", "x1")}, "Input features must name each feature once"),
        ({"activations": ("tanh", "relu", "relu")}, "Activation must name one for all hidden layers or one for each"),
        ({"n_classes": 3}, "Classes must be between 2 and 5 for Spirals; got 3.")
        if mlp.DATASETS["spirals"].max_classes < 3
        else ({"dataset": "xor", "n_classes": 3}, "Classes must be 0, for its usual number, for XOR; got 3."),
        ({"momentum": 0.5}, "Momentum needs the optimizer momentum or nesterov; got adam."),
        ({"optimizer": "momentum", "momentum": 1.0}, "Momentum must be at least 0 and below 1; got 1."),
        ({"schedule": "step", "step_drop": 0}, "Left after a drop must be above 0 and at most 1; got 0."),
        ({"min_delta": 0.1}, "Least improvement needs early stopping; got 0."),
        ({"loss": "categorical_crossentropy"}, "Loss must be auto or one of .* for Spirals; got categorical"),
    ],
)
def test_settings_that_clash_are_explained(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Config(**settings)


@given(st.lists(st.integers(0, 140), max_size=22))
@settings(max_examples=200, deadline=None)
def test_a_network_of_any_size_is_taken_as_it_is_or_refused_with_the_limit(sizes):
    fits = len(sizes) <= 20 and all(1 <= n <= 128 for n in sizes) and sum(a * b for a, b in pairwise(sizes)) <= 25_000
    wrong = problem(SETTINGS["hidden_layer_sizes"], tuple(sizes))
    if not fits:
        assert re.search(r"at most (20 layers|25,000 weights)|between 1 and 128", wrong)
    else:
        config = Config(hidden_layer_sizes=tuple(sizes))
        assert config.hidden_layer_sizes == tuple(sizes)
        assert (config.cost is not None) == (len(sizes) > EASY_LAYERS or max(sizes, default=0) > EASY_NEURONS)


def test_the_cost_of_a_large_network_is_told_in_numbers():
    assert Config(hidden_layer_sizes=(32,) * 10).cost is None
    assert Config().n_parameters == 105
    assert Config(hidden_layer_sizes=(64, 64)).cost == (
        "A large network: 4,417 weights and biases, 42 times as many as usual; "
        "expect fewer epochs a second and coarser pictures."
    )
    assert "277 weights and biases, 2.6 times" in Config(hidden_layer_sizes=(4,) * 14).cost


def test_another_number_of_layers_keeps_the_activations_of_those_that_stay():
    config = Config(hidden_layer_sizes=(4, 4), activations=("relu", "tanh"))
    assert config.changed(hidden_layer_sizes=(4, 4, 4)).activations == ("relu", "tanh", "tanh")
    assert config.changed(hidden_layer_sizes=(4,)).activations == ("relu",)
    assert config.changed(hidden_layer_sizes=()).hidden_activations == ()


def test_another_dataset_drops_the_classes_and_a_loss_that_does_not_fit_it():
    config = Config(dataset="blobs", n_classes=5, loss="categorical_crossentropy")
    moons = config.changed(dataset="moons")
    assert (moons.n_classes, moons.loss) == (0, "auto")
    assert Config(loss="mean_squared_error").changed(dataset="plane").loss == "mean_squared_error"


@pytest.mark.parametrize("dataset", SETTINGS["dataset"].choices)
def test_every_dataset_can_be_chosen_from_every_other(dataset):
    for other in SETTINGS["dataset"].choices:
        assert Config(dataset=other).changed(dataset=dataset).dataset == dataset


def test_a_dataset_of_one_input_takes_features_of_it_alone():
    sine = Config(features=("x1", "x2", "sin x1")).changed(dataset="sine")
    assert sine.features == ("x1", "sin x1")
    assert Config().changed(dataset="sine").changed(dataset="moons").features == ("x1", "x2")


def test_the_good_is_kept_and_the_bad_is_named():
    config, problems = best_of({"learning_rate": math.nan, "activations": ("relu",), "n_classes": 6})
    assert config.activations == ("tanh",) or config.activations == ("relu",)
    assert config.learning_rate == Config().learning_rate
    assert problems[0] == "Learning rate must be between 1e-05 and 10; got nan."
    assert len(problems) == 2


def test_only_the_settings_of_training_may_change_in_mid_run():
    assert {SETTINGS[name].group for name in LIVE} == {"Training"}


def test_a_very_long_value_is_shortened_in_the_sentence():
    assert len(problem(SETTINGS["dataset"], "x" * 10_000)) < 400
