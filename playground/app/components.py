"""The browser components, each registered once, under one name, when this module is first imported.

A component's script is a line that loads a cacheable module of web/js; what it is given crosses the wire as `data`.
"""

from __future__ import annotations

import streamlit as st

from playground.figures.scale import ROOT
from playground.web.bootstrap import script


def _component(name: str, height: int) -> st.components.v2.types.ComponentRenderer:
    """Register web/js/NAME/NAME.js; `height` is kept free until it has drawn something: in pixels of an ordinary
    screen."""
    return st.components.v2.component(
        name,
        html=f'<div class="{name}-place" style="min-height: {height / ROOT:g}rem"></div>',
        js=script(f"{name}/{name}.js"),
        isolate_styles=False,
    )


stage = _component("stage", 240)
charts = _component("charts", 0)
inside = _component("inside", 640)
program = _component("program", 420)
fold = _component("fold", 640)
landscape = _component("landscape", 640)
draw = _component("draw", 300)
ready = _component("ready", 300)
take = _component("take", 300)
compare = _component("compare", 480)
atlas = _component("atlas", 480)
gallery = _component("gallery", 215)
portraits = _component("portraits", 0)
tries = _component("tries", 0)
descent = _component("descent", 560)
lessons = _component("lessons", 0)
mark = _component("mark", 0)
line = _component("line", 0)
hand_in = _component("hand_in", 0)
way_back = _component("way_back", 0)
jump = _component("jump", 0)

# Cookies may be forbidden: then the choice lasts as long as the tab.
memory = st.components.v2.component(
    "memory",
    js="""export default ({ data }) => {
  try { document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; samesite=lax`; } catch {}
};""",
)
