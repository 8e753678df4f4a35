"""A table as part of an experiment: equal by content, split and scaled alike, and back from a text bit for bit."""

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.tables import pack
from playground.tables.drawn import drawn_table, points_of
from playground.tables.examples import EXAMPLES
from playground.tables.table import MAX_NAME, Table, clean_name, unique


def table(n: int = 60, k: int = 3, **changes: object) -> Table:
    rng = np.random.default_rng(5)
    x = rng.normal(3.0, 2.0, (n, k)).round(3)
    y = (x[:, 0] * x[:, 1] > 9).astype(int)
    values = {"title": "T", "inputs": tuple(f"x{j}" for j in range(k)), "target": "y", "classes": ("no", "yes")}
    return Table(**{**values, "x": x, "y": y, "plane": None, **changes})  # type: ignore[arg-type]


def test_tables_are_equal_when_their_contents_are() -> None:
    a, b = table(), table()
    assert a == b
    assert hash(a) == hash(b)
    x = a.x.copy()
    x[7, 1] = np.nextafter(x[7, 1], 9.0)
    assert a.changed(x=x) != a
    for change in ({"scaling": "range"}, {"plane": (0, 1)}, {"title": "U"}, {"classes": ("no", "maybe")}):
        assert a.changed(**change) != a


def test_a_table_cannot_be_written_into() -> None:
    with pytest.raises(ValueError, match="read-only"):
        table().x[0, 0] = 1.0


def test_scaling_knows_the_training_rows_only() -> None:
    data = table().prepared(0.5, 3).data
    assert np.abs(data.x_train.mean(axis=0)).max() < 1e-12
    assert data.x_train.std(axis=0) == pytest.approx(1.0)
    assert np.abs(data.x_test.mean(axis=0)).max() > 1e-3
    ranged = table(scaling="range").prepared(0.5, 3).data
    assert ranged.x_train.min(axis=0) == pytest.approx(-1.0)
    assert ranged.x_train.max(axis=0) == pytest.approx(1.0)


def test_milliseconds_since_1970_are_numbers_like_others() -> None:
    when = 1.7e12 + 1000.0 * np.arange(60.0)
    data = table(k=2, x=np.column_stack([when, when % 7.0])).prepared(0.5, 3).data
    assert data.x_train.std() == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r"at most 1e\+15"):
        table(k=2, x=np.column_stack([when * 1e6, when % 7.0]))


def test_a_number_to_predict_is_scaled_like_the_inputs() -> None:
    data = table(classes=(), y=np.linspace(1000.0, 4000.0, 60)).prepared(0.3, 1).data
    assert data.y_train.mean() == pytest.approx(0.0, abs=1e-12)
    assert data.y_train.std() == pytest.approx(1.0)


def test_the_split_is_the_engines_stratified_and_seeded() -> None:
    one, two, other = (table().prepared(0.3, seed).data for seed in (1, 1, 2))
    assert (one.x_test == two.x_test).all()
    assert not (one.x_test == other.x_test).all()
    assert abs(one.y_train.mean() - one.y_test.mean()) < 0.06


@pytest.mark.parametrize("plane", [None, (2, 0)])
def test_a_point_of_the_plane_stands_for_inputs_that_project_back_on_it(plane: tuple[int, int] | None) -> None:
    prepared = table(plane=plane).prepared(0.5, 3)
    p = np.array([[0.5, -1.0], [2.0, 0.25]])
    x = prepared.plane.origin + p @ prepared.plane.axes
    assert prepared.plane.project(x) == pytest.approx(p)
    assert prepared.points.x_train == pytest.approx(prepared.plane.project(prepared.data.x_train))


def test_principal_components_are_those_with_the_most_variation() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3)) * [5.0, 0.1, 2.0]
    plane = table(200, x=x, y=rng.integers(0, 2, 200), scaling="none").prepared(0.1, 0).plane
    assert np.abs(plane.axes).round(1).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert "100 %" in plane.note


