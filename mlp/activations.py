"""What a neuron does with its sum z: the bend that lets a network draw curves.

Each activation is one entry: its textbook formula, its slope, and the NumPy calls that they come down to in
training. A new one needs no more than `value` and `slope`; the calls are there for speed. One with settings is a frozen
dataclass whose fields they are.

A call is written down, to be run later, as a function and its arguments, of which the last is the array that it writes
into: `np.multiply, (z, 0.5, a)` means a = 0.5 z (calls.py tells why). In the calls, arrays are *features first*: z, a,
d and `kept` are (n_units, n_samples), with one more leading axis for a stack of networks; t is room for a result on
the way.
"""

# ruff: noqa: D102 - what a method is for stands once, in the base class.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mlp.arrays import Array, check_settings, setting
from mlp.calls import Calls, maximum, minimum
from mlp.erf import erf
from mlp.source import Source

SQRT_2 = float(np.sqrt(2.0))
SQRT_2_PI = float(np.sqrt(2.0 * np.pi))


@dataclass(frozen=True)
class Activation:
    """One entry of ACTIVATIONS. Subclasses say what is theirs; their fields, if any, are their settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    formula: ClassVar[str]
    javascript: ClassVar[str]
    """The same function in `z` for a web page, with Math.*, a helper erf(x), and {self.NAME} for a setting."""
    source: ClassVar[Source] = Source()
    """The same function for programs in other languages."""
    kinks: ClassVar[tuple[float, ...]] = ()
    """Places z at which the slope jumps, so that it cannot be measured there."""
    learns: ClassVar[bool] = True
    """False where the slope is zero everywhere, so that no gradient gets through."""

    def __post_init__(self) -> None:
        check_settings(self)

    def value(self, z: Array) -> Array:
        """a = f(z), entry by entry."""
        raise NotImplementedError

    def slope(self, z: Array) -> Array:
        """f'(z), entry by entry."""
        raise NotImplementedError

    def bend(self, z: Array) -> Array:
        """f''(z), entry by entry: how the slope changes (curvature.py). By default it is measured."""
        h = 1e-5
        return np.asarray((self.slope(z + h) - self.slope(z - h)) / (2.0 * h))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        """The calls that write f(z) into `a`, and may leave in `kept` what the way back can use."""
        yield _fill, (self.value, z, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        """The calls that turn dL/da, in `d`, into dL/dz, in place."""
        slope = np.empty_like(z)
        yield _fill, (self.slope, z, slope)
        yield np.multiply, (d, slope, d)


class Identity(Activation):
    """f(z) = z: a layer without a bend."""

    name, label, formula, javascript = "identity", "Identity", "z", "z"
    source = Source(
        numpy="z", numpy_slope="np.ones_like(z)", torch="nn.Identity()", keras="None", onnx=(), sklearn="identity"
    )
    help = "Passes the sum on unchanged: however many such layers you stack, the boundary stays a straight line."

    def value(self, z: Array) -> Array:
        return z

    def slope(self, z: Array) -> Array:
        return np.ones_like(z)

    def bend(self, z: Array) -> Array:
        return np.zeros_like(z)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield from ()  # z and a are one array here

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        yield from ()


class Sigmoid(Activation):
    """The logistic function, from 0 to 1."""

    name, label, formula = "sigmoid", "Sigmoid", "1 / (1 + e⁻ᶻ)"
    javascript = "0.5 * (1 + Math.tanh(z / 2))"
    source = Source(
        numpy="0.5 * (1.0 + np.tanh(0.5 * z))",
        numpy_slope="sigmoid(z) * (1.0 - sigmoid(z))",
        torch="nn.Sigmoid()",
        keras='"sigmoid"',
        onnx=(("Sigmoid", {}),),
        sklearn="logistic",
    )
    help = "Squeezes every number to between 0 and 1; it is nearly flat at both ends, where learning becomes slow."

    def value(self, z: Array) -> Array:
        # Equal to 1 / (1 + exp(-z)), and never overflows.
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))

    def slope(self, z: Array) -> Array:
        a = self.value(z)
        return a * (1.0 - a)

    def bend(self, z: Array) -> Array:
        a = self.value(z)
        return a * (1.0 - a) * (1.0 - 2.0 * a)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.multiply, (z, 0.5, a)
        yield np.tanh, (a, a)
        yield np.multiply, (a, 0.5, a)
        yield np.add, (a, 0.5, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.subtract, (1.0, a, t)
        yield np.multiply, (t, a, t)
        yield np.multiply, (d, t, d)


class Tanh(Activation):
    """The hyperbolic tangent, from -1 to 1."""

    name, label, formula, javascript = "tanh", "Tanh", "tanh(z)", "Math.tanh(z)"
    source = Source(
        numpy="np.tanh(z)",
        numpy_slope="1.0 - np.tanh(z) ** 2",
        torch="nn.Tanh()",
        keras='"tanh"',
        onnx=(("Tanh", {}),),
        sklearn="tanh",
    )
    help = "A smooth S from -1 to 1, centred on zero: a good first choice for small networks."

    def value(self, z: Array) -> Array:
        return np.tanh(z)

    def slope(self, z: Array) -> Array:
        return np.asarray(1.0 - np.tanh(z) ** 2)

    def bend(self, z: Array) -> Array:
        a = np.tanh(z)
        return np.asarray(-2.0 * a * (1.0 - a**2))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.tanh, (z, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.square, (a, t)
        yield np.subtract, (1.0, t, t)
        yield np.multiply, (d, t, d)


class ReLU(Activation):
    """Rectified linear unit: zero below zero, the sum itself above."""

    name, label, formula, javascript = "relu", "ReLU", "max(0, z)", "Math.max(0, z)"
    source = Source(
        numpy="np.maximum(z, 0.0)",
        numpy_slope="np.where(z > 0.0, 1.0, 0.0)",
        torch="nn.ReLU()",
        keras='"relu"',
        onnx=(("Relu", {}),),
        sklearn="relu",
    )
    help = "Keeps positive numbers and sets negative ones to zero: fast and popular, but a neuron always off stays off."
    kinks = (0.0,)

    def value(self, z: Array) -> Array:
        return np.maximum(z, 0.0)

    def slope(self, z: Array) -> Array:
        return np.where(z > 0.0, 1.0, 0.0)

    def bend(self, z: Array) -> Array:
        return np.zeros_like(z)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield maximum(z, 0.0, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.sign, (a, t)  # a is never negative: its sign is the slope
        yield np.multiply, (d, t, d)


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """ReLU with a slope below zero (Maas et al. 2013: 0.01)."""

    name, label, formula = "leaky_relu", "Leaky ReLU", "max(α z, z)"
    javascript = "Math.max({self.negative_slope} * z, z)"
    source = Source(
        numpy="np.maximum({self.negative_slope} * z, z)",
        numpy_slope="np.where(z > 0.0, 1.0, {self.negative_slope})",
        torch="nn.LeakyReLU({self.negative_slope})",
        # the built-in rounds the slope to single precision
        keras="lambda z: keras.ops.where(z > 0, z, {self.negative_slope} * z)",
        onnx=(("LeakyRelu", {"alpha": "{self.negative_slope}"}),),
    )
    help = "Like ReLU, but lets a small share of the negative side through, so that no neuron can die."
    kinks = (0.0,)

    negative_slope: float = setting(
        0.01, low=0.0, high=1.0, help="The slope of leaky ReLU below zero: at 0 it is ReLU, at 1 it no longer bends.",
        label="Negative slope", presets=(0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0),
    )  # fmt: skip

    def value(self, z: Array) -> Array:
        return np.maximum(self.negative_slope * z, z)

    def slope(self, z: Array) -> Array:
        return np.where(z > 0.0, 1.0, self.negative_slope)

    def bend(self, z: Array) -> Array:
        return np.zeros_like(z)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.multiply, (z, self.negative_slope, a)
        yield maximum(a, z, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.heaviside, (z, 0.0, t)  # 1 above zero, else 0
        yield maximum(t, self.negative_slope, t)
        yield np.multiply, (d, t, d)


class ELU(Activation):
    """Exponential linear unit: e^z - 1 below zero, alpha = 1."""

    name, label, formula = "elu", "ELU", "z if z > 0, else eᶻ − 1"
    javascript = "z > 0 ? z : Math.expm1(z)"
    source = Source(
        numpy="np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))",
        numpy_slope="np.exp(np.minimum(z, 0.0))",
        torch="nn.ELU()",
        keras='"elu"',
        onnx=(("Elu", {"alpha": 1.0}),),
    )
    help = "Like ReLU, but bends down softly to -1 on the negative side (Clevert et al. 2015)."

    def value(self, z: Array) -> Array:
        return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))

    def slope(self, z: Array) -> Array:
        return np.exp(np.minimum(z, 0.0))

    def bend(self, z: Array) -> Array:
        return np.where(z > 0.0, 0.0, np.exp(np.minimum(z, 0.0)))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield minimum(z, 0.0, kept)
        yield np.expm1, (kept, kept)  # e^z - 1 below zero, 0 above
        yield maximum(z, kept, a)  # below zero e^z - 1 is the larger one, above zero z

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.add, (kept, 1.0, t)  # e^z below zero, 1 above
        yield np.multiply, (d, t, d)


class SELU(Activation):
    """ELU, scaled so that layers keep mean 0 and variance 1."""

    name, label, formula = "selu", "SELU", "1.0507 z if z > 0, else 1.7581 (eᶻ − 1)"
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    javascript = f"{scale} * (z > 0 ? z : {alpha} * Math.expm1(z))"
    source = Source(
        numpy="{self.scale} * np.where(z > 0.0, z, {self.alpha} * np.expm1(np.minimum(z, 0.0)))",
        numpy_slope="{self.scale} * np.where(z > 0.0, 1.0, {self.alpha} * np.exp(np.minimum(z, 0.0)))",
        torch="nn.SELU()",
        keras='"selu"',
        onnx=(("Selu", {}),),
    )
    help = "A scaled ELU that keeps the numbers in a deep network from growing or fading (Klambauer et al. 2017)."
    kinks = (0.0,)

    def value(self, z: Array) -> Array:
        return np.asarray(self.scale * np.where(z > 0.0, z, self.alpha * np.expm1(np.minimum(z, 0.0))))

    def slope(self, z: Array) -> Array:
        return np.asarray(self.scale * np.where(z > 0.0, 1.0, self.alpha * np.exp(np.minimum(z, 0.0))))

    def bend(self, z: Array) -> Array:
        return np.asarray(self.scale * self.alpha * np.where(z > 0.0, 0.0, np.exp(np.minimum(z, 0.0))))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield minimum(z, 0.0, kept)
        yield np.expm1, (kept, kept)
        yield np.multiply, (kept, self.scale * self.alpha, kept)  # the negative side
        yield maximum(z, 0.0, a)
        yield np.multiply, (a, self.scale, a)  # the positive side; of the two, one is always zero
        yield np.add, (a, kept, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t, negative = np.empty_like(z), np.empty_like(z)
        yield np.heaviside, (z, 0.0, t)
        yield np.subtract, (1.0, t, negative)  # 1 where z is not above zero
        yield np.multiply, (t, self.scale, t)
        yield np.add, (kept, self.scale * self.alpha, kept)  # scale alpha e^z
        yield np.multiply, (kept, negative, kept)
        yield np.add, (t, kept, t)
        yield np.multiply, (d, t, d)


class Softplus(Activation):
    """ln(1 + e^z), a smooth ReLU; its slope is the sigmoid."""

    name, label, formula = "softplus", "Softplus", "ln(1 + eᶻ)"
    javascript = "Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))"
    source = Source(
        numpy="np.logaddexp(0.0, z)",
        numpy_slope="0.5 * (1.0 + np.tanh(0.5 * z))",
        torch="nn.Softplus(threshold=500)",  # exact far out, where PyTorch's default takes a short cut
        keras="lambda z: keras.ops.logaddexp(z, 0.0 * z)",  # and so does Keras's
        onnx=(("Softplus", {}),),
    )
    help = "A ReLU with its corner rounded off; its slope is the sigmoid."

    def value(self, z: Array) -> Array:
        return np.logaddexp(0.0, z)

    def slope(self, z: Array) -> Array:
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))

    def bend(self, z: Array) -> Array:
        s = 0.5 * (1.0 + np.tanh(0.5 * z))
        return np.asarray(s * (1.0 - s))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.logaddexp, (0.0, z, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.multiply, (z, 0.5, t)
        yield np.tanh, (t, t)
        yield np.add, (t, 1.0, t)
        yield np.multiply, (t, 0.5, t)
        yield np.multiply, (d, t, d)


class GELU(Activation):
    """z times the chance that a standard normal number is below z."""

    name, label, formula = "gelu", "GELU", "z Φ(z)"
    javascript = "0.5 * z * (1 + erf(z / Math.SQRT2))"
    source = Source(
        numpy="z * normal_cdf(z)",
        numpy_slope="normal_cdf(z) + z * np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)",
        numpy_helper="""\
def normal_cdf(z):
    \"\"\"The chance that a standard normal number is below z.\"\"\"
    return 0.5 * np.vectorize(math.erfc, otypes=[float])(-z / np.sqrt(2.0))""",
        torch="nn.GELU()",
        keras="lambda z: 0.5 * z * (1.0 + keras.ops.erf(z / 2.0**0.5))",  # the built-in rounds √2 to single precision
        onnx=(("Gelu", {}),),
    )
    help = "Like ReLU with a soft, slightly dipping corner; used in large language models (Hendrycks & Gimpel 2016)."

    def value(self, z: Array) -> Array:
        return z * _normal_cdf(z)

    def slope(self, z: Array) -> Array:
        return np.asarray(_normal_cdf(z) + z * np.exp(-0.5 * z * z) / SQRT_2_PI)

    def bend(self, z: Array) -> Array:
        return np.asarray((2.0 - z * z) * np.exp(-0.5 * z * z) / SQRT_2_PI)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield _fill, (_normal_cdf, z, kept)  # Φ(z)
        yield np.multiply, (z, kept, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.square, (z, t)
        yield np.multiply, (t, -0.5, t)
        yield np.exp, (t, t)
        yield np.multiply, (t, z, t)
        yield np.multiply, (t, 1.0 / SQRT_2_PI, t)
        yield np.add, (t, kept, t)  # Φ(z) + z exp(-z^2 / 2) / sqrt(2 pi)
        yield np.multiply, (d, t, d)


class SiLU(Activation):
    """z times its own sigmoid."""

    name, label, formula = "silu", "SiLU", "z / (1 + e⁻ᶻ)"
    javascript = "z * 0.5 * (1 + Math.tanh(z / 2))"
    source = Source(
        numpy="z * logistic(z)",
        numpy_slope="logistic(z) * (1.0 + z * (1.0 - logistic(z)))",
        numpy_helper="def logistic(z):\n    return 0.5 * (1.0 + np.tanh(0.5 * z))",
        torch="nn.SiLU()",
        keras='"silu"',
        onnx=(("Sigmoid", {}), ("Mul z", {})),
    )
    help = "Also called swish: smooth like GELU, dips a little below zero, then rises (Ramachandran et al. 2017)."

    def value(self, z: Array) -> Array:
        return np.asarray(z * (0.5 * (1.0 + np.tanh(0.5 * z))))

    def slope(self, z: Array) -> Array:
        s = 0.5 * (1.0 + np.tanh(0.5 * z))
        return np.asarray(s * (1.0 + z * (1.0 - s)))

    def bend(self, z: Array) -> Array:
        s = 0.5 * (1.0 + np.tanh(0.5 * z))
        return np.asarray(s * (1.0 - s) * (2.0 + z * (1.0 - 2.0 * s)))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.multiply, (z, 0.5, kept)
        yield np.tanh, (kept, kept)
        yield np.multiply, (kept, 0.5, kept)
        yield np.add, (kept, 0.5, kept)  # s, the sigmoid of z
        yield np.multiply, (z, kept, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.subtract, (1.0, kept, t)
        yield np.multiply, (t, a, t)
        yield np.add, (t, kept, t)  # s + (1 - s) a, where a = z s
        yield np.multiply, (d, t, d)


class Sine(Activation):
    """The sine of the sum."""

    name, label, formula, javascript = "sine", "Sine", "sin(z)", "Math.sin(z)"
    source = Source(
        numpy="np.sin(z)",
        numpy_slope="np.cos(z)",
        torch="Sine()",
        torch_helper="class Sine(nn.Module):\n    def forward(self, z):\n        return torch.sin(z)",
        keras="keras.ops.sin",
        onnx=(("Sin", {}),),
    )
    help = "A wave: finds ripples and spirals easily, but may see ripples where there are none (Sitzmann et al. 2020)."

    def value(self, z: Array) -> Array:
        return np.sin(z)

    def slope(self, z: Array) -> Array:
        return np.cos(z)

    def bend(self, z: Array) -> Array:
        return np.asarray(-np.sin(z))

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.sin, (z, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        t = np.empty_like(z)
        yield np.cos, (z, t)
        yield np.multiply, (d, t, d)


class Step(Activation):
    """The unit step of the perceptron, with slope 0 everywhere."""

    name, label, formula, javascript = "step", "Step", "1 if z > 0, else 0", "z > 0 ? 1 : 0"
    source = Source(
        numpy="np.heaviside(z, 0.0)",
        numpy_slope="np.zeros_like(z)",
        torch="Step()",
        torch_helper="""\
class Step(nn.Module):
    def forward(self, z):
        return (z > 0).double() + 0 * z  # flat everywhere: its slope is zero""",
        keras='lambda z: keras.ops.cast(z > 0, "float64") + 0.0 * z',
        onnx=(("Sign", {}), ("Relu", {})),
    )
    help = (
        "The first artificial neuron (1958), off or on; its slope is zero everywhere, "
        "so gradients cannot tell it which way to move, and the layers up to it never learn."
    )
    kinks = (0.0,)
    learns = False

    def value(self, z: Array) -> Array:
        return np.heaviside(z, 0.0)

    def slope(self, z: Array) -> Array:
        return np.zeros_like(z)

    def bend(self, z: Array) -> Array:
        return np.zeros_like(z)

    def forward(self, z: Array, a: Array, kept: Array) -> Calls:
        yield np.heaviside, (z, 0.0, a)

    def backward(self, z: Array, a: Array, kept: Array, d: Array) -> Calls:
        yield np.multiply, (d, 0.0, d)


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Identity(), Sigmoid(), Tanh(), ReLU(), LeakyReLU(), ELU(), SELU(), Softplus(), GELU(), SiLU(), Sine(), Step(),
    )
}  # fmt: skip


def softmax(z: Array, axis: int = -1) -> Array:
    """Positive shares that add up to 1 along `axis`: e^z over the sum of e^z."""
    # Subtracting the largest changes nothing but keeps exp() finite.
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    shares: Array = powers / powers.sum(axis=axis, keepdims=True)
    return shares


def _normal_cdf(z: Array) -> Array:
    """Φ(z): the chance that a standard normal number is below z."""
    return np.asarray(0.5 * (1.0 + erf(z / SQRT_2)))


def _fill(formula: Callable[[Array], Array], z: Array, out: Array) -> None:
    """Write formula(z) into `out`: a call like the others, for formulas that have no calls of their own."""
    out[...] = formula(z)
