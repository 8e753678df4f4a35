"""A search: its points, its link, who goes on, that whoever does is the same run, and what tells good from bad."""

import math
import time
import warnings

import numpy as np
import pytest
from scipy.stats import qmc

from mlp.jobs import rest, train
from playground.run.atlas import KINDS, Tile, tiles, view_from_query
from playground.run.config import Config
from playground.run.crew import Crews, Local
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.run.search import KEEP, USUAL, Dimension, Search, from_text, to_text, told_by, usual
from playground.run.sobol import sobol
from playground.run.survey import Survey
from tests.app.test_crew import drive

SMALL = Experiment(Config(dataset="moons", n_samples=60, hidden_layer_sizes=(5,)))
STEEP = Experiment(SMALL.config.changed(loss="mean_squared_error", activations=("relu",), optimizer="sgd"))
SEARCH = Search(STEEP, (Dimension("lr", ends=(0.001, 10.0)), Dimension("width", (2, 5)), usual("l2")), 12, 2, 18)


# ---- the points --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("n_sides", range(1, 7))
def test_the_points_are_sobols_own(n_sides):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that 300 is no power of two
        theirs = qmc.Sobol(n_sides, scramble=False).random(300)
    np.testing.assert_array_equal(sobol(300, n_sides), theirs)


@pytest.mark.parametrize("n", [27, 81, 256])
def test_shifted_points_fill_the_box_far_more_evenly_than_random_ones(n):
    rngs = [np.random.default_rng(seed) for seed in range(9)]
    even = [qmc.discrepancy(sobol(n, 4, rng)) for rng in rngs]
    chance = [qmc.discrepancy(rng.random((n, 4))) for rng in rngs]
    assert max(even) < min(chance)
    assert not np.array_equal(sobol(n, 4, rngs[0]), sobol(n, 4, rngs[1]))


def test_each_value_gets_its_share_of_a_range():
    width = Dimension("width", ends=(2, 5))
    drawn = [width.at((k + 0.5) / 400) for k in range(400)]
    assert [drawn.count(n) for n in (2, 3, 4, 5)] == [100] * 4
    rate = Dimension("lr", ends=(0.001, 1.0))
    assert [rate.at(share) for share in (0.0, 1 / 3, 0.5, 2 / 3)] == [0.001, 0.01, 0.0316, 0.1]
    assert rate.at(1 - 1e-12) == 1.0
    assert Dimension("noise", ends=(0.0, 0.5)).at(0.25) == 0.125
    assert Dimension("l2", ends=(0.0, 1.0)).at(0.5) == 0.5, "no tenfolds from zero on"
    choices = Dimension("activation", ("relu", "tanh", "sine"))
    assert [choices.at(share) for share in (0.0, 0.34, 0.99)] == ["relu", "tanh", "sine"]


@pytest.mark.parametrize("points", ["sobol", "random"])
def test_another_draw_brings_other_points_and_the_same_draw_the_same(points):
    one, same, other = (Search(SMALL, points=points, draw=draw) for draw in (3, 3, 4))
    each = [[search.values_of(cell) for cell in range(27)] for search in (one, same, other)]
    assert each[0] == each[1] != each[2]
    assert one.name == same.name != other.name
    assert len(set(each[0])) > 20


# ---- the link ----------------------------------------------------------------------------------------------------
def test_the_link_holds_all_of_it():
    for search in (Search(), SEARCH, Search(SMALL, USUAL[:2], 9, 1, 50, 2, "random", 7)):
        assert from_text(to_text(search), search.base) == (search, [])
    assert from_text("", SMALL) == (Search(SMALL), [])


