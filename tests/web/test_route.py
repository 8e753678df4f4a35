"""The route by which the stage asks: the engine's rows to the last bit, and no harm from anybody."""

import json
import logging
import math
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs, frame_rows, new_trainer
from playground.web.message import decode
from playground.web.question import MOST_EPOCHS
from playground.web.route import MOST_BYTES, routes

SMALL = Experiment(Config(dataset="xor", n_samples=60, hidden_layer_sizes=(3, 2)))
FORK = SMALL.change(30, learning_rate=0.2)
JSON = {"content-type": "application/json"}


@pytest.fixture
def runs() -> Runs:
    """Where a session has had one run made."""
    found = Runs()
    found.get(SMALL).record(1, seconds=math.inf)
    return found


@pytest.fixture
def client(runs: Runs) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(runs.known, "/play")), base_url="http://test") as found:
        yield found


def ask(client: TestClient, run: str = SMALL.name, **keys: Any) -> tuple[dict[str, Any], np.ndarray]:
    answer = client.post("/play/ask", json={"run": run, "have": -1, **keys})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/octet-stream"
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    header, rows = decode(answer.content)
    return header["run"], rows


def test_rows_are_those_of_an_engine_that_has_trained_the_run_alone(client):
    alone = new_trainer(SMALL)
    alone.run(40)
    have, found = -1, []
    while have < alone.recording.last_step:
        told, rows = ask(client, have=have, want=7)
        assert (told["after"], told["run"]) == (have, SMALL.name)
        found.append(rows)
        have = int(rows[-1, 0])
    both = np.concatenate(found)[:41]
    np.testing.assert_array_equal(both, frame_rows(alone.recording))


def test_a_browser_that_holds_nothing_is_told_what_it_takes_to_draw_the_run_and_others_are_not(client):
    assert ask(client)[0]["net"]["features"] == ["x1", "x2"]
    assert "net" not in ask(client, have=0, want=2)[0]


def test_single_steps_and_how_right_the_network_is_there_are_the_engines(client):
    alone = new_trainer(SMALL)
    alone.run(5)
    told, rows = ask(client, have=alone.recording.last_step, single=[3, 8], answers=7)
    np.testing.assert_array_equal(rows, frame_rows(alone.recording.between(3, 8)))
    assert (told["singles"], told["answers"]["step"]) == (6, 7)
    net, data = alone.net.copy(), alone.data
    net.parameters[...] = alone.recording.seek(7).parameters
    right = int((net.classify(data.x_test) == data.y_test).sum())
    assert sum(row[k] for k, row in enumerate(told["answers"]["matrix"])) == right


def test_a_server_that_was_started_anew_gives_the_rows_that_follow_what_its_browser_holds(runs, client):
    alone = new_trainer(SMALL)
    alone.run(90)
    have, rows = int(alone.recording.steps[80]), np.empty((0, 1))
    while not len(rows):  # a quarter of a second each
        _, rows = ask(client, have=have, want=4)
    np.testing.assert_array_equal(rows, frame_rows(alone.recording, 81, 85))


def test_a_run_is_answered_about_only_when_somebody_has_had_it_made(runs, client):
    def status(name: str) -> int:
        return client.post("/play/ask", json={"run": name, "have": 0}).status_code

    assert status(FORK.name) == 410
    runs.get(FORK)
    assert status(FORK.name) == 410, "making it would have its parent trained, for as long as that may take"
    runs.get(FORK).trainer  # noqa: B018
    assert status(FORK.name) == 200
    unknown = client.post("/play/ask", content=rb'{"run": "\ud800", "have": 0}', headers=JSON)
    assert (unknown.status_code, unknown.json()) == (410, {"problem": "unknown run"})
    assert unknown.headers["x-content-type-options"] == "nosniff"


def test_a_run_that_was_forgotten_is_not_known_and_one_that_is_asked_for_stays():
    first, second, third = (Experiment(SMALL.config.changed(seed=seed)) for seed in (1, 2, 3))
    one = Runs().get(first)
    one.record(5, seconds=math.inf)
    runs = Runs(max_bytes=int(2.5 * one.nbytes))
    with TestClient(Starlette(routes=routes(runs.known, "/play")), base_url="http://test") as client:
        for experiment in (first, second, third):
            runs.get(experiment).record(5, seconds=math.inf)
            ask(client, first.name)
        assert client.post("/play/ask", json={"run": second.name, "have": 0}).status_code == 410
        ask(client, third.name)


def test_what_questions_have_trained_counts_towards_the_bounded_memory(runs, client):
    before = runs._total
    ask(client, want=300)
    ask(client)
    assert runs._total > before + 300 * 8 * runs.get(SMALL).trainer.net.n_parameters


