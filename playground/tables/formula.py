"""A formula in x and y that is true or false at a point, such as `y > sin(2*x)`: read into a tree, never run as code.

    rule     = clause {"or" clause}
    clause   = fact {"and" fact}
    fact     = sum {("<" | "<=" | ">" | ">=") sum}
    sum      = product {("+" | "-") product}
    product  = signed {("*" | "/") signed}
    signed   = ("-" | "+") signed | power
    power    = atom ["^" signed]
    atom     = number | "x" | "y" | "pi" | function "(" rule {"," rule} ")" | "(" rule ")"

A tree is a number, a name, or a `Call` of one of OPERATIONS. A fact is 1 where it is true, -1 where it is false and 0
where one of its sides has no value, as the root of a negative number: so `and` is the least, and `or` the greatest.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array

MOST_LETTERS = 200
MOST_DEPTH = 30
"""Of what stands in brackets, in powers and behind signs, one in another"""
MOST_SIZE = 1e15
NAMES = {"x": "x", "y": "y", "x1": "x", "x2": "y", "pi": "pi"}
SAME_SIGN = {"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "**": "^"}
_TOKEN = re.compile(r"\s*(?:([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|\*\*|\S))")


@dataclass(frozen=True)
class Operation:
    """One entry of OPERATIONS: what it makes of arrays of numbers, or of facts."""

    compute: Callable[..., Any]
    n_arguments: int = 2
    takes_facts: bool = False
    gives_facts: bool = False


def _comparison(compare: np.ufunc) -> Operation:
    def compute(a: Array, b: Array) -> Array:
        return np.where(np.isnan(a) | np.isnan(b), 0.0, np.where(compare(a, b), 1.0, -1.0))

    return Operation(compute, gives_facts=True)


JOINTS = {
    "or": Operation(np.maximum, takes_facts=True, gives_facts=True),
    "and": Operation(np.minimum, takes_facts=True, gives_facts=True),
}
COMPARISONS = {
    "<": _comparison(np.less),
    "<=": _comparison(np.less_equal),
    ">": _comparison(np.greater),
    ">=": _comparison(np.greater_equal),
}
SUMS = {"+": Operation(np.add), "-": Operation(np.subtract)}
PRODUCTS = {"*": Operation(np.multiply), "/": Operation(np.divide)}
FUNCTIONS = {
    "sin": Operation(np.sin, 1),
    "cos": Operation(np.cos, 1),
    "exp": Operation(np.exp, 1),
    "abs": Operation(np.abs, 1),
    "sqrt": Operation(np.sqrt, 1),
    "min": Operation(np.minimum),
    "max": Operation(np.maximum),
}
POWER, MINUS = Operation(np.power), Operation(np.negative, 1)


@dataclass(frozen=True)
class Call:
    """An operation on the values of other trees."""

    of: Operation
    arguments: tuple[Tree, ...]


Tree = float | str | Call


class Token(NamedTuple):
    """A number, a word or a sign, and at which letter of the formula it stands, counted from 1."""

    text: str
    at: int
    kind: str
    """number, word, sign or end"""


@dataclass(frozen=True)
class Formula:
    """A formula that has been read."""

    text: str
    tree: Tree

    def at(self, x: Array, y: Array) -> npt.NDArray[np.int64]:
        """At points (n,), (n,): 1 where it is true, -1 where it is false, 0 where it has no value."""
        with np.errstate(all="ignore"):
            found = _values(self.tree, {"x": x, "y": y, "pi": np.float64(np.pi)})
        return np.broadcast_to(found, x.shape).astype(np.int64)


def _values(tree: Tree, of: dict[str, Any]) -> Any:
    if isinstance(tree, Call):
        return tree.of.compute(*(_values(argument, of) for argument in tree.arguments))
    return of[tree] if isinstance(tree, str) else np.float64(tree)


def read_formula(text: str) -> Formula:
    """The formula in a text. Raises ValueError, in one sentence that says at which letter, for anything else."""
    if len(text) > MOST_LETTERS:
        raise ValueError(f"A formula has at most {MOST_LETTERS} letters; this one has {len(text):,}.")
    if not text.strip():
        raise ValueError("A formula is needed, such as y > sin(2*x).")
    reader = _Reader(_tokens(text))
    tree = reader.rule()
    reader.expect_end()
    if not _is_fact(tree):
        raise ValueError("The formula gives a number: compare it with another, as in x*y > 0.")
    return Formula(text.strip(), tree)


def _tokens(text: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text):
        number, word, sign = match.groups()
        if number is not None:
            found.append(Token(number, match.start(1) + 1, "number"))
        elif word is not None:
            found.append(Token(word.lower(), match.start(2) + 1, "word"))
        else:
            found.append(Token(SAME_SIGN.get(sign, sign), match.start(3) + 1, "sign"))
    return [*found, Token("", len(text) + 1, "end")]


def _is_fact(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.of.gives_facts


class _Reader:
    """Reads tokens from left to right; a method for each line of the grammar, which hands back its tree."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def rule(self) -> Tree:
        return self._chain(JOINTS, ("or",), lambda: self._chain(JOINTS, ("and",), self.fact))

    def fact(self) -> Tree:
        """A comparison, or several that share their inner sides: -1 < x < 1."""
        left, found = self.sum(), None
        while self.next.text in COMPARISONS:
            sign = self.take()
            right = self.sum()
            one = _call(COMPARISONS[sign.text], sign, left, right)
            found = one if found is None else Call(JOINTS["and"], (found, one))
            left = right
        return left if found is None else found

    def sum(self) -> Tree:
        return self._chain(SUMS, tuple(SUMS), lambda: self._chain(PRODUCTS, tuple(PRODUCTS), self.signed))

    def _chain(self, operations: dict[str, Operation], signs: tuple[str, ...], inner: Callable[[], Tree]) -> Tree:
        tree = inner()
        while self.next.text in signs:
            sign = self.take()
            tree = _call(operations[sign.text], sign, tree, inner())
        return tree

    def signed(self) -> Tree:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError(f"Letter {self.next.at}: brackets, powers and signs lie more than {MOST_DEPTH} deep.")
        if self.next.text in SUMS:
            sign = self.take()
            tree = self.signed()
            if sign.text == "-":
                tree = _call(MINUS, sign, tree)
        else:
            tree = self.power()
        self.depth -= 1
        return tree

    def power(self) -> Tree:
        tree = self.atom()
        if self.next.text == "^":
            sign = self.take()
            tree = _call(POWER, sign, tree, self.signed())
        return tree

    def atom(self) -> Tree:
        token = self.take()
        if token.kind == "number":
            if float(token.text) > MOST_SIZE:
                raise ValueError(f"Letter {token.at}: a number in a formula is at most {MOST_SIZE:g}.")
            return float(token.text)
        if token.text in NAMES:
            return NAMES[token.text]
        if token.text in FUNCTIONS:
            return self._function(token)
        if token.text == "(":
            tree = self.rule()
            self._close(token)
            return tree
        raise ValueError(_no_operand(token))

    def _function(self, name: Token) -> Tree:
        if self.next.text != "(":
            raise ValueError(f"Letter {self.next.at}: after “{name.text}” a bracket must open, as in {name.text}(x).")
        opened = self.take()
        arguments = [self.rule()]
        while self.next.text == ",":
            self.take()
            arguments.append(self.rule())
        self._close(opened)
        wanted = FUNCTIONS[name.text].n_arguments
        if len(arguments) != wanted:
            takes = "one number" if wanted == 1 else f"{wanted} numbers, with a comma between them"
            raise ValueError(f"Letter {name.at}: “{name.text}” takes {takes}; it is given {len(arguments)}.")
        return _call(FUNCTIONS[name.text], name, *arguments)

    def _close(self, opened: Token) -> None:
        if self.next.kind == "end":
            raise ValueError(f"Letter {opened.at}: the bracket that opens here is never closed.")
        if self.next.text != ")":
            self.expect_end()
        self.take()

    def expect_end(self) -> None:
        """Refuse what stands where the formula could only go on with a sign, or be over."""
        token = self.next
        if token.kind == "end":
            return
        where, told = f"Letter {token.at}:", _told(token)
        if token.text == ")":
            raise ValueError(f"{where} this bracket closes, and none is open.")
        if token.text == ",":
            raise ValueError(f"{where} a comma stands only between the numbers of min and max; decimals have a point.")
        if token.text in ("=", "!"):
            raise ValueError(f"{where} “=” is true on a line at most, where hardly a point lies: compare with < or >.")
        if token.kind == "sign" and token.text != "(":
            raise ValueError(f"{where} {told} has no meaning in a formula.")
        if token.kind == "word" and token.text not in NAMES and token.text not in FUNCTIONS:
            raise ValueError(_no_operand(token))
        raise ValueError(f"{where} before {told} a sign is missing, such as * or <.")


def _call(of: Operation, token: Token, *arguments: Tree) -> Call:
    """An operation on trees of the right kind."""
    for argument in arguments:
        if of.takes_facts and not _is_fact(argument):
            raise ValueError(
                f"Letter {token.at}: “{token.text}” joins comparisons, such as x > 0; beside it stands a number."
            )
        if _is_fact(argument) and not of.takes_facts:
            raise ValueError(
                f"Letter {token.at}: “{token.text}” works on numbers; a comparison is true or false: "
                "join comparisons with and, or."
            )
    return Call(of, arguments)


def _no_operand(token: Token) -> str:
    """What is wrong with what stands where a number should."""
    if token.kind == "end":
        return "The formula ends where a number, x, y or a bracket should follow."
    if token.kind == "word" and token.text not in JOINTS:
        known = [*NAMES, *FUNCTIONS]
        near = difflib.get_close_matches(token.text, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are x, y, pi, {', '.join(FUNCTIONS)}."
        return f"Letter {token.at}: {_told(token)} is not known; {hint}"
    return f"Letter {token.at}: a number, x, y or a bracket should stand here, and not {_told(token)}."


def _told(token: Token) -> str:
    return f"“{token.text if len(token.text) <= 20 else token.text[:19] + '…'}”"
