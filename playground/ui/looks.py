"""Looks that Streamlit's theme can't express."""

import streamlit as st


def compact() -> None:
    """Leave the window to the stage: narrow margins around the page, tight rows in the sidebar."""
    st.html(
        """<style>
        [data-testid="stMainBlockContainer"] { padding: 4.1rem 1.2rem 0.5rem 1.2rem; max-width: none; }
        [data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
        [data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
        [class*="st-key-"][class*="_changed"]:not([class*="_unchanged"]) { opacity: 0.6; }
        </style>"""
    )
