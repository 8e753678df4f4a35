"""The border that a pupil's line is compared with: scikit-learn's for one neuron, and areas known from geometry."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.run.surface import half_side
from playground.scenes.border import Border, N, border, line_in_words, read_line
from playground.scenes.lesson import read_lesson
from playground.scenes.lesson_check import check_lesson
from playground.scenes.library import library, text_of
from playground.scenes.trial import Trials
from playground.scenes.worksheet import answer_key, worksheet

ONE_NEURON = library()["one-neuron"]
RUN = ONE_NEURON.screen("run")


def half_plane(slope: float = 0.0) -> Border:
    """Blue above the line x2 = slope * x1, on the square from -1 to 1."""
    along = np.linspace(-1, 1, N)
    return Border(1.0, np.zeros((0, 3)), along[:, np.newaxis] - slope * along)


def test_the_border_is_that_of_logistic_regression_on_the_same_points():
    config = Config(dataset="moons", hidden_layer_sizes=())
    truth = border(Experiment(config), 1000, nullcontext)
    points = new_trainer(Experiment(config)).data
    assert (truth.points[:, :2] == points.x_train).all()
    assert (truth.points[:, 2] == points.y_train.ravel()).all()
    model = LogisticRegression(C=np.inf).fit(points.x_train, points.y_train.ravel())
    (w1, w2), bias = model.coef_[0], model.intercept_[0]
    theirs = (0.0, -bias / w2, 1.0, -(bias + w1) / w2)
    assert truth.agreement(theirs) > 99
    assert np.abs(truth.crossings() @ (w1, w2) + bias).max() / np.hypot(w1, w2) < 0.1


def test_the_border_is_that_of_the_recording_at_the_last_epoch():
    run = Experiment(Config(dataset="xor", hidden_layer_sizes=(4,), learning_rate=0.1))
    truth = border(run, 25, nullcontext)
    trainer = new_trainer(run)
    trainer.run(epochs=25)
    along = np.linspace(-truth.side, truth.side, N)
    for row, column in ((0, 0), (7, 50), (60, 3), (33, 31)):
        ours = trainer.net.predict_proba(np.array([[along[column], along[row]]]))[0, 1] - 0.5
        assert truth.values[row, column] == pytest.approx(ours, abs=1e-12)


def test_the_border_of_a_network_with_other_features_lies_on_the_plane_of_its_points():
    config = Config(dataset="circles", hidden_layer_sizes=(), features=("x1^2", "x2^2"), learning_rate=0.1)
    truth = border(Experiment(config), 200, nullcontext)
    points, _ = make_data(Experiment(config))
    assert (truth.points[:, :2] == points.x_train).all()
    assert truth.side == half_side(points)
    along = np.linspace(-truth.side, truth.side, N)
    column, row = (np.abs(along[:, np.newaxis] - truth.points[:, k]).argmin(axis=0) for k in (0, 1))
    assert ((truth.values[row, column] > 0) == truth.points[:, 2]).mean() > 0.9


@pytest.mark.parametrize(
    ("line", "share"),
    [
        ((-1, 0, 1, 0), 100.0),
        ((1, 0, -1, 0), 100.0),  # which end is which does not matter
        ((0, -1, 0, 1), 50.0),
        ((-1, 0.5, 1, 0.5), 75.0),
        ((-0.1, -0.1, 0.1, 0.1), 75.0),  # the diagonal: two triangles, an eighth of the square each
        ((-1, -1, 1, -1), 50.0),
    ],
)
def test_agreement_is_the_share_of_the_square_that_is_parted_alike(line, share):
    assert half_plane().agreement(line) == pytest.approx(share, abs=2.0)


@settings(deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(-1, 1), st.floats(-1, 1))
def test_agreement_with_any_line_lies_between_50_and_100_and_is_full_with_its_own(slope, height, tilt):
    truth = half_plane(slope)
    assert truth.agreement((-1, -slope, 1, slope)) > 98
    assert 50 <= truth.agreement((-1, height - tilt, 1, height + tilt)) <= 100
    nearest = truth.nearest_line()
    assert nearest is not None
    assert truth.agreement(nearest) > 96
    assert np.allclose(truth.crossings()[:, 1], slope * truth.crossings()[:, 0])


@pytest.mark.parametrize(
    "said",
    [None, [], "line", {}, [1, 2, 3], [1, 2, 3, "4"], [0, 0, 0, float("nan")], [0, 0, 0, float("inf")], [0, 0, 0, True],
     [0, 0, 0, 2.1], [1, 1, 1, 1], [[0], 0, 0, 1]],
)  # fmt: skip
def test_what_is_no_line_on_the_plane_is_none(said):
    assert read_line(said, 2.0) is None


def test_a_line_is_read_and_told():
    line = read_line([-2.0, 0, 1.257, 2], 2.0)
    assert line == (-2.0, 0.0, 1.257, 2.0)
    assert line_in_words(line) == "the line through (−2.00, 0.00) and (1.26, 2.00)"


# ---- in a lesson ---------------------------------------------------------------------------------------------------
def test_a_good_line_is_right_and_that_of_somebody_who_has_not_looked_is_not():
    truth, question = border(RUN.run, RUN.until, nullcontext), ONE_NEURON.screen("predict").question
    assert question.is_right(truth.agreement((-1, 0, 1, 0)), 100.0)
    for line in ((0, -1, 0, 1), (-1, 1, 1, 1), (-1, -1, 1, 1), (-1, 1, 1, -1)):
        assert not question.is_right(truth.agreement(line), 100.0), line


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("line: border", "line: colours", "line must be “border”"),
        ("line: border ; within: 10", "line: border", "it is missing"),
        ("within: 10", "within: 50", "got “50”"),
        ("within: 10", "within: near", "got “near”"),
        ("line: border", "line: border ; epoch: 0..30", "must ask one thing"),
        ("?dataset=moons&hidden=none ; until", "?dataset=circles&hidden=8&lr=0.1 ; until", "border is no line"),
        ("?dataset=moons&hidden=none ; until", "?dataset=blobs&classes=3 ; until", "parts two classes on a plane"),
        ("?dataset=moons&hidden=none ; until", "?dataset=sine&hidden=4 ; until", "parts two classes on a plane"),
        ("within: 10", "within: 0.5", "to within 0.5 %"),
    ],
)
def test_every_fault_of_such_a_question_is_a_sentence_with_its_line(old, new, sentence):
    text = text_of("one-neuron")
    assert old in text
    problems = check_lesson(text.replace(old, new, 1), "mine", Trials(), nullcontext)
    assert any(sentence in problem.sentence for problem in problems), problems
    assert all(problem.line > 1 for problem in problems)


def test_the_worksheet_shows_the_points_and_its_key_the_border():
    truth = border(RUN.run, RUN.until, nullcontext)
    sheet, key = worksheet(ONE_NEURON), answer_key(ONE_NEURON, Trials(), nullcontext)
    assert sheet.count("<circle") == key.count("<circle") == len(truth.points)
    assert sheet.count('class="c1"') == (truth.points[:, 2] == 1).sum()
    x1, x2, _ = truth.points[0]
    assert f'cx="{100 * x1 / truth.side:.1f}" cy="{-100 * x2 / truth.side:.1f}"' in sheet
    assert 'd=""' in sheet
    assert key.count("h0") == len(truth.crossings()) > 50
    assert "at least 90 % of the picture" in key


def test_a_lesson_without_a_run_asks_for_no_line():
    text = text_of("one-neuron")
    before, _, after = text.partition("---\n# Run")
    lesson, problems = read_lesson(before + "---\n# What came" + after.partition("---\n# What came")[2], "mine")
    assert problems == []
    assert "<svg" not in worksheet(lesson)
