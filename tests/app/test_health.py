"""The page Health: the numbers on it are the engine's, and its buttons make the experiments that they promise."""

import base64
import json
import math
import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.app import alone, cures
from playground.app.shared_runs import run_of
from playground.health.checkup import examine
from playground.health.cure import Outcome, Trial
from playground.health.numbers import tables
from playground.health.portrait import portrait
from playground.health.sick import SICK
from playground.health.verdicts import RULES, Try
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import to_query
from playground.run.number import say
from playground.run.runs import network_at, new_trainer
from playground.web.about import GOAL_EPOCHS

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"


def open_page(page: str = "health", step: int = 0, **query: str) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.session_state["moment"] = step
    return app.switch_page(f"../../pages/{page}.py").run()


def charts_of(app: AppTest) -> list[dict]:
    """What the components of playground/charts.py were given."""
    parts = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "charts"]
    return [chart for part in parts for chart in json.loads(part.json)["charts"]]


def portraits_of(app: AppTest) -> dict:
    """What the last of the page's rows of small pictures was given."""
    rows = [p.proto for p in app.get("bidi_component") if p.proto.component_name == "portraits"]
    return json.loads(rows[-1].json)


def _query_of(config: Config) -> dict[str, str]:
    return {} if config.own_data is not None else to_query(config)


def figures(app: AppTest) -> dict[str, dict]:
    """By their titles."""
    return {chart["title"]: json.loads(chart["figure"]) for chart in charts_of(app)}


def numbers(column: list | dict) -> np.ndarray:
    """Plotly sends arrays as base64."""
    if isinstance(column, dict):
        return np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"])
    return np.asarray(column, float)


def test_the_page_shows_the_engines_numbers_at_the_moment():
    app = open_page(step=1000)
    assert not app.exception
    charts = figures(app)
    assert list(charts) == [
        "The gradient on its way back", "Flat and dead neurons", "Activations", "Weights", "Gradients",
        "Gradient norm of each layer", "Size of one update over size of the weights",
        "Gradient against the output layer's",
    ]  # fmt: skip
    trainer = new_trainer(Experiment())
    trainer.run(41)
    wanted = examine(trainer, 1000)
    told = app.info[0].value
    assert told.startswith("At epoch 40, step 1000, nothing is wrong, but it has a way to go")
    share = round(100 * float(trainer.recording.train_loss[40]) / wanted.chance)
    assert f"its loss is {share} % of what guessing alone would get" in told
    (staircase,) = charts["The gradient on its way back"]["data"]
    np.testing.assert_allclose(numbers(staircase["x"]), wanted.gradient_shares)
    flat, dead = charts["Flat and dead neurons"]["data"]
    np.testing.assert_allclose(numbers(flat["x"]), [layer.flat.mean() for layer in wanted.layers])
    np.testing.assert_allclose(numbers(dead["x"]), [layer.n_dead / layer.n_units for layer in wanted.layers])
    for k, layer in enumerate(wanted.layers):
        for title, values in (("Activations", layer.a), ("Weights", layer.weights)):
            strip = charts[title]["data"][k]
            edges, shares = numbers(strip["x"])[1::2], numbers(strip["customdata"])[1:-1:2]
            counts, _ = np.histogram(values, edges)
            np.testing.assert_allclose(shares, counts / counts.sum(), err_msg=f"{title} of {layer.name}")
        norms = charts["Gradient norm of each layer"]["data"][k]
        early = numbers(norms["x"])
        early = early[early <= 41.0].astype(int)
        assert norms["name"] == layer.name
        np.testing.assert_array_equal(numbers(norms["y"])[: len(early)], trainer.recording.gradient_norms[early, k])
        updates = charts["Size of one update over size of the weights"]["data"][k]
        assert updates["name"] == layer.name
        past = numbers(updates["x"])
        early = [int(np.flatnonzero(past == epoch)[0]) for epoch in wanted.history.update_epochs if epoch in past]
        ratios = [
            r[k] for e, r in zip(wanted.history.update_epochs, wanted.history.update_ratios, strict=True) if e in past
        ]
        assert len(early) > 3
        np.testing.assert_allclose(numbers(updates["y"])[early], ratios)


