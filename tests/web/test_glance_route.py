"""The route of the drawing sheet: the engine's own network, the same for the same points, and no harm from anybody."""

import contextlib
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import mlp
from playground.geometry.landscape import GoneError, Pieces
from playground.run.glance import LEARNING_RATE, STEPS, glance
from playground.tables.drawn import MOST_POINTS, drawn_table
from playground.web.glance_route import MOST_BYTES, glance_message, routes
from playground.web.message import decode

JSON = {"content-type": "application/json"}


def points(n: int, classes: tuple[int, ...] = (0, 1)) -> list[float]:
    """So many points of a ring of classes, apart from each other by angle."""
    rng = np.random.default_rng(3)
    c = np.arange(n) % len(classes)
    angle = 2.0 * np.pi * (c + 0.7 * rng.random(n)) / len(classes)
    far = rng.uniform(1.0, 2.5, n)
    rows = np.column_stack([far * np.cos(angle), far * np.sin(angle), np.array(classes)[c]])
    return rows.round(2).ravel().tolist()


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(contextlib.nullcontext, "/play")), base_url="http://test") as found:
        yield found


def ask(client: TestClient, flat: list[float]) -> tuple[dict[str, Any], np.ndarray]:
    answer = client.post("/play/glance", json={"points": flat})
    assert answer.status_code == 200, answer.text
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    header, numbers = decode(answer.content)
    return header["glance"], numbers.ravel()


@pytest.mark.parametrize("classes", [(0, 1), (2, 5), (0, 3, 4)])
def test_the_answer_is_what_the_engine_alone_makes_of_the_points(client, classes):
    told, numbers = ask(client, points(60, classes))
    rows = np.array(points(60, classes)).reshape(-1, 3)
    y = np.searchsorted(classes, rows[:, 2])
    task = "binary" if len(classes) == 2 else "multiclass"
    data = mlp.Dataset(rows[:, :2], y, np.empty((0, 2)), np.empty(0, int), task)
    loss = "binary_crossentropy" if task == "binary" else "categorical_crossentropy"
    net = mlp.MLP([2, 8, 8, data.n_outputs], "tanh", loss, initializer="glorot_uniform", seed=1)
    trainer = mlp.Trainer(net, data, mlp.Adam(learning_rate=LEARNING_RATE), batch_size=10, seed=1)
    trainer.run(told["epochs"])
    np.testing.assert_array_equal(numbers, net.parameters.astype(np.float32))
    assert told["right"] == int((net.classify(data.x_train) == y).sum())
    assert (told["n"], told["classes"], told["task"]) == (60, list(classes), task)
    assert told["right"] == 60, "points as far apart as these are told apart"
    assert told["steps"] == trainer.step_count


@pytest.mark.parametrize("n", [8, 63, MOST_POINTS])
def test_any_points_cost_the_same(n):
    seen = glance(drawn_table({"points": points(n)}))
    assert sum(seen.parts()) == seen.epochs
    assert STEPS <= seen.trainer.step_count < STEPS + math.ceil(n / 10)
    assert len(seen.trainer.recording.frames) <= 2, "nothing of it is recorded"


def test_nothing_more_is_trained_for_one_who_has_hung_up():
    calls: list[None] = []

    def gone() -> bool:
        calls.append(None)
        return len(calls) > 1

    class Slow:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    table = drawn_table({"points": points(40)})
    with pytest.raises(GoneError):
        glance_message(table, Pieces(Slow, lambda: True))
    with contextlib.suppress(GoneError):
        glance_message(table, Pieces(Slow, gone))
    assert calls


GOOD = json.dumps({"points": points(40)}).encode()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (400, b"", JSON),
        (400, b"{", JSON),
        (400, b"[" * 30_000, JSON),
        (400, b"null", JSON),
        (400, b'{"points": []}', JSON),
        (400, b'{"points": [0, 0]}', JSON),
        (400, b'{"points": [1e999, 0, 0]}', JSON),
        (400, json.dumps({"points": points(40, (0,))}).encode(), JSON),
        (400, json.dumps({"points": points(MOST_POINTS + 1)}).encode(), JSON),
        (400, GOOD.replace(b"[", b'["x",', 1), JSON),
        (413, GOOD + b" " * MOST_BYTES, JSON),
        (415, GOOD, {}),
    ],
)
def test_what_is_no_drawing_is_refused_in_a_sentence(client, status, body, headers):
    answer = client.post("/play/glance", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["problem"].endswith(".")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_a_question_must_be_posted(client, method):
    assert client.request(method, "/play/glance").status_code == 405
