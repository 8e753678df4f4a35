"""The routes of a talk: its page, its runs once they are recorded, and the way in for a talk of one's own.

    GET  talks/NAME         the page, which has the place in the talk in its fragment
    GET  talks/NAME/told    202 and the share that is recorded, or the bytes of told.py
    POST talks              {"source": TEXT}: the name under which this talk can be played, or what is wrong with it

A question trains for a quarter of a second at the most, as any question of the stage does (web/route.py).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, Lock, from_thread, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.scenes.document import MOST_LETTERS
from playground.scenes.page import served_page
from playground.scenes.recorded import Studio, beyond_reach, record
from playground.scenes.shelf import OnShelf, Shelf
from playground.scenes.told import packed
from playground.web.reply import ANSWER_SECONDS
from playground.web.route import HEADERS, posted, refused

ADDRESS = "talks"
MOST_BYTES = 4 * MOST_LETTERS + 1000
MOST_THREADS = 8
MOST_PACKED = 4
"""Talks that are kept as they are sent: some megabytes each"""


def routes(shelf: Shelf, studio: Studio, prefix: str = "") -> list[Route]:
    """The routes; `studio` has runs and atlases recorded, and `prefix` is "" or begins with a slash."""
    threads = CapacityLimiter(MOST_THREADS)
    sent: OrderedDict[str, bytes] = OrderedDict()
    held: OrderedDict[str, Studio] = OrderedDict()
    packing = Lock()

    def studio_for(name: str) -> Studio:
        found = held.setdefault(name, studio.holding())
        while len(held) > MOST_PACKED:
            held.popitem(last=False)
        return found

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        found = shelf.get(name)
        title = found.talk.title if found else "A talk"
        body = served_page(title, "../", f"{name}/told", {"talks": f"../{ADDRESS}", "name": name})
        return Response(body, media_type="text/html", headers=HEADERS)

    async def told(request: Request) -> Response:
        name = request.path_params["name"]
        found = shelf.get(name)
        if found is None:
            return refused(410, "This server does not know this talk: open it again on the page “Talk”.")
        if name not in sent:
            gone = partial(from_thread.run, request.is_disconnected)
            share = await to_thread.run_sync(partial(_record, found, studio_for(name), gone), limiter=threads)
            if isinstance(share, str):
                return refused(422, share)
            if share < 1.0:
                return JSONResponse({"recorded": share}, 202, HEADERS)
            async with packing:
                if name not in sent:
                    pack = partial(packed, found.talk, found.source, studio_for(name))
                    sent[name] = await to_thread.run_sync(pack, limiter=threads)
                    held.pop(name, None)
                    while len(sent) > MOST_PACKED:
                        sent.popitem(last=False)
        sent.move_to_end(name)
        return Response(sent[name], media_type="application/octet-stream", headers=HEADERS)

    async def bring(request: Request) -> Response:
        try:
            source = await _source(request)
        except HTTPException as problem:
            return refused(problem.status_code, problem.detail)
        except ClientDisconnect:
            return Response(status_code=400)
        name, problems = await to_thread.run_sync(shelf.put, source, limiter=threads)
        if problems:
            return JSONResponse({"problem": " ".join(map(str, problems[:5]))}, 422, HEADERS)
        return JSONResponse({"name": name}, 200, HEADERS)

    return [
        Route(f"{prefix}/{ADDRESS}", bring, methods=("POST",)),
        Route(f"{prefix}/{ADDRESS}/{{name}}", page),
        Route(f"{prefix}/{ADDRESS}/{{name}}/told", told),
    ]


def _record(found: OnShelf, studio: Studio, gone: Callable[[], bool]) -> float | str:
    """The share that is recorded after a quarter of a second; or in a sentence why it never will be."""
    if problems := beyond_reach(found.talk, studio):
        return str(problems[0])
    return record(found.talk, studio, ANSWER_SECONDS, gone)


async def _source(request: Request) -> str:
    """The talk that was posted."""
    too_large = f"A talk must have at most {MOST_LETTERS:,} letters."
    body = await posted(request, MOST_BYTES, "A talk must be posted as application/json.", too_large)
    try:
        source = json.loads(body)["source"]
    except (ValueError, KeyError, TypeError, RecursionError):
        source = None
    if not isinstance(source, str):
        raise HTTPException(400, 'A talk must be posted as {"source": "..."}.')
    return source
