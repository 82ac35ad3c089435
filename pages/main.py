"""The frame around every page: title, navigation, looks."""

import streamlit as st

st.set_page_config(page_title="GAN playground", page_icon="🎯", layout="wide", initial_sidebar_state="auto")
st.navigation([st.Page("train.py", title="Train", default=True)], position="top").run()
