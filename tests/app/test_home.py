"""The settings on the left: every one of them is there, says what it is, and changes the experiment it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.run.config import SETTINGS, Config
from playground.run.experiment import Experiment

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"


@pytest.fixture
def app():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["view"] = "full"
    page.run()
    assert not page.exception
    return page


def experiment(app: AppTest) -> Experiment:
    return app.session_state["experiment"]


def widget(app: AppTest, label: str):
    kinds = (
        app.slider, app.select_slider, app.selectbox, app.number_input, app.text_input, app.toggle, app.button_group
    )  # fmt: skip
    return next(w for kind in kinds for w in kind if w.label == label)


@pytest.mark.parametrize(
    ("label", "value", "settings"),
    [
        ("Samples", 300, {"n_samples": 300}),
        ("Noise", 0.3, {"noise": 0.3}),
        ("Test share", 0.2, {"test_fraction": 0.2}),
        ("Data seed", 8, {"data_seed": 8}),
        ("Classes", 4, {"n_classes": 4}),
        ("Hidden layers", "4, 3, 2", {"hidden_layer_sizes": (4, 3, 2)}),
        ("Hidden layers", "64, 64", {"hidden_layer_sizes": (64, 64)}),
        ("Hidden layers", "", {"hidden_layer_sizes": ()}),
        ("Activation", "relu", {"activations": ("relu",)}),
        ("Initial weights", "zeros", {"initializer": "zeros"}),
        ("Seed", 12, {"seed": 12}),
        ("Learning rate", 0.1, {"learning_rate": 0.1}),
        ("Batch size", 64, {"batch_size": 64}),
        ("Optimizer", "sgd", {"optimizer": "sgd"}),
        ("Loss", "hinge", {"loss": "hinge"}),
        ("L2 regularization", 0.001, {"l2": 0.001}),
        ("L1 regularization", 0.01, {"l1": 0.01}),
        ("Dropout", 0.25, {"dropout": 0.25}),
        ("Learning-rate schedule", "cosine", {"schedule": "cosine"}),
        ("Gradient clipping", 0.3, {"clip_norm": 0.3}),
        ("Early stopping", 20, {"patience": 20}),
        ("Beta 1", 0.5, {"adam_beta_1": 0.5}),
        ("Beta 2", 0.9, {"adam_beta_2": 0.9}),
        ("Epsilon", 1e-3, {"adam_epsilon": 1e-3}),
    ],
)
def test_a_widget_changes_its_setting_and_nothing_else(app, label, value, settings):
    assert widget(app, label).help.strip()
    widget(app, label).set_value(value).run()
    assert not app.exception
    assert experiment(app).now == Config().changed(**settings)
    assert widget(app, label).value == value


def test_an_activation_can_be_chosen_for_each_layer(app):
    widget(app, "One for each layer").set_value(True).run()
    widget(app, "Activation, layer 2").set_value("relu").run()
    assert experiment(app).now.activations == ("tanh", "relu")
    widget(app, "One for each layer").set_value(False).run()
    assert experiment(app).now.activations == ("tanh",)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("8; x", "Hidden layers must be whole numbers with commas between them, such as 8, 8; got 8; x."),
        ("8, 199", "Hidden layers must be between 1 and 128; got 199."),
        ("1 " * 21, "Hidden layers must be at most 20 layers; got 21."),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence_and_nothing_is_lost(app, typed, sentence):
    widget(app, "Noise").set_value(0.2).run()
    widget(app, "Hidden layers").set_value(typed).run()
    assert experiment(app).now == Config(noise=0.2)
    assert app.warning[0].value.replace("\\", "") == sentence
    assert widget(app, "Hidden layers").value == "8, 8"
    app.run()
    assert app.warning, "a page that is drawn again at once must not take the sentence away unread"
    app.session_state["notices"] = [(said - 60, text) for said, text in app.session_state["notices"]]
    app.run()
    assert not app.warning


def test_a_link_is_read_and_the_address_bar_mirrors_the_settings():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["dataset"] = "moons"
    page.query_params["lr"] = "nan"
    page.run()
    assert experiment(page).now == Config(dataset="moons")
    assert page.warning[0].value.replace("\\", "") == "Learning rate must be between 1e-05 and 10; got nan."
    assert page.query_params["dataset"] == "moons"
    assert "lr" not in page.query_params


def test_a_value_from_a_link_that_is_no_preset_is_shown_among_them_as_it_is():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["lr"] = "0.0123"
    page.run()
    assert widget(page, "Learning rate").value == 0.0123
    assert widget(page, "Learning rate").options[1:5] == ["0.003", "0.01", "0.0123", "0.03"]


def test_learning_rates_are_one_click_away_a_few_for_the_first_look_and_all_in_full():
    page = AppTest.from_file(FRAME, default_timeout=120).run()
    rates = widget(page, "Learning rate")
    assert rates.options == ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"]
    rates.set_value(1.0).run()
    assert experiment(page).now.learning_rate == 1.0
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["view"] = "full"
    rates = widget(page.run(), "Learning rate")
    assert [len(rates.options), rates.options[0], *rates.options[-3:]] == [13, "0.00001", "1", "3", "10"]


def test_a_config_outside_a_sliders_step_is_shown_as_it_is():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["samples"] = "333"
    page.run()
    assert not page.exception
    assert experiment(page).now.n_samples == 333


def test_a_network_beyond_the_buttons_opens_as_it_is_with_a_sentence_on_its_cost():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["hidden"] = ",".join(["40"] * 12)
    page.query_params["activation"] = ",".join(["relu"] * 12)
    page.query_params["view"] = "full"
    page.run()
    assert not page.exception
    assert experiment(page).now.hidden_layer_sizes == (40,) * 12
    assert widget(page, "Hidden layers").value == ", ".join(["40"] * 12)
    assert widget(page, "Activation, layer 12").value == "relu"
    assert "18,201 weights and biases, 173 times" in page.warning[0].value.replace("\\", "")
    widget(page, "Hidden layers").set_value("200").run()
    assert experiment(page).now.hidden_layer_sizes == (40,) * 12
    assert "between 1 and 128; got 200" in page.warning[0].value.replace("\\", "")


LABELS = {name: s.label for name, s in SETTINGS.items() if name not in ("dataset", "features", "n_classes")}


def labels(app: AppTest) -> set[str]:
    kinds = (app.slider, app.select_slider, app.selectbox, app.number_input, app.text_input, app.button_group)
    return {w.label for kind in kinds for w in kind}


def test_the_first_look_is_simple_and_full_shows_every_setting():
    page = AppTest.from_file(FRAME, default_timeout=120).run()
    assert labels(page) & set(LABELS.values()) == {"Noise", "Activation", "Learning rate"}
    page.button_group(key="settings_shown").set_value("Full").run()
    assert labels(page) & set(LABELS.values()) == {label for name, label in LABELS.items() if Config().applies(name)}
    assert page.query_params["view"] == "full"


def back(app: AppTest, name: str):
    return next((button for button in app.button if button.key == f"back_{name}"), None)


def test_what_is_set_apart_has_a_way_back_of_its_own_and_one_for_all(app):
    assert not any((button.key or "").startswith("back_") or button.key == "all back" for button in app.button)
    widget(app, "Noise").set_value(0.3).run()
    widget(app, "Activation").set_value("relu").run()
    widget(app, "Optimizer").set_value("sgd").run()
    assert [back(app, name).label for name in ("noise", "activations", "optimizer")] == [
        "Back to 0.1",
        "Back to Tanh",
        "Back to Adam",
    ]
    assert back(app, "learning_rate") is None
    back(app, "activations").click().run()
    assert experiment(app).now == Config(noise=0.3, optimizer="sgd")
    assert back(app, "activations") is None
    app.button(key="all back").click().run()
    assert experiment(app).now == Config()
    assert not any(button.key == "all back" for button in app.button)


@pytest.mark.parametrize("query", [
    {"dataset": "blobs", "classes": "5", "samples": "200"}, {"dataset": "blobs", "loss": "categorical_crossentropy"},
    {"dataset": "sine", "features": "x1,x1^2"},
    {"dataset": "sine", "samples": "120", "loss": "mae"}, {"dataset": "digits", "hidden": "9"},
])  # fmt: skip
def test_all_settings_back_ends_at_what_the_page_opens_with_whatever_the_data(query):
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params.update({**query, "view": "full"})
    page.run()
    page.button(key="all back").click().run()
    assert not page.exception
    assert experiment(page).now == Config()


NEEDS_MORE = ("dataset", "output_activation")  # a button by itself, and what needs other data


@pytest.mark.parametrize("name", [name for name, s in SETTINGS.items() if not s.only_with and name not in NEEDS_MORE])
def test_every_setting_can_be_set_back(app, name):
    other = {
        "n_classes": 3, "features": ("x1", "x2", "x1^2"), "hidden_layer_sizes": (3,), "activations": ("relu", "tanh"),
        "loss": "hinge", "seed": 9, "data_seed": 9, "frozen": (1,),
    }  # fmt: skip
    s, usual = SETTINGS[name], getattr(Config(), name)
    value = other.get(name) or next(v for v in (*s.choices, *s.presets, s.low, s.high) if v not in (None, usual))
    app.session_state["experiment"] = Experiment(Config().changed(**{name: type(usual)(value)}))
    app.run()
    assert not app.exception
    back(app, name).click().run()
    assert experiment(app).now == Config()


def test_simple_names_what_is_set_apart_and_not_on_show():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params.update({"optimizer": "sgd", "batch": "20", "noise": "0.2"})
    page.run()
    told = [c.value.replace("\\", "") for c in page.caption]
    assert "Also set, and shown in Full: Optimizer SGD, Batch size 20." in told
    assert back(page, "noise") is not None
    page.button(key="all back").click().run()
    assert experiment(page).now == Config()


OPTIONS = {name: s for name, s in SETTINGS.items() if s.only_with}


@pytest.mark.parametrize(("chooser", "choice"), [
    *(("optimizer", name) for name in mlp.OPTIMIZERS), *(("schedule", name) for name in mlp.SCHEDULES),
    ("patience", 0), ("patience", 20),
])  # fmt: skip
def test_a_choice_shows_its_own_settings_and_no_others_and_each_of_them_works(app, chooser, choice):
    widget(app, SETTINGS[chooser].label).set_value(choice).run()
    config = Config().changed(**{chooser: choice})
    fitting = [name for name in OPTIONS if config.applies(name)]
    assert labels(app) & {s.label for s in OPTIONS.values()} == {OPTIONS[name].label for name in fitting}
    for name in fitting:
        if OPTIONS[name].only_with == chooser:
            value = next(v for v in OPTIONS[name].presets if v != getattr(config, name))
            widget(app, OPTIONS[name].label).set_value(value).run()
            assert not app.exception
            config = config.changed(**{name: value})
            assert experiment(app) == Experiment(config)


def test_a_link_hides_a_setting_that_comes_with_a_choice():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params.update({"view": "full", "hide": "adam_epsilon,clip"})
    page.run()
    assert {"Beta 1", "Beta 2"} <= labels(page)
    assert not {"Epsilon", "Gradient clipping"} & labels(page)


def test_a_link_hides_settings_and_names_what_it_cannot_hide():
    page = AppTest.from_file(FRAME, default_timeout=120)
    page.query_params["hide"] = "noise,lr,roof"
    page.run()
    assert labels(page) & set(LABELS.values()) == {"Activation"}
    assert "The link cannot hide roof" in page.warning[0].value.replace("\\", "")
    assert page.query_params["hide"] == "lr,noise"