@pytest.fixture
def two_beginnings(monkeypatch: pytest.MonkeyPatch):
    """Cures are put to the test from two beginnings only, to epoch 30."""
    monkeypatch.setattr(cures, "N_SEEDS", 2)
    monkeypatch.setattr(cures, "GOAL_EPOCHS", 30)
    monkeypatch.setattr(cures, "LEAST_EPOCHS", 30)
    monkeypatch.setattr(cures, "TRAIN_SECONDS", math.inf)


@pytest.mark.usefixtures("two_beginnings")
def test_a_sick_network_gets_its_verdict_and_its_cure_starts_a_new_run():
    app = open_page(step=3000, **to_query(SICK["deep_sigmoid"].config))
    words = " ".join(m.value for m in app.markdown)
    assert "**1 finding at epoch 120, step 3000**" in words, "what comes of it is not counted"
    assert f"What comes of it:\n- **{RULES['chance'].title}**: " in words
    keys = [chart["key"] for chart in charts_of(app)]
    assert keys[:5] == ["proof vanishing", "flat", "Activations", "Weights", "Gradients"]
    assert not [b for b in app.main.button if b.key == "try_chance"]
    app.button(key="try_vanishing").click().run()
    assert not app.exception
    now = app.session_state["experiment"].now
    assert (now.activations, now.hidden_layer_sizes) == (("tanh",), (8, 8))
    said = " ".join(m.value for m in app.markdown)
    assert "**The gradient fades**" not in said
    assert "The cure: Use two hidden layers of tanh**, against “The gradient fades”" in said
    trial = app.session_state["page_cure"].trial
    assert [len(trial.pairs()), trial.epochs] == [2, 120], "as far as the run on screen"
    assert cures.in_words(trial) in said
    before, after = portraits_of(app)["portraits"]
    for shown, experiment, result in zip((before, after), trial.runs, trial.pairs()[0], strict=True):
        trainer = new_trainer(experiment)
        recording = trainer.run(120)
        right = round(100 * recording.test_score[-1])
        assert shown["line"] == f"{right} of 100 right, loss {say(float(recording.test_loss[-1]), 3)}"
        assert result.score == recording.test_score[-1]
    assert app.session_state["moment"] == 3000, "what comes is looked at where it is judged"
    shown = {chart["key"]: json.loads(chart["figure"]) for chart in charts_of(app)}
    assert list(shown)[:3] == ["Before vanishing", "After vanishing", "flat"], "the same picture is not shown twice"
    for key, checkup in zip(("Before vanishing", "After vanishing"), trial.checkups, strict=True):
        np.testing.assert_allclose(numbers(shown[key]["data"][0]["x"]), checkup.gradient_shares)


@pytest.mark.usefixtures("two_beginnings")
def test_the_moment_after_a_cure_is_the_one_that_its_card_judges_and_undo_leads_to_the_sick_one():
    app = open_page(step=250, **to_query(SICK["zeros"].config))
    app.button(key="try_twins").click().run()
    assert app.session_state["page_cure"].trial.epochs == 30
    assert app.session_state["moment"] == 750
    assert "At epoch 30, step 750" in " ".join(m.value for m in (*app.info, *app.success))
    assert app.session_state["past"][-1] == (Experiment(SICK["zeros"].config), 250)


def test_a_picture_that_proves_a_finding_is_not_shown_twice():
    for seed, proof, is_cause in ((0, "proof dead", True), (1, "proof rate_too_high", False)):
        config = Config(activations=("relu",), optimizer="sgd", learning_rate=0.3 if is_cause else 3.0, seed=seed)
        run_of(Experiment(config)).record_to(60, math.inf)
        app = open_page(step=1500, **to_query(config))
        assert "Dead neurons" in " ".join(m.value for m in app.markdown)
        keys = [chart["key"] for chart in charts_of(app)]
        assert keys[0] == proof
        assert ("flat" in keys) != is_cause, "what only comes of a finding is shown with the other layers' numbers"


@pytest.mark.usefixtures("two_beginnings")
def test_a_test_that_was_stopped_keeps_what_is_known_and_goes_on_when_it_is_told_to():
    app = open_page(step=3000, **to_query(SICK["zeros"].config))
    app.session_state["page_cure_outcome_stopped"] = True
    app.button(key="try_twins").click()
    app.run()
    given = app.session_state["page_cure"]
    trial = given.trial
    assert trial.is_complete, "a new cure is put to the test even where the last was stopped"
    again = Trial(trial.rule, trial.runs, trial.epochs, 2, nullcontext)
    while not again.pairs():
        again.advance()
    app.session_state["page_cure"] = replace(given, trial=again)
    app.session_state["page_cure_outcome_stopped"] = True
    app.run()
    assert len(again.pairs()) == 1
    assert "From one beginning" in " ".join(m.value for m in app.markdown)
    app.button(key="cure_outcome_stop").click().run()
    assert again.is_complete
    assert again.outcomes == trial.outcomes
    assert not [b for b in app.button if b.key == "cure_outcome_stop"]


