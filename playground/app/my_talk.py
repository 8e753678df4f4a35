"""The talk that this tab writes: its text, to which every page can add a scene."""

from __future__ import annotations

import streamlit as st

from playground.app import session
from playground.run.atlas import Atlas
from playground.scenes import arrange, packed
from playground.scenes.document import Part

TEXT = "talk text"
"""The key of the widget in which it is edited"""


def source() -> str:
    """The text; "" before there is any."""
    return str(session.kept(session.TALK, ""))


def set_source(text: str) -> None:
    """Go on with another text."""
    session.keep(session.TALK, text)


def take_edit() -> None:
    """What was typed counts."""
    text, is_new = session.read_widget(TEXT)
    if is_new:
        set_source(text)


def link() -> str:
    """The address that opens this talk on its page. ValueError, in a sentence, where it is too long for one."""
    return session.address(talk=packed.to_text(source()))


# ---- a scene of what is on screen ----------------------------------------------------------------------------------
def add_button() -> None:
    """The button that does it, on any page."""
    st.button(
        "Add as a scene", key="add scene", width="stretch", on_click=_add_scene,
        help="What is on screen, as the last scene of the talk that the page Talk writes.",
    )  # fmt: skip


def _add_scene() -> None:
    """What the page shows as the last scene; what cannot be becomes a notice."""
    try:
        set_source(arrange.added(source(), _scene_on(session.kept("page", ""))))
    except ValueError as error:
        session.notify(str(error))
    else:
        # Not a notice: that would push the stage down while the speaker looks at it.
        st.toast("This is the last scene of your talk now: see the page “Talk”.", icon=":material/check:")


def _scene_on(page: str) -> Part:
    if page == "compare":
        return arrange.of_runs(session.side_by_side())
    if page == "atlas":
        atlas = session.atlas()
        if not isinstance(atlas, Atlas):
            raise ValueError("A search is no scene: choose Grid, and one or two settings, for tiles on a stage.")
        return arrange.of_atlas(atlas, session.atlas_view())
    scene = arrange.of_fold if page == "fold" else arrange.of_run
    return scene(session.experiment(), session.moment())
