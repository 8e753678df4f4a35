"""What layers and neurons are called on every page; web/js/shared/names.js says the same, and a table holds both to it.

All are counted from 1; layer 0 are the inputs, and the last layer is the output.
"""

from __future__ import annotations

from collections.abc import Sequence


def unit_name(layer: int, unit: int, sizes: Sequence[int], inputs: Sequence[str] = ()) -> str:
    """A neuron, an input or an output in a sentence; the unit is counted from 0.

    `sizes` are the numbers of inputs, of neurons in each hidden layer, and of outputs. Without names, inputs are
    numbered.
    """
    if layer == 0:
        return f"input {inputs[unit] if inputs else unit + 1}"
    if layer == len(sizes) - 1:
        return f"output {unit + 1}" if sizes[-1] > 1 else "the output"
    return f"neuron {unit + 1} of layer {layer}"


def layer_name(layer: int, n_layers: int) -> str:
    """A layer in a sentence; the inputs are not counted among the `n_layers`."""
    return "the output layer" if layer == n_layers else f"layer {layer}"


def layer_names(n_layers: int) -> list[str]:
    """The layers as they are listed beside a chart: layer 1, layer 2, ..., output."""
    return [*(f"layer {k}" for k in range(1, n_layers)), "output"]


def parameter_name(place: int, sizes: Sequence[int], inputs: Sequence[str] = ()) -> str:
    """A weight or a bias by its place in the flat vector: neuron after neuron, its weights and then its bias."""
    layer = 0
    while place >= (n := (sizes[layer] + 1) * sizes[layer + 1]):
        place, layer = place - n, layer + 1
    unit, source = divmod(place, sizes[layer] + 1)
    to = unit_name(layer + 1, unit, sizes, inputs)
    return f"Bias of {to}" if source == sizes[layer] else f"Weight {unit_name(layer, source, sizes, inputs)} → {to}"
