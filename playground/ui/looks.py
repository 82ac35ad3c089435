"""Looks that Streamlit's theme can't express."""

import streamlit as st


def compact() -> None:
    """Leave the window to the stage: narrow margins around the page, tight rows in the sidebar."""
    st.html(
        """<style>
        [data-testid="stMainBlockContainer"] { padding: 4.1rem 1.2rem 0.5rem 1.2rem; max-width: none; }
        [data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
        [data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
        [class*="_recipe_said"], [class*="_recipe_left"] { position: relative; padding-top: 0.9rem; }
        [class*="_recipe_left"] { opacity: 0.65; }
        [class*="_recipe_left"]::before {
            content: "Of the recipe without your changes:"; position: absolute; top: -0.15rem; font-size: 0.8rem;
        }
        </style>"""
    )
