"""What the browser must know of a run before it can draw it: network, points, colour scale, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

import mlp
from playground.figures.look import text_for_plotly
from playground.figures.palette import CLASS_SYMBOLS
from playground.health.headlines import is_costly
from playground.run import link
from playground.run.compared import in_words
from playground.run.config import EASY_LAYERS, EASY_NEURONS, LIVE, SETTINGS, calmer_rate
from playground.run.data import axes_of, classes_of, make_data, plane_of, scale_of, shown_scale
from playground.run.experiment import Experiment
from playground.run.playback import Playback
from playground.run.runs import Run
from playground.run.surface import PROBABILITY_OF, colour_scale, half_side
from playground.tables.table import Plane, unscaled
from playground.web.message import About, Frozen, Layer, LiveSetting, Net, Opening, Points, Scale, Sketch, Trace, Units

GOAL_EPOCHS = 200  # how far a new run plays by itself
MOST_NAMED = 4  # classes in the line below the plane
PLACES = 6  # decimals of a point: so many that it can be told in the units of its table


def about(experiment: Experiment, run: Run) -> About:
    """What the browser must know of a run before it can draw it; sent once for each run."""
    now, parent = experiment.now, experiment.parent
    n_layers = len(now.hidden_layer_sizes) + 1
    sketched = sketch(experiment, run.trainer.net)
    n_judged, spread = judged_by(experiment)
    return {
        **sketched,
        "family": experiment.family,
        "parent": parent.name if parent else None,
        "fork": max(0, last_shared_step(experiment, run)),
        "goal": GOAL_EPOCHS,
        "steps_per_epoch": experiment.steps_per_epoch(sketched["n_train"]),
        "settings": {
            "hidden_layer_sizes": now.hidden_layer_sizes,
            "max_layers": EASY_LAYERS,
            "max_neurons": EASY_NEURONS,
            "live": [_live(n, getattr(now, n), n_layers) for n in SETTINGS if n in LIVE and now.applies(n)],
        },
        "n_judged": n_judged,
        "spread": spread,
        "calmer_rate": calmer_rate(now),
        "costly": is_costly(run),
        "frozen": [
            Frozen(step=0, layers=experiment.config.frozen),
            *(Frozen(step=c.step, layers=v) for c in experiment.changes for name, v in c.settings if name == "frozen"),
        ],
        "link": link.run_to_link(experiment),
        "link_holds_all": link.fits(experiment),
        "told": in_words(experiment),
    }


def sketch(experiment: Experiment, net: mlp.MLP, points: mlp.Dataset | None = None) -> Sketch:
    """What it takes to draw such a network of an experiment, whatever its parameters.

    points : in the plane, if they are others than the experiment's
    """
    points = points or make_data(experiment)[0]
    plane = plane_of(experiment)
    return {
        "n_train": len(points.x_train),
        "task": points.task,
        "net": _network(experiment, net, plane),
        "data": _points(experiment, points, plane),
        "scale": _scale(net, points),
    }


def judged_by(experiment: Experiment) -> tuple[int, float]:
    """By how many points a run is judged, and the standard deviation of their values, 0 for classes.

    They are the test points, or the training points where there are none, in the units of the data.
    """
    points, _ = make_data(experiment)
    y = points.y_test if len(points.y_test) else points.y_train
    if points.n_classes:
        return len(y), 0.0
    scale = scale_of(experiment)
    return len(y), float(np.std(y if scale is None else scale.undo(y)))


def _live(name: str, now: Any, n_layers: int) -> LiveSetting:
    """A setting that may change in mid-run, with the values to choose from."""
    s = SETTINGS[name]
    values: Sequence[Any] = s.choices or s.presets
    if name == "frozen":
        alone = [(layer,) for layer in range(1, n_layers + 1)]
        values = list(dict.fromkeys([(), *alone, tuple(range(1, n_layers))]))
    elif not values:
        values = np.linspace(s.low or 0.0, s.high or 0.0, 10).round(3).tolist()
    return {"name": name, "label": s.label, "values": [type(now)(v) for v in values if v != now], "now": now}


def _network(experiment: Experiment, net: mlp.MLP, plane: Plane | None) -> Net:
    activations = [layer.activation for layer in net.layers[:-1]]
    output = PROBABILITY_OF.get(net.loss.name, "identity")
    output_label = PROBABILITY_OF.get(net.loss.name, net.output_activation)
    own = experiment.config.own_data
    many = not experiment.config.is_planar
    features = own.inputs if own is not None and many else experiment.config.features
    return {
        "features": features,
        "feature_labels": [name if many else mlp.FEATURES[name].label for name in features],
        # With more inputs than two, the point (p1, p2) of the picture stands for the inputs origin + p1 u + p2 v.
        "plane": {"origin": plane.origin.tolist(), "axes": plane.axes.tolist()} if plane and many else None,
        "output": output,
        "n_trainable": net.shape.n_trainable,
        "use_bias": net.shape.use_bias,
        "activation_labels": [*(a.label for a in activations), output_label],
        "bounded": [*(_is_bounded(a) for a in activations), False],
        "layers": [_layer(net, k) for k in range(len(net.layers))],
    }


def _is_bounded(activation: mlp.Activation) -> bool:
    """Whether its values stay about between -1 and 1, so that one scale of colours fits all its units."""
    return bool(np.abs(activation.value(np.linspace(-50.0, 50.0, 201))).max() < 1.5)


def _layer(net: mlp.MLP, layer: int) -> Layer:
    """A layer's size, and where its parameters lie in the flat vector: an offset, then a stride for each axis."""
    n_in, n_out = net.sizes[layer : layer + 2]
    weight, bias = net.shape.index(layer, 0, 0), net.shape.index(layer, n_in, 0)
    unit = bias + 1 - weight  # the bias is the last parameter of its unit
    activation = net.layers[layer].activation
    return {
        "n_in": n_in,
        "n_out": n_out,
        "weight": [weight, 1, unit],
        "bias": [bias, unit],
        "activation": activation.name,
        "activation_settings": asdict(activation),
    }


