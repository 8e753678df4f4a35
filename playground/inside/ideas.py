"""The walk through one step, from the inputs to the new weights: one idea at a time, in plain words.

Each idea names the stage that it belongs to, what of the picture it speaks of, and which numbers the picture then
shows; its formula stands once for the whole layer (capitals: a row for each point) and once for a single unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.inside import sketches
from playground.inside.expressions import Formula, Line, frac, row, sub, sup, words
from playground.inside.sketches import Sketch
from playground.inside.terms import Terms, link_key, unit_key
from playground.run.names import layer_name, layer_names


@dataclass(frozen=True)
class Idea:
    """One stop of the walk."""

    stage: str
    title: str
    short: str
    """Its name where there is room for two or three words"""
    sentence: str
    vector: Formula
    lines: tuple[Line, ...]
    units: tuple[int, ...] = ()
    """Layers whose units it speaks of; 0 are the inputs"""
    links: tuple[int, ...] = ()
    """Layers whose incoming links it speaks of"""
    shows: Mapping[int, str] = field(default_factory=dict)
    """By layer, the number in its units: z, p or delta; a in all others"""
    carries: str = "w"
    """The number that a link stands for: w, share (w times what comes in), blame (w times δ), gradient or update"""
    flow: str = ""
    """Which way it runs over the links spoken of: forward, back, or not at all"""
    link: str = ""
    """The key of the one weight that its formula is about, if it is about one"""
    unit: str = ""
    """The key of the one neuron that its formula is about, if it is about one"""
    layer: int | None = None
    """The layer that it belongs to, if it belongs to one"""
    sketches: Sequence[Sketch] = ()
    """The pictures that stand below its formula"""

    def payload(self) -> dict[str, Any]:
        """For the browser."""
        return {
            "stage": self.stage,
            "title": self.title,
            "short": self.short,
            "sentence": self.sentence,
            "vector": self.vector,
            "lines": [line.payload() for line in self.lines],
            "units": self.units,
            "links": self.links,
            "shows": {str(layer): number for layer, number in self.shows.items()},
            "carries": self.carries,
            "flow": self.flow,
            "link": self.link,
            "unit": self.unit,
            "layer": self.layer,
            "sketches": self.sketches,
        }


def walk(terms: Terms, layer: int, i: int, j: int) -> list[Idea]:
    """All ideas in order. Worked examples follow the link from i to j of a layer, and first units elsewhere."""
    return [
        *_forward(terms, layer, j),
        *_loss(terms, layer, j),
        *_backward(terms, layer, i, j),
        *_update(terms, layer, i, j),
    ]


def _forward(terms: Terms, layer: int, j: int) -> Iterator[Idea]:
    sizes, n = terms.step.net.sizes, len(terms.step.layers)
    inputs = tuple(Line(terms.a(0, i).name, terms.a(0, i)) for i in range(min(sizes[0], 4)))
    yield Idea(
        "forward", "The point enters", "point",
        "Each input holds one number that describes the point. Capital letters stand for all points of the mini-batch "
        "at once, a row each; small letters for this one.",
        row(_up("A", 0), "=", "X"), inputs, units=(0,),
        sketches=sketches.of_point(terms),
    )  # fmt: skip
    for k in range(1, n + 1):
        unit = j if k == layer else 0
        name, short = layer_name(k, n), layer_names(n)[k - 1]
        activation = terms.step.layers[k - 1].activation
        adds, bias = (", and adds its bias", ["+", _up("b", k)]) if terms.step.net.shape.use_bias else ("", [])
        yield Idea(
            "forward", f"Sums of {name}", f"sums {short}",
            f"Every neuron of {name} weighs what comes in, adds it up{adds}.",
            row(_up("Z", k), "=", _up("A", k - 1), _up("W", k), *bias),
            (terms.sum_line(k, unit),), units=(k - 1, k), links=(k,), shows={k: "z"},
            carries="share", flow="forward", sketches=sketches.of_sum(terms, k, unit), unit=unit_key(k, unit), layer=k,
        )  # fmt: skip
        if k < n or activation.name != "identity":
            masked = terms.step.layers[k - 1].mask is not None
            sentence = (
                f"The sum is bent by {activation.label}: without a bend, all layers together could only draw lines."
            )
            if masked:
                sentence += " Dropout then silences some neurons for this point."
            product = ["⊙", _up("M", k)] if masked else []
            yield Idea(
                "forward", f"The bend of {name}", f"bend {short}", sentence,
                row(_up("A", k), "=", "f(", _up("Z", k), ")", *product),
                (terms.bend_line(k, unit),), units=(k,), sketches=sketches.of_bend(terms, k, unit),
                unit=unit_key(k, unit), layer=k,
            )  # fmt: skip


def _loss(terms: Terms, layer: int, j: int) -> Iterator[Idea]:
    n, loss = len(terms.step.layers), terms.step.net.loss
    output = j if layer == n else terms.true_output()
    answers = terms.answer_lines()
    if answers:
        yield Idea(
            "loss", "The answer", "answer",
            terms.belief_in_words(),
            row("P", "=", "softmax" if len(answers) > 1 and loss.name == "categorical_crossentropy" else "σ",
                "(", _up("Z", n), ")"),
            tuple(answers), units=(n,), shows={n: "p"}, sketches=sketches.of_answer(terms),
        )  # fmt: skip
    yield Idea(
        "loss", "How wrong it is", "loss",
        f"{terms.truth_in_words()} {loss.label}: {loss.help[0].lower()}{loss.help[1:]}",
        row("L", "=", ["words", loss.formula]), (*_without(terms.loss_lines(), answers), terms.mean_loss_line()),
        units=(n,), shows={n: "p"} if answers else {}, sketches=sketches.of_loss(terms, output),
    )  # fmt: skip


def _backward(terms: Terms, layer: int, i: int, j: int) -> Iterator[Idea]:
    n = len(terms.step.layers)
    deltas = dict.fromkeys(range(1, n + 1), "delta")
    total, share = ("sum", []) if terms.step.is_sum else ("mean", [frac("1", "n")])
    for k in range(n, 0, -1):
        unit, source = (j, i) if k == layer else (0, 0)
        name, short = layer_name(k, n), layer_names(n)[k - 1]
        blame = tuple(terms.blame_lines(k, unit))
        if k == n:
            yield Idea(
                "backward", "Blame at the output", "blame output",
                "How would the loss change if the output rose a little? That slope is δ, the output's blame.",
                row(_up("δ", k), "=", frac("∂L", row("∂", _up("Z", k)))), blame, units=(k,), shows=deltas,
                sketches=sketches.of_loss(terms, unit, slope=True), unit=unit_key(k, unit), layer=k,
            )  # fmt: skip
        else:
            yield Idea(
                "backward", f"Blame goes back to {name}", f"blame {short}",
                "Each neuron gets back the blame of the neurons it fed, times the weight of the link between them, "
                "times the slope of its own bend. Where the bend is flat, no blame gets through.",
                row(_up("δ", k), "=", "(", _up("δ", k + 1), sup("W", row(f"({k + 1})", "T")), ")", "⊙",
                    "f′(", _up("Z", k), ")"),
                blame, units=(k, k + 1), links=(k + 1,), shows=deltas,
                carries="blame", flow="back", sketches=sketches.of_blame(terms, k, unit),
                unit=unit_key(k, unit), layer=k,
            )  # fmt: skip
        yield Idea(
            "backward", f"The gradient of the weights into {name}", f"gradient {short}",
            "A weight's share of the blame: what came in at its one end, times the δ at its other end; "
            f"then the {total} over the {terms.step.n} points of the mini-batch.",
            row(_up("G", k), "=", *share, sup("A", row(f"({k - 1})", "T")), _up("δ", k)),
            (terms.gradient_line(k, source, unit), terms.batch_gradient_line(k, source, unit)),
            units=(k,), links=(k,), shows=deltas, carries="gradient", link=link_key(k, source, unit),
            sketches=sketches.of_gradient(terms, k, source, unit), layer=k,
        )  # fmt: skip


def _update(terms: Terms, layer: int, i: int, j: int) -> Iterator[Idea]:
    everything = tuple(range(1, len(terms.step.layers) + 1))
    optimizer = terms.step.settings.optimizer
    what, key = terms.link_name(layer, i, j), link_key(layer, i, j)
    if terms.step.is_frozen(layer):
        yield Idea(
            "update", "A frozen layer", "frozen",
            f"Its gradient is found, but nothing in this layer moves. Here for {what}.",
            ["words", "w ← w"], tuple(terms.update_lines(layer, i, j)[1:]), links=everything,
            carries="update", link=key,
        )  # fmt: skip
        return
    before = terms.penalty_lines(layer, i, j)
    if before:
        yield Idea(
            "update", "Regularization and clipping", "limits",
            f"Before the step, the gradient is changed; here for {what}.",
            _changes(terms),
            tuple(before), links=everything, carries="gradient", link=key, sketches=sketches.of_sums(before),
        )  # fmt: skip
    rate = terms.rate_lines()
    if rate:
        yield Idea(
            "update", "The learning rate of this step", "rate", terms.step.settings.schedule.help,
            row("η", "=", sub("η", 0), "s"), tuple(rate), links=everything, carries="gradient",
            sketches=sketches.of_rate(terms),
        )  # fmt: skip
    lines = terms.update_lines(layer, i, j)[1 + len(before) + len(rate) :]
    if lines[:-1]:
        yield Idea(
            "update", f"What {optimizer.label} remembers", "memory",
            f"{optimizer.help} Here for {what}.", ["words", optimizer.formula], tuple(lines[:-1]),
            links=everything, carries="gradient", link=key, sketches=sketches.of_sums(lines[:-1]),
        )  # fmt: skip
    yield Idea(
        "update", "The new weights", "update",
        f"{terms.moves_in_words()} Here for {what}: "
        f"{terms.move_in_words(layer, i, j)}{terms.turn_in_words(layer, i, j)}{terms.outcome_in_words()}",
        ["words", optimizer.formula.split(",  ")[-1]], (*lines[-1:],), links=everything, carries="update", link=key,
        sketches=sketches.of_update(terms, layer, i, j),
    )  # fmt: skip


def _changes(terms: Terms) -> Formula:
    """What is done to the gradient before the optimizer gets it."""
    s = terms.step.settings
    parts: list[Formula] = ["G", "←", "G"]
    if s.l2:
        parts += ["+", row(sub("λ", 2), "W")]
    if s.l1:
        parts += ["+", row(sub("λ", 1), "sign(", "W", ")")]
    return row(*parts) if s.clip_norm is None else row(*parts, words(",  then no longer than allowed"))


def _without(lines: list[Line], known: list[Line]) -> list[Line]:
    """Lines whose names have not been shown yet."""
    names = [line.name for line in known]
    return [line for line in lines if line.name not in names]


def _up(letter: str, layer: int) -> Formula:
    return sup(letter, f"({layer})")
