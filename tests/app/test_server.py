"""The connections and headers of the server, without a server."""

import asyncio
import gzip
import socket

import plotly
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from playground.app.heard import MOST_LEVELS, Heard
from playground.app.server import Hints, without_delay
from playground.web.assets import modules_address, names, routes, text_of, with_imports


def nodelay_of_a_connection_to(listening):
    with socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            return accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_small_answers_are_sent_at_once_while_the_server_runs():
    async def during(listening):
        async with without_delay(None):
            return nodelay_of_a_connection_to(listening)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not nodelay_of_a_connection_to(listening)
        assert asyncio.run(during(listening))


PAGE = b"<html><head><title>Streamlit</title></head><body></body></html>"


def through_hints(
    body=PAGE, content_type=b"text/html; charset=utf-8", status=200, path="/health", method="GET", **request
):
    """What the middleware makes of an answer: (headers, body), and which headers of the request came through."""
    heard = []

    async def app(scope, receive, send):
        heard.extend(name for name, _ in scope["headers"])
        headers = [(b"content-type", content_type), (b"etag", b'"1"'), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in request.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"lr=0.1&then=5@lr:1", "headers": headers}
    asyncio.run(Hints(app)(scope, None, send))
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:]), heard


def test_a_page_comes_with_a_hint_at_the_stage_and_at_all_that_it_imports():
    headers, body, _ = through_hints()
    page = body.decode()
    for name in ("stage/stage.js", "stage/player.js", "shared/registry.js", "shared/erf.js"):
        assert page.index(f'<link rel="modulepreload" href="./{modules_address()}/{name}">') < page.index("</head>")
    assert f'<link rel="preload" as="style" href="./{modules_address()}/stage/stage.css">' in page
    assert "inside.js" not in page
    assert int(headers[b"content-length"]) == len(body)


def test_the_home_page_comes_with_what_draws_its_first_picture_and_others_do_not():
    headers, body, _ = through_hints(path="/")
    page = body.decode()
    assert page.index("stage/first.js") < page.index('<template id="streamlit">') < page.index("</head>")
    assert 'href="./first?lr=0.1&amp;then=5@lr:1"' in page
    assert int(headers[b"content-length"]) == len(body)
    assert b"first.js" not in through_hints()[1]


def test_the_headers_of_a_page_stay_below_what_a_proxy_takes():
    assert sum(len(name) + len(value) + 4 for name, value in through_hints()[0].items()) < 500


@pytest.mark.parametrize("coding", ["", "gzip, br"])
def test_a_page_is_sent_whole_to_who_has_one_of_an_older_server_and_not_again_to_who_has_this_one(coding):
    told = {"accept": "text/html", "accept_encoding": coding}
    headers, body, heard = through_hints(**told, if_none_match='"1"', range="bytes=0-5", cookie="a=b")
    assert heard == [b"accept", b"cookie"]
    assert headers[b"cache-control"] == b"no-cache"
    assert headers[b"x-content-type-options"] == b"nosniff"
    whole = through_hints()[1]
    assert (gzip.decompress(body) if coding else body) == whole
    assert int(headers[b"content-length"]) == len(body)
    again, nothing, _ = through_hints(**told, if_none_match=headers[b"etag"].decode())
    assert (again[b"etag"], nothing) == (headers[b"etag"], b"")
    assert b"content-length" not in again


def test_a_head_request_is_told_the_length_of_its_page():
    whole, _, _ = through_hints(accept="text/html")
    assert through_hints(accept="text/html", method="HEAD")[0] == whole
    assert through_hints(body=b"", method="HEAD")[0][b"content-length"] == b"0"  # as the page itself answers


def test_the_hints_follow_every_import_once_and_leave_out_what_the_page_names_itself():
    texts = {
        "a.js": 'import{x as y}from"./b.1-c.js";import"./known.js";import { z } from "./c.js";',
        "b.1-c.js": 'import"./a.js";import t from"./c.js"',
        "c.js": 'const text = "./d.js";',
    }
    assert with_imports(["a.js"], texts.__getitem__, besides="<script src=known.js>") == ["a.js", "b.1-c.js", "c.js"]


@pytest.mark.parametrize("content_type", [b"text/javascript", b"application/json"])
def test_nothing_else_has_hints(content_type):
    headers, body, heard = through_hints(content_type=content_type, accept="*/*", if_none_match='"1"')
    assert (headers[b"etag"], body, heard) == (b'"1"', PAGE, [b"accept", b"if-none-match"])


