"""The page Compare, run without a browser: what stands side by side, and how it gets there."""

from contextlib import nullcontext

import pytest
from streamlit.testing.v1 import AppTest

from playground.app import session
from playground.run.branches import Branch
from playground.run.compared import MOST, PRESETS, to_text
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.trials import RACES, best_rate
from tests.app.test_home import FRAME

SGD = Experiment(Config(optimizer="sgd", learning_rate=0.3))


@pytest.fixture
def page() -> AppTest:
    return opened()


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update({"dataset": "moons", **query})
    app.run()
    app.switch_page(str(FRAME.parents[2] / "pages" / "compare.py")).run()
    assert not app.exception
    return app


def runs(app: AppTest) -> tuple[Experiment, ...]:
    return app.session_state["compared"]


MOONS = Experiment(Config(dataset="moons"))


def test_it_begins_with_the_run_on_screen(page):
    assert runs(page) == (MOONS,)
    assert "Which setting makes the difference?" in page.markdown[0].value


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.label)
def test_a_ready_made_set_takes_the_place_of_the_runs(page, preset):
    page.button(key=f"set {preset.label}").click().run()
    assert not page.exception
    assert runs(page) == preset.of(MOONS)
    page.button(key="clear").click().run()
    assert runs(page) == (MOONS,)


def test_a_run_is_duplicated_with_a_setting_changed(page):
    page.select_slider(key=f"new learning_rate {MOONS.name}").set_value(0.1).run()
    page.button(key="add changed").click().run()
    assert runs(page) == (MOONS, Experiment(Config(dataset="moons", learning_rate=0.1)))
    page.button(key="add changed").click().run()
    assert len(runs(page)) == 2
    assert "is there already" in page.warning[0].value


def test_the_branches_of_the_run_on_the_playground_can_be_added():
    app = opened(then="100@lr:0.1")
    fork = MOONS.change(100, learning_rate=0.1)
    assert runs(app) == (fork,)
    app.session_state["branches"] = [Branch(MOONS, 0), Branch(fork, 1)]
    app.run()
    assert [b.label for b in app.button if b.key.startswith("branch ")] == ["Add the first run"]
    app.button(key=f"branch {MOONS.name}").click().run()
    assert runs(app) == (fork, MOONS)
    assert not [b for b in app.button if b.key.startswith("branch ")]


def test_a_pasted_link_joins_them_and_a_wrong_one_is_a_sentence(page):
    page.text_input(key="pasted link").set_value("http://localhost:8501/?optimizer=sgd&lr=0.3").run()
    assert runs(page) == (MOONS, SGD)
    page.text_input(key="pasted link").set_value("?lr=warm").run()
    assert runs(page) == (MOONS, SGD)
    assert "Learning rate must be" in page.warning[0].value


def test_no_more_than_four_can_be_added(page):
    page.button(key="set Four seeds").click().run()
    assert len(runs(page)) == MOST
    assert not [w for w in page.text_input if w.key == "pasted link"]
    assert not [b for b in page.button if b.key == "add changed"]


def test_the_address_holds_what_stands_side_by_side_and_opens_it_again(page):
    page.button(key="set Four widths").click().run()
    text = page.query_params["compare"]
    assert text == to_text(runs(page))
    again = opened(compare=text)
    assert runs(again) == runs(page)


def test_add_to_compare_keeps_the_run_on_screen_from_any_other_page():
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params["optimizer"] = "rmsprop"
    app.run()
    app.button(key="add to compare").click().run()
    assert runs(app) == (Experiment(Config(optimizer="rmsprop")),)
    assert app.button(key="add to compare").disabled
    assert app.button(key="add to compare").label == "In Compare as A"
    assert "compare" not in app.query_params


def test_twenty_seeds_lead_to_compare_with_the_run_on_screen_beside_those_that_stand_there():
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params["view"] = "simple"
    app.run()
    assert "add with seeds" not in [button.key for button in app.button], "Full, or on Health"
    app.switch_page(str(FRAME.parents[2] / "pages" / "health.py")).run()
    app.button(key="add with seeds").click().run()
    assert not app.exception
    assert runs(app) == (Experiment(),)
    assert app.session_state["compare_view"].show == ("seeds",)
    assert app.session_state["page_seeds wished"] == 1
    assert "compare" in app.query_params
    # The same run again takes no second place, and is wished anew.
    app.switch_page(str(FRAME.parents[2] / "pages" / "health.py")).run()
    app.button(key="add with seeds").click().run()
    assert runs(app) == (Experiment(),)
    assert app.session_state["page_seeds wished"] == 2


def test_twenty_seeds_of_a_fifth_run_take_nothing_away_and_say_so():
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update({"view": "full", "lr": "0.07"})
    app.run()
    four = PRESETS[0].of(Experiment())
    app.session_state["compared"] = four
    app.button(key="add with seeds").click().run()
    assert not app.exception
    assert runs(app) == four
    assert app.session_state["compare_view"].show == ()
    assert f"At most {MOST} runs stand side by side" in app.warning[0].value


@pytest.mark.parametrize("name", ["Optimizers", "Batch sizes"])
def test_a_race_runs_each_at_the_rate_that_its_trial_named_and_says_so(page, name):
    setting, values = RACES[name]
    page.button_group(key="race").set_value(name).run()
    assert not page.exception
    assert [getattr(run.config, setting) for run in runs(page)] == list(values)
    for run, value in zip(runs(page), values, strict=True):
        assert run.config.learning_rate == best_rate(MOONS, setting, value, nullcontext)[0]
    told = session.plain("Each runs at the learning rate at which it did best")
    (says,) = (caption.value for caption in page.caption if told in caption.value)
    assert all(session.plain(f"{run.config.learning_rate:g}") in says for run in runs(page))
    assert not page.warning, "it would push the pictures down"
    assert page.button_group(key="race").value in (None, [])
