"""Train: one GAN on points, live."""

import streamlit as st

from playground.config import RunConfig
from playground.ui import controls, live, looks
from playground.ui.session import PageSession

looks.compact()
page = PageSession("train", RunConfig())
config = page.wanted()
with st.sidebar:
    controls.recipes(page, config)
    controls.edit(page, config)
live.show(page, page.run(config), config)
