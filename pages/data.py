"""Data of one's own: drawn, brought along, or ready examples."""

import streamlit as st

from playground.own_data import view

st.subheader("Your data")
view.present()
view.sections()
