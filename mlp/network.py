"""The multilayer perceptron: layer after layer, a = f(x W + b).

All weights and biases lie in one flat vector (shape.py), of which each layer's are views. Here stand the plain
formulas, forwards and backwards, as a textbook has them. Training computes the same numbers faster, with prepared calls
(plan.py); a test compares the two for every activation and loss.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mlp.activations import ACTIVATIONS, Activation
from mlp.arrays import Array, Labels, check_matrix, check_not_empty, check_number, check_whole, look_up
from mlp.calls import run
from mlp.initializers import INITIALIZERS
from mlp.losses import LOSSES, Loss
from mlp.rng import Purpose, generator
from mlp.shape import Shape

MAX_LAYERS = 64
MAX_UNITS = 4096
MAX_PARAMETERS = 10_000_000


@dataclass(frozen=True)
class Layer:
    """One layer of a network, looking into the network's flat vector."""

    weights: Array
    """(n_in, n_out)"""
    biases: Array
    """(n_out,)"""
    activation: Activation

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Inputs (n, n_in) to sums z and outputs a, both (n, n_out)."""
        z: Array = x @ self.weights + self.biases
        return z, self.activation.value(z)


@dataclass(frozen=True)
class LayerTrace:
    """Everything that passes through one layer, forwards and backwards; d_a is dL/da, and so on."""

    x: Array
    """(n, n_in)"""
    z: Array
    """(n, n_out)"""
    a: Array
    """(n, n_out)"""
    d_a: Array
    """(n, n_out); for the output layer of a loss from logits, the same as d_z"""
    d_z: Array
    """(n, n_out)"""
    d_W: Array
    """(n_in, n_out)"""
    d_b: Array
    """(n_out,)"""


class MLP:
    """A multilayer perceptron.

    Parameters
    ----------
    sizes : sequence of int
        Neurons in each layer, inputs and outputs included: [2, 8, 8, 1]. No hidden layer at all is allowed: [2, 1].
    activation : str or Activation, or a sequence of them
        For all hidden layers, or one for each: a name of ACTIVATIONS, or one with settings: LeakyReLU(0.2).
    loss : str
        A name of LOSSES.
    initializer : str
        A name of INITIALIZERS.
    seed : int
        The same seed gives the same weights.
    output_activation : str or Activation
        Must be "identity" for losses that start from logits: they apply sigmoid or softmax themselves.
    use_bias : bool
        False holds all biases at zero.

    Raises
    ------
    ValueError
        For unknown names and sizes out of range, in one sentence.

    >>> net = MLP([2, 3, 1], seed=1)
    >>> net.parameters.shape, net.layers[0].weights.shape, net.layers[0].biases.shape
    ((13,), (2, 3), (3,))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Activation | Sequence[str | Activation] = "tanh",
        loss: str = "binary_crossentropy",
        initializer: str = "glorot_uniform",
        seed: int = 0,
        output_activation: str | Activation = "identity",
        use_bias: bool = True,
    ) -> None:
        self.shape = _shape(sizes, activation, loss, output_activation, bool(use_bias))
        self.initializer = look_up(initializer, INITIALIZERS, "initializer").name
        self.seed = check_whole("seed", seed, 0, 2**63 - 1)
        self.parameters: Array = np.zeros(self.shape.n_parameters)
        """One flat vector: neuron after neuron, its incoming weights and then its bias."""
        self.layers = _layers(self.shape, self.parameters)
        self.reset()

    def reset(self) -> None:
        """Draw the starting weights again: the same ones, because the seed is the same."""
        rng = generator(self.seed, Purpose.WEIGHTS)
        draw = INITIALIZERS[self.initializer].draw
        for layer in self.layers:
            layer.weights[...] = draw(rng, *layer.weights.shape)
            layer.biases[...] = 0.0

    def copy(self) -> MLP:
        """A network with the same numbers, in arrays of its own."""
        return _again(self._description(), self.parameters)

    def __reduce__(self) -> tuple[Any, ...]:
        # The layers are views into the parameters, which a plain pickle would tear apart.
        return _again, (self._description(), self.parameters)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons in each layer, inputs and outputs included."""
        return self.shape.sizes

    @property
    def loss(self) -> Loss:
        """The entry of LOSSES that it is trained on."""
        return self.shape.loss

    @property
    def activations(self) -> tuple[str, ...]:
        """Names of the hidden layers' activations."""
        return tuple(activation.name for activation in self.shape.activations[:-1])

    @property
    def output_activation(self) -> str:
        """Name of the output layer's activation."""
        return self.shape.activations[-1].name

    @property
    def n_parameters(self) -> int:
        """How many numbers its flat vector holds."""
        return self.shape.n_parameters

    # ------------------------------------------------------------------ forwards

    def logits(self, x: npt.ArrayLike) -> Array:
        """The sums of the output layer before any activation, (n, n_out), for inputs (n, n_in)."""
        a = self.check_x(x)
        for layer in self.layers:
            z, a = layer.forward(a)
        return z

    def outputs(self, x: npt.ArrayLike) -> Array:
        """What the output layer gives, (n, n_out): for losses from logits these are the logits."""
        return self.shape.activations[-1].value(self.logits(x))

    def predict_proba(self, x: npt.ArrayLike) -> Array:
        """Probability of each class, (n, n_classes); a single output gives two columns, no and yes.

        Raises ValueError unless the loss is a cross-entropy.
        """
        return self.loss.probabilities(self.logits(x))

    def predict(self, x: npt.ArrayLike) -> Array | Labels:
        """Class numbers (n,) for losses from logits; else the outputs themselves, (n, n_out)."""
        return self.classify(x) if self.loss.from_logits else self.outputs(x)

    def classify(self, x: npt.ArrayLike) -> Labels:
        """Class numbers (n,), whatever the loss: the largest output, or the right side of the boundary."""
        outputs = self.outputs(x)
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > self.loss.boundary).astype(np.int64)
        return np.asarray(outputs.argmax(axis=1), dtype=np.int64)

    def loss_value(self, x: npt.ArrayLike, y: npt.ArrayLike, l1: float = 0.0, l2: float = 0.0) -> float:
        """The mean loss over the samples, plus the penalties l1 * sum |w| + l2 / 2 * sum w^2 (weights only)."""
        x, targets = self._check_xy(x, y)
        a = x
        for layer in self.layers:
            _, a = layer.forward(a)
        return self.loss.mean(a.T, targets) + self._penalty(l1, l2)

    # ------------------------------------------------------------------ backwards

    def trace(self, x: npt.ArrayLike, y: npt.ArrayLike) -> list[LayerTrace]:
        """What passes through every layer, forwards and backwards: backpropagation as the textbook has it.

        The loss is the mean over the samples of `x` (n, n_in), without penalties.
        """
        a, targets = self._check_xy(x, y)
        inputs, sums, outputs = [], [], []
        for layer in self.layers:
            inputs.append(a)
            z, a = layer.forward(a)
            sums.append(z)
            outputs.append(a)

        d_a = np.empty_like(a.T)  # losses have their samples in columns
        run(self.loss.gradient(np.ascontiguousarray(a.T), targets, d_a))
        d_a = d_a.T
        traces = []
        for layer, x_in, z, a in zip(self.layers[::-1], inputs[::-1], sums[::-1], outputs[::-1], strict=True):
            d_z = d_a * layer.activation.slope(z)  # (n, n_out)
            d_W = x_in.T @ d_z  # (n_in, n_out)
            d_b = d_z.sum(axis=0)  # (n_out,)
            traces.append(LayerTrace(x_in, z, a, d_a, d_z, d_W, d_b))
            d_a = d_z @ layer.weights.T  # (n, n_in)
        return traces[::-1]

    def loss_and_gradient(
        self, x: npt.ArrayLike, y: npt.ArrayLike, l1: float = 0.0, l2: float = 0.0
    ) -> tuple[float, Array]:
        """The loss as `loss_value` has it, and its gradient, flat, laid out as `parameters`."""
        gradient = np.empty_like(self.parameters)
        for matrix, trace in zip(self.shape.matrices(gradient), self.trace(x, y), strict=True):
            matrix[:, :-1] = trace.d_W.T
            matrix[:, -1] = trace.d_b if self.shape.use_bias else 0.0
        gradient += self.shape.is_weight() * (l2 * self.parameters + l1 * np.sign(self.parameters))
        return self.loss_value(x, y, l1, l2), gradient

    # ------------------------------------------------------------------ files

    def save(self, file: str | PathLike[str] | BinaryIO) -> None:
        """Write the network to an .npz file: its numbers, and a line of JSON that says what it is."""
        if isinstance(file, (str, PathLike)):  # opened here, for NumPy appends .npz to another name
            with Path(file).open("wb") as opened:
                self.save(opened)
        else:
            np.savez(file, parameters=self.parameters, description=np.array(json.dumps(self._description())))

    def _description(self) -> dict[str, Any]:
        """The arguments that make such a network; an activation with settings is {"name": ..., setting: ...}."""
        *hidden, output = map(_to_json, self.shape.activations)
        return {
            "sizes": self.sizes,
            "activation": hidden,
            "loss": self.loss.name,
            "initializer": self.initializer,
            "seed": self.seed,
            "output_activation": output,
            "use_bias": self.shape.use_bias,
        }

    @classmethod
    def load(cls, file: str | PathLike[str] | BinaryIO) -> MLP:
        """Read what `save` wrote. Pickled objects are never loaded; a broken file raises ValueError."""
        name = file if isinstance(file, (str, PathLike)) else "the file"
        try:
            description, parameters = _read(file)
            net = cls(**_from_json(description))
        except FileNotFoundError:
            raise
        except Exception as problem:
            raise ValueError(f"{name} is not a network saved by MLP.save: {problem}") from None
        if parameters.shape != net.parameters.shape or parameters.dtype != np.float64:
            raise ValueError(
                f"{name} must hold {net.n_parameters} float64 parameters; "
                f"got shape {parameters.shape} of {parameters.dtype}."
            )
        if not np.isfinite(parameters).all():
            raise ValueError(f"{name} must hold finite parameters; got NaN or infinity.")
        net.parameters[...] = parameters
        return net

    def __repr__(self) -> str:
        arrow = "-".join(map(str, self.sizes))
        return f"<MLP {arrow}, {self.n_parameters} parameters, {self.loss.name}>"

    # ------------------------------------------------------------------ checks

    def check_x(self, x: npt.ArrayLike) -> Array:
        """`x` as finite inputs (n, n_in), or a ValueError."""
        return check_matrix("x", x, self.sizes[0])

    def _check_xy(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        x = self.check_x(x)
        check_not_empty("x", x)
        targets = self.loss.targets(y, self.sizes[-1])
        if targets.shape[1] != len(x):
            raise ValueError(f"y must have as many rows as x, {len(x)}; got {targets.shape[1]}.")
        return x, targets

    def _penalty(self, l1: float, l2: float) -> float:
        check_number("l1", l1, 0.0, 1e6)
        check_number("l2", l2, 0.0, 1e6)
        weights, penalty = self.parameters[self.shape.is_weight() > 0.0], 0.0
        if l1:  # nothing times a sum beyond all numbers would be none
            penalty += l1 * float(np.abs(weights).sum())
        if l2:
            penalty += 0.5 * l2 * float(weights @ weights)
        return penalty


def _shape(
    sizes: Sequence[int],
    activation: str | Activation | Sequence[str | Activation],
    loss: str,
    output_activation: str | Activation,
    use_bias: bool,
) -> Shape:
    if not isinstance(sizes, (Sequence, np.ndarray)) or isinstance(sizes, str) or not 2 <= len(sizes) <= MAX_LAYERS:
        raise ValueError(f"sizes must list 2 to {MAX_LAYERS} layers, as in [2, 8, 8, 1]; got {sizes!r}.")
    checked = tuple(check_whole("each of sizes", n, 1, MAX_UNITS) for n in sizes)
    n_hidden = len(checked) - 2
    if not isinstance(activation, (Sequence, np.ndarray)) or isinstance(activation, str):
        rules = [_activation("activation", activation)] * n_hidden  # looked up even where no hidden layer needs it
    else:
        rules = [_activation("activation", one) for one in activation]
    if len(rules) != n_hidden:
        raise ValueError(
            f"activation must be one name, or one for each of the {n_hidden} hidden layers; got {len(rules)}."
        )
    entry = look_up(loss, LOSSES, "loss")
    output = _activation("output_activation", output_activation)
    if entry.from_logits and output.name != "identity":
        raise ValueError(
            f"output_activation must be 'identity' for {entry.name}, which starts from logits; got {output.name!r}."
        )
    if entry.name == "categorical_crossentropy" and checked[-1] < 2:
        raise ValueError("sizes must end with at least 2 outputs for categorical_crossentropy; got 1.")
    shape = Shape(checked, (*rules, output), entry, use_bias)
    if shape.n_parameters > MAX_PARAMETERS:
        raise ValueError(f"sizes must give at most {MAX_PARAMETERS} parameters; got {shape.n_parameters}.")
    return shape


def _activation(what: str, rule: str | Activation) -> Activation:
    return rule if isinstance(rule, Activation) else look_up(rule, ACTIVATIONS, what)


def _to_json(activation: Activation) -> str | dict[str, Any]:
    settings = asdict(activation)
    return {"name": activation.name, **settings} if settings else activation.name


def _again(description: dict[str, Any], parameters: Array) -> MLP:
    net = MLP(**_from_json(description))
    net.parameters[...] = parameters
    return net


def _from_json(description: dict[str, Any]) -> dict[str, Any]:
    """The arguments of MLP; each activation {"name": ..., setting: ...} becomes an object."""

    def read(value: Any) -> Any:
        if isinstance(value, list):
            return list(map(read, value))
        if isinstance(value, dict):
            settings = {**value}
            return replace(look_up(settings.pop("name", None), ACTIVATIONS, "activation"), **settings)
        return value

    return {key: read(value) for key, value in description.items()}


def _layers(shape: Shape, parameters: Array) -> tuple[Layer, ...]:
    """Views into `parameters`: each layer's matrix (n_out, n_in + 1), whose last column are the biases."""
    pairs = zip(shape.matrices(parameters), shape.activations, strict=True)
    return tuple(Layer(W[:, :-1].T, W[:, -1], activation) for W, activation in pairs)


def _read(file: str | PathLike[str] | BinaryIO) -> tuple[dict[str, Any], Array]:
    with zipfile.ZipFile(file) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > 8 * MAX_PARAMETERS + 1_000_000:
            raise ValueError(f"it would unpack to {size} bytes")
    with np.load(file, allow_pickle=False) as content:
        if not {"parameters", "description"} <= set(content):  # whoever takes a network along may add to it
            raise ValueError(f"it holds {sorted(content)} instead of parameters and description")
        description = json.loads(str(content["description"]))
        if not isinstance(description, dict):
            raise ValueError("its description is no JSON object")
        return description, content["parameters"]
