"""An atlas of settings: which runs it has, what comes of them, and its way into a link and back."""

from collections.abc import Iterator

import numpy as np
import pytest

from mlp.jobs import rest, train
from playground.run.atlas import (
    KINDS,
    MOST_VALUES,
    PRESETS,
    Atlas,
    Axis,
    Tile,
    View,
    from_text,
    split,
    split_in_words,
    tiles,
    to_text,
    view_from_query,
)
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.tables.drawn import drawn_table

SMALL = Experiment(Config(dataset="moons", n_samples=60, hidden_layer_sizes=(5,)))


def atlas(*axes: tuple[str, tuple], base: Experiment = SMALL, n_seeds: int = 2, epochs: int = 8) -> Atlas:
    return Atlas(base, tuple(Axis(key, values) for key, values in axes), n_seeds, epochs)


def trained(of: Atlas, seconds: float = 60.0) -> dict[int, Tile]:
    return dict(_trained(of, seconds))


def _trained(of: Atlas, seconds: float) -> Iterator[tuple[int, Tile]]:
    for cells, job in of.jobs():
        parts = []
        while not job.is_done:
            parts.append(train(job, seconds))
            job = rest(job, parts[-1])
        yield from zip(cells, tiles(job, parts, of.n_seeds), strict=True)


