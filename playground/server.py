"""How the server answers, besides what it says: at once, and with a hint at what a page will need."""

from __future__ import annotations

import gc
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.assets import stage_text, stage_url


@asynccontextmanager
async def without_delay(app: st.App) -> AsyncIterator[None]:
    """Have small answers sent at once, for as long as the server runs.

    An answer goes out as its head and its body. By default the system keeps the body back until the head has been
    acknowledged, which may take the other side 40 ms. asyncio would see to that, but not with the socket that
    Streamlit makes; what is set on a listening socket holds for every connection.
    """
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # closed meanwhile
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    yield


@cache
def _hints() -> bytes:
    """The stage's modules, each with those that it imports, as a header that the browser reads before the page."""
    names, i = ["stage.js"], 0
    while i < len(names):
        text = stage_text(names[i])
        names += [name for name in re.findall(r'from "\./([\w-]+\.js)"', text) if name not in names]
        i += 1
    hints = [f"<{stage_url()}/stage.css>; rel=preload; as=style"]
    hints += [f"<{stage_url()}/{name}>; rel=modulepreload" for name in names]
    return ", ".join(hints).encode()


class Hints:
    """Middleware: a page comes with a hint at the modules of the stage, so that they are there when asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with one more header for a page."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if headers.get(b"content-type", b"").startswith(b"text/html"):
                    message["headers"] = [*message["headers"], (b"link", _hints())]
            await send(message)

        await self.app(scope, receive, send_on)


MIDDLEWARE = [Middleware(Hints)]
