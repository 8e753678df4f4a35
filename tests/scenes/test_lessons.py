"""The lessons that come along: every claim holds, every solution passes, every named wrong one fails."""

import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from playground.__main__ import main
from playground.run.experiment import Experiment
from playground.run.glossary import glossary, words_in
from playground.run.on_show import SIMPLE
from playground.run.runs import new_trainer
from playground.scenes.answers import compute, read_answer
from playground.scenes.lesson import SCREENS, read_lesson
from playground.scenes.lesson_check import check_lesson
from playground.scenes.library import FOLDER, library, text_of
from playground.scenes.trial import Trials

TRIALS = Trials()
NAMES = list(library())


def test_there_are_twelve_in_order_each_with_all_six_screens():
    assert len(NAMES) == 12
    for lesson in library().values():
        assert [screen.kind for screen in lesson.screens] == list(SCREENS), lesson.name
        assert lesson.about
        assert lesson.screens[-1].solutions
        assert lesson.screens[-1].wrong
        assert 0 < len(lesson.challenge.rules) <= 3


@pytest.mark.parametrize("name", NAMES)
def test_all_that_a_lesson_claims_holds(name):
    told = []
    assert check_lesson(text_of(name), name, TRIALS, nullcontext, told.append) == []
    screens = library()[name].screens
    claims = sum(len(s.facts) + sum(r.shows is not None for r in s.reasons if not r.is_right) for s in screens)
    assert len(told) >= claims + 2, "the checker has passed over something"


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_to_the_prediction_lies_within_what_can_be_guessed(name):
    question = library()[name].screen("predict").question
    if question.options:
        assert 0 <= question.right < len(question.options)
        return
    if question.is_line:
        return  # test_border.py
    screen = library()[name].screen("run")
    answer = compute(question.answer, screen.run, screen.until, TRIALS, nullcontext)
    assert question.low <= answer <= question.high
    assert question.is_right(answer, answer)
    far = question.low if answer - question.low > question.high - answer else question.high
    assert not question.is_right(far, answer), "any guess would be right"


# What lesson texts say in numbers that no rule can.
def test_layer_by_layer_a_line_parts_the_spirals_better_as_the_lesson_says():
    shares = []
    for seed in range(1, 6):
        trainer = new_trainer(Experiment(library()["what-the-layers-do"].screen("run").run.config.changed(seed=seed)))
        trainer.run(epochs=200)
        x, y = trainer.data.x_test, trainer.data.y_test
        seen = [x, *(layer.a for layer in trainer.net.trace(x, y)[:-1])]
        shares.append([LogisticRegression(C=1e4, max_iter=5000).fit(a, y).score(a, y) for a in seen])
    inputs, first, second = np.transpose(shares)
    assert (abs(inputs - 0.65) < 0.02).all()
    assert ((first > 0.66) & (first < 0.82)).all()
    assert (second > 0.95).all()


def test_with_equal_weights_eight_neurons_stay_one():
    screen = library()["same-start-same-fate"].screen("run")
    trainer = new_trainer(screen.run)
    trainer.run(epochs=screen.until)
    weights = trainer.net.layers[0].weights
    assert np.ptp(weights, axis=1).max() < 1e-12
    assert abs(trainer.recording.test_score[-1] - 0.89) < 0.02


def test_sigmoid_makes_a_correction_at_least_four_times_smaller():
    from mlp import ACTIVATIONS

    assert ACTIVATIONS["sigmoid"].slope(np.linspace(-9, 9, 1001)).max() <= 0.25


def test_the_best_that_a_line_can_do_on_the_overfitting_run_is_as_told():
    curves = TRIALS.curves(library()["learning-by-heart"].screen("run").run.config, 10, 200, nullcontext)
    lowest = curves.test_loss.argmin(axis=0)
    assert ((lowest >= 45) & (lowest <= 85)).all()
    assert abs(np.median(curves.test_loss.min(axis=0)) - 0.33) < 0.02
    assert abs(np.median(curves.test_loss[-1]) - 0.5) < 0.05


# ---- words ---------------------------------------------------------------------------------------------------------
TOO_MUCH = re.compile(r"gradient|glorot|logit|cross-entropy|backprop|hyperparameter|regulari[sz]er|\bbatch norm", re.I)


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_speaks_to_a_sixteen_year_old(name):
    text = "\n".join(f"{s.heading}\n{s.text}\n{s.hint}" for s in library()[name].screens)
    assert not TOO_MUCH.search(text), TOO_MUCH.search(text)
    sentences = re.split(r"(?<=[.!?:;])\s+", re.sub(r"[*“”]", "", text))
    words = [len(sentence.split()) for sentence in sentences if sentence]
    assert np.mean(words) < 15, "long sentences"
    assert max(words) < 40, max(sentences, key=lambda s: len(s.split()))
    assert words_in(text), "nothing of it is in the glossary"


def test_every_word_in_bold_is_explained_in_the_glossary():
    for lesson in library().values():
        for screen in lesson.screens:
            for bold in re.findall(r"\*\*(.+?)\*\*", screen.text):
                assert words_in(bold), (lesson.name, bold)


