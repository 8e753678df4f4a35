"""What the browser needs to draw a step: units with their numbers, links, the walk, and all about what is picked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.inside.expressions import num
from playground.inside.ideas import Idea, walk
from playground.inside.nudge import nudge
from playground.inside.step import Step
from playground.inside.terms import Terms, link_key, unit_key
from playground.run.number import say

MOST_UNITS = 12
"""More units of one layer than these are too small to read, so only a part is drawn."""

Pick = tuple[int, ...]
"""(layer, unit), or (layer, i, j) for a link; layers count from 1 and 0 are the inputs, all else from 0."""


def parse_key(key: Any) -> Pick:
    """A key as numbers; none if it is no key."""
    match = re.fullmatch(r"u:(\d+):(\d+)|l:(\d+):(\d+):(\d+)", str(key))
    return tuple(int(part) for part in match.groups() if part is not None) if match else ()


def parse_pick(key: Any, step: Step) -> Pick:
    """A key from the browser, if it fits this network; else the first weight."""
    pick = parse_key(key)
    sizes = step.net.sizes
    if pick:
        layer, *rest = pick
        if len(rest) == 1 and layer < len(sizes) and rest[0] < sizes[layer]:
            return pick
        most = sizes[layer - 1] if step.net.shape.use_bias else sizes[layer - 1] - 1
        if len(rest) == 2 and 0 < layer < len(sizes) and rest[0] <= most and rest[1] < sizes[layer]:
            return pick
    return (1, 0, 0)


def picture(step: Step, point: int, pick: Pick, labels: Sequence[str], classes: Sequence[str] = ()) -> dict[str, Any]:
    """Everything about one point of the mini-batch; `labels` name the inputs, `classes` the classes."""
    terms = Terms(step, point, labels, classes)
    weight = _weight_of(pick)
    shown = _shown(terms, pick)
    ideas = walk(terms, *weight)
    chosen = [_chosen(idea, pick, weight) for idea in ideas]
    weights = dict.fromkeys(its for _, its in chosen)
    return {
        "where": f"Step {step.step} → {step.step + 1}, epoch {say(step.epoch)}",
        "point": point,
        "n": step.n,
        "step": step.step,
        "next": None if step.is_last else step.step + 1,
        "columns": [_column(terms, n, shown[n], labels) for n in range(len(step.net.sizes))],
        "links": [_links(terms, n, shown[n - 1], shown[n]) for n in range(1, len(step.net.sizes))],
        "ideas": [
            {**idea.payload(), "about": _key(about), "weight": _key(its), "chosen": _in_words(terms, about, its)}
            for idea, (about, its) in zip(ideas, chosen, strict=True)
        ],
        "nudges": {_key(its): _nudge(terms, its, len(weights)) for its in weights},
        "about": {_key(about): _about(terms, about) for about in dict.fromkeys(about for about, _ in chosen)},
        "pick": _key(pick),
        "part": _part(step, shown),
    }


def _key(pick: Pick) -> str:
    return link_key(*pick) if len(pick) == 3 else unit_key(*pick)


def _weight_of(pick: Pick) -> Pick:
    """The weight that a pick stands for: the first that leaves an input, the first that reaches a neuron."""
    if len(pick) == 3:
        return pick
    layer, unit = pick
    return (layer, 0, unit) if layer else (1, unit, 0)


def _chosen(idea: Idea, pick: Pick, weight: Pick) -> tuple[Pick, Pick]:
    """What an idea speaks of, and the weight that is nudged there.

    That is what is picked, unless the idea belongs to another layer: there it is what its formula is about.
    """
    key = parse_key(idea.link)
    if key:
        return key, key
    if idea.layer is None or idea.layer == pick[0]:
        return pick, weight
    unit = parse_key(idea.unit) or pick
    return unit, weight if idea.layer == weight[0] else _weight_of(unit)


def _in_words(terms: Terms, about: Pick, weight: Pick) -> str:
    """The two in one phrase."""
    if about == weight:
        return terms.link_name(*weight)
    leaves = "which leaves it" if about[0] == 0 else "into it"
    return f"{terms.unit_name(*about)}, and the dashed weight {leaves}"


def _about(terms: Terms, about: Pick) -> dict[str, Any]:
    """A unit or a link: its name, and all that is behind it."""
    name = terms.link_name(*about) if len(about) == 3 else terms.unit_name(*about)
    groups = terms.about_link(*about) if len(about) == 3 else terms.about_unit(*about)
    return {"name": name, "groups": [group.payload() for group in groups]}


def _shown(terms: Terms, pick: Pick) -> list[list[int]]:
    """Which units of each layer are drawn: all, or those with the largest values for this point and the picked."""
    sizes = terms.step.net.sizes
    values = [terms.step.x[terms.point], *(layer.a[terms.point] for layer in terms.step.layers)]
    wanted: list[set[int]] = [set() for _ in sizes]
    if len(pick) == 3:
        layer, i, j = pick
        wanted[layer].add(j)
        if i < sizes[layer - 1]:
            wanted[layer - 1].add(i)
    else:
        wanted[pick[0]].add(pick[1])
    result = []
    for size, value, needed in zip(sizes, values, wanted, strict=True):
        order = [k for k in np.argsort(-np.abs(value), kind="stable") if k not in needed]
        result.append(sorted([*needed, *order[: MOST_UNITS - len(needed)]]) if size > MOST_UNITS else list(range(size)))
    return [[int(k) for k in row] for row in result]


def _column(terms: Terms, layer: int, shown: list[int], labels: Sequence[str]) -> dict[str, Any]:
    units = []
    n = len(terms.step.layers)
    beliefs = [num(line.value) for line in terms.answer_lines()] if layer == n else []
    for k in shown:
        unit: dict[str, Any] = {"key": unit_key(layer, k), "a": num(terms.a(layer, k).value)}
        unit["name"] = labels[k] if layer == 0 else terms.unit_name(layer, k)
        if layer:
            n_in = terms.step.net.sizes[layer - 1]
            unit |= {"z": num(terms.z(layer, k).value), "delta": num(terms.delta(layer, k).value)}
            if beliefs:
                unit |= {"p": beliefs[k]}
            if terms.step.net.shape.use_bias:
                unit |= {"bias": _carried(terms, layer, n_in, k)}
        units.append(unit)
    title = "inputs" if layer == 0 else ("output" if layer == n else f"layer {layer}")
    letter = "x" if layer == 0 else terms.output_letter if layer == n else "a"
    more = terms.step.net.sizes[layer] - len(shown)
    blame = num(terms.mean_blame(layer)) if layer else None
    return {"title": title, "letter": letter, "units": units, "more": more, "blame": blame}


def _links(terms: Terms, layer: int, sources: list[int], targets: list[int]) -> list[dict[str, Any]]:
    return [
        {"from": unit_key(layer - 1, i), "to": unit_key(layer, j), **_carried(terms, layer, i, j)}
        for j in targets
        for i in sources
    ]


def _carried(terms: Terms, layer: int, i: int, j: int) -> dict[str, Any]:
    """The numbers of a weight or bias: its value, what it carries for the point, its gradient, how far it moves."""
    k = terms.index(layer, i, j)
    w = float(terms.step.net.parameters[k])
    comes_in = 1.0 if terms.is_bias(layer, i) else terms.a(layer - 1, i).value
    return {
        "key": link_key(layer, i, j),
        "w": w,
        "share": w * comes_in,
        "blame": w * terms.delta(layer, j).value,
        "gradient": float(terms.step.gradient[k]),
        "update": float(terms.step.moved[k]),
    }


def _nudge(terms: Terms, weight: Pick, weights: int) -> dict[str, Any]:
    """What a weight or a bias does to the loss when it is moved."""
    layer, i, j = weight
    name = "bias" if terms.is_bias(layer, i) else "weight"
    moved = nudge(terms.step, terms.index(layer, i, j), weights)
    return {"name": name, "inFull": terms.link_name(layer, i, j), "loss": terms.batch_loss, **moved}


def _part(step: Step, shown: list[list[int]]) -> str:
    """A sentence on what is left out."""
    layers = enumerate(zip(step.net.sizes, shown, strict=True))
    cut = [(n, size, len(units)) for n, (size, units) in layers if len(units) < size]
    if not cut:
        return ""
    last = len(step.layers)
    names = [
        f"{kept} of {size} {'inputs' if n == 0 else 'outputs' if n == last else f'neurons of layer {n}'}"
        for n, size, kept in cut
    ]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Shown: {listed}, those with the largest numbers for this point. All of them are in the sums."
