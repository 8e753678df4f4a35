"""One step as a program of its own, to be copied: NumPy alone, all numbers in full, and the same results printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

import mlp
from mlp.source import source_of
from playground.inside.step import Step
from playground.run.names import layer_name

MOST_PARAMETERS = 3000
_ARRAYS = (("W", "G", np.s_[:, :-1]), ("b", "g", np.s_[:, -1]))
"""A layer's arrays: their letter, that of their gradient, and where they lie in its matrix (n_out, n_in + 1)."""


def functions(activations: Iterable[mlp.Activation]) -> str:
    """NAME and NAME_slope for each activation, as functions of z. ValueError, in a sentence, where one has none."""
    lines = []
    for activation in {a.name: a for a in activations}.values():
        value, slope = (source_of(activation, part, "NumPy") for part in ("numpy", "numpy_slope"))
        if activation.source.numpy_helper:
            lines.append(activation.source.numpy_helper + "\n\n")
        name = activation.name
        lines.append(f"def {name}(z):\n    return {value}\n\n\ndef {name}_slope(z):\n    return {slope}\n\n")
    return "\n".join(lines).rstrip()


def snippet(step: Step) -> str:
    """The program. Raises ValueError, in a sentence, where a rule has no words in NumPy."""
    bent = [activation for activation in step.net.shape.activations if activation.name != "identity"]
    rules = "\n" + functions(bent) + "\n" if bent else ""
    parts = [_head(step), numbers(step), rules, _forward(step), _backward(step), _update(step), _last(step)]
    return "\n\n".join(part for part in parts if part) + "\n"


class Word(NamedTuple):
    """A name of the program."""

    meaning: str
    idea: str
    """The title of the idea in which it comes up"""
    term: str = ""
    """The word of the glossary that explains it"""


def vocabulary(step: Step) -> dict[str, Word]:
    """What each name of the program stands for, and where in the walk it comes up."""
    n, biases = len(step.layers), step.net.shape.use_bias
    last = "The new weights"
    total = "added up" if step.is_sum else "on average"
    found = {
        "X": Word(f"the {step.n} points of the mini-batch, a row each", "The point enters", "Point"),
        "y": Word("the right answers", "How wrong it is"),
        "z": Word("what the network says in the end", f"Sums of {layer_name(n, n)}"),
        "loss": Word("how wrong the network is on the mini-batch", "How wrong it is", "Loss"),
        "lr": Word("the learning rate of this step", last, "Learning rate"),
        "update": Word(f"the rule of {step.settings.optimizer.label}", last, "Optimizer"),
    }
    for k, layer in enumerate(step.layers, start=1):
        name = layer_name(k, n)
        sums, gradient = f"Sums of {name}", f"The gradient of the weights into {name}"
        bends = k < n or layer.activation.name != "identity"
        bend = f"The bend of {name}" if bends else sums
        blame = "Blame at the output" if k == n else f"Blame goes back to {name}"
        found |= {
            f"W{k}": Word(f"the weights into {name}", sums, "Weight"),
            f"Z{k}": Word(f"the sums of {name}, a row for each point", sums),
            f"A{k}": Word(f"what {name} hands on", bend, "Activation"),
            f"D{k}": Word(f"δ: the blame of {name}, a row for each point", blame),
            f"G{k}": Word(f"the slopes of the loss along the weights into {name}, {total}", gradient),
            f"new_W{k}": Word(f"the weights into {name} after the step", last, "Weight"),
        }
        if biases:
            found |= {
                f"b{k}": Word(f"the biases of {name}", sums, "Bias"),
                f"g{k}": Word(f"the slopes of the loss along the biases of {name}, {total}", gradient),
                f"new_b{k}": Word(f"the biases of {name} after the step", last, "Bias"),
            }
        if layer.mask is not None:
            found[f"M{k}"] = Word(f"dropout's mask of {name}: 0 for a neuron that sits out", bend)
    return found


def _head(step: Step) -> str:
    uses_math = any("math." in activation.source.numpy_helper for activation in step.net.shape.activations)
    where = f"# Step {step.step} to {step.step + 1}: one update of a {'-'.join(map(str, step.net.sizes))} network."
    return f"{where}\n{'import math' + chr(10) * 2 if uses_math else ''}import numpy as np"


def numbers(step: Step) -> str:
    """The part of the program that is numbers alone, which a reader of the rest may pass over."""
    lines = ["# The numbers: the mini-batch, the network before the step, and what the optimizer remembers"]
    lines += [f"X = {_array(step.x)}", f"y = {_array(_targets(step))}"]
    for k, layer in enumerate(step.net.layers, start=1):
        lines.append(f"W{k} = {_array(layer.weights)}")
        lines += [f"b{k} = {_array(layer.biases)}"] * step.net.shape.use_bias
    for k, mask in enumerate(step.masks, start=1):
        if mask is not None:
            lines.append(f"M{k} = {_array(mask)}  # dropout's mask")
    for name in _memory(step):
        for k, matrix in enumerate(step.matrices(step.memory[name]), start=1):
            if not step.is_frozen(k):
                for letter, _, part in _ARRAYS[: 1 + step.net.shape.use_bias]:
                    lines.append(f"{name}_{letter}{k} = {_array(matrix[part].T)}")
    return "\n".join(lines)


