"""What the pages remember of one visitor, by name, and whose runs are whose."""

import secrets
from typing import Any

import streamlit as st

from playground.engine.server.limits import is_room
from playground.feed.browser_cookie import owner_of
from playground.runs.record import Record


def recall(name: str, missing: Any) -> Any:
    """What the session remembers, or the value of a widget with this key."""
    return st.session_state.get(name, missing)


def keep(name: str, value: Any) -> None:
    """What `recall` finds from now on."""
    st.session_state[name] = value


def of_page(page: str) -> str:
    """The name of what one page remembers: pages share nothing."""
    return f"_{page}"


def forget(page: str) -> None:
    """The next visit to the page is like the first: what it shows comes from its address."""
    st.session_state.pop(of_page(page), None)


def is_mine(record: Record) -> bool:
    """Whether this browser may do what it likes with a recorded run: its own, or one of the command line's, which
    belong to the first browser that does something with them, and in a room to nobody."""
    return record.owner == owner() or (record.owner == "" and not is_room())


def may_find(record: Record) -> bool:
    """Whether a list shows this browser the run: in a room only its own; another's opens by its link."""
    return is_mine(record) or not is_room()


def owner() -> str:
    """The name that the visitor's runs belong to: of whoever is signed in, else of this browser."""
    found = owner_of(st.context.cookies)
    if found:
        return found
    owner: str = st.session_state.setdefault("_owner", secrets.token_urlsafe(32))  # a browser without cookies
    return owner
