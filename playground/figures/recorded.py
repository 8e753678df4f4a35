"""The charts of a recorded run: its losses, its gradients, and its weights as they are."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

import mlp
from playground.figures.curves import gradient_norms, loss_curve
from playground.figures.maps import weight_heatmaps
from playground.run.names import layer_names


def charts(recorded: mlp.Frames | mlp.Recording, net: mlp.MLP, *, theme: str = "light") -> dict[str, go.Figure]:
    """The curves of a recording, and the weights of its network at some moment, by name."""
    f = recorded.frames if isinstance(recorded, mlp.Recording) else recorded
    names = layer_names(len(net.layers))
    matrices = [np.vstack([layer.weights, layer.biases]) for layer in net.layers]
    return {
        "gradients": gradient_norms(f.epochs, f.gradient_norms, names, theme=theme),
        "weights": weight_heatmaps(matrices, names, theme=theme),
        "loss": loss_curve(f.epochs, f.train_loss, f.test_loss, theme=theme),
    }
