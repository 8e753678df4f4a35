"""The settings, drawn from the table in config.py: each widget shows a setting and hands a new value on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

import mlp
from playground.app import components, my_talk, session, tries
from playground.run.classics import CLASSICS, classic_of
from playground.run.compared import LETTERS, shown_value
from playground.run.config import DEFAULTS, SETTINGS, read_layers
from playground.run.experiment import Experiment
from playground.run.on_show import VIEW_COOKIE
from playground.run.thumbnails import thumbnails


def show() -> None:
    """The settings on show, in three groups, with the present experiment's values."""
    if not session.on_show().shows("settings"):
        return
    with st.sidebar:
        components.jump(key="jump", data={"groups": [title for title in _GROUPS if _is_shown(title)]})
        if session.task() is None:
            _view()
            with st.container(horizontal=True, key="keep"):
                _keep_to_compare()
        groups()
        _all_back()
        with st.container(key="keys-hint"):
            st.caption("Press **?** for the keys.")
        _remember_view()


def groups() -> None:
    """The settings on show, group by group, wherever they are drawn; below each that is set apart the way back."""
    draws = (_data, _network, _training)
    for title, draw in zip(_GROUPS, draws, strict=True):
        if _is_shown(title):
            st.subheader(title)
            draw()
    if _shows("dataset") and session.on_show().only is None:
        _classics()


_GROUPS = ("Data", "Network", "Training")


def _is_shown(title: str) -> bool:
    """Whether any setting of a group is on show."""
    return any(_heading(name) == title and session.on_show().shows(name) for name in SETTINGS)


def _heading(name: str) -> str:
    """Under which heading a setting is drawn: what a network is told stands with the network."""
    return "Network" if name == "features" else SETTINGS[name].group


def _view() -> None:
    """Four controls for the first look, all of them for the second."""
    view = session.on_show()
    session.fill_widget("settings_shown", "Full" if view.full else "Simple")
    session.fill_widget("projector", view.projector)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Settings", ("Simple", "Full"), key="settings_shown", label_visibility="collapsed", required=True,
            on_change=_choose_view, help="Simple shows the four settings that matter most; Full shows all.",
        )  # fmt: skip
        st.toggle("Projector", key="projector", on_change=_choose_look, help="Large type and high contrast.")


def _keep_to_compare() -> None:
    """The run on screen, kept for the page Compare."""
    run, runs = session.experiment(), session.side_by_side()
    label = f"In Compare as {LETTERS[runs.index(run)]}" if run in runs else "Add to Compare"
    st.button(
        label, key="add to compare", width="stretch", disabled=run in runs, on_click=session.add_to_compare,
        args=(run,), help="Keeps this run; the page Compare plays up to four of them side by side.",
    )  # fmt: skip
    if session.on_show().full or session.kept("page", "") == "health":
        with_seeds = st.button(
            "Is it luck? 20 seeds", key="add with seeds", width="stretch",
            help="Opens the page Compare with this run trained from 20 draws of its first weights: how far apart do "
            "they end, and how many solve it?",
        )  # fmt: skip
        if with_seeds:
            session.add_with_seeds(run)
            st.switch_page(tries.COMPARE)
    my_talk.add_button()


def _choose_view() -> None:
    chosen, is_new = session.read_widget("settings_shown")
    if is_new:
        session.choose_view(full=chosen == "Full")


def _remember_view() -> None:
    """Tell the browser what was chosen here; what a link chose is not its user's choice."""
    if session.kept("view_was_chosen", False):
        view = "full" if session.on_show().full else "simple"
        components.memory(key="memory", data={"name": VIEW_COOKIE, "value": view})


def _choose_look() -> None:
    on, is_new = session.read_widget("projector")
    if is_new:
        session.set_on_show(projector=on)


def _shows(name: str) -> bool:
    return session.on_show().shows(name)


def _data() -> None:
    own = session.experiment().now.own_data
    if _shows("dataset"):
        _datasets()
    if own is None:
        _classes()
        _slider("n_samples", step=20)
        _slider("noise", step=0.01)
    if own is not None and own.held_out is not None:  # drawing them at random would change nothing
        if _shows("test_fraction"):
            n_test = int(own.held_out.sum())
            st.caption(f"{len(own) - n_test:,} rows to train on, {n_test:,} to test: your table says which.")
        return
    _slider("test_fraction", step=0.05)
    _number("data_seed")


