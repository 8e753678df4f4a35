"""The MLP Playground: `streamlit run app.py`.

The server: Streamlit, and the files that the live stage loads. What is drawn begins in playground/frame.py.
"""

import streamlit as st

from playground.assets import ROUTES
from playground.server import MIDDLEWARE, without_delay

app = st.App("playground/frame.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=without_delay)