def rows_of(app: AppTest) -> list[dict]:
    """The rows of the table of single changes."""
    told = portraits_of(app)
    assert told["kind"] == "changes"
    return told["portraits"]


@pytest.mark.usefixtures("two_beginnings")
def test_each_change_is_tried_alone_and_told_in_the_numbers_of_its_own_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alone, "N_BEGINNINGS", 1)
    app = open_page(step=1000, **to_query(SICK["zeros"].config))
    app.button(key="alone_twins").click().run()
    assert not app.exception
    as_it_is, first, *others = rows_of(app)
    assert len(others) == 3
    base = Experiment(SICK["zeros"].config)
    changed = Experiment(base.config.changed(initializer="glorot_uniform"))
    trainers = [new_trainer(base), new_trainer(changed)]
    before, after = (float(trainer.run(40).test_score[-1]) for trainer in trainers)
    assert as_it_is["line"] == f"{round(100 * before)} of 100 right"
    assert as_it_is["finding"] == "the finding in 1 of 1"
    assert first["label"] == "Initial weights: Glorot uniform instead of Zeros"
    assert first["line"] == f"{round(100 * before)} → {round(100 * after)} of 100 right"
    assert first["shares"] == [before, after]
    assert first["finding"] == "cures 1 of 1"
    assert {row["finding"] for row in others} == {"cures none of 1"}
    assert app.session_state["page_tried_twins"].cure == 1, "the cure on the button has a row"
    assert first["picture"] == portrait(changed, network_at(trainers[1], 1000))
    assert not [b for b in app.button if b.key == "alone_twins"], "it was done for this moment"
    app.session_state["moment"] = 500
    app.run()
    assert app.button(key="alone_twins").label == "Try each alone, to epoch 30"
    assert rows_of(app)[1] == first, "what was tried stays"


def test_a_finding_that_is_gone_from_a_run_that_learns_no_better_is_no_cure():
    ill, well = Outcome(0.67, 0.60, is_ill=True), Outcome(0.66, 0.59, is_ill=False)
    better = Outcome(0.85, 0.1, is_ill=False)
    trial = Trial("dead", (Experiment(),) * 5, 5, 2, nullcontext)
    trial.outcomes = [[ill, ill], [well, ill], [better, well], [better, better], [ill, ill]]
    assert [alone._finding(trial, k) for k in range(5)] == [
        "the finding in 2 of 2",
        "the finding is gone in 1 of 2, but it learns no better",
        "cures 1 of 2; gone in 1 more, but it learns no better",
        "cures 2 of 2",
        "cures none of 2",
    ]
    trial.outcomes = [[ill, ill], [well, better]]
    said = cures.in_words(trial)
    assert "cures 1 of 2.**" in said
    assert "Once the finding is gone, but the run learns no better." in said


ILL, STILL = Outcome(0.5, 0.7, is_ill=True), Outcome(0.5, 0.7, is_ill=False)
IDLE, CURED = Outcome(0.5, 0.7, is_ill=False), Outcome(0.9, 0.2, is_ill=False)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([], [], "Both train to epoch 5, from 2 draws of the first weights, one after the other."),
        (
            [ILL],
            [CURED],
            "**From one beginning: cures 1 of 1.** It has 50 of 100 right before, and 90 of 100 right after.",
        ),
        (
            [ILL] * 2,
            [CURED] * 2,
            "**From 2 beginnings: cures 2 of 2.** Typically 50 of 100 right before, and 90 of 100 right after.",
        ),
        ([ILL, ILL, STILL], [CURED, CURED, IDLE], " The other one loses the finding by itself."),
        ([ILL, STILL, STILL], [CURED, IDLE, IDLE], " The other 2 lose the finding by themselves."),
        ([ILL, ILL], [CURED, IDLE], " Once the finding is gone, but the run learns no better."),
        ([ILL] * 3, [CURED, IDLE, IDLE], " 2 times the finding is gone, but the run learns no better."),
        (
            [ILL],
            [ILL],
            "**From one beginning: cures 0 of 1.** It has 50 of 100 right before, and 50 of 100 right after.",
        ),
        ([STILL], [IDLE], "From one beginning: without the cure, too, the finding is gone by the end. "),
    ],
)
def test_what_a_cure_has_done_is_told_in_good_grammar_for_every_count(before, after, wanted: str):
    trial = Trial("dead", (Experiment(),) * 2, 5, 2, nullcontext)
    trial.outcomes = [before, after]
    said = cures.in_words(trial)
    assert said.startswith(wanted) or said.endswith(wanted)
    assert "other" not in said or "other" in wanted