def _points(experiment: Experiment, points: mlp.Dataset, plane: Plane | None) -> Points:
    own = experiment.config.own_data
    classes = classes_of(experiment, points.n_classes)
    target = own.target if own is not None else "y"
    across, up = axes_of(experiment)
    side = half_side(points)
    is_sum = own is None and experiment.config.dataset == "sum"
    curve = points.task == "regression" and experiment.config.has_one_input
    if curve:  # drawn as what it is: the value over the only input
        points = replace(
            points,
            x_train=np.column_stack([points.x_train[:, 0], points.y_train]),
            x_test=np.column_stack([points.x_test[:, 0], points.y_test]),
        )
    height = 1.15 * float(np.abs(points.x_train[:, 1]).max(initial=0.1)) if curve else side
    return {
        "name": experiment.data_name,
        "curve": curve,
        "range": [-side, side],
        "up": [-height, height],
        "traces": [
            *_traces(points.x_train, points.y_train, classes, target, test=False),
            *_traces(points.x_test, points.y_test, classes, target, test=True),
        ],
        "classes": classes,
        "axes": (across, target if curve else up),
        "units": _units(experiment, curve),
        "asks": () if own is not None else ("x₁",) if curve else ("x₁", "x₂"),
        "adds": is_sum,
        "face": "predicted" if is_sum else "time",
        "note": (plane.note if plane else "") or "Filled: training. Hollow: test.",
        "legend": own is not None and 0 < len(classes) <= MOST_NAMED,
    }


def _units(experiment: Experiment, curve: bool) -> list[Units]:
    """How what lies across and up and the values to learn were scaled; of a curve, what lies up are its values."""
    scales = shown_scale(experiment), scale_of(experiment) or unscaled(1)
    across, up, values = (
        Units(middle=middle, size=size)
        for scale in scales
        for middle, size in zip(scale.middle.tolist(), scale.size.tolist(), strict=True)
    )
    return [across, values if curve else up, values]


def _traces(x: np.ndarray, y: np.ndarray, classes: tuple[str, ...], target: str, *, test: bool) -> list[Trace]:
    """One trace for each class, or a single one coloured by its values of the target where there are none."""
    kind = "test" if test else "training"
    groups: list[tuple[np.ndarray, int | None]] = [(y == c, c) for c in range(len(classes))]
    groups = groups or [(np.ones(len(x), dtype=bool), None)]
    return [
        {
            "x1": np.round(x[rows, 0], PLACES).tolist(),
            "x2": np.round(x[rows, 1], PLACES).tolist(),
            "class": c,
            "values": np.round(y[rows, 0], PLACES).tolist() if c is None else None,
            "symbol": CLASS_SYMBOLS[(c or 0) % len(CLASS_SYMBOLS)],
            "test": test,
            "hover": f"{kind} point, "
            + (f"{text_for_plotly(target)} = %{{customdata[2]}}" if c is None else text_for_plotly(classes[c])),
        }
        for rows, c in groups
    ]


def _scale(net: mlp.MLP, points: mlp.Dataset) -> Scale:
    scale = colour_scale(net, points)
    return {"middle": scale.middle, "reach": scale.reach, "probability": net.loss.name in PROBABILITY_OF}


def last_shared_step(experiment: Experiment, run: Run) -> int:
    """The last recorded step that a run shares with its parent; -1 for none."""
    if not experiment.changes:
        return -1
    last = experiment.changes[-1]
    return run.step_before(last.step) if last.edits else last.step  # an edit makes its own step another


def opening(number: int, playback: Playback) -> Opening:
    """How a link is to be played; the browser follows it if it has followed none of that number."""
    return {
        "number": number,
        "play": playback.play,
        "until": playback.until,
        "goal": playback.goal,
        "speed": playback.speed,
        "usual_speed": playback.usual_speed,
        "scale": playback.scale,
        "discretize": playback.discretize,
        "test_points": playback.test_points,
        "ring": playback.ring,
        "neuron": playback.neuron,
        "panel": playback.panel,
    }
