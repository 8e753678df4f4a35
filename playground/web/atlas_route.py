"""The route by which the page Atlas asks for tiles: an `AtlasQuestion` in JSON, answered as soon as there is news.

A question that waits is what keeps an atlas being trained: whoever closes the tab, or presses Stop, hangs up, and a
second later the workers are free. Waiting takes no thread, and an answer has a bounded number of tiles.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from anyio import sleep, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.run.atlas import Axis, Cells, Tile, View
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import new_network
from playground.run.search import Dimension, Search
from playground.run.seeds import judged
from playground.run.survey import Survey
from playground.web.about import sketch
from playground.web.assets import from_modules, plotly_address
from playground.web.message import AtlasAxis, AtlasCell, AtlasPage, AtlasProgress, AtlasTile, Net, World, encode
from playground.web.question import read_atlas_question
from playground.web.route import HEADERS, METHODS, asked

ADDRESS = "atlas-tiles"
WAIT_SECONDS = 0.5
LOOK_EVERY_SECONDS = 0.04
MOST_NUMBERS = 250_000
"""In one answer; each takes four bytes"""
_MOST = float(np.finfo(np.float32).max)


def ask_atlas_address() -> str:
    """Where questions go, from the folder of the module that asks."""
    return from_modules(ADDRESS)


def routes(known: Callable[[str], Survey | None], prefix: str = "") -> list[Route]:
    """The route; `known` finds an atlas by its name, and `prefix` is "" or begins with a slash."""

    async def answer(request: Request) -> Response:
        question = await asked(request, read_atlas_question)
        if isinstance(question, Response):
            return question
        survey = known(question["atlas"])
        if survey is None:
            return JSONResponse({"problem": "unknown atlas"}, 410, HEADERS)
        end = time.monotonic() + WAIT_SECONDS
        while True:
            survey.ask()
            if len(survey.order) > question["have"] or survey.is_complete or time.monotonic() > end:
                break
            if await request.is_disconnected():
                return Response(status_code=400)
            await sleep(LOOK_EVERY_SECONDS)
        message = await to_thread.run_sync(tiles_message, survey, question["have"])
        return Response(message, media_type="application/octet-stream", headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", answer, methods=METHODS)]


# ---- what is said --------------------------------------------------------------------------------------------------
def tiles_message(survey: Survey, have: int) -> bytes:
    """The tiles that have come after the first `have`, as many as go into an answer, and how far the atlas is."""
    told: list[AtlasTile] = []
    numbers: list[np.ndarray] = []
    for cell in list(survey.order)[have:]:
        header, rows = _tile(survey.atlas, cell, survey.tiles[cell])
        if told and sum(map(np.size, numbers)) + rows.size > MOST_NUMBERS:
            break
        told.append(header)
        numbers.append(rows)
    state = survey.progress()
    all_told = state.is_complete and have + len(told) == len(survey.order)
    of, found = survey.atlas, survey.tiles
    progress: AtlasProgress = {
        "atlas": survey.atlas.name,
        "tiles": told,
        "moments": survey.atlas.keep,
        "problems": {str(cell): why for cell, why in survey.problems.items()},
        "done": state.done,
        "complete": all_told,
        "working": state.is_working,
        "workers": state.workers,
        "notes": state.notes,
        "seconds_left": state.seconds_left,
        "split": of.in_words(found) if all_told else "",
        "rungs": survey.rungs,
        "dropped": {str(cell): epoch for cell, epoch in survey.dropped.items()},
        "importance": of.importance(found) if all_told and isinstance(of, Search) else (),
    }
    return encode({"atlas": progress}, np.concatenate(numbers or [np.empty(0)]))


def _tile(atlas: Cells, cell: int, tile: Tile) -> tuple[AtlasTile, np.ndarray]:
    """What is said of a tile, and its numbers in a row."""
    n, m = len(tile.parameters), tile.middle
    # What is beyond single precision is beyond a picture too.
    n = next((k for k in range(n) if np.abs(tile.parameters[k]).max() > _MOST), n)
    curves = (tile.train_loss, tile.test_loss, tile.train_score, tile.test_score)
    figures = np.column_stack([curve[:n, m] for curve in curves])
    rows = np.column_stack([tile.steps[:n], tile.epochs[:n], figures, tile.parameters[:n]])
    with np.errstate(over="ignore"):
        numbers = np.concatenate([rows.ravel(), *(curve.ravel() for curve in judged(tile.curves))]).astype(np.float32)
    return {
        "cell": cell,
        "moments": len(tile.epochs),
        "rows": n,
        "width": rows.shape[1],
        "seeds": [atlas.experiment(cell, k).config.seed for k in range(atlas.n_seeds)],
        "middle": m,
        "broke": tile.broke,
        "train_loss": _end(tile, tile.train_loss),
        "test_loss": _end(tile, tile.test_loss),
        "train_score": _end(tile, tile.train_score),
        "test_score": _end(tile, tile.test_score),
    }, numbers


def _end(tile: Tile, curve: np.ndarray) -> list[float | None]:
    """The last numbers of a curve, one for each seed; None where it has diverged, or where there is no such number."""
    each = zip(curve[-1].tolist(), tile.broke, strict=True)
    return [x if broke is None and math.isfinite(x) else None for x, broke in each]


def page_message(atlas: Cells, view: View) -> bytes:
    """What the page tells its component."""
    return encode({"page": atlas_page(atlas, view, plotly_address())}, np.empty(0))


def atlas_page(atlas: Cells, view: View, plotly: str) -> AtlasPage:
    """What it takes to draw an atlas before any of its tiles is there."""
    nets: dict[object, tuple[int, Net]] = {}
    worlds: dict[object, tuple[int, World]] = {}
    cells: list[AtlasCell] = []
    for cell, config in enumerate(atlas.configs):
        values = _values(atlas, cell)
        if isinstance(config, str):
            cells.append({"values": values, "net": -1, "world": -1, "problem": config})
            continue
        experiment = Experiment(config)
        net_key, world_key = (config.shape, config.features), (experiment.data_name, config.loss_name)
        if net_key not in nets or world_key not in worlds:
            sketched = sketch(experiment, new_network(config, make_data(experiment)[1]))
            nets.setdefault(net_key, (len(nets), sketched["net"]))
            world: World = {
                "n_train": sketched["n_train"],
                "task": sketched["task"],
                "data": sketched["data"],
                "scale": sketched["scale"],
            }
            worlds.setdefault(world_key, (len(worlds), world))
        cells.append({"values": values, "net": nets[net_key][0], "world": worlds[world_key][0], "problem": None})
    return {
        "atlas": atlas.name,
        "form": "search" if isinstance(atlas, Search) else "grid",
        "columns": atlas.columns,
        "axes": [_axis(axis) for axis in atlas.axes],
        "cells": cells,
        "nets": [net for _, net in nets.values()],
        "worlds": [world for _, world in worlds.values()],
        "n_seeds": atlas.n_seeds,
        "epochs": atlas.epochs,
        "show": view.show,
        "at": view.at,
        "only": dict(view.only),
        "plotly": plotly,
        "ask": ask_atlas_address(),
    }


def _axis(axis: Axis | Dimension) -> AtlasAxis:
    ends = axis.ends if isinstance(axis, Dimension) else None
    return {
        "key": axis.key,
        "label": axis.kind.label,
        "values": [axis.kind.shown(value) for value in axis.values],
        "ends": [float(end) for end in ends] if ends else None,
        "log": isinstance(axis, Dimension) and axis.is_log,
    }


def _values(atlas: Cells, cell: int) -> list[float | str]:
    """Of each axis at a cell, what is no number in words."""
    pairs = zip(atlas.axes, atlas.values_of(cell), strict=True)
    return [value if isinstance(value, int | float) else axis.kind.shown(value) for axis, value in pairs]
