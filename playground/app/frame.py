"""What stands around every page: its settings on the left, the way between pages above, sentences that must be seen.

Streamlit's older page discovery looks for `pages/` beside its main script. This script does not lie beside it, so
a link to any page runs this frame first, on a fresh server too.
"""

from pathlib import Path

import streamlit as st

from playground.app import session, sidebar, tab
from playground.web import look

PAGES = Path(__file__).parents[2] / "pages"
# The pages that a task leaves open: they only look at its run, and its lock holds there as well.
OF_A_TASK = ("lessons", "inside", "health")

st.set_page_config(page_title="MLP Playground", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(Path(__file__).with_name("frame.css"))
page = st.navigation(
    [
        st.Page(PAGES / "playground.py", title="Playground", default=True),
        st.Page(PAGES / "inside.py", title="Inside a step"),
        st.Page(PAGES / "health.py", title="Health"),
        st.Page(PAGES / "health.py", title="Health", url_path="gradients", visibility="hidden"),
        st.Page(PAGES / "fold.py", title="Fold"),
        st.Page(PAGES / "landscape.py", title="Landscape"),
        st.Page(PAGES / "lessons.py", title="Lessons"),
        st.Page(PAGES / "compare.py", title="Compare"),
        st.Page(PAGES / "atlas.py", title="Atlas"),
        st.Page(PAGES / "data.py", title="Data"),
        st.Page(PAGES / "export.py", title="Take along"),
        st.Page(PAGES / "talk.py", title="Talk"),
    ],
    position="top",
)
has_moved = session.kept("page", page.url_path) != page.url_path
session.keep("page", page.url_path)
has_stage = page.url_path not in ("compare", "atlas", "data", "talk")
session.begin(
    at_home=page.url_path == "",
    has_stage=has_stage,
    has_moved=has_moved,
    has_lessons=page.url_path == "lessons",
)
if session.on_show().projector:
    st.html(f"<style>{look.magnified()}</style>")
if notices := session.take_notices():
    st.warning(session.plain("  \n".join(notices)))
if session.task() is not None and page.url_path not in OF_A_TASK:
    st.info("This is a task: it has this page no more than what it locks. Go on with it on the page Lessons.")
    st.stop()
if page.url_path not in ("compare", "atlas", "lessons"):  # which have controls of their own
    sidebar.show()
page.run()
if not has_stage:
    tab.keep()
session.drawn()
