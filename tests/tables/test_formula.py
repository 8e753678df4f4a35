"""Formulas over the plane: they mean what Python means by them, and what is none is a sentence that says where."""

import math
import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.tables.drawn import MOST_POINTS, REACH, drawn_table
from playground.tables.formula import MOST_DEPTH, MOST_LETTERS, read_formula
from playground.tables.scattered import SPAN, scattered

X, Y = (v.ravel() for v in np.meshgrid(np.linspace(-2.8, 2.8, 9), np.linspace(-2.7, 2.9, 9)))


def at(text: str, x: float, y: float) -> int:
    return int(read_formula(text).at(np.array([x]), np.array([y]))[0])


# ---- what a formula means ------------------------------------------------------------------------------------------
class Part(NamedTuple):
    """A piece of a formula and what plain Python makes of it at a point."""

    text: str
    value: Callable[[float, float], float]


def _two(a: Part, sign: str, b: Part) -> Part:
    does = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[sign]
    return Part(f"({a.text}) {sign} ({b.text})", lambda x, y: does(a.value(x, y), b.value(x, y)))


def _power(a: Part, n: int) -> Part:
    return Part(f"({a.text})^{n}", lambda x, y: a.value(x, y) ** n)


def _function(name: str, a: Part) -> Part:
    does = {"sin": math.sin, "cos": math.cos, "abs": abs}[name]
    return Part(f"{name}({a.text})", lambda x, y: does(a.value(x, y)))


def _of_two(name: str, a: Part, b: Part) -> Part:
    does = {"min": min, "max": max}[name]
    return Part(f"{name}({a.text}, {b.text})", lambda x, y: does(a.value(x, y), b.value(x, y)))


_LEAVES = st.sampled_from([Part("x", lambda x, y: x), Part("y", lambda x, y: y), Part("pi", lambda x, y: math.pi)])
_NUMBERS = st.integers(1, 40).map(lambda k: Part(f"{k / 8}", lambda x, y: k / 8))
_SUMS = st.recursive(
    _LEAVES | _NUMBERS,
    lambda inner: (
        st.builds(_two, inner, st.sampled_from("+-*/"), inner)
        | st.builds(_power, inner, st.integers(2, 3))
        | st.builds(_function, st.sampled_from(["sin", "cos", "abs"]), inner)
        | st.builds(_of_two, st.sampled_from(["min", "max"]), inner, inner)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(_SUMS, _SUMS)
def test_a_formula_is_true_where_python_says_so(left: Part, right: Part) -> None:
    text = f"{left.text} < {right.text}"
    assume(len(text) <= MOST_LETTERS)
    found = read_formula(text).at(X, Y)
    for x, y, told in zip(X.tolist(), Y.tolist(), found.tolist(), strict=True):
        try:
            a, b = left.value(x, y), right.value(x, y)
        except (ZeroDivisionError, OverflowError):
            continue
        if math.isfinite(a) and math.isfinite(b) and abs(a - b) > 1e-9 * (1 + abs(a) + abs(b)):
            assert told == (1 if a < b else -1), (text, x, y, a, b)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-x^2 < 0", 1),  # the power is taken first
        ("2^3^2 > 511", 1),  # from the right: 2^9
        ("2^-1 <= 0.5", 1),
        ("1 - 2 - 3 < -3.5", 1),  # from the left
        ("12 / 2 / 3 >= 2", 1),
        ("2 + 3 * 4 > 13", 1),
        ("-1 < x < 2", 1),
        ("-1 < x < 1", -1),
        ("x > 5 and y > 5 or 1 < 2", 1),  # and binds before or
        ("x > 5 and (y > 5 or 1 < 2)", -1),
        ("SQRT(x1) ≥ 1.2 AND x2 > -1", 1),
        ("x**2·2 ≤ 4.6 ", 1),
        (".5 < 1e0", 1),
        ("min(x, 3)*max(1, 2) > 2.9", 1),
        ("abs(-x) + exp(0) > 2.4", 1),
    ],
)
def test_signs_bind_as_in_the_textbook(text: str, value: int) -> None:
    assert at(text, 1.5, 0.0) == value


def test_where_a_formula_has_no_value_it_is_neither_true_nor_false() -> None:
    assert at("y > sqrt(x)", -1.0, 0.0) == 0
    assert at("y/y > 0", 1.0, 0.0) == 0
    assert at("x > 0 and y > sqrt(x)", -1.0, 0.0) == -1, "false whatever the root is"
    assert at("x < 0 or y > sqrt(x)", -1.0, 0.0) == 1
    assert at("x < 0 and y > sqrt(x)", -1.0, 0.0) == 0
    assert at("x^0.5 > 1", -1.0, 0.0) == 0
    assert at("exp(exp(exp(x + 9))) > 0", 1.0, 0.0) == 1, "beyond all numbers is large"


