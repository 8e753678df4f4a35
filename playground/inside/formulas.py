"""The textbook's formulas, a table each for activations, losses and optimizers, as expressions.

An entry of the engine's registries without one here is still shown: by its own name, with its value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

import mlp
from mlp.arrays import Array
from playground.inside.expressions import (
    Chosen,
    Difference,
    Expression,
    Formula,
    Function,
    Leaf,
    Line,
    Power,
    Product,
    Quotient,
    Root,
    Sum,
    constant,
    row,
    sub,
    sup,
    words,
)

ONE, TWO = constant(1), constant(2)
HALF = Quotient(ONE, TWO)


def _sigmoid(z: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * z))


def _of(name: Formula, compute: Callable[..., float]) -> Callable[[Expression], Expression]:
    return lambda z: Function(name, (z,), compute)


def _square(e: Expression) -> Expression:
    return Power(e, TWO)


def _minus(e: Expression) -> Expression:
    return Product((constant(-1), e))


def _engine(function: Callable[[Array], Array]) -> Callable[[float], float]:
    """A function of arrays as one of a number."""
    return lambda z: float(np.ravel(function(np.array([z])))[0])


# ---- activations: f(z) and f'(z) ---------------------------------------------------------------------------------
Bend = Callable[[Expression], Expression]
SIGMA: Bend = _of("σ", _sigmoid)
TANH: Bend = _of("tanh", math.tanh)
EXP: Bend = lambda z: Function("exp", (z,), math.exp)  # noqa: E731


def _if_positive(yes: Bend, no: Bend) -> Bend:
    def choose(z: Expression) -> Expression:
        return Chosen(yes(z), "z > 0") if z.value > 0.0 else Chosen(no(z), "z ≤ 0")

    return choose


def _always(x: float) -> Bend:
    return lambda z: constant(x)


_SELU = mlp.ACTIVATIONS["selu"]
_LAMBDA, _ALPHA = Leaf("λ", getattr(_SELU, "scale", 1.0)), Leaf("α", getattr(_SELU, "alpha", 1.0))

VALUES: dict[str, Bend] = {
    "identity": lambda z: z,
    "sigmoid": SIGMA,
    "tanh": TANH,
    "relu": lambda z: Function("max", (constant(0), z), max),
    "elu": _if_positive(lambda z: z, lambda z: EXP(z) - ONE),
    "selu": _if_positive(lambda z: _LAMBDA * z, lambda z: _LAMBDA * _ALPHA * (EXP(z) - ONE)),
    "softplus": lambda z: Function("softplus", (z,), lambda v: float(np.logaddexp(0.0, v))),
    "gelu": lambda z: z * Function("Φ", (z,), lambda v: 0.5 * math.erfc(-v / math.sqrt(2.0))),
    "silu": lambda z: z * SIGMA(z),
    "sine": _of("sin", math.sin),
    "step": _if_positive(_always(1), _always(0)),
}

SLOPES: dict[str, Bend] = {
    "identity": _always(1),
    "sigmoid": lambda z: SIGMA(z) * (ONE - SIGMA(z)),
    "tanh": lambda z: ONE - _square(TANH(z)),
    "relu": _if_positive(_always(1), _always(0)),
    "elu": _if_positive(_always(1), EXP),
    "selu": _if_positive(lambda z: _LAMBDA * ONE, lambda z: _LAMBDA * _ALPHA * EXP(z)),
    "softplus": SIGMA,
    "gelu": lambda z: (
        Function("Φ", (z,), lambda v: 0.5 * math.erfc(-v / math.sqrt(2.0)))
        + z * Function("φ", (z,), lambda v: math.exp(-0.5 * v * v) / math.sqrt(2.0 * math.pi))
    ),
    "silu": lambda z: SIGMA(z) * (ONE + z * (ONE - SIGMA(z))),
    "sine": _of("cos", math.cos),
    "step": _always(0),
}


def bend(activation: mlp.Activation, z: Expression) -> Expression:
    """f(z)"""
    if isinstance(activation, mlp.LeakyReLU):
        return Function("max", (Leaf("α", activation.negative_slope) * z, z), max)
    return VALUES.get(activation.name, _of("f", _engine(activation.value)))(z)


def slope(activation: mlp.Activation, z: Expression) -> Expression:
    """f'(z)"""
    if isinstance(activation, mlp.LeakyReLU):
        alpha = Leaf("α", activation.negative_slope)
        return _if_positive(_always(1), lambda _: alpha)(z)
    return SLOPES.get(activation.name, _of("f′", _engine(activation.slope)))(z)


