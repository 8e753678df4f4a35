"""Rules: read as they are meant, refused in sentences, and judged as a plain loop over the numbers judges them."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.scenes.challenge import Challenge, try_out
from playground.scenes.rules import COUNTED, MEASURED, Clause, Rule, changed, judge, read_rule
from playground.scenes.trial import MOST_KEPT, Trial, Trials

XOR = Config(dataset="xor", hidden_layer_sizes=(3,), learning_rate=0.03)


def test_a_rule_says_what_is_measured_what_is_counted_when_and_how_often():
    rule = read_rule("test accuracy >= 95 %; neurons <= 6; epochs <= 150; seeds 4 of 5")
    assert rule == Rule((Clause("test accuracy", ">=", 0.95), Clause("neurons", "<=", 6.0)), 150, False, 4, 5)
    assert read_rule(" TEST  loss<=0.4;epochs = 200 ") == Rule((Clause("test loss", "<=", 0.4),), 200, True)
    assert rule.words == (
        "At least 95 % of the test points right, at most 6 neurons, by epoch 150, from 4 of 5 different first weights."
    )


clauses = st.one_of(
    st.builds(
        Clause,
        st.sampled_from(["test accuracy", "train accuracy"]),
        st.sampled_from([">=", "<=", "<", ">"]),
        st.integers(0, 100).map(lambda p: p / 100),
    ),
    st.builds(Clause, st.sampled_from(["test loss", "train loss"]), st.sampled_from(["<=", ">="]), st.integers(0, 9)),
    st.builds(Clause, st.sampled_from(COUNTED), st.sampled_from(["<=", "=", ">="]), st.integers(0, 500)),
)


@settings(deadline=None)
@given(st.lists(clauses, min_size=1, max_size=4), st.integers(1, 1000), st.booleans(), st.integers(1, 10))
def test_what_a_rule_is_written_as_reads_as_the_same_rule(found, epochs, at_end, seeds):
    rule = Rule((*found, Clause("test loss", "<=", 1.0)), epochs, at_end, (seeds + 1) // 2, seeds)
    again = read_rule(str(rule))
    assert str(again) == str(rule)
    assert [c.name for c in again.clauses] == [c.name for c in rule.clauses]
    assert np.allclose([c.bound for c in again.clauses], [c.bound for c in rule.clauses])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("test accuracy >= 95", "must be a percentage"),
        ("test accuracy >= 195 %", "must be a percentage"),
        ("test loss <= 40 %", "only an accuracy is a percentage"),
        ("neurons <= 4", "must say what is measured"),
        ("", "must say what is measured"),
        ("test accuracy >= 95 % neurons <= 6", "no clause of a rule"),
        ("accuracy >= 95 %", "no clause of a rule"),
        ("test accuracy >= 95 %; neurons <= 2.5", "must be a whole number"),
        ("test accuracy >= 95 %; epochs >= 10", "epochs must be"),
        ("test accuracy >= 95 %; epochs <= 100000", "epochs must be"),
        ("test accuracy >= 95 %; seeds 6 of 5", "Seeds must be"),
        ("test accuracy >= 95 %; seeds 4 of 50", "Seeds must be"),
        ("test accuracy >= 95 %;" * 40, "at most 300 letters"),
    ],
)
def test_a_wrong_rule_is_a_sentence(text, part):
    with pytest.raises(ValueError, match=part):
        read_rule(text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_a_sentence(text):
    try:
        read_rule(text)
    except ValueError as error:
        assert str(error).endswith((".", "”."))  # noqa: PT017


# ---- trials: the numbers are those of the engine -------------------------------------------------------------------
def test_a_trial_comes_to_the_numbers_of_each_seed_trained_alone():
    trial = Trial(XOR, 3)
    trial.train(8)
    for k in range(3):
        trainer = new_trainer(Experiment(XOR.changed(seed=1 + k)))
        recording = trainer.run(epochs=8)
        assert np.allclose(trial.curves.test_loss[:, k], recording.test_loss, rtol=1e-12, atol=0)
        assert np.array_equal(trial.curves.test_score[:, k], recording.test_score)


def test_a_network_trains_to_the_same_digits_whichever_others_train_beside_it():
    few, many = Trials(), Trials()
    for config in (XOR, Config(batch_size=250, hidden_layer_sizes=(16, 16))):
        ten = many.curves(config, 10, 30, nullcontext)
        five = many.curves(config, 5, 20, nullcontext)  # known already
        alone = few.curves(config, 5, 30, nullcontext)
        assert five.test_loss.shape == (31, 5)
        assert np.array_equal(alone.test_loss, five.test_loss)
        assert np.array_equal(alone.train_loss, ten.train_loss[:, :5])


def test_early_stopping_ends_each_seed_where_a_trainer_ends_it():
    config = XOR.changed(noise=0.4, patience=4, min_delta=0.003)
    trial = Trial(config, 4)
    trial.train(60)
    for k in range(4):
        recording = new_trainer(Experiment(config.changed(seed=1 + k))).run(epochs=60)
        assert len(recording) < 61, "this test needs runs that stop early"
        last = len(recording) - 1
        assert np.allclose(trial.curves.test_loss[: last + 1, k], recording.test_loss, rtol=1e-9, atol=0)
        assert (trial.curves.test_loss[last:, k] == trial.curves.test_loss[last, k]).all()


def by_hand(rule: Rule, curves: mlp.Curves) -> int:
    """How many seeds do it, by a loop."""
    solved = 0
    for k in range(rule.seeds):
        epochs = [rule.epochs] if rule.at_end else range(rule.epochs + 1)
        for epoch in epochs:
            values = {name: getattr(curves, attribute)[epoch, k] for name, attribute in MEASURED.items()}
            ok = {
                ">=": lambda a, b: a >= b,
                "<=": lambda a, b: a <= b,
                "<": lambda a, b: a < b,
                ">": lambda a, b: a > b,
            }
            if all(ok[c.sign](values[c.name], c.bound) for c in rule.measured):
                solved += 1
                break
    return solved


TRIALS = Trials()


@pytest.mark.parametrize(
    "text",
    [
        "test accuracy >= 95 %; epochs <= 110; seeds 1 of 10",
        "test accuracy >= 95 %; epochs = 110; seeds 1 of 10",
        "test loss <= 0.2; train loss >= 0.05; epochs <= 110; seeds 1 of 10",
        "test loss <= 0.2; train accuracy > 97 %; epochs = 60; seeds 1 of 7",
    ],
)
def test_a_verdict_is_what_a_loop_over_the_numbers_says(text):
    rule = read_rule(text)
    curves = TRIALS.curves(XOR, 10, 110, nullcontext)
    verdict = judge(rule, XOR, XOR, curves)
    assert verdict.solved == by_hand(rule, curves)
    assert 0 < verdict.solved < rule.seeds, "a test that all or none pass shows little"
    assert f"{verdict.solved} of the {rule.seeds} beginnings led there" in " ".join(verdict.reasons)


def test_one_lucky_seed_does_not_count_and_the_reasons_say_how_near_the_others_came():
    rule = read_rule("test accuracy >= 95 %; epochs <= 150; seeds 4 of 5")
    curves = TRIALS.curves(XOR, 5, 150, nullcontext)
    verdict = judge(rule, XOR, XOR, curves)
    assert not verdict.passed
    assert verdict.solved == 3
    best = [curves.test_score[1:151, k].max() for k, seed in enumerate(verdict.seeds) if seed.epoch < 0]
    assert all(f"{100 * value:.1f} %".replace(".0 %", " %") in verdict.reasons[-1] for value in best)


def test_what_is_counted_is_counted_of_the_settings():
    curves = TRIALS.curves(XOR, 5, 150, nullcontext)
    rule = read_rule("test accuracy >= 1 %; neurons <= 2; layers = 1; parameters <= 13; changes <= 0")
    verdict = judge(rule, XOR, XOR.changed(noise=0.2), curves)
    assert verdict.reasons[:2] == (
        "The goal is at most 2 neurons; yours: 3.",
        "The goal is at most 0 settings changed; yours: 1.",
    )
    assert not verdict.passed


def test_a_diverged_seed_is_told_and_never_passes():
    config = Config(dataset="plane", optimizer="sgd", learning_rate=10.0)
    curves = TRIALS.curves(config, 5, 5, nullcontext)
    verdict = judge(read_rule("test loss <= 100; epochs = 5"), config, config, curves)
    assert not verdict.passed
    assert "grew beyond all bounds" in verdict.reasons[-1]


# ---- challenges ----------------------------------------------------------------------------------------------------
CHALLENGE = Challenge(
    XOR,
    ("hidden_layer_sizes", "optimizer"),
    read_rule("test accuracy >= 95 %; epochs <= 150"),
    (read_rule("neurons <= 6", may_be_empty=True), read_rule("neurons <= 4", may_be_empty=True)),
)


@pytest.mark.parametrize(("sizes", "stars"), [((3,), 0), ((8,), 1), ((6,), 2), ((4,), 3)])
def test_stars_are_for_doing_it_with_less(sizes, stars):
    result = try_out(CHALLENGE, Experiment(XOR.changed(hidden_layer_sizes=sizes)), TRIALS, nullcontext)
    assert result.stars == stars


def test_what_may_not_be_changed_is_refused_by_name_and_what_comes_with_a_choice_may():
    locked = Experiment(XOR.changed(noise=0.0, learning_rate=0.1))
    result = try_out(CHALLENGE, locked, TRIALS, nullcontext)
    assert result.stars == 0
    assert "leaves as it is: Noise, Learning rate" in result.reasons[0]
    assert CHALLENGE.problem(Experiment(XOR.changed(adam_beta_1=0.5, seed=9))) is None
    assert changed(XOR.changed(seed=9), XOR) == []


def test_a_change_on_the_way_is_judged_from_the_beginning_and_said():
    experiment = Experiment(XOR.changed(hidden_layer_sizes=(4,))).change(50, optimizer="sgd")
    result = try_out(CHALLENGE, experiment, TRIALS, nullcontext)
    again = try_out(CHALLENGE, Experiment(experiment.now), TRIALS, nullcontext)
    assert result.verdicts == again.verdicts
    assert "changes on the way do not count" in result.reasons[-1]


def test_a_trial_is_given_up_when_nobody_waits_and_refused_when_it_would_take_minutes():
    trained = []
    with pytest.raises(ValueError, match="Nobody waits"):
        Trials().curves(XOR, 5, 100, nullcontext, gone=lambda: len(trained) >= 3, tell=trained.append)
    assert trained == [2, 4, 6]
    large = Config(hidden_layer_sizes=(128, 128), n_samples=2000)
    with pytest.raises(ValueError, match=r"too many to be trained|would take minutes"):
        Trials().curves(large, 5, 1000, nullcontext)


def test_the_trials_that_are_remembered_are_bounded():
    trials = Trials()
    for seed in range(MOST_KEPT + 5):
        trials.alone(Config(dataset="xor", n_samples=20, hidden_layer_sizes=(), seed=seed), 1, nullcontext)
    assert len(trials._kept) == MOST_KEPT


def test_a_trial_is_the_same_whatever_seed_is_on_screen_and_goes_on_where_a_shorter_one_ended():
    trials = Trials()
    few = trials.curves(XOR.changed(seed=9), 3, 6, nullcontext)
    more = trials.curves(XOR, 3, 12, nullcontext)
    assert more.test_loss.shape == (13, 3)
    assert np.array_equal(few.test_loss, more.test_loss[:7])
    assert not np.array_equal(trials.alone(XOR.changed(seed=9), 6, nullcontext).test_loss[:, 0], few.test_loss[:, 0])
