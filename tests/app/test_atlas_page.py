"""The page Atlas, run without a browser: what varies, around which run, and how it gets there."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from playground.app import shared_runs
from playground.run.atlas import KINDS, PRESETS, USUAL, Atlas, Axis, to_text
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.search import Dimension, Search, usual
from playground.run.search import to_text as searched
from tests.app.test_home import FRAME

MOONS = Experiment(Config(dataset="moons"))


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update({"dataset": "moons", **query})
    app.run()
    app.switch_page(str(FRAME.parents[2] / "pages" / "atlas.py")).run()
    assert not app.exception
    return app


@pytest.fixture
def page() -> AppTest:
    return opened()


def atlas(app: AppTest) -> Atlas:
    assert not app.exception
    return app.session_state["atlas_shown"]


def test_it_opens_around_the_run_on_screen(page):
    assert atlas(page) == Atlas(MOONS)
    assert page.query_params["atlas"] == to_text(Atlas(MOONS))
    assert page.query_params["dataset"] == "moons"
    assert not [b for b in page.button if b.key == "around"]


def test_a_new_atlas_is_begun_before_any_browser_asks_and_one_that_was_stopped_is_left_alone():
    page = opened(seed="17")
    survey = shared_runs.known_survey(atlas(page).name)
    assert not survey.is_new
    while survey.is_working:  # nobody asks on
        time.sleep(0.02)
    page.run()
    assert not survey.is_working


def test_a_search_is_made_in_the_sidebar_stands_in_the_link_and_both_forms_come_back_as_they_were_left():
    page = opened()
    page.select_slider(key="atlas epochs").set_value(50).run()
    grid = atlas(page)
    page.segmented_control(key="form").set_value("Search").run()
    assert atlas(page) == Search(MOONS)
    page.multiselect(key="searched").set_value(["lr", "noise", "optimizer"]).run()
    page.text_input(key="range noise").set_value("0.1 to 0.4").run()
    page.text_input(key="range optimizer").set_value("sgd, adam").run()
    page.text_input(key="range lr").set_value("").run()
    page.select_slider(key="search n_points").set_value(9).run()
    page.select_slider(key="search n_seeds").set_value(1).run()
    page.select_slider(key="search epochs").set_value(10).run()
    page.select_slider(key="search keep_one_of").set_value(2).run()
    page.segmented_control(key="search points").set_value("random").run()
    page.button(key="draw").click().run()
    axes = (usual("lr"), Dimension("noise", ends=(0.1, 0.4)), Dimension("optimizer", ("sgd", "adam")))
    made = Search(MOONS, axes, 9, 1, 10, 2, "random", 2)
    assert atlas(page) == made
    assert page.query_params["search"] == searched(made)
    assert "atlas" not in page.query_params
    assert atlas(opened(search=searched(made))) == made
    page.segmented_control(key="form").set_value("Grid").run()
    assert atlas(page) == grid
    assert "search" not in page.query_params
    page.segmented_control(key="form").set_value("Search").run()
    assert atlas(page) == made


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda page: page.multiselect(key="searched").set_value(["lr"]), "A search must vary 2 to 6 settings"),
        (lambda page: page.text_input(key="range lr").set_value("1 to 0.1"), "must go from a lower to a higher number"),
        (lambda page: page.text_input(key="range lr").set_value("0.1 to 99"), "05 and 10; got 99."),
        (lambda page: page.text_input(key="range width").set_value("2 to many"), "must be a whole number; got many."),
        (lambda page: page.text_input(key="range activation").set_value("rule"), "must be one of identity,"),
    ],
)
def test_what_cannot_be_searched_in_is_said_and_changes_nothing(act, sentence):
    page = opened(search="epochs:10;runs:4;seeds:1")
    before = atlas(page)
    act(page).run()
    assert atlas(page) == before
    assert sentence in page.warning[0].value


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.label)
def test_a_preset_takes_the_place_of_the_axes(page, preset):
    page.button(key=f"set {preset.label}").click().run()
    assert atlas(page) == preset.of(MOONS)
    assert [page.selectbox(key=f"axis {k}").value for k in range(2)] == list(preset.keys)


def test_axes_values_seeds_and_epochs_are_chosen(page):
    page.selectbox(key="axis 1").set_value("noise").run()
    assert atlas(page).axes == (USUAL[0], Axis("noise", KINDS["noise"].usual))
    page.text_input(key="values 1").set_value("0.1, 0.2").run()
    assert atlas(page).axes[1] == Axis("noise", (0.1, 0.2))
    page.text_input(key="values 1").set_value("").run()
    assert atlas(page).axes[1] == Axis("noise", KINDS["noise"].usual)
    page.select_slider(key="atlas n_seeds").set_value(5).run()
    page.select_slider(key="atlas epochs").set_value(50).run()
    assert (atlas(page).n_seeds, atlas(page).epochs) == (5, 50)
    page.selectbox(key="axis 1").set_value("none").run()
    assert atlas(page).axes == USUAL[:1]
    page.selectbox(key="axis 0").set_value("activation").run()
    assert atlas(page).axes == (Axis("activation", KINDS["activation"].usual),)


def test_what_does_not_fit_is_a_sentence_and_changes_nothing(page):
    before = atlas(page)
    page.selectbox(key="axis 1").set_value("lr").run()
    assert atlas(page) == before
    assert "two that differ" in page.warning[0].value
    assert page.selectbox(key="axis 1").value == "width"
    page.text_input(key="values 0").set_value("0.1, warm").run()
    assert atlas(page) == before
    assert "must be a number; got warm" in page.warning[0].value
    assert page.text_input(key="values 0").value == KINDS["lr"].written(before.axes[0].values)


def test_the_address_opens_it_again(page):
    page.button(key="set Activation × depth").click().run()
    again = opened(atlas=page.query_params["atlas"], tiles="score", at="20")
    assert atlas(again) == atlas(page)
    assert again.session_state["atlas_view"].show == "score"
    assert again.session_state["atlas_view"].at == 20
    wrong = opened(atlas="lr:0.1,0.2;seeds:99", tiles="inside")
    assert atlas(wrong) == Atlas(MOONS, (Axis("lr", (0.1, 0.2)),))
    assert "number of seeds" in wrong.warning[0].value
    assert "tiles must be one of" in wrong.warning[0].value


def test_another_run_on_screen_is_taken_when_asked_for(page):
    page.switch_page(str(FRAME.parents[2] / "pages" / "playground.py")).run()
    page.session_state["experiment"] = Experiment(Config(dataset="xor"))
    page.switch_page(str(FRAME.parents[2] / "pages" / "atlas.py")).run()
    assert atlas(page).base == MOONS, "it stays what it was"
    page.button(key="around").click().run()
    assert atlas(page).base == Experiment(Config(dataset="xor"))


def test_a_run_that_is_too_large_has_no_atlas_and_the_page_says_so():
    app = opened(hidden=",".join(["4"] * 20), batch="1", samples="2000")
    assert app.session_state["atlas_shown"] is None
    assert "There is no atlas around the run" in app.info[0].value
    assert "keep the workers busy for too long" in app.info[0].value


def test_the_host_alone_names_a_cluster_and_a_slip_of_his_takes_no_page_away(monkeypatch):
    monkeypatch.delenv("MLP_CLUSTER", raising=False)
    assert shared_runs.cluster_address() == ""
    monkeypatch.setattr(shared_runs.st, "secrets", {"MLP_CLUSTER": "tcp://10.0.0.5:8786"})
    assert shared_runs.cluster_address() == "tcp://10.0.0.5:8786"
    monkeypatch.setenv("MLP_CLUSTER", "http://10.0.0.5")
    assert shared_runs.cluster_address() == "http://10.0.0.5"
    shared_runs._surveys.clear()
    try:
        survey = shared_runs.survey_of(Atlas(MOONS, (Axis("lr", (0.01,)),), 1, 1))
        while not survey.is_complete or survey.is_working:
            survey.ask()
            time.sleep(0.02)
        (note,) = survey.progress().notes
        assert note.startswith("MLP_CLUSTER must be the address of a Dask scheduler")
        assert note.endswith("The work goes on with workers of this machine.")
        assert "of this machine" in survey.progress().workers
    finally:
        survey._crews.close()
        shared_runs._surveys.clear()
    assert "MLP_CLUSTER" not in opened(MLP_CLUSTER="tcp://10.0.0.5:8786").query_params, "no link names one"
