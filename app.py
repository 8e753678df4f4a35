"""The MLP Playground: `streamlit run app.py`.

The server: Streamlit, and the files that the live stage loads. What is drawn begins in playground/app/frame.py.
"""

import streamlit as st

from playground.app.server import MIDDLEWARE, base_path, without_delay
from playground.web.assets import routes

app = st.App("playground/app/frame.py", routes=routes(base_path()), middleware=MIDDLEWARE, lifespan=without_delay)
