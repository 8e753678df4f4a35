"""The routes by which an audience follows a talk: a plain page of ours and a WebSocket each, no Streamlit session.

    POST live                {"talk": NAME}: {"room", "secret"}
    GET  live/ROOM           the followers' page; with the secret in its fragment, the speaker's phone
    GET  live/ROOM/code      its address as a QR code: ?address=
    WS   live/ROOM/follow    the moment that the speaker's screen shows, again and again; {"vote": K} comes back
    WS   live/ROOM/speak     {"secret", "remote"} first; then moments from the screen, or actions from the phone

A socket is listened to while it is spoken to: only so does one notice that the other side has left.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from anyio import create_task_group, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.export.qr_code import qr_code
from playground.scenes.page import served_page
from playground.scenes.rooms import Ear, Room, Rooms, read_action, read_moment, read_vote
from playground.scenes.route import ADDRESS as TALKS
from playground.scenes.shelf import Shelf
from playground.web import look
from playground.web.route import HEADERS, posted, refused

ADDRESS = "live"
MOST_BYTES = 200
CLOSED, FULL, REFUSED = 4410, 4503, 4403
"""Why a socket was closed, as the page hears it"""
_GONE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>This room is closed</title><style>{look.style()}</style>"
    "<body style='font: var(--type-head) system-ui; padding: 10vw'>"
    "<h1>This room is closed</h1><p>Ask the speaker for a new code.</p>"
)


def routes(shelf: Shelf, rooms: Rooms, prefix: str = "") -> list[BaseRoute]:
    """The routes; `prefix` is "" or begins with a slash."""

    async def make(request: Request) -> Response:
        too_large = f"A question for a room must have at most {MOST_BYTES} bytes."
        try:
            body = await posted(request, MOST_BYTES, "A room must be asked for in application/json.", too_large)
        except HTTPException as problem:
            return refused(problem.status_code, problem.detail)
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            name = json.loads(body)["talk"]
        except (ValueError, KeyError, TypeError, RecursionError):
            name = None
        if not isinstance(name, str) or shelf.get(name) is None:
            return refused(410, "This server does not know this talk: open it again on the page “Talk”.")
        try:
            room = rooms.make(name)
        except ValueError as error:
            return refused(503, str(error))
        return JSONResponse({"room": room.name, "secret": room.secret}, 200, HEADERS)

    async def page(request: Request) -> Response:
        room = rooms.get(request.path_params["room"])
        found = shelf.get(room.talk) if room else None
        if room is None or found is None:
            return HTMLResponse(_GONE, 410, HEADERS)
        body = served_page(found.talk.title, "../", f"../{TALKS}/{room.talk}/told", {"room": room.name})
        return Response(body, media_type="text/html", headers=HEADERS)

    async def code(request: Request) -> Response:
        room, address = request.path_params["room"], request.query_params.get("address", "")
        if rooms.get(room) is None or not address.endswith(f"/{ADDRESS}/{room}"):
            return refused(404, "There is a code for the address of a room alone.")
        try:
            picture = await to_thread.run_sync(qr_code, address)
        except ValueError as error:
            return refused(404, str(error))
        return Response(picture, media_type="image/png", headers=HEADERS)

    async def follow(socket: WebSocket) -> None:
        await socket.accept()
        room = rooms.get(socket.path_params["room"])
        if room is None:
            return await socket.close(CLOSED)
        try:
            with rooms.follow(room) as ear:
                await _both(socket, ear, lambda text: room.vote(ear, read_vote(text)))
        except ValueError as error:
            await socket.close(FULL, str(error))
        return None

    async def speak(socket: WebSocket) -> None:
        await socket.accept()
        room = rooms.get(socket.path_params["room"])
        if room is None:
            return await socket.close(CLOSED)
        try:
            first = json.loads((await socket.receive_text())[:MOST_BYTES])
            told, remote = str(first["secret"]), bool(first.get("remote"))
        except WebSocketDisconnect:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            told, remote = "", False
        if not secrets.compare_digest(told.encode(), room.secret.encode()):
            return await socket.close(REFUSED)
        with rooms.speak(room, remote=remote) as ear:
            await _both(socket, ear, _take_from(room, remote))
        return None

    return [
        Route(f"{prefix}/{ADDRESS}", make, methods=("POST",)),
        Route(f"{prefix}/{ADDRESS}/{{room}}", page),
        Route(f"{prefix}/{ADDRESS}/{{room}}/code", code),
        WebSocketRoute(f"{prefix}/{ADDRESS}/{{room}}/follow", follow),
        WebSocketRoute(f"{prefix}/{ADDRESS}/{{room}}/speak", speak),
    ]


def _take_from(room: Room, remote: bool) -> Callable[[str], None]:
    return (lambda text: room.press(read_action(text))) if remote else (lambda text: room.show(read_moment(text)))


async def _both(socket: WebSocket, ear: Ear, take: Callable[[str], None]) -> None:
    """Say what the ear hears, and take what comes back, until either ends. What does not fit is not heard."""

    async def say() -> None:
        while not ear.over:
            if (text := await ear.hear()) is not None:
                await socket.send_text(text)
        await socket.close(CLOSED)

    async def listen() -> None:
        while True:
            text = await socket.receive_text()
            with suppress(ValueError):
                take(text)

    async with create_task_group() as group:

        async def until_it_ends(work: Callable[[], Awaitable[None]]) -> None:
            with suppress(WebSocketDisconnect, RuntimeError, OSError):  # the other side is gone
                await work()
            group.cancel_scope.cancel()

        group.start_soon(until_it_ends, say)
        group.start_soon(until_it_ends, listen)
