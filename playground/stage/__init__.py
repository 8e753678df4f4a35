"""The live stage: one component that plays a recorded run in the browser and asks for what is not recorded yet.

`show` mounts it; `answer` turns a question of the browser into a message, and knows no page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st

import mlp
from playground import link, session
from playground.assets import plotly_url
from playground.config import EASY_LAYERS, EASY_NEURONS, LIVE, SETTINGS
from playground.experiment import Experiment
from playground.own_data.table import Plane
from playground.palette import CLASS_SYMBOLS
from playground.runs import Run, make_data, plane_of, run_of
from playground.stage.bootstrap import script
from playground.stage.message import encode

GOAL_EPOCHS = 200  # how far a new run plays by itself
FIRST_SECONDS = 0.05  # a page waits no longer for its first picture; its browser asks for what follows
ANSWER_SECONDS = 0.25
MOST_SINGLE_STEPS = 400
KEY = "stage"

_component = st.components.v2.component(
    "stage",
    html='<div class="stage-place" style="min-height: 240px"></div>',
    js=script("stage.js"),
    isolate_styles=False,
)


def show(parts: str = "full", below: Callable[[], None] | None = None) -> None:
    """Mount the stage: "full", or "timeline" for the transport and the timeline alone.

    `below` draws what follows the moment. It runs with every answer to the browser, and the rest of the page does not.
    """
    _fragment(parts, below, session.experiment())


@st.fragment
def _fragment(parts: str, below: Callable[[], None] | None, drawn: Experiment) -> None:
    question, experiment = session.take_question(), session.experiment()
    if experiment != drawn or session.has_news():  # the settings and sentences around the stage are old
        st.rerun(scope="app")
    run = run_of(experiment)
    if question is None or question.get("run") != experiment.name:
        question = first_question(experiment)
        run.record_until(session.moment())
    message, last = answer(experiment, run, question)
    session.set_sent(experiment.name, last)
    before = session.replaced()
    header = {
        "moment": session.moment(),
        "instead_of": before.name if before else None,
        "can_undo": session.can_undo(),
        "branches": [{"run": branch.name, "title": branch.title} for branch in session.branches()],
        "parts": parts,
        "hidden": sorted(session.view().hidden),
        "projector": session.view().projector,
        "view_link": urlencode(session.view().to_query(), safe=","),
        "plotly": plotly_url(),
    }
    _component(key=KEY, data=encode({**message[0], **header}, message[1]), on_ask_change=partial(session.hear, KEY))
    if below is not None:
        below()


def first_question(experiment: Experiment) -> dict[str, Any]:
    """What a page that has just been drawn would ask: all up to the moment, but for what its browser holds already."""
    parent = experiment.parent
    return {
        "have": session.sent(experiment.name),
        "first": True,
        "has_parent": parent is None or session.sent(parent.name) >= 0,
        "moment": session.moment(),
    }


def answer(
    experiment: Experiment, run: Run, question: dict[str, Any]
) -> tuple[tuple[dict[str, Any], np.ndarray], int]:
    """Answer a question: ((header, rows), the last step that the browser then holds).

    `question` may hold have (the last step that the browser holds, -1 for none), want (epochs to record
    beyond it), single ([first, last] of a range of steps, all of which are wanted), answers (how right the network
    is at the moment, for an open panel), first (a page was drawn).
    """
    first = bool(question.get("first"))
    have = _whole(question.get("have"), -1)
    after = max(have, _shared(experiment, run)) if first and question.get("has_parent", True) else have
    if have > run.last_step:  # this server was started anew, and its browser has played on
        run.record_until(have, ANSWER_SECONDS)
    # A run is shared: others may have trained it further than this page has any use for.
    if first:  # as far as it plays by itself from where it begins, or to the moment of a link
        end = run.epoch_of(max(_shared(experiment, run), 0)) + GOAL_EPOCHS
        end = max(end, run.epoch_of(_whole(question.get("moment"), 0)))
    else:
        end = run.epoch_of(max(after, 0)) + min(_whole(question.get("want"), 0), 10_000)
    run.record_to(end, seconds=FIRST_SECONDS if first else ANSWER_SECONDS)
    rows = run.rows(after, end, at_least=int(end > run.epoch_of(max(after, 0))))
    singles = _singles(run, question.get("single"))
    header = {
        "run": experiment.name,
        "serial": _whole(question.get("serial"), 0),  # two answers that say the same must not look the same
        "after": after,
        "singles": len(singles),
        "width": rows.shape[1],
        "dense": run.recording.dense,
        "stride": run.recording.stride,
        "reached": run.last_step,
        "diverged": run.recording.diverged.reason if run.recording.diverged else None,
        "marks": run.marks(experiment),
    }
    if question.get("answers"):
        header["answers"] = run.answers_at(max(0, min(_whole(question.get("moment"), 0), run.last_step)))
    if first or have < 0:
        header |= about(experiment, run)
    return (header, np.concatenate([rows, singles])), int(rows[-1, 0]) if len(rows) else after


def _shared(experiment: Experiment, run: Run) -> int:
    """The last recorded step that a run shares with its parent; -1 for none."""
    if not experiment.changes:
        return -1
    last = experiment.changes[-1]
    return run.step_before(last.step) if last.edits else last.step  # an edit makes its own step another


def _singles(run: Run, wanted: Any) -> np.ndarray:
    if not isinstance(wanted, list) or len(wanted) != 2:
        return run.rows(run.last_step, end=0)
    start = _whole(wanted[0], 0)
    return run.step_rows(start, min(_whole(wanted[1], start), start + MOST_SINGLE_STEPS))


def _whole(value: Any, otherwise: int) -> int:
    """What came from the browser as a whole number."""
    return int(value) if isinstance(value, int | float) and abs(value) < 2**53 else otherwise


def about(experiment: Experiment, run: Run) -> dict[str, Any]:
    """What the browser must know of a run before it can draw it; sent once for each run."""
    points, _ = make_data(experiment)
    net, now, plane = run.trainer.net, experiment.now, plane_of(experiment)
    parent = experiment.parent
    return {
        "family": Experiment(experiment.config).name,
        "parent": parent.name if parent else None,
        "fork": max(0, _shared(experiment, run)),
        "goal": GOAL_EPOCHS,
        "steps_per_epoch": -(-len(points.x_train) // now.batch_size),
        "task": points.task,
        "net": _network(experiment, net, plane),
        "data": _points(experiment, points, plane),
        "scale": _scale(run, points),
        "settings": {
            "hidden_layer_sizes": now.hidden_layer_sizes,
            "max_layers": EASY_LAYERS,
            "max_neurons": EASY_NEURONS,
            "live": [_live(name, getattr(now, name)) for name in SETTINGS if name in LIVE],
        },
        "link": link.run_to_link(experiment),
        "link_holds_all": link.fits(experiment),
    }


def _live(name: str, now: Any) -> dict[str, Any]:
    """A setting that may change in mid-run, with the values to choose from."""
    s = SETTINGS[name]
    values = s.choices or s.presets or tuple(np.linspace(s.low or 0.0, s.high or 0.0, 10).round(3).tolist())
    return {"name": name, "label": s.label, "values": [type(now)(v) for v in values if v != now], "now": now}


_PROBABILITY_OF = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}


def _network(experiment: Experiment, net: mlp.MLP, plane: Plane | None) -> dict[str, Any]:
    activations = [mlp.ACTIVATIONS[name] for name in experiment.config.hidden_activations]
    output = _PROBABILITY_OF.get(net.loss.name, net.output_activation)
    own = experiment.config.own_data
    many = own is not None and len(own.inputs) > 2
    features = own.inputs if own is not None and many else experiment.config.features
    return {
        "features": features,
        "feature_labels": [name if many else mlp.FEATURES[name].label for name in features],
        # With more inputs than two, the point (p1, p2) of the picture stands for the inputs origin + p1 u + p2 v.
        "plane": {"origin": plane.origin.tolist(), "axes": plane.axes.tolist()} if plane and many else None,
        "output": output,
        "activation_labels": [*(a.label for a in activations), output],
        "bounded": [*(_is_bounded(a) for a in activations), False],
        "layers": [
            {
                "n_in": layer.weights.shape[0],
                "n_out": layer.weights.shape[1],
                "weight": _place(net.parameters, layer.weights),
                "bias": _place(net.parameters, layer.biases),
                "activation": name,
            }
            for layer, name in zip(net.layers, [*(a.name for a in activations), "identity"], strict=True)
        ],
    }


def _is_bounded(activation: mlp.Activation) -> bool:
    """Whether its values stay about between -1 and 1, so that one scale of colours fits all its units."""
    return bool(np.abs(activation.value(np.linspace(-50.0, 50.0, 201))).max() < 1.5)


def _place(parameters: np.ndarray, view: np.ndarray) -> list[int]:
    """Where a view lies in the flat parameters: its offset and a stride for each axis, in numbers."""
    start = view.__array_interface__["data"][0] - parameters.__array_interface__["data"][0]
    return [start // parameters.itemsize, *(stride // parameters.itemsize for stride in view.strides)]


def _points(experiment: Experiment, points: mlp.Dataset, plane: Plane | None) -> dict[str, Any]:
    own = experiment.config.own_data
    classes = own.classes if own is not None else tuple(f"class {c}" for c in range(points.n_classes))
    reach = 1.08 * max(np.abs(x).max(initial=0.1) for x in (points.x_train, points.x_test))
    curve = own is None and mlp.DATASETS[experiment.config.dataset].n_inputs == 1
    if curve:  # drawn as what it is: the value over the only input
        points = replace(
            points,
            x_train=np.column_stack([points.x_train[:, 0], points.y_train]),
            x_test=np.column_stack([points.x_test[:, 0], points.y_test]),
        )
    height = 1.15 * float(np.abs(points.x_train[:, 1]).max(initial=0.1)) if curve else float(reach)
    return {
        "name": experiment.data_name,
        "curve": curve,
        "range": [-float(reach), float(reach)],
        "up": [-height, height],
        "traces": [
            *_traces(points.x_train, points.y_train, classes, test=False),
            *_traces(points.x_test, points.y_test, classes, test=True),
        ],
        "classes": classes,
        "axes": plane.labels if plane else ("x₁", "y" if curve else "x₂"),
        "note": (plane.note if plane else "") or "Filled: training. Hollow: test.",
    }


def _traces(x: np.ndarray, y: np.ndarray, classes: tuple[str, ...], *, test: bool) -> list[dict[str, Any]]:
    """One trace for each class, or a single one coloured by its values where there are none."""
    kind = "test" if test else "training"
    groups: list[tuple[np.ndarray, int | None]] = [(y == c, c) for c in range(len(classes))]
    groups = groups or [(np.ones(len(x), dtype=bool), None)]
    return [
        {
            "x1": np.round(x[rows, 0], 4).tolist(),
            "x2": np.round(x[rows, 1], 4).tolist(),
            "class": c,
            "values": np.round(y[rows, 0], 4).tolist() if c is None else None,
            "symbol": CLASS_SYMBOLS[(c or 0) % len(CLASS_SYMBOLS)],
            "test": test,
            "hover": f"{kind} point, " + ("y = %{marker.color:.3f}" if c is None else text_for_plotly(classes[c])),
        }
        for rows, c in groups
    ]


def text_for_plotly(text: str) -> str:
    """Text that Plotly shows as it is: it takes tags for markup and %{...} for a place to fill in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")


def _scale(run: Run, points: mlp.Dataset) -> dict[str, float | bool]:
    """The output that is drawn in the neutral colour, and how far from it the full colours are."""
    loss = run.trainer.net.loss
    if points.task == "regression":
        middle = float(points.y_train.mean())
        return {"middle": middle, "reach": float(np.abs(points.y_train - middle).max()) or 1.0, "probability": False}
    if loss.name in _PROBABILITY_OF:
        return {"middle": 0.5, "reach": 0.5, "probability": True}
    return {"middle": loss.boundary, "reach": 1.0 if loss.boundary == 0 else 0.5, "probability": False}
