"""The talks that visitors have brought, and the rooms in which they are followed, shared by all sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from playground.app.server import without_delay
from playground.scenes.rooms import Rooms
from playground.scenes.shelf import Shelf


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """All talks that can be played here."""
    return Shelf()


@st.cache_resource(show_spinner=False)
def rooms() -> Rooms:
    """All rooms of this server."""
    return Rooms()


@asynccontextmanager
async def with_rooms(app: st.App) -> AsyncIterator[None]:
    """What the server does for as long as it runs; whoever still follows a talk at its end is told so."""
    async with without_delay(app):
        yield
        rooms().close()
