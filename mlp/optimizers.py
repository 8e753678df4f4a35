"""How a gradient becomes a step: rules without state of their own, and a memory that is plain arrays.

Each optimizer is a frozen bundle of settings and one method, which yields the NumPy calls of an update over *all*
parameters at once. `w` are the parameters of the whole network in one flat vector, `g` is their gradient, and `rate` is
the learning rate, in an array so that a schedule can turn it. What an optimizer remembers from step to step lies in
`memory`, where a recording can copy it and put it back.

Shapes: `w` and `g` are (n_parameters,) and `rate` is (); in a stack of networks all three are (n_networks,
n_parameters).

The update rules are PyTorch's, under Keras's parameter names. Where conventions differ: momentum keeps the learning
rate outside its memory; epsilon is added after Adam's bias correction and outside the root; AdamW's weight
decay is decoupled, and takes weights but not biases.
"""

# ruff: noqa: D102 - what a method is for stands once, in the base class.

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mlp.arrays import Array, check_settings, setting
from mlp.calls import Calls
from mlp.source import Source

Memory = dict[str, Array]
ADAM_IN_NUMPY = """\
mean[...] = beta_1 * mean + (1.0 - beta_1) * g
squares[...] = beta_2 * squares + (1.0 - beta_2) * g**2
m_hat = mean / (1.0 - beta_1**t)  # both start at zero: this makes up for it
v_hat = squares / (1.0 - beta_2**t)
w -= lr * m_hat / (np.sqrt(v_hat) + epsilon)"""
BETAS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999)
EPSILONS = (1e-16, 1e-12, 1e-10, 1e-8, 1e-7, 1e-5, 1e-3, 0.1)


def _in_keras(name: str, squares: str) -> str:
    """A class for Keras, whose own has epsilon inside the root."""
    return f'''\
class {name}(keras.optimizers.Optimizer):
    """As in PyTorch and the playground: Keras's own adds epsilon inside the root, not outside."""

    def build(self, variables):
        super().build(variables)
        self.squares = self.add_optimizer_variables(variables, "squares")

    def update_step(self, gradient, variable, learning_rate):
        squares = self.squares[self._get_variable_index(variable)]
        self.assign(squares, {squares})
        self.assign_sub(variable, learning_rate * gradient / (keras.ops.sqrt(squares) + {{epsilon}}))


'''


