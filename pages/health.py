"""How the run on screen is doing at the moment of the timeline, in plain words, and cures to try."""

from __future__ import annotations

from functools import partial

import streamlit as st

from playground import figures
from playground.app import alone, charts, cures, session, stage
from playground.app.charts import Chart
from playground.app.shared_runs import run_of
from playground.app.theme import theme_type
from playground.health import words
from playground.health.checkup import Array, Checkup, examine_run, update_ratios
from playground.health.headlines import healthy_in_words, still_ahead
from playground.health.numbers import columns, gradient_norms, tables
from playground.health.verdicts import Verdict, verdicts
from playground.run.names import layer_name
from playground.run.number import say


def show() -> None:
    """What follows the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        checkup = examine_run(experiment, run.trainer, session.moment(), run)
        # Others may have trained the run further than this timeline goes.
        last = min(max(session.held(experiment.name), session.moment()), run.last_step)
        norms = gradient_norms(run.recording.frames, last)
        updates = update_ratios(run.recording, run.trainer.net, last, run.update_ratios)
    names, theme = [layer.name for layer in checkup.layers], theme_type()
    cures.outcome()
    with st.container(key=cures.FINDINGS):
        _verdicts(checkup)
    if checkup.frozen:
        frozen = " and ".join(layer_name(layer + 1, len(names)) for layer in checkup.frozen)
        st.caption(f"Frozen here: {frozen}. The gradient is the one it would follow; its updates are of size zero.")
    charts.show(_now(checkup, names, theme), key="health_now", columns=4)
    over_time = _over_time(experiment.name, last, theme, norms, updates, names)
    charts.show(over_time, key="health_over_time", columns=2)
    _tables(checkup)


# ---- verdicts -----------------------------------------------------------------------------------------------------
def _verdicts(checkup: Checkup) -> None:
    found = verdicts(checkup)
    when = f"epoch {say(checkup.epoch)}, step {checkup.step}"
    if not found:
        words = healthy_in_words(checkup)
        if ahead := still_ahead(checkup):
            st.info(f"At {when}, no rule of thumb complains, and {ahead}. {words}", icon=":material/hourglass_top:")
        else:
            st.success(f"At {when}, no rule of thumb complains. {words}", icon=":material/favorite:")
        return
    causes = [verdict for verdict in found if not verdict.cause]
    st.markdown(f"**{len(found)} {'finding' if len(found) == 1 else 'findings'} at {when}**, by rules of thumb:")
    columns = st.columns(min(2, len(causes)))
    for k, verdict in enumerate(causes):
        with columns[k % len(columns)], st.container(border=True):
            _card(verdict, checkup, is_first=k == 0)
    _consequences(found[len(causes) :])


def _consequences(found: list[Verdict]) -> None:
    """What may only follow from what stands above, and needs no cure of its own."""
    if found:
        lines = [f"- **{verdict.rule.title}**: {session.plain(verdict.sentence)}" for verdict in found]
        st.markdown("\n".join(["What may only follow from it:", "", *lines]))


def _card(verdict: Verdict, checkup: Checkup, *, is_first: bool) -> None:
    """A finding and its cure; what helps alone is a click further."""
    st.markdown(f"**:material/stethoscope: {verdict.rule.title}**  \n{session.plain(verdict.sentence)}")
    with st.container(horizontal=True):
        for option in verdict.tries[:1]:
            st.button(
                option.label, key=f"try_{verdict.rule.name}", on_click=cures.give, icon=":material/science:",
                args=(verdict.rule, option, checkup.step), type="primary" if is_first else "secondary",
            )  # fmt: skip
        alone.button(verdict, checkup)
    numbers = " · ".join(f"{name} {say(value, 3)}" for name, value in verdict.numbers)
    sources = ", ".join(f"[{source.title}]({source.url})" for source in verdict.rule.sources)
    st.caption(f"{numbers}  \nA rule of thumb, from {sources}.", help=f"The rule: {verdict.rule.when}")
    alone.table(verdict.rule, checkup.step)


# ---- the charts ---------------------------------------------------------------------------------------------------
def _now(checkup: Checkup, names: list[str], theme: str) -> list[Chart]:
    """The strip: a row for each layer, a column for each quantity, at the moment."""
    flat = [float(layer.flat.mean()) for layer in checkup.layers]
    dead = [layer.n_dead / layer.n_units for layer in checkup.layers]
    title = "Flat and dead neurons\nOrange: no gradient at all."
    bars = figures.flat_units(flat, dead, names, theme=theme, title=title)
    return [
        Chart("flat", bars, words.flat_units(checkup.layers)),
        *(
            Chart(column.title, figures.histograms([column], names, theme=theme), words.histogram(column, names))
            for column in columns(checkup)
        ),
    ]


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


# ---- the numbers --------------------------------------------------------------------------------------------------
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


cures.patients()
stage.show("timeline", show, whole=True, plays=True)
