"""The talks that are ready to be given: in order, short enough, and true in every figure that they name."""

import re

import numpy as np
import pytest

from playground.geometry.fold import separations
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.scenes.document import read as read_document
from playground.scenes.document import write
from playground.scenes.ready import ready_talks
from playground.scenes.recorded import epoch_of, new_studio
from playground.scenes.talk import Rule, read_talk
from playground.scenes.talk_check import check

STUDIO = new_studio()


def recorded(epochs: float = 200, **settings):
    run = STUDIO.run_of(Experiment(Config(**settings)))
    run.record_to(epochs, 60)
    return run


def test_at(epoch: float, **settings) -> float:
    run = recorded(epoch, **settings)
    return float(run.recording.test_score[np.searchsorted(run.recording.epochs, epoch)])


test_at.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def checked():
    return {name: check(source, STUDIO) for name, source in ready_talks().items()}


def test_there_are_three():
    assert list(ready_talks()) == ["depth", "learning_rate", "vanishing"]


@pytest.mark.parametrize("name", ready_talks())
def test_a_talk_is_in_order_and_can_be_given_in_its_time(name, checked):
    found = checked[name]
    assert [str(problem) for problem in found.problems] == []
    assert 0.2e6 < len(found.file) < 8e6
    assert found.talk.minutes == 6
    moving = sum(stop.play.seconds for scene in found.talk.scenes for stop in scene.stops if stop.play)
    said = " ".join(stop.say for scene in found.talk.scenes for stop in scene.stops)
    # The rest is hers: at 130 words a minute she must have time to say at least what stands on the screen.
    assert moving + 60 * len(said.split()) / 130 < 360
    assert all(scene.notes for scene in found.talk.scenes), "every scene says something to the speaker alone"


@pytest.mark.parametrize("name", ready_talks())
def test_a_talk_that_is_written_again_is_the_same_talk(name):
    document, _ = read_document(ready_talks()[name])
    again, problems = read_talk(write(document))
    assert problems == []
    before, _ = read_talk(ready_talks()[name])
    assert [(s.heading, s.runs, s.notes) for s in again.scenes] == [(s.heading, s.runs, s.notes) for s in before.scenes]


# ---- what they say ---------------------------------------------------------------------------------------------
WIDE, DEEP = {"hidden_layer_sizes": (20,)}, {"hidden_layer_sizes": (8, 6)}
MOONS = {"dataset": "moons", "optimizer": "sgd", "learning_rate": 0.1}
EIGHT = {**MOONS, "hidden_layer_sizes": (8,) * 8}


def test_no_straight_line_has_more_than_three_clouds_of_four():
    data = recorded(0, dataset="xor", hidden_layer_sizes=()).trainer.data
    x, y = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    best = 0.0
    for angle in np.linspace(0, np.pi, 180, endpoint=False):
        order = np.argsort(x @ [np.cos(angle), np.sin(angle)])
        right = np.cumsum(2 * y[order] - 1)  # how many more of one class than of the other lie on one side
        shares = (right - (right[-1] - right) + len(y)) / (2 * len(y))
        best = max(best, float(shares.max()), float((1 - shares).max()))
    assert best == pytest.approx(0.75, abs=0.03)


def test_one_layer_and_two_with_about_as_many_numbers():
    sizes = [recorded(**each).trainer.net.n_parameters for each in (WIDE, DEEP)]
    assert sizes == [81, 85]
    assert test_at(200, **WIDE) == pytest.approx(0.82, abs=0.005)
    assert test_at(200, **DEEP) == pytest.approx(0.98, abs=0.005)


def test_from_ten_starts_the_worst_deep_one_beats_the_best_wide_one():
    wide, deep = ([test_at(200, seed=seed, **each) for seed in range(1, 11)] for each in (WIDE, DEEP))
    assert max(wide) < min(deep)
    assert [round(100 * x) for x in (min(wide), max(wide), min(deep), max(deep))] == [75, 84, 87, 98]


def test_eight_layers_of_sigmoid_learn_nothing_and_two_do():
    run = recorded(activations=("sigmoid",), **EIGHT)
    assert run.recording.test_score[-1] == 0.5
    assert test_at(200, activations=("sigmoid",), **MOONS) == pytest.approx(0.98, abs=0.005)
    norms = run.recording.gradient_norms[0]
    assert (norms[-1], norms[0]) == (pytest.approx(0.073, abs=5e-4), pytest.approx(3.8e-6, abs=5e-8))
    assert norms[-1] / norms[0] == pytest.approx(19_000, rel=0.02)
    assert 4**8 == 65_536


def test_with_tanh_all_layers_are_pushed_about_alike_and_with_relu_it_learns_too():
    tanh = recorded(60, activations=("tanh",), **EIGHT)
    norms = tanh.recording.gradient_norms[0]
    assert norms.max() / norms.min() < 5
    relu = recorded(60, activations=("relu",), initializer="he_normal", **EIGHT)
    assert (test_at(60, activations=("tanh",), **EIGHT), relu.recording.test_score[60]) == (1.0, 1.0)


