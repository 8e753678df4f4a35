"""The route by which the page Atlas asks: the engine's numbers, as soon as they are there, and no harm from anybody."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mlp.jobs import Job, Slice, train
from playground.run.atlas import MOST_CELLS, Atlas, Axis, View
from playground.run.config import Config
from playground.run.crew import Crews
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.run.search import Dimension, Search
from playground.run.survey import Surveys
from playground.web.atlas_route import ADDRESS, MOST_NUMBERS, page_message, routes
from playground.web.message import AtlasPage, AtlasProgress, decode
from tests.web.test_contract import misfits

BASE = Experiment(Config(dataset="xor", n_samples=60, hidden_layer_sizes=(3, 2)))
SMALL = Atlas(BASE, (Axis("lr", (0.01, 0.1, 99.0)), Axis("width", (2, 3))), 2, 6)


class Here:
    """A crew that trains in a thread of this process, and counts its jobs."""

    notes = ()

    def __init__(self) -> None:
        self.count = 0
        self.free = threading.Event()
        self.free.set()

    def n_workers(self) -> int:
        return 1

    def where(self) -> str:
        return "of this test"

    def submit(self, job: Job, seconds: float) -> Future[Slice]:
        self.count += 1
        future: Future[Slice] = Future()

        def work() -> None:
            self.free.wait()
            if future.set_running_or_notify_cancel():
                future.set_result(train(job, seconds))

        threading.Thread(target=work, daemon=True).start()
        return future

    def replace_late(self, future: Future[Slice]) -> bool:
        return False

    def close(self) -> None:
        pass


@pytest.fixture
def crew() -> Here:
    return Here()


@pytest.fixture
def surveys(crew) -> Surveys:
    return Surveys(Crews(local=crew))


@pytest.fixture
def client(surveys) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(surveys.known, "/play")), base_url="http://test") as found:
        yield found


def ask(client: TestClient, atlas: Atlas, have: int = 0) -> tuple[dict[str, Any], np.ndarray]:
    answer = client.post(f"/play/{ADDRESS}", json={"atlas": atlas.name, "have": have})
    assert answer.status_code == 200, answer.text
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    header, rows = decode(answer.content)
    assert misfits(header["atlas"], AtlasProgress) == []
    return header["atlas"], rows.ravel()


def collect(client: TestClient, atlas: Atlas) -> tuple[dict[int, dict], dict[int, np.ndarray], dict[str, Any]]:
    """All tiles, by their cells: what is told of them, and their numbers."""
    told, numbers, have = {}, {}, 0
    for _ in range(200):
        progress, floats = ask(client, atlas, have)
        at = 0
        for tile in progress["tiles"]:
            n = tile["rows"] * tile["width"] + 2 * tile["moments"] * len(tile["seeds"])
            told[tile["cell"]], numbers[tile["cell"]] = tile, floats[at : at + n]
            at += n
        assert at == len(floats)
        have += len(progress["tiles"])
        if progress["complete"]:
            return told, numbers, progress
    raise AssertionError("it never came to an end")


def test_tiles_are_those_of_an_engine_that_has_trained_each_run_alone(client, surveys):
    surveys.get(SMALL)
    told, numbers, progress = collect(client, SMALL)
    assert sorted(told) == [0, 1, 3, 4]
    assert set(progress["problems"]) == {"2", "5"}
    assert progress["moments"] == list(range(7))
    for cell, tile in told.items():
        assert tile["seeds"] == [1, 2]
        alone = [new_trainer(SMALL.experiment(cell, k)).run(6) for k in range(2)]
        m = alone[tile["middle"]]
        rows = numbers[cell][: tile["rows"] * tile["width"]].reshape(-1, tile["width"])
        wanted = [m.steps, m.epochs, m.train_loss, m.test_loss, m.train_score, m.test_score, m.parameters]
        np.testing.assert_allclose(rows, np.column_stack(wanted), rtol=1e-6, atol=1e-7)
        losses, scores = numbers[cell][tile["rows"] * tile["width"] :].reshape(2, 7, 2)
        np.testing.assert_allclose(losses, np.column_stack([run.test_loss for run in alone]), rtol=1e-6)
        np.testing.assert_allclose(scores, np.column_stack([run.test_score for run in alone]), rtol=1e-6)
        np.testing.assert_allclose(tile["test_loss"], [run.test_loss[-1] for run in alone], rtol=1e-12)


def test_of_a_search_is_told_who_went_on_and_whoever_did_is_sent_again(client, surveys):
    search = Search(BASE, (Dimension("lr", ends=(0.001, 0.3)), Dimension("width", (2, 3))), 6, 2, 9)
    surveys.get(search)
    told, numbers, progress = collect(client, search)
    assert sorted(told) == list(range(6))
    assert [(epoch, came) for epoch, came, _ in progress["rungs"]] == [(1, 6), (3, 2)]
    assert sorted(map(int, progress["dropped"])) == sorted(
        {*range(6)} - {cell for cell in told if told[cell]["rows"] > 9}
    )
    for cell, tile in told.items():
        end = progress["dropped"].get(str(cell), 9)
        assert progress["moments"][tile["moments"] - 1] == end
        alone = new_trainer(search.experiment(cell, tile["middle"])).run(end)
        row = numbers[cell][(tile["rows"] - 1) * tile["width"] : tile["rows"] * tile["width"]]
        np.testing.assert_allclose(row[6:], alone.parameters[-1], rtol=1e-6, atol=1e-7)
    assert progress["split"].startswith("Of the differences in score at epoch 1, which all runs reached")
    assert len(progress["importance"]) == 2
    header, _ = decode(page_message(search, View("score", 3.0, (("lr", (0.01, 0.1)),))))
    page = header["page"]
    assert misfits(page, AtlasPage) == []
    assert (page["form"], page["columns"], page["only"]) == ("search", 3, {"lr": [0.01, 0.1]})
    assert [axis["ends"] for axis in page["axes"]] == [[0.001, 0.3], None]
    assert [axis["log"] for axis in page["axes"]] == [True, False]
    assert [tuple(cell["values"]) for cell in page["cells"]] == [search.values_of(cell) for cell in range(6)]


def test_all_of_it_is_told_once_it_is_there(client, surveys, crew):
    whole = Atlas(BASE, (Axis("lr", (0.01, 0.1)),), 2, 6)
    surveys.get(whole)
    _, _, progress = collect(client, whole)
    assert progress["split"].startswith("Of all differences in score")
    assert progress["done"] == 1.0
    jobs = crew.count
    assert ask(client, whole, 2)[0]["tiles"] == []
    assert crew.count == jobs, "what is there is trained no more"


def test_a_run_that_diverges_is_told_and_its_numbers_fit_into_json(client, surveys):
    loss = {"loss": "mean_squared_error", "optimizer": "sgd", "activations": ("relu",)}
    base = Experiment(Config(dataset="moons", n_samples=200, noise=0.3, hidden_layer_sizes=(4,), **loss))
    wild = Atlas(base, (Axis("lr", (10.0,)),), 5, 30)
    surveys.get(wild)
    told, numbers, _ = collect(client, wild)
    tile = told[0]
    assert any(broke is not None for broke in tile["broke"])
    for broke, end in zip(tile["broke"], tile["test_loss"], strict=True):
        assert (end is None) == (broke is not None)
    rows = numbers[0][: tile["rows"] * tile["width"]]
    assert np.isfinite(rows).all()


def test_an_answer_has_a_bounded_number_of_tiles(client, surveys, monkeypatch):
    monkeypatch.setattr("playground.web.atlas_route.MOST_NUMBERS", 100)
    survey = surveys.get(SMALL)
    while not survey.is_complete:
        survey.ask()
        time.sleep(0.01)
    progress, _ = ask(client, SMALL)
    assert len(progress["tiles"]) == 1
    assert not progress["complete"], "for this browser"
    told, _, _ = collect(client, SMALL)
    assert sorted(told) == [0, 1, 3, 4]
    assert MOST_NUMBERS == 250_000


def test_who_asks_no_longer_has_nobody_train_for_him(client, surveys, crew):
    survey = surveys.get(SMALL)
    crew.free.clear()
    progress, _ = ask(client, SMALL)
    assert progress["working"], "a question is answered though there is no news"
    while survey.is_working:
        time.sleep(0.02)
    crew.free.set()
    told, _, _ = collect(client, SMALL)
    assert sorted(told) == [0, 1, 3, 4]


def test_an_atlas_that_nobody_has_opened_here_is_told(client):
    answer = client.post(f"/play/{ADDRESS}", json={"atlas": SMALL.name, "have": 0})
    assert (answer.status_code, answer.json()) == (410, {"problem": "unknown atlas"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"atlas": "x"}', 400),
        (b'{"atlas": 3, "have": 0}', 400),
        (b'{"atlas": "x", "have": -1}', 400),
        (json.dumps({"atlas": "x", "have": MOST_CELLS + 1}).encode(), 400),
        (b'{"atlas": "x", "have": 0, "more": 1}', 400),
        (b"x" * 5000, 413),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(client, body, status):
    answer = client.post(f"/play/{ADDRESS}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["problem"].endswith(".")
    assert client.get(f"/play/{ADDRESS}").status_code == 405


def test_the_page_says_what_it_takes_to_draw_the_tiles():
    header, _ = decode(page_message(SMALL, View("score", 3.0)))
    page = header["page"]
    assert misfits(page, AtlasPage) == []
    assert (page["show"], page["at"], page["epochs"], page["n_seeds"]) == ("score", 3.0, 6, 2)
    assert [axis["values"] for axis in page["axes"]] == [["0.01", "0.1", "99"], ["2", "3"]]
    assert [cell["net"] for cell in page["cells"]] == [0, 0, -1, 1, 1, -1]
    assert [cell["world"] for cell in page["cells"]] == [0, 0, -1, 0, 0, -1]
    assert page["cells"][2]["problem"] == "Learning rate must be between 1e-05 and 10; got 99."
    assert [net["layers"][0]["n_out"] for net in page["nets"]] == [2, 3]
    other = Atlas(BASE, (Axis("noise", (0.1, 0.2)), Axis("depth", (1, 2))), 1, 6)
    header, _ = decode(page_message(other, View()))
    assert (len(header["page"]["nets"]), len(header["page"]["worlds"])) == (2, 2)