def test_a_change_that_ends_far_below_the_best_is_not_called_a_cure_and_few_draws_are_said_to_be_few():
    better, best = Outcome(0.6, 0.5, is_ill=False), Outcome(0.97, 0.1, is_ill=False)
    trial = Trial("dead", (Experiment(),) * 4, 5, 2, nullcontext)
    trial.outcomes = [[ILL, ILL], [better, better], [best, best], [ILL, ILL]]
    assert [alone._finding(trial, k) for k in (1, 2, 3)] == [
        "the finding is gone in 2 of 2, but only 60 of 100 right", "cures 2 of 2", "cures none of 2",
    ]  # fmt: skip
    trial.outcomes = [[ILL, ILL], [better], [best], []]
    assert [alone._finding(trial, k) for k in (1, 2)] == [
        "1 of 2 draws so far: the finding is gone in 1 of 1, but only 60 of 100 right",
        "1 of 2 draws so far: cures 1 of 1",
    ]
    trial.outcomes = [[ILL], [better], [], []]
    assert alone._finding(trial, 1) == "1 of 2 draws so far: cures 1 of 1", "no better one is known yet"


def test_where_scores_do_not_tell_a_change_apart_the_loss_is_told_too():
    trial = Trial("dead", (Experiment(),) * 3, 5, 1, nullcontext)
    trial.outcomes = [[Outcome(*one, is_ill=False)] for one in ((0.6, 0.9), (0.6, 0.5), (0.7, 0.5))]
    assert [alone._line(trial, which) for which in range(3)] == [
        "60 of 100 right",
        "60 → 60 of 100 right, loss 0.9 → 0.5",
        "60 → 70 of 100 right",
    ]


def test_the_best_changes_stand_first_and_one_that_beats_the_cure_is_named():
    options = tuple(Try(label, (("x", 1),), again=True) for label in ("Shallow", "Tanh", "GELU"))
    trial = Trial("dead", (Experiment(),) * 4, 5, 1, nullcontext)
    tried = alone.Tried(RULES["dead"], options, trial, 2)
    scores = [(0.6, 0.6), (0.7, 0.5), (0.9, 0.3), (1.0, 0.1)]
    trial.outcomes = [[Outcome(*one, is_ill=False)] for one in scores[:3]] + [[]]
    assert alone._ranked(trial) == [1, 2, 3], "not all are tried"
    assert not alone._against_the_cure(tried)
    trial.outcomes[3] = [Outcome(*scores[3], is_ill=False)]
    assert alone._ranked(trial) == [3, 2, 1]
    wanted = "“GELU” alone does better than “Tanh”: 100 of 100 right instead of 90."
    assert alone._against_the_cure(tried) == wanted
    trial.outcomes[2] = [Outcome(1.0, 0.3, is_ill=False)]
    assert alone._against_the_cure(tried).endswith(": a loss of 0.1 instead of 0.3.")
    trial.outcomes[2] = [Outcome(0.96, 0.05, is_ill=False)]
    none_is = "No change here does clearly better than the cure, “{}”."
    assert alone._against_the_cure(tried) == none_is.format("Tanh"), "the margin is too small"
    assert alone._against_the_cure(replace(tried, cure=3)) == none_is.format("GELU")
    assert not alone._against_the_cure(replace(tried, cure=None))


