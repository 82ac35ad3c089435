"""Signing in, where the server's secrets say with whom: then runs belong to a person, on every machine."""

import hashlib
import json
from collections.abc import Mapping

import streamlit as st
from streamlit.auth_util import get_cookie_with_chunks, get_secrets_auth_section
from streamlit.errors import StreamlitAuthError
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from playground.engine.server.engine import EngineError
from playground.engine.server.shared import engine
from playground.feed.browser_cookie import COOKIE, PERSON, PERSON_MARK
from playground.ui.escaping import plain
from playground.ui.memory import keep, recall

TAKEN_ALONG = "_taken_along"


def is_offered() -> bool:
    """Whether the server's secrets have a section [auth]."""
    return bool(get_secrets_auth_section())


def person(cookies: Mapping[str, str]) -> str:
    """The name that the runs of whoever is signed in belong to, "" where nobody is.

    Streamlit's own cookie says who: it is signed with the server's secret, so nobody else can make one. The name is
    made of issuer and subject, which OpenID Connect (Core 1.0, section 5.7) promises to be somebody's for ever.
    """
    if AUTH_COOKIE_NAME not in cookies or not is_offered():
        return ""
    secret = get_cookie_secret()
    told = get_cookie_with_chunks(
        lambda name: decode_signed_value(secret, name, cookies.get(name, "")), AUTH_COOKIE_NAME
    )
    user = json.loads(told) if told else {}
    if not (user.get("is_logged_in") and user.get("iss") and user.get("sub")):
        return ""
    return named(user["iss"], user["sub"])


def named(issuer: str, subject: str) -> str:
    """The name of somebody's runs. No secret is in it, which may change: a browser that sends it is not believed."""
    return PERSON_MARK + hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()


def is_signed_in() -> bool:
    """Whether this page's visitor is."""
    return PERSON in st.context.cookies


def take_along() -> None:
    """The runs that this browser has become those of the person who has signed in, whenever a page is opened."""
    browser = st.context.cookies.get(COOKIE)
    if not is_signed_in() or not browser or recall(TAKEN_ALONG, False):
        return
    keep(TAKEN_ALONG, True)
    try:
        count = engine().hand_over(browser, st.context.cookies[PERSON])
    except EngineError as error:
        st.toast(plain(error))
        return
    if count:
        st.toast(
            f"{count:,} {'run' if count == 1 else 'runs'} of this browser came along: see *Runs*.", duration="long"
        )


def show() -> None:
    """The page: with whom to sign in, or who is signed in, and what becomes of the runs."""
    if is_signed_in():
        _account()
    else:
        _providers()


def _providers() -> None:
    st.subheader("Sign in")
    st.markdown(
        "Runs belong to the browser that made them. While you are signed in they belong to you, and every browser in "
        "which you sign in shows them. Signing in takes all runs of this browser along, whoever made them here."
    )
    section = get_secrets_auth_section()
    names = [name for name, each in section.items() if isinstance(each, Mapping) and "client_id" in each]
    if "client_id" in section or not names:
        names.insert(0, "")
    with st.container(horizontal=True):
        for name in names:
            if st.button(f"Sign in with {plain(name)}" if name else "Sign in", key=f"sign_in_{name}", type="primary"):
                try:
                    st.login(name or None)
                except StreamlitAuthError as error:
                    st.error(plain(error))


def _account() -> None:
    names = [st.user.get(claim) for claim in ("name", "preferred_username", "email")]
    st.subheader(plain(next((name for name in names if name), "Signed in")))
    mine = len(store.records(owner=st.context.cookies[PERSON])) if (store := engine().store) else 0
    st.markdown(
        f"You are signed in, and every browser in which you sign in shows your runs ({mine:,} recorded). After signing "
        "out this browser shows none of them; runs that are made in it then go to whoever signs in next."
    )
    if st.button("Sign out", type="primary"):
        st.logout()
