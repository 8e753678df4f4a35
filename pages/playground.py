"""The home page: the live stage, and below it what was tried so far."""

import streamlit as st

from playground.app import session, stage, tries
from playground.run.classics import classic_of

if classic := classic_of(session.experiment().config):  # on a phone the sidebar, which tells more, is closed
    st.html(f'<p class="classic">{classic.label}. {classic.look}</p>')
stage.show()
tries.show()
