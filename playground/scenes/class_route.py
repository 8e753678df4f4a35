"""The route by which a solution is handed in to a class: JSON {room, name, lesson, code, task} gets a sentence.

No script runs for it and no session is asked; what it costs is bounded by the trial's own limits and by the threads
that all who hand in may hold together.
"""

from __future__ import annotations

import json
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.scenes.classroom import Classes
from playground.scenes.packed import MOST_TEXT
from playground.web.assets import from_modules
from playground.web.route import HEADERS, METHODS, body_of

ADDRESS = "class/hand-in"
MOST_BYTES = MOST_TEXT + 3000
MOST_THREADS = 8
"""All but one of them wait for the gate"""
_KEYS = ("room", "name", "lesson", "code", "task")


def hand_in_address() -> str:
    """Where solutions go, from the folder of the module that hands in."""
    return from_modules(ADDRESS)


def routes(classes: Any, prefix: str = "") -> list[Route]:
    """The route; `classes()` gives the `Classes` of this server, and `prefix` is "" or begins with a slash."""
    threads = CapacityLimiter(MOST_THREADS)

    async def answer(request: Request) -> Response:
        try:
            told = _read(await body_of(request, MOST_BYTES))
            sentence = await to_thread.run_sync(_hand_in, classes(), told, limiter=threads)
        except HTTPException as refused:
            return JSONResponse({"sentence": refused.detail}, refused.status_code, HEADERS)
        except ValueError as problem:
            return JSONResponse({"sentence": str(problem)}, 400, HEADERS)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"sentence": sentence}, headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", answer, methods=METHODS)]


def _hand_in(classes: Classes, told: dict[str, str]) -> str:
    entry = classes.hand_in(**told)
    return f"Verified, {entry.name}: {'★' * entry.stars} for “{entry.lesson}” is on the board."


def _read(body: bytes) -> dict[str, str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("What is handed in must be JSON.") from None
    if not isinstance(told, dict) or not all(isinstance(told.get(key), str) for key in _KEYS) or len(told) > len(_KEYS):
        raise ValueError(f"What is handed in must have the texts {', '.join(_KEYS)}, and nothing else.")
    return told
