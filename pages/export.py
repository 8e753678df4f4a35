"""The page "Take along": a link, code, files and pictures of the run at the timeline's moment; and the way back."""

from __future__ import annotations

import importlib.util
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st

from playground.app import session, stage
from playground.app.server import base_path
from playground.app.shared_runs import run_of
from playground.app.theme import theme_type
from playground.export import EXPORTERS, Exporter, Subject
from playground.export.experiment_file import MAX_BYTES, read_experiment
from playground.export.pictures import pictures
from playground.export.qr_code import qr_code
from playground.export.side_by_side import WAYS, promises, side_by_side
from playground.export.weights_file import SUFFIXES, begin_with, read_weights
from playground.run import link
from playground.run.classics import classic_of
from playground.run.experiment import Experiment
from playground.run.number import say


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        subject = Subject(experiment, run.trainer, min(session.moment(), run.last_step))
        loss = subject.transcript.train_loss
    st.markdown(
        f"What you take along is the run **up to step {subject.step:,}**, where its training loss is {say(loss)}. "
        "Drag the timeline to another moment, and everything here follows."
    )
    _link(subject)
    _classic(subject)
    _code(subject)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _files(subject)
    with right:
        _back()
    _pictures(subject)


# ---- the link ----------------------------------------------------------------------------------------------------
def _link(subject: Subject) -> None:
    st.subheader("Link")
    if not link.fits(subject.experiment):
        st.info("Your data or weights are too many for a link. Take the experiment file along: it holds them all.")
        return
    query = link.run_to_query(subject.experiment, subject.step) | session.on_show().to_query()
    address = f"{_home()}/?{urlencode(query, safe=',:;@')}" if query else f"{_home()}/"
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown("Opens this very run at this very step for anyone who reaches this server, to the last digit.")
    left.code(address, language=None, wrap_lines=True)
    with right.popover("QR code", use_container_width=True):
        _qr_code(address)


def _home() -> str:
    """Where this playground is, as the browser sees it."""
    parts = urlsplit(st.context.url or "http://localhost:8501")
    return f"{parts.scheme}://{parts.netloc}{base_path()}"


def _qr_code(address: str) -> None:
    try:
        st.image(qr_code(address), width=360, alt="QR code of the link")
    except ValueError as error:
        st.markdown(session.plain(str(error)))
    else:
        st.caption("For an audience: point a camera at it.")


# ---- a classic in several ways -----------------------------------------------------------------------------------
def _classic(subject: Subject) -> None:
    """For the run of a well-known text: its own code beside the engine's and that of two frameworks."""
    classic = classic_of(subject.experiment.config)
    ways = side_by_side(classic) if classic else None
    if classic is None or ways is None:
        return
    st.subheader(f"{classic.label}, and in a framework")
    st.markdown(
        f"The same network on the same data in four ways, after **{ways.epochs:,} epochs** (this page stands at epoch "
        f"{say(subject.frames.epochs[-1])}): lines of code, processor time, and loss on new data, as "
        "`python -m benchmarks.classics` measured them."
    )
    st.dataframe(list(ways.measured), hide_index=True)
    for tab, source in zip(st.tabs(list(WAYS.values())), ways.code.values(), strict=True):
        tab.code(source, language="python", height=320)
    with st.expander("The data and the first weights, which all four begin with"):
        st.code(ways.data, language="python")
    if classic.name == "sum":
        with st.expander("What the demo's text promises: layers, sizes, time and data, each with a number"):
            st.markdown(promises())


# ---- code --------------------------------------------------------------------------------------------------------
def _code(subject: Subject) -> None:
    st.subheader("Code that repeats it")
    scripts = [exporter for exporter in EXPORTERS.values() if exporter.group == "code"]
    for tab, exporter in zip(st.tabs([exporter.label for exporter in scripts]), scripts, strict=True):
        with tab:
            _script(subject, exporter)


def _script(subject: Subject, exporter: Exporter) -> None:
    try:
        source = exporter.write(subject).decode()
    except ValueError as error:
        st.info(session.plain(str(error)))
        return
    name = exporter.filename(subject)
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(f"{exporter.help} It trains, and says at the end whether its numbers are the playground's.")
    right.download_button("Download", source, name, exporter.mime, key=f"take {exporter.name}", on_click="ignore")
    shown, _, _ = source.partition("# ---- the numbers")
    rest = "# ... and below, packed: the data, the first weights, and what must come out"
    st.code(f"{shown.rstrip()}\n\n{rest}", height=360)


# ---- files -------------------------------------------------------------------------------------------------------
def _files(subject: Subject) -> None:
    st.subheader("Files")
    for exporter in EXPORTERS.values():
        if exporter.group == "code":
            continue
        left, right = st.columns([3, 2], vertical_alignment="center")
        left.markdown(exporter.help)
        if exporter.needs and importlib.util.find_spec(exporter.needs) is None:
            right.caption(f"Needs `pip install {exporter.needs}` on the server.")
            continue
        right.download_button(
            exporter.label, partial(exporter.write, subject), exporter.filename(subject), exporter.mime,
            key=f"take {exporter.name}", on_click="ignore", width="stretch",
        )  # fmt: skip


# ---- pictures ----------------------------------------------------------------------------------------------------
def _pictures(subject: Subject) -> None:
    st.subheader("Pictures")
    kind = st.segmented_control("Save as", ["PNG", "SVG"], default="PNG", key="picture kind") or "PNG"
    st.caption("The camera in a picture's corner saves it, in twice the size of the screen.")
    columns = st.columns(2)
    for k, (name, figure) in enumerate(pictures(subject, theme_type()).items()):
        options = {"format": kind.lower(), "filename": f"{subject.stem}-{name}", "scale": 2}
        config = {"displayModeBar": True, "modeBarButtons": [["toImage"]], "displaylogo": False}
        config["toImageButtonOptions"] = options
        with columns[k % 2]:
            st.plotly_chart(figure, theme=None, config=config, key=f"picture {name}")


# ---- the way back ------------------------------------------------------------------------------------------------
def _back() -> None:
    st.subheader("Open a file")
    st.markdown(
        "An experiment (JSON) opens the same run again, own data included. Weights (NPZ or safetensors, from here or "
        "from PyTorch) begin a new run on the present data."
    )
    st.file_uploader(
        "Experiment or weights", ["json", "npz", "safetensors"], key="opened", max_upload_size=MAX_BYTES // 2**20,
        on_change=_open, label_visibility="collapsed",
    )  # fmt: skip


def _read(name: str, raw: bytes) -> tuple[Experiment, int, list[str]]:
    if name.lower().endswith(SUFFIXES):
        experiment, problems = begin_with(session.experiment().now, read_weights(raw))
        return experiment, 0, problems
    return read_experiment(raw)


def _open() -> None:
    file = session.said("opened")
    if file is None:
        return
    try:
        experiment, step, problems = _read(file.name, file.getvalue())
    except ValueError as error:
        session.notify(str(error))
        return
    for sentence in problems:
        session.notify(sentence)
    session.show(experiment)
    run_of(experiment).record_until(step)
    session.set_moment(step)


stage.show("timeline", show)