@dataclass(frozen=True)
class Optimizer:
    """One entry of OPTIMIZERS is a class like this; its fields are its settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    remembers: ClassVar[tuple[str, ...]] = ()
    """Names of the vectors, as long as the parameters, that it keeps between steps."""
    source: ClassVar[Source] = Source()
    """The same rule for programs in other languages."""

    learning_rate: float = setting(0.03, low=1e-6, high=10.0, help="How far each step goes.")

    def __post_init__(self) -> None:
        check_settings(self)

    def new_memory(self, w: Array, n_layers: int = 1) -> Memory:
        """What it knows before the first step: nothing, so zeros.

        `t` (n_layers,) counts the steps of each layer, where the rule asks for it: one that was frozen has made fewer.
        """
        return {"t": np.zeros(n_layers), **{name: np.zeros_like(w) for name in self.remembers}}

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        """The calls of one update of `w` in place, the parameters of layers that have made equally many steps.

        `is_weight` is 1 at weights and 0 at biases.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent."""

    name, label, formula = "sgd", "SGD", "w ← w − η g"
    help = "Steps straight down the slope that the current batch shows."
    source = Source(
        numpy="w -= lr * g",
        torch="SGD(lr={learning_rate})",
        keras="keras.optimizers.SGD({learning_rate})",
        sklearn="sgd",
    )

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        move = np.empty_like(w)
        yield np.multiply, (g, rate, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Heavy-ball momentum (Polyak 1964)."""

    name, label, formula = "momentum", "Momentum", "v ← μ v + g,  w ← w − η v"
    help = "A ball that rolls downhill: it keeps its speed, smooths out zigzags and runs through small dips."
    remembers = ("velocity",)
    source = Source(
        numpy="velocity[...] = momentum * velocity + g\nw -= lr * velocity",
        torch="SGD(lr={learning_rate}, momentum={momentum})",
        keras="keras.optimizers.SGD({learning_rate}, momentum=np.float64({momentum}))",
        sklearn="sgd",
    )

    momentum: float = setting(
        0.9, low=0.0, high=1.0, open_high=True, help="How much of its speed the ball keeps from step to step.",
        label="Momentum", presets=(0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    )  # fmt: skip

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        v, move = memory["velocity"], np.empty_like(w)
        yield np.multiply, (v, self.momentum, v)
        yield np.add, (v, g, v)
        yield np.multiply, (v, rate, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum with the gradient looked up ahead (Nesterov 1983, Sutskever et al. 2013)."""

    name, label, formula = "nesterov", "Nesterov momentum", "v ← μ v + g,  w ← w − η (g + μ v)"
    help = "Momentum that looks a little ahead, and so brakes earlier before the way goes up again."
    source = Source(
        numpy="velocity[...] = momentum * velocity + g\nw -= lr * (g + momentum * velocity)",
        torch="SGD(lr={learning_rate}, momentum={momentum}, nesterov=True)",
        keras="keras.optimizers.SGD({learning_rate}, momentum=np.float64({momentum}), nesterov=True)",
        sklearn="sgd",
    )

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        v, move = memory["velocity"], np.empty_like(w)
        yield np.multiply, (v, self.momentum, v)
        yield np.add, (v, g, v)
        yield np.multiply, (v, self.momentum, move)
        yield np.add, (move, g, move)
        yield np.multiply, (move, rate, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Steps divided by the root of all squared gradients so far (Duchi et al. 2011)."""

    name, label, formula = "adagrad", "Adagrad", "s ← s + g²,  w ← w − η g / (√s + ε)"
    help = "Each weight gets steps of its own length, shorter the more it has already moved; they only ever shrink."
    remembers = ("squares",)
    source = Source(
        numpy="squares[...] = squares + g**2\nw -= lr * g / (np.sqrt(squares) + epsilon)",
        torch="Adagrad(lr={learning_rate}, eps={epsilon})",
        keras="Adagrad({learning_rate})",
        keras_helper=_in_keras("Adagrad", "squares + gradient * gradient"),
    )

    epsilon: float = setting(
        1e-10, low=1e-16, high=1.0, help="Keeps the division away from zero.", label="Epsilon", presets=EPSILONS
    )

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        s, move = memory["squares"], np.empty_like(w)
        yield np.square, (g, move)
        yield np.add, (s, move, s)
        yield np.sqrt, (s, move)
        yield np.add, (move, self.epsilon, move)
        yield np.divide, (g, move, move)
        yield np.multiply, (move, rate, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Steps divided by the root of the running mean of squared gradients (Tieleman & Hinton 2012)."""

    name, label, formula = "rmsprop", "RMSprop", "v ← ρ v + (1 − ρ) g²,  w ← w − η g / (√v + ε)"
    help = "Divides each weight's step by how large its gradient has lately been, so that all move at a like pace."
    remembers = ("squares",)
    source = Source(
        numpy="squares[...] = rho * squares + (1.0 - rho) * g**2\nw -= lr * g / (np.sqrt(squares) + epsilon)",
        torch="RMSprop(lr={learning_rate}, alpha={rho}, eps={epsilon})",
        keras="RMSprop({learning_rate})",
        keras_helper=_in_keras("RMSprop", "{rho} * squares + (1.0 - {rho}) * gradient * gradient"),
    )

    learning_rate: float = setting(0.01, low=1e-6, high=10.0, help="How far each step goes.")
    rho: float = setting(
        0.99, low=0.0, high=1.0, open_high=True, help="How long the average of squared gradients remembers.",
        label="Rho", presets=BETAS,
    )  # fmt: skip
    epsilon: float = setting(
        1e-8, low=1e-16, high=1.0, help="Keeps the division away from zero.", label="Epsilon", presets=EPSILONS
    )

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        v, move = memory["squares"], np.empty_like(w)
        yield np.square, (g, move)
        yield np.multiply, (move, 1.0 - self.rho, move)
        yield np.multiply, (v, self.rho, v)
        yield np.add, (v, move, v)
        yield np.sqrt, (v, move)
        yield np.add, (move, self.epsilon, move)
        yield np.divide, (g, move, move)
        yield np.multiply, (move, rate, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum and RMSprop together (Kingma & Ba 2014, https://arxiv.org/abs/1412.6980)."""

    name, label = "adam", "Adam"
    formula = "m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − η m̂ / (√v̂ + ε)"
    help = "Momentum, with steps of a fitting length for each weight: the usual first choice."
    remembers = ("mean", "squares")
    source = Source(
        numpy=ADAM_IN_NUMPY,
        torch="Adam(lr={learning_rate}, betas=({beta_1}, {beta_2}), eps={epsilon})",
        keras="keras.optimizers.Adam({learning_rate}, beta_1=np.float64({beta_1}), beta_2=np.float64({beta_2}))",
        sklearn="adam",
    )

    learning_rate: float = setting(0.01, low=1e-6, high=10.0, help="How far each step goes.")
    beta_1: float = setting(
        0.9, low=0.0, high=1.0, open_high=True, help="How long the average of gradients remembers.",
        label="Beta 1", presets=BETAS,
    )  # fmt: skip
    beta_2: float = setting(
        0.999, low=0.0, high=1.0, open_high=True, help="How long the average of squared gradients remembers.",
        label="Beta 2", presets=BETAS,
    )  # fmt: skip
    epsilon: float = setting(
        1e-8, low=1e-16, high=1.0, help="Keeps the division away from zero.", label="Epsilon", presets=EPSILONS
    )

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        m, v, t = memory["mean"], memory["squares"], memory["t"]
        move, scale = np.empty_like(w), np.empty_like(rate)
        betas, corrections = np.array([self.beta_1, self.beta_2]), np.empty(2)
        correction_1, correction_2 = corrections[0, ...], corrections[1, ...]  # with "...", views and not numbers
        # m and v start at zero and so are too small at first: 1 - beta^t says by how much.
        yield np.add, (t, 1.0, t)
        yield np.power, (betas, t[0, ...], corrections)  # all layers here have made as many steps
        yield np.subtract, (1.0, corrections, corrections)

        yield np.multiply, (g, 1.0 - self.beta_1, move)
        yield np.multiply, (m, self.beta_1, m)
        yield np.add, (m, move, m)

        yield np.square, (g, move)
        yield np.multiply, (move, 1.0 - self.beta_2, move)
        yield np.multiply, (v, self.beta_2, v)
        yield np.add, (v, move, v)

        yield np.divide, (v, correction_2, move)  # v̂
        yield np.sqrt, (move, move)
        yield np.add, (move, self.epsilon, move)
        yield np.divide, (m, move, move)
        yield np.divide, (rate, correction_1, scale)  # m̂ = m / correction_1: it is cheaper to correct the rate
        yield np.multiply, (move, scale, move)
        yield np.subtract, (w, move, w)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam, with weights that shrink a little at each step (Loshchilov & Hutter 2017)."""

    name, label = "adamw", "AdamW"
    formula = "w ← w − η λ w,  then as Adam"
    help = "Adam that also lets every weight fade a little at each step, which keeps the answer simple."
    source = Source(
        numpy=f"if w.ndim == 2:  # weights fade, biases do not\n    w -= lr * weight_decay * w\n{ADAM_IN_NUMPY}",
        torch="AdamW(lr={learning_rate}, betas=({beta_1}, {beta_2}), eps={epsilon})",
        keras="keras.optimizers.AdamW({learning_rate}, weight_decay=np.float64({weight_decay}), "
        "beta_1=np.float64({beta_1}), beta_2=np.float64({beta_2}))",
    )

    weight_decay: float = setting(
        0.01, low=0.0, high=10.0, help="How fast weights fade; biases do not.",
        label="Weight decay", presets=(0.0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    )  # fmt: skip

    def update(self, w: Array, g: Array, rate: Array, memory: Memory, is_weight: Array) -> Calls:
        decay, fade = self.weight_decay * is_weight, np.empty_like(w)
        yield np.multiply, (decay, rate, fade)
        yield np.multiply, (fade, w, fade)
        yield np.subtract, (w, fade, w)
        yield from super().update(w, g, rate, memory, is_weight)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.name: kind for kind in (SGD, Momentum, Nesterov, Adagrad, RMSprop, Adam, AdamW)
}