def test_a_page_that_is_not_there_has_no_hints():
    assert through_hints(status=404)[1] == PAGE


# ---- the files ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=["", "/play"])
def files(request):
    with TestClient(Starlette(routes=routes(request.param)), base_url="http://test") as client:
        yield client, request.param


def ask(files, path, **headers):
    client, prefix = files
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(f"{prefix}/{path}", headers={"accept-encoding": "identity", **named})


@pytest.mark.parametrize("name", names())
def test_every_module_is_served_for_good_under_its_hash(files, name):
    answer = ask(files, f"{modules_address()}/{name}")
    assert (answer.status_code, answer.text) == (200, text_of(name))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    zipped = ask(files, f"{modules_address()}/{name}", accept_encoding="gzip")
    assert (zipped.headers["content-encoding"], zipped.text) == ("gzip", text_of(name))
    assert zipped.headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "path", [f"{modules_address()}/stage/stage.js", f"assets/plotly/{plotly.__version__}/plotly.min.js"]
)
def test_who_has_a_file_is_told_so_and_a_head_request_is_answered(files, path, coding):
    whole = ask(files, path, accept_encoding=coding)
    again = ask(files, path, accept_encoding=coding, if_none_match=f'"other", W/{whole.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    client, prefix = files
    head = client.head(f"{prefix}/{path}", headers={"accept-encoding": coding})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    [
        "assets/js/0000000000000000/stage/stage.js",
        "assets/js/<script>/stage/stage.js",
        "assets/plotly/0.0.0/plotly.min.js",
        "assets/stage/0000000000000000/stage.js",
        "assets/",
        *(
            f"{modules_address()}/{name}"
            for name in ("none.js", "stage/", "stage/" + 300 * "x" + ".js", "../assets.py", "%2e%2e/assets.py", "a%00b")
        ),
    ],
)
def test_another_version_or_file_is_not_there(files, path):
    answer = ask(files, path)
    assert (answer.status_code, answer.text) == (404, "There is no such file.")
    assert "cache-control" not in answer.headers


# ---- what comes by the websocket ---------------------------------------------------------------------------------
def through_heard(path="/play/_stcore/stream", **message):
    """What Streamlit is given in the place of a message of its websocket."""
    got = []

    async def app(scope, receive, send):
        got.append(await receive())

    async def receive():
        return {"type": "websocket.receive", **message}

    asyncio.run(Heard(app)({"type": "websocket", "path": path}, receive, None))
    return got[0]


def told_by_components(*texts):
    states = [WidgetState(id=f"component {k}", json_trigger_value=text) for k, text in enumerate(texts)]
    states.append(WidgetState(id="slider", double_value=0.5))
    state = ClientState(query_string="lr=0.1", widget_states=WidgetStates(widgets=states))
    return BackMsg(rerun_script=state)


GOOD_JSON = [
    '[{"event": "wish", "value": {"moment": 3}}]',
    "[NaN]",
    "",
    MOST_LEVELS // 2 * "[" + MOST_LEVELS // 2 * "]",
]


def test_what_pages_tell_is_passed_on_as_it_is():
    for told in (told_by_components(*GOOD_JSON), BackMsg(stop_script=True)):
        message = {"type": "websocket.receive", "bytes": told.SerializeToString()}
        assert through_heard(**message) == message


@pytest.mark.parametrize("bad", ["{", "9" * 5000, "[" * 20_000, MOST_LEVELS * '{"a": [' + "1" + MOST_LEVELS * "]}"])
def test_what_streamlit_cannot_read_or_copy_is_left_out_and_the_rest_is_told(bad, caplog):
    got = BackMsg.FromString(through_heard(bytes=told_by_components(bad, *GOOD_JSON).SerializeToString())["bytes"])
    widgets = got.rerun_script.widget_states.widgets
    assert [widget.json_trigger_value for widget in widgets] == [*GOOD_JSON, ""]
    assert (widgets[-1].double_value, got.rerun_script.query_string) == (0.5, "lr=0.1")
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("message", [{"text": "x"}, {"bytes": b"\xff" * 9}, {"bytes": b""}])
def test_a_message_that_is_none_of_streamlits_ends_the_connection(message, caplog):
    assert through_heard(**message)["type"] == "websocket.disconnect"
    assert len(caplog.messages) == 1


def test_what_other_websockets_hear_is_theirs():
    message = {"type": "websocket.receive", "text": "x"}
    assert through_heard(path="/room", **message) == message
