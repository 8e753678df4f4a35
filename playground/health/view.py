"""The page "Health": how the run on screen is doing at the moment of the timeline, and what might help."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

import mlp
from playground import charts, figures, link, session
from playground.charts import Chart
from playground.experiment import Experiment
from playground.health import words
from playground.health.checkup import Array, Checkup, examine, update_ratios
from playground.health.sick import SICK, Sick
from playground.health.verdicts import Try, Verdict, verdicts
from playground.runs import plane_of, run_of


def show() -> None:
    """What follows the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    plane = plane_of(experiment)
    features = experiment.config.features if plane is None or plane.axes.shape[1] == 2 else ()
    with run.lock:
        own_data = experiment.config.own_data
        checkup = examine(run.trainer, session.moment(), features, run.update_ratios, own_data)
        # Others may have trained the run further than this timeline goes.
        last = min(max(session.sent(experiment.name), session.moment()), run.last_step)
        norms = gradient_norms(run.recording.frames, last)
        updates = update_ratios(run.recording, run.trainer.net, last, run.update_ratios)
    names, theme = [layer.name for layer in checkup.layers], theme_type()
    _verdicts(checkup)
    charts.show(_now(checkup, names, theme), key="health_now", columns=4)
    over_time = _over_time(experiment.name, last, theme, norms, updates, names)
    charts.show(over_time, key="health_over_time", columns=2)
    _tables(checkup)


def theme_type() -> str:
    """Light or dark, as the browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"


# ---- verdicts -----------------------------------------------------------------------------------------------------
def _verdicts(checkup: Checkup) -> None:
    found = verdicts(checkup)
    when = f"epoch {checkup.epoch:.4g}, step {checkup.step}"
    if not found:
        st.success(
            f"At {when}, no rule of thumb complains: every layer gets a gradient, the units work, and the steps are "
            "of a good size. Try one of the sick networks below.",
            icon=":material/favorite:",
        )
        return
    st.markdown(f"**{len(found)} {'finding' if len(found) == 1 else 'findings'} at {when}**, by rules of thumb:")
    columns = st.columns(min(2, len(found)))
    for k, verdict in enumerate(found):
        with columns[k % len(columns)], st.container(border=True):
            _card(verdict, checkup.step)


def _card(verdict: Verdict, step: int) -> None:
    st.markdown(f"**:material/stethoscope: {verdict.rule.title}**")
    st.markdown(session.plain(verdict.sentence))
    numbers = " · ".join(f"{name} {_number(value)}" for name, value in verdict.numbers)
    sources = ", ".join(f"[{source.title}]({source.url})" for source in verdict.rule.sources)
    with st.container(horizontal=True):
        for k, option in enumerate(verdict.tries):
            st.button(
                option.label, key=f"try_{verdict.rule.name}_{k}", on_click=_try, args=(option, step),
                icon=":material/science:", type="primary" if k == 0 else "secondary",
            )  # fmt: skip
    st.caption(f"{numbers}  \nA rule of thumb, from {sources}.", help=f"The rule: {verdict.rule.when}")


def _try(option: Try, step: int) -> None:
    try:
        session.show(option.experiment(session.experiment(), step))
    except ValueError as error:
        session.notify(str(error))


def _number(value: float) -> str:
    return (f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.4g}").replace("-", "−")


# ---- the charts ---------------------------------------------------------------------------------------------------
def _now(checkup: Checkup, names: list[str], theme: str) -> list[Chart]:
    """The strip: a row for each layer, a column for each quantity, at the moment."""
    flat = [float(layer.flat.mean()) for layer in checkup.layers]
    dead = [layer.n_dead / layer.n_units for layer in checkup.layers]
    title = "Flat and dead units\nOrange: no gradient at all."
    bars = figures.flat_units(flat, dead, names, theme=theme, title=title)
    return [
        Chart("flat", bars, words.flat_units(checkup.layers)),
        *(
            Chart(column.title, figures.histograms([column], names, theme=theme), words.histogram(column, names))
            for column in _columns(checkup)
        ),
    ]


def gradient_norms(frames: mlp.Frames, last: int) -> tuple[Array, Array]:
    """Epochs (k,) and the norm of each layer's gradient (k, n_layers), for the frames up to a last step."""
    n = int(np.searchsorted(frames.steps, last, side="right"))
    return frames.epochs[:n], frames.gradient_norms[:n]