@pytest.mark.parametrize("key", KINDS)
def test_every_setting_can_be_searched_in(key):
    other = "noise" if key != "noise" else "lr"
    search = Search(SMALL, (usual(key), usual(other)), 9)
    assert not [config for config in search.configs if isinstance(config, str)]
    assert from_text(to_text(search), SMALL) == (search, [])
    assert Dimension.read(key, usual(key).written(" to ")) == usual(key), "as it is typed"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "lr:1~0.1;width:2~8",
            "The range of the learning rate must go from a lower to a higher number; got 1.0 to 0.1.",
        ),
        ("lr:0.1~99;width:2~8", "Learning rate must be between 1e-05 and 10; got 99."),
        ("lr:hot~99;width:2~8", "A value of the learning rate must be a number; got hot."),
        ("lr:0.1~nan", "Learning rate must be between 1e-05 and 10; got nan."),
        ("width:2.5~8", "A value of the neurons in a layer must be a whole number; got 2.5."),
        ("width:2", "Neurons in a layer must have 2 to 32 values; got 1."),
        ("lr:0.1~,;width:2~8", "The range of the learning rate must be such as 0.001 to 1; got 0.1~,."),
        ("lr:0.1,0.2~1;width:2~8", "The range of the learning rate must be such as 0.001 to 1; got 0.1,0.2~1."),
        ("warmth:1~2", "A setting to search in must be one of lr, width,"),
        ("activation:relu,rule", "A value of the activation must be one of identity,"),
        ("lr:0.1~1", "A search must vary 2 to 6 settings that differ."),
        ("lr:0.1~1;lr:0.01~1", "A search must vary 2 to 6 settings that differ."),
        ("lr;width;l2;l1;dropout;noise;batch", "A search varies at most 6 settings; “batch” was left out."),
        ("runs:3", "A search's runs must be a whole number from 4 to 256; got 3."),
        ("runs:1e9", "A search's runs must be"),
        ("runs:9;runs:27", "The link's “runs” stands there 2 times; the last one counts, 27."),
        ("points:sobol;points:random", "The link's “points” stands there 2 times; the last one counts, random."),
        ("keep:4", "Of 1, 2 or 3 runs one goes on at a rung; got 4."),
        ("points:best", "The points must be sobol or random; got best."),
        ("epochs:1001", "The number of epochs must be a whole number from 1 to 1000; got 1001."),
        ("draw:-1", "A search's draw must be a whole number from 0 to 999; got -1."),
    ],
)
def test_what_a_link_has_wrong_is_said_in_a_sentence(text, sentence):
    _, problems = from_text(text, SMALL)
    assert any(sentence in problem for problem in problems), problems


def test_what_is_shown_of_it_stands_in_the_link_too():
    view, problems = view_from_query({"only": "lr:0.01~0.1;score:0.9~1;lr:0.1~0.2"})
    assert (view.only, problems) == ((("lr", (0.1, 0.2)), ("score", (0.9, 1.0))), [])
    for wrong in ("lr:0.1", "lr:2~1", "lr:nan~1", "warmth:1~2", "score:0~inf", "lr:1~2~3"):
        view, (problem,) = view_from_query({"only": wrong})
        assert view.only == ()
        assert problem == f"The link's only must be such as lr:0.01~0.1;score:0.9~1; got {wrong}."


def test_what_is_too_much_is_refused():
    heavy = Experiment(Config(hidden_layer_sizes=(128, 128), batch_size=1, n_samples=2000))
    with pytest.raises(ValueError, match="keep the workers busy for too long"):
        Search(heavy, USUAL, 256, 10, 1000, 1)


# ---- who goes on -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("keep", "rungs", "sizes"),
    [(1, (100,), (27,)), (2, (25, 50, 100), (27, 14, 7)), (3, (12, 34, 100), (27, 9, 3))],
)
def test_rungs_and_how_many_come_to_them(keep, rungs, sizes):
    search = Search(keep_one_of=keep)
    assert (search.rungs, search.sizes) == (rungs, sizes)
    work = sum(n * (end - begin) for n, end, begin in zip(sizes, rungs, (0, *rungs), strict=False))
    assert search.share == pytest.approx(work / 2700)
    assert set(rungs) <= set(search.keep)
    assert list(KEEP) == [1, 2, 3]


