"""The route by which the stage asks for rows: it posts a `Question` in JSON, and message.py says what comes back.

Plain HTTP and no WebSocket: it passes every proxy that passes the page, a question that nobody waits for any longer is
cancelled by hanging up, and there is no connection whose state two sides could see differently. What a question costs
the server is bounded: its size, its seconds of training (in slices, through the gate that all share, in a thread beside
the event loop), and the threads that all questions together may hold. A run is answered about only if somebody has had
it made: a stage whose run is not known here, or no longer, has its page make it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, from_thread, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.run.runs import Known
from playground.web.assets import from_modules
from playground.web.message import encode
from playground.web.question import read_question
from playground.web.reply import ANSWER_SECONDS, reply

Asked = TypeVar("Asked")
_LOG = logging.getLogger(__name__)
ADDRESS = "ask"
MOST_BYTES = 1000
"""In a question; one of the stage has some hundred"""
MOST_THREADS = 40  # nearly all of them wait for the gate; files have threads of their own
METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")  # or Streamlit would answer the others
LOST = 499  # nobody hears it
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def ask_address() -> str:
    """Where questions go, from the folder of the module that asks."""
    return from_modules(ADDRESS)


def routes(known: Callable[[str], Known | None], prefix: str = "", seconds: float = ANSWER_SECONDS) -> list[Route]:
    """The route; `known` finds a run by its name, and `prefix` is "" or begins with a slash.

    seconds : of training for one question, at the most
    """
    threads = CapacityLimiter(MOST_THREADS)

    async def answer(request: Request) -> Response:
        question = await asked(request, read_question)
        if isinstance(question, Response):
            return question

        def work() -> bytes | None:
            if (found := known(question["run"])) is None:
                return None
            gone = partial(from_thread.run, request.is_disconnected)
            header, rows, _ = reply(found.experiment, found.run, question, seconds, gone)
            return encode({"run": header}, rows)

        message = await to_thread.run_sync(work, limiter=threads)
        if message is None:
            return JSONResponse({"problem": "unknown run"}, 410, HEADERS)
        return Response(message, media_type="application/octet-stream", headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", answer, methods=METHODS)]


async def asked(request: Request, read: Callable[[bytes], Asked], most_bytes: int = MOST_BYTES) -> Asked | Response:
    """The question that was posted, or the answer to one that cannot be answered."""
    try:
        return read(await body_of(request, most_bytes))
    except HTTPException as problem:
        return refused(problem.status_code, problem.detail)
    except ValueError as problem:
        return refused(400, f"This question cannot be answered: {problem}")
    except ClientDisconnect:  # in the middle of the question: nobody hears this
        return Response(status_code=400)


def refused(status: int, sentence: str) -> Response:
    """An answer that says why there is none."""
    _LOG.warning("%s", sentence)
    allow = {"Allow": "POST"} if status == 405 else {}
    return JSONResponse({"problem": sentence}, status, {**HEADERS, **allow})


async def body_of(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    """The JSON of a question."""
    if request.method != "POST":
        raise HTTPException(405, "A question must be posted.")
    too_large = f"A question must have at most {most_bytes} bytes."
    return await posted(request, most_bytes, "A question must be application/json.", too_large)


async def posted(request: Request, most_bytes: int, no_json: str, too_large: str) -> bytes:
    """What was posted. Only JSON that says so: the page of another site cannot send that without being let.

    Raises HTTPException with one of the two sentences for anything else, and for more than so many bytes.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, no_json)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413, too_large)
    return body
