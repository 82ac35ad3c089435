"""The frame around every page: title, navigation, looks."""

import streamlit as st

from playground.ui import sign_in

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
if sign_in.is_offered():
    sign_in.take_along()
    title = "Account" if sign_in.is_signed_in() else "Sign in"
    pages.append(st.Page("account.py", title=title, url_path="account"))
st.navigation(pages, position="top").run()