def test_a_search_of_one_epoch_has_no_rungs():
    assert Search(SMALL, epochs=1).rungs == (1,)


def searched(search: Search) -> Survey:
    """The search, trained by worker processes as it is for a page."""
    workers = Local(2)
    try:
        survey = Survey(search, Crews(local=workers))
        drive(survey)
    finally:
        workers.close()
    assert survey.problems == {}
    assert survey.progress().done == 1.0
    return survey


@pytest.fixture(scope="module")
def survey() -> Survey:
    return searched(SEARCH)


def runs(cell: int) -> list:
    return [new_trainer(SEARCH.experiment(cell, k)).run(SEARCH.epochs) for k in range(SEARCH.n_seeds)]


def test_the_best_go_on_and_the_others_end_at_their_rung(survey):
    """Against every run trained alone to the end, ranked by hand."""
    alone = {cell: runs(cell) for cell in range(SEARCH.n_cells)}
    left, dropped, told = list(alone), {}, []
    for rung, following in zip(SEARCH.rungs, SEARCH.rungs[1:], strict=False):

        def standing(cell: int, rung: int = rung) -> tuple:
            # Of two seeds the one in the middle is the lower.
            ends = []
            for run in alone[cell]:
                at = np.flatnonzero(run.epochs == rung)
                broken = len(at) == 0  # it has diverged before
                ends.append((0, 0, 0) if broken else (1, run.test_score[at[0]], -run.test_loss[at[0]]))
            worst = min(ends)
            return (worst, -cell) if worst[0] else ((0, 0, 0), -cell)

        n = math.ceil(len(left) / SEARCH.keep_one_of)
        best = sorted(left, key=standing, reverse=True)[:n]
        told.append((rung, len(left), n))
        dropped |= dict.fromkeys(set(left) - set(best), rung)
        left = best
        assert following > rung
    assert survey.dropped == dropped
    assert survey.rungs == told
    for cell, tile in survey.tiles.items():
        assert tile.epochs[-1] == dropped.get(cell, SEARCH.epochs)


def test_whoever_goes_on_is_the_same_run_as_one_trained_in_one_go(survey):
    assert any(broke is not None for tile in survey.tiles.values() for broke in tile.broke), "some diverge"
    for cell, tile in survey.tiles.items():
        run = runs(cell)[tile.middle]
        n = len(tile.parameters)
        kept = list(SEARCH.keep)[:n]
        np.testing.assert_allclose(tile.parameters, run.parameters[kept], rtol=1e-12, atol=1e-13)
        np.testing.assert_array_equal(tile.epochs, [e for e in SEARCH.keep if e <= tile.epochs[-1]])
        for name in ("train_loss", "test_loss", "train_score", "test_score"):
            curve = getattr(tile, name)[:n, tile.middle]
            np.testing.assert_allclose(curve, getattr(run, name)[kept], rtol=1e-11, err_msg=name)
    assert len(survey.order) == sum(SEARCH.sizes)


def test_a_search_that_nobody_waits_for_goes_on_later_from_what_is_there():
    workers = Local(1)
    try:
        survey = Survey(SEARCH, Crews(local=workers))
        drive(survey, until=lambda: survey.rungs)
        while survey.is_working:  # nobody asks
            time.sleep(0.02)
        drive(survey)
        assert sorted(survey.tiles) == list(range(12))
        assert len(survey.rungs) == 2
    finally:
        workers.close()


def test_all_to_the_end_drops_nobody():
    search = Search(SMALL, (usual("lr"), usual("width")), 4, 1, 6, keep_one_of=1)
    found = dict(_trained(search))
    assert search.rungs == (6,)
    assert {tile.epochs[-1] for tile in found.values()} == {6}