def _memory(step: Step) -> list[str]:
    """What the optimizer remembers of each number of the network."""
    return [name for name in step.memory if name != "t"]


def _targets(step: Step) -> np.ndarray:
    """(n, n_out), with 0 and 1 where the engine's loss keeps signs and its program does not."""
    y = step.targets.T
    return 0.5 * (y + 1.0) if step.net.loss.name == "binary_crossentropy" else y


def _forward(step: Step) -> str:
    lines, before = ["# Forwards"], "X"
    for k, (mask, activation) in enumerate(zip(step.masks, step.net.shape.activations, strict=True), start=1):
        dropped = f" * M{k}" if mask is not None else ""
        bias = f" + b{k}" if step.net.shape.use_bias else ""
        bent = f"Z{k}" if activation.name == "identity" else f"{activation.name}(Z{k})"
        lines += [f"Z{k} = {before} @ W{k}{bias}", f"A{k} = {bent}{dropped}"]
        before = f"A{k}"
    return "\n".join([*lines, f"z = {before}", f"loss = {source_of(step.net.loss, 'numpy', 'NumPy')}"])


def _backward(step: Step) -> str:
    last, biases = len(step.layers), step.net.shape.use_bias
    gradients = [f"{letter}{k}" for k in range(1, last + 1) for letter in ("Gg" if biases else "G")]
    slope = source_of(step.net.loss, "numpy_slope", "NumPy")
    lines = ["# Backwards: the slope of the mean loss along everything"]
    for k in range(last, 0, -1):
        arrives = slope if k == last else f"D{k + 1} @ W{k + 1}.T"
        mask = f" * M{k}" if step.masks[k - 1] is not None else ""
        before = "X" if k == 1 else f"A{k - 1}"
        name = step.net.shape.activations[k - 1].name
        factor = "" if name == "identity" else f" * {name}_slope(Z{k})"
        lines.append(f"D{k} = ({arrives}){mask}{factor}")
        lines.append(f"G{k} = {before}.T @ D{k}")
        lines += [f"g{k} = D{k}.sum(axis=0)"] * biases
    s = step.settings
    if step.is_sum:
        lines.append(f"# The slopes of all {step.n} points added up: {step.n} times those of their mean")
        lines += [f"{name} = {step.n} * {name}" for name in gradients]
    for k in range(1, last + 1):
        if s.l2:
            lines.append(f"G{k} = G{k} + {s.l2!r} * W{k}")
        if s.l1:
            lines.append(f"G{k} = G{k} + {s.l1!r} * np.sign(W{k})")
    for name in gradients:
        if step.is_frozen(int(name[1:])):
            lines.append(f"{name} = 0.0 * {name}  # the layer is frozen")
    if s.clip_norm is not None:
        lines.append(f"norm = np.sqrt(sum((g**2).sum() for g in [{', '.join(gradients)}]))")
        lines.append(f"clip = min(1.0, {s.clip_norm!r} / (norm + 1e-6))")
        lines += [f"{name} = clip * {name}" for name in gradients]
    return "\n".join(lines)


def _update(step: Step) -> str:
    optimizer = step.settings.optimizer
    vectors = _memory(step)
    rule = source_of(optimizer, "numpy", "NumPy")
    schedule = step.settings.schedule
    varies = "" if isinstance(schedule, mlp.Constant) else f"  # {schedule.label} at epoch {step.epoch:.6g}"
    lines = [f"# The update: {optimizer.label}", f"lr = {step.rate!r}{varies}"]
    lines += [f"{name} = {value!r}" for name, value in vars(optimizer).items() if name != "learning_rate"]
    lines += ["", "", f"def update({', '.join(['w', 'g', *vectors])}):"]
    lines += [*(f"    {line}" for line in rule.split("\n")), "    return w", "", ""]
    told = None
    for k in range(1, len(step.layers) + 1):
        t = float(step.memory["t"][k - 1]) + 1.0
        if not step.is_frozen(k) and t != told:
            told = t
            lines.append(f"t = {t!r}  # steps of the optimizer, this one included")
        for letter, gradient, _ in _ARRAYS[: 1 + step.net.shape.use_bias]:
            if step.is_frozen(k):
                lines.append(f"new_{letter}{k} = {letter}{k}")
                continue
            memory = [f"{name}_{letter}{k}" for name in vectors]
            arguments = [f"{letter}{k}.copy()", f"{gradient}{k}", *memory]
            lines.append(f"new_{letter}{k} = update({', '.join(arguments)})")
    return "\n".join(lines)


def _last(step: Step) -> str:
    lines = ['print("loss", repr(float(loss)))']
    for k in range(1, len(step.layers) + 1):
        lines += [f'print("gradient of W{k}", G{k}.tolist())', f'print("new W{k}", new_W{k}.tolist())']
        lines += [f'print("new b{k}", new_b{k}.tolist())'] * step.net.shape.use_bias
    return "\n".join(lines)


def _array(values: np.ndarray) -> str:
    return f"np.array({np.asarray(values, float).tolist()!r})"
