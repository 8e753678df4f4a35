"""What the browser keeps of a session, so that the next one in the same tab can go on with it."""

from __future__ import annotations

from playground.app import components, session

KEY = "way back"


def keep() -> None:
    """Let the browser keep it; a session that has just begun may be told what the one before has left."""
    components.way_back(key=KEY, data=session.keeping(), on_told_change=_hear)


def _hear() -> None:
    if (told := getattr(session.said(KEY), "told", None)) is not None:
        session.recall(told)
