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
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.app.heard import Heard
from playground.scenes import live
from playground.scenes import route as talks
from playground.web import look
from playground.web.assets import Served, modules_address, served, text_of, with_imports
from playground.web.first import with_first_picture


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
def first_modules() -> list[str]:
    """What draws the first picture, from the server's root."""
    return [f"{modules_address()}/{name}" for name in with_imports(["stage/first.js"], text_of)]


@cache
def hints() -> str:
    """The visual language, and what the first page will load after a while, as elements of the page's head.

    Not as a header: it would be 3.5 kB, and many a proxy takes 4 kB for all headers together.
    """
    chunks = _STREAMLIT / "static" / "js"
    elements = [path.name for element in ELEMENTS for path in chunks.glob(f"{element}.*.js")]
    index = (_STREAMLIT / "index.html").read_text(encoding="utf-8")
    elements = with_imports(elements, lambda name: (chunks / name).read_text(encoding="utf-8"), besides=index)
    modules = [f"static/js/{name}" for name in elements]
    modules += [f"{modules_address()}/{name}" for name in with_imports(["stage/stage.js"], text_of)]
    style = f'<style>{look.style()}</style><link rel="preload" as="style" href="./{modules_address()}/stage/stage.css">'
    return f"<script>{_PUT_AWAY}</script>{style}" + "".join(
        f'<link rel="modulepreload" href="./{module}">' for module in modules
    )


# A phone that is held sideways is wider than Streamlit takes for a phone, and would begin with its settings open.
_PUT_AWAY = """
try {
  const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(screen.width, screen.height) <= 480;
  if (isPhone) localStorage["stSidebarCollapsed-"] ??= true;
} catch { /* a browser may refuse to keep anything */ }
"""


class Hints:
    """Middleware: a page comes with a hint at the modules it will ask for, so that they are there by then.

    The home page comes with its first picture, and with the hint after it (web/first.py). A page is another after each
    new version of the server: a browser asks every time whether it still is the same.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with the hints in the head of a page."""
        if scope["type"] != "http" or scope["path"].removeprefix(base_path()).startswith(_OURS):
            await self.app(scope, receive, send)
            return
        inner = scope
        query = scope.get("query_string", b"").decode("latin-1") if scope["path"] == f"{base_path()}/" else None
        if b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            inner = {**scope, "method": "GET", "headers": [h for h in scope["headers"] if h[0] not in _PARTS]}
        start: Message | None = None
        body = b""

        async def send_on(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and inner["method"] == "GET" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _page(body, query).answer(Request(scope))(scope, receive, send)

        await self.app(inner, receive, send_on)


_OURS = (f"/{talks.ADDRESS}/", f"/{live.ADDRESS}/")  # pages in which Streamlit has no part
_PARTS = (b"if-none-match", b"if-modified-since", b"range", b"accept-encoding")


def _is_page(start: Message) -> bool:
    headers = dict(start["headers"])
    whole = start["status"] == 200 and b"content-encoding" not in headers
    return whole and headers.get(b"content-type", b"").startswith(b"text/html")


def _page(body: bytes, query: str | None) -> Served:
    """Streamlit's page with what it will ask for.

    query : of the home page's address, None for any other page
    """
    page = body.decode().replace("</head>", hints() + "</head>", 1)
    if query is not None:
        page = with_first_picture(page, first_modules(), query)
    return served(page.encode(), "text/html", kept="no-cache")


def base_path() -> str:
    """The path under which the server was told to serve: "" or "/path"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


MIDDLEWARE = [Middleware(Hints), Middleware(Heard)]
