"""The numbers behind the page's plots: columns of the histograms, curves up to a moment, and tables to take along."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mlp
from playground import figures
from playground.health.checkup import Array, Checkup
from playground.run.number import percent


def gradient_norms(frames: mlp.Frames, last: int) -> tuple[Array, Array]:
    """Epochs (k,) and the norm of each layer's gradient (k, n_layers), for the frames up to a last step."""
    n = int(np.searchsorted(frames.steps, last, side="right"))
    return frames.epochs[:n], frames.gradient_norms[:n]


def columns(checkup: Checkup) -> list[figures.Column]:
    """The histograms at a moment: activations, weights, and sizes of the gradients, a row for each layer."""
    layers = checkup.layers
    return [
        figures.Column("Activations", "output a", [n.a for n in layers]),
        figures.Column("Weights", "weight w", [n.weights for n in layers]),
        figures.Column(
            "Gradients", "gradient of a weight, size of ∂L/∂w", [figures.sizes(n.weight_gradients) for n in layers],
            [_zeros(n.weight_gradients) for n in layers], log=True,
        ),
    ]  # fmt: skip


def _zeros(values: np.ndarray) -> str:
    share = float((values == 0.0).mean())
    return f"{percent(share, 2)} are zero" if share else ""


def tables(checkup: Checkup) -> dict[str, pd.DataFrame]:
    """The numbers behind each plot."""
    names, past = [layer.name for layer in checkup.layers], checkup.history
    layers = pd.DataFrame({
        "layer": names,
        "activation": [n.activation.name for n in checkup.layers],
        "neurons": [n.n_units for n in checkup.layers],
        "dead neurons": [n.n_dead for n in checkup.layers],
        "share of flat outputs": [float(n.flat.mean()) for n in checkup.layers],
        "mean of activations": [float(n.a.mean()) for n in checkup.layers],
        "deviation of activations": [float(n.a.std()) for n in checkup.layers],
        "mean of weights": [float(n.weights.mean()) for n in checkup.layers],
        "deviation of weights": [float(n.weights.std()) for n in checkup.layers],
        "gradient norm": [n.gradient_norm for n in checkup.layers],
    })  # fmt: skip
    norms = pd.DataFrame(past.gradient_norms, columns=names)
    loss = pd.DataFrame({"training loss": past.train_loss, "test loss": past.test_loss})
    for table in (norms, loss):
        table.insert(0, "epoch", past.epochs)
        table.insert(0, "step", past.steps)
    updates = pd.DataFrame(past.update_ratios, columns=names)
    updates.insert(0, "epoch", past.update_epochs)
    rows = []
    for column in columns(checkup):
        edges, shares = figures.binned(column)
        edges = 10.0**edges if column.log else edges
        for name, share in zip(names, shares, strict=True):
            rows += [(column.title, name, lo, hi, s) for lo, hi, s in zip(edges, edges[1:], share, strict=False)]
    bins = pd.DataFrame(rows, columns=["quantity", "layer", "from", "to", "share"])
    return {
        "Layers": layers,
        "Gradient norms": norms,
        "Updates over weights": updates,
        "Loss": loss,
        "Histograms": bins,
    }