GOOD = json.dumps({"run": SMALL.name, "have": 0}).encode()
HOSTILE = [
    (400, b"", JSON),
    (400, b"{", JSON),
    (400, b"\xff\x00", JSON),
    (400, b"[" * MOST_BYTES, JSON),
    (400, b"{}", JSON),
    (400, b"null", JSON),
    (400, GOOD[:-1] + b', "moment": 3}', JSON),
    (400, GOOD.replace(b"0}", b'"0"}'), JSON),
    (400, GOOD.replace(b"0}", b"1e999}"), JSON),
    (400, GOOD.replace(b"0}", b"9" * 500 + b"}"), JSON),
    (413, GOOD + b" " * MOST_BYTES, JSON),
    (413, b"x" * 3_000_000, JSON),
    (415, GOOD, {}),
    (415, GOOD, {"content-type": "text/plain"}),
    (415, GOOD, {"content-type": "application/x-www-form-urlencoded"}),
]


@pytest.mark.parametrize(("status", "body", "headers"), HOSTILE, ids=lambda x: ascii(x)[:30])
def test_what_is_no_question_is_refused_in_a_sentence_and_a_line_of_the_log(client, caplog, status, body, headers):
    with caplog.at_level(logging.WARNING):
        answer = client.post("/play/ask", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    sentence = answer.json()["problem"]
    assert caplog.messages == [sentence]
    assert sentence.isprintable()
    assert len(sentence) < 250


def test_a_question_as_long_as_it_may_be_is_answered(client):
    assert client.post("/play/ask", content=GOOD.ljust(MOST_BYTES), headers=JSON).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_question_must_be_posted(client, method):
    answer = client.request(method, "/play/ask")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "access-control-allow-origin" not in answer.headers


# ---- who hangs up ------------------------------------------------------------------------------------------------
def request(body: bytes, hang_up: anyio.Event, sent: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    """A request as a server hands it on: it is posted, and hung up when a test says so."""
    posted = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in posted:
            return message
        if not hang_up.is_set():
            await hang_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/ask", "headers": headers, "query_string": b""}
    return {**scope, "root_path": "", "http_version": "1.1"}, receive, send


@pytest.mark.parametrize("hangs_up", [True, False])
def test_training_stops_when_nobody_waits_for_it_any_longer(runs, hangs_up):
    """Each slice of training waits for the test, so that it is the hanging up that ends it and not the time."""
    run = runs.get(SMALL)
    train, slices, go_on = run.trainer.run, [], threading.Semaphore(2)

    def counted(epochs: int) -> None:
        assert go_on.acquire(timeout=20)
        slices.append(epochs)
        train(epochs=1)

    run.trainer.run = counted
    app = Starlette(routes=routes(runs.known, seconds=math.inf))
    body = json.dumps({"run": SMALL.name, "have": 0, "want": MOST_EPOCHS}).encode()

    async def story() -> None:
        hang_up = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(app, *request(body, hang_up, []))
            while len(slices) < 2:  # and soon waits for the third
                await anyio.sleep(0.002)
            if hangs_up:
                hang_up.set()
            go_on.release(4)
            if not hangs_up:
                while len(slices) < 6:  # and soon waits for the seventh
                    await anyio.sleep(0.002)
                hang_up.set()
                go_on.release()

    anyio.run(story)
    assert len(slices) <= 3 if hangs_up else len(slices) >= 6


def test_while_a_question_is_worked_on_the_event_loop_is_free(runs):
    run, app, turns = runs.get(SMALL), Starlette(routes=routes(runs.known)), 0
    train = run.trainer.run
    run.trainer.run = lambda epochs: (time.sleep(0.2), train(epochs=1))

    async def story() -> None:
        nonlocal turns
        async with anyio.create_task_group() as group:
            sent: list[dict[str, Any]] = []
            body = json.dumps({"run": SMALL.name, "have": 0, "want": 5}).encode()
            group.start_soon(app, *request(body, anyio.Event(), sent))
            while not sent:
                turns += 1
                await anyio.sleep(0.005)

    anyio.run(story)
    assert turns > 20  # held up by the slices, it would have had one between two of them


def test_a_question_that_breaks_off_in_its_middle_is_no_error(runs, caplog):
    app, sent = Starlette(routes=routes(runs.known)), []

    async def story() -> None:
        scope, _, send = request(b"", anyio.Event(), sent)
        parts = iter([{"type": "http.request", "body": b'{"run"', "more_body": True}, {"type": "http.disconnect"}])

        async def receive() -> dict[str, Any]:
            return next(parts)

        await app(scope, receive, send)

    anyio.run(story)
    assert sent[0]["status"] == 400
    assert caplog.messages == []
