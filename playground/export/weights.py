"""The network's numbers as files that other programs read: NumPy's .npz and Hugging Face's .safetensors.

Both are written here with NumPy and the standard library. Safetensors are eight bytes of length, a header in JSON and
the raw numbers (https://github.com/huggingface/safetensors#format): so little that it needs no package, and the tests
read what is written with the original one.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from typing import Any

import numpy as np

import mlp
from mlp.arrays import Array
from playground.export.subject import Subject

MAX_HEADER = 100_000
MAX_BYTES = 200 * 2**20


def arrays(net: mlp.MLP) -> dict[str, Array]:
    """Every array under its name: weights_1 (n_in, n_out), biases_1 (n_out,), weights_2 and so on."""
    result = {}
    for k, layer in enumerate(net.layers, start=1):
        result[f"weights_{k}"] = np.ascontiguousarray(layer.weights)
        result[f"biases_{k}"] = np.ascontiguousarray(layer.biases)
    return result


def description(net: mlp.MLP) -> dict[str, str]:
    """What is needed beside the numbers to build the network, as text."""
    return {
        "sizes": ",".join(map(str, net.sizes)),
        "activations": ",".join(net.activations),
        "output_activation": net.output_activation,
        "loss": net.loss.name,
    }


def npz(subject: Subject) -> bytes:
    """What `numpy.load` reads: the arrays, and `description` in JSON. `mlp.MLP.load` has a file of its own."""
    file = io.BytesIO()
    words = np.array(json.dumps(description(subject.net)))
    np.savez_compressed(file, description=words, **arrays(subject.net))  # type: ignore[arg-type]  # names, not options
    return file.getvalue()


def safetensors(subject: Subject) -> bytes:
    """What every safetensors reader reads; the description stands in the header's metadata."""
    header: dict[str, Any] = {"__metadata__": {**description(subject.net), "step": str(subject.step)}}
    body = b""
    for name, array in arrays(subject.net).items():
        raw = array.astype("<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def read_npz(raw: bytes) -> mlp.MLP:
    """The network that `npz` wrote. Raises ValueError, in one sentence; nothing pickled is ever opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES or len(archive.infolist()) > 200:
                raise ValueError("it would unpack to too much")
        with np.load(io.BytesIO(raw), allow_pickle=False) as content:
            found = {name: content[name] for name in content.files}
        words = json.loads(str(found.pop("description")))
    except Exception as error:  # zip, npy and JSON each have many ways to break
        raise ValueError(f"This is not a weights file of the playground: {str(error)[:80] or 'broken'}.") from None
    return _network(words, found)


def read_safetensors(raw: bytes) -> mlp.MLP:
    """The network that `safetensors` wrote. Raises ValueError, in one sentence."""
    length = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or not 2 <= length <= min(MAX_HEADER, len(raw) - 8):
        raise ValueError("This is not a safetensors file: the length of its header is wrong.")
    body = raw[8 + length :]
    try:
        header = json.loads(raw[8 : 8 + length])
        words = header.pop("__metadata__")
        found = {name: _tensor(body, entry) for name, entry in header.items()}
    except Exception as error:  # many ways to break: no JSON, no object, wrong offsets
        raise ValueError(f"This is not a safetensors file of the playground: {str(error)[:80]}.") from None
    return _network(words, found)


def _tensor(body: bytes, entry: dict[str, Any]) -> Array:
    start, stop = (int(k) for k in entry["data_offsets"])
    shape = [int(n) for n in entry["shape"]]
    if entry["dtype"] != "F64" or min(shape, default=1) < 0 or not 0 <= start <= stop <= len(body):
        raise ValueError("a tensor is no float64, or lies outside the file")
    if stop - start != 8 * math.prod(shape):
        raise ValueError("a tensor has not the size of its shape")
    return np.frombuffer(body[start:stop], "<f8").reshape(shape)


def _network(words: Any, found: dict[str, Any]) -> mlp.MLP:
    """Build the network that the words describe, and put the arrays in."""
    try:
        sizes = [int(n) for n in words["sizes"].split(",")]
        activations = [name for name in words["activations"].split(",") if name]
        net = mlp.MLP(sizes, activations, words["loss"], output_activation=words["output_activation"])
    except ValueError as error:
        raise ValueError(f"The file describes no network: {str(error)[:200]}") from None
    except (KeyError, TypeError, AttributeError):
        raise ValueError("The file does not say what network it holds.") from None
    for name, place in arrays_in(net).items():
        array = found.get(name)
        if array is None or array.shape != place.shape or array.dtype != np.float64 or not np.isfinite(array).all():
            raise ValueError(f"The file must hold {name} as {place.shape} finite float64 numbers.")
        place[...] = array
    return net


def arrays_in(net: mlp.MLP) -> dict[str, Array]:
    """The same names as `arrays`, looking into the network."""
    pairs = enumerate(net.layers, start=1)
    return {f"{kind}_{k}": getattr(layer, kind) for k, layer in pairs for kind in ("weights", "biases")}
