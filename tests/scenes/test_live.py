"""Talks and rooms over HTTP and WebSockets: what is served, what is refused, who hears what, and how it ends."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect

from playground.scenes import live, rooms, route
from playground.scenes.recorded import new_studio
from playground.scenes.rooms import Rooms, read_action, read_moment, read_vote
from playground.scenes.shelf import MOST_TALKS, Shelf
from tests.browser.harness import free_port

ROOT = Path(__file__).parents[2]
SOURCE = "# A\n\nWords.\n\n---\n\n# B\n\n<!-- run: ?samples=40&hidden=2 ; play: 0..5 in 1s -->"
JSON = {"content-type": "application/json"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class House:
    """The routes, and what they stand on."""

    def __init__(self, prefix: str) -> None:
        self.prefix, self.shelf, self.clock = prefix, Shelf(), Clock()
        self.rooms = Rooms(self.clock)
        routes = [*route.routes(self.shelf, new_studio(), prefix), *live.routes(self.shelf, self.rooms, prefix)]
        self.client = TestClient(Starlette(routes=routes), base_url="http://test")

    def bring(self, source: str = SOURCE) -> str:
        return self.client.post(f"{self.prefix}/talks", json={"source": source}).json()["name"]

    def room(self) -> dict[str, str]:
        return self.client.post(f"{self.prefix}/live", json={"talk": self.bring()}).json()

    def follow(self, room: dict[str, str]):
        return self.client.websocket_connect(f"{self.prefix}/live/{room['room']}/follow")

    def speak(self, room: dict[str, str]):
        return self.client.websocket_connect(f"{self.prefix}/live/{room['room']}/speak")


@pytest.fixture(params=["", "/play"])
def house(request):
    made = House(request.param)
    with made.client:
        yield made


def until(hear, wanted):
    """Listen until something is said; what comes in between is left aside."""
    for _ in range(50):
        said = hear()
        if wanted(said):
            return said
    raise AssertionError("it was never said")


# ---- talks -----------------------------------------------------------------------------------------------------
def test_a_talk_is_brought_recorded_and_served(house):
    name = house.bring()
    page = house.client.get(f"{house.prefix}/talks/{name}")
    assert page.headers["content-type"].startswith("text/html")
    assert f'data-told="{name}/told"' in page.text
    assert 'src="../assets/js/' in page.text, "its files are named from its own place, whatever lies before it"
    for _ in range(100):
        answer = house.client.get(f"{house.prefix}/talks/{name}/told")
        if answer.status_code == 200:
            break
        assert (answer.status_code, list(answer.json())) == (202, ["recorded"])
    assert json.loads(answer.content[4 : 4 + int.from_bytes(answer.content[:4], "little")])["talk"]["title"] == "A"
    assert house.client.get(f"{house.prefix}/talks/{name}/told").content == answer.content


def test_the_same_text_has_the_same_name_and_a_ready_talk_its_own(house):
    assert house.bring() == house.bring()
    assert house.client.get(f"{house.prefix}/talks/depth").status_code == 200
    ready = (ROOT / "playground/scenes/talks/depth.md").read_text(encoding="utf-8")
    assert house.bring(ready) == "depth"


@pytest.mark.parametrize(
    ("body", "headers", "status", "sentence"),
    [
        (b'{"source": "x"}', {"content-type": "text/plain"}, 415, "must be posted as application/json"),
        (b"{", JSON, 400, "must be posted as"),
        (b"[1]", JSON, 400, "must be posted as"),
        (b'{"source": 3}', JSON, 400, "must be posted as"),
        (b'{"source": "# A\\n<!-- run: ?lr=nan -->"}', JSON, 422, "Line 2: Learning rate must be between"),
        (b'{"source": "' + b"x" * 900_000 + b'"}', JSON, 413, "must have at most 200,000 letters"),
        (b"[" * 100_000, JSON, 400, "must be posted as"),
    ],
    ids=["kind", "no JSON", "a list", "a number", "a fault", "too long", "deep"],
)
def test_what_is_no_talk_is_refused_in_a_sentence(house, body, headers, status, sentence):
    answer = house.client.post(f"{house.prefix}/talks", content=body, headers=headers)
    assert answer.status_code == status
    assert sentence in answer.json()["problem"]


def test_a_talk_that_nobody_has_brought_and_one_that_is_too_much_are_sentences(house):
    assert "does not know this talk" in house.client.get(f"{house.prefix}/talks/none/told").json()["problem"]
    name = house.bring("# A\n<!-- run: ?hidden=64,64,64&batch=1&samples=2000 ; play: 0..2000 -->")
    answer = house.client.get(f"{house.prefix}/talks/{name}/told")
    assert (answer.status_code, "at most" in answer.json()["problem"]) == (422, True)


def test_the_shelf_is_bounded_and_the_least_used_go_first():
    shelf = Shelf()
    names = [shelf.put(f"# Talk {k}")[0] for k in range(MOST_TALKS)]
    assert shelf.get(names[0]) is not None
    shelf.put("# One more")
    assert [shelf.get(name) is None for name in names[:3]] == [False, True, False]


# ---- rooms -----------------------------------------------------------------------------------------------------
def test_what_the_speaker_shows_reaches_who_follows_and_who_comes_later(house):
    room = house.room()
    with house.speak(room) as speaker, house.follow(room) as first:
        speaker.send_json({"secret": room["secret"]})
        speaker.send_json(
            {"scene": 1, "stop": 0, "epoch": 2.5, "playing": True, "pointer": [2, 0.25, 1], "secret": "x"}
        )
        said = first.receive_json()
        assert (said["scene"], said["epoch"], said["playing"], said["pointer"]) == (1, 2.5, True, [2, 0.25, 1])
        assert "secret" not in said
        with house.follow(room) as late:
            assert late.receive_json() == said
            assert until(speaker.receive_json, lambda told: told["viewers"] == 2)
        assert until(speaker.receive_json, lambda told: told["viewers"] == 1), "who leaves is noticed"


def test_votes_are_counted_once_a_viewer_and_go_with_the_scene(house):
    room = house.room()
    with house.speak(room) as speaker, house.follow(room) as one, house.follow(room) as two:
        speaker.send_json({"secret": room["secret"]})
        speaker.send_json({"scene": 0})
        for viewer, option in ((one, 1), (one, 1), (one, 2), (two, 0), (two, 7), (two, "x")):
            viewer.send_json({"vote": option})
        assert until(speaker.receive_json, lambda told: sum(told["counted"]) == 2)["counted"] == [1, 0, 1, 0]
        assert one.receive_json()["votes"] is None, "nobody else hears of them before the speaker shows them"
        speaker.send_json({"scene": 0, "votes": [1, 0, 1, 0]})
        assert one.receive_json()["votes"] == [1, 0, 1, 0]
        speaker.send_json({"scene": 1})
        assert until(speaker.receive_json, lambda told: not any(told["counted"]))


def test_the_speakers_phone_is_a_remote_and_hears_of_the_votes(house):
    room = house.room()
    with house.speak(room) as screen, house.speak(room) as phone, house.follow(room):
        screen.send_json({"secret": room["secret"]})
        phone.send_json({"secret": room["secret"], "remote": True})
        screen.send_json({"scene": 1, "stop": 0})
        told = until(phone.receive_json, lambda said: said.get("told"))["told"]
        assert (told["scene"], told["viewers"], told["counted"]) == (1, 1, [0, 0, 0, 0])
        phone.send_json({"action": "shout"})
        phone.send_json({"action": "next"})
        assert until(screen.receive_json, lambda said: "action" in said) == {"action": "next"}


def test_nobody_speaks_without_the_secret_nor_enters_a_room_that_is_not(house):
    room = house.room()
    for first in ({"secret": "guess"}, {}, [], "x"):
        with house.speak(room) as socket:
            socket.send_json(first)
            with pytest.raises(WebSocketDisconnect):
                socket.receive_json()
    for way in ("follow", "speak"):
        with house.client.websocket_connect(f"{house.prefix}/live/none/{way}") as socket:
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == live.CLOSED
    assert house.client.get(f"{house.prefix}/live/none").status_code == 410


def test_a_room_has_a_page_and_a_code_for_its_own_address_alone(house):
    room = house.room()["room"]
    assert f'data-room="{room}"' in house.client.get(f"{house.prefix}/live/{room}").text
    address = f"http://test/live/{room}"
    code = house.client.get(f"{house.prefix}/live/{room}/code?address={address}")
    assert code.content.startswith(b"\x89PNG")
    for other in ("", "http://elsewhere/", address + "x", "x" * 2000 + f"/live/{room}"):
        assert house.client.get(f"{house.prefix}/live/{room}/code?address={other}").status_code == 404


def test_rooms_are_bounded_in_number_in_viewers_and_in_time(house, monkeypatch):
    monkeypatch.setattr(rooms, "MOST_ROOMS", 2)
    monkeypatch.setattr(rooms, "MOST_VIEWERS", 1)
    room, other = house.room(), house.room()
    refused = house.client.post(f"{house.prefix}/live", json={"talk": house.bring()})
    assert (refused.status_code, "all of them are in use" in refused.json()["problem"]) == (503, True)
    with house.follow(room), house.follow(other) as second:
        with pytest.raises(WebSocketDisconnect) as closed:
            second.receive_json()
        assert closed.value.code == live.FULL
    with house.speak(room) as speaker:
        speaker.send_json({"secret": room["secret"]})
        speaker.receive_json()
        house.clock.now += rooms.LONELY_SECONDS + 1
        assert [house.rooms.get(each["room"]) is None for each in (room, other)] == [False, True]
        house.clock.now += rooms.LONGEST_SECONDS
        assert house.rooms.get(room["room"]) is None
        with pytest.raises(WebSocketDisconnect) as closed:
            until(speaker.receive_json, lambda _: False)
        assert closed.value.code == live.CLOSED


def test_a_room_is_made_for_a_talk_that_is_known(house):
    for body, headers, status in (
        (b'{"talk": "none"}', JSON, 410),
        (b"{", JSON, 410),
        (b'{"talk": "depth"}', {"content-type": "text/plain"}, 415),
        (b"x" * 300, JSON, 413),
    ):
        assert house.client.post(f"{house.prefix}/live", content=body, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_moment, "["),
        (read_moment, "[]"),
        (read_moment, '{"scene": -1}'),
        (read_moment, '{"scene": true}'),
        (read_moment, '{"epoch": NaN}'),
        (read_moment, '{"epoch": "1"}'),
        (read_moment, '{"film": -1}'),
        (read_moment, '{"scene": 1' + " " * 2000 + "}"),
        (read_vote, '{"vote": 4}'),
        (read_vote, "{}"),
        (read_action, '{"action": "rm"}'),
        (read_action, '{"action": ["next"]}'),
    ],
)
def test_what_does_not_fit_is_a_sentence(read, text):
    with pytest.raises(ValueError, match=r"^[A-Z“].* .*[.]$"):
        read(text)


def test_what_is_shown_to_a_viewer_is_numbers_alone():
    moment = read_moment('{"scene": 2, "votes": [1, 99999], "text": "x"}')
    assert moment["votes"] is None
    keys = {"scene", "stop", "big", "started", "epoch", "film", "playing", "black", "pointer", "votes"}
    assert set(moment) == keys


@pytest.mark.parametrize(
    "pointer", [["<b>", 1, 1], [0.5, 0.5], [0, 1.2, 0], [0.5, 0, 0], [True, 0, 0], [0, 0], [10, 0, 0], 3]
)
def test_a_pointer_that_is_none_points_nowhere(pointer):
    assert read_moment(json.dumps({"pointer": pointer}))["pointer"] is None


# ---- many, and the end -----------------------------------------------------------------------------------------
def test_a_server_with_two_hundred_viewers_tells_them_all_and_stops(tmp_path):
    stop(tmp_path / "server.log", 200)


def stop(path: Path, n: int) -> None:
    """Let so many viewers follow a talk, and the server end on Ctrl+C: one that waited for them would never do."""
    port = free_port()
    flags = {"port": port, "address": "127.0.0.1", "headless": "true", "fileWatcherType": "none"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--server.{k}={v}" for k, v in flags.items())]
    with path.open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        request = urllib.request.Request(f"{url}/live", b'{"talk": "depth"}', {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            room = json.load(answer)
        address = f"ws://127.0.0.1:{port}/live/{room['room']}"
        with ExitStack() as stack:
            viewers = [stack.enter_context(connect(f"{address}/follow", open_timeout=60)) for _ in range(n)]
            speaker = stack.enter_context(connect(f"{address}/speak", open_timeout=60))
            speaker.send(json.dumps({"secret": room["secret"]}))
            speaker.send(json.dumps({"scene": 3, "stop": 1}))
            assert [json.loads(viewer.recv(timeout=30))["scene"] for viewer in viewers] == [3] * n
            server.send_signal(signal.SIGINT)
            server.wait(60)
    finally:
        server.kill()
        server.wait()
    assert "Traceback" not in path.read_text(encoding="utf-8")
