"""How the run on screen is doing at the moment of the timeline, in plain words, and cures to try."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground import figures
from playground.app import alone, charts, cures, session, stage
from playground.app.charts import Chart
from playground.app.shared_runs import run_of
from playground.app.theme import theme_type
from playground.health import words
from playground.health.checkup import Array, Checkup, examine_run, update_ratios
from playground.health.cure import helps, test_loss_at
from playground.health.headlines import healthy_in_words, next_to_try, reservation, well_in_words
from playground.health.numbers import columns, gradient_norms, tables
from playground.health.proof import flat, proof
from playground.health.verdicts import FADES, Try, Verdict, verdicts
from playground.run.compared import settings_in_words
from playground.run.names import layer_name
from playground.run.number import say
from playground.run.runs import network_at


def show() -> None:
    """What follows the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        checkup = examine_run(experiment, run.trainer, session.moment(), run)
        found = verdicts(checkup)
        well = "" if found else well_in_words(checkup, network_at(run.trainer, checkup.step), run.trainer.data)
        # Others may have trained the run further than this timeline goes.
        last = min(max(session.held(experiment.name), session.moment()), run.last_step)
        norms = gradient_norms(run.recording.frames, last)
        updates = update_ratios(run.recording, run.trainer.net, last, run.update_ratios)
    names, theme = [layer.name for layer in checkup.layers], theme_type()
    cured = cures.outcome()
    with st.container(key=cures.FINDINGS):
        if found:
            _verdicts(found, checkup, theme)
        else:
            _healthy(checkup, well, theme, cured)
    if checkup.frozen:
        frozen = " and ".join(layer_name(layer + 1, len(names)) for layer in checkup.frozen)
        st.caption(f"Frozen here: {frozen}. The gradient is the one it would follow; its updates are of size zero.")
    now = _now(
        checkup, names, theme, is_flat_shown=any(v.rule.name in ("dead", "saturated") and not v.cause for v in found)
    )
    st.markdown("#### Each layer at this moment")
    charts.show(now, key=f"health_now_{len(now)}", columns=len(now))
    over_time = _over_time(experiment.name, last, theme, norms, updates, names)
    st.markdown("#### Each layer over the run")
    charts.show(over_time, key="health_over_time", columns=2)
    _tables(checkup)


# ---- verdicts -----------------------------------------------------------------------------------------------------
def _verdicts(found: list[Verdict], checkup: Checkup, theme: str) -> None:
    causes = [verdict for verdict in found if not verdict.cause]
    st.markdown(
        f"**{len(causes)} {'finding' if len(causes) == 1 else 'findings'} at {_when(checkup)}**, by rules of thumb:"
    )
    for k, verdict in enumerate(causes):
        with st.container(border=True):
            _card(verdict, [v for v in found if v.cause == verdict.rule.title], checkup, theme, is_first=k == 0)


def _healthy(checkup: Checkup, well: str, theme: str, cured: str) -> None:
    is_new = cured != "vanishing"  # else the cure's card shows the same picture
    with _beside_its_picture("vanishing", checkup, theme, is_shown=is_new and len(checkup.layers) > 1):
        if ahead := reservation(checkup):
            st.info(f"At {_when(checkup)}, nothing is wrong, but {ahead}.", icon=":material/hourglass_top:")
        else:
            st.success(f"At {_when(checkup)}, nothing is wrong: {well}.", icon=":material/favorite:")
        _next(checkup, is_well=not ahead)
        st.caption(f"By rules of thumb. {healthy_in_words(checkup)}")


def _next(checkup: Checkup, *, is_well: bool) -> None:
    """What the rate that was tried last has done, and for a run that is well what to try then."""
    helped = _tell_what_the_rate_has_done(checkup)
    option = next_to_try(session.experiment().now)
    if is_well and (option is None or helped is False):
        st.markdown("What next? Open a sick network above.")
    elif is_well and option is not None:
        st.markdown("What next? Open a sick network above, or see whether this one learns faster:")
        st.button(
            f"{option.label}, from the start", key="try_next", on_click=_try_next, args=(option, checkup.step),
            icon=":material/science:",
        )  # fmt: skip


def _tell_what_the_rate_has_done(checkup: Checkup) -> bool | None:
    """Whether it helps, told where its run is on screen and the answer is clear."""
    before, after = session.kept("rate_tried", (None, None))
    if after != session.experiment():
        return None
    losses = test_loss_at(run_of(before), checkup.epoch), float(checkup.history.test_loss[-1])
    helped = helps(*losses)
    if helped is not None:
        rates = before.now.learning_rate, after.now.learning_rate
        told = f"A rate of {rates[1]:g} {'learns faster.' if helped else 'does not help: **Undo** leads back.'}"
        was = f"at this epoch it was {say(losses[0], 3)} with a rate of {rates[0]:g}"
        st.markdown(f"The loss on new points is {say(losses[1], 3)}; {was}. {told}")
    return helped


