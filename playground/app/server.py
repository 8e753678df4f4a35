"""How the server answers, besides what it says: at once, and with a hint at what a page will need."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.web.assets import modules_address, text_of, with_imports


@asynccontextmanager
async def without_delay(app: st.App) -> AsyncIterator[None]:
    """Have small answers sent at once, for as long as the server runs.

    An answer goes out as its head and its body. By default the system keeps the body back until the head has been
    acknowledged, which may take the other side 40 ms. asyncio would see to that, but not with the socket that
    Streamlit makes; what is set on a listening socket holds for every connection.
    """
    for found in gc.get_objects():
        # Not isinstance: it asks an object for its class, and some object may mind.
        if issubclass(type(found), socket.socket) and found.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):  # closed meanwhile
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    yield


# Streamlit loads the code of an element when a page first shows one; without it there is no hint, and no harm.
ELEMENTS = ("BidiComponent", "ButtonGroup", "Checkbox", "Html", "Selectbox", "Slider")
_STREAMLIT = Path(st.__file__).parent / "static"


@cache
def _hints() -> bytes:
    """What the first page will load after a while, as a header that the browser reads before the page."""
    chunks = _STREAMLIT / "static" / "js"
    elements = [path.name for element in ELEMENTS for path in chunks.glob(f"{element}.*.js")]
    index = (_STREAMLIT / "index.html").read_text(encoding="utf-8")
    elements = with_imports(elements, lambda name: (chunks / name).read_text(encoding="utf-8"), besides=index)
    modules = [f"static/js/{name}" for name in elements]
    modules += [f"{modules_address()}/{name}" for name in with_imports(["stage/stage.js"], text_of)]
    style = f"<./{modules_address()}/stage/stage.css>; rel=preload; as=style"
    return ", ".join([style, *(f"<./{module}>; rel=modulepreload" for module in modules)]).encode()


class Hints:
    """Middleware: a page comes with a hint at the modules it will ask for, so that they are there by then."""

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


def base_path() -> str:
    """The path under which the server was told to serve: "" or "/path"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


MIDDLEWARE = [Middleware(Hints)]
