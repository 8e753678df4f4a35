"""Runs side by side: named by what sets them apart, and the same again from a link."""

import numpy as np
import pytest

from playground.run.classics import CLASSICS
from playground.run.compared import (
    LETTERS,
    MOST,
    PRESETS,
    Difference,
    View,
    added,
    differences,
    fits,
    from_link,
    from_text,
    taken_back,
    titles,
    to_text,
    view_from_query,
)
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from playground.tables.drawn import drawn_table
from playground.tables.table import Table

DRAWN = drawn_table({"points": [float(k % 7) / 3 if k % 3 < 2 else (k // 3) % 2 for k in range(60)]})
ADAM = Experiment()
SGD = Experiment(Config(optimizer="sgd", learning_rate=0.3))
FORK = ADAM.change(500, learning_rate=0.1)
OWN = Experiment(Config(own_data=DRAWN))


def test_only_what_differs_is_told():
    assert differences([ADAM, ADAM]) == []
    assert differences([ADAM, SGD]) == [
        Difference("Optimizer", ("Adam", "SGD")),
        Difference("Learning rate", ("0.01", "0.3")),
    ]
    assert titles([ADAM, SGD]) == ["Adam, learning rate 0.01", "SGD, learning rate 0.3"]
    seeds = [Experiment(Config(seed=seed)) for seed in (1, 2, 3)]
    assert titles(seeds) == ["seed 1", "seed 2", "seed 3"]


def test_what_plays_no_part_in_a_run_is_a_dash():
    momentum = Experiment(Config(optimizer="momentum", momentum=0.5))
    assert Difference("Momentum", ("–", "0.5")) in differences([ADAM, momentum])
    assert titles([ADAM, momentum]) == ["Adam", "Momentum, momentum 0.5"]


def test_changes_on_the_way_and_own_data_set_runs_apart_too():
    assert titles([ADAM, FORK]) == ["learning rate 0.01 throughout", "learning rate 0.1 from step 500"]
    by_hand = ADAM.edit(500, {3: 0.5})
    assert titles([ADAM, by_hand]) == ["no change on the way", "1 weight set by hand from step 500"]
    assert differences([ADAM, OWN])[0].label == "Own data"


def test_undo_is_told_by_what_it_leads_back_to():
    assert taken_back(FORK, ADAM) == "learning rate back from 0.1 to 0.01"
    assert taken_back(Experiment(Config(dataset="xor")), ADAM) == "dataset back from XOR to Spirals"
    assert taken_back(ADAM.edit(500, {3: 0.5}), ADAM) == "a weight set by hand"
    assert taken_back(ADAM, OWN).startswith("own data back from – to ")
    assert taken_back(Experiment(Config(optimizer="sgd", learning_rate=0.3, seed=5)), ADAM) == (
        "seed back from 5 to 1, optimizer back from SGD to Adam, and more"
    )
    at_another_time = ADAM.change(250, learning_rate=0.1)
    assert taken_back(FORK, at_another_time) == "back to the run before"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.label)
def test_a_preset_differs_in_what_it_is_called_for_and_in_nothing_else(preset):
    runs = preset.of(Experiment(Config(dataset="moons", hidden_layer_sizes=(5,))))
    assert len(set(runs)) == len(preset.changes) <= MOST
    assert len(differences(runs)) == 1
    assert len(set(titles(runs))) == len(runs)


def test_at_most_four_and_none_twice():
    runs = PRESETS[0].of(ADAM)
    with pytest.raises(ValueError, match=r"^At most 4 runs stand side by side"):
        added(runs, SGD)
    with pytest.raises(ValueError, match=r"^This run is there already, as D\.$"):
        added(runs, ADAM)
    assert added(runs[:1], SGD) == (runs[0], SGD)
    assert len(LETTERS) == MOST


@pytest.mark.parametrize(
    "runs",
    [(), (ADAM,), (ADAM, SGD, FORK), (OWN, ADAM), tuple(Experiment(c.config) for c in CLASSICS.values())],
    ids=["none", "one", "three", "own data", "classics"],
)
def test_a_link_opens_the_very_same_runs(runs):
    assert from_text(to_text(runs)) == (runs, [])


@pytest.mark.parametrize(
    ("text", "kept", "sentence"),
    [
        ("lr=0.3|optimizer=warp", 2, "Optimizer must be one of"),
        ("lr=0.3|lr=0.3", 1, "This run is there already"),
        ("|".join(f"seed={k}" for k in range(9)), 4, "At most 4 runs"),
        ("<script>|lr=0.3", 2, "There is no run in “<script>”"),
        ("||", 0, ""),
    ],
)
def test_what_is_wrong_in_a_link_is_named_and_the_rest_is_kept(text, kept, sentence):
    runs, problems = from_text(text)
    assert len(runs) == kept
    assert any(sentence in problem for problem in problems) == bool(sentence)


@pytest.mark.parametrize(
    "text", ["https://example.org/", "http://localhost:8501/?step=100", "?step=100", "/?view=full"]
)
def test_a_link_to_the_default_run_is_one(text):
    assert from_link(text) == (ADAM, [])


def test_an_address_that_cannot_hold_them_is_not_written():
    assert fits((ADAM, SGD, FORK, OWN))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 2))
    many = Experiment(Config(own_data=Table("many", ("a", "b"), "c", ("no", "yes"), x, (x[:, 0] > 0).astype(int))))
    assert not fits((ADAM, many))
    changed = ADAM
    for step in range(1, 150):
        changed = changed.change(step, learning_rate=0.01 + step / 1e5)
    assert not fits((ADAM, *(changed.change(400 + k, l2=0.01) for k in range(3))))


@pytest.mark.parametrize("before", ["", "?", "https://example.org/play/?", "http://localhost:8501/inside?"])
def test_a_pasted_link_is_read_with_and_without_its_address(before):
    assert from_link(before + run_to_link(FORK).lstrip("?")) == (FORK, [])


def test_a_link_tells_what_is_on_show():
    query = {"at": "70.5", "clock": "updates", "show": "votes,seeds", "pair": "CA", "hold": "B300,C0"}
    view = View(70.5, "updates", ("seeds", "votes"), (2, 0), (None, 300, 0))
    assert view_from_query({**query, "lr": "0.1"}, 3) == (view, [])
    assert view_from_query({}, 3) == (View(), [])


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("at", "soon", "a moment from 0 to 1e+09; got soon"),
        ("at", "-1", "a moment from"),
        ("at", "nan", "a moment from"),
        ("at", "inf", "a moment from"),
        ("clock", "hours", "one of epochs, updates, examples; got hours"),
        ("show", "seeds,stars", "of difference, seeds, votes"),
        ("pair", "AA", "two of the letters ABC"),
        ("pair", "AD", "two of the letters ABC"),
        ("pair", "ABC", "two of the letters ABC"),
        ("hold", "D3", "letters of ABC, each once and with a step, such as A300"),
        ("hold", "A3,A4", "letters of ABC, each once"),
        ("hold", "A-3", "letters of ABC"),
        ("hold", "A9999999", "letters of ABC"),
    ],
)
def test_what_is_wrong_in_it_is_named_and_the_rest_is_kept(key, text, sentence):
    view, problems = view_from_query({"clock": "updates", "at": "3", key: text}, 3)
    assert [p.startswith(f"The link's {key} must be {sentence}") for p in problems] == [True]
    assert view == View(0.0 if key == "at" else 3.0, "epochs" if key == "clock" else "updates")
