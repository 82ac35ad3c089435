"""The GAN playground: `streamlit run app.py` starts the pages, the live feed and the engine that trains."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from playground.engine.server import shared
from playground.feed.browser_cookie import BrowserSession
from playground.feed.routes import routes
from playground.ui import sign_in

HERE = Path(__file__).parent
BASE = st.get_option("server.baseUrlPath")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the engine with the server, so that the first visitor need not wait, and end it with the server."""
    shared.engine()
    try:
        yield
    finally:
        shared.close()


app = st.App(
    HERE / "pages" / "main.py",
    lifespan=lifespan,
    routes=routes(
        shared.engine,
        base=BASE,
        allowed_origins=frozenset(st.get_option("server.corsAllowedOrigins") or ()),
    ),
    middleware=[Middleware(BrowserSession, base=BASE, person=sign_in.person)],
)
