"""The MLP Playground: `streamlit run app.py`.

The server: Streamlit, the files that its live pictures load, and the routes by which they ask for what they show; talks
with their audiences, and classes that hand in. What is drawn begins in playground/app/frame.py.
"""

import streamlit as st

from playground.app.server import MIDDLEWARE, base_path
from playground.app.shared_runs import classes, known, known_survey, run_of, studio, turn
from playground.app.shared_talks import rooms, shelf, with_rooms
from playground.scenes import class_route, live
from playground.scenes import route as talks
from playground.web import assets, atlas_route, first, glance_route, landscape_route, portrait_route, route

prefix = base_path()
routes = [
    *assets.routes(prefix),
    *route.routes(known, prefix),
    *first.routes(run_of, prefix),
    *portrait_route.routes(run_of, prefix),
    *atlas_route.routes(known_survey, prefix),
    *landscape_route.routes(known, turn, prefix),
    *glance_route.routes(turn, prefix),
    *talks.routes(shelf(), studio(), prefix),
    *live.routes(shelf(), rooms(), prefix),
    *class_route.routes(classes, prefix),
]
app = st.App("playground/app/frame.py", routes=routes, middleware=MIDDLEWARE, lifespan=with_rooms)
