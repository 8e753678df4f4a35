"""What is behind one unit or one weight: its formulas line by line, from the inputs to the new value.

Layers are counted from 1 and the inputs are layer 0, as in a textbook; units are counted from 1. A *key* names
what a term belongs to on the picture: u:layer:unit for a unit and l:layer:from:to for a link, counted from 0, where
the link from n_in is the bias.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import mlp
from playground.inside import formulas
from playground.inside.expressions import (
    Expression,
    Formula,
    Leaf,
    Line,
    Mean,
    Product,
    Sum,
    Total,
    frac,
    row,
    sub,
    words,
)
from playground.inside.step import H, Step, digits
from playground.run.names import unit_name
from playground.run.number import percent, say

STAGES = ("forward", "loss", "backward", "update")


@dataclass(frozen=True)
class Group:
    """Lines that belong to one stage of the step."""

    stage: str
    title: str
    lines: tuple[Line, ...]

    def payload(self) -> dict[str, Any]:
        """For the browser."""
        return {"stage": self.stage, "title": self.title, "lines": [line.payload() for line in self.lines]}


def unit_key(layer: int, unit: int) -> str:
    """The key of a unit; layer 0 are the inputs."""
    return f"u:{layer}:{unit}"


def link_key(layer: int, i: int, j: int) -> str:
    """The key of the link from unit i of layer - 1 to unit j of layer, which counts from 1."""
    return f"l:{layer}:{i}:{j}"


@dataclass(frozen=True, eq=False)
class Terms:
    """The letters of one data point in one step. `point` counts within the mini-batch."""

    step: Step
    point: int
    inputs: Sequence[str] = ()
    """What the network's inputs are called"""
    classes: Sequence[str] = ()
    """What the classes are called in a sentence"""

    # ---- letters ----
    def a(self, layer: int, unit: int) -> Leaf:
        """What a unit sends on; an input for layer 0."""
        name: Formula = sub("x", unit + 1) if layer == 0 else _letter("a", layer, unit)
        value = self.step.x[self.point, unit] if layer == 0 else self.step.layers[layer - 1].a[self.point, unit]
        return Leaf(name, float(value), unit_key(layer, unit))

    def z(self, layer: int, unit: int) -> Leaf:
        """The sum of a unit."""
        value = self.step.layers[layer - 1].z[self.point, unit]
        return Leaf(_letter("z", layer, unit), float(value), unit_key(layer, unit))

    def w(self, layer: int, i: int, j: int) -> Leaf:
        """A weight, or the bias for i = n_in."""
        name = _letter("b", layer, j) if self.is_bias(layer, i) else _letter("w", layer, i, j)
        value = self.step.net.parameters[self.index(layer, i, j)]
        return Leaf(name, float(value), link_key(layer, i, j))

    def index(self, layer: int, i: int, j: int) -> int:
        """Where a weight, or the bias for i = n_in, lies in the flat vector."""
        return self.step.net.shape.index(layer - 1, i, j)

    def delta(self, layer: int, unit: int) -> Leaf:
        """This point's blame on a unit: the slope of its own loss along z."""
        value = self.step.n * self.step.layers[layer - 1].d_z[self.point, unit]
        return Leaf(_letter("δ", layer, unit), float(value), unit_key(layer, unit))

    def mean_blame(self, layer: int) -> float:
        """How large the blame on a unit of a layer is, whatever its sign: the mean over all of them."""
        return float(self.step.n * np.abs(self.step.layers[layer - 1].d_z[self.point]).mean())

    @property
    def output_letter(self) -> str:
        """The letter of what the last layer gives: of logits, or of answers."""
        return "z" if self.step.net.loss.from_logits else "ŷ"

    def outputs(self) -> list[Leaf]:
        """What the last layer gives: logits z, or answers ŷ."""
        last, n, letter = len(self.step.layers), self.step.net.sizes[-1], self.output_letter
        values = self.step.layers[-1].a[self.point]
        return [Leaf(letter if n == 1 else sub(letter, k + 1), float(values[k]), unit_key(last, k)) for k in range(n)]

    def targets(self) -> list[float]:
        """The truth about this point, as the loss wants it."""
        return [float(t) for t in self.step.targets[:, self.point]]

    def is_bias(self, layer: int, i: int) -> bool:
        """Whether i is the place after the last unit of the layer before."""
        return i == self.step.net.sizes[layer - 1]

    # ---- forwards ----
    def sum_line(self, layer: int, j: int) -> Line:
        """z = Σ w a + b, without b where there are no biases"""
        n_in = self.step.net.sizes[layer - 1]
        parts: list[Expression] = [
            Product((self.w(layer, i, j), self.a(layer - 1, i)), link_key(layer, i, j)) for i in range(n_in)
        ]
        if self.step.net.shape.use_bias:
            parts.append(self.w(layer, n_in, j))
        return Line(_letter("z", layer, j), Sum(tuple(parts)) if len(parts) > 1 else parts[0])

    def bend_line(self, layer: int, j: int) -> Line:
        """a = f(z), and dropout's mask where there is one"""
        here = self.step.layers[layer - 1]
        bent = formulas.bend(here.activation, self.z(layer, j))
        if here.mask is None:
            return Line(_letter("a", layer, j), bent)
        mask = Leaf(_letter("m", layer, j), float(here.mask[self.point, j]))
        note = "dropout: this neuron sits out for this point" if mask.value == 0.0 else "dropout: in, and scaled up"
        return Line(_letter("a", layer, j), bent * mask, note)

    # ---- the loss ----
    @property
    def batch_loss(self) -> str:
        """The letter of what the gradient is the slope of: the mean of the points' losses, or their sum."""
        return "ΣL" if self.step.is_sum else "L̄"

    def answer_lines(self) -> list[Line]:
        """What the network says in the end, as probabilities where the loss has them."""
        outputs, loss = self.outputs(), self.step.net.loss.name
        if loss == "binary_crossentropy":
            n = len(outputs)
            return [Line("p" if n == 1 else sub("p", k + 1), formulas.SIGMA(z)) for k, z in enumerate(outputs)]
        if loss == "categorical_crossentropy":
            return [formulas.softmax_line(outputs, k) for k in range(len(outputs))]
        return []

    def truth_in_words(self) -> str:
        """What the point is, in a sentence."""
        label = self.step.labels[self.point]
        if getattr(label, "ndim", 0):
            return f"The right answer is {', '.join(say(float(v), 3) for v in label)}."
        return f"The point is {self.class_name(int(label))}."

    def true_output(self) -> int:
        """The output that stands for the point's class; the first where there is but one, or where they are numbers."""
        label = self.step.labels[self.point]
        return 0 if getattr(label, "ndim", 0) or len(self.outputs()) == 1 else int(label)

    def belief_in_words(self) -> str:
        """What the network believes, in a sentence; for a loss that makes probabilities of the last sums."""
        beliefs = [line.value for line in self.answer_lines()]
        if len(beliefs) == 1:
            (p,) = beliefs
            return (
                f"The last sum becomes a probability: the network's belief p that the point is {self.class_name(1)}. "
                f"It is {percent(p)}, so the network says {self.class_name(int(p >= 0.5))}."
            )
        k = int(np.argmax(beliefs))
        return (
            "The last sums become probabilities: the network's belief in each class. "
            f"The largest, {percent(beliefs[k])}, says {self.class_name(k)}."
        )

    def class_name(self, k: int) -> str:
        """A class in a sentence; they are counted from 0."""
        return self.classes[k] if k < len(self.classes) else f"of class {k}"

    def loss_lines(self) -> list[Line]:
        """From the outputs to the loss of this point."""
        net = self.step.net
        return formulas.loss_lines(net.loss.name, self.outputs(), self.targets(), net.loss)

    def mean_loss_line(self) -> Line:
        """The loss of the mini-batch."""
        each = tuple(Leaf("L", float(v)) for v in self.step.losses)
        return Line("L̄", Mean("L", each), "the mean over the mini-batch")

    # ---- backwards ----
    def blame_lines(self, layer: int, j: int) -> list[Line]:
        """From the loss, or from the layer above, to δ of a unit."""
        here, last = self.step.layers[layer - 1], len(self.step.layers)
        if layer == last:
            net = self.step.net
            arrives = formulas.loss_slope(net.loss.name, self.outputs(), self.targets(), j, net.loss)
            if here.activation.name == "identity":
                return [Line(_letter("δ", layer, j), arrives, "how the loss changes with this output")]
            first = Line(_slope_of(_letter("a", layer, j)), arrives, "how the loss changes with this output")
        else:
            parts = tuple(
                Product((self.w(layer + 1, j, k), self.delta(layer + 1, k)), link_key(layer + 1, j, k))
                for k in range(self.step.net.sizes[layer + 1])
            )
            total = Sum(parts) if len(parts) > 1 else parts[0]
            first = Line(_slope_of(_letter("a", layer, j)), total, "blame that comes back over the links")
        tilt = Line(row("f′(", _letter("z", layer, j), ")"), formulas.slope(here.activation, self.z(layer, j)))
        factors = first.leaf() * tilt.leaf()
        if here.mask is not None:
            factors = factors * Leaf(_letter("m", layer, j), float(here.mask[self.point, j]))
        return [first, tilt, Line(_letter("δ", layer, j), factors)]

    def gradient_line(self, layer: int, i: int, j: int) -> Line:
        """This point's own slope along one weight: a δ, or δ for a bias."""
        name = _slope_of(self.w(layer, i, j).name)
        if self.is_bias(layer, i):
            return Line(name, self.delta(layer, j), "for this point")
        return Line(name, Product((self.a(layer - 1, i), self.delta(layer, j))), "for this point")

    def batch_gradient_line(self, layer: int, i: int, j: int) -> Line:
        """The mean of the points' slopes, or their sum: the gradient of the mini-batch."""
        step, here = self.step, self.step.layers[layer - 1]
        delta = step.n * here.d_z[:, j]
        letters: list[Formula] = [_letter("δ", layer, j)]
        if not self.is_bias(layer, i):
            letters = [self.a(layer - 1, i).name, "·", *letters]
        parts = []
        for p in range(step.n):
            d = Leaf("δ", float(delta[p]), f"p:{p}")
            parts.append(d if self.is_bias(layer, i) else Product((Leaf("a", float(here.x[p, i])), d), f"p:{p}"))
        name = _slope_of(self.w(layer, i, j).name, self.batch_loss)
        kind, word = (Total, "sum") if step.is_sum else (Mean, "mean")
        return Line(name, kind(row(*letters), tuple(parts)), f"the {word} over the {step.n} points of the mini-batch")

    def measured_line(self, layer: int, i: int, j: int) -> Line:
        """The slope found by moving the weight up and down a little."""
        k = self.index(layer, i, j)
        (slope,) = self.step.measured([k])
        exact = digits(float(self.step.gradient[k]), float(slope))
        note = f"measured by moving it up and down by h = {H:g}: the two agree to {exact} digits"
        if max(abs(slope), abs(self.step.gradient[k])) < 1e-9:
            note = "measured: too small a slope for a measurement"
        w = self.w(layer, i, j).name
        loss = f"{self.batch_loss}("
        shown = frac(row(loss, w, "+", "h", ")", "−", loss, w, "−", "h", ")"), row("2", "h"))
        return Line(words("the slope, measured"), Leaf(shown, float(slope)), note)

    # ---- the update ----
    def penalty_lines(self, layer: int, i: int, j: int) -> list[Line]:
        """What regularization and clipping make of the gradient; none if there is neither, or the layer is frozen."""
        step, s = self.step, self.step.settings
        if step.is_frozen(layer):
            return []
        k = self.index(layer, i, j)
        w, g = self.w(layer, i, j), Leaf("g", float(step.gradient[k]))
        lines = []
        if (s.l1 or s.l2) and not self.is_bias(layer, i):
            total: Expression = g
            if s.l2:
                total = total + Leaf(sub("λ", 2), s.l2) * w
            if s.l1:
                total = total + Leaf(sub("λ", 1), s.l1) * formulas.NUMBERS["mean_absolute_error"][1](w)
            lines.append(Line("g′", total, "regularization pulls the weight towards zero"))
        if s.clip_norm is not None:
            before = lines[-1].leaf() if lines else g
            clip = Leaf("c", step.clip)
            note = f"clipped: all gradients together are {say(step.length)} long, and {say(s.clip_norm)} is allowed"
            lines.append(Line("g″", before * clip, note))
        return lines

    def rate_lines(self) -> list[Line]:
        """The learning rate of this step; none where it is constant."""
        step, s = self.step, self.step.settings
        if isinstance(s.schedule, mlp.Constant):
            return []
        rate, factor = Leaf(sub("η", 0), s.optimizer.learning_rate), Leaf("s", s.schedule.factor(step.epoch))
        return [Line("η", rate * factor, f"the schedule “{s.schedule.label}” at epoch {say(step.epoch)}")]

    def update_lines(self, layer: int, i: int, j: int) -> list[Line]:
        """From the gradient to the new value."""
        step = self.step
        k = self.index(layer, i, j)
        start = Line("g", Leaf(_slope_of(self.w(layer, i, j).name, self.batch_loss), float(step.gradient[k])))
        if step.is_frozen(layer):
            w = self.w(layer, i, j)
            return [start, Line(row(words("new "), w.name), w, "the layer is frozen: it stays as it is")]
        before = self.penalty_lines(layer, i, j)
        g = (before[-1] if before else start).leaf()
        memory = {name: float(v[layer - 1] if name == "t" else v[k]) for name, v in step.memory.items()}
        w, rate = self.w(layer, i, j), Leaf("η", step.rate)
        lines = formulas.update_lines(step.settings.optimizer, w, g, rate, memory, not self.is_bias(layer, i))
        if lines is None:
            after = Leaf(row(words("new "), w.name), float(step.after[k]))
            optimizer = step.settings.optimizer
            lines = [Line(row(words("new "), w.name), after, f"{optimizer.label}: {optimizer.formula}")]
        return [start, *before, *self.rate_lines(), *lines]

    def move_in_words(self, layer: int, i: int, j: int) -> str:
        """How far the step moves a weight; where its number reads the same before and after, that it hardly moves."""
        k = self.index(layer, i, j)
        before, after = float(self.step.net.parameters[k]), float(self.step.after[k])
        if before == after:
            return "it does not move at all."
        hardly = ", so little that it reads the same: it hardly moves" if say(before) == say(after) else ""
        return f"it moves by {say(float(self.step.moved[k]))}{hardly}."

    def moves_in_words(self) -> str:
        """That the step moves the weights, and how many of them against their slopes where not all go that way."""
        step = self.step
        count, against = (
            np.count_nonzero(step.moved),
            np.count_nonzero(np.sign(step.gradient) * np.sign(step.moved) < 0),
        )
        if against == count:
            return "Every weight moves a little against its slope."
        return f"Every weight moves a little, {against:,} of {count:,} against their slopes."

    def turn_in_words(self, layer: int, i: int, j: int) -> str:
        """Why the step moves a weight with its slope and not against it; "" where it does not."""
        k, step = self.index(layer, i, j), self.step
        slope, moved = float(step.gradient[k]), float(step.moved[k])
        if slope * moved <= 0 or not math.isfinite(moved):
            return ""
        if slope * float(step.used[k]) < 0:
            return " This mini-batch alone asks for the other way; the penalty on large weights turns it round."
        label = step.settings.optimizer.label
        decay = " and the decay of the weights" if getattr(step.settings.optimizer, "weight_decay", 0) else ""
        return (
            f" This mini-batch alone asks for the other way; what {label} remembers of those before{decay} weighs more."
        )

    def outcome_in_words(self) -> str:
        """What the step does to the loss of the point and of its mini-batch; "" where it breaks the network."""
        after, before = self.step.losses_of(self.step.after), self.step.losses
        if not np.isfinite(after).all():
            return ""
        point = from_to(float(before[self.point]), float(after[self.point]))
        batch = from_to(float(before.mean()), float(after.mean()))
        return f" With all new weights, the loss of this point: {point}; of the mini-batch: {batch}."

    # ---- all about one thing ----
    def about_unit(self, layer: int, j: int) -> list[Group]:
        """What a unit does in each stage."""
        if layer == 0:
            line = Line(sub("x", j + 1), self.a(0, j), "as it is given to the network")
            return [Group("forward", "An input", (line,))]
        groups = [Group("forward", "Its sum and its bend", (self.sum_line(layer, j), self.bend_line(layer, j)))]
        if layer == len(self.step.layers):
            groups.append(Group("loss", "The answer and its loss", (*self.answer_lines()[j : j + 1], *self._end())))
        groups.append(Group("backward", "Its blame", tuple(self.blame_lines(layer, j))))
        if self.step.net.shape.use_bias:
            bias = self.step.net.sizes[layer - 1]
            gradient = self.batch_gradient_line(layer, bias, j)
            groups.append(Group("update", "Its bias", (gradient, *self.update_lines(layer, bias, j)[1:])))
        return groups

    def about_link(self, layer: int, i: int, j: int) -> list[Group]:
        """What a weight, or a bias, does in each stage."""
        w = self.w(layer, i, j)
        if self.is_bias(layer, i):
            part = Line(_letter("z", layer, j), self.sum_line(layer, j).expression, "the bias is the last term")
        else:
            product = Product((w, self.a(layer - 1, i)), w.key)
            part = Line(row(words("its share of "), _letter("z", layer, j)), product)
        chain = (*self.blame_lines(layer, j), self.gradient_line(layer, i, j))
        batch = (self.batch_gradient_line(layer, i, j), self.measured_line(layer, i, j))
        word = "sum" if self.step.is_sum else "mean"
        return [
            Group("forward", "What it carries", (part,)),
            Group("backward", "The chain rule, factor by factor", chain),
            Group("backward", f"The {word} over the mini-batch, and the same slope measured", batch),
            Group("update", "From the gradient to the new value", tuple(self.update_lines(layer, i, j))),
        ]

    def _end(self) -> list[Line]:
        return [line for line in self.loss_lines() if line.name == "L"]

    # ---- words ----
    def unit_name(self, layer: int, unit: int) -> str:
        """A unit in words."""
        return unit_name(layer, unit, self.step.net.sizes, self.inputs)

    def link_name(self, layer: int, i: int, j: int) -> str:
        """A weight or a bias in words."""
        if self.is_bias(layer, i):
            return f"the bias of {self.unit_name(layer, j)}"
        return f"the weight from {self.unit_name(layer - 1, i)} to {self.unit_name(layer, j)}"


