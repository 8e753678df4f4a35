"""The pictures of the ideas of the walk: bars that add up, a curve and where the point stands on it, the mini-batch.

They show the numbers of the card's formula, and what lies around them: the whole bend, the loss for other outputs. All
of it is found by the engine's own functions. A number that is beyond all bounds has no picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import mlp
from playground.inside.expressions import Expression, Formula, Line, Sum, Total, num, row, words
from playground.inside.nudge import changes, losses_along
from playground.inside.step import Array
from playground.inside.terms import Terms, from_to
from playground.run.names import layer_name
from playground.run.number import say

MOST_BARS = 14
SAMPLES = 61
"""Places at which a curve is computed"""
Sketch = dict[str, Any]
"""For the browser: {kind: bars, curve or plane, says: a sentence, ...}"""


@dataclass(frozen=True)
class Bar:
    """A number of a bar chart. `key` is what it belongs to in the drawing; `group` the class whose colour it has."""

    label: Formula
    value: float
    key: str = ""
    group: int | None = None

    def payload(self) -> dict[str, Any]:
        """For the browser."""
        return {"label": self.label, "value": num(self.value), "key": self.key, "group": self.group}


def bars(says: str, shown: Sequence[Bar], total: Bar | None = None, marked: int | None = None) -> list[Sketch]:
    """Numbers side by side, and what they come to. Of many, the largest; `marked` is the place of one to stand out."""
    if not all(math.isfinite(bar.value) for bar in (*shown, *([total] if total else []))):
        return []
    kept: Sequence[int] = range(len(shown))
    if len(shown) > MOST_BARS:
        first = [marked] if marked is not None else []
        size = sorted((k for k in kept if k not in first), key=lambda k: -abs(shown[k].value))
        kept = sorted([*first, *size[: MOST_BARS - len(first)]])
        says = f"{says} The {MOST_BARS} largest of {len(shown)} are drawn."
    return [{
        "kind": "bars", "says": says, "bars": [shown[k].payload() for k in kept],
        "total": total.payload() if total else None,
        "marked": None if marked is None else kept.index(marked),
    }]  # fmt: skip


def curve(
    says: str,
    names: tuple[Formula, Formula],
    xs: Array,
    values: Callable[[Array], Array],
    at: float,
    slope: float | None = None,
    to: float | None = None,
    truth: float | None = None,
) -> list[Sketch]:
    """A curve, (k,) to (k,), and the point on it at `at`; its tangent, where a step leads `to`, the right answer."""
    wanted = [x for x in (at, to) if x is not None]
    if not all(map(math.isfinite, [*wanted, *xs[[0, -1]], slope or 0.0])):
        return []
    along = np.union1d(xs, wanted)
    with np.errstate(all="ignore"):
        heights = np.asarray(values(along), dtype=float)
    place = {x: float(heights[np.searchsorted(along, x)]) for x in wanted}
    if not all(map(math.isfinite, place.values())):
        return []
    return [{
        "kind": "curve", "says": says, "names": names, "x": along.tolist(),
        "y": [y if math.isfinite(y) else None for y in heights.tolist()],
        "at": [at, place[at]], "slope": slope, "to": None if to is None else [to, place[to]], "truth": truth,
    }]  # fmt: skip


# ---- forwards ---------------------------------------------------------------------------------------------------
def of_point(terms: Terms) -> list[Sketch]:
    """Where the point lies among its mini-batch; its inputs side by side where there is no plane."""
    step, point = terms.step, terms.point
    n = step.x.shape[1]
    if n != 2:
        inputs = [terms.a(0, i) for i in range(n)]
        return bars("The numbers of the inputs.", [Bar(x.name, x.value, x.key) for x in inputs])
    if not np.isfinite(step.x).all():
        return []
    counts = step.labels.ndim == 1 and np.issubdtype(step.labels.dtype, np.integer)
    among = "It is the only point" if step.n == 1 else f"Ringed, among the {step.n} points"
    return [{
        "kind": "plane", "says": f"{among} of its mini-batch.", "names": [terms.a(0, 0).name, terms.a(0, 1).name],
        "points": step.x.tolist(), "groups": step.labels.tolist() if counts else None, "at": point,
    }]  # fmt: skip


def of_sum(terms: Terms, layer: int, j: int) -> list[Sketch]:
    """What each link brings to a unit, the bias, and the sum z of them all."""
    line = terms.sum_line(layer, j)
    names = [terms.a(layer - 1, i).name for i in range(terms.step.net.sizes[layer - 1])]
    if terms.step.net.shape.use_bias:
        names.append(terms.w(layer, len(names), j).name)
    bias = "its bias, " if terms.step.net.shape.use_bias else ""
    says = f"What comes to {terms.unit_name(layer, j)}, each number times its weight, {bias}and what it adds up to."
    return _parts(says, line.expression, names, Bar(line.name, line.value, terms.z(layer, j).key))


def of_bend(terms: Terms, layer: int, j: int, slope: bool = False) -> list[Sketch]:
    """The bend of a layer, and where a unit stands on it; with the slope that lets its blame through."""
    here, z = terms.step.layers[layer - 1], terms.z(layer, j)
    tilt = float(here.activation.slope(np.array([z.value]))[0]) if slope else None
    says = f"{here.activation.label}, and where {terms.unit_name(layer, j)} stands on it."
    if tilt is not None:
        through = "nothing" if tilt == 0.0 else f"{say(tilt)} times what comes back"
        says = f"{here.activation.label} has slope {say(tilt)} here (dashed): {through} gets through."
    xs = np.linspace(min(-3.0, z.value - 1.0), max(3.0, z.value + 1.0), SAMPLES)
    name = terms.a(layer, j).name if here.mask is None else row("f(", z.name, ")")
    return curve(says, (z.name, name), xs, here.activation.value, z.value, tilt)


# ---- the loss ---------------------------------------------------------------------------------------------------
def of_answer(terms: Terms) -> list[Sketch]:
    """What the network believes: the belief in each class, or the one sum that becomes a belief."""
    lines, outputs = terms.answer_lines(), terms.outputs()
    if len(lines) == 1:
        z, sigmoid = outputs[0], lines[0]
        xs = np.linspace(min(-4.0, z.value - 1.0), max(4.0, z.value + 1.0), SAMPLES)
        says = f"Any sum becomes a number from 0 to 1; above one half it says {terms.class_name(1)}."
        return curve(says, (z.name, sigmoid.name), xs, mlp.ACTIVATIONS["sigmoid"].value, z.value)
    shown = [Bar(line.name, line.value, z.key, k) for k, (line, z) in enumerate(zip(lines, outputs, strict=True))]
    return bars("The network's belief in each class.", shown)


def of_loss(terms: Terms, k: int, slope: bool = False) -> list[Sketch]:
    """What this point would cost if an output were another, all others as they are; with the slope that blame is."""
    step, point, output = terms.step, terms.point, terms.outputs()[k]
    last, loss = step.layers[-1], step.net.loss
    truth = None if loss.from_logits else terms.targets()[k]
    tilt = step.n * float(last.d_a[point, k]) if slope else None
    which = "the output" if len(terms.outputs()) == 1 else f"output {k + 1}"
    says = f"What this point would cost if {which} were another."
    if truth is not None:
        says = f"{says} Dotted: the right answer."
    if tilt is not None:
        says = f"Dashed: the slope. If {which} rose by 0.1, the loss would change by about {say(0.1 * tilt)}."
        if truth is not None:
            says = f"{says} Dotted: the right answer."
    ends = [output.value, 0.0 if truth is None else truth]
    room = 4.0 if truth is None else max(1.0, 0.75 * abs(ends[1] - ends[0]))
    xs = np.linspace(min(ends[1] - room, output.value - 1.0), max(ends[1] + room, output.value + 1.0), SAMPLES)

    def cost(x: Array) -> Array:
        outputs = np.repeat(last.a[point][:, None], len(x), axis=1)
        outputs[k] = x
        return loss.each(outputs, np.repeat(step.targets[:, [point]], len(x), axis=1))

    return curve(says, (output.name, "L"), xs, cost, output.value, tilt, truth=truth)


# ---- backwards --------------------------------------------------------------------------------------------------
def of_blame(terms: Terms, layer: int, j: int) -> list[Sketch]:
    """The blame that comes back to a hidden unit over its links, and how much of it the bend lets through."""
    line = terms.blame_lines(layer, j)[0]
    names = [str(k + 1) for k in range(terms.step.net.sizes[layer + 1])]
    after = layer_name(layer + 1, len(terms.step.layers))
    says = f"What comes back to {terms.unit_name(layer, j)} from each neuron of {after}, weight times δ, and the sum."
    several = len(names) > 1
    back = _parts(says, line.expression, names, Bar(words("sum"), line.value)) if several else []
    return [*back, *of_bend(terms, layer, j, slope=True)]


def of_gradient(terms: Terms, layer: int, i: int, j: int) -> list[Sketch]:
    """The slope along one weight that each point of the mini-batch asks for, and their mean or sum."""
    line, n = terms.batch_gradient_line(layer, i, j), terms.step.n
    if n == 1:
        return []
    word = "sum" if terms.step.is_sum else "mean"
    says = f"The slope that each of the {n} points asks for, and the {word}: the gradient of the mini-batch."
    names = [str(p + 1) for p in range(n)]
    return _parts(says, line.expression, names, Bar(words(word), line.value), terms.point)


# ---- the update -------------------------------------------------------------------------------------------------
def of_rate(terms: Terms) -> list[Sketch]:
    """The schedule over time, and where this step stands on it."""
    settings, now = terms.step.settings, terms.step.epoch
    rate, schedule = settings.optimizer.learning_rate, settings.schedule
    xs = np.linspace(0.0, max(20.0, 2.0 * now), SAMPLES)
    says = f"“{schedule.label}” over the epochs, and where this step stands."
    return curve(says, (words("epoch"), "η"), xs, lambda x: np.array([rate * schedule.factor(t) for t in x]), now)


def of_sums(lines: Sequence[Line]) -> list[Sketch]:
    """What an optimizer's memory, or a penalty, adds up: a picture for each line that is a sum, two at most."""
    found = []
    for line in lines:
        if isinstance(line.expression, Sum):
            parts = line.expression.parts
            says = f"{line.note[0].upper()}{line.note[1:]}." if line.note else "What is added up."
            shown = [Bar(part.show(numbers=False), part.value) for part in parts]
            found += bars(says, shown, Bar(line.name, line.value))
    return found[:2]


