"""The address of a page: what of it is news, and how it is written.

A request carries the address that the browser had when it sent it, which may be one from before the page's newest. So
an address counts on the first visit, and when the browser says that the visitor came to it by Back or Forward; an
address edited by hand loads the page anew, which is a first visit.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Query = dict[str, str]
"""The parameters of an address."""


def is_news(query: Query, known: Query | None, back: bool) -> bool:
    """Whether the visitor asks for something by this address.

    known: the address that the page followed or wrote last; None on the first visit. back: whether Back or Forward led
    to this one. Streamlit empties it between two pages: that asks for nothing.
    """
    return known is None or (back and bool(query) and query != known)


def is_unwritten(query: Query, known: Query | None, seen: Query) -> bool:
    """Whether these parameters still have to be written: where the request had them, the browser may by now have the
    ones that the page wrote since."""
    return not query == known == seen


def query() -> Query:
    """The parameters of the address that this script run's request had, or that were written since."""
    return st.query_params.to_dict()


def went_back() -> bool:
    """Whether the visitor's Back or Forward has caused this script run."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def write(query: Query) -> None:
    """Put these parameters into the address; the browser makes one more entry of its history if they are others."""
    st.query_params.from_dict(query)