# ---- losses: what one point costs, and the slope at one output --------------------------------------------------
def loss_lines(name: str, outputs: Sequence[Leaf], targets: Sequence[float], loss: mlp.Loss) -> list[Line]:
    """From the outputs (z, or ŷ) of one point to its loss L; `targets` as the engine's loss has them."""
    n = len(outputs)
    if name == "categorical_crossentropy":
        shares = [softmax_line(outputs, k) for k in range(n)]
        surprise = [
            Product((Leaf(sub("y", k + 1), t), _log(s.leaf(outputs[k].key), z.value, outputs)))
            for k, (t, s, z) in enumerate(zip(targets, shares, outputs, strict=True))
            if t
        ]
        return [*shares, Line("L", _minus(Sum(tuple(surprise)) if len(surprise) > 1 else surprise[0]))]
    if name == "binary_crossentropy":
        each = [Line(_nth("L", k, n), _surprise(z, t)) for k, (z, t) in enumerate(zip(outputs, targets, strict=True))]
    elif name in NUMBERS:
        each = [
            Line(_nth("L", k, n), NUMBERS[name][0](z - Leaf(_nth("y", k, n), t)))
            for k, (z, t) in enumerate(zip(outputs, targets, strict=True))
        ]
    elif name == "hinge":
        each = [
            Line(_nth("L", k, n), Function("max", (constant(0), ONE - Leaf(_nth("s", k, n), t) * z), max))
            for k, (z, t) in enumerate(zip(outputs, targets, strict=True))
        ]
    else:
        whole = float(loss.each(np.array([[z.value] for z in outputs]), np.array([[t] for t in targets]))[0])
        return [Line("L", Leaf("L", whole))]
    if n == 1:
        return each
    mean = Quotient(Sum(tuple(line.leaf() for line in each)), constant(n))
    return [*each, Line("L", mean, "the mean over the outputs")]


def loss_slope(name: str, outputs: Sequence[Leaf], targets: Sequence[float], k: int, loss: mlp.Loss) -> Expression:
    """∂L/∂ of output k, for one point."""
    n, z, t = len(outputs), outputs[k], targets[k]
    y = Leaf(_nth("y", k, n), t)
    if name == "categorical_crossentropy":
        return Leaf(sub("p", k + 1), softmax_line(outputs, k).value, z.key) - y
    if name == "binary_crossentropy":
        one = SIGMA(z) - Leaf(_nth("y", k, n), 0.5 * (t + 1.0))
    elif name in NUMBERS:
        one = NUMBERS[name][1](z - y)
    elif name == "hinge":
        s = Leaf(_nth("s", k, n), t)
        missed = 1.0 - t * z.value > 0.0
        one = Chosen(_minus(s), "s z < 1") if missed else Chosen(constant(0), "s z ≥ 1")
    else:
        d = np.empty((n, 1))
        for function, arguments in loss.gradient(
            np.array([[o.value] for o in outputs]), np.array([[v] for v in targets]), d
        ):
            function(*arguments)
        return Leaf("∂L/∂ŷ", float(d[k, 0]))
    return one if n == 1 else Quotient(one, constant(n))


def softmax_line(outputs: Sequence[Leaf], k: int) -> Line:
    """p_k = e^z_k / Σ e^z"""
    powers = tuple(Function("exp", (z,), math.exp) for z in outputs)
    top = max(z.value for z in outputs)
    if abs(top) > 30.0:  # exp of a large number: only the differences matter
        powers = tuple(Function("exp", (z - Leaf("max z", top),), math.exp) for z in outputs)
    return Line(sub("p", k + 1), Quotient(powers[k], Sum(powers)))


def _surprise(z: Leaf, sign: float) -> Expression:
    """The binary cross-entropy from a logit: minus the log of the share given to the truth."""
    if abs(sign) == 1.0:
        # The logarithm of a sigmoid loses its digits where the sigmoid is near 1; ln(1 + e^-z) does not.
        word: Formula = "σ"
        inner = Function(word, (z,), _sigmoid)
        stable = Function("−ln", (inner,), lambda _: float(np.logaddexp(0.0, -sign * z.value)))
        if sign > 0:
            return stable
        return Function("−ln", (ONE - inner,), lambda _: float(np.logaddexp(0.0, z.value)))
    y = Leaf("y", 0.5 * (sign + 1.0))
    return Function("ln(1 + e^z)", (z,), lambda v: float(np.logaddexp(0.0, v))) - y * z


def _log(share: Leaf, z: float, outputs: Sequence[Leaf]) -> Expression:
    total = float(np.logaddexp.reduce([o.value for o in outputs]))
    return Function("ln", (share,), lambda _: z - total)


def _huber(miss: Expression) -> Expression:
    size = abs(miss.value)
    if size <= 1.0:
        return Chosen(HALF * _square(miss), "|ŷ − y| ≤ 1")
    return Chosen(Difference(Function("abs", (miss,), abs), HALF), "|ŷ − y| > 1")


