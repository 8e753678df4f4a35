"""The route by which the page Health fetches the pictures of its sick networks: GET portrait/NAME answers in JSON.

Each is drawn from the boundary of that very run, trained up to the epoch at which it is opened. A page need not wait
for that: it shows the picture when it comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground.health.portrait import portrait
from playground.health.sick import SICK
from playground.run.experiment import Experiment
from playground.run.runs import Run, network_at
from playground.web.assets import NOSNIFF, from_modules

ADDRESS = "portrait"
MOST_THREADS = 2
_HEADERS = {**NOSNIFF, "Cache-Control": "max-age=3600"}


def portrait_address() -> str:
    """Where the pictures are, from the folder of the module that fetches them."""
    return from_modules(ADDRESS)


def routes(run_of: Callable[[Experiment], Run], prefix: str = "") -> list[Route]:
    """The route; `run_of` gives the run of an experiment, and `prefix` is "" or begins with a slash."""
    threads = CapacityLimiter(MOST_THREADS)
    drawn: dict[str, dict[str, Any]] = {}

    async def answer(request: Request) -> JSONResponse:
        name = request.path_params["name"]
        if name not in SICK:
            return JSONResponse({"problem": "There is no such network."}, 404, _HEADERS)
        if name not in drawn:
            drawn[name] = await to_thread.run_sync(picture_of, name, run_of, limiter=threads)
        return JSONResponse(drawn[name], headers=_HEADERS)

    return [Route(f"{prefix}/{ADDRESS}/{{name}}", answer, methods=["GET"])]


def picture_of(name: str, run_of: Callable[[Experiment], Run]) -> dict[str, Any]:
    """The picture of a sick network and what it comes to, in a few words."""
    experiment, epoch = Experiment(SICK[name].config), SICK[name].until
    run = run_of(experiment)
    run.record_to(epoch, math.inf)
    with run.lock:
        step = run.last_step_at(epoch)
        net = network_at(run.trainer, step)
        score = float(run.recording.test_score[np.searchsorted(run.recording.steps, step)])
    return {"line": f"{round(100 * score)} of 100 right", "picture": portrait(experiment, net)}
