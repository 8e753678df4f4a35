"""The same run, layer by layer, at the moment chosen on the timeline."""

import streamlit as st

from playground import stage

stage.show("timeline")
st.write("…")
