"""The talk that this tab writes: its text, to which every page can add a scene."""

from __future__ import annotations

from playground.app import session
from playground.scenes import arrange

_SOURCE = "talk source"
TEXT = "talk text"
"""The key of the widget in which it is edited"""


def source() -> str:
    """The text; "" before there is any."""
    return str(session.kept(_SOURCE, ""))


def set_source(text: str) -> None:
    """Go on with another text."""
    session.keep(_SOURCE, text)


def take_edit() -> None:
    """What was typed counts."""
    text, is_new = session.read_widget(TEXT)
    if is_new:
        set_source(text)


def add_scene() -> None:
    """The run on screen, at its moment, as the last scene; what cannot be becomes a notice."""
    try:
        set_source(arrange.added(source(), session.experiment(), session.moment()))
    except ValueError as error:
        session.notify(str(error))
    else:
        session.notify("This run is the last scene of your talk now: see the page “Talk”.")
