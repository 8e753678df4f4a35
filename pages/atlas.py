"""The page "Atlas": a grid over one or two settings, or a search in several, with a tile that plays for every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from playground.app import components, my_talk, search, session
from playground.app.shared_runs import survey_of
from playground.run.atlas import KINDS, PRESETS, Atlas, Axis, Preset
from playground.run.compared import shown_value
from playground.run.experiment import Experiment
from playground.run.search import Search
from playground.web.atlas_route import page_message

KEY = "atlas"
NONE = "none"
SEEDS, EPOCHS = (1, 2, 3, 5, 10, 20), (10, 20, 50, 100, 200, 500, 1000)
FORMS = {"Grid": Atlas, "Search": Search}
DIRECTIONS = ("From left to right", "From bottom to top")
WHO_GOES_ON = {
    False: "All runs begin, and only the best are trained to the end.",
    True: "All runs are trained to the end.",
}


def show() -> None:
    """The atlas, and what it is made of."""
    if page := session.kept("atlas opens", ""):
        session.keep("atlas opens", "")
        st.switch_page(Path(__file__).with_name(page))
    atlas = session.atlas() or _first()
    if atlas is None:
        return
    with st.sidebar:
        if isinstance(atlas, Search):
            search.show(atlas)
        else:
            for place in range(len(DIRECTIONS)):
                _axis(atlas, place)
            _counts(atlas)
        _around(atlas)
        my_talk.add_button()
    with st.container(horizontal=True, vertical_alignment="center"):
        _forms(atlas)
        if isinstance(atlas, Atlas):
            _presets()
        else:
            st.markdown(WHO_GOES_ON[atlas.keep_one_of == 1], width="content")
    survey_of(atlas)
    components.atlas(key=KEY, data=page_message(atlas, session.atlas_view()), on_wish_change=_on_wish)


def _first() -> Atlas | Search | None:
    """The usual one around the run on screen; a sentence where that is too large."""
    try:
        atlas = Atlas(_on_screen())
    except ValueError as error:
        st.info(f"There is no atlas around the run that the Playground shows. {session.plain(str(error))}")
        return None
    session.set_atlas(atlas)
    session.mirror()
    return atlas


def _on_screen() -> Experiment:
    """The run in the Playground, from its beginning under the settings now in force."""
    return Experiment(session.experiment().now)


def _forms(atlas: Atlas | Search) -> None:
    """A grid or a search; each comes back as it was left."""
    session.fill_widget("form", "Grid" if isinstance(atlas, Atlas) else "Search")
    st.segmented_control(
        "Form", list(FORMS), key="form", on_change=_turn, required=True, label_visibility="collapsed",
        help="A grid has every combination of two settings. A search draws points in the ranges of two to six.",
    )  # fmt: skip


def _turn() -> None:
    atlas, (form, is_new) = session.atlas(), session.read_widget("form")
    if atlas is not None and is_new:
        session.keep(f"left {type(atlas).__name__}", atlas)
        left = session.kept(f"left {FORMS[form].__name__}", None)
        _set(lambda: replace(left, base=atlas.base) if left else FORMS[form](atlas.base))


def _set(make: Callable[[], Atlas | Search]) -> None:
    """Show another atlas; what cannot be becomes a notice, and the present one stays."""
    try:
        session.set_atlas(make())
    except ValueError as error:
        session.notify(str(error))


# ---- what it is made of ------------------------------------------------------------------------------------------
def _axis(atlas: Atlas, place: int) -> None:
    """Which setting varies in a direction, and its values."""
    axis = atlas.axes[place] if place < len(atlas.axes) else None
    key, values = f"axis {place}", f"values {place}"
    session.fill_widget(key, axis.key if axis else NONE)
    options = [*KINDS] if place == 0 else [NONE, *KINDS]
    names = {NONE: "nothing", **{kind.key: kind.label for kind in KINDS.values()}}
    st.selectbox(DIRECTIONS[place], options, format_func=names.__getitem__, key=key, on_change=_choose, args=(place,))
    if axis is None:
        return
    kind = axis.kind
    session.fill_widget(values, kind.written(axis.values))
    known = f" Known are {', '.join(kind.choices)}." if kind.choices else ""
    st.text_input(
        f"Values of the {kind.name}",
        key=values,
        help=f"With commas between them; none for the usual ones.{known}",
        on_change=_type,
        args=(place,),
    )


def _choose(place: int) -> None:
    """Another setting varies, with its usual values."""
    atlas, (key, is_new) = session.atlas(), session.read_widget(f"axis {place}")
    if not isinstance(atlas, Atlas) or not is_new:
        return
    others = [*atlas.axes[:place], *atlas.axes[place + 1 :]]
    new = [] if key == NONE else [Axis(key, KINDS[key].usual)]
    _set(lambda: replace(atlas, axes=(*others[:place], *new, *others[place:])))


def _type(place: int) -> None:
    """Other values."""
    atlas, (text, is_new) = session.atlas(), session.read_widget(f"values {place}")
    if not isinstance(atlas, Atlas) or not is_new or place >= len(atlas.axes):
        return
    kind = atlas.axes[place].kind

    def make() -> Atlas:
        axis = Axis(kind.key, kind.read(text) or kind.usual)
        return replace(atlas, axes=(*atlas.axes[:place], axis, *atlas.axes[place + 1 :]))

    _set(make)


def _counts(atlas: Atlas) -> None:
    """How many seeds each tile has, and how long they are trained."""
    for name, label, stops, help_ in (
        ("n_seeds", "Seeds for each tile", SEEDS, "The one in the middle by its score is drawn; ticks show them all."),
        ("epochs", "Epochs", EPOCHS, "Passes over the training data that every network makes."),
    ):
        now = session.fill_widget(f"atlas {name}", getattr(atlas, name))
        st.select_slider(
            label, sorted({*stops, now}), key=f"atlas {name}", help=help_, on_change=_count, args=(name,)
        )  # fmt: skip


def _count(name: str) -> None:
    atlas, (n, is_new) = session.atlas(), session.read_widget(f"atlas {name}")
    if isinstance(atlas, Atlas) and is_new:
        change: dict[str, Any] = {name: n}
        _set(lambda: replace(atlas, **change))


def _around(atlas: Atlas | Search) -> None:
    """The run that it is made around, and the way to another."""
    c = atlas.base.now
    own = c.own_data.title or "your data" if c.own_data is not None else shown_value("dataset", c.dataset)
    optimizer = shown_value("optimizer", c.optimizer)
    told = f"Around: {own}, {'-'.join(map(str, c.sizes))}, {optimizer} at {c.learning_rate:g}"
    st.caption(session.plain(told))
    if atlas.base != _on_screen():
        st.button(
            "Make it around the run on screen", key="around", width="stretch",
            on_click=lambda: _set(lambda: replace(atlas, base=_on_screen())),
            help="The run that the Playground shows now, in place of the one that this atlas began with.",
        )  # fmt: skip


def _presets() -> None:
    """Axes to begin with."""
    for preset in PRESETS:
        st.button(preset.label, key=f"set {preset.label}", help=preset.help, on_click=_use, args=(preset,))


def _use(preset: Preset) -> None:
    atlas = session.atlas()
    if atlas is not None:
        _set(lambda: preset.of(atlas.base))


# ---- what the component wishes -----------------------------------------------------------------------------------
def _on_wish() -> None:
    """Open the run of a tile, keep it to compare with, or send again what the server has forgotten."""
    wish: Any = getattr(session.said(KEY), "wish", None)
    atlas = session.atlas()
    if atlas is None or not isinstance(wish, dict) or len(wish) != 1:
        return
    ((what, which),) = wish.items()
    if what == "missing" or not _is_run(atlas, which):
        return  # the page is drawn anew, and so the atlas known again
    run = atlas.experiment(*which)
    if what == "open":
        session.show(run)
        session.keep("atlas opens", "playground.py")
    elif what == "seeds":
        session.add_with_seeds(run)
        session.keep("atlas opens", "compare.py")
    elif what == "compare":
        before = len(session.side_by_side())
        session.add_to_compare(run)
        if len(session.side_by_side()) > before:
            session.notify(f"It stands in Compare now, as {'ABCD'[before]}.")


def _is_run(atlas: Atlas | Search, which: Any) -> bool:
    """Whether this is a cell that has a run, and one of its seeds."""
    if not isinstance(which, list) or len(which) != 2 or any(type(k) is not int for k in which):
        return False
    cell, k = which
    return 0 <= cell < atlas.n_cells and 0 <= k < atlas.n_seeds and not isinstance(atlas.configs[cell], str)


show()