def from_to(before: float, after: float) -> str:
    """Two numbers in figures that tell them apart, or the one and how far it is from there to the other."""
    if say(before, 5) != say(after, 5):
        return f"{say(before, 5)} → {say(after, 5)}"
    moved = f"changes by {say(after - before, 2)}" if after != before else "does not change in sixteen figures"
    return f"it hardly moves; {say(before, 5)} {moved}"


def slopes_table(step: Step, layer: int, unit: int) -> list[dict[str, Any]]:
    """Backpropagation beside measurement for all weights into a unit and its bias, if any; layer counts from 1."""
    n_in = step.net.sizes[layer - 1]
    places = [step.net.shape.index(layer - 1, i, unit) for i in range(n_in + step.net.shape.use_bias)]
    measured = step.measured(places)
    table = []
    for i, (k, slope) in enumerate(zip(places, measured, strict=True)):
        gradient = float(step.gradient[k])
        size = max(abs(gradient), abs(slope))
        table.append({
            "parameter": f"w from {i + 1}" if i < n_in else "bias",
            "value": float(step.net.parameters[k]),
            "gradient": gradient,
            "measured slope": float(slope),
            "relative error": abs(gradient - float(slope)) / size if size else 0.0,
            "digits that agree": digits(gradient, float(slope)),
            "new value": float(step.after[k]),
        })  # fmt: skip
    return table


def _letter(letter: str, layer: int, *indices: int) -> Formula:
    """A letter with its unit below and its layer above."""
    return ["subsup", letter, ", ".join(str(i + 1) for i in indices), f"({layer})"]


def _slope_of(name: Formula, loss: str = "L") -> Formula:
    return ["frac", f"∂{loss}", row("∂", name)]


def agreeing_digits(table: list[dict[str, float]]) -> int:
    """To how many digits gradients and measured slopes agree, taken together: the rows of `slopes_table`."""
    gradient, measured = (np.array([row[name] for row in table]) for name in ("gradient", "measured slope"))
    return digits(float(np.linalg.norm(gradient)), float(np.linalg.norm(measured)), gradient - measured)
