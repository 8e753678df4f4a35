"""Cures are judged by the engine's own runs, and sick networks are drawn from theirs."""

import base64
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.health.checkup import examine
from playground.health.cure import Outcome, Trial, beginning, helps, is_better, outcome
from playground.health.headlines import healthy_in_words, next_to_try, reservation, well_in_words
from playground.health.portrait import LEVELS, SIDE, portrait
from playground.health.sick import SICK
from playground.health.verdicts import RULES, TOO_FAST, TOO_SLOW, Try, verdicts
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.runs import Runs, network_at, new_trainer
from playground.run.seeds import Seeds
from playground.run.surface import answers, grid
from playground.web.portrait_route import picture_of, routes

ZEROS = Experiment(SICK["zeros"].config)


def trial_of(rule: str, *runs: Experiment, epochs: int, n: int) -> Trial:
    trial = Trial(rule, runs, epochs, n, nullcontext)
    while not trial.is_complete:
        trial.advance()
    return trial


def test_a_beginning_is_the_run_that_the_seeds_study_trains():
    trainer = new_trainer(Experiment())
    seeds = Seeds(trainer)
    for _ in range(3):
        seeds.train()
    for k in (0, 1, 7):
        alone = beginning(Experiment(), k)
        alone.run(3)
        np.testing.assert_allclose(
            alone.recording.parameters[-1].astype(np.float32), seeds.parameters_at(3)[1][k], rtol=1e-6
        )


def test_random_weights_cure_twins_in_every_beginning_and_the_scores_are_the_runs_own():
    after = Experiment(ZEROS.config.changed(initializer="glorot_uniform"))
    trial = trial_of("twins", ZEROS, after, epochs=40, n=3)
    assert (trial.ill(), trial.cured()) == (3, 3)
    sick, well = trial.checkups
    assert [c.epoch for c in (sick, well)] == [40, 40]
    assert [n.n_twins for n in sick.hidden] == [7, 7]
    assert [n.n_twins for n in well.hidden] == [0, 0]
    for experiment, told in zip((ZEROS, after), trial.outcomes, strict=True):
        for k in range(3):
            trainer = beginning(experiment, k)
            recording = trainer.run(40)
            assert told[k].score == recording.test_score[-1]
            assert told[k].loss == recording.test_loss[-1]
            found = [v.rule.name for v in verdicts(examine(trainer, recording.last_step, experiment.config.features))]
            assert told[k].is_ill == ("twins" in found)


def test_a_cure_in_mid_run_is_given_at_its_step_in_every_beginning():
    before = Experiment(SICK["too_slow"].config)
    after = before.change(130, learning_rate=0.3)
    trial = trial_of("rate_too_low", before, after, epochs=20, n=2)
    for k in range(2):
        trainer = beginning(before, k)
        trainer.run(10)
        changed = trainer.fork(130, optimizer=replace(trainer.settings.optimizer, learning_rate=0.3))
        while changed.recording.epochs[-1] < 20:
            changed.run(1)
        assert trial.pairs()[k][1].loss == pytest.approx(changed.recording.test_loss[-1], rel=1e-12)
        assert trial.pairs()[k][1].loss != trial.pairs()[k][0].loss


def test_only_a_beginning_that_was_ill_and_ends_better_without_the_finding_is_cured():
    trial = Trial("dead", (ZEROS, ZEROS), 1, 4, nullcontext)
    ill, well = Outcome(0.5, 0.7, is_ill=True), Outcome(0.9, 0.2, is_ill=False)
    worse = Outcome(0.4, 0.9, is_ill=False)
    trial.outcomes = [[ill, ill, ill, well], [well, ill, worse, worse._replace(loss=0.1)]]
    assert (trial.ill(), trial.cured()) == (3, 1)
    assert trial.gone() == 2, "in one of them only the finding is gone"
    assert trial.typical() == (0.5, 0.45)
    trial.outcomes[0].append(ill)  # of a beginning whose other run is still being trained nothing is told
    assert (len(trial.pairs()), trial.ill(), trial.typical()) == (4, 3, (0.5, 0.45))
    assert (trial.ill(0), trial.typical(0)) == (4, (0.5, 0.5))


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        ((0.67, 0.60), (0.66, 0.30), False),  # half the loss, but no more is right
        ((0.67, 0.60), (0.67, 0.55), False),
        ((0.67, 0.60), (0.67, 0.53), True),
        ((0.67, 0.60), (0.71, 0.60), False),
        ((0.50, 0.60), (0.55, 0.70), True),
        ((0.0, np.inf), (0.5, 0.7), True),
        ((0.0, np.inf), (0.0, np.inf), False),
        ((-np.inf, np.inf), (-np.inf, np.inf), False),
        ((-np.inf, np.inf), (-3.0, 9.0), True),
    ],
)
def test_better_is_a_clear_margin_of_score_or_of_loss_at_no_lower_score(before, after, better: bool):
    assert is_better(Outcome(*before, is_ill=True), Outcome(*after, is_ill=False)) == better