def test_what_did_better_than_the_cure_becomes_the_first_button():
    app = open_page(step=1000, **to_query(SICK["zeros"].config))
    base = Experiment(SICK["zeros"].config)
    options = (
        Try("Initial weights: Glorot uniform instead of Zeros", (("initializer", "glorot_uniform"),), again=True),
        Try("Learning rate: 0.1 instead of 0.03", (("learning_rate", 0.1),), again=True),
    )
    trial = Trial("twins", (base, *(option.experiment(base, 0) for option in options)), 200, 1, nullcontext)
    trial.portraits = [None] * 3
    for better, labels in ((1, ["Give"]), (2, ["Start again with learning rate 0.1", "Give"])):
        scores = [0.5, 0.6, 0.6]
        scores[better] = 0.9
        trial.outcomes = [[Outcome(score, 1 - score, is_ill=False)] for score in scores]
        app.session_state["page_tried_twins"] = alone.Tried(RULES["twins"], options, trial, 1)
        app.run()
        assert not app.exception
        buttons = [b for b in app.main.button if b.key.startswith(("best_", "try_"))]
        assert len(buttons) == len(labels)
        assert [b.label for b in buttons][:-1] == labels[:-1]
    app.button(key="best_twins").click().run()
    assert app.session_state["experiment"] == Experiment(base.config.changed(learning_rate=0.1))


def test_a_healthy_run_offers_a_higher_rate_beside_it_and_says_what_that_has_done():
    moons = Config(dataset="moons", hidden_layer_sizes=(4,))
    app = open_page(step=2500, **to_query(moons))
    app.button(key="try_next").click().run()
    assert not app.exception
    faster = Experiment(moons).change(0, learning_rate=0.03)
    assert app.session_state["experiment"] == faster
    assert app.session_state["moment"] == 2500
    losses = [float(new_trainer(x).run(100).test_loss[-1]) for x in (Experiment(moons), faster)]
    assert losses[1] < 0.5 * losses[0]
    told = " ".join(m.value for m in app.markdown)
    assert (
        f"The loss on new points is {say(losses[1], 3)}; at this epoch it was {say(losses[0], 3)} with a rate" in told
    )
    assert "A rate of 0.03 learns faster." in told
    assert app.button(key="try_next").label == "Learning rate 0.1 instead of 0.03, from the start"


def test_a_table_that_was_stopped_tells_what_it_knows_and_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alone, "N_BEGINNINGS", 1)
    app = open_page(step=500, **to_query(SICK["zeros"].config))
    monkeypatch.setattr(cures, "TRAIN_SECONDS", 0.0)
    app.button(key="alone_twins").click().run()
    tried = app.session_state["page_tried_twins"]
    while tried.trial.n_done < 2:
        tried.trial.advance()
    app.button(key="tried_twins_stop").click().run()
    lines = [row["line"] for row in rows_of(app)]
    assert all("of 100 right" in line for line in lines[:2])
    assert set(lines[2:]) == {"not tried yet"}
    done = tried.trial.n_done
    app.run()
    assert tried.trial.n_done == done == 2, "nobody trains what was stopped"
    monkeypatch.setattr(cures, "TRAIN_SECONDS", math.inf)
    app.button(key="tried_twins_stop").click().run()
    assert tried.trial.is_complete
    assert all("of 100 right" in row["line"] for row in rows_of(app))


def test_use_it_shows_the_run_of_its_row():
    def click():
        from playground.app.session import begin

        begin(at_home=False)
        import streamlit as st

        from playground.app import alone, session
        from playground.health.alone import alone as changes
        from playground.health.cure import Trial
        from playground.health.verdicts import RULES, Try, Verdict

        options = tuple(
            changes(Verdict(RULES["dead"], "", (), (Try("x", (("batch_size", 50),)),)), session.experiment().now)
        )
        tried = alone.Tried(RULES["dead"], options, Trial("dead", (session.experiment(),), 1, 1, alone.turn), None)
        st.session_state["rows"] = type("Said", (), {"chosen": st.session_state["name"]})
        alone._use("rows", tried, 75)

    for name, batch_size in (("Batch size: 50 instead of 10", 50), ("no such row", 10), (7, 10)):
        clicked = AppTest.from_function(click, default_timeout=120)
        clicked.session_state["name"] = name
        clicked.run()
        assert not clicked.exception
        assert clicked.session_state["experiment"] == Experiment(Config().changed(batch_size=batch_size))


def test_what_a_cure_has_done_is_only_told_beside_its_own_run():
    app = open_page(step=500)
    other = Experiment(Config(seed=5))
    app.session_state["page_cure"] = cures.Given("Dead", "x", Trial("dead", (other, other), 5, 2, nullcontext))
    assert "The cure" not in " ".join(m.value for m in app.run().markdown)


