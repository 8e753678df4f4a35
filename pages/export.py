"""The page "Take along": a link, code, files and pictures of the run at the timeline's moment; and the way back."""

from __future__ import annotations

import importlib.util
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st

from playground.app import charts, components, session, stage
from playground.app.charts import Chart
from playground.app.server import base_path
from playground.app.shared_runs import run_of
from playground.app.theme import theme_type
from playground.export import EXPORTERS, Exporter, Subject
from playground.export.cards import drawn_from, inside
from playground.export.experiment_file import MAX_BYTES, read_experiment
from playground.export.pictures import in_words, pictures
from playground.export.qr_code import qr_code
from playground.export.side_by_side import WAYS, promises, side_by_side
from playground.export.weights_file import SUFFIXES, begin_with, read_weights
from playground.run import link
from playground.run.classics import classic_of
from playground.run.experiment import Experiment
from playground.run.number import say

TAKE, CHOSEN = "take", "taken along"
WRAPPED = 300
"""Characters of a link that is shown whole"""
ORDER = ("film", "code", "file")
PICTURES = {
    "name": "pictures", "label": "Pictures (PNG, SVG)", "picture": "boundary",
    "help": "The boundary, the losses, gradients and weights, for a report or a slide.",
}  # fmt: skip


def show() -> None:
    """Everything below the timeline."""
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        subject = Subject(experiment, run.trainer, min(session.moment(), run.last_step))
        loss = subject.transcript.train_loss
    st.markdown(
        f"You take along the run **up to step {subject.step:,}** (training loss {say(loss)}). Drag the timeline, and "
        "all of it follows."
    )
    if subject.step == 0:
        st.info("At step 0 the network has learned nothing yet: press Play, and take along what comes of it.")
    _link(subject)
    _cards(subject)
    _classic(subject)
    _back()


# ---- the link ----------------------------------------------------------------------------------------------------
def _link(subject: Subject) -> None:
    if not link.fits(subject.experiment):
        st.info("Your data or weights are too many for a link. Take the experiment file along: it holds them all.")
        return
    query = link.run_to_query(subject.experiment, subject.step) | session.on_show().to_query()
    address = f"{_home()}/?{urlencode(query, safe=',:;@')}" if query else f"{_home()}/"
    with st.container(horizontal=True, vertical_alignment="center", key="take_link"):
        st.code(address, language=None, wrap_lines=len(address) <= WRAPPED)  # own data would fill the screen with it
        with st.popover("QR code"):
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
        st.caption("For an audience: point a camera at it. It opens this very run for anyone who reaches this server.")


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


# ---- the cards ---------------------------------------------------------------------------------------------------
def _cards(subject: Subject) -> None:
    """A card for each format, and beside them what is in the file that was chosen."""
    chosen = session.kept(CHOSEN, "numpy")
    cards = [{"name": e.name, "label": e.label, "help": e.help, "picture": e.picture} for e in EXPORTERS.values()]
    cards.sort(key=lambda card: ORDER.index(EXPORTERS[card["name"]].group) if card["name"] != "zip" else -1)
    cards.insert(1, PICTURES)
    left, right = st.columns(2, gap="medium")
    with left:
        data = {"chosen": chosen, "cards": cards, "drawn": drawn_from(subject)}
        components.take(key=TAKE, data=data, on_chosen_change=_choose)
    with right, st.container(key="taken"):
        if chosen == PICTURES["name"]:
            _pictures(subject)
        else:
            _file(subject, EXPORTERS[chosen])


def _choose() -> None:
    """Anything may come from a browser."""
    chosen = getattr(session.said(TAKE), "chosen", None)
    if isinstance(chosen, str) and (chosen in EXPORTERS or chosen == PICTURES["name"]):
        session.keep(CHOSEN, chosen)


def _file(subject: Subject, exporter: Exporter) -> None:
    """What is in a file, and the file."""
    heading, button = st.columns([3, 2], vertical_alignment="center")
    heading.subheader(exporter.label)
    says = " It trains, and says at the end whether its numbers are the playground's." * (exporter.group == "code")
    st.markdown(f"{exporter.help}{says}")
    if exporter.needs and importlib.util.find_spec(exporter.needs) is None:
        st.info(f"Needs `pip install {exporter.needs}` on the server.")
        return
    try:
        shown = inside(subject, exporter)
    except ValueError as error:
        st.info(session.plain(str(error)))
        return
    button.download_button(
        "Download", partial(exporter.write, subject), exporter.filename(subject), exporter.mime, type="primary",
        key=f"take {exporter.name}", on_click="ignore", width="stretch", icon=":material/download:",
    )  # fmt: skip
    st.caption(exporter.filename(subject))
    if shown is not None:
        st.code(shown[0], language=shown[1], wrap_lines=shown[1] is None)
    else:
        with st.spinner("The film is being drawn …"):
            st.image(exporter.write(subject))


# ---- pictures ----------------------------------------------------------------------------------------------------
def _pictures(subject: Subject) -> None:
    st.subheader(PICTURES["label"])
    st.markdown("The button below a picture saves it, in twice the size of the screen.")
    kind = st.segmented_control("Save as", ["PNG", "SVG"], default="PNG", key="picture kind") or "PNG"
    words = in_words(subject)
    drawn = [
        Chart(name, figure, words[name], save_as=f"{subject.stem}-{name}.{kind.lower()}")
        for name, figure in pictures(subject, theme_type()).items()
    ]
    charts.show(drawn, key="pictures", columns=1)


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


stage.show("timeline", show, ended=True)
