"""What the stage is told: the right frames once, and enough about the run to draw it."""

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import FIRST_EPOCHS, Gate, Run, Runs, new_trainer
from playground.web.about import GOAL_EPOCHS, about
from playground.web.message import Page, Question, decode, encode
from playground.web.reply import MOST_SINGLE_STEPS, Reply, first_reply, reply

SMALL = Experiment(Config(dataset="xor", n_samples=60, hidden_layer_sizes=(3, 2)))


def opened(run: Run, experiment: Experiment = SMALL) -> Reply:
    """What a page tells that shows a run for the first time."""
    return first_reply(experiment, run, moment=0, has_parent=True, seconds=math.inf)


def asked(run: Run, **keys) -> Reply:
    """What a stage is told that asks for something."""
    question: Question = {"run": SMALL.name, "have": -1, **keys}
    return reply(SMALL, run, question, seconds=math.inf)


@pytest.fixture
def run():
    return Runs().get(SMALL)


def test_a_message_comes_back_as_it_was_sent():
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    header, back = decode(encode({"run": {"width": 3, "wide": False, "run": "ä"}}, rows))
    assert header == {"run": {"width": 3, "wide": False, "run": "ä"}}
    np.testing.assert_array_equal(back, rows)


def test_a_fresh_page_is_sent_the_beginning_of_a_run_and_what_it_is_about(run):
    header, rows, last = opened(run)
    assert rows[0, 0] == 0
    assert rows[-1, 0] == last == run.last_step
    assert 1 <= rows[-1, 1] <= GOAL_EPOCHS == header["goal"]
    assert header["net"]["features"] == ("x1", "x2")


@pytest.mark.parametrize(
    ("experiment", "moment"),
    [
        (SMALL, 0),
        (SMALL, 6),  # the end of an epoch of three steps
        (SMALL, 7),
        (SMALL.change(10, batch_size=7), 13),
        (SMALL.change(10, batch_size=7), 10),
        (SMALL.edit(4, {2: 0.5}), 4),
        (SMALL.edit(4, {2: 0.5}), 5),
    ],
)
def test_a_page_that_opens_at_a_moment_is_sent_that_very_moment(experiment, moment):
    run = Runs().get(experiment)
    run.record_until(moment)
    header, rows, _ = first_reply(experiment, run, moment=moment, has_parent=False, seconds=0.05)
    (found,) = [row for row in rows if row[0] == moment]
    parameters = run.recording.seek(moment).parameters.astype(np.float32)
    np.testing.assert_array_equal(found[-len(parameters) :], parameters)
    steps = rows[:, 0].tolist()
    assert header["singles"] == (0 if moment in steps[:-1] or moment == 0 else 1)
    assert steps[: len(steps) - header["singles"]] == sorted(steps[: len(steps) - header["singles"]])


@pytest.mark.parametrize("is_fork", [False, True])
def test_where_others_train_a_page_stands_in_line_for_no_more_than_a_first_picture(is_fork):
    gate = Gate()
    experiment = Experiment(Config(n_samples=60))
    trainer = new_trainer(experiment)
    if is_fork:  # its past, a copy of its parent's, is on screen already
        step = trainer.run(50).steps[-1]
        experiment = experiment.change(int(step), learning_rate=0.03)
        trainer = trainer.fork(int(step), optimizer=mlp.Adam(learning_rate=0.03))
    run = Run(lambda: trainer, gate)
    with ThreadPoolExecutor(1) as pool:
        asked = None
        while asked is None or not asked.done():
            with gate.turn():  # somebody always trains
                asked = asked or pool.submit(first_reply, experiment, run, moment=0, has_parent=True, seconds=math.inf)
                time.sleep(0.002)
    assert FIRST_EPOCHS <= len(asked.result().rows) < GOAL_EPOCHS / 2
    alone = first_reply(experiment, run, moment=0, has_parent=True, seconds=math.inf)
    assert len(alone.rows) > GOAL_EPOCHS / 2, "nobody else trains: all that it plays by itself"


def test_a_run_that_blows_up_is_sent_in_its_own_numbers_to_the_last_one():
    experiment = Experiment(Config(n_samples=60, optimizer="sgd", learning_rate=0.3, l2=10.0))
    run = Runs().get(experiment)
    run.record(400, seconds=60)
    assert run.recording.diverged
    question: Question = {"run": experiment.name, "have": -1, "want": 400}
    told = reply(experiment, run, question, seconds=math.inf)
    assert told.header["wide"]
    _, rows = decode(encode({"run": told.header}, told.rows))
    recording = run.recording
    np.testing.assert_array_equal(rows[:, -recording.parameters.shape[1] :], recording.parameters)
    np.testing.assert_array_equal(rows[:, 2], recording.train_loss)
    assert np.abs(rows[-1]).max() > 1e39
    usual = reply(SMALL, Runs().get(SMALL), {"run": SMALL.name, "have": -1, "want": 5}, seconds=math.inf)
    assert not usual.header["wide"]
    assert usual.rows.dtype == np.float32