@pytest.mark.usefixtures("two_beginnings")
def test_a_cure_that_may_change_in_mid_run_forks_at_the_moment():
    app = open_page(step=2000, **to_query(SICK["too_slow"].config))
    app.button(key="try_rate_too_low").click().run()
    (change,) = app.session_state["experiment"].changes
    assert change.step == 2000
    assert dict(change.settings)["learning_rate"] > 1e-3


def test_only_the_charts_of_the_moment_change_with_it():
    run_of(Experiment()).record_to(60, math.inf)  # or more of the run would be there the second time
    app = open_page(step=1000)
    before = charts_of(app)
    app.session_state["moment"] = 1010
    after = charts_of(app.run())
    changed = [a["key"] for a, b in zip(after, before, strict=True) if a != b]
    assert changed == ["proof vanishing", "flat", "Activations", "Weights", "Gradients"]


def test_charts_over_time_end_with_the_timeline_though_others_have_trained_the_run_further():
    run_of(Experiment(Config().changed(n_samples=60, seed=77))).record(GOAL_EPOCHS + 50, seconds=math.inf)
    app = open_page(samples="60", seed="77")
    norms, *_, by_time = list(figures(app).values())[5:]
    for figure in (norms, by_time):
        assert max(numbers(trace["x"]).max() for trace in figure["data"]) == GOAL_EPOCHS


def test_every_chart_is_told_in_its_numbers():
    told = {chart["key"]: chart["words"] for chart in charts_of(open_page(step=1000, activation="relu"))}
    trainer = new_trainer(Experiment(Config(activations=("relu",))))
    trainer.run(41)
    first = examine(trainer, 1000).layers[0]
    flat = f"{100 * first.flat.mean():.1f} % of the outputs in a flat part, {first.n_dead} of 8 neurons dead"
    assert f"Layer 1: {flat}" in told["flat"]
    low, middle, high = (f"{f(first.weights):.3g}".replace("-", "−") for f in (np.min, np.median, np.max))
    assert f"Layer 1: from {low} to {high}, half of them below {middle}." in told["Weights"]
    size = np.abs(first.weight_gradients)
    assert f"to {size.max():.3g}, half" in told["Gradients"]
    assert re.match(r"Gradient norms from epoch 0 to \d+\. Layer 1: \S+ at first, \S+ at last; from", told["norms"])
    assert re.search(r"Output: \S+ at first", told["updates"])
    assert told["map"] == told["norms"]


@pytest.mark.parametrize("name", SICK)
def test_the_patients_are_one_click_away(name: str):
    app = open_page()
    assert name in [shown["name"] for shown in portraits_of(app)["portraits"]]

    def click():
        from playground.app.cures import open_patient
        from playground.app.session import begin

        begin(at_home=False)
        import streamlit as st

        open_patient(st.session_state["name"])

    clicked = AppTest.from_function(click, default_timeout=120)
    clicked.session_state["name"] = name
    clicked.run()
    assert not clicked.exception
    assert clicked.session_state["experiment"].config == SICK[name].config
    found = open_page(step=clicked.session_state["moment"], **_query_of(SICK[name].config))
    if SICK[name].config.own_data is None:
        titles = " ".join(m.value for m in found.markdown)
        assert RULES[SICK[name].shows].title in titles, "it is opened where its finding is there"


@pytest.mark.parametrize(
    "query",
    [
        {"dataset": "plane"},
        {"dataset": "blobs", "hidden": "none"},
        {"activation": "relu", "optimizer": "sgd", "lr": "10.0"},
        {"hidden": "8,8,8,8,8,8,8,8,8,8", "activation": "step"},
        {"init": "zeros"},
    ],
)
def test_the_page_stands_whatever_the_run(query: dict[str, str]):
    app = open_page(**query)
    assert not app.exception


def test_the_tables_hold_the_numbers_of_the_plots():
    trainer = new_trainer(Experiment())
    trainer.run(20)
    checkup = examine(trainer, 500)
    found = tables(checkup)
    np.testing.assert_array_equal(found["Gradient norms"]["layer 1"], trainer.recording.gradient_norms[:, 0])
    np.testing.assert_array_equal(found["Loss"]["test loss"], trainer.recording.test_loss)
    assert found["Layers"]["gradient norm"][0] == pytest.approx(trainer.recording.gradient_norms[-1, 0], rel=1e-12)
    bins = found["Histograms"]
    sums = bins.groupby(["quantity", "layer"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    text = found["Layers"].to_csv(index=False)
    assert text.splitlines()[0].startswith("layer,activation,neurons,dead neurons")
