"""A visitor without a browser: it speaks Streamlit's protocol over a websocket, and asks by the stage's routes.

What the stage of such a visitor is told it keeps: the page that it shows last, and each run's rows by their steps. The
soak test, the hostile payloads and the benchmarks of a crowded server are made of these.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import numpy as np
from httpx2 import AsyncClient, Limits, Response
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from playground.web.message import decode

PATIENCE = 60.0  # seconds; a busy machine is slow, and not wrong
RETRY_SECONDS = 3.0  # as in stage/player.js


class Visitor:
    """One tab. It shows a run after another, as its session has the page drawn."""

    def __init__(self, url: str, query: str = "") -> None:
        self.url, self.query = url, query
        # A connection is not used again just when the server, after its five seconds, closes it.
        self.client = AsyncClient(base_url=url, timeout=PATIENCE, limits=Limits(keepalive_expiry=3.0))
        self.session = ""  # by which the server knows a tab again
        self.pages: dict[str, str] = {}  # the hash of each page's script, by the page's path
        self.path = ""  # of the page that is open
        self.widgets: dict[str, str] = {}  # the ids of widgets, by their labels
        self.components: dict[str, tuple[str, str]] = {}  # the ids of each, and of the part of the page that holds it
        self.page: dict[str, Any] = {}  # what the stage shows
        self.about: dict[str, dict[str, Any]] = {}  # what it takes to draw each run, and
        self.rows: dict[str, dict[int, np.ndarray]] = {}  # its rows, by their steps
        self.exceptions: list[str] = []
        self.received = 0  # bytes
        self.drawn = 0  # times that the script has come to an end
        self.serial = self.answered = 0  # wishes told, and the last that the page was drawn for
        self.news = asyncio.Event()

    # ---- the line ------------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Open the line; a server that knows the session goes on with it."""
        names = ["streamlit", *(["none", self.session] if self.session else [])]
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket: ClientConnection = await connect(address, subprotocols=names, max_size=None)  # type: ignore[arg-type]
        self.listener = asyncio.create_task(self._listen(self.socket))

    async def cut(self) -> None:
        """Lose the line without a word."""
        self.socket.transport.abort()
        await self.listener

    async def close(self) -> None:
        """Close the tab."""
        with suppress(ConnectionClosed):
            await self.socket.close()
        await self.listener
        await self.client.aclose()

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            with suppress(ConnectionClosed):
                async for data in socket:
                    assert isinstance(data, bytes)
                    self.received += len(data)
                    self._hear(ForwardMsg.FromString(data))
        finally:
            self.news.set()

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "delta":
            self._element(message.delta)
        elif kind == "script_finished":
            self.drawn += 1
            self.news.set()

    def _element(self, delta: Delta) -> None:
        element = delta.new_element
        name = element.WhichOneof("type")
        if name == "exception":
            self.exceptions.append(f"{element.exception.type}: {element.exception.message}")
        elif name == "bidi_component":
            component = element.bidi_component
            what = component.component_name.rpartition(".")[2]
            self.components[what] = (component.id, delta.fragment_id)
            if what == "stage":
                self._stage(component)
        elif name and getattr(getattr(element, name), "label", ""):
            self.widgets[getattr(element, name).label] = getattr(element, name).id

    def _stage(self, component: BidiComponent) -> None:
        header, rows = decode(component.bytes)
        self.page = header["page"]
        self.answered = max(self.answered, self.page["serial"])
        self.take(header, rows)
        self.news.set()

    def take(self, header: dict[str, Any], rows: np.ndarray) -> None:
        """Keep what a message tells of a run; AssertionError where two tell another thing of the same step."""
        if (told := header.get("run")) is None:
            return
        name = told["run"]
        if "link" in told:
            self.about[name] = told
        nets = (told.get("seeds") or {}).get("nets", 0)  # of other seeds: no rows of this run
        kept = self.rows.setdefault(name, {})
        for row in rows[: len(rows) - nets]:
            before = kept.setdefault(int(row[0]), row.copy())
            np.testing.assert_array_equal(before, row, err_msg=f"two answers differ at step {row[0]} of run {name}")

    # ---- what a person does --------------------------------------------------------------------------------------
    @property
    def run(self) -> str:
        """The name of the run on screen."""
        return str(self.page.get("run", ""))

    @property
    def last(self) -> int:
        """The last step of it that this browser holds; -1 for none."""
        return max(self.rows.get(self.run, {}), default=-1)

    async def send(self, *states: WidgetState, fragment: str = "", **more: Any) -> None:
        """Have the script run, or a fragment of it, after a change of widgets."""
        state = ClientState(
            query_string=self.query,
            widget_states=WidgetStates(widgets=states),
            page_script_hash=self.pages.get(self.path, ""),
            fragment_id=fragment,
            **more,
        )
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until what the server sends makes this hold; TimeoutError if it does not for so long.

        ConnectionError if the line is lost meanwhile, or what went wrong with what was heard.
        """
        async with asyncio.timeout(seconds):
            while not holds():
                if self.listener.done():
                    raise self.listener.exception() or ConnectionError("the server has hung up")
                self.news.clear()
                await self.news.wait()

    async def go_to(self, path: str) -> None:
        """Open a page, by its path, and wait until it stands."""
        before, self.path = self.drawn, path
        await self._again_until(lambda: self.drawn > before, self.send)

    async def _again_until(self, holds: Callable[[], bool], send: Callable[[], Awaitable[None]]) -> None:
        """Send something, and again after a while, as the stage does, until it has come of it what should.

        Streamlit loses what comes while a script ends that it was about to stop, because the line was lost and found.
        """
        end = time.monotonic() + PATIENCE
        while not holds():
            await send()
            try:
                await self.until(holds, RETRY_SECONDS)
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    async def trigger(self, text: str, component: str = "stage") -> None:
        """Send by a component's trigger what is to be JSON."""
        place, fragment = self.components[component]
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{place}__events")
        state.json_trigger_value = text
        await self.send(state, fragment=fragment)

    async def wish(self, moment: int = 0, **wish: Any) -> None:
        """Wish something done as the stage does, and wait until the page has been drawn for it.

        A page that is just being drawn anew does not hear the stage of the one before: the wish is told again.
        """
        self.serial += 1
        told = {"serial": self.serial, "run": self.run, "moment": moment, "have": self.last, **wish}
        text = json.dumps([{"event": "wish", "value": told}])
        await self._again_until(lambda: self.answered >= self.serial, lambda: self.trigger(text))

    async def ask(self, **question: Any) -> Response:
        """Ask about the run on screen as the stage does, and take the answer in."""
        answer = await self.client.post("/ask", json={"run": self.run, "have": self.last, **question})
        self.received += len(answer.content)
        if answer.status_code == 200:
            self.take(*decode(answer.content))
        return answer


@asynccontextmanager
async def visit(url: str, query: str = "", path: str = "") -> AsyncIterator[Visitor]:
    """Open a page of the app and wait until it stands; close it at the end."""
    visitor = Visitor(url, query)
    await visitor.connect()
    try:
        await visitor.go_to("")
        if path:
            await visitor.go_to(path)
        yield visitor
    finally:
        await visitor.close()
