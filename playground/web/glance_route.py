"""The route by which the drawing sheet asks what a small network makes of its points: {"points": [x1, x2, class, ...]}.

Any points may be sent, and none are kept. Each answer costs the same, trained in pieces at the gate that all share and
given up as soon as the asker hangs up, as the sheet does when the next point is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from anyio import CapacityLimiter, from_thread, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.geometry.landscape import GoneError, Pieces
from playground.run.glance import glance
from playground.tables.drawn import classes_drawn, drawn_table
from playground.tables.table import Table
from playground.web.about import sketch
from playground.web.assets import from_modules
from playground.web.message import GlanceTold, encode
from playground.web.route import HEADERS, LOST, METHODS, asked

ADDRESS = "glance"
MOST_BYTES = 40_000
"""In a question; one of 700 points has some 10,000"""
MOST_THREADS = 4


def ask_glance_address() -> str:
    """Where questions go, from the folder of the module that asks."""
    return from_modules(ADDRESS)


def routes(turn: Callable[[], AbstractContextManager[None]], prefix: str = "") -> list[Route]:
    """The route; `turn` gives the right to compute, and `prefix` is "" or begins with a slash."""
    threads = CapacityLimiter(MOST_THREADS)

    async def answer(request: Request) -> Response:
        table = await asked(request, _read, MOST_BYTES)
        if isinstance(table, Response):
            return table

        def work() -> bytes:
            return glance_message(table, Pieces(turn, partial(from_thread.run, request.is_disconnected)))

        try:
            message = await to_thread.run_sync(work, limiter=threads)
        except GoneError:
            return Response(status_code=LOST)
        return Response(message, media_type="application/octet-stream", headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", answer, methods=METHODS)]


def _read(text: bytes) -> Table:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # the second where it is nested too deeply
        raise ValueError("it must be JSON.") from None
    return drawn_table(value)


def glance_message(table: Table, pieces: Pieces) -> bytes:
    """What the network makes of a drawn table, and its parameters."""
    seen = glance(table)
    pieces.run(seen.parts())
    net, data = seen.trainer.net, seen.trainer.data
    drawn = sketch(seen.experiment, net, data)
    told: GlanceTold = {
        "n": len(table),
        "right": seen.n_right,
        "classes": classes_drawn(table),
        "task": drawn["task"],
        "net": drawn["net"],
        "scale": drawn["scale"],
        "steps": seen.trainer.step_count,
        "epochs": seen.epochs,
    }
    return encode({"glance": told}, net.parameters)