def _try_next(option: Try, step: int) -> None:
    before = session.experiment()
    after = option.experiment(before, 0)  # a branch, beside the run so far
    session.show(after)
    session.set_moment(step)
    session.keep("rate_tried", (before, after))


def _when(checkup: Checkup) -> str:
    return f"epoch {say(checkup.epoch)}, step {checkup.step}"


def _card(verdict: Verdict, follow: list[Verdict], checkup: Checkup, theme: str, *, is_first: bool) -> None:
    """A finding, its cure, what probably only comes of it, and the picture that shows it; what helps alone is a click
    further."""
    with _beside_its_picture(verdict.rule.name, checkup, theme):
        st.markdown(f"**:material/stethoscope: {verdict.rule.title}**  \n{session.plain(verdict.sentence)}")
        with st.container(horizontal=True):
            best = alone.better(verdict.rule)
            if best is not None:  # what did better than the cure, when it was tried
                label = f"Start again with {session.plain(settings_in_words(dict(best.settings)))}"
                _give(label, f"best_{verdict.rule.name}", verdict, best, checkup.step, is_primary=is_first)
            for option in verdict.tries[:1]:
                key, is_primary = f"try_{verdict.rule.name}", is_first and best is None
                _give(option.label, key, verdict, option, checkup.step, is_primary=is_primary)
            alone.button(verdict, checkup)
        if follow:  # they need no cure of their own
            told = [f"- **{v.rule.title}**: {session.plain(v.sentence)}" for v in follow]
            st.markdown("\n".join(["What comes of it:", *told]))
        numbers = " · ".join(f"{name} {say(value, 3)}" for name, value in verdict.numbers)
        sources = ", ".join(f"[{source.title}]({source.url})" for source in verdict.rule.sources)
        st.caption(f"{numbers}  \nA rule of thumb, from {sources}.", help=f"The rule: {verdict.rule.when}")
    alone.table(verdict.rule, checkup.step)


def _give(label: str, key: str, verdict: Verdict, option: Try, step: int, *, is_primary: bool) -> None:
    """The button that gives a cure."""
    st.button(
        label, key=key, on_click=cures.give, args=(verdict.rule, option, step), icon=":material/science:",
        type="primary" if is_primary else "secondary",
    )  # fmt: skip


def _beside_its_picture(rule: str, checkup: Checkup, theme: str, *, is_shown: bool = True) -> DeltaGenerator:
    """The place for the words about what a rule saw; the picture of it stands beside them."""
    if not is_shown:
        return st.container()
    words_there, picture_there = st.columns(2)
    with picture_there:
        shown = proof(rule, checkup, theme)
        chart = Chart(f"proof {rule}", shown.figure, shown.words, shown.title, shown.says)
        charts.show([chart], key=f"proof_{rule}", columns=1)
    return words_there


# ---- the charts ---------------------------------------------------------------------------------------------------
def _now(checkup: Checkup, names: list[str], theme: str, *, is_flat_shown: bool) -> list[Chart]:
    """The strip: a row for each layer, a column for each quantity, at the moment. A chart that stands beside a finding
    is not shown twice."""
    bars, is_any_flat = flat(checkup, theme, is_strip=True), any(layer.flat.any() for layer in checkup.layers)
    sentences = (words.activations_say, words.weights_say, words.gradients_say)
    return [
        *(
            []
            if is_flat_shown
            else [Chart("flat", bars.figure if is_any_flat else None, bars.words, bars.title, bars.says)]
        ),
        *(
            Chart(
                column.title,
                figures.histograms([column], names, theme=theme, title=""),
                words.histogram(column, names),
                column.title,
                sentence(checkup.layers),
            )
            for column, sentence in zip(columns(checkup), sentences, strict=True)
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
        Chart(
            "norms", figures.gradient_norms(epochs, norms, names, fades=FADES, theme=theme, title=""), in_words,
            "Gradient norm of each layer", words.norms_say(epochs, norms, names), over_time=True,
        ),
        Chart(
            "updates", figures.update_ratios(*_updates, names, theme=theme, last=float(epochs[-1]), title=""),
            words.over_time("Size of one update over size of the weights", *_updates, names),
            "Size of one update over size of the weights", words.updates_say(_updates[1], names), over_time=True,
        ),
        Chart(
            "map", figures.gradient_map(epochs, norms, names, theme=theme, title=""), in_words,
            "Gradient against the output layer's", words.map_says(norms, names), over_time=True, wide=True,
        ),
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
stage.show("timeline", show, whole=True, ended=True)
