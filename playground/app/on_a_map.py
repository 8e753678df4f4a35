"""A race of the optimizers on a map: a function of two variables, or the loss along two weights of a network."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

import mlp
from playground.app import components, session
from playground.app.shared_runs import run_of, turn
from playground.run.descent import FARTHEST, RATES, STEPS, WEIGHTS, Landscape, OnAMap, Way, arrived, way
from playground.run.functions import FUNCTIONS
from playground.run.names import parameter_name
from playground.run.runs import network_at
from playground.run.two_weights import TwoWeights
from playground.web.assets import plotly_address
from playground.web.message import Descent, WayTold

KEY = "descent"
FINENESS = 64
BEST = "best"
LABELS = {name: function.label for name, function in FUNCTIONS.items()} | {WEIGHTS: "The loss of this network"}


class Map(NamedTuple):
    """What is drawn: a landscape, how it is called, and how far it reaches."""

    on: Landscape
    x: tuple[float, float]
    y: tuple[float, float]
    start: tuple[float, float]
    axes: tuple[str, str]
    minima: Sequence[tuple[float, float]]
    words: str


def show() -> None:
    """The choices, and the map below them."""
    chosen = session.on_a_map() or OnAMap()
    session.fill_widget("map", chosen.function)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Map", list(LABELS), key="map", format_func=lambda name: LABELS[name], on_change=_choose, width=260
        )
        try:
            drawn = _weights(chosen) if chosen.function == WEIGHTS else _function(chosen.function)
        except ValueError as error:
            st.info(str(error))
            return
        start = chosen.start or drawn.start
        for key, value in zip(("map x", "map y"), start, strict=True):
            session.fill_widget(key, float(value))
            st.number_input(
                f"Start, {key[-1]}", -FARTHEST, FARTHEST, step=0.1, format="%.4g", key=key, on_change=_start, width=130
            )
    _rates(chosen)
    components.descent(key=KEY, data=_told(drawn, start, chosen), on_start_change=_start_by_click)


# ---- the maps ----------------------------------------------------------------------------------------------------
def _function(name: str) -> Map:
    f = FUNCTIONS[name]
    return Map(f, f.x, f.y, f.start, f.axes, f.minima, f"{f.label}: f(x, y) = {f.formula}. {f.help}")


def _weights(chosen: OnAMap) -> Map:
    """The loss of the network on screen, at the moment that stands, and the choice of two of its parameters."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        step = min(session.moment(), run.last_step)
        net, data = network_at(run.trainer, step), run.trainer.data
    along = chosen.along or _steepest(net, data)
    if max(along) >= net.n_parameters:  # another network was chosen since, or a link was
        session.notify(
            f"This network has no weight at place {max(along)}: the map shows the two along which it is steepest."
        )
        session.set_on_a_map(replace(chosen, along=None, start=None))
        st.rerun()
    on = TwoWeights(net, data, along)
    inputs = experiment.config.features if experiment.config.is_planar else ()
    name = {place: parameter_name(place, net.sizes, inputs) for place in range(net.n_parameters)}
    for key, place in zip(("map first", "map second"), along, strict=True):
        session.fill_widget(key, place)
        label = "Across" if key == "map first" else "Upwards"
        st.selectbox(label, list(name), key=key, format_func=lambda p: name[p], on_change=_choose_weights, width=300)
    words = (
        f"The training loss along 2 of the {net.n_parameters} weights and biases of the network on the Playground, "
        f"after step {step:,}; the rest stand still. When all of them move, the order may be another."
    )
    return Map(on, on.x, on.y, on.start, (name[along[0]], name[along[1]]), (), words)


def _steepest(net: mlp.MLP, data: mlp.Dataset) -> tuple[int, int]:
    """The places of the two parameters along which the training loss is steepest."""
    _, gradient = net.loss_and_gradient(data.x_train, data.y_train)
    first, second = np.argsort(-np.abs(gradient), kind="stable")[:2].tolist()
    return first, second