def test_the_glossary_is_plain_and_the_first_lesson_shows_only_what_simple_shows():
    assert all(len(meaning) < 200 and not TOO_MUCH.search(meaning) for meaning in glossary().values())
    assert set(library()["one-neuron"].screens[0].controls) <= set(SIMPLE)


# ---- answers, against the recording ---------------------------------------------------------------------------------
def test_answers_are_those_of_the_recording():
    run = library()["learning-by-heart"].screen("run").run
    recording = new_trainer(run).run(epochs=200)
    for text, truth in (
        ("test accuracy", 100 * recording.test_score[200]),
        ("train loss", recording.train_loss[200]),
        ("epoch of lowest test loss", recording.test_loss.argmin()),
        ("epoch of train accuracy >= 90 %", np.argmax(recording.train_score >= 0.9)),
    ):
        assert compute(read_answer(text), run, 200, TRIALS, nullcontext) == pytest.approx(truth, rel=1e-9), text
    never = compute(read_answer("epoch of test accuracy >= 100 %"), run, 200, TRIALS, nullcontext)
    assert np.isnan(never)
    with pytest.raises(ValueError, match="is no answer"):
        read_answer("the meaning of life")


# ---- the checker ---------------------------------------------------------------------------------------------------
def test_the_command_line_checks_a_file_and_names_what_is_wrong_by_line(tmp_path: Path, capsys):
    path = tmp_path / "mine.md"
    shutil.copy(FOLDER / "01-one-neuron.md", path)
    assert main(["lesson", "check", str(path)]) == 0
    said = capsys.readouterr()
    assert "gets 3 of 3 stars" in said.out
    assert "fails, as it should" in said.out
    assert said.err == ""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("&lr=0.3 -->", "&lr=0.001 -->"), encoding="utf-8")
    assert main(["lesson", "check", str(path)]) == 1
    line = next(k for k, row in enumerate(text.split("\n"), 1) if "solution:" in row)
    assert f"Line {line}: The solution ?dataset=separable&hidden=none&lr=0.001 fails." in capsys.readouterr().err


FAULTS = [
    ("<!-- screen: play -->", "<!-- screen: dance -->", "must say which screen it is"),
    ("<!-- screen: play -->", "", "this part says none"),
    ("<!-- screen: compare -->", "<!-- screen: run -->", "a second one"),
    ("controls: noise, lr", "controls: noise, colour", "controls must name settings"),
    ("until: 30 ;", "until: soon ;", "until must be an epoch"),
    ("?dataset=separable&hidden=none ; until", "?dataset=separated ; until", "Did you mean separable?"),
    ("?dataset=separable&hidden=none ; until", "https://x.org ; until", "must be what stands behind"),
    ("epoch: 0..200", "epoch: 200", "must be a range"),
    ("answer: epoch of lowest test loss ;", "", "needs “answer”"),
    ("within: 25", "within: near", "within must be a number"),
    ("<!-- epoch: 0..200 ; ", "<!-- right: 1 ; ", "must ask one thing"),
    ("goal: test accuracy >= 99 %; ", "goal: ", "must say what is measured"),
    ("goal: test accuracy", "aim: test accuracy", "A challenge needs a goal"),
    ("controls: lr, batch", "controls: none", "needs “controls”"),
    ("wrong-reason: It has", "guess: It has", "has no command “guess”"),
    ("shows: ?dataset=circles&hidden=none ;", "", "needs a run that shows it wrong"),
    ("minutes: 6", "minutes: some", "minutes must be"),
    ("title: One", "titel: One", "has no command “titel”"),
    ("until: 30 ;", "until: 30 ; until: 3 ;", "a second time"),
    ("holds: test accuracy >= 85 %; epochs = 30", "holds: test accuracy >= 85 %; epochs = 1", "does not reach"),
    ("<!-- solution: ?dataset=separable&hidden=none&lr=0.3 -->", "", "needs a “solution”"),
    ("lr=0.3 -->", "lr=0.03 -->", "No solution gets all 3 stars"),
    ("lr=0.3 -->", "lr=0.3&noise=0.2 -->", "leaves as it is: Noise"),
    ("none&lr=0.001", "none&lr=0.1", "should fail, but gets"),
    ("epochs <= 4; seeds 4", "epochs <= 6; seeds 4", "begins with meets the goal already"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), FAULTS, ids=[f"{k}" for k in range(len(FAULTS))])
def test_every_fault_is_a_sentence_with_its_line(old, new, sentence):
    text = next(text for name in ("one-neuron", "learning-by-heart") if old in (text := text_of(name)))
    problems = check_lesson(text.replace(old, new, 1), "mine", TRIALS, nullcontext)
    assert any(sentence in problem.sentence for problem in problems), problems
    assert all(problem.line >= 1 and problem.sentence[-1] in ".?" for problem in problems)


def test_a_fault_names_the_line_it_stands_in():
    text = text_of("one-neuron").replace("until: 30", "until: never", 1)
    (problem,) = read_lesson(text, "mine")[1]
    assert "until: never" in text.split("\n")[problem.line - 1]
