"""The only part that calls Streamlit: the frame around the pages, the session, the settings, the components."""
