"""The connections and headers of the server, without a server."""

import asyncio
import socket

import pytest

from playground.app.server import Hints, without_delay
from playground.web.assets import modules_address, with_imports


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


def headers_through_hints(content_type, kind="http.response.start"):
    async def app(scope, receive, send):
        await send({"type": kind, "headers": [(b"content-type", content_type)]})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Hints(app)({}, None, send))
    return dict(sent[0]["headers"])


def test_a_page_comes_with_a_hint_at_the_stage_and_at_all_that_it_imports():
    link = headers_through_hints(b"text/html; charset=utf-8")[b"link"].decode()
    for name in ("stage/stage.js", "stage/player.js", "shared/registry.js", "shared/erf.js"):
        assert f"<./{modules_address()}/{name}>; rel=modulepreload" in link
    assert f"<./{modules_address()}/stage/stage.css>; rel=preload; as=style" in link
    assert "inside.js" not in link


def test_the_hints_follow_every_import_once_and_leave_out_what_the_page_names_itself():
    texts = {
        "a.js": 'import{x as y}from"./b.1-c.js";import"./known.js";import { z } from "./c.js";',
        "b.1-c.js": 'import"./a.js";import t from"./c.js"',
        "c.js": 'const text = "./d.js";',
    }
    assert with_imports(["a.js"], texts.__getitem__, besides="<script src=known.js>") == ["a.js", "b.1-c.js", "c.js"]


@pytest.mark.parametrize("content_type", [b"text/javascript", b"application/json"])
def test_nothing_else_has_hints(content_type):
    assert b"link" not in headers_through_hints(content_type)