def test_a_run_that_broke_is_the_worst():
    broken = Experiment(Config(dataset="plane", activations=("relu",), optimizer="sgd", learning_rate=10.0))
    trainer = beginning(broken, 0)
    trainer.run(30)
    checkup = examine(trainer, trainer.recording.last_step)
    assert outcome(trainer, checkup, "rate_too_high") == Outcome(-np.inf, np.inf, is_ill=True)


def test_a_trial_can_be_left_at_any_slice_and_goes_on_from_there():
    after = Experiment(ZEROS.config.changed(initializer="glorot_uniform"))
    trial, slices = Trial("twins", (ZEROS, after), 30, 1, nullcontext), 0
    assert trial.seconds_left == np.inf
    while not trial.is_complete:
        trial.advance()
        slices += 1
    assert slices > 3
    assert trial.seconds_left == 0.0
    trial.advance()
    assert trial.n_done == trial.n_all == 2


@pytest.mark.parametrize("config", [Config(), Config(dataset="blobs", n_classes=4), Config(dataset="plane")])
def test_a_portrait_shows_what_the_engine_answers(config: Config):
    experiment = Experiment(config)
    trainer = new_trainer(experiment)
    trainer.run(8)
    net = network_at(trainer, trainer.recording.last_step)
    shown = portrait(experiment, net)
    assert shown is not None
    cells = np.frombuffer(base64.b64decode(shown["cells"]), np.uint8)
    _, inputs = grid(experiment, trainer.data, SIDE)
    output = answers(net, inputs)
    which = output.argmax(axis=1) if output.shape[1] > 1 else None
    if config.dataset == "spirals":
        which, sure = net.classify(inputs), np.abs(2 * output[:, 0] - 1)
        np.testing.assert_allclose(cells % LEVELS / (LEVELS - 1), sure, atol=0.5 / (LEVELS - 1) + 1e-9)
    if which is not None:
        np.testing.assert_array_equal(cells // LEVELS, which)
    assert len(shown["points"]) == 300


def test_the_route_gives_each_sick_network_its_own_run_and_nothing_else():
    runs = Runs()
    with TestClient(Starlette(routes=routes(runs.get))) as client:
        told = client.get("/portrait/zeros").json()
        run = runs.get(ZEROS)
        k = int(np.searchsorted(run.recording.epochs, SICK["zeros"].until, side="right")) - 1
        assert told["line"] == f"{round(100 * run.recording.test_score[k])} of 100 right"
        assert told["picture"] == portrait(ZEROS, network_at(run.trainer, int(run.recording.steps[k])))
        assert client.get("/portrait/nobody").status_code == 404
        assert client.post("/portrait/zeros").status_code == 405


@pytest.mark.parametrize("name", SICK)
def test_a_sick_network_is_opened_where_its_finding_is_there(name: str):
    config = SICK[name].config
    told = picture_of(name, Runs().get)
    assert told["picture"] is not None
    trainer = new_trainer(Experiment(config))
    trainer.run(SICK[name].until)
    found = verdicts(examine(trainer, trainer.recording.last_step, config.features, own_data=config.own_data))
    assert SICK[name].shows in [v.rule.name for v in found]


def test_a_run_without_a_complaint_that_has_learned_little_is_not_told_to_be_done():
    trainer = new_trainer(Experiment())
    assert "nothing has been learned yet" in reservation(examine(trainer, 0, Config().features))
    for epochs, words in ((40, "it has a way to go"), (160, "")):
        trainer.run(epochs)
        now = examine(trainer, trainer.recording.last_step, Config().features)
        assert (now.train_loss > now.chance / 2) == bool(words)
        assert reservation(now).startswith(words)
        assert bool(reservation(now)) == bool(words)


def test_a_healthy_run_whose_test_loss_rises_is_told_so_where_the_mark_stands():
    c = examine(new_trainer(Experiment()), 0, Config().features)
    epochs, train = np.arange(60.0), np.linspace(0.6, 0.1, 60)
    for last, rises in ((0.24, False), (0.26, True)):
        test = np.r_[np.linspace(0.6, 0.2, 30), np.linspace(0.2, last, 30)]
        history = replace(c.history, epochs=epochs, train_loss=train, test_loss=test)
        told = reservation(replace(c, step=1500, history=history))
        assert bool(told) == rises
        if rises:
            assert told == "it begins to learn by heart: the test loss was 0.2 at epoch 29, and is 0.26"


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (np.linspace(0.6, 0.1, 60), "it begins to learn by heart: "),
        (np.linspace(0.6, 0.1, 60) * np.tile([1.0, 1.05], 30), "it begins to learn by heart: "),
        (np.linspace(0.1, 0.12, 60), "both losses have risen, at a learning rate of 0.01: "),
        (
            np.r_[np.linspace(0.6, 0.1, 45), np.linspace(0.1, 0.2, 15)],
            "both losses have risen, at a learning rate of 0.01: ",
        ),
        (np.r_[np.linspace(0.3, 0.1, 59), 0.19], "both losses have risen, at a learning rate of 0.01: "),
        (np.linspace(0.6, 0.1, 60) * np.tile([1.4, 1.0], 30), "it begins to learn by heart: "),  # the rise lasts
        (np.linspace(0.6, 0.1, 60) * np.tile([1.0, 1.4], 30), "both losses have risen, at a learning rate of 0.01: "),
    ],
)
def test_by_heart_is_told_only_where_the_training_loss_has_not_risen(train, words: str):
    c = examine(new_trainer(Experiment()), 0, Config().features)
    test = np.r_[np.linspace(0.7, 0.2, 30), np.linspace(0.2, 0.6, 30)]
    c = replace(c, step=1500, history=replace(c.history, epochs=np.arange(60.0), train_loss=train, test_loss=test))
    told = reservation(c)
    assert told.startswith(words)
    assert "the test loss was 0.2 at epoch 29, and is 0.6" in told
    assert ("0.01" in told) == ("heart" not in words), "what rises is told with its learning rate"
    assert (RULES["overfitting"].judge(c) is not None) == ("heart" in words)