def of_update(terms: Terms, layer: int, i: int, j: int) -> list[Sketch]:
    """The loss of the mini-batch along one weight, and where the step takes it."""
    step, k = terms.step, terms.index(layer, i, j)
    w, after = float(step.net.parameters[k]), float(step.after[k])
    if not math.isfinite(after) or after == w:
        return []
    reach = 4.0 * abs(after - w)
    xs = w + reach * np.linspace(-1.0, 1.0, len(changes(step)))
    before, then = map(float, losses_along(step, k, np.array([w, after])))
    what = "sum of the losses" if step.is_sum else "loss"
    says = (
        f"The {what} of the mini-batch if this number alone were another. The step goes from the ring to the dot: "
        f"{from_to(before, then)}. Dashed: the slope at the ring."
    )
    slope = float(step.gradient[k])
    return curve(says, (terms.w(layer, i, j).name, terms.batch_loss), xs, lambda x: losses_along(step, k, x), w,
                 slope, to=after)  # fmt: skip


# ---- what they share --------------------------------------------------------------------------------------------
def _parts(
    says: str, expression: Expression, names: Sequence[Formula], total: Bar, marked: int | None = None
) -> list[Sketch]:
    """The bars of a sum, with their names; a mean's parts stand as they are."""
    parts = expression.parts if isinstance(expression, Sum | Total) else (expression,)
    shown = [Bar(name, part.value, getattr(part, "key", "")) for name, part in zip(names, parts, strict=True)]
    return bars(says, shown, total, marked)
