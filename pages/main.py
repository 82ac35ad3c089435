"""The frame around every page: title, navigation, looks."""

import streamlit as st

st.set_page_config(page_title="GAN playground", page_icon="🎯", layout="wide", initial_sidebar_state="auto")
pages = [
    st.Page("train.py", title="Points", url_path="points", default=True),
    st.Page("images.py", title="Images", url_path="images"),
    st.Page("learn.py", title="Learn", url_path="learn"),
    st.Page("compare.py", title="Compare", url_path="compare"),
    st.Page("cures.py", title="Cures", url_path="cures"),
    st.Page("sweeps.py", title="Sweeps", url_path="sweeps"),
    st.Page("runs.py", title="Runs", url_path="runs"),
]
st.navigation(pages, position="top").run()
