"""Light or dark."""

from __future__ import annotations

import streamlit as st


def theme_type() -> str:
    """Light or dark, as the browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"
