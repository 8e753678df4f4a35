"""A formula as other programs write it: the rule of an activation, a loss or an optimizer, once for each language.

The engine does not read this: a program that repeats a run, and a model for other runtimes, are put together from it.
An empty entry means that the language has no words for the rule; whoever asks gets that as a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """One rule in several languages. {self.NAME} in a text stands for a number of the rule's own.

    Of an activation: `numpy` and `numpy_slope` are expressions in z; `torch` makes a layer; `keras` is what
    `activation=` takes; `onnx` the operators from z to a with their attributes, where "Mul z" means that z itself goes
    in again; `sklearn` its name there.

    Of a loss: `numpy` is the mean loss and `numpy_slope` its slope, expressions in outputs z and targets y, both
    (n, n_out); `torch` is a function of the same two, `keras` an object.

    Of an optimizer: `numpy` are the statements that change an array w of weights (2-D) or biases (1-D) in place by its
    gradient g at rate lr, where what it remembers and its settings go by their names; `torch` and `keras` make one,
    where {NAME} stands for a setting; `sklearn` is the solver. In Keras a setting that Keras casts by itself comes as
    np.float64: on TensorFlow a Python float would go through single precision.
    """

    numpy: str = ""
    numpy_slope: str = ""
    numpy_helper: str = ""
    """A statement that must come before"""
    torch: str = ""
    torch_helper: str = ""
    keras: str = ""
    keras_helper: str = ""
    onnx: tuple[tuple[str, Mapping[str, Any]], ...] | None = None
    sklearn: str = ""
    targets: Mapping[str, str] = field(default_factory=dict)
    """Of a loss, for each of the languages: what y must be; "numbers" for any that is not named"""


def source_of(rule: Any, language: str, name: str) -> Any:
    """What a rule's `source` holds for a language, by whose `name` users know it.

    Raises ValueError, in a sentence, where it holds nothing.
    """
    text = getattr(rule.source, language)
    if not text and text != ():
        raise ValueError(f"“{rule.label}” has no counterpart in {name}.")
    if language == "onnx":
        return tuple((operator, {key: _attribute(rule, v) for key, v in given.items()}) for operator, given in text)
    return filled(rule, text)


def filled(rule: Any, text: str) -> str:
    """A text with each {self.NAME} replaced by that number of the rule's."""
    return text.replace("{self.", "{0.").format(rule) if "{self." in text else text


def _attribute(rule: Any, value: Any) -> Any:
    """An attribute of an operator; "{self.NAME}" is that number of the rule's, as a number."""
    own = isinstance(value, str) and value.startswith("{self.")
    return getattr(rule, value[len("{self.") : -1]) if own else value
