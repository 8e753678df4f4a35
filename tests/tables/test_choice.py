"""What a data scientist would predict from what: likely targets and inputs, and why a column is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.data import make_data, untrained
from playground.run.experiment import Experiment
from playground.run.link import run_from_query, run_to_query
from playground.run.runs import Runs, new_trainer
from playground.tables import pack
from playground.tables.choice import Choice, choose, guess, uses
from playground.tables.sheet import Sheet, read_sheet
from playground.tables.table import Table
from playground.web.about import about
from tests.tables.test_table import table


def sheet_of(names: str, cell: Callable[[int], str], n: int = 40) -> Sheet:
    return read_sheet("\n".join([names, *(cell(k) for k in range(n))]).encode(), "T")


def noise(k: int) -> str:
    return f"{k * 37 % 101 / 10}"


@pytest.mark.parametrize(
    ("names", "target", "inputs"),
    [
        ("x,y,label", "label", ("x", "y")),
        ("x,y,class", "class", ("x", "y")),
        ("x,y,colour", "colour", ("x", "y")),
        ("X,Y,Label", "Label", ("X", "Y")),
        ("class,x,y", "class", ("x", "y")),
        ("a,y,colour", "y", ("a", "colour")),
        ("Survived,Fare,Embarked", "Survived", ("Fare", "Embarked")),
        ("load,x,year", "x", ("load", "year")),
        ("height,weight,iris_species", "iris_species", ("height", "weight")),
    ],
)
def test_the_likely_target_is_what_is_to_be_found_out(names: str, target: str, inputs: tuple[str, ...]) -> None:
    words = names.split(",").index(target) if target not in ("x", "y", "Survived") else 2 - (target == "x")
    cells = lambda k: ",".join("abc"[k % 3] if j == words else noise(k + 7 * j) for j in range(3))  # noqa: E731
    found = guess(sheet_of(names, cells))
    assert (found.target, found.inputs) == (target, inputs)


def test_two_columns_x_and_y_are_one_input_and_a_number_to_predict() -> None:
    found = guess(sheet_of("x,y", lambda k: f"{noise(k)},{noise(3 * k)}"))
    assert found == Choice("y", ("x",), "regression")


def test_what_is_guessed_can_be_trained_on() -> None:
    many = sheet_of("a,b,town", lambda k: f"{noise(k)},{noise(3 * k)},t{k % 11}")
    assert guess(many).target == "b"
    few = sheet_of("a,b", lambda k: f"{noise(k)},{k * 7 % 10}", 10)
    assert guess(few).task == "regression"
    words = sheet_of("a,b,c", lambda k: f"x{k},{noise(k)},{noise(5 * k)}", 10)
    assert guess(words) == Choice("c", ("b",), "regression")
    for sheet in (many, few, words):
        choose(sheet, guess(sheet))


COLUMNS = {
    "id": (lambda k: str(10_000 + 37 * (k * 7 % 40)), "left out: it numbers the rows"),
    "count": (lambda k: str(1000 + k), "left out: it counts the rows"),
    "year": (lambda k: str(1970 + k), "input"),
    "gappy": (lambda k: noise(k) if k % 5 == 0 else "", "left out: 32 of 40 cells hold nothing"),
    "nothing": (lambda k: "NA", "left out: 40 of 40 cells hold nothing"),
    "same": (lambda k: "7", "left out: the same value in every row"),
    "person": (lambda k: f"n{k}", "left out: a different word in every row"),
    "town": (lambda k: f"t{k % 20}", "left out: 20 different words; a network needs numbers or a few categories"),
    "day seen": (lambda k: f"2020-01-{k % 28 + 1:02}", "left out: dates or times; a network needs numbers"),
    "mixed": (lambda k: noise(k) if k % 4 else "low", "left out: numbers and text, mixed"),
    "size": (lambda k: "SML"[k % 3], "3 inputs, one a word"),
    "sex": (lambda k: "mf"[k % 2], "input: one word or not"),
    "price": (lambda k: f"{noise(k)} €", "input: “price (€)”"),
    "kind": (lambda k: "ab"[k % 2], "target: classes"),
}


def test_what_becomes_of_each_column_is_said() -> None:
    sheet = sheet_of(",".join(COLUMNS), lambda k: ",".join(cell(k) for cell, _ in COLUMNS.values()))
    choice = guess(sheet)
    assert {use.name: use.used for use in uses(sheet, choice)} == {name: used for name, (_, used) in COLUMNS.items()}
    assert choice.inputs == ("year", "price", "size", "sex")
    fewer = replace(choice, inputs=("year",))
    assert {use.used for use in uses(sheet, fewer) if use.name == "price"} == {"left out: by your choice"}


def test_cells_that_were_not_understood_are_counted_and_may_count_as_missing() -> None:
    sheet = sheet_of("a,b,kind", lambda k: f"{'tall' if k in (7, 9) else noise(k)},{noise(2 * k)},{'ab'[k % 2]}")
    choice = guess(sheet)
    use = next(uses(sheet, choice))
    assert (use.read_as, use.n_strangers, use.first_stranger) == ("numbers", 2, "“tall” in row 8")
    with pytest.raises(ValueError, match=r"“tall” in row 8, and 1 row more\. Mend the file, or let cells"):
        choose(sheet, choice)
    chosen = choose(sheet, replace(choice, forgive=True))
    assert len(chosen.table) == 38
    assert chosen.notes == (
        "2 cells that were not understood count as missing.",
        "2 rows with missing values were left out.",
    )


def test_more_inputs_than_a_network_takes_are_left_out_and_it_is_said() -> None:
    sheet = sheet_of(
        ",".join([*(f"c{j}" for j in range(70)), "kind"]),
        lambda k: ",".join([*(noise(k * (j + 1)) for j in range(70)), "ab"[k % 2]]),
    )
    choice = guess(sheet)
    assert len(choice.inputs) == 64
    assert len(choose(sheet, choice).table.inputs) == 64
    said = [use.used for use in uses(sheet, choice) if use.used.startswith("left out")]
    assert said == ["left out: there would be more than 64 inputs"] * 6


def test_words_count_with_the_inputs_they_become() -> None:
    names = ",".join([*(f"w{j}" for j in range(8)), "kind"])
    sheet = sheet_of(names, lambda k: ",".join([*("abcdefghij"[(k + j) % 10] for j in range(8)), "ab"[k % 2]]))
    assert len(choose(sheet, guess(sheet)).table.inputs) == 60


def test_a_table_of_gaps_names_the_column_with_most_of_them() -> None:
    sheet = sheet_of("a,b,kind", lambda k: f"{noise(k) if k < 5 else ''},{noise(2 * k)},{'ab'[k % 2]}")
    assert guess(sheet).inputs == ("b",)
    choice = Choice("kind", ("a", "b"), "classification")
    with pytest.raises(ValueError, match=r"there are 5\. Most are left out for “a”: fill its gaps, or take it out"):
        choose(sheet, choice)
    assert len(choose(sheet, replace(choice, gaps="fill")).table) == 40


def test_a_column_that_gaps_make_constant_is_named_as_in_the_file() -> None:
    sheet = sheet_of("a,sex,kind", lambda k: f"{noise(k) if k % 2 else ''},{'mf'[k % 2]},{'ab'[k // 2 % 2]}")
    with pytest.raises(
        ValueError, match=r"Column “sex” has the same value in every one of the 20 rows that are kept\. Most"
    ):
        choose(sheet, Choice("kind", ("a", "sex"), "classification"))


def test_a_unit_joins_the_name_of_its_column() -> None:
    sheet = sheet_of("a,b cm,c,price", lambda k: f"{noise(k)} kg,{noise(2 * k)} cm,{noise(3 * k)},{noise(5 * k)} €")
    table = choose(sheet, Choice("price", ("a", "b cm", "c"), "regression", plane=("a", "c"))).table
    assert (table.inputs, table.target, table.plane) == (("a (kg)", "b cm", "c"), "price (€)", (0, 2))


# ---- one input ---------------------------------------------------------------------------------------------------
def one_input(task: str) -> Table:
    x = np.linspace(1900.0, 1960.0, 61)
    y = np.sin(x / 5.0) if task == "regression" else (x > 1930).astype(int)
    classes = () if task == "regression" else ("before", "after")
    return Table("Years", ("year",), "sun", classes, x[:, None], y)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_one_input_is_learned_from_and_travels_in_a_link(task: str) -> None:
    own = one_input(task)
    assert pack.from_plain(pack.to_plain(own)) == own
    experiment = Experiment(Config(features=("x1", "x2", "x1^2")).changed(own_data=own, hidden_layer_sizes=(6,)))
    assert experiment.config.features == ("x1", "x1^2")
    experiment = Experiment(Config().changed(own_data=own, hidden_layer_sizes=(6,)))
    assert experiment.config.features == ("x1",)
    assert experiment.config.sizes == (1, 6, 1)
    assert run_from_query(run_to_query(experiment, 5)) == (experiment, 5, [])
    assert "features" not in run_to_query(experiment)
    assert experiment.config.changed(dataset="moons").features == ("x1", "x2")
    points, data = make_data(experiment)
    assert points.x_train[:, :1].tolist() == data.x_train.tolist()
    assert not points.x_train[:, 1].any()
    trainer = new_trainer(experiment)
    trainer.run(epochs=40)
    assert trainer.recording.test_score[-1] > (0.9 if task == "classification" else 0.0)


def test_one_input_and_a_number_are_drawn_as_a_curve() -> None:
    for own, curve, axes in (
        (one_input("regression"), True, ("year", "sun")),
        (one_input("classification"), False, ("year", None)),
        (table(k=2), False, ("x0", "x1")),
    ):
        experiment = Experiment(Config().changed(own_data=own))
        data = about(experiment, Runs().get(experiment))["data"]
        assert (data["curve"], data["axes"]) == (curve, axes)


# ---- what the test share leaves to train on ----------------------------------------------------------------------
def test_a_class_that_the_test_share_leaves_untrained_is_named() -> None:
    own = table(40, classes=("usual", "rare"), y=[0] * 38 + [1] * 2)
    assert untrained(Experiment(Config(own_data=own))) is None
    words = untrained(Experiment(Config(own_data=own, test_fraction=0.9)))
    assert words is not None
    assert "test share of 0.9 no point of class “rare” is left to train on" in words
    many = table(20, classes=tuple("abcdefghij"), y=list(range(10)) * 2)
    assert "8 of the 10 classes, such as “b”," in (
        untrained(Experiment(Config(own_data=many, test_fraction=0.9))) or ""
    )
    blobs = Config(dataset="blobs", n_classes=6, n_samples=20, test_fraction=0.9)
    assert "of the 6 classes, such as “class" in (untrained(Experiment(blobs)) or "")
    assert untrained(Experiment(Config(dataset="sine", test_fraction=0.9))) is None


# ---- a split of one's own ----------------------------------------------------------------------------------------
def with_split(name: str = "part", words: tuple[str, str] = ("train", "test")) -> Sheet:
    return sheet_of(f"a,b,kind,{name}", lambda k: f"{noise(k)},{noise(3 * k)},{'xy'[k % 2]},{words[k % 5 == 0]}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("part", ("train", "test")),
        ("anything", ("Training", "Validation")),
        ("set", ("TRAIN", "TEST")),
        ("is_train", ("TRUE", "FALSE")),
        ("test", ("0", "1")),
        ("In training set", ("yes", "no")),
    ],
)
def test_a_column_that_tells_training_from_testing_is_the_split(name: str, words: tuple[str, str]) -> None:
    sheet = with_split(name, words)
    choice = guess(sheet)
    assert (choice.split, choice.target, choice.inputs) == (name, "kind", ("a", "b"))
    assert [use.used for use in uses(sheet, choice)][3] == "the split: which rows are for testing"
    table = choose(sheet, choice).table
    data = table.prepared(0.5, 3).data
    assert (len(data.x_train), len(data.x_test)) == (32, 8)
    held_out = np.arange(40) % 5 == 0
    np.testing.assert_array_equal(table.test_rows(0.9, 1), held_out)
    np.testing.assert_array_equal(table.prepared(0.1, 0).inputs.undo(data.x_test), table.x[held_out])
    np.testing.assert_allclose(data.x_train.mean(axis=0), 0.0, atol=1e-12)


def test_a_split_travels_with_the_table_and_may_be_left_to_chance() -> None:
    sheet = with_split()
    table = choose(sheet, guess(sheet)).table
    assert pack.from_plain(pack.to_plain(table)) == table
    experiment = Experiment(Config(own_data=table))
    assert run_from_query(run_to_query(experiment, 5)) == (experiment, 5, [])
    at_random = choose(sheet, replace(guess(sheet), split=None)).table
    assert at_random.held_out is None
    assert at_random != table
    assert len(at_random.prepared(0.5, 0).data.x_test) == 20


@pytest.mark.parametrize(
    ("name", "words"), [("kind of work", ("training", "sales")), ("part", ("arm", "leg")), ("flag", ("0", "1"))]
)
def test_other_columns_are_no_split(name: str, words: tuple[str, str]) -> None:
    choice = guess(with_split(name, words))
    assert choice.split is None
    assert name in choice.inputs or choice.target == name


def test_a_split_that_cannot_be_is_told_in_a_sentence() -> None:
    sheet = with_split()
    choice = guess(sheet)
    with pytest.raises(ValueError, match="cannot tell the split and be learned from at once"):
        choose(sheet, replace(choice, inputs=("a", "part")))
    with pytest.raises(ValueError, match="“a” does not say which rows are for training"):
        choose(sheet, replace(choice, inputs=("b",), split="a"))
    table = choose(sheet, choice).table
    for held_out, words in (
        ([True] * 40, "there are 0 and 40"),
        ([False] * 40, "40 and 0"),
        ([True], "each of the 40"),
    ):
        with pytest.raises(ValueError, match=words):
            table.changed(held_out=held_out)
    plain = pack.to_plain(table)
    for bad in ([40], [-1], ["1"], [True], 7, [1.0]):
        with pytest.raises(ValueError, match="rows for testing must be a list"):
            pack.from_plain({**plain, "test": bad})


def test_a_split_that_trains_a_class_on_nothing_says_so() -> None:
    sheet = sheet_of("a,b,kind,part", lambda k: f"{noise(k)},{noise(3 * k)},{'xy'[k % 2]},{('train', 'test')[k % 2]}")
    sentence = untrained(Experiment(Config(own_data=choose(sheet, guess(sheet)).table)))
    assert sentence == "Your table keeps all rows of class “y” for testing, so the network cannot learn it."
