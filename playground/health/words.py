"""The charts of the page Health in words and numbers, for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from playground.figures import Column
from playground.health.checkup import LayerNumbers
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
