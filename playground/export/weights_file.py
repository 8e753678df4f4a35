"""Weights from a file, as the beginning of a run: the network that they make, on the data that are on screen.

Three ways of writing them are known: the engine's own .npz; arrays called `weights_1`, `biases_1`, ...; and PyTorch's
`0.weight` (n_out, n_in), `0.bias`, ... The last two may stand in a .npz or in a .safetensors. Nothing is unpickled, and
a file is believed in nothing: what does not fit is a sentence.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import mlp
from mlp.arrays import Array
from playground.run.config import REGISTRIES, Config, options_of
from playground.run.experiment import Experiment

MAX_BYTES = 40 * 2**20
SUFFIXES = (".npz", ".safetensors")
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_NOT_THESE = {
    b"data.pkl": "PyTorch's pickled format, which can run any program when it is opened. Save it as "
    "safetensors.torch.save_file(net.state_dict(), path)",
    b"metadata.json": "a Keras model. Save its arrays as numpy.savez(path, weights_1=..., biases_1=...)",
    b"\x89HDF": "an HDF5 file. Save its arrays as numpy.savez(path, weights_1=..., biases_1=...)",
}


@dataclass(frozen=True, eq=False)
class Weights:
    """What a file holds: each layer's weights (n_in, n_out) and biases (n_out,), and what it says of the network."""

    layers: tuple[tuple[Array, Array], ...]
    settings: dict[str, Any]
    """Settings of the playground, as far as the file names them"""
    use_bias: bool = True

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, neurons of each layer, outputs."""
        return (len(self.layers[0][0]), *(len(biases) for _, biases in self.layers))


def begin_with(config: Config, weights: Weights) -> tuple[Experiment, list[str]]:
    """The experiment that begins with these weights on a config's data, and sentences on what the file does not say.

    Raises ValueError, in a sentence, where the network does not fit the data.
    """
    given, notes = dict(weights.settings), []
    n_hidden = len(weights.layers) - 1
    if n_hidden and "activations" not in given:
        given["activations"] = config.activations if len(config.activations) in (1, n_hidden) else ("tanh",)
        notes.append(f"The file does not name its activations; {', '.join(given['activations'])} was taken.")
    if "loss" in given and config.task not in mlp.LOSSES[given["loss"]].tasks:
        notes.append(f"The file's loss, {given.pop('loss')}, does not fit the data; the usual one was taken.")
        given.pop("output_activation", None)
    usual = config.changed(loss="auto").loss_name
    if given.get("loss") == usual:
        given["loss"] = "auto"
    given["use_bias"] = "on" if weights.use_bias else "off"
    after = config.changed(hidden_layer_sizes=weights.sizes[1:-1], **given)
    if after.sizes != weights.sizes:
        ours, theirs = after.sizes, weights.sizes
        raise ValueError(
            f"The file's network has {_count(theirs[0], 'input')} and {_count(theirs[-1], 'output')}; the data on "
            f"screen need {ours[0]} and {ours[-1]}. Choose data and input features that fit it first."
        )
    parameters = np.concatenate([np.vstack(layer).T.ravel() for layer in weights.layers])
    held = [k for k in range(after.n_parameters) if weights.use_bias or not after.shape.is_bias(k)]
    return Experiment(after).edit(0, {index: float(parameters[index]) for index in held}), notes


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def read_weights(raw: bytes) -> Weights:
    """Read a .npz or a .safetensors. Raises ValueError, in one sentence, for anything else."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"The file must be at most {MAX_BYTES // 2**20} MB; it has {len(raw) / 2**20:.1f} MB.")
    for mark, what in _NOT_THESE.items():
        if mark in raw[:4000] or (raw[:2] == b"PK" and mark in raw[-4000:]):
            raise ValueError(f"This is {what}.")
    if raw[:2] == b"PK":
        arrays = _npz(raw)
        if {"parameters", "description"} <= arrays.keys():
            return _of_network(raw)
        return _of_arrays(arrays, {})
    arrays, said = _safetensors(raw)
    return _of_arrays(arrays, said)


# ---- the two containers ----------------------------------------------------------------------------------------------
def _npz(raw: bytes) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as pack:
            if sum(entry.file_size for entry in pack.infolist()) > MAX_BYTES:
                raise ValueError(f"The file's arrays must be at most {MAX_BYTES // 2**20} MB.")
        with np.load(io.BytesIO(raw), allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except ValueError as error:
        if "must be at most" in str(error):
            raise
        raise ValueError("This .npz holds Python objects or is broken; only plain arrays are read.") from None
    except Exception:  # a broken zip raises whatever its reader stumbles over
        raise ValueError("This .npz cannot be read: it is cut off or broken.") from None


def _safetensors(raw: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    length = int.from_bytes(raw[:8], "little")
    if len(raw) < 10 or not 2 <= length <= len(raw) - 8 or raw[8:9] != b"{":
        raise ValueError("This is neither a .npz nor a .safetensors file.")
    body = raw[8 + length :]
    try:
        header = json.loads(raw[8 : 8 + length])
        said = header.pop("__metadata__", {})
        if not all(isinstance(words, str) for words in said.values()):
            raise ValueError("the format wants texts there")
        return {name: _tensor(name, entry, body) for name, entry in header.items()}, dict(said)
    except ValueError as error:
        if str(error).startswith("The file"):
            raise
        raise ValueError("The header of this .safetensors file cannot be read.") from None
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("The header of this .safetensors file cannot be read.") from None


def _tensor(name: str, entry: Mapping[str, Any], body: bytes) -> Array:
    kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    if kind not in _TYPES:
        raise ValueError(f"The file's “{name[:40]}” is of type {str(kind)[:10]}; floating-point numbers are needed.")
    size = np.dtype(_TYPES[kind]).itemsize
    whole = all(type(n) is int and n >= 0 for n in (*shape, start, end))
    if not whole or not start <= end <= len(body) or end - start != size * math.prod(shape):
        raise ValueError(f"The file's “{name[:40]}” is cut off.")
    numbers = np.frombuffer(body[start:end], _TYPES[kind]).reshape(shape)
    return (numbers.astype("<u4") << 16).view("<f4") if kind == "BF16" else numbers  # the upper half of a float32


# ---- what the arrays mean --------------------------------------------------------------------------------------------
def _of_network(raw: bytes) -> Weights:
    """The engine's own file: it says all of the network."""
    net = mlp.MLP.load(io.BytesIO(raw))
    settings: dict[str, Any] = {"output_activation": net.output_activation, "loss": net.loss.name}
    rules = [layer.activation for layer in net.layers[:-1]]
    settings |= _activations(rules)
    layers = tuple((np.array(layer.weights), np.array(layer.biases)) for layer in net.layers)
    return _checked(Weights(layers, settings, net.shape.use_bias))


def _activations(rules: list[mlp.Activation]) -> dict[str, Any]:
    """The names of the hidden layers' activations, and the settings that come with them."""
    if not rules:
        return {}
    names = tuple(rule.name for rule in rules)
    options: dict[str, Any] = {}
    for rule in rules:
        for field, option in options_of(REGISTRIES["activations"][rule.name]).items():
            value = getattr(rule, field)
            if options.setdefault(option, value) != value:
                raise ValueError(f"The file's {rule.name} layers have different settings; here all have the same.")
    return {"activations": names if len(set(names)) > 1 else names[:1], **options}


def _of_arrays(arrays: Mapping[str, Array], said: Mapping[str, str]) -> Weights:
    """Arrays by the names of this playground or of PyTorch, in the order of the numbers in their names."""
    ours = {name: array for name, array in arrays.items() if re.fullmatch(r"(?:weights|biases)_\d+", name)}
    theirs = {name: array for name, array in arrays.items() if re.fullmatch(r"(?:.*\.)?(?:weight|bias)", name)}
    if ours:
        pairs = _pairs(ours, "weights_", "biases_", transposed=False)
    elif theirs:
        pairs = _pairs(theirs, "weight", "bias", transposed=True)
    else:
        found = ", ".join(sorted(arrays))[:80] or "nothing"
        raise ValueError(f"The file must hold weights_1, biases_1, ... or 0.weight, 0.bias, ...; it holds {found}.")
    if other := sorted(arrays.keys() - ours.keys() - theirs.keys()):
        raise ValueError(f"The file holds “{other[0][:40]}”, which no layer of this playground has.")
    biased = {biases is not None for _, biases in pairs}
    if len(biased) > 1:
        raise ValueError("Some of the file's layers have biases and some have none; here all have them or none has.")
    layers = tuple((weights, np.zeros(weights.shape[1]) if biases is None else biases) for weights, biases in pairs)
    held_at_zero = said.get("use_bias") == "off" and not any(biases.any() for _, biases in layers)
    return _checked(Weights(layers, _said(said, len(layers) - 1), biased == {True} and not held_at_zero))


def _pairs(arrays: Mapping[str, Array], one: str, two: str, *, transposed: bool) -> list[tuple[Array, Array | None]]:
    """Each layer's weights (n_in, n_out) and biases, or None where it has none."""
    pairs: list[tuple[Array, Array | None]] = []
    for name in sorted((name for name in arrays if one in name.rpartition(".")[2]), key=_in_order):
        head, _, tail = name.rpartition(".")
        partner = f"{head}.{tail.replace(one, two)}".lstrip(".")
        weights, biases = (None if array is None else _numbers(array) for array in (arrays[name], arrays.get(partner)))
        assert weights is not None
        if weights.ndim != 2 or (biases is not None and biases.ndim != 1):
            raise ValueError(f"The file's “{name[:40]}” is no layer of this playground: weights must have two axes.")
        weights = weights.T if transposed else weights
        if biases is not None and len(biases) != weights.shape[1]:
            raise ValueError(f"The file's “{partner[:40]}” must have {weights.shape[1]} numbers; it has {len(biases)}.")
        pairs.append((weights, biases))
    if not pairs:
        raise ValueError("The file holds biases and no weights.")
    for k, ((before, _), (after, _)) in enumerate(pairwise(pairs), start=1):
        if before.shape[1] != len(after):
            raise ValueError(
                f"The file's layer {k} has {before.shape[1]} neurons, and layer {k + 1} takes {len(after)}: its layers "
                "do not follow each other."
            )
    return pairs


def _in_order(name: str) -> tuple[Any, ...]:
    """10.weight comes after 2.weight."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name))


def _numbers(array: Array) -> Array:
    return array.astype(np.float64) if array.dtype.kind in "fiu" else np.full(array.shape, np.nan)


def _said(metadata: Mapping[str, str], n_hidden: int) -> dict[str, Any]:
    """What the header of our own .safetensors says of the network."""
    settings: dict[str, Any] = {}
    try:
        names = [name for name in metadata.get("activations", "").split(",") if name]
        options = json.loads(metadata.get("activation_settings", "[]"))
        if len(names) == n_hidden == len(options):
            settings |= _activations([mlp.ACTIVATIONS[n].__class__(**o) for n, o in zip(names, options, strict=True)])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise ValueError("What this file's header says of its activations cannot be read.") from None
    for name, known in (("loss", mlp.LOSSES), ("output_activation", mlp.ACTIVATIONS)):
        if metadata.get(name) in known:
            settings[name] = metadata[name]
    return settings


def _checked(weights: Weights) -> Weights:
    if not all(np.isfinite(array).all() for layer in weights.layers for array in layer):
        raise ValueError("The file's weights must be finite numbers; some are not.")
    if not all(weights.sizes):
        raise ValueError("The file has a layer without neurons.")
    return weights