def _datasets() -> None:
    own = session.experiment().now.own_data
    components.gallery(
        key="gallery",
        data={"chosen": "" if own is not None else session.experiment().now.dataset, "datasets": list(thumbnails())},
        on_chosen_change=_choose_dataset,
    )
    if own is not None:
        n = len(own.inputs)
        st.markdown(f"**{session.plain(own.title or 'Your data')}**: {len(own):,} rows, {n} input{'s' * (n > 1)}")
    else:
        _back("dataset")


def _choose_classic() -> None:
    name, is_new = session.read_widget("classic")
    if is_new and name is not None:
        session.show(Experiment(CLASSICS[name].config))


def _classics() -> None:
    """Runs that well-known texts made famous, and what there is to see in the one on screen."""
    shown = classic_of(session.experiment().config)
    session.fill_widget("classic", shown.name if shown else None)
    st.subheader("Classics", help="Networks that well-known texts write from scratch, ready to play.")
    st.pills(
        "Classics", list(CLASSICS), key="classic", on_change=_choose_classic, label_visibility="collapsed",
        format_func=lambda name: CLASSICS[name].label,
    )  # fmt: skip
    if shown is not None:
        st.caption(f"**{shown.label}.** {shown.what}\n\n{shown.look}\n\n{shown.exact}")


def _network() -> None:
    if session.experiment().now.is_planar:
        _features()
    _layers()
    _activations()
    _select("output_activation")
    _choice("use_bias")
    _select("initializer")
    _number("seed")


def _training() -> None:
    _numbers("learning_rate")
    _select("schedule")
    _stops("batch_size")
    _choice("reduction")
    _select("optimizer")
    _loss()
    _stops("l2")
    _stops("l1")
    _slider("dropout", step=0.05)
    _stops("clip_norm")
    _frozen()
    _stops("patience")


# ---- one kind of widget each -------------------------------------------------------------------------------------
# A widget's own value is thrown away with its page; the experiment in the session is what counts, so every
# widget is given the experiment's value before it is drawn.
def _slider(name: str, step: float) -> None:
    if not _shows(name):
        return
    s = SETTINGS[name]
    low, high = s.low or 0, s.high or 0
    kind = type(step)
    value = _put(name, kind(getattr(session.experiment().now, name)))
    low, high = min(kind(low), value), max(kind(high), value)
    st.slider(s.label, low, high, step=step, help=s.help, key=_key(name), on_change=_changed, args=(name,))
    _back(name)


def _number(name: str) -> None:
    if not _shows(name):
        return
    s = SETTINGS[name]
    _put(name, getattr(session.experiment().now, name))
    low, high = int(s.low or 0), int(s.high or 0)
    st.number_input(s.label, low, high, step=1, help=s.help, key=_key(name), on_change=_changed, args=(name,))
    _back(name)


def _stops(name: str) -> None:
    """A slider over a setting's presets, and over a value from a link that is none of them."""
    if not _shows(name):
        return
    s = SETTINGS[name]
    value = _put(name, getattr(session.experiment().now, name))
    st.select_slider(
        s.label, s.stops(value), help=s.help, key=_key(name), on_change=_changed, args=(name,),
        format_func=lambda v: f"{v:g}",
    )  # fmt: skip
    _back(name)
    _more(name)


def _select(name: str) -> None:
    if not _shows(name) or not session.experiment().now.applies(name):
        return
    s = SETTINGS[name]
    _put(name, getattr(session.experiment().now, name))
    st.selectbox(
        s.label, s.choices, help=s.help, key=_key(name), on_change=_changed, args=(name,),
        format_func=lambda choice: shown_value(name, choice),
    )  # fmt: skip
    _back(name)
    _more(name)


def _choice(name: str) -> None:
    """A few words to choose among, all in sight."""
    if not _shows(name):
        return
    s = SETTINGS[name]
    _put(name, getattr(session.experiment().now, name))
    st.segmented_control(
        s.label, s.choices, help=s.help, key=_key(name), on_change=_changed, args=(name,), required=True
    )
    _back(name)