@pytest.mark.parametrize(("jump", "is_jumping"), [(1.02, False), (1.1, False), (1.5, True), (4.0, True)])
def test_a_test_loss_that_was_at_its_lowest_a_moment_ago_and_jumps_is_not_learning_by_heart(jump, is_jumping: bool):
    c = examine(new_trainer(Experiment()), 0, Config().features)
    train = np.linspace(0.3, 0.1, 60) * np.tile([jump, 1.0], 30)
    test = np.r_[np.linspace(0.7, 0.2, 55), 0.25, 0.3, 0.35, 0.4, 0.45]
    c = replace(c, step=1500, history=replace(c.history, epochs=np.arange(60.0), train_loss=train, test_loss=test))
    words = "its loss jumps by " if is_jumping else "it begins to learn by heart: "
    assert reservation(c).startswith(words)
    assert (RULES["overfitting"].judge(c) is None) == is_jumping


def test_a_change_helps_or_harms_only_where_it_is_clear():
    pairs = ((0.047, 0.160), (0.2, 0.1), (0.1, 0.095), (0.095, 0.1), (0.1, np.inf), (np.nan, 0.1), (0.1, np.nan))
    assert [helps(*pair) for pair in pairs] == [False, True, None, None, False, None, None]


def test_the_words_of_a_healthy_run_say_whether_its_updates_are_of_a_good_size():
    trainer = new_trainer(Experiment())
    trainer.run(40)
    checkup = examine(trainer, trainer.recording.last_step, Config().features)
    rows = np.full((5, 3), 1e-3)
    for low, high, words in (
        (1e-3, 1e-3, "by 0.1 %, and 0.01 % to 2 % is good."),
        (TOO_SLOW / 2, 1e-3, ", beyond the usual 0.01 % to 2 %, but"),
        (1e-3, 2 * TOO_FAST, ", beyond the usual 0.01 % to 2 %, but"),
    ):
        rows[:, 0], rows[:, 1] = low, high
        told = healthy_in_words(replace(checkup, history=replace(checkup.history, update_ratios=rows)))
        assert words in told
        assert "of the 16 hidden neurons" in told


@pytest.mark.parametrize("config", [Config(), Config(dataset="blobs"), Config(dataset="plane")])
def test_what_is_said_of_a_healthy_run_are_the_scores_that_it_recorded(config: Config):
    trainer = new_trainer(Experiment(config))
    recording = trainer.run(60)
    step, data = int(recording.steps[40]), trainer.data
    checkup, net = examine(trainer, step, config.features), network_at(trainer, step)
    bare = replace(data, x_test=data.x_test[:0], y_test=data.y_test[:0])
    for points, scores, which, n in (
        (data, recording.test_score, "new", len(data.x_test)),
        (bare, recording.train_score, "training", len(data.x_train)),
    ):
        told, score = well_in_words(checkup, net, points), float(scores[40])
        wanted = f"it gets {round(score * n)} of {n} {which} points right"
        if data.task == "regression":
            wanted = f"its R² on the {which} points is {say(score, 3)}, where 1 is perfect"
        assert told.startswith(wanted)


def test_only_layers_whose_weights_still_move_are_told_to_learn():
    trainer = new_trainer(Experiment())
    trainer.run(40)
    checkup = examine(trainer, trainer.recording.last_step, Config().features)
    for low, frozen, words in (
        (2 * TOO_SLOW, (), ", and every layer still learns"),
        (TOO_SLOW / 2, (), " points right"),
        (np.nan, (0,), ", and every layer that is not frozen still learns"),
    ):
        rows = np.full((5, 3), 1e-3)
        rows[:, 0] = low
        now = replace(checkup, history=replace(checkup.history, update_ratios=rows), frozen=frozen)
        assert well_in_words(now, trainer.net, trainer.data).endswith(words)


def test_the_next_thing_to_try_is_a_higher_rate_where_there_is_one():
    wanted = Try("Learning rate 0.03 instead of 0.01", (("learning_rate", 0.03),))
    assert next_to_try(Config()) == wanted
    assert next_to_try(Config(learning_rate=10.0)) is None, "there is no higher one"