# ---- what is no formula --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "A formula is needed"),
        ("  ", "A formula is needed"),
        ("y > 2x", "Letter 6: before “x” a sign is missing, such as * or <."),
        ("y = sin(x)", "Letter 3: “=” is true on a line at most"),
        ("y != 3", "Letter 3: “=” is true on a line"),
        ("y > sine(x)", "Letter 5: “sine” is not known; did you mean sin?"),
        ("y > foo", "Letter 5: “foo” is not known; there are x, y, pi, sin"),
        ("x > 0 xor y > 0", "Letter 7: “xor” is not known"),
        ("y > sin x", "Letter 9: after “sin” a bracket must open, as in sin(x)."),
        ("y > sin(x, y)", "Letter 5: “sin” takes one number; it is given 2."),
        ("y > min(x)", "Letter 5: “min” takes 2 numbers, with a comma between them; it is given 1."),
        ("y > (x + 1", "Letter 5: the bracket that opens here is never closed."),
        ("y > x)", "Letter 6: this bracket closes, and none is open."),
        ("y > 0,5", "Letter 6: a comma stands only between"),
        ("y >", "The formula ends where a number"),
        ("y > * 3", "Letter 5: a number, x, y or a bracket should stand here, and not “*”."),
        ("x + y", "The formula gives a number: compare it with another"),
        ("x and y > 0", "Letter 3: “and” joins comparisons, such as x > 0; beside it stands a number."),
        ("(x > 0) + 1 > 0", "Letter 9: “+” works on numbers; a comparison is true or false"),
        ("sin(x > 0) > 0", "Letter 1: “sin” works on numbers"),
        ("y > @x", "Letter 5: a number, x, y or a bracket should stand here, and not “@”."),
        ("y @ x", "Letter 3: “@” has no meaning in a formula."),
        ("y > x²", "Letter 6: “²” has no meaning in a formula."),
        ("y > 1e999", "Letter 5: a number in a formula is at most 1e+15."),
        ("y > x.real", "Letter 6: “.” has no meaning"),
        ("__import__('os').system('x') > 0", "Letter 1: “__import__” is not known"),
        ("y > " + "x+" * 150, "A formula has at most 200 letters; this one has 304."),
        ("(" * 60 + "x" + ")" * 60 + " > 0", "lie more than 30 deep"),
        ("y > " + "-" * 150 + "x", "lie more than 30 deep"),
        ("y > " + "x^" * 90 + "x", "lie more than 30 deep"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_that_says_where(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"[.?]$") as problem:
        read_formula(text)
    assert words in str(problem.value)
    assert len(str(problem.value)) < 300


def test_as_deep_as_is_allowed_is_read() -> None:
    n = MOST_DEPTH - 1
    assert at("(" * n + "x" + ")" * n + " > 0", 1.0, 0.0) == 1


# ---- points that it sorts ------------------------------------------------------------------------------------------
def rows(text: str, n: int = 300, noise: float = 0.0, seed: int = 1) -> np.ndarray:
    return np.array(scattered(text, n, noise, seed).points).reshape(-1, 3)


def test_points_are_of_the_class_that_the_formula_says_and_become_a_drawn_table() -> None:
    found = rows("x^2 + y^2 < 2")
    inside = (found[:, :2] ** 2).sum(axis=1)
    clear = np.abs(inside - 2.0) > 0.05  # places are rounded to a hundredth
    np.testing.assert_array_equal(found[clear, 2], inside[clear] < 2.0)
    assert np.abs(found[:, :2]).max() == pytest.approx(SPAN, abs=0.1), "all over the sheet"
    table = drawn_table({"points": found.ravel().tolist()})
    assert (len(table), table.classes) == (300, ("class 0", "class 1"))
    assert scattered("x^2 + y^2 < 2", 300, 0.0, 1).words.startswith(f"It is true for {int(found[:, 2].sum())} of 300 ")


def test_the_same_numbers_draw_the_same_points_and_another_seed_others() -> None:
    assert scattered("x*y > 0", 100, 0.2, 5) == scattered("x*y > 0", 100, 0.2, 5)
    assert scattered("x*y > 0", 100, 0.2, 5).points != scattered("x*y > 0", 100, 0.2, 6).points


def test_noise_shifts_points_by_its_deviation_after_they_are_sorted() -> None:
    still, moved = rows("x > 0", MOST_POINTS), rows("x > 0", MOST_POINTS, noise=0.5)
    assert (np.abs(moved[:, :2]) <= REACH).all()
    assert ((still[:, 0] > 0.01) == (still[:, 2] == 1))[np.abs(still[:, 0]) > 0.01].all()
    astray = ((moved[:, 0] > 0) != (moved[:, 2] == 1)).mean()
    # Of points spread evenly from 0 to 2.8 a shift of deviation 0.5 carries 0.5 / sqrt(2 pi) / 2.8 over the line.
    assert astray == pytest.approx(0.5 / math.sqrt(2 * math.pi) / 2.8, abs=0.03)


def test_where_the_formula_has_no_value_there_are_no_points() -> None:
    found = scattered("y > sqrt(x)", 200, 0.0, 1)
    assert np.array(found.points).reshape(-1, 3)[:, 0].min() >= 0.0
    assert len(found.points) == 600
    assert "there are no points" in found.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x^2 < 100", "true nearly everywhere"),
        ("x > 3", "false nearly everywhere"),
        ("sqrt(-1 - x^2) > 0", "has no value nearly anywhere"),
        ("x >", "The formula ends where"),
    ],
)
def test_a_formula_that_makes_no_two_classes_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        scattered(text, 100, 0.1, 1)