def _trained(search: Search):
    for cells, job in search.jobs():
        parts = []
        while not job.is_done:
            parts.append(train(job, 60.0))
            job = rest(job, parts[-1])
        yield from zip(cells, tiles(job, parts, search.n_seeds), strict=True)


# ---- what tells good from bad ------------------------------------------------------------------------------------
def fake(search: Search, scores: np.ndarray) -> dict[int, Tile]:
    """Tiles with these scores, (n_cells, n_seeds), at the first rung; NaN where a network has diverged."""
    epochs = np.array([0.0, search.rungs[0], search.epochs])
    nothing = np.zeros((3, search.n_seeds))
    return {
        cell: Tile(
            epochs, epochs, nothing, nothing, nothing, np.stack([np.zeros_like(row), row, 1.0 - row]),
            tuple(0 if np.isnan(x) else None for x in row), 0, np.zeros((1, 1)),
        )
        for cell, row in enumerate(scores)
    }  # fmt: skip


def adjusted_r2(groups: list, y: np.ndarray) -> float:
    """Of the regression on which group a run is in: the same share, by least squares."""
    names = sorted(set(groups))
    x = np.array([[float(group == name) for name in names] for group in groups])
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    n, k = x.shape
    return 1 - ((residual**2).sum() / (n - k)) / (((y - y.mean()) ** 2).sum() / (n - 1))


def test_importance_is_the_adjusted_share_of_the_variance_between_groups():
    axes = (Dimension("lr", ends=(0.001, 1.0)), Dimension("activation", ("relu", "tanh", "sine")))
    search = Search(SMALL, axes, 40, 2, 9)
    values = [search.values_of(cell) for cell in range(40)]
    rng = np.random.default_rng(3)
    scores = np.array([0.5 + 0.2 * (rate < 0.03) + 0.1 * (name == "sine") for rate, name in values])[:, None]
    scores = scores + rng.normal(0, 0.05, (40, 2))
    scores[3, 1], scores[7, 0] = np.nan, -0.4
    y = np.maximum(np.nan_to_num(scores), 0.0).mean(axis=1)
    order = np.argsort([rate for rate, _ in values], kind="stable")
    quarter = np.empty(40, dtype=int)
    quarter[order] = np.repeat(range(4), 10)
    by_hand = (adjusted_r2(list(quarter), y), adjusted_r2([name for _, name in values], y))
    assert search.importance(fake(search, scores)) == pytest.approx(by_hand)
    told = search.in_words(fake(search, scores))
    assert told.startswith(
        "Of the differences in score at epoch 1, which all runs reached, each setting tells by itself: "
    )
    for share, name in zip(by_hand, ("learning rate", "activation"), strict=True):
        assert f"the {name} {100 * share:.0f} %" in told
    assert told.endswith("Diverged by then, and counted as 0: 1 of 80 networks.")


def test_what_tells_nothing_has_no_importance():
    rng = np.random.default_rng(1)
    shares = [told_by([list(range(k, 40, 4)) for k in range(4)], rng.normal(size=40)) for _ in range(200)]
    assert min(shares) == 0.0
    assert np.median(shares) < 0.02, "chance alone is taken off"
    assert told_by([[0, 1], [2, 3]], np.ones(4)) == 0.0, "no differences at all"
    assert told_by([[0, 1], [2, 3]], np.array([0.0, 0.0, 1.0, 1.0])) == 1.0
    assert told_by([[0], [1]], np.array([0.0, 1.0])) == 0.0, "too few to tell"


def test_runs_that_cannot_be_are_left_out_and_said():
    axes = (Dimension("lr", ends=(0.001, 1.0)), Dimension("depth", ends=(0, 6)))
    search = Search(SMALL, axes, 12, 1, 9)
    found = fake(search, np.random.default_rng(2).random((12, 1)))
    del found[4], found[5]
    assert len(search.importance(found)) == 2
    assert "Not counted: 2 runs that cannot be." in search.in_words(found)