# ---- what the browser draws --------------------------------------------------------------------------------------
def _told(drawn: Map, start: tuple[float, float], chosen: OnAMap) -> Descent:
    x, y = (np.linspace(*span, FINENESS) for span in (drawn.x, drawn.y))
    rates = dict(chosen.rates)
    with turn() if chosen.function == WEIGHTS else nullcontext():
        z = drawn.on.value(np.column_stack([v.ravel() for v in np.meshgrid(x, y)]))
    lowest = float(drawn.on.value(np.array(drawn.minima)).min() if drawn.minima else z.min())
    ways = []
    for name in mlp.OPTIMIZERS:
        with turn() if chosen.function == WEIGHTS else nullcontext():
            ways.append(
                _way_told(way(drawn.on, name, start, lowest, rates.get(name)), drawn, lowest, name not in rates)
            )
    return {
        "plotly": plotly_address(),
        "words": drawn.words,
        "axes": drawn.axes,
        "x": x.tolist(),
        "y": y.tolist(),
        "z": _short(z.reshape(FINENESS, FINENESS)),
        "lowest": lowest,
        "start": start,
        "minima": drawn.minima,
        "steps": STEPS,
        "ways": ways,
    }


def _way_told(one: Way, drawn: Map, lowest: float, is_best: bool) -> WayTold:
    there = arrived(one.values, lowest) if drawn.minima else None
    return {
        "label": mlp.OPTIMIZERS[one.name].label,
        "rate": one.rate,
        "is_best": is_best,
        "points": _short(one.points),
        "values": _short(one.values[None])[0],
        "arrived": there,
    }


def _short(rows: np.ndarray) -> list[list[float | None]]:
    """Numbers as JSON knows them, to six figures, which is more than a screen shows."""
    return [[float(f"{v:.6g}") if np.isfinite(v) else None for v in row] for row in rows.tolist()]


# ---- what is chosen ----------------------------------------------------------------------------------------------
def _rates(chosen: OnAMap) -> None:
    rates = dict(chosen.rates)
    with st.expander("Learning rates"), st.container(horizontal=True):
        for name, kind in mlp.OPTIMIZERS.items():
            stops = [BEST, *sorted({*RATES, 3.0, 10.0, *([rates[name]] if name in rates else [])})]
            session.fill_widget(f"map rate {name}", rates.get(name, BEST))
            st.select_slider(
                kind.label, stops, key=f"map rate {name}", on_change=_rate, args=(name,), width=180,
                format_func=lambda v: v if v == BEST else f"{v:g}",
                help=f"“{BEST}” is the one of {len(RATES)} rates at which it gets down fastest on this map.",
            )  # fmt: skip


def _choose() -> None:
    name, is_new = session.read_widget("map")
    if is_new:
        session.set_on_a_map(OnAMap(name))


def _change(**changes: Any) -> None:
    session.set_on_a_map(replace(session.on_a_map() or OnAMap(), **changes))


def _choose_weights() -> None:
    first, second = (session.read_widget(key)[0] for key in ("map first", "map second"))
    if first == second:
        session.notify("A map needs two different weights.")
    else:
        _change(along=(first, second), start=None)


def _start() -> None:
    _change(start=(session.read_widget("map x")[0], session.read_widget("map y")[0]))


def _start_by_click() -> None:
    told: Any = getattr(session.said(KEY), "start", None)
    if (
        isinstance(told, list)
        and len(told) == 2
        and all(isinstance(v, int | float) and abs(v) <= FARTHEST for v in told)
    ):
        _change(start=(float(told[0]), float(told[1])))


def _rate(name: str) -> None:
    rate, is_new = session.read_widget(f"map rate {name}")
    if is_new:
        rates = dict((session.on_a_map() or OnAMap()).rates)
        rates.pop(name, None)
        _change(rates=tuple((rates if rate == BEST else {**rates, name: rate}).items()))