def _huber_slope(miss: Expression) -> Expression:
    if abs(miss.value) <= 1.0:
        return Chosen(miss, "|ŷ − y| ≤ 1")
    return Chosen(constant(math.copysign(1.0, miss.value)), "|ŷ − y| > 1")


def _sign(x: float) -> float:
    return float(np.sign(x))


NUMBERS: dict[str, tuple[Bend, Bend]] = {
    "mean_squared_error": (_square, lambda miss: TWO * miss),
    "mean_absolute_error": (_of("abs", abs), _of("sign", _sign)),
    "huber": (_huber, _huber_slope),
}


def _nth(letter: str, k: int, n: int) -> Formula:
    return letter if n == 1 else sub(letter, k + 1)


# ---- optimizers: from the gradient to the new value -----------------------------------------------------------
Rule = Callable[[mlp.Optimizer, Leaf, Leaf, Leaf, Mapping[str, float], bool], list[Line]]


def update_lines(
    optimizer: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool
) -> list[Line] | None:
    """What the optimizer's memory makes of the gradient, and the new value as the last line; None if unknown."""
    rule = RULES.get(optimizer.name)
    return rule(optimizer, w, g, rate, memory, is_weight) if rule else None


def _setting(optimizer: mlp.Optimizer, name: str, letter: Formula) -> Leaf:
    return Leaf(letter, float(getattr(optimizer, name)))


def _new(letter: Formula) -> Formula:
    """The letter after the update."""
    return sup(letter, "′")


def _next(w: Leaf) -> Formula:
    return row(words("new "), w.name)


def _sgd(o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool) -> list[Line]:
    return [Line(_next(w), w - rate * g)]


def _momentum(
    o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool
) -> list[Line]:
    mu, v = _setting(o, "momentum", "μ"), Leaf("v", memory["velocity"])
    speed = Line(_new("v"), mu * v + g, "the speed: a share of the old one, and the slope")
    return [speed, Line(_next(w), w - rate * speed.leaf())]


def _nesterov(
    o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool
) -> list[Line]:
    mu, v = _setting(o, "momentum", "μ"), Leaf("v", memory["velocity"])
    speed = Line(_new("v"), mu * v + g, "the speed: a share of the old one, and the slope")
    return [speed, Line(_next(w), w - rate * (g + mu * speed.leaf()), "a look ahead along the new speed")]


def _adagrad(
    o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool
) -> list[Line]:
    s, epsilon = Leaf("s", memory["squares"]), _setting(o, "epsilon", "ε")
    squares = Line(_new("s"), s + _square(g), "all squared gradients so far")
    return [squares, Line(_next(w), w - rate * Quotient(g, Root(squares.leaf()) + epsilon))]


def _rmsprop(
    o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool
) -> list[Line]:
    v, rho, epsilon = Leaf("v", memory["squares"]), _setting(o, "rho", "ρ"), _setting(o, "epsilon", "ε")
    squares = Line(_new("v"), rho * v + (ONE - rho) * _square(g), "the running mean of squared gradients")
    return [squares, Line(_next(w), w - rate * Quotient(g, Root(squares.leaf()) + epsilon))]


def _adam(o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool) -> list[Line]:
    beta_1, beta_2 = _setting(o, "beta_1", sub("β", 1)), _setting(o, "beta_2", sub("β", 2))
    t, epsilon = Leaf("t", float(memory["t"]) + 1.0), _setting(o, "epsilon", "ε")
    m, v = Leaf("m", memory["mean"]), Leaf("v", memory["squares"])
    mean = Line(_new("m"), beta_1 * m + (ONE - beta_1) * g, "the running mean of gradients")
    squares = Line(_new("v"), beta_2 * v + (ONE - beta_2) * _square(g), "the running mean of squared gradients")
    unbiased_m = Line("m̂", Quotient(mean.leaf(), ONE - Power(beta_1, t)), "m started at 0 and is too small at first")
    unbiased_v = Line("v̂", Quotient(squares.leaf(), ONE - Power(beta_2, t)), "and so is v")
    new = Line(_next(w), w - rate * Quotient(unbiased_m.leaf(), Root(unbiased_v.leaf()) + epsilon))
    return [mean, squares, unbiased_m, unbiased_v, new]


def _adamw(o: mlp.Optimizer, w: Leaf, g: Leaf, rate: Leaf, memory: Mapping[str, float], is_weight: bool) -> list[Line]:
    if not is_weight:
        return _adam(o, w, g, rate, memory, is_weight)
    faded = Line("w̃", w - rate * _setting(o, "weight_decay", "λ") * w, "every weight fades a little first")
    lines = _adam(o, faded.leaf(), g, rate, memory, is_weight)
    return [faded, *lines[:-1], Line(_next(w), lines[-1].expression)]


RULES: dict[str, Rule] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