@st.cache_resource(max_entries=32, show_spinner=False)
def _over_time(
    run: str, last: int, theme: str, _norms: tuple[Array, Array], _updates: tuple[Array, Array], _names: list[str]
) -> list[Chart]:
    """What is the same at every moment of a run up to its last step; the browser marks the moment."""
    (epochs, norms), names = _norms, _names
    in_words = words.over_time("Gradient norms", epochs, norms, names)
    return [
        Chart("norms", figures.gradient_norms(epochs, norms, names, theme=theme), in_words, over_time=True),
        Chart(
            "updates", figures.update_ratios(*_updates, names, theme=theme, last=float(epochs[-1])),
            words.over_time("Size of one update over size of the weights", *_updates, names), over_time=True,
        ),
        Chart("map", figures.gradient_map(epochs, norms, names, theme=theme), in_words, over_time=True, wide=True),
    ]  # fmt: skip


def _columns(checkup: Checkup) -> list[figures.Column]:
    layers = checkup.layers
    return [
        figures.Column("Activations", "a", [n.a for n in layers], hint="Piled up at the ends: saturated."),
        figures.Column("Weights", "w", [n.weights for n in layers], hint="A single spike: all weights alike."),
        figures.Column(
            "Gradients", "size of ∂L/∂w", [figures.sizes(n.weight_gradients) for n in layers],
            [_zeros(n.weight_gradients) for n in layers], hint="Far left of the others: hardly learns.", log=True,
        ),
    ]  # fmt: skip


def _zeros(values: np.ndarray) -> str:
    share = float((values == 0.0).mean())
    return f"{share:.0%} are zero" if share else ""


# ---- the numbers --------------------------------------------------------------------------------------------------
def tables(checkup: Checkup) -> dict[str, pd.DataFrame]:
    """The numbers behind each plot."""
    names, past = [layer.name for layer in checkup.layers], checkup.history
    layers = pd.DataFrame({
        "layer": names,
        "activation": [n.activation.name for n in checkup.layers],
        "units": [n.n_units for n in checkup.layers],
        "dead units": [n.n_dead for n in checkup.layers],
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
    for column in _columns(checkup):
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


def _tables(checkup: Checkup) -> None:
    opened = st.expander("The numbers behind the plots", key="health_numbers", on_change="rerun")
    if not opened.open:  # large, and to most readers no news
        return
    with opened:
        st.caption(f"All over the training data, up to step {checkup.step}.")
        every = tables(checkup)
        for tab, (name, table) in zip(st.tabs(list(every)), every.items(), strict=True):
            with tab:
                st.dataframe(table, hide_index=True, height=260)
                st.download_button(
                    "Save as CSV file", partial(table.to_csv, index=False),
                    file_name=f"{name.lower().replace(' ', '-')}.csv", mime="text/csv",
                    key=f"csv_{name}", on_click="ignore", icon=":material/download:",
                )  # fmt: skip


# ---- patients -----------------------------------------------------------------------------------------------------
def patients() -> None:
    """Networks that are ill on purpose, each a click away."""
    st.markdown("**Sick networks to try it on**")
    with st.container(horizontal=True):
        for name, sick in SICK.items():
            st.button(
                sick.label, key=f"sick_{name}", on_click=session.show, args=(Experiment(sick.config),),
                help=f"{sick.help} {_address(sick)}",
            )  # fmt: skip


def _address(sick: Sick) -> str:
    if sick.config.own_data is not None:
        return "The data travel in its link, which the address bar shows."
    return f"Its link ends in `{link.to_link(sick.config)}`"