def _numbers(name: str) -> None:
    """A setting's presets, in Simple a few, and a value that is none of them, all in sight and one click away."""
    if not _shows(name):
        return
    s = SETTINGS[name]
    view = session.on_show()
    stops = s.stops(_put(name, getattr(session.experiment().now, name)), few=not view.full and view.only is None)
    st.pills(
        s.label, stops, help=s.help, key=_key(name), on_change=_changed, args=(name,), required=True,
        format_func=lambda v: np.format_float_positional(v, trim="-"), width="stretch",
    )  # fmt: skip
    _back(name)


def _more(name: str) -> None:
    """The settings that come with what is chosen, right below it; in a lesson only those that it names."""
    named = session.on_show().only if session.task() is None else None
    for option, s in SETTINGS.items():
        if named is not None and option not in named:
            continue
        if s.only_with == name and session.experiment().now.applies(option):
            _stops(option)


def _classes() -> None:
    """How many classes, where the dataset allows a choice."""
    if not _shows("n_classes"):
        return
    s, now = SETTINGS["n_classes"], session.experiment().now
    entry = mlp.DATASETS[now.dataset]
    if entry.max_classes:
        _put("n_classes", now.n_classes or entry.default_classes)
        key = _key("n_classes")
        st.slider(s.label, 2, entry.max_classes, help=s.help, key=key, on_change=_changed, args=("n_classes",))
        _back("n_classes")


def _loss() -> None:
    """The losses that fit the task; without a choice of one's own, the usual one."""
    if not _shows("loss"):
        return
    s, now = SETTINGS["loss"], session.experiment().now
    fitting = [name for name, loss in mlp.LOSSES.items() if now.task in loss.tasks]
    _put("loss", now.loss_name)
    st.selectbox(
        s.label, fitting, help=s.help, key=_key("loss"), on_change=_changed, args=("loss",),
        format_func=lambda name: shown_value("loss", name),
    )  # fmt: skip
    _back("loss")


def _frozen() -> None:
    """The layers that training leaves as they are."""
    if not _shows("frozen"):
        return
    s, now = SETTINGS["frozen"], session.experiment().now
    n_layers = len(now.hidden_layer_sizes) + 1
    _put("frozen", list(now.frozen))
    st.pills(
        s.label, range(1, n_layers + 1), selection_mode="multi", help=s.help, key=_key("frozen"), on_change=_changed,
        args=("frozen",), format_func=lambda layer: "output" if layer == n_layers else str(layer),
    )  # fmt: skip
    _back("frozen")


def _features() -> None:
    """What the network is told about each point."""
    if not _shows("features"):
        return
    s = SETTINGS["features"]
    _put("features", list(session.experiment().now.features))
    st.pills(
        s.label, s.choices, selection_mode="multi", help=s.help, key=_key("features"), on_change=_changed,
        args=("features",), format_func=lambda name: mlp.FEATURES[name].label,
    )  # fmt: skip
    _back("features")


def _layers() -> None:
    """The hidden layers as text, for those who would rather type than press plus and minus under the network."""
    if not _shows("hidden_layer_sizes"):
        return
    s = SETTINGS["hidden_layer_sizes"]
    sizes = session.experiment().now.hidden_layer_sizes
    _put("hidden_layer_sizes", ", ".join(map(str, sizes)))
    st.text_input(
        s.label, help=f"{s.help} Numbers with commas, such as 8, 8.",
        key=_key("hidden_layer_sizes"), on_change=_typed_layers,
        placeholder="none: the inputs go straight to the output",
    )  # fmt: skip
    if session.on_show().only is not None and sizes:  # a lone 8 could be eight layers
        layers = "1 layer" if len(sizes) == 1 else f"{len(sizes)} layers"
        st.caption(f"{layers}, of {', '.join(map(str, sizes))} neurons.")
    _back("hidden_layer_sizes")


def _activations() -> None:
    if not _shows("activations"):
        return
    s = SETTINGS["activations"]
    now = session.experiment().now
    each = len(now.activations) > 1
    if not each:
        _put("activations", now.activations[0])
        _choose_activation(s.label, _key("activations"), _changed, "activations")
    else:
        for k, name in enumerate(now.activations):
            _put(f"activation_{k}", name)
            _choose_activation(f"{s.label}, layer {k + 1}", _key(f"activation_{k}"), _changed_layer, k)
    _back("activations")
    if len(now.hidden_layer_sizes) > 1 and session.on_show().full:
        _put("each", each)
        st.toggle("One for each layer", key=_key("each"), on_change=_toggle_each)
    _more("activations")