PAIRS = {
    "rate x width": (("lr", (0.001, 0.1, 1.0)), ("width", (2, 4))),
    "noise x dropout": (("noise", (0.0, 0.3)), ("dropout", (0.0, 0.4))),
    "batch x l2": (("batch", (5, 30, 200)), ("l2", (0.0, 0.1))),
    "activation x depth": (("activation", ("relu", "sine")), ("depth", (0, 1, 3))),
    "optimizer x init": (("optimizer", ("sgd", "adamw")), ("init", ("he_normal", "glorot_uniform"))),
    "samples x l1": (("samples", (40, 90)), ("l1", (0.0, 0.01))),
    "seed x data seed": (("seed", (1, 5)), ("data_seed", (1, 2))),
    "dataset x rate": (("dataset", ("moons", "spirals", "xor")), ("lr", (0.01, 0.1))),
    "one axis": (("lr", (0.01, 0.1)),),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_every_tile_has_the_parameters_of_that_run_alone(pair):
    of = atlas(*PAIRS[pair])
    found = trained(of, seconds=0.0 if pair == "noise x dropout" else 60.0)  # in slices of an epoch, and whole
    assert sorted(found) == list(range(of.n_cells))
    for cell, tile in found.items():
        alone = new_trainer(of.experiment(cell, tile.middle)).run(of.epochs)
        np.testing.assert_allclose(tile.parameters, alone.parameters[list(of.keep)], rtol=1e-12, atol=1e-13)
        np.testing.assert_array_equal(tile.steps, alone.steps[list(of.keep)])
        for name in ("train_loss", "test_loss", "train_score", "test_score"):
            curve = getattr(tile, name)[:, tile.middle]
            np.testing.assert_allclose(curve, getattr(alone, name)[list(of.keep)], rtol=1e-11, err_msg=name)


def test_a_tile_may_be_of_many_classes_of_numbers_and_of_own_data():
    table = drawn_table({"points": [float(k % 7) / 3 if k % 3 < 2 else (k // 3) % 2 for k in range(60)]})
    for base in (
        Config(dataset="blobs", n_classes=4, n_samples=60),
        Config(dataset="hills", n_samples=60),
        Config().changed(dataset="sine", n_samples=60),
        Config(own_data=table),
    ):
        of = atlas(("lr", (0.01, 0.1)), base=Experiment(base))
        for cell, tile in trained(of).items():
            alone = new_trainer(of.experiment(cell, tile.middle)).run(of.epochs)
            np.testing.assert_allclose(tile.parameters[-1], alone.parameters[-1], rtol=1e-12, atol=1e-13)


def test_a_run_that_diverges_keeps_its_pictures_up_to_there_and_the_others_go_on():
    loss = {"loss": "mean_squared_error", "optimizer": "sgd", "activations": ("relu",)}
    base = Experiment(Config(dataset="moons", n_samples=200, noise=0.3, hidden_layer_sizes=(4,), **loss))
    of = atlas(("lr", (0.01, 10.0)), base=base, epochs=30, n_seeds=3)
    fine, broken = (trained(of)[cell] for cell in (0, 1))
    assert fine.broke == (None, None, None)
    for k, last in enumerate(broken.broke):
        alone = new_trainer(of.experiment(1, k)).run(of.epochs)
        assert last == (None if alone.diverged is None else int(alone.diverged.epoch)), "the last whole epoch"
    gone = [last is not None for last in broken.broke]
    assert any(gone)
    np.testing.assert_array_equal(np.isnan(broken.scores), gone)
    assert gone[broken.middle] == (sum(gone) > 1), "the one in the middle of three"
    end = broken.broke[broken.middle]
    assert len(broken.parameters) == len([e for e in of.keep if end is None or e <= end])
    assert np.isfinite(broken.parameters).all()


def test_the_seed_in_the_middle_is_drawn():
    of = atlas(("lr", (0.03,)), n_seeds=5)
    (tile,) = trained(of).values()
    scores = tile.scores
    assert sorted(scores)[2] == scores[tile.middle]
    ties = np.flatnonzero(scores == scores[tile.middle])
    assert tile.middle in ties
    even = atlas(("lr", (0.03,)), n_seeds=4)
    (tile,) = trained(even).values()
    assert tile.scores[tile.middle] == sorted(tile.scores)[1], "the lower of two"


def test_each_cell_is_trained_from_seeds_that_follow_the_base_s_own():
    of = atlas(("lr", (0.03, 0.1)), n_seeds=3, base=Experiment(Config(n_samples=60, seed=99_998)))
    assert [of.experiment(1, k).config.seed for k in range(3)] == [99_998, 99_999, 0]
    for tile in trained(of).values():
        ends = {tuple(curve) for curve in tile.train_loss.T}
        assert len(ends) == 3, "each seed goes its own way"


def test_coarse_cells_come_first():
    of = atlas(("lr", tuple(0.001 * (k + 1) for k in range(8))), ("width", (2, 3, 4, 5, 6)), n_seeds=1)
    order = [cell for cells, _ in of.jobs() for cell in cells]
    assert sorted(order) == list(range(40))
    assert set(order[:4]) == {0, 4, 32, 36}
    assert set(order[:12]) == {row * 8 + column for row in (0, 2, 4) for column in (0, 2, 4, 6)}


def fake(atlas_: Atlas, scores: np.ndarray) -> dict[int, Tile]:
    flat = scores.reshape(atlas_.n_cells, atlas_.n_seeds)
    nothing = np.zeros((1, atlas_.n_seeds))
    broke = [tuple(3 if np.isnan(x) else None for x in row) for row in flat]
    return {
        k: Tile(np.zeros(1), np.zeros(1), nothing, nothing, row[None], row[None], broke[k], 0, np.zeros((1, 1)))
        for k, row in enumerate(flat)
    }


def test_the_split_of_the_variance_is_that_of_an_analysis_of_variance():
    rng = np.random.default_rng(3)
    of = atlas(("lr", (0.01, 0.1, 1.0)), ("width", (2, 4)), n_seeds=4)
    g = rng.uniform(size=(2, 3, 4))
    shares = split(of, fake(of, g))
    # The textbook's sums of squares, term by term.
    m = g.mean()
    squares = {"across": 0.0, "up": 0.0, "together": 0.0, "seeds": 0.0}
    for i in range(2):
        for j in range(3):
            cell, row, column = g[i, j].mean(), g[i].mean(), g[:, j].mean()
            for x in g[i, j]:
                squares["up"] += (row - m) ** 2
                squares["across"] += (column - m) ** 2
                squares["together"] += (cell - row - column + m) ** 2
                squares["seeds"] += (x - cell) ** 2
    total = ((g - m) ** 2).sum()
    assert sum(squares.values()) == pytest.approx(total)
    assert shares.axes == pytest.approx((squares["across"] / total, squares["up"] / total))
    assert (shares.together, shares.seeds) == pytest.approx((squares["together"] / total, squares["seeds"] / total))
    told = split_in_words(of, shares)
    assert told.startswith("Of all differences in score in this grid, ")
    for share in (*shares.axes, shares.together, shares.seeds):
        assert f"{100 * share:.0f} %" in told


def test_there_is_no_split_where_tiles_are_missing_or_all_are_alike():
    of = atlas(("lr", (0.01, 0.1)))
    assert split(of, {}) is None
    alike = split(of, fake(of, np.full((1, 2, 2), 0.5)))
    assert split_in_words(of, alike) == "All runs of this grid come to the same score."
    broken = split(of, fake(of, np.array([[[1.0, 1.0], [np.nan, np.nan]]])))
    assert broken.axes == (1.0,), "a run that has diverged has nothing right"
    assert split_in_words(of, broken).endswith("2 runs have diverged and count as 0.")
    one = split(of, fake(of, np.array([[[1.0, 0.5], [np.nan, 0.5]]])))
    assert split_in_words(of, one).endswith("1 run has diverged and counts as 0.")
    worse = split(of, fake(of, np.array([[[0.9, -2.0], [-1.0, 0.5]]])))
    assert worse.axes == split(of, fake(of, np.array([[[0.9, 0.0], [0.0, 0.5]]]))).axes
    assert split_in_words(of, worse).endswith("2 runs have an R² below 0, which counts as 0.")


@pytest.mark.parametrize(
    ("missing", "rows", "columns", "told"),
    [
        ([3, 7, 11], [0, 1, 2], [0, 1, 2], "Not counted: learning rate 1, where tiles are missing."),
        ([4], [0, 1, 2], [1, 2, 3], "Not counted: learning rate 0.001, where tiles are missing."),
        ([8, 9, 11], [0, 1], [0, 1, 2, 3], "Not counted: neurons in a layer 6, where tiles are missing."),
        ([3, 7, 11, 0, 1, 2], [1, 2], [0, 1, 2], "rate 1, where tiles are missing. Not counted: neurons in a layer 2,"),
    ],
)
def test_where_tiles_are_missing_the_rows_and_columns_without_them_are_split(missing, rows, columns, told):
    rates, widths = (0.001, 0.01, 0.1, 1.0), (2, 4, 6)
    of = atlas(("lr", rates), ("width", widths))
    g = np.random.default_rng(1).uniform(0.3, 1.0, (3, 4, 2))
    g[2, 1, 0] = np.nan
    found = {cell: tile for cell, tile in fake(of, g).items() if cell not in missing}
    smaller = atlas(("lr", tuple(rates[k] for k in columns)), ("width", tuple(widths[k] for k in rows)))
    alone = split(smaller, fake(smaller, g[np.ix_(rows, columns)]))
    shares = split(of, found)
    assert (shares.axes, shares.together, shares.seeds) == (alone.axes, alone.together, alone.seeds)
    assert shares.diverged == int(np.isnan(g[np.ix_(rows, columns)]).sum())
    assert told in split_in_words(of, shares)
    assert split(of, {5: found[5]} if 5 in found else {}) is None


@pytest.mark.parametrize("pair", PAIRS)
def test_the_link_holds_all_of_it(pair):
    of = atlas(*PAIRS[pair])
    assert from_text(to_text(of), SMALL) == (of, [])


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.label)
def test_every_preset_is_an_atlas_around_any_run(preset):
    of = preset.of(Experiment())
    assert not [c for c in of.configs if isinstance(c, str)]
    assert from_text(to_text(of), Experiment()) == (of, [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("lr:0.1,hot;width:2", "A value of the learning rate must be a number; got hot."),
        ("activation:relu,rule", "A value of the activation must be one of identity,"),
        ("width:2,2.5", "A value of the neurons in a layer must be a whole number; got 2.5."),
        ("warmth:1", "An axis must be one of lr, width,"),
        ("lr:0.1;width:2;l2:0.1", "An atlas has at most two axes; “l2:0.1” was left out."),
        ("lr:0.1;seeds:3;seeds:5", "The link's “seeds” stands there 2 times; the last one counts, 5."),
        ("lr:0.1;lr:0.2", "An atlas must have one axis, or two that differ."),
        ("lr:0.1;seeds:21", "The number of seeds must be a whole number from 1 to 20; got 21."),
        ("lr:0.1;epochs:many", "The number of epochs must be a whole number from 1 to 1000; got many."),
        ("lr:99", "Learning rate must be between 1e-05 and 10; got 99."),
        ("width:128;batch:1;depth:3", "An atlas has at most two axes"),
        (f"seed:{','.join(map(str, range(MOST_VALUES + 1)))}", "Seed must have 1 to 32 values; got 33."),
    ],
)
def test_what_a_link_has_wrong_is_said_in_a_sentence(text, sentence):
    _, problems = from_text(text, SMALL)
    assert any(sentence in problem for problem in problems), problems


def test_the_view_of_a_link_is_read_and_what_is_wrong_with_it_said():
    assert view_from_query({}) == (View(), [])
    assert view_from_query({"tiles": "spread", "at": "12.5"}) == (View("spread", 12.5), [])
    view, problems = view_from_query({"tiles": "upside", "at": "nan"})
    assert view == View()
    assert problems == [
        "The link's tiles must be one of boundary, curve, score, spread; got upside.",
        "The link's moment must be an epoch from 0 to 1000; got nan.",
    ]


def test_what_is_too_much_is_refused():
    heavy = Experiment(Config(hidden_layer_sizes=(128, 128), batch_size=1, n_samples=2000))
    with pytest.raises(ValueError, match="keep the workers busy for too long"):
        atlas(("lr", KINDS["lr"].usual), ("seed", tuple(range(10))), base=heavy, epochs=1000)
    many = tuple(range(32))
    with pytest.raises(ValueError, match="at most 1,024 tiles and 8,192 runs; got 1,024 tiles and 9,216 runs"):
        atlas(("seed", many), ("data_seed", many), n_seeds=9, epochs=1)


def test_values_that_do_not_fit_leave_the_others():
    of = atlas(("lr", (0.1, 99.0)), n_seeds=1)
    assert isinstance(of.configs[0], Config)
    assert of.configs[1] == "Learning rate must be between 1e-05 and 10; got 99."
    assert sorted(trained(of)) == [0]


def test_a_run_that_would_stop_early_is_trained_to_the_end():
    of = atlas(("lr", (0.1,)), base=Experiment(Config(patience=5, n_samples=60)), n_seeds=1)
    assert of.configs[0].patience == 0