def test_an_experiment_trains_on_own_data_and_a_dataset_puts_them_away() -> None:
    config = Config(loss="hinge").changed(own_data=table())
    assert (config.task, config.loss_name) == ("binary", "hinge")
    experiment = Experiment(config)
    trainer = new_trainer(experiment)
    assert trainer.net.sizes == (3, 8, 8, 1)
    trainer.run(epochs=30)
    assert trainer.recording.train_score[-1] > 0.9
    assert experiment.change(0, learning_rate=0.1).config.own_data == table()
    assert experiment.change(0, dataset="spirals").config.own_data is None
    assert experiment.name != Experiment(Config(loss="hinge")).name


def test_a_loss_that_does_not_fit_own_data_becomes_automatic() -> None:
    numbers = table(classes=(), y=np.arange(60.0))
    assert Config(loss="hinge").changed(own_data=numbers).loss_name == "mean_squared_error"
    with pytest.raises(ValueError, match="for your data; got hinge"):
        Config(loss="hinge", own_data=numbers)


def test_two_inputs_may_be_squared_and_multiplied_and_more_may_not() -> None:
    features = ("x1", "x2", "x1*x2")
    _, flat = make_data(Experiment(Config(features=features, own_data=table(k=2))))
    _, deep = make_data(Experiment(Config(features=features, own_data=table(k=4))))
    assert (flat.n_inputs, deep.n_inputs) == (3, 4)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_learned(name: str) -> None:
    example = EXAMPLES[name]
    assert "licence" in example.source
    trainer = new_trainer(Experiment(Config(own_data=example.load())))
    trainer.run(epochs=15)
    assert trainer.recording.test_score[-1] > 0.9


@pytest.mark.parametrize(
    "one",
    [
        table(),
        table(40, 2, scaling="none", title="naïve 🐢"),
        table(classes=(), y=np.array([-0.0, 0.1 + 0.2, 1e-300, *range(57)])),
    ],
    ids=["classes", "plane", "numbers"],
)
def test_a_table_comes_back_from_a_links_letters_bit_for_bit(one: Table) -> None:
    text = pack.to_text(one)
    assert text is not None
    back = pack.from_text(text)
    assert back == one
    assert back.y.tobytes() == one.y.tobytes()


def test_too_large_a_table_does_not_go_into_a_link() -> None:
    rng = np.random.default_rng(0)
    assert pack.to_text(table(2000, x=rng.normal(size=(2000, 3)), y=rng.integers(0, 2, 2000))) is None


def test_names_become_one_short_visible_line() -> None:
    assert clean_name(" a\n\tb\u202e\u2028c\x00 ") == "a b c"
    assert len(clean_name("x" * 500)) == MAX_NAME
    assert clean_name("\ud800") == "?"


@pytest.mark.parametrize(
    "name", ["👩\u200d🔬", "🐈\u200d⬛", "می\u200cخواهم", "क्\u200dष", "\U0001fae9 face", "❤\ufe0f"]
)
def test_signs_that_shape_their_neighbours_stay_in_a_name(name: str) -> None:
    assert clean_name(name) == name
    assert clean_name(f"\u200d{name}\u200c") == name
    assert table(classes=(name, name.replace("\u200d", "").replace("\u200c", "") + "?")).classes[0] == name


def test_names_of_nothing_that_shows_get_a_number() -> None:
    assert clean_name("\u200d \u200c\u200b") == ""
    assert clean_name("a\u200d \u200cb") == "a b"
    assert table(classes=("\u200d", "\ue000")).classes == ("class 1", "class 2")
    assert unique(("", "a", "a", "", "a (2)")) == ("column 1", "a", "a (2)", "column 4", "a (2) (2)")


def test_what_is_drawn_becomes_a_table_and_what_is_forged_a_sentence() -> None:
    points = [v for k in range(10) for v in (k / 5 - 1, 0.1 * k, 3 * (k % 2))]
    drawn = drawn_table({"points": points})
    assert drawn.classes == ("class 0", "class 3")
    assert drawn.x[3].tolist() == pytest.approx([-0.4, 0.3])
    for forged in ("x", [1.0], [0, 0, 9] * 9, [float("nan")] * 30, [True] * 30):
        with pytest.raises(ValueError, match=r"\.$"):
            drawn_table({"points": forged})
    with pytest.raises(ValueError, match="8 to 20,000 rows"):
        drawn_table({"points": points[:6]})


def test_a_dataset_can_be_drawn_on() -> None:
    points = points_of(make_data(Experiment(Config(n_samples=60)))[0])
    assert len(drawn_table({"points": points})) == 60