def test_pages_that_show_a_run_train_it_no_further_than_it_plays_by_itself(run):
    while run.epoch_of(run.last_step) < GOAL_EPOCHS:
        opened(run)
    run.record(3, seconds=math.inf)
    for _ in range(3):
        assert opened(run).rows[-1, 1] == GOAL_EPOCHS
    assert run.epoch_of(run.last_step) == GOAL_EPOCHS + 3


def test_a_page_that_has_frames_is_sent_only_what_follows(run):
    last = opened(run).last
    header, rows, _ = asked(run, have=last, want=5)
    assert header["after"] == last
    assert rows[0, 0] > last
    assert len(rows) == 5
    assert "net" not in header


def test_how_right_the_network_is_is_told_only_to_those_who_ask(run):
    header, _, _ = opened(run)
    assert "answers" not in header
    header, _, _ = asked(run, have=run.last_step, answers=7)
    net, data = run.trainer.net.copy(), run.trainer.data
    net.parameters[...] = run.recording.seek(7).parameters
    pairs = list(zip(data.y_test.tolist(), net.classify(data.x_test).tolist(), strict=True))
    matrix = [[pairs.count((true, said)) for said in (0, 1)] for true in (0, 1)]
    assert matrix[0][1] != matrix[1][0], "a matrix that is its own mirror image proves nothing"
    assert header["answers"] == {"step": 7, "matrix": matrix}


def test_single_steps_are_replayed_between_the_epochs(run):
    opened(run)
    header, rows, _ = asked(run, have=run.last_step, single=[4, 9])
    assert header["singles"] == 6
    np.testing.assert_array_equal(rows[-6:, 0], [4, 5, 6, 7, 8, 9])


@pytest.mark.parametrize("single", [[10**6, 2 * 10**6], [0, 10**6]])
def test_a_range_of_steps_beyond_what_is_recorded_is_answered_with_what_there_is(run, single):
    opened(run)
    rows = asked(run, have=run.last_step, single=single).rows
    assert rows[-1, 0] == min(run.last_step, single[0] + MOST_SINGLE_STEPS)


def test_a_fork_is_sent_from_its_fork_on():
    runs = Runs()
    runs.get(SMALL).record(10, seconds=math.inf)
    changed = SMALL.change(15, learning_rate=0.5)
    header, rows, _ = opened(runs.get(changed), experiment=changed)
    assert (header["parent"], header["fork"], header["after"]) == (SMALL.name, 15, 15)
    assert rows[0, 0] > 15


@pytest.mark.parametrize("dataset", Config.__dataclass_fields__["dataset"].metadata["setting"].choices)
def test_the_places_of_the_weights_in_the_flat_vector_are_those_of_the_engine(dataset):
    experiment = Experiment(Config(dataset=dataset, n_samples=60, hidden_layer_sizes=(3, 2)))
    run = Runs().get(experiment)
    parameters = run.trainer.net.parameters
    for layer, told in zip(run.trainer.net.layers, about(experiment, run)["net"]["layers"], strict=True):
        start, di, dj = told["weight"]
        for i in range(told["n_in"]):
            for j in range(told["n_out"]):
                assert parameters[start + i * di + j * dj] == layer.weights[i, j]
        start, dj = told["bias"]
        assert [parameters[start + j * dj] for j in range(told["n_out"])] == list(layer.biases)


def test_a_run_that_diverges_says_why_and_keeps_what_it_had():
    experiment = Experiment(
        Config(dataset="plane", activations=("relu",), optimizer="sgd", learning_rate=10.0, n_samples=60)
    )
    run = Runs().get(experiment)
    header, rows, last = opened(run, experiment=experiment)
    assert "learning rate" in header["diverged"]
    assert np.isfinite(run.recording.parameters).all()
    assert rows[-1, 0] == last == run.recording.diverged.step


def test_a_server_started_anew_catches_up_with_its_browser():
    behind = Runs().get(SMALL)
    behind.record(2, seconds=math.inf)
    asked(behind, have=60, single=[50, 52], want=0)
    assert behind.last_step >= 60


def test_a_page_that_follows_a_thinned_run_gets_ahead():
    full = new_trainer(SMALL)
    run = Run(lambda: mlp.Trainer(full.net, full.data, max_bytes=20_000), Gate())
    run.record_to(2000, seconds=math.inf)
    assert run.recording.stride > 8
    after = int(run.recording.steps[-3])
    _, rows, last = asked(run, have=after, want=5)
    assert len(rows) == 1
    assert last > after


def test_the_settings_to_fork_with_are_those_that_play_a_part():
    config = Config(optimizer="adamw", schedule="warm_up", adamw_weight_decay=0.02)
    live = {s["name"]: s for s in about(Experiment(config), Runs().get(Experiment(config)))["settings"]["live"]}
    assert {"adamw_weight_decay", "adam_beta_1", "warm_up_start", "clip_norm", "patience", "schedule"} <= set(live)
    assert not {"momentum", "rmsprop_rho", "cosine_epochs", "min_delta"} & set(live)
    assert live["adamw_weight_decay"]["now"] == 0.02
    for name, s in live.items():
        for value in s["values"]:
            assert Experiment(config).change(9, **{name: value}).now != config