def _choose_activation(label: str, key: str, on_change: Callable[..., None], *args: Any) -> None:
    s = SETTINGS["activations"]
    st.selectbox(
        label, s.choices, help=s.help, key=key, on_change=on_change, args=args,
        format_func=lambda name: shown_value("activations", name),
    )  # fmt: skip


# ---- the way back ------------------------------------------------------------------------------------------------
def _is_apart(name: str) -> bool:
    """Whether a setting is not as it usually is. A lesson begins with settings of its own."""
    now = session.experiment().now
    of_toys = name in ("dataset", "n_classes", "n_samples", "noise")
    is_free = session.on_show().only is None and not (of_toys and now.own_data is not None)
    return is_free and now.applies(name) and getattr(now, name) != _usual(name)


def _usual(name: str) -> Any:
    now = session.experiment().now
    if name == "features" and now.has_one_input:
        return ("x1",)
    if name == "n_classes" and now.n_classes == mlp.DATASETS[now.dataset].default_classes:
        return now.n_classes
    return DEFAULTS[name]


def _back(name: str) -> None:
    """Below a setting that is set apart: the way back. The style sheet marks what stands above such a button."""
    if _is_apart(name):
        usual = shown_value(name, _usual(name))
        st.button(
            f"Back to {'the usual' if usual in ('auto', 'usual') else session.plain(usual)}", key=f"back_{name}",
            type="tertiary", icon=":material/undo:", on_click=_set_back, args=([name],),
        )  # fmt: skip


def _all_back() -> None:
    """Everything that is set apart, back at once; what is not on show is named."""
    apart = [name for name in DEFAULTS if _is_apart(name)]
    if not apart:
        return
    unseen = [name for name in apart if not _shows(name)]
    if unseen:
        now = session.experiment().now
        told = ", ".join(f"{SETTINGS[name].label} {shown_value(name, getattr(now, name))}" for name in unseen)
        st.caption(session.plain(f"Also set, and shown in Full: {told}."))
    st.button(
        "All settings back to the usual", key="all back", width="stretch", icon=":material/undo:",
        on_click=_set_back, args=(apart,), help="The data, the network and the training that the page opens with.",
    )  # fmt: skip


def _set_back(names: list[str]) -> None:
    # What is usual for other data than the present ones is what the page opens with.
    more = ("n_classes",) if "dataset" in names else ()
    session.change(**{name: DEFAULTS[name] if more else _usual(name) for name in (*names, *more)})


# ---- what they do when they are moved ------------------------------------------------------------------------------
def _key(name: str) -> str:
    return f"setting_{name}"


def _put(name: str, value: Any) -> Any:
    return session.fill_widget(_key(name), value)


def _changed(name: str) -> None:
    value, is_new = session.read_widget(_key(name))
    if not is_new:
        return
    if name == "features":  # in the order of the table, whatever the order of the clicks
        value = tuple(choice for choice in SETTINGS[name].choices if choice in value)
    if name == "frozen":
        value = tuple(sorted(value))
    session.change(**{name: (value,) if name == "activations" else value})


def _changed_layer(k: int) -> None:
    name, is_new = session.read_widget(_key(f"activation_{k}"))
    names = list(session.experiment().now.activations)
    if is_new and k < len(names):  # the layer may have gone meanwhile
        names[k] = name
        session.change(activations=tuple(names))


def _toggle_each() -> None:
    now = session.experiment().now
    each, is_new = session.read_widget(_key("each"))
    if is_new:
        session.change(activations=now.hidden_activations if each else now.activations[:1])


def _typed_layers() -> None:
    text, is_new = session.read_widget(_key("hidden_layer_sizes"))
    if not is_new:
        return
    try:
        session.change(hidden_layer_sizes=read_layers(text))
    except ValueError as error:
        session.notify(str(error))


def _choose_dataset() -> None:
    chosen = session.read_widget("gallery")[0].chosen
    if isinstance(chosen, str):  # anything may come from a browser
        session.change(dataset=chosen)
