"""The charts of the page Health in words: a sentence on what is to be seen in each, and all numbers for those who
cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.figures import MOST_COLOURS, RATIO_BAND, Column
from playground.health.checkup import LayerNumbers
from playground.health.verdicts import FADES, MOSTLY_FLAT, beside
from playground.run.number import percent, say


def flat_units(layers: Sequence[LayerNumbers]) -> str:
    """The share of flat outputs and the dead neurons of each layer."""
    parts = [
        f"{n.name}: {percent(float(n.flat.mean()))} of the outputs in a flat part, "
        f"{n.n_dead} of {n.n_units} neurons dead"
        for n in layers
    ]
    return _sentence("Flat and dead neurons", parts)


def histogram(column: Column, names: Sequence[str]) -> str:
    """Smallest, middle and largest value of each layer."""
    parts = []
    for k, (name, values) in enumerate(zip(names, column.values, strict=True)):
        finite = np.ravel(values)[np.isfinite(np.ravel(values))]
        finite = 10.0**finite if column.log else finite
        note = f", {column.notes[k]}" if k < len(column.notes) and column.notes[k] else ""
        parts.append(f"{name}: {spread(finite)}{note}")
    return _sentence(f"Histograms of {column.title.lower()}", parts)


def over_time(title: str, epochs: npt.ArrayLike, values: npt.ArrayLike, names: Sequence[str]) -> str:
    """Where each layer's curve (k, n_layers) begins and ends, and between which values it stays."""
    table, times = np.asarray(values, float), np.asarray(epochs, float)
    parts = []
    for name, column in zip(names, table.T, strict=True):
        curve = column[np.isfinite(column)]
        ends = f"{say(float(curve[0]), 3)} at first, {say(float(curve[-1]), 3)} at last; " if curve.size else ""
        parts.append(f"{name}: {ends}{spread(curve)}")
    span = f" from epoch {say(float(times[0]), 3)} to {say(float(times[-1]), 3)}" if times.size else ""
    return _sentence(f"{title}{span}", parts)


def _sentence(title: str, parts: Sequence[str]) -> str:
    return f"{title}. {'. '.join(part[0].upper() + part[1:] for part in parts)}."


def spread(values: npt.NDArray[np.float64]) -> str:
    """Smallest, middle and largest of numbers."""
    if not values.size:
        return "no values"
    low, middle, high = values.min(), np.median(values), values.max()
    return f"from {say(float(low), 3)} to {say(float(high), 3)}, half of them below {say(float(middle), 3)}"


# ---- what is to be seen --------------------------------------------------------------------------------------------
def flat_says(layers: Sequence[LayerNumbers]) -> str:
    """Which hidden layers are flat for most points, and how many neurons are dead."""
    *hidden, _ = layers
    if not hidden:
        return "There are no hidden neurons that could be flat."
    shares = [float(n.flat.mean()) for n in hidden]
    over = [k for k, share in enumerate(shares, 1) if share > MOSTLY_FLAT]
    worst = int(np.argmax(shares))
    most = f"{beside(MOSTLY_FLAT, shares[worst])} of the outputs of {hidden[worst].name}"
    if not shares[worst]:
        told = "No output lies in a flat part."
    elif not over:
        told = f"No layer is flat for more than half of the points; the most are {most}."
    elif len(over) == 1:
        told = f"{_layers(over)} is flat for more than half of the points: {most}."
    else:
        told = f"{_layers(over)} are flat for more than half of the points, most of all {most}."
    dead, n = sum(layer.n_dead for layer in hidden), sum(layer.n_units for layer in hidden)
    if not dead:
        return f"{told} No neuron is dead."
    return f"{told} {dead} of {n} neurons {'is' if dead == 1 else 'are'} dead: flat for every point."


def share_says(shares: npt.NDArray[np.float64], names: Sequence[str]) -> str:
    """What becomes of the gradient on its way back from the output layer, (n_layers,) shares of that layer's."""
    n_steps = len(names) - 1
    if n_steps < 1 or not np.isfinite(shares).all():
        return "There is nothing to compare: no gradient comes from an output layer to layers before it."
    if not shares[0]:
        return "Nothing of it gets back to layer 1."
    passed = float(shares[0] ** (1.0 / n_steps))  # so that all steps together give layer 1 its share
    told = f"On average, each layer passes on {beside(1.0, passed)} of it"
    if passed > 1.0:
        told = f"On average, each layer makes it {beside(1.0, passed, say)} times as large"
    smallest = int(np.argmin(shares))
    if shares[smallest] == min(shares[0], 1.0):
        return f"{told}."
    return f"{told}; {names[smallest]} gets least, {percent(float(shares[smallest]), 2)}."


def activations_say(layers: Sequence[LayerNumbers]) -> str:
    """Where neurons tell the points apart, and where hardly."""
    apart = [float(n.a.std(axis=0).mean()) for n in layers[:-1]]
    if not apart or not np.isfinite(apart).all():
        return "How far the outputs of each layer lie apart."
    low, high = int(np.argmin(apart)), int(np.argmax(apart))
    if len(apart) == 1 or apart[low] == apart[high]:
        return f"From point to point, the output of a hidden neuron varies by {say(apart[low], 2)}."
    return (
        f"From point to point, the output of a neuron of {layers[low].name} varies by {say(apart[low], 2)}, and of "
        f"{_named(layers[high])} by {say(apart[high], 2)}. Where it hardly varies, the points cannot be told apart."
    )


