"""The MLP Playground: `streamlit run app.py`.

The server: Streamlit, the files that its live pictures load, the routes by which they ask for what they show, and the
one by which a class hands in. What is drawn begins in playground/app/frame.py.
"""

import streamlit as st

from playground.app.server import MIDDLEWARE, base_path, without_delay
from playground.app.shared_runs import classes, known, known_survey, run_of
from playground.scenes import class_route
from playground.web import assets, atlas_route, first, route

prefix = base_path()
routes = [
    *assets.routes(prefix),
    *route.routes(known, prefix),
    *first.routes(run_of, prefix),
    *atlas_route.routes(known_survey, prefix),
    *class_route.routes(classes, prefix),
]
app = st.App("playground/app/frame.py", routes=routes, middleware=MIDDLEWARE, lifespan=without_delay)