def test_three_learning_rates():
    shares = [round(100 * test_at(150, optimizer="sgd", learning_rate=rate)) for rate in (0.01, 0.3, 3.0)]
    assert shares[:2] == [66, 98]
    assert 45 <= shares[2] <= 75, "it never settles, so its last digit is another on every kind of processor"
    loss = recorded(optimizer="sgd", learning_rate=3.0).recording.train_loss[:201]
    assert np.mean(np.diff(loss) > 0) == pytest.approx(0.5, abs=0.07), "it goes up as often as down"
    slow = recorded(optimizer="sgd", learning_rate=0.01).recording.train_loss[:201]
    assert slow[-1] < slow[-20], "and the small one still falls"


def test_the_edge_of_the_bowl_is_two_over_its_steepest_curvature():
    bowl = {"dataset": "plane", "hidden_layer_sizes": (), "batch_size": 250, "optimizer": "sgd"}
    x = recorded(0, learning_rate=0.3, **bowl).trainer.data.x_train
    inputs = np.column_stack([x, np.ones(len(x))])
    steepest = np.linalg.eigvalsh(2 * inputs.T @ inputs / len(x))[-1]
    assert (steepest, 2 / steepest) == (pytest.approx(6.2, abs=0.05), pytest.approx(0.322, abs=5e-4))
    below, above = (recorded(30, learning_rate=rate, **bowl).recording.train_loss[:31] for rate in (0.3, 0.35))
    assert below[-1] < 0.02 < below[0]
    assert above[-1] > 10 * above[0]


def test_bold_first_and_careful_later():
    run = STUDIO.run_of(Experiment(Config(optimizer="sgd", learning_rate=1.0)).change(1000, learning_rate=0.1))
    run.record_to(120, 60)
    epochs, scores = run.recording.epochs, run.recording.test_score
    assert epochs[np.searchsorted(run.recording.steps, 1000)] == 40
    first = epoch_of(Rule("test", True, 0.95), run)
    assert first is not None
    assert 40 < first <= 100
    assert scores[np.searchsorted(epochs, first)] >= 0.95
    noise = [np.abs(np.diff(run.recording.train_loss[a:b])).mean() for a, b in ((20, 40), (45, 65))]
    assert noise[0] > 4 * noise[1]
    assert round(100 * scores[-1]) == 97
    assert round(100 * test_at(120, optimizer="sgd", learning_rate=0.1)) == 86
    bold = recorded(120, optimizer="sgd", learning_rate=1.0).recording.test_score[60:]
    assert bold.min() < 0.65
    assert 0.7 < bold.max() < 0.95


def test_adam_beside_sgd_at_the_same_rate():
    assert [round(100 * test_at(120, optimizer=name, learning_rate=0.01)) for name in ("sgd", "adam")] == [66, 98]


def test_the_four_neurons_reach_what_the_scene_plays_until():
    run = recorded(60, dataset="xor", hidden_layer_sizes=(4,), learning_rate=0.03)
    first = epoch_of(Rule("test", True, 0.95), run)
    assert first is not None
    scores = run.recording.test_score
    assert scores[int(first)] >= 0.95 > scores[: int(first)].max()


def test_a_straight_cut_does_what_the_film_says_in_every_layer(checked):
    (scene,) = (scene for scene in checked["depth"].talk.scenes if scene.has_fold)
    run = STUDIO.run_of(scene.runs[0])
    found = separations(run.trainer.net, run.trainer.data, run.recording.parameters[200])
    assert [round(100 * share) for share in found or ()] == [65, 74, 99]


def test_each_optimizer_is_best_at_the_rate_that_the_atlas_shows(checked):
    (atlas,) = checked["learning_rate"].talk.atlases
    tiles = STUDIO.survey_of(atlas).tiles
    scores = np.array([tiles[cell].scores[0] for cell in range(atlas.n_cells)]).reshape(atlas.rows, atlas.columns)
    rates, names = (axis.values for axis in atlas.axes)
    best = {name: (rates[row.argmax()], round(100 * row.max())) for name, row in zip(names, scores, strict=True)}
    assert best == {"sgd": (0.3, 96), "momentum": (0.03, 96), "rmsprop": (0.01, 98), "adam": (0.01, 97)}


@pytest.mark.parametrize("name", ready_talks())
def test_marp_would_show_the_same_scenes(name):
    """Dashes part the slides, comments are no text, and the head says marp: true."""
    source = ready_talks()[name]
    assert re.match(r"---\n(?:.*\n)*?marp: true\n(?:.*\n)*?---\n", source)
    slides = re.split(r"\n---\n", re.sub(r"<!--.*?-->", "", source.split("\n---\n", 1)[1], flags=re.DOTALL))
    assert [re.findall(r"^# (.*)$", slide, re.M) for slide in slides] == [
        [scene.heading] for scene in read_talk(source)[0].scenes
    ]
