"""The health of the run on screen, as Streamlit shows it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from playground import figures, session
from playground.health.checkup import LayerNumbers, layer_names, layer_numbers, network_at
from playground.runs import run_of


def gradients() -> None:
    """Gradient norms over time, and what the weights and their gradients are like at the moment."""
    run, step = run_of(session.experiment()), session.moment()
    with run.lock:
        step = min(step, run.last_step)
        layers = layer_numbers(network_at(run.trainer, step), run.trainer.data)
        frames = run.recording.frames
    epoch = float(np.interp(step, frames.steps, frames.epochs))
    names = layer_names(len(layers))
    theme = theme_type()
    _chart("norms", figures.gradient_norms(frames.epochs, frames.gradient_norms, names, theme=theme, cursor=epoch))
    _chart("strip", _strip(layers, theme, f"Weights and their gradients at step {step}"))


def theme_type() -> str:
    """Light or dark, as the browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _strip(layers: list[LayerNumbers], theme: str, title: str) -> go.Figure:
    weights = figures.Column("Weights", "w", [layer.weights for layer in layers])
    sizes = figures.Column(
        "Gradients of the weights",
        "size of ∂L/∂w",
        [figures.sizes(layer.weight_gradients) for layer in layers],
        [_zeros(layer.weight_gradients) for layer in layers],
        log=True,
    )
    hint = "A row far to the left on the right-hand side hardly learns."
    return figures.histograms([weights, sizes], [n.name for n in layers], theme=theme, title=f"{title}\n{hint}")


def _zeros(values: np.ndarray) -> str:
    share = float((values == 0.0).mean())
    return f"{share:.0%} are zero" if share else ""


def _chart(key: str, figure: go.Figure) -> None:
    st.plotly_chart(figure, theme=None, key=f"health_{key}", config={"displayModeBar": False})


