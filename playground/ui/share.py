"""The Share dialog: a link with the settings and the view, as text and as a QR code to project."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from playground.config import RunConfig
from playground.engine.server.limits import Limits, is_room
from playground.feed.commands import SPEEDS
from playground.layers import FIRST, LAYERS, of_method
from playground.recipes import RECIPES
from playground.ui.escaping import plain
from playground.ui.link import LOOK, RECIPE
from playground.ui.page_session import PageSession
from playground.ui.view import GROUPS, View
from playground.version import VERSION

HERE_ONLY = ("localhost", "127.0.0.1", "::1")


def link(page_address: str, config: RunConfig, start: RunConfig, view: View) -> str:
    """The address of a page with these settings and this view: what differs from where the page starts, or from a
    recipe, whichever is shorter."""
    parts = urlsplit(page_address)
    ways = [config.to_query(start)]
    ways += [
        {RECIPE: name} | config.to_query(recipe.config)
        for name, recipe in RECIPES.items()
        if recipe.config.on_images == start.on_images and recipe.config.method == config.method
    ]
    query = min((urlencode(way | view.to_query(), safe=",") for way in ways), key=len)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def for_others(page_address: str, server: str) -> str:
    """The address under which others open a page that its server's own browser shows as localhost.

    server: what the server is called on its network, "localhost" where it listens to nobody else.
    """
    parts = urlsplit(page_address)
    if parts.hostname not in HERE_ONLY or server in ("", *HERE_ONLY):
        return page_address
    return urlunsplit(parts._replace(netloc=f"{server}:{parts.port}" if parts.port else server))


def qr_code(text: str) -> str:
    """The text as a QR code: an SVG as a data address. Raises ValueError where it is too long for one."""
    try:
        return segno.make_qr(text, error="m").svg_data_uri(scale=6, border=3, light="#fff")
    except segno.DataOverflowError:
        raise ValueError("These settings are too many for a QR code: share the link itself.") from None


def link_to_run(page_address: str, run: str, view: View) -> str:
    """The address at which anybody can look at a recorded run, fork and export it."""
    parts = urlsplit(page_address)
    return urlunsplit(
        (parts.scheme, parts.netloc, parts.path or "/", urlencode({LOOK: run} | view.to_query(), safe=","), "")
    )


def _shown_run(page: PageSession) -> str:
    """The recorded run that the link is to show, or ""."""
    if page.run is None or page.run.record is None:
        return ""
    told = "Whoever opens the link sees this run: to rewind, compare, fork and export it. Only you can change it."
    return page.run.id if st.toggle("This run itself, not its settings alone", help=told) else ""


def button(page: PageSession, config: RunConfig) -> None:
    """Opens the dialog. Below it stands which version this is."""
    if st.button("Share", key=page.key("share"), icon=":material/share:", width="stretch", help="A link to this page"):
        _dialog(page, config)
    st.caption(f"GAN playground {VERSION}")


@st.dialog("Share this page", width="medium")
def _dialog(page: PageSession, config: RunConfig) -> None:
    st.caption(
        "Whoever opens the link gets these settings and a run of their own. Nothing that they change reaches you."
    )
    hidden = st.multiselect(
        "Hide groups of settings",
        GROUPS,
        default=page.state.view.hidden,
        help="For a class that should look at a few only.",
    )
    layers = None
    if not config.on_images and st.toggle("Choose the layers of the picture", value=page.state.view.layers is not None):
        possible = of_method(config.method)
        layers = st.multiselect(
            "Layers",
            possible,
            default=[name for name in page.state.view.layers or FIRST if name in possible],
            format_func=lambda name: LAYERS[name].told,
        )
    speed = st.segmented_control(
        "Steps per second at first",
        SPEEDS,
        default=page.speed or None,
        help="Without a choice: as fast as it goes.",
    )
    present = st.toggle("Presentation", value=page.state.view.present, help="The stage alone, in large type.")
    if present and layers is None and not config.on_images:
        layers = list(FIRST)  # else it would begin with whatever was shown last where it is opened
    view = View(
        tuple(group for group in GROUPS if group in hidden),
        None if layers is None else tuple(name for name in LAYERS if name in layers),
        speed or "",
        present,
    )
    here = for_others(st.context.url or "", st.get_option("browser.serverAddress"))
    shown = _shown_run(page)
    address = link_to_run(here, shown, view) if shown else link(here, config, page.start, view)
    st.code(address, language=None, wrap_lines=True)
    try:
        code = qr_code(address)
    except ValueError as error:
        st.caption(plain(error))
    else:
        st.image(code, caption="The link as a QR code, to project.", width=420)
    if urlsplit(address).hostname in HERE_ONLY:
        st.caption(
            "This address works on this machine only. `make serve` opens the playground to a room: see docs/deploy.md."
        )
    if is_room():
        st.caption(Limits.of().told())
