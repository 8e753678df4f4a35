"""One step of training on the real numbers: the update at the moment of the timeline, taken apart on screen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import mlp
from playground.app import charts, components, session, stage
from playground.app.charts import Chart
from playground.app.shared_runs import run_of
from playground.app.theme import theme_type
from playground.inside.mini_batch import BATCH, class_names, input_labels, map_figure, map_in_words
from playground.inside.picture import Pick, parse_pick, picture
from playground.inside.snippet import MOST_PARAMETERS, numbers, snippet, vocabulary
from playground.inside.step import Step, take_apart
from playground.inside.terms import agreeing_digits, slopes_table
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.glossary import glossary
from playground.run.names import unit_name
from playground.run.number import say

KEY, MAP, TABLE, WHOLE = "inside", "inside_map", "inside_table", "inside_whole"


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    if session.moment() == run.last_step:  # the update that follows is what is to be seen
        run.record(epochs=1, seconds=1.0)
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
    labels, classes = input_labels(experiment), class_names(experiment, theme_type())
    components.inside(key=KEY, data=picture(step, point, pick, labels, classes), on_pick_change=_on_pick,
                      on_point_change=_on_point)  # fmt: skip
    st.markdown(_sentence(step, point))
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        _map(experiment, step, point)
    with right:
        _batch_table(step, labels, point)
    _slopes(step, pick)


def _sentence(step: Step, point: int) -> str:
    size = "one point" if step.n == 1 else f"{step.n} points"
    moved = "weights and biases" if step.net.shape.use_bias else "weights"
    return (
        f"**Step {step.step} → {step.step + 1}** (epoch {say(step.epoch)}): one update of all "
        f"{step.net.shape.n_trainable} {moved}, from a mini-batch of {size}. "
        f"On show: point {point + 1} of {step.n}. Click any neuron or link to see what is behind it."
    )


# ---- which point ------------------------------------------------------------------------------------------------
def _map(experiment: Experiment, step: Step, point: int) -> None:
    """The mini-batch on the plane, where there is a plane."""
    points, _ = make_data(experiment)
    if points.n_inputs != 2:
        st.caption("These data have more than two inputs, and so no plane to be drawn on: pick a row of the table.")
        return
    figure = map_figure(experiment, step, point, theme_type())
    words = map_in_words(step, points.x_train[step.rows], point)
    charts.show([Chart("mini-batch", figure, words, picks=True)], key=MAP, columns=1, on_pick=_on_map)


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
    curve, point = charts.picked(MAP) or (None, 0)
    if curve == BATCH:
        session.keep("point", max(0, point))


def _on_table() -> None:
    event = session.said(TABLE)
    for k in event.selection.rows if event else []:
        session.keep("point", int(k))


def _on_point() -> None:
    point = session.said(KEY).point
    if type(point) is int:  # anything may come from a browser
        session.keep("point", max(0, point))


def _on_pick() -> None:
    session.keep("pick", session.said(KEY).pick)


# ---- the rest ---------------------------------------------------------------------------------------------------
@st.fragment
def _whole(step: Step) -> None:
    """The whole step at once, as the computer does it and as a reader may; only what is open is drawn."""
    views = {"As a NumPy program": _program, "In vectors": _vectors, "As the computer does it": _calls}
    for tab, draw in zip(st.tabs(list(views), key=WHOLE, on_change="rerun"), views.values(), strict=True):
        if tab.open:
            with tab:
                draw(step)


def _slopes(step: Step, pick: Pick) -> None:
    layer, unit = max(pick[0], 1), pick[-1] if pick[0] else 0
    table = slopes_table(step, layer, unit)
    st.markdown(
        f"**Is backpropagation right?** Each weight into {unit_name(layer, unit, step.net.sizes)} is moved a little up "
        "and down, and the change of the loss is measured. Taken together, gradients and measurements agree to "
        f"**{agreeing_digits(table)} digits**; a very small slope by itself to fewer, for a measurement sees nothing "
        "below about 10⁻¹¹. Click another neuron to check the weights into it."
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
    plan = mlp.describe_step(step.net, step.n, step.settings)
    off = "" if step.net.shape.use_bias else ", all of them zero here"
    st.markdown(
        f"The engine's own plan: **{len(plan)} NumPy calls** make one step. Arrays are features first (a column for "
        f"each point), a row of ones carries the biases{off}, and every result goes into a buffer that is used again."
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
        bias = rf" + b^{{({k})}}" if step.net.shape.use_bias else ""
        forward.append(rf"Z^{{({k})}} &= A^{{({k - 1})}} W^{{({k})}}{bias} && {dims}")
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
        share = "" if step.is_sum else r"\tfrac1n "
        gradient = rf"G^{{({k})}} &= {share}A^{{({k - 1})\top}} \delta^{{({k})}}"
        backward.append(rf"{gradient} && ({sizes[k - 1]} \times {sizes[k]})")
    left, right = st.columns(2)
    with left:
        st.markdown("Forwards: a row for each point of the mini-batch")
        st.latex(r"\begin{aligned}" + r"\\".join(forward) + r"\end{aligned}")
    with right:
        st.markdown("Backwards")
        st.latex(r"\begin{aligned}" + r"\\".join(backward) + r"\end{aligned}")
    every = "weight and bias" if step.net.shape.use_bias else "weight"
    st.markdown(f"Update, for every {every} at once ({step.settings.optimizer.label}): "
                f"{step.settings.optimizer.formula}")  # fmt: skip


def _program(step: Step) -> None:
    if step.net.n_parameters > MOST_PARAMETERS:
        st.caption(f"This network has {step.net.n_parameters} parameters, too many for a program that is to be read.")
        return
    try:
        program = snippet(step)
    except ValueError as error:
        st.info(session.plain(str(error)))
        return
    st.markdown(
        "This very step as a program: it needs only NumPy, and prints the numbers shown above. Click a name to go to "
        "where it comes up in the walk."
    )
    explained = glossary()
    words = {
        name: {**word._asdict(), "explained": explained.get(word.term, "")} for name, word in vocabulary(step).items()
    }
    components.program(key="inside_program", data={"text": program, "folded": numbers(step), "words": words})


stage.show("timeline", show)
