"""Links that hold the whole run: changes on the way, the step, own data."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import MAX_CHANGES, fits, run_from_query, run_to_link, run_to_query
from playground.run.runs import Runs
from tests.tables.test_table import table

BEGUN = Experiment(Config(dataset="moons", n_samples=60))
CHANGED = BEGUN.change(10, learning_rate=0.1 + 0.2).change(25, optimizer="sgd")
THREE = table(30, classes=("a", "b", "c"), y=[0, 1, 2] * 10)
RUNS = [
    (Experiment(), 0),
    (Experiment(), 41),
    (CHANGED, 40),
    (CHANGED.change(33, batch_size=7, l2=1e-4, dropout=0.25), 34),
    (Experiment(Config(own_data=table(30, 2))).change(12, learning_rate=0.5), 20),
    (Experiment(Config(own_data=THREE, loss="categorical_crossentropy")), 3),
]


@pytest.mark.parametrize(("experiment", "step"), RUNS)
def test_a_link_opens_the_very_same_run(experiment: Experiment, step: int) -> None:
    query = dict(parse_qsl(urlsplit(run_to_link(experiment, step)).query, keep_blank_values=True))
    assert query == run_to_query(experiment, step)
    assert run_from_query(query) == (experiment, step, [])


def test_the_run_at_the_other_end_has_the_same_numbers_to_the_last_digit() -> None:
    here, there = Runs().get(CHANGED), Runs().get(run_from_query(run_to_query(CHANGED))[0])
    for run in (here, there):
        run.record_until(60)
    assert (here.recording.seek(60).parameters == there.recording.seek(60).parameters).all()


def test_a_link_is_short_and_readable() -> None:
    assert run_to_link(Experiment()) == ""
    then = "10@lr:0.30000000000000004;25@optimizer:sgd"
    assert run_to_link(CHANGED, 40) == f"?dataset=moons&samples=60&then={then}&step=40"


def test_own_data_that_are_too_many_are_left_out_and_it_is_known() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    large = Experiment(Config(own_data=table(2000, x=rng.normal(size=(2000, 3)), y=rng.integers(0, 2, 2000))))
    assert not fits(large)
    assert "data" not in run_to_query(large)
    assert fits(RUNS[4][0])


@pytest.mark.parametrize(
    ("query", "words", "n_changes"),
    [
        ({"then": "10@lr:0.1;5@lr:0.2"}, "above 10; got 5", 1),
        ({"then": "10@lr:0.1;20@hidden:3"}, "may change, such as lr; got hidden.", 1),
        ({"then": "10@lr:0.1;20@colour:red"}, "“colour” is not a setting", 1),
        ({"then": "10@lr:nan"}, "Learning rate must be between", 0),
        ({"then": "ten@lr:1"}, "must be a whole number", 0),
        ({"then": "10"}, "may change, such as lr; got none.", 0),
        ({"then": "999999@lr:0.1", "hidden": "32,32,32,32", "batch": "2000"}, "must be at most", 0),
        ({"then": ";".join(f"{k}@lr:0.1" for k in range(1, MAX_CHANGES + 5))}, "at most 200 changes", MAX_CHANGES),
        ({"step": "-3"}, "The step must be", 0),
        ({"step": "1e9"}, "The step must be", 0),
        ({"step": "99999999999"}, "The step must be", 0),
        ({"v": "7"}, "is of version 7", 0),
        ({"data": "!!"}, "cannot be read", 0),
        ({"data": "A" * 7000}, "at most 6000 letters", 0),
    ],
)
def test_what_is_wrong_in_a_link_is_named_and_the_rest_is_kept(
    query: dict[str, str], words: str, n_changes: int
) -> None:
    experiment, step, problems = run_from_query({**query, "noise": "0.2"})
    assert experiment.config.noise == 0.2
    assert (len(experiment.changes), step) == (n_changes, 0)
    assert len(problems) == 1
    assert words in problems[0]
    assert len(problems[0]) < 250


def test_data_that_unpack_to_too_much_are_refused() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 4_250_000 + b"{}", 9)).decode()
    assert len(bomb) < 6000
    for text in (bomb, bomb[: len(bomb) // 2 // 4 * 4]):
        _, _, problems = run_from_query({"data": text})
        assert problems == ["The link's data cannot be read: they are cut off, or unpack to too much."]
