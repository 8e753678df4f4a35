"""The network as an ONNX model, for the runtimes of other languages and devices. Needs the optional package `onnx`."""

from __future__ import annotations

import numpy as np

from mlp.source import source_of
from playground.export.subject import Subject

OPSET = 20
OUTPUTS = {"binary_crossentropy": "Sigmoid", "categorical_crossentropy": "Softmax"}


def onnx_model(subject: Subject) -> bytes:
    """Write the network in float32: `inputs` (n, n_in) to `outputs` (n, n_out), probabilities where the loss has them.

    Raises ValueError, in one sentence, where the package is missing or an activation is unknown to it.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError:
        raise ValueError("ONNX needs a package that is not installed here: pip install onnx") from None
    net = subject.net
    if not np.abs(net.parameters).max() <= np.finfo(np.float32).max:
        raise ValueError(
            "The weights at this moment are beyond 3.4e38, which ONNX's single precision ends at: go back to an "
            "earlier moment of the run."
        )
    nodes, constants, last = [], [], "inputs"
    for k, layer in enumerate(net.layers, start=1):
        operators = source_of(layer.activation, "onnx", "ONNX")
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(layer.weights, np.float32), f"weights_{k}"),
            numpy_helper.from_array(np.ascontiguousarray(layer.biases, np.float32), f"biases_{k}"),
        ]
        z = last = f"z{k}"
        nodes.append(helper.make_node("Gemm", [f"a{k - 1}" if k > 1 else "inputs", f"weights_{k}", f"biases_{k}"], [z]))
        for j, (operator, attributes) in enumerate(operators):
            arguments = [last, z] if operator.endswith(" z") else [last]
            last = f"z{k}_{j + 1}"
            nodes.append(helper.make_node(operator.split()[0], arguments, [last], **attributes))
        nodes.append(helper.make_node("Identity", [last], [f"a{k}"]))
    final = OUTPUTS.get(net.loss.name, "Identity")
    nodes.append(helper.make_node(final, [f"a{len(net.layers)}"], ["outputs"]))
    graph = helper.make_graph(
        nodes,
        "mlp",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["n", net.sizes[0]])],
        [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, ["n", net.sizes[-1]])],
        constants,
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], producer_name="mlp-playground", ir_version=9)
    if subject.raw_rows is not None:
        helper.set_model_props(model, {"table": subject.raw_rows.to_json()})
    checker.check_model(model, full_check=True)
    raw: bytes = model.SerializeToString()
    return raw