def test_a_run_that_stops_early_says_so_with_a_mark_at_its_end_and_goes_no_further():
    config = replace(SMALL.config, noise=0.4, patience=7)
    experiment = Experiment(config)
    run = Runs().get(experiment)
    header, _, last = opened(run, experiment=experiment)
    assert header["stopped"].startswith("Early stopping: the test loss has not improved since epoch ")
    assert header["diverged"] is None
    mark = header["marks"][-1]
    assert (mark["kind"], mark["step"], mark["text"]) == ("stop", last, header["stopped"])
    assert run.recording.epochs[-1] < GOAL_EPOCHS
    question: Question = {"run": experiment.name, "have": last, "want": 9}
    header, rows, _ = reply(experiment, run, question, seconds=math.inf)
    assert (len(rows), header["reached"], header["stopped"] is not None) == (0, last, True)
    on = experiment.change(last, patience=0)
    header, _, further = opened(Runs().get(on), experiment=on)
    assert further > last
    assert header["stopped"] is None


# ---- what the page tells ---------------------------------------------------------------------------------------
def page(wish=None):
    """A page with the stage, after it was told something."""
    from types import SimpleNamespace

    import streamlit as st

    from playground.app import session, stage

    session.begin(at_home=True)
    if wish:
        st.session_state["probe"] = SimpleNamespace(wish=wish)
        session.hear("probe")
    stage.show("timeline", whole=True)


def told(app: AppTest) -> tuple[dict, np.ndarray]:
    """What the stage was given."""
    assert not app.exception
    (part,) = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "stage"]
    return decode(part.bytes)


def wishing(app: AppTest, **wish) -> tuple[dict, np.ndarray]:
    """The page after the stage has told something, or after another reason to draw it."""
    app.kwargs = {"wish": {"run": Experiment().name, "have": 5000, **wish} if wish else None}
    return told(app.run())


def test_a_page_brings_a_run_along_once_and_then_says_only_where_it_stands():
    app = AppTest.from_function(page, default_timeout=120).run()
    header, rows = told(app)
    assert len(rows) > 1
    assert header["run"]["net"]["features"] == ["x1", "x2"]
    assert header["page"].keys() == Page.__annotations__.keys()
    assert (header["page"]["serial"], header["page"]["moment"], header["page"]["whole"]) == (0, 0, True)
    header, rows = wishing(app, serial=7, moment=40)
    assert (header.keys(), len(rows)) == ({"page"}, 0)
    assert (header["page"]["serial"], header["page"]["moment"]) == (7, 40)
    assert app.session_state["held"] == {Experiment().name: 5000}
    header, _ = wishing(app)
    assert (header["page"]["serial"], header["page"]["moment"]) == (7, 40)


def test_a_page_that_goes_on_under_other_settings_brings_what_follows_the_change():
    app = AppTest.from_function(page, default_timeout=120).run()
    header, rows = wishing(app, serial=1, moment=40, change={"learning_rate": 0.1})
    changed = Experiment().change(40, learning_rate=0.1)
    assert (header["page"]["run"], header["run"]["run"]) == (changed.name, changed.name)
    assert (header["page"]["serial"], header["page"]["instead_of"]) == (1, Experiment().name)
    assert (header["run"]["parent"], header["run"]["after"]) == (Experiment().name, 40)
    assert rows[0, 0] > 40


def test_show_everything_and_show_less_keep_the_run_and_the_moment():
    app = AppTest.from_function(page, default_timeout=120).run()
    for serial, (action, view) in enumerate((("show_everything", "full"), ("show_less", "simple")), start=1):
        header, rows = wishing(app, serial=serial, moment=40, action=action)
        assert (header["page"]["view"], header["page"]["moment"], header["page"]["run"]) == (
            view,
            40,
            Experiment().name,
        )
        assert len(rows) == 0, "the browser has the run already"
        assert app.session_state["page_view_was_chosen"]


def overtaken():
    """A page that is overtaken when it has trained a little of the long way to its moment."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

    from playground.app import session, stage
    from playground.app.shared_runs import run_of

    session.begin(at_home=True)
    session.set_moment(100_000)
    run, state = run_of(session.experiment()), get_script_run_ctx().session_state
    ends = state._yield_callback

    def look() -> None:
        if run.last_step > 1000:
            raise StopException

    object.__setattr__(state, "_yield_callback", look)
    try:
        stage.show("timeline")
    except StopException:
        pass
    finally:
        object.__setattr__(state, "_yield_callback", ends)
        st.session_state["trained"] = run.last_step


def test_a_page_that_is_overtaken_trains_no_further():
    app = AppTest.from_function(overtaken, default_timeout=120).run()
    assert not app.exception
    assert 1000 < app.session_state["trained"] < 100_000
