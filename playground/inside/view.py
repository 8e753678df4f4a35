"""The page "Inside a step": the update at the moment of the timeline, taken apart on screen."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import mlp
from playground import figures, session
from playground.experiment import Experiment
from playground.inside.expressions import say
from playground.inside.picture import Pick, parse_pick, picture
from playground.inside.snippet import MOST_PARAMETERS, snippet
from playground.inside.step import Step, digits, take_apart
from playground.inside.terms import slopes_table
from playground.runs import make_data, plane_of, run_of
from playground.stage.bootstrap import script

KEY, MAP, TABLE, WHOLE = "inside", "inside_map", "inside_table", "inside_whole"
GRID = 48

_component = st.components.v2.component(
    "inside",
    html='<div class="inside-place" style="min-height: 640px"></div>',
    js=script("inside.js"),
    isolate_styles=False,
)


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        if run.last_step == 0:
            st.info("This run has made no step yet to take apart. Press Step, or choose a smaller learning rate.")
            return
        step = take_apart(run.trainer, session.moment())
    _walk(experiment, step)
    _whole(step)


@st.fragment
def _walk(experiment: Experiment, step: Step) -> None:
    """All that depends on the point and on what is picked; a click draws this part anew and leaves the rest alone."""
    pick = parse_pick(session.kept("pick", ""), step)
    point = min(int(session.kept("point", 0)), step.n - 1)
    st.markdown(_sentence(step, point))
    labels = _input_labels(experiment)
    _component(key=KEY, data=picture(step, point, pick, labels), on_pick_change=_on_pick)
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        _map(experiment, step, point)
    with right:
        _batch_table(step, labels, point)
    _slopes(step, pick)


def _sentence(step: Step, point: int) -> str:
    size = "one point" if step.n == 1 else f"{step.n} points"
    return (
        f"**Step {step.step} → {step.step + 1}** (epoch {step.epoch:.4g}): one update of all "
        f"{step.net.n_parameters} weights and biases, from a mini-batch of {size}. "
        f"On show: point {point + 1} of {step.n}. Click any unit or link to see what is behind it."
    )


# ---- which point ------------------------------------------------------------------------------------------------
def _map(experiment: Experiment, step: Step, point: int) -> None:
    """The mini-batch on the plane, where there is a plane."""
    points, _ = make_data(experiment)
    if points.n_inputs != 2:
        st.caption("These data have more than two inputs, and so no plane to be drawn on: pick a row of the table.")
        return
    st.plotly_chart(
        _map_figure(experiment, step, point, theme_type()), theme=None, key=MAP, on_select=_on_map,
        selection_mode="points", config={"displayModeBar": False},
        alt=_map_in_words(step, points.x_train[step.rows], point),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _map_figure(experiment: Experiment, step: Step, point: int, theme: str) -> go.Figure:
    points, _ = make_data(experiment)
    x, plane = points.x_train, plane_of(experiment)
    reach = 1.08 * float(np.abs(x).max())
    axis = np.linspace(-reach, reach, GRID)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    net = step.net
    if plane is not None and plane.axes.shape[1] != 2:
        output = net.outputs(plane.origin + grid @ plane.axes)
    else:
        output = net.outputs(mlp.expand_features(grid, experiment.config.features))
    regression = points.task == "regression"
    middle, limit = 0.0 if regression else net.loss.boundary, 3.0 if net.loss.from_logits else 1.0
    # Of several outputs, how far the winner is ahead: the seam stays where it belongs.
    top = np.sort(output, axis=1)
    values = output[:, 0] if output.shape[1] == 1 else top[:, -1] - top[:, -2]
    truth = np.asarray(step.labels, float)
    kinds = truth[:, 0] > 0 if regression else truth
    return figures.mini_batch(
        axis, axis, values.reshape(GRID, GRID), x[step.rows], kinds, np.delete(x, step.rows, axis=0), point,
        theme=theme, middle=middle, limit=limit, axes=plane.labels if plane else ("x₁", "x₂"),
    )  # fmt: skip


def _map_in_words(step: Step, x: np.ndarray, point: int) -> str:
    """The picture of the mini-batch, points (n, 2), for those who cannot see it."""
    (low_1, low_2), (high_1, high_2) = x.min(axis=0), x.max(axis=0)
    truth, output = step.labels[point], step.layers[-1].a[point]
    return (
        f"The mini-batch on the plane: {step.n} points, x₁ from {say(low_1)} to {say(high_1)}, "
        f"x₂ from {say(low_2)} to {say(high_2)}. Point {point + 1} is followed: x₁ {say(x[point, 0])}, "
        f"x₂ {say(x[point, 1])}, truth {_listed(truth)}, output {_listed(output)}, loss {say(step.losses[point])}."
    )


def _listed(values: np.ndarray) -> str:
    return ", ".join(say(float(value)) for value in np.ravel(values))


def _batch_table(step: Step, labels: list[str], point: int) -> None:
    """The mini-batch as a table, a row for each point; a click on a row picks it."""
    shown = labels[:6]
    table: dict[str, Any] = {"": ["▶" if k == point else "" for k in range(step.n)]}
    table |= {f"{label} " if label in ("truth", "loss") else label: step.x[:, i] for i, label in enumerate(shown)}
    table["truth"] = step.labels if step.labels.ndim == 1 else step.labels[:, 0]
    outputs = step.layers[-1].a
    table |= {_output_name(step, k): outputs[:, k] for k in range(min(outputs.shape[1], 4))}
    table["loss"] = step.losses
    more = f" (the first 6 of {len(labels)} inputs)" if len(labels) > len(shown) else ""
    st.markdown(f"**The mini-batch**{more}: select a row to follow that point.")
    number = st.column_config.NumberColumn(format="%.4f")
    st.dataframe(
        pd.DataFrame(table, index=pd.RangeIndex(1, step.n + 1, name="point")), height=280, key=TABLE,
        on_select=_on_table, selection_mode="single-row",
        column_config={name: number for name in table if name not in ("", "truth")},
    )  # fmt: skip


def _output_name(step: Step, k: int) -> str:
    letter = "z" if step.net.loss.from_logits else "ŷ"
    return letter if step.net.sizes[-1] == 1 else f"{letter}{k + 1}"


def _on_map() -> None:
    event = session.said(MAP)
    for p in event.selection.points if event else []:
        if p.get("curve_number") == 2:
            session.keep("point", int(p["point_index"]))


def _on_table() -> None:
    event = session.said(TABLE)
    for k in event.selection.rows if event else []:
        session.keep("point", int(k))


def _on_pick() -> None:
    session.keep("pick", session.said(KEY).pick)


# ---- the rest ---------------------------------------------------------------------------------------------------
@st.fragment
def _whole(step: Step) -> None:
    """The whole step at once, as the computer does it and as a reader may; only what is open is drawn."""
    views = {"As the computer does it": _calls, "In vectors": _vectors, "As a NumPy program": _program}
    for tab, draw in zip(st.tabs(list(views), key=WHOLE, on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab:
                draw(step)


def _slopes(step: Step, pick: Pick) -> None:
    layer, unit = max(pick[0], 1), pick[-1] if pick[0] else 0
    table = slopes_table(step, layer, unit)
    gradient, measured = (np.array([row[name] for row in table]) for name in ("gradient", "measured slope"))
    exact = digits(float(np.linalg.norm(gradient)), float(np.linalg.norm(measured)), gradient - measured)
    st.markdown(
        f"**Is backpropagation right?** Each weight into unit {unit + 1} of layer {layer} is moved a little up and "
        "down, and the change of the loss is measured. Taken together, gradients and measurements agree to "
        f"**{exact} digits**; a very small slope by itself to fewer, for a measurement sees nothing below about 10⁻¹¹."
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(table), hide_index=True, height=min(36 * (len(table) + 1), 380),
        column_config={
            "value": number(format="%.8f"), "gradient": number(format="%.12f"),
            "measured slope": number(format="%.12f"), "relative error": number(format="%.1e"),
            "new value": number(format="%.8f"),
        },
    )  # fmt: skip


def _calls(step: Step) -> None:
    s = step.settings
    plan = step.net.plan(step.n, s.optimizer, l1=s.l1, l2=s.l2, dropout=s.dropout, clip_norm=s.clip_norm)
    st.markdown(
        f"The engine's own plan: **{len(plan)} NumPy calls** make one step. Arrays are features first (a column for "
        "each point), a row of ones carries the biases, and every result goes into a buffer that is used again."
    )
    rows = [
        {
            "NumPy call": call.function,
            "reads": ", ".join(_shape(s) for s in call.inputs),
            "writes": _shape(call.output),
            "which is part of": call.meaning,
        }
        for call in plan
    ]
    st.dataframe(pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1)), height=380)


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "a number"


def _vectors(step: Step) -> None:
    """The same step in capital letters, a row of each matrix for each point."""
    n, last = step.n, len(step.layers)
    sizes = step.net.sizes
    forward = [rf"A^{{(0)}} &= X && ({n} \times {sizes[0]})"]
    for k in range(1, last + 1):
        dims = rf"({n} \times {sizes[k]})"
        forward.append(rf"Z^{{({k})}} &= A^{{({k - 1})}} W^{{({k})}} + b^{{({k})}} && {dims}")
        masked = rf" \odot M^{{({k})}}" if step.layers[k - 1].mask is not None else ""
        if step.layers[k - 1].activation.name != "identity" or k < last:
            name = step.layers[k - 1].activation.label
            forward.append(rf"A^{{({k})}} &= \text{{{name}}}(Z^{{({k})}}){masked} && {dims}")
    backward = [rf"\delta^{{({last})}} &= \partial L / \partial Z^{{({last})}} && ({n} \times {sizes[-1]})"]
    for k in range(last, 0, -1):
        if k < last:
            masked = rf" \odot M^{{({k})}}" if step.layers[k - 1].mask is not None else ""
            back = rf"\delta^{{({k + 1})}} W^{{({k + 1})\top}}"
            backward.append(rf"\delta^{{({k})}} &= {back} \odot f'(Z^{{({k})}}){masked} && ({n} \times {sizes[k]})")
        gradient = rf"G^{{({k})}} &= \tfrac1n A^{{({k - 1})\top}} \delta^{{({k})}}"
        backward.append(rf"{gradient} && ({sizes[k - 1]} \times {sizes[k]})")
    left, right = st.columns(2)
    with left:
        st.markdown("Forwards: a row for each point of the mini-batch")
        st.latex(r"\begin{aligned}" + r"\\".join(forward) + r"\end{aligned}")
    with right:
        st.markdown("Backwards")
        st.latex(r"\begin{aligned}" + r"\\".join(backward) + r"\end{aligned}")
    st.markdown(f"Update, for every weight and bias at once ({step.settings.optimizer.label}): "
                f"{step.settings.optimizer.formula}")  # fmt: skip


def _program(step: Step) -> None:
    if step.net.n_parameters > MOST_PARAMETERS:
        st.caption(f"This network has {step.net.n_parameters} parameters, too many for a program that is to be read.")
        return
    st.markdown("This very step as a program: it needs only NumPy, and prints the numbers shown above.")
    st.code(snippet(step), language="python", height=420)


def theme_type() -> str:
    """Light or dark, as the browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _input_labels(experiment: Experiment) -> list[str]:
    plane, own = plane_of(experiment), experiment.config.own_data
    if plane is not None and own is not None and plane.axes.shape[1] != 2:
        return list(own.inputs)
    return [mlp.FEATURES[name].label for name in experiment.config.features]
