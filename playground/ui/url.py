"""A page's URL: what it newly asks for, and what the page writes into it.

Streamlit and the browser tell each other of a URL some time after it was written, and empty it between two pages.
"""

import time

import streamlit as st

from playground.ui import memory

MOST_WRITTEN = 20
"""URLs that are remembered as the page's own."""
ECHO_S = 0.5
"""Seconds that the browser may take to hear of a URL."""


class PageUrl:
    """The parameters in the URL of one page, for one visitor."""

    def __init__(self, page: str) -> None:
        self._known = memory.of_page(page, "query")
        self._written = memory.of_page(page, "written")
        self._at = memory.of_page(page, "written_at")

    def news(self, moved: bool) -> dict[str, str] | None:
        """The parameters on the first visit, after Back, or when somebody edited them; None where they are no news.

        moved: whether the visitor has moved a widget, which caused this script run. A URL of the page's own from
        before its newest is then one that the browser still had; so it is right after the newest was written.
        """
        query = st.query_params.to_dict()
        known: dict[str, str] | None = memory.recall(self._known, None)
        if query == known or (not query and known):  # empty: back from another page
            return None
        fresh = time.monotonic() < memory.recall(self._at, 0.0) + ECHO_S
        if query in memory.recall(self._written, []) and (moved or fresh):
            return None
        memory.keep(self._known, query)
        return query

    def write(self, query: dict[str, str]) -> None:
        """Put these parameters into the URL."""
        if query == memory.recall(self._known, None) and query == st.query_params.to_dict():
            return
        memory.keep(self._written, [*memory.recall(self._written, [])[-MOST_WRITTEN:], query])
        memory.keep(self._at, time.monotonic())
        st.query_params.from_dict(query)
        memory.keep(self._known, query)
