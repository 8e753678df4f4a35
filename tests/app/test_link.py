"""A link is a config: what is good in it is kept, what is not is named, and nothing crashes."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from playground.run import compared, link, on_show
from playground.run.compared import change_in_words
from playground.run.config import LIVE, SETTINGS, Config
from playground.run.experiment import Experiment
from playground.run.link import from_query, run_from_query, run_to_query, to_link, to_query
from tests.app.chosen import chooses

CONFIGS = [
    Config(),
    Config(dataset="moons", hidden_layer_sizes=(3, 2, 1), activations=("relu", "tanh", "sigmoid")),
    Config(learning_rate=0.1 + 0.2),
    Config(dataset="blobs", n_classes=5, features=("x1", "x2^2", "sin x1"), l2=1e-4, batch_size=1),
    Config(hidden_layer_sizes=(128, 128, 64)),
    Config(hidden_layer_sizes=(4,) * 14, activations=("relu",) * 14),
    Config(hidden_layer_sizes=(), optimizer="sgd", dropout=0.25, loss="hinge"),
]


@pytest.mark.parametrize("config", CONFIGS)
def test_a_link_opens_the_very_same_config(config):
    query = dict(parse_qsl(urlsplit(to_link(config)).query))
    assert query == to_query(config)
    assert from_query(query) == (config, [])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_travels_in_the_link(name):
    s = SETTINGS[name]
    value = s.choices[-1] if s.choices else next(p for p in (*s.presets, s.high) if p != getattr(Config(), name))
    value = type(Config.__dataclass_fields__[name].default)([value]) if name in ("features", "activations") else value
    if name in ("loss", "n_classes"):
        config = Config(**{name: {"loss": "hinge", "n_classes": 3}[name]})
    elif name == "frozen":
        config = Config(frozen=(1, 3))
    elif name == "hidden_layer_sizes":
        config = Config(hidden_layer_sizes=(32,))
    else:
        value = int(value) if isinstance(getattr(Config(), name), int) else value
        config = Config(**{**chooses(name), name: value})
    assert config != Config(**chooses(name))
    assert from_query(to_query(config)) == (config, [])


def test_layers_frozen_on_the_way_travel_beside_other_changes():
    experiment = (
        Experiment(Config()).change(9, frozen=(1, 3), learning_rate=0.1).edit(9, {4: 0.5}).change(20, frozen=())
    )
    query = run_to_query(experiment)
    assert query["then"] == "9@frozen:1,3,lr:0.1,w4:0.5;20@frozen:none"
    assert run_from_query(query) == (experiment, 0, [])
    assert change_in_words(experiment.changes[-1]) == "frozen layers none"
    for text, sentence in (("9@frozen:7", "between 1 and 3, the output; got 7."), ("9@frozen:1,x", "got x.")):
        found, _, problems = run_from_query({"then": text})
        assert found == Experiment()
        assert len(problems) == 1
        assert problems[0].endswith(sentence)


def test_another_number_of_layers_lets_all_go():
    config = Config(frozen=(1, 3))
    assert config.changed(hidden_layer_sizes=(8,)).frozen == ()
    assert config.changed(hidden_layer_sizes=(4, 4)).frozen == (1, 3)


def test_the_default_config_has_a_bare_link():
    assert to_link(Config()) == ""


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"lr": "nan"}, "Learning rate must be between 1e-05 and 10; got nan."),
        ({"lr": "10.000000000000002"}, "Learning rate must be between 1e-05 and 10; got 10.000000000000002."),
        ({"lr": "fast"}, "Learning rate must be between 1e-05 and 10; got fast."),
        ({"batch": "2.5"}, "Batch size must be between 1 and 2000; got 2.5."),
        ({"hidden": "8,x"}, "Hidden layers must be between 1 and 128; got x."),
        ({"hidden": "8,,8"}, "Hidden layers must be between 1 and 128; got nothing."),
        ({"hidden": ""}, "Hidden layers must be between 1 and 128; got nothing."),
        ({"lr": ""}, "Learning rate must be between 1e-05 and 10; got nothing."),
        ({"frozen": ""}, "Frozen layers must be between 1 and 21; got nothing."),
        ({"hidden": ",".join(["8"] * 21)}, "Hidden layers must be at most 20 layers; got 21."),
        ({"dataset": "spiral"}, "Did you mean spirals?"),
        ({"frozen": "1,4"}, "Frozen layers must be between 1 and 3, the output; got 4."),
        ({"frozen": "2,2"}, "Frozen layers must name each layer once; got 2, 2."),
        ({"frozen": "0"}, "Frozen layers must be between 1 and 21; got 0."),
        ({"frozen": "first"}, "Frozen layers must be between 1 and 21; got first."),
        ({"activation": "tanh,relu,relu"}, "Activation must name one for all"),
        (
            {"activation": "leaky_relu,relu,relu", "leaky_relu_negative_slope": "0.3"},
            "Activation must name one for all",
        ),
        ({"colour": "red"}, "The link's “colour” is not a setting; it was left out."),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_kept(query, sentence):
    config, problems = from_query({**query, "noise": "0.2"})
    assert config == Config(noise=0.2)
    assert len(problems) == 1
    assert sentence in problems[0]


def test_of_settings_that_depend_on_others_only_the_wrong_ones_are_left_out():
    many = {"dataset": "blobs", "classes": "4", "hidden": "5", "activation": "relu", "frozen": "2"}
    good = Config(dataset="blobs", n_classes=4, hidden_layer_sizes=(5,), activations=("relu",), frozen=(2,))
    for wrong, sentence in (
        ({"loss": "binary_crossentropy"}, "Loss must be auto or one of"),
        ({"output": "relu"}, "Output activation must be identity"),
        ({"momentum": "0.5"}, "Momentum needs the optimizer momentum or nesterov; got adam."),
    ):
        config, (problem,) = from_query({**many, **wrong})
        assert config == good
        assert sentence in problem
    config, problems = from_query({**many, "classes": "9", "frozen": "7", "activation": "relu,tanh"})
    assert config == Config(dataset="blobs", hidden_layer_sizes=(5,))
    assert len(problems) == 3


def test_data_of_one_input_take_no_features_of_another():
    config, (problem,) = from_query({"dataset": "sine", "features": "x1,x2"})
    assert config == Config().changed(dataset="sine")
    assert problem == "Input features must be of x1 alone where there is one input; got x1, x2."
    assert from_query({"dataset": "sine", "features": "sin x1"})[1] == []


@pytest.mark.parametrize("remembered", [None, "simple", "full", "<script>"])
@pytest.mark.parametrize("said", [None, "simple", "full", "half"])
def test_a_link_that_says_simple_or_full_wins_over_what_the_browser_remembers(said, remembered):
    shown, problems = on_show.from_query({"view": said} if said else {}, remembered)
    assert shown.full == (said == "full" if said in ("simple", "full") else remembered == "full")
    assert len(problems) == (said == "half")
    for other in ("simple", "full", None) if shown.full else ("simple", None):  # the choice travels in the link
        assert on_show.from_query(shown.to_query(), other)[0].full == shown.full
    assert on_show.from_query(shown.to_query(), remembered)[0] == shown


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("lr=0.1&lr=0.3", ["lr"]),
        ("lr=0.1&noise=0&lr=0.3&noise=0.1", ["lr", "noise"]),
        ("lr=0.1&lr=0.1", []),
        ("embed_options=a&embed_options=b", []),
        ("", []),
    ],
)
def test_a_key_that_stands_twice_is_told(text, keys):
    problems = link.twice(parse_qsl(text))
    assert len(problems) == len(keys)
    for key, problem in zip(keys, problems, strict=True):
        assert problem.startswith(f"The link's “{key}” stands there 2 times; the last one counts, ")
    assert compared.from_link(f"?{text}")[1][: len(keys)] == problems


def test_a_setting_that_is_changed_twice_at_one_step_ends_the_changes():
    experiment, _, (problem,) = link.run_from_query({"then": "5@lr:0.1,lr:0.3;9@lr:0.3"})
    assert experiment == Experiment()
    assert problem == "The link's changes end before “5@lr:0.1,lr:0.3”: “lr” stands there twice."
    assert link.run_from_query({"then": "5@w1:0.1,w1:0.3"})[0] == Experiment()


def test_a_place_that_is_too_long_is_told():
    shown, problems = on_show.from_query({"lesson": "xor", "task": "x" * 8_001})
    assert shown.place == (("lesson", "xor"),)
    assert problems == ["The link's task must have at most 8,000 letters; it has 8,001."]


def test_streamlits_own_embed_options_are_no_problem():
    assert from_query({"embed": "true", "embed_options": "dark_theme"}) == (Config(), [])


def test_the_docs_list_every_key_of_a_link_and_which_may_change_in_mid_run():
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8").split("\n## ")[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]
    listed = [re.findall(r"`(\w+)`", keys) for keys, meaning in (row for row in rows if len(row) == 2)]
    keys = {SETTINGS[name].key: name for name in SETTINGS}
    (settings, *options) = [found for found in listed if found[0] in keys]
    assert sorted(settings + [key for found in options for key in found]) == sorted(keys)
    first, last = re.search(r"From `(\w+)` to `(\w+)` all may change", text).groups()
    between = settings[settings.index(first) : settings.index(last) + 1]
    options = {keys[key] for found in options for key in found}
    assert {keys[key] for key in between} | {
        name for name in options if SETTINGS[name].only_with != "activations"
    } == LIVE
