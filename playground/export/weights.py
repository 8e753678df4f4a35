"""The network's numbers as files that other programs read: NumPy's .npz and Hugging Face's .safetensors.

The first is the engine's own format, which `mlp.MLP.load` opens. The second is eight bytes of length, a header in JSON
and the raw numbers (https://github.com/huggingface/safetensors#format): so little that it needs no package, and the
tests read what is written with the original one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

import mlp
from mlp.arrays import Array
from playground.export.pytorch_script import modules
from playground.export.subject import Subject


def npz(subject: Subject) -> bytes:
    """What `mlp.MLP.load` reads, and `numpy.load`: `parameters`, one flat vector, and `description` in JSON.

    Of a network that learned from own data also `table` in JSON: how rows of the table go in, and what comes out.
    """
    file = io.BytesIO()
    subject.net.save(file)
    if subject.raw_rows is not None:
        with zipfile.ZipFile(file, "a") as pack:
            line = io.BytesIO()
            np.lib.format.write_array(line, np.array(subject.raw_rows.to_json()), allow_pickle=False)
            pack.writestr(zipfile.ZipInfo("table.npy"), line.getvalue())
    return file.getvalue()


def safetensors(subject: Subject) -> bytes:
    """What every safetensors reader reads: weights_1 (n_in, n_out), biases_1 (n_out,), weights_2 and so on.

    What is needed beside them to build the network stands in the header's metadata.
    """
    arrays: dict[str, Array] = {}
    for k, layer in enumerate(subject.net.layers, start=1):
        arrays |= {f"weights_{k}": layer.weights, f"biases_{k}": layer.biases}
    return _packed(arrays, {**_description(subject.net), "step": str(subject.step), **_table(subject)})


def state_dict(subject: Subject) -> bytes:
    """What `nn.Sequential.load_state_dict` takes: PyTorch's own names and layout, 0.weight (n_out, n_in), 0.bias, ...

    The numbers count the modules as the PyTorch script has them, activations among them.
    """
    arrays: dict[str, Array] = {}
    linear = (k for k, module in enumerate(modules(subject.net)) if module.startswith("nn.Linear"))
    for k, layer in zip(linear, subject.net.layers, strict=True):
        arrays |= {f"{k}.weight": layer.weights.T, f"{k}.bias": layer.biases}
    said = {"format": "pt", "modules": "\n".join(modules(subject.net)), "use_bias": _use_bias(subject.net)}
    return _packed(arrays, {**said, **_table(subject)})


def _table(subject: Subject) -> dict[str, str]:
    return {} if subject.raw_rows is None else {"table": subject.raw_rows.to_json()}


def _packed(arrays: Mapping[str, Array], metadata: dict[str, str]) -> bytes:
    header: dict[str, Any] = {"__metadata__": metadata}
    body = b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array, "<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def _description(net: mlp.MLP) -> dict[str, str]:
    return {
        "sizes": ",".join(map(str, net.sizes)),
        "activations": ",".join(net.activations),
        "activation_settings": json.dumps([asdict(layer.activation) for layer in net.layers[:-1]]),
        "output_activation": net.output_activation,
        "loss": net.loss.name,
        "use_bias": _use_bias(net),
    }


def _use_bias(net: mlp.MLP) -> str:
    return "on" if net.shape.use_bias else "off"
