"""A formula that can show itself in letters, show itself with the numbers put in, and compute its value.

What is on screen and what is computed are one and the same tree, so the two cannot drift apart. It is shown as nested
lists, which the browser turns into MathML: a string, or [kind, parts ...] with the kinds row, sub, sup, subsup,
frac, sqrt, num (text, the number in full), term (key, part), words and sum (in few terms, in many).
"""

# ruff: noqa: D102 - what a method is for stands once, in the base class.

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.run.number import say

Formula = str | list[Any]

FEW_TERMS, MOST_TERMS = 3, 9
"""Of a sum on a card that shows pictures as well, and where it has all the room"""


def num(x: float) -> Formula:
    """A number, short to be read and in full to be copied."""
    return ["num", say(x), repr(float(x))]


def sub(base: Formula, *indices: object) -> Formula:
    """A letter with indices: W₁₂."""
    return ["sub", base, ", ".join(str(i) for i in indices) if len(indices) > 1 else str(indices[0])]


def sup(base: Formula, power: Formula) -> Formula:
    """A letter with something raised."""
    return ["sup", base, power]


def row(*parts: Formula) -> Formula:
    """Several things side by side."""
    return ["row", *parts]


def frac(above: Formula, below: Formula) -> Formula:
    """A fraction."""
    return ["frac", above, below]


def words(text: str) -> Formula:
    """Plain text in a formula."""
    return ["words", text]


def plain(formula: Formula) -> str:
    """The same on one line of text, for screen readers and tests."""
    if isinstance(formula, str):
        return formula
    kind, *parts = formula
    if kind in ("num", "words"):
        return str(parts[0])
    if kind in ("term", "sum"):
        return plain(parts[1])
    inner = [plain(part) for part in parts]
    if kind == "sub":
        return f"{inner[0]}_{inner[1]}"
    if kind == "sup":
        return f"{inner[0]}^{inner[1]}"
    if kind == "subsup":
        return f"{inner[0]}_{inner[1]}^{inner[2]}"
    if kind == "frac":
        return f"({inner[0]}) / ({inner[1]})"
    if kind == "sqrt":
        return f"√({inner[0]})"
    return " ".join(inner)


@dataclass(frozen=True)
class Expression:
    """A node of the tree."""

    @property
    def value(self) -> float:
        """What it comes to."""
        raise NotImplementedError

    def show(self, numbers: bool) -> Formula:
        """In letters, or with the numbers put in."""
        raise NotImplementedError

    def tight(self, numbers: bool) -> Formula:
        """As part of a product or the base of a power: in brackets where it needs them."""
        return self.show(numbers)

    def __add__(self, other: Expression) -> Expression:
        left = self.parts if isinstance(self, Sum) else (self,)
        return Sum((*left, other))

    def __sub__(self, other: Expression) -> Expression:
        return Difference(self, other)

    def __mul__(self, other: Expression) -> Expression:
        left = self.parts if isinstance(self, Product) else (self,)
        return Product((*left, other))

    def __truediv__(self, other: Expression) -> Expression:
        return Quotient(self, other)


@dataclass(frozen=True)
class Leaf(Expression):
    """A letter that stands for a number; `key` says which unit or link it belongs to."""

    name: Formula
    number: float
    key: str = ""

    @property
    def value(self) -> float:
        return self.number

    def show(self, numbers: bool) -> Formula:
        shown = num(self.number) if numbers else self.name
        return ["term", self.key, shown] if self.key else shown

    def tight(self, numbers: bool) -> Formula:
        shown = self.show(numbers)
        return row("(", shown, ")") if numbers and self.number < 0 else shown


def constant(x: float) -> Leaf:
    """A number that is a number in letters too."""
    return Leaf(f"{x:g}".replace("-", "−"), float(x))


@dataclass(frozen=True)
class Sum(Expression):
    """Terms added up. A long sum shows its largest terms and what the others come to: few of them, and many."""

    parts: tuple[Expression, ...]

    @property
    def value(self) -> float:
        return float(sum(part.value for part in self.parts))

    def show(self, numbers: bool) -> Formula:
        few, many = (self._terms(numbers, most) for most in (FEW_TERMS, MOST_TERMS))
        return many if few == many else ["sum", few, many]

    def _terms(self, numbers: bool, most: int) -> Formula:
        kept, rest = _largest(self.parts, most)
        shown = [_bracketed(part, numbers) if k else part.show(numbers) for k, part in enumerate(kept)]
        if rest:
            others = f"the other {len(rest)} together"
            value = num(float(sum(part.value for part in rest)))
            shown.append(row("(", words(f"{others}: "), value, ")") if numbers else words(f"\u00a0({others})"))
        result: list[Any] = ["row"]
        for k, part in enumerate(shown):
            result += ["+", part] if k else [part]
        return result

    def tight(self, numbers: bool) -> Formula:
        return row("(", self.show(numbers), ")")


@dataclass(frozen=True)
class Total(Expression):
    """The sum of many like terms: in letters the sum sign, in numbers the terms one by one."""

    letters: Formula
    parts: tuple[Expression, ...]

    @property
    def value(self) -> float:
        return float(sum(part.value for part in self.parts))

    def show(self, numbers: bool) -> Formula:
        return Sum(self.parts).show(numbers) if numbers else row("Σ", self.letters)


