"""The route by which the page Landscape asks for maps and eigenvalues: a `LandscapeQuestion` in JSON.

They are computed for who asks, in pieces at the gate that all share, and given up as soon as the asker hangs up: a
moment that has been left needs no map.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from anyio import CapacityLimiter, from_thread, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.geometry.landscape import (
    CURVE_MOMENTS,
    WHOLE_HESSIAN,
    GoneError,
    Moment,
    Pieces,
    Turn,
    edge,
    largest,
    loss_map,
    spectrum,
)
from playground.geometry.planes import Path, path_of
from playground.run.beside import misfit
from playground.run.runs import Known, network_at
from playground.web.assets import from_modules
from playground.web.message import LandscapeQuestion, LandscapeTold, encode
from playground.web.question import read_landscape_question
from playground.web.route import HEADERS, LOST, METHODS, asked

ADDRESS = "landscape-part"
MOST_THREADS = 8
TRAIN_SECONDS = 2.0
"""So long at the most a run beside another is trained before its path is drawn as far as it goes"""


def ask_landscape_address() -> str:
    """Where questions go, from the folder of the module that asks."""
    return from_modules(ADDRESS)


def routes(known: Callable[[str], Known | None], turn: Turn, prefix: str = "") -> list[Route]:
    """The route; `known` finds a run by its name, `turn` gives the right to compute."""
    threads = CapacityLimiter(MOST_THREADS)

    async def answer(request: Request) -> Response:
        question = await asked(request, read_landscape_question)
        if isinstance(question, Response):
            return question

        def work() -> bytes | None:
            found, *others = (known(name) for name in (question["run"], *question.get("beside", ())))
            pieces = Pieces(turn, partial(from_thread.run, request.is_disconnected))
            beside = [other for other in others if other is not None]
            if found is None or len(beside) < len(others):
                return None
            return landscape_message(found, question, pieces, beside)

        try:
            message = await to_thread.run_sync(work, limiter=threads)
        except GoneError:
            return Response(status_code=LOST)
        if message is None:
            return JSONResponse({"problem": "unknown run"}, 410, HEADERS)
        return Response(message, media_type="application/octet-stream", headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", answer, methods=METHODS)]


def landscape_message(found: Known, question: LandscapeQuestion, pieces: Pieces, beside: Sequence[Known] = ()) -> bytes:
    """The answer; where there is none, a sentence that says why."""
    told: LandscapeTold = {
        "run": question["run"], "what": question["what"], "problem": "", "step": question["step"], "words": "",
        "n": 0, "moments": 0, "profile": 0, "others": [], "middle": [0.0, 0.0], "reach": 1.0,
        "labels": ["", ""], "here": [0.0, 0.0], "true": None, "at_here": None, "third": -1, "epochs": [], "values": [],
        "whole": False, "edge": None,
    }  # fmt: skip
    numbers = np.empty(0)
    try:
        with np.errstate(all="ignore"):
            if question["what"] == "map":
                numbers = _map(told, found, question, pieces, beside)
            elif question["what"] == "curve":
                _curve(told, found, question, pieces)
            else:
                moment = _moment(found, question["step"], pieces)
                told["values"] = spectrum(moment, pieces).tolist()
                told["whole"] = moment.net.n_parameters <= WHOLE_HESSIAN
    except (ValueError, np.linalg.LinAlgError) as problem:
        told["problem"] = str(problem)
    return encode({"landscape": told}, numbers)


def _moment(found: Known, step: int, pieces: Pieces) -> Moment:
    """The network after a step, or after the last one that is recorded. ValueError where it has blown up."""
    run = found.run
    with pieces.turn(), run.lock:
        step = min(step, run.last_step)
        net, data = network_at(run.trainer, step), run.trainer.data
        if not np.isfinite(net.parameters).all():
            raise ValueError("The run has blown up at this moment: there is no landscape around it. Go back in time.")
        loss = net.loss_value(data.x_train, data.y_train)
    if not math.isfinite(loss):
        raise ValueError("The loss at this moment is beyond all measure: there is no map around it. Go back in time.")
    return Moment(net, data, step, loss)


def _map(
    told: LandscapeTold, found: Known, question: LandscapeQuestion, pieces: Pieces, beside: Sequence[Known]
) -> np.ndarray:
    moment = _moment(found, question["step"], pieces)
    with found.run.lock:
        path = path_of(found.run.recording, question["last"])
    others = [_path_beside(found, other, question["last"], pieces) for other in beside]
    first, second = question.get("weights", [0, 1])
    kind, n, seed = question.get("plane", "path"), question.get("n", 0), question.get("seed", 1)
    shown = loss_map(moment, path, kind, n, seed, (first, second), pieces, others)
    told["words"], told["step"], told["true"] = shown.words, moment.step, moment.loss
    told["n"], told["moments"], told["profile"] = len(shown.losses), len(path.steps), shown.profile.shape[1]
    told["middle"], told["reach"], told["labels"] = list(shown.plane.middle), shown.plane.reach, shown.plane.labels
    told["here"], told["third"] = shown.here.tolist(), shown.third
    told["at_here"] = shown.at_here if math.isfinite(shown.at_here) else None
    rows = np.column_stack([shown.feet, path.losses, shown.at_feet, path.steps])
    told["others"] = [len(other.steps) for other in others]
    rows_beside = [
        np.column_stack([at[:, :2], other.losses, at[:, 2], other.steps])
        for at, other in zip(shown.others, others, strict=True)
    ]
    parts = (shown.losses, rows, shown.profile, *rows_beside, shown.plane.origin, shown.plane.axes)
    return np.concatenate([np.ravel(part) for part in parts]).astype(np.float32)


def _path_beside(found: Known, other: Known, last: int, pieces: Pieces) -> Path:
    """The path of a run beside another, up to the epoch of a step of that one."""
    if why := misfit(found.experiment, other.experiment):
        raise ValueError(f"Two runs of which one has {why} have no map in common.")
    epoch = found.run.epoch_of(last)
    other.run.record_to(epoch, TRAIN_SECONDS, pieces.gone)
    with other.run.lock:
        path = path_of(other.run.recording, other.run.last_step_at(epoch))
    if not len(path.steps):
        raise ValueError("A run beside this one has blown up before its first epoch was over: it has no path.")
    return path


def _curve(told: LandscapeTold, found: Known, question: LandscapeQuestion, pieces: Pieces) -> None:
    """The largest eigenvalue at moments spread over the run."""
    run = found.run
    with run.lock:
        frames, data = run.recording.frames, run.trainer.data
        path = path_of(run.recording, question["last"])
        net = run.trainer.net.copy()
    for k in np.unique(np.linspace(0, len(path.steps) - 1, CURVE_MOMENTS).round().astype(int)):
        net.parameters[...] = path.places[k]
        found_here = largest(Moment(net, data, int(path.steps[k]), float(path.losses[k])), pieces, k=1)
        if not math.isfinite(found_here.values[0]):
            break
        told["epochs"] = [*told["epochs"], float(frames.epochs[np.searchsorted(frames.steps, path.steps[k])])]
        told["values"] = [*told["values"], float(found_here.values[0])]
    told["edge"], told["words"] = edge(found.experiment, len(data.x_train))
