"""The network as an ONNX model, for the runtimes of other languages and devices. Needs the optional package `onnx`.

It takes rows as people have them: scaling, features and the units of the answer are part of the graph.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import mlp
from mlp.source import source_of
from playground.export.raw_rows import formula
from playground.export.subject import Subject

OPSET = 20
PROBABILITIES = {"binary_crossentropy": "Sigmoid", "categorical_crossentropy": "Softmax"}
_OPERATORS: dict[type, str] = {ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.Pow: "Pow"}
_FUNCTIONS = {"sin": "Sin", "cos": "Cos", "exp": "Exp", "tanh": "Tanh", "abs": "Abs", "sqrt": "Sqrt"}


def onnx_model(subject: Subject) -> bytes:
    """Write the model: `rows` (n, n_columns) in float64, to `outputs` (n, n_out), and for classes `classes` (n,).

    rows : the columns of own data in their own units, or the coordinates of a point of the plane
    outputs : probabilities where the loss has them, numbers in the unit of the target, else the outputs as they are
    classes : the number of each row's class

    Scaling is done in double precision, for large numbers such as times lose their digits in single; the network is in
    float32. Raises ValueError, in one sentence, where the package is missing or something is unknown to it.
    """
    try:
        import onnx
    except ImportError:
        raise ValueError("ONNX needs a package that is not installed here: pip install onnx") from None
    net = subject.net
    if not np.abs(net.parameters).max() <= np.finfo(np.float32).max:
        raise ValueError(
            "The weights at this moment are beyond 3.4e38, which ONNX's single precision ends at: go back to an "
            "earlier moment of the run."
        )
    graph = _Graph(onnx)
    raw, config = subject.raw_rows, subject.experiment.config
    columns = raw.inputs if raw is not None else ("x1",) if config.has_one_input else ("x1", "x2")
    last = "rows"
    if raw is not None:
        last = graph.add("Sub", last, graph.constant(raw.scale.middle))
        last = graph.add("Div", last, graph.constant(raw.scale.size))
    if features := raw.features if raw is not None else config.features:
        last = graph.features(last, features, len(columns))
    last = graph.add("Cast", last, to=onnx.TensorProto.FLOAT)
    for k, layer in enumerate(net.layers, start=1):
        last = graph.layer(last, layer, k)
    answer = graph.add(PROBABILITIES.get(net.loss.name, "Identity"), last)
    if raw is not None and raw.target_scale is not None:
        answer = graph.add("Cast", answer, to=onnx.TensorProto.DOUBLE)
        answer = graph.add("Mul", answer, graph.constant(raw.target_scale.size))
        answer = graph.add("Add", answer, graph.constant(raw.target_scale.middle))
    graph.add("Identity", answer, name="outputs")
    if subject.trainer.data.n_classes:
        graph.choose(last, net)
    return graph.model(subject, columns)


class _Graph:
    """Nodes and constants as they come together."""

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any, name: str = "") -> str:
        """Keep an array; float64, if it is not given another type."""
        name = name or f"constant_{len(self.constants)}"
        array = np.ascontiguousarray(values)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """A node; its name is that of what comes out."""
        name = name or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def features(self, points: str, names: Sequence[str], n_columns: int) -> str:
        """Scaled inputs (n, 1 or 2) to what the network is told of them."""
        if n_columns == 2 and tuple(names) == ("x1", "x2"):
            return points
        x1 = self.add("Gather", points, self.constant(np.array([0])), axis=1)
        x2 = self.add("Gather", points, self.constant(np.array([1])), axis=1) if n_columns == 2 else ""
        x2 = x2 or self.add("Mul", x1, self.constant(0.0))
        known = {"x1": x1, "x2": x2}
        columns = [self._formula(ast.parse(formula(name), mode="eval").body, known) for name in names]
        return self.add("Concat", *columns, axis=1)

    def _formula(self, tree: ast.expr, known: dict[str, str]) -> str:
        """A formula of x1 and x2, node for node. Raises ValueError for what has no counterpart."""
        match tree:
            case ast.Name(id=name) if name in known:
                return known[name]
            case ast.Constant(value=int() | float() as value):
                return self.constant(float(value))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.add("Neg", self._formula(operand, known))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self.add(_OPERATORS[type(op)], self._formula(left, known), self._formula(right, known))
            case ast.Call(func=ast.Attribute(attr=function), args=[argument]) if function in _FUNCTIONS:
                return self.add(_FUNCTIONS[function], self._formula(argument, known))
        raise ValueError(f"The feature “{ast.unparse(tree)}” has no counterpart in ONNX.")

    def layer(self, inputs: str, layer: mlp.Layer, k: int) -> str:
        """One layer: sums, then the activation."""
        weights = self.constant(layer.weights.astype(np.float32), f"weights_{k}")
        biases = self.constant(layer.biases.astype(np.float32), f"biases_{k}")
        z = last = self.add("Gemm", inputs, weights, biases, name=f"z{k}")
        for operator, attributes in source_of(layer.activation, "onnx", "ONNX"):
            arguments = [last, z] if operator.endswith(" z") else [last]
            last = self.add(operator.split()[0], *arguments, **attributes)
        return self.add("Identity", last, name=f"a{k}")

    def choose(self, outputs: str, net: mlp.MLP) -> None:
        """The class of each row: the largest output, or whether the only one is above the boundary."""
        if net.sizes[-1] > 1:
            self.add("ArgMax", outputs, axis=1, keepdims=0, name="classes")
            return
        above = self.add("Greater", outputs, self.constant(np.float32(net.loss.boundary)))
        flat = self.add("Reshape", above, self.constant(np.array([-1])))
        self.add("Cast", flat, to=self.onnx.TensorProto.INT64, name="classes")

    def model(self, subject: Subject, columns: tuple[str, ...]) -> bytes:
        """All of it, checked and packed."""
        helper = self.onnx.helper
        graph = helper.make_graph(
            self.nodes,
            "mlp",
            [helper.make_tensor_value_info("rows", self.onnx.TensorProto.DOUBLE, ["n", len(columns)])],
            list(self._outputs(subject)),
            self.constants,
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], producer_name="mlp-playground", ir_version=9)
        told = {} if subject.raw_rows is None else {"table": subject.raw_rows.to_json()}
        helper.set_model_props(model, {"columns": "\n".join(columns), **told})
        self.onnx.checker.check_model(model, full_check=True)
        raw: bytes = model.SerializeToString()
        return raw

    def _outputs(self, subject: Subject) -> Iterator[Any]:
        kinds, tell = self.onnx.TensorProto, self.onnx.helper.make_tensor_value_info
        in_units = subject.raw_rows is not None and subject.raw_rows.target_scale is not None
        yield tell("outputs", kinds.DOUBLE if in_units else kinds.FLOAT, ["n", subject.net.sizes[-1]])
        if subject.trainer.data.n_classes:
            yield tell("classes", kinds.INT64, ["n"])