@dataclass(frozen=True)
class Mean(Total):
    """The same, divided by how many there are."""

    @property
    def value(self) -> float:
        return super().value / len(self.parts)

    def show(self, numbers: bool) -> Formula:
        n = str(len(self.parts))
        if not numbers:
            return row(frac("1", n), "Σ", self.letters)
        if n == "1":
            return self.parts[0].show(numbers)
        return row(frac("1", n), "·", "(", Sum(self.parts).show(numbers), ")")


@dataclass(frozen=True)
class Difference(Expression):
    """One thing less another."""

    left: Expression
    right: Expression

    @property
    def value(self) -> float:
        return self.left.value - self.right.value

    def show(self, numbers: bool) -> Formula:
        return row(self.left.show(numbers), "−", self.right.tight(numbers))

    def tight(self, numbers: bool) -> Formula:
        return row("(", self.show(numbers), ")")


@dataclass(frozen=True)
class Product(Expression):
    """Factors multiplied. `key` marks the product as one term of a sum."""

    parts: tuple[Expression, ...]
    key: str = ""

    @property
    def value(self) -> float:
        return math.prod(part.value for part in self.parts)

    def show(self, numbers: bool) -> Formula:
        result: list[Any] = ["row"]
        for k, part in enumerate(self.parts):
            # The first number needs no brackets; a sum always does.
            first = k == 0 and isinstance(part, Leaf)
            shown = part.show(numbers) if first else part.tight(numbers)
            result += ["·", shown] if k else [shown]
        return ["term", self.key, result] if self.key else result


@dataclass(frozen=True)
class Quotient(Expression):
    """A fraction."""

    above: Expression
    below: Expression

    @property
    def value(self) -> float:
        return self.above.value / self.below.value if self.below.value else math.nan

    def show(self, numbers: bool) -> Formula:
        return frac(self.above.show(numbers), self.below.show(numbers))


@dataclass(frozen=True)
class Power(Expression):
    """Something to a whole power."""

    base: Expression
    exponent: Expression

    @property
    def value(self) -> float:
        return float(self.base.value**self.exponent.value)

    def show(self, numbers: bool) -> Formula:
        return sup(self.base.tight(numbers), self.exponent.show(numbers))


@dataclass(frozen=True)
class Root(Expression):
    """A square root."""

    inner: Expression

    @property
    def value(self) -> float:
        return math.sqrt(self.inner.value)

    def show(self, numbers: bool) -> Formula:
        return ["sqrt", self.inner.show(numbers)]


@dataclass(frozen=True)
class Function(Expression):
    """A named function of one or more things, with the way it is written and the way it is computed."""

    name: Formula
    arguments: tuple[Expression, ...]
    compute: Callable[..., float]

    @property
    def value(self) -> float:
        return float(self.compute(*(a.value for a in self.arguments)))

    def show(self, numbers: bool) -> Formula:
        inside: list[Any] = []
        for k, a in enumerate(self.arguments):
            inside += [",", a.show(numbers)] if k else [a.show(numbers)]
        return row(self.name, "(", *inside, ")")


@dataclass(frozen=True)
class Chosen(Expression):
    """One of several cases, with the reason why it is this one: 1, because z > 0."""

    case: Expression
    because: str

    @property
    def value(self) -> float:
        return self.case.value

    def show(self, numbers: bool) -> Formula:
        return row(self.case.show(numbers), words(f" ({self.because})"))

    def tight(self, numbers: bool) -> Formula:
        return self.case.tight(numbers)


@dataclass(frozen=True)
class Line:
    """One line on screen: a name, what it is in letters, the same in numbers, and what that comes to."""

    name: Formula
    expression: Expression
    note: str = ""

    @property
    def value(self) -> float:
        """What it comes to."""
        return self.expression.value

    def leaf(self, key: str = "") -> Leaf:
        """This line's result as a letter in the next line."""
        return Leaf(self.name, self.value, key)

    def payload(self) -> dict[str, Any]:
        """For the browser."""
        letters, numbers = self.expression.show(numbers=False), self.expression.show(numbers=True)
        whole = isinstance(self.expression, Leaf)
        return {
            "name": self.name,
            "letters": None if whole and self.expression.name == self.name else letters,  # type: ignore[attr-defined]
            "numbers": None if whole else numbers,
            "value": num(self.value),
            "note": self.note,
        }


def _bracketed(part: Expression, numbers: bool) -> Formula:
    """A term that is not the first: brackets around a leading minus sign."""
    shown = part.show(numbers)
    leads = part.parts[0] if isinstance(part, Product) else part
    if numbers and isinstance(leads, Leaf) and leads.number < 0:
        if isinstance(part, Product):
            inner: list[Any] = ["row"]
            for k, factor in enumerate(part.parts):
                inner += ["·", factor.tight(True)] if k else [factor.tight(True)]
            return ["term", part.key, inner] if part.key else inner
        return part.tight(numbers)
    return shown


def _largest(parts: Sequence[Expression], most: int) -> tuple[list[Expression], list[Expression]]:
    """The terms to show, in their own order, and the others; the last term (the bias) always stays."""
    if len(parts) <= most + 1:
        return list(parts), []
    size = sorted(range(len(parts) - 1), key=lambda k: -abs(parts[k].value))
    kept = {*size[: most - 1], len(parts) - 1}
    return [p for k, p in enumerate(parts) if k in kept], [p for k, p in enumerate(parts) if k not in kept]