def weights_say(layers: Sequence[LayerNumbers]) -> str:
    """In which layers weights are large, and where small."""
    middle = [float(np.median(np.abs(n.weights))) for n in layers]
    if not np.isfinite(middle).all():
        return "Some of the weights have grown beyond all bounds."
    low, high = int(np.argmin(middle)), int(np.argmax(middle))
    if middle[low] == middle[high]:
        return f"Half of the weights of each layer are within ±{say(middle[low], 2)}."
    return (
        f"Half of the weights of {_named(layers[low])} are within ±{say(middle[low], 2)}, and of "
        f"{_named(layers[high])} within ±{say(middle[high], 2)}."
    )


def gradients_say(layers: Sequence[LayerNumbers]) -> str:
    """How large the gradient of a typical weight is, where it is smallest and where it is largest."""
    middle = [float(np.median(np.abs(n.weight_gradients))) for n in layers]
    none = [k for k, value in enumerate(middle, 1) if value == 0.0]
    if none:
        which = _named(layers[none[0] - 1])
        return f"At least half of the weights of {which} get no gradient at all, so they do not learn."
    if not np.isfinite(middle).all():
        return "Some of the gradients have grown beyond all bounds."
    low, high = int(np.argmin(middle)), int(np.argmax(middle))
    if low == high:
        return f"A typical weight of {_named(layers[low])} gets a gradient of {say(middle[low], 2)}."
    return (
        f"A typical weight of {_named(layers[low])} gets a gradient of {say(middle[low], 2)}, and one of "
        f"{_named(layers[high])} {say(middle[high] / middle[low], 2)} times as much."
    )


def norms_say(epochs: npt.ArrayLike, norms: npt.ArrayLike, names: Sequence[str]) -> str:
    """Which layer typically got the smallest gradient over a run; norms (k, n_layers)."""
    middle = _finite_medians(norms)
    if len(names) < 2 or middle is None or middle[-1] <= 0.0:
        return "How large the gradient is, as the run goes on."
    k = int(np.argmin(middle))
    last = float(np.asarray(epochs)[-1])
    span = f"From epoch 0 to {say(last, 3)}," if last else "At epoch 0"
    if k == len(names) - 1:
        return f"{span} no layer typically got less gradient than the output layer.{_grey(names)}"
    share = percent(float(middle[k] / middle[-1]), 2)
    return f"{span} {names[k]} typically got the least: {share} of the output layer's.{_grey(names)}"


def _grey(names: Sequence[str]) -> str:
    """What is grey among curves of many layers."""
    return " Grey: the other layers." if len(names) > MOST_COLOURS else ""


def updates_say(ratios: npt.ArrayLike, names: Sequence[str]) -> str:
    """Which layers are mostly inside the green band, and which below or above it; ratios (m, n_layers)."""
    middle = _finite_medians(ratios)
    if middle is None:
        return "How far one update moves the weights of each layer."
    parts = [
        f"{_layer_list(names, which)} {'is' if len(which) == 1 else 'are'} mostly {where}"
        for which, where in (
            (np.flatnonzero(middle < RATIO_BAND[0]), "below the green band, with weights that hardly move"),
            (np.flatnonzero(middle > RATIO_BAND[1]), "above the green band, with steps that are wild jumps"),
        )
        if len(which)
    ]
    told = (
        f"{'. '.join(parts)}." if parts else "Every layer is mostly inside the green band: its steps have a good size."
    )
    return told + _grey(names)


def map_says(norms: npt.ArrayLike, names: Sequence[str]) -> str:
    """Which layers were often without a gradient to speak of, and what the colours mean; norms (k, n_layers)."""
    table = np.asarray(norms, float)
    with np.errstate(all="ignore"):
        faded = (table[:, :-1] < FADES * table[:, -1:]).mean(axis=0)
    reading = "Orange is less than the output layer gets, blue is more."
    if not faded.size or not faded.max():
        return f"No layer ever had less than {percent(FADES, 2)} of the output layer's gradient. {reading}"
    little = f"had less than {percent(FADES, 2)} of the output layer's gradient"
    mostly, k = np.flatnonzero(faded > 0.5), int(np.argmax(faded))
    if len(mostly):
        return f"{_layer_list(names, mostly)} {little} for most of the run. {reading}"
    return f"For {percent(float(faded[k]), 2)} of the run, {names[k]} {little}. {reading}"


def _named(layer: LayerNumbers) -> str:
    """A layer in a sentence."""
    return "the output layer" if layer.name == "output" else layer.name


def _finite_medians(table: npt.ArrayLike) -> npt.NDArray[np.float64] | None:
    """(n_layers,) of the rows (k, n_layers) that are finite; None without any."""
    rows = np.asarray(table, float)
    rows = rows[np.isfinite(rows).all(axis=-1)] if rows.size else rows
    return np.asarray(np.median(rows, axis=0)) if len(rows) else None


def _layer_list(names: Sequence[str], which: npt.NDArray[np.int64]) -> str:
    """Layers 1 to 3 and the output; the last of the names is the output."""
    hidden = [int(k) + 1 for k in which if k < len(names) - 1]
    parts = ([_layers(hidden)] if hidden else []) + (["the output layer"] if len(hidden) < len(which) else [])
    told = " and ".join(parts)
    return told[0].upper() + told[1:]


def _layers(numbers: Sequence[int]) -> str:
    """Layer 2, or layers 1 to 3, or layers 1, 3 and 4; counted from 1, in order, at the beginning of a sentence."""
    spans: list[list[int]] = []
    for k in numbers:
        if spans and k == spans[-1][-1] + 1:
            spans[-1].append(k)
        else:
            spans.append([k])
    told = [t for span in spans for t in ([f"{span[0]} to {span[-1]}"] if len(span) > 2 else map(str, span))]
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
    return f"{'Layer' if len(numbers) == 1 else 'Layers'} {listed}"
